"""The lease of a night, by the clock of the database: one holder, a token that grows, and nothing for who lost it."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from casework.errors import NightHeld, NightLost
from casework.ledger import LeaseState
from persistence import Database
from persistence.night import lease
from persistence.transactions import reading, writing

SHORT_MS = 60
PATIENCE = timedelta(seconds=5)


def taken(database: Database, holder: str) -> int:
    with writing(database.engine) as connection:
        return lease.take(connection, holder)


def kept(database: Database, token: int) -> None:
    with writing(database.engine) as connection:
        lease.keep(connection, token)


def given_back(database: Database, token: int) -> None:
    with writing(database.engine) as connection:
        lease.give_back(connection, token)


def state(database: Database) -> LeaseState:
    with reading(database.engine) as connection:
        return lease.state(connection)


def until_it_has_run_out(database: Database) -> None:
    while state(database).alive:
        time.sleep(0.005)


def test_nobody_holds_the_lease_of_a_new_clinic(database: Database) -> None:
    assert state(database) == LeaseState(None, 0, None, None, alive=False)


def test_the_second_is_told_who_holds_the_night_and_since_when(database: Database) -> None:
    assert taken(database, "one:1") == 1
    with pytest.raises(NightHeld, match="one:1 since 2") as held:
        taken(database, "two:2")
    assert (held.value.code, held.value.holder, held.value.since) == ("night_held", "one:1", state(database).since)
    assert state(database).token == 1


def test_the_lease_is_counted_by_the_clock_of_the_database_and_that_is_right(database: Database) -> None:
    taken(database, "one:1")
    now = state(database)
    assert now.since is not None
    assert abs(now.since - datetime.now(UTC)) < PATIENCE
    assert now.until == now.since + timedelta(milliseconds=lease.LEASE_MS)


def test_a_lease_that_is_kept_does_not_run_out_and_one_that_is_silent_does(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE_MS", 1_000)
    token = taken(database, "one:1")
    before = state(database)
    time.sleep(0.02)
    kept(database, token)
    after = state(database)
    assert before.until is not None
    assert after.until is not None
    assert after.until > before.until
    assert (after.since, after.token, after.alive) == (before.since, before.token, True)
    monkeypatch.setattr(lease, "LEASE_MS", SHORT_MS)
    kept(database, token)
    with pytest.raises(NightHeld):
        taken(database, "two:2")
    until_it_has_run_out(database)
    assert taken(database, "two:2") == token + 1


def test_who_lost_the_lease_keeps_nothing_and_cannot_give_it_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE_MS", SHORT_MS)
    old = taken(database, "one:1")
    until_it_has_run_out(database)
    monkeypatch.undo()
    new = taken(database, "two:2")
    with pytest.raises(NightLost):
        kept(database, old)
    given_back(database, old)
    assert (state(database).holder, state(database).token, state(database).alive) == ("two:2", new, True)
    kept(database, new)


def test_who_slept_over_the_end_of_a_lease_that_nobody_took_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE_MS", SHORT_MS)
    token = taken(database, "one:1")
    until_it_has_run_out(database)
    kept(database, token)
    assert state(database).token == token


def test_a_lease_that_is_given_back_is_free_at_once_and_its_token_is_never_used_again(database: Database) -> None:
    first = taken(database, "one:1")
    given_back(database, first)
    assert state(database) == LeaseState(None, first, None, None, alive=False)
    assert taken(database, "two:2") == first + 1
    with pytest.raises(NightLost):
        kept(database, first)


def test_a_lease_taken_in_a_transaction_that_is_not_kept_was_never_taken(database: Database) -> None:
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin() as transaction:
        assert lease.take(connection, "one:1") == 1
        transaction.rollback()
    assert state(database).holder is None
    assert taken(database, "two:2") == 1
