"""Steps in a fixed order: the number of a step says all of it, so that whoever follows a killed one can go on.

A clerk takes family after family through a course. Step 23 of a clerk is always the same request with the same key.
"""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from casework import Actor, Casework, Receipt
from casework.audit.seal import MacKeys
from persistence import Database
from tests.persistence.families import ACCEPTED, ACKNOWLEDGE, ALLOCATE, HOLD, LEEDS, MOVE_AWAY, RECEIVED_ON, Steps, form
from workflows import Role

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)

MACS = MacKeys({"shared": b"the same in every process of a test"}, "shared")


def opened(where: Path | str) -> Database:
    """A database by its URL, or by the file that SQLite keeps it in. Every step on it is sealed under one key."""
    return Database(where if isinstance(where, str) else f"sqlite:///{where}", MACS)


def clinic_of(database: Database) -> Casework:
    return Casework(database, lambda: NOW)


COURSE: Steps = (
    ("receive_referral", {}),
    ACKNOWLEDGE,
    *ACCEPTED,
    ALLOCATE,
    ("unallocate", {"reason": "Not free after all."}),
    HOLD,
    ("resume", {}),
    MOVE_AWAY,
)
"""From the letter to the ending: steps that move, that only note, that stop clocks and that close."""

Taken = tuple[str, int, str]
"""A step as it is kept: the reference of its family, its place there from 1 on, its trigger."""


def step_of(clerk: str, number: int) -> Taken:
    family, place = divmod(number, len(COURSE))
    return f"{clerk}-{family}", place + 1, COURSE[place][0]


def take(clinic: Casework, clerk: str, number: int) -> Receipt:
    """The clerk's step of this number, with its key: to ask again is harmless."""
    reference, place, trigger = step_of(clerk, number)
    actor, key = Actor(clerk, Role), f"{clerk}:{number}"
    if place == 1:
        family = form(0, infant_name=f"Baby Invented {reference}", carer_name=f"Carer Invented {reference}")
        return clinic.open_case(LEEDS, trigger, actor, family, reference=reference, on=RECEIVED_ON, key=key)
    data = COURSE[place - 1][1]
    return clinic.fire(f"{LEEDS}/{reference}", trigger, actor, data, seen=place - 1, on=RECEIVED_ON, key=key)


def note_without_a_key(clinic: Casework, clerk: str, _number: int) -> Receipt:
    """A note on the clerk's first family, on whatever stands there now: to ask again is to do it again. The control."""
    case = f"{LEEDS}/{clerk}-0"
    return clinic.fire(case, "acknowledge", Actor(clerk, Role), seen=clinic.case(case).version, on=RECEIVED_ON)


@dataclass(frozen=True, slots=True)
class Tally:
    """What is kept of the steps of one clerk, held against those that were acknowledged."""

    lost: int
    doubled: int
    unasked: int
    """Steps that are kept beyond the acknowledged ones and the one that was being asked."""


def tally(kept: Counter[Taken], clerk: str, acknowledged: int) -> Tally:
    asked = [step_of(clerk, number) for number in range(acknowledged + 1)]
    of_clerk = {step: times for step, times in kept.items() if step[0].rpartition("-")[0] == clerk}
    return Tally(
        lost=sum(1 for step in asked[:-1] if step not in of_clerk),
        doubled=sum(times - 1 for times in of_clerk.values()),
        unasked=len(of_clerk.keys() - asked),
    )


def steps_kept(file: Path) -> Counter[Taken]:
    """Every step in the file, as SQLite alone reads it, which must find the file whole."""
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        query = "SELECT reference, seq, trigger FROM case_events JOIN cases ON cases.id = case_id"
        return Counter(connection.execute(query).fetchall())
