"""Rows of the retry contract on real servers: no connection to spare, a standby that was reached, a damaged file."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.exc import DisconnectionError

from casework import LATEST, Casework, Receipt, StorageError
from persistence import Database
from tests.faults.cluster import Cluster, cluster
from tests.persistence.families import EVERYONE, LEEDS
from tests.postgres import address, session_server


def asked(clinic: Casework, key: str | None = None) -> Receipt:
    return clinic.open_case(LEEDS, "receive_referral", EVERYONE, {"referrer_name": "R"}, key=key)


def told(clinic: Casework) -> tuple[StorageError, float]:
    began = time.monotonic()
    with pytest.raises(StorageError) as caught:
        asked(clinic)
    return caught.value, time.monotonic() - began


@pytest.fixture(scope="module")
def servers() -> Iterator[Cluster]:
    with cluster("s1", "s2", synchronous="FIRST 1 (s2)") as made:
        yield made


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_server_with_no_connection_to_spare_is_not_asked_again_at_once(database: Database) -> None:
    role, name = sql.Identifier("clerk"), sql.Identifier(str(database.url.database))
    session_server().execute(sql.SQL("CREATE ROLE {} LOGIN CONNECTION LIMIT 1 IN ROLE pg_read_all_data").format(role))
    url = database.url.set(username="clerk")
    try:
        with psycopg.connect(address(url.set(drivername="postgresql"))):
            problem, seconds = told(Casework(Database(address(url))))
    finally:
        session_server().execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM {}").format(name, role))
        session_server().execute(sql.SQL("DROP ROLE {}").format(role))
    assert (problem.code, problem.try_again, problem.maybe_done) == ("database_crowded", True, False)
    assert problem.retry_after == 5
    assert seconds < 1


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
def test_a_process_with_no_connection_to_spare_says_so(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("persistence.database.POOL_TIMEOUT_SECONDS", 0.2)
    small = Database(address(database.url))
    lent = [small.engine.raw_connection() for _ in range(15)]
    problem, seconds = told(Casework(small))
    assert (problem.code, problem.retry_after) == ("database_crowded", 5)
    assert seconds < 1
    for connection in lent:
        connection.close()
    small.close()


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_connection_that_is_lost_again_and_again_before_it_is_lent_is_no_surprise(database: Database) -> None:
    def lost(*_: object) -> None:
        raise DisconnectionError

    clinic = Casework(database, patience=0.3)
    asked(clinic)
    sa.event.listen(database.engine, "checkout", lost)
    problem, _ = told(clinic)
    assert (problem.code, problem.try_again, problem.maybe_done) == ("database_not_reachable", True, False)
    with pytest.raises(StorageError, match="cannot be reached"):
        clinic.worklist()
    sa.event.remove(database.engine, "checkout", lost)
    asked(clinic)


def test_a_step_that_reached_a_standby_waits_for_a_primary_and_is_done_there_once(servers: Cluster) -> None:
    """The URL leads to one server only: to the standby, which is promoted while the caller waits."""
    standby = servers.servers["s2"]
    database = Database(servers.url("clinic", "s2", only_primary=False))
    problem, seconds = told(Casework(database, patience=0.5))
    assert (problem.code, problem.try_again, problem.maybe_done) == ("database_is_copy", True, False)
    assert seconds < 2

    promotion = threading.Timer(0.5, _takes_over, args=(servers,))
    promotion.start()
    receipt = asked(Casework(database), key="key-1")
    promotion.join()
    assert asked(Casework(database), key="key-1") == receipt
    assert standby.ask("SELECT count(*) FROM case_events", database="clinic") == 1
    database.close()


def _takes_over(servers: Cluster) -> None:
    servers.first.kill()
    standby = servers.fail_over()
    standby.ask("ALTER SYSTEM SET synchronous_standby_names = ''")
    standby.ask("SELECT pg_reload_conf()")


def test_a_change_is_not_acknowledged_where_an_error_within_it_was_passed_over(
    database: Database, casework: Casework
) -> None:
    """Both drivers would commit nothing and say nothing: the transaction has been rolled back already."""
    opened = asked(casework)

    def change() -> None:
        with database.writing() as store:
            store.locked(opened.case_id)
            with suppress(Exception):
                store._cursor.execute("ROLLBACK" if database.is_sqlite else "SELECT no_such_word")

    with pytest.raises(StorageError) as caught:
        change()
    assert (caught.value.code, caught.value.maybe_done) == ("database_failed", False)
    assert casework.fire(opened.case_id, "acknowledge", EVERYONE, seen=LATEST).version == 2


@pytest.mark.damages("spoils a page of the file")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_damaged_database_is_not_written_to_again(database: Database, casework: Casework) -> None:
    """Not by this process: what is kept may still be read, and somebody has to look at it."""
    asked(casework)
    database.close()
    with closing(sqlite3.connect(str(database.url.database))) as file:
        (page,) = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'case_events'").fetchone()
        (size,) = file.execute("PRAGMA page_size").fetchone()
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = Path(str(database.url.database)).read_bytes()
    spoilt = whole[: (page - 1) * size] + b"\xff" * size + whole[page * size :]
    _replace(database, spoilt)
    problem, _ = told(casework)
    assert (problem.code, problem.try_again) == ("database_damaged", False)
    _replace(database, whole)
    problem, _ = told(casework)
    assert problem.code == "database_damaged", "although it has been mended: nobody has looked at it from here"
    asked(Casework(Database(address(database.url))))


def _replace(database: Database, content: bytes) -> None:
    database.close()
    file = Path(str(database.url.database))
    for beside in ("-wal", "-shm"):
        file.with_name(file.name + beside).unlink(missing_ok=True)
    file.write_bytes(content)
