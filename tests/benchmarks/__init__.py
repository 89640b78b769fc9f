"""What casework costs beside the same work written by hand. `python -m tests.benchmarks` runs it."""
