"""P2: the power is cut at any moment, and what a clerk was told is kept is on the disk, whole."""

import random
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import unheard
from tests.durability.courses import COURSE, clinic_of, opened, step_of, take
from tests.durability.power import AfterTheCut, Record, Synced, cuts
from tests.durability.recorded import recorded
from tests.invariants import broken_rules
from tests.promises import Say

STEPS = 60 * len(COURSE)
"""Enough that SQLite takes its log over into the file, and begins it anew, several times."""

REPLAYED_ONE_IN = 100
SUITE, LONG = 300, 5_000


@dataclass(slots=True)
class Found:
    """What so many cuts came to."""

    damaged: int = 0
    """Files that are not whole, or keep anything but the first steps as they were written."""

    lost: int = 0
    """Cuts after which a step was missing that the clerk had been told of."""

    most_lost: int = 0
    replayed: int = 0


class Damaged(Exception):
    """What is on the disk is no past of this clinic."""


class Work:
    """One clerk's steps on a recorded disk, one after the other: what is kept at any moment is the first so many."""

    def __init__(self, model: Path, folder: Path, synchronous: str = "FULL", steps: int = STEPS) -> None:
        path = folder / "clinic.db"
        shutil.copyfile(model, path)
        self.record, self._after = Record(path, path.read_bytes()), folder / "after.db"
        with unheard(), recorded(self.record, synchronous) as database:
            clinic = clinic_of(database)
            for number in range(steps):
                take(clinic, "ann", number)
                self.record.told()
            end = len(self.record.acts)
        del self.record.acts[end:]  # a tidy end is no power cut
        self._steps = kept_in(path)
        assert [row[:3] for row in self._steps] == [step_of("ann", number) for number in range(steps)]

    def cut(self, number: int, seed: int) -> Found:
        sys.stdout.write(f"cut {number} times by seed {seed}\n")
        found = Found()
        for nth, after in enumerate(cuts(self.record, number, random.Random(seed)), 1):
            put(after, self._after)
            try:
                missing = after.told - self._first_steps(after.told)
            except (Damaged, sqlite3.DatabaseError):
                found.damaged += 1
                continue
            found.lost += missing > 0
            found.most_lost = max(found.most_lost, missing)
            if nth % REPLAYED_ONE_IN == 0 and missing <= 0:
                database = opened(self._after)
                assert not broken_rules(database)
                database.close()
                found.replayed += 1
        return found

    def _first_steps(self, told: int) -> int:
        kept = kept_in(self._after)
        if kept != self._steps[: len(kept)] or len(kept) > told + 1:
            raise Damaged
        return len(kept)


def put(after: AfterTheCut, file: Path) -> None:
    file.write_bytes(after.db)
    log, memory = (file.with_name(file.name + ending) for ending in ("-wal", "-shm"))
    memory.unlink(missing_ok=True)
    if after.wal is None:
        log.unlink(missing_ok=True)
    else:
        log.write_bytes(after.wal)


def kept_in(file: Path) -> list[tuple[Any, ...]]:
    """The steps in a file with everything that their events say, in the order in which the clerk took them.

    SQLite alone reads it. A file that is not whole, or has a step without its key or its case without its last step,
    is damaged.
    """
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA synchronous=OFF")  # nobody cuts the power of the one who looks
        if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise Damaged
        events = connection.execute(
            "SELECT reference, seq, trigger, e.*, k.answer FROM case_events e JOIN cases ON cases.id = case_id "
            "LEFT JOIN idempotency_keys k "
            "ON k.actor = 'ann' AND k.key = 'ann:' || (substr(reference, 5) * ? + seq - 1)",
            (len(COURSE),),
        ).fetchall()
        versions, keys = connection.execute(
            "SELECT (SELECT sum(version) FROM cases), (SELECT count(*) FROM idempotency_keys)"
        ).fetchone()
    if not (versions or 0) == keys == len(events) or any(row[-1] is None for row in events):
        raise Damaged
    return sorted(events, key=lambda row: (int(row[0].removeprefix("ann-")), row[1]))


@pytest.fixture(scope="module")
def work(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Work:
    return Work(migrated_file, tmp_path_factory.mktemp("power"))


@pytest.mark.parametrize("number", [SUITE, pytest.param(LONG, marks=pytest.mark.long)])
def test_whatever_moment_the_power_goes_nothing_that_was_acknowledged_is_gone(
    number: int, work: Work, promise: Say
) -> None:
    assert sum(act == Synced("db") for act in work.record.acts) > 1, "the log was taken over into the file"
    found = work.cut(number, seed=20261122)
    assert found == Found(replayed=number // REPLAYED_ONE_IN)
    promise(
        "P2",
        f"{number} cuts in {STEPS} steps: 0 lost, 0 corrupt, {found.replayed} of them replayed",
        control="synchronous=NORMAL loses what was acknowledged, OFF leaves a damaged file",
    )


def test_the_cuts_show_a_log_that_is_not_synced_at_each_commit(migrated_file: Path, tmp_path: Path) -> None:
    found = Work(migrated_file, tmp_path, "NORMAL", steps=150).cut(60, seed=7)
    assert found.damaged == 0
    assert found.lost > 30
    assert found.most_lost > 10


def test_the_cuts_show_a_file_that_is_never_synced(migrated_file: Path, tmp_path: Path) -> None:
    found = Work(migrated_file, tmp_path, "OFF", steps=300).cut(60, seed=7)
    assert found.damaged > 10
