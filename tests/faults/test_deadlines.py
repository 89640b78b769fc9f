"""The watch that hangs up: in time, on the right socket, and on nobody who has done."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from persistence import deadlines
from persistence.deadlines import Watch

Line = tuple[socket.socket, socket.socket]


@pytest.fixture
def line() -> Iterator[Line]:
    ends = socket.socketpair()
    yield ends
    for end in ends:
        end.close()


def test_a_socket_whose_time_has_passed_is_shut_and_whoever_waits_on_it_is_told(line: Line) -> None:
    watch, (ours, _theirs) = Watch(), line
    began = time.monotonic()
    limit = watch.over(ours.fileno(), 0.2)
    assert ours.recv(1) == b"", "the other end said nothing, and yet the wait has ended"
    assert 0.2 <= time.monotonic() - began < 0.2 + 5 * deadlines.TICK_SECONDS
    assert limit.passed
    limit.lift()


def test_a_socket_that_is_done_in_time_is_left_alone(line: Line) -> None:
    watch, (ours, theirs) = Watch(), line
    limit = watch.over(ours.fileno(), 0.1)
    limit.lift()
    time.sleep(0.1 + 3 * deadlines.TICK_SECONDS)
    theirs.send(b"x")
    assert (ours.recv(1), limit.passed) == (b"x", False)


def test_more_time_can_be_given(line: Line) -> None:
    watch, (ours, _theirs) = Watch(), line
    limit = watch.over(ours.fileno(), 0.05)
    limit.extend(30)
    time.sleep(3 * deadlines.TICK_SECONDS)
    assert not limit.passed
    limit.lift()


def test_a_number_that_the_driver_has_given_back_and_another_has_taken_is_not_shut(line: Line) -> None:
    """The control is the number itself: it is the same, and leads to somebody else."""
    watch, (ours, theirs) = Watch(), line
    number = ours.fileno()
    limit = watch.over(number, 0.1)
    ours.close()
    theirs.close()
    innocent, friend = socket.socketpair()
    assert number in (innocent.fileno(), friend.fileno())
    time.sleep(0.1 + 3 * deadlines.TICK_SECONDS)
    assert limit.passed
    friend.send(b"x")
    assert innocent.recv(1) == b"x"
    limit.lift()
    innocent.close()
    friend.close()


def test_there_is_one_thread_while_there_is_work_and_none_after(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "IDLE_TICKS", 3)
    watch, (ours, _theirs) = Watch(), line
    before = threading.active_count()
    limits = [watch.over(ours.fileno(), 30) for _ in range(50)]
    assert threading.active_count() <= before + 1
    for limit in limits:
        limit.lift()
    end = time.monotonic() + 10
    while watch._thread is not None:
        assert time.monotonic() < end
        time.sleep(0.05)
    limit = watch.over(ours.fileno(), 0.1)
    assert ours.recv(1) == b"", "and it comes back when it is needed"
    limit.lift()


def test_being_watched_costs_next_to_nothing(line: Line) -> None:
    """About 1 us where it was measured; the bound is for a machine that is busy."""
    watch, (ours, _theirs) = Watch(), line
    open_before = len(list(Path("/proc/self/fd").iterdir()))
    fastest = min(_seconds_of_a_thousand(watch, ours.fileno()) for _ in range(5))
    assert fastest < 0.02
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before


def _seconds_of_a_thousand(watch: Watch, number: int) -> float:
    began = time.perf_counter()
    for _ in range(1000):
        watch.over(number, 4.0).lift()
    return time.perf_counter() - began
