"""One family in Essex: an incomplete form sent back and sent again, assessment, and what the formulation decides."""

from typing import Any

import pytest

from casework import Casework, StepRefused
from tests.casework.families import ESSEX, Family, brought_to, form, referred
from tests.conftest import Actors, Clock
from workflows import Role


def assessed(casework: Casework, clock: Clock, actors: Actors) -> Family:
    """A family whose assessment is before the team."""
    family = referred(casework, clock, actors.everyone, ESSEX, lives_in_area="yes", in_contact="yes")
    return brought_to(
        family, "pass_checks", "triage_rate", "accept_assessment", "allocate", "first_contact", "finish_assessment"
    )


def test_an_incomplete_form_is_sent_back_and_may_come_again(
    casework: Casework, clock: Clock, actors: Actors, log_lines: list[Any]
) -> None:
    family = referred(casework, clock, actors[Role.ADMINISTRATOR], ESSEX, postcode=None)
    casework.night()
    assert [flag.kind for flag in casework.flags()] == ["missing_information"]
    receipt = family.does("reject_incomplete")
    assert (receipt.state, receipt.cleared_flags) == ("rejected_incomplete", ("missing_information",))
    assert casework.worklist() == []
    clock.advance(9)
    family.does("resubmit", postcode="CM1 1AB")
    case = family.case
    assert (case.state, case.gaps, case.clocks["acknowledge"].days(clock.today)) == ("received", (), 0)
    assert case.answers["received_on"] < case.answers["received_again_on"]
    assert case.clocks["total_time"].days(clock.today) == 9
    assert [(line["event"], line.get("to_state", line.get("kind"))) for line in log_lines if "run_id" not in line] == [
        ("case.opened", "received"),
        ("case.moved", "rejected_incomplete"),
        ("flag.cleared", "missing_information"),
        ("case.moved", "received"),
    ]


def test_a_family_in_essex_goes_from_its_referral_to_discharge(
    casework: Casework, clock: Clock, actors: Actors, log_lines: list[Any]
) -> None:
    family = referred(casework, clock, actors.everyone, ESSEX, duty_call_on=None)
    for later, trigger, state in (
        (4, "acknowledge", "received"),
        (1, "pass_checks", "rmg_review"),
        (0, "triage_rate", "rmg_review"),
        (6, "accept_assessment", "waiting"),
        (0, "tell_outcome", "waiting"),
        (100, "allocate", "allocated"),
        (7, "first_contact", "assessment"),
        (21, "finish_assessment", "formulation"),
        (7, "assess_more", "assessment"),
        (7, "finish_assessment", "formulation"),
        (7, "offer_plan", "plan_offered"),
        (7, "family_agrees", "intervention"),
        (60, "begin_ending", "ending"),
        (14, "discharge", "discharged"),
    ):
        clock.advance(later)
        casework.nights.run(clock.today)
        family.does(trigger)
        assert family.case.state == state
    case = family.case
    assert case.answers["accepted_for"] == "assessment"
    days = {name: state.days(clock.today) for name, state in case.clocks.items()}
    assert (days["acknowledge"], days["wait_to_allocation"]) == (4, 100)
    assert (days["total_time"], days["formulation_due"]) == (118, 7)
    assert not [line for line in log_lines if line["event"].startswith("flag.")]
    assert not any(clock_state.running for clock_state in case.clocks.values())


def test_a_family_may_refer_itself_without_a_call(casework: Casework, clock: Clock, actors: Actors) -> None:
    form_of_their_own = form(clock.today, referrer_role="family", duty_call_on=None)
    family = Family(casework, clock, actors[Role.ADMINISTRATOR]).opens(ESSEX, "receive_referral", **form_of_their_own)
    assert family.does("pass_checks").state == "rmg_review"
    with pytest.raises(StepRefused) as refused:
        casework.open_case(
            "leeds-imhs", "receive_referral", actors[Role.ADMINISTRATOR], form(clock.today, referrer_role="family")
        )
    assert [reason.code for reason in refused.value.reasons] == ["self_referral_not_taken"]


def test_acceptance_is_to_assessment_and_promises_no_intervention(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors.everyone, ESSEX)
    brought_to(family, "pass_checks")
    for trigger in ("accept_direct", "offer_plan", "family_agrees"):
        with pytest.raises(StepRefused) as refused:
            family.does(trigger)
        assert refused.value.reasons[0].code in ("impossible_step", "unknown_trigger")
    brought_to(family, "triage_rate", "accept_assessment", "acknowledge")
    clock.advance(200)
    casework.night()
    assert casework.flags() == []  # Essex publishes no wait
    assert casework.worklist()[0].waiting_days == 200


def test_foster_care_is_discussed_and_the_decision_is_recorded(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors.everyone, ESSEX, carer_relationship="foster_carer")
    brought_to(family, "pass_checks", "triage_rate")
    with pytest.raises(StepRefused) as refused:
        family.does("accept_assessment")
    assert [reason.code for reason in refused.value.reasons] == ["discussion_undecided"]
    assert casework.eligibility(family.id).result == "discuss"
    family.does("accept_assessment", eligibility_decision="Return home is planned for May.")
    assert family.case.state == "waiting"


def test_the_formulation_has_its_ways_on(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = assessed(casework, clock, actors)
    assert family.does("assess_more").state == "assessment"
    family.does("finish_assessment")
    assert family.does("offer_plan").state == "plan_offered"
    assert brought_to(family, "family_agrees", "change_plan").case.state == "formulation"
    assert family.does("signpost").state == "signposted"
    assert assessed(casework, clock, actors).does("offer_consultation").state == "consultation"


def test_a_family_that_declines_the_plan_is_discharged_with_that_reason(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = assessed(casework, clock, actors)
    family.does("offer_plan")
    assert family.does("family_declines").state == "discharged"
    assert family.case.answers["end_reason"] == "declined"


def test_a_family_that_moves_away_leaves_the_list_with_a_transfer_offered(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = assessed(casework, clock, actors)
    assert family.does("move_away").state == "moved_away"
    assert casework.worklist() == []
