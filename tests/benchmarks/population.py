"""A caseload of any size, written in bulk: the rows of the real schema, without the steps that would lead to them.

One case in eight or so is open (12 %), as after eighteen years of 56,000 referrals a year in 400 services. Of the open
ones 60 % have waited for a clinician for eight weeks or longer and 40 % for twelve; the others stand in all the other
open states. 10 % lack an answer, 2 % are on hold. Cases lie in the order in which they came: the open ones are among
the last three in ten, mixed with closed ones. The same size gives the same rows each time.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, islice
from random import Random
from typing import Any

import psycopg
from sqlalchemy import make_url

from tests.benchmarks.services import SERVICES, entered

AS_OF = date(2026, 11, 20)
AT_ONCE = 20_000
ALL_WAITS = ("total_time", "wait_to_allocation", "wait_to_start")

IN_STATE = {
    "waiting": ALL_WAITS,
    "received": ("acknowledge", "total_time"),
    "rmg_review": ("acknowledge", "total_time", "triage"),
    "information_requested": ("information_due", "total_time"),
    "awaiting_referral": ("form_due",),
    "watchful_waiting": ("outcome_told", "total_time", "watch"),
    "consultation": ("consultation", "total_time"),
    "allocated": ("total_time", "wait_to_start"),
    "assessment": (),
    "formulation": ("formulation_due",),
    "plan_offered": (),
    "intervention": (),
}
"""The clocks that run in each state, in the order of their names."""

YOUNG = (
    *("waiting",) * 36,
    *("rmg_review",) * 16,
    *("received",) * 12,
    *("watchful_waiting",) * 8,
    *("information_requested",) * 5,
    *("allocated",) * 5,
    *("assessment",) * 5,
    *("awaiting_referral",) * 4,
    *("intervention",) * 4,
    *("consultation",) * 3,
    "formulation",
    "plan_offered",
)
"""Where a hundred open cases stand that have not waited for a clinician for eight weeks."""

LONGEST = {"rmg_review": 21, "received": 10, "watchful_waiting": 140, "allocated": 90, "intervention": 200}
"""Days in a state, at most; else 55."""

AT_WORK = ("assessment", "formulation", "plan_offered", "intervention")
AGREED = {"watch": 0.3, "information_due": 0.5, "hold_review": 1.0}
"""On how many of the running clocks of a name people have agreed on a day."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _One:
    """One case and what was rolled for it. `luck` is for what only some cases have."""

    number: int
    id: str
    service: str
    state: str
    since: date
    held: date | None
    gap: bool
    luck: float

    @property
    def open(self) -> bool:
        return self.state != "discharged"

    @property
    def closed(self) -> date | None:
        return None if self.open else self.since + timedelta(days=90)


def fill(url: str, size: int) -> None:
    """The events of these cases are left out: a night that is on time never reads them."""
    if make_url(url).get_backend_name() == "sqlite":
        _fill_sqlite(str(make_url(url).database), size)
    else:
        _fill_postgres(url, size)


def _fill_sqlite(path: str, size: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    for table, rows in _rows(size):
        marks = ", ".join("?" * (COLUMNS[table].count(",") + 1))
        texts = (tuple(str(v) if isinstance(v, date) else v for v in row) for row in rows)
        connection.executemany(f"INSERT INTO {table} ({COLUMNS[table]}) VALUES ({marks})", texts)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _fill_postgres(url: str, size: int) -> None:
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # the rows fit; do not look each key up
        for table, rows in _rows(size):
            with connection.cursor().copy(f"COPY {table} ({COLUMNS[table]}) FROM STDIN") as copy:
                lines = ("\t".join(map(_text, row)) for row in rows)
                while block := "\n".join(islice(lines, 5_000)):
                    copy.write(block + "\n")


def _text(value: Any) -> str:
    return r"\N" if value is None else str(value)


def plain(url: str) -> str:
    """The URL as the PostgreSQL driver alone understands it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False).replace("%2F", "/")


def analyse(url: str) -> None:
    """What PostgreSQL does by itself within a minute of a quiet moment; SQLite never does."""
    if make_url(url).get_backend_name() != "sqlite":
        with psycopg.connect(plain(url), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


def _rows(size: int) -> Iterator[tuple[str, Iterator[Row]]]:
    """Table by table for some thousand cases at a time, each in the order of its key."""
    yield "service_figures", iter(entered())
    chance = Random(7)
    for start in range(0, size, AT_ONCE):
        some = [_one(number, size, chance) for number in range(start, min(start + AT_ONCE, size))]
        for table, make in MAKERS.items():
            yield table, chain.from_iterable(map(make, some))


def _one(number: int, size: int, chance: Random) -> _One:
    roll = chance.random
    is_open = number >= 0.7 * size and number % 5 < 2
    state, days = _standing(roll) if is_open else ("discharged", 300 + 6_300 * (size - number) // size)
    return _One(
        number=number,
        id=f"{1_500_000_000_000 + number * 400:012x}7{chance.getrandbits(12):03x}8{chance.getrandbits(60):015x}",
        service=SERVICES[int(roll() * len(SERVICES))],
        state=state,
        since=AS_OF - timedelta(days=days),
        held=AS_OF - timedelta(days=1 + int(roll() * min(days, 40))) if is_open and roll() < 0.02 else None,
        gap=is_open and state != "awaiting_referral" and roll() < 0.1,
        luck=roll(),
    )


def _standing(roll: Callable[[], float]) -> tuple[str, int]:
    """A state, and the days since the wait of that state began."""
    kind = roll()
    if kind >= 0.6:
        return "waiting", 86 + int(roll() * 120)
    if kind >= 0.4:
        return "waiting", 57 + int(roll() * 27)
    state = YOUNG[int(roll() * len(YOUNG))]
    return state, 1 + int(roll() * (LONGEST.get(state, 55) - 1))


def _case(one: _One) -> Sequence[Row]:
    key = f"{one.number:064x}"
    where = (one.service, f"P-{one.number}", f"{one.service}@1", one.state, 5, int(one.open))
    clinician = "clin-01" if one.state in ("allocated", *AT_WORK) else None
    return [(one.id, *where, one.since, one.closed, one.since, 5, one.held, clinician, key, key)]


def _record(one: _One) -> Sequence[Row]:
    return [(one.id, f'{{"consent_on":"{one.since}","received_on":"{one.since}"}}', None)]


def _clocks(one: _One) -> Iterator[Row]:
    """Of a closed case the three waits are kept here, stopped."""
    running = dict.fromkeys(IN_STATE[one.state] if one.open else ALL_WAITS, one.since)
    if one.held:
        running["hold_review"] = one.held
    stopped_by = None if one.open else 5
    for name in sorted(running):
        since = running[name]
        agreed = since + timedelta(days=28) if one.open and one.luck < AGREED.get(name, 0) else None
        yield one.id, name, since, since, one.closed, stopped_by, 0, agreed


def _days(one: _One) -> Iterator[Row]:
    """In the order of their names. One baby in ten is not born yet; the others are up to 22 months old."""
    if not one.open:
        return
    if one.state in AT_WORK:
        yield one.id, "contact", one.since + (AS_OF - one.since) * one.luck
    if one.luck < 0.1:
        yield one.id, "due", one.since + timedelta(days=int(one.luck * 1_700) - 10)
    if one.state in ("received", "rmg_review", "waiting"):
        yield one.id, "rated", one.since
    if one.luck >= 0.1:
        yield one.id, "too_old", one.since + timedelta(days=int(60 + (one.luck - 0.1) / 0.9 * 670))


def _gaps(one: _One) -> Sequence[Row]:
    return [(one.id, "postcode", one.since)] if one.gap else []


MAKERS: dict[str, Callable[[_One], Sequence[Row] | Iterator[Row]]] = {
    "cases": _case,
    "case_records": _record,
    "case_clocks": _clocks,
    "case_days": _days,
    "case_gaps": _gaps,
}
COLUMNS = {
    "service_figures": "service, name, amount, source, in_force_from, entered_by, entered_at",
    "cases": (
        "id, service, reference, pathway, state, version, is_open, opened_on, closed_on, placed_on, placed_by,"
        " held_since, clinician, infant_key, carer_key"
    ),
    "case_records": "case_id, answers, imported_digest",
    "case_clocks": "case_id, clock, since, counts_from, stopped_on, stopped_by, held_days, agreed_on",
    "case_days": "case_id, name, day",
    "case_gaps": "case_id, field, since",
}
