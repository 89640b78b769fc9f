"""Nobody is called for nothing: whatever lawfully happens, the verifier and the reconciler find nothing."""

import random
import sys
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from casework import StepRefused
from casework.audit.keys import AuditKeys, new_keys, read_keys
from casework.audit.reconcile import reconcile
from casework.audit.relay import Relay
from casework.audit.verify import Seen, verify
from persistence import Database
from persistence.migrating import MIGRATIONS
from persistence.tables import case_events
from persistence.types import canonical
from tests.audit.clinics import fill
from tests.audit.scene import BEGAN, Told
from tests.persistence.before_the_night import edge_cases
from tests.persistence.populations import keep
from tests.promises import Say
from tests.replay.walks import Walk, new_walk, next_day
from tests.time.lives import Dice


class Clinic:
    """One that lives at random, and whoever looks at it from outside: with keys, a memory, and the log."""

    def __init__(self, url: str, seed: object) -> None:
        self.dice, self.told = Dice(str(seed)), Told()
        self.text = new_keys(date(2026, 1, 1))
        self.keys = read_keys(self.text)
        self.url, self.database = url, Database(url, self.keys.macs)
        self.walks: list[tuple[Walk, date]] = []
        self.now: datetime = BEGAN
        self.seen: Seen | None = None
        self.rotated = self.erased = 0

    def lives(self, number: int) -> None:
        """Some steps, taken or refused, and whatever else happens on a day."""
        for at in range(self.dice.randint(1, 6)):
            self._steps(number * 10 + at)
        if self.dice.often(0.7):
            self._relay()
        if self.dice.often(0.05):
            self._rotate()
        if self.dice.often(0.05):
            self._erase()

    def _steps(self, number: int) -> None:
        if not self.walks or self.dice.often(0.3):
            self.walks.append(new_walk(self.dice, number, from_paper=self.dice.often(0.3)))
            self._open(*self.walks[-1])
            return
        at = self.dice.randrange(len(self.walks))
        walk, today = self.walks[at]
        self.walks[at] = walk, next_day(self.dice, today)
        self._step(walk, today)

    def _open(self, walk: Walk, today: date) -> None:
        """Kept with its first steps, as an import keeps it; one that takes none is not there."""
        for _ in range(self.dice.randint(2, 8)):
            try:
                walk.take(walk.case.fire(walk.attempt(self.dice, today)))
            except StepRefused:
                continue
        if walk.events:
            keep(self.database, [(walk.case, walk.events)])
        else:
            self.walks.pop()

    def _step(self, walk: Walk, today: date) -> None:
        try:
            with self.database.writing() as store:
                before, _ = store.locked(walk.case.id)
                walk.case = before
                event = before.fire(walk.attempt(self.dice, today))
                after = before.copy()
                after.apply(event)
                store.append(before, after, event)
        except StepRefused:
            return

    def _relay(self) -> None:
        self.now += timedelta(seconds=self.dice.choice((1, 20, 61)))
        with self.told.listening():
            Relay(self.database.audit, self.keys, now=lambda: self.now).run(ending=self.dice.often(0.2))

    def _rotate(self) -> None:
        self.rotated += 1
        known = read_keys(self.text)
        self.text += new_keys(date(2026, 1, 1), known.macs.secrets)
        self.keys = read_keys(self.text)
        self.database.close()
        self.database = Database(self.url, self.keys.macs)

    def _erase(self) -> None:
        """As the law may demand it: the answers of an event go, their digest stays in their place."""
        with self.database.engine.begin() as connection:
            row = connection.execute(sa.select(case_events).order_by(case_events.c.id)).mappings().first()
            if row is None or row["salt"] is None:
                return
            allow(connection)
            erase(connection, row)
        self.erased += 1

    def looked_at(self) -> list[str]:
        with self.database.audit.evidence() as evidence:
            verdict = verify(evidence, self.keys, self.seen)
            outcome = reconcile(evidence, self.told.read(), self.keys)
        self.seen = verdict.seen
        assert len([one for one in verdict.findings if one.code == "answers_erased"]) == self.erased
        alarms = [one.sentence for one in verdict.findings if one.code != "answers_erased"]
        assert verdict.whole == (not alarms)
        return alarms + [one.sentence for one in outcome.differences]


def allow(connection: sa.Connection) -> None:
    """The trigger that refuses to change an event stands aside, as the owner of a database can have it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    else:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS case_events_no_update")


def erase(connection: sa.Connection, row: Any, **otherwise: Any) -> None:
    digest = sha256(row["salt"] + canonical(row["data"]).encode()).digest()
    here = (case_events.c.case_id == row["case_id"], case_events.c.seq == row["seq"])
    gone = {"data": {}, "salt": None, "data_digest": digest, **otherwise}
    connection.execute(sa.update(case_events).where(*here).values(gone))


@pytest.mark.parametrize(
    ("database_kind", "runs"),
    [
        ("sqlite", 20),
        ("postgresql", 20),
        pytest.param("sqlite", 500, marks=pytest.mark.long),
        pytest.param("postgresql", 500, marks=pytest.mark.long),
    ],
    indirect=["database_kind"],
)
def test_no_lawful_day_of_a_clinic_raises_an_alarm(
    database_url: str, database_kind: str, runs: int, promise: Say
) -> None:
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"clinic of seed {seed}\n")
    clinic, alarms = Clinic(database_url, seed), list[str]()
    try:
        for number in range(runs):
            clinic.lives(number)
            alarms += clinic.looked_at()
        assert alarms == []
        assert clinic.told.lines
        assert is_seen_once_altered(clinic)
    finally:
        clinic.database.close()
    measured = f"{runs} clean runs on {database_kind}, {clinic.rotated} rotations of keys: 0 false alarms"
    promise("P11", measured, control="one bit of one event after them: found")


def is_seen_once_altered(clinic: Clinic) -> bool:
    with clinic.database.engine.begin() as connection:
        allow(connection)
        connection.execute(sa.update(case_events).where(case_events.c.seq == 1).values(actor="somebody"))
    with clinic.database.audit.evidence() as evidence:
        return "event_altered" in {one.code for one in verify(evidence, clinic.keys).findings}


@pytest.mark.damages("answers are erased")
def test_an_erasure_is_named_and_no_alarm_and_nothing_can_be_put_in_its_place(database: Database) -> None:
    fill(database, 2)
    with database.engine.begin() as connection:
        row = connection.execute(sa.select(case_events).where(case_events.c.seq == 2).limit(1)).mappings().one()
        allow(connection)
        erase(connection, row)
    assert [one.code for one in found_in(database)] == ["answers_erased"]
    with database.engine.begin() as connection:
        allow(connection)
        erase(connection, row, data={"how_told": "letter"})
    assert [one.code for one in found_in(database)] == ["event_altered"]


def found_in(database: Database) -> list[Any]:
    with database.audit.evidence() as evidence:
        return verify(evidence, AuditKeys(database.macs)).findings


@pytest.fixture
def writing(database: Database) -> Iterator[threading.Event]:
    """Somebody keeps one referral after another until the test is done."""
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.wait(0.001):
            number += 3
            fill(database, 3, number)

    writer = threading.Thread(target=write)
    writer.start()
    yield done
    done.set()
    writer.join()


def test_a_verifier_that_looks_while_people_work_sees_one_moment(database: Database, writing: threading.Event) -> None:
    keys, told, seen = AuditKeys(database.macs, read_keys(new_keys(date(2026, 1, 1))).signing), Told(), None
    for _ in range(12):
        with database.audit.evidence() as evidence:
            before = evidence.standing()
        log = told.read()
        with told.listening():
            Relay(database.audit, keys).run()
        with database.audit.evidence() as evidence:
            verdict = verify(evidence, keys, seen)
            assert reconcile(evidence, log, keys, before).differences == []
        assert verdict.findings == []
        seen = verdict.seen
    writing.set()
    assert verdict.events
    with database.audit.evidence() as evidence:
        assert reconcile(evidence, log, keys).differences, "the log that was read before is behind: a naive look alarms"


def test_a_clinic_that_was_upgraded_is_sealed_as_one_that_never_was_another(database: Database) -> None:
    keep(database, edge_cases())
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = database.engine
    command.downgrade(config, "0002")
    database.close()
    upgraded = Database(database.url.render_as_string(hide_password=False), database.macs)
    upgraded.upgrade()
    told, keys = Told(), AuditKeys(database.macs)
    assert found_in(upgraded) == []
    with told.listening():
        Relay(upgraded.audit, keys).run()
    with upgraded.audit.evidence() as evidence:
        assert verify(evidence, keys).findings == []
        assert reconcile(evidence, told.read(), keys).differences == []
    upgraded.close()
