"""Processes at work on nights. A test holds each by a `Shift`: it hears from it, stops it, kills it, lets it go on."""

import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
import structlog

from casework import Casework, StorageError
from casework.errors import NightHeld, NightLost
from persistence import Database
from persistence import database as opening
from persistence.night import lease, transactions
from tests.persistence import processes

Tell = Callable[[Any], None]
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.persistence.preloaded", "jobs.scheduler"])


@dataclass(frozen=True, slots=True)
class Pace:
    """How a shift works: small batches and a short lease, so that there is much to interrupt and little to wait for."""

    batch: int = 10
    lease_ms: int = 200
    asleep: str = "60s"
    busy_ms: int = 5_000

    def set(self) -> None:
        transactions.BATCH, transactions.ASLEEP = self.batch, self.asleep
        lease.LEASE_MS, opening.BUSY_TIMEOUT_MS = self.lease_ms, self.busy_ms


class Shift:
    """A process that runs `target(tell, *arguments)`. What it tells is heard in order; at last its answer."""

    def __init__(self, target: Callable[..., Any], *arguments: Any) -> None:
        self._line, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_work, args=(theirs, target, arguments), daemon=True)
        self._process.start()
        theirs.close()
        self._at_its_end: tuple[str, Any] | None = None

    @staticmethod
    def of(target: Callable[..., Any], *arguments: Any) -> Callable[[], "Shift"]:
        """Begins another such shift whenever it is called."""
        return lambda: Shift(target, *arguments)

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    def hears(self) -> Any:
        """The next thing that the process tells."""
        how, what = self._next()
        assert how == "told", f"a shift ended early: {how} {what}"
        return what

    def ended(self) -> bool:
        """Whether the work is done. A process that failed fails the test."""
        while self._at_its_end is None and self._line.poll():
            how, what = self._next()
            if how != "told":
                self._at_its_end = how, what
        if self._at_its_end and self._at_its_end[0] == "failed":
            raise AssertionError(f"a shift failed: {self._at_its_end[1]}")
        return self._at_its_end is not None

    def answer(self) -> Any:
        """What the target answers, once it has."""
        until = time.monotonic() + processes.PATIENCE
        while not self.ended():
            assert time.monotonic() < until, "a shift does not end"
            time.sleep(0.002)
        self.kill()
        return self._at_its_end[1] if self._at_its_end else None

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """-9: it has no time to tidy up."""
        self._process.kill()
        self._process.join(processes.PATIENCE)

    def _next(self) -> tuple[str, Any]:
        assert self._line.poll(processes.PATIENCE), "a shift says nothing"
        how, what = self._line.recv()
        return how, what


def _work(line: Any, target: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        answer = target(lambda what: line.send(("told", what)), *arguments)
    except BaseException as problem:
        line.send(("failed", repr(problem)))
        raise
    line.send(("answered", answer))
    line.recv()  # stays until it is killed


def disturbed(
    begin: Callable[[], Shift], chance: Iterator[float], within: float, at_work: Callable[[int], bool], most: int
) -> int:
    """Two shifts side by side until the work is done, with kills at random moments, each of one of the two.

    Gives back how many of the killed were at work, and not waiting for the other or done; after `most` of them nobody
    is killed.
    """
    shifts, hit, until = [begin(), begin()], 0, time.monotonic() + 2 * processes.PATIENCE
    try:
        assert [shift.hears() for shift in shifts] == ["begun", "begun"]
        while not all(shift.ended() for shift in shifts):
            assert time.monotonic() < until, "the work does not end"
            time.sleep(next(chance) * within)
            number = int(next(chance) * 2)
            if hit < most and not shifts[number].ended():
                shifts[number].kill()
                hit += at_work(shifts[number].pid)
                shifts[number] = begin()
                shifts[number].hears()
    finally:
        for shift in shifts:
            shift.kill()
    return hit


def holds_the_lease(url: str) -> Callable[[int], bool]:
    """Answers whether a process, killed or alive, is the one that holds the night. Its lease outlives it."""

    def holds(pid: int) -> bool:
        database = Database(url)
        with database.engine.connect() as connection, connection.begin():
            holder = lease.state(connection).holder
        database.close()
        return holder is not None and holder.endswith(f":{pid}")

    return holds


def catch_up(tell: Tell, url: str, now: datetime, pace: Pace) -> None:
    """What a scheduler does, over and over: the dates that are not done, oldest first, until none is left."""
    pace.set()
    clinic = Casework(Database(url), lambda: now)
    tell("begun")
    while clinic.nights.due():
        one_visit(clinic)


def one_visit(clinic: Casework) -> None:
    """One visit of a scheduler: what stands in its way now may be gone at the next."""
    try:
        for _ in clinic.nights.catch_up():
            pass
    except (NightHeld, NightLost):
        time.sleep(0.01)
    except StorageError as problem:
        if not problem.try_again:
            raise
        time.sleep(0.01)


def asleep_between_batches(tell: Tell, url: str, day: date, batches: int, pace: Pace) -> str:
    """A night whose process stops itself after so many batches, outside any transaction. Answers how it ended."""
    pace.set()
    left = iter(range(batches))

    def stop() -> bool:
        if next(left, None) is None and not told:
            told.append(True)
            tell("asleep")
            os.kill(os.getpid(), signal.SIGSTOP)
        return False

    told: list[bool] = []
    return _how_it_ends(Casework(Database(url), lambda: processes.NOW), day, stop)


def asleep_inside_a_batch(tell: Tell, url: str, day: date, pace: Pace) -> str:
    """A night whose process stops itself when its first flags are in the table and not yet kept."""
    pace.set()
    database, told = Database(url), list[bool]()

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO flags ") and not told:
            told.append(True)
            tell("asleep")
            os.kill(os.getpid(), signal.SIGSTOP)

    sa.event.listen(database.engine, "after_cursor_execute", after)
    return _how_it_ends(Casework(database, lambda: processes.NOW), day, lambda: False)


def _how_it_ends(clinic: Casework, day: date, stop: Callable[[], bool]) -> str:
    try:
        clinic.nights.run(day, stop=stop)
    except (NightLost, StorageError) as problem:
        return problem.code
    return "complete"


def starts_with_a_rival(tell: Tell, url: str, days: list[date], meeting: Any, refused: Any) -> list[str]:
    """For each date: starts its night at the same moment as the rival. Who is at work waits until the other was told.

    Answers with "worked", or the code with which the other was refused.
    """
    clinic = Casework(Database(url), lambda: processes.NOW)
    clinic.nights.due()
    return [_meets(clinic, day, meeting, refused) for day in days]


def _meets(clinic: Casework, day: date, meeting: Any, refused: Any) -> str:
    refused.clear()
    meeting.wait(processes.PATIENCE)
    try:
        clinic.nights.run(day, stop=lambda: not refused.wait(processes.PATIENCE))
        how = "worked"
    except NightHeld as held:
        how = held.code
        refused.set()
    meeting.wait(processes.PATIENCE)
    return how


def rivals(url: str, days: list[date]) -> list[list[str]]:
    meeting, refused = _CONTEXT.Barrier(2), _CONTEXT.Event()
    shifts = [Shift(starts_with_a_rival, url, days, meeting, refused) for _ in range(2)]
    return [shift.answer() for shift in shifts]


def scheduler(tell: Tell, url: str, seconds: Any, pace: Pace) -> None:
    """The service itself, by a clock that the test winds: seconds since 1970 in shared memory."""
    from jobs.scheduler import NightService

    pace.set()
    clinic = Casework(Database(url), lambda: datetime.fromtimestamp(seconds.value, UTC))
    NightService(clinic, every=0.03).start()
    while True:
        tell("begun")  # and again and again: nobody listens any more where the test itself was killed
        time.sleep(1)


def wound_by_hand(now: datetime) -> Any:
    """A clock in memory that processes share."""
    return _CONTEXT.Value("d", now.timestamp())


def say(line: str) -> None:
    """For whoever reads a failure: seeds and counts."""
    sys.stdout.write(f"{line}\n")
