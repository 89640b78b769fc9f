"""Safeguarding lies over every state, closed ones too. Anyone raises a concern; a named person signs it off (W7).

It has its place wherever it is seen: on a referral, on the record of a baby or a carer, on help that is given without a
case. The rows are the same everywhere.
"""

from collections.abc import Iterable
from dataclasses import replace

from workflows.charts.rows import from_each
from workflows.charts.states import CLOCKS, STATES
from workflows.endings import ENDINGS, ChosenBy
from workflows.fields.life import (
    CONCERN,
    CONCERN_ABOUT,
    CONCERN_AT,
    CONCERN_NUMBER,
    ESCALATED_TO,
    IMMEDIATE_DANGER,
    SAFEGUARDING_OUTCOME,
    SAFEGUARDING_REVIEW,
    SHARED_WITH_CONSENT,
    SHARING_BASIS,
    SIGNED_BY,
)
from workflows.fields.referral import END_REASON
from workflows.guards.following import follows_only
from workflows.guards.life import no_loss_of_this_baby
from workflows.guards.safeguarding import (
    CONCERNS,
    RAISING,
    SIGN_OFF,
    concern_handed_on,
    concern_is_open,
    concern_stands_here,
    last_concern,
    no_open_concern,
    no_open_concern_unless_family_ends,
    one_of_several,
    sharing_has_a_basis,
)
from workflows.vocabulary import NEW, STAYS, Field, Guard, Move, Role

UNDOING = ("undo_loss",)
"""The step that takes a loss back: what stood before it stands again."""

WATCHED_BY = CLOCKS["safeguarding"]
OF_A_CONCERN = (CONCERN, IMMEDIATE_DANGER, CONCERN_AT)


def safeguarding(states: Iterable[str], about: tuple[Field, ...] = (CONCERN_ABOUT,)) -> tuple[Move, ...]:
    """The rows of a kind of record, from each of its states. `about` is empty where no family is named."""
    states = tuple(states)
    # fmt: off
    return (
        *from_each(states, Move("", RAISING,                 STAYS, tuple(Role), takes=(*OF_A_CONCERN, *about), starts=(WATCHED_BY.name,), adds=CONCERNS, while_held=True, side=True)),
        *from_each(states, Move("", "review_safeguarding",   STAYS, (Role.CLINICIAN, Role.DUTY, *SIGN_OFF), needs=(SAFEGUARDING_REVIEW,), only_if=(concern_is_open,), dates="safeguarding_reviewed_on", while_held=True, side=True)),
        *from_each(states, Move("", "escalate_safeguarding", STAYS, SIGN_OFF, needs=(ESCALATED_TO, SHARED_WITH_CONSENT), takes=(SHARING_BASIS,), only_if=(concern_is_open, sharing_has_a_basis), adds="escalations", while_held=True, side=True)),
        *from_each(states, Move("", "close_concern",         STAYS, SIGN_OFF, needs=(CONCERN_NUMBER, SAFEGUARDING_OUTCOME), only_if=(one_of_several, concern_stands_here), settles=(CONCERNS, CONCERN_NUMBER.name), while_held=True, side=True)),
        *from_each(states, Move("", "sign_off_safeguarding", STAYS, SIGN_OFF, needs=(SIGNED_BY, SAFEGUARDING_OUTCOME), only_if=(last_concern, concern_stands_here), stops=(WATCHED_BY.name,), forgets=(CONCERNS,), marks="safeguarding_signed_on", while_held=True, side=True)),
    )
    # fmt: on


SAFEGUARDING = safeguarding(STATES)


def goes_on_elsewhere(states: Iterable[str]) -> tuple[Move, ...]:
    """The row of a record that is kept under restriction, and whose child goes on under another identity with it."""
    row = Move("", "concern_goes_on", STAYS, SIGN_OFF, only_if=(follows_only,), stops=(WATCHED_BY.name,), side=True)
    return from_each(states, row)


def under_the_overlays(rows: tuple[Move, ...]) -> tuple[Move, ...]:
    """The rows with what lies over all of them: a concern blocks what the service chooses, a loss what reopens."""
    return tuple(_under(row) for row in rows)


def _under(row: Move) -> Move:
    if row.source == NEW or STATES[row.source].closed == STATES[row.to].closed:
        return row
    if STATES[row.source].closed:
        return row if row.trigger in UNDOING else replace(row, only_if=(*row.only_if, no_loss_of_this_baby))
    guard = _against_ending(row)
    return replace(row, only_if=(*row.only_if, guard)) if guard else row


def _against_ending(row: Move) -> Guard | None:
    """Whose choice an ending is stands in `workflows.endings`; a transfer hands the concern on instead."""
    if row.to == "transferred_out":
        return concern_handed_on
    if END_REASON in row.needs:
        return no_open_concern_unless_family_ends
    reason = dict(row.records).get(END_REASON.name)
    chosen = {e.chosen_by for (state, code), e in ENDINGS.items() if state == row.to and reason in (None, code)}
    return no_open_concern if ChosenBy.SERVICE in chosen else None
