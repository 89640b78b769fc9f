"""`casework demo`: a clinic for a minute."""

from __future__ import annotations

import click

from jobs.commands.line import Command, as_json, named_database, settings


@click.command(cls=Command)
@click.option("--keep", is_flag=True, help="Keep the clinic's folder to look around in; otherwise it is thrown away.")
@click.option("--story", is_flag=True, help="Tell the way of one invented family, from the first call to the ending.")
@as_json
def demo(keep: bool, story: bool, as_json: bool) -> None:
    """A throwaway clinic, to look around in.

    Imports the sample caseload, runs a night, and shows what it found; or, with --story, tells of one family.
    """
    if as_json and not story:
        raise click.UsageError("--json goes with --story.")
    if named_database() is not None:
        raise click.UsageError("The demonstration has a database of its own: leave --database out.")
    if story:
        from jobs.story import show_story

        return show_story(settings().log, keep=keep, as_json=as_json)
    from jobs.demo import show_clinic

    return show_clinic(settings().log, keep=keep)
