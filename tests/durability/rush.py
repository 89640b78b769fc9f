"""Many processes that write to one file at once. Each function runs in a process of its own."""

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from casework import CaseworkError
from persistence.database import BUSY_TIMEOUT_MS
from tests.durability.courses import clinic_of, opened, take
from tests.persistence.processes import Rendezvous


@dataclass(slots=True)
class Shift:
    """How long each step of a writer took, in seconds, and what it was told in place of a receipt."""

    took: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def one_of_many(meeting: Rendezvous, file: Path, clerk: str, steps: int) -> Shift:
    """A clerk with families of its own, in everybody's way."""
    clinic, shift = clinic_of(opened(file)), Shift()
    clinic.case_ids()
    meeting.wait()
    for number in range(steps):
        began = time.perf_counter()
        try:
            take(clinic, clerk, number)
        except CaseworkError as problem:
            shift.refused.append(problem.code)
        shift.took.append(time.perf_counter() - began)
    return shift


def one_of_many_who_read_first(meeting: Rendezvous, file: Path, clerk: str, steps: int) -> Shift:
    """The control: the same timeout, and a plain BEGIN that becomes a writer only once it has read."""
    shift = Shift()
    with closing(sqlite3.connect(file, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (clerk TEXT, number INTEGER)")
        meeting.wait()
        for _ in range(steps):
            try:
                connection.execute("BEGIN")
                (number,) = connection.execute("SELECT count(*) FROM notes WHERE clerk = ?", [clerk]).fetchone()
                connection.execute("INSERT INTO notes VALUES (?, ?)", [clerk, number])
                connection.execute("COMMIT")
            except sqlite3.OperationalError as problem:
                shift.refused.append(str(problem))
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
    return shift
