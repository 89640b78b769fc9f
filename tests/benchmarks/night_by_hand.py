"""The night as SQL written by hand on the bare driver: one statement raises, one clears, one transaction.

It is the fastest form that was found (research: performance, A4). `told` is called with what was raised and cleared,
to write a line about each; without it nobody is told and the rows are not even read back.
"""

import os
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

Told = Callable[[str, Sequence[Any]], None]

WAITS = (
    "SELECT k.case_id, '{kind}' AS kind FROM case_clocks k JOIN cases c ON c.id = k.case_id"
    " WHERE k.clock = 'wait_to_allocation' AND k.stopped_on IS NULL AND c.held_since IS NULL"
    " AND c.pathway = 'leeds-imhs@1' AND {between}"
)
EIGHT = WAITS.format(kind="wait_8_weeks", between="k.counts_from <= '{eight}' AND k.counts_from > '{twelve}'")
TWELVE = WAITS.format(kind="wait_over_12_weeks", between="k.counts_from <= '{twelve}'")
MISSING = "SELECT DISTINCT g.case_id, 'missing_information' AS kind FROM case_gaps g WHERE g.since <= {on}"
RAISE = (
    "INSERT INTO flags (case_id, kind, raised_on, raised_at, raised_by)"
    " SELECT due.case_id, due.kind, {on}, {now}, {run}"
    f" FROM ({EIGHT} UNION ALL {TWELVE} UNION ALL {MISSING}) due WHERE NOT EXISTS (SELECT 1 FROM flags f"
    " WHERE f.case_id = due.case_id AND f.kind = due.kind AND f.cleared_on IS NULL)"
)
CLEAR = (
    "UPDATE flags SET cleared_on = {on}, cleared_at = {now}, cleared_because ="
    f" CASE WHEN kind = 'wait_8_weeks' AND EXISTS ({TWELVE} AND k.case_id = flags.case_id)"
    " THEN 'replaced by wait_over_12_weeks' ELSE 'no longer due' END"
    " WHERE cleared_on IS NULL AND raised_by <> {run}"
    f" AND NOT (kind = 'wait_8_weeks' AND EXISTS ({EIGHT} AND k.case_id = flags.case_id)"
    f" OR kind = 'wait_over_12_weeks' AND EXISTS ({TWELVE} AND k.case_id = flags.case_id)"
    f" OR kind = 'missing_information' AND EXISTS ({MISSING} AND g.case_id = flags.case_id))"
)


def night(url: str, as_of: date, told: Told | None) -> None:
    """Raise and clear as of a day."""
    connection = _opened(url)
    cursor = connection.cursor()
    cursor.execute("BEGIN")
    if not isinstance(connection, sqlite3.Connection):
        cursor.execute("SET LOCAL jit = off")
        cursor.execute("SET LOCAL enable_nestloop = off")  # else the statistics of empty flags cost a first night dear
    run = uuid4().hex
    for event, statement in (("flag.raised", RAISE), ("flag.cleared", CLEAR)):
        cursor.execute(_written(statement, as_of, run) + (" RETURNING case_id, kind" if told else ""))
        if told:
            told(event, cursor.fetchall())
    cursor.execute("COMMIT")
    connection.close()


def _written(statement: str, as_of: date, run: str) -> str:
    now = datetime.now(UTC).replace(tzinfo=None)
    eight, twelve = as_of - timedelta(days=56), as_of - timedelta(days=85)
    return statement.format(on=f"'{as_of}'", now=f"'{now}'", run=f"'{run}'", eight=eight, twelve=twelve)


def _opened(url: str) -> Any:
    if make_url(url).get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain.replace("%2F", "/"), autocommit=True)


def lines_to(place: Path) -> Told:
    """One JSON line a flag, put together by hand and written in one piece."""
    file = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def told(event: str, rows: Sequence[Any]) -> None:
        at = datetime.now(UTC).isoformat()
        head = f'{{"timestamp":"{at}","level":"info","event":"{event}","case_id":"'
        os.write(file, "".join(f'{head}{case}","kind":"{kind}"}}\n' for case, kind in rows).encode())

    return told
