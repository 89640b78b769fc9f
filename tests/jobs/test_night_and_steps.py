"""A night and a person at work on the same referral at the same moment: no flag outlives its cause, none is missed."""

import threading
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from casework import Casework, Receipt
from casework.case import Attempt
from casework.change import Change
from casework.identity import new_id
from persistence import Database
from persistence.night_tables import flags
from tests.casework.families import Family, brought_to, referred
from tests.conftest import Actors, Clock


@pytest.fixture
def long_waiting(casework: Casework, clock: Clock, actors: Actors) -> Family:
    """A family that was accepted ninety days ago, and no night has looked at it yet."""
    family = brought_to(referred(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    clock.advance(90)
    return family


def begun(work: Callable[[], object], database: Database) -> threading.Thread:
    """At work, and by now waiting for whoever is before it."""
    thread = threading.Thread(target=work)
    thread.start()
    until = time.monotonic() + 1
    while time.monotonic() < until and not _somebody_waits(database):
        time.sleep(0.02)
    return thread


def _somebody_waits(database: Database) -> bool:
    if database.is_sqlite:  # it does not tell; half a second is long after the night has asked for its lock
        time.sleep(0.5)
        return True
    waiting = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = :name")
    with database.engine.connect() as connection, connection.begin():
        return bool(connection.scalar(waiting, {"name": database.url.database}))


def test_an_allocation_that_the_night_has_to_wait_for_leaves_no_flag_of_the_wait_behind(
    casework: Casework, database: Database, clock: Clock, actors: Actors, long_waiting: Family
) -> None:
    attempt = Attempt("allocate", actors.everyone, clock.now, {"clinician": "clin-01"})
    with database.writing() as store:
        Change(attempt, ("fire",)).make(store, long_waiting.id, long_waiting.version)
        night = begun(casework.night, database)
    night.join(timeout=20)
    assert not night.is_alive()
    assert casework.case(long_waiting.id).state == "allocated"
    assert [flag.kind for flag in casework.flags()] == ["allocated_not_started"]


def test_an_allocation_that_has_to_wait_for_the_night_ends_the_flag_that_it_raised(
    casework: Casework, database: Database, clock: Clock, long_waiting: Family
) -> None:
    raised = {"service": "leeds-imhs", "case_id": long_waiting.id, "kind": "wait_over_12_weeks"}
    raised |= {"raised_on": clock.today, "raised_at": clock.now, "raised_by": new_id()}
    taken: list[Receipt] = []
    writes = database.engine.connect().execution_options(writes=True)
    with writes as connection, connection.begin():
        connection.execute(sa.insert(flags).values(**raised))
        step = begun(lambda: taken.append(long_waiting.does("allocate")), database)
    step.join(timeout=20)
    assert [receipt.cleared_flags for receipt in taken] == [("wait_over_12_weeks",)]
    assert casework.flags() == []


def test_a_long_wait_keeps_its_flag_through_a_step_until_the_night_raises_the_greater_one(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = brought_to(referred(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    clock.advance(84)
    casework.night()
    clock.advance(1)
    assert family.does("tell_outcome").cleared_flags == ()
    assert [flag.kind for flag in casework.flags()] == ["wait_8_weeks"]
    casework.night()
    assert [flag.kind for flag in casework.flags()] == ["wait_over_12_weeks"]
