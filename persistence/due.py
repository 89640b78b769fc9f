"""The table of flags read as SQL. `casework.flagging` reads it for one case; a property test holds the two equal.

Each condition of a rule is turned into a source: a stretch of an index of a small table. The stretch is as wide as the
widest figure of all services and each row is held against the figure of its own, so that the work does not grow with
the number of services.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from casework.spans import latest_start, reached_on
from persistence.dialects import days_after
from persistence.night_tables import flags, night_quarantine
from persistence.tables import case_clocks, case_days, case_events, case_gaps, cases
from workflows.figures import Figure, Lookup
from workflows.flags import (
    FLAGS,
    AgreedDayComes,
    AnswersMissing,
    ClockReaches,
    Condition,
    DayAhead,
    DayBeforeStart,
    DaySince,
    FlagRule,
    FoundByTheNight,
)

Where = sa.ColumnElement[bool]
ONE_DAY = timedelta(days=1)
ON_ITS_WORKLIST = ("on_no_worklist", "off_its_worklist")
"""What the accounting of a night finds wrong; any other finding is a case that could not be evaluated."""

APART = "set_apart"
"""No finding: a note that a night which is caught up reads this case by itself."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a night is about: the day, the services (`every`: all that there are), their figures, and its own id."""

    as_of: date
    services: tuple[str, ...]
    every: bool
    figure: Lookup
    run_id: UUID
    hour: datetime | None = None
    """Of a night that is caught up: cases about which something was recorded since are none of the sweep's."""

    def of(self, services: Sequence[str]) -> tuple[Where, ...]:
        """Whether a case belongs to some of the services, in the shortest form."""
        if not self.every:
            return (cases.c.service.in_(services),)
        ours = frozenset(services)
        others = [service for service in self.services if service not in ours]
        if not others:
            return ()
        if len(others) < len(services):
            return (cases.c.service.not_in(others),)
        return (cases.c.service.in_(services),)

    def alike(self, *names: str) -> Iterator[tuple[tuple[Figure | None, ...], tuple[str, ...]]]:
        """The services in groups that have the same figures of these names."""
        groups: dict[tuple[int | None, ...], tuple[tuple[Figure | None, ...], list[str]]] = {}
        for service in self.services:
            figures = tuple(self.figure(service, name, self.as_of) if name else None for name in names)
            amounts = tuple(f.amount if f else None for f in figures)
            groups.setdefault(amounts, (figures, []))[1].append(service)
        yield from ((figures, tuple(services)) for figures, services in groups.values())


@dataclass(frozen=True, slots=True)
class Source:
    """Where the cases of a rule are found: rows of a small table in the order of one of its indexes.

    `key` is that order, ending in the case; `where` is what the index answers; `also` what the case must be besides.
    """

    key: tuple[sa.Column[Any], ...]
    where: tuple[Where, ...]
    also: tuple[Where, ...] = ()

    @property
    def case_id(self) -> sa.Column[Any]:
        return self.key[-1]

    def due(self, *stretch: Where) -> sa.Select[Any]:
        """The cases for which the flag must be open, each once, with their service."""
        found = sa.select(self.case_id, cases.c.service).join(cases, cases.c.id == self.case_id)
        found = found.where(*self.where, *self.also, *stretch)
        return found if len(self.key) > 1 else found.distinct()

    def holds_for(self, case_id: sa.ColumnElement[Any]) -> Where:
        """Whether the flag must be open for one case."""
        found = sa.select(sa.literal(1)).where(self.case_id == case_id, *self.where)
        if self.also:
            found = found.join(cases, cases.c.id == self.case_id).where(*self.also)
        return found.exists()

    def due_of(self, ids: Sequence[UUID]) -> sa.Select[Any]:
        """The same of some cases, read by their ids and not by the stretch."""
        found = sa.select(sa.literal(1)).where(self.case_id == cases.c.id, *self.where, *self.also)
        return sa.select(cases.c.id, cases.c.service).where(cases.c.id.in_(ids), found.exists())

    def from_on(self, row: sa.Row[Any]) -> Where:
        """A row of the stretch, by its key, and all that comes after it."""
        return self._compared(row, operator.ge)

    def beyond(self, connection: sa.Connection) -> tuple[Where, ...]:
        """What comes after the case whose flag was raised last."""
        newest = sa.select(flags.c.case_id).order_by(flags.c.id.desc()).limit(1).scalar_subquery()
        last = connection.execute(sa.select(*self.key).where(*self.where, self.case_id == newest)).first()
        return () if last is None else (self._compared(last, operator.gt),)

    def _compared(self, row: sa.Row[Any], how: Callable[[Any, Any], Where]) -> Where:
        ends = [sa.literal(value, column.type) for value, column in zip(row, self.key, strict=True)]
        return how(sa.tuple_(*self.key), sa.tuple_(*ends)) if len(ends) > 1 else how(self.case_id, ends[0])


@lru_cache(maxsize=2 * len(FLAGS))
def sources(rule: FlagRule, scope: Scope) -> tuple[Source, ...]:
    """Where a rule finds its cases on a day; none where no service has entered its figure.

    A night asks twice, when it raises and when it clears, and to put a source together takes longer than to read it.
    """
    quiet = (cases.c.held_since.is_(None),) if rule.quiet_on_hold else ()
    return tuple(
        Source(found.key, found.where, (*_still_open(rule), *quiet, *found.also))
        for condition in rule.when
        for found in _of_condition(condition, scope, rule)
    )


def _still_open(rule: FlagRule) -> tuple[Where, ...]:
    """Some clocks run on beyond the end of a referral. What the night finds may be just that a referral has no end."""
    return () if rule.after_closing or rule.about_what_is_kept else (cases.c.is_open,)


def _of_condition(condition: Condition, scope: Scope, rule: FlagRule) -> Iterable[Source]:
    match condition:
        case ClockReaches():
            return _clock_reaches(condition, scope)
        case AgreedDayComes():
            return _agreed(condition, scope)
        case DaySince() | DayAhead():
            return _day(condition, scope)
        case DayBeforeStart():
            return _before_start(condition, scope)
        case AnswersMissing(lack=lack):
            where = (case_gaps.c.lack == lack.value, case_gaps.c.since <= scope.as_of)
            return [Source((case_gaps.c.case_id,), where, scope.of(scope.services))]
        case FoundByTheNight():
            code = night_quarantine.c.code
            about_lists = rule.kind == "not_on_one_worklist"
            fits = code.in_(ON_ITS_WORKLIST) if about_lists else code.not_in((*ON_ITS_WORKLIST, APART))
            return [Source((night_quarantine.c.case_id,), (night_quarantine.c.run_id == scope.run_id, fits))]


def _running(clock: str) -> tuple[Where, ...]:
    return case_clocks.c.clock == clock, case_clocks.c.stopped_on.is_(None)


def _in(states: tuple[str, ...]) -> tuple[Where, ...]:
    return (cases.c.state.in_(states),) if states else ()


def _agreed(condition: AgreedDayComes, scope: Scope) -> Iterator[Source]:
    clock, ours = case_clocks.c, scope.of(scope.services)
    yield Source((clock.agreed_on, clock.case_id), (*_running(condition.clock), clock.agreed_on <= scope.as_of), ours)
    if condition.always:
        begun = (*_running(condition.clock), clock.counts_from <= scope.as_of)
        yield Source((clock.counts_from, clock.case_id), begun, (clock.agreed_on.is_(None), *ours))


def _clock_reaches(condition: ClockReaches, scope: Scope) -> Iterator[Source]:
    counts_from = case_clocks.c.counts_from
    groups: list[_Group] = []
    for (reached, until), services in scope.alike(condition.figure, condition.until):
        if reached is not None:
            last = latest_start(reached, scope.as_of - ONE_DAY * condition.past)
            after = latest_start(until, scope.as_of - ONE_DAY * condition.until_past) if until else date.min
            groups.append(_Group(services, last, (counts_from > after,) if until else (), after))
    if groups:
        first = min(group.after for group in groups)
        where = (*_running(condition.clock), *((counts_from > first,) if first > date.min else ()))
        yield _within((counts_from, case_clocks.c.case_id), where, groups, scope, condition.states)


def _day(condition: DaySince | DayAhead, scope: Scope) -> Iterator[Source]:
    groups: list[_Group] = []
    for (distance,), services in scope.alike(condition.figure):
        if distance is None:
            continue
        if isinstance(condition, DaySince):
            last = latest_start(distance, scope.as_of)
        else:
            last = reached_on(distance, scope.as_of + ONE_DAY) - ONE_DAY
        groups.append(_Group(services, last))
    yield from _days_within(condition.day, groups, scope, condition.states)


def _before_start(condition: DayBeforeStart, scope: Scope) -> Iterator[Source]:
    """The start that is expected of a case lies so many days after its acceptance, or after the day itself."""
    groups: list[_Group] = []
    for (wait,), services in scope.alike(condition.figure):
        if wait is None or wait.amount is None:
            continue
        from_now = reached_on(wait, scope.as_of) - ONE_DAY
        accepted = case_clocks.alias("accepted")
        running = (accepted.c.case_id == case_days.c.case_id, accepted.c.clock == condition.clock)
        start = sa.select(days_after(accepted.c.counts_from, wait.amount - 1))
        start = start.where(*running, accepted.c.stopped_on.is_(None))
        expected = sa.func.coalesce(start.scalar_subquery(), sa.literal(from_now, sa.Date))
        late = sa.or_(case_days.c.day <= scope.as_of, case_days.c.day <= expected)
        groups.append(_Group(services, from_now, (late,)))
    yield from _days_within(condition.day, groups, scope, condition.states)


@dataclass(frozen=True, slots=True)
class _Group:
    """Services whose figures are the same: the last day that is due by them, and what else must hold."""

    services: tuple[str, ...]
    last: date
    besides: tuple[Where, ...] = ()
    after: date = date.min


def _days_within(name: str, groups: list[_Group], scope: Scope, states: tuple[str, ...]) -> Iterator[Source]:
    if groups:
        yield _within((case_days.c.day, case_days.c.case_id), (case_days.c.name == name,), groups, scope, states)


def _within(
    key: tuple[sa.Column[Any], ...],
    where: tuple[Where, ...],
    groups: list[_Group],
    scope: Scope,
    states: tuple[str, ...],
) -> Source:
    """One stretch for all groups, each row held against the day of its service."""
    day, widest = key[0], max(group.last for group in groups)
    if len(groups) == 1:
        own: Where = sa.and_(sa.true(), *scope.of(groups[0].services), *groups[0].besides)
    else:
        most_first = sorted(groups, key=lambda group: -len(group.services))
        own = sa.or_(*(sa.and_(*scope.of(g.services), day <= g.last, *g.besides) for g in most_first))
    return Source(key, (*where, day <= widest), (*_in(states), own))


def not_apart(scope: Scope, case_id: sa.ColumnElement[Any]) -> tuple[Where, ...]:
    """Whether the sweep reads a case, or the night reads it apart because it is caught up."""
    if scope.hour is None:
        return ()
    since = (case_events.c.case_id == case_id, case_events.c.recorded_at > scope.hour)
    return (~sa.select(sa.literal(1)).where(*since).exists(),)


def still_due(rules: Iterable[FlagRule], scope: Scope) -> Where:
    """Of a row of `flags`: whether its rule still holds."""
    holds = [
        sa.and_(flags.c.kind == rule.kind, source.holds_for(flags.c.case_id))
        for rule in rules
        for source in sources(rule, scope)
    ]
    return sa.or_(sa.false(), *holds)


def not_open(rule: FlagRule, case_id: sa.Column[Any]) -> Where:
    """Whether a case has no open flag of a kind."""
    is_open = sa.select(sa.literal(1)).where(
        flags.c.case_id == case_id, flags.c.kind == rule.kind, flags.c.cleared_on.is_(None)
    )
    return ~is_open.exists()
