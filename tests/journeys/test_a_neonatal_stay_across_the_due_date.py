"""The baby comes nine weeks early; the work is on hold while the baby is on the unit, and the due date goes by."""

from datetime import timedelta

from casework import Asked
from tests.casework.families import form
from tests.journeys.clinic import Clinic


def test_a_birth_is_recorded_while_held_and_what_is_quiet_and_what_is_loud_is_as_ruled(clinic: Clinic) -> None:
    due = clinic.ahead(70)
    ref = accepted(clinic, due)
    early_birth(clinic, ref)
    quiet_while_held(clinic, ref, due)
    loud_again(clinic, ref)
    clinic.ends_well()


def accepted(clinic: Clinic, due: object) -> str:
    expected = {"infant_name": None, "infant_dob": None, "expected_due_date": due, "relationship_need": "high"}
    ref = clinic.opens("receive_referral", **form(clinic.today, **expected))
    for step in ("acknowledge", "pass_checks", "accept_direct", "tell_outcome"):
        clinic.does(ref, step)
    assert clinic.flagged(ref) == {"birth_before_start"}
    return ref


def early_birth(clinic: Clinic, ref: str) -> None:
    """Held because of the stay before anybody wrote the birth down: that step goes through all the same."""
    clinic.after(7)
    past = clinic.refuses(ref, "place_hold", hold_reason="neonatal_stay", review_on=clinic.ahead(-1))
    assert past.keys() == {"date_is_past"}
    clinic.does(ref, "place_hold", hold_reason="neonatal_stay", review_on=clinic.ahead(42), holder="The unit's team")
    born = clinic.does(
        ref, "record_birth", infant_dob=clinic.ahead(-1), babies_born=1, gestation_weeks=31, neonatal_stay="yes"
    )
    (infant,) = clinic.followed(born, "infant")
    clinic.does(infant, "record_location", place="neonatal_unit", since=clinic.ahead(-1))
    assert (clinic.says(infant, "gestation_weeks"), clinic.case(ref).held_since) == (31, clinic.today)
    assert "birth_before_start" in born.cleared_flags
    for step in ("allocate", "bring_back"):
        assert "on_hold" in clinic.refuses(ref, step)
    assert clinic.flagged(ref) == {"missing_information"}  # the name is asked for from the birth on
    clinic.does(ref, "add_information", infant_name="Nico Earlybird")
    clinic.does(ref, "raise_safeguarding", concern="Father forbids visits to the unit")
    clinic.does(ref, "sign_off_safeguarding", signed_by="S. Lead", safeguarding_outcome="Seen with social care")


def quiet_while_held(clinic: Clinic, ref: str, due: object) -> None:
    """The wait is counted and makes no noise; the review of the hold is heard on its day."""
    assert clinic.after(41).flagged(ref) == set()
    assert clinic.after(1).flagged(ref) == {"hold_review_due"}
    clinic.does(ref, "review_hold", review_on=clinic.ahead(21), remark="Not yet off oxygen")
    assert clinic.after(21).flagged(ref) == {"hold_review_due"}  # 8 weeks are past, and held
    assert clinic.today == due
    (row,) = clinic.casework.worklist(Asked(clinic.today))
    assert (row.held, row.waiting_days, row.adjusted_days) == (True, 70, 7)


def loud_again(clinic: Clinic, ref: str) -> None:
    clinic.after(1).does(ref, "resume", remark="Home since yesterday")
    infant = clinic.casework.whole(ref).referrals[0]
    clinic.does(infant, "record_location", place="home", since=clinic.today - timedelta(days=1))
    assert clinic.flagged(ref) == {"wait_8_weeks"}
    clinic.does(ref, "allocate", clinician="C. Clinician")
    assert clinic.counts(ref, "wait_to_allocation") == 71
    assert [entry["place"] for entry in clinic.says(infant, "locations")] == ["neonatal_unit", "home"]
    assert clinic.after(1).flagged(ref) == {"allocated_not_started"}
