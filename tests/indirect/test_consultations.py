"""A consultation is an object of its own: asked for, booked, held, summed up; a family is in it only lawfully."""

from datetime import timedelta
from typing import Any

import pytest

from casework import Actor, Casework, StepRefused
from casework.change import LATEST
from tests.casework.families import ESSEX, LEEDS, Family, brought_to, form
from tests.conftest import Actors, Clock
from workflows.figures import Figure

ASKED = {
    "origin": "none",
    "purpose": "How to hold the baby in mind on the ward.",
    "for_role": "midwife",
    "for_name": "Invented Midwife",
    "for_organisation": "Invented Trust",
}
CAME = [
    {"type": "professional", "name": "Invented Midwife", "organisation": "Invented Trust", "role": "midwife"},
    {"type": "student", "heads": 2},
]
HELD = {
    "attendees": CAME,
    "infant_voice": "He looks away.",
    "risks": "none",
    "minutes": 90,
    "facilitator": "Invented Clinician",
}
SENT = {
    "summary": "What was said.",
    "recommendations": "What may help.",
    "recipients": [{"role": "midwife", "organisation": "Invented Trust"}],
}
BOOKED = {"facilitator": "Invented Clinician", "planned_minutes": 60}


def asked_for(casework: Casework, actor: Actor, service: str = ESSEX, **other: Any) -> str:
    data = {name: value for name, value in {**ASKED, **other}.items() if value is not None}
    return casework.open_case(service, "request_consultation", actor, data, kind="consultation").reference


def codes(casework: Casework, actor: Actor, ref: str, trigger: str, data: dict[str, Any]) -> set[str]:
    with pytest.raises(StepRefused) as no:
        casework.fire(ref, trigger, actor, data, seen=LATEST)
    return {reason.code for reason in no.value.reasons}


def test_a_consultation_is_booked_held_and_summed_up_without_any_family(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    ref = asked_for(casework, actors.everyone)
    booked = {**BOOKED, "booked_for": clock.today + timedelta(days=7), "starts_at": "09:30", "virtual": "yes"}
    for trigger, data in (("book_consultation", booked), ("hold_meeting", HELD), ("send_summary", SENT)):
        clock.advance(days=3)
        casework.fire(ref, trigger, actors.everyone, data, seen=LATEST)
    case = casework.case(ref)
    assert (case.state, case.open) == ("summary_sent", False)
    assert {name: clock_.days(clock.today) for name, clock_ in case.clocks.items()} == {"consultation": 6, "summary": 3}


@pytest.mark.parametrize("named", [{"family_named": "yes"}, {"infant": True}, {"referral": True}])
def test_a_family_is_not_named_without_their_consent(
    casework: Casework, clock: Clock, actors: Actors, named: dict[str, Any]
) -> None:
    born = {"infant_dob": clock.today - timedelta(days=9)}
    infant = casework.open_case(ESSEX, "open_record", actors.everyone, born, kind="infant").reference
    without = form(clock.today, consent_on=None)
    referral = casework.open_case(ESSEX, "receive_referral", actors.everyone, without).reference
    given: dict[str, Any] = {**named, **({"infant": infant} if "infant" in named else {})}
    given |= {"referral": referral} if "referral" in named else {}
    with pytest.raises(StepRefused) as no:
        asked_for(casework, actors.everyone, **given)
    assert {reason.code for reason in no.value.reasons} == {"family_named_without_consent"}
    agreed: dict[str, Any] = {"basis": "consent", "basis_on": clock.today}
    assert casework.case(asked_for(casework, actors.everyone, **given, **agreed)).state == "requested"
    safeguarding: dict[str, Any] = {"basis": "safeguarding", "basis_on": clock.today}
    with pytest.raises(StepRefused):
        asked_for(casework, actors.everyone, **given, **safeguarding)
    words = {**safeguarding, "basis_words": "An open concern: sharing is needed to protect the baby."}
    assert casework.case(asked_for(casework, actors.everyone, **given, **words)).state == "requested"


def test_a_referral_to_which_the_family_agreed_may_be_its_subject(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    referral = casework.open_case(ESSEX, "receive_referral", actors.everyone, form(clock.today)).reference
    assert asked_for(casework, actors.everyone, referral=referral)


def test_leeds_asks_for_a_duty_call_and_a_referral_first_and_essex_does_not(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    with pytest.raises(StepRefused) as no:
        asked_for(casework, actors.everyone, LEEDS)
    assert {reason.code for reason in no.value.reasons} == {"consultation_too_early"}
    called = casework.open_case(LEEDS, "receive_referral", actors.everyone, form(clock.today)).reference
    assert asked_for(casework, actors.everyone, LEEDS, referral=called)


def test_a_service_without_a_length_says_how_long_it_books_and_leeds_has_ninety_minutes(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    ref = asked_for(casework, actors.everyone)
    slot = {"facilitator": "Invented Clinician", "booked_for": clock.today}
    assert codes(casework, actors.everyone, ref, "book_consultation", slot) == {"length_missing"}
    called = casework.open_case(LEEDS, "receive_referral", actors.everyone, form(clock.today)).reference
    leeds = asked_for(casework, actors.everyone, LEEDS, referral=called)
    assert casework.fire(leeds, "book_consultation", actors.everyone, slot, seen=LATEST).state == "booked"


def test_the_night_flags_a_consultation_that_is_not_held_and_a_summary_that_is_not_sent(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    for name in ("consultation", "summary"):
        casework.nights.enter(ESSEX, Figure(name, 14, "agreed with the team", clock.today), by="the manager")
    ref = asked_for(casework, actors.everyone)
    clock.advance(days=14)
    casework.night()
    assert [flag.kind for flag in casework.case_flags(ref)] == ["consultation_due"]
    receipt = casework.fire(ref, "hold_meeting", actors.everyone, HELD, seen=LATEST)
    assert receipt.cleared_flags == ("consultation_due",)
    clock.advance(days=14)
    casework.night()
    assert [flag.kind for flag in casework.case_flags(ref)] == ["summary_due"]
    casework.fire(ref, "send_summary", actors.everyone, SENT, seen=LATEST)
    assert casework.case_flags(ref) == ()


def test_a_consultation_that_shows_direct_work_is_needed_opens_a_referral(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    ref = asked_for(casework, actors.everyone, family_named="yes", basis="consent", basis_on=clock.today)
    receipt = casework.fire(ref, "bring_to_triage", actors.everyone, {"reason": "The relationship."}, seen=LATEST)
    (opened,) = receipt.also
    referral = casework.case(opened.reference)
    assert (referral.state, referral.answers["consultation_record"]) == ("received", ref)
    assert (referral.answers["referrer_name"], referral.answers["consent_on"]) == ("Invented Midwife", clock.today)


def test_a_referral_that_waits_goes_along_with_its_consultation(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = Family(casework, clock, actors.everyone).opens(ESSEX, "receive_referral", **form(clock.today))
    brought_to(family, "pass_checks", "triage_rate", "offer_consultation")
    ref = asked_for(casework, actors.everyone, referral=family.case.reference, origin="triage")
    casework.fire(ref, "hold_meeting", actors.everyone, HELD, seen=LATEST)
    assert "consultation_held_on" in family.case.answers
    casework.fire(ref, "send_summary", actors.everyone, SENT, seen=LATEST)
    assert family.case.state == "consulted"
