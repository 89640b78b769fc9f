"""What was said of one person is not said of the next, and one person is not two."""

from typing import Any

import pytest

from casework.indirect import indirect_work
from tests.casework.families import ESSEX, form
from tests.journeys.clinic import Clinic
from workflows.fields.people import CONSENT_STANDING, WITHOUT_RESPONSIBILITY


def test_what_the_former_carer_would_not_say_is_asked_of_the_next(clinic: Clinic) -> None:
    declined = [{"name": name, "shape": "declined"} for name in ("postcode", "infant_nhs_number")]
    ref = clinic.opens("receive_referral", **form(clinic.today, postcode=None, unanswered=declined))
    assert "postcode" not in clinic.case(ref).gaps
    aunt = {"carer_name": "Aunt of the baby", "carer_relationship": "other_carer", "primary_carer": "yes"}
    clinic.does(ref, "change_focus_carer", **aunt, consent_on=clinic.today)
    assert "postcode" in clinic.case(ref).gaps
    assert [entry["name"] for entry in clinic.says(ref, "unanswered")] == ["infant_nhs_number"]
    clinic.ends_well()


@pytest.mark.parametrize("standing", CONSENT_STANDING.choices)
def test_the_no_of_a_former_carer_ends_with_the_care_unless_they_have_responsibility(
    clinic: Clinic, standing: str
) -> None:
    ref = clinic.opens("receive_referral", **form(clinic.today))
    for step in ("acknowledge", "pass_checks", "accept_direct"):
        clinic.does(ref, step)
    said = {"consent_for": "assessment", "consent_decision": "refused", "consent_said_on": clinic.today}
    clinic.does(ref, "record_consent", **said, consent_by="The foster carer", consent_standing=standing)
    assert clinic.refuses(ref, "allocate").keys() == {"consent_withheld"}
    clinic.after(3)
    aunt = {"carer_name": "Aunt of the baby", "carer_relationship": "other_carer", "primary_carer": "yes"}
    clinic.does(ref, "change_focus_carer", **aunt, consent_on=clinic.today)
    if standing == WITHOUT_RESPONSIBILITY:
        clinic.does(ref, "allocate")
    else:
        assert clinic.refuses(ref, "allocate").keys() == {"consent_withheld"}
    clinic.ends_well()


def test_a_professional_in_two_spellings_attends_once(clinic: Clinic) -> None:
    twice = [attended("Ann Smith", "Leeds NHS"), attended("smith, ANN", "NHS Leeds")]
    assert clinic.refuses_to_open("record_activity", "activity", **training(clinic, twice)).keys() == {"named_twice"}
    clinic.opens("record_activity", "activity", **training(clinic, twice[:1]))
    clinic.opens("record_activity", "activity", **training(clinic, twice[1:]))
    counts = indirect_work(clinic.casework, clinic.service, clinic.today, clinic.today).by_kind["training"]
    assert (len(counts.people), counts.attendances) == (1, 2)


def attended(name: str, organisation: str) -> dict[str, str]:
    return {"type": "professional", "name": name, "organisation": organisation}


def training(clinic: Clinic, attendees: list[dict[str, str]]) -> dict[str, Any]:
    given = {"activity": "training", "activity_on": clinic.today, "minutes": 60}
    return {**given, "delivered_by": [{"staff": "The lead"}], "attendees": attendees}


def test_no_consultation_about_a_baby_is_left_standing_after_the_loss_of_this_baby(clinic: Clinic) -> None:
    """Also one that names the baby's record and no referral."""
    clinic.service = ESSEX
    ref = clinic.opens("receive_referral", **form(clinic.today))
    baby = clinic.opens("open_record", "infant", infant_dob=clinic.says(ref, "infant_dob"))
    clinic.does(ref, "link_records", infant=baby)
    basis = {"basis": "consent", "basis_on": clinic.today, "family_named": "yes", "infant": baby}
    talks = {"origin": "none", "purpose": "To think together", "for_role": "midwife", "for_name": "Mia Midwife"}
    booked = clinic.opens("request_consultation", "consultation", **talks, **basis)
    clinic.does(booked, "book_consultation", booked_for=clinic.ahead(3), planned_minutes=90)
    clinic.does(ref, "record_loss", lost_on=clinic.today)
    assert (clinic.state(booked), clinic.running(booked)) == ("cancelled", set())
    clinic.ends_well()


def test_a_referral_waits_for_the_other_consultation_when_one_of_two_is_cancelled(clinic: Clinic) -> None:
    ref = clinic.opens("receive_referral", **form(clinic.today))
    for step in ("acknowledge", "pass_checks", "offer_consultation"):
        clinic.does(ref, step)
    talks = {"origin": "triage", "purpose": "To think together", "for_role": "midwife", "for_name": "Mia Midwife"}
    first, second = (clinic.opens("request_consultation", "consultation", **talks, referral=ref) for _ in range(2))
    clinic.does(first, "cancel_consultation", reason="Nobody can come.")
    assert clinic.state(ref) == "consultation"
    clinic.does(second, "cancel_consultation", reason="Nobody can come.")
    assert clinic.state(ref) == "rmg_review"
    clinic.ends_well()
