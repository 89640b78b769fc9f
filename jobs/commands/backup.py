"""`casework backup`: a copy of the database that is whole and proved, while everybody goes on working."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobs.commands.line import Command, as_json, database, dry_run

if TYPE_CHECKING:
    from persistence.backup import Backup


@click.command(cls=Command)
@click.argument("file")
@dry_run
@as_json
def backup(file: str, dry_run: bool, as_json: bool) -> None:
    """Copy the database to FILE: at one moment, proved whole, readable by its owner alone.

    For SQLite. Nobody has to stop working; a file that is there is never overwritten. PostgreSQL is backed up by its
    own programs: see casework/docs/backup.md.
    """
    from jobs.commands import documents
    from jobs.show import say
    from persistence.backup import back_up

    made = back_up(database(), Path(file), dry_run=dry_run)
    if as_json:
        return documents.print_document({**asdict(made), "file": str(made.file)})
    return say(*_lines(made))


def _lines(made: Backup) -> list[str]:
    if made.dry_run:
        return [f"Would be copied to {made.file}: {made.cases:,} referrals. Nothing was written."]
    return [
        f"Copied to {made.file}: {made.cases:,} referrals, {made.size:,} bytes, in {made.seconds:.1f} s.",
        f"It is whole: every table has its rows, and {made.replayed:,} referrals agree with their events.",
        f"Tables of revision {made.revision}. SHA-256 {made.sha256}",
    ]
