"""Rows into cases and back: the only place that knows both shapes. Rows never leave this package."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from types import NoneType
from typing import Any
from uuid import UUID

from casework.alike import traits_of
from casework.around import Reading
from casework.audit.seal import BETWEEN, NOTHING, SEALED, MacKeys, seal
from casework.case import Case, CaseEvent
from casework.store import RefusedAttempt
from casework.waiting import ClockState
from persistence.types import canonical
from workflows import Chart, Kind
from workflows.registry import chart_named
from workflows.settings import Lack

Row = Sequence[Any]

ENTRY_DAY = "on"
"""The answer of an entry of a list that says on which day it was made."""


@lru_cache(maxsize=64)
def date_names(chart: Chart) -> frozenset[str]:
    """The answers of a chart that are dates: JSON keeps them as text."""
    asked = {f.name for field in chart.fields.values() for f in (field, *field.of) if f.kind is Kind.DATE}
    kept = {f.dates for f in chart.fields.values() if f.dates} | {m.dates for m in chart.moves if m.dates}
    return frozenset(asked | kept | {m.marks for m in chart.moves if m.marks} | {ENTRY_DAY})


def with_dates(chart: Chart, answers: Mapping[str, Any]) -> dict[str, Any]:
    return _dated(date_names(chart), answers)


def _dated(names: frozenset[str], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Inside the entries of a list, too: what is a date as an answer of a step is one there."""
    return {
        name: date.fromisoformat(value)
        if name in names
        else [_dated(names, one) for one in value]
        if isinstance(value, list) and value and isinstance(value[0], dict)
        else value
        for name, value in answers.items()
    }


def case_from(row: Row, clocks: Sequence[Row]) -> Case:
    """From the columns of `statements.CASE_COLUMNS` with the answers, and those of `CLOCK_COLUMNS`."""
    case_id, _, reference, pathway, state, version, opened, closed, placed_on, placed_by, held, head, answers = row[:13]
    chart = chart_named(pathway)
    return Case(
        id=case_id,
        chart=chart,
        reference=reference,
        state=state,
        version=version,
        opened_on=opened,
        closed_on=closed,
        placed_on=placed_on,
        placed_by=placed_by,
        held_since=held,
        head=head or b"",
        answers=with_dates(chart, answers),
        clocks={c[0]: _clock(chart, c) for c in clocks},
    )


def _clock(chart: Chart, row: Row) -> ClockState:
    since, counts_from, stopped_on, stopped_by, held_days, agreed_on = row[1:7]
    never_paused = chart.clocks[row[0]].never_paused
    return ClockState(since, counts_from, stopped_on, stopped_by, held_days, agreed_on, never_paused)


def place_row(case: Case) -> dict[str, Any]:
    """The columns that a step along the pathway may change."""
    return {
        "state": case.state,
        "version": case.version,
        "placed_on": case.placed_on,
        "placed_by": case.placed_by,
        "held_since": case.held_since,
        "clinician": case.answers.get("clinician"),
    }


def case_row(case: Case) -> dict[str, Any]:
    infant, carer = case.people
    return {
        **place_row(case),
        "id": case.id,
        "service": case.service,
        "reference": case.reference,
        "kind": case.chart.kind.value,
        "pathway": case.chart.id,
        "is_open": case.open,
        "opened_on": case.opened_on,
        "closed_on": case.closed_on,
        "infant_key": infant,
        "carer_key": carer,
    }


def sealed_row(event: CaseEvent, before: bytes, macs: MacKeys) -> dict[str, Any]:
    """The row of an event with its seal, which is over `before`: the digest of the event that it follows."""
    row = event_row(event)
    sealed = seal(macs, before, BETWEEN.join(_texts(row)), canonical(event.data))
    return {**row, "salt": sealed.salt, "digest": sealed.digest, "mac": sealed.mac, "key_id": sealed.key_id}


def _texts(row: Mapping[str, Any]) -> Iterator[str]:
    """As `dialects.sealed_text` reads them back; a test holds the two equal."""
    for name in SEALED:
        value = row[name]
        yield (_WRITTEN.get(type(value)) or _as_kin(type(value)))(value)


def _as_kin(kind: type) -> Callable[[Any], str]:
    return next((_WRITTEN[one] for one in kind.__mro__ if one in _WRITTEN), canonical)


_WRITTEN: dict[type, Callable[[Any], str]] = {
    NoneType: lambda _: NOTHING,
    str: lambda text: text,
    UUID: lambda value: value.hex,
    datetime: lambda value: value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
    date: date.isoformat,
    int: lambda value: str(int(value)),
}


def event_row(event: CaseEvent) -> dict[str, Any]:
    return {
        "case_id": event.case_id,
        "seq": event.seq,
        "id": event.id,
        "trigger": event.trigger,
        "from_state": event.source,
        "to_state": event.to,
        "actor": event.actor,
        "role": event.role,
        "via": event.via,
        "effective_on": event.effective_on,
        "effective_at": event.effective_at,
        "recorded_at": event.recorded_at,
        "pathway": event.pathway,
        "imported": event.imported,
        "request_id": event.request_id,
        "data": event.data,
        "not_recorded": event.not_recorded,
        "data_digest": None,
    }


def event_from(row: Mapping[str, Any]) -> CaseEvent:
    chart = chart_named(row["pathway"])
    return CaseEvent(
        id=row["id"],
        case_id=row["case_id"],
        seq=row["seq"],
        trigger=row["trigger"],
        source=row["from_state"],
        to=row["to_state"],
        actor=row["actor"],
        role=row["role"],
        via=row["via"],
        effective_on=row["effective_on"],
        effective_at=row["effective_at"],
        recorded_at=row["recorded_at"],
        pathway=row["pathway"],
        data=with_dates(chart, row["data"]),
        not_recorded=tuple(row["not_recorded"]),
        imported=row["imported"],
        request_id=row["request_id"],
    )


def clock_row(case: Case, name: str) -> dict[str, Any]:
    clock = case.clocks[name]
    return {
        "case_id": case.id,
        "clock": name,
        "since": clock.since,
        "counts_from": clock.counts_from,
        "stopped_on": clock.stopped_on,
        "stopped_by": clock.stopped_by,
        "held_days": clock.held_days,
        "agreed_on": clock.agreed_on,
    }


def gap_row(case: Case, name: str, lack: Lack) -> dict[str, Any]:
    return {"case_id": case.id, "field": name, "since": case.answers["received_on"], "lack": lack.value}


def day_row(case: Case, name: str) -> dict[str, Any]:
    return {"case_id": case.id, "name": name, "day": case.days[name]}


def link_row(case: Case, name: str) -> dict[str, Any]:
    return {"case_id": case.id, "name": name, "reference": case.links[name]}


def trait_row(case: Case, name: str) -> dict[str, Any]:
    return {"case_id": case.id, "name": name, "digest": traits_of(case)[name]}


def trait_rows(case: Case) -> list[dict[str, Any]]:
    return [{"case_id": case.id, "name": name, "digest": digest} for name, digest in traits_of(case).items()]


def reading_row(reading: Reading) -> dict[str, Any]:
    return {name: getattr(reading, name) for name in Reading.__slots__}


def refusal_row(refused: RefusedAttempt, row_id: object) -> dict[str, Any]:
    return {
        "id": row_id,
        "case_id": refused.case_id,
        "service": refused.service,
        "trigger": refused.trigger,
        "from_state": refused.state,
        "actor": refused.actor,
        "via": refused.via,
        "recorded_at": refused.at,
        "reasons": [{"code": r.code, "fields": list(r.fields)} for r in refused.reasons],
        "request_id": refused.request_id,
    }
