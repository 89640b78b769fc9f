"""The engine and its transactions. `writing()` is the only place that commits a change to a case."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from casework.audit.seal import NO_KEYS, MacKeys
from casework.errors import CaseworkError, Meaning, StorageError
from casework.posture import Finding, Keys, is_production
from casework.retrying import ATTEMPT_SECONDS
from persistence import faults
from persistence.deadlines import Limit
from persistence.migrating import HEAD, pending, revision_of, run_upgrade
from persistence.night import SqlNights
from persistence.outbox import SqlAudit
from persistence.posture import Gate
from persistence.prepared import Prepared
from persistence.servers import Servers
from persistence.statements import prepared_for
from persistence.store import SqlStore
from persistence.turns import begin_writing
from persistence.working import Work

BUSY_TIMEOUT_MS = 5_000
"""How long a SQLite writer waits for another before it says that the database is busy."""

CONNECT_TIMEOUT_SECONDS = 2
"""How long a PostgreSQL server may take to answer before it counts as not reachable, each server of the URL."""

LOCK_TIMEOUT_SECONDS = 3
"""How long a step on PostgreSQL waits for another before it says that the database is busy: less than it may last."""

POOL_TIMEOUT_SECONDS = 5
"""How long a caller waits for a connection where all of this process are in use."""

FIRST_WORD_SECONDS, READING_SECONDS = 4, 600
"""How long a reader on PostgreSQL waits for the first word of a server, and how long it may read in all."""

_PRAGMAS = ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA trusted_schema=OFF")


class Database:
    """A database by its URL: `sqlite:///clinic.db` or `postgresql://user@host/name`. Making one opens nothing.

    Raises `StorageError` with a stable code for whatever the database cannot do. Safe to share between threads.
    """

    def __init__(self, url: str, macs: MacKeys = NO_KEYS, *, production: bool | None = None) -> None:
        self.macs = macs
        self.owed: Callable[[], object] = _nobody_waits
        """Called after a commit that owes the log a line. It must not raise and should not wait."""
        self.url = _checked_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._migrated = self._damaged = False
        strict = is_production(os.environ) if production is None else production
        self.gate = Gate(self.url, strict, self.revision, Keys(mac=macs.current is not None))
        """What has to be true before anything is written: see `persistence.posture`."""
        self._servers = Servers()

    @cached_property
    def engine(self) -> sa.Engine:
        limits = {} if self.is_sqlite else _limits(self.url)
        engine = sa.create_engine(
            self.url,
            hide_parameters=True,
            pool_reset_on_return=None,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            connect_args=limits,
        )
        if self.is_sqlite:
            sa.event.listen(engine, "connect", _open_sqlite)
            sa.event.listen(engine, "begin", _begin_sqlite)
        else:
            self._servers.behind(engine)
        return engine

    @cached_property
    def _prepared(self) -> Mapping[str, Prepared]:
        return prepared_for(self.engine.dialect)

    @contextmanager
    def writing(self, within: float = ATTEMPT_SECONDS) -> Iterator[SqlStore]:
        """One transaction that is kept as a whole when the block ends, and not at all when it raises.

        `within` is in seconds; a PostgreSQL server that takes longer is hung up on (see decision 0013).
        """
        self.may_write()
        with self._told():
            work = Work(self.engine.raw_connection(), None if self.is_sqlite else self._servers, within)
            try:
                store = SqlStore(work.begun(), self._prepared, macs=self.macs)
                yield store
                work.commit()
            except faults.driver_errors() as problem:
                raise work.failed(problem) from None
            except BaseException:
                work.roll_back()
                raise
            finally:
                work.end()
        if store.owes:
            self.owed()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the database says goes out in the words of the catalogue. A damaged one is not written to again."""
        if self._damaged:
            raise faults.storage_error("database_damaged")
        try:
            with faults.translated():
                yield
        except StorageError as problem:
            self._damaged |= problem.means is Meaning.DAMAGED
            raise

    @contextmanager
    def reading(self) -> Iterator[SqlStore]:
        """One transaction that sees one moment and changes nothing."""
        self._need_tables()
        with faults.translated(), self._reading_connection() as connection, self._answering(connection):
            yield SqlStore(connection.connection.cursor(), self._prepared, connection)

    @contextmanager
    def _answering(self, connection: sa.Connection) -> Iterator[None]:
        """A transaction that changes nothing. A PostgreSQL server that says nothing is not waited for."""
        with connection.begin() as moment, self._within(connection, FIRST_WORD_SECONDS) as limit:
            if limit is not None:
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")  # a server's own setting is of the next ones
                limit.extend(READING_SECONDS)
            yield
            moment.rollback()

    @contextmanager
    def _within(self, connection: sa.Connection, seconds: float) -> Iterator[Limit | None]:
        """So long at most, on a server; a file (None) never lets anybody wait without end."""
        if self.is_sqlite:
            yield None
            return
        limit = self._servers.limit(connection.connection, seconds)
        try:
            yield limit
        finally:
            limit.lift()

    def _reading_connection(self) -> sa.Connection:
        """SQLite sees one moment from its first read on; PostgreSQL has to be asked for it."""
        if self.is_sqlite:
            return self.engine.connect()
        return self.engine.connect().execution_options(isolation_level="REPEATABLE READ")

    def nights(self, now: Callable[[], datetime]) -> SqlNights:
        """The night on this database: see `persistence.night`."""
        return SqlNights(self.engine, now, self._need_tables, self.may_write)

    @property
    def audit(self) -> SqlAudit:
        """The order of all events, what the log is owed, and what a verifier reads: see `casework.audit`."""
        return SqlAudit(self.engine, self._need_tables, self.may_write, self._within)

    def upgrade(self, *, dry_run: bool = False) -> tuple[str, ...]:
        """Bring the tables to this version, all or nothing; the revisions that were (or would be) applied."""
        if self.is_sqlite and self.url.database and not dry_run:
            _folder_is_there(Path(self.url.database))
            _is_private(Path(self.url.database))
        with faults.translated():
            if dry_run and self._no_file():
                return pending(None)
            todo = pending(revision_of(self.engine))
            if todo and not dry_run:
                run_upgrade(self.engine, self.macs)
            return todo

    def revision(self) -> tuple[str | None, str]:
        """The revision of the tables (None: there are none) and the one that this version of casework needs."""
        with faults.translated():
            return (None if self._no_file() else revision_of(self.engine)), HEAD

    def may_write(self) -> None:
        """Raises `Unsafe` where the production profile does not write here, `StorageError` where tables are missing."""
        self.gate.need_open(self.engine)
        self._need_tables()

    def posture(self) -> tuple[Finding, ...]:
        """What each rule of the production profile comes to here, whatever profile is in force. Writes nothing."""
        return self.gate.findings(self.engine)

    def close(self) -> None:
        self.gate.close()
        self.engine.dispose()

    def _need_tables(self) -> None:
        """Asked once: a database of another version is not touched."""
        if not self._migrated:
            found, needed = self.revision()
            if found != needed:
                pending(found)
                self.gate.need_open(self.engine)
                raise faults.storage_error("not_migrated")
            self._migrated = True

    def _no_file(self) -> bool:
        """Reading must not leave an empty file behind where a name was mistyped."""
        return self.is_sqlite and bool(self.url.database) and not Path(str(self.url.database)).exists()


def _nobody_waits() -> None:
    """The lines stay owed until a relay looks."""


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


def _is_private(path: Path) -> None:
    """A new file is for its owner alone; one that is there keeps the rights that somebody gave it."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError:
        return  # it is there, or SQLite will say why it cannot be made


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


def _begin_sqlite(connection: sa.Connection) -> None:
    if not connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql("BEGIN")
        return
    try:
        begin_writing(connection.connection.cursor())
    except sqlite3.Error as problem:
        raise sa.exc.OperationalError("BEGIN IMMEDIATE", None, problem) from None
