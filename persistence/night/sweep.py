"""One pass over all open cases: raise what is due, clear what has passed, replace 8 weeks by 12, touch nothing else.

Every batch is a transaction of its own under the lease. A batch is a stretch of an index, so the work grows with what
is due and not with the number of cases. A batch that the database refuses is halved until the one bad case stands
alone; it is written down and passed.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from persistence import faults
from persistence.due import Scope, Source, Where, not_apart, not_open, sources, still_due
from persistence.night import late
from persistence.night.telling import Cleared, Teller
from persistence.night.transactions import FEW, Transactions
from persistence.night_tables import flags, night_quarantine
from persistence.tables import cases
from workflows.flags import FLAGS, MARKS, FlagRule

REFUSED = "refused_by_database"
HALVED_AT_ONCE = 10_000
MOST_REFUSED = 100
"""Bad cases in one night. Where the database refuses more, it is not the cases: the night fails as a whole."""

ByService = Counter[tuple[str, str]]
"""Counted by service and kind of flag."""


@dataclass(slots=True)
class Sweep:
    """One night over the services of a scope, and what it has done so far."""

    on: Transactions
    scope: Scope
    tell: Teller
    raised: ByService = field(default_factory=Counter)
    cleared: ByService = field(default_factory=Counter)
    replaced: ByService = field(default_factory=Counter)
    refused: set[UUID] = field(default_factory=set)
    """Cases that the database refused a flag of; and, among them, those that cannot even be marked as such."""
    unmarked: set[UUID] = field(default_factory=set)

    def run(self) -> None:
        """What says that a case could not be evaluated comes last: a flag may be refused when it is cleared, too."""
        for marks in (False, True):
            if marks and self.scope.hour is not None:
                self._read_apart(self.scope.hour)
            if marks:
                self._stay_quiet()
            rules = [rule for rule in FLAGS.values() if rule.about_what_is_kept == marks]
            for rule in rules:
                for source in sources(rule, self.scope):
                    self._raise_all(rule, source)
            self._clear_all(rules, flags.c.kind.in_(MARKS) if marks else self._of_what_is_read())

    def _of_what_is_read(self) -> Where:
        """What cannot be read keeps the flags that it has: the night does not know that their cause has ended."""
        found = sa.select(night_quarantine.c.case_id).where(night_quarantine.c.run_id == self.scope.run_id)
        return sa.and_(flags.c.kind.not_in(MARKS), flags.c.case_id.not_in(found))

    def _stay_quiet(self) -> None:
        """A flag that went and came again, as after a hold, is as quiet as a person had made it."""
        f, night = flags.c, self.scope
        known = sa.select(f.case_id, f.kind, sa.func.max(f.quiet_until)).group_by(f.case_id, f.kind)
        known = known.where(f.quiet_until > night.as_of, f.cleared_on.is_not(None))
        with self.on.reading() as connection:
            snoozed = connection.execute(known).all()
        if not snoozed:
            return
        with self.on.batch() as connection:
            for case_id, kind, until in snoozed:
                again = (f.case_id == case_id, f.kind == kind, f.cleared_on.is_(None), f.raised_by == night.run_id)
                connection.execute(sa.update(flags).where(*again).values(quiet_until=until))

    def _read_apart(self, moment: datetime) -> None:
        with self.on.batch() as connection:
            late.set_apart(connection, self.scope, moment)
        found = late.apart(self.on, self.scope)
        for start in range(0, len(found), late.AT_ONCE):
            some = found[start : start + late.AT_ONCE]
            try:
                self._flag_apart(some, moment)
            except DBAPIError as problem:
                if not _is_about_rows(problem):
                    raise
                for case_id in self._in_halves(some, lambda few: self._flag_apart(few, moment)):
                    self._write_down(case_id, problem)

    def _flag_apart(self, some: Sequence[UUID], moment: datetime) -> None:
        done = late.flag_apart(self.on, self.scope, some, moment, self.tell.now)
        for kind, number in Counter(row["kind"] for row in done.rows).items():
            for service, of_it in self.tell.raised(kind, done.newest, number).items():
                self.raised[service, kind] += of_it
        for row in done.rows:
            if row["cleared_because"]:
                self.tell.cleared([(row["case_id"], row["kind"])], row["cleared_because"])
        for case_id, kind, because in done.ended:
            counted = self.replaced if because.startswith("replaced by ") else self.cleared
            counted.update(self.tell.cleared([(case_id, kind)], because))

    def _raise_all(self, rule: FlagRule, source: Source) -> None:
        after: tuple[Where, ...] = ()
        while True:
            fresh = self._fresh(rule, source, *after)
            found = self._found_first(source, fresh)
            if found == []:
                return
            try:
                raised, after = self._raise(rule, source, self._batch(rule, source, fresh, found))
            except DBAPIError as problem:
                after = self._one_by_one(rule, source, fresh, problem)
                continue
            if raised != self.on.limit:
                return

    def _found_first(self, source: Source, fresh: sa.Select[Any]) -> Sequence[sa.Row[Any]] | None:
        """None, too, where one of the first is a day that is no date: then it is searched for under the lock."""
        try:
            return self.on.found_first(fresh.with_only_columns(*source.key).order_by(*source.key))
        except ValueError:
            return None

    def _fresh(self, rule: FlagRule, source: Source, *stretch: Where) -> sa.Select[Any]:
        refused = self.unmarked if rule.about_what_is_kept else self.refused
        passed = (source.case_id.not_in(sorted(refused)),) if refused else ()
        apart = () if rule.about_what_is_kept else not_apart(self.scope, source.case_id)
        return source.due(*stretch, not_open(rule, source.case_id), *passed, *apart)

    def _batch(
        self, rule: FlagRule, source: Source, fresh: sa.Select[Any], found: Sequence[sa.Row[Any]] | None
    ) -> sa.Select[Any]:
        """What is raised at once. Cases that lie far apart are read by their ids: a stretch would be read for long."""
        if found is None:
            return fresh
        if len(found) < FEW:
            some = source.due_of([row[-1] for row in found[: self.on.limit]])
            return some.where(not_open(rule, cases.c.id)).order_by(cases.c.id)
        return fresh.where(source.from_on(found[0])).order_by(*source.key).limit(self.on.limit)

    def _raise(self, rule: FlagRule, source: Source, fresh: sa.Select[Any]) -> tuple[int, tuple[Where, ...]]:
        """The lesser flag ends in the transaction in which the greater begins: no moment shows both or neither."""
        with self.on.batch() as connection:
            newest = late.newest_flag(connection)
            raised = connection.execute(self._insert(rule, fresh)).rowcount
            replaced = self._replace(connection, rule, newest) if raised and rule.replaces else []
            after = _beyond(source, connection) if raised == self.on.limit else ()
        for service, number in self.tell.raised(rule.kind, newest, raised).items():
            self.raised[service, rule.kind] += number
        told = [(case_id, rule.replaces) for case_id in replaced]
        self.replaced.update(self.tell.cleared(told, f"replaced by {rule.kind}"))
        return raised, after

    def _insert(self, rule: FlagRule, fresh: sa.Select[Any]) -> Any:
        values = {
            "kind": rule.kind,
            "raised_on": self.scope.as_of,
            "raised_at": self.tell.now,
            "raised_by": self.scope.run_id,
        }
        rows = fresh.add_columns(*(sa.literal(v, flags.c[name].type) for name, v in values.items()))
        inserted = sa.insert(flags).from_select(("case_id", "service", *values), rows)
        return inserted.execution_options(preserve_rowcount=True)

    def _replace(self, connection: sa.Connection, rule: FlagRule, newest: int) -> Sequence[UUID]:
        greater = flags.alias()
        begun = sa.select(greater.c.case_id).where(greater.c.id > newest, greater.c.kind == rule.kind)
        lesser = (
            sa.update(flags)
            .where(flags.c.kind == rule.replaces, flags.c.cleared_on.is_(None), flags.c.case_id.in_(begun))
            .values(**self._ended(f"replaced by {rule.kind}"))
        )
        return connection.scalars(lesser.returning(flags.c.case_id)).all()

    def _clear_all(self, rules: Sequence[FlagRule], of_them: Where) -> None:
        last = 0
        while True:
            over = self._over(last, of_them, ~still_due(rules, self.scope)).order_by(flags.c.id)
            found = self.on.found_first(over)
            if found is not None:
                if not found:
                    return
                over = over.where(flags.c.id.in_([flag for (flag,) in found]))
            try:
                self._clear(flags.c.id.in_(over))
            except DBAPIError as problem:
                last = self._cleared_one_by_one(over, problem)
                continue
            if found is None or len(found) < FEW:
                return
            last = found[-1][0]

    def _over(self, last: int, *over: Where) -> sa.Select[Any]:
        """On PostgreSQL a step may have ended the cause while its flag was being raised: those are looked at too."""
        earlier = (flags.c.raised_by != self.scope.run_id,) if self.on.one_writer else ()
        passed = (flags.c.case_id.not_in(sorted(self.refused)),) if self.refused else ()
        whose = [flags.c.service.in_(self.scope.services), *([flags.c.kind.in_(MARKS)] if self.scope.every else [])]
        ours = sa.or_(*whose)
        is_open = (
            flags.c.id > last,
            flags.c.cleared_on.is_(None),
            flags.c.raised_on <= self.scope.as_of,
            *not_apart(self.scope, flags.c.case_id),
        )
        return sa.select(flags.c.id).where(*is_open, ours, *earlier, *passed, *over)

    def _clear(self, chosen: Where) -> None:
        with self.on.batch() as connection:
            some = sa.update(flags).where(chosen, flags.c.cleared_on.is_(None)).values(**self._ended("no longer due"))
            ended = connection.execute(some.returning(flags.c.case_id, flags.c.kind)).all()
        told: list[Cleared] = [(case_id, kind) for case_id, kind in ended]
        self.cleared.update(self.tell.cleared(told, "no longer due"))

    def _ended(self, because: str) -> dict[str, Any]:
        return late.ended_by(self.scope, because, self.tell.now)

    def _one_by_one(
        self, rule: FlagRule, source: Source, fresh: sa.Select[Any], problem: DBAPIError
    ) -> tuple[Where, ...]:
        """What of a refused batch can be raised is raised, in ever smaller halves; the rest is written down."""
        ids = self._ids(fresh.with_only_columns(source.case_id).order_by(*source.key), problem)
        bad = self._in_halves(ids, lambda some: self._raise(rule, source, fresh.where(source.case_id.in_(some))))
        for case_id in bad:
            self._write_down(case_id, problem)
        self.unmarked.update(bad if rule.about_what_is_kept else ())
        return ()

    def _cleared_one_by_one(self, batch: sa.Select[Any], problem: DBAPIError) -> int:
        chosen = self._ids(sa.select(flags.c.id).where(flags.c.id.in_(batch)).order_by(flags.c.id), problem)
        with self.on.reading() as connection:
            rows = connection.execute(sa.select(flags.c.id, flags.c.case_id).where(flags.c.id.in_(chosen)))
            of_case = {row.id: row.case_id for row in rows}
        for flag in self._in_halves(chosen, lambda some: self._clear(flags.c.id.in_(some))):
            self._write_down(of_case[flag], problem)
        return max(chosen, default=0)

    def _ids(self, found: sa.Select[Any], problem: DBAPIError) -> list[Any]:
        """The keys of a batch small enough to be named one by one. A fault that is not about rows is raised again."""
        if not _is_about_rows(problem) or len(self.refused) >= MOST_REFUSED:
            raise problem
        with self.on.reading() as connection:
            return list(connection.scalars(found.limit(HALVED_AT_ONCE)))

    def _in_halves(self, keys: Sequence[Any], work: Callable[[Sequence[Any]], object]) -> list[Any]:
        """Does the work for all but the keys that the database refuses alone; those it gives back."""
        if not keys:
            return []
        try:
            work(keys)
        except DBAPIError as problem:
            if len(keys) == 1:
                return list(keys)
            if not _is_about_rows(problem):
                raise
            half = len(keys) // 2
            return [*self._in_halves(keys[:half], work), *self._in_halves(keys[half:], work)]
        return []

    def _write_down(self, case_id: UUID, problem: DBAPIError) -> None:
        self.refused.add(case_id)
        if len(self.refused) > MOST_REFUSED:
            raise problem
        there = sa.select(sa.literal(1)).where(
            night_quarantine.c.run_id == self.scope.run_id, night_quarantine.c.case_id == case_id
        )
        with self.on.batch() as connection:
            noted = late.note(connection, self.scope, case_id, REFUSED)
            if not noted and connection.execute(there).first() is None:
                row = {"run_id": self.scope.run_id, "case_id": case_id, "code": REFUSED}
                connection.execute(sa.insert(night_quarantine).values(**row))


def _beyond(source: Source, connection: sa.Connection) -> tuple[Where, ...]:
    """Where the next batch begins; at the start again after a day that is no date, which no comparison can name."""
    try:
        return source.beyond(connection)
    except ValueError:
        return ()


def _is_about_rows(problem: DBAPIError) -> bool:
    """Not about the connection, the disk or another writer: those end the night, which is taken up later."""
    return getattr(faults.translate(problem.orig or problem), "code", "") == "database_failed"
