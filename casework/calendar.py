"""Time for the people of a clinic: instants in UTC, days in Europe/London. Nothing else below jobs reads a clock."""

import re
import time
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
EARLIEST = date(1900, 1, 1)


class NotADay(ValueError):
    """A text that names no day of the calendar. The text itself is not repeated."""

    def __init__(self) -> None:
        super().__init__("This is no date. Write 2026-11-21 or 21/11/2026.")


def utc_now() -> datetime:
    return datetime.now(UTC)


def unix_milliseconds() -> int:
    """For identifiers that sort by time, and for nothing else."""
    return time.time_ns() // 1_000_000


def london_day(instant: datetime) -> date:
    """The calendar day in Europe/London. Raises ValueError for a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return instant.astimezone(LONDON).date()


def end_of_day(day: date) -> datetime:
    """The last instant of a day in Europe/London, in UTC."""
    return datetime.combine(day, time_of_day.max, LONDON).astimezone(UTC)


def parse_day(text: str, today: date | None = None) -> date:
    """A day as ISO, as British readers write it, or `today` where today is given. Raises `NotADay`."""
    written = text.strip()
    if today is not None and written.casefold() == "today":
        return today
    if match := _ISO.fullmatch(written):
        year, month, day = match.groups()
    elif match := _BRITISH.fullmatch(written):
        day, month, year = match.groups()
    else:
        raise NotADay
    try:
        parsed = date(int(year), int(month), int(day))
    except ValueError:
        raise NotADay from None
    if parsed < EARLIEST:
        raise NotADay
    return parsed
