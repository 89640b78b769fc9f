"""`casework nightly`: the night, by hand."""

from __future__ import annotations

from datetime import date

import click

from jobs.commands.line import Command, acting, as_json, as_name, clinic, day_option, dry_run


@click.command(cls=Command)
@day_option("--as-of", "The day to run it for [default: today]")
@as_name
@dry_run
@as_json
def nightly(as_of: date | None, name: str | None, dry_run: bool, as_json: bool) -> None:
    """Raise the flags that are due, clear those past.

    Safe to run twice; it moves nobody.
    """
    from jobs.commands import documents
    from jobs.nightly import run_night, summary
    from jobs.show import say

    report = run_night(clinic(), as_of, acting(name).name, dry_run=dry_run)
    if as_json:
        return documents.print_document(documents.night(report))
    return say(*summary(report))
