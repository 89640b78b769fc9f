"""The PostgreSQL servers behind a URL: which of them may be believed, and what one says while a change is kept."""

import select
import threading
import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy import PoolProxiedConnection
from sqlalchemy.exc import DisconnectionError

from persistence import faults
from persistence.deadlines import Limit, Watch

PING_SECONDS = 2
"""How long a server may take to answer when a connection is made, or has something to say before it is used again."""

_TIMELINE = "SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_walfile_name(pg_current_wal_lsn()) END"
_WARNINGS = ("01", "57P0")
"""Of the classes of messages, those with which a server gives up the wait for its standby and yet reports success:
01000 where somebody cancelled, 57P01 where the connection was ended."""

_CANNOT_TELL = ("0A", "42")
"""Where the functions of the write-ahead log are not there or not allowed: something in front hides the servers."""

_DOUBTS, _MADE = "casework_doubts", "casework_made"


class Servers:
    """What one `Database` has learnt: the newest timeline that it saw, and which server of the URL to ask first.

    Its watch hangs up on those who do not answer in time.
    """

    def __init__(self) -> None:
        self._watch = Watch()
        self._left = 0.0
        self._lock = threading.Lock()
        self._newest = 0
        self._turn = 0

    def behind(self, engine: sa.Engine) -> None:
        sa.event.listen(engine, "do_connect", self._connect)
        sa.event.listen(engine, "connect", self._welcome)
        sa.event.listen(engine, "checkout", self._still_there)

    def limit(self, connection: PoolProxiedConnection, seconds: float) -> Limit:
        """A deadline over a connection that was lent by the pool. Whoever sets it lifts it."""
        driver: Any = connection.driver_connection
        return self._watch.over(driver.pgconn.socket, seconds)

    def leave(self, lost: PoolProxiedConnection) -> None:
        """A connection was lost: those that are as old lead to the same server, and are not used again."""
        with self._lock:
            if lost.info.get(_MADE, 0.0) >= self._left:
                self._left = time.monotonic()

    def _connect(self, dialect: sa.Dialect, _record: object, arguments: Any, given: dict[str, Any]) -> Any:
        """Once a server was turned away, another of the URL is asked first."""
        named = {name: str(given[name]).split(",") for name in ("host", "port") if name in given}
        at = self._turn % len(named.get("host", "-"))
        for name, values in named.items():
            if len(values) > 1:
                given = {**given, name: ",".join(values[at:] + values[:at])}
        return dialect.connect(*arguments, **given)

    def _welcome(self, connection: Any, record: Any) -> None:
        """A new connection: it is heard while it commits, and turned away where it leads to a deposed primary."""
        doubts: list[str] = record.info.setdefault(_DOUBTS, [])
        doubts.clear()
        record.info[_MADE] = time.monotonic()
        connection.add_notice_handler(lambda said: _doubt(said, doubts))
        try:
            self._believe(self._timeline(connection))
        except BaseException:
            connection.close()
            raise

    def _believe(self, timeline: int) -> None:
        with self._lock:
            if timeline < self._newest:
                self._turn += 1
                raise faults.storage_error("old_timeline")
            self._newest = timeline

    def _timeline(self, connection: Any) -> int:
        """Counts up with each promotion. A copy takes no writes, so it passes; so does a server that cannot tell."""
        limit = self._watch.over(connection.pgconn.socket, PING_SECONDS)
        try:
            row = connection.execute(_TIMELINE).fetchone()
        except faults.driver_errors() as problem:
            if not str(getattr(problem, "sqlstate", "")).startswith(_CANNOT_TELL):
                raise
            row = None
        finally:
            limit.lift()
        connection.rollback()
        return int(row[0][:8], 16) if row and row[0] else self._newest

    def _still_there(self, connection: Any, record: Any, _proxy: object) -> None:
        """Before a connection is used again. A server that hangs up says so: while the line is quiet none is asked."""
        if record.info.get(_MADE, self._left) < self._left:
            raise DisconnectionError
        line = select.poll()
        line.register(connection.pgconn.socket, select.POLLIN)
        if not line.poll(0):
            return
        limit = self._watch.over(connection.pgconn.socket, PING_SECONDS)
        try:
            connection.execute("SELECT 1")
            connection.rollback()
        except faults.driver_errors():
            raise DisconnectionError from None
        finally:
            limit.lift()


def is_copy(connection: PoolProxiedConnection) -> bool:
    """Whether the server is a standby, as it says by itself; older than PostgreSQL 14 it does not, and may be one."""
    driver: Any = connection.driver_connection
    return driver is not None and driver.pgconn.parameter_status(b"in_hot_standby") != b"off"


def doubts_of(connection: PoolProxiedConnection) -> list[str]:
    """The codes of warnings that came over a connection and speak against what it was told to keep."""
    found: list[str] = connection.info.get(_DOUBTS, [])
    return found


def _doubt(said: Any, doubts: list[str]) -> None:
    if str(said.sqlstate).startswith(_WARNINGS) and said.severity_nonlocalized == "WARNING":
        doubts.append(str(said.sqlstate))
