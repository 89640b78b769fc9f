"""How rows that are alike are written once: sources are listed, never "any"."""

from collections.abc import Iterable
from dataclasses import replace

from workflows.charts.states import CLOCKS, STATES
from workflows.fields.referral import REASON
from workflows.guards.referral import no_other_open_referral, reopened_in_time
from workflows.vocabulary import NEW, STAYS, Move, Role

EVERY_CLOCK = tuple(CLOCKS)
NEVER_REOPENED = ("void",)


def from_each(sources: Iterable[str], row: Move) -> tuple[Move, ...]:
    """The same row from each state listed; where the row stays, it stays in each of them."""
    return tuple(replace(row, source=s, to=s if row.to == STAYS else row.to) for s in sources)


def with_reopening(rows: tuple[Move, ...]) -> tuple[Move, ...]:
    """For each row that closes, the row that leads back to where the referral was (closed by mistake).

    The clocks that the closure stopped go on from the figure that they had.
    """
    closing = {
        (m.to, m.source): m
        for m in rows
        if m.source != NEW and STATES[m.to].closed and not STATES[m.source].closed and m.to not in NEVER_REOPENED
    }
    back = (
        Move(
            closed, "reopen", before, (Role.LEAD,), needs=(REASON,), given=("closed_from", before), side=True,
            only_if=(reopened_in_time, no_other_open_referral), reopens=True,
        )
        for closed, before in closing
    )  # fmt: skip
    return (*rows, *back)
