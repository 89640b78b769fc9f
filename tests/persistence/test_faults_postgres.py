"""What goes wrong between casework and a PostgreSQL server: said with a stable code, and the next call works."""

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql

from casework import Casework, Receipt, StorageError
from persistence import Database
from persistence import database as opening
from tests.persistence.families import refer, step
from tests.postgres import address, session_server

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
CANARY = "canary"

ASKED: dict[str, Callable[[Casework, Receipt], Any]] = {
    "a case": lambda clinic, case: clinic.case(case.case_id),
    "the worklist": lambda clinic, _: clinic.worklist(),
    "a step": lambda clinic, case: step(clinic, case, "acknowledge", {}),
    "a new referral": lambda clinic, _: refer(clinic, "L-2", carer_name=CANARY),
    "a night": lambda clinic, _: clinic.night(),
}


def held_to_the_catalogue(problem: StorageError, code: str, *, try_again: bool, maybe_done: bool = False) -> None:
    assert (problem.code, problem.try_again, problem.maybe_done) == (code, try_again, maybe_done)
    shown = "".join(traceback.format_exception(problem))
    for secret in (CANARY, "INSERT INTO", "SELECT ", "psycopg.", "socket", "5432"):
        assert secret not in shown


def hang_up(database: Database) -> None:
    """The server ends every connection to the database, as on a restart, and is done with it when this returns."""
    name = str(database.url.database)
    with psycopg.connect(address(session_server().url.set(drivername="postgresql")), autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        while server.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s", (name,)).fetchone():
            time.sleep(0.01)


@pytest.mark.parametrize(
    "query", ["host=/tmp/no-such-folder", "host=127.0.0.1&port=1"], ids=["no socket", "nobody at the port"]
)  # fmt: skip
def test_a_server_that_is_not_there_cannot_be_reached(database_kind: str, query: str) -> None:
    nowhere = Database(f"postgresql://somebody:{CANARY}@/clinic?{query}")
    began = time.monotonic()
    for ask in (nowhere.upgrade, nowhere.revision, Casework(nowhere).worklist):
        with pytest.raises(StorageError) as refused:
            ask()
        held_to_the_catalogue(refused.value, "database_not_reachable", try_again=True)
    assert time.monotonic() - began < 3


def test_a_server_that_does_not_answer_is_given_up(database_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody listens and says nothing: a server that hangs."""
    monkeypatch.setattr(opening, "CONNECT_TIMEOUT_SECONDS", 2)
    with silent_listener() as port:
        mute = Database(f"postgresql://somebody@127.0.0.1:{port}/clinic")
        began = time.monotonic()
        with pytest.raises(StorageError) as refused:
            Casework(mute).worklist()
        held_to_the_catalogue(refused.value, "database_not_reachable", try_again=True)
        assert time.monotonic() - began < 10


@contextmanager
def silent_listener() -> Iterator[int]:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def test_a_database_that_is_not_there_cannot_be_reached(database: Database) -> None:
    absent = Database(address(database.url.set(database="no_such_clinic")))
    with pytest.raises(StorageError) as refused:
        Casework(absent).worklist()
    held_to_the_catalogue(refused.value, "database_not_reachable", try_again=True)


@pytest.mark.parametrize("what", ["a step", "a new referral", "a night"])
def test_a_database_that_may_only_be_read_is_read_and_not_written(
    casework: Casework, database: Database, what: str
) -> None:
    opened = refer(casework, "L-1", consent_on=None)
    name = sql.Identifier(str(database.url.database))
    session_server().execute(sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name))
    database.close()
    with pytest.raises(StorageError) as refused:
        ASKED[what](casework, opened)
    held_to_the_catalogue(refused.value, "database_read_only", try_again=False)
    assert casework.case("L-1").version == 1
    session_server().execute(sql.SQL("ALTER DATABASE {} RESET default_transaction_read_only").format(name))
    database.close()
    ASKED[what](casework, opened)


@pytest.mark.parametrize("what", ASKED)
def test_the_next_call_works_after_the_server_hung_up_between_calls(
    casework: Casework, database: Database, what: str
) -> None:
    opened = refer(casework, "L-1")
    for _ in range(2):
        casework.worklist()
        hang_up(database)
    ASKED[what](casework, opened)


def test_a_connection_that_ends_inside_a_transaction_ends_the_call_and_not_the_next(
    casework: Casework, database: Database
) -> None:
    opened = refer(casework, "L-1")

    def write(before: Callable[[], None]) -> None:
        with database.writing() as store:
            store.locked(opened.case_id)
            before()
            store.clear_flags(opened.case_id, ["missing_information"], casework.today(), casework.now(), "a test")

    def read(before: Callable[[], None]) -> None:
        with database.reading() as store:
            store.case(opened.case_id)
            before()
            store.events(opened.case_id)

    for ask in (write, read, write):
        with pytest.raises(StorageError) as refused:
            ask(lambda: hang_up(database))
        held_to_the_catalogue(refused.value, "database_not_reachable", try_again=True)
        ask(lambda: None)


def test_a_connection_that_ends_while_a_change_is_being_kept_leaves_it_to_the_key(
    casework: Casework, database: Database
) -> None:
    opened = refer(casework, "L-1")

    def keep() -> None:
        with database.writing() as store:
            store.locked(opened.case_id)
            hang_up(database)

    with pytest.raises(StorageError, match="same key") as refused:
        keep()
    held_to_the_catalogue(refused.value, "maybe_done", try_again=True, maybe_done=True)
    for _ in range(2):
        assert step(casework, opened, "acknowledge", {}, key="key-1").version == 2


def test_a_call_that_somebody_cancels_on_the_server_changes_nothing(casework: Casework, database: Database) -> None:
    opened = refer(casework, "L-1")
    told: list[StorageError] = []

    def wait_for_the_lock() -> None:
        try:
            step(casework, opened, "acknowledge", {})
        except StorageError as problem:
            told.append(problem)

    waiting = threading.Thread(target=wait_for_the_lock)
    with database.writing() as store:
        store.locked(opened.case_id)
        waiting.start()
        _cancel_whoever_waits()
        waiting.join(10)
    held_to_the_catalogue(told[0], "database_failed", try_again=False)
    assert step(casework, opened, "acknowledge", {}).version == 2


def _cancel_whoever_waits() -> None:
    cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with psycopg.connect(address(session_server().url.set(drivername="postgresql")), autocommit=True) as server:
        while not server.execute(cancel).fetchall():
            time.sleep(0.01)


@pytest.mark.parametrize("what", ["SELECT %(not_given)s", "SELECT 1/0", "SELECT no_such_word"])
def test_what_is_wrong_with_the_asking_is_not_blamed_on_the_connection(database: Database, what: str) -> None:
    def ask() -> None:
        with database.writing() as store:
            store._cursor.execute(what, {"given": CANARY})

    with pytest.raises(StorageError) as refused:
        ask()
    assert refused.value.code in ("database_failed", "not_migrated")
    assert not refused.value.try_again


def test_a_writer_that_never_ends_is_not_waited_for_without_end(
    casework: Casework, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = refer(casework, "L-1")
    monkeypatch.setattr(opening, "LOCK_TIMEOUT_SECONDS", 1)
    other = Database(address(database.url))
    with database.writing() as store:
        store.locked(opened.case_id)
        with pytest.raises(StorageError) as refused:
            step(Casework(other), opened, "acknowledge", {})
    other.close()
    held_to_the_catalogue(refused.value, "database_busy", try_again=True)
    assert step(casework, opened, "acknowledge", {}).version == 2
