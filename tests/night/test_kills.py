"""Nights that are killed again and again leave what undisturbed nights leave. A night without a ledger does not."""

import time
from collections import Counter
from datetime import timedelta

import pytest

from casework import Casework
from persistence import Database
from tests.night import naive
from tests.night.conftest import Copies
from tests.night.kept import Story, ledger_faults, opened, story
from tests.night.populations import ONE_DAY, kept_after_a_first_night
from tests.night.shifts import Pace, Shift, catch_up, disturbed, holds_the_lease, say
from tests.persistence.processes import NOW, moments
from tests.promises import Say

LAST, NIGHTS = NOW.date(), 10
FIRST = LAST - timedelta(days=NIGHTS - 1)
PACE = Pace(batch=2, lease_ms=120)
WITHIN = 2 * PACE.lease_ms / 1000
"""The longest pause between two kills: some come while the other waits for the lease to run out, most do not."""
ALLOCATED = "allocate#4"
"""What ended the flags of families who had a clinician by the time the night of that day was caught up."""
AT_NOON = ("ALLOCATED", "GAPS")
KILLS = {"sqlite": 6, "postgresql": 4}


def before(database: Database) -> None:
    kept_after_a_first_night(database, FIRST, NIGHTS, of_each=3)


def before_naively(database: Database) -> None:
    before(database)
    naive.prepare(database, FIRST)


def undisturbed(url: str) -> Story:
    with opened(url) as database:
        assert sum(1 for _ in Casework(database, lambda: NOW).nights.catch_up()) == NIGHTS
        assert ledger_faults(database, FIRST - ONE_DAY, LAST) == []
        return story(database)


def killed_again_and_again(copies: Copies, kind: str, kills: int, seed: int) -> str:
    """The same ten nights from the start, over and over, until so many processes were killed at work."""
    expected = undisturbed(copies.of(kind, before))
    assert {how for *_, how in expected} == {None, ALLOCATED, "no longer due", "replaced by wait_over_12_weeks"}
    chance, hit, rounds, began = moments(seed, 1), 0, 0, time.perf_counter()
    while hit < kills:
        url = copies.of(kind, before)
        hit += disturbed(Shift.of(catch_up, url, NOW, PACE), chance, WITHIN, holds_the_lease(url), kills - hit)
        with opened(url) as database:
            assert ledger_faults(database, FIRST - ONE_DAY, LAST) == []
            assert story(database) == expected
        copies.give_up()
        rounds += 1
    told = f"{hit} kills at work in {rounds * NIGHTS} nights of two shifts: {time.perf_counter() - began:.1f} s"
    say(told)
    return told


def test_nights_that_are_killed_and_taken_up_leave_what_undisturbed_nights_leave(
    copies: Copies, database_kind: str
) -> None:
    killed_again_and_again(copies, database_kind, KILLS[database_kind], seed=11)


@pytest.mark.long
def test_two_hundred_kills_lose_nothing_and_double_nothing(copies: Copies, database_kind: str, promise: Say) -> None:
    told = killed_again_and_again(copies, database_kind, 200, seed=12)
    promise("P12", f"{told} on {database_kind}; 0 missed, 0 doubled", control="a night without a ledger does either")


def test_a_night_without_a_ledger_is_right_by_itself_and_wrong_under_the_same_kills(
    copies: Copies, database_kind: str
) -> None:
    """It knows no past, so families about whom something was recorded at noon of a night's day are left out."""
    real = undisturbed(copies.of(database_kind, before)).elements()
    expected = Counter(flag[:3] for flag in real if flag[2] >= FIRST and flag[0].partition("-")[0] not in AT_NOON)
    alone = copies.of(database_kind, before_naively)
    Shift(naive.nights, alone, NOW).answer()
    with opened(alone) as database:
        assert naive.raised_since(database, FIRST) == expected
    url, chance = copies.of(database_kind, before_naively), moments(11, 1)
    hit = disturbed(Shift.of(naive.nights, url, NOW), chance, WITHIN, lambda _: True, 20)
    with opened(url) as database:
        found = naive.raised_since(database, FIRST)
    missed, doubled = expected - found, found - expected
    say(f"the naive night after {hit} kills: {missed.total()} of {expected.total()} missed, {doubled.total()} too many")
    assert missed or doubled
