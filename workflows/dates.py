"""Sums with calendar dates that guards need. No zone and no wall clock: days come from outside."""

from calendar import monthrange
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The same day of the month, or the month's last day where there is no such day (31 January + 1 month)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def older_on(born: date, months: int) -> date:
    """The day on which a child is so many months old. Who is born on 29 February is a year older on 1 March."""
    birthday = add_months(born, months)
    return birthday + timedelta(days=1 if birthday.day < born.day else 0)


FULL_TERM = 280
"""Days from the beginning of a pregnancy, as it is counted, to the due date: 40 weeks."""


def weeks_pregnant(due: date, on: date) -> int | None:
    """Completed weeks of a pregnancy on a day (R-091); None before it began, and six weeks past the due date."""
    days = FULL_TERM - (due - on).days
    return days // 7 if 0 <= days < FULL_TERM + 42 else None


def british(day: date) -> str:
    """A date as a British reader writes it: 3 March 2026."""
    return f"{day.day} {day:%B %Y}"
