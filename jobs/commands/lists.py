"""`casework flags` and `casework worklist`: what is open on a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from jobs.commands.line import Callback, Command, as_json, clinic, day_option

if TYPE_CHECKING:
    from casework import Asked, Casework


def narrowed(command: Callback) -> Callback:
    """The options that both lists have."""
    for add in (
        day_option("--as-of", "Count the waits, and show the flags, as of a day [default: today]"),
        click.option("--kind", metavar="KIND", help="One kind of flag, such as wait_over_12_weeks."),
        click.option("--stage", metavar="STAGE", help="One stage, such as waiting."),
        click.option("--service", metavar="KEY", help="One service, such as leeds-imhs."),
    ):
        command = add(command)
    return command


@click.command(cls=Command)
@narrowed
@as_json
def flags(service: str | None, stage: str | None, kind: str | None, as_of: date | None, as_json: bool) -> None:
    """The flags that are open, longest wait first."""
    from jobs import boards
    from jobs.commands import documents

    casework = clinic()
    asked = _asked(casework, service, stage, kind, as_of)
    rows = casework.flags(asked)
    if as_json:
        return documents.print_document([documents.flag(row) for row in rows])
    return boards.show_flags(rows, asked.on)


@click.command(cls=Command)
@narrowed
@as_json
def worklist(service: str | None, stage: str | None, kind: str | None, as_of: date | None, as_json: bool) -> None:
    """The open referrals, longest wait first."""
    from jobs import boards
    from jobs.commands import documents

    casework = clinic()
    asked = _asked(casework, service, stage, kind, as_of)
    rows = casework.worklist(asked)
    if as_json:
        return documents.print_document([documents.worklist_row(row) for row in rows])
    return boards.show_worklist(rows, asked.on)


def _asked(casework: Casework, service: str | None, stage: str | None, kind: str | None, as_of: date | None) -> Asked:
    from casework import Asked

    return Asked(as_of or casework.today(), service, stage, kind)
