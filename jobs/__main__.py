"""`python -m jobs` is `casework`."""

from jobs.cli import main

main()
