"""Past days: what was open as it was known then, and as it is known now."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from casework import Casework, Receipt
from tests.conftest import Clock
from tests.jobs.days import EIGHT, TWELVE, Days, day_by_day, wait_from
from tests.jobs.line import Line
from tests.persistence.families import ALLOCATE, HOLD, step

MARCH_31, APRIL_2 = date(2026, 3, 31), date(2026, 4, 2)


@pytest.fixture
def days(empty: Line, casework: Casework, clock: Clock) -> Iterator[Days]:
    with day_by_day(empty, casework, clock) as found:
        yield found


@pytest.fixture
def visited(days: Days) -> Receipt:
    """A family among others, of whose first visit on 30 March is heard on 2 April."""
    for name in ("L-1", "L-2"):
        wait_from(days.casework, name)
    family = wait_from(days.casework, "L-3")
    days.on(date(2026, 3, 20))
    allocated = step(days.casework, family, *ALLOCATE)
    days.on(APRIL_2)
    people = [{"who": "infant", "attended": "yes"}, {"who": "focus_carer", "attended": "yes"}]
    answers = days.line.answers(setting="home", participants=people)
    visit = days.line("case", "fire", "L-3", "first_contact", "--on", "2026-03-30", "--data", answers)
    assert visit.exit_code == 0, visit.stderr
    return allocated


def test_the_list_as_known_then_and_as_known_now_differ_by_exactly_the_visit(days: Days, visited: Receipt) -> None:
    then, now = (days.line.document("worklist", "--as-of", MARCH_31, "--known", known) for known in ("then", "now"))
    ((before, after),) = [(a, b) for a, b in zip(then, now, strict=True) if a != b]
    assert before["case_id"] == after["case_id"] == str(visited.case_id)
    assert {name for name in before if before[name] != after[name]} == {"state", "stage"}
    assert (before["state"], after["state"]) == ("allocated", "assessment")
    assert days.line.document("worklist", "--as-of", MARCH_31) == now
    shown = [days.line("worklist", "--as-of", MARCH_31, "--known", known).stdout for known in ("then", "now")]
    assert [sum("assessment" in line for line in text.splitlines()) for text in shown] == [0, 1]


def test_a_visit_that_is_heard_of_late_changes_no_list_after_the_day_on_which_it_was_recorded(
    days: Days, visited: Receipt
) -> None:
    days.on(date(2026, 4, 3))
    then, now = (days.line.document("worklist", "--as-of", APRIL_2, "--known", known) for known in ("then", "now"))
    assert then == now
    assert {row["state"] for row in now if row["case_id"] == str(visited.case_id)} == {"assessment"}


def test_a_referral_is_not_on_the_list_of_a_day_before_it_came(days: Days) -> None:
    days.on(40)
    wait_from(days.casework, "L-1")
    wait_from(days.casework, "L-2", 30)
    days.on(50)
    assert [row["reference"] for row in days.line.document("worklist", "--as-of", "2026-03-10")] == ["L-1"]
    assert days.line.document("worklist", "--as-of", "2026-03-10", "--known", "then") == []


def flag_dates(rows: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(row["reference"], row["kind"], row["raised_on"]) for row in rows}


def test_flags_of_a_night_that_was_caught_up_were_not_known_then_and_are_known_now(days: Days) -> None:
    wait_from(days.casework, "L-1")
    days.night(54)
    days.night(58)
    missed = date(2026, 4, 28)
    by_dates = days.line.document("flags", "--as-of", missed)
    assert flag_dates(by_dates) == {("L-1", EIGHT, "2026-04-27")}
    assert days.line.document("flags", "--as-of", missed, "--known", "then") == []
    now = days.line.document("flags", "--as-of", missed, "--known", "now")
    assert [(row["reference"], row["kind"]) for row in now] == [("L-1", EIGHT)]


def test_an_allocation_that_is_heard_of_late_takes_a_flag_from_the_list_as_known_now(days: Days) -> None:
    family = wait_from(days.casework, "L-1")
    wait_from(days.casework, "L-2")
    days.night(60)
    days.on(64)
    step(days.casework, family, *ALLOCATE, on=date(2026, 4, 29))
    past = ("--as-of", "2026-05-02", "--kind", EIGHT)
    assert days.flags(*past, "--known", "then") == {("L-1", EIGHT), ("L-2", EIGHT)}
    assert days.flags(*past, "--known", "now") == {("L-2", EIGHT)}
    told = days.line("flags", *past, "--known", "now").stdout
    assert "no night raised them" in told


def test_a_hold_that_is_heard_of_late_quietens_the_flag_as_known_now(days: Days) -> None:
    family = wait_from(days.casework, "L-1")
    days.night(60)
    days.on(64)
    step(days.casework, family, *HOLD, on=date(2026, 4, 29))
    past = ("--as-of", "2026-05-02")
    assert days.flags(*past, "--known", "then") == {("L-1", EIGHT)}
    assert days.flags(*past, "--known", "now") == set()


def test_without_a_day_the_views_are_of_today(days: Days) -> None:
    wait_from(days.casework, "L-1")
    days.night(90)
    for known in ("then", "now"):
        assert days.flags("--known", known) == {("L-1", TWELVE)}
        assert len(days.line.document("worklist", "--known", known)) == 1


@pytest.mark.parametrize("words", ["flags --known then", "flags --known now", "worklist --known then", "worklist"])
def test_a_day_that_has_not_come_is_refused(days: Days, words: str) -> None:
    result = days.line(*words.split(), "--as-of", "2027-01-01")
    assert result.exit_code == 2
    assert result.stderr.endswith("(date_in_future)\n")


def test_there_are_two_ways_to_know_a_day(days: Days) -> None:
    result = days.line("flags", "--known", "perhaps")
    assert result.exit_code == 2
    assert "then, now" in result.stderr
