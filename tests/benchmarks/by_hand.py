"""One step written by hand on the bare driver: the rows that casework writes, and nothing else.

Nothing is judged, nothing is read back but the state, the version and the key, and every text is ready made. It is
the least that a program can do that keeps the same record.
"""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import make_url

DIGEST = "0" * 64

READ = "SELECT state, version FROM cases WHERE id = ?"
LOCK = READ + " FOR UPDATE"
KEY = "SELECT request_digest, answer FROM idempotency_keys WHERE actor = ? AND key = ?"
NOTE = "UPDATE cases SET version = ? WHERE id = ? AND version = ?"
MOVE = (
    "UPDATE cases SET version = ?, state = ?, placed_on = ?, placed_by = ?, clinician = ? WHERE id = ? AND version = ?"
)
ANSWERS = "UPDATE case_records SET answers = ? WHERE case_id = ?"
EVENT = (
    "INSERT INTO case_events (case_id, seq, id, trigger, from_state, to_state, actor, role, via, effective_on,"
    " effective_at, recorded_at, pathway, imported, request_id, data, not_recorded)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'library', ?, ?, ?, 'leeds-imhs@1', ?, NULL, ?, '[]')"
)
STOP = "UPDATE case_clocks SET stopped_on = ?, stopped_by = ? WHERE case_id = ? AND clock = ?"
RESUME = (
    "UPDATE case_clocks SET since = ?, counts_from = ?, stopped_on = NULL, stopped_by = NULL"
    " WHERE case_id = ? AND clock = ?"
)
REMEMBER = "INSERT INTO idempotency_keys (actor, key, request_digest, answer, recorded_at) VALUES (?, ?, ?, ?, ?)"
ANSWER = (
    '{{"also":[],"case_id":"{}","cleared_flags":[],"effective_on":"{}","reference":"{}","state":"{}",'
    '"trigger":"{}","version":{}}}'
)


@dataclass(frozen=True, slots=True)
class Written:
    """One step with all its texts: what a person types by hand before the clock runs."""

    trigger: str
    source: str
    to: str
    role: str
    asked: dict[str, str]
    clock: str
    stops: bool
    clinician: str | None = None
    answers: str | None = None
    data: str = ""


class SqliteByHand:
    """`sqlite3` with the settings that casework uses: WAL, synchronous=FULL, foreign keys on."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._run = self._connection.cursor().execute

    def end_slice(self) -> None:
        """By hand nobody is owed a line."""

    def close(self) -> None:
        self._connection.close()

    def take(self, step: Written, case: UUID, reference: str, seen: int, actor: str, key: str, today: date) -> None:
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        self._run("BEGIN IMMEDIATE")
        _take(
            self._run,
            READ,
            step,
            (case.hex, str(case), reference, seen, actor, key, today.isoformat(), now, uuid4().hex),
        )
        self._run("COMMIT")


class PostgresByHand:
    """psycopg 3, a round trip a statement, statements prepared by the driver as it does by itself."""

    def __init__(self, url: str) -> None:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain.replace("%2F", "/"))
        self._cursor = self._connection.cursor()

    def end_slice(self) -> None:
        """By hand nobody is owed a line."""

    def close(self) -> None:
        self._connection.close()

    def take(self, step: Written, case: UUID, reference: str, seen: int, actor: str, key: str, today: date) -> None:
        now = datetime.now(UTC)
        _take(self._run, LOCK, step, (case, case, reference, seen, actor, key, today, now, uuid4()))
        self._connection.commit()

    def _run(self, statement: str, values: tuple[Any, ...] = ()) -> Any:
        return self._cursor.execute(_PERCENT[statement], values)


_PERCENT = {
    text: text.replace("?", "%s")
    for text in (LOCK, KEY, NOTE, MOVE, ANSWERS, EVENT, STOP, RESUME, REMEMBER)
}  # fmt: skip


def _take(run: Any, read: str, step: Written, given: tuple[Any, ...]) -> None:
    """The statements of one step; the caller begins and commits."""
    case, named, reference, seen, actor, key, today, now, event = given
    state, version = run(read, (case,)).fetchone()
    if run(KEY, (actor, key)).fetchone() is not None or (state, version) != (step.source, seen):
        raise AssertionError("another step was first")
    after = seen + 1
    if step.to == step.source:
        moved = run(NOTE, (after, case, seen))
    else:
        moved = run(MOVE, (after, step.to, today, after, step.clinician, case, seen))
    if moved.rowcount != 1:
        raise AssertionError("the case moved on")
    what = (step.trigger, step.source, step.to, actor, step.role)
    run(EVENT, (case, after, event, *what, today, now, now, False, step.data))
    if step.answers is not None:
        run(ANSWERS, (step.answers, case))
    if step.stops:
        run(STOP, (today, after, case, step.clock))
    else:
        run(RESUME, (today, today, case, step.clock))
    run(REMEMBER, (actor, key, DIGEST, ANSWER.format(named, today, reference, step.to, step.trigger, after), now))
