"""A third service is a document and no code: its families are imported, met, visited and discharged, and flagged."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from casework import Casework, StepRefused
from casework.intake.importing import import_caseload
from tests.caseload.sheets import AS_OF, CLERK, in_work, received, write
from tests.casework.families import SPECIAL, Family, asked_of, brought_to, example, form, row
from tests.conftest import Actors, Clock
from tests.jobs.line import DAY, EVENING, Line
from tests.services.documents import THIRD, added
from workflows import Figure, Role
from workflows.registry import CURRENT

SERVICE = "third-service"


ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
"""Where the database makes no difference."""
MORE: dict[str, dict[str, Any]] = {"discharge": {"no_measures_because": "The family would rather not fill them in."}}
"""What a step wants beside its questions."""


@pytest.fixture(autouse=True)
def third_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set up before the database, so that its cases are held to their rules while the service is still there."""
    monkeypatch.setenv("CASEWORK_SERVICES", str(THIRD))
    with added(THIRD):
        yield


def before_triage(casework: Casework, clock: Clock, actors: Actors, **other: Any) -> Family:
    answers = form(clock.today, duty_call_on=None, referrer_role="social_worker", lives_in_area="yes", **other)
    family = Family(casework, clock, actors.everyone).opens(SERVICE, "receive_referral", **answers)
    return brought_to(family, "pass_checks")


def test_a_family_before_the_birth_goes_first_and_is_visited_together_with_its_social_worker(
    casework: Casework, clock: Clock, actors: Actors, log_lines: list[Any]
) -> None:
    unborn = {"infant_name": None, "infant_dob": None, "expected_due_date": clock.today.replace(month=6)}
    family = before_triage(casework, clock, actors, **unborn)
    for later, trigger, state in (
        (0, "give_priority", "rmg_review"),
        (0, "invite_referrer", "rmg_review"),
        (3, "accept_assessment", "waiting"),
        (0, "tell_outcome", "waiting"),
        (7, "allocate", "allocated"),
        (0, "plan_joint_visit", "allocated"),
        (7, "first_contact", "assessment"),
        (28, "finish_assessment", "formulation"),
        (7, "offer_plan", "plan_offered"),
        (7, "family_agrees", "intervention"),
        (20, "begin_ending", "ending"),
        (7, "discharge", "discharged"),
    ):
        clock.advance(later)
        if later > 7:
            assert casework.nights.run(clock.today, service=SERVICE).clean
        family.does(trigger, **MORE.get(trigger, {}))
        assert family.case.state == state
    answers = family.case.answers
    assert (answers["priority"], answers["accepted_for"]) == ("pre_birth_assessment", "assessment")
    assert {"priority_on", "referrer_invited_on", "joint_visit_on", "joint_visit_with"} <= answers.keys()
    assert casework.replay(family.id)[1] == ()
    told = [line for line in log_lines if line["event"].startswith("case.") and line["pathway"] != "third-service@1"]
    assert told == []


@ON_ONE
def test_priority_is_given_for_the_reasons_of_the_service_and_can_be_taken_back(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = before_triage(casework, clock, actors)
    with pytest.raises(StepRefused) as refused:
        family.does("give_priority", priority="other")
    assert [(r.code, r.fields) for r in refused.value.reasons] == [("priority_not_given", ("priority",))]
    with pytest.raises(StepRefused) as refused:
        family.does("take_back_priority")
    assert [r.code for r in refused.value.reasons] == ["no_priority"]
    family.does("give_priority")
    family.does("take_back_priority")
    assert "priority" not in family.case.answers


@ON_ONE
def test_a_baby_on_a_neonatal_unit_is_on_a_route_of_its_own_until_it_leaves(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = before_triage(casework, clock, actors)
    family.does("take_neonatal_route", neonatal_unit="The unit at St Example's")
    assert family.case.answers["neonatal_route_on"] == clock.today
    with pytest.raises(StepRefused) as refused:
        family.does("take_neonatal_route")
    assert [reason.code for reason in refused.value.reasons] == ["on_neonatal_route"]
    clock.advance(9)
    assert family.does("leave_neonatal_unit", left_for="home").state == "rmg_review", "the same referral goes on"
    assert "neonatal_route_on" not in family.case.answers
    assert casework.replay(family.id)[1] == ()


@ON_ONE
def test_a_baby_in_child_protection_is_on_the_named_pathway_until_it_leaves_it(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    unborn = {"infant_name": None, "infant_dob": None, "expected_due_date": clock.today.replace(month=6)}
    family = before_triage(casework, clock, actors, **unborn)
    family.does("take_protection_pathway", agreed_with="The social worker's team")
    assert family.case.answers["protection_pathway_on"] == clock.today
    with pytest.raises(StepRefused) as refused:
        family.does("take_protection_pathway")
    (reason,) = refused.value.reasons
    assert reason.code == "on_protection_pathway"
    assert "Partnership with children's social care" in reason.sentence
    family.does("leave_protection_pathway", reason="The plan has ended.")
    with pytest.raises(StepRefused) as refused:
        family.does("leave_protection_pathway")
    assert [reason.code for reason in refused.value.reasons] == ["not_on_protection_pathway"]
    assert casework.replay(family.id)[1] == ()


@ON_ONE
def test_the_lead_may_decide_for_the_group_and_the_administrator_may_not(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = before_triage(casework, clock, actors)
    assert family.does("defer", by=actors[Role.LEAD]).state == "rmg_review"
    with pytest.raises(StepRefused):
        family.does("defer", by=actors[Role.ADMINISTRATOR])


@ON_ONE
def test_a_baby_over_two_is_in_no_offer(casework: Casework, clock: Clock, actors: Actors) -> None:
    second_birthday = clock.today.replace(year=clock.today.year - 2)
    still_in = before_triage(casework, clock, actors, infant_dob=second_birthday)
    assert still_in.does("accept_assessment").state == "waiting"
    too_old = before_triage(casework, clock, actors, infant_dob=second_birthday.replace(day=1))
    with pytest.raises(StepRefused) as refused:
        too_old.does("accept_assessment")
    assert [r.code for r in refused.value.reasons] == ["excluded"]
    assert "over two" in refused.value.reasons[0].sentence


def test_its_caseload_is_imported_and_its_night_flags_it(casework: Casework, clock: Clock, tmp_path: Path) -> None:
    clock.set(AS_OF, 18)
    unanswered = received(2, service=SERVICE.upper(), referrer_contact="")
    sheet = write(tmp_path / "sheet.csv", [received(1, service=SERVICE), unanswered])
    report = import_caseload(casework, sheet, CLERK)
    assert (report.loaded, list(report.refused)) == (2, [])
    casework.nights.enter(SERVICE, Figure("acknowledge", 5, "Minutes of the service meeting", AS_OF), by="manager")
    casework.night()
    assert {row.service for row in casework.worklist()} == {SERVICE}
    assert [(row.reference, row.kind) for row in casework.flags()] == [("R-000002", "missing_information")]


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    with time_machine.travel(EVENING, tick=False):
        yield Line(database_url, tmp_path)


@ON_ONE
def test_the_command_line_brings_a_referral_of_it_from_a_sheet_to_discharge(line: Line, tmp_path: Path) -> None:
    listed = line.document("pathway", "list")
    assert [one["pathway"] for one in listed] == ["leeds-imhs@1", "together-with-baby@1", "third-service@1"]
    assert line.document("service", "check", SERVICE)[0]["findings"] == []
    assert line.document("pathway", "check", SERVICE)[0]["sound"]
    begun = in_work(1, "first_contact_on", service=SERVICE, outcome="accept_assessment", first_contact_on="2026-08-20")
    sheet = write(tmp_path / "sheet.csv", [begun])
    assert line.document("import", sheet)["loaded"] == 1
    reference = line.document("worklist", "--service", SERVICE)[0]["reference"]
    state = "assessment"
    for trigger in STEPS:
        data = line.answers(**invented(state, trigger))
        state = line.document("case", "fire", reference, trigger, "--data", data, "--as", "Maria")["state"]
    assert state == line.document("case", "show", reference)["state"] == "discharged"
    night = line.document("nightly")
    assert SERVICE in str(night)
    assert line.document("worklist", "--service", SERVICE) == []
    assert {one["name"] for one in line.document("figures", "list", "--service", SERVICE)} >= {"quorum", "wait_over"}


STEPS = ("plan_joint_visit", "finish_assessment", "offer_plan", "family_agrees", "begin_ending", "discharge")


def invented(state: str, trigger: str) -> dict[str, Any]:
    """What the step asks for, as a file of answers has it."""
    needs = asked_of(row(CURRENT[SERVICE], state, trigger))
    answers = {f.name: SPECIAL.get(f.name, example(f, DAY)) for f in needs} | MORE.get(trigger, {})
    found: dict[str, Any] = json.loads(json.dumps(answers, default=str))
    return found


def test_a_setting_is_entered_on_the_command_line_and_refuses_from_its_day(line: Line) -> None:
    entered = line("figures", "set", "joint_visit", 0, "--service", SERVICE, "--source", "Minutes", "--as", "Maria")
    assert entered.exit_code == 0, entered.output
    assert "The referrer may come along on a visit: off, from 20 November 2026 (Minutes)." in entered.stdout
    told = {one["name"]: one for one in line.document("figures", "list", "--service", SERVICE)}
    assert (told["joint_visit"]["amount"], told["joint_visit"]["unit"]) == (0, "switch")
    assert (told["meetings_a_week"]["amount"], told["quorum"]["amount"]) == (2, None)


@ON_ONE
def test_the_line_plans_a_triage_with_the_services_of_the_document_and_tells_one_that_never_began(line: Line) -> None:
    assert "no day is known" in line("meeting", "due", "--service", SERVICE).stdout
    planned = line.document("meeting", "plan", SERVICE, "--kind", "triage", "--on", "2026-11-18")["reference"]
    sits_in = line.document("meeting", "agenda", planned)["meets_with"]
    assert sits_in == ["maternity and neonatal psychological interventions", "perinatal mental health"]
    alone = line.document("meeting", "plan", SERVICE, "--kind", "triage", "--on", "2026-11-25", "--with", "Nobody else")
    assert line.document("meeting", "agenda", alone["reference"])["meets_with"] == ["Nobody else"]
    (told,) = line.document("meeting", "due", "--service", SERVICE, exit_code=1)
    assert (told["next"], told["planned"], told["not_begun"]) == ("2026-11-25", alone["reference"], [planned])
    assert f"{planned}: planned for a day that is past" in line("meeting", "due").stdout


@ON_ONE
def test_documents_that_cannot_be_read_stop_the_command_line_and_are_told(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wrong.toml").write_text('[service]\nkey = "x y"\n', encoding="utf-8")
    monkeypatch.setenv("CASEWORK_SERVICES", str(tmp_path / "wrong.toml"))
    told = line("pathway", "list")
    assert (told.exit_code, told.stdout) == (2, "")
    assert "wrong.toml, service.key: it is no key." in told.stderr
    assert "wrong.toml, service.name: it is not there." in told.stderr
    assert "(bad_service_document)" in told.stderr


@ON_ONE
def test_what_a_document_says_is_shown_with_what_it_is_silent_on(line: Line) -> None:
    shown = line.document("service", "show", SERVICE)
    assert shown["pathway"] == "third-service@1"
    assert shown["says"]["meeting.with"].startswith("maternity and neonatal")
    assert shown["says"]["contact.phone"] == "blank"
    assert (shown["says"]["commissioner"], shown["funding"]) == ("none", None)
    leeds = line.document("service", "show", "leeds-imhs")["says"]["commissioner"]
    assert leeds == "West Yorkshire Integrated Care Board, Leeds City Council Public Health Department"
    assert "twice" not in line("service", "list").stdout
    unknown = line("service", "show", "no-service")
    assert (unknown.exit_code, "leeds-imhs, together-with-baby, third-service" in unknown.stderr) == (2, True)


@ON_ONE
def test_a_gap_between_offers_is_a_finding(line: Line) -> None:
    found = line.document("service", "check", exit_code=1)
    assert [(one["service"], [f["code"] for f in one["findings"]]) for one in found] == [
        ("leeds-imhs", ["offers_gap"]), ("together-with-baby", []), (SERVICE, []),
    ]  # fmt: skip
    assert line("service", "check", SERVICE).exit_code == 0


@ON_ONE
def test_a_new_version_is_compared_before_it_is_laid_beside_the_old(line: Line, tmp_path: Path) -> None:
    text = THIRD.read_text(encoding="utf-8").replace("version = 1", "version = 2").replace("joint_visit = true", "")
    (tmp_path / "third_v2.toml").write_text(text, encoding="utf-8")
    compared = line("pathway", "compare", SERVICE, tmp_path / "third_v2.toml")
    assert "plan_joint_visit" in compared.stdout
    assert compared.exit_code in (0, 1)
