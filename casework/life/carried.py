"""The way of a referral under another identity: its days and decisions, and nothing that tells whose they were."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from casework.case import Case, CaseEvent, new_case
from casework.identity import new_id
from workflows import Chart, Field, Kind, Move, Part
from workflows.engine import engine_of
from workflows.guards.safeguarding import CONCERNS

CARRIED = "carried_over"
"""The way in of the events that a referral under a new identity has behind it."""

SAYS_NO_NAME = (Kind.DATE, Kind.CODE, Kind.CODES, Kind.YES_NO, Kind.NUMBER, Kind.TIME)
STAFF_ALONE = ("clinician",)
"""Texts that name the service's own staff."""

OF_THE_OFFER = ("offer_transfer", "transfer_refused")
"""A transfer is offered in the earlier name, and the offer ends with it."""

OF_A_CONCERN = frozenset({"immediate_danger", "concern_at"})
"""What is carried of a concern: the rest of it is text."""

OF_THE_EARLIER = frozenset(
    {
        "infant_name", "infant_nhs_number", "infant_nhs_status", "babies_born", "birth_order", "consent_on",
        "carer_relationship", "primary_carer", "gp_in_area", "lives_in_area", "infant_gp_in_area",
        "infant_lives_in_area", "child_protection", "looked_after", "parenting_assessment", "in_contact",
        "carer_unavailable", "learning_disability", "relationship_need", "motivation", "readiness", "rated_on",
        "referrer_role", "surviving_reference",
    }
)  # fmt: skip
"""Said of the earlier name, home or carer; consent and ratings are asked afresh of those who care for the child now."""


def carried(
    old: Case, events: Sequence[CaseEvent], identity: Mapping[str, Any], at: datetime
) -> tuple[Case, tuple[CaseEvent, ...]]:
    """A new referral that stands where the old one stands, with the same days behind it, and `identity` for its own."""
    kept = [event for event in events if _counts(_row(old.chart, event))]
    seqs = {event.seq: place for place, event in enumerate(kept, 1)}
    case = new_case(old.chart)
    history = [_cut(old.chart, event, case, seqs, at) for event in kept]
    return _folded(case, _with(old, history, identity))


def _row(chart: Chart, event: CaseEvent) -> Move:
    return engine_of(chart).row_taken(event.source, event.trigger, event.to)


def _counts(row: Move) -> bool:
    """Whether a step moved the referral, or turned a clock or a day that is counted from. What else it noted is cut."""
    if row.aside or row.trigger in OF_THE_OFFER:
        return False
    if row.settles and row.settles[0] == CONCERNS:
        return True
    return bool(row.moves or row.starts or row.stops or row.hold or row.marks or row.dates or row.records)


def _cut(chart: Chart, event: CaseEvent, case: Case, seqs: Mapping[int, int], at: datetime) -> CaseEvent:
    row = _row(chart, event)
    asked = {f.name: f for f in (*row.needs, *row.takes)}
    data = {name: value for name, value in _safe(asked, event.data) if name not in OF_THE_EARLIER}
    if row.settles and row.settles[1] in data:
        data[row.settles[1]] = seqs.get(data[row.settles[1]], 0)
    return replace(
        event,
        id=new_id(),
        case_id=case.id,
        seq=seqs[event.seq],
        data=data,
        via=CARRIED,
        effective_at=None,
        recorded_at=at,
        request_id=None,
    )


def _safe(asked: Mapping[str, Field], data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        field = asked.get(name)
        if field is None:
            continue
        if field.kind in SAYS_NO_NAME or name in STAFF_ALONE:
            yield name, value
        elif field.kind is Kind.LIST and field.part is Part.STEP and all(_needs_no_name(f) for f in field.of):
            safe = {f.name: f for f in field.of}
            yield name, [dict(_safe(safe, entry)) for entry in value]


def _needs_no_name(field: Field) -> bool:
    return field.optional or field.kind in SAYS_NO_NAME


def _with(old: Case, history: list[CaseEvent], identity: Mapping[str, Any]) -> Iterable[CaseEvent]:
    """What is known and has no place left in the history stands in the first event that asks for it."""
    known = dict(_safe(old.chart.fields, {n: v for n, v in old.answers.items() if n not in OF_THE_EARLIER}))
    left = {n: v for n, v in {**known, **identity}.items() if n in old.chart.fields}
    there = {name for event in history for name in event.data} - set(identity)
    left = {n: v for n, v in left.items() if n not in there and old.chart.fields[n].part is not Part.STEP}
    for event in history:
        row = _row(old.chart, event)
        asked = {f.name for f in (*row.needs, *row.takes)}
        own = {n: left.pop(n) for n in list(left) if n in asked}
        yield replace(event, data={**event.data, **own})


def _folded(case: Case, history: Iterable[CaseEvent]) -> tuple[Case, tuple[CaseEvent, ...]]:
    kept = tuple(history)
    for event in kept:
        case.apply(event)
    return case, kept
