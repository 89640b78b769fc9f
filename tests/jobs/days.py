"""A clinic whose command line is used on one day after another."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import time_machine

from casework import Casework, Receipt
from tests.casework.families import VOICE
from tests.conftest import Clock
from tests.jobs.line import Line
from tests.persistence.families import ESSEX, RECEIVED_ON, Steps, refer

EIGHT, TWELVE, GAPS = "wait_8_weeks", "wait_over_12_weeks", "missing_information"
Shown = set[tuple[str, str]]
"""Flags as pairs of reference and kind."""


def accepted(later: int = 0) -> Steps:
    """The steps to the waiting list, for a family that came so many days after the first ones."""
    met = (RECEIVED_ON + timedelta(days=later)).isoformat()
    return ("pass_checks", {}), ("accept_direct", {"rmg_on": met, "reason": "Direct work is indicated.", **VOICE})


def wait_from(casework: Casework, reference: str, later: int = 0) -> Receipt:
    """A family whose wait for a clinician begins so many days after that of the first ones."""
    return refer(casework, reference, on=RECEIVED_ON + timedelta(days=later), steps=accepted(later))


@dataclass(frozen=True, slots=True)
class Days:
    """The same database by the library (`casework`) and by the command line (`line`), both on the same day."""

    line: Line
    casework: Casework
    clock: Clock
    traveller: time_machine.Traveller

    def on(self, day: int | date, hour: int = 10) -> date:
        """It is now a day, or so many days after the families were referred, at an hour in London."""
        there = RECEIVED_ON + timedelta(days=day) if isinstance(day, int) else day
        self.clock.set(there, hour)
        self.traveller.move_to(self.clock.now, tick=False)
        return there

    def night(self, day: int | date, *words: object) -> Any:
        """The night of a day by command, as its document."""
        self.on(day, 3)
        return self.line.document("nightly", *words)

    def flags(self, *words: object) -> Shown:
        return {(row["reference"], row["kind"]) for row in self.line.document("flags", *words)}


@contextmanager
def day_by_day(line: Line, casework: Casework, clock: Clock) -> Iterator[Days]:
    with time_machine.travel(clock.now, tick=False) as traveller:
        yield Days(line, casework, clock, traveller)


def four_families(days: Days, *others: Casework) -> None:
    """Three who wait from different days on, and one whose referral lacks an answer; the same in other clinics."""
    days.on(2)
    for casework in (days.casework, *others):
        _four_families(casework)


def _four_families(casework: Casework) -> None:
    for name, later in (("L-1", 0), ("L-2", 1), ("L-3", 2)):
        wait_from(casework, name, later)
    refer(casework, "E-1", service=ESSEX, steps=(("acknowledge", {}),), consent_on=None)
