"""When the group of a service meets next, and on which days it was due and did not meet, by the service's cadence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile

from casework.figures import figures_with
from casework.lists import Lists
from casework.meetings import GROUP, MeetingRow, meetings, services_of

AHEAD = ("planned", "frozen")


@dataclass(frozen=True, slots=True)
class Due:
    """`next` is the next meeting that is planned, `planned` its reference; where none is, the day by the cadence.

    `missed` are the days since the last meeting on which the group was due, did not meet, and had not called it off;
    `not_begun` the meetings that were planned for a day that is past.
    """

    service: str
    last: date | None
    next: date | None
    planned: str | None
    missed: tuple[date, ...]
    not_begun: tuple[str, ...]


def due(casework: Lists, service: str | None = None) -> list[Due]:
    """Of each service, as of today. Raises `BadRequest` for a service that is not here."""
    return [_due(casework, name) for name in services_of(service)]


def _due(casework: Lists, service: str) -> Due:
    today, rows = casework.today(), _of_the_group(casework, service)
    stand = [row for row in rows if row.state != "cancelled"]
    called_off = {row.on for row in rows if row.state == "cancelled"}
    held = [row.on for row in stand if row.on < today and row.state not in AHEAD]
    ahead = {row.on: row.reference for row in stand if row.on >= today}
    past = takewhile(lambda day: day < today, _cadence(casework, service, held))
    day = min(ahead) if ahead else next_meeting(casework, service)
    return Due(
        service=service,
        last=max(held, default=None),
        next=day,
        planned=ahead.get(day) if day else None,
        missed=tuple(one for one in past if one not in called_off),
        not_begun=tuple(row.reference for row in stand if row.on < today and row.state in AHEAD),
    )


def next_meeting(casework: Lists, service: str) -> date | None:
    """The first day, today or later, after every meeting that is planned. None: there is no cadence to count by, or
    there were too few meetings yet.
    """
    known = [row.on for row in _of_the_group(casework, service) if row.state != "cancelled"]
    return next((day for day in _cadence(casework, service, known) if day >= casework.today()), None)


def _of_the_group(casework: Lists, service: str) -> list[MeetingRow]:
    return [row for row in meetings(casework, service) if row.kind in GROUP]


def _cadence(casework: Lists, service: str, known: Iterable[date]) -> Iterator[date]:
    """The days after the last of those known, without end. Whoever meets several times a week meets on the weekdays of
    the last so many meetings: no figure says which days those are.
    """
    with casework.database.reading() as store:
        figure = figures_with({service: store.figures(service)})
    often, every = (figure(service, name, casework.today()) for name in ("meetings_a_week", "forum"))
    times, days = (often.amount if often else None) or 0, (every.amount if every else None) or 0
    met = sorted(set(known))
    while met and len(met) >= max(times, 1) and (times or days):
        met.append(_weekday_of(met[-times], met[-1]) if times else met[-1] + timedelta(days=days))
        yield met[-1]


def _weekday_of(day: date, after: date) -> date:
    """The first day after another that is the weekday of the one."""
    return after + timedelta(days=(day.weekday() - after.weekday()) % 7 or 7)
