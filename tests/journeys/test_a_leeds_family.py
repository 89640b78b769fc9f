"""One family in Leeds, from the duty call to the end of the work, and the ways beside that line."""

from datetime import timedelta
from typing import Any

import pytest

from casework import Casework, StepRefused
from tests.casework.families import LEEDS, Family, form, referred
from tests.conftest import Actors, Clock
from workflows import Role


def called(casework: Casework, clock: Clock, actors: Actors) -> Family:
    """A health visitor has rung, and the duty clinician saw direct work in it."""
    known = form(
        clock.today, referrer_words=None, duty_call_on=None, relationship_need=None, motivation=None, readiness=None
    )
    family = Family(casework, clock, actors[Role.DUTY]).opens(LEEDS, "take_call", **known)
    family.does("indicate_direct", relationship_need="moderate", motivation="adequate", readiness="high")
    return family


def accepted(casework: Casework, clock: Clock, actors: Actors) -> Family:
    family = referred(casework, clock, actors[Role.ADMINISTRATOR])
    clock.advance(6)
    family.does("pass_checks")
    family.does("accept_direct", by=actors[Role.CHAIR])
    return family


WAITS = {"wait_to_allocation", "wait_to_start", "total_time"}
LINE: tuple[tuple[int, Role, str, str, set[str]], ...] = (
    (5, Role.ADMINISTRATOR, "receive_referral", "received", {"acknowledge", "total_time"}),
    (1, Role.ADMINISTRATOR, "acknowledge", "received", {"total_time"}),
    (1, Role.ADMINISTRATOR, "pass_checks", "rmg_review", {"triage", "total_time"}),
    (4, Role.CHAIR, "accept_direct", "waiting", {"outcome_told", *WAITS}),
    (1, Role.ADMINISTRATOR, "tell_outcome", "waiting", WAITS),
    (60, Role.MANAGER, "allocate", "allocated", {"wait_to_start", "total_time"}),
    (7, Role.CLINICIAN, "first_contact", "assessment", set()),
    (28, Role.CLINICIAN, "finish_assessment", "formulation", {"formulation_due"}),
    (7, Role.TEAM, "offer_plan", "plan_offered", set()),
    (7, Role.CLINICIAN, "family_agrees", "intervention", set()),
    (90, Role.CLINICIAN, "begin_ending", "ending", set()),
    (14, Role.CLINICIAN, "discharge", "discharged", set()),
)
"""Days later, by whom, the step, where the referral stands then, and the clocks that run on."""


def test_a_family_goes_from_the_first_call_to_discharge(
    casework: Casework, clock: Clock, actors: Actors, log_lines: list[Any]
) -> None:
    family = called(casework, clock, actors)
    assert family.case.state == "awaiting_referral"
    assert running(family) == {"form_due"}
    for later, who, trigger, state, clocks in LINE:
        clock.advance(later)
        said: dict[str, Any] = {"referrer_words": "He will not settle."} if trigger == "receive_referral" else {}
        before = family.case.state
        family.does(trigger, by=actors[who], **said)
        assert family.case.state == state
        assert running(family) == clocks, trigger
        line = next(line for line in reversed(log_lines) if line["event"].startswith("case."))
        assert (line["event"], line["trigger"]) == ("case.moved" if state != before else "case.noted", trigger)
        assert (line["from_state"], line["to_state"]) == (before, state)
        assert (line["actor"], line["role"]) == (actors[who].name, who.value)
        assert (line["effective_on"], line["recorded_at"]) == (clock.today.isoformat(), clock.now.isoformat())
    days = {name: state.days(clock.today) for name, state in family.case.clocks.items()}
    assert days == {
        "form_due": 5,
        "acknowledge": 1,
        "triage": 4,
        "outcome_told": 1,
        "wait_to_allocation": 61,
        "wait_to_start": 68,
        "total_time": 74,
        "formulation_due": 7,
    }
    told = [line for line in log_lines if line["event"].startswith("case.")]
    assert [line["seq"] for line in told] == list(range(1, family.case.version + 1))
    assert {(line["service"], line["reference"], line["pathway"]) for line in told} == {
        (LEEDS, family.case.reference, "leeds-imhs@1")
    }
    assert not family.case.open
    assert casework.worklist() == []


def running(family: Family) -> set[str]:
    return {name for name, state in family.case.clocks.items() if state.running}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_each_night_of_the_journey_says_what_is_overdue_and_moves_nobody(
    casework: Casework, clock: Clock, actors: Actors, log_lines: list[Any]
) -> None:
    family = called(casework, clock, actors)
    for later, who, trigger, state, _ in LINE:
        for _ in range(later):
            clock.advance(1)
            casework.night()
        assert family.case.version == family.version
        family.does(trigger, by=actors[who])
        assert family.case.state == state
        if trigger == "acknowledge":
            family.does("add_information", referrer_words="He will not settle.")
    flags = [(line["event"], line["kind"]) for line in log_lines if line["event"].startswith("flag.")]
    assert flags == [
        ("flag.raised", "missing_information"),
        ("flag.cleared", "missing_information"),
        ("flag.raised", "wait_8_weeks"),
        ("flag.cleared", "wait_8_weeks"),
        ("flag.raised", "allocated_not_started"),
        ("flag.cleared", "allocated_not_started"),
    ]
    assert casework.flags() == []


def test_the_wait_is_flagged_at_eight_and_twelve_weeks_and_the_flag_ends_with_the_allocation(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = accepted(casework, clock, actors)
    for advance, expected in ((55, []), (1, ["wait_8_weeks"]), (28, ["wait_8_weeks"]), (1, ["wait_over_12_weeks"])):
        clock.advance(advance)
        casework.nights.run(clock.today)
        assert [flag.kind for flag in casework.flags()] == expected
    receipt = family.does("allocate", by=actors[Role.MANAGER])
    assert receipt.cleared_flags == ("wait_over_12_weeks",)
    assert casework.flags() == []
    family.does("unallocate", by=actors[Role.MANAGER])
    assert family.case.clocks["wait_to_allocation"].days(clock.today) == 85


def test_a_hold_makes_the_wait_quiet_and_both_figures_stay_visible(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = accepted(casework, clock, actors)
    clock.advance(50)
    family.does("place_hold", by=actors[Role.CLINICIAN], review_on=clock.today + timedelta(days=28))
    clock.advance(20)
    casework.night()
    assert casework.flags() == []
    (row,) = casework.worklist()
    assert (row.held, row.waiting_days, row.adjusted_days) == (True, 70, 50)
    with pytest.raises(StepRefused) as refused:
        family.does("allocate", by=actors[Role.MANAGER])
    assert [reason.code for reason in refused.value.reasons] == ["on_hold"]
    family.does("resume", by=actors[Role.CLINICIAN])
    clock.advance(1)
    casework.night()
    assert [flag.kind for flag in casework.flags()] == ["wait_8_weeks"]


def test_an_incomplete_referral_is_asked_about_and_stays_on_the_list(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors[Role.ADMINISTRATOR], risk_screen_on=None, referrer_contact=None)
    casework.night()
    (flag,) = casework.flags()
    assert (flag.kind, flag.missing) == ("missing_information", ("referrer_contact", "risk_screen_on"))
    with pytest.raises(StepRefused) as refused:
        family.does("request_information", contents_read="no")
    assert "contents_not_read" in [reason.code for reason in refused.value.reasons]
    family.does("request_information", contents_read="yes")
    clock.advance(3)
    family.does("add_information", referrer_contact="0113 496 0001")
    assert casework.flags()[0].missing == ("risk_screen_on",)
    receipt = family.does("supply_information", risk_screen_on=clock.today)
    assert (receipt.state, receipt.cleared_flags) == ("received", ("missing_information",))


def test_what_the_group_asks_for_goes_back_to_the_group(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = referred(casework, clock, actors[Role.ADMINISTRATOR])
    family.does("pass_checks")
    family.does("request_information", by=actors[Role.CHAIR])
    clock.advance(7)
    assert family.does("supply_information").state == "rmg_review"


def test_a_consultation_helps_the_network_and_closes_with_its_summary(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors[Role.ADMINISTRATOR], motivation="low", readiness="low")
    family.does("pass_checks")
    with pytest.raises(StepRefused) as refused:
        family.does("accept_direct", by=actors[Role.CHAIR])
    assert ([r.code for r in refused.value.reasons], refused.value.reasons[0].who) == (["not_ready"], (Role.LEAD,))
    family.does("offer_consultation", by=actors[Role.CHAIR])
    clock.advance(10)
    family.does("hold_consultation", by=actors[Role.CLINICIAN])
    assert family.case.clocks["consultation"].days(clock.today) == 10
    assert family.does("send_summary", by=actors[Role.CLINICIAN]).state == "consulted"


def test_watchful_waiting_is_not_for_high_need_and_can_come_back_early(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    high = referred(casework, clock, actors[Role.ADMINISTRATOR], relationship_need="high")
    high.does("pass_checks")
    with pytest.raises(StepRefused) as refused:
        high.does("watch_and_wait", by=actors[Role.CHAIR])
    assert [reason.code for reason in refused.value.reasons] == ["need_too_high"]
    family = referred(casework, clock, actors[Role.ADMINISTRATOR], relationship_need="low")
    family.does("pass_checks")
    family.does("watch_and_wait", by=actors[Role.CHAIR], review_on=clock.today + timedelta(days=91))
    clock.advance(30)
    assert family.does("early_concern", by=actors[Role.DUTY]).state == "rmg_review"
    assert family.case.clocks["watch"].days(clock.today) == 30


def test_a_withdrawal_cannot_be_refused_and_a_mistaken_one_is_reopened_where_it_was(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = accepted(casework, clock, actors)
    clock.advance(20)
    family.does("place_hold", by=actors[Role.CLINICIAN])
    family.does("withdraw_consent", by=actors[Role.DUTY])
    assert (family.case.state, family.case.held_since, casework.worklist()) == ("consent_withdrawn", None, [])
    clock.advance(4)
    with pytest.raises(StepRefused) as refused:
        family.does("allocate", by=actors[Role.MANAGER])
    assert (refused.value.reasons[0].code, refused.value.possible_now) == (
        "impossible_step",
        ("raise_safeguarding",),
    )
    with pytest.raises(StepRefused) as unasked:
        family.does("reopen", by=actors[Role.LEAD], consent_on=None)
    assert [reason.code for reason in unasked.value.reasons] == ["consent_missing"]
    assert family.does("reopen", by=actors[Role.LEAD], consent_on=clock.today).state == "waiting"
    assert family.case.clocks["wait_to_allocation"].days(clock.today) == 20


def test_an_entry_made_in_error_leaves_every_list_and_stays_in_the_audit(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors[Role.ADMINISTRATOR])
    with pytest.raises(StepRefused) as refused:
        family.does("void", by=actors[Role.LEAD], void_reason="duplicate", surviving_reference=None)
    assert [reason.code for reason in refused.value.reasons] == ["survivor_missing"]
    family.does("void", by=actors[Role.LEAD], void_reason="duplicate", surviving_reference="R-7")
    assert casework.worklist() == []
    assert [event.trigger for event in casework.history(family.id)] == ["receive_referral", "void"]
