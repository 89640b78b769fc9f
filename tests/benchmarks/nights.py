"""The night over a whole caseload against SQL written by hand, on both engines, each on a copy of the same database.

Each way runs in a process of its own and takes three nights: the first, the same again with nothing changed, and
that of the next day. What is open afterwards must be the same.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.databases import Engine
from tests.benchmarks.measure import Figure
from tests.benchmarks.one_night import NIGHTS, WAYS
from tests.benchmarks.population import analyse, fill

PART = "night"
AIMS = {"first": 1.3, "unchanged": 1.2, "one day later": 1.2}
SIZES = {100_000: 5, 1_000_000: 3}
"""Cases, and how often each way takes its nights."""
GROWS_MB = 10.0
PAIRS = (("casework", "by hand with lines"), ("casework without lines", "by hand"))
"""Each way and its like: a line in the log for each flag on both sides, or on neither."""

Runs = dict[str, list[dict[str, Any]]]


def measure(engines: Sequence[Engine], folder: Path, *, quick: bool) -> Iterator[Figure]:
    sizes = {20_000: 2} if quick else SIZES
    for engine in engines:
        grown = {}
        for size, times in sizes.items():
            runs = _runs(engine, folder, size, times)
            grown[size] = max(run["grown"] for run in runs["casework"])
            yield from (_compared(engine, size, night, runs, *pair) for night in NIGHTS for pair in PAIRS)
        yield _memory(engine, grown)


def _runs(engine: Engine, folder: Path, size: int, times: int) -> Runs:
    """The ways take turns, and begin in another order each time."""
    url = engine.fresh()
    fill(url, size)
    analyse(url)
    runs: Runs = {way: [] for way in WAYS}
    for number in range(times):
        turn = number % len(WAYS)
        for way in (*WAYS[turn:], *WAYS[:turn]):
            with engine.copied(url) as copy:
                runs[way].append(_alone(way, copy, folder / "night.log"))
    opened = {json.dumps(run["open"]) for done in runs.values() for run in done}
    if len(opened) != 1:
        raise AssertionError(f"Casework and the hand have not found the same: {opened}")
    return runs


def _alone(way: str, url: str, log: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.one_night", way, url, str(log)], capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _compared(engine: Engine, size: int, night: str, runs: Runs, way: str, by_hand: str) -> Figure:
    ours, theirs = ([run["taken"][night][0] for run in runs[name]] for name in (way, by_hand))
    cpu = [run["taken"][night][1] for run in runs[way]]
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    beside = {
        "of_minima": round(min(ours) / min(theirs), 2),
        "seconds": round(statistics.median(ours), 3),
        "by_hand_seconds": round(statistics.median(theirs), 3),
        "client_cpu_seconds": round(statistics.median(cpu), 3),
        "runs": len(ours),
        "open_at_the_end": sum(runs[way][0]["open"].values()),
    }
    lines = "with lines" if by_hand.endswith("with lines") else "without lines"
    what = f"{night} night, {size:,} cases, {engine.name}, {lines}"
    return Figure(PART, what, round(ratio, 2), "x", at_most=AIMS[night], beside=beside)


def _memory(engine: Engine, grown: dict[int, float]) -> Figure:
    """How much more a process holds for the largest caseload than for the smallest."""
    more = max(grown.values()) - min(grown.values())
    beside = {f"grown_mb_at_{size:,}": round(mb, 1) for size, mb in grown.items()}
    return Figure(PART, f"memory of the night on {engine.name}", round(more, 1), "MB", at_most=GROWS_MB, beside=beside)
