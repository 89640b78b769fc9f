"""P10: a log that fails neither blocks, fails nor slows a step. The steps are real ones, in a process of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.logs.places import filled, slowly, small_disk, smallest, whole
from tests.logs.steps import CASES, STEPS
from tests.promises import Say

ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 0.5
MOST_TIMES_SLOWER = 1.2
ROUNDS = 15
PATIENCE_SECONDS, HANGS_AFTER_SECONDS = 120.0, 6.0
LIMIT = 1 << 30
LIMITED = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({LIMIT}, {LIMIT}));"


@dataclass(frozen=True, slots=True)
class Fault:
    """How the program is started: the place of its log, what runs before it, and what its stderr is."""

    place: str = "-"
    first: str = ""
    stderr: int | None = None
    patience: float = PATIENCE_SECONDS


@dataclass(slots=True)
class Ran:
    """None: it hung, and was killed."""

    found: dict[str, Any] | None = field(default=None)

    def calls(self, stretch: str) -> list[tuple[float, str]]:
        assert self.found is not None
        return [call for part in self.found[stretch] for call in part]

    def times_slower(self) -> float:
        """The 99th of a hundred against that of the neighbouring undisturbed stretch: the median of such pairs, so that
        what else the machine did for a while counts once."""
        assert self.found is not None
        pairs = zip(self.found["faulty"], self.found["quiet"], strict=True)
        return float(median(_p99(faulty) / _p99(quiet) for faulty, quiet in pairs))


def _p99(calls: list[tuple[float, str]]) -> float:
    return sorted(took for took, _ in calls)[int(len(calls) * 0.99)]


@contextmanager
def full_disk(folder: Path) -> Iterator[Fault]:
    """A disk of our own that is full; where we may not make one, a file that may not grow."""
    with small_disk(folder / "disk") as made:
        if made:
            filled(folder / "disk" / "casework.log")
            yield Fault(str(folder / "disk" / "casework.log"))
        else:
            with (folder / "casework.log").open("wb") as file:
                file.truncate(LIMIT)
            yield Fault(str(folder / "casework.log"), first=LIMITED)


@contextmanager
def closed_stderr(_folder: Path) -> Iterator[Fault]:
    yield Fault(first="import os; os.close(2);")


@contextmanager
def stopped_reader(_folder: Path) -> Iterator[Fault]:
    with a_pipe() as (reading, writing):
        yield Fault(stderr=writing)
        os.close(reading)


@contextmanager
def slow_reader(_folder: Path) -> Iterator[Fault]:
    with a_pipe() as (reading, writing):
        slowly(reading, 1024)
        yield Fault(stderr=writing)


@contextmanager
def a_pipe() -> Iterator[tuple[int, int]]:
    """Who reads closes the reading end."""
    reading, writing = os.pipe()
    smallest(writing)
    try:
        yield reading, writing
    finally:
        os.close(writing)


FAULTS = [full_disk, closed_stderr, stopped_reader, slow_reader]
AllFaults = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)


def run(url: str, folder: Path, fault: Fault, how: str, rounds: int) -> Ran:
    words = [
        sys.executable,
        "-c",
        fault.first + "from tests.logs.steps import main; main()",
        url,
        how,
        fault.place,
        str(rounds),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    stderr = subprocess.DEVNULL if fault.stderr is None else fault.stderr
    with subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=stderr) as process:
        try:
            said, _ = process.communicate(timeout=fault.patience)
        except subprocess.TimeoutExpired:
            process.kill()
            return Ran()
        return Ran(json.loads(said))


@AllFaults
def test_a_log_that_fails_neither_blocks_nor_fails_a_step(
    database_url: str, tmp_path: Path, fault: Callable[[Path], Any], promise: Say
) -> None:
    with fault(tmp_path) as here:
        ran = run(database_url, tmp_path, here, "ours", 1)
    slowest = held(ran, 1)
    measured = f"{fault.__name__}: {STEPS} of {STEPS} steps, longest {slowest * 1000:.0f} ms"
    promise("P10", measured, control="a plain logger hangs or refuses")


@pytest.mark.long
@pytest.mark.quiet
@AllFaults
def test_a_log_that_fails_does_not_slow_a_step(
    database_url: str, tmp_path: Path, fault: Callable[[Path], Any], promise: Say
) -> None:
    with fault(tmp_path) as here:
        ran = run(database_url, tmp_path, here, "ours", ROUNDS)
    held(ran, ROUNDS)
    assert ran.times_slower() <= MOST_TIMES_SLOWER
    promise("P10", f"{fault.__name__}: p99 x {ran.times_slower():.2f}", control="a plain logger hangs or refuses")


def held(ran: Ran, rounds: int) -> float:
    """Every step was taken and none waited: the longest, in seconds."""
    calls = ran.calls("faulty")
    assert [raised for _, raised in calls] == [""] * STEPS * rounds
    assert ran.found is not None
    assert ran.found["kept"] == 3 * CASES + 2 * STEPS * rounds, "each case was made ready in three steps"
    slowest = max(took for took, _ in calls)
    assert slowest < LONGEST_SECONDS + max(took for took, _ in ran.calls("quiet"))
    return slowest


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "fault", [full_disk, closed_stderr, stopped_reader, pytest.param(slow_reader, marks=pytest.mark.long)]
)
def test_the_control_a_plain_logger_hangs_or_fails_or_slows_the_same_steps(
    database_url: str, tmp_path: Path, fault: Callable[[Path], Any]
) -> None:
    hangs = fault in (stopped_reader, slow_reader)
    with fault(tmp_path) as here:
        waited_for = replace(here, patience=HANGS_AFTER_SECONDS if hangs else PATIENCE_SECONDS)
        ran = run(database_url, tmp_path, waited_for, "plain", 1)
    assert (ran.found is None) is hangs
    assert hangs or "OSError" in [raised for _, raised in ran.calls("faulty")]


def test_what_was_dropped_on_a_full_disk_is_told_when_there_is_room_again(tmp_path: Path) -> None:
    """On a real disk where we may make one, else there is nothing to see that `test_files` has not seen."""
    import structlog

    from jobs import logs

    with small_disk(tmp_path / "disk") as made:
        if not made:
            pytest.skip("only an administrator may make a disk")
        place, other = tmp_path / "disk" / "casework.log", tmp_path / "disk" / "other"
        logs.send_to(place)
        tell = structlog.get_logger("casework").info
        tell("flag.raised", n=0)
        filled(other)
        for n in range(1, 200):
            tell("flag.raised", n=n)
        other.unlink()
        tell("flag.raised", n=200)
        logs.send_to(None)
        lines = whole(place.read_bytes())
    kept = [line["n"] for line in lines if "n" in line]
    (counted,) = [line for line in lines if line["event"] == "log.lines_dropped"]
    assert (kept[0], kept[-1]) == (0, 200)
    assert counted["events"] == {"flag.raised": 201 - len(kept)}
