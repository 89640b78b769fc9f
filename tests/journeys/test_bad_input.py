"""What bad input gets: refused in words that a clinician can act on, kept and told as refused, and nothing half done.

That nothing else is changed, and that the refusal is kept and stands in the log, `Clinic.refuses` asks each time.
"""

from datetime import date
from typing import Any

import pytest

from tests.casework.families import form
from tests.journeys.clinic import Clinic

INFANT, CARER = {"who": "infant", "attended": "yes"}, {"who": "focus_carer", "attended": "yes"}
TO_INTERVENTION = (
    "pass_checks", "accept_direct", "allocate", "first_contact", "finish_assessment", "offer_plan", "family_agrees",
)  # fmt: skip
LOSS = {"confirmed_by": "A. Midwife", "confirmed_from": "The ward", "family_told": "All of it"}


def family(clinic: Clinic, *steps: str, **other: Any) -> str:
    ref = clinic.opens("receive_referral", **form(clinic.today, **other))
    for step in steps:
        clinic.does(ref, step, **({"participants": [INFANT, CARER]} if step == "first_contact" else {}))
    return ref


def expected(clinic: Clinic, due: date) -> str:
    return family(clinic, infant_name=None, infant_dob=None, expected_due_date=due)


def test_a_birth_before_the_pregnancy_began_is_refused_with_the_day_on_which_it_ends(clinic: Clinic) -> None:
    ref = expected(clinic, clinic.ahead(299))
    no = clinic.refuses(ref, "record_birth", infant_dob=clinic.ahead(-2), babies_born=1)
    assert no == {
        "before_the_pregnancy": "The baby cannot have been born on 28 February 2026: the pregnancy of this referral "
        "ends about 26 December 2026."
    }
    assert clinic.casework.whole(ref).referrals == ()  # no record of a baby was opened by it


def test_a_birth_after_a_loss_is_refused_on_the_referral_and_on_the_babys_record(clinic: Clinic) -> None:
    ref = expected(clinic, clinic.ahead(60))
    other = expected(clinic, clinic.ahead(60))
    infant = clinic.opens("open_unborn", "infant", expected_due_date=clinic.ahead(60), first_referral=ref)
    clinic.does(ref, "record_loss", lost_on=clinic.today, **LOSS)
    assert "impossible_step" in clinic.refuses(ref, "record_birth", infant_dob=clinic.today)
    assert "impossible_step" in clinic.refuses(infant, "record_birth", infant_dob=clinic.today)
    assert "record_closed" in clinic.refuses(other, "link_records", infant=infant)
    assert clinic.state(infant) == "died"


def test_a_second_birth_of_the_same_baby_is_refused_with_the_day_that_is_known(clinic: Clinic) -> None:
    ref = expected(clinic, clinic.ahead(10))
    clinic.does(ref, "record_birth", infant_dob=clinic.today, babies_born=1)
    assert "2 March 2026" in clinic.refuses(ref, "record_birth", infant_dob=clinic.today)["already_born"]


def test_a_second_open_referral_for_one_infant_and_carer_is_refused_and_names_the_first(clinic: Clinic) -> None:
    who = {"infant_nhs_number": "9990000018", "carer_nhs_number": "9990000026"}
    first = family(clinic, **who)
    no = clinic.refuses_to_open("receive_referral", **form(clinic.today, **who))
    assert no == {
        "already_referred": f"Referral {first} is open for this baby and carer in this service. Add to that one."
    }
    assert clinic.worklist() == {first}


def test_a_twin_without_a_name_is_refused_in_words_that_say_how_the_two_are_told_apart(clinic: Clinic) -> None:
    who = {"infant_name": "Baby Quill", "carer_nhs_number": "9990000026"}
    first, asked = family(clinic, **who), form(clinic.today, **who)
    words = clinic.refuses_to_open("receive_referral", **asked)["already_referred"]
    assert f"Referral {first} is open" in words
    assert words.endswith("give this one a name of its own, such as Baby Two.")
    second = clinic.opens("receive_referral", **asked | {"infant_name": "Baby Two"})
    assert clinic.worklist() == {first, second}


def test_a_second_form_for_an_unborn_twin_is_refused_in_words_that_name_the_steps_after_the_birth(
    clinic: Clinic,
) -> None:
    who = {"infant_dob": None, "infant_name": None, "carer_nhs_number": "9990000026"}
    asked = form(clinic.today, **who, expected_due_date=clinic.ahead(10))
    first = clinic.opens("receive_referral", **asked)
    words = clinic.refuses_to_open("receive_referral", **asked)["already_referred"]
    assert words.endswith("then record_birth and split_multiple on that one.")
    clinic.after(10).does(first, "record_birth", infant_dob=clinic.today, babies_born=2)
    both = [{"birth_order": n, "under_stress": "yes", "in_scope": "yes"} for n in (1, 2)]
    clinic.does(first, "split_multiple", birth_order=1, babies_considered=both)
    assert len(clinic.worklist()) == 2


def test_a_second_open_referral_is_found_through_the_records_of_baby_and_carer_too(clinic: Clinic) -> None:
    infant = clinic.opens("open_record", "infant", infant_dob=clinic.ahead(-120))
    carer = clinic.opens("open_record", "carer", carer_name="Olga Once")
    first, second = family(clinic), family(clinic)
    clinic.does(first, "link_records", infant=infant, focus_carer=carer)
    clinic.does(second, "link_records", infant=infant)
    assert first in clinic.refuses(second, "link_records", focus_carer=carer)["already_referred"]


def test_a_session_with_nobody_present_is_no_session(clinic: Clinic) -> None:
    ref = family(clinic, *TO_INTERVENTION)
    held = len(clinic.says(ref, "contacts"))
    absent = [{**INFANT, "attended": "no"}, {**CARER, "attended": "no"}]
    session = {"intervention": "watch_me_play", "participants": absent}
    no = clinic.refuses(ref, "record_session", **session)
    assert no == {
        "nobody_present": "Nobody of the family was there, so this was no contact. "
        "Record it as a missed one, and say what happened."
    }
    assert clinic.refuses(ref, "record_session", **{**session, "participants": []}).keys() == {"answer_missing"}
    assert len(clinic.says(ref, "contacts")) == held
    clinic.does(ref, "record_missed", contact_outcome="cancelled_by_family")


def test_an_intervention_outside_its_age_window_is_refused_with_the_day_from_which_it_fits(clinic: Clinic) -> None:
    ref = family(clinic, *TO_INTERVENTION[:-2], infant_dob=clinic.ahead(-90))  # three months old
    no = clinic.refuses(ref, "offer_plan", interventions=["watch_me_play", "circle_of_security_parenting"])
    assert no == {
        "outside_age_window": "Circle of Security Parenting (COS-P) is for children from 4 months, up to 6 years: for "
        "this baby from 2 April 2026 on."
    }
    assert "interventions" not in clinic.case(ref).answers


@pytest.mark.parametrize("trained", [True, False], ids=["trained", "untrained"])
def test_an_intervention_is_delivered_by_who_is_trained_for_it(clinic: Clinic, *, trained: bool) -> None:
    staff = clinic.opens("appoint", "staff", staff_name="Una Unsure", discipline="child_psychotherapist")
    clinic.does(staff, "start_in_post")
    if trained:
        clinic.does(staff, "record_training", intervention="watch_me_play")
    clinic.does(staff, "record_training", intervention="video_interaction_guidance")
    ref = family(clinic, *TO_INTERVENTION)
    session = {"intervention": "watch_me_play", "participants": [INFANT, CARER], "delivered_by": staff}
    if trained:
        clinic.does(ref, "record_session", **session)
        return
    no = clinic.refuses(ref, "record_session", **session)
    assert no.keys() == {"not_trained"}
    assert "Watch Me Play" in no["not_trained"]


def test_a_decision_of_a_meeting_without_quorum_is_refused_and_the_meeting_has_no_minute_of_it(clinic: Clinic) -> None:
    clinic.enters("quorum", 2)
    ref = family(clinic, "pass_checks")
    meeting = clinic.opens("plan_meeting", "meeting", meeting_on=clinic.today, meeting_kind="group")
    clinic.does(meeting, "list_referral", referral=ref)
    clinic.does(meeting, "start_meeting", attendees=[{"who": "Anna"}])
    no = clinic.refuses(ref, "accept_direct", meeting=meeting)
    assert no == {"no_quorum": "1 of the 2 people that decide were there for this item. Defer it to another meeting."}
    assert clinic.says(meeting, "decided") is None
    clinic.does(meeting, "arrive", who="Ben")
    clinic.does(ref, "accept_direct", meeting=meeting)
    assert [entry["referral"] for entry in clinic.says(meeting, "decided")] == [ref]


def test_a_closure_that_the_service_chooses_is_refused_while_a_concern_is_open_and_says_who_may_sign(
    clinic: Clinic,
) -> None:
    ref = family(clinic, *TO_INTERVENTION, "begin_ending")
    clinic.does(ref, "raise_safeguarding", concern="Seen alone at night")
    said = {"end_reason": "goals_met", "summary": "Reached", "infant_voice": "Content"}
    no = clinic.refuses(ref, "discharge", **said)
    assert no == {
        "concern_open": "A safeguarding concern is open. The safeguarding lead or the clinical lead signs off first: "
        "sign_off_safeguarding."
    }
    assert (clinic.state(ref), "safeguarding" in clinic.running(ref)) == ("ending", True)
    clinic.does(ref, "discharge", **{**said, "end_reason": "family_ends"})  # theirs to choose


def test_a_letter_to_an_unsafe_address_is_refused_and_none_is_pending(clinic: Clinic) -> None:
    carer = clinic.opens("open_record", "carer", carer_name="Wilma Wary")
    clinic.does(carer, "set_safe_contact", channel="post", safe="not_allowed")
    ref = family(clinic)
    clinic.does(ref, "link_records", infant=None, focus_carer=carer)
    letter = {"letter_kind": "outcome", "letter_to": "carer", "letter_by": "post", "to_carer": carer}
    assert clinic.refuses(ref, "prepare_letter", **letter).keys() == {"unsafe_contact"}
    assert clinic.says(ref, "letters") is None


def test_a_second_focus_carer_is_refused_and_pointed_to_the_step_that_changes_who_it_is(clinic: Clinic) -> None:
    one, other = (clinic.opens("open_record", "carer", carer_name=name) for name in ("Ina First", "Uma Second"))
    ref = family(clinic)
    clinic.does(ref, "link_records", focus_carer=one)
    no = clinic.refuses(ref, "link_records", focus_carer=other)
    assert "change_focus_carer" in no["second_focus_carer"]
    assert clinic.says(ref, "focus_carer") == one
