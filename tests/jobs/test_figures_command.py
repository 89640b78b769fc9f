"""`casework figures`: what the flags go by, and what a figure would change before it is entered."""

from collections.abc import Iterator
from typing import Any

import pytest

from casework import Casework
from persistence import Database
from tests.conftest import Clock
from tests.jobs.days import EIGHT, TWELVE, Days, day_by_day, wait_from
from tests.jobs.line import Line
from tests.jobs.terminal import lines_of, seen
from tests.persistence.families import ACCEPTED_IN_ESSEX, ESSEX, LEEDS, refer
from tests.persistence.populations import rows_kept
from workflows.figures import FIGURES
from workflows.registry import CURRENT

WHY = "Minutes of the service meeting"
SET = ("figures", "set", "wait_over", "71", "--service", LEEDS, "--source", WHY)


@pytest.fixture
def days(empty: Line, casework: Casework, clock: Clock) -> Iterator[Days]:
    with day_by_day(empty, casework, clock) as found:
        yield found


def figure(days: Days, name: str, service: str = LEEDS) -> Any:
    (found,) = [one for one in days.line.document("figures", "--service", service) if one["name"] == name]
    return found


def test_every_figure_that_a_flag_can_read_is_listed_for_each_service(days: Days) -> None:
    listed = days.line.document("figures")
    assert {(one["service"], one["name"]) for one in listed} == {(s, name) for s in CURRENT for name in FIGURES}
    assert all(one["flags"] for one in listed)
    first = figure(days, "wait_first")
    assert (first["amount"], first["unit"], first["in_force_from"], first["announced"]) == (56, "days", None, [])
    assert first["flags"] == [EIGHT, "allocated_not_started"]
    assert first["source"].startswith("Leeds guidance")
    assert figure(days, "wait_first", ESSEX)["amount"] is None


def test_a_figure_that_nobody_entered_is_shown_as_off(days: Days) -> None:
    lines = days.line("figures", "--service", ESSEX).stdout.splitlines()
    assert [line.split()[:2] for line in lines if line.startswith("wait_over")] == [["wait_over", "off"]]
    assert any(line.startswith("acknowledge           5 working days  the first day  Together") for line in lines)


def test_a_figure_is_shown_with_what_it_would_change_and_then_entered(days: Days) -> None:
    for name, later in (("L-1", 0), ("L-2", 5)):
        wait_from_there(days, name, later)
    days.night(72)
    days.on(75)
    told = days.line(*SET, "--as", "Maria")
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert lines[0] == "wait_over of leeds-imhs: 85 days until then."
    assert lines[1].endswith(f"71 days, from 16 May 2026 ({WHY}).")
    assert "  raised: 1 wait_over_12_weeks." in lines
    assert "  replaced by a graver one: 1 wait_8_weeks." in lines
    assert lines[-1] == "Entered."
    entered = figure(days, "wait_over")
    assert (entered["amount"], entered["source"], entered["in_force_from"]) == (71, WHY, "2026-05-16")
    assert days.flags() == {("L-1", EIGHT), ("L-2", EIGHT)}
    report = days.line.document("nightly", "--as-of", "today")
    assert (report["raised"], report["replaced"]) == ({TWELVE: 1}, {EIGHT: 1})


def wait_from_there(days: Days, name: str, later: int) -> None:
    days.on(later)
    wait_from(days.casework, name, later)


def test_what_is_foreseen_of_a_figure_is_what_it_changes(days: Days) -> None:
    for number, later in enumerate(range(0, 66, 6)):
        wait_from_there(days, f"L-{number}", later)
    days.night(90)
    days.on(91)
    planned = {(p["change"], p["reference"], p["kind"]) for p in days.line.document("nightly", "--dry-run")["planned"]}
    for name, amount in (("wait_first", "30"), ("wait_over", "none")):
        words = ("figures", "set", name, amount, "--service", LEEDS, "--source", WHY)
        changes = {(c["change"], c["reference"], c["kind"]) for c in days.line.document(*words)["changes"]}
        added = {change for change in changes if not change[0].startswith("not ")}
        dropped = {(change.removeprefix("not "), *flag) for change, *flag in changes if change.startswith("not ")}
        now = days.line.document("nightly", "--dry-run")["planned"]
        assert {(p["change"], p["reference"], p["kind"]) for p in now} == (planned | added) - dropped
        assert added
        planned = (planned | added) - dropped


def test_a_dry_run_shows_and_enters_nothing(days: Days, database: Database) -> None:
    wait_from(days.casework, "L-1")
    days.night(75)
    before = rows_kept(database)
    told = days.line(*SET, "--dry-run")
    assert told.exit_code == 0
    assert told.stdout.endswith("This was a dry run: nothing was written.\n")
    document = days.line.document(*SET, "--dry-run")
    assert (document["dry_run"], document["amount"], document["before"]["amount"]) == (True, 71, 85)
    assert {(c["change"], c["kind"]) for c in document["changes"]} == {("raise", TWELVE), ("replace", EIGHT)}
    assert rows_kept(database) == before


def test_a_figure_that_holds_from_a_later_day_is_announced_and_the_one_of_today_stays(days: Days) -> None:
    days.on(60)
    assert days.line(*SET, "--from", "01/06/2026").exit_code == 0
    found = figure(days, "wait_over")
    assert found["amount"] == 85
    assert found["announced"] == [{"amount": 71, "source": WHY, "in_force_from": "2026-06-01"}]
    assert f"From 1 June 2026: wait_over 71 days ({WHY})." in days.line("figures").stdout
    days.on(91)
    assert figure(days, "wait_over")["amount"] == 71
    assert figure(days, "wait_over")["announced"] == []


def test_a_figure_that_is_turned_off_turns_its_flags_off(days: Days) -> None:
    wait_from(days.casework, "L-1")
    days.night(60)
    days.on(60)
    words = ("figures", "set", "wait_first", "none", "--service", LEEDS, "--source", WHY)
    assert [(c["change"], c["kind"]) for c in days.line.document(*words)["changes"]] == [("clear", EIGHT)]
    assert figure(days, "wait_first")["amount"] is None
    days.night(61)
    assert days.flags() == set()


def test_a_figure_that_a_service_enters_turns_its_flags_on_and_is_drawn(days: Days) -> None:
    met = {"rmg_on": "2026-03-02", "reason": "An assessment is indicated."}
    refer(days.casework, "E-1", service=ESSEX, steps=(*ACCEPTED_IN_ESSEX[:-1], ("accept_assessment", met)))
    days.on(59)
    for name, amount in (("wait_first", "28"), ("wait_over", "43")):
        days.line("figures", "set", name, amount, "--service", ESSEX, "--source", WHY)
    days.night(60, "--as-of", "today")
    assert days.flags("--kind", TWELVE) == {("E-1", TWELVE)}
    assert "28 and 43 days (together-with-baby)" in days.line("worklist").stdout
    assert "28 and 43 days" not in days.line("worklist", "--as-of", "2026-04-20").stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("wait_ever 71 --service leeds-imhs --source x", "unknown_figure"),
        ("wait_over 0 --service leeds-imhs --source x", "bad_amount"),
        ("wait_over 3661 --service leeds-imhs --source x", "bad_amount"),
        ("wait_over ten --service leeds-imhs --source x", "bad_amount"),
        ("wait_over 7.5 --service leeds-imhs --source x", "bad_amount"),
        ("wait_over 71 --service nowhere --source x", "unknown_service"),
        ("wait_over 71 --service leeds-imhs", "source_needed"),
        ("wait_over 71 --service leeds-imhs --source x --from 2026-03-01", "date_in_past"),
        ("wait_over 71 --service leeds-imhs --source x --from soon", "invalid_date"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_with_a_code(days: Days, database: Database, words: str, code: str) -> None:
    before = rows_kept(database)
    for dry in ((), ("--dry-run",)):
        result = days.line("figures", "set", *words.split(), *dry)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.endswith(f"({code})\n")
    assert rows_kept(database) == before


def test_a_figure_needs_a_service_and_a_list_a_known_one(days: Days) -> None:
    assert "--service" in days.line("figures", "set", "wait_over", "71", "--source", WHY).stderr
    result = days.line("figures", "--service", "nowhere")
    assert result.exit_code == 2
    assert result.stderr.endswith("(unknown_service)\n")


def test_the_log_says_who_entered_what_and_not_where_it_comes_from(days: Days) -> None:
    days.line(*SET, "--as", "Maria")
    (line,) = [line for line in days.line.log_lines() if line["event"] == "figure.entered"]
    assert (line["service"], line["figure"], line["amount"], line["actor"]) == (LEEDS, "wait_over", 71, "Maria")
    assert WHY not in days.line.log.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [40, 80])
def test_the_figures_fit_a_terminal(days: Days, width: int) -> None:
    _, shown = seen(width, "figures", "--database", days.line.url)
    assert max(map(len, lines_of(shown))) <= width
    assert sum(line.split()[:1] == ["wait_over"] for line in lines_of(shown)) == len(CURRENT)
