"""A real database on which something goes wrong at a moment that the test picks; and one that keeps step by step."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import psycopg

from persistence import Database, faults
from persistence.store import SqlStore
from tests.postgres import address, session_server

STATEMENTS = 14
"""About as many as a step needs. A fault that is set for a later one does not happen."""


class Fault(StrEnum):
    """ABORTED: an exception after all is written, before the commit. BROKEN: the driver fails at a statement.
    RAISED: our own code fails between two statements. KILLED: the connection is ended at a statement. LOST: it is
    ended before the commit. UNANSWERED: it is ended when all is kept and before anybody is told.
    """

    ABORTED = "aborted before the commit"
    BROKEN = "a statement that fails"
    RAISED = "an exception inside the transaction"
    KILLED = "the connection ended inside the transaction"
    LOST = "the connection ended before the commit"
    UNANSWERED = "the answer lost after the commit"


class Accident(Exception):
    """Something that nobody foresaw."""


@dataclass(slots=True)
class Planned:
    """The fault of the next transaction; `at` is the statement, the first is 1."""

    fault: Fault
    at: int = 1


class Faulty(Database):
    """The next transaction has the fault that is planned; those after it have none."""

    planned: Planned | None = None
    happened: Fault | None = None

    def plan(self, planned: Planned | None) -> None:
        self.planned, self.happened = planned, None

    @contextmanager
    def writing(self, *how: Any, **more: Any) -> Iterator[SqlStore]:
        planned, self.planned = self.planned, None
        fault = planned.fault if planned else None
        with super().writing(*how, **more) as store:
            if planned and fault in (Fault.BROKEN, Fault.RAISED, Fault.KILLED):
                store._cursor = _Tripping(store._cursor, planned.at, lambda cursor: self._strike(planned.fault, cursor))
            yield store
            if fault is Fault.ABORTED:
                self.happened = fault
                raise Accident
            if fault is Fault.LOST:
                self._strike(fault, store._cursor)
        if fault is Fault.UNANSWERED:
            self.happened = fault
            raise faults.storage_error("maybe_done")

    def _strike(self, fault: Fault, cursor: Any) -> None:
        self.happened = fault
        match fault:
            case Fault.RAISED:
                raise Accident
            case Fault.BROKEN if self.is_sqlite:
                raise sqlite3.OperationalError("disk I/O error")
            case Fault.BROKEN:
                raise psycopg.OperationalError("the line is cut")
            case Fault.KILLED | Fault.LOST if self.is_sqlite:
                cursor.connection.close()
            case Fault.KILLED | Fault.LOST:
                _hang_up(cursor.connection.info.backend_pid)


class StepByStep(Faulty):
    """The control: each statement is kept as it is made, as by a program that knows no transactions."""

    @contextmanager
    def writing(self, *how: Any, **more: Any) -> Iterator[SqlStore]:
        with super().writing(*how, **more) as store:
            connection = store._cursor.connection
            if self.is_sqlite:
                connection.commit()
            else:
                connection.rollback()
                connection.autocommit = True
            try:
                yield store
            finally:
                if not self.is_sqlite and not connection.closed:
                    connection.autocommit = False


class _Tripping:
    """A driver's cursor that stumbles at one of its statements."""

    def __init__(self, cursor: Any, at: int, strike: Any) -> None:
        self._cursor, self._left, self._strike = cursor, at, strike

    def execute(self, *statement: Any, **how: Any) -> Any:
        self._count()
        return self._cursor.execute(*statement, **how)

    def executemany(self, *statement: Any, **how: Any) -> Any:
        self._count()
        return self._cursor.executemany(*statement, **how)

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._strike(self._cursor)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def _hang_up(pid: int) -> None:
    """The server ends a connection, and is done with it when this returns."""
    with psycopg.connect(address(session_server().url.set(drivername="postgresql")), autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(%s)", (pid,))
        while server.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone():
            time.sleep(0.002)
