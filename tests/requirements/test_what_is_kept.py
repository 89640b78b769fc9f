"""What a step is told is kept with it, under its own question: nothing of it is lost in a remark."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from casework.case import Attempt, Case, CaseEvent
from tests.casework.families import answers_for, row
from tests.work.scene import TO_ASSESSMENT, TO_INTERVENTION, led_to
from tests.workflows.paths import EVERYONE, TODAY, after_step, before_the_decision, case_at, new_case, refused
from tests.workflows.shipped import ESSEX, LEEDS
from workflows.beside import RecordKind
from workflows.fields.calls import HELP_ASKED_BY, OBSERVED_HOW
from workflows.fields.meetings import MEETING_KIND
from workflows.fields.referral import REFERRAL_FORM
from workflows.fields.work import PARTICIPANTS
from workflows.indicators import RISK_TAKING
from workflows.records.charts import records_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def told(case: Case, trigger: str, **answers: Any) -> CaseEvent:
    """The step that is kept, with all that it asks for; `answers` come first."""
    asked = answers_for(row(case.chart, case.state, trigger), TODAY)
    given = {name: value for name, value in (asked | answers).items() if value is not None}
    return case.fire(Attempt(trigger, EVERYONE, NOW, given))


def left_out(name: str) -> dict[str, Any]:
    return {name: None}


# The call


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("observed_how", ["early_attachment_observation", "the_0_to_19_service"]),
        ("help_asked_by", "professionals"),
        ("call_support_systems", "Her sister, every day."),
        ("infant_risks", "He is not fed at night."),
        ("thinking_shared", "What a baby needs when nobody answers."),
        ("call_recorded_in", "mothers_record"),
        ("call_record_reference", "SystmOne 12"),
        ("contributing_factors", ["earlier_loss", "unsafe_relationship"]),
        ("urgency_source", ["little_time_before_birth"]),
        ("next_steps", ["motivational_interviewing", "stay_alongside"]),
        ("rationale", "Need is high, and she wants it to change."),
    ],
)
def test_what_is_told_on_a_call_is_kept_under_its_question(name: str, value: Any) -> None:
    on_the_call = after_step(new_case(LEEDS), "take_call")
    assert told(on_the_call, "indicate_direct", **{name: value}).data[name] == value


def test_who_asks_for_help_is_the_family_the_professionals_or_both() -> None:
    assert HELP_ASKED_BY.choices == ("family", "professionals", "both")
    assert set(OBSERVED_HOW.choices) >= {"early_attachment_observation", "observing_the_infant", "the_0_to_19_service"}


def test_the_whole_form_may_be_filled_in_on_the_call() -> None:
    (call,) = (m for m in LEEDS.moves if (m.source, m.trigger) == ("new", "take_call"))
    assert set(call.takes) >= set(REFERRAL_FORM)


def test_a_slot_is_booked_once_the_caller_knows_what_to_prepare() -> None:
    reasons = refused(new_case(LEEDS), "book_call", caller_prepared=None)
    assert reasons["answer_missing"].fields == ("caller_prepared",)


def test_a_form_has_its_day_and_its_time_of_receipt() -> None:
    event = told(new_case(ESSEX), "receive_referral")
    assert event.recorded_at == NOW
    received = new_case(ESSEX)
    received.apply(event)
    assert received.answers["received_on"] == TODAY
    assert received.clocks["acknowledge"].running


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("referrer_role_words", "Doula"),
        ("channel", "record_system"),
        ("noticed_at", "New birth visit"),
        ("effect_on_baby", "He has stopped crying."),
        ("other_parent_mentioned", "no"),
        ("commissioning_area", "West Yorkshire"),
        ("pregnancy_care_plan", "Seen weekly by the midwife."),
        ("target_group", "Young fathers"),
    ],
)
def test_the_written_referral_keeps_what_it_says_beside_the_sheet(name: str, value: str) -> None:
    assert after_step(new_case(ESSEX), "receive_referral", **{name: value}).answers[name] == value


# The group


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("level_of_need", "specialist"),
        ("beyond_lower_tier", "yes"),
        ("joint_decision", "Suitable now; after the panel."),
    ],
)
def test_an_acceptance_says_how_great_the_need_is(name: str, value: str) -> None:
    for chart, trigger in ((LEEDS, "accept_direct"), (ESSEX, "accept_assessment")):
        assert after_step(before_the_decision(chart), trigger, **{name: value}).answers[name] == value


def test_the_referrer_is_told_which_tools_may_help_to_gather_evidence() -> None:
    tools = ["leeds_early_attachment_observation"]
    for state in ("received", "rmg_review"):
        asked = after_step(case_at(LEEDS, state), "request_information", tools_suggested=tools)
        assert asked.answers["tools_suggested"] == tools


def test_whoever_is_signposted_or_declined_is_told_where_to_turn() -> None:
    before = case_at(LEEDS, "rmg_review")
    for trigger in ("signpost", "decline"):
        for name in ("advice", "closure_reason"):
            reasons = refused(before, trigger, **left_out(name)).values()
            assert [reason for reason in reasons if name in reason.fields], (trigger, name)


def test_the_level_of_support_stands_with_the_rating_of_the_risks() -> None:
    said: dict[str, Any] = {"level_of_support": "A nurse, weekly.", "infant_voice": "He startles."}
    rated = after_step(case_at(ESSEX, "rmg_review"), "triage_rate", **said)
    assert {name: rated.answers["triage_ratings"][0][name] for name in said} == said


@pytest.mark.parametrize("trigger", ["accept_direct", "offer_consultation", "watch_and_wait", "request_information"])
def test_advice_goes_with_every_route(trigger: str) -> None:
    before = case_at(LEEDS, "rmg_review")
    assert told(before, trigger, advice="Sing to him at night.").data["advice"] == "Sing to him at night."


@pytest.mark.parametrize("trigger", ["accept_direct", "watch_and_wait", "advise_watching"])
def test_what_supports_the_family_meanwhile_is_kept(trigger: str) -> None:
    case = after_step(new_case(LEEDS), "take_call") if trigger == "advise_watching" else case_at(LEEDS, "rmg_review")
    said = "The health visitor comes weekly."
    assert told(case, trigger, interim_support=said).data["interim_support"] == said


def test_watchful_waiting_names_who_stays_alongside_and_when_it_is_reviewed() -> None:
    before = case_at(LEEDS, "rmg_review")
    for name in ("holder", "review_on"):
        assert refused(before, "watch_and_wait", **left_out(name))["answer_missing"].fields == (name,)
    event = told(before, "watch_and_wait", reason="Need is moderate.", review_on=date(2026, 6, 2))
    assert event.data["reason"] == "Need is moderate."
    watching = before.copy()
    watching.apply(event)
    assert watching.clocks["watch"].agreed_on == date(2026, 6, 2)


def test_a_meeting_is_of_the_group_of_formulation_or_of_another_service() -> None:
    assert set(MEETING_KIND.choices) >= {"group", "triage", "formulation", "other_service"}


def test_joint_work_says_who_leads_and_whether_the_record_is_shared() -> None:
    waiting = case_at(LEEDS, "waiting")
    for name in ("lead_service", "shared_record"):
        assert refused(waiting, "start_cowork", **left_out(name))["answer_missing"].fields == (name,)
    assert refused(waiting, "offer_transfer", package=None)["answer_missing"].fields == ("package",)


# Ratings


def test_a_rating_says_what_is_risked_what_is_managed_and_what_comes_first() -> None:
    said: dict[str, Any] = {
        "area": "readiness",
        "level": "low",
        "risk_managed_for_carer": "yes",
        "risk_managed_for_infant": "not_known",
        "risk_taking": [{"behaviour": one, "supported": "no"} for one in RISK_TAKING],
        "address_first": "A safe place to live.",
        "next_steps": ["readiness_consultation", "regulation_and_safety_first"],
    }
    (entry,) = after_step(case_at(LEEDS, "waiting"), "rate", **said).answers["ratings"]
    assert {name: entry[name] for name in said} == said
    assert {"overactive_or_aggressive", "self_injury", "problem_drinking", "drug_taking"} <= set(RISK_TAKING)


# The work


def test_anyone_of_the_family_may_take_part() -> None:
    (who,) = (f for f in PARTICIPANTS.of if f.name == "who")
    everyone = {"infant", "father", "mother", "foster_carer", "grandparent", "sibling", "professional", "interpreter"}
    assert everyone <= set(who.choices)
    case = led_to(TO_ASSESSMENT)
    for one in who.choices:
        there = [{"who": one, "attended": "yes"}]
        with_family = (
            there if one not in ("professional", "interpreter") else [*there, {"who": "infant", "attended": "yes"}]
        )
        assert refused(case, "record_contact", participants=with_family) == {}, one


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("delivery", "group"),
        ("group_name", "Tuesday group"),
        ("co_facilitators", "A nursery nurse of the hub"),
        ("partner", "A charity"),
        ("clips_watched", "yes"),
        ("session_number", 3),
        ("minutes", 50),
        ("observations", [{"tool": "susi", "seen_on": TODAY}]),
    ],
)
def test_a_session_says_how_and_with_whom_it_was_given(name: str, value: Any) -> None:
    event = told(led_to(TO_INTERVENTION), "record_session", **{name: value})
    assert event.data[name] == value


def test_peer_support_is_a_kind_of_contact() -> None:
    event = told(led_to(TO_ASSESSMENT), "record_contact", contact_kind="peer_support", setting="home")
    assert (event.data["contact_kind"], event.data["setting"]) == ("peer_support", "home")


@pytest.mark.parametrize(
    "name",
    [
        "relationships", "circumstances", "life_events", "family_understanding", "formulated_by", "hypothesis",
        "infant_risks", "voice_in_plan",
    ],
)  # fmt: skip
def test_a_formulation_is_kept_part_by_part(name: str) -> None:
    event = told(case_at(LEEDS, "formulation"), "offer_plan", **{name: "In their words."})
    assert event.data[name] == "In their words."


def test_a_letter_may_carry_the_babys_voice() -> None:
    event = told(case_at(LEEDS, "waiting"), "prepare_letter", letter_to="referrer", infant_voice="I look for you.")
    assert event.data["infant_voice"] == "I look for you."


def test_how_it_shows_in_the_baby_stays_with_the_case() -> None:
    shown = ["withdrawal", "sleeping_difficulties"]
    assert after_step(led_to(TO_ASSESSMENT), "finish_assessment", presentations=shown).answers["presentations"] == shown


def test_what_the_parents_say_at_the_end_is_kept() -> None:
    event = told(case_at(LEEDS, "ending"), "discharge", parent_feedback="You listened.", no_measures_because="Moved.",
                 onward_services="Nobody.", referrer_told_on=TODAY, placement_outcome="stayed_together")  # fmt: skip
    assert event.data["parent_feedback"] == "You listened."


# Help without a case


def opened(kind: RecordKind, trigger: str, **answers: Any) -> CaseEvent:
    return told(Case(UUID(int=2), records_of(ESSEX)[kind], "X-1"), trigger, **answers)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("partner", "Invented Council"),
        ("sector", "voluntary_and_community"),
        ("where", "neonatal_unit"),
        ("group", "Health visitors of the north"),
        ("preparation_minutes", 30),
    ],
)
def test_an_activity_keeps_with_whom_and_where_it_was(name: str, value: Any) -> None:
    nurse = {"type": "professional", "name": "Invented Nurse", "organisation": "Invented Trust"}
    event = opened(RecordKind.ACTIVITY, "record_activity", attendees=[nurse], **{name: value})
    assert event.data[name] == value


def test_a_consultation_says_what_it_is_to_change() -> None:
    said: dict[str, Any] = {"intended_effect": "The ward holds her in mind.", "worries": ["infant_needs_not_met"]}
    family: dict[str, Any] = {"family_named": "no", "infant": None, "referral": None}
    event = opened(RecordKind.CONSULTATION, "request_consultation", **said, **family)
    assert {name: event.data[name] for name in said} == said
