"""What is kept of nights: the story of every flag, the ledger, and whole tables, to be held against each other."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from persistence import Database
from persistence.night_tables import flags, leases, night_runs
from persistence.tables import cases, metadata
from workflows.registry import CURRENT

Story = Counter[tuple[str, str, date, date | None, str | None]]
"""Reference, kind, raised, cleared and why, for each stretch of time in which a flag was open."""
PER_RUN = ("raised", "cleared", "replaced")


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def rows(database: Database, query: sa.Select[Any]) -> list[Any]:
    with database.engine.connect() as connection, connection.begin():
        return list(connection.execute(query))


def story(database: Database) -> Story:
    names = ("kind", "raised_on", "cleared_on", "cleared_because")
    found = sa.select(cases.c.reference, *(flags.c[name] for name in names))
    return Counter(tuple(row) for row in rows(database, found.join(cases, cases.c.id == flags.c.case_id)))


def open_flags(database: Database) -> Counter[tuple[str, str, date]]:
    found = Counter[tuple[str, str, date]]()
    for (reference, kind, raised_on, cleared_on, _), number in story(database).items():
        if cleared_on is None:
            found[reference, kind, raised_on] += number
    return found


def tables(database: Database, *without: sa.Table) -> dict[str, list[Any]]:
    """Every row of every table, in an order that is always the same."""
    wanted = [table for table in metadata.sorted_tables if table not in without]
    return {table.name: sorted(map(repr, rows(database, sa.select(table)))) for table in wanted}


def ledger_faults(database: Database, first: date, last: date) -> list[str]:
    """What is wrong with the ledger of the dates from first to last; empty where it is perfect.

    One complete entry a service and date and no other; each worked on after the one before it; its counts are what
    the flags say; and no flag was written by anybody else.
    """
    entries = rows(database, sa.select(night_runs).order_by(night_runs.c.as_of))
    faults = [*_dates(entries, first, last), *_tokens(database, entries)]
    for entry in entries:
        told = {name: entry.counts[name] for name in PER_RUN} if entry.counts else None
        if told != (found := _counted(database, entry)):
            faults.append(f"{entry.service} {entry.as_of}: the entry says {told}, the flags say {found}")
    return [*faults, *_strangers(database, entries)]


def _dates(entries: list[Any], first: date, last: date) -> Iterator[str]:
    wanted = {(service, first + timedelta(days=n)) for service in CURRENT for n in range((last - first).days + 1)}
    there = Counter((entry.service, entry.as_of) for entry in entries)
    yield from (f"no entry: {one}" for one in sorted(wanted - there.keys()))
    yield from (f"not asked for: {one}" for one in sorted(there.keys() - wanted))
    yield from (f"{number} entries: {one}" for one, number in there.items() if number > 1)
    for entry in entries:
        if entry.state != "complete" or entry.examined != entry.listed or entry.quarantined:
            yield f"{entry.service} {entry.as_of} is {entry.state}: {entry}"


def _tokens(database: Database, entries: list[Any]) -> Iterator[str]:
    """Entries stand in the order of their dates, so their tokens grow; and no token is newer than the lease."""
    (newest,) = rows(database, sa.select(leases.c.token))
    for service in CURRENT:
        tokens = [entry.token for entry in entries if entry.service == service]
        if tokens != sorted(tokens) or (tokens and tokens[-1] > newest.token):
            yield f"{service}: tokens {tokens} with the lease at {newest.token}"


def _counted(database: Database, entry: Any) -> dict[str, dict[str, int]]:
    replaced = flags.c.cleared_because.like("replaced by %")
    ended = flags.c.cleared_by == entry.id
    what = {"raised": flags.c.raised_by == entry.id, "cleared": ended & ~replaced, "replaced": ended & replaced}
    found = {}
    for name, which in what.items():
        query = sa.select(flags.c.kind, sa.func.count()).where(which, flags.c.service == entry.service)
        found[name] = {row[0]: row[1] for row in rows(database, query.group_by(flags.c.kind))}
    return found


def _strangers(database: Database, entries: list[Any]) -> Iterator[str]:
    """Flags are raised and cleared by the night of their service and date alone, and each once at a time."""
    dates = {(entry.id, entry.service): entry.as_of for entry in entries}
    for flag in rows(database, sa.select(flags)):
        if dates.get((flag.raised_by, flag.service)) != flag.raised_on:
            yield f"raised by a stranger: {flag.id} {flag.kind} {flag.raised_on}"
        if flag.cleared_by and dates.get((flag.cleared_by, flag.service)) != flag.cleared_on:
            yield f"cleared by a stranger: {flag.id} {flag.kind} {flag.cleared_on}"
    twice = sa.select(flags.c.case_id, flags.c.kind).where(flags.c.cleared_on.is_(None))
    twice = twice.group_by(flags.c.case_id, flags.c.kind).having(sa.func.count() > 1)
    yield from (f"open twice: {row}" for row in rows(database, twice))
