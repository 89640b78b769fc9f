"""`casework case`: one referral shown, and steps taken, refused and misread."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.line import Line

WAITING = "R-000239"
"""Of the sample: waiting for a clinician for 115 days, at version 7."""


def test_a_step_is_taken_by_the_person_named_and_the_audit_says_that_it_was_the_command_line(
    either_clinic: Line,
) -> None:
    answers = either_clinic.answers(clinician="clin-04")
    taken = either_clinic("case", "fire", WAITING, "allocate", "--data", answers, "--as", "Maria O'Neil")
    assert taken.exit_code == 0
    assert "R-000239: allocate on 20 November 2026. It stands at: Clinician allocated." in taken.stdout
    assert "Flags cleared: wait_over_12_weeks." in taken.stdout
    last = either_clinic.document("case", "history", WAITING)[-1]
    assert {k: last[k] for k in ("seq", "trigger", "from", "to", "actor", "role", "via", "answered")} == {
        "seq": 8, "trigger": "allocate", "from": "waiting", "to": "allocated", "actor": "Maria O'Neil",
        "role": "manager", "via": "command_line", "answered": ["clinician"],
    }  # fmt: skip
    assert either_clinic("audit", "replay", WAITING).exit_code == 0


def test_without_a_name_the_user_of_the_operating_system_acts(clinic: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "s.jones")
    assert clinic("case", "fire", WAITING, "acknowledge").exit_code == 0
    assert clinic.document("case", "history", WAITING)[-1]["actor"] == "s.jones"


def test_the_receipt_of_a_step_as_json(clinic: Line) -> None:
    receipt = clinic.document("case", "fire", WAITING, "allocate", "--data", clinic.answers(clinician="clin-04"))
    assert {k: receipt[k] for k in ("reference", "version", "trigger", "state", "dry_run", "cleared_flags")} == {
        "reference": WAITING, "version": 8, "trigger": "allocate", "state": "allocated", "dry_run": False,
        "cleared_flags": ["wait_over_12_weeks"],
    }  # fmt: skip


def test_a_dry_step_is_judged_and_not_taken(clinic: Line) -> None:
    answers = clinic.answers(clinician="clin-04")
    assert clinic.document("case", "fire", WAITING, "allocate", "--data", answers, "--dry-run")["dry_run"] is True
    shown = clinic("case", "fire", WAITING, "allocate", "--data", answers, "--dry-run")
    assert "nothing was written" in shown.stdout
    assert clinic.document("case", "show", WAITING)["version"] == 7
    assert clinic("case", "fire", WAITING, "resume", "--dry-run").exit_code == 1


def test_a_step_may_be_dated_on_an_earlier_day(clinic: Line) -> None:
    answers = clinic.answers(clinician="clin-04")
    step = ("case", "fire", WAITING, "allocate", "--data", answers, "--on", "17/11/2026")
    assert clinic.document(*step)["effective_on"] == "2026-11-17"
    assert clinic.document("case", "show", WAITING)["waiting_days"] == 112


def test_a_step_sent_twice_with_one_key_is_taken_once(clinic: Line) -> None:
    step = ("case", "fire", WAITING, "add_information", "--key", "k-1", "--seen", "7")
    first = clinic.document(*step, "--data", clinic.answers(lives_in_area="yes"))
    assert clinic.document(*step, "--data", clinic.answers(lives_in_area="yes")) == first
    assert clinic.document("case", "show", WAITING)["version"] == 8
    other = clinic(*step, "--data", clinic.answers(lives_in_area="no"))
    assert other.exit_code == 2
    assert other.stderr.endswith("(key_used_otherwise)\n")


def test_a_refused_step_says_every_reason_who_may_and_what_is_possible_now(either_clinic: Line) -> None:
    refused = either_clinic("case", "fire", WAITING, "allocate")
    assert refused.exit_code == 1
    assert refused.stdout == ""
    *reasons, possible = refused.stderr.splitlines()
    assert reasons == [
        "casework: allocate was refused; the referral stands at: Waiting for a clinician. (step_refused)",
        "  - This step needs: Allocated clinician. [clinician] (answer_missing)",
        "  Who may: manager, clinical_lead.",
    ]
    assert possible.startswith("  Possible now: acknowledge, add_information, tell_outcome, allocate, ")


def test_a_refusal_as_json_is_data(clinic: Line) -> None:
    refused = clinic.document("case", "fire", WAITING, "discharge", exit_code=1)
    assert refused["refused"] is True
    assert (refused["trigger"], refused["state"]) == ("discharge", "waiting")
    assert [set(reason) for reason in refused["reasons"]] == [{"code", "sentence", "field", "fields", "who"}]
    assert refused["reasons"][0]["code"] == "impossible_step"
    assert "allocate" in refused["possible_now"]
    refused = clinic.document("case", "fire", WAITING, "allocate", exit_code=1)
    assert refused["reasons"][0]["field"] == "clinician"
    assert refused["who_may"] == ["manager", "clinical_lead"]


def test_whoever_saw_an_older_version_is_told_what_happened_since(clinic: Line) -> None:
    clinic("case", "fire", WAITING, "acknowledge", "--as", "Maria")
    stale = clinic("case", "fire", WAITING, "tell_outcome", "--seen", "7")
    assert stale.exit_code == 1
    assert "this screen showed version 7. Since then: Maria: acknowledge at 2026-11-20 18:00Z." in stale.stderr
    document = clinic.document("case", "fire", WAITING, "tell_outcome", "--seen", "7", exit_code=1)
    assert {"refused", "trigger", "state", "reasons", "who_may", "possible_now"} <= set(document)
    assert document["reasons"][0]["code"] == "stale_case"
    assert (document["version"], document["seen"], document["changes"][0]["actor"]) == (8, 7, "Maria")


@pytest.mark.parametrize(
    ("trigger", "answers", "code"),
    [
        ("allocate", {"clinicain": "clin-04", "clinician": "clin-04"}, "unknown_field"),
        ("allocate", {"clinician": 4}, "wrong_type"),
        ("allocate", {"clinician": "c" * 101}, "too_long"),
        ("allocate", {"clinician": "clin\u0007-04"}, "control_characters"),
        ("allocate", {"clinician": "clin\ud800-04"}, "invalid_text"),
        ("add_information", {"consent_on": "soon"}, "invalid_date"),
        ("add_information", {"consent_on": "2026-12-01"}, "date_in_future"),
        ("add_information", {"carer_nhs_number": "0000000000"}, "invalid_nhs_number"),
        ("add_information", {"referrer_role": "wizard"}, "unknown_code"),
        ("alocate", {}, "unknown_trigger"),
    ],
)
def test_answers_that_cannot_be_read_are_bad_input_and_not_a_refusal(
    clinic: Line, trigger: str, answers: dict[str, Any], code: str
) -> None:
    step = ("case", "fire", WAITING, trigger, "--data", clinic.answers(**answers))
    assert [reason["code"] for reason in clinic.document(*step, exit_code=2)["reasons"]] == [code]
    assert clinic(*step).exit_code == 2


def test_a_wrong_answer_beside_one_that_is_missing_is_bad_input(clinic: Line) -> None:
    step = ("case", "fire", WAITING, "place_hold", "--data", clinic.answers(hold_reason="tired"))
    codes = {reason["code"] for reason in clinic.document(*step, exit_code=2)["reasons"]}
    assert codes == {"unknown_code", "answer_missing"}


def test_a_wrong_answer_beside_a_rule_that_forbids_the_step_is_a_refusal(clinic: Line) -> None:
    clinic("case", "fire", WAITING, "place_hold", "--data", clinic.answers(hold_reason="other", review_on="2026-12-01"))
    step = ("case", "fire", WAITING, "place_hold", "--data", clinic.answers(hold_reason="tired"))
    codes = {reason["code"] for reason in clinic.document(*step, exit_code=1)["reasons"]}
    assert codes == {"unknown_code", "answer_missing", "already_on_hold"}


def test_a_step_in_the_future_is_bad_input(clinic: Line) -> None:
    assert clinic("case", "fire", WAITING, "acknowledge", "--on", "2026-11-21").exit_code == 2


def test_a_step_that_is_misspelt_is_answered_with_what_was_meant(clinic: Line) -> None:
    assert "Did you mean: allocate?" in clinic("case", "fire", WAITING, "alocate").stderr
    assert "Did you mean: resume?" in clinic("case", "fire", WAITING, "resum").stderr  # though it is not possible now


@pytest.mark.parametrize("number", ["soon", "-1", "1.5", "9" * 30, "٣"])
def test_a_version_is_a_whole_number_and_is_not_repeated(clinic: Line, number: str) -> None:
    result = clinic("case", "fire", WAITING, "acknowledge", "--seen", number)
    assert result.exit_code == 2
    assert "a whole number is asked for" in result.stderr
    assert number not in result.stderr


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_json"),
        (b'{"clinician": "Mina Smith"', "not_json"),
        (b"\xff\xfe{", "not_json"),
        (b'{"clinician": NaN}', "not_json"),
        (b'{"clinician": ' + b"9" * 5000 + b"}", "not_json"),
        (b'["Mina Smith"]', "not_an_object"),
        (b'"Mina Smith"', "not_an_object"),
        (b"null", "not_an_object"),
        (b'{"clinician": "a", "clinician": "Mina Smith"}', "answered_twice"),
        (b'{"clinician": ' + b"[" * 50 + b"]" * 50 + b"}", "too_deep"),
        (b'{"a": ' * 990 + b"1" + b"}" * 990, "too_deep"),
        (b"[" * 200_000 + b"]" * 200_000, "too_deep"),
        (b'{"clinician": "' + b"x" * 2_000_000 + b'"}', "too_large"),
    ],
)
def test_data_that_is_no_object_of_answers_is_refused_and_not_repeated(clinic: Line, content: bytes, code: str) -> None:
    path = clinic.folder / "answers.json"
    path.write_bytes(content)
    for data, stdin in ((path, None), ("-", content)):
        result = clinic("case", "fire", WAITING, "allocate", "--data", data, stdin=stdin)
        assert result.exit_code == 2
        assert result.stderr.endswith(f"({code})\n")
        assert result.stdout == ""
        assert "Mina" not in result.stderr


@pytest.mark.parametrize("name", ["nothing.json", ".", "nul\0"])
def test_data_that_cannot_be_opened_is_said_to_be_so(clinic: Line, name: str) -> None:
    result = clinic("case", "fire", WAITING, "allocate", "--data", name)
    assert result.exit_code == 2
    assert result.stderr.endswith("(data_not_readable)\n")


def test_answers_come_from_stdin_and_with_a_byte_order_mark(clinic: Line) -> None:
    text = "\ufeff" + json.dumps({"clinician": "Zoë"})
    assert clinic("case", "fire", WAITING, "allocate", "--data", "-", stdin=text).exit_code == 0
    assert clinic.document("case", "show", WAITING)["answers"]["clinician"] == "Zoë"


@pytest.mark.parametrize("option", ["--as", "--key", "--database", "--log", "--reference", "--data"])
def test_a_script_whose_variable_was_never_set_is_stopped(clinic: Line, option: str) -> None:
    result = clinic("case", "open", "leeds-imhs", "take_call", option, "")
    assert result.exit_code == 2
    assert len(clinic.document("worklist")) == 325


def test_a_referral_is_opened_shown_and_found_by_its_service_and_its_id(empty: Line) -> None:
    opened = empty.document("case", "open", "leeds-imhs", "take_call", "--reference", "NEW-1", "--on", "2026-11-02")
    assert (opened["reference"], opened["version"], opened["state"]) == ("NEW-1", 1, "duty_call")
    for ref in ("NEW-1", "leeds-imhs/NEW-1", opened["case_id"]):
        assert empty.document("case", "show", ref)["opened_on"] == "2026-11-02"
    assert empty("case", "open", "leeds-imhs", "take_call", "--reference", "NEW-1").exit_code == 2
    assert empty("case", "open", "leeds-imhs", "allocate").exit_code == 1
    assert "C-" in empty("case", "open", "together-with-baby", "receive_referral").stdout


def test_a_dry_opening_opens_nothing(empty: Line) -> None:
    shown = empty("case", "open", "leeds-imhs", "take_call", "--dry-run")
    assert shown.exit_code == 0
    assert "nothing was written" in shown.stdout
    assert empty.document("worklist") == []


def test_one_reference_in_two_services_is_asked_for_with_its_service(empty: Line) -> None:
    for service in ("leeds-imhs", "together-with-baby"):
        empty("case", "open", service, "take_call", "--reference", "SAME-1")
    result = empty("case", "show", "SAME-1")
    assert result.exit_code == 2
    assert "Write it as SERVICE/REFERENCE" in result.stderr


def test_a_referral_as_json_is_everything_of_it(clinic: Line) -> None:
    case = clinic.document("case", "show", WAITING)
    assert {
        "service", "reference", "case_id", "pathway", "state", "stage", "version", "open", "opened_on", "closed_on",
        "waiting_days", "adjusted_days", "held", "missing", "flags", "answers", "clocks",
    } <= set(case)  # fmt: skip
    assert (case["state"], case["stage"], case["version"], case["waiting_days"]) == ("waiting", "waiting", 7, 115)
    assert case["flags"] == ["wait_over_12_weeks"]
    assert case["answers"]["received_on"] == "2026-07-18"
    assert case["clocks"]["wait_to_allocation"] == {
        "since": "2026-07-28", "stopped_on": None, "running": True, "days": 115, "adjusted_days": 115,
    }  # fmt: skip


def test_a_referral_and_its_row_on_the_worklist_say_the_same(clinic: Line) -> None:
    same = ("service", "reference", "case_id", "state", "stage", "waiting_days", "adjusted_days", "held", "missing")
    for row in clinic.document("worklist")[::10]:
        case = clinic.document("case", "show", row["reference"])
        assert {k: case[k] for k in same} == {k: row[k] for k in same}
        assert sorted(case["flags"]) == sorted(row["flags"])


def test_a_referral_as_people_read_it_has_each_answer_under_its_question(clinic: Line) -> None:
    shown = clinic("case", "show", WAITING).stdout
    assert "leeds-imhs/R-000239: Waiting for a clinician (waiting)" in shown
    assert "Waiting for a clinician: 115 days, 115 without those on hold." in shown
    assert "Baby's date of birth: 2 April 2025" in shown


def test_what_a_family_says_cannot_command_a_terminal(empty: Line) -> None:
    words = "line one\nline two\u202e\u2028three"
    step = (
        "case",
        "open",
        "leeds-imhs",
        "take_call",
        "--reference",
        "NEW-1",
        "--data",
        empty.answers(referrer_words=words),
    )
    assert empty(*step).exit_code == 0
    shown = empty("case", "show", "NEW-1").stdout
    assert "    line one\n    line two \n    three\n" in shown
    assert empty.document("case", "show", "NEW-1")["answers"]["referrer_words"] == words


def test_options_say_what_each_step_needs_or_why_not(either_clinic: Line) -> None:
    options = {option["trigger"]: option for option in either_clinic.document("case", "options", WAITING)}
    assert set(options["allocate"]) == {"trigger", "to", "allowed", "who", "reasons", "data"}
    assert options["allocate"]["allowed"] is True
    assert options["allocate"]["data"]["required"] == ["clinician"]
    assert options["resume"]["allowed"] is False
    assert options["resume"]["reasons"] == [
        {"code": "not_on_hold", "sentence": "The referral is not on hold.", "field": None, "fields": [], "who": []}
    ]
    rows = [" ".join(row.split()) for row in either_clinic("case", "options", WAITING).stdout.splitlines()]
    assert "resume waiting no The referral is not on hold." in rows


def test_the_answers_of_a_refused_step_reach_neither_the_log_nor_the_screen(clinic: Line, tmp_path: Path) -> None:
    private = "Mina Smith-Test of LS3 7AB"
    shown = clinic("case", "fire", WAITING, "discharge", "--data", clinic.answers(summary=private, end_reason=private))
    assert shown.exit_code == 1
    assert private not in shown.output + clinic.log.read_text(encoding="utf-8")


def test_what_cannot_be_taken_from_here_says_from_how_many_more_places_it_can(clinic: Line) -> None:
    said = clinic("case", "fire", WAITING, "resubmit").stderr
    assert "The referral stands at: Waiting for a clinician. This step is possible from: " in said
    (line,) = [
        line for line in clinic("case", "fire", WAITING, "lift_restriction").stderr.splitlines() if "from:" in line
    ]
    assert line.count(",") == 5
    assert " more." in line


def test_a_right_step_with_a_wrong_answer_is_not_called_misspelt(clinic: Line) -> None:
    said = clinic("case", "fire", WAITING, "add_information", "--data", clinic.answers(consent_on="soon")).stderr
    assert "This is no date." in said
    assert "Did you mean" not in said


def test_what_is_missing_is_named_by_its_question(empty: Line) -> None:
    ref = empty.document("case", "open", "leeds-imhs", "receive_referral", "--on", "2026-11-19")["reference"]
    shown = empty("case", "show", ref).stdout
    (missing,) = [line for line in shown.splitlines() if line.startswith("Missing: ")]
    assert "Date on which the family agreed to the referral" in missing
    assert "_" not in missing


def test_a_number_out_of_its_bounds_and_a_broken_entry_are_bad_input_too(empty: Line) -> None:
    infant = {"infant_dob": "2026-07-01"}
    opening = ("case", "open", "leeds-imhs", "open_record", "--kind", "infant", "--data")
    for wrong in ({"birth_order": 99}, {"unanswered": [{"name": "ethnicity"}]}):
        assert empty(*opening, empty.answers(**infant, **wrong)).exit_code == 2


def test_a_record_that_is_not_here_and_a_step_on_a_meeting_are_called_what_they_are(empty: Line) -> None:
    assert "There is no such record here." in empty("case", "show", "B-nobody").stderr
    planned = empty("meeting", "plan", "leeds-imhs", "--on", "2026-12-01", "--dry-run").stdout
    assert "It would then stand at: Planned." in planned
    meeting = empty.document("meeting", "plan", "leeds-imhs", "--on", "2026-12-01")["reference"]
    said = empty("case", "fire", meeting, "allocate").stderr
    assert "the meeting stands at: Planned." in said
    said = empty("case", "fire", meeting, "plan_meeting").stderr
    assert "This step opens a meeting; this one is open already." in said


def test_a_step_that_only_lacks_an_answer_is_told_from_one_that_cannot_be_taken(empty: Line) -> None:
    ref = empty.document("case", "open", "leeds-imhs", "take_call")["reference"]
    shown = {row.split()[0]: " ".join(row.split()[2:]) for row in empty("case", "options", ref).stdout.splitlines()}
    assert shown["indicate_direct"] == "if Do the risk-factor screen before an indication."
    assert shown["resume"] == "no The referral is not on hold."
    assert shown["add_note"] == "yes note"
    assert "take_in" not in shown
    assert "take_in" in {option["trigger"] for option in empty.document("case", "options", ref)}


def test_before_a_record_is_opened_it_stands_nowhere_and_has_no_reference(empty: Line) -> None:
    said = empty("activity", "log", "leeds-imhs").stderr
    assert "record_activity was refused; the activity is not opened yet. (step_refused)" in said
    assert "C-" not in empty("case", "open", "leeds-imhs", "take_call", "--dry-run").stdout
    assert empty("activity", "list", "leeds-imhs").stdout == "There are none in this period.\n"


def test_the_history_is_read_with_what_each_step_brought_where_that_is_asked_for(empty: Line) -> None:
    ref = empty.document("case", "open", "leeds-imhs", "take_call")["reference"]
    why = {"holder": "The midwife", "review_on": "2026-12-20", "waiting_would_harm": "no", "summary": "She is tired."}
    assert empty("case", "fire", ref, "advise_watching", "--data", empty.answers(**why)).exit_code == 0
    told = empty("case", "history", ref, "--answers", "--as", "A Reader").stdout.splitlines()
    at = next(place for place, line in enumerate(told) if line.startswith("2. 20 November 2026: advise_watching, by "))
    assert told[at + 1].startswith("    Now stands at: ")
    assert "    Summary: She is tired." in told[at:]
    assert empty.document("case", "history", ref, "--answers")[1]["answers"]["summary"] == "She is tired."
    assert "She is tired" not in empty("case", "history", ref).output + empty("case", "history", ref, "--json").output
    assert [one["what"] for one in empty.document("readings", ref)] == ["history"] * 4
