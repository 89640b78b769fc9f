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
from tests.benchmarks.steps_meanwhile import WITHOUT, while_a_night_runs

PART = "night"
AIMS = {"first": 1.3, "unchanged": 1.2, "one day later": 1.3}
SIZES = {10_000: 5, 100_000: 5, 1_000_000: 3}
"""Cases, and how often each way takes its nights."""
GROWS_MB = 10.0
FLAT = 1.3
"""How much dearer one case of the largest caseload may be than one of the next smaller."""
LONGEST_STEP_MS = 100.0
PAIRS = (("casework", "by hand with lines"), ("casework without lines", "by hand"))
"""Each way and its like: a line in the log for each flag on both sides, or on neither."""

Runs = dict[str, list[dict[str, Any]]]


def measure(engines: Sequence[Engine], folder: Path, *, quick: bool) -> Iterator[Figure]:
    sizes = {10_000: 1, 20_000: 2} if quick else SIZES
    for engine in engines:
        all_runs = {}
        for size, times in sizes.items():
            url = _filled(engine, size)
            runs = all_runs[size] = _runs(engine, url, folder, times)
            yield from (_compared(engine, size, night, runs, *pair) for night in NIGHTS for pair in PAIRS)
            if engine.name == "SQLite" and size == max(sizes):
                yield from _steps_meanwhile(engine, url, folder, size)
        yield _memory(engine, all_runs)
        yield from (_each_case(engine, all_runs, night) for night in NIGHTS)


def _filled(engine: Engine, size: int) -> str:
    """A caseload with nothing flagged yet, its statistics gathered then: the worst case for a planner."""
    url = engine.fresh()
    fill(url, size)
    analyse(url)
    return url


def _runs(engine: Engine, url: str, folder: Path, times: int) -> Runs:
    """The ways take turns, and begin in another order each time."""
    runs: Runs = {way: [] for way in WAYS}
    for number in range(times):
        turn = number % len(WAYS)
        for way in (*WAYS[turn:], *WAYS[:turn]):
            with engine.copied(url) as copy:
                runs[way].append(_alone(way, copy, folder / "night.log"))
    opened = {(run["kept"], json.dumps(run["open"])) for done in runs.values() for run in done}
    if len(opened) != 1:
        raise AssertionError(f"Casework and the hand have not found the same: {opened}")
    return runs


def _command(way: str, url: str, log: Path) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.one_night", way, url, str(log)]


def _alone(way: str, url: str, log: Path) -> dict[str, Any]:
    done = subprocess.run(_command(way, url, log), capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _steps_meanwhile(engine: Engine, url: str, folder: Path, size: int) -> Iterator[Figure]:
    """The SQL by hand is one transaction, so a step waits for all of it: shown beside, with no aim."""
    for way in ("casework", "by hand with lines"):
        with engine.copied(url) as copy:
            found = dict(while_a_night_runs(copy, folder / "steps.log", _command(way, copy, folder / "night.log")))
        for night in NIGHTS:
            what = f"longest step during the {night} night, {size:,} cases, {way}"
            aim = LONGEST_STEP_MS if way == "casework" else None
            beside = {**found[night], "without_a_night": found[WITHOUT]}
            yield Figure(PART, what, found[night].get("longest_ms", 0.0), "ms", at_most=aim, beside=beside)


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


def _memory(engine: Engine, runs: dict[int, Runs]) -> Figure:
    """How much more a process holds for the largest caseload than for the smallest."""
    grown = {size: max(run["grown"] for run in found["casework"]) for size, found in runs.items()}
    more = grown[max(grown)] - grown[min(grown)]
    beside = {f"grown_mb_at_{size:,}": round(mb, 1) for size, mb in grown.items()}
    return Figure(PART, f"memory of the night on {engine.name}", round(more, 1), "MB", at_most=GROWS_MB, beside=beside)


def _each_case(engine: Engine, runs: dict[int, Runs], night: str) -> Figure:
    """Of the two largest caseloads: in the smallest, what a night costs for its services alone outweighs the cases."""
    each = {
        size: min(run["taken"][night][0] for run in found["casework"]) / size * 1e6
        for size, found in sorted(runs.items())
    }
    *_, smaller, largest = each.values()
    beside = {f"us_a_case_at_{size:,}": round(us, 2) for size, us in each.items()}
    what = f"cost of a case of the largest caseload against the next, {night} night, {engine.name}"
    return Figure(PART, what, round(largest / smaller, 2), "x", at_most=FLAT, beside=beside)
