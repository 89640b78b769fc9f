"""The facts of a morning, read from a clinic in which something happened since yesterday."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from casework import BadRequest, Casework
from casework.reports.digest import Digest, DigestFlag
from casework.reports.morning import morning, read_morning
from tests.casework.families import VOICE
from tests.conftest import Clock
from tests.persistence.families import ACCEPTED, ALLOCATE, EVERYONE, HOLD, LEEDS, RECEIVED_ON, refer, step


def at(clock: Clock, days: int, hour: int = 3) -> date:
    day = RECEIVED_ON + timedelta(days=days)
    clock.set(day, hour)
    return day


@pytest.fixture
def told(casework: Casework, clock: Clock) -> Digest:
    """Six mornings of five families, of which one is allocated in the daytime and one is on hold."""
    allocated = refer(casework, "leaves", steps=ACCEPTED)
    refer(casework, "worsens", steps=ACCEPTED)
    at(clock, 29, 12)
    refer(casework, "begins", on=RECEIVED_ON + timedelta(days=29), steps=decided(29))
    refer(casework, "gaps", consent_on=None, on=RECEIVED_ON + timedelta(days=29))
    held = refer(casework, "held", on=RECEIVED_ON + timedelta(days=29), steps=decided(29))
    step(casework, held, *HOLD)
    casework.night(at(clock, 84))
    at(clock, 84, 12)
    step(casework, allocated, *ALLOCATE)
    casework.night(at(clock, 85))
    return morning(casework, LEEDS)


def decided(days: int) -> list[tuple[str, dict[str, str]]]:
    on = (RECEIVED_ON + timedelta(days=days)).isoformat()
    return [("pass_checks", {}), ("accept_direct", {"rmg_on": on, "reason": "Direct work is indicated.", **VOICE})]


def by_reference(flags: Iterable[DigestFlag]) -> dict[str, str]:
    return {flag.reference: flag.kind for flag in flags}


def test_a_morning_tells_apart_what_is_new_what_worsened_what_cleared_and_what_goes_on(told: Digest) -> None:
    assert by_reference(told.new) == {"begins": "wait_8_weeks", "leaves": "allocated_not_started"}
    assert by_reference(told.worsened) == {"worsens": "wait_over_12_weeks"}
    assert by_reference(told.cleared) == {"leaves": "wait_8_weeks"}
    assert told.cleared[0].cleared_because == "allocate#4"
    assert by_reference(told.still_open) == {"gaps": "missing_information"}


def test_a_morning_has_the_waits_with_and_without_holds(told: Digest) -> None:
    waiting = {row.reference: (row.days, row.adjusted_days, row.held) for row in told.waiting}
    assert waiting == {"worsens": (85, 85, False), "begins": (56, 56, False), "held": (56, 0, True)}
    assert told.figures == (56, 85)


def test_a_morning_has_the_list_of_each_of_the_last_fifty_two_weeks(told: Digest) -> None:
    assert len(told.weeks) == 53
    assert (told.weeks[-1].on, told.weeks[-1].waiting, told.weeks[-1].over_last) == (told.as_of, 3, 1)
    four_weeks_ago = told.weeks[-5]
    assert (four_weeks_ago.waiting, four_weeks_ago.over_first) == (4, 2)
    assert told.weeks[0].waiting == 0


def test_no_name_is_in_it_unless_it_is_asked_for(casework: Casework, told: Digest) -> None:
    assert not told.named
    assert "Invented" not in repr(told)
    named = morning(casework, LEEDS, names=True)
    assert named.named
    assert all(flag.name and "Invented" in flag.name for flag in named.open_flags)


def test_who_reads_a_morning_with_names_has_read_each_record_that_it_names(casework: Casework, told: Digest) -> None:
    named = read_morning(casework, LEEDS, EVERYONE, why="The morning round")
    references = {flag.reference for flag in (*named.open_flags, *named.cleared)} | {r.reference for r in named.waiting}
    assert len(references) == 5
    for reference in references:
        (kept,) = casework.readings(reference)
        assert (kept.what, kept.actor, kept.why) == ("digest", EVERYONE.name, "The morning round")


def test_a_quiet_flag_is_still_told_with_the_day_until_which_it_is_quiet(
    casework: Casework, clock: Clock, told: Digest
) -> None:
    until = clock.today + timedelta(days=10)
    casework.snooze_flag("gaps", "missing_information", EVERYONE, until=until, reason="The midwife is away.")
    again = morning(casework, LEEDS)
    assert [flag.quiet_until for flag in again.still_open] == [until]
    assert "midwife" not in repr(again)


def test_without_a_complete_night_there_is_nothing_to_tell(casework: Casework) -> None:
    with pytest.raises(BadRequest) as refused:
        morning(casework, LEEDS)
    assert refused.value.code == "no_such_night"
