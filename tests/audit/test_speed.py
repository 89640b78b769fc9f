"""How quickly everything is read again, end to end: chains, MACs, the order of all, and the signatures."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from casework.audit.keys import new_keys, read_keys
from persistence import Database
from tests.audit.clinics import STORY, fill, order_all
from tests.conftest import unheard
from tests.promises import Say

ROOT = Path(__file__).parents[2]
LINES = new_keys(date(2026, 1, 1))
KEYS = read_keys(LINES)
CASES = 100_000
AT_LEAST = 200_000
"""Events a second, on SQLite with nobody else at work, on two cores; a server sends its rows from other processes."""


@pytest.fixture
def nobody_listens() -> Iterator[None]:
    """The lines of so many events are not what is measured."""
    with unheard():
        yield


@pytest.mark.long
@pytest.mark.usefixtures("nobody_listens")
@pytest.mark.quiet
@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
def test_so_many_events_are_verified_in_a_second(database_url: str, database_kind: str, promise: Say) -> None:
    database = Database(database_url, KEYS.macs)
    fill(database, CASES)
    order_all(database, KEYS)
    database.close()
    cores = os.cpu_count() or 1
    alone = events_a_second(database_url, 1)
    best = max(events_a_second(database_url, cores) for _ in range(3))
    sys.stdout.write(f"{best:,} events a second on {database_kind} with {cores} cores, {alone:,} by one process\n")
    assert best >= AT_LEAST or database_kind == "postgresql"
    measured = f"{best:,} events a second on {database_kind} with {cores} cores, of {CASES * len(STORY):,}"
    promise("P11", measured, control=f"{alone:,} by one process")


def events_a_second(url: str, processes: int) -> int:
    """With what it takes to start the processes."""
    command = [sys.executable, "-m", "tests.audit.stopwatch", url, str(processes)]
    environment = {**os.environ, "CASEWORK_AUDIT_KEYS": LINES}
    return int(subprocess.run(command, check=True, capture_output=True, env=environment, cwd=ROOT).stdout)
