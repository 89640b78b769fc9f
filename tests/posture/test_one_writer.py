"""A SQLite that may lose what two processes write gets one: a lock beside the file holds the others off (S04, S05)."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from casework import Casework
from casework.posture import Status, has_wal_reset_bug
from persistence import Database
from persistence.one_writer import OneWriter
from tests.persistence.families import refer
from tests.posture.conftest import BOTH_KEYS
from tests.posture.test_rules_of_sqlite import of, refused_rules


@pytest.mark.parametrize(
    ("version", "has_bug"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((4, 0, 0), False),
    ],
)
def test_versions_of_sqlite_that_may_lose_what_two_processes_write(
    version: tuple[int, int, int], has_bug: bool
) -> None:
    assert has_wal_reset_bug(version) is has_bug


def with_the_bug(file: Path) -> Database:
    """In production, whatever SQLite this Python has."""
    database = Database(f"sqlite:///{file}", production=True)
    database.gate.keys, database.gate.sqlite = BOTH_KEYS, (3, 40, 1)
    return database


@contextmanager
def written_elsewhere(file: Path) -> Iterator[None]:
    """Another process of the clinic that has written, and may again."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    other = context.Process(target=_write_and_stay, args=(theirs, file), daemon=True)
    other.start()
    assert ours.recv() == []
    try:
        yield
    finally:
        other.kill()
        other.join()


def _write_and_stay(meeting: Connection, file: Path) -> None:
    meeting.send(refused_rules(with_the_bug(file)))
    meeting.recv()


def test_with_a_sqlite_that_cannot_have_two_the_second_writer_is_refused_until_the_first_is_gone(
    on_sqlite: Database, file: Path
) -> None:
    on_sqlite.gate.sqlite = (3, 40, 1)
    with written_elsewhere(file):
        assert refused_rules(on_sqlite) == ["S05"]
        assert [row.reference for row in Casework(on_sqlite).worklist()] == ["L-1"], "reading goes on"
        assert of(on_sqlite.posture(), "S04").status is Status.WARNING
        careless = Database(f"sqlite:///{file}", production=False)
        refer(Casework(careless), "L-2")
        careless.close()
    refer(Casework(on_sqlite), "L-3")
    assert len(Casework(on_sqlite).worklist()) == 3


def test_with_a_mended_sqlite_two_may_write(on_sqlite: Database, file: Path) -> None:
    on_sqlite.gate.sqlite = (3, 51, 3)
    with written_elsewhere(file):
        refer(Casework(on_sqlite), "L-2")
        assert of(on_sqlite.posture(), "S04").status is Status.OK


def test_the_programs_of_one_process_are_one_writer(on_sqlite: Database, file: Path) -> None:
    second = with_the_bug(file)
    on_sqlite.gate.sqlite = (3, 40, 1)
    assert refused_rules(on_sqlite) == []
    refer(Casework(second), "L-2")
    on_sqlite.close()
    assert alone_elsewhere(file) is False, "the other one still writes"
    second.close()
    assert alone_elsewhere(file) is True


def alone_elsewhere(file: Path) -> bool:
    """Whether another process could write now."""
    place = f"OneWriter.beside(Path({str(file)!r}))"
    ask = f"from pathlib import Path; from persistence.one_writer import OneWriter; print({place})"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
    return told.strip() != "None"


def test_a_forked_child_is_another_process(file: Path) -> None:
    place = OneWriter.beside(file)
    assert place is not None
    child = os.fork()
    if child == 0:
        os._exit(0 if OneWriter.beside(file) is None else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    place.leave()
    assert alone_elsewhere(file) is True
