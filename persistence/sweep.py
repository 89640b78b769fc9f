"""The night: raise what is due, clear what has passed, replace 8 weeks by 12 weeks, touch nothing else.

Every batch is a transaction of its own with the cursor of the run in it. A batch is a stretch of an index, so the
work grows with what is due and not with the number of cases, and a writer waits for one batch at the most.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from casework import log
from casework.errors import BadRequest
from casework.identity import new_id
from casework.store import NightReport
from persistence.due import Condition, Source, not_open, sources, still_due
from persistence.tables import cases, flags, night_runs
from workflows.dates import british
from workflows.flags import FLAGS, FlagRule

BATCH = 20_000
"""Flags in one transaction. On PostgreSQL a rule is raised in one: a batch there is no faster and spares nobody."""

LOCK = 7_243_105_512
"""One batch at a time where two nights meet: the key of PostgreSQL's advisory lock (any that nobody else uses)."""

TOLD_AT_ONCE, LOOKED_UP_AT_ONCE = 2_000, 500
LONG_SECONDS, PAUSE_SECONDS = 0.02, 0.01
"""On SQLite, after a batch that held the lock for long: else the night has it again before a waiting writer wakes."""


class Night:
    """One run over all open cases as of a day. The same day may be run again: it finds nothing left to do."""

    def __init__(
        self, engine: sa.Engine, as_of: date, by: str, now: Callable[[], datetime], *, dry_run: bool = False
    ) -> None:
        self._engine, self._clock, self._now = engine, now, now()
        self._limit = BATCH if engine.dialect.name == "sqlite" else None
        self._report = NightReport(new_id(), as_of, by, dry_run)

    def run(self) -> NightReport:
        """Raises `BadRequest` for a day before the last night: flags that were raised since would be undone."""
        began = time.perf_counter()
        with self._transaction(writes=False) as connection:
            self._refuse_to_go_back(connection)
            self._report.examined = _count(connection, sa.select(cases.c.id).where(cases.c.is_open))
            if self._report.dry_run:
                self._foresee(connection)
        if not self._report.dry_run:
            self._work()
        self._report.seconds = round(time.perf_counter() - began, 3)
        return self._report

    def _work(self) -> None:
        self._open_run()
        try:
            for rule in FLAGS.values():
                for source in sources(rule, self._report.as_of):
                    self._raise_all(rule, source)
            self._clear_all()
        except BaseException:
            self._end_run("failed")
            raise
        self._end_run("complete")

    def _raise_all(self, rule: FlagRule, source: Source) -> None:
        after: tuple[Condition, ...] = ()
        while self._is_worth_a_lock(fresh := source.due(*after, not_open(rule, source.case_id))):
            with self._batch() as connection:
                self._do_not_trust_statistics(connection)
                before = connection.scalar(sa.select(sa.func.coalesce(sa.func.max(flags.c.id), 0)))
                raised = connection.execute(self._insert(rule, source, fresh)).rowcount
                replaced = self._replace(connection, rule, before) if raised and rule.replaces else []
                after = source.beyond(connection) if raised == self._limit else ()
                self._keep_cursor(connection, rule.kind, raised)
            self._add(self._report.raised, rule.kind, raised)
            self._add(self._report.replaced, rule.replaces, len(replaced))
            self._tell_raised(rule, before, raised)
            self._tell_cleared([(case, rule.replaces) for case in replaced], f"replaced by {rule.kind}")
            if not after:
                return

    def _is_worth_a_lock(self, found: sa.Select[Any]) -> bool:
        """SQLite has one lock for all writers: it is not taken to find that there is nothing to do."""
        if self._limit is None:
            return True
        with self._transaction(writes=False) as connection:
            return connection.execute(found.limit(1)).first() is not None

    def _insert(self, rule: FlagRule, source: Source, fresh: sa.Select[Any]) -> Any:
        columns = ("case_id", "kind", "raised_on", "raised_at", "raised_by")
        values = (rule.kind, self._report.as_of, self._now, self._report.run_id)
        typed = (sa.literal(v, flags.c[n].type) for n, v in zip(columns[1:], values, strict=True))
        rows = fresh.add_columns(*typed)
        if self._limit is not None:
            rows = rows.order_by(*source.key).limit(self._limit)
        return sa.insert(flags).from_select(columns, rows).execution_options(preserve_rowcount=True)

    def _replace(self, connection: sa.Connection, rule: FlagRule, before: int | None) -> Sequence[UUID]:
        """The lesser flag ends in the transaction in which the greater begins: no moment shows both or neither."""
        greater = flags.alias()
        begun = sa.select(greater.c.case_id).where(greater.c.id > before, greater.c.kind == rule.kind)
        lesser = (
            sa.update(flags)
            .where(flags.c.kind == rule.replaces, flags.c.cleared_on.is_(None), flags.c.case_id.in_(begun))
            .values(**self._cleared(f"replaced by {rule.kind}"))
        )
        return connection.scalars(lesser.returning(flags.c.case_id)).all()

    def _clear_all(self) -> None:
        last = 0
        while True:
            over = sa.select(flags.c.id).where(
                flags.c.id > last, flags.c.cleared_on.is_(None), *self._earlier(), ~still_due(FLAGS, self._report.as_of)
            )
            if not self._is_worth_a_lock(over):
                return
            with self._batch() as connection:
                chosen = flags.c.id.in_(over.order_by(flags.c.id).limit(BATCH))
                some = sa.update(flags).where(chosen, flags.c.cleared_on.is_(None))
                ended = some.values(**self._cleared("no longer due"))
                cleared = connection.execute(ended.returning(flags.c.id, flags.c.case_id, flags.c.kind)).all()
                self._keep_cursor(connection, "clearing", len(cleared))
            for kind, number in Counter(kind for _, _, kind in cleared).items():
                self._add(self._report.cleared, kind, number)
            self._tell_cleared([(case, kind) for _, case, kind in cleared], "no longer due")
            if len(cleared) < BATCH:
                return
            last = max(flag for flag, _, _ in cleared)

    def _earlier(self) -> tuple[Condition, ...]:
        """On PostgreSQL a step may have ended the cause while its flag was being raised: those are looked at too."""
        return () if self._limit is None else (flags.c.raised_by != self._report.run_id,)

    def _cleared(self, because: str) -> dict[str, Any]:
        return {"cleared_on": self._report.as_of, "cleared_at": self._now, "cleared_because": because}

    def _foresee(self, connection: sa.Connection) -> None:
        """What the night would do, counted and not done."""
        for rule in FLAGS.values():
            for source in sources(rule, self._report.as_of):
                fresh = _count(connection, source.due(not_open(rule, source.case_id)))
                self._add(self._report.raised, rule.kind, fresh)
        over = sa.select(flags.c.kind, sa.func.count()).where(
            flags.c.cleared_on.is_(None), ~still_due(FLAGS, self._report.as_of)
        )
        for kind, number in _by_kind(connection, over).items():
            self._add(self._report.cleared, kind, number)
        for rule in FLAGS.values():
            self._foresee_replaced(connection, rule)

    def _foresee_replaced(self, connection: sa.Connection, rule: FlagRule) -> None:
        """Of the flags that would end, those that a greater one would take the place of."""
        lesser = sa.select(flags.c.kind, sa.func.count()).where(
            flags.c.kind == rule.replaces, flags.c.cleared_on.is_(None)
        )
        for source in sources(rule, self._report.as_of):
            for kind, number in _by_kind(connection, lesser.where(flags.c.case_id.in_(source.due()))).items():
                self._add(self._report.replaced, kind, number)
                self._report.cleared[kind] -= number
        if self._report.cleared.get(rule.replaces) == 0:
            del self._report.cleared[rule.replaces]

    def _refuse_to_go_back(self, connection: sa.Connection) -> None:
        last = connection.scalar(sa.select(sa.func.max(night_runs.c.as_of)).where(night_runs.c.state == "complete"))
        if last is not None and self._report.as_of < last:
            raise BadRequest(
                "night_has_passed",
                f"The night of {british(last)} has been run. Run it, or a later one, again; flags on a past day: "
                "casework flags --as-of.",
                "as_of",
            )

    def _open_run(self) -> None:
        report = self._report
        row = {"id": report.run_id, "as_of": report.as_of, "by": report.by, "state": "running"}
        with self._transaction() as connection:
            connection.execute(sa.insert(night_runs).values(**row, started_at=self._now, examined=report.examined))
        self._tell(log.LogEvent.NIGHT_STARTED, [{"examined": report.examined}])

    def _end_run(self, state: str) -> None:
        report = self._report
        counts = {"raised": report.raised, "cleared": report.cleared, "replaced": report.replaced}
        with self._transaction() as connection:
            open_now = sa.select(flags.c.kind, sa.func.count()).where(flags.c.cleared_on.is_(None))
            report.open = _by_kind(connection, open_now)
            ended = sa.update(night_runs).where(night_runs.c.id == report.run_id)
            connection.execute(ended.values(state=state, finished_at=self._clock(), counts=counts))
        self._tell(log.LogEvent.NIGHT_FINISHED, [{"state": state, **counts, "open": report.open}])

    def _keep_cursor(self, connection: sa.Connection, doing: str, changed: int) -> None:
        if changed:
            row = sa.update(night_runs).where(night_runs.c.id == self._report.run_id)
            connection.execute(row.values(cursor={"doing": doing, "changed": changed}))

    @staticmethod
    def _do_not_trust_statistics(connection: sa.Connection) -> None:
        """Statistics of `flags` may be from before its first night: PostgreSQL would then read it anew for each case.
        And a plan that is priced so high is compiled first, which takes longer than to run it.
        """
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL enable_nestloop = off"))
            connection.execute(sa.text("SET LOCAL jit = off"))

    @contextmanager
    def _batch(self) -> Iterator[sa.Connection]:
        began = time.perf_counter()
        with self._transaction() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            yield connection
        if self._limit is not None and time.perf_counter() - began > LONG_SECONDS:
            time.sleep(PAUSE_SECONDS)

    @contextmanager
    def _transaction(self, *, writes: bool = True) -> Iterator[sa.Connection]:
        with self._engine.connect().execution_options(writes=writes) as connection, connection.begin():
            yield connection

    def _tell_raised(self, rule: FlagRule, before: int | None, number: int) -> None:
        """Read again in pieces: what a night raises need not fit into memory."""
        if not number:
            return
        raised = sa.select(*_NAMED).join(flags, flags.c.case_id == cases.c.id).order_by(flags.c.id)
        raised = raised.where(flags.c.id > before, flags.c.raised_by == self._report.run_id)
        with self._transaction(writes=False) as connection:
            found = connection.execution_options(yield_per=TOLD_AT_ONCE).execute(raised)
            self._tell(log.LogEvent.FLAG_RAISED, ({**_named(row), "kind": rule.kind} for row in found))

    def _tell_cleared(self, cleared: Sequence[tuple[UUID, str]], because: str) -> None:
        for start in range(0, len(cleared), LOOKED_UP_AT_ONCE):
            some = cleared[start : start + LOOKED_UP_AT_ONCE]
            query = sa.select(*_NAMED).where(cases.c.id.in_([case for case, _ in some]))
            with self._transaction(writes=False) as connection:
                names = {row[0]: _named(row) for row in connection.execute(query)}
            lines = ({**names[case], "kind": kind, "because": because} for case, kind in some)
            self._tell(log.LogEvent.FLAG_CLEARED, lines)

    def _tell(self, name: log.LogEvent, lines: Iterable[dict[str, Any]]) -> None:
        ids = {"run_id": str(self._report.run_id), "as_of": self._report.as_of.isoformat(), "actor": self._report.by}
        log.run_lines(name, lines, **ids, recorded_at=self._now.isoformat())

    @staticmethod
    def _add(counts: dict[str, int], kind: str, number: int) -> None:
        if number:
            counts[kind] = counts.get(kind, 0) + number


_NAMED = (cases.c.id, cases.c.service, cases.c.reference, cases.c.pathway)


def _named(row: Any) -> dict[str, str]:
    case_id, service, reference, pathway = row
    return {"service": service, "reference": reference, "case_id": str(case_id), "pathway": pathway}


def _count(connection: sa.Connection, found: sa.Select[Any]) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0


def _by_kind(connection: sa.Connection, counted: sa.Select[Any]) -> dict[str, int]:
    return {str(kind): number for kind, number in connection.execute(counted.group_by(flags.c.kind))}
