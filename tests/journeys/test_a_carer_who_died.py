"""A mother dies while the family waits; the father becomes the focus, and contacts are counted by person."""

from casework.contacts import contact_list
from casework.work import by_person, fathers_came, silence
from tests.casework.families import form
from tests.journeys.clinic import Clinic
from workflows import Role

FROM = {"confirmed_by": "A. Registrar, hospital", "confirmed_from": "The ward", "now_cares": "The father"}
HE_AND_THE_BABY = [{"who": "infant", "attended": "yes"}, {"who": "focus_carer", "attended": "yes"}]


def test_after_a_mothers_death_nothing_goes_out_to_her_and_the_father_is_the_focus(clinic: Clinic) -> None:
    ref, mother, father = waiting(clinic)
    died(clinic, ref, mother, father)
    becomes_the_focus(clinic, ref, father)
    worked_with(clinic, ref)
    clinic.ends_well()


def waiting(clinic: Clinic) -> tuple[str, str, str]:
    mother = clinic.opens("open_record", "carer", carer_name="Moira Mother")
    father = clinic.opens("open_record", "carer", carer_name="Fergus Father")
    for carer in (mother, father):
        clinic.does(carer, "set_safe_contact", channel="post", safe="allowed")
    ref = clinic.opens("receive_referral", **form(clinic.today, carer_name="Moira Mother", carer_relationship="mother"))
    clinic.does(ref, "link_records", focus_carer=mother)
    for step in ("acknowledge", "pass_checks", "accept_direct", "tell_outcome"):
        clinic.does(ref, step)
    letter = {"letter_kind": "appointment", "letter_to": "carer", "letter_by": "post"}
    clinic.does(ref, "prepare_letter", **letter, to_carer=mother)
    clinic.does(ref, "book_appointment", appointment_on=clinic.ahead(40))
    return ref, mother, father


def died(clinic: Clinic, ref: str, mother: str, father: str) -> None:
    """One act: a hold, no letter, no appointment, and nobody rings her number any more."""
    clinic.after(10)
    assert [row.carer for row in contact_list(clinic.casework)] == [mother]
    unnamed = clinic.refuses(ref, "carer_died", **{**FROM, "confirmed_by": None}, review_on=clinic.ahead(14))
    assert unnamed.keys() == {"answer_missing"}
    receipt = clinic.does(ref, "carer_died", **FROM, carer_died_on=clinic.ahead(-1), review_on=clinic.ahead(14))
    assert clinic.followed(receipt, "carer") == [mother]
    answers = clinic.case(ref).answers
    assert (clinic.state(mother), clinic.case(ref).held_since) == ("died", clinic.today)
    assert not {"letters", "appointments"} & answers.keys()
    assert contact_list(clinic.casework) == []
    letter = {"letter_kind": "other", "letter_to": "carer", "letter_by": "post", "to_carer": mother}
    assert clinic.refuses(ref, "prepare_letter", **letter).keys() == {"carer_died"}
    assert "on_hold" in clinic.refuses(ref, "allocate")
    assert clinic.state(father) == "known"
    assert clinic.after(14).flagged(ref) == {"hold_review_due"}


def becomes_the_focus(clinic: Clinic, ref: str, father: str) -> None:
    """He is asked for himself: nothing that was said of her is said of him. The wait is the same wait."""
    before = clinic.case(ref).clocks["wait_to_start"]
    him = {
        "carer_name": "Fergus Father", "carer_relationship": "father", "primary_carer": "yes",
        "consent_on": clinic.today, "focus_carer": father,
    }  # fmt: skip
    untold = clinic.refuses(ref, "change_focus_carer", **{**him, "primary_carer": None})
    assert untold.keys() == {"new_carer_incomplete"}
    assert clinic.refuses(ref, "resume").keys() == {"carer_died"}
    clinic.does(ref, "change_focus_carer", Role.CLINICIAN, **him, reason="The mother has died")
    clinic.does(ref, "resume")
    assert clinic.case(ref).clocks["wait_to_start"].since == before.since
    assert (clinic.says(ref, "carer_relationship"), clinic.says(ref, "focus_carer")) == ("father", father)
    assert [row.name for row in contact_list(clinic.casework)] == ["Fergus Father"]
    assert "missing_information" in clinic.after(1).flagged(ref)
    rated = {"relationship_need": "moderate", "motivation": "high", "readiness": "high", "postcode": "LS3 7AB"}
    assert "missing_information" in clinic.does(ref, "add_information", **rated).cleared_flags


def worked_with(clinic: Clinic, ref: str) -> None:
    clinic.after(5).does(ref, "allocate", clinician="C. Clinician")
    clinic.after(5).does(ref, "first_contact", setting="home", participants=HE_AND_THE_BABY)
    with_her = [*HE_AND_THE_BABY, {"who": "grandparent", "attended": "yes", "named": "His mother"}]
    clinic.after(9).does(ref, "record_contact", setting="home", participants=with_her)
    answers = clinic.after(3).case(ref).answers
    assert (fathers_came(answers), by_person(answers)["grandparent"], silence(answers, clinic.today)) == (2, 1, 3)
    assert clinic.worklist() == {ref}


def test_a_referral_of_a_carer_who_died_after_its_end_is_not_reopened_but_made_again(clinic: Clinic) -> None:
    ref, mother, _ = waiting(clinic)
    clinic.does(ref, "move_away")
    clinic.after(3).does(mother, "record_carer_death", carer_died_on=clinic.today, **FROM)
    assert clinic.refuses(ref, "reopen").keys() == {"carer_died"}
    him = {"carer_name": "Fergus Father", "carer_relationship": "father", "consent_on": clinic.today}
    again = clinic.opens("re_refer", **form(clinic.today, **him, prior_referral=ref))
    assert "focus_carer" not in clinic.case(again).answers
    clinic.ends_well()
