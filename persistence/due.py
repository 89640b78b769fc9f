"""The table of flags read as SQL. `casework.flagging` reads it for one case; a property test holds the two equal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from persistence.tables import case_clocks, case_gaps, cases, flags
from workflows.flags import AnswersMissing, FlagRule, WaitWindow
from workflows.registry import CHARTS

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the cases of a rule are found: rows of a small table in the order of one of its indexes.

    `key` is that order, ending in the case; `where` is what the index answers; `also` what the case must be besides.
    """

    key: tuple[sa.Column[Any], ...]
    where: tuple[Condition, ...]
    also: tuple[Condition, ...] = ()

    @property
    def case_id(self) -> sa.Column[Any]:
        return self.key[-1]

    def due(self, *stretch: Condition) -> sa.Select[Any]:
        """The cases for which the flag must be open, each once."""
        found = sa.select(self.case_id).where(*self.where, *stretch)
        if self.also:
            found = found.join(cases, cases.c.id == self.case_id).where(*self.also)
        return found if len(self.key) > 1 else found.distinct()

    def beyond(self, connection: sa.Connection) -> tuple[Condition, ...]:
        """What comes after the case whose flag was raised last."""
        newest = sa.select(flags.c.case_id).order_by(flags.c.id.desc()).limit(1).scalar_subquery()
        last = connection.execute(sa.select(*self.key).where(*self.where, self.case_id == newest)).first()
        if last is None:
            return ()
        ends = [sa.literal(value, column.type) for value, column in zip(last, self.key, strict=True)]
        return (sa.tuple_(*self.key) > sa.tuple_(*ends),) if len(ends) > 1 else (self.case_id > ends[0],)


def sources(rule: FlagRule, as_of: date) -> tuple[Source, ...]:
    """Where a rule finds its cases on a day; none where no service has published its figure."""
    match rule.condition:
        case WaitWindow() as window:
            return tuple(_waits(window, as_of))
        case AnswersMissing():
            return (Source((case_gaps.c.case_id,), (case_gaps.c.since <= as_of,)),)


def _waits(window: WaitWindow, as_of: date) -> Iterator[Source]:
    """One source for all pathways that publish the same figures."""
    pathways: dict[tuple[int, int | None], list[str]] = {}
    for name, chart in CHARTS.items():
        if (days := window.days(chart.rules, as_of)) is not None:
            pathways.setdefault(days, []).append(name)
    for (first, end), names in pathways.items():
        where = [
            case_clocks.c.clock == window.clock,
            case_clocks.c.stopped_on.is_(None),
            case_clocks.c.counts_from <= as_of - timedelta(days=first),
        ]
        if end is not None:
            where.append(case_clocks.c.counts_from > as_of - timedelta(days=end))
        also = (cases.c.held_since.is_(None), cases.c.pathway.in_(names))
        yield Source((case_clocks.c.counts_from, case_clocks.c.case_id), tuple(where), also)


def still_due(rules: dict[str, FlagRule], as_of: date) -> Condition:
    """Of a row of `flags`: whether its rule still holds."""
    holds = [
        sa.and_(flags.c.kind == kind, source.due(source.case_id == flags.c.case_id).exists())
        for kind, rule in rules.items()
        for source in sources(rule, as_of)
    ]
    return sa.or_(sa.false(), *holds)


def not_open(rule: FlagRule, case_id: sa.Column[Any]) -> Condition:
    """Whether a case has no open flag of a kind."""
    is_open = sa.select(sa.literal(1)).where(
        flags.c.case_id == case_id, flags.c.kind == rule.kind, flags.c.cleared_on.is_(None)
    )
    return ~is_open.exists()
