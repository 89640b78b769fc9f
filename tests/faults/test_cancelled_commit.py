"""Somebody cancels a commit that waits for its standby. The server says that it is done; it may be gone tomorrow."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from casework import Casework, Receipt, StorageError
from persistence import Database
from tests.faults.cluster import Cluster, Server, cluster, until
from tests.persistence.families import EVERYONE, LEEDS

PATIENCE = 0.3
WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = 'clinic' LIMIT 1"
Cancel = Callable[[Server, Database], None]


def by_the_operator(primary: Server, _: Database) -> None:
    primary.ask("SELECT pg_cancel_backend(%s)", until(lambda: primary.ask(WAITING), "a commit waits"))


def by_ending_the_connection(primary: Server, _: Database) -> None:
    primary.ask("SELECT pg_terminate_backend(%s)", until(lambda: primary.ask(WAITING), "a commit waits"))


class ByTheDriver:
    """As a task does that is cancelled: the driver sends the cancellation."""

    def __init__(self, database: Database) -> None:
        self._lent: list[psycopg.Connection] = []
        sa.event.listen(database.engine, "checkout", lambda driver, *_: self._lent.append(driver))

    def __call__(self, primary: Server, _: Database) -> None:
        until(lambda: primary.ask(WAITING), "a commit waits")
        self._lent[-1].cancel_safe()


def asked(clinic: Casework, key: str) -> Receipt | StorageError:
    try:
        return clinic.open_case(LEEDS, "receive_referral", EVERYONE, {"referrer_name": "R"}, key=key)
    except StorageError as problem:
        return problem


def cancelled(clinic: Casework, key: str, cancel: Callable[[], None]) -> Receipt | StorageError:
    """What a caller is told whose commit is cancelled while the standby is away."""
    told: list[Any] = []
    caller = threading.Thread(target=lambda: told.append(asked(clinic, key)))
    caller.start()
    cancel()
    caller.join(20)
    assert told, "the caller hangs"
    answer: Receipt | StorageError = told[0]
    return answer


def nobody_waits_any_more(primary: Server) -> None:
    """A server does not notice that its client hung up while it waits for a standby."""
    end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    until(lambda: primary.ask(end) == 0, "nobody waits for the standby")


def kept_by_the_driver_alone(primary: Server) -> bool:
    """The control: psycopg takes a cancelled commit for a success. True: it said so."""
    with psycopg.connect(host=str(primary.socket), user="postgres", dbname="clinic") as connection:
        connection.execute("INSERT INTO control VALUES (1)")
        canceller = threading.Thread(target=by_the_operator, args=(primary, None))
        canceller.start()
        connection.commit()
        canceller.join(20)
    return True


@dataclass(frozen=True, slots=True)
class Scene:
    """A primary, its standby, and two callers: one with little patience, for whom commits are cancelled."""

    servers: Cluster
    database: Database
    short: Casework
    patient: Casework

    @property
    def standby(self) -> Server:
        return self.servers.servers["s2"]

    def cases(self) -> int:
        """How many referrals can be seen."""
        return int(self.servers.first.ask("SELECT count(*) FROM cases", database="clinic"))

    def cancelled_while_the_standby_is_away(self, number: int) -> list[str]:
        """So many of each kind. None is acknowledged, although each can be seen."""
        receiver, primary = self.standby.receiver(), self.servers.first
        ways: dict[str, Cancel] = {
            "operator": by_the_operator,
            "ended": by_ending_the_connection,
            "driver": ByTheDriver(self.database),
        }
        keys = [f"{way}-{n}" for way in ways for n in range(number)]
        os.kill(receiver, signal.SIGSTOP)
        for key in keys:
            way = ways[key.partition("-")[0]]
            _nobody_knows(cancelled(self.short, key, partial(way, primary, self.database)))
            nobody_waits_any_more(primary)
        assert self.cases() == len(keys)
        _nobody_knows(asked(self.short, keys[0]))
        nobody_waits_any_more(primary)
        os.kill(receiver, signal.SIGCONT)
        return keys

    def last_words(self) -> None:
        """One more of each, by the driver alone and by casework; then the primary is gone, and its standby had none."""
        primary = self.servers.first
        _the_line_is_cut(self.standby)
        assert kept_by_the_driver_alone(primary)
        nobody_waits_any_more(primary)
        _nobody_knows(cancelled(self.short, "last", partial(by_the_operator, primary, self.database)))
        primary.kill()
        self.servers.fail_over()
        self.standby.ask("ALTER SYSTEM SET synchronous_standby_names = ''")
        self.standby.ask("SELECT pg_reload_conf()")


@pytest.fixture
def scene() -> Iterator[Scene]:
    with cluster("s1", "s2", synchronous="FIRST 1 (s2)") as servers:
        servers.first.ask("CREATE TABLE control (n int)", database="clinic")
        one, other = Database(servers.url()), Database(servers.url())
        yield Scene(servers, one, Casework(one, patience=PATIENCE), Casework(other))
        one.close()
        other.close()


@pytest.mark.parametrize("number", [5, pytest.param(100, marks=pytest.mark.long)])
def test_a_commit_whose_wait_was_cancelled_is_not_acknowledged_until_the_standby_has_it(
    number: int, scene: Scene, promise: Callable[..., None]
) -> None:
    keys = scene.cancelled_while_the_standby_is_away(number)
    acknowledged = {key: asked(scene.patient, key) for key in keys[::2]}
    assert all(isinstance(answer, Receipt) for answer in acknowledged.values())
    scene.last_words()
    assert scene.servers.first.ask("SELECT count(*) FROM control", database="clinic") == 0
    after = {key: asked(scene.patient, key) for key in [*keys, "last"]}
    assert all(isinstance(answer, Receipt) for answer in after.values())
    assert {key: after[key] for key in acknowledged} == acknowledged
    assert scene.cases() == len(after)
    promise(
        "P5",
        f"{number} each by operator, driver and ended connection: 0 acknowledged while the standby was away, "
        f"{len(acknowledged)} acknowledged later and 0 of them lost, {scene.cases()} effects of {len(after)} keys",
        control="the driver alone took a cancelled commit for a success, and the promoted standby had 0 of it",
    )


def _nobody_knows(told: Receipt | StorageError) -> None:
    assert isinstance(told, StorageError), "acknowledged although the standby has it not"
    assert (told.try_again, told.maybe_done) == (True, True)
    assert "same key" in str(told)


def _the_line_is_cut(standby: Server) -> None:
    """The standby takes in nothing more: it looks for its primary where there is none."""
    standby.ask("ALTER SYSTEM SET primary_conninfo = 'host=/nowhere'")
    standby.ask("SELECT pg_reload_conf()")
    until(lambda: not standby.ask("SELECT count(*) FROM pg_stat_wal_receiver"), "the line is cut")
    time.sleep(0.1)
