"""Runs migrations in one transaction on both engines. An installation comes here through `Database.upgrade`."""

import os

import sqlalchemy as sa
from alembic import context

from persistence.database import Database
from persistence.night_tables import flags
from persistence.transactions import LOCK_TIMEOUT_SECONDS

METADATA = flags.metadata
"""Of all tables: those of the night are known once their module is imported."""

LOCK = 7_243_105_511
"""One migrator at a time: the key of PostgreSQL's advisory lock (any number that nobody else uses)."""


def _engine() -> sa.Engine:
    given: sa.Engine | None = context.config.attributes.get("engine")
    return given or Database(os.environ.get("CASEWORK_DATABASE_URL", "sqlite:///casework.db")).engine


def _migrate(connection: sa.Connection) -> None:
    context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=True, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def _on_postgresql(engine: sa.Engine) -> None:
    with engine.connect() as connection, connection.begin():
        connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'"))
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        _migrate(connection)


def _on_sqlite(engine: sa.Engine) -> None:
    """A batch rebuild drops a table: with foreign keys on, its children would go with it. They are checked after."""
    with engine.connect().execution_options(writes=True) as connection:
        driver = connection.connection.cursor()
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                _migrate(connection)
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise RuntimeError("A migration left a row without its parent; nothing was changed.")
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


_on_sqlite(_engine()) if _engine().dialect.name == "sqlite" else _on_postgresql(_engine())
