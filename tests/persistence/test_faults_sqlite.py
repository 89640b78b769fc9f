"""What goes wrong with a database file: said in one sentence with a stable code, and nothing is half kept."""

import os
import shutil
import sqlite3
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from casework import Casework, Receipt, StorageError
from persistence import Database
from persistence import database as opening
from tests.persistence import cramped
from tests.persistence.families import ACCEPTED, ALLOCATE, refer, step
from tests.persistence.populations import incomplete, keep, rows_kept
from tests.persistence.processes import alone

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
DAY = date(2026, 3, 2)
CANARY = "Canary Invented"


def held_to_the_catalogue(problem: StorageError, code: str, *, try_again: bool) -> None:
    """One sentence, no statement and no value, in the error and in what a traceback of it would show."""
    assert (problem.code, problem.try_again, problem.maybe_done) == (code, try_again, False)
    shown = "".join(traceback.format_exception(problem))
    for secret in (CANARY, "INSERT INTO", "SELECT ", "sqlite3."):
        assert secret not in shown


@contextmanager
def another_program_writing(file: Path) -> Iterator[None]:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.rollback()
    other.close()


CHANGES: dict[str, Callable[[Casework, Receipt], Any]] = {
    "a step": lambda clinic, case: step(clinic, case, *ALLOCATE),
    "a new referral": lambda clinic, _: refer(clinic, "L-2", carer_name=CANARY),
    "a night": lambda clinic, _: clinic.night(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_database_that_another_program_writes_to_is_busy_and_nothing_is_changed(
    casework: Casework, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(opening, "BUSY_TIMEOUT_MS", 30)
    waiting = refer(casework, "L-1", steps=ACCEPTED)
    before = rows_kept(database)
    with another_program_writing(tmp_path / "clinic.db"):
        with pytest.raises(StorageError) as refused:
            CHANGES[what](casework, waiting)
        held_to_the_catalogue(refused.value, "database_busy", try_again=True)
        assert rows_kept(database) == before, "and reading goes on meanwhile"
    CHANGES[what](casework, waiting)
    assert rows_kept(database) != before


def test_a_folder_is_no_database(tmp_path: Path, database_kind: str) -> None:
    folder = Database(f"sqlite:///{tmp_path}")
    for ask in (folder.upgrade, folder.revision, Casework(folder).worklist):
        with pytest.raises(StorageError) as refused:
            ask()
        held_to_the_catalogue(refused.value, "database_not_reachable", try_again=True)
    folder.close()


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, database_kind: str) -> None:
    nowhere = Database(f"sqlite:///{tmp_path / 'no such folder' / 'clinic.db'}")
    with pytest.raises(StorageError, match="folder") as refused:
        nowhere.upgrade()
    held_to_the_catalogue(refused.value, "database_not_reachable", try_again=False)
    with pytest.raises(StorageError, match="casework db upgrade"):
        Casework(nowhere).worklist()
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path, database_kind: str) -> None:
    file = tmp_path / "letter.db"
    file.write_text(f"Dear colleague, {CANARY} was seen today.\n" * 200)
    letter, before = Database(f"sqlite:///{file}"), file.read_bytes()
    for ask in (letter.upgrade, letter.revision, Casework(letter).worklist, lambda: Casework(letter).night(DAY)):
        with pytest.raises(StorageError) as refused:
            ask()
        held_to_the_catalogue(refused.value, "database_damaged", try_again=False)
    letter.close()
    assert file.read_bytes() == before


@pytest.mark.damages("cuts the file short")
def test_a_database_that_lost_its_end_is_called_damaged(database: Database, tmp_path: Path) -> None:
    keep(database, incomplete(300, DAY))
    database.close()
    for leftover in tmp_path.glob("clinic.db-*"):
        leftover.unlink()
    os.truncate(tmp_path / "clinic.db", (tmp_path / "clinic.db").stat().st_size // 8192 * 4096)
    with pytest.raises(StorageError) as refused:
        Casework(database).worklist()
    held_to_the_catalogue(refused.value, "database_damaged", try_again=False)


@pytest.mark.parametrize(
    ("folder_mode", "reading"),
    [(0o777, "received"), (0o555, "database_read_only")],
    ids=["the file alone", "its folder too, where SQLite has no room for its log"],
)
def test_a_file_that_may_only_be_read_is_not_written_and_says_so(
    casework: Casework, database: Database, tmp_path: Path, folder_mode: int, reading: str
) -> None:
    opened = refer(casework, "L-1")
    database.close()
    with tempfile.TemporaryDirectory() as made:
        folder, file = Path(made), Path(made) / "clinic.db"
        shutil.copyfile(tmp_path / "clinic.db", file)
        file.chmod(0o444)
        folder.chmod(folder_mode)
        before = file.read_bytes()
        told = alone(cramped.write_where_only_reading_is_allowed, file, opened)
        folder.chmod(0o755)
        assert told == {"read": reading, "step": "database_read_only", "night": "database_read_only"}
        assert file.read_bytes() == before


class Full:
    """A disk that has room again when the test says so: SQLite may not add a page to the file."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.engine.connect() as connection:
            self._pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        database.engine.dispose()
        sa.event.listen(database.engine, "connect", self._limit)

    def _limit(self, connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={self._pages}")

    def has_room_again(self) -> None:
        sa.event.remove(self._database.engine, "connect", self._limit)
        self._database.engine.dispose()


WORDS = "She looks away. " * 1_000
MORE: dict[str, Callable[[Casework, Receipt], Any]] = {
    "a new referral": lambda clinic, _: refer(clinic, "L-2", carer_name=CANARY, referrer_words=WORDS),
    "a step": lambda clinic, case: step(clinic, case, "bring_back", {"reason": CANARY + WORDS}),
    "a night": lambda clinic, _: clinic.night(),
}


@pytest.mark.parametrize("what", MORE)
def test_a_full_disk_keeps_nothing_half_and_goes_on_once_there_is_room(
    casework: Casework, database: Database, what: str
) -> None:
    waiting = refer(casework, "L-1", steps=ACCEPTED)
    keep(database, incomplete(600, DAY))
    before = rows_kept(database)
    disk = Full(database)
    with pytest.raises(StorageError) as refused:
        MORE[what](casework, waiting)
    held_to_the_catalogue(refused.value, "database_full", try_again=True)
    assert casework.case("L-1").version == waiting.version, "and reading goes on meanwhile"
    disk.has_room_again()
    after = rows_kept(database)
    assert {**after, "night_runs": 0} == before
    MORE[what](casework, waiting)
    assert rows_kept(database) != after


def test_a_file_that_may_not_grow_keeps_nothing_half_and_goes_on_once_it_may(
    casework: Casework, database: Database, database_url: str
) -> None:
    """A limit of the system in place of a full disk. Of this one SQLite says only that writing failed."""
    refer(casework, "L-1")
    database.close()
    told = alone(cramped.write_until_the_file_may_not_grow, database_url)
    assert told["refused"]
    assert set(told["refused"]) <= {"database_failed", "database_full"}
    assert told["afterwards"] == "received"
    assert len(casework.case_ids()) == 1 + told["kept"] + 1
