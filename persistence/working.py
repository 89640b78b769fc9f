"""One transaction of the write path on a connection that was lent by the pool, from its BEGIN to its COMMIT."""

from typing import Any

from sqlalchemy import PoolProxiedConnection

from casework.errors import Meaning, StorageError
from casework.retrying import ATTEMPT_SECONDS
from persistence import faults
from persistence.deadlines import Limit
from persistence.servers import Servers, doubts_of, is_copy
from persistence.turns import begin_writing

_IN_ERROR = 3
"""As PostgreSQL's own library counts: a transaction whose COMMIT would be a ROLLBACK, reported as a success."""

_LOST = (Meaning.NOT_DONE, Meaning.IN_DOUBT, Meaning.ON_A_COPY)


class Work:
    """The transaction and how far it came. `servers` is None on SQLite, which is never waited for without end."""

    def __init__(self, connection: PoolProxiedConnection, servers: Servers | None, within: float) -> None:
        self._connection, self._servers, self._within = connection, servers, within
        self._limit: Limit | None = None
        self._committing = False

    def begun(self) -> Any:
        """The driver's cursor. A writer that may last longer also waits longer for others."""
        cursor = self._connection.cursor()
        if self._servers is None:
            begin_writing(cursor)
            return cursor
        self._limit = self._servers.limit(self._connection, self._within)
        if self._within > ATTEMPT_SECONDS:
            cursor.execute(f"SET LOCAL lock_timeout = '{self._within * 3 / 4:.0f}s'")
        return cursor

    def commit(self) -> None:
        """A server that was told not to wait for its standby reports success, with a warning: that is none.

        Neither is it one where an error ended the transaction already, and somebody passed over it.
        """
        if self._has_ended():
            raise faults.storage_error("database_failed")
        self._committing = True
        doubts = doubts_of(self._connection)
        doubts.clear()
        self._connection.commit()
        if doubts:
            raise faults.storage_error("maybe_done")

    def _has_ended(self) -> bool:
        driver: Any = self._connection.driver_connection
        if self._servers is None:
            return not driver.in_transaction
        return bool(driver.pgconn.transaction_status == _IN_ERROR)

    def failed(self, problem: Exception) -> Exception:
        """The error of the catalogue. A server that is lost is not used again by those who share its connections."""
        error = faults.translate(problem, committing=self._committing)
        if isinstance(error, StorageError):
            error = self._known_better(error)
            if error.means in _LOST:
                if self._servers is not None:
                    self._servers.leave(self._connection)
                self._connection.invalidate()
                return error
        self.roll_back()
        return error

    def _known_better(self, error: StorageError) -> StorageError:
        """What the driver cannot know: that we hung up ourselves, and that the server is a standby."""
        if self._limit is not None and self._limit.passed and error.means in _LOST:
            return faults.storage_error("deadline_passed", maybe_done=self._committing)
        if error.code == "database_read_only" and self._servers is not None and is_copy(self._connection):
            return faults.storage_error("database_is_copy")
        return error

    def roll_back(self) -> None:
        """A connection that is gone has rolled back by itself."""
        try:
            self._connection.rollback()
        except faults.driver_errors():
            self._connection.invalidate()

    def end(self) -> None:
        if self._limit is not None:
            self._limit.lift()
        self._connection.close()
