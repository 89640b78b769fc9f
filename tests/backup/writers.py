"""A clinic that goes on working while its database is copied, and what it was told is kept."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from casework import Casework
from persistence import Database
from persistence.tables import case_events, cases
from tests.persistence.families import EVERYONE, LEEDS, form
from tests.persistence.processes import NOW, Doomed

Acknowledged = Mapping[UUID, int]
"""Of each case, the newest version that somebody was told is kept."""

STEPS = 30


def write_on(_tell: Callable[[object], None], url: str, notes: str, first: int) -> None:
    """Until it is killed: refers families, takes steps, and notes each that was acknowledged, in a file of its own."""
    clinic = Casework(Database(url), lambda: NOW)
    noted = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number in count(first):
        receipt = clinic.open_case(LEEDS, "receive_referral", EVERYONE, form(number), reference=f"W-{number}")
        os.write(noted, f"{receipt.case_id} {receipt.version}\n".encode())
        for _ in range(STEPS):
            receipt = clinic.fire(receipt.case_id, "acknowledge", EVERYONE, {}, seen=receipt.version)
            os.write(noted, f"{receipt.case_id} {receipt.version}\n".encode())


def acknowledged(folder: Path) -> dict[UUID, int]:
    """What has been acknowledged until now, by all who write."""
    found: dict[UUID, int] = {}
    for notes in folder.glob("*.notes"):
        for line in notes.read_text(encoding="ascii").splitlines(keepends=True):
            if line.endswith("\n"):
                case_id, version = line.split()
                found[UUID(case_id)] = max(found.get(UUID(case_id), 0), int(version))
    return found


@contextmanager
def two_at_work(url: str, folder: Path) -> Iterator[None]:
    """Until the block ends, two processes write as fast as they can. Then they are killed."""
    doomed = [Doomed(write_on, url, str(folder / f"{n}.notes"), n * 1_000_000) for n in (1, 2)]
    try:
        until_more(folder, 50)
        yield
    finally:
        for process in doomed:
            process.killed()


def until_more(folder: Path, steps: int) -> None:
    """Returns when so many more steps were acknowledged."""
    wanted = sum(acknowledged(folder).values()) + steps
    end = time.monotonic() + 60
    while sum(acknowledged(folder).values()) < wanted:
        assert time.monotonic() < end, "nobody writes"
        time.sleep(0.01)


def missing(database: Database, before: Acknowledged) -> int:
    """How many steps of those that had been acknowledged are not there."""
    with database.engine.connect() as connection, connection.begin():
        query = sa.select(case_events.c.case_id, sa.func.max(case_events.c.seq)).group_by(case_events.c.case_id)
        there = {row[0]: row[1] for row in connection.execute(query)}
    return sum(max(0, version - there.get(case_id, 0)) for case_id, version in before.items())


def inconsistent(database: Database) -> int:
    """How many cases say another version than they have events."""
    with database.engine.connect() as connection, connection.begin():
        events = sa.select(sa.func.count()).where(case_events.c.case_id == cases.c.id).scalar_subquery()
        return connection.scalar(sa.select(sa.func.count()).where(cases.c.version != events)) or 0
