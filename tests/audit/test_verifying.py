"""However many processes read, at however many moments, the findings are those of one that reads everything at once."""

import hmac
import multiprocessing
import os
import random
import secrets
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from casework.audit.chains import NO_END, chains
from casework.audit.evidence import Evidence
from casework.audit.keys import AuditKeys
from casework.audit.relay import Relay
from casework.audit.seal import MacKeys
from casework.audit.verify import Verdict, verify
from casework.errors import StorageError
from jobs.verifying import ReaderLost, verified
from persistence import Database
from persistence.evidence import SqlEvidence
from tests.audit import attacks
from tests.audit.clinics import fill, keys, order_all
from tests.audit.scene import Scene, intruding
from tests.jobs.line import Line
from tests.persistence.processes import alone

SECRETS = keys()


@pytest.fixture(scope="module", autouse=True)
def server_of_the_tests() -> None:
    """It is started before ours would be: other tests of this process need what it has imported."""
    alone(os.getpid)


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    with closing(Database(database_url, SECRETS.macs)) as database:
        yield Scene(database, SECRETS)


@pytest.fixture
def filled(database_url: str) -> Iterator[Database]:
    """Ten referrals, in order and signed for."""
    with closing(Database(database_url, SECRETS.macs)) as database:
        fill(database, 10)
        order_all(database, SECRETS)
        yield database


def in_parts(whole: Evidence, number: int) -> Verdict:
    """As several processes do it, in this one and at one moment."""
    standing = whole.standing()
    size = standing.size if standing else 0
    return verify(whole, SECRETS, None, [chains(whole, SECRETS.macs, some, size) for some in whole.ranges(number)])


def test_in_however_many_parts_an_attack_shows_in_the_same_findings(scene: Scene) -> None:
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"attacks of seed {seed}\n")
    for attack in attacks.ATTACKS:
        with intruding(scene, random.Random(f"{seed} {attack.__name__}")) as intruder:
            attack(intruder)
            evidence = SqlEvidence(intruder.connection)
            as_one = verify(evidence, SECRETS)
            for number in (1, 2, 7, 500):
                assert in_parts(evidence, number) == as_one, attack.__name__


def test_the_parts_are_all_cases_and_none_twice(filled: Database) -> None:
    with filled.audit.evidence() as evidence:
        for number in (1, 3, 10, 40):
            parts = [chains(evidence, SECRETS.macs, some) for some in evidence.ranges(number)]
            assert len(parts) == min(number, 10)
            assert sum(part.cases for part in parts) == 10
            assert max(part.cases for part in parts) - min(part.cases for part in parts) <= 1


def test_several_processes_find_what_one_does(scene: Scene) -> None:
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"attacks of seed {seed}\n")
    with intruding(scene, random.Random(seed)) as intruder:
        for attack in (attacks.append_a_forged_row, attacks.drop_a_case, attacks.edit, attacks.swap_two):
            attack(intruder)
        moment = intruder.connection.get_transaction()
        assert moment
        moment.commit()
    as_one = verified(scene.database, SECRETS, scene.seen, 1)
    assert {"event_altered", "state_differs"} <= {one.code for one in as_one.findings}
    assert verified(scene.database, SECRETS, scene.seen, 2, worth=10) == as_one


def test_what_gets_its_place_while_the_cases_are_read_is_no_alarm(filled: Database) -> None:
    with filled.audit.evidence() as first:
        standing = first.standing()
        assert standing
        fill(filled, 5, 10)
        order_all(filled, SECRETS)
        with filled.audit.evidence() as later:
            aware = [chains(later, SECRETS.macs, size=standing.size)]
            naive = [chains(later, SECRETS.macs, size=NO_END)]
        assert aware[0].events == naive[0].events == 90
        assert verify(first, SECRETS, None, aware).findings == []
        assert [one.code for one in verify(first, SECRETS, None, naive).findings] == ["state_differs"], "the control"


def test_what_is_taken_away_while_the_cases_are_read_is_missed(scene: Scene) -> None:
    with scene.database.audit.evidence() as first, intruding(scene, random.Random(1)) as intruder:
        standing = first.standing()
        assert standing
        attacks.drop_a_case(intruder)
        parts = [chains(SqlEvidence(intruder.connection), SECRETS.macs, size=standing.size)]
        assert [one.code for one in verify(first, SECRETS, None, parts).findings] == ["state_differs"]


@contextmanager
def at_work(database: Database) -> Iterator[None]:
    """A clinic that keeps one referral after another, and gives each its place at once."""
    done = threading.Event()

    def work() -> None:
        number = 10
        while not done.wait(0.001):
            number += 3
            fill(database, 3, number)
            Relay(database.audit, SECRETS).run()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        done.set()
        worker.join()


def test_several_processes_raise_no_false_alarm_while_people_work(filled: Database) -> None:
    with at_work(filled):
        for _ in range(2):
            verdict = verified(filled, AuditKeys(SECRETS.macs), None, 2, worth=10)
            assert verdict.findings == []
    assert verdict.events > 60


@contextmanager
def every_process_killed() -> Iterator[None]:
    done = threading.Event()

    def kill() -> None:
        while not done.wait(0.001):
            for child in multiprocessing.active_children():
                with suppress(ProcessLookupError):
                    os.kill(child.pid or 0, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        done.set()
        killer.join()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_where_a_process_was_killed_there_is_an_error_and_no_verdict(filled: Database) -> None:
    """Many times: what matters is the moment at which one dies, while it or another is being started."""
    for _ in range(20):
        with every_process_killed(), pytest.raises(ReaderLost) as lost:
            verified(filled, SECRETS, None, 2, worth=10)
        assert "nothing can be said" in str(lost.value)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_where_a_process_cannot_read_its_error_is_told(filled: Database, tmp_path: Path) -> None:
    (tmp_path / "clinic.db").rename(tmp_path / "moved.db")
    assert verified(filled, SECRETS, None, 1).whole, "this one has it open"
    with pytest.raises(StorageError) as told:
        verified(filled, SECRETS, None, 2, worth=10)
    assert told.value.code == "not_migrated"


def test_a_mac_that_is_asked_a_million_times_is_the_one_that_seals() -> None:
    for length in (1, 32, 64, 65, 200):
        secret, digest = secrets.token_bytes(length), secrets.token_bytes(32)
        proves = MacKeys({"a": secret}).proves()
        genuine = hmac.digest(secret, digest, "sha256")
        assert proves(digest, genuine, b"a")
        assert not proves(digest, genuine[:-1] + bytes([genuine[-1] ^ 1]), b"a")
        assert not proves(digest, genuine, b"b")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_auditor_may_say_how_many_processes_read(filled: Database, tmp_path: Path) -> None:
    line = Line(str(filled.url), tmp_path)
    assert line.document("audit", "verify", "--no-replay", "--processes", 3)["events"] == 60
    assert line("audit", "verify", "--processes", "many").exit_code == 2
