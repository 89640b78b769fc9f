"""Steps that people take while a night runs: each is a real `Casework.fire` on cases of its own, as fast as it goes but
for a short rest after each. `python -m tests.benchmarks.steps_meanwhile URL LOG` goes on until its input is closed.

Prints JSON: for each step when it began (seconds since 1970) and how long it took. A step that gave up because the
database was busy counts with the time until it did.
"""

import json
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from casework import Casework
from casework.errors import StorageError
from casework.nights import HOUR
from jobs import logs
from persistence import Database
from tests.benchmarks.people import ADA
from tests.benchmarks.population import AS_OF
from tests.benchmarks.transition import CLINICIAN, EACH, Standing, ready_to_allocate

REST_SECONDS = 0.002
QUIET_SECONDS = 3.0
"""How long steps are taken before the night begins."""

WITHOUT = "without a night"
Step = tuple[float, float]


def main() -> None:
    url, place = sys.argv[1:]
    logs.send_to(Path(place))
    clinic = Casework(Database(url), lambda: datetime.combine(AS_OF, HOUR, UTC))
    cases = ready_to_allocate(clinic, EACH)
    print("ready", flush=True)
    taken = []
    for number in count():
        case = cases[number % len(cases)]
        began = time.time()
        cases[number % len(cases)] = _stepped(clinic, case)
        taken.append((began, time.time() - began))
        if select.select([sys.stdin], [], [], REST_SECONDS)[0]:
            break
    print(json.dumps(taken))


def _stepped(clinic: Casework, case: Standing) -> Standing:
    """Allocated where it was waiting, and given back where it was allocated."""
    there = "clinician" not in case.answers
    trigger = "allocate" if there else "unallocate"
    data = {"clinician": CLINICIAN} if there else {"reason": "The clinician has left."}
    try:
        done = clinic.fire(case.id, trigger, ADA, data, seen=case.version)
    except StorageError:
        return case
    return replace(case, version=done.version, answers=data if there else {})


def while_a_night_runs(url: str, place: Path, night: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """How long steps take before the nights and during each: the median, the 99th of a hundred, the longest."""
    command = [sys.executable, "-m", "tests.benchmarks.steps_meanwhile", url, str(place)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as steps:
        assert steps.stdout is not None
        steps.stdout.readline()
        time.sleep(QUIET_SECONDS)
        done = subprocess.run(night, capture_output=True, check=True)
        taken: list[Step] = json.loads(steps.communicate("\n")[0])
    began: dict[str, float] = json.loads(done.stdout)["began"]
    lasted: dict[str, list[float]] = json.loads(done.stdout)["taken"]
    yield WITHOUT, _spread(taken, 0, min(began.values()))
    for name, since in began.items():
        yield name, _spread(taken, since, since + lasted[name][0])


def _spread(taken: list[Step], since: float, until: float) -> Mapping[str, Any]:
    """In milliseconds, of the steps that overlap a stretch of time."""
    found = sorted(took * 1000 for began, took in taken if began < until and began + took > since)
    if not found:
        return {"steps": 0}
    return {
        "p50_ms": round(statistics.median(found), 2),
        "p99_ms": round(found[int(len(found) * 0.99)], 1),
        "longest_ms": round(found[-1], 1),
        "steps": len(found),
    }


if __name__ == "__main__":
    main()
