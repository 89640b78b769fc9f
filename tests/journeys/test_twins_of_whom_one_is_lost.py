"""Twins are expected; both are born, and one is lost. The other's referral, letters and dates stand untouched."""

from datetime import timedelta
from typing import Any

from casework.contacts import contact_list
from casework.family import family_of
from tests.casework.families import form
from tests.journeys.clinic import Clinic

LOSS = {
    "confirmed_by": "A. Neonatologist, consultant",
    "confirmed_from": "The neonatal unit",
    "family_told": "Both parents were with her",
    "services_given": "A charity for bereaved parents",
}


def test_nothing_of_the_lost_twin_goes_on_and_nothing_of_the_other_ends(clinic: Clinic) -> None:
    clinic.enters("gp_recheck", 14)
    carer, first = expected(clinic)
    second, lost_infant, other_infant = born(clinic, first)
    for ref in (first, second):
        clinic.does(
            ref, "prepare_letter", letter_kind="appointment", letter_to="carer", letter_by="post", to_carer=carer
        )
    clinic.after(15)
    assert {ref for ref, kind in clinic.night() if kind == "gp_recheck_after_birth"} == {first, second}
    before = standing(clinic, carer, second, other_infant)
    lost(clinic, first, lost_infant)
    assert standing(clinic, carer, second, other_infant) == before
    life_goes_on(clinic, carer, second, other_infant, lost_infant)
    afterwards(clinic, first, lost_infant)
    clinic.ends_well()


def expected(clinic: Clinic) -> tuple[str, str]:
    carer = clinic.opens("open_record", "carer", carer_name="Tamar Twinmother")
    clinic.does(carer, "set_safe_contact", channel="post", safe="allowed")
    due = {"infant_name": None, "infant_dob": None, "expected_due_date": clinic.ahead(60)}
    ref = clinic.opens("receive_referral", **form(clinic.today, carer_name="Tamar Twinmother", **due))
    clinic.does(ref, "link_records", focus_carer=carer)
    clinic.does(ref, "prepare_letter", letter_kind="plan", letter_to="referrer", letter_by="post")
    clinic.does(ref, "pass_checks")
    clinic.after(2).does(ref, "accept_direct", rmg_on=clinic.today)
    return carer, ref


def born(clinic: Clinic, first: str) -> tuple[str, str, str]:
    """Each relationship is considered, and each of the two has a referral with the days that they share."""
    clinic.after(40).does(first, "record_birth", infant_dob=clinic.today, babies_born=2, neonatal_stay="yes")
    assert clinic.refuses(first, "record_loss", lost_on=clinic.today, **LOSS).keys() == {"split_first"}
    one = [{"birth_order": 1, "under_stress": "yes", "in_scope": "yes"}]
    left_out = clinic.refuses(first, "split_multiple", birth_order=1, babies_considered=one)
    assert left_out.keys() == {"baby_not_considered"}
    both = [*one, {"birth_order": 2, "under_stress": "yes", "in_scope": "yes", "name_of_this_baby": "Noa Twin"}]
    split = clinic.does(first, "split_multiple", birth_order=1, babies_considered=both, infant_name="Mila Twin")
    (second,) = clinic.followed(split, "referral")
    infant, other = (clinic.casework.whole(ref).referrals[0] for ref in (first, second))
    assert (clinic.says(second, "infant_name"), clinic.says(second, "split_from")) == ("Noa Twin", first)
    assert clinic.case(second).clocks == clinic.case(first).clocks
    assert clinic.casework.duplicates() == ()
    assert len(clinic.says(first, "letters")) == 1
    assert clinic.says(second, "letters") is None  # one letter is sent once
    assert clinic.says(infant, "family") == clinic.says(other, "family")
    assert first.partition("-")[2] not in clinic.says(other, "family")  # it leads to nobody's record by itself
    return second, infant, other


def standing(clinic: Clinic, *refs: str) -> list[Any]:
    return [(clinic.case(ref), clinic.casework.history(ref), clinic.casework.case_flags(ref)) for ref in refs]


def lost(clinic: Clinic, first: str, infant: str) -> None:
    before = clinic.refuses(first, "record_loss", **{**LOSS, "confirmed_by": None, "lost_on": clinic.today})
    assert before.keys() == {"answer_missing"}
    receipt = clinic.does(first, "record_loss", lost_on=clinic.today, **LOSS)
    assert receipt.cleared_flags == ("gp_recheck_after_birth",)
    assert (clinic.state(first), clinic.state(infant)) == ("closed_loss", "died")
    assert (clinic.says(first, "letters"), clinic.running(first)) == (None, set())


def life_goes_on(clinic: Clinic, carer: str, second: str, infant: str, lost_infant: str) -> None:
    """The other twin's letter goes, unless it names the one who was lost."""
    (letter,) = clinic.says(second, "letters")
    naming = {"letter_kind": "appointment", "letter_to": "carer", "letter_by": "post", "to_carer": carer}
    no = clinic.refuses(second, "prepare_letter", **naming, names_child=lost_infant)
    assert no.keys() == {"names_another_child"}
    clinic.does(second, "send_letter", letter=letter["number"], reviewed_by="D. Duty")
    clinic.does(second, "recheck_gp", gp_practice_code="B86039")
    assert clinic.worklist() == {second}
    assert [row.referral for row in contact_list(clinic.casework)] == [second]
    lines = {member.reference: member for member in family_of(clinic.casework, infant).members}
    assert lines[infant].held_by[-1].reference == second
    assert lines[lost_infant].next_on is None


def afterwards(clinic: Clinic, first: str, infant: str) -> None:
    """No letter, no birth, no reopening, no night: only what the family agrees to."""
    letter = {"letter_kind": "other", "letter_to": "referrer", "letter_by": "post"}
    for trigger, data in (("prepare_letter", letter), ("record_birth", {"infant_dob": clinic.today}), ("reopen", {})):
        assert clinic.refuses(first, trigger, **data).keys() == {"impossible_step"}
    assert clinic.refuses(infant, "record_gp", gp_practice_code="B86039").keys() == {"impossible_step"}
    for _ in range(4):
        clinic.after(60)
        assert not {kind for ref, kind in clinic.night() if ref == first}
    assert clinic.refuses(first, "loss_followup", contact_agreed="no").keys() == {"contact_not_agreed"}
    clinic.does(first, "loss_followup", services_given="The hospital's chaplain")
    assert clinic.case(first).closed_on == clinic.today - timedelta(days=240)
