"""Whether the nights are being done: what a service's health says, and when it turns red."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from casework import Casework
from persistence import Database
from persistence.night_tables import leases
from persistence.tables import cases
from tests.conftest import Clock
from tests.persistence.families import ACCEPTED, LEEDS, RECEIVED_ON, refer
from tests.promises import Say


def after(clock: Clock, days: int, hour: int = 3) -> date:
    day = RECEIVED_ON + timedelta(days=days)
    clock.set(day, hour)
    return day


def test_a_clinic_without_families_is_not_red(casework: Casework) -> None:
    health = casework.health()
    assert not health.red
    assert {one.service for one in health.services} == {"leeds-imhs", "together-with-baby"}
    assert all(one.last_complete is None and one.open_referrals == 0 for one in health.services)


def test_a_family_that_no_night_has_looked_at_turns_its_service_red(casework: Casework, clock: Clock) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    after(clock, 1)
    health = casework.health()
    assert health.red
    assert [one.service for one in health.services if one.red] == [LEEDS]
    assert "casework nightly" in health.findings[0]


@pytest.mark.parametrize(("hours", "red"), [(0, False), (25, False), (26, False), (26.1, True), (80, True)])
def test_the_last_complete_night_is_red_after_twenty_six_hours(
    casework: Casework, clock: Clock, hours: float, red: bool
) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    day = after(clock, 60)
    casework.night(day)
    clock.advance(hours=hours)
    leeds = next(one for one in casework.health().services if one.service == LEEDS)
    assert (leeds.red, leeds.last_complete) == (red, day)
    assert leeds.age_hours == pytest.approx(hours, abs=0.05)
    assert (leeds.open_referrals, leeds.listed, leeds.open_flags) == (1, 1, {"wait_8_weeks": 1})


def test_dates_that_lack_their_night_are_counted(casework: Casework, clock: Clock) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    casework.night(after(clock, 10))
    after(clock, 13)
    leeds = next(one for one in casework.health().services if one.service == LEEDS)
    assert leeds.dates_due == 3


@pytest.mark.damages("a case is marked closed behind the back of its events")
def test_a_referral_that_left_the_list_without_a_step_is_found_at_once(
    casework: Casework, database: Database, clock: Clock, promise: Say
) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    casework.night(after(clock, 1))
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.update(cases).values(is_open=False, closed_on=RECEIVED_ON))
    health = casework.health()
    assert health.red
    assert any("stand on worklists" in finding for finding in health.findings)
    told = "open cases = listed cases after every test of the suite and in every night of it"
    promise("P28", told, control="one case marked closed behind its events is found at once")


def test_a_night_that_was_killed_is_told_with_who_held_it(casework: Casework, database: Database) -> None:
    holder = f"host:{uuid4()}"
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.update(leases).values(holder=holder, token=5, taken_ms=1, until_ms=2))
    health = casework.health()
    assert not health.lease.alive
    assert any(holder in finding for finding in health.findings)


def test_the_end_of_the_known_bank_holidays_is_said_ninety_days_before(casework: Casework, clock: Clock) -> None:
    clock.set(date(2028, 10, 2))
    assert not any("Bank holidays" in finding for finding in casework.health().findings)
    clock.set(date(2028, 10, 3))
    assert any("Bank holidays" in finding for finding in casework.health().findings)
