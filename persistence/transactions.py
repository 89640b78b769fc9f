"""Transactions through the engine, for what is not on the write path of a case: the night and the audit."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from persistence import faults
from persistence.servers import doubts_of

LOCK_TIMEOUT_SECONDS = 30
"""How long these wait on PostgreSQL for another writer: a step waits for less, because a person waits for it."""


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Raises `StorageError` where a server kept it without its standby: then it may be gone after a failover."""
    with engine.connect().execution_options(writes=True) as connection:
        doubts = doubts_of(connection.connection)
        doubts.clear()
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'")
            yield connection
        if doubts:
            raise faults.storage_error("maybe_done")


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One moment: two counts that are to be equal must not have a step between them."""
    options = {"writes": False} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection
