"""The engine and its transactions. `writing()` is the only place that commits a change to a case."""

import select
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import PoolProxiedConnection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError

from casework.errors import CaseworkError, StorageError
from persistence import faults
from persistence.migrating import HEAD, pending, revision_of, run_upgrade
from persistence.night import SqlNights
from persistence.prepared import Prepared
from persistence.statements import STATEMENTS
from persistence.store import SqlStore

BUSY_TIMEOUT_MS = 5_000
"""How long a SQLite writer waits for another before it says that the database is busy."""

CONNECT_TIMEOUT_SECONDS = 5
"""How long a PostgreSQL server may take to answer before it counts as not reachable."""

LOCK_TIMEOUT_SECONDS = 30
"""How long a writer on PostgreSQL waits for another before it says that the database is busy."""

_PRAGMAS = ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA trusted_schema=OFF")


class Database:
    """A database by its URL: `sqlite:///clinic.db` or `postgresql://user@host/name`. Making one opens nothing.

    Raises `StorageError` with a stable code for whatever the database cannot do. Safe to share between threads.
    """

    def __init__(self, url: str) -> None:
        self.url = _checked_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._migrated = False

    @cached_property
    def engine(self) -> sa.Engine:
        limits = {} if self.is_sqlite else _limits(self.url)
        engine = sa.create_engine(self.url, hide_parameters=True, pool_reset_on_return=None, connect_args=limits)
        if self.is_sqlite:
            sa.event.listen(engine, "connect", _open_sqlite)
            sa.event.listen(engine, "begin", _begin_sqlite)
        else:
            sa.event.listen(engine, "checkout", _still_there)
        return engine

    @cached_property
    def _prepared(self) -> Mapping[str, Prepared]:
        return {name: Prepared(statement, self.engine.dialect) for name, statement in STATEMENTS.items()}

    @contextmanager
    def writing(self) -> Iterator[SqlStore]:
        """One transaction that is kept as a whole when the block ends, and not at all when it raises."""
        self._need_tables()
        with faults.translated():
            connection = self.engine.raw_connection()
            cursor = connection.cursor()
            try:
                if self.is_sqlite:
                    cursor.execute("BEGIN IMMEDIATE")
                yield SqlStore(cursor, self._prepared)
            except BaseException:
                _roll_back(connection)
                raise
            else:
                _commit(connection)
            finally:
                connection.close()

    @contextmanager
    def reading(self) -> Iterator[SqlStore]:
        """One transaction that sees one moment and changes nothing."""
        self._need_tables()
        with faults.translated(), self._reading_connection() as connection, connection.begin() as moment:
            if not self.is_sqlite:  # for this transaction alone: what a server says of the next ones is its own
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            yield SqlStore(connection.connection.cursor(), self._prepared, connection)
            moment.rollback()

    def _reading_connection(self) -> sa.Connection:
        """SQLite sees one moment from its first read on; PostgreSQL has to be asked for it."""
        if self.is_sqlite:
            return self.engine.connect()
        return self.engine.connect().execution_options(isolation_level="REPEATABLE READ")

    def nights(self, now: Callable[[], datetime]) -> SqlNights:
        """The night on this database: see `persistence.night`."""
        return SqlNights(self.engine, now, self._need_tables)

    def upgrade(self, *, dry_run: bool = False) -> tuple[str, ...]:
        """Bring the tables to this version, all or nothing; the revisions that were (or would be) applied."""
        if self.is_sqlite and self.url.database and not dry_run:
            _folder_is_there(Path(self.url.database))
        with faults.translated():
            if dry_run and self._no_file():
                return pending(None)
            todo = pending(revision_of(self.engine))
            if todo and not dry_run:
                run_upgrade(self.engine)
            return todo

    def revision(self) -> tuple[str | None, str]:
        """The revision of the tables (None: there are none) and the one that this version of casework needs."""
        with faults.translated():
            return (None if self._no_file() else revision_of(self.engine)), HEAD

    def close(self) -> None:
        self.engine.dispose()

    def _need_tables(self) -> None:
        """Asked once: a database of another version is not touched."""
        if not self._migrated:
            found, needed = self.revision()
            if found != needed:
                pending(found)
                raise faults.storage_error("not_migrated")
            self._migrated = True

    def _no_file(self) -> bool:
        """Reading must not leave an empty file behind where a name was mistyped."""
        return self.is_sqlite and bool(self.url.database) and not Path(str(self.url.database)).exists()


def _checked_url(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError, ImportError):
        raise _bad_url() from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql") or parsed.database in (None, "", ":memory:"):
        raise _bad_url()
    return parsed


def _limits(url: URL) -> dict[str, str | int]:
    """How long to wait, where the URL does not say so itself."""
    limits: dict[str, str | int] = {
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "options": f"-c lock_timeout={LOCK_TIMEOUT_SECONDS}s",
    }
    return {name: value for name, value in limits.items() if name not in url.query}


def _bad_url() -> CaseworkError:
    return StorageError(
        "bad_database_url",
        "This is no database URL of casework. Write sqlite:///clinic.db or postgresql://user@host/name.",
    )


def _folder_is_there(path: Path) -> None:
    if not path.parent.is_dir():
        raise StorageError("database_not_reachable", "The folder of the database file is not there. Make it first.")


def _open_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    _write_ahead(cursor)
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Two that open a new file at once are refused at once, whatever the timeout: only here does SQLite not wait."""
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as busy:
            if busy.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _still_there(connection: Any, _record: object, _proxy: object) -> None:
    """Before a connection is used again. A server that hangs up says so: while the line is quiet nothing is asked."""
    line = select.poll()
    line.register(connection.pgconn.socket, select.POLLIN)
    if not line.poll(0):
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except faults.driver_errors():
        raise DisconnectionError from None


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _commit(connection: PoolProxiedConnection) -> None:
    """A connection that is lost here leaves it open whether the change was kept: only the key can tell."""
    try:
        connection.commit()
    except faults.driver_errors() as problem:
        _roll_back(connection)
        raise faults.translate(problem, committing=True) from None


def _roll_back(connection: PoolProxiedConnection) -> None:
    """A connection that is gone has rolled back by itself."""
    try:
        connection.rollback()
    except faults.driver_errors():
        connection.invalidate()
