"""Every column of every table of a case, edited by itself in one row: each edit is shown, but for those that prove
nothing, and what those are is said here."""

import random
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from casework import Casework
from casework.audit.reconcile import reconcile
from casework.identity import new_id
from persistence import Database
from tests.audit.clinics import keys
from tests.audit.scene import TABLES, Scene

NO_EVIDENCE = {
    ("case_records", "imported_digest"): "tells a second import that a row of the sheet is as it was; else it is read",
    ("audit_outbox", "id"): "the order in which events wait, which the order of all does not keep",
    ("audit_state", "id"): "there is one row",
    ("audit_state", "told"): "a lower one tells lines twice; a higher one shows as rows without a line",
    ("audit_state", "told_checkpoint"): "a lower one tells checkpoints twice",
}
"""Columns of which an edit may go unseen, with why nothing comes of it."""


def other(value: Any, column: sa.Column[Any]) -> Any:
    """Another value of the same kind."""
    match value:
        case None:
            return _first_value(column)
        case bool():
            return not value
        case int():
            return value + 1_000
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:] if value else b"x"
        case str():
            return value[:-1] + ("y" if value.endswith("x") else "x")
        case UUID():
            return new_id()
        case datetime():
            return value + timedelta(microseconds=1)
        case date():
            return value + timedelta(days=1)
        case dict():
            return {**value, "added": 1}
        case _:
            return [*value, "added"]


def _first_value(column: sa.Column[Any]) -> Any:
    kind = column.type.python_type if not isinstance(column.type, sa.types.TypeDecorator) else datetime
    first = {
        str: "x",
        int: 1,
        bytes: b"x" * 32,
        date: date(2026, 3, 2),
        datetime: datetime.fromisoformat("2026-03-02T10:00Z"),
    }
    return first[kind]


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    secrets = keys()
    with closing(Database(database_url, secrets.macs)) as database:
        yield Scene(database, secrets)


def unguarded(scene: Scene) -> sa.Connection:
    """For good: triggers and foreign keys are put aside on this connection."""
    connection = scene.database.engine.connect()
    if scene.database.is_sqlite:
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.commit()
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("PRAGMA ignore_check_constraints=ON")
    else:
        connection.exec_driver_sql("SET session_replication_role = replica")
        checks = "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
        for table, name in connection.exec_driver_sql(checks).all():
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        connection.commit()
    return connection


def is_shown(scene: Scene) -> bool:
    with scene.database.audit.evidence() as evidence:
        if not scene.look(evidence, scene.seen).whole:
            return True
        if reconcile(evidence, scene.log, scene.keys).differences:
            return True
    return any(True for _ in Casework(scene.database).differing())


def edited(connection: sa.Connection, table: sa.Table, row: Any, column: sa.Column[Any], value: Any) -> None:
    which = [c == (value if c is column else row[c.name]) for c in table.primary_key]
    connection.execute(sa.update(table).where(*which).values({column.name: row[column.name]}))
    connection.commit()


def test_an_edit_of_any_column_is_shown(scene: Scene) -> None:
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"rows of seed {seed}\n")
    chance = random.Random(seed)
    assert not is_shown(scene)
    with unguarded(scene) as connection:
        unseen = set()
        for table in TABLES:
            rows = list(connection.execute(sa.select(table)).mappings())
            connection.commit()
            for column in table.c:
                row = chance.choice(rows)
                value = other(row[column.name], column)
                here = [c == row[c.name] for c in table.primary_key]
                connection.execute(sa.update(table).where(*here).values({column.name: value}))
                connection.commit()
                if not is_shown(scene):
                    unseen.add((table.name, column.name))
                edited(connection, table, row, column, value)
        assert not is_shown(scene)
    assert unseen <= set(NO_EVIDENCE), sorted(unseen - set(NO_EVIDENCE))
