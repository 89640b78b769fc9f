"""The agenda and the minutes on paper, on a screen and as JSON: no name unless it is asked for."""

from datetime import timedelta
from pathlib import Path

import pytest

from casework.meetings import agenda, minutes, read_agenda, read_minutes
from jobs.meeting_page import agenda_page, minutes_page
from tests.casework.families import LEEDS, Family
from tests.conftest import Clock
from tests.jobs.line import Line
from tests.meetings.scene import CHAIR, DECLINED, Scene

ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
FAMILY = {
    "infant_name": "Canary Infant", "carer_name": "Canary Carer", "referrer_words": "Canary words.",
    "postcode": "LS9 9ZZ", "referrer_name": "Canary Referrer",
}  # fmt: skip
CANARIES = ("Canary", "LS9", "Looks away")


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Line:
    return Line(database_url, tmp_path)


def _unborn(scene: Scene, clock: Clock) -> Family:
    due = clock.today + timedelta(days=30)
    return scene.before_the_group(infant_dob=None, infant_name=None, expected_due_date=due)


@pytest.fixture
def met(scene: Scene, clock: Clock) -> str:
    """A meeting that declined one family, deferred none, and left one undecided that came late."""
    first, second = scene.before_the_group(**FAMILY), _unborn(scene, clock)
    scene.does(scene.reference(first), "triage_rate", relational_risk="high", safeguarding_risk="low",
               level_of_support="Looks away at every visit.", infant_voice="He is silent.")  # fmt: skip
    meeting = scene.meeting(first)
    scene.does(meeting, "freeze_agenda")
    scene.does(meeting, "list_referral", referral=scene.reference(second), late_reason="The baby is due soon.")
    scene.begins(meeting, {**CHAIR, "role": "chair"})
    scene.does(scene.reference(first), "decline", rmg_on=clock.today, meeting=meeting, **DECLINED)
    return meeting


@ONE
def test_the_pages_name_references_and_reasons_and_no_family(scene: Scene, met: str) -> None:
    told, decided = agenda(scene.casework, met), minutes(scene.casework, met)
    pages = agenda_page(told), minutes_page(decided)
    for page in pages:
        assert told.items[0].referral in page
        assert not [canary for canary in CANARIES if canary in page]
    assert "Risk in the relationship: high; safeguarding risk: low" in pages[0]
    assert " · LATE" in pages[0]
    assert "Late because: The baby is due soon." in pages[0]
    assert "the baby comes before the end of the published wait" in pages[0]
    assert "Agenda closed on 2 March 2026 by everyone" in pages[0]
    assert "Declined: no longer before this meeting" in pages[0].replace("Closed: d", "D")
    assert "Closure reason: lower level of need" in pages[1]
    assert "Recorded by everyone, forum chair, 2 March 2026 at 09:30" in pages[1]
    assert "   Nothing was decided." in pages[1]
    assert "Invented Chair, chair" in pages[1]


@ONE
def test_names_are_there_when_they_are_asked_for_and_the_page_says_how_to_keep_it(scene: Scene, met: str) -> None:
    page = agenda_page(read_agenda(scene.casework, met, scene.actor))
    assert "Canary Infant" in page
    assert "With names of babies" in page
    assert "Canary Carer" not in page


def test_who_reads_names_or_reasons_of_a_meeting_has_read_each_record_of_which_they_stand_there(
    scene: Scene, met: str
) -> None:
    clinic = scene.casework
    named, unborn = (item.referral for item in agenda(clinic, met).items)
    minutes(clinic, met), read_agenda(clinic, met, scene.actor, "Before the meeting")
    read_minutes(clinic, met, scene.actor), read_minutes(clinic, met, scene.actor, names=True)
    kept = [(one.what, one.actor, one.why) for one in clinic.readings(named)]
    who = scene.actor.name
    assert kept == [("agenda", who, "Before the meeting"), ("minutes", who, None), ("minutes", who, None)]
    assert clinic.readings(unborn) == (), "nothing that was said of it stands there"


@ONE
def test_where_a_reason_is_asked_for_no_page_of_a_meeting_names_anybody_without_one(
    scene: Scene, met: str, line: Line
) -> None:
    scene.enters("reason_to_read", 1)
    assert line("meeting", "agenda", met).exit_code == 0
    for words in (("agenda", met, "--names"), ("minutes", met), ("minutes", met, "--names")):
        told = line("meeting", *words)
        assert (told.exit_code, "Canary" in told.output, "reason_needed" in told.output) == (1, False, True)
        assert line("meeting", *words, "--as", "A chair", "--why", "The meeting").exit_code == 0
    referral = agenda(scene.casework, met).items[0].referral
    kept = line.document("readings", referral)
    assert [(one["what"], one["actor"], one["why"]) for one in kept] == [
        (what, "A chair", "The meeting") for what in ("agenda", "minutes", "minutes")
    ]


def test_the_line_plans_fills_lists_and_prints(scene: Scene, line: Line, tmp_path: Path) -> None:
    waiting = sorted(scene.reference(scene.before_the_group(**family)) for family in (FAMILY, {}))
    assert line("meeting", "plan", LEEDS).exit_code == 2
    planned = line.document("meeting", "plan", LEEDS, "--on", "2026-11-25", "--at", "09:30", "--with", "Perinatal")
    meeting = planned["reference"]
    assert line.document("meeting", "fill", meeting, "--dry-run")["listed"] == waiting
    would = line("meeting", "fill", meeting, "--dry-run").stdout.splitlines()
    assert would == [*(f"Would be listed: {ref}" for ref in waiting), "This was a dry run: nothing was written."]
    assert line.document("meeting", "fill", meeting)["listed"] == waiting
    assert line.document("meeting", "fill", meeting)["listed"] == []
    (row,) = line.document("meeting", "list", "--service", LEEDS)
    assert (row["reference"], row["on"], row["at"], row["items"]) == (meeting, "2026-11-25", "09:30", 2)
    assert meeting in line("meeting", "list").stdout
    printed = line("meeting", "agenda", meeting)
    assert "With: Perinatal" in printed.stdout
    assert not [canary for canary in CANARIES if canary in printed.output]
    out = tmp_path / "minutes.txt"
    assert line("meeting", "minutes", meeting, "--out", out).exit_code == 0
    assert "Nothing was decided." in out.read_text("utf-8")
    assert line("meeting", "minutes", meeting, "--out", out).exit_code == 2
    found = line.document("meeting", "agenda", meeting)
    assert [item["referral"] for item in found["items"]] == waiting
    assert "name" not in found["items"][0]
    named = line.document("meeting", "agenda", meeting, "--names")["items"]
    assert "Canary Infant" in [item["name"] for item in named]
    assert line("meeting", "agenda", waiting[0]).exit_code == 2


@ONE
def test_the_line_lists_the_team(scene: Scene, line: Line) -> None:
    assert "No staff record" in line("staff", "list").stdout
    scene.staff("clin-01", wte_percent=60, band="8a")
    shown = line("staff", "list", "--service", LEEDS).stdout
    assert "clin-01" in shown
    assert "1 person, 0.60 whole-time equivalents" in shown
    assert line.document("staff", "list")["members"][0]["wte_percent"] == 60
    assert line("staff", "list", "--service", "nowhere").exit_code == 2
