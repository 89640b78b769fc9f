"""A copy of a baby's record has all of it but what is another's, says so, and is itself a reading."""

import json
from pathlib import Path
from typing import Any

import pytest

from casework import BadRequest, Casework
from casework.change import LATEST
from casework.exporting import copy_of
from jobs.doubles import copied
from tests.casework.families import LEEDS, form
from tests.conftest import Actors, Clock
from tests.jobs.line import Line
from tests.merging.histories import WHY

PRIVATE = "Canary of the father"


class Household:
    """A baby with a mother, a father, a referral, and a note that the father told in confidence."""

    def __init__(self, casework: Casework, clock: Clock, actors: Actors) -> None:
        self.casework, self.actor = casework, actors.everyone
        self.referral = casework.open_case(LEEDS, "receive_referral", self.actor, form(clock.today)).reference
        answers = casework.case(self.referral).answers
        known = {name: answers[name] for name in ("infant_dob", "infant_name", "postcode", "gp_practice_code")}
        self.infant = self._open("infant", first_referral=self.referral, **known)
        self.mother, self.father = (self._open("carer", carer_name=f"{who} Test") for who in ("Ann", "Bob"))

    def _open(self, kind: str, **data: Any) -> str:
        return self.casework.open_case(LEEDS, "open_record", self.actor, data, kind=kind).reference

    def marks_a_note(self, ref: str, withhold_from: str) -> None:
        step = self.casework.fire(ref, "add_note", self.actor, {"note": PRIVATE}, seen=LATEST)
        mark = {"marked_event": step.version, "withhold_from": withhold_from}
        self.casework.fire(ref, "mark_third_party", self.actor, mark, seen=LATEST)

    def copy(self, asked_by: str | None = None) -> Any:
        made = copied(copy_of(self.casework, self.infant, self.actor, "Asked for by a parent.", asked_by=asked_by))
        return json.loads(json.dumps(made, default=str))


def test_a_copy_has_the_record_its_referrals_their_events_and_who_has_read(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    home = Household(casework, clock, actors)
    casework.read(home.referral, actors.everyone, "A contact.")
    made = home.copy()
    assert [(r["kind"], r["reference"]) for r in made["records"]] == [
        ("infant", home.infant),
        ("referral", home.referral),
    ]
    assert [e["trigger"] for e in made["records"][1]["events"]] == ["receive_referral"]
    assert [r["what"] for r in made["records"][1]["readings"]] == ["record", "copy"]
    assert [r.what for r in casework.readings(home.infant)] == ["copy"]
    assert (made["left_out"], made["notice"]) == (0, "")


@pytest.mark.parametrize("where", ["infant", "referral"])
def test_what_is_one_parents_is_not_in_the_copy_of_the_other_and_the_copy_says_so(
    casework: Casework, clock: Clock, actors: Actors, where: str
) -> None:
    home = Household(casework, clock, actors)
    home.marks_a_note(getattr(home, where), home.mother)
    for_the_mother, for_the_father, for_nobody = home.copy(home.mother), home.copy(home.father), home.copy()
    assert PRIVATE not in json.dumps(for_the_mother)
    assert PRIVATE not in json.dumps(for_nobody)
    assert PRIVATE in json.dumps(for_the_father)
    assert (for_the_mother["left_out"], for_the_father["left_out"]) == (1, 0)
    assert "left out" in for_the_mother["notice"]


def test_a_copy_has_what_was_merged_and_is_made_of_a_babys_record_only(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    home = Household(casework, clock, actors)
    other = home._open("infant", infant_dob=clock.today)
    casework.fire(other, "merge_into", actors.everyone, {"survivor": home.infant, **WHY}, seen=LATEST)
    assert [record["reference"] for record in home.copy()["records"]] == [home.infant, other, home.referral]
    with pytest.raises(BadRequest, match="baby's record"):
        copy_of(casework, home.referral, actors.everyone)


def test_a_copy_of_a_record_that_was_merged_says_which_one_stands_for_it(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    home = Household(casework, clock, actors)
    first, second = (home._open("infant", infant_dob=clock.today) for _ in range(2))
    casework.fire(first, "merge_into", actors.everyone, {"survivor": second, **WHY}, seen=LATEST)
    casework.fire(second, "merge_into", actors.everyone, {"survivor": home.infant, **WHY}, seen=LATEST)
    for gone in (first, second):
        made = copied(copy_of(casework, gone, actors.everyone))
        assert made["part_of"] == home.infant
        assert f"{home.infant} stands for it" in made["notice"]
    whole = home.copy()
    assert {first, second} <= {record["reference"] for record in whole["records"]}
    assert (whole["part_of"], whole["notice"]) == (None, "")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_command_line_reads_compares_merges_counts_and_copies(database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path)
    baby = {"infant_name": "Ann Test", "infant_dob": "2026-09-01", "postcode": "LS3 7AB", "carer_name": "Mary Test"}
    first, second = (
        line.document("case", "open", LEEDS, "receive_referral", "--data", line.answers(**{**baby, **other}))
        for other in ({}, {"postcode": "LS9 9AA"})
    )
    assert second["alike"] == [first["reference"]]
    (pair,) = line.document("duplicates", "list", "--service", LEEDS)
    assert pair["because"] == ["born+name+carer"]
    compared = line.document("duplicates", "show", first["reference"], second["reference"], "--as", "Jo Test")
    assert {"postcode"} <= {one["name"] for one in compared["answers"] if not one["agrees"]}
    merging = line.answers(survivor=first["reference"], same_because="One baby.", second_person="Another Clerk")
    assert line("case", "fire", second["reference"], "merge_into", "--data", merging).exit_code == 0
    whole = line.document("duplicates", "merged", first["reference"])
    assert [one["reference"] for one in whole["merged"]] == [second["reference"]]
    line("case", "show", first["reference"], "--as", "Jo Test", "--why", "A contact")
    told = [(one["actor"], one["what"], one["why"]) for one in line.document("readings", first["reference"])]
    assert ("Jo Test", "record", "A contact") in told
    for words in (("duplicates", "list"), ("duplicates", "show", first["reference"], second["reference"]),
                  ("duplicates", "merged", first["reference"]), ("readings", first["reference"])):  # fmt: skip
        assert line(*words).exit_code == 0
    infant = line.document(
        "record", "open", "infant", LEEDS, "open_record", "--data", line.answers(**{**baby, "carer_name": ""})
    )
    made = json.loads(line("record", "copy", infant["reference"], "--why", "Asked for").stdout)
    assert made["records"][0]["reference"] == infant["reference"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_command_line_logs_lists_and_counts_indirect_work(database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path)
    entry = line.answers(
        activity="training", activity_on="2026-11-02", minutes=60, delivered_by=[{"staff": "Invented Clinician"}],
        attendees=[{"type": "professional", "name": "Invented Nurse", "organisation": "Invented Trust"}],
    )  # fmt: skip
    ref = line.document("activity", "log", LEEDS, "--data", entry)["reference"]
    period = ("--from", "2026-11-01", "--to", "2026-11-30")
    assert [one["reference"] for one in line.document("activity", "list", LEEDS, *period)] == [ref]
    counts = line.document("activity", "count", LEEDS, *period)
    assert (counts["all"]["people"], counts["by_kind"]["training"]["attendances"]) == (1, 1)
    assert line.document("activity", "calls", LEEDS, *period)["advice_only"] == []
    for what in ("list", "count", "calls"):
        shown = line("activity", what, LEEDS, *period)
        assert (shown.exit_code, "Nurse" in shown.stdout) == (0, False)
    asked = {"origin": "none", "purpose": "P", "for_role": "midwife", "for_name": "Invented Midwife"}
    essex = "together-with-baby"
    assert line("consultation", "request", essex, "--data", line.answers(**asked)).exit_code == 0
    assert len(line.document("consultation", "list", essex)) == 1
    refused = line("activity", "log", LEEDS, "--data", line.answers(activity="training"))
    assert refused.exit_code == 1


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_command_that_is_given_no_reason_shows_nothing_where_the_service_asks_for_one(
    database_url: str, tmp_path: Path
) -> None:
    line = Line(database_url, tmp_path)
    data = line.answers(infant_name="Canary Test", infant_dob="2026-09-01")
    ref = line.document("record", "open", "infant", LEEDS, "open_record", "--data", data)["reference"]
    on = ("figures", "set", "reason_to_read", "1", "--service", LEEDS, "--source", "agreed")
    assert line(*on).exit_code == 0
    for words in (
        ("case", "show", ref),
        ("case", "history", ref),
        ("duplicates", "merged", ref),
        ("record", "copy", ref),
    ):
        told = line(*words)
        assert (told.exit_code, "Canary" in told.output) == (1, False), told.output
        assert line(*words, "--why", "A contact").exit_code == 0
    assert [one["what"] for one in line.document("readings", ref)] == ["record", "history", "history", "copy"]
