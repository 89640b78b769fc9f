"""`casework flag`: a person has seen a flag, or keeps it quiet for a while; one history a case and kind."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from casework import Casework
from persistence import Database
from tests.conftest import Clock
from tests.jobs.days import EIGHT, TWELVE, Days, day_by_day, wait_from
from tests.jobs.line import Line
from tests.jobs.terminal import lines_of, seen
from tests.persistence.families import ALLOCATE, HOLD, RESUME, refer, step
from tests.persistence.populations import rows_kept

WHY = "The family asked us to ring in June."
SNOOZE = ("flag", "snooze", "L-1", EIGHT)


@pytest.fixture
def days(empty: Line, casework: Casework, clock: Clock) -> Iterator[Days]:
    with day_by_day(empty, casework, clock) as found:
        yield found


@pytest.fixture
def waiting(days: Days) -> Any:
    """A family that has waited for 60 days, flagged by the night of that day."""
    family = wait_from(days.casework, "L-1")
    days.night(60, "--as", "scheduler")
    days.on(60)
    return family


def history(days: Days, kind: str) -> Any:
    (found,) = days.line.document("flag", "history", "L-1", kind)
    return found


@pytest.mark.usefixtures("waiting")
def test_a_flag_that_is_kept_quiet_is_quiet_for_three_nights_and_speaks_up_once_at_twelve_weeks(days: Days) -> None:
    told = days.line(*SNOOZE, "--until", "2026-06-30", "--reason", WHY, "--as", "Maria")
    assert told.stdout == "wait_8_weeks of leeds-imhs/L-1 is kept quiet until 30 June 2026.\n"
    for day in (61, 62, 63):
        days.night(day)
        assert days.flags() == set()
        assert days.line.document("worklist")[0]["flags"] == []
        assert days.flags("--all") == {("L-1", EIGHT)}
    report = days.night(85)
    assert (report["raised"], report["replaced"]) == ({TWELVE: 1}, {EIGHT: 1})
    assert days.flags() == days.flags("--all") == {("L-1", TWELVE)}
    assert days.night(86)["raised"] == {}


def test_the_new_flag_is_cleared_at_once_by_the_step_that_is_named(days: Days, waiting: Any) -> None:
    days.night(85, "--as-of", "today")
    days.on(85)
    step(days.casework, waiting, *ALLOCATE)
    assert days.flags("--all") == set()
    (stretch,) = history(days, TWELVE)["stretches"]
    assert (stretch["cleared_on"], stretch["cleared_because"]) == ("2026-05-26", "allocate#4")
    told = days.line("flag", "history", "L-1", TWELVE).stdout
    assert "26 May 2026: cleared by the step allocate, number 4 in the history of the referral." in told


@pytest.mark.usefixtures("waiting")
def test_a_flag_is_one_thing_with_its_whole_history_in_plain_words(days: Days) -> None:
    days.line("flag", "seen", "L-1", EIGHT, "--reason", "Rang the carer.", "--as", "Tom")
    days.on(62)
    days.line(*SNOOZE, "--until", "30/06/2026", "--reason", WHY, "--as", "Maria")
    days.on(63)
    days.line("flag", "wake", "L-1", EIGHT, "--as", "Tom")
    days.night(85, "--as-of", "today")
    lines = days.line("flag", "history", "L-1").stdout.splitlines()
    assert lines == [
        "leeds-imhs/L-1: 2 flags, now or once.",
        "",
        "wait_8_weeks: Waiting for a clinician for 8 weeks or more.",
        "    1 May 2026: raised by the night of 1 May 2026, run by scheduler (1 May 2026 at 03:00).",
        "    1 May 2026: marked as seen by Tom: Rang the carer.",
        "    3 May 2026: kept quiet until 30 June 2026 by Maria: The family asked us to ring in June.",
        "    4 May 2026: heard again by Tom",
        "    26 May 2026: replaced by wait_over_12_weeks.",
        "",
        "wait_over_12_weeks: Waiting for a clinician for more than 12 weeks.",
        lines[10],
        "    It is open.",
    ]
    assert lines[10].startswith("    26 May 2026: raised by the night of 26 May 2026, run by ")
    found = history(days, EIGHT)
    assert (found["open"], found["quiet_until"]) == (False, None)
    (stretch,) = found["stretches"]
    assert [(act["act"], act["by"], act["until"]) for act in stretch["acts"]] == [
        ("seen", "Tom", None), ("snoozed", "Maria", "2026-06-30"), ("woken", "Tom", None),
    ]  # fmt: skip
    assert (stretch["raised_by"]["as_of"], stretch["raised_by"]["by"]) == ("2026-05-01", "scheduler")


def test_a_flag_that_came_back_is_still_one_thing(days: Days, waiting: Any) -> None:
    held = step(days.casework, waiting, *HOLD)
    days.on(64)
    step(days.casework, held, *RESUME)
    days.night(65, "--as-of", "today")
    found = history(days, EIGHT)
    assert [stretch["raised_on"] for stretch in found["stretches"]] == ["2026-05-01", "2026-05-06"]
    assert found["open"] is True


@pytest.mark.usefixtures("waiting")
def test_a_flag_that_is_woken_is_heard_at_once_and_one_that_was_seen_stays(days: Days) -> None:
    days.line(*SNOOZE, "--until", "2026-06-30", "--reason", WHY)
    days.line("flag", "wake", "L-1", EIGHT)
    assert days.flags() == {("L-1", EIGHT)}
    days.line("flag", "seen", "L-1", EIGHT)
    assert days.flags() == {("L-1", EIGHT)}


@pytest.mark.usefixtures("waiting")
def test_a_flag_is_heard_again_on_the_day_until_which_it_was_quiet(days: Days) -> None:
    days.line(*SNOOZE, "--until", "2026-05-10", "--reason", WHY)
    days.on(date(2026, 5, 9))
    assert days.flags() == set()
    days.on(date(2026, 5, 10))
    assert days.flags() == {("L-1", EIGHT)}


@pytest.mark.usefixtures("waiting")
def test_a_list_says_how_many_flags_it_does_not_show(days: Days) -> None:
    days.line(*SNOOZE, "--until", "2026-06-30", "--reason", WHY)
    shown = days.line("flags").stdout
    assert "1 flag is kept quiet and not shown (--all)." in shown
    assert "L-1" not in shown
    everything = days.line("flags", "--all").stdout
    assert "quiet until" in everything
    assert "2026-06-30" in everything
    assert "not shown" not in everything
    assert [row["quiet_until"] for row in days.line.document("flags", "--all")] == ["2026-06-30"]


YEAR_AND_A_DAY = date(2026, 5, 1) + timedelta(days=367)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("snooze", "L-1", EIGHT, "--until", "2026-06-30"), "reason_needed"),
        (("snooze", "L-1", EIGHT, "--until", "2026-06-30", "--reason", "  "), "reason_needed"),
        (("snooze", "L-1", EIGHT, "--until", "2026-06-30", "--reason", "x" * 2_001), "reason_too_long"),
        (("snooze", "L-1", EIGHT, "--until", YEAR_AND_A_DAY, "--reason", WHY), "bad_snooze"),
        (("snooze", "L-1", EIGHT, "--until", "2026-05-01", "--reason", WHY), "bad_snooze"),
        (("snooze", "L-1", EIGHT, "--until", "2026-04-30", "--reason", WHY), "bad_snooze"),
        (("snooze", "L-1", EIGHT, "--until", "soon", "--reason", WHY), "invalid_date"),
        (("snooze", "L-1", TWELVE, "--until", "2026-06-30", "--reason", WHY), "no_such_flag"),
        (("seen", "L-1", TWELVE), "no_such_flag"),
        (("wake", "L-1", TWELVE), "no_such_flag"),
        (("seen", "L-1", "unkind"), "unknown_kind"),
        (("seen", "L-9", EIGHT), "unknown_case"),
        (("history", "L-9"), "unknown_case"),
        (("history", "L-1", "unkind"), "unknown_kind"),
    ],
)
@pytest.mark.usefixtures("waiting")
def test_what_cannot_be_said_of_a_flag_is_refused_with_a_code_and_changes_nothing(
    days: Days, database: Database, words: tuple[object, ...], code: str
) -> None:
    before = rows_kept(database)
    for dry in ((), ("--dry-run",)) if words[0] != "history" else ((),):
        result = days.line("flag", *words, *dry)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.endswith(f"({code})\n")
        assert WHY not in result.stderr
    assert rows_kept(database) == before


@pytest.mark.usefixtures("waiting")
def test_a_day_until_which_it_is_quiet_has_to_be_said(days: Days) -> None:
    result = days.line(*SNOOZE, "--reason", WHY)
    assert result.exit_code == 2
    assert "--until" in result.stderr


@pytest.mark.parametrize("act", ["seen", "snooze", "wake"])
@pytest.mark.usefixtures("waiting")
def test_a_dry_run_judges_and_neither_writes_nor_tells_the_log(days: Days, database: Database, act: str) -> None:
    more = ("--until", "2026-06-30", "--reason", WHY) if act == "snooze" else ()
    before, lines = rows_kept(database), len(days.line.log_lines())
    told = days.line("flag", act, "L-1", EIGHT, *more, "--dry-run")
    assert told.exit_code == 0
    assert "nothing was written" in told.stdout
    assert days.line.document("flag", act, "L-1", EIGHT, *more, "--dry-run")["dry_run"] is True
    assert rows_kept(database) == before
    assert len(days.line.log_lines()) == lines
    assert days.line.document("flag", act, "L-1", EIGHT, *more)["dry_run"] is False
    assert rows_kept(database) != before


@pytest.mark.usefixtures("waiting")
def test_the_log_says_who_did_what_and_not_why(days: Days) -> None:
    days.line("flag", "seen", "L-1", EIGHT, "--reason", WHY, "--as", "Tom")
    days.line(*SNOOZE, "--until", "2026-06-30", "--reason", WHY, "--as", "Maria")
    told = [line for line in days.line.log_lines() if line["event"] in ("flag.seen", "flag.snoozed")]
    assert [(line["event"], line["actor"], line["via"], line["reference"], line["until"]) for line in told] == [
        ("flag.seen", "Tom", "command_line", "L-1", None),
        ("flag.snoozed", "Maria", "command_line", "L-1", "2026-06-30"),
    ]
    assert WHY not in days.line.log.read_text(encoding="utf-8")


def test_a_referral_without_flags_says_so(days: Days) -> None:
    refer(days.casework, "L-1")
    assert days.line("flag", "history", "L-1").stdout == "leeds-imhs/L-1 has never had such a flag.\n"
    assert days.line.document("flag", "history", "L-1") == []


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.usefixtures("waiting")
def test_a_history_fits_a_terminal(days: Days, width: int) -> None:
    days.line(*SNOOZE, "--until", "2026-06-30", "--reason", f"{WHY} \u202e\x1b[31m " * 5)
    _, shown = seen(width, "flag", "history", "L-1", "--database", days.line.url)
    assert "\x1b" not in shown
    assert max(map(len, lines_of(shown))) <= width
