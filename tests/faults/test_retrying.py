"""The retry contract, row by row: what a failure means, and what is done about it. The clock is wound by hand."""

import sqlite3
from collections.abc import Callable

import psycopg
import pytest

from casework import StorageError
from casework.errors import Meaning
from casework.retrying import AGAIN, ATTEMPT_SECONDS, Retrying
from persistence import faults


class Day:
    """Time passes only while somebody sleeps or works."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 4))
        self.now += seconds

    def retrying(self, patience: float = 10.0, chance: float = 1.0) -> Retrying:
        return Retrying(patience, sleep=self.sleep, monotonic=lambda: self.now, chance=lambda: chance)


def fails(code: str, *, times: int = 10**9, maybe_done: bool = False) -> Callable[[float], str]:
    """Work that fails so often, and is done then."""
    left = [times]

    def work(_: float) -> str:
        if left[0] > 0:
            left[0] -= 1
            raise faults.storage_error(code, maybe_done=maybe_done)
        return "done"

    return work


def told(retrying: Retrying, work: Callable[[float], object]) -> StorageError:
    with pytest.raises(StorageError) as caught:
        retrying.run(work)
    return caught.value


def test_every_meaning_has_its_row() -> None:
    assert set(AGAIN) == set(Meaning)


@pytest.mark.parametrize("code", ["database_not_reachable", "maybe_done", "database_is_copy", "old_timeline"])
def test_what_may_be_over_in_a_moment_is_tried_until_the_callers_patience_ends(code: str) -> None:
    day = Day()
    assert day.retrying().run(fails(code, times=12)) == "done"
    assert day.slept == [0.05, 0.1, 0.2, 0.4, *[0.5] * 8]
    day = Day()
    told(day.retrying(), fails(code))
    assert 9.5 < day.now <= 10


def test_the_pauses_are_not_those_of_everybody_else() -> None:
    early, late = Day(), Day()
    early.retrying(chance=0.0).run(fails("maybe_done", times=3))
    late.retrying(chance=1.0).run(fails("maybe_done", times=3))
    assert (early.slept, late.slept) == ([0.025, 0.05, 0.1], [0.05, 0.1, 0.2])


@pytest.mark.parametrize(
    ("code", "tries"),
    [
        ("database_conflict", 6),
        ("database_busy", 2),
        ("database_full", 1),
        ("database_crowded", 1),
        ("database_disk", 1),
        ("database_damaged", 1),
        ("database_failed", 1),
        ("not_migrated", 1),
        ("database_read_only", 1),
    ],
)
def test_what_a_second_try_seldom_helps_is_tried_so_often(code: str, tries: int) -> None:
    day, tried = Day(), []

    def work(within: float) -> None:
        tried.append(within)
        raise faults.storage_error(code)

    problem = told(day.retrying(), work)
    assert (problem.code, len(tried)) == (code, tries)
    assert not problem.maybe_done


@pytest.mark.parametrize("code", ["database_full", "database_disk", "database_crowded", "database_busy"])
def test_who_has_to_come_back_later_is_told_when(code: str) -> None:
    problem = told(Day().retrying(), fails(code))
    assert problem.try_again
    assert problem.retry_after is not None
    assert problem.retry_after >= 1


def test_who_was_never_in_doubt_is_told_what_is_wrong() -> None:
    problem = told(Day().retrying(), fails("database_not_reachable"))
    assert (problem.code, problem.try_again, problem.maybe_done) == ("database_not_reachable", True, False)


def test_a_doubt_that_nothing_resolved_in_time_is_left_to_the_key() -> None:
    problem = told(Day().retrying(), fails("maybe_done"))
    assert (problem.code, problem.try_again, problem.maybe_done) == ("deadline_passed", True, True)
    assert "same key" in str(problem)


@pytest.mark.parametrize("code", ["database_full", "database_crowded", "database_failed", "database_damaged"])
def test_once_in_doubt_no_answer_says_that_nothing_was_changed(code: str) -> None:
    codes = iter(["maybe_done", code])
    problem = told(Day().retrying(), lambda _: fails(next(codes))(0))
    assert (problem.code, problem.maybe_done) == ("maybe_done", True)
    assert "Nothing was changed" not in str(problem)


def test_no_try_lasts_longer_than_it_may_nor_longer_than_the_patience() -> None:
    day, lasted = Day(), []

    def hangs(within: float) -> None:
        lasted.append(within)
        day.now += within
        raise faults.storage_error("deadline_passed", maybe_done=True)

    told(day.retrying(), hangs)
    assert lasted[0] == ATTEMPT_SECONDS
    assert len(lasted) >= 3
    assert sum(lasted) <= 10 + ATTEMPT_SECONDS / 8


class Said(psycopg.Error):
    """What a server would say with a code."""

    def __init__(self, code: str) -> None:
        super().__init__("canary")
        self.sqlstate = code


@pytest.mark.parametrize(
    ("state", "before", "while_committing"),
    [
        ("57P01", "database_not_reachable", "maybe_done"),
        ("57P02", "database_not_reachable", "maybe_done"),
        ("08006", "database_not_reachable", "maybe_done"),
        ("40001", "database_conflict", "database_conflict"),
        ("40P01", "database_conflict", "database_conflict"),
        ("55P03", "database_busy", "database_busy"),
        ("25006", "database_read_only", "database_read_only"),
        ("53100", "database_full", "database_full"),
        ("53200", "database_crowded", "database_crowded"),
        ("53300", "database_crowded", "database_crowded"),
        ("57P03", "database_crowded", "database_crowded"),
        ("57014", "database_failed", "database_failed"),
        ("XX001", "database_damaged", "database_damaged"),
    ],
)
def test_a_code_of_the_server_is_understood(state: str, before: str, while_committing: str) -> None:
    for committing, code in ((False, before), (True, while_committing)):
        error = faults.translate(Said(state), committing=committing)
        assert isinstance(error, StorageError)
        assert error.code == code
        assert "canary" not in str(error)


@pytest.mark.parametrize(
    ("code", "name", "meant", "maybe_done"),
    [
        (sqlite3.SQLITE_FULL, "SQLITE_FULL", "database_full", False),
        (778, "SQLITE_IOERR_WRITE", "database_full", False),
        (1034, "SQLITE_IOERR_FSYNC", "database_full", True),
        (266, "SQLITE_IOERR_READ", "database_disk", False),
        (sqlite3.SQLITE_BUSY, "SQLITE_BUSY", "database_busy", False),
        (517, "SQLITE_BUSY_SNAPSHOT", "database_busy", False),
        (sqlite3.SQLITE_CORRUPT, "SQLITE_CORRUPT", "database_damaged", False),
        (sqlite3.SQLITE_NOTADB, "SQLITE_NOTADB", "database_damaged", False),
    ],
)
def test_a_code_of_sqlite_is_understood(code: int, name: str, meant: str, maybe_done: bool) -> None:
    """A log that could not be flushed may yet be found whole after a crash: whether the change stands is open."""
    problem = sqlite3.OperationalError("canary")
    problem.sqlite_errorcode, problem.sqlite_errorname = code, name
    error = faults.translate(problem, committing=True)
    assert isinstance(error, StorageError)
    assert (error.code, error.maybe_done) == (meant, maybe_done)
    assert ("Nothing was changed" in str(error)) is (not maybe_done and meant != "database_damaged")
