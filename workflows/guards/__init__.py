"""Pure questions about the facts of one step, a module for each part of the work."""
