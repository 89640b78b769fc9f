"""A row of a caseload sheet as the steps that a referral took, on the dates given, in the order of the pathway."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casework.intake.columns import FORM_NAMES

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One step to be taken again: the trigger, its day, the column that it stands in, and the answers it brings."""

    trigger: str
    on: date
    column: str
    data: dict[str, Any] = field(default_factory=dict)


CLOSING_OUTCOMES = {"signpost": "signposted", "decline": "declined"}
LATER = (
    ("allocated_on", "allocate", "clinician"),
    ("first_contact_on", "first_contact", ""),
    ("assessment_done_on", "finish_assessment", ""),
    ("formulation_on", "offer_plan", "interventions"),
    ("plan_agreed_on", "family_agrees", ""),
)
ENDINGS = {
    ("watch_and_wait", "signposted"): ("review_and_close",),
    ("offer_consultation", "treatment_completed"): ("send_summary",),
    ("", "treatment_completed"): ("begin_ending", "discharge"),
    ("", "signposted"): ("signpost",),
    ("", "declined"): ("family_declines",),
}
"""By outcome and reason; the rows without an outcome are for all others."""

NOTES = frozenset({"acknowledge", "tell_outcome", "take_call"})
"""Steps that are noted beside the line, so that their days need not follow its order."""


def steps_of(row: Row, as_of: date) -> list[Step]:
    """Every step that the row dates. A row that dates neither a call nor a referral has none."""
    opening = list(_opening(row))
    if not opening:
        return []
    return _with_hold(row, as_of, [*opening, *_group(row), *_work(row), *_ending(row)])


def _opening(row: Row) -> Iterator[Step]:
    """The form's answers come with the first step: the sheet does not say which step brought which."""
    call, received = row.get("duty_call_on"), row.get("received_on")
    form = {name: value for name, value in row.items() if name in FORM_NAMES and name != "duty_call_on"}
    called_first = call if call is not None and (received is None or call <= received) else None
    if called_first is not None:
        yield Step("take_call", called_first, "duty_call_on", form)
        if indication := row.get("indication"):
            yield Step(f"indicate_{indication}", called_first, "indication")
    if received is not None:
        yield Step("receive_referral", received, "received_on", {} if called_first is not None else form)
    if call is not None and called_first is None:
        yield Step("take_call", call, "duty_call_on")
    if told := row.get("acknowledged_on"):
        yield Step("acknowledge", told, "acknowledged_on")


def _group(row: Row) -> Iterator[Step]:
    met, outcome = row.get("rmg_on"), row.get("outcome")
    if met is None:
        return
    yield Step("pass_checks", met, "rmg_on")
    if outcome is None:
        return
    dated = "accepted_on" if outcome.startswith("accept") else "ended_on" if outcome in CLOSING_OUTCOMES else "rmg_on"
    column = dated if row.get(dated) else "rmg_on"
    yield Step(outcome, row[column], column if column != "rmg_on" else "outcome", {"rmg_on": met})
    if told := row.get("outcome_told_on"):
        yield Step("tell_outcome", told, "outcome_told_on")


def _work(row: Row) -> Iterator[Step]:
    for column, trigger, brings in LATER:
        if day := row.get(column):
            yield Step(trigger, day, column, {brings: row[brings]} if row.get(brings) else {})


def _ending(row: Row) -> Iterator[Step]:
    """The end of the work; an outcome that closed the referral has ended it already."""
    ended, reason = row.get("ended_on"), row.get("end_reason")
    outcome = row.get("outcome", "")
    if ended is None or (outcome in CLOSING_OUTCOMES and reason in (None, CLOSING_OUTCOMES[outcome])):
        return
    why = reason or "treatment_completed"
    for trigger in ENDINGS.get((outcome, why)) or ENDINGS["", why]:
        brings = {"end_reason": reason} if trigger == "discharge" and reason else {}
        yield Step(trigger, ended, "ended_on", brings)


def _with_hold(row: Row, as_of: date, steps: list[Step]) -> list[Step]:
    """The hold laid over the steps: after what happened by its first day, and lifted before what happened after.

    A hold whose last day is still to come is on: that day is when it is to be looked at again.
    """
    start, until = row.get("hold_from"), row.get("hold_until")
    if start is None:
        return steps
    told = {"hold_reason": row["hold_reason"]} if row.get("hold_reason") else {}
    if until is not None and until > as_of:
        told["review_on"], until = until, None
    at = next((i for i, s in enumerate(steps) if i and s.on > start and s.trigger not in NOTES), len(steps))
    held = [*steps[:at], Step("place_hold", start, "hold_from", told), *steps[at:]]
    if until is None:
        return held
    back = next((i for i, s in enumerate(held) if i > at and s.on >= until and s.trigger not in NOTES), len(held))
    return [*held[:back], Step("resume", until, "hold_until"), *held[back:]]
