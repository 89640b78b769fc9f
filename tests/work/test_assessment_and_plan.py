"""From the assessment to the planned ending: the baby is looked at, the team formulates, the family agrees."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from casework import Casework, StepRefused
from casework.case import Case
from casework.work import goals, measured, not_observed
from tests.casework.families import brought_to
from tests.conftest import Actors, Clock
from tests.work.scene import (
    TO_ASSESSMENT,
    TO_ENDING,
    TO_FORMULATION,
    TO_INTERVENTION,
    TO_PLAN,
    family_in,
    led_to,
)
from tests.workflows.paths import TODAY, after_step, refused
from tests.workflows.shipped import LEEDS
from workflows.factors import OBSERVATION_TOOLS
from workflows.staffing import DISCIPLINES

LEAO = {"tool": "leeds_early_attachment_observation", "seen_on": TODAY}
BEFORE_THE_GROUP = ("receive_referral", "pass_checks")
OUTCOMES = ("accept_direct", "offer_consultation", "watch_and_wait", "signpost", "decline")
UNSEEN: Mapping[str, Any] = {"observed_on": None, "infant_voice": None}


# The baby


def test_an_assessment_is_finished_with_an_observation_of_the_baby_or_with_the_reason_why_there_is_none(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = family_in(casework, clock, actors.everyone, TO_ASSESSMENT)
    for said, code in (
        ({}, {"infant_not_observed", "infant_voice_missing"}),
        ({"infant_observed": "yes"}, {"infant_not_observed", "infant_voice_missing"}),
        ({"infant_observed": "no"}, {"reason_missing"}),
        ({"infant_observed": "yes", "not_observed_because": "x"}, {"infant_not_observed", "infant_voice_missing"}),
    ):
        with pytest.raises(StepRefused) as no:
            family.does("finish_assessment", **{**UNSEEN, **said})
        assert {reason.code for reason in no.value.reasons} == code
    family.does("finish_assessment", **UNSEEN, infant_observed="no", not_observed_because="He slept each time.")
    (event,) = not_observed(casework.history(family.id))
    assert event.data["not_observed_because"] == "He slept each time."


@pytest.mark.parametrize("tool", OBSERVATION_TOOLS)
def test_every_observation_tool_of_the_list_counts_on_a_contact_or_at_the_end(tool: str) -> None:
    seen = [LEAO | {"tool": tool}]
    case = led_to(TO_ASSESSMENT)
    assert refused(case, "finish_assessment", observed_on=None, observations=seen) == {}
    before = after_step(case, "record_contact", observations=seen)
    assert refused(before, "finish_assessment", observed_on=None) == {}
    assert "entry_incomplete" in refused(case, "finish_assessment", observations=[{"tool": tool}])


@pytest.mark.parametrize(
    ("steps", "trigger"),
    [
        (BEFORE_THE_GROUP, "triage_rate"),
        *((BEFORE_THE_GROUP, outcome) for outcome in OUTCOMES),
        (TO_ASSESSMENT, "finish_assessment"),
        (TO_FORMULATION, "offer_plan"),
        (TO_FORMULATION, "signpost"),
        (TO_FORMULATION, "offer_consultation"),
        (TO_ENDING, "discharge"),
    ],
)
def test_the_babys_side_is_heard_at_triage_assessment_formulation_and_closure(
    steps: tuple[str, ...], trigger: str
) -> None:
    case = led_to(steps)
    assert "infant_voice_missing" in refused(case, trigger, infant_voice=None, not_observed_because=None)
    unseen: dict[str, Any] = {"infant_voice": None, "infant_observed": "no"}
    unexplained = refused(case, trigger, **unseen, not_observed_because=None)
    assert unexplained["reason_missing"].fields == ("not_observed_because",)
    excused = refused(case, trigger, **unseen, not_observed_because="Moved to another placement.")
    assert not {"infant_voice_missing", "reason_missing"} & set(excused)


# Measures and goals


def test_measures_are_offered_or_there_is_a_reason() -> None:
    case = led_to(TO_ASSESSMENT)
    no: dict[str, Any] = {"measures_offered": "no", "no_measures_because": None}
    assert refused(case, "finish_assessment", **no)["reason_missing"].fields == ("no_measures_because",)
    assert refused(case, "finish_assessment", **no | {"no_measures_because": "No common language."}) == {}
    assert refused(after_step(case, "record_measure"), "finish_assessment", **no) == {}


def test_measures_stand_by_domain_and_time_point() -> None:
    case = led_to(TO_ASSESSMENT)
    for domain in ("relationship", "parent_mental_health", "baby_development"):
        for point in ("before", "after", "after"):
            case = after_step(case, "record_measure", domain=domain, time_point=point, measure="As named")
    found = measured(case.answers)
    assert len(found) == 6
    assert all(len(entries) == (2 if point == "after" else 1) for (_, point), entries in found.items())


def test_a_goal_of_the_baby_is_rated_over_time_and_nought_is_a_rating() -> None:
    case = after_step(led_to(TO_ASSESSMENT), "set_goal", goal="To be picked up when I cry.", goal_for="baby")
    (number,) = (goal["number"] for goal in case.answers["goals"])
    for near in (0, 4, 10):
        case = after_step(case, "rate_goal", goal_number=number, goal_rating=near)
    case = after_step(case, "set_goal", goal_for="carer")
    first, second = goals(case.answers)
    assert (first.entry["goal_for"], [r["goal_rating"] for r in first.ratings]) == ("baby", [0, 4, 10])
    assert second.ratings == ()
    assert set(refused(case, "rate_goal", goal_number=999)) == {"no_such_entry"}
    assert set(refused(case, "rate_goal", goal_rating=None)) == {"answer_missing"}
    assert set(refused(case, "rate_goal", goal_rating=11)) >= {"out_of_range"}


# Formulation and plan


def test_a_formulation_names_the_disciplines_by_code() -> None:
    case = led_to(TO_FORMULATION)
    assert refused(case, "offer_plan", disciplines=[*DISCIPLINES], disciplines_words="A dietician") == {}
    assert set(refused(case, "offer_plan", disciplines=["discipline_other"])) == {"words_missing"}
    assert "unknown_code" in refused(case, "offer_plan", disciplines=["the doctor"])
    assert "answer_missing" in refused(case, "offer_plan", disciplines=None)
    assert "answer_missing" in refused(case, "offer_plan", hypothesis=None)


def test_a_family_that_declines_was_offered_something_else() -> None:
    offered = led_to(TO_PLAN)
    reasons = refused(offered, "family_declines", alternatives=None)
    assert {name for reason in reasons.values() for name in reason.fields} == {"alternatives"}


@pytest.mark.parametrize(
    ("rule", "carer", "plan", "stands"),
    [
        (True, "foster_carer", None, False),
        (True, "foster_carer", "none_yet", False),
        (True, "foster_carer", "adoption", True),
        (True, "foster_carer", "reunification", True),
        (True, "mother", None, True),
        (False, "foster_carer", None, True),
    ],
)
def test_work_with_a_looked_after_baby_waits_for_a_plan_where_the_service_says_so(
    rule: bool, carer: str, plan: str | None, stands: bool
) -> None:
    settings = replace(LEEDS.rules.settings, plan_before_work=rule)
    chart = replace(LEEDS, rules=replace(LEEDS.rules, settings=settings))
    case = led_to(TO_PLAN, chart, carer_relationship=carer)
    assert set(refused(case, "family_agrees", placement_plan=plan)) == (set() if stands else {"placement_not_planned"})


def test_an_ending_is_planned_with_the_family_or_there_is_a_reason() -> None:
    case = led_to(TO_INTERVENTION)
    assert set(refused(case, "begin_ending", ending_with_family="no")) == {"reason_missing"}
    assert refused(case, "begin_ending", ending_with_family="no", ending_without_because="They moved at once.") == {}


def test_a_plan_is_reviewed_as_often_as_is_needed_and_changed_through_the_team(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = family_in(casework, clock, actors.everyone, TO_INTERVENTION)
    for _ in range(2):
        clock.advance(30)
        family.does("review_plan")
    assert len(family.case.answers["plan_reviews"]) == 2
    family.does("change_plan")
    assert family.case.clocks["formulation_due"].running
    brought_to(family, "offer_plan", "family_agrees")
    assert family.case.state == "intervention"
    assert casework.replay(family.id)[1] == ()


def test_nobody_skips_from_the_group_or_the_assessment_to_an_intervention() -> None:
    for steps in (TO_ASSESSMENT, TO_FORMULATION, TO_PLAN):
        case: Case = led_to(steps)
        assert set(refused(case, "record_session")) == {"impossible_step"}
