"""A social worker asks for thinking; in the consultation it shows that the family needs the work itself."""

from casework.indirect import indirect_work
from tests.casework.families import ESSEX, form
from tests.journeys.clinic import Clinic

ASKED = {
    "origin": "none",
    "purpose": "How to speak with a mother who is not there for her son",
    "for_role": "social_worker",
    "for_name": "Wanda Worker",
    "for_organisation": "Children's social care",
}
CAME = [
    {"type": "professional", "name": "Wanda Worker", "organisation": "Children's social care", "role": "Social worker"},
    {"type": "professional", "name": "Hal Visitor", "organisation": "Community trust", "role": "Health visitor"},
]


def test_a_consultation_shows_that_direct_work_is_needed_and_the_family_is_referred_from_it(clinic: Clinic) -> None:
    clinic.service = ESSEX
    clinic.enters("consultation", 21)
    clinic.enters("summary", 7)
    consultation = asked_for(clinic)
    held(clinic, consultation)
    ref = becomes_work(clinic, consultation)
    worked(clinic, ref)
    work = indirect_work(clinic.casework, ESSEX, clinic.today.replace(day=1, month=1), clinic.today)
    (counts,) = [counts for kind, counts in work.by_kind.items() if counts.sessions]
    assert (counts.sessions, counts.attendances, len(counts.people)) == (1, 2, 2)
    clinic.ends_well()


def asked_for(clinic: Clinic) -> str:
    """Nobody names the family before it has agreed."""
    named = clinic.refuses_to_open("request_consultation", "consultation", **ASKED, family_named="yes")
    assert named.keys() == {"family_named_without_consent"}
    ref = clinic.opens("request_consultation", "consultation", **ASKED, family_named="no")
    length = clinic.refuses(ref, "book_consultation", booked_for=clinic.ahead(20), facilitator="C. Clinician")
    assert length.keys() == {"length_missing"}
    booked = {"booked_for": clinic.ahead(20), "facilitator": "C. Clinician", "planned_minutes": 90, "virtual": "yes"}
    clinic.does(ref, "book_consultation", **booked)
    assert clinic.after(21).flagged(ref) == {"consultation_due"}
    return ref


def held(clinic: Clinic, ref: str) -> None:
    told = {"infant_voice": "He is too quiet", "risks": "None spoken of", "minutes": 85, "facilitator": "C. Clinician"}
    assert clinic.refuses(ref, "hold_meeting", **told, attendees=[]).keys() & {"answer_missing", "attendees_missing"}
    done = clinic.does(ref, "hold_meeting", attendees=CAME, **told)
    assert (done.state, done.cleared_flags) == ("held", ("consultation_due",))
    assert clinic.after(7).flagged(ref) == {"summary_due"}


def becomes_work(clinic: Clinic, consultation: str) -> str:
    """The family agrees to a referral; it begins with what the consultation knows, and asks for the rest."""
    agreed = {
        "family_named": "yes",
        "basis": "consent",
        "basis_on": clinic.today,
        "basis_words": "The mother, by phone",
    }
    receipt = clinic.does(consultation, "bring_to_triage", reason="The mother asks for help", **agreed)
    (ref,) = clinic.followed(receipt, "referral")
    assert (clinic.state(consultation), receipt.cleared_flags) == ("to_triage", ("summary_due",))
    known = clinic.case(ref).answers
    assert (known["referrer_name"], known["referrer_role"]) == ("Wanda Worker", "social_worker")
    assert (known["consultation_record"], known["consent_on"]) == (consultation, clinic.today)
    assert clinic.after(1).flagged(ref) == {"missing_information"}
    return ref


def worked(clinic: Clinic, ref: str) -> None:
    there = clinic.case(ref).answers
    rest = form(clinic.today, lives_in_area="yes", in_contact="yes", duty_call_on=None)
    clinic.does(ref, "acknowledge")
    clinic.does(ref, "add_information", **{name: value for name, value in rest.items() if name not in there})
    assert clinic.flags() == set()
    for step in ("pass_checks", "triage_rate", "accept_assessment", "tell_outcome", "allocate"):
        clinic.does(ref, step)
    people = [{"who": "infant", "attended": "yes"}, {"who": "focus_carer", "attended": "yes"}]
    clinic.after(10).does(ref, "first_contact", setting="home", participants=people)
    assert clinic.state(ref) == "assessment"
