"""From a day and a figure to a day: calendar days, months, and England's working days. Asked both ways round.

The bank holidays are those of England. A library knows them; it works out future ones by rule, so the day up to which
its list was held against the one that the government has published stands here.
"""

from datetime import date, timedelta
from functools import lru_cache

import holidays

from workflows.dates import add_months
from workflows.figures import Figure, Measure, Unit

BANK_HOLIDAYS_PUBLISHED_UNTIL = date(2028, 12, 31)
"""The last day of GOV.UK's list that the library was compared with. After it, holidays are worked out and not known."""

ONE_DAY = timedelta(days=1)


class NoSpan(ValueError):
    """The figure is no length of time: a number of people, a switch. A fault in casework."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is no length of time")


@lru_cache(maxsize=200)
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no bank holiday in England."""
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


def opening_on(day: date, time: str, hours: tuple[int, int] | None) -> date:
    """The day of the first opening at or after a moment. `time` is written 09:30; unknown, it lies within the hours.

    Where a service has published no hours, only the day counts.
    """
    closed_already = hours is not None and bool(time) and int(time[:2]) >= hours[1]
    day += ONE_DAY if closed_already and is_working_day(day) else timedelta()
    while not is_working_day(day):
        day += ONE_DAY
    return day


def reached_on(figure: Figure, since: date) -> date:
    """The first day on which a count that began on a day reaches a figure. The day it began on is not counted.

    Raises `OverflowError` beyond the calendar.
    """
    amount = figure.amount or 0
    match figure.unit:
        case Unit.DAYS:
            return since + timedelta(days=amount)
        case Unit.MONTHS:
            return add_months(since, amount)
        case Unit.WORKING_DAYS:
            return _working_days_after(since, amount)
        case Measure():
            raise NoSpan(figure.name)


def latest_start(figure: Figure, on: date) -> date:
    """The other way round: the last day from which a count has reached the figure on a day.

    Every count that began then or earlier has reached it, and none that began later.
    """
    amount = figure.amount or 0
    match figure.unit:
        case Unit.DAYS:
            return on - timedelta(days=amount)
        case Unit.MONTHS:
            start = add_months(on, -amount)
            while reached_on(figure, start + ONE_DAY) <= on:  # the end of a short month takes in several days
                start += ONE_DAY
            return start
        case Unit.WORKING_DAYS:
            start = on - timedelta(days=amount)
            while reached_on(figure, start) > on:
                start -= ONE_DAY
            while reached_on(figure, start + ONE_DAY) <= on:
                start += ONE_DAY
            return start
        case Measure():
            raise NoSpan(figure.name)


def _working_days_after(since: date, amount: int) -> date:
    day = since
    for _ in range(amount):
        day += ONE_DAY
        while not is_working_day(day):
            day += ONE_DAY
    return day
