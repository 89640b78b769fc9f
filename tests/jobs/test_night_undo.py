"""`casework night undo`: the flags stand as before the night, nothing is removed, what people did is left alone."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import Casework
from persistence import Database
from persistence.night_tables import flag_acts, flags
from tests.conftest import Clock
from tests.jobs.days import EIGHT, GAPS, TWELVE, Days, day_by_day, wait_from
from tests.jobs.line import Line
from tests.persistence.families import ALLOCATE, EVERYONE, LEEDS, refer, step

WHY = "The published wait had been entered wrongly."


@pytest.fixture
def days(empty: Line, casework: Casework, clock: Clock) -> Iterator[Days]:
    with day_by_day(empty, casework, clock) as found:
        yield found


def standing(casework: Casework) -> set[tuple[str, str, date, date | None]]:
    """Every open flag with the day on which it was raised and the day until which it is quiet."""
    cases = [casework.case(case_id) for case_id in casework.case_ids()]
    return {(f.reference, f.kind, f.raised_on, f.quiet_until) for case in cases for f in casework.case_flags(case.id)}


def kept(database: Database) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection, connection.begin():
        columns = (flags.c.id, flags.c.case_id, flags.c.kind, flags.c.raised_on, flags.c.raised_by)
        return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(flags.c.id))]


def undo(days: Days, run: str, *words: object) -> Any:
    return days.line.document("night", "undo", run, "--reason", WHY, "--as", "Maria", *words)


def test_an_undone_night_leaves_the_flags_as_they_stood_before_it_with_their_days(
    days: Days, database: Database
) -> None:
    days.on(40)
    wait_from(days.casework, "L-1")
    wait_from(days.casework, "L-2", 30)
    gaps = refer(days.casework, "L-3", consent_on=None)
    days.night(60)
    until = days.clock.today + timedelta(days=90)
    days.casework.snooze_flag("L-1", EIGHT, EVERYONE, until=until, reason="The family asked to wait.")
    before, rows = standing(days.casework), kept(database)
    run = days.night(86, "--as-of", "today")
    assert (run["raised"], run["replaced"]) == ({EIGHT: 1, TWELVE: 1}, {EIGHT: 1})
    undone = undo(days, run["run_id"])
    assert (undone["withdrawn"], undone["restored"], undone["left"]) == ({EIGHT: 1, TWELVE: 1}, {EIGHT: 1}, {})
    assert standing(days.casework) == before
    assert {name for name, *_ in before} == {"L-1", "L-3"}
    assert kept(database)[: len(rows)] == rows
    assert len(kept(database)) > len(rows)
    assert days.casework.case(gaps.case_id).gaps == ("consent_on",)


def test_what_people_did_about_a_flag_or_a_referral_since_is_left_alone(days: Days) -> None:
    for name in ("L-1", "L-2", "L-3", "L-4"):
        wait_from(days.casework, name)
    leaves = wait_from(days.casework, "L-5")
    run = days.night(90)
    days.on(90)
    days.line("flag", "seen", "L-1", TWELVE)
    days.line("flag", "snooze", "L-2", TWELVE, "--until", "2026-07-01", "--reason", "Away.")
    step(days.casework, leaves, *ALLOCATE)
    undone = undo(days, run["run_id"])
    assert (undone["withdrawn"], undone["left"]) == ({TWELVE: 2}, {TWELVE: 2})
    open_now = {(name, kind, quiet) for name, kind, _, quiet in standing(days.casework)}
    assert open_now == {("L-1", TWELVE, None), ("L-2", TWELVE, date(2026, 7, 1))}
    assert days.casework.case(leaves.case_id).state == "allocated"
    (stretch,) = [s for s in days.casework.flag_history("L-5") if s.kind == TWELVE]
    assert (stretch.cleared_because or "").startswith("allocate#")


def test_a_flag_whose_cause_ended_since_is_not_put_back(days: Days) -> None:
    waiting = wait_from(days.casework, "L-1")
    days.night(60)
    run = days.night(90, "--as-of", "today")
    assert run["replaced"] == {EIGHT: 1}
    days.on(90)
    step(days.casework, waiting, *ALLOCATE)
    assert undo(days, run["run_id"])["restored"] == {}
    assert standing(days.casework) == set()


def test_a_night_on_which_a_later_one_was_built_is_undone_after_that_one(days: Days) -> None:
    wait_from(days.casework, "L-1")
    first, second = days.night(60), days.night(90, "--as-of", "today")
    before = standing(days.casework)
    refused = days.line("night", "undo", first["run_id"], "--reason", WHY)
    assert refused.exit_code == 2
    assert refused.stderr.endswith("(run_built_on)\n")
    assert "31 May 2026" in refused.stderr
    assert standing(days.casework) == before
    undo(days, second["run_id"])
    assert undo(days, first["run_id"])["withdrawn"] == {EIGHT: 1}
    assert standing(days.casework) == set()
    assert [run["state"] for run in days.line.document("nights", "--service", LEEDS)["runs"]] == ["undone", "undone"]


def test_the_night_that_is_in_the_way_is_named_and_not_one_that_is_undone_already(days: Days) -> None:
    wait_from(days.casework, "L-1")
    first, second = days.night(60), days.night(61)
    undo(days, second["run_id"])
    days.night(62)
    refused = days.line("night", "undo", first["run_id"], "--reason", WHY)
    assert refused.stderr.startswith("casework: The night of 3 May 2026 was built on this one.")


def test_a_flag_that_was_kept_quiet_stays_so_through_the_undoing_of_both_its_nights(days: Days) -> None:
    wait_from(days.casework, "L-1")
    first = days.night(60)
    days.line("flag", "snooze", "L-1", EIGHT, "--until", "2026-07-01", "--reason", "Away.")
    second = days.night(90, "--as-of", "today")
    assert undo(days, second["run_id"])["restored"] == {EIGHT: 1}
    assert undo(days, first["run_id"])["left"] == {EIGHT: 1}
    assert standing(days.casework) == {("L-1", EIGHT, date(2026, 5, 1), date(2026, 7, 1))}


def test_the_ledger_says_by_whom_and_why_and_the_date_can_be_run_once_more(days: Days) -> None:
    wait_from(days.casework, "L-1")
    run = days.night(60)
    shown = days.line("nights").stdout
    prefix = next(line.split()[-1] for line in shown.splitlines() if line.startswith("2026"))
    assert run["run_id"].startswith(prefix)
    told = days.line("night", "undo", prefix, "--reason", WHY, "--as", "Maria").stdout
    assert "The night of 1 May 2026 is undone (leeds-imhs, together-with-baby)." in told
    assert f"Withdrawn: 1 {EIGHT}." in told
    assert f"Undone: leeds-imhs, 1 May 2026, by Maria: {WHY}" in days.line("nights").stdout
    assert days.line.document("nights")["missing"] == []
    again = days.line.document("nightly", "--as-of", "2026-05-01")
    assert again["raised"] == {EIGHT: 1}
    assert "put back" not in days.line("flag", "history", "L-1").stdout


def test_the_history_of_a_flag_tells_of_the_undoing(days: Days) -> None:
    wait_from(days.casework, "L-1")
    days.night(60)
    run = days.night(90, "--as-of", "today")
    undo(days, run["run_id"])
    told = days.line("flag", "history", "L-1").stdout
    assert "31 May 2026: withdrawn: the night that raised it was undone." in told
    assert "1 May 2026: put back when the night of 31 May 2026 was undone" in told
    (eight,) = [flag for flag in days.line.document("flag", "history", "L-1") if flag["kind"] == EIGHT]
    assert [stretch["raised_by"]["put_back"] for stretch in eight["stretches"]] == [False, True]
    assert eight["open"] is True


def test_the_night_of_one_service_is_undone_without_the_others(days: Days) -> None:
    wait_from(days.casework, "L-1")
    refer(days.casework, "E-1", service="together-with-baby", consent_on=None)
    run = days.night(60)
    undone = undo(days, run["run_id"], "--service", LEEDS)
    assert undone["services"] == [LEEDS]
    assert ("E-1", GAPS) in days.flags()
    assert ("L-1", EIGHT) not in days.flags()


@pytest.mark.parametrize(
    ("run", "reason", "code"),
    [
        ("RUN", " ", "reason_needed"),
        ("RUN", "x" * 2_001, "reason_needed"),
        ("00000000-0000-0000-0000-000000000000", WHY, "unknown_run"),
        ("last night", WHY, "unknown_run"),
        ("0", WHY, "ambiguous_run"),
    ],
)
def test_an_undoing_that_cannot_be_is_refused_and_changes_nothing(days: Days, run: str, reason: str, code: str) -> None:
    wait_from(days.casework, "L-1")
    days.night(59)
    full = days.night(60)["run_id"]
    before = standing(days.casework)
    result = days.line("night", "undo", full if run == "RUN" else run, "--reason", reason)
    assert result.exit_code == 2
    assert result.stderr.endswith(f"({code})\n")
    assert standing(days.casework) == before
    assert {entry["state"] for entry in days.line.document("nights")["runs"]} == {"complete"}


def test_a_night_is_undone_once(days: Days) -> None:
    wait_from(days.casework, "L-1")
    run = days.night(60)["run_id"]
    undo(days, run)
    result = days.line("night", "undo", run, "--reason", WHY)
    assert result.exit_code == 2
    assert result.stderr.endswith("(run_not_complete)\n")


def test_an_undoing_is_told_to_the_log_without_its_reason(days: Days) -> None:
    wait_from(days.casework, "L-1")
    run = days.night(60)["run_id"]
    undo(days, run)
    (line,) = [line for line in days.line.log_lines() if line["event"] == "night.undone"]
    assert (line["run_id"], line["actor"], line["withdrawn"]) == (run, "Maria", {EIGHT: 1})
    assert WHY not in days.line.log.read_text(encoding="utf-8")


def test_acts_of_people_are_still_there_after_an_undoing(days: Days, database: Database) -> None:
    wait_from(days.casework, "L-1")
    days.night(60)
    days.line("flag", "seen", "L-1", EIGHT, "--reason", "Rang them.")
    undo(days, days.night(90, "--as-of", "today")["run_id"])
    with database.engine.connect() as connection, connection.begin():
        assert connection.scalar(sa.select(sa.func.count()).select_from(flag_acts)) == 1
    assert "marked as seen by" in days.line("flag", "history", "L-1", EIGHT).stdout


def test_a_dry_undo_says_what_the_undo_then_does_and_changes_nothing(
    days: Days, database: Database, log_lines: list[Any]
) -> None:
    days.on(40)
    wait_from(days.casework, "L-1")
    days.night(60)
    run = days.night(86, "--as-of", "today")
    before, rows = standing(days.casework), kept(database)
    log_lines.clear()
    foreseen = days.casework.nights.undo(run["run_id"], by="Maria", reason=WHY, dry_run=True)
    assert (standing(days.casework), kept(database), log_lines) == (before, rows, [])
    assert foreseen.dry_run
    done = days.casework.nights.undo(run["run_id"], by="Maria", reason=WHY)
    assert (done.changes, done.withdrawn, done.restored) == (foreseen.changes, {TWELVE: 1}, {EIGHT: 1})
    told = [(line["event"], line.get("kind")) for line in log_lines]
    assert told == [("flag.cleared", TWELVE), ("flag.raised", EIGHT), ("night.undone", None)]
    assert all(WHY not in str(line) for line in log_lines)
