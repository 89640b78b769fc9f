"""A night that is killed or meets another: run again it leaves the flags that one undisturbed night leaves."""

import threading
import time
from collections import Counter
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework import Attempt, Casework, StorageError
from casework.change import Change
from casework.errors import NightHeld
from casework.flagging import due
from casework.ledger import NightReport
from persistence import Database
from persistence.night import transactions
from persistence.night_tables import flags, night_runs
from tests.conftest import Clock
from tests.jobs import doomed
from tests.persistence.families import ACCEPTED, ALLOCATE, EVERYONE, RECEIVED_ON, refer
from tests.persistence.fresh import FreshUrl, fresh_urls
from tests.persistence.populations import incomplete, keep, waiting
from tests.persistence.processes import NOW, killed, moments, takes, together

EIGHT, TWELVE, GAPS = "wait_8_weeks", "wait_over_12_weeks", "missing_information"
BATCH = 10
KILLS = {"sqlite": 12, "postgresql": 6}
FIRST, LATER = (RECEIVED_ON + timedelta(days=days) for days in (60, 90))
NUMBER = 120


@pytest.fixture
def fresh_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> FreshUrl:
    return fresh_urls(database_kind, tmp_path, request)


@pytest.fixture
def flagged_url(fresh_url: FreshUrl) -> FreshUrl:
    """Gives out clinics whose families have waited sixty days, after that day's night."""

    def make() -> str:
        url = fresh_url()
        database = Database(url)
        keep(database, waiting(NUMBER, RECEIVED_ON) + incomplete(NUMBER, FIRST))
        clinic_of(database).night(FIRST)
        database.close()
        return url

    return make


def clinic_of(database: Database) -> Casework:
    return Casework(database, lambda: NOW)


def open_flags(database: Database) -> Counter[tuple[str, date]]:
    with database.engine.connect() as connection, connection.begin():
        found = connection.execute(sa.select(flags.c.kind, flags.c.raised_on).where(flags.c.cleared_on.is_(None)))
        return Counter((kind, raised_on) for kind, raised_on in found)


def states_of_runs(database: Database) -> list[str]:
    """Of each date, the state of its night, which is the same for every service."""
    query = sa.select(night_runs.c.as_of, night_runs.c.state).distinct().order_by(night_runs.c.as_of)
    with database.engine.connect() as connection, connection.begin():
        return [state for _, state in connection.execute(query)]


def night_after_the_killed_one(clinic: Casework, day: date) -> NightReport:
    """As soon as the lease of the killed one has run out."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            return clinic.night(day)
        except NightHeld:
            time.sleep(doomed.SOON_MS / 2_000)
    pytest.fail("the lease of a killed night stays")


UNDISTURBED = Counter({(TWELVE, LATER): NUMBER, (GAPS, FIRST): NUMBER})


def test_a_killed_night_run_again_leaves_the_flags_of_an_undisturbed_one(
    database_kind: str, flagged_url: FreshUrl
) -> None:
    within = takes(doomed.night_until_killed, flagged_url(), LATER, BATCH)
    in_the_middle = 0
    for number, moment in enumerate(islice(moments(31, within), 10 * KILLS[database_kind])):
        if in_the_middle and number >= KILLS[database_kind]:
            break
        url = flagged_url()
        at_work = killed(doomed.night_until_killed, url, LATER, BATCH, after=moment)
        database = Database(url)
        left = open_flags(database)
        assert left[EIGHT, FIRST] + left[TWELVE, LATER] == NUMBER, "a wait shows one of its flags, never both or none"
        in_the_middle += at_work and states_of_runs(database)[-1] == "running"
        was_begun = len(states_of_runs(database)) == 2 and states_of_runs(database)[-1] == "running"
        assert night_after_the_killed_one(clinic_of(database), LATER).resumed is was_begun
        assert open_flags(database) == UNDISTURBED
        assert states_of_runs(database) == ["complete", "complete"]
        database.close()
    assert in_the_middle, "kills that hit nothing prove nothing"


def test_two_nights_at_once_raise_each_flag_once(database_kind: str, fresh_url: FreshUrl) -> None:
    for _ in range(3):
        url = fresh_url()
        database = Database(url)
        keep(database, waiting(NUMBER, RECEIVED_ON) + incomplete(NUMBER, FIRST))
        one, other = together(doomed.night_beside, (url, FIRST, BATCH), (url, FIRST, BATCH))
        assert Counter(one) + Counter(other) == {EIGHT: NUMBER, GAPS: NUMBER}
        assert open_flags(database) == {(EIGHT, FIRST): NUMBER, (GAPS, FIRST): NUMBER}
        database.close()


@pytest.mark.parametrize("batch", [1, 7, 50, NUMBER, 20_000])
def test_the_size_of_a_batch_changes_nothing(
    database_kind: str, fresh_url: FreshUrl, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(transactions, "BATCH", batch)
    database = Database(fresh_url())
    keep(database, waiting(NUMBER, RECEIVED_ON) + incomplete(NUMBER, FIRST))
    clinic = clinic_of(database)
    reports = [clinic.nights.run(day, again=True) for day in (FIRST, LATER, LATER)]
    assert [report.raised for report in reports] == [{EIGHT: NUMBER, GAPS: NUMBER}, {TWELVE: NUMBER}, {}]
    assert [report.replaced for report in reports] == [{}, {EIGHT: NUMBER}, {}]
    assert open_flags(database) == UNDISTURBED
    database.close()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_night_that_fails_says_so_in_its_run_and_the_next_one_completes_it(flagged_url: FreshUrl) -> None:
    database = Database(flagged_url())
    refuse = f"CREATE TRIGGER full BEFORE UPDATE ON flags WHEN NEW.cleared_because = 'replaced by {TWELVE}' "
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text(refuse + "BEGIN SELECT RAISE(ABORT, 'no'); END"))
    with pytest.raises(StorageError):
        clinic_of(database).night(LATER)
    assert states_of_runs(database) == ["complete", "failed"]
    assert open_flags(database) == {(EIGHT, FIRST): NUMBER, (GAPS, FIRST): NUMBER}
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text("DROP TRIGGER full"))
    clinic_of(database).night(LATER)
    assert open_flags(database) == UNDISTURBED
    database.close()


def test_a_step_that_is_being_kept_while_the_night_looks_leaves_no_flag_of_its_cause_behind(
    casework: Casework, clock: Clock
) -> None:
    """The night has seen the wait and is held up by the step that ends it."""
    waits = refer(casework, "L-1", steps=ACCEPTED)
    clock.set(FIRST)
    attempt = Attempt(ALLOCATE[0], EVERYONE, clock.now, ALLOCATE[1])
    night = threading.Thread(target=casework.night)
    with casework.database.writing() as store:
        Change(attempt, ("a test",)).make(store, waits.case_id, waits.version)
        night.start()
        time.sleep(0.3)
    night.join()
    assert casework.case("L-1").state == "allocated"
    assert [flag.kind for flag in casework.case_flags("L-1")] == ["allocated_not_started"]


def test_flags_are_those_that_the_rule_names_for_each_case(database_kind: str, flagged_url: FreshUrl) -> None:
    database = Database(flagged_url())
    clinic = clinic_of(database)
    for case_id in clinic.case_ids()[::10]:
        assert {flag.kind for flag in clinic.case_flags(case_id)} == set(
            due(clinic.case(case_id), FIRST, clinic.nights.lookup())
        )
    database.close()
