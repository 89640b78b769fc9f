"""How rows that are alike are written once: sources are listed, never "any"."""

from collections.abc import Iterable
from dataclasses import replace

from workflows.charts.states import CLOCKS, STATES
from workflows.fields.referral import CONSENT_ON, REASON
from workflows.guards.referral import no_other_open_referral, reopened_in_time
from workflows.guards.standing import consent_given_again
from workflows.vocabulary import NEW, STAYS, Move, Role

NEVER_CLOSED = "safeguarding"
"""The clock that no ending stops: a named person signs the concern off (requirements K17)."""

EVERY_CLOCK = tuple(name for name in CLOCKS if name != NEVER_CLOSED)
ASKED_AGAIN = {"consent_withdrawn": (CONSENT_ON,)}
ALSO = {"consent_withdrawn": (consent_given_again,)}
"""What a reopening asks besides, by how the referral ended."""

NEVER_REOPENED = ("void", "closed_loss", "merged", "restricted")


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
            closed, "reopen", before, (Role.LEAD,), needs=(REASON, *ASKED_AGAIN.get(closed, ())), given=("closed_from", before), side=True,
            only_if=(reopened_in_time, no_other_open_referral, *ALSO.get(closed, ())), reopens=True,
            takes=() if closed in ASKED_AGAIN else (CONSENT_ON,),
        )
        for closed, before in closing
    )  # fmt: skip
    return (*rows, *back)
