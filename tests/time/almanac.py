"""The calendar as a person walks it, a day at a time: England's bank holidays written out, working days, months.

Nothing here asks casework or a library: it is what they are held against.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

ONE_DAY = timedelta(days=1)
FRIDAY = 5

# As GOV.UK lists them for England and Wales, substitute days in place of those that fall on a weekend. In 2012 and
# 2022 the spring holiday was moved to June for a jubilee; in 2020 early May was moved to the 8th for VE Day; 2022 had
# the Queen's funeral and 2023 the coronation.
_WRITTEN_OUT = """
2012  2 Jan  6 Apr  9 Apr  7 May  4 Jun  5 Jun  27 Aug  25 Dec  26 Dec
2013  1 Jan  29 Mar  1 Apr  6 May  27 May  26 Aug  25 Dec  26 Dec
2014  1 Jan  18 Apr  21 Apr  5 May  26 May  25 Aug  25 Dec  26 Dec
2015  1 Jan  3 Apr  6 Apr  4 May  25 May  31 Aug  25 Dec  28 Dec
2016  1 Jan  25 Mar  28 Mar  2 May  30 May  29 Aug  26 Dec  27 Dec
2017  2 Jan  14 Apr  17 Apr  1 May  29 May  28 Aug  25 Dec  26 Dec
2018  1 Jan  30 Mar  2 Apr  7 May  28 May  27 Aug  25 Dec  26 Dec
2019  1 Jan  19 Apr  22 Apr  6 May  27 May  26 Aug  25 Dec  26 Dec
2020  1 Jan  10 Apr  13 Apr  8 May  25 May  31 Aug  25 Dec  28 Dec
2021  1 Jan  2 Apr  5 Apr  3 May  31 May  30 Aug  27 Dec  28 Dec
2022  3 Jan  15 Apr  18 Apr  2 May  2 Jun  3 Jun  29 Aug  19 Sep  26 Dec  27 Dec
2023  2 Jan  7 Apr  10 Apr  1 May  8 May  29 May  28 Aug  25 Dec  26 Dec
2024  1 Jan  29 Mar  1 Apr  6 May  27 May  26 Aug  25 Dec  26 Dec
2025  1 Jan  18 Apr  21 Apr  5 May  26 May  25 Aug  25 Dec  26 Dec
2026  1 Jan  3 Apr  6 Apr  4 May  25 May  31 Aug  25 Dec  28 Dec
2027  1 Jan  26 Mar  29 Mar  3 May  31 May  30 Aug  27 Dec  28 Dec
2028  3 Jan  14 Apr  17 Apr  1 May  29 May  28 Aug  25 Dec  26 Dec
"""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

FIRST_DAY, LAST_DAY = date(2012, 1, 1), date(2028, 12, 31)
"""The days for which the list is written out."""


def _read(text: str) -> Iterator[date]:
    for line in text.split("\n"):
        year, *rest = line.split() or [""]
        for day, month in zip(rest[::2], rest[1::2], strict=True):
            yield date(int(year), _MONTHS.index(month) + 1, int(day))


BANK_HOLIDAYS = frozenset(_read(_WRITTEN_OUT))


def works(day: date, holidays: frozenset[date] = BANK_HOLIDAYS) -> bool:
    """Whether a clinic in England works on a day."""
    return day.isoweekday() <= FRIDAY and day not in holidays


@lru_cache(maxsize=200_000)
def after_working_days(start: date, number: int, holidays: frozenset[date] = BANK_HOLIDAYS) -> date:
    """The day on which so many working days have gone by; the first that counts is tomorrow at the earliest."""
    day = start
    while number:
        day += ONE_DAY
        number -= works(day, holidays)
    return day


@lru_cache(maxsize=200_000)
def after_months(start: date, number: int) -> date:
    """The same day of the month, so many months on; a month that is too short has it on its last day."""
    day = start
    while number:
        day += ONE_DAY
        ends_a_short_month = day.day < start.day and (day + ONE_DAY).day == 1
        number -= day.day == start.day or ends_a_short_month
    return day


@lru_cache(maxsize=200_000)
def birthday(born: date, which: int) -> date:
    """The day on which somebody is so many years old. Who is born on 29 February is a year older on 1 March."""
    day, year = born, 0
    while year < which:
        day += ONE_DAY
        on_the_day = (day.month, day.day) == (born.month, born.day)
        no_such_day = (born.month, born.day) == (2, 29) and (day - ONE_DAY).month == 2 and day.month == 3
        year += on_the_day or (no_such_day and (day - ONE_DAY).day == 28)
    return day


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first on, and before the last."""
    days = []
    while first < last:
        days.append(first)
        first += ONE_DAY
    return days
