"""How the benchmarks measure: both ways in one run, in short slices that take turns.

Another program on the machine slows both ways alike, so what counts is the ratio of two slices that lie side by side.
A figure is believed where the median of these ratios, the ratio of the fastest slices and the ratio of CPU time agree.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

Slice = Callable[[int], None]
"""Does the work of one slice, by its number."""

DISTURBED = 0.15
"""How far the median ratio and the ratio of minima may lie apart before a run counts as disturbed."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure against its aim. `unit` is "x" for a ratio to the same work by hand."""

    part: str
    what: str
    measured: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    beside: dict[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None where none was set."""
        if self.at_most is not None:
            return self.measured <= self.at_most
        return None if self.at_least is None else self.measured >= self.at_least

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}


@dataclass(frozen=True, slots=True)
class Duel:
    """Two ways to do the same, measured side by side. Ratios are ours over theirs; seconds are per slice."""

    ours: Sequence[float]
    theirs: Sequence[float]
    our_cpu: Sequence[float]
    their_cpu: Sequence[float]

    @property
    def ratio(self) -> float:
        return statistics.median(a / b for a, b in zip(self.ours, self.theirs, strict=True))

    @property
    def of_minima(self) -> float:
        return min(self.ours) / min(self.theirs)

    @property
    def of_cpu(self) -> float:
        return sum(self.our_cpu) / max(sum(self.their_cpu), 1e-9)

    @property
    def disturbed(self) -> bool:
        return abs(self.ratio - self.of_minima) > DISTURBED * self.ratio

    def beside(self, operations: int) -> dict[str, Any]:
        """What belongs beside the ratio for a reader to trust it. `operations` are those of one slice."""
        each = 1e6 / operations
        return {
            "of_minima": round(self.of_minima, 2),
            "of_cpu": round(self.of_cpu, 2),
            "ours_us": round(statistics.median(self.ours) * each, 1),
            "by_hand_us": round(statistics.median(self.theirs) * each, 1),
            "slices": len(self.ours),
            "disturbed": self.disturbed,
        }


def duel(ours: Slice, theirs: Slice, slices: int, warm_up: int = 2) -> Duel:
    """Slices take turns, and so does who goes first."""
    found: dict[Slice, tuple[list[float], list[float]]] = {ours: ([], []), theirs: ([], [])}
    for number in range(warm_up + slices):
        for way in (ours, theirs) if number % 2 else (theirs, ours):
            wall, cpu = timed(partial(way, number))
            if number >= warm_up:
                found[way][0].append(wall)
                found[way][1].append(cpu)
    return Duel(found[ours][0], found[theirs][0], found[ours][1], found[theirs][1])


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of this process's CPU."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def flush_probe(folder: Path, times: int = 200) -> float:
    """Microseconds that the disk takes to acknowledge 8 kB. A slow disk hides what software costs; a fast one does
    not, so a ratio means nothing without this figure."""
    with tempfile.TemporaryFile(dir=folder) as file:
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            os.pwrite(file.fileno(), b"\0" * 8192, 0)
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e6


def peak_memory() -> float:
    """Most memory that this process has held, in MB. Not `ru_maxrss`, which a child inherits from its parent."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("This system does not say how much memory a process has held.")
