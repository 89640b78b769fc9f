"""What every refusal has in common: all reasons at once, who may, what a hold and the calendar forbid."""

from datetime import date, timedelta
from typing import Any

import pytest

from casework import Actor
from tests.workflows.held import ALLOWED
from tests.workflows.paths import (
    EVERYONE,
    TODAY,
    after_step,
    after_steps,
    before_each_kind_of_row,
    before_each_row,
    case_at,
    refused,
)
from tests.workflows.shipped import LEEDS
from workflows import Chart, Part, Role
from workflows.registry import CHARTS

EVERY_CHART = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())


# Every reason at once


def test_every_reason_is_given_at_once() -> None:
    held = after_step(case_at(LEEDS, "rmg_review"), "place_hold")
    held.answers |= {"gp_in_area": "no", "primary_carer": "no", "motivation": "low", "readiness": "low"}
    del held.answers["consent_on"]
    reasons = refused(
        held,
        "accept_direct",
        by=Actor("the administrator", [Role.ADMINISTRATOR]),
        rmg_on=None,
        reason=None,
        on=TODAY + timedelta(days=1),
        relationship_need="huge",
    )
    assert set(reasons) == {
        "not_your_step",
        "on_hold",
        "date_in_future",
        "no_forum_record",
        "consent_missing",
        "excluded",
        "discussion_undecided",
        "not_ready",
        "answer_missing",
        "unknown_code",
    }
    assert reasons["not_your_step"].who == (Role.CHAIR, Role.LEAD)
    assert all(reason.sentence.endswith(".") for reason in reasons.values())


@EVERY_CHART
def test_every_answer_that_a_step_needs_is_asked_for_where_it_is_left_out(chart: Chart) -> None:
    for move, case in before_each_kind_of_row(chart):
        needed = {f.name for f in move.needs}
        case.answers = {name: value for name, value in case.answers.items() if name not in needed}
        nothing: dict[str, Any] = dict.fromkeys(needed)
        asked = {name for reason in refused(case, move.trigger, **nothing).values() for name in reason.fields}
        assert needed <= asked, move.trigger


@EVERY_CHART
def test_an_answer_of_the_referral_form_is_asked_once_and_others_afresh(chart: Chart) -> None:
    for move, case in before_each_row(chart):
        known = case.answers.keys()
        again: dict[str, Any] = {f.name: None for f in move.needs if f.part is Part.FORM and f.name in known}
        assert not refused(case, move.trigger, **again), move.trigger
    decided_before = after_steps(case_at(chart, "rmg_review"), "defer")
    assert "rmg_on" in decided_before.answers
    assert "no_forum_record" in refused(decided_before, "defer", rmg_on=None)


@EVERY_CHART
def test_a_role_is_required_by_each_row_and_the_refusal_says_which(chart: Chart) -> None:
    for move, case in before_each_kind_of_row(chart):
        for role in Role:
            reasons = refused(case, move.trigger, by=Actor("somebody", [role]))
            assert ("not_your_step" in reasons) is (role not in move.who), (move.source, move.trigger, role)
        nobody = refused(case, move.trigger, by=Actor("somebody", []))["not_your_step"]
        assert nobody.who == move.who
        assert all(role.value.replace("_", " ") in nobody.sentence for role in move.who)


# Hold


@EVERY_CHART
def test_a_referral_on_hold_may_only_be_resumed_looked_at_noted_about_or_closed_by_the_family(chart: Chart) -> None:
    for state in (s.name for s in chart.states.values() if not s.closed):
        held = after_step(case_at(chart, state), "place_hold")
        for trigger in chart.triggers_from(state):
            reasons = refused(held, trigger)
            if trigger == "place_hold":
                assert set(reasons) == {"already_on_hold"}
            elif trigger in ALLOWED:
                assert "on_hold" not in reasons, (state, trigger)
            else:
                assert "2 March 2026" in reasons["on_hold"].sentence
        assert after_step(held, "resume").state == state


@EVERY_CHART
@pytest.mark.parametrize("trigger", ["resume", "review_hold"])
def test_what_is_not_on_hold_can_neither_be_resumed_nor_looked_at_again(chart: Chart, trigger: str) -> None:
    assert refused(case_at(chart, "waiting"), trigger).keys() == {"not_on_hold"}


@EVERY_CHART
def test_contact_is_recorded_from_the_first_one_to_the_end_of_the_work(chart: Chart) -> None:
    recorded = {state for state in chart.states if "record_contact" in chart.triggers_from(state)}
    assert recorded == {"assessment", "formulation", "plan_offered", "intervention", "ending"}


# Time


@EVERY_CHART
def test_a_step_is_dated_neither_in_the_future_nor_before_what_it_follows(chart: Chart) -> None:
    waiting = case_at(chart, "waiting")
    assert refused(waiting, "allocate", on=TODAY + timedelta(days=1)).keys() == {"date_in_future"}
    assert refused(waiting, "allocate", on=TODAY - timedelta(days=1)).keys() == {"out_of_order"}
    assert refused(waiting, "allocate", on=date(2026, 3, 2)) == {}


def test_a_step_that_a_pathway_does_not_have_is_unknown_and_one_that_opens_says_so() -> None:
    waiting = case_at(LEEDS, "waiting")
    assert refused(waiting, "fly").keys() == {"unknown_trigger"}
    assert refused(waiting, "accept_assessment").keys() == {"unknown_trigger"}
    assert refused(waiting, "take_call").keys() == {"impossible_step"}
    assert refused(case_at(LEEDS, "duty_call"), "allocate", by=EVERYONE).keys() == {"impossible_step"}
