"""The commands, a file a topic. At the top of these files stand click and nothing heavy: `casework --help` is quick."""
