"""What a driver or a database says went wrong, in the words of the catalogue. Values never reach a message."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy.exc

from casework.errors import CaseworkError, ReferenceTaken, StorageError
from casework.store import KeyTaken, PeopleTaken

NOT_MIGRATED = "The database has no tables of this version. Run: casework db upgrade"

_SENTENCES = {
    "not_migrated": NOT_MIGRATED,
    "database_newer": "The database is of a later version of casework. Nothing was changed; upgrade casework.",
    "database_busy": "Another program is writing to the database. Nothing was changed; try again.",
    "database_read_only": "The database cannot be written to. Nothing was changed; check its rights.",
    "database_not_reachable": "The database cannot be reached. Nothing was changed; check the URL and that it runs.",
    "database_full": "The disk of the database is full. Nothing was changed; free some space and try again.",
    "database_damaged": "The file is no database, or it is damaged. Stop writing and call for help.",
    "database_failed": "The database could not do it. Nothing was changed.",
    "maybe_done": "The connection was lost while the change was being kept. Ask again with the same key: it tells.",
}
_TRY_AGAIN = frozenset({"database_busy", "database_full", "database_not_reachable", "maybe_done"})

_SQLITE = {
    sqlite3.SQLITE_BUSY: "database_busy",
    sqlite3.SQLITE_LOCKED: "database_busy",
    sqlite3.SQLITE_READONLY: "database_read_only",
    sqlite3.SQLITE_CANTOPEN: "database_not_reachable",
    sqlite3.SQLITE_FULL: "database_full",
    sqlite3.SQLITE_NOTADB: "database_damaged",
    sqlite3.SQLITE_CORRUPT: "database_damaged",
}
_POSTGRES = {
    "42P01": "not_migrated",
    "42703": "not_migrated",
    "25006": "database_read_only",
    "42501": "database_read_only",
    "40001": "database_busy",
    "40P01": "database_busy",
    "55P03": "database_busy",
    "53100": "database_full",
    "53200": "database_full",
    "XX001": "database_damaged",
    "XX002": "database_damaged",
}


def storage_error(code: str) -> StorageError:
    return StorageError(code, _SENTENCES[code], try_again=code in _TRY_AGAIN, maybe_done=code == "maybe_done")


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


def translate(problem: BaseException, *, committing: bool = False) -> Exception:
    """The error of the catalogue for what a driver raised."""
    constraint = violated(problem)
    if constraint == "uq_cases_reference_service":
        return ReferenceTaken()
    if constraint == "pk_idempotency_keys":
        return KeyTaken()
    if constraint == "uq_cases_open_people":
        return PeopleTaken()
    if isinstance(problem, sqlite3.Error):
        return storage_error(_sqlite_code(problem))
    state = getattr(problem, "sqlstate", None)
    if _is_lost(problem) if state is None else state.startswith(("08", "57P")):
        return storage_error("maybe_done" if committing else "database_not_reachable")
    return storage_error(_POSTGRES.get(state or "", "database_failed"))


def violated(problem: BaseException) -> str:
    """The name of the unique constraint that stood against a write; empty where it was something else."""
    if isinstance(problem, sqlite3.IntegrityError):
        return next((name for columns, name in _SQLITE_UNIQUE.items() if columns in str(problem)), "")
    diagnosis = getattr(problem, "diag", None)
    return str(getattr(diagnosis, "constraint_name", "") or "") if diagnosis is not None else ""


_SQLITE_UNIQUE = {
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
    if primary == sqlite3.SQLITE_IOERR and "FULL" in getattr(problem, "sqlite_errorname", ""):
        return "database_full"
    return _SQLITE.get(primary, "database_failed")


def _is_lost(problem: BaseException) -> bool:
    """Of an error that no server has answered with: whether it is about the connection, or about what was asked."""
    psycopg = sys.modules.get("psycopg")
    return psycopg is not None and isinstance(problem, (psycopg.OperationalError, psycopg.InterfaceError))


def driver_errors() -> tuple[type[Exception], ...]:
    """What the drivers raise. psycopg is an extra: where it is not installed, it raises nothing."""
    psycopg = sys.modules.get("psycopg")
    return (sqlite3.Error,) if psycopg is None else (sqlite3.Error, psycopg.Error)
