"""Pages for people who read what the night left. Their libraries come with the extra `digest`."""
