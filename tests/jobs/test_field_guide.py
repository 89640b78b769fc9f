"""The field guide says what the programs say: each event is provoked, and each line has the keys of one of its rows."""

import json
import logging
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import structlog

from casework import Casework
from casework.audit.keys import new_keys, read_keys
from casework.change import LATEST
from casework.errors import BadRequest, StaleCase, StepRefused
from casework.log import LogEvent
from jobs import logs
from jobs.logs.lines import OF_THE_LOG
from jobs.relaying import Relaying
from jobs.scheduler import NightService
from persistence import Database
from persistence.night import lease
from persistence.transactions import writing
from tests.conftest import Clock
from tests.jobs.at_work import until
from tests.jobs.days import EIGHT, Days, day_by_day, wait_from
from tests.jobs.guide import differing, guide, never_told
from tests.jobs.line import SAMPLE, Line
from tests.night.harm import behind_the_back, changed, happened
from tests.persistence.families import ACKNOWLEDGE, ALLOCATE, EVERYONE, LEEDS, refer, step

WHY = "The published wait had been entered wrongly."
OF_THE_PROGRAMS = {"casework.failed", *OF_THE_LOG}


def test_the_guide_names_every_event_of_the_code_and_no_other() -> None:
    assert set(guide()) == {str(event) for event in LogEvent} | OF_THE_PROGRAMS


def test_a_key_too_many_or_too_few_a_name_and_a_row_that_nobody_tells_are_seen() -> None:
    """The control."""
    by = guide("| `night.begun` | it began | `run_id`, `actor` |\n| `night.over` | it ended | |")
    begun = {"event": "night.begun", "level": "info", "timestamp": "", "run_id": "1", "actor": "night"}
    assert differing([begun], by) == []
    assert differing([{**begun, "name": "Mina"}], by) == ["night.begun: not listed ['name'], missing []"]
    assert differing([{"event": "night.begun", "actor": "x"}], by) == ["night.begun: not listed [], missing ['run_id']"]
    assert differing([{"event": "night.lost"}], by) == ["night.lost is not in the guide"]
    assert never_told([begun], by) == ["night.over: "]


@pytest.fixture(autouse=True)
def evening() -> None:
    """Time goes on here: services of nights wait for it."""


@pytest.mark.damages("a referral is harmed and an event forged, to hear what is said of them")
def test_every_line_has_exactly_the_keys_of_the_guide_and_every_row_of_it_is_told(
    empty: Line,
    database: Database,
    clock: Clock,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = new_keys(clock.today)
    monkeypatch.setenv("CASEWORK_AUDIT_KEYS", text)
    signed = Database(database.url.render_as_string(hide_password=False), read_keys(text).macs)
    logs.send_to(empty.log)
    with closing(signed):
        with day_by_day(empty, Casework(signed, clock), clock) as days:
            a_referral_is_worked_on(days)
            nights_and_flags(days)
            a_sheet_is_imported(days)
            harm_is_found(days, signed)
        services_of_nights(signed, clock, empty.folder)
        heard = the_log_is_in_trouble(Relaying(signed, read_keys(text), every=0.02, behind_after=0.05), empty, capfd)
    lines = empty.log_lines() + heard
    assert differing(lines, guide()) == []
    assert never_told(lines, guide()) == []


def a_referral_is_worked_on(days: Days) -> None:
    days.on(0)
    family = wait_from(days.casework, "L-1")
    step(days.casework, family, *ACKNOWLEDGE)
    with pytest.raises(StaleCase):
        step(days.casework, family, *ALLOCATE)
    with pytest.raises(StepRefused):
        refer(days.casework, "L-2", steps=(ALLOCATE,))
    wait_from(days.casework, "L-3")


def nights_and_flags(days: Days) -> None:
    days.night(60)
    days.line("flag", "seen", "L-1", EIGHT)
    days.line("flag", "snooze", "L-1", EIGHT, "--until", "2026-12-01", "--reason", WHY)
    days.line("flag", "wake", "L-1", EIGHT)
    run = days.night(86, "--as-of", "today")["run_id"]
    days.line("night", "undo", run, "--reason", WHY)
    days.casework.fire("L-3", "allocate", EVERYONE, {"clinician": "clin-01"}, seen=LATEST)
    days.line("figures", "set", "wait_over", "71", "--service", LEEDS, "--source", WHY)
    days.line("case", "show", "L-3")


def a_sheet_is_imported(days: Days) -> None:
    """Its days have not come yet, so that its rows are refused."""
    days.line("import", SAMPLE)


def harm_is_found(days: Days, database: Database) -> None:
    clinic = days.casework
    harmed, forged = (clinic.case(refer(clinic, name).case_id).id for name in ("H-1", "H-2"))
    with behind_the_back(database) as connection:
        happened(connection, forged)
        changed(pathway="gone@9")(connection, harmed)
    assert days.line("case", "show", "H-1").exit_code == 2
    days.on(90)
    days.line("nightly")


def services_of_nights(database: Database, clock: Clock, folder: Path) -> None:
    clinic = Casework(database, clock)
    for fails in (not_foreseen, foreseen):
        clock.advance(1)
        service = NightService(clinic, after=fails, hourly=fails)
        service.catch_up()
        service.alive()
    clock.advance(1)
    with writing(database.engine) as connection:
        token = lease.take(connection, "the other ward:7")
    NightService(clinic).catch_up()
    with writing(database.engine) as connection:
        lease.give_back(connection, token)
    with closing(Database(f"sqlite:///{folder / 'nowhere.db'}")) as nowhere:
        for one in (clinic, Casework(database, not_foreseen), Casework(nowhere, clock)):
            service = NightService(one)
            service.start()
            service.stop()
            service.alive()


def not_foreseen(*_: object) -> datetime:
    raise ZeroDivisionError


def foreseen(*_: object) -> None:
    raise BadRequest("digest_not_writable", "The folder of the digest is not there.", "digest")


def the_log_is_in_trouble(relaying: Relaying, line: Line, capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was said on stderr meanwhile, and afterwards where there was room again."""
    heard: list[str] = []

    def is_behind() -> bool:
        heard.extend(capfd.readouterr().err.splitlines())
        return any("audit.behind" in said for said in heard)

    later = line.folder / "later" / "casework.log"
    logs.send_to(later)
    with relaying:
        until(is_behind)
        later.parent.mkdir()
    endless: list[object] = []
    endless.append(endless)
    structlog.get_logger("casework").info("flag.raised", data=endless)
    logging.getLogger("sqlalchemy.pool").error("could not insert %s", "Mina Smith")
    logs.send_to(None)
    return [json.loads(said) for said in (*heard, *later.read_text("ascii").splitlines())]
