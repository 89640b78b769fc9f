"""The ledger of nights: one row a service and local date, claimed before the work and completed after it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from casework.errors import BadRequest
from casework.identity import new_id
from casework.ledger import LastNight, NightOrder, NightRun
from persistence.night_tables import night_runs
from workflows.dates import british

CURRENT_STATES = ("running", "failed", "complete")
BEGUN = ("running", "failed")
DONE = ("complete", "undone")
"""States after which nobody runs the date again unless a person asks for it."""
Claim = tuple[UUID, tuple[str, ...], bool]
"""The id of a night, its services, and whether it was begun before."""


def claim(connection: sa.Connection, order: NightOrder, token: int, at: datetime) -> list[Claim]:
    """Mark the services of an order as being worked on. What was begun earlier keeps its id.

    Raises `BadRequest` for a day before the last complete night of one of them: it would undo what was raised since.
    """
    done = () if order.again else {entry.service for entry in done_before(connection, order)}
    _refuse_to_go_back(connection, order.as_of, [service for service in order.services if service not in done])
    if order.again:
        repeated = sa.update(night_runs).where(*_of(order), night_runs.c.state == "complete")
        connection.execute(repeated.values(state="repeated"))
    there = {row.service: row for row in connection.execute(sa.select(night_runs).where(*_of(order), _is_current()))}
    begun: dict[UUID, list[str]] = {}
    for service in order.services:
        if service in there and there[service].state != "complete":
            begun.setdefault(there[service].id, []).append(service)
    for run_id, services in begun.items():
        resumed = sa.update(night_runs).where(night_runs.c.id == run_id, night_runs.c.service.in_(services))
        connection.execute(resumed.values(state="running", token=token, by=order.by))
    new = [service for service in order.services if service not in there]
    claims = [(run_id, tuple(services), True) for run_id, services in begun.items()]
    return [*claims, _open(connection, order, new, token, at)] if new else claims


def _open(connection: sa.Connection, order: NightOrder, services: list[str], token: int, at: datetime) -> Claim:
    run_id = new_id()
    row = {"id": run_id, "as_of": order.as_of, "by": order.by, "state": "running", "token": token, "started_at": at}
    connection.execute(sa.insert(night_runs), [{**row, "service": service} for service in services])
    return run_id, tuple(services), False


def _refuse_to_go_back(connection: sa.Connection, as_of: date, services: Sequence[str]) -> None:
    """Where another has done the date meanwhile, and later ones, nobody goes back: nothing is left to do."""
    later = sa.select(sa.func.max(night_runs.c.as_of)).where(
        night_runs.c.service.in_(services), night_runs.c.state == "complete"
    )
    last = connection.scalar(later)
    if last is not None and as_of < last:
        raise BadRequest(
            "night_has_passed",
            f"The night of {british(last)} has been run. Run it, or a later one, again; flags on a past day: "
            "casework flags --as-of.",
            "as_of",
        )


def _of(order: NightOrder) -> tuple[sa.ColumnElement[bool], ...]:
    return night_runs.c.service.in_(order.services), night_runs.c.as_of == order.as_of


def _is_current() -> sa.ColumnElement[bool]:
    return night_runs.c.state.in_(CURRENT_STATES)


def done_before(connection: sa.Connection, order: NightOrder) -> list[NightRun]:
    """The entries of an order's services whose night of that date is complete already."""
    done = sa.select(night_runs).where(*_of(order), night_runs.c.state == "complete")
    return list(_entries(connection, done.order_by(night_runs.c.service)))


def finish(connection: sa.Connection, run_id: UUID, token: int, rows: Iterable[Mapping[str, Any]]) -> None:
    """Complete the entry of each service. The token is looked at once more: only its holder completes a night."""
    entry = sa.update(night_runs).where(
        night_runs.c.id == run_id,
        night_runs.c.service == sa.bindparam("service_"),
        night_runs.c.state == "running",
        night_runs.c.token == token,
    )
    names = ("finished_at", "seconds", "examined", "listed", "quarantined", "counts", "open")
    values = {name: sa.bindparam(name, type_=night_runs.c[name].type) for name in names}
    connection.execute(entry.values(state="complete", **values), list(rows))


def fail(connection: sa.Connection, run_id: UUID, token: int) -> None:
    """A night that ended early says so; the next one takes it up."""
    entries = sa.update(night_runs).where(night_runs.c.id == run_id, night_runs.c.token == token)
    connection.execute(entries.where(night_runs.c.state == "running").values(state="failed"))


def entries(connection: sa.Connection, service: str | None, most: int) -> Sequence[NightRun]:
    """The newest first."""
    query = sa.select(night_runs).order_by(night_runs.c.as_of.desc(), night_runs.c.started_at.desc(), "service")
    if service is not None:
        query = query.where(night_runs.c.service == service)
    return list(_entries(connection, query.limit(most)))


def of_run(connection: sa.Connection, run_id: UUID) -> list[NightRun]:
    query = sa.select(night_runs).where(night_runs.c.id == run_id).order_by(night_runs.c.service)
    return list(_entries(connection, query))


def _entries(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[NightRun]:
    for row in connection.execute(query):
        counts = row.counts or {}
        yield NightRun(
            run_id=row.id,
            service=row.service,
            as_of=row.as_of,
            by=row.by,
            state=row.state,
            started_at=row.started_at,
            finished_at=row.finished_at,
            seconds=row.seconds,
            examined=row.examined,
            listed=row.listed,
            quarantined=row.quarantined,
            raised=counts.get("raised", {}),
            cleared=counts.get("cleared", {}),
            replaced=counts.get("replaced", {}),
            open=row.open or {},
            undone=row.undone,
        )


def done_until(connection: sa.Connection, services: Sequence[str]) -> dict[str, date]:
    """A service whose first night of all has not been completed is done until the day before it."""
    of_them = night_runs.c.service.in_(services)
    begun = sa.select(night_runs.c.service, sa.func.min(night_runs.c.as_of)).where(of_them)
    newest = sa.select(night_runs.c.service, sa.func.max(night_runs.c.as_of)).where(of_them)
    newest = newest.where(night_runs.c.state.in_(DONE))
    first = {row[0]: row[1] - timedelta(days=1) for row in connection.execute(begun.group_by(night_runs.c.service))}
    return {**first, **{row[0]: row[1] for row in connection.execute(newest.group_by(night_runs.c.service))}}


def last_nights(connection: sa.Connection) -> list[LastNight]:
    """Of each service its newest complete night, and what lies undone behind it."""
    r = night_runs.c
    done = sa.select(r.service, sa.func.max(r.as_of), sa.func.min(r.as_of), sa.func.count(r.as_of.distinct()))
    done = done.where(r.state.in_(DONE)).group_by(r.service)
    stretch = {row[0]: row[1:] for row in connection.execute(done)}
    begun = {(row[0], row[1]) for row in connection.execute(sa.select(r.service, r.as_of).where(r.state.in_(BEGUN)))}
    newest = sa.select(r.service, sa.func.max(r.as_of).label("as_of")).where(r.state == "complete")
    newest_of = newest.group_by(r.service).subquery()
    same = sa.and_(newest_of.c.service == r.service, newest_of.c.as_of == r.as_of)
    found = sa.select(night_runs).join(newest_of, same).where(r.state == "complete").order_by(r.service)
    nights = []
    for row in connection.execute(found):
        last, first, dates = stretch[row.service]
        unfinished = sum(1 for service, as_of in begun if service == row.service and as_of < last)
        differs, gaps = row.examined != row.listed, (last - first).days + 1 - dates
        nights.append(
            LastNight(row.service, row.as_of, row.finished_at, row.quarantined or 0, differs, gaps, unfinished)
        )
    return nights
