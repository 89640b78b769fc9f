"""The primary is stopped in the middle of a word, and is woken again when another has taken its place."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from casework import Casework, Receipt, StorageError
from persistence import Database
from persistence.store import SqlStore
from tests.faults.callers import Caller, Counting, at_work, outcome
from tests.faults.cluster import Cluster, Server, cluster
from tests.persistence.families import EVERYONE, LEEDS

DETECTION_SECONDS = 1.0
GIVES_UP_AFTER = 8.0
"""When a test stops waiting for a caller who has no deadline. Nothing would end that wait by itself."""


class NeverHangsUp(Database):
    """The control: the same write path, and nobody shuts the socket."""

    @contextmanager
    def writing(self, within: float = 0.0) -> Iterator[SqlStore]:
        with super().writing(3600) as store:
            yield store


@pytest.fixture
def servers() -> Iterator[Cluster]:
    with cluster("s1", "s2", "s3", synchronous="ANY 1 (*)") as made:
        yield made


def opened(clinic: Casework, key: str) -> Receipt:
    return clinic.open_case(LEEDS, "receive_referral", EVERYONE, {"referrer_name": "R"}, key=key)


def test_a_primary_that_hangs_keeps_nobody_and_is_not_believed_when_it_wakes(
    servers: Cluster, promise: Callable[..., None]
) -> None:
    database, control, bystander = Counting(servers.url()), NeverHangsUp(servers.url()), Database(servers.url())
    callers = [Caller(Casework(database), number) for number in range(6)]
    hung = servers.first
    for warmed_up in (control, bystander):
        opened(Casework(warmed_up), "before")
    waiting = threading.Thread(target=_asks, args=(Casework(control),), daemon=True)
    with at_work(callers):
        time.sleep(0.3)
        hung.hang()
        began = time.monotonic()
        waiting.start()
        time.sleep(DETECTION_SECONDS)
        servers.fail_over()
        _reads_or_is_told(Casework(bystander), within=7.0)
        time.sleep(max(0.0, GIVES_UP_AFTER - (time.monotonic() - began)))
        without_a_deadline_still_waits = waiting.is_alive()
    found = outcome(database, callers)
    assert (found.lost, found.problems) == (0, ())
    assert found.doubled == 1, "the one that the test opened itself"
    assert found.slowest < 10
    assert without_a_deadline_still_waits
    _is_not_believed(hung, servers, database)
    for closed in (database, control, bystander):
        closed.close()
    promise(
        "P4",
        f"{found.acknowledged} acknowledged around a hung primary, {found.lost} lost, slowest {found.slowest:.1f} s",
        control=f"without the deadline the caller still waited after {GIVES_UP_AFTER:.0f} s",
    )


def _asks(clinic: Casework) -> None:
    try:
        opened(clinic, "while-it-hangs")
    except StorageError:
        return


def _reads_or_is_told(clinic: Casework, *, within: float) -> None:
    """Reading is not tried again by itself; the next call works."""
    began = time.monotonic()
    with pytest.raises(StorageError) as told:
        clinic.worklist()
    assert told.value.try_again
    assert time.monotonic() - began < within
    assert len(clinic.worklist()) > 0


def _is_not_believed(deposed: Server, servers: Cluster, database: Database) -> None:
    """It wakes and takes itself for the primary; nobody has fenced it. Who has seen its successor knows better."""
    deposed.wake()
    assert deposed.ask("SELECT NOT pg_is_in_recovery()"), "it takes writes"
    before = deposed.ask("SELECT count(*) FROM case_events", database="clinic")
    stranger = Database(servers.url())
    with stranger.reading():
        assert _reached(stranger) == "s1", "the control: who has seen no other goes where the URL leads first"
    stranger.close()
    database.engine.dispose()
    receipt = opened(Casework(database), "after-it-woke")
    assert deposed.ask("SELECT count(*) FROM case_events", database="clinic") == before
    assert servers.first.ask("SELECT count(*) FROM cases WHERE id = %s", receipt.case_id, database="clinic") == 1
    alone = Database(servers.url("clinic", "s1"))
    alone._servers._newest = database._servers._newest
    with pytest.raises(StorageError) as refused:
        Casework(alone, patience=0.3).open_case(LEEDS, "take_call", EVERYONE)
    assert (refused.value.code, refused.value.try_again, refused.value.maybe_done) == ("old_timeline", True, False)
    alone.close()


def _reached(database: Database) -> str:
    with database.engine.connect() as connection:
        return str(connection.exec_driver_sql("SHOW cluster_name").scalar_one())
