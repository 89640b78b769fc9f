"""`casework demo`: a clinic for a minute."""

from __future__ import annotations

import click

from jobs.commands.line import Command, named_database, settings


@click.command(cls=Command)
@click.option("--keep", is_flag=True, help="Keep the clinic's folder to look around in; otherwise it is thrown away.")
def demo(keep: bool) -> None:
    """A throwaway clinic, to look around in.

    Imports the sample caseload, runs a night, and shows what it found.
    """
    if named_database() is not None:
        raise click.UsageError("The demonstration has a database of its own: leave --database out.")
    from jobs.demo import show_clinic

    show_clinic(settings().log, keep=keep)
