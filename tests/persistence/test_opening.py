"""How a database is opened: what survives a crash, who waits for whom, and what a reader sees meanwhile."""

import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from casework import Casework, StorageError
from persistence import Database
from persistence import database as opening
from persistence.tables import cases
from tests.persistence.families import EVERYONE, refer

ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
FULL = 2


def settings_of(cursor: Any) -> dict[str, Any]:
    names = ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout")
    return {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names}


@ON_SQLITE
def test_sqlite_is_opened_so_that_what_is_kept_stays_kept(database: Database) -> None:
    """Asked of the connections themselves: but for the journal, a setting of SQLite holds for one connection only."""
    with database.reading() as reader, database.writing() as writer, database.engine.connect() as third:
        for cursor in (reader._cursor, writer._cursor, third.connection.cursor()):
            assert settings_of(cursor) == {
                "journal_mode": "wal",
                "synchronous": FULL,
                "foreign_keys": 1,
                "trusted_schema": 0,
                "busy_timeout": opening.BUSY_TIMEOUT_MS,
            }


@ON_SQLITE
def test_a_plain_connection_is_not_opened_like_that(database: Database, tmp_path: Path) -> None:
    """The control: these are not the settings that SQLite has anyway."""
    plain = sqlite3.connect(tmp_path / "clinic.db")
    settings = settings_of(plain)
    plain.close()
    assert (settings["foreign_keys"], settings["trusted_schema"]) == (0, 1)


@ON_SQLITE
def test_a_second_writer_waits_for_the_first_before_it_reads(database: Database, database_url: str) -> None:
    """Two that first read and then write would be refused at once and without waiting."""
    casework = Casework(database)
    opened = refer(casework, "L-1")
    other, done = Database(database_url), []

    def acknowledge() -> None:
        done.append(Casework(other).fire(opened.case_id, "acknowledge", EVERYONE, seen=1))

    second = threading.Thread(target=acknowledge)
    with database.writing():
        second.start()
        time.sleep(0.2)
        assert not done
    second.join(10)
    assert [receipt.version for receipt in done] == [2]
    other.close()


@ON_SQLITE
@pytest.mark.damages("writes a clinician whom no step allocated")
def test_a_write_that_begins_as_a_read_is_refused_without_waiting(casework: Casework, database: Database) -> None:
    """The control: so it would be without BEGIN IMMEDIATE, with the same timeout."""
    refer(casework, "L-1")
    read = sa.select(cases.c.clinician)
    touch = sa.text("UPDATE cases SET clinician = 'clin-01'")
    with database.engine.connect() as one, one.begin():
        one.execute(read)
        with database.engine.connect().execution_options(writes=True) as two, two.begin():
            two.execute(touch)
        began = time.monotonic()
        with pytest.raises(sa.exc.OperationalError, match="locked"):
            one.execute(touch)
        assert time.monotonic() - began < opening.BUSY_TIMEOUT_MS / 2000


def test_a_reader_sees_one_moment_while_a_writer_commits(casework: Casework, database: Database) -> None:
    opened = refer(casework, "L-1")
    with database.reading() as store:
        before = store.case(opened.case_id)
        casework.fire(opened.case_id, "acknowledge", EVERYONE, seen=1)
        assert store.case(opened.case_id) == before
        assert len(store.events(opened.case_id)) == before.version == 1
        assert store.changes_since(opened.case_id, 1) == ()
    assert casework.case(opened.case_id).version == 2


def test_a_reader_changes_nothing(casework: Casework, database: Database) -> None:
    opened = refer(casework, "L-1", consent_on=None)
    casework.night()
    with suppress(StorageError), database.reading() as store:
        store.clear_flags(opened.case_id, ["missing_information"], casework.today(), casework.now(), "no reason")
    assert [flag.kind for flag in casework.case_flags("L-1")] == ["missing_information"]
