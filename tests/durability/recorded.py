"""The real write path on a recorded disk: APSW's connection, spoken to as if it were the one of the standard library.

SQLAlchemy asks its dialect to connect; here it is given this connection. All else is what casework does anywhere:
its pragmas, its pool, its transactions, its statements.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import apsw
import sqlalchemy as sa

from persistence import Database
from tests.durability.courses import opened
from tests.durability.power import VFS, Record, RecordedDisk

Row = tuple[Any, ...]


@contextmanager
def recorded(record: Record, synchronous: str) -> Iterator[Database]:
    """A database on the recorded disk. It syncs as casework asks for unless another `synchronous` is given."""
    disk = RecordedDisk(record)
    database = opened(record.path)
    sa.event.listen(database.engine, "do_connect", lambda *_: Connection(str(record.path)))
    if synchronous != "FULL":
        less = f"PRAGMA synchronous={synchronous}"
        sa.event.listen(database.engine, "connect", lambda connection, _: connection.cursor().execute(less))
    try:
        yield database
    finally:
        database.close()
        disk.unregister()


class Connection:
    """As much of `sqlite3.Connection` as is used here. `isolation_level` is None: we say BEGIN ourselves."""

    isolation_level: str | None = None

    def __init__(self, path: str) -> None:
        self._apsw = apsw.Connection(path, vfs=VFS)

    @property
    def in_transaction(self) -> bool:
        return bool(self._apsw.in_transaction)

    def cursor(self) -> "Cursor":
        return Cursor(self._apsw)

    def create_function(self, name: str, narg: int, func: Any, *, deterministic: bool = False) -> None:
        self._apsw.create_scalar_function(name, func, narg, deterministic=deterministic)

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, how: str) -> None:
        if self._apsw.in_transaction:
            self.cursor().execute(how)

    def close(self) -> None:
        self._apsw.close()


class Cursor:
    """All rows of an answer are fetched at once, so that no reader stays in the way of a checkpoint."""

    arraysize = 1
    lastrowid = None

    def __init__(self, connection: apsw.Connection) -> None:
        self._apsw = connection
        self._rows: Iterator[Row] = iter(())
        self.description: Sequence[Any] | None = None
        self.rowcount = -1

    def execute(self, statement: str, values: Sequence[Any] = ()) -> "Cursor":
        cursor = self._apsw.cursor()
        cursor.exec_trace = self._describe
        before = self._apsw.total_changes()
        with _as_sqlite3_says_it():
            rows = list(cursor.execute(statement, tuple(values)))
        self._rows = iter(rows)
        self.rowcount = self._apsw.total_changes() - before if self.description is None else -1
        return self

    def _describe(self, cursor: apsw.Cursor, _statement: str, _values: Any) -> bool:
        described = cursor.get_description()
        self.description = [(name, None, None, None, None, None, None) for name, _ in described] or None
        return True

    def executemany(self, statement: str, many: Iterable[Sequence[Any]]) -> "Cursor":
        changed = sum(self.execute(statement, values).rowcount for values in many)
        self.rowcount = changed
        return self

    def fetchone(self) -> Row | None:
        return next(self._rows, None)

    def fetchall(self) -> list[Row]:
        return list(self._rows)

    def fetchmany(self, size: int = 1) -> list[Row]:
        return [row for _, row in zip(range(size), self._rows, strict=False)]

    def close(self) -> None:
        self._rows = iter(())


@contextmanager
def _as_sqlite3_says_it() -> Iterator[None]:
    try:
        yield
    except apsw.Error as problem:
        kind = sqlite3.IntegrityError if isinstance(problem, apsw.ConstraintError) else sqlite3.OperationalError
        said = kind(str(problem))
        said.sqlite_errorcode = getattr(problem, "extendedresult", 0)
        raise said from None
