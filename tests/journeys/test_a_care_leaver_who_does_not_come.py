"""A mother who grew up in care misses appointments. No rule closes; the lead signs; and she may come again."""

from typing import Any

from casework.work import missed_in_a_row
from tests.casework.families import form
from tests.journeys.clinic import Clinic
from workflows import Role

TOLD = {"risk_review": "Seen by the health visitor, thriving", "infant_voice": "He smiled at the health visitor"}


def test_missed_appointments_close_nothing_and_a_family_that_comes_back_is_referred_anew_and_linked(
    clinic: Clinic,
) -> None:
    clinic.enters("silence", 42)
    ref = at_work(clinic)
    not_brought(clinic, ref)
    closed(clinic, ref)
    again(clinic, ref)
    clinic.ends_well()


def at_work(clinic: Clinic) -> str:
    carer = clinic.opens("open_record", "carer", carer_name="Carla Careleaver")
    through = {"care_leaver": "yes", "contact_through": "Her personal adviser"}
    clinic.does(carer, "record_circumstances", **through)
    ref = clinic.opens("receive_referral", **form(clinic.today, carer_name="Carla Careleaver"))
    clinic.does(ref, "link_records", focus_carer=carer)
    for step in ("acknowledge", "pass_checks", "accept_direct", "tell_outcome", "allocate"):
        clinic.does(ref, step)
    people = [{"who": "infant", "attended": "yes"}, {"who": "focus_carer", "attended": "yes"}]
    clinic.after(7).does(ref, "first_contact", participants=people)
    return ref


def not_brought(clinic: Clinic, ref: str) -> None:
    """A baby is not brought; a mother does not attend; both are counted, and the referral stands where it stood."""
    for outcome in ("not_brought", "did_not_attend", "not_brought"):
        clinic.does(ref, "book_appointment", appointment_on=clinic.ahead(14))
        (booked,) = clinic.says(ref, "appointments")
        clinic.after(14).does(ref, "record_missed", contact_outcome=outcome, appointment=booked["number"])
    assert missed_in_a_row(clinic.case(ref).answers) == 3
    assert (clinic.state(ref), clinic.worklist()) == ("assessment", {ref})
    assert clinic.flagged(ref) == {"silent_case"}


def attempts(clinic: Clinic, *, agreed: str) -> list[dict[str, Any]]:
    return [{"tried_on": clinic.today, "route": "through_a_professional", "agreed_route": agreed}]


def closed(clinic: Clinic, ref: str) -> None:
    said = {**TOLD, "attempts": attempts(clinic, agreed="no")}
    unsigned = clinic.refuses(ref, "close_disengaged", Role.CLINICIAN, **said)
    assert unsigned.keys() >= {"not_your_step"}
    careless = clinic.refuses(ref, "close_disengaged", Role.LEAD, **said)
    assert careless.keys() == {"no_agreed_attempt", "care_leaver_contact_missing"}
    said["attempts"] = attempts(clinic, agreed="yes")
    with_care = "Her personal adviser asked her twice, and went with her once"
    receipt = clinic.does(ref, "close_disengaged", Role.LEAD, **said, care_leaver_contact=with_care)
    assert (receipt.state, receipt.cleared_flags) == ("disengaged", ("silent_case",))
    assert (clinic.case(ref).answers["end_reason"], clinic.worklist()) == ("disengaged", set())


def again(clinic: Clinic, old: str) -> None:
    """Half a year later she asks, through her adviser. The way back is a new referral that knows the old one."""
    clinic.after(180)
    called = clinic.says(old, "duty_call_on")
    came = form(clinic.today, **{n: clinic.says(old, n) for n in ("infant_name", "infant_dob", "carer_name")})
    worn = clinic.refuses_to_open("re_refer", **{**came, "duty_call_on": called}, prior_referral=old)
    assert worn.keys() == {"call_too_old"}
    new = clinic.opens("re_refer", **came, prior_referral=old)
    assert clinic.says(new, "prior_referral") == old
    other = form(clinic.today, duty_call_on=None)
    assert clinic.refuses_to_open("re_refer", **other, prior_referral=new).keys() == {"prior_is_open"}
    assert (clinic.state(new), clinic.counts(new, "total_time"), clinic.worklist()) == ("received", 0, {new})
    clinic.does(new, "pass_checks")
    clinic.does(new, "accept_direct")
    assert clinic.state(old) == "disengaged"
    assert clinic.refuses(old, "reopen").keys() == {"already_referred"}
