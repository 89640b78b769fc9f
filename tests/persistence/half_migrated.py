"""What a database holds, whole: to tell the clinic before a revision, the one after it, and anything between."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from persistence import Database
from persistence.migrating import MIGRATIONS
from tests.persistence.processes import killed

REVISIONS = tuple(reversed([script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]))
"""Oldest first."""

_SHAPE = {
    "sqlite": ("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2",),
    "postgresql": (
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_schema = 'public' ORDER BY 1, 2",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        "SELECT conname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_namespace n ON n.oid = connamespace "
        "WHERE nspname = 'public' ORDER BY 1",
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
        "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public' ORDER BY 1",
    ),
}
_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
}

Contents = dict[str, str]
"""A digest of the shape, of the number of rows of each table, and of each column."""


def contents(url: str) -> tuple[str | None, Contents]:
    """The revision that a database says it is at, and what it holds."""
    with _asking(url) as connection:
        kind = connection.dialect.name
        found = {f"shape {n}": _digest(_shape(connection, query)) for n, query in enumerate(_SHAPE[kind])}
        revision = None
        for name in connection.scalars(sa.text(_TABLES[kind])).all():
            table = sa.table(name)
            result = connection.execute(sa.select(sa.text("*")).select_from(table).order_by(sa.text("1")))
            columns, rows = list(result.keys()), sorted(result.all(), key=repr)
            found[f"{name} rows"] = str(len(rows))
            found |= {
                f"{name}.{column}": _digest(sorted(repr(row[i]) for row in rows)) for i, column in enumerate(columns)
            }
            revision = rows[0][0] if name == "alembic_version" and rows else revision
    return revision, found


@contextmanager
def _asking(url: str) -> Iterator[sa.Connection]:
    """Once nobody else is there: a server takes a moment to see that a client was killed."""
    with closing(Database(url, production=False)) as database, database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            others = sa.text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            while connection.scalar(others) != 1:
                connection.rollback()
                time.sleep(0.01)
            connection.rollback()
        with connection.begin():
            yield connection


def _shape(connection: sa.Connection, query: str) -> list[list[str]]:
    """Word by word: SQLite writes the constraints of a table that was made anew in no order."""
    return [sorted(" ".join(map(str, row)).replace(",", " ").split()) for row in connection.execute(sa.text(query))]


def _digest(values: Any) -> str:
    return sha256(repr(values).encode()).hexdigest()


@dataclass(frozen=True)
class Ends:
    """What a database may hold when an upgrade was killed: all of the old, or all of the new.

    Columns that a revision fills by lot differ between two upgrades that nobody killed: they are left out.
    """

    before: Contents
    after: Contents

    @classmethod
    def of(cls, fresh: Callable[[], str], revision: str) -> "Ends":
        before = contents(fresh())[1]
        first, second = (_upgraded(fresh(), revision) for _ in range(2))
        return cls(before, {name: value for name, value in first.items() if second[name] == value})

    def is_new(self, found: Contents) -> bool:
        return all(found.get(name) == value for name, value in self.after.items())


def _upgraded(url: str, revision: str) -> Contents:
    upgrade(url, revision)
    return contents(url)[1]


def upgrade(url: str, revision: str) -> None:
    """By our own way, in this process."""
    with closing(Database(url, production=False)) as database:
        move(database.engine, revision)


def move(engine: sa.Engine, revision: str, *, down: bool = False) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    (command.downgrade if down else command.upgrade)(config, revision)


@dataclass
class Tally:
    """How the kills ended."""

    old: int = 0
    new: int = 0
    half: int = 0
    stuck: int = 0
    """After which the upgrade, run again, did not make the new clinic."""

    causes: set[str] = field(default_factory=set)


MORE = 60
"""So many kills more at most, until one has hit the middle: how long an upgrade takes is measured but once."""


def tally(
    target: Callable[..., None],
    fresh: Callable[[], str],
    revision: str,
    moments: Iterator[float],
    kills: int,
    enough: Callable[[Tally], bool],
) -> Tally:
    """Kills an upgrade at each moment, looks, and runs it again."""
    ends, found = Ends.of(fresh, revision), Tally()
    for number, moment in enumerate(islice(moments, kills + MORE)):
        if number >= kills and enough(found):
            break
        url = fresh()
        killed(target, url, revision, after=moment)
        now, holds = contents(url)
        if now == revision and ends.is_new(holds):
            found.new += 1
        elif now != revision and holds == ends.before:
            found.old += 1
        else:
            found.half += 1
        try:
            again = _upgraded(url, revision)
        except Exception as problem:  # noqa: BLE001
            found.causes.add(type(problem).__name__)
            found.stuck += 1
            continue
        found.stuck += not ends.is_new(again)
    return found
