"""Upgrades as they are run beside each other and killed. Each function runs in a process of its own."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from persistence import Database
from persistence.tables import metadata
from tests.persistence.half_migrated import move
from tests.persistence.processes import Rendezvous


def upgrade(meeting: Rendezvous, url: str) -> tuple[str, ...]:
    database = Database(url)
    meeting.wait()
    return database.upgrade()


def upgrade_until_killed(begin: Callable[[], None], url: str) -> None:
    database = Database(url)
    begin()
    database.upgrade()


def make_tables_naively(begin: Callable[[], None], url: str) -> None:
    """One statement, one transaction: the control of the kills."""
    engine = Database(url).engine
    begin()
    for table in metadata.sorted_tables:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(CreateTable(table))


def upgrade_to(begin: Callable[[], None], url: str, revision: str) -> None:
    """Our own way, as far as one revision."""
    engine = Database(url).engine
    begin()
    move(engine, revision)


def upgrade_to_naively(begin: Callable[[], None], url: str, revision: str) -> None:
    """The same revisions with what a driver does by itself: each statement that makes a table is kept at once."""
    options = {} if url.startswith("sqlite") else {"isolation_level": "AUTOCOMMIT"}
    engine = sa.create_engine(url, **options)
    begin()
    move(engine, revision)
