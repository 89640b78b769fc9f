"""Essex: a mother refers herself; the form is sent back as incomplete, comes again, and is heard without any loss."""

from tests.casework.families import ESSEX, form
from tests.journeys.clinic import Clinic
from workflows import Role


def test_a_self_referral_is_sent_back_as_incomplete_comes_again_and_is_accepted_to_assessment(clinic: Clinic) -> None:
    clinic.service = ESSEX
    ref = herself(clinic)
    sent_back(clinic, ref)
    sent_again(clinic, ref)
    heard(clinic, ref)
    clinic.ends_well()


def herself(clinic: Clinic) -> str:
    """No duty call comes first. What she declines to say is not missing; what she left blank is."""
    own = form(
        clinic.today, carer_name="Selma Selfreferrer", referrer_role="family", referrer_name="Selma Selfreferrer",
        duty_call_on=None, postcode=None, lives_in_area="yes", in_contact="yes",
    )  # fmt: skip
    ref = clinic.opens("receive_referral", **own)
    assert clinic.case(ref).gaps == ("postcode",)
    assert clinic.flagged(ref) == {"missing_information"}
    return ref


def sent_back(clinic: Clinic, ref: str) -> None:
    """The contents are read for safeguarding before a form goes back; being incomplete is no decision."""
    clinic.after(2)
    unread = clinic.refuses(ref, "reject_incomplete", contents_read="no")
    assert unread.keys() == {"contents_not_read"}
    not_complete = clinic.refuses(ref, "pass_checks", Role.DUTY)
    assert "postcode" in not_complete["information_missing"]
    closed = clinic.does(ref, "reject_incomplete", questions="The postcode of the home", countersigned_by="D. Duty")
    assert (clinic.state(ref), closed.cleared_flags) == ("rejected_incomplete", ("missing_information",))
    assert "outcome" not in clinic.case(ref).answers
    assert (clinic.worklist(), clinic.night()) == (set(), set())


def sent_again(clinic: Clinic, ref: str) -> None:
    clinic.after(9)
    again = form(clinic.today, carer_name="Selma Selfreferrer", referrer_role="family")
    twin = clinic.casework.duplicates_of(ref)
    assert twin == ()
    clinic.does(ref, "resubmit", postcode="CM1 1AB", referrer_contact=again["referrer_contact"])
    assert (clinic.state(ref), clinic.case(ref).gaps) == ("received", ())
    assert clinic.says(ref, "received_again_on") == clinic.today
    assert clinic.counts(ref, "total_time") == 11  # from the first form on
    assert clinic.counts(ref, "acknowledge") == 0
    nothing = clinic.refuses(ref, "reject_incomplete")
    assert nothing.keys() == {"nothing_missing"}
    second = form(clinic.today, **{n: clinic.says(ref, n) for n in ("infant_name", "infant_dob", "carer_name")})
    twice = clinic.refuses_to_open("receive_referral", **{**second, "postcode": "CM1 1AB", "lives_in_area": "yes"})
    assert ref in twice["already_referred"]


def heard(clinic: Clinic, ref: str) -> None:
    """Five working days later the acknowledgement is late; the night says so once."""
    assert clinic.after(7).flagged(ref) == {"ack_due"}
    assert clinic.after(1).flagged(ref) == {"ack_late"}
    told = clinic.does(ref, "acknowledge", how_told="letter")
    assert told.cleared_flags == ("ack_late",)
    clinic.does(ref, "pass_checks", Role.DUTY)
    voice = {"infant_voice": "He looks for her face."}
    clinic.does(ref, "triage_rate", relational_risk="moderate", safeguarding_risk="low", **voice)
    assert "unknown_trigger" in clinic.refuses(ref, "accept_direct")  # accepted means an assessment here
    clinic.does(ref, "accept_assessment", rmg_on=clinic.today)
    clinic.does(ref, "tell_outcome", how_told="letter", no_promise_told="yes")
    assert (clinic.state(ref), clinic.says(ref, "accepted_for")) == ("waiting", "assessment")
    assert clinic.after(90).flagged(ref) == set()  # Essex publishes no wait
