"""The tables: made whole or not at all, the same as the code thinks they are, and reached by one command."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from casework import Casework, StorageError
from persistence import Database
from persistence.migrating import HEAD, MIGRATIONS
from persistence.tables import metadata
from tests.persistence import migrators
from tests.persistence.processes import killed, moments, takes, together
from tests.postgres import new_database, session_server

OURS = {*metadata.tables, "alembic_version"}
EVERY = ("0001", "0002", "0003", "0004")
"""The revisions, oldest first."""


def tables_of(database: Database) -> set[str]:
    return set(sa.inspect(database.engine).get_table_names())


def alembic(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = database.engine
    return config


def test_the_migrations_make_the_tables_that_the_code_declares(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        for name, table in metadata.tables.items():
            made = sa.inspect(connection).get_check_constraints(name)
            declared = {c.name for c in table.constraints if isinstance(c, sa.CheckConstraint)}
            assert {c["name"] for c in made} == declared, name


def shape_of(database: Database) -> dict[str, list[Any]]:
    """Columns and constraints of each table, and its indexes as the database writes them, with their conditions."""
    found = sa.inspect(database.engine)
    parts = (found.get_columns, found.get_check_constraints, found.get_foreign_keys, found.get_unique_constraints)
    tables = sorted(tables_of(database) - {"alembic_version"})
    shape = {name: [_in_order(part(name)) for part in parts] + [found.get_pk_constraint(name)] for name in tables}
    on_sqlite = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1"
    on_postgresql = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    with database.engine.connect() as connection, connection.begin():
        indexes = connection.execute(sa.text(on_sqlite if database.is_sqlite else on_postgresql)).all()
    return {**shape, "indexes": [row for row in indexes if "alembic_version" not in row[0]]}


def _in_order(parts: Iterable[Any]) -> list[str]:
    return sorted(repr({**part, "type": str(part.get("type"))}) for part in parts)


def test_the_migrations_make_what_the_code_would_make_to_the_last_condition(database: Database, empty_url: str) -> None:
    declared = Database(empty_url)
    with declared.engine.connect().execution_options(writes=True) as connection, connection.begin():
        metadata.create_all(connection)
    assert shape_of(database) == shape_of(declared)
    declared.close()


def test_going_down_one_revision_leaves_the_tables_of_that_revision(database: Database, empty_url: str) -> None:
    earlier = Database(empty_url)
    command.upgrade(alembic(earlier), "0001")
    command.downgrade(alembic(database), "0001")
    assert shape_of(database) == shape_of(earlier)
    command.upgrade(alembic(database), "head")
    earlier.close()


def test_a_table_that_the_migrations_forgot_would_be_noticed(database: Database) -> None:
    """The control: comparing is not blind."""
    more = sa.MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        table.to_metadata(more)
    sa.Table("forgotten", more, sa.Column("id", sa.Integer, primary_key=True))
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), more) != []


def test_the_newest_migration_is_the_one_that_the_code_asks_for() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]


def test_the_tables_can_be_taken_down_to_nothing_and_put_up_again(empty_url: str) -> None:
    database = Database(empty_url)
    for _ in range(2):
        assert database.upgrade() == EVERY
        assert tables_of(database) == OURS
        command.downgrade(alembic(database), "base")
        assert tables_of(database) == {"alembic_version"}
        assert database.revision() == (None, HEAD)
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            left = "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"
            assert connection.scalar(sa.text(left)) == 0
    database.close()


def test_an_upgraded_database_has_nothing_left_to_upgrade(database: Database) -> None:
    assert database.upgrade() == database.upgrade(dry_run=True) == ()
    assert database.revision() == (HEAD, HEAD)


def test_a_dry_run_of_the_upgrade_names_the_revisions_and_makes_nothing(empty_url: str, tmp_path: Path) -> None:
    database = Database(empty_url)
    assert database.upgrade(dry_run=True) == EVERY
    assert not list(tmp_path.iterdir())
    assert database.revision() == (None, HEAD)
    if not database.is_sqlite:
        assert tables_of(database) == set()
    database.close()


@pytest.mark.parametrize(
    "ask",
    [
        lambda clinic: clinic.case("R-1"),
        lambda clinic: clinic.worklist(),
        lambda clinic: clinic.night(date(2026, 1, 1)),
        lambda clinic: clinic.database.writing().__enter__(),
    ],
    ids=["a case", "the worklist", "the night", "a change"],
)
def test_a_database_without_tables_says_which_command_makes_them(
    empty_url: str, tmp_path: Path, ask: Callable[[Casework], Any]
) -> None:
    database = Database(empty_url)
    with pytest.raises(StorageError, match="casework db upgrade") as refused:
        ask(Casework(database))
    assert refused.value.code == "not_migrated"
    assert not list(tmp_path.iterdir()), "asking leaves no empty file where a name was mistyped"
    database.upgrade()
    assert Casework(database).worklist() == [], "the same process goes on once they are made"
    database.close()


@pytest.mark.damages("says that it belongs to another version")
def test_a_database_of_a_later_version_is_left_alone_and_says_so(database: Database, database_url: str) -> None:
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    later = Database(database_url)
    for ask in (Casework(later).worklist, later.upgrade, lambda: later.upgrade(dry_run=True)):
        with pytest.raises(StorageError, match="later version") as refused:
            ask()
        assert refused.value.code == "database_newer"
    assert later.revision() == ("9999", HEAD)
    later.close()


def test_two_upgrades_at_once_make_the_tables_once(database_kind: str, tmp_path: Path) -> None:
    for number in range(5):
        url = f"sqlite:///{tmp_path / f'{number}.db'}" if database_kind == "sqlite" else new_database(session_server())
        told = together(migrators.upgrade, (url,), (url,))
        assert set(told) <= {EVERY, ()}
        database = Database(url)
        assert tables_of(database) == OURS
        assert database.revision() == (HEAD, HEAD)
        database.close()


def fresh_urls(database_kind: str, tmp_path: Path) -> Callable[[], str]:
    numbers = count()
    if database_kind == "sqlite":
        return lambda: f"sqlite:///{tmp_path / f'killed{next(numbers)}.db'}"
    return lambda: new_database(session_server())


def left_by(target: Callable[..., None], database_kind: str, tmp_path: Path) -> Iterator[tuple[str, set[str]]]:
    """The database and its tables after each kill, one kill after the other."""
    fresh = fresh_urls(database_kind, tmp_path)
    for moment in moments(11, takes(target, fresh())):
        url = fresh()
        killed(target, url, after=moment)
        database = Database(url)
        left = set() if database_kind == "sqlite" and not any_file(url) else tables_of(database)
        database.close()
        yield url, left


def any_file(url: str) -> bool:
    return Path(url.removeprefix("sqlite:///")).exists()


def test_an_upgrade_that_is_killed_makes_every_table_or_none_and_can_be_run_again(
    database_kind: str, tmp_path: Path
) -> None:
    for url, tables in islice(left_by(migrators.upgrade_until_killed, database_kind, tmp_path), 10):
        assert tables in (OURS, set()), tables
        database = Database(url)
        database.upgrade()
        assert tables_of(database) == OURS
        database.close()


def test_tables_made_one_by_one_are_caught_half_made(database_kind: str, tmp_path: Path) -> None:
    """The control: these kills do hit the middle."""
    left = islice(left_by(migrators.make_tables_naively, database_kind, tmp_path), 40)
    whole = set(metadata.tables)
    assert any(set() < tables < whole for _, tables in left)
