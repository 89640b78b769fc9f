"""The service of nights: each local date once, whoever runs it and whatever happens to the database or to a page."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import time_machine

from casework import Casework, NightReport
from jobs import scheduler
from jobs.scheduler import NightService, pauses
from persistence import Database
from persistence import database as opening
from persistence.night import lease
from tests.conftest import START, Clock
from tests.jobs.at_work import at_work, away, each_once, events, execute, ledger, named, slow_flags, until
from tests.persistence.families import RECEIVED_ON, refer
from tests.persistence.populations import incomplete, keep, waiting
from workflows.registry import CURRENT

MONDAY = date(2026, 3, 2)
SOON = 0.1


@pytest.fixture(autouse=True)
def evening() -> None:
    """Time goes on here: a scheduler waits for it."""


@pytest.fixture
def another(database_url: str, clock: Clock) -> Iterator[Casework]:
    """The same clinic as another program has it open."""
    database = Database(database_url)
    yield Casework(database, clock)
    database.close()


def test_two_services_do_each_date_once(casework: Casework, another: Casework, clock: Clock) -> None:
    refer(casework, "L-1")
    done: list[date] = []
    services = [NightService(one, after=lambda report: done.append(report.as_of)) for one in (casework, another)]
    for days in (0, 1, 1, 3, 1):
        clock.advance(days)
        both = [threading.Thread(target=service.catch_up) for service in services]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        assert [service.catch_up() for service in services] == [True, True]
    assert ledger(casework) == each_once(MONDAY, MONDAY + timedelta(days=6))
    assert Counter(done) == Counter(MONDAY + timedelta(days=n) for n in range(7)), "the page of a date is made once"


def test_dates_that_were_missed_are_done_oldest_first_each_under_its_own(casework: Casework, clock: Clock) -> None:
    done: list[date] = []
    service = NightService(casework, after=lambda report: done.append(report.as_of))
    service.catch_up()
    clock.advance(4)
    service.catch_up()
    assert done == [MONDAY + timedelta(days=n) for n in range(5)]
    assert {run.by for run in casework.nights.runs()} == {"schedule"}


def test_who_meets_another_at_work_says_so_and_leaves_it_alone(
    casework: Casework, database: Database, log_lines: list[Any]
) -> None:
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        lease.take(connection, "the other ward:7")
    assert NightService(casework).catch_up() is True
    (line,) = named(log_lines, "schedule.held")
    assert (line["log_level"], line["holder"]) == ("info", "the other ward:7")
    assert line["since"].startswith("20")
    assert casework.nights.runs() == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_night_that_was_taken_over_is_told_and_completed_later(
    casework: Casework, database: Database, clock: Clock, log_lines: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE_MS", 50)
    keep(database, incomplete(2, RECEIVED_ON))
    clock.advance(60)
    take_over = "CREATE TRIGGER other AFTER INSERT ON flags BEGIN UPDATE leases SET token = token + 1; END"
    execute(database, take_over)
    service = NightService(casework)
    assert service.catch_up() is True
    assert [line["code"] for line in named(log_lines, "schedule.troubled")] == ["night_lost"]
    (begun,) = {run.run_id for run in casework.nights.runs()}
    execute(database, "DROP TRIGGER other")
    time.sleep(0.1)
    service.catch_up()
    assert ledger(casework) == each_once(clock.today, clock.today)
    assert {run.run_id for run in casework.nights.runs()} == {begun}


def test_a_page_that_fails_ends_neither_the_service_nor_the_dates(
    casework: Casework, clock: Clock, log_lines: list[Any]
) -> None:
    service = NightService(casework, after=fails_naming_a_family)
    service.catch_up()
    clock.advance(2)
    assert service.catch_up() is True
    assert ledger(casework) == each_once(MONDAY, clock.today)
    failed = named(log_lines, "schedule.failed")
    assert [(line["log_level"], line["error"], line["doing"]) for line in failed] == [
        ("error", "ZeroDivisionError", "after_night")
    ] * 3
    assert [line["as_of"] for line in failed] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert "Mina" not in repr(log_lines)


def fails_naming_a_family(_report: NightReport) -> None:
    raise ZeroDivisionError("Mina Smith")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_fault_that_nobody_foresaw_is_told_by_its_kind_and_ends_nothing(
    database: Database, clock: Clock, log_lines: list[Any]
) -> None:
    def stopped_clock() -> datetime:
        raise RuntimeError("Mina Smith")

    broken = [True]
    service = NightService(Casework(database, lambda: stopped_clock() if broken else clock()), every=SOON)
    with at_work(service):
        until(lambda: len(named(log_lines, "schedule.failed")) >= 3)
        broken.clear()
        until(lambda: events(log_lines)["night.finished"] == len(CURRENT))
    assert {line["error"] for line in named(log_lines, "schedule.failed")} == {"RuntimeError"}
    assert "Mina" not in repr(log_lines)


def test_a_database_that_is_away_at_the_hour_is_waited_for(
    casework: Casework, another: Casework, clock: Clock, log_lines: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BUSY_TIMEOUT_MS", 50)
    holding = casework.database
    assert isinstance(holding, Database)
    NightService(another).catch_up()
    with at_work(NightService(another, every=SOON)):
        with away(holding):
            clock.advance(2)
            until(lambda: len(named(log_lines, "schedule.troubled")) >= 3)
            assert "schedule.failed" not in events(log_lines)
        until(lambda: ledger(casework) == each_once(MONDAY, clock.today))
        until(lambda: "schedule.alive" in events(log_lines))
    troubled = named(log_lines, "schedule.troubled")
    code = "database_busy" if holding.is_sqlite else "database_not_reachable"
    assert {(line["log_level"], line["code"], line["doing"]) for line in troubled} == {("warning", code, "catch_up")}
    told_again = named(log_lines, "schedule.alive")[0]
    assert (told_again["due"], told_again["last_complete"]) == ([], clock.today.isoformat())


def test_a_file_that_is_not_there_yet_is_waited_for(
    tmp_path: Path, migrated_file: Path, clock: Clock, log_lines: list[Any]
) -> None:
    with (
        closing(Database(f"sqlite:///{tmp_path / 'later.db'}")) as database,
        at_work(NightService(Casework(database, clock), every=SOON)),
    ):
        until(lambda: len(named(log_lines, "schedule.troubled")) >= 3)
        assert not (tmp_path / "later.db").exists()
        (tmp_path / "coming.db").write_bytes(migrated_file.read_bytes())
        (tmp_path / "coming.db").rename(tmp_path / "later.db")
        until(lambda: events(log_lines)["night.finished"] == len(CURRENT))


def test_a_database_that_is_away_is_asked_ever_more_seldom_and_every_five_minutes_at_last() -> None:
    assert list(islice(pauses(scheduler.CATCH_UP_SECONDS), 6)) == [30, 60, 120, 240, 300, 300]


def test_it_says_once_an_hour_that_it_lives(
    casework: Casework, clock: Clock, log_lines: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scheduler.ALIVE_SECONDS == 3_600
    monkeypatch.setattr(scheduler, "ALIVE_SECONDS", SOON)
    called: list[int] = []
    with at_work(NightService(casework, "the night nurse", hourly=lambda: called.append(1))):
        until(lambda: casework.nights.due() == [])
        seen = len(named(log_lines, "schedule.alive"))
        until(lambda: len(named(log_lines, "schedule.alive")) >= seen + 3)
    started, *_ = log_lines
    assert (started["event"], started["last_complete"], started["due"]) == ("schedule.started", None, ["2026-03-02"])
    last = named(log_lines, "schedule.alive")[-1]
    assert last == {
        "event": "schedule.alive",
        "log_level": "info",
        "actor": "the night nurse",
        "last_complete": "2026-03-02",
        "due": [],
        "next_night": "2026-03-03T02:30:00+00:00",
    }
    assert len(called) >= 3
    assert log_lines[-1]["event"] == "schedule.stopped"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_a_machine_slept_through_is_made_up_for_once(casework: Casework, log_lines: list[Any]) -> None:
    """APScheduler by itself drops what is a second late, or runs it as often as it was missed."""
    with time_machine.travel(START) as machine, at_work(NightService(casework, every=1)):
        until(lambda: casework.nights.due() == [])
        machine.move_to(START + timedelta(hours=3, minutes=30))
        until(lambda: "schedule.alive" in events(log_lines))
        time.sleep(1.5)
    assert events(log_lines)["schedule.alive"] == 1


def test_it_says_that_it_lives_although_the_database_does_not(
    tmp_path: Path, clock: Clock, log_lines: list[Any]
) -> None:
    NightService(Casework(Database(f"sqlite:///{tmp_path / 'none.db'}"), clock), hourly=lambda: 1 // 0).alive()
    assert [line["event"] for line in log_lines] == ["schedule.troubled", "schedule.alive", "schedule.failed"]
    assert log_lines[1]["next_night"] == "2026-03-03T02:30:00+00:00"
    assert "due" not in log_lines[1]


def test_a_host_embeds_it_and_stops_it_in_the_middle_of_a_night(
    casework: Casework, database: Database, clock: Clock
) -> None:
    """From a thread of its own, as a web server starts it; what was begun is taken up under the same id."""
    keep(database, waiting(60, RECEIVED_ON) + incomplete(60, RECEIVED_ON))
    clock.advance(60)
    first = NightService(casework)
    with slow_flags(database, seconds=0.01):
        host = threading.Thread(target=first.start)
        host.start()
        host.join()
        until(lambda: {run.state for run in casework.nights.runs()} == {"running"})
        asked = time.monotonic()
        first.stop()
        assert time.monotonic() - asked < 5
    (begun,) = {run.run_id for run in casework.nights.runs()}
    assert {run.state for run in casework.nights.runs()} == {"running"}
    assert casework.nights.keeper.lease().holder is None
    assert not [thread.name for thread in threading.enumerate() if thread.name == "APScheduler"]
    with at_work(NightService(casework)):
        until(lambda: ledger(casework) == each_once(clock.today, clock.today))
    assert {run.run_id for run in casework.nights.runs()} == {begun}
    assert sum(sum(run.raised.values()) for run in casework.nights.runs()) == len(casework.flags())


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_started_twice_it_is_one_and_stopped_it_can_be_started_again(
    casework: Casework, clock: Clock, log_lines: list[Any]
) -> None:
    service = NightService(casework, every=SOON)
    service.stop()
    with at_work(service):
        service.start()
        until(lambda: ledger(casework) == each_once(MONDAY, MONDAY))
    clock.advance(1)
    with at_work(service):
        until(lambda: ledger(casework) == each_once(MONDAY, clock.today))
    assert events(log_lines)["schedule.started"] == events(log_lines)["schedule.stopped"] == 2


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_asked_to_stop_it_begins_no_further_date(casework: Casework, clock: Clock) -> None:
    NightService(casework).catch_up()
    clock.advance(3)
    services: list[NightService] = []
    services.append(NightService(casework, after=lambda _report: services[0].stop()))
    services[0].catch_up()
    assert ledger(casework) == each_once(MONDAY, MONDAY + timedelta(days=1))


def test_a_date_that_another_did_between_our_look_and_our_turn_is_the_others_to_tell(
    casework: Casework, another: Casework, clock: Clock
) -> None:
    reports: list[NightReport] = []
    NightService(casework).catch_up()
    clock.advance(2)

    def meanwhile(report: NightReport) -> None:
        reports.append(report)
        NightService(another).catch_up()

    NightService(casework, after=meanwhile).catch_up()
    assert [report.as_of for report in reports] == [MONDAY + timedelta(days=1)]
    assert ledger(casework) == each_once(MONDAY, clock.today)
