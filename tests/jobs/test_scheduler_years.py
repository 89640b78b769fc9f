"""The hour of the night over the years: every local date once, whatever the clocks of the land do."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from apscheduler.triggers.cron import CronTrigger

from casework import Casework
from casework.calendar import LONDON
from casework.nights import HOUR
from jobs.scheduler import NightService, night_trigger
from persistence import Database
from tests.conftest import Clock
from tests.jobs.at_work import each_once, ledger
from tests.promises import Say
from workflows.registry import CURRENT

YEARS = range(2026, 2046)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2026, 3, 29), date(2026, 10, 25)], ids=str)
def test_the_night_of_a_date_begins_at_half_past_two_in_london(casework: Casework, clock: Clock, day: date) -> None:
    service, before = NightService(casework), day - timedelta(days=1)
    clock.set(before)
    service.catch_up()
    clock.now = datetime(day.year, day.month, day.day, 2, 29, tzinfo=LONDON).astimezone(UTC)
    service.catch_up()
    assert ledger(casework) == each_once(before, before)
    clock.now += timedelta(minutes=1)
    service.catch_up()
    assert ledger(casework) == each_once(before, day)


def test_in_twenty_years_the_hour_comes_once_on_every_local_date() -> None:
    trigger, now = night_trigger(), datetime(YEARS[0], 1, 1, tzinfo=LONDON)
    fired = [trigger.get_next_fire_time(None, now)]
    while fired[-1].year <= YEARS[-1]:
        fired.append(trigger.get_next_fire_time(fired[-1], fired[-1] + timedelta(microseconds=1)))
    there = [at.astimezone(LONDON) for at in fired]
    assert {at.time() for at in there} == {HOUR}
    assert there[0].date() == date(YEARS[0], 1, 1)
    assert all(after.date() - before.date() == timedelta(days=1) for before, after in pairwise(there))


def test_the_same_look_would_see_an_hour_that_comes_twice() -> None:
    """The control: half past one is there twice in the night in which the clocks go back."""
    trigger, at = CronTrigger(hour=1, minute=30, timezone=LONDON), datetime(YEARS[0], 1, 1, tzinfo=LONDON)
    dates = Counter[date]()
    while at.year in YEARS:
        at = trigger.get_next_fire_time(None, (at.astimezone(UTC) + timedelta(minutes=1)).astimezone(LONDON))
        dates[at.date()] += 1
    assert sum(1 for times in dates.values() if times == 2) >= len(YEARS) - 1


def clock_changes() -> list[date]:
    """The Sundays on which the clocks of the land change."""

    def offset(day: date, hour: int) -> timedelta | None:
        return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON).utcoffset()

    first, number = date(YEARS[0], 1, 1), 366 * len(YEARS)
    days = [first + timedelta(days=n) for n in range(number)]
    return [day for day in days if day.year in YEARS and offset(day, 0) != offset(day, 12)]


def test_around_every_change_of_the_clocks_in_twenty_years_each_date_is_done_once(
    tmp_path: Path, migrated_file: Path
) -> None:
    """Looked at every half hour that passes, from the Saturday noon before to the Monday morning after."""
    changes = clock_changes()
    assert len(changes) == 2 * len(YEARS)
    clock = Clock()
    for sunday in changes:
        file = tmp_path / f"{sunday}.db"
        file.write_bytes(migrated_file.read_bytes())
        database = Database(f"sqlite:///{file}")
        casework, saturday, monday = Casework(database, clock), sunday - timedelta(days=1), sunday + timedelta(days=1)
        service = NightService(casework)
        clock.set(monday, 3)
        end = clock.now
        clock.set(saturday, 12)
        while clock.now <= end:
            service.catch_up()
            clock.now += timedelta(minutes=30)
        assert ledger(casework) == each_once(saturday, monday)
        database.close()


@pytest.mark.long
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_twenty_years_of_nights_run_exactly_once_each(casework: Casework, clock: Clock, promise: Say) -> None:
    """Looked at every five hours, so at other times of day every day; now and then nobody looks for some days."""
    clock.set(date(YEARS[0], 1, 1))
    service, looks = NightService(casework), 0
    while clock.today.year in YEARS:
        service.catch_up()
        looks += 1
        clock.now += timedelta(hours=5 if looks % 97 else 80)
    done = [run for key in CURRENT for run in casework.nights.runs(key, most=10_000)]
    last = max(run.as_of for run in done)
    assert Counter((run.service, run.as_of, run.state) for run in done) == each_once(date(YEARS[0], 1, 1), last)
    assert last >= date(YEARS[-1], 12, 27)
    told = f"{len(done)} nights of {len(YEARS)} years, once each; red after 26 hours"
    promise("P13", told, control="a job at half past one comes twice in every autumn")
