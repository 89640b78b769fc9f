"""A caseload of any size, written in bulk: the rows of the real schema, without the steps that would lead to them.

One case in eight or so is open (12 %), as after eighteen years of referrals. Of the open ones 60 % have waited eight
weeks or longer and 40 % twelve weeks; 10 % lack an answer, 2 % are on hold and a tenth are of the service that has
published no wait. The same size gives the same rows each time.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, islice
from random import Random
from typing import Any

import psycopg
from sqlalchemy import make_url

AS_OF = date(2026, 11, 20)
RUNNING = ("wait_to_allocation", "wait_to_start", "total_time")
TABLES = {
    "cases": (
        "id, service, reference, pathway, state, version, is_open, opened_on, closed_on, placed_on, placed_by,"
        " held_since, clinician, infant_key, carer_key"
    ),
    "case_records": "case_id, answers, imported_digest",
    "case_clocks": "case_id, clock, since, counts_from, stopped_on, stopped_by, held_days",
    "case_gaps": "case_id, field, since",
}

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _One:
    number: int
    id: str
    leeds: bool
    open: bool
    since: str
    closed: str | None
    held: str | None
    gap: bool


def fill(url: str, size: int) -> None:
    """The events of these cases are left out: the night never reads them."""
    if make_url(url).get_backend_name() == "sqlite":
        _fill_sqlite(str(make_url(url).database), size)
    else:
        _fill_postgres(url, size)


def _fill_sqlite(path: str, size: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    for table, columns in TABLES.items():
        marks = ", ".join("?" * (columns.count(",") + 1))
        connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows(table, size))
        connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _fill_postgres(url: str, size: int) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain.replace("%2F", "/"), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # the rows fit; do not look each key up
        for table, columns in TABLES.items():
            with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                lines = ("\t".join(map(_text, row)) for row in rows(table, size))
                while block := "\n".join(islice(lines, 5_000)):
                    copy.write(block + "\n")


def _text(value: Any) -> str:
    return r"\N" if value is None else str(value)


def analyse(url: str) -> None:
    """What PostgreSQL does by itself within a minute of a quiet moment; SQLite never does."""
    if make_url(url).get_backend_name() != "sqlite":
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain.replace("%2F", "/"), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


def rows(table: str, size: int) -> Iterator[Row]:
    """The rows of one table, in the order of its key."""
    make = {"cases": _case, "case_records": _record, "case_clocks": _clocks, "case_gaps": _gaps}[table]
    return chain.from_iterable(make(one) for one in _caseload(size))


def _caseload(size: int) -> Iterator[_One]:
    chance = Random(7)
    for number in range(size):
        yield _one(number, chance)


def _one(number: int, chance: Random) -> _One:
    is_open, kind = number % 25 < 3, chance.random()
    waited = 1 + int(chance.random() * 54) if kind < 0.4 else 57 + int(chance.random() * 27) if kind < 0.6 else 86
    if waited == 86:
        waited += int(chance.random() * 120)
    since = AS_OF - timedelta(days=waited if is_open else 300 + number % 6_000)
    return _One(
        number=number,
        id=f"{1_500_000_000_000 + number * 400:012x}7{chance.getrandbits(12):03x}8{chance.getrandbits(60):015x}",
        leeds=chance.random() < 0.9,
        open=is_open,
        since=since.isoformat(),
        closed=None if is_open else (since + timedelta(days=90)).isoformat(),
        held=(AS_OF - timedelta(days=1)).isoformat() if is_open and chance.random() < 0.02 else None,
        gap=is_open and chance.random() < 0.1,
    )


def _case(one: _One) -> Sequence[Row]:
    service = "leeds-imhs" if one.leeds else "together-with-baby"
    state, key = "waiting" if one.open else "discharged", f"{one.number:064x}"
    where = (service, f"P-{one.number}", f"{service}@1", state, 5, int(one.open))
    return [(one.id, *where, one.since, one.closed, one.since, 5, one.held, None, key, key)]


def _record(one: _One) -> Sequence[Row]:
    return [(one.id, f'{{"consent_on":"{one.since}","received_on":"{one.since}"}}', None)]


def _clocks(one: _One) -> Sequence[Row]:
    stopped_by = None if one.open else 5
    return [(one.id, name, one.since, one.since, one.closed, stopped_by, 0) for name in sorted(RUNNING)]


def _gaps(one: _One) -> Sequence[Row]:
    return [(one.id, "postcode", one.since)] if one.gap else []
