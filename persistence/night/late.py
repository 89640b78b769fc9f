"""A night that is caught up. What has been recorded since its hour was not known then: those cases are read apart.

Each of them is folded up to that hour and flagged as it stood; what a later step has ended is ended by that step. So a
missed night leaves the flags that it would have left had it been run in time. All other cases are as they were, and
the sweep has read them as it always does: it leaves out what was touched since, down to the moment of each statement.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from casework.calendar import london_day
from casework.case import Case, CaseEvent
from casework.flagging import due
from casework.replay import UNREADABLE
from persistence.due import APART, Scope
from persistence.night.transactions import Transactions
from persistence.night_tables import flags, night_quarantine
from persistence.rows import event_from
from persistence.tables import case_events, cases
from workflows.flags import FLAGS, MARKS
from workflows.registry import chart_named, every_chart

AT_ONCE = 100


def set_apart(connection: sa.Connection, scope: Scope, moment: datetime) -> None:
    """The cases of a scope that were here at the hour of the night, and about which something was recorded after it."""
    e, first = case_events.c, case_events.alias("first")
    changed = sa.select(sa.literal(scope.run_id, night_quarantine.c.run_id.type), e.case_id, sa.literal(APART))
    changed = changed.join(cases, cases.c.id == e.case_id).where(e.recorded_at > moment, *scope.of(scope.services))
    here = (first.c.case_id == e.case_id, first.c.seq == 1, first.c.recorded_at <= moment)
    already = sa.select(night_quarantine.c.case_id).where(night_quarantine.c.run_id == scope.run_id)
    known = sa.select(sa.literal(1)).where(*here).exists()
    new = changed.where(known, e.case_id.not_in(already)).distinct()
    connection.execute(sa.insert(night_quarantine).from_select(("run_id", "case_id", "code"), new))


def put_back(connection: sa.Connection, scope: Scope) -> None:
    """What was set apart was a note for the night itself."""
    connection.execute(sa.delete(night_quarantine).where(*_apart(scope)))


def _apart(scope: Scope) -> tuple[sa.ColumnElement[bool], ...]:
    return night_quarantine.c.run_id == scope.run_id, night_quarantine.c.code == APART


def apart(on: Transactions, scope: Scope) -> Sequence[UUID]:
    with on.reading() as connection:
        found = sa.select(night_quarantine.c.case_id).where(*_apart(scope)).order_by("case_id")
        return connection.scalars(found).all()


def note(connection: sa.Connection, scope: Scope, case_id: UUID, code: str) -> bool:
    """What is wrong with a case that was set apart: from here on that is a finding."""
    of_it = sa.update(night_quarantine).where(*_apart(scope), night_quarantine.c.case_id == case_id)
    return connection.execute(of_it.values(code=code)).rowcount == 1


@dataclass(slots=True)
class FlaggedApart:
    """What one batch did: the newest flag before it, the rows that were added, and what was ended and why."""

    newest: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    ended: list[tuple[UUID, str, str]] = field(default_factory=list)


def flag_apart(on: Transactions, scope: Scope, some: Sequence[UUID], moment: datetime, now: datetime) -> FlaggedApart:
    """Flags some of what was set apart, in one batch. A case whose history cannot be read is noted and passed."""
    with on.batch() as connection:
        done = FlaggedApart(newest_flag(connection))
        for case_id, kept in _histories(connection, some):
            try:
                stood = _stood(connection, case_id, scope, moment)
                rows, ended = _differences([event_from(row) for row in kept], stood, scope, moment, now)
            except UNREADABLE:
                note(connection, scope, case_id, "unreadable_history")
            else:
                done.rows += rows
                for kind, because in ended.items():
                    _end(connection, stood[kind], because, scope, now)
                    done.ended.append((case_id, kind, because))
        if done.rows:
            connection.execute(sa.insert(flags), done.rows)
    return done


def _histories(connection: sa.Connection, ids: Sequence[UUID]) -> Iterator[tuple[UUID, list[dict[str, Any]]]]:
    query = sa.select(case_events).where(
        case_events.c.case_id.in_(ids), case_events.c.pathway.in_([chart.id for chart in every_chart()])
    )
    kept = connection.execute(query.order_by(case_events.c.case_id, case_events.c.seq)).mappings().all()
    for case_id, some in groupby(kept, key=lambda row: row["case_id"]):
        yield case_id, [dict(row) for row in some]


def _differences(
    events: list[CaseEvent], stood: Mapping[str, int], scope: Scope, moment: datetime, now: datetime
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The flags that a case lacks of that night, those ended since as ended; and which it had too many, and why."""
    case, later = _as_known(events, moment)
    if case is None:
        return [], {}
    asked = due(case, scope.as_of, scope.figure)
    rows, ended = [], {}
    for kind in asked:
        if kind not in stood:
            raised = {"service": case.service, "case_id": case.id, "kind": kind, "raised_on": scope.as_of}
            row = {**raised, "raised_at": now, "raised_by": scope.run_id, "cleared_on": None}
            not_ended = {"cleared_at": None, "cleared_because": None}
            rows.append({**row, **not_ended, **_ended(case.copy(), kind, later, scope)})
            if (lesser := FLAGS[kind].replaces) in stood:
                ended[lesser] = f"replaced by {kind}"
    for kind in stood.keys() - ended.keys() - set(asked) - MARKS:
        ended[kind] = "no longer due"
    return rows, ended


def _as_known(events: list[CaseEvent], moment: datetime) -> tuple[Case | None, list[CaseEvent]]:
    known = [event for event in events if event.recorded_at <= moment]
    later = [event for event in events if event.recorded_at > moment]
    if not known:
        return None, later
    case = Case(known[0].case_id, chart_named(known[0].pathway), "")
    for event in known:
        case.apply(event)
    return case, later


def _stood(connection: sa.Connection, case_id: UUID, scope: Scope, moment: datetime) -> dict[str, int]:
    """The flags that were open at the hour of the night, as the nights before it and the steps up to it left them."""
    f = flags.c
    still = sa.or_(
        f.cleared_on.is_(None),
        sa.and_(f.cleared_by.is_(None), f.cleared_at > moment),
        sa.and_(f.cleared_by.is_not(None), f.cleared_on > scope.as_of),
    )
    found = sa.select(f.kind, f.id).where(f.case_id == case_id, f.raised_on <= scope.as_of, still).order_by(f.id)
    return {row[0]: row[1] for row in connection.execute(found)}


def _ended(case: Case, kind: str, later: list[CaseEvent], scope: Scope) -> dict[str, Any]:
    """By the first step after which the cause was gone; the graver flag of a later night is that night's to raise."""
    for event in later:
        case.apply(event)
        day = max(london_day(event.recorded_at), scope.as_of)
        asked = due(case, day, scope.figure)
        if kind not in asked and kind not in {FLAGS[k].replaces for k in asked}:
            because = f"{event.trigger}#{event.seq}"
            return {"cleared_on": day, "cleared_at": event.recorded_at, "cleared_because": because}
    return {}


def _end(connection: sa.Connection, flag_id: int, because: str, scope: Scope, now: datetime) -> None:
    """Also where a later step has ended it: it was this night that would have done so first."""
    connection.execute(sa.update(flags).where(flags.c.id == flag_id).values(**ended_by(scope, because, now)))


def ended_by(scope: Scope, because: str, now: datetime) -> dict[str, Any]:
    """What a night writes to a flag that it ends."""
    ended = {"cleared_on": scope.as_of, "cleared_at": now, "cleared_because": because}
    return {**ended, "cleared_by": scope.run_id}


def newest_flag(connection: sa.Connection) -> int:
    """The number of the flag that was raised last; what a batch raises comes after it."""
    return connection.scalar(sa.select(sa.func.max(flags.c.id))) or 0
