"""`casework db`: the tables and their revision."""

from __future__ import annotations

import click

from jobs.commands.line import Group, as_json, database, dry_run


@click.group(cls=Group)
def db() -> None:
    """Make the tables, and bring them to this version."""


@db.command()
@dry_run
@as_json
def upgrade(dry_run: bool, as_json: bool) -> None:
    """Bring the tables to this version, all or nothing. Makes a new SQLite file where there is none."""
    from jobs.commands import documents
    from jobs.show import say

    applied = database().upgrade(dry_run=dry_run)
    if as_json:
        return documents.print_document({"applied": list(applied), "dry_run": dry_run})
    if not applied:
        return say("The tables are at this version already.")
    names = ", ".join(applied)
    return say(f"Would be applied: {names}. Nothing was changed." if dry_run else f"Applied: {names}.")


@db.command()
@as_json
def current(as_json: bool) -> None:
    """The revision of the tables, and the one that this version of casework needs."""
    from jobs.commands import documents
    from jobs.show import say

    revision, head = database().revision()
    if as_json:
        return documents.print_document({"current": revision, "head": head, "up_to_date": revision == head})
    if revision == head:
        return say(f"The tables are at revision {head}, which is the newest.")
    stands = f"The tables are at revision {revision}" if revision else "There are no tables yet"
    return say(f"{stands}; this version needs {head}. Run: casework db upgrade")
