"""A family withdraws while a safeguarding concern is open. Their no is a no; the concern is still somebody's."""

from casework.retaining import retention
from tests.casework.families import form
from tests.journeys.clinic import Clinic
from workflows import Role


def test_a_withdrawal_is_never_refused_and_the_concern_stays_open_until_a_named_person_signs_it_off(
    clinic: Clinic,
) -> None:
    clinic.enters("safeguarding_review", 7)
    clinic.enters("retain_from_birth", 25)
    ref = at_work(clinic)
    concern_raised(clinic, ref)
    withdrawn(clinic, ref)
    watched_over(clinic, ref)
    signed_off(clinic, ref)
    clinic.ends_well()


def at_work(clinic: Clinic) -> str:
    ref = clinic.opens("receive_referral", **form(clinic.today))
    for step in ("acknowledge", "pass_checks", "accept_direct", "tell_outcome", "allocate", "first_contact"):
        clinic.does(ref, step)
    return ref


def concern_raised(clinic: Clinic, ref: str) -> None:
    """Anyone raises one, with a word or none. It stands against every ending that is the service's choice."""
    clinic.does(ref, "raise_safeguarding", Role.ADMINISTRATOR, concern="Bruises on both arms")
    attempt = {"tried_on": clinic.today, "route": "telephone", "agreed_route": "yes"}
    closing = clinic.refuses(ref, "close_disengaged", attempts=[attempt], infant_voice="Unknown")
    assert closing.keys() == {"concern_open"}
    assert "sign_off_safeguarding" in closing["concern_open"]
    clinic.does(ref, "place_hold", hold_reason="parent_in_hospital", review_on=clinic.ahead(28))
    assert clinic.after(7).flagged(ref) == {"safeguarding_open"}  # never paused by a hold


def withdrawn(clinic: Clinic, ref: str) -> None:
    clinic.does(ref, "prepare_letter", letter_kind="plan", letter_to="referrer", letter_by="post")
    receipt = clinic.does(ref, "withdraw_consent", withdrawn_by="The mother, who has parental responsibility")
    assert receipt.state == "consent_withdrawn"
    assert (clinic.running(ref), clinic.worklist()) == ({"safeguarding"}, set())
    assert clinic.flags() == {(ref, "safeguarding_open")}
    assert "consent_on" not in clinic.case(ref).answers
    kept = retention(clinic.casework, ref)
    assert kept is not None
    assert (kept.day, kept.rule) == (None, "safeguarding_open")


def watched_over(clinic: Clinic, ref: str) -> None:
    """Weeks later the night still says so, and somebody else has seen something too."""
    assert clinic.after(30).flagged(ref) == {"safeguarding_open"}
    clinic.does(ref, "review_safeguarding", safeguarding_review="Social care has opened an assessment")
    alone = clinic.refuses(ref, "escalate_safeguarding", escalated_to="Social care", shared_with_consent="no")
    assert alone.keys() == {"basis_missing"}
    clinic.does(ref, "escalate_safeguarding", shared_with_consent="no", sharing_basis="Risk of significant harm")
    clinic.does(ref, "raise_safeguarding", Role.REFERRER, concern="He has not been seen for weeks")


def signed_off(clinic: Clinic, ref: str) -> None:
    outcome = {"safeguarding_outcome": "Child in need plan", "signed_by": "S. Lead, named nurse"}
    by_clinician = clinic.refuses(ref, "sign_off_safeguarding", Role.CLINICIAN, **outcome)
    assert "not_your_step" in by_clinician
    assert clinic.refuses(ref, "sign_off_safeguarding", **outcome).keys() == {"several_concerns"}
    first, _ = clinic.says(ref, "concerns")
    clinic.does(ref, "close_concern", concern_number=first["number"], safeguarding_outcome="Explained by a doctor")
    receipt = clinic.does(ref, "sign_off_safeguarding", **outcome)
    assert (receipt.state, receipt.cleared_flags) == ("consent_withdrawn", ("safeguarding_open",))
    assert (clinic.running(ref), clinic.after(1).night()) == (set(), set())
    kept = retention(clinic.casework, ref)
    assert kept is not None
    assert kept.rule == "retain_from_birth"
