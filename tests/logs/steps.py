"""Steps and refusals in a process of its own, whose log goes wherever a test sends it.

`python -m tests.logs.steps URL HOW PLACE ROUNDS`. HOW: `ours`, or `plain` for structlog as its own first page has it.
PLACE: a file, or `-` for stderr. Each round is one stretch with the log in a file that works and one with PLACE; which
of them comes first changes.
Prints JSON: how long each call took and what it raised, of both stretches.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import structlog

from casework import Casework
from casework.audit.keys import NOTHING_GIVEN
from casework.errors import CaseworkError, StepRefused
from jobs import logs
from jobs.relaying import Relaying
from persistence import Database
from tests.benchmarks.people import ADA
from tests.benchmarks.transition import CLINICIAN, Standing, ready_to_allocate

STEPS, REFUSALS_EVERY, CASES = 400, 4, 7
NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
Took = tuple[float, str]
"""Seconds, and the kind of what was raised; nothing where the step was taken or refused as it should be."""


def main() -> None:
    url, how, place, rounds = sys.argv[1:]
    undisturbed = Path.cwd() / "undisturbed.log"
    _send(how, undisturbed)
    database = Database(url)
    Relaying(database, NOTHING_GIVEN).start()
    clinic = Casework(database, lambda: NOW)
    work = Work(clinic)
    found: dict[str, list[list[Took]]] = {"quiet": [], "faulty": []}
    places = {"quiet": undisturbed, "faulty": Path(place) if place != "-" else None}
    for number in range(int(rounds)):
        for stretch in ("faulty", "quiet") if number % 2 else ("quiet", "faulty"):
            _send(how, places[stretch])
            found[stretch].append([timed(work.step) for _ in range(STEPS)])
    kept = sum(clinic.case(case_id).version for case_id in clinic.case_ids())
    sys.stdout.write(json.dumps({**found, "kept": kept}))
    sys.stdout.flush()
    if how == "plain":  # its stdout would be held up by what it has not yet said
        os._exit(0)


def _send(how: str, place: Path | None) -> None:
    if how == "ours":
        return logs.send_to(place)
    file: TextIO = sys.stderr if place is None else place.open("a", encoding="ascii")
    structlog.configure(
        processors=[structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(file=file),
        cache_logger_on_first_use=False,
    )
    return None


def timed(call: Callable[[], Any]) -> Took:
    began = time.perf_counter()
    try:
        call()
    except (OSError, CaseworkError) as problem:
        return time.perf_counter() - began, type(problem).__name__
    return time.perf_counter() - began, ""


class Work:
    """A case is allocated and given back, in turn; within every fourth call a step is refused first."""

    def __init__(self, clinic: Casework) -> None:
        self._clinic, self._number = clinic, 0
        self._cases = ready_to_allocate(clinic, CASES)

    def step(self) -> None:
        self._number += 1
        at = self._number % CASES
        if self._number % REFUSALS_EVERY == 0:
            refused(self._clinic, self._cases[at])
        self._cases[at] = moved(self._clinic, self._cases[at])


def moved(clinic: Casework, case: Standing) -> Standing:
    there = "clinician" not in case.answers
    data = {"clinician": CLINICIAN} if there else {"reason": "The clinician has left."}
    done = clinic.fire(case.id, "allocate" if there else "unallocate", ADA, data, seen=case.version)
    return Standing(case.id, case.reference, done.version, data if there else {})


def refused(clinic: Casework, case: Standing) -> None:
    try:
        clinic.fire(case.id, "accept_direct", ADA, {}, seen=case.version)
    except StepRefused:
        return
    raise AssertionError("a step that may not be taken was taken")


if __name__ == "__main__":
    main()
