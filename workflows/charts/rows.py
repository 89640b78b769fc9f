"""How rows that are alike are written once: sources are listed, never "any"."""

from collections.abc import Iterable
from dataclasses import replace

from workflows.charts.states import CLOCKS, STATES
from workflows.endings import PUT_AWAY
from workflows.fields.referral import CONSENT_ON, REASON
from workflows.guards.people import focus_carer_lives
from workflows.guards.referral import consent_recorded, no_other_open_referral, reopened_in_time
from workflows.vocabulary import NEW, STAYS, Move, Role

NEVER_CLOSED = "safeguarding"
"""The clock that no ending stops: a named person signs the concern off (requirements K17)."""

EVERY_CLOCK = tuple(name for name in CLOCKS if name != NEVER_CLOSED)
ASKED_AGAIN = {"consent_withdrawn": ((CONSENT_ON,), (consent_recorded,))}
"""What a reopening asks besides, by how the referral ended (X4.1): the questions, and the guards of the answers."""


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
        if m.source != NEW and STATES[m.to].closed and not STATES[m.source].closed and m.to not in PUT_AWAY
    }
    return (*rows, *(_back(closed, before) for closed, before in closing))


def _back(closed: str, before: str) -> Move:
    asked, guards = ASKED_AGAIN.get(closed, ((), ()))
    return Move(
        closed, "reopen", before, (Role.LEAD,), needs=(REASON, *asked), takes=() if asked else (CONSENT_ON,),
        only_if=(reopened_in_time, no_other_open_referral, focus_carer_lives, *guards), given=("closed_from", before), reopens=True, side=True,
    )  # fmt: skip
