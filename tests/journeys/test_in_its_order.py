"""What was done on an earlier day and is recorded today still comes after what it follows."""

from datetime import date
from typing import Any

import pytest

from casework import StepRefused
from tests.casework.families import form
from tests.journeys.clinic import Clinic
from tests.journeys.test_a_transfer_to_perinatal_and_back import HANDS
from workflows import Role

TO_THE_PLAN = (
    "acknowledge", "pass_checks", "accept_direct", "tell_outcome", "allocate", "first_contact", "finish_assessment",
    "offer_plan",
)  # fmt: skip
PEOPLE = [{"who": "infant", "attended": "yes"}, {"who": "focus_carer", "attended": "yes"}]
SESSION = {"intervention": "watch_me_play", "setting": "home", "participants": PEOPLE}


def test_nobody_takes_a_family_over_before_they_were_asked(clinic: Clinic) -> None:
    ref = clinic.opens("receive_referral", **form(clinic.today))
    asked = clinic.after(20).today
    clinic.does(ref, "offer_transfer", **HANDS)
    accepted: dict[str, Any] = {"accepted_by": "P. Team, nurse in charge", "referrer_told_on": asked}
    assert too_early(clinic, ref, "transfer_accepted", clinic.ahead(-1), Role.LEAD, **accepted) == {"out_of_order"}
    assert too_early(clinic, ref, "transfer_refused", clinic.ahead(-1), Role.LEAD, reason="Full") == {"out_of_order"}
    clinic.after(4)
    fired(clinic, ref, "transfer_accepted", asked, Role.LEAD, **accepted)
    assert (clinic.state(ref), clinic.case(ref).closed_on) == ("transferred_out", asked)


def test_no_session_is_dated_before_the_family_agreed_to_a_plan(clinic: Clinic) -> None:
    ref = clinic.opens("receive_referral", **form(clinic.today))
    for step in TO_THE_PLAN:
        clinic.does(ref, step)
    before, agreed = clinic.after(6).today, clinic.after(1).today
    clinic.does(ref, "family_agrees")
    assert too_early(clinic, ref, "record_session", before, **SESSION) == {"out_of_order"}
    fired(clinic, ref, "record_session", agreed, **SESSION)
    late = clinic.after(7).today
    for step in ("change_plan", "offer_plan"):
        clinic.after(7).does(ref, step)
    clinic.does(ref, "family_agrees")
    fired(clinic, ref, "record_session", late, **SESSION)


def fired(clinic: Clinic, ref: str, step: str, on: date, role: Role = Role.CLINICIAN, /, **data: Any) -> None:
    clinic.casework.fire(ref, step, clinic.actors[role], data, seen=clinic.case(ref).version, on=on)


def too_early(clinic: Clinic, ref: str, step: str, on: date, role: Role = Role.CLINICIAN, /, **data: Any) -> set[str]:
    with pytest.raises(StepRefused) as no:
        fired(clinic, ref, step, on, role, **data)
    return {reason.code for reason in no.value.reasons}


def test_no_loss_is_dated_before_the_birth_on_the_referral_or_on_the_babys_record(clinic: Clinic) -> None:
    ref = clinic.opens("receive_referral", **form(clinic.today))
    born = clinic.says(ref, "infant_dob")
    baby = clinic.opens("open_record", "infant", infant_dob=born)
    clinic.does(ref, "link_records", infant=baby)
    for where in (ref, baby):
        assert clinic.refuses(where, "record_loss", lost_on=clinic.ahead(-121)).keys() == {"before_the_birth"}
    clinic.does(baby, "record_loss", lost_on=born)
    assert (clinic.state(ref), clinic.state(baby)) == ("closed_loss", "died")
