"""What the way of a referral has to be, whatever the service: what starts a wait, what is asked where, what is not."""

import pytest

from tests.services.documents import changed
from tests.services.documents import chart as read
from tests.workflows.paths import after_step, after_steps, before_the_decision, case_at, refused
from tests.workflows.shipped import ESSEX, LEEDS
from workflows import Chart
from workflows.dates import add_months
from workflows.fields.referral import MOTIVATION, READINESS, RELATIONSHIP_NEED
from workflows.interventions import CATALOGUE, Duration, With
from workflows.registry import CHARTS

EVERY_CHART = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
AREAS = {RELATIONSHIP_NEED, MOTIVATION, READINESS}
WAITS = {"wait_to_allocation", "wait_to_start"}


@EVERY_CHART
def test_the_wait_starts_with_acceptance_and_stops_with_clinician_and_first_contact(chart: Chart) -> None:
    starting = {row.trigger for row in chart.moves if set(row.starts) >= WAITS}
    assert starting <= {"accept_direct", "accept_assessment"}
    waiting = case_at(chart, "waiting")
    assert {name for name in WAITS if waiting.clocks[name].running} == WAITS
    allocated = after_step(waiting, "allocate")
    assert not allocated.clocks["wait_to_allocation"].running
    assert allocated.clocks["wait_to_start"].running
    assert not after_step(allocated, "first_contact").clocks["wait_to_start"].running
    for elsewhere in ("received", "rmg_review", "consultation", "watchful_waiting"):
        assert not WAITS & case_at(chart, elsewhere).clocks.keys(), elsewhere


@EVERY_CHART
def test_call_and_group_go_by_the_three_areas(chart: Chart) -> None:
    for row in chart.moves:
        if row.trigger in ("indicate_direct", "indicate_consultation"):
            assert set(row.needs) >= AREAS
        if row.trigger in ("accept_direct", "accept_assessment", "watch_and_wait"):
            assert {*row.needs, *row.takes} >= AREAS
        if row.trigger == "receive_referral":
            assert set(row.takes) >= AREAS


@EVERY_CHART
def test_a_consultation_asks_for_no_age(chart: Chart) -> None:
    before = before_the_decision(chart)
    before.answers["infant_dob"] = add_months(before.answers["received_on"], -48)
    accepts = next(row.trigger for row in chart.moves if row.trigger in ("accept_direct", "accept_assessment"))
    assert refused(before, accepts).keys() == {"excluded"}
    assert refused(before, "offer_consultation") == {}


@EVERY_CHART
def test_every_referral_may_be_put_to_a_consultation_first_and_then_be_decided(chart: Chart) -> None:
    rated = before_the_decision(chart)
    back = after_steps(rated, "offer_consultation", "hold_consultation", "bring_back")
    assert back.state == "rmg_review"
    accepts = next(row.trigger for row in chart.moves if row.trigger in ("accept_direct", "accept_assessment"))
    assert refused(back, accepts) == {}


@pytest.mark.parametrize(("whose", "asked"), [("default", True), ("health_visitor", True), ("midwife", False)])
def test_where_a_consultation_comes_first_no_outcome_is_decided_before_it_was_held(whose: str, asked: bool) -> None:
    service = read(changed(consultation={"first_for": [whose]}))
    before = before_the_decision(service)
    for outcome in ("accept_assessment", "watch_and_wait", "signpost", "decline"):
        assert ("not_consulted" in refused(before, outcome)) is asked, outcome
    assert refused(before, "offer_consultation") == {}
    held = after_steps(before, "offer_consultation", "hold_consultation", "bring_back")
    assert refused(held, "accept_assessment") == {}
    only_agreed = after_steps(before, "offer_consultation", "cancel_consultation")
    assert ("not_consulted" in refused(only_agreed, "accept_assessment")) is asked


@EVERY_CHART
def test_no_plan_is_made_by_default(chart: Chart) -> None:
    formulated = case_at(chart, "formulation")
    assert "interventions" not in formulated.answers
    assert refused(formulated, "offer_plan", interventions=None)["answer_missing"].fields == ("interventions",)
    assert [row.trigger for row in chart.moves if "interventions" in dict(row.records)] == []


def test_several_interventions_stand_in_one_plan() -> None:
    six = [
        "video_interaction_guidance", "parent_infant_psychotherapy", "watch_me_play", "watch_wait_and_wonder",
        "mellow_babies", "theraplay",
    ]  # fmt: skip
    offered = after_step(case_at(LEEDS, "formulation"), "offer_plan", interventions=six)
    assert offered.answers["interventions"] == six


def test_an_intervention_is_short_or_long_dyadic_or_triadic_as_the_report_says() -> None:
    psychotherapy, other = CATALOGUE["parent_infant_psychotherapy"], CATALOGUE["other_formulation_led"]
    assert psychotherapy.duration is Duration.SHORT_OR_LONG
    assert other.duration is Duration.SHORT_OR_LONG
    assert {With.DYADIC, With.TRIADIC} == set(psychotherapy.participants) == set(other.participants)
    assert CATALOGUE["compassion_focused_therapy"].participants == (With.PARENT,)
    assert {"emdr", "cognitive_analytic_therapy", "family_therapy", "circle_of_security_parenting"} <= set(CATALOGUE)
    assert {"art_from_the_start", "peer_support_for_fathers", "local_addition"} <= set(CATALOGUE)
    assert CATALOGUE["individual_child_psychotherapy"].participants == (With.INFANT,)


def test_a_family_is_told_that_an_assessment_promises_no_intervention() -> None:
    accepted = case_at(ESSEX, "waiting")
    assert accepted.answers["accepted_for"] == "assessment"
    asked = {
        f.name for row in ESSEX.moves if (row.source, row.trigger) == ("waiting", "tell_outcome") for f in row.takes
    }
    assert "no_promise_told" in asked


@EVERY_CHART
@pytest.mark.parametrize("state", ["received", "rmg_review", "waiting", "intervention", "consultation"])
def test_a_service_that_closes_hands_on_whoever_is_open_and_says_to_whom(chart: Chart, state: str) -> None:
    said = {"transfer_reason": "service_closes", "receiving_service": "The next service"}
    offered = after_step(case_at(chart, state), "offer_transfer", **said)
    assert offered.open
    handed_on = after_step(offered, "transfer_accepted")
    assert handed_on.state == "transferred_out"
    assert {name: handed_on.answers[name] for name in said} == said
