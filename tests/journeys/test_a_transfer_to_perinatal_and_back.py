"""A family is handed to the perinatal team and months later comes back: nobody falls between two services."""

from datetime import date

from casework import Asked
from tests.casework.families import form
from tests.journeys.clinic import Clinic

HANDS = {
    "receiving_service": "Perinatal community team",
    "receiving_contact": "Their duty desk",
    "package": "Form, call, three ratings",
    "transfer_reason": "other_team_fits",
    "shared_with_consent": "yes",
}


def test_a_family_is_ours_until_the_other_side_has_accepted_and_theirs_until_we_have(clinic: Clinic) -> None:
    ref = waiting(clinic)
    first_day = clinic.says(ref, "received_on")
    offered_and_refused(clinic, ref)
    accepted_there(clinic, ref)
    back = comes_back(clinic, first_day)
    ours_again(clinic, ref, back)
    clinic.ends_well()


def waiting(clinic: Clinic) -> str:
    ref = clinic.opens("receive_referral", **form(clinic.today, carer_name="Petra Perinatal"))
    for step in ("acknowledge", "pass_checks", "accept_direct", "tell_outcome"):
        clinic.does(ref, step)
    return ref


def offered_and_refused(clinic: Clinic, ref: str) -> None:
    """While nobody has answered, and after a no, the family stands on our list and its wait goes on."""
    clinic.after(60)
    unasked = clinic.refuses(ref, "offer_transfer", **{**HANDS, "shared_with_consent": "no"})
    assert unasked.keys() == {"basis_missing"}
    clinic.does(ref, "offer_transfer", **HANDS)
    assert clinic.refuses(ref, "offer_transfer", **HANDS).keys() == {"transfer_pending"}
    assert clinic.worklist() == {ref}
    assert clinic.flagged(ref) == {"wait_8_weeks"}
    clinic.after(5).does(ref, "transfer_refused", reason="They have no place before July")
    assert (clinic.state(ref), clinic.counts(ref, "wait_to_allocation")) == ("waiting", 65)
    assert clinic.refuses(ref, "transfer_accepted", accepted_by="Nobody").keys() == {"no_transfer_offered"}


def accepted_there(clinic: Clinic, ref: str) -> None:
    clinic.after(20).does(ref, "offer_transfer", **HANDS)
    clinic.does(ref, "raise_safeguarding", concern="She speaks of harming herself")
    said = {"accepted_by": "P. Team, nurse in charge", "referrer_told_on": clinic.today}
    assert clinic.refuses(ref, "transfer_accepted", **said).keys() == {"concern_not_handed_on"}
    clinic.does(ref, "transfer_accepted", **said, handed_on_to="P. Team, safeguarding link")
    clinic.does(ref, "sign_off_safeguarding", signed_by="S. Lead", safeguarding_outcome="Handed on in writing")
    assert (clinic.state(ref), clinic.running(ref), clinic.worklist()) == ("transferred_out", set(), set())
    assert clinic.night() == set()
    assert clinic.counts(ref, "wait_to_allocation") == 85


def comes_back(clinic: Clinic, first_day: date) -> str:
    clinic.after(120)
    answers = form(clinic.today, carer_name="Petra Perinatal", referrer_role="perinatal_mental_health")
    came = {"from_service": "Perinatal community team", "first_referred_on": first_day, **answers}
    unread = clinic.refuses_to_open("transfer_in", **came, package_checked="no")
    assert unread.keys() == {"package_not_checked"}
    without = clinic.refuses_to_open("transfer_in", **{**came, "consent_on": None}, package_checked="yes")
    assert without.keys() == {"consent_missing"}
    return clinic.opens("transfer_in", **came, package_checked="yes")


def ours_again(clinic: Clinic, old: str, back: str) -> None:
    """Their first day is known and our clocks count from ours; the perinatal team works on beside us."""
    assert (clinic.says(back, "first_referred_on"), clinic.counts(back, "total_time")) == (
        clinic.says(old, "received_on"),
        0,
    )
    for step in ("acknowledge", "pass_checks", "accept_direct", "tell_outcome", "allocate"):
        clinic.after(1).does(back, step)
    alone = {"other_team": "Perinatal community team", "lead_service": "Leeds", "shared_record": "no"}
    assert clinic.refuses(back, "start_cowork", **alone, other_team_agrees="no").keys() == {"other_team_not_agreed"}
    clinic.does(back, "start_cowork", **alone, other_team_agrees="yes")
    people = [{"who": "infant", "attended": "yes"}, {"who": "focus_carer", "attended": "yes"}]
    clinic.does(back, "first_contact", participants=people)
    (entry,) = clinic.says(back, "coworking")
    clinic.after(30).does(back, "end_cowork", cowork=entry["number"], reason="She is well")
    assert (clinic.says(back, "coworking") or [], clinic.worklist()) == ([], {back})
    assert [row.reference for row in clinic.casework.worklist(Asked(clinic.says(old, "received_on")))] == [old]
    assert clinic.flagged(back) == set()
