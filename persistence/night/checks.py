"""What a night proves about the list itself: two counts of the open cases, and whether each of them can be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from casework.ledger import Quarantined, ServiceCounts
from persistence.due import APART, Scope, Where
from persistence.night_tables import flags, night_quarantine
from persistence.reading import REFERRALS
from persistence.tables import case_clocks, case_days, case_gaps, case_records, cases
from workflows.chart import Chart, running_clocks
from workflows.charts.states import OPEN
from workflows.registry import every_chart

Finding = tuple[UUID, str]
"""A case and the code of what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The open cases of a service: by their own mark, over the worklists, and those on which the two differ."""

    examined: int = 0
    listed: int = 0


def count(connection: sa.Connection, scope: Scope) -> dict[str, Counted]:
    """Two queries that share nothing: one reads the mark that a case is open, one the states that have a worklist."""
    ours = scope.of(scope.services)
    counted = sa.select(cases.c.service, sa.func.count()).where(REFERRALS, *ours).group_by(cases.c.service)
    marked, listed = counted.where(cases.c.is_open), counted.where(cases.c.state.in_(OPEN))
    by_mark = {row[0]: row[1] for row in connection.execute(marked)}
    by_list = {row[0]: row[1] for row in connection.execute(listed)}
    return {
        service: Counted(by_mark.get(service, 0), by_list.get(service, 0))
        for service in {*scope.services, *by_mark, *by_list}
    }


def counts(connection: sa.Connection, scope: Scope) -> dict[str, ServiceCounts]:
    """The same two counts as they stand now, with the flags that are open."""
    is_open = sa.select(flags.c.service, flags.c.kind, sa.func.count()).where(flags.c.cleared_on.is_(None))
    by_kind: dict[str, dict[str, int]] = {}
    for service, kind, number in connection.execute(is_open.group_by(flags.c.service, flags.c.kind)):
        by_kind.setdefault(service, {})[kind] = number
    return {
        service: ServiceCounts(counted.examined, counted.listed, by_kind.get(service, {}))
        for service, counted in count(connection, scope).items()
    }


def findings(connection: sa.Connection, scope: Scope) -> Iterator[Finding]:
    """Every case that is not on exactly one worklist, or that cannot be evaluated, with a code; each once."""
    seen: set[UUID] = set()
    for query in _queries(scope, connection.dialect.name):
        for case_id, code in connection.execute(query):
            if case_id not in seen:
                seen.add(case_id)
                yield case_id, code


def _queries(scope: Scope, dialect: str) -> Iterator[sa.Select[Any]]:
    """What is asked of open cases is asked in one pass over them: the first answer that is wrong counts."""
    ours = scope.of(scope.services)
    unknown = {"unknown_service": cases.c.service.not_in(scope.services)} if scope.every else {}
    wrong = {
        **unknown,
        "on_no_worklist": sa.and_(REFERRALS, cases.c.state.not_in(OPEN)),
        "unknown_pathway": cases.c.pathway.not_in([chart.id for chart in every_chart()]),
        "no_record": ~_has(case_records, case_records.c.case_id),
        "clock_missing": sa.or_(sa.false(), *_without_its_clock()),
    }
    code = sa.case(*((what, sa.literal(name)) for name, what in wrong.items()))
    yield sa.select(cases.c.id, code).where(cases.c.is_open, *ours, sa.or_(*wrong.values()))
    closed = sa.select(cases.c.id, sa.literal("off_its_worklist"))
    yield closed.where(sa.not_(cases.c.is_open), REFERRALS, cases.c.state.in_(OPEN), *ours)
    if dialect == "sqlite":
        yield _unreadable(ours)


def _has(table: sa.Table, case_id: sa.Column[Any], *only: Where) -> Where:
    return sa.select(sa.literal(1)).select_from(table).where(case_id == cases.c.id, *only).exists()


def _unreadable(ours: tuple[Where, ...]) -> sa.Select[Any]:
    """SQLite keeps what it is given: a day that is no date is smaller or larger than all, and never flagged."""
    running = case_clocks.c.stopped_on.is_(None)
    bad = [
        sa.select(case_clocks.c.case_id).where(running, _is_no_day(case_clocks.c.counts_from)),
        sa.select(case_clocks.c.case_id).where(running, _is_no_day(case_clocks.c.agreed_on)),
        sa.select(case_days.c.case_id).where(_is_no_day(case_days.c.day)),
        sa.select(case_gaps.c.case_id).where(_is_no_day(case_gaps.c.since)),
    ]
    unreadable = sa.select(cases.c.id, sa.literal("unreadable_day"))
    return unreadable.where(cases.c.is_open, sa.or_(*(cases.c.id.in_(found) for found in bad)), *ours)


def _is_no_day(day: sa.Column[Any]) -> Where:
    """Told to add nothing SQLite makes 3 March of a 31 February: a day that is one comes back as it was."""
    as_text = sa.cast(day, sa.String)
    return sa.and_(day.is_not(None), sa.func.date(as_text, "+0 days").is_distinct_from(as_text))


def _without_its_clock() -> Iterator[Where]:
    """Cases in a state that always has a clock running, and have none: no flag would ever find them."""
    charts = every_chart()
    for (clock, states), pathways in _always_running(charts).items():
        running = (case_clocks.c.clock == clock, case_clocks.c.stopped_on.is_(None))
        of_them = (cases.c.pathway.in_(pathways),) if len(pathways) < len(charts) else ()
        yield sa.and_(cases.c.state.in_(states), *of_them, ~_has(case_clocks, case_clocks.c.case_id, *running))


@lru_cache(maxsize=2)
def _always_running(charts: tuple[Chart, ...]) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """The pathways by a clock and the states in which it always runs."""
    wanted: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for chart in charts:
        states: dict[str, list[str]] = {}
        for state, clocks in running_clocks(chart).items():
            for clock in clocks:
                states.setdefault(clock, []).append(state)
        for clock, where in states.items():
            wanted.setdefault((clock, tuple(where)), []).append(chart.id)
    return wanted


def keep(connection: sa.Connection, run_id: UUID, found: list[Finding]) -> None:
    """A resumed night looks again: what it found before is replaced."""
    connection.execute(sa.delete(night_quarantine).where(night_quarantine.c.run_id == run_id))
    if found:
        rows = [{"run_id": run_id, "case_id": case_id, "code": code} for case_id, code in found]
        connection.execute(sa.insert(night_quarantine), rows)


def quarantined(connection: sa.Connection, run_id: UUID) -> list[Quarantined]:
    query = sa.select(cases.c.service, cases.c.reference, cases.c.id, night_quarantine.c.code)
    found = (night_quarantine.c.run_id == run_id, night_quarantine.c.code != APART)
    query = query.join(cases, cases.c.id == night_quarantine.c.case_id).where(*found)
    return [Quarantined(*row) for row in connection.execute(query.order_by(cases.c.service, cases.c.reference))]
