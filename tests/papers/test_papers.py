"""What lies beside a referral: documents by date and place, what was shared and why, a service's own questions."""

from datetime import date
from pathlib import Path

import pytest

from casework import LATEST, Casework, StepRefused
from tests.casework.families import LEEDS, form
from tests.conftest import Actors, Clock
from tests.jobs.line import Line
from workflows import Chart, Facts, Role
from workflows.dates import weeks_pregnant
from workflows.guards.background import effect_on_baby_told
from workflows.registry import CHARTS


def referred(casework: Casework, clock: Clock, actors: Actors, **other: object) -> str:
    answers = form(clock.today, **other)
    return casework.open_case(LEEDS, "receive_referral", actors[Role.ADMINISTRATOR], answers).reference


def test_a_care_plan_is_known_by_its_date_and_where_it_is_kept(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    ref = referred(casework, clock, actors, channel="email")
    said = {"document_kind": "care_plan", "document_date": "2026-02-20", "document_place": "perinatal record"}
    casework.fire(ref, "record_document", actors[Role.ADMINISTRATOR], said, seen=LATEST)
    (entry,) = casework.case(ref).answers["documents"]
    assert (entry["document_kind"], entry["document_date"]) == ("care_plan", date(2026, 2, 20))
    assert casework.case(ref).answers["channel"] == "email"


def test_what_is_shared_without_consent_is_explained(casework: Casework, clock: Clock, actors: Actors) -> None:
    ref = referred(casework, clock, actors)
    said = {"shared_what": "The concern", "shared_with": "Social care", "shared_basis": "safeguarding"}
    with pytest.raises(StepRefused) as refused:
        casework.fire(ref, "record_sharing", actors[Role.DUTY], said, seen=LATEST)
    assert [reason.code for reason in refused.value.reasons] == ["sharing_unexplained"]
    assert "sharings" not in casework.case(ref).answers
    casework.fire(ref, "record_sharing", actors[Role.DUTY], {**said, "reason": "Immediate danger"}, seen=LATEST)
    casework.fire(ref, "record_sharing", actors[Role.DUTY], {**said, "shared_basis": "consent"}, seen=LATEST)
    assert [entry["shared_basis"] for entry in casework.case(ref).answers["sharings"]] == ["safeguarding", "consent"]


def test_a_questionnaire_of_the_services_own_keeps_questions_and_answers(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    ref = referred(casework, clock, actors)
    replies = [{"question": "How was it for you as a father?", "reply": "Nobody had asked me before."}]
    said = {"questionnaire": "For fathers", "answered_by": "the father", "replies": replies}
    casework.fire(ref, "record_questionnaire", actors[Role.CLINICIAN], said, seen=LATEST)
    assert casework.case(ref).answers["questionnaires"][0]["replies"] == replies


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"contributing_factors": ["carer_mental_health"]}, ["effect_on_baby_missing"]),
        ({"contributing_factors": ["carer_mental_health"], "effect_on_baby": "He has stopped looking at her."}, []),
        ({"contributing_factors": ["loss"]}, []),
        ({}, []),
    ],
)
def test_mental_ill_health_alone_does_not_decide_its_effect_on_the_baby_is_told(
    chart: Chart, said: dict[str, object], codes: list[str]
) -> None:
    trigger = "accept_direct" if "accept_direct" in chart.triggers else "accept_assessment"
    accepts = next(move for move in chart.moves if move.trigger == trigger)
    assert effect_on_baby_told in accepts.only_if
    refused = effect_on_baby_told(Facts(chart.rules, "rmg_review", date(2026, 3, 2), recorded=said))
    assert ([refused.code] if refused else []) == codes


def test_where_a_family_can_be_pointed_to_is_listed_and_nothing_is_made_up(tmp_path: Path) -> None:
    line = Line(f"sqlite:///{tmp_path}/clinic.db", tmp_path)
    listed = line.document("signposts", "leeds-imhs", "--stage", "unborn")
    named = {"perinatal_pathway", "health_visitor", "childrens_centre", "baby_groups", "parenting_course"}
    assert {one["code"] for one in listed["services"]} >= named
    assert listed["resources"][0]["code"] == "my_unborn_baby_and_me"
    nothing: dict[str, list[str]] = {"services": [], "resources": []}
    assert line.document("signposts", "leeds-imhs", "--for", "bereavement", exit_code=1) == nothing
    assert line.document("signposts", "leeds-imhs", "--for", "urgent_help")["resources"] == []
    assert "No service is known here" in line("signposts", "leeds-imhs", "--for", "bereavement").stdout
    assert line("signposts", "nowhere").exit_code == 2


@pytest.mark.parametrize(
    ("due", "on", "weeks"),
    [
        ("2026-12-08", "2026-03-03", 0),
        ("2026-12-08", "2026-03-02", None),
        ("2026-12-08", "2026-07-21", 20),
        ("2026-12-08", "2026-12-08", 40),
        ("2026-12-08", "2026-12-14", 40),
        ("2026-12-08", "2027-01-18", 45),
        ("2026-12-08", "2027-01-19", None),
    ],
)
def test_weeks_of_pregnancy_are_counted_back_from_the_due_date(due: str, on: str, weeks: int | None) -> None:
    assert weeks_pregnant(date.fromisoformat(due), date.fromisoformat(on)) == weeks
