"""Stopped nights, caught up: every date has its entry, and the flags are those that nightly running would have left."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from casework import Asked, Casework
from persistence import Database
from tests.conftest import START, Clock
from tests.persistence.families import ACCEPTED, ALLOCATE, HOLD, RECEIVED_ON, RESUME, refer, step

History = list[tuple[object, ...]]
FIRST, STOPPED = 53, range(56, 59)
UNTIL, LATER = 64, 90
"""The day before which they end: with the flags of eight weeks behind them, or with those of twelve too."""


def live(clinic: Casework, clock: Clock, until: int, *, stopped: bool) -> None:
    """Four families about the day on which eight weeks are over, and after it.

    On days 56 to 58 the nights may not run, and people work all the same.
    """
    clock.now = START
    refer(clinic, "stays", steps=ACCEPTED)
    allocated, held = refer(clinic, "allocated", steps=ACCEPTED), refer(clinic, "held", steps=ACCEPTED)
    moved = refer(clinic, "moved", steps=ACCEPTED)
    for day in range(FIRST, until):
        clock.set(RECEIVED_ON + timedelta(days=day), 3)
        if not (stopped and day in STOPPED):
            list(clinic.nights.catch_up())
        clock.set(RECEIVED_ON + timedelta(days=day), 12)
        match day:
            case 54:
                held = step(clinic, held, *HOLD)
            case 56:
                step(clinic, allocated, *ALLOCATE)
            case 57:
                step(clinic, held, *RESUME)
            case 58:
                step(clinic, moved, "move_away", {"transfer_offered": "yes"})


def flags_of(clinic: Casework) -> History:
    return [
        (reference, stretch.kind, stretch.raised_on, stretch.cleared_on, stretch.cleared_because)
        for reference in ("stays", "allocated", "held", "moved")
        for stretch in clinic.flag_history(reference)
    ]


def ledger_of(clinic: Casework) -> History:
    return sorted((run.as_of, run.service, run.state) for run in clinic.nights.runs(most=1_000))


@pytest.fixture
def beside(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Casework]:
    """Another clinic, in a file of its own."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('beside') / 'clinic.db'}")
    database.upgrade()
    yield Casework(database, clock)
    database.close()


@pytest.mark.parametrize("until", [UNTIL, pytest.param(LATER, marks=pytest.mark.long)])
def test_three_stopped_nights_leave_three_entries_and_the_flags_of_nights_that_ran(
    casework: Casework, clock: Clock, beside: Casework, until: int
) -> None:
    live(casework, clock, until, stopped=True)
    live(beside, clock, until, stopped=False)
    flags = flags_of(beside)
    assert flags_of(casework) == flags
    assert ledger_of(casework) == ledger_of(beside)
    raised = {(reference, kind): day for reference, kind, day, *_ in flags}
    assert raised["held", "wait_8_weeks"] == RECEIVED_ON + timedelta(days=58), "not while it was on hold"
    assert ("allocated", "wait_8_weeks") in raised


def test_a_caught_up_night_is_no_surprise_to_who_asks_what_was_known_then(casework: Casework, clock: Clock) -> None:
    live(casework, clock, UNTIL, stopped=True)
    missed = RECEIVED_ON + timedelta(days=57)
    by_date = {(row.reference, row.kind) for row in casework.flags(Asked(missed))}
    known_then = {row.reference for row in casework.flags(Asked(missed, as_known_then=True))}
    assert by_date == {
        ("stays", "wait_8_weeks"),
        ("moved", "wait_8_weeks"),
        ("allocated", "allocated_not_started"),
    }
    assert known_then == set()


def test_a_night_ordered_for_an_earlier_day_goes_by_what_is_known_now(casework: Casework, clock: Clock) -> None:
    """As after an import: nothing was recorded on that day, and the families were waiting all the same."""
    refer(casework, "waits", steps=ACCEPTED)
    clock.set(RECEIVED_ON + timedelta(days=70))
    report = casework.night(RECEIVED_ON + timedelta(days=60))
    assert report.raised == {"wait_8_weeks": 1}
