"""The refusals that the machine must make (requirements X4), with words that a person can act on."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from casework import Actor
from tests.workflows.paths import TODAY, after_step, before_the_decision, case_at, new_case, refused
from tests.workflows.shipped import ESSEX, LEEDS
from workflows import Chart, Move, Role
from workflows.guards.referral import consent_recorded, discussed_in_forum
from workflows.registry import CHARTS
from workflows.vocabulary import NEW

EVERY_CHART = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
ACCEPTS = {LEEDS: "accept_direct", ESSEX: "accept_assessment"}
CHAIR = Actor("the chair", [Role.CHAIR])
LEAD = Actor("the lead", [Role.LEAD])


# X4.1


@EVERY_CHART
def test_x4_1_no_triage_without_consent(chart: Chart) -> None:
    received = after_step(new_case(chart), "receive_referral", consent_on=None)
    reasons = refused(received, "pass_checks", consent_on=None)
    assert reasons["consent_missing"].fields == ("consent_on",)
    assert refused(received, "pass_checks", consent_on=TODAY) == {}


@EVERY_CHART
def test_x4_1_no_acceptance_without_a_record_of_the_meeting(chart: Chart) -> None:
    before_the_group = before_the_decision(chart)
    accepts = ACCEPTS[chart]
    assert refused(before_the_group, accepts, rmg_on=None)["no_forum_record"].fields == ("rmg_on",)
    assert chart.rules.review_label in refused(before_the_group, accepts, rmg_on=None)["no_forum_record"].sentence
    assert refused(before_the_group, accepts, rmg_on=TODAY) == {}


@EVERY_CHART
def test_x4_1_a_meeting_before_the_referral_came_decided_nothing_about_it(chart: Chart) -> None:
    before_the_group = before_the_decision(chart)
    for trigger in (ACCEPTS[chart], "decline", "signpost", "defer", "request_information", "watch_and_wait"):
        assert refused(before_the_group, trigger, rmg_on=TODAY - timedelta(days=1)).keys() == {"out_of_order"}
        assert refused(before_the_group, trigger) == {}


def test_x4_1_leeds_needs_its_duty_call_before_triage_and_essex_does_not() -> None:
    for chart, codes in ((LEEDS, {"duty_call_missing", "information_missing"}), (ESSEX, set())):
        received = after_step(case_at(chart, "awaiting_referral"), "receive_referral")
        received.answers.pop("duty_call_on")
        assert refused(received, "pass_checks", duty_call_on=None).keys() == codes


@EVERY_CHART
@pytest.mark.parametrize(("decided", "codes"), [(0, {"out_of_order"}), (1, set()), (2, set())])
def test_x4_1_a_meeting_that_decides_is_held_by_the_day_of_its_decision(
    chart: Chart, decided: int, codes: set[str]
) -> None:
    on, met = TODAY + timedelta(days=decided), TODAY + timedelta(days=1)
    refusal = discussed_in_forum(before_the_decision(chart).facts(on, {"rmg_on": met}))
    assert {r.code for r in (refusal,) if r} == codes


@EVERY_CHART
@pytest.mark.parametrize(("agreed", "codes"), [(-1, set()), (0, set()), (1, {"out_of_order"})])
def test_x4_1_consent_that_came_later_is_no_consent_to_an_earlier_step(
    chart: Chart, agreed: int, codes: set[str]
) -> None:
    refusal = consent_recorded(case_at(chart, "waiting").facts(TODAY, {"consent_on": TODAY + timedelta(days=agreed)}))
    assert {r.code for r in (refusal,) if r} == codes


# X4.2


@EVERY_CHART
def test_x4_2_no_direct_acceptance_from_the_indication_of_a_duty_call(chart: Chart) -> None:
    for indication in ("indicate_direct", "indicate_consultation"):
        indicated = after_step(case_at(chart, "duty_call"), indication)
        assert refused(indicated, ACCEPTS[chart]).keys() == {"impossible_step"}
    assert {m.source for m in chart.moves if m.to == "waiting" and m.moves and not goes_back(m)} == {
        "rmg_review",
        "allocated",
    }


@EVERY_CHART
def test_x4_2_no_indication_before_the_risk_screen(chart: Chart) -> None:
    call = after_step(new_case(chart), "take_call", risk_screen_on=None)
    assert refused(call, "indicate_direct", risk_screen_on=None).keys() == {"risk_screen_missing"}
    assert refused(call, "indicate_direct", risk_screen_on=TODAY) == {}


# X4.3


@pytest.mark.parametrize(
    ("place", "only_after"),
    [
        ("formulation", "assessment"),
        ("plan_offered", "formulation"),
        ("intervention", "plan_offered"),
        ("intervention", "formulation"),
        ("intervention", "assessment"),
        ("ending", "intervention"),
        ("assessment", "waiting"),
        ("waiting", "rmg_review"),
        ("rmg_review", "received"),
    ],
)
@EVERY_CHART
def test_x4_3_no_place_is_reached_past_the_one_before_it(chart: Chart, place: str, only_after: str) -> None:
    ahead = [(m.source, m.to) for m in chart.moves if not goes_back(m)]
    assert place in reached(ahead)
    assert place not in reached((source, to) for source, to in ahead if only_after not in (source, to))


def goes_back(move: Move) -> bool:
    """To where the referral stood before it was closed or put aside for another: nobody gets further by it."""
    return move.reopens or move.aside == "ends"


def reached(leads: Iterable[tuple[str, str]]) -> set[str]:
    steps, places = list(leads), {NEW}
    while more := {to for source, to in steps if source in places} - places:
        places |= more
    return places


@EVERY_CHART
@pytest.mark.parametrize(
    ("state", "trigger"),
    [
        ("allocated", "offer_plan"),
        ("assessment", "family_agrees"),
        ("waiting", "finish_assessment"),
        ("rmg_review", "family_agrees"),
    ],
)
def test_x4_3_a_step_too_early_says_from_where_it_is_possible(chart: Chart, state: str, trigger: str) -> None:
    refusal = refused(case_at(chart, state), trigger)["impossible_step"]
    (source,) = {m.source for m in chart.moves if m.trigger == trigger}
    assert chart.states[source].label in refusal.sentence
    assert chart.states[state].label in refusal.sentence


# X4.4


@pytest.mark.parametrize(
    ("motivation", "readiness", "answers", "by", "codes"),
    [
        ("adequate", "high", {}, CHAIR, set()),
        ("low", "adequate", {}, CHAIR, {"not_ready"}),
        ("adequate", "low", {"override_reason": "Her plea."}, CHAIR, {"not_ready"}),
        ("low", "adequate", {"second_clinician": "A. Colleague"}, CHAIR, {"not_ready"}),
        ("low", "high", {"override_reason": "Her plea.", "second_clinician": "A. Colleague"}, CHAIR, set()),
        ("low", "low", {}, LEAD, {"not_ready"}),
        ("low", "low", {"override_reason": "Her plea.", "second_clinician": "A. Colleague"}, CHAIR, {"not_ready"}),
        ("low", "low", {"override_reason": "Her plea."}, LEAD, set()),
    ],
)
def test_x4_4_both_motivation_and_readiness_low_only_the_lead_accepts_directly_and_says_why(
    motivation: str, readiness: str, answers: dict[str, Any], by: Actor, codes: set[str]
) -> None:
    before = case_at(LEEDS, "rmg_review")
    reasons = refused(before, "accept_direct", by=by, motivation=motivation, readiness=readiness, **answers)
    assert reasons.keys() == codes


def test_x4_4_the_refusal_names_the_lead_as_the_one_who_may() -> None:
    reasons = refused(case_at(LEEDS, "rmg_review"), "accept_direct", by=CHAIR, motivation="low", readiness="low")
    assert reasons["not_ready"].who == (Role.LEAD,)
    assert reasons["not_ready"].fields == ("override_reason",)


def test_x4_4_essex_accepts_to_assessment_whatever_the_readiness() -> None:
    before = before_the_decision(ESSEX)
    assert refused(before, "accept_assessment", by=CHAIR, motivation="low", readiness="low") == {}


# X4.5


@pytest.mark.parametrize(
    ("chart", "state", "trigger"),
    [
        (ESSEX, "received", "reject_incomplete"),
        (LEEDS, "received", "request_information"),
        (LEEDS, "information_requested", "close_without_reply"),
    ],
)
@pytest.mark.parametrize("said", ["no", None])
def test_x4_5_nothing_is_sent_back_as_incomplete_before_it_was_read_for_safeguarding(
    chart: Chart, state: str, trigger: str, said: str | None
) -> None:
    case = case_at(chart, state)
    case.answers.pop("postcode", None)
    assert refused(case, trigger, contents_read=said).keys() == {"contents_not_read"}
    assert refused(case, trigger, contents_read="yes") == {}


def test_x4_5_what_is_complete_is_not_sent_back_as_incomplete() -> None:
    received = case_at(ESSEX, "received")
    assert received.gaps == ()
    assert refused(received, "reject_incomplete").keys() == {"nothing_missing"}


def test_x4_5_leeds_asks_where_essex_sends_back() -> None:
    assert "reject_incomplete" not in LEEDS.triggers
    assert "request_information" not in ESSEX.triggers_from("received")


# X4.6


@pytest.mark.parametrize(
    ("answers", "codes"),
    [
        ({"relationship_need": "low"}, set()),
        ({"relationship_need": "moderate"}, set()),
        ({"relationship_need": "high"}, {"need_too_high"}),
        ({"waiting_would_harm": "yes"}, {"waiting_harms"}),
        ({"waiting_would_harm": "yes", "motivation": "low"}, set()),
        ({"waiting_would_harm": "yes", "readiness": "low"}, set()),
        ({"waiting_would_harm": None}, {"answer_missing"}),
    ],
)
def test_x4_6_no_watchful_waiting_for_high_need_nor_where_waiting_would_harm_a_family_that_is_ready(
    answers: dict[str, Any], codes: set[str]
) -> None:
    assert refused(case_at(LEEDS, "rmg_review"), "watch_and_wait", **answers).keys() == codes


# X4.14


@EVERY_CHART
def test_x4_14_no_second_open_referral_for_the_same_baby_and_carer_in_one_service(chart: Chart) -> None:
    for trigger in ("take_call", "receive_referral"):
        refusal = refused(new_case(chart), trigger, other="R-77")["already_referred"]
        assert "R-77" in refusal.sentence
        assert refused(new_case(chart), trigger, other=None) == {}


@EVERY_CHART
def test_x4_14_a_closed_referral_is_not_reopened_beside_an_open_one(chart: Chart) -> None:
    moved = after_step(case_at(chart, "waiting"), "move_away")
    assert refused(moved, "reopen", other="R-77").keys() == {"already_referred"}
    assert refused(moved, "reopen") == {}


# Further refusals


def test_leeds_takes_no_self_referral_and_says_whom_to_ask_while_essex_takes_it() -> None:
    reasons = refused(new_case(LEEDS), "receive_referral", referrer_role="family")
    assert "midwife" in reasons["self_referral_not_taken"].sentence
    assert refused(new_case(ESSEX), "receive_referral", referrer_role="family") == {}


def test_words_that_came_stand_and_the_same_words_may_be_sent_again() -> None:
    received = case_at(LEEDS, "received")
    words = received.answers["referrer_words"]
    assert refused(received, "add_information", referrer_words="Softer words.").keys() == {"words_stand"}
    assert refused(received, "add_information", referrer_words=words) == {}
    assert refused(case_at(LEEDS, "awaiting_referral"), "receive_referral", referrer_words="Other words.") == {}


@EVERY_CHART
def test_an_entry_is_void_as_a_duplicate_only_beside_the_one_that_stays(chart: Chart) -> None:
    waiting = case_at(chart, "waiting")
    assert refused(waiting, "void", void_reason="duplicate", surviving_reference=None).keys() == {"survivor_missing"}
    assert refused(waiting, "void", void_reason="duplicate", surviving_reference="R-1").keys() == {"survivor_missing"}
    assert refused(waiting, "void", void_reason="duplicate", surviving_reference="R-2") == {}
    assert refused(case_at(chart, "received"), "void", void_reason="entered_in_error") == {}


@EVERY_CHART
def test_x4_11_an_entry_in_error_is_void_only_until_the_group_has_decided_on_it(chart: Chart) -> None:
    for state, codes in (("rmg_review", set()), ("waiting", {"void_hides_a_decision"})):
        assert refused(case_at(chart, state), "void", void_reason="entered_in_error").keys() == codes


@EVERY_CHART
def test_a_plan_is_agreed_once_it_was_shared(chart: Chart) -> None:
    offered = case_at(chart, "plan_offered")
    assert refused(offered, "family_agrees", plan_shared="no").keys() == {"plan_not_shared"}
    assert refused(offered, "family_agrees", plan_shared="yes") == {}


@EVERY_CHART
def test_no_clinician_is_allocated_to_a_family_that_has_not_agreed(chart: Chart) -> None:
    waiting = case_at(chart, "waiting")
    del waiting.answers["consent_on"]
    assert refused(waiting, "allocate").keys() == {"consent_missing"}
