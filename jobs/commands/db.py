"""`casework db`: the tables and their revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jobs.commands.line import Group, as_json, database, dry_run

if TYPE_CHECKING:
    from pathlib import Path

    from persistence import Database


@click.group(cls=Group)
def db() -> None:
    """Make the tables, and bring them to this version."""


@db.command()
@click.option("--no-backup", is_flag=True, help="Do not copy a SQLite database before its tables are changed.")
@dry_run
@as_json
def upgrade(no_backup: bool, dry_run: bool, as_json: bool) -> None:
    """Bring the tables to this version, all or nothing. Makes a new SQLite file where there is none.

    A SQLite database that is there is copied first, beside it. PostgreSQL is not: see casework/docs/backup.md.
    """
    from jobs.commands import documents
    from jobs.show import say

    opened = database()
    copy = None if no_backup else _copied(opened, dry_run=dry_run)
    applied = opened.upgrade(dry_run=dry_run)
    if as_json:
        document = {"applied": list(applied), "dry_run": dry_run, "backup": str(copy) if copy else None}
        return documents.print_document(document)
    if copy is not None:
        say(f"{'Would first be' if dry_run else 'First'} copied to {copy}.")
    if not applied:
        return say("The tables are at this version already.")
    names = ", ".join(applied)
    return say(f"Would be applied: {names}. Nothing was changed." if dry_run else f"Applied: {names}.")


def _copied(opened: Database, *, dry_run: bool) -> Path | None:
    """Where the tables as they are were copied to; None where there is nothing that an upgrade could spoil."""
    from casework.calendar import utc_now
    from persistence.backup import back_up, before_upgrade

    file = before_upgrade(opened, f"{utc_now():%Y%m%dT%H%M%SZ}")
    if file is not None and not dry_run:
        back_up(opened, file)
    return file


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
