"""Sums with calendar dates that guards need. No zone and no wall clock: days come from outside."""

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """The same day of the month, or the month's last day where there is no such day (31 January + 1 month)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def british(day: date) -> str:
    """A date as a British reader writes it: 3 March 2026."""
    return f"{day.day} {day:%B %Y}"
