"""A clinic that has worked for some days: its events in order, signed and told, and what it held on earlier days."""

import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from casework.audit.evidence import Evidence
from casework.audit.keys import NOTHING_GIVEN, AuditKeys
from casework.audit.reconcile import LogRead, Reconciled, read_log, reconcile
from casework.audit.relay import Relay
from casework.audit.verify import Seen, Verdict, verify
from persistence import Database
from persistence.audit_tables import audit_checkpoints, audit_leaves, audit_outbox, audit_state
from persistence.evidence import SqlEvidence
from persistence.tables import (
    case_clocks,
    case_days,
    case_events,
    case_gaps,
    case_records,
    case_traits,
    cases,
)
from tests.conftest import captured
from tests.persistence.before_the_night import edge_cases, wanderers
from tests.persistence.populations import Walked, keep

BEGAN = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
MINUTE = timedelta(seconds=61)
OF_A_CASE = (case_events, case_clocks, case_gaps, case_days, case_traits, case_records)
TABLES = (cases, *OF_A_CASE, audit_leaves, audit_checkpoints, audit_state, audit_outbox)
Rows = dict[str, list[dict[str, Any]]]


@dataclass
class Told:
    """What the log was told, as the lines of a file."""

    lines: list[bytes] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[None]:
        with captured() as said:
            yield
        self.lines += [orjson.dumps(line) for line in said]

    def read(self) -> LogRead:
        return read_log(io.BytesIO(b"\n".join(self.lines)))


class Scene:
    """`earlier` is what the tables held after each day but the last, for whoever wants to put an old backup back."""

    def __init__(self, database: Database, keys: AuditKeys, *, wandering: int = 3) -> None:
        self.database, self.keys, self.told = database, keys, Told()
        self.earlier: list[Rows] = []
        population, many = edge_cases(), list(wanderers(wandering))
        for day in range(5):
            self._a_day([*population[day * 3 : day * 3 + 3], *many[day::5]], day * 10 * MINUTE)
        self.seen = self._verified()
        self._a_day(population[15:18], 40 * MINUTE + MINUTE / 2)
        keep(database, population[18:])
        self.log = self.told.read()
        with self.database.audit.evidence() as evidence:
            assert not self.look(evidence, self.seen).findings
            assert not reconcile(evidence, self.log, keys).differences

    def _a_day(self, population: list[Walked], after: timedelta) -> None:
        keep(self.database, population)
        with self.told.listening():
            Relay(self.database.audit, self.keys, now=lambda: BEGAN + after).run()
        with self.database.engine.connect() as connection:
            self.earlier.append({t.name: [dict(row) for row in _all(connection, t)] for t in TABLES})

    def _verified(self) -> Seen:
        with self.database.audit.evidence() as evidence:
            verdict = verify(evidence, self.keys)
        assert verdict.whole
        assert verdict.seen is not None
        return verdict.seen

    def look(self, evidence: Evidence, seen: Seen | None, keys: AuditKeys | None = None) -> Verdict:
        return verify(evidence, self.keys if keys is None else keys, seen)


def _all(connection: sa.Connection, table: sa.Table) -> list[Any]:
    return list(connection.execute(sa.select(table)).mappings())


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found with everything that a verifier has: its keys, its state, and the log."""

    verdict: Verdict
    against_log: Reconciled


@dataclass(frozen=True, slots=True)
class Alone:
    """What a verifier finds that has less: no keys, or no state of its own."""

    without_keys: Verdict
    without_state: Verdict


class Intruder:
    """Somebody with every right on the database, inside a transaction that is never committed."""

    def __init__(self, scene: Scene, connection: sa.Connection, chance: random.Random) -> None:
        self.scene, self.connection, self.chance = scene, connection, chance

    def rows(self, query: Any) -> list[Any]:
        return list(self.connection.execute(query).mappings())

    def do(self, statement: Any, *values: Any) -> None:
        self.connection.execute(statement, *values)

    def events_of(self, case_id: Any) -> list[Any]:
        return self.rows(sa.select(case_events).where(case_events.c.case_id == case_id).order_by(case_events.c.seq))

    def any_case(self, *, at_least: int = 1) -> Any:
        """One whose events are in order, and that has so many."""
        placed = sa.select(audit_leaves.c.case_id)
        query = sa.select(cases).where(cases.c.version >= at_least, cases.c.id.in_(placed)).order_by(cases.c.id)
        return self.chance.choice(self.rows(query))

    def leaf_of(self, case_id: Any, seq: int) -> int | None:
        at = (audit_leaves.c.case_id == case_id, audit_leaves.c.seq == seq)
        return self.connection.scalar(sa.select(audit_leaves.c.leaf).where(*at))


@contextmanager
def intruding(scene: Scene, chance: random.Random) -> Iterator[Intruder]:
    """The triggers that guard the tables are put aside, as the owner of a database can."""
    with scene.database.engine.connect() as connection, connection.begin() as moment:
        if scene.database.is_sqlite:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in found.all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        try:
            yield Intruder(scene, connection, chance)
        finally:
            if moment.is_active:
                moment.rollback()


def look(intruder: Intruder) -> Looked:
    scene, evidence = intruder.scene, SqlEvidence(intruder.connection)
    return Looked(scene.look(evidence, scene.seen), reconcile(evidence, scene.log, scene.keys))


def look_alone(intruder: Intruder) -> Alone:
    scene, evidence = intruder.scene, SqlEvidence(intruder.connection)
    return Alone(scene.look(evidence, None, NOTHING_GIVEN), scene.look(evidence, None))
