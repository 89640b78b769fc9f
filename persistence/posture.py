"""The facts of a database that `casework.posture` judges, and the gate that stands before every write."""

import logging
import os
import re
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL

from casework.calendar import london_day, utc_now
from casework.posture import (
    Facts,
    Finding,
    Keys,
    PostgresFacts,
    SqliteFacts,
    Surroundings,
    Unsafe,
    has_wal_reset_bug,
    judge,
    refusals,
)
from casework.spans import BANK_HOLIDAYS_PUBLISHED_UNTIL
from persistence import faults
from persistence.dialects import database_ms
from persistence.one_writer import OneWriter

MOUNTS = Path("/proc/mounts")
SQLITE = (sqlite3.sqlite_version_info[0], sqlite3.sqlite_version_info[1], sqlite3.sqlite_version_info[2])
APPEND_ONLY = ("case_events", "flag_acts", "service_figures", "audit_leaves", "audit_checkpoints")
"""Tables whose rows nobody changes. Triggers refuse it to everybody; grants refuse it to the role of casework."""


@dataclass(slots=True)
class Gate:
    """Asked before every write. In development it stands open. In production it opens once no rule refuses, and stays
    open; until then every write is refused and asks again, so that a program need not be restarted.

    `keys` is set by whoever has the keys of the audit.
    """

    url: URL
    production: bool
    revision: Callable[[], tuple[str | None, str]]
    keys: Keys = field(default_factory=Keys)
    now: Callable[[], datetime] = utc_now
    mounts: Path = MOUNTS
    sqlite: tuple[int, int, int] = SQLITE
    _writer: OneWriter | None = None
    _open_in: int | None = None
    """The process that it opened for: a child that was forked has to ask for itself."""

    def need_open(self, engine: sa.Engine) -> None:
        """Raises `Unsafe` with every rule that refuses."""
        if self._open_in == os.getpid() or not self.production:
            return
        if broken := refusals(self.findings(engine, to_write=True)):
            self.close()
            raise Unsafe(broken)
        self._open_in = os.getpid()

    def findings(self, engine: sa.Engine, *, to_write: bool = False) -> tuple[Finding, ...]:
        """What each rule comes to. `to_write` takes the place of the one writer, where there can be but one."""
        with faults.translated():
            revision, head = self.revision()
            today = london_day(self.now())
            around = Surroundings(
                revision, head, tuple(_debugging(engine)), self.keys, BANK_HOLIDAYS_PUBLISHED_UNTIL, today
            )
            return judge(around, self._facts(engine, to_write=to_write))

    def close(self) -> None:
        """Another process may write from now on."""
        self._open_in = None
        if self._writer is not None:
            self._writer.leave()
            self._writer = None

    def _facts(self, engine: sa.Engine, *, to_write: bool) -> Facts | None:
        if engine.dialect.name != "sqlite":
            return _of_postgresql(engine, self.now)
        file = Path(str(self.url.database)).absolute()
        if not file.exists():
            return None
        held_off = to_write and has_wal_reset_bug(self.sqlite) and not self._is_the_writer(file)
        return _of_sqlite(engine, file, self.sqlite, self.mounts, second_writer=held_off)

    def _is_the_writer(self, file: Path) -> bool:
        if self._writer is None:
            self._writer = OneWriter.beside(file)
        return self._writer is not None


def _debugging(engine: sa.Engine) -> Iterator[str]:
    """Switches under which a library writes what it is asked, values included, or checks every step twice."""
    if sys.flags.dev_mode:
        yield "python -X dev"
    if os.environ.get("PYTHONASYNCIODEBUG"):
        yield "PYTHONASYNCIODEBUG"
    if engine.echo:
        yield "echo of SQLAlchemy"
    known = {"sqlalchemy", *(name for name in logging.root.manager.loggerDict if name.startswith("sqlalchemy."))}
    if any(logging.getLogger(name).isEnabledFor(logging.INFO) for name in known):
        yield "a logger of SQLAlchemy"


def _of_sqlite(
    engine: sa.Engine, file: Path, version: tuple[int, int, int], mounts: Path, *, second_writer: bool
) -> SqliteFacts:
    with _asking(engine) as connection:
        journal = str(connection.scalar(sa.text("PRAGMA journal_mode")))
        synchronous = int(connection.scalar(sa.text("PRAGMA synchronous")) or 0)
    files = [file.with_name(file.name + end) for end in ("", "-wal", "-shm")]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files if path.exists()}
    return SqliteFacts(
        journal_mode=journal,
        synchronous=synchronous,
        filesystem=filesystem_of(file, mounts),
        modes=modes if os.name == "posix" else {},
        version=version,
        second_writer=second_writer,
    )


def filesystem_of(file: Path, mounts: Path = MOUNTS) -> str:
    """The kind of file system that a file is on, as the kernel names it; empty where it does not say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    real, found = file.resolve(), (-1, "")
    for line in lines:
        _, place, kind, *_ = line.split(" ")
        at = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), place))
        if real.is_relative_to(at) and len(at.parts) >= found[0]:
            found = (len(at.parts), kind)
    return found[1]


_ROLE = sa.text("""
    SELECT bool_or(r.rolsuper) AS superuser, bool_or(r.rolbypassrls) AS bypasses
    FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER')
""")
_TABLES = sa.text("""
    SELECT c.relname AS name,
           pg_has_role(current_user, c.relowner, 'MEMBER') OR pg_has_role(current_user, n.nspowner, 'MEMBER') AS owned,
           has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')
           OR has_any_column_privilege(c.oid, 'UPDATE') AS changed
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (current_schemas(false)) ORDER BY c.relname
""")
_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit", "synchronous_standby_names")


def _of_postgresql(engine: sa.Engine, now: Callable[[], datetime]) -> PostgresFacts:
    with _asking(engine) as connection:
        role = connection.execute(_ROLE).one()
        tables = connection.execute(_TABLES).all()
        fsync, pages, commit, standbys = (
            str(connection.scalar(sa.text("SELECT current_setting(:name)"), {"name": name})) for name in _SETTINGS
        )
        local, sslmode = _way_there(connection)
        return PostgresFacts(
            superuser=role.superuser,
            bypasses_row_security=role.bypasses,
            owns=tuple(table.name for table in tables if table.owned),
            may_rewrite=tuple(table.name for table in tables if table.changed and table.name in APPEND_ONLY),
            fsync=fsync,
            full_page_writes=pages,
            synchronous_commit=commit,
            standbys=standbys.strip(),
            local_socket=local,
            sslmode=sslmode,
            clock_apart=_clock_apart(connection, now),
        )


def _way_there(connection: sa.Connection) -> tuple[bool, str]:
    """Whether the server was reached by a socket of this machine, and the sslmode that was in force."""
    driver: Any = connection.connection.driver_connection
    host = str(driver.info.host or "")
    return not host or host[0] in "/@", str(driver.info.get_parameters().get("sslmode", "prefer"))


def _clock_apart(connection: sa.Connection, now: Callable[[], datetime]) -> float:
    """Seconds by which the server is ahead of us; what the question took is not held against either."""
    before = now()
    server = datetime.fromtimestamp(int(connection.scalar(sa.select(database_ms())) or 0) / 1000, UTC)
    after = now()
    if before <= server <= after:
        return 0.0
    apart: timedelta = server - after if server > after else server - before
    return apart.total_seconds()


@contextmanager
def _asking(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.connect() as connection, connection.begin():
        yield connection
