"""Lists and look-ups, each named for its question, answered in values of the domain."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from casework.asof import in_turn
from casework.case import CaseEvent
from casework.store import Asked, KeptBeside, KnownRow, WorklistRow
from casework.waiting import ClockState
from persistence.around import kept_traits
from persistence.night_tables import flags
from persistence.rows import event_from
from persistence.tables import case_clocks, case_days, case_events, case_gaps, case_links, case_records, cases, joined
from persistence.types import ReadableDay
from workflows.beside import RecordKind
from workflows.charts.states import STATES
from workflows.records.infant import RESTRICTED
from workflows.registry import CHARTS, chart_named
from workflows.settings import Lack

WAIT = "wait_to_allocation"
_BATCH = 400
REFERRALS = cases.c.kind == RecordKind.REFERRAL.value

NOT_RESTRICTED = cases.c.state != RESTRICTED
"""No list leads to what is under restriction, nor one of a past day: beside the new identity it would be matched."""
"""Of all that is kept as a case is, the referrals: they alone stand on worklists."""
Key = TypeVar("Key", bound=tuple[str, ...])


def events_until(
    connection: Connection, day: date, service: str | None, since: date | None, *, every: bool
) -> Iterator[tuple[str, tuple[CaseEvent, ...]]]:
    """Read in the order of the cases, one case in memory at a time."""
    there = [REFERRALS, cases.c.opened_on <= day, case_events.c.effective_on <= day]
    if not every:
        there.append(NOT_RESTRICTED)
    if service is not None:
        there.append(cases.c.service == service)
    if since is not None:
        there.append(sa.or_(cases.c.closed_on.is_(None), cases.c.closed_on >= since))
    query = sa.select(case_events, cases.c.reference).join(cases, cases.c.id == case_events.c.case_id).where(*there)
    query = query.order_by(case_events.c.case_id, case_events.c.seq)
    rows = connection.execution_options(yield_per=2_000).execute(query).mappings()
    for _, some in groupby(rows, key=lambda row: row["case_id"]):
        of_one = list(some)
        yield of_one[0]["reference"], tuple(event_from(dict(row)) for row in of_one)


def beside(connection: Connection, case_id: UUID) -> KeptBeside:
    """What is kept of a case besides its own row of facts."""
    columns = (cases.c.service, cases.c.kind, cases.c.is_open, cases.c.clinician)
    service, kind, is_open, clinician, infant, carer = connection.execute(
        sa.select(*columns, cases.c.infant_key, cases.c.carer_key).where(cases.c.id == case_id)
    ).one()
    gaps = connection.execute(sa.select(case_gaps).where(case_gaps.c.case_id == case_id))
    days = connection.execute(sa.select(case_days.c.name, case_days.c.day).where(case_days.c.case_id == case_id))
    named = connection.execute(
        sa.select(case_links.c.name, case_links.c.reference).where(case_links.c.case_id == case_id)
    )
    kept_gaps, kept_days = {row.field: (row.lack, row.since) for row in gaps}, {row.name: row.day for row in days}
    links = {row.name: row.reference for row in named}
    people, traits = (infant, carer), kept_traits(connection, case_id)
    return KeptBeside(service, kind, is_open, clinician, people, kept_gaps, kept_days, links, traits)


def case_ids(connection: Connection) -> Iterable[UUID]:
    return connection.scalars(sa.select(cases.c.id).order_by(cases.c.id)).all()


def worklist(connection: Connection, asked: Asked) -> Sequence[WorklistRow]:
    """Every open referral in the order in which referrals go: `in_turn`."""
    wait, first, last = case_clocks.alias("wait"), case_days.alias("first"), case_days.alias("last")
    ended = sa.exists().where(last.c.case_id == cases.c.id, last.c.name == "priority_until", last.c.day < asked.on)
    query = (
        sa.select(cases, wait.c.stopped_by, wait.c.held_days)
        .add_columns(*(readable(wait.c[name]) for name in ("since", "counts_from", "stopped_on")))
        .add_columns(joined_of(case_gaps.c.field, case_gaps, case_gaps.c.lack == Lack.BLOCK.value).label("missing"))
        .add_columns(joined_of(flags.c.kind, flags, *shown(asked.on)).label("flags"))
        .add_columns(readable(first.c.day).label("priority_on"))
        .outerjoin(wait, sa.and_(wait.c.case_id == cases.c.id, wait.c.clock == WAIT))
        .outerjoin(first, sa.and_(first.c.case_id == cases.c.id, first.c.name == "priority", ~ended))
        .where(cases.c.is_open, REFERRALS, cases.c.opened_on <= asked.on, *narrowed(asked))
    )
    rows = [_worklist_row(row, asked.on) for row in connection.execute(query).mappings()]
    if asked.kind is not None:
        rows = [row for row in rows if asked.kind in row.flags]
    return sorted(rows, key=in_turn)


def readable(day: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A day as a list shows it, where one bad day must not hide all the others."""
    return sa.type_coerce(day, ReadableDay()).label(getattr(day, "name", None))


def shown(on: date) -> tuple[sa.ColumnElement[bool], ...]:
    """The flags that are open and not kept quiet on a day."""
    return flags.c.cleared_on.is_(None), sa.or_(flags.c.quiet_until.is_(None), flags.c.quiet_until <= on)


def joined_of(column: sa.Column[Any], table: sa.Table, *only: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    """The values of a small table that belong to a case, as one text."""
    return sa.select(joined(column)).where(table.c.case_id == cases.c.id, *only).scalar_subquery()


def narrowed(asked: Asked) -> list[sa.ColumnElement[bool]]:
    only: list[sa.ColumnElement[bool]] = []
    if asked.service is not None:
        only.append(cases.c.service == asked.service)
    if asked.stage is not None:
        only.append(cases.c.state.in_([s.name for s in STATES.values() if s.stage == asked.stage]))
    return only


def _worklist_row(row: Any, on: date) -> WorklistRow:
    clock = None
    if row["counts_from"] is not None and row["since"] is not None and row["since"] <= on:
        clock = ClockState(row["since"], row["counts_from"], row["stopped_on"], row["stopped_by"], row["held_days"])
    return WorklistRow(
        case_id=row["id"],
        service=row["service"],
        reference=row["reference"],
        pathway=row["pathway"],
        state=row["state"],
        stage=stage_of(row["pathway"], row["state"]),
        opened_on=row["opened_on"],
        waiting_days=clock.days(on) if clock else None,
        adjusted_days=clock.adjusted(on, row["held_since"]) if clock else None,
        held=row["held_since"] is not None,
        clinician=row["clinician"],
        missing=in_order(row["pathway"], row["missing"]),
        flags=tuple(sorted(row["flags"].split(","))) if row["flags"] else (),
        priority_on=row["priority_on"],
    )


def in_order(pathway: str, missing: str | None) -> tuple[str, ...]:
    """Missing answers in the order in which the service lists them."""
    found = set(missing.split(",")) if missing else set()
    rules = CHARTS[pathway].rules if pathway in CHARTS else None
    known = dict.fromkeys((*rules.required, *rules.settings.warned)) if rules else sorted(found)
    return tuple(name for name in known if name in found)


def stage_of(pathway: str, state: str) -> str:
    """The stage of a state; "unknown" where this version knows no such state, so that the case is not hidden."""
    try:
        return chart_named(pathway).states[state].stage.value
    except LookupError:
        return STATES[state].stage.value if state in STATES else "unknown"


def known_references(connection: Connection, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], KnownRow]:
    """Which (service, reference) pairs are kept, and what they came from."""
    known: dict[tuple[str, str], KnownRow] = {}
    first = sa.and_(case_events.c.case_id == cases.c.id, case_events.c.seq == 1)
    columns = (cases.c.service, cases.c.reference, case_records.c.imported_digest, case_events.c.request_id)
    query = sa.select(*columns).join(case_records, case_records.c.case_id == cases.c.id).join(case_events, first)
    for service, some in _by_service(wanted):
        these = query.where(cases.c.service == service, cases.c.reference.in_([reference for _, reference in some]))
        known.update({(row[0], row[1]): KnownRow(*row[2:]) for row in connection.execute(these)})
    return known


def open_people(connection: Connection, wanted: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], str]:
    """Which (service, baby, carer) keys have an open referral, with its reference."""
    found: dict[tuple[str, str, str], str] = {}
    columns = (cases.c.service, cases.c.infant_key, cases.c.carer_key)
    known = (cases.c.is_open, cases.c.carer_key.is_not(None))
    for service, some in _by_service(wanted):
        babies = [baby for _, baby, _ in some]
        query = sa.select(*columns, cases.c.reference).where(*known, cases.c.service == service)
        rows = connection.execute(query.where(cases.c.infant_key.in_(babies)))
        found.update({(s, i, c): reference for s, i, c, reference in rows if (s, i, c) in some})
    return found


def _by_service(wanted: Sequence[Key]) -> Iterator[tuple[str, set[Key]]]:
    """In pieces, by the service that stands first: for pairs and triples SQLite would read the whole table."""
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        for service in dict.fromkeys(key[0] for key in some):
            yield service, {key for key in some if key[0] == service}
