"""`casework flags --explain`: under each flag its rule, the days, and the sum that leads to it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from casework import Casework
from tests.conftest import Clock
from tests.jobs.days import EIGHT, GAPS, TWELVE, Days, day_by_day, wait_from
from tests.jobs.line import DAY, Line
from tests.jobs.terminal import lines_of, seen
from tests.persistence.families import ALLOCATE, EVERYONE, HOLD, refer, step
from workflows.flags import FLAGS


@pytest.fixture
def days(empty: Line, casework: Casework, clock: Clock) -> Iterator[Days]:
    with day_by_day(empty, casework, clock) as found:
        yield found


def explained(days: Days, *words: object) -> Any:
    (row,) = days.line.document("flags", "--explain", *words)
    return row["explained"]


def test_a_flag_is_shown_with_its_rule_its_days_and_the_arithmetic(days: Days) -> None:
    wait_from(days.casework, "L-1")
    days.night(60)
    days.on(62)
    why = explained(days)
    assert why["kind"] == EIGHT
    assert why["sentence"] == FLAGS[EIGHT].sentence
    assert (why["source"], why["owner"], why["holds_today"]) == (FLAGS[EIGHT].source, "manager", True)
    assert why["because"][0] == "Acceptance to clinician allocated: running since 2 March 2026, day 62."
    assert "2 March 2026 + 56 days = 27 April 2026. On 3 May 2026 that is 6 days ago." in why["because"]
    shown = days.line("flags", "--explain").stdout.splitlines()
    assert shown[0] == "1 flag is open on 3 May 2026: 1 wait_8_weeks."
    assert shown[2] == "L-1  leeds-imhs  wait_8_weeks, raised on 1 May 2026"
    assert shown[3] == f"    {FLAGS[EIGHT].sentence} (amber; for the manager)"
    assert [f"    {line}" for line in why["because"]] == shown[4 : 4 + len(why["because"])]
    assert shown[-1] == f"    Source: {FLAGS[EIGHT].source}."


def test_what_is_missing_is_named_by_its_question(days: Days) -> None:
    refer(days.casework, "L-1", consent_on=None)
    days.night(1)
    why = explained(days, "--kind", GAPS)
    assert why["because"][0] == "Missing: Date on which the family agreed to the referral."
    assert "Baby Invented" not in days.line("flags", "--explain").stdout


def test_a_flag_on_a_past_day_is_explained_as_of_that_day(days: Days) -> None:
    family = wait_from(days.casework, "L-1")
    days.night(60)
    days.on(70)
    step(days.casework, family, *ALLOCATE)
    days.on(80)
    why = explained(days, "--as-of", date(2026, 5, 4))
    assert why["because"][0].endswith("running since 2 March 2026, day 63.")
    assert why["holds_today"] is True


def test_a_flag_is_explained_by_what_was_known_then_where_that_is_asked_for(days: Days) -> None:
    family = wait_from(days.casework, "L-1")
    days.night(60)
    days.on(64)
    step(days.casework, family, *ALLOCATE, on=date(2026, 4, 30))
    past = ("--as-of", "2026-05-02")
    assert explained(days, *past, "--known", "then")["holds_today"] is True
    assert explained(days, *past)["holds_today"] is False
    assert "The rule does not ask for it any more" in days.line("flags", "--explain", *past).stdout
    assert days.line.document("flags", "--explain", *past, "--known", "now", "--kind", EIGHT) == []


def test_a_figure_that_was_entered_is_in_the_sum(days: Days) -> None:
    wait_from(days.casework, "L-1")
    days.on(60)
    words = ("figures", "set", "wait_over", "58", "--service", "leeds-imhs", "--source", "The meeting of May")
    assert days.line(*words).exit_code == 0
    days.night(61, "--as-of", "today")
    why = explained(days, "--kind", TWELVE)
    assert any("58 days (The meeting of May)" in line for line in why["because"])
    assert any("2 March 2026 + 58 days = 29 April 2026." in line for line in why["because"])


def test_a_quiet_flag_says_until_when(days: Days) -> None:
    wait_from(days.casework, "L-1")
    days.night(60)
    days.on(60)
    days.casework.snooze_flag("L-1", EIGHT, EVERYONE, until=date(2026, 6, 1), reason="Away.")
    assert days.line("flags", "--explain").stdout.startswith("No flag that was asked for is open on 1 May 2026.")
    assert "    Kept quiet until 1 June 2026." in days.line("flags", "--explain", "--all").stdout
    assert days.line.document("flags", "--explain") == []


def test_a_hold_is_named_where_it_does_not_quieten(days: Days) -> None:
    step(days.casework, refer(days.casework, "L-1", consent_on=None), *HOLD)
    days.night(1)
    because = explained(days, "--kind", GAPS)["because"]
    assert because[-1] == "On hold since 2 March 2026, which does not quieten this flag."


def test_every_flag_of_the_sample_is_explained_and_its_rule_holds(clinic: Line) -> None:
    rows = clinic.document("flags", "--explain", "--as-of", DAY)
    assert len(rows) == len(clinic.document("flags", "--as-of", DAY)) > 50
    for row in rows:
        assert row["explained"]["holds_today"] is True, row
        assert row["explained"]["because"]
        assert any(character.isdigit() for character in " ".join(row["explained"]["because"])), row
    keys = {"service", "reference", "case_id", "kind", "state", "stage", "raised_on", "days", "missing", "quiet_until"}
    assert keys | {"severity", "owner", "sentence"} <= set(rows[0])


def test_no_word_of_a_family_is_in_an_explanation(clinic: Line, private_words: set[str]) -> None:
    told = clinic("flags", "--explain", "--as-of", DAY).stdout
    assert not {word for word in private_words if word in told}


def test_the_short_names_that_are_explained_are_those_that_are_shown(clinic: Line) -> None:
    _, shown = seen(80, "worklist", "--kind", EIGHT, "--as-of", DAY, "--database", clinic.url)
    (legend,) = [line for line in lines_of(shown) if line.startswith("8w: ")]
    assert legend == "8w: wait_8_weeks."


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("words", [("flags", "--explain"), ("flags", "--all"), ("worklist",)])
def test_a_list_fits_a_terminal_however_narrow(clinic: Line, words: tuple[str, ...], width: int) -> None:
    _, shown = seen(width, *words, "--as-of", DAY, "--database", clinic.url)
    assert max(map(len, lines_of(shown))) <= width
    listed = {row["reference"] for row in clinic.document(words[0], "--as-of", DAY)}
    assert {line.split()[0] for line in lines_of(shown) if line.startswith("R-")} == listed
