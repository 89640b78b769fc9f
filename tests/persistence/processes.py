"""Other processes that a test needs: rivals that fire against each other, and the doomed that are killed.

They are forked from a server that has everything imported already, so that one costs milliseconds.
"""

import logging
import multiprocessing
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

import structlog

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
"""The clock of every process here: what a test finds must not depend on the day on which it is run."""

PATIENCE = 60
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.persistence.preloaded"])


class Rendezvous:
    """Where rivals wait for each other, so that they start at the same moment."""

    def __init__(self, number: int) -> None:
        self._barrier = _CONTEXT.Barrier(number)

    def wait(self) -> None:
        self._barrier.wait(PATIENCE)


def together(target: Callable[..., Any], *calls: Sequence[Any]) -> list[Any]:
    """What the target answers for each set of arguments, in processes of their own that run side by side.

    Each gets the `Rendezvous` in front of its arguments.
    """
    meeting = Rendezvous(len(calls))
    started = [_start(target, meeting, *arguments) for arguments in calls]
    return [_answer_of(process, answers) for process, answers in started]


def alone(target: Callable[..., Any], *arguments: Any) -> Any:
    """What the target answers in a process of its own."""
    return _answer_of(*_start(target, *arguments))


def takes(target: Callable[..., Any], *arguments: Any) -> float:
    """The seconds that the target of `killed` needs when nobody kills it."""
    return float(alone(_timed, target, *arguments))


def killed(target: Callable[..., Any], *arguments: Any, after: float) -> bool:
    """Kills a process so many seconds after its target began. False: the target was done by then.

    The target gets, in front of its arguments, a function to call when it begins.
    """
    process, answers = _start(_doomed, target, *arguments)
    if not answers.poll(PATIENCE) or answers.recv() != "begun":
        raise AssertionError("the process that was to be killed did not begin")
    time.sleep(after)
    was_at_work = not answers.poll()
    process.kill()
    process.join(PATIENCE)
    answers.close()
    return was_at_work


class Doomed:
    """A process that works until it is killed. What it told until then outlives it.

    The target gets, in front of its arguments, a function that tells.
    """

    def __init__(self, target: Callable[..., None], *arguments: Any) -> None:
        self._process, self._line = _start(_telling, target, *arguments)

    def hears(self) -> Any:
        assert self._line.poll(PATIENCE), "a process of the test says nothing"
        how, what = self._line.recv()
        assert how == "told", f"a process of the test ended: {how} {what}"
        return what

    def killed(self) -> list[Any]:
        """Kills it; what it had told and nobody had heard."""
        self._process.kill()
        self._process.join(PATIENCE)
        told = []
        try:
            while True:
                told.append(self.hears())
        except (EOFError, ConnectionResetError):
            return told
        finally:
            self._line.close()


def moments(seed: int, within: float) -> Iterator[float]:
    """Random moments at which to kill. The seed is printed, so that a failure can be had again."""
    sys.stdout.write(f"killed at moments of seed {seed} within {within:.3f} s\n")
    chance = random.Random(seed)
    while True:
        yield chance.uniform(0, within)


def _start(target: Callable[..., Any], *arguments: Any) -> tuple[Any, Connection]:
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_run, args=(theirs, target, arguments), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _answer_of(process: Any, answers: Connection) -> Any:
    try:
        if not answers.poll(PATIENCE):
            raise AssertionError("a process of the test gave no answer")
        how, answer = answers.recv()
    finally:
        process.kill()
        process.join(PATIENCE)
        answers.close()
    if how == "raised":
        raise AssertionError(f"a process of the test failed: {answer}")
    return answer


def _run(answers: Connection, target: Callable[..., Any], arguments: Sequence[Any]) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if target is _doomed:
        return _doomed(answers, *arguments)
    if target is _telling:
        arguments = (answers, *arguments)
    try:
        answers.send(("answered", target(*arguments)))
    except BaseException as problem:
        answers.send(("raised", repr(problem)))
        raise


def _timed(target: Callable[..., Any], *arguments: Any) -> float:
    began: list[float] = []
    target(lambda: began.append(time.perf_counter()), *arguments)
    return time.perf_counter() - began[0]


def _doomed(answers: Connection, target: Callable[..., Any], *arguments: Any) -> None:
    target(lambda: answers.send("begun"), *arguments)
    answers.send("done")
    answers.recv()  # stays until it is killed, so that the kill finds it and nobody else


def _telling(line: Connection, target: Callable[..., None], *arguments: Any) -> None:
    target(lambda what: line.send(("told", what)), *arguments)
