"""The night: raise what is due, clear what has passed, replace 8 weeks by 12 weeks, touch nothing else.

Every batch is a transaction of its own with the cursor of the run in it. A batch is a stretch of an index, so the
work grows with what is due and not with the number of cases, and a writer waits for one batch at the most.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from casework import log
from casework.calendar import utc_now
from casework.errors import BadRequest
from casework.identity import new_id
from casework.store import NightReport
from persistence.due import Condition, Source, not_open, sources, still_due
from persistence.tables import cases, flags, night_runs
from workflows.dates import british
from workflows.flags import FLAGS, FlagRule

BATCH = 20_000
PAUSE_SECONDS = 0.01
"""Between batches on SQLite: without it the night takes the lock again before a waiting writer has woken."""

Told = Sequence[tuple[log.LogEvent, dict[str, Any]]]


class Night:
    """One run over all open cases as of a day. The same day may be run again: it finds nothing left to do."""

    def __init__(self, engine: sa.Engine, as_of: date, by: str, now: datetime, *, dry_run: bool = False) -> None:
        self._engine, self._now = engine, now
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
        for stretch in self._stretches(source):
            with self._batch() as connection:
                due = source.due(*stretch, not_open(rule, source.case_id)).subquery()
                raised = connection.scalars(_insert(rule, due, self._report, self._now)).all()
                replaced = connection.scalars(self._replace(rule, source, stretch)).all() if raised else []
                self._keep_cursor(connection, rule.kind, len(raised))
            self._add(self._report.raised, rule.kind, len(raised))
            self._add(self._report.replaced, rule.replaces, len(replaced))
            self._tell((log.LogEvent.FLAG_RAISED, {"case_id": str(c), "kind": rule.kind}) for c in raised)
            gone = {"kind": rule.replaces, "because": f"replaced by {rule.kind}"}
            self._tell((log.LogEvent.FLAG_CLEARED, {"case_id": str(c), **gone}) for c in replaced)

    def _replace(self, rule: FlagRule, source: Source, stretch: Sequence[Condition]) -> Any:
        """The lesser flag ends in the transaction in which the greater begins: no moment shows both or neither."""
        inside = source.due(*stretch)
        return (
            sa.update(flags)
            .where(flags.c.kind == rule.replaces, flags.c.cleared_on.is_(None), flags.c.case_id.in_(inside))
            .values(**self._cleared(f"replaced by {rule.kind}"))
            .returning(flags.c.case_id)
        )

    def _clear_all(self) -> None:
        earlier = (flags.c.cleared_on.is_(None), flags.c.raised_by != self._report.run_id)
        for stretch in self._stretches(Source((flags.c.case_id,), earlier)):
            with self._batch() as connection:
                over = sa.update(flags).where(*earlier, *stretch, ~still_due(FLAGS, self._report.as_of))
                gone = over.values(**self._cleared("no longer due")).returning(flags.c.case_id, flags.c.kind)
                cleared = connection.execute(gone).all()
                self._keep_cursor(connection, "clearing", len(cleared))
            for kind, number in Counter(kind for _, kind in cleared).items():
                self._add(self._report.cleared, kind, number)
            because = {"because": "no longer due"}
            self._tell((log.LogEvent.FLAG_CLEARED, {"case_id": str(c), "kind": k, **because}) for c, k in cleared)

    def _cleared(self, because: str) -> dict[str, Any]:
        return {"cleared_on": self._report.as_of, "cleared_at": self._now, "cleared_because": because}

    def _stretches(self, source: Source) -> Iterator[tuple[Condition, ...]]:
        """The index of a source cut into batches: each begins where the last one ended."""
        key = sa.tuple_(*source.key) if len(source.key) > 1 else source.key[0]
        ends = sa.select(*source.key).where(*source.where).order_by(*source.key).offset(BATCH - 1).limit(1)
        after: tuple[Condition, ...] = ()
        while True:
            with self._transaction(writes=False) as connection:
                end = connection.execute(ends.where(*after)).one_or_none()
            if end is None:
                yield after
                return
            last = sa.tuple_(*(sa.literal(v, c.type) for v, c in zip(end, source.key, strict=True)))
            limit = last if len(source.key) > 1 else sa.literal(end[0], source.key[0].type)
            yield (*after, key <= limit)
            after = (key > limit,)

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
        self._tell([(log.LogEvent.NIGHT_STARTED, {"by": report.by, "examined": report.examined})])

    def _end_run(self, state: str) -> None:
        report = self._report
        counts = {"raised": report.raised, "cleared": report.cleared, "replaced": report.replaced}
        with self._transaction() as connection:
            open_now = sa.select(flags.c.kind, sa.func.count()).where(flags.c.cleared_on.is_(None))
            report.open = _by_kind(connection, open_now)
            ended = sa.update(night_runs).where(night_runs.c.id == report.run_id)
            connection.execute(ended.values(state=state, finished_at=utc_now(), counts=counts))
        self._tell([(log.LogEvent.NIGHT_FINISHED, {"by": report.by, "state": state, **counts, "open": report.open})])

    def _keep_cursor(self, connection: sa.Connection, doing: str, changed: int) -> None:
        if changed:
            row = sa.update(night_runs).where(night_runs.c.id == self._report.run_id)
            connection.execute(row.values(cursor={"doing": doing, "changed": changed}))

    @contextmanager
    def _batch(self) -> Iterator[sa.Connection]:
        with self._transaction() as connection:
            yield connection
        if self._engine.dialect.name == "sqlite":
            time.sleep(PAUSE_SECONDS)

    @contextmanager
    def _transaction(self, *, writes: bool = True) -> Iterator[sa.Connection]:
        with self._engine.connect().execution_options(writes=writes) as connection, connection.begin():
            yield connection

    def _tell(self, lines: Any) -> None:
        ids = {"run_id": str(self._report.run_id), "as_of": self._report.as_of.isoformat()}
        for name, what in lines:
            log.run_line(name, **what, **ids)

    @staticmethod
    def _add(counts: dict[str, int], kind: str, number: int) -> None:
        if number:
            counts[kind] = counts.get(kind, 0) + number


def _insert(rule: FlagRule, due: sa.Subquery, report: NightReport, now: datetime) -> Any:
    columns = ("case_id", "kind", "raised_on", "raised_at", "raised_by")
    values = (rule.kind, report.as_of, now, report.run_id)
    typed = (sa.literal(v, flags.c[n].type) for n, v in zip(columns[1:], values, strict=True))
    return sa.insert(flags).from_select(columns, sa.select(due.c.case_id, *typed)).returning(flags.c.case_id)


def _by_kind(connection: sa.Connection, counted: sa.Select[Any]) -> dict[str, int]:
    return {str(kind): int(number) for kind, number in connection.execute(counted.group_by(flags.c.kind))}


def _count(connection: sa.Connection, found: sa.Select[Any]) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0
