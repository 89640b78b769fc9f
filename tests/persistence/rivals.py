"""What two processes do to each other. Each function runs in a process of its own."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from casework import LATEST, Actor, Casework, CaseworkError, Receipt, StaleCase
from persistence import Database
from persistence.tables import cases
from tests.conftest import KEYS
from tests.persistence.families import form
from tests.persistence.processes import NOW, Rendezvous
from workflows import Role

Request = Mapping[str, Any]
FORTH_AND_BACK = (("allocate", {"clinician": "clin-01"}), ("unallocate", {"reason": "Not free after all."}))


def clinic_at(url: str) -> Casework:
    return Casework(Database(url, KEYS.macs), lambda: NOW)


def fire_in_turn(meeting: Rendezvous, url: str, name: str, case_id: UUID, version: int, rounds: int) -> list[str]:
    """Allocates the case and takes it back, over and over; a rival does the same at the same moments.

    For each round: "won", or the names of those who were first, or the error.
    """
    clinic, actor = clinic_at(url), Actor(name, Role)
    clinic.case(case_id)
    told = []
    for seen in range(version, version + rounds):
        trigger, data = FORTH_AND_BACK[(seen - version) % 2]
        meeting.wait()
        try:
            clinic.fire(case_id, trigger, actor, data, seen=seen)
            told.append("won")
        except StaleCase as stale:
            told.append(",".join(change.actor for change in stale.changes))
        except CaseworkError as problem:
            told.append(f"{problem.code}: {problem}")
    return told


def fire_with_keys(meeting: Rendezvous, url: str, case_id: UUID, version: int, rounds: int) -> list[Receipt | str]:
    """Twins: the same person's same request with the same key, at the same moment."""
    clinic, actor = clinic_at(url), Actor("one person", Role)
    clinic.case(case_id)
    told: list[Receipt | str] = []
    for number in range(rounds):
        meeting.wait()
        acknowledge = partial(clinic.fire, case_id, "acknowledge", actor, seen=version + number, key=f"key-{number}")
        told.append(_told(acknowledge))
    return told


def open_at_once(meeting: Rendezvous, url: str, name: str, rounds: int, request: Request) -> list[Receipt | str]:
    """Opens referrals with a key each. `request` says what they have besides: a reference, people that are known."""
    clinic, actor = clinic_at(url), Actor(name, Role)
    clinic.case_ids()
    told: list[Receipt | str] = []
    for number in range(rounds):
        meeting.wait()
        told.append(_told(partial(_open, clinic, actor, number, request)))
    return told


def _open(clinic: Casework, actor: Actor, number: int, request: Request) -> Receipt:
    reference = f"R-{number}" if request["reference"] else None
    data = form(number) if request["people"] else {"referrer_name": f"Robin {number}"}
    return clinic.open_case("leeds-imhs", "receive_referral", actor, data, reference=reference, key=f"key-{number}")


def _told(request: Callable[[], Receipt]) -> Receipt | str:
    try:
        return request()
    except CaseworkError as problem:
        return problem.code


def note_whatever_stands(meeting: Rendezvous, url: str, case_id: UUID, changes: int) -> int:
    """A machine's steps: it has seen nothing, and each is judged against what stands by then."""
    clinic = clinic_at(url)
    clinic.case(case_id)
    meeting.wait()
    for _ in range(changes):
        clinic.fire(case_id, "acknowledge", Actor("a machine", Role), seen=LATEST)
    return changes


def decide(
    meeting: Rendezvous, url: str, name: str, trigger: str, data: Mapping[str, Any], cases: Sequence[tuple[UUID, int]]
) -> list[str]:
    """One decision about each case; a rival decides otherwise at the same moment. "won", or the error."""
    clinic, actor = clinic_at(url), Actor(name, Role)
    clinic.case(cases[0][0])
    told = []
    for case_id, version in cases:
        meeting.wait()
        try:
            clinic.fire(case_id, trigger, actor, data, seen=version)
            told.append("won")
        except CaseworkError as problem:
            told.append(problem.code)
    return told


def count_naively(meeting: Rendezvous, url: str, changes: int) -> int:
    """Reads a number, then writes the next: the control of those who all change one case."""
    engine = Database(url).engine
    meeting.wait()
    for _ in range(changes):
        with engine.connect() as connection, connection.begin():
            counted = connection.scalar(sa.text("SELECT n FROM counter")) or 0
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(sa.text("UPDATE counter SET n = :n"), {"n": counted + 1})
    return changes


def add_naively(meeting: Rendezvous, url: str, case_id: UUID, rounds: int) -> int:
    """Reads, then writes what was read and one more: neither a lock nor a version. The control of the races."""
    engine = Database(url).engine
    of_case = cases.c.id == case_id
    for _ in range(rounds):
        meeting.wait()
        with engine.connect() as connection, connection.begin():
            version = connection.scalar(sa.select(cases.c.version).where(of_case)) or 0
        time.sleep(0.002)
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(sa.update(cases).where(of_case).values(version=version + 1))
    return rounds
