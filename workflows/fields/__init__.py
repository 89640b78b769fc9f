"""The questions, each defined once, a module for each part of the work."""
