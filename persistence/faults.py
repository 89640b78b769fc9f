"""What a driver or a database says went wrong, in the words of the catalogue. Values never reach a message."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy.exc

from casework.errors import CaseworkError, Meaning, ReferenceTaken, StorageError
from casework.store import KeyTaken, PeopleTaken

NOT_MIGRATED = "The database has no tables of this version. Run: casework db upgrade"

_SENTENCES = {
    "not_migrated": NOT_MIGRATED,
    "database_newer": "The database is of a later version of casework. Nothing was changed; upgrade casework.",
    "database_busy": "Another program is writing to the database. Nothing was changed; try again.",
    "database_conflict": "Two changes got in each other's way, and this one gave way. Nothing was changed; try again.",
    "database_crowded": "The database has no connection or memory to spare. Nothing was changed; try again in a while.",
    "database_read_only": "The database cannot be written to. Nothing was changed; check its rights.",
    "database_is_copy": "The server that answered only reads: another is the primary. Nothing was changed; try again.",
    "old_timeline": "A deposed primary answered; there is a newer one. Nothing was changed; shut the old one down.",
    "database_not_reachable": "The database cannot be reached. Nothing was changed; check the URL and that it runs.",
    "database_full": "The disk of the database is full, or its file may not grow. Nothing was changed; make room.",
    "database_disk": "The disk of the database failed to read or write. Nothing was changed; look at the disk.",
    "database_damaged": "The file is no database, or it is damaged. Stop writing and call for help.",
    "database_failed": "The database could not do it. Nothing was changed.",
    "deadline_passed": "The database did not answer in time. Nothing was changed; try again.",
    "maybe_done": "The connection was lost while the change was being kept. Ask again with the same key: it tells.",
}

_MEANS = {
    "database_busy": Meaning.BUSY,
    "database_conflict": Meaning.CONFLICT,
    "database_crowded": Meaning.NO_ROOM,
    "database_is_copy": Meaning.ON_A_COPY,
    "old_timeline": Meaning.ON_A_COPY,
    "database_not_reachable": Meaning.NOT_DONE,
    "database_full": Meaning.NO_ROOM,
    "database_disk": Meaning.NO_ROOM,
    "database_damaged": Meaning.DAMAGED,
    "deadline_passed": Meaning.NOT_DONE,
    "maybe_done": Meaning.IN_DOUBT,
}
"""What is not here is final: to ask again would change nothing."""

_RETRY_AFTER = {
    "database_busy": 1.0,
    "database_conflict": 1.0,
    "database_crowded": 5.0,
    "database_full": 30.0,
    "database_disk": 30.0,
}
"""Seconds before which to ask again is of no use."""

_SQLITE = {
    sqlite3.SQLITE_BUSY: "database_busy",
    sqlite3.SQLITE_LOCKED: "database_busy",
    sqlite3.SQLITE_READONLY: "database_read_only",
    sqlite3.SQLITE_CANTOPEN: "database_not_reachable",
    sqlite3.SQLITE_FULL: "database_full",
    sqlite3.SQLITE_IOERR: "database_disk",
    sqlite3.SQLITE_NOTADB: "database_damaged",
    sqlite3.SQLITE_CORRUPT: "database_damaged",
}
_NO_ROOM_TO_WRITE = ("WRITE", "FSYNC", "TRUNCATE", "SHMSIZE", "FULL")
"""Of the errors of reading and writing, those that a limit on the size of a file leads to as well."""

_POSTGRES = {
    "42P01": "not_migrated",
    "42703": "not_migrated",
    "25006": "database_read_only",
    "42501": "database_read_only",
    "40001": "database_conflict",
    "40P01": "database_conflict",
    "55P03": "database_busy",
    "53100": "database_full",
    "53200": "database_crowded",
    "53300": "database_crowded",
    "57P03": "database_crowded",
    "XX001": "database_damaged",
    "XX002": "database_damaged",
}
_NO_MORE_CONNECTIONS = ("too many clients", "too many connections", "connection slots are reserved")
"""Where a connection is refused the driver has no code, only the words. In another tongue they are not known: then
the server counts as not reachable."""


_LOST_TWICE = "This connection is closed"
"""What the pool says where a connection was lost, and the one made in its place as well, before it could be lent."""

_NOT_DONE, _PERHAPS = "Nothing was changed", "The change may have been kept, which the key tells"


def storage_error(code: str, *, maybe_done: bool = False) -> StorageError:
    """The error with a code. `maybe_done` where it is open whether the change was kept all the same."""
    means, sentence = _MEANS.get(code, Meaning.FINAL), _SENTENCES[code]
    if maybe_done:
        means = Meaning.IN_DOUBT if means is Meaning.NOT_DONE else means
        sentence = sentence.replace(_NOT_DONE, _PERHAPS)
    return StorageError(
        code,
        sentence,
        try_again=means not in (Meaning.FINAL, Meaning.DAMAGED),
        maybe_done=maybe_done or means is Meaning.IN_DOUBT,
        means=means,
        retry_after=_RETRY_AFTER.get(code),
    )


@contextmanager
def translated() -> Iterator[None]:
    """Whatever a database raises leaves as an error of the catalogue, without the statement or its values."""
    try:
        yield
    except CaseworkError:
        raise
    except sqlalchemy.exc.DBAPIError as problem:
        raise translate(problem.orig or problem) from None
    except driver_errors() as problem:
        raise translate(problem) from None
    except sqlalchemy.exc.TimeoutError:  # every connection of this process is in use
        raise storage_error("database_crowded") from None
    except sqlalchemy.exc.InvalidRequestError as problem:
        if str(problem) != _LOST_TWICE:
            raise
        raise storage_error("database_not_reachable") from None


def translate(problem: BaseException, *, committing: bool = False) -> Exception:
    """The error of the catalogue for what a driver raised. Once a commit was sent, a lost connection leaves it open."""
    constraint = violated(problem)
    if constraint == "uq_cases_reference_service":
        return ReferenceTaken()
    if constraint in _THE_SAME_REQUEST:
        return KeyTaken()
    if constraint == "uq_cases_open_people":
        return PeopleTaken()
    if isinstance(problem, sqlite3.Error):
        unsure = committing and "FSYNC" in _name_of(problem)  # it may yet be found in the log after a crash
        return storage_error(_sqlite_code(problem), maybe_done=unsure)
    if committing and _server_fell(problem):
        return storage_error("maybe_done")
    state = getattr(problem, "sqlstate", None)
    if _is_lost(problem) if state is None else state.startswith(("08", "57P0")) and state not in _POSTGRES:
        return storage_error("maybe_done" if committing else _unreached(problem))
    return storage_error(_POSTGRES.get(state or "", "database_failed"))


def _unreached(problem: BaseException) -> str:
    crowded = any(words in str(problem) for words in _NO_MORE_CONNECTIONS)
    return "database_crowded" if crowded else "database_not_reachable"


def violated(problem: BaseException) -> str:
    """The name of the unique constraint that stood against a write; empty where it was something else."""
    if isinstance(problem, sqlite3.IntegrityError):
        return next((name for columns, name in _SQLITE_UNIQUE.items() if columns in str(problem)), "")
    diagnosis = getattr(problem, "diag", None)
    return str(getattr(diagnosis, "constraint_name", "") or "") if diagnosis is not None else ""


_THE_SAME_REQUEST = frozenset({"pk_idempotency_keys", "pk_cases", "pk_refused_attempts"})
"""The key of a request, and the ids that a request makes once, however often it is tried."""

_SQLITE_UNIQUE = {
    "cases.id": "pk_cases",
    "refused_attempts.id": "pk_refused_attempts",
    "cases.reference, cases.service": "uq_cases_reference_service",
    "uq_cases_open_people": "uq_cases_open_people",
    "cases.service, cases.infant_key, cases.carer_key": "uq_cases_open_people",
    "case_events.case_id, case_events.seq": "pk_case_events",
    "idempotency_keys.actor, idempotency_keys.key": "pk_idempotency_keys",
}


def _sqlite_code(problem: sqlite3.Error) -> str:
    text = str(problem)
    if text.startswith(("no such table", "no such column")) or "has no column named" in text:
        return "not_migrated"
    primary = (getattr(problem, "sqlite_errorcode", None) or 0) & 0xFF
    if primary == sqlite3.SQLITE_IOERR and any(what in _name_of(problem) for what in _NO_ROOM_TO_WRITE):
        return "database_full"
    return _SQLITE.get(primary, "database_failed")


def _name_of(problem: sqlite3.Error) -> str:
    return str(getattr(problem, "sqlite_errorname", ""))


def _server_fell(problem: BaseException) -> bool:
    """It says why and goes down. What it was keeping may be in its log: whatever the reason, a commit is in doubt."""
    return getattr(getattr(problem, "diag", None), "severity_nonlocalized", None) in ("FATAL", "PANIC")


def _is_lost(problem: BaseException) -> bool:
    """Of an error that no server has answered with: whether it is about the connection, or about what was asked."""
    psycopg = sys.modules.get("psycopg")
    return psycopg is not None and isinstance(problem, (psycopg.OperationalError, psycopg.InterfaceError))


def driver_errors() -> tuple[type[Exception], ...]:
    """What the drivers raise. psycopg is an extra: where it is not installed, it raises nothing."""
    psycopg = sys.modules.get("psycopg")
    return (sqlite3.Error,) if psycopg is None else (sqlite3.Error, psycopg.Error)
