"""From a day and a figure to a day, both ways round, against a calendar that is walked a day at a time."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from casework.spans import BANK_HOLIDAYS_PUBLISHED_UNTIL, is_working_day, latest_start, reached_on
from tests.time.almanac import (
    BANK_HOLIDAYS,
    FIRST_DAY,
    LAST_DAY,
    ONE_DAY,
    after_months,
    after_working_days,
    birthday,
    days_between,
    works,
)
from tests.workflows.shipped import UNDER_TWO, UP_TO_TWO
from workflows.dates import add_months
from workflows.eligibility import first_day_too_old
from workflows.figures import FIGURES, Figure, Unit

ONE_OF_EACH = {unit: next(name for name, meaning in FIGURES.items() if meaning.unit is unit) for unit in Unit}
WALK: dict[Unit, Callable[[date, int], date]] = {
    Unit.DAYS: lambda start, number: start + ONE_DAY * number,
    Unit.WORKING_DAYS: after_working_days,
    Unit.MONTHS: after_months,
}
AMOUNTS = {Unit.DAYS: (1, 7, 56, 85, 366), Unit.WORKING_DAYS: (1, 2, 5, 10, 23), Unit.MONTHS: (1, 2, 3, 6, 12, 24)}
CASES = [(unit, amount) for unit in Unit for amount in AMOUNTS[unit]]


def figure(unit: Unit, amount: int) -> Figure:
    return Figure(ONE_OF_EACH[unit], amount, "an invented page")


def starts(unit: Unit, amount: int) -> Iterator[date]:
    """Every day from which the figure is reached within the years that are written out."""
    last = LAST_DAY
    while WALK[unit](last, amount) > LAST_DAY:
        last -= ONE_DAY * 7
    yield from days_between(FIRST_DAY, last)


@pytest.mark.parametrize("year", range(FIRST_DAY.year, LAST_DAY.year + 1))
def test_the_working_days_of_a_year_are_those_of_the_list_that_the_government_published(year: int) -> None:
    days = days_between(date(year, 1, 1), date(year + 1, 1, 1))
    assert [day for day in days if is_working_day(day)] == [day for day in days if works(day)]
    assert 8 <= sum(day.year == year for day in BANK_HOLIDAYS) <= 10


def test_the_days_that_are_said_to_be_known_are_on_the_list() -> None:
    assert BANK_HOLIDAYS_PUBLISHED_UNTIL <= LAST_DAY


def test_the_days_that_were_moved_or_given_once_are_on_the_list() -> None:
    moved = [date(2020, 5, 8), date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)]
    assert not any(is_working_day(day) for day in moved)
    kept = [date(2020, 5, 4), date(2022, 5, 30), date(2012, 5, 28), date(2021, 12, 24), date(2027, 12, 29)]
    assert all(is_working_day(day) for day in kept)


@pytest.mark.parametrize(("unit", "amount"), CASES)
def test_a_figure_is_reached_on_the_day_to_which_a_person_would_count(unit: Unit, amount: int) -> None:
    for start in starts(unit, amount):
        assert reached_on(figure(unit, amount), start) == WALK[unit](start, amount), start


@pytest.mark.parametrize(("unit", "amount"), CASES)
def test_the_latest_start_is_the_last_day_from_which_the_figure_is_reached(unit: Unit, amount: int) -> None:
    """And every earlier day has reached it too, so that one bound in SQL is as good as counting for each case."""
    reached = {start: WALK[unit](start, amount) for start in starts(unit, amount)}
    assert all(reached[start] <= reached[start + ONE_DAY] for start in list(reached)[:-1])
    latest: dict[date, date] = {}
    for start, end in reached.items():
        latest[end] = start
    found = latest[min(latest)]
    for on in days_between(min(latest), max(latest)):
        found = latest.get(on, found)
        assert latest_start(figure(unit, amount), on) == found, on


@pytest.mark.parametrize("months", [1, 2, 3, 12, 24])
def test_so_many_months_on_is_the_same_day_or_the_last_of_a_short_month(months: int) -> None:
    for day in days_between(FIRST_DAY, date(2016, 3, 2)):
        assert add_months(day, months) == after_months(day, months), day


def test_a_baby_is_too_old_for_leeds_on_the_second_birthday_and_for_essex_on_the_day_after() -> None:
    for born in days_between(FIRST_DAY, date(2026, 12, 30)):
        assert first_day_too_old(UNDER_TWO, born) == birthday(born, 2), born
        assert first_day_too_old(UP_TO_TWO, born) == birthday(born, 2) + timedelta(days=1), born


def test_who_is_born_on_29_february_is_two_on_1_march() -> None:
    assert first_day_too_old(UNDER_TWO, date(2024, 2, 29)) == date(2026, 3, 1)
    assert first_day_too_old(UP_TO_TWO, date(2024, 2, 29)) == date(2026, 3, 2)
    assert first_day_too_old(UNDER_TWO, date(2024, 2, 28)) == date(2026, 2, 28)
