"""A simulated fortnight: two schedulers, kills, a missed weekend, people at work, and a change of the clocks.

At its end the ledger is perfect, and the flags are those of one scheduler that nothing happened to.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

import pytest
import sqlalchemy as sa

from casework import Casework
from casework.calendar import LONDON
from persistence import Database
from persistence.night_tables import night_runs
from tests.conftest import Clock
from tests.night.conftest import Copies
from tests.night.kept import Story, ledger_faults, opened, rows, story
from tests.night.populations import CLINICIAN, ONE_DAY, busy
from tests.night.shifts import Pace, Shift, holds_the_lease, say, scheduler, wound_by_hand
from tests.persistence.families import EVERYONE, HOLD, LEEDS, RESUME
from tests.persistence.populations import keep
from tests.persistence.processes import PATIENCE, moments
from workflows.registry import CURRENT

DAYS = 14
AUTUMN, SPRING = date(2026, 10, 14), date(2027, 3, 17)
"""Wednesdays. The clocks change in the second weekend; the first one is missed."""
PACE = Pace(batch=5, lease_ms=120)
HOUR = clock_time(2, 30)
"""Of the night, in London."""
LONGEST = 0.06
"""Seconds that a night takes here, about."""


def autumn(database: Database) -> None:
    before(database, AUTUMN)


def spring(database: Database) -> None:
    before(database, SPRING)


def before(database: Database, first: date) -> None:
    """Families who have something to be flagged for in each of the nights, after the night before them."""
    families = busy(first, DAYS, 2)
    keep(database, [one for one in families if one[0].reference.partition("-")[0] not in ("ALLOCATED", "GAPS")])
    clock = Clock()
    clock.set(first - ONE_DAY, 3)
    Casework(database, clock).night()


def people_work(clinic: Casework, n: int) -> None:
    """The nth day at the clinic: families come, get a clinician or are held, before and after they are flagged."""
    held = HOLD[0], HOLD[1] | {"review_on": (clinic.today() + 100 * ONE_DAY).isoformat()}
    for number in (2 * n, 2 * n + 1):
        clinic.open_case(LEEDS, "receive_referral", EVERYONE, {}, reference=f"GAPS-{number}")
    _step(clinic, "EIGHT", 2 * n - 4, "allocate", CLINICIAN)
    _step(clinic, "EIGHT", 2 * n + 5, *held)
    _step(clinic, "TWELVE", 2 * n, "allocate", CLINICIAN)
    _step(clinic, "TWELVE", 2 * n - 1, "acknowledge", {})
    _step(clinic, "TWELVE", 2 * n - 3, *held)
    _step(clinic, "TWELVE", 2 * n - 9, *RESUME)
    _step(clinic, "GAPS", 2 * n - 2, "move_away", {"transfer_offered": "yes"})
    _step(clinic, "BIRTH", 2 * n - 3, "record_birth", {"infant_dob": clinic.today().isoformat(), "babies_born": 1})


def _step(clinic: Casework, kind: str, number: int, trigger: str, data: dict[str, Any]) -> None:
    """For a family that is there: there is none before the first and after the last."""
    if 0 <= number < 2 * DAYS:
        reference = f"{kind}-{number}"
        clinic.fire(reference, trigger, EVERYONE, data, seen=clinic.case(reference).version)


def days_from(first: date) -> list[date]:
    return [first + n * ONE_DAY for n in range(DAYS)]


def missed(first: date) -> list[date]:
    """The nights of the first Saturday, Sunday and Monday: the schedulers are down from Friday evening to Monday."""
    saturday = first + (5 - first.weekday()) * ONE_DAY
    return [saturday + n * ONE_DAY for n in range(3)]


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON).astimezone(UTC)


def undisturbed(url: str, first: date) -> Story:
    clock = Clock()
    with opened(url) as database:
        clinic = Casework(database, clock)
        for n, day in enumerate(days_from(first)):
            clock.now = datetime.combine(day, HOUR, LONDON).astimezone(UTC)
            assert [report.as_of for report in clinic.nights.catch_up()] == [day]
            clock.set(day)
            people_work(clinic, n)
        return story(database)


@dataclass(slots=True)
class TwoSchedulers:
    """They run side by side by a clock that is wound by hand, and are killed and started again."""

    url: str
    chance: Iterator[float]
    seconds: Any = field(default_factory=lambda: wound_by_hand(datetime(2026, 1, 1, tzinfo=UTC)))
    shifts: list[Shift] = field(default_factory=list)
    hit: int = 0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds.value, UTC)

    def wind(self, now: datetime) -> None:
        self.seconds.value = now.timestamp()

    def begin(self) -> None:
        self.shifts = [Shift(scheduler, self.url, self.seconds, PACE) for _ in range(2)]
        assert [shift.hears() for shift in self.shifts] == ["begun", "begun"]

    def end(self) -> None:
        for shift in self.shifts:
            shift.kill()
        self.shifts = []

    def kill(self, holder: str) -> None:
        """Whoever holds the night, at a random moment of it, or after it where that was soon over."""
        time.sleep(next(self.chance) * LONGEST)
        for number, shift in enumerate(self.shifts):
            if holder.endswith(f":{shift.pid}"):
                shift.kill()
                self.hit += holds_the_lease(self.url)(shift.pid)
                self.shifts[number] = Shift(scheduler, self.url, self.seconds, PACE)

    def through_the_night(self, database: Database, day: date) -> None:
        """Half an hour at a time from midnight, whatever the clocks say, to the hour; then until the night is done."""
        self.wind(at(day, 0))
        while (later := self.now() + timedelta(minutes=30)).astimezone(LONDON).time() < HOUR:
            self.wind(later)
            time.sleep(0.02)
        assert not is_done(database, day), "before the hour nobody begins"
        self.wind(datetime.combine(day, HOUR, LONDON).astimezone(UTC))
        self.until_done(database, day)

    def until_done(self, database: Database, day: date) -> None:
        until, killed = time.monotonic() + PATIENCE, False
        while not is_done(database, day):
            assert time.monotonic() < until
            holder = Casework(database).nights.keeper.lease().holder
            if holder and not killed:
                self.kill(holder)
                killed = True
            time.sleep(0.003)


def is_done(database: Database, day: date) -> bool:
    complete = sa.select(night_runs.c.service).where(night_runs.c.as_of == day, night_runs.c.state == "complete")
    return len(rows(database, complete)) == len(CURRENT)


def disturbed(url: str, first: date, seed: int) -> int:
    """The same fortnight. Gives back how many of the killed were at work."""
    two = TwoSchedulers(url, moments(seed, 1))
    with opened(url) as database:
        clinic = Casework(database, two.now)
        two.wind(at(first, 0))
        two.begin()
        try:
            for n, day in enumerate(days_from(first)):
                if day not in missed(first):
                    two.through_the_night(database, day)
                elif day == missed(first)[-1]:
                    two.wind(at(day, 8))
                    two.begin()
                    two.until_done(database, day)
                two.wind(at(day, 10))
                people_work(clinic, n)
                if day + ONE_DAY == missed(first)[0]:
                    two.end()
        finally:
            two.end()
    return two.hit


def begun_at(database: Database) -> dict[date, set[datetime]]:
    found: dict[date, set[datetime]] = {}
    for row in rows(database, sa.select(night_runs.c.as_of, night_runs.c.started_at)):
        found.setdefault(row.as_of, set()).add(row.started_at)
    return found


def without_causes(found: Story, days: list[date]) -> Story:
    """What ended a flag on some days is left out. In a night that was missed no graver flag took the place of a lesser
    one: the step that a person took by day has ended it, on the same date.
    """
    return Counter((*flag[:4], None if flag[3] in days else flag[4]) for flag in found.elements())


@pytest.mark.parametrize(
    ("prepare", "first", "seed"),
    [(autumn, AUTUMN, 3), pytest.param(spring, SPRING, 4, marks=pytest.mark.long)],
    ids=["autumn", "spring"],
)
def test_a_fortnight_of_two_schedulers_with_kills_and_a_missed_weekend_ends_as_one_undisturbed(
    copies: Copies, database_kind: str, prepare: Any, first: date, seed: int
) -> None:
    last = days_from(first)[-1]
    expected = undisturbed(copies.of(database_kind, prepare), first)
    url = copies.of(database_kind, prepare)
    hit = disturbed(url, first, seed)
    say(f"{hit} kills at work")
    with opened(url) as database:
        assert ledger_faults(database, first - ONE_DAY, last) == []
        found = without_causes(story(database), missed(first))
        expected = without_causes(expected, missed(first))
        assert (found - expected, expected - found) == ({}, {})
        for day, instants in begun_at(database).items():
            there = {instant.astimezone(LONDON) for instant in instants}
            if day in missed(first):
                assert {instant.date() for instant in there} == {missed(first)[-1]}
            elif day >= first:
                assert {(instant.date(), instant.time()) for instant in there} == {(day, HOUR)}
    assert hit >= 3, "kills that hit nothing prove nothing"
