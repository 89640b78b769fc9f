"""`casework flags` and `casework worklist`: what is open on a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from jobs.commands.line import Callback, Command, OneOf, as_json, clinic, day_option

if TYPE_CHECKING:
    from casework import Asked, Casework, FlagRow
    from casework.asof import PastDay


def narrowed(command: Callback) -> Callback:
    """The options that both lists have."""
    for add in (
        click.option(
            "--known",
            type=OneOf(["then", "now"]),
            help="A past day as it was known then, or as it is known now, with what was recorded late.",
        ),
        day_option("--as-of", "Count the waits, and show the flags, as of a day [default: today]"),
        click.option("--kind", metavar="KIND", help="One kind of flag, such as wait_over_12_weeks."),
        click.option("--stage", metavar="STAGE", help="One stage, such as waiting."),
        click.option("--service", metavar="KEY", help="One service, such as leeds-imhs."),
    ):
        command = add(command)
    return command


@click.command(cls=Command)
@narrowed
@click.option("--explain", is_flag=True, help="Under each flag its rule, the days, and the sum that leads to it.")
@click.option("--all", "everything", is_flag=True, help="The flags too that somebody has asked to be quiet.")
@as_json
def flags(
    service: str | None,
    stage: str | None,
    kind: str | None,
    as_of: date | None,
    known: str | None,
    explain: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """The flags that are open, longest wait first.

    Of a past day: those that stood open by the dates of the nights; with --known then, those that a person could have
    read on that day; with --known now, those that the rules ask for, given all that has been recorded since.
    """
    from jobs import boards
    from jobs.commands import documents
    from jobs.flagged import explanations, show_explained
    from jobs.show import say

    casework = clinic()
    asked = _asked(casework, (service, stage, kind), as_of, known, quiet=True)
    found = _flags(casework, asked, known)
    rows = [row for row in found if everything or not boards.is_quiet(row, asked.on)]
    told = explanations(casework, rows, _past(asked)) if explain else []
    if as_json:
        return documents.print_document(documents.flags(rows, told))
    if explain and rows:
        say(*boards.flag_counts(rows, asked.on))
        show_explained(rows, told, asked.on)
    else:
        boards.show_flags(rows, asked.on)
    return say(*_beside(known, hidden=len(found) - len(rows)))


def _flags(casework: Casework, asked: Asked, known: str | None) -> list[FlagRow]:
    return list(casework.flags_as_known_now(asked) if known == "now" else casework.flags(asked))


def _beside(known: str | None, *, hidden: int) -> list[str]:
    """What a reader must know of a list that does not show it."""
    from jobs.boards import how_many

    said = []
    if hidden:
        said += ["", f"{how_many(hidden, 'flag is', 'flags are')} kept quiet and not shown (--all)."]
    if known == "now":
        said += ["", "These are the flags that the rules ask for by what is known now; no night raised them as such."]
    return said


@click.command(cls=Command)
@narrowed
@as_json
def worklist(
    service: str | None, stage: str | None, kind: str | None, as_of: date | None, known: str | None, as_json: bool
) -> None:
    """The open referrals: those with priority, where a service gives it, then the longest wait first.

    Of a past day: as they stood at its end, by what has been recorded since; with --known then, by what had been
    recorded by then.
    """
    from jobs import boards
    from jobs.commands import documents

    casework = clinic()
    asked = _asked(casework, (service, stage, kind), as_of, known)
    rows = casework.worklist(asked)
    if as_json:
        return documents.print_document([documents.worklist_row(row) for row in rows])
    return boards.show_worklist(rows, asked.on, figure=casework.nights.lookup())


def _asked(
    casework: Casework,
    narrowed_to: tuple[str | None, str | None, str | None],
    as_of: date | None,
    known: str | None,
    *,
    quiet: bool = False,
) -> Asked:
    from casework import Asked

    return Asked(as_of or casework.today(), *narrowed_to, quiet=quiet, as_known_then=known == "then")


def _past(asked: Asked) -> PastDay:
    from casework.asof import Known, PastDay

    return PastDay(asked.on, Known.THEN if asked.as_known_then else Known.NOW)
