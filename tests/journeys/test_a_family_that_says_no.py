"""The family's last word counts wherever somebody asks for their agreement, whatever the form said before."""

from typing import Any

from tests.casework.families import ESSEX, form
from tests.journeys.clinic import Clinic
from tests.journeys.test_a_transfer_to_perinatal_and_back import HANDS

TWO_AGREE = {"same_because": "One baby, two midwives.", "second_person": "Second Reader"}
ATTENDEES = [{"type": "professional", "name": "Hana Visitor", "organisation": "Leeds NHS", "role": "health visitor"}]
TALKS: dict[str, Any] = {"origin": "none", "for_role": "health_visitor", "for_name": "Hana Visitor"}
ADVISES = {"activity": "advice_call", "minutes": 20, "delivered_by": [{"staff": "The duty clinician"}]}


def says(clinic: Clinic, ref: str, about: str, decision: str) -> None:
    word = {"consent_for": about, "consent_decision": decision, "consent_by": "Mother of the baby"}
    clinic.does(ref, "record_consent", **word, consent_standing="parental_responsibility")


def test_a_family_that_takes_its_consent_back_is_neither_put_to_the_group_nor_accepted(clinic: Clinic) -> None:
    ref = clinic.opens("receive_referral", **form(clinic.today))
    clinic.does(ref, "acknowledge")
    says(clinic, ref, "referral", "given")
    clinic.after(1)
    says(clinic, ref, "referral", "withdrawn")
    assert clinic.refuses(ref, "pass_checks").keys() == {"consent_withheld"}
    says(clinic.after(1), ref, "referral", "given")
    clinic.does(ref, "pass_checks")
    says(clinic.after(1), ref, "referral", "withdrawn")
    for decision in ("accept_direct", "watch_and_wait", "offer_consultation"):
        assert "consent_withheld" in clinic.refuses(ref, decision)
    clinic.ends_well()


def test_who_refused_on_one_referral_has_not_agreed_because_there_were_two(clinic: Clinic) -> None:
    goes, stays = (clinic.opens("receive_referral", **form(clinic.today)) for _ in range(2))
    for step in ("acknowledge", "pass_checks", "accept_direct", "tell_outcome"):
        clinic.does(stays, step)
    says(clinic, goes, "assessment", "refused")
    clinic.does(goes, "merge_into", survivor=stays, **TWO_AGREE)
    assert clinic.refuses(stays, "allocate").keys() == {"consent_withheld"}
    clinic.does(goes, "unmerge", merged_into=stays, apart_because="Two babies.")
    clinic.does(stays, "allocate")


def test_what_the_family_will_not_have_shared_is_shared_on_another_basis_or_not_at_all(clinic: Clinic) -> None:
    ref = clinic.opens("receive_referral", **form(clinic.today))
    says(clinic, ref, "sharing", "refused")
    assert clinic.refuses(ref, "offer_transfer", **HANDS).keys() == {"sharing_refused"}
    told = {"shared_what": "The form", "shared_with": "The nursery"}
    assert clinic.refuses(ref, "record_sharing", **told, shared_basis="consent").keys() == {"sharing_refused"}
    clinic.does(ref, "record_sharing", **told, shared_basis="safeguarding", reason="A bruise.")
    clinic.does(ref, "offer_transfer", **{**HANDS, "shared_with_consent": "no"}, sharing_basis="The child is at risk.")
    clinic.ends_well()


def test_no_consultation_names_a_family_that_said_no_meanwhile(clinic: Clinic) -> None:
    clinic.service = ESSEX
    unnamed = {"family_named_without_consent"}
    ref = clinic.opens("receive_referral", **form(clinic.today))
    asked = {**TALKS, "purpose": "To think together", "referral": ref}
    held = clinic.opens("request_consultation", "consultation", **asked)
    clinic.does(held, "hold_meeting", attendees=ATTENDEES)
    says(clinic, ref, "sharing", "refused")
    assert clinic.refuses_to_open("request_consultation", "consultation", **asked).keys() == unnamed
    advice = {**ADVISES, "activity_on": clinic.today, "referral": ref}
    assert clinic.refuses_to_open("record_activity", "activity", **advice).keys() == unnamed
    summary: dict[str, Any] = {"recipients": [{"role": "health visitor"}]}
    assert clinic.refuses(held, "send_summary", **summary).keys() == unnamed
    basis = {"basis": "safeguarding", "basis_on": clinic.today, "basis_words": "The child is at risk."}
    clinic.does(held, "add_to_consultation", **basis)
    clinic.does(held, "send_summary", **summary)
    clinic.ends_well()
