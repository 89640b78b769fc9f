"""Who takes a family on: a full clinician, a trainee, one who leaves. The family's wait is the same wait throughout."""

from casework.team import team
from tests.casework.families import form
from tests.journeys.clinic import Clinic


def test_a_family_is_allocated_to_whoever_has_room_and_keeps_its_clock_when_the_clinician_changes(
    clinic: Clinic,
) -> None:
    clinic.enters("caseload_per_wte", 2)
    half, trainee, lead = the_team(clinic)
    first, second = waiting(clinic), waiting(clinic)
    full(clinic, first, second, half)
    by_a_trainee(clinic, second, trainee, lead)
    leaves(clinic, first, half, lead)
    clinic.ends_well()


def the_team(clinic: Clinic) -> tuple[str, str, str]:
    """A half-time clinician has room for one; a trainee is supervised by somebody else."""
    post = {"discipline": "child_psychotherapist", "wte_percent": 50}
    half = clinic.opens("appoint", "staff", staff_name="Hester Halftime", **post)
    lead = clinic.opens("appoint", "staff", staff_name="Lena Leader", **{**post, "wte_percent": 100})
    alone = clinic.refuses_to_open("appoint", "staff", staff_name="Tom Trainee", **post, trainee="yes")
    assert alone.keys() == {"supervisor_missing"}
    trainee = clinic.opens("appoint", "staff", staff_name="Tom Trainee", **post, trainee="yes", supervisor=lead)
    for ref in (half, lead):
        clinic.does(ref, "start_in_post")
    return half, trainee, lead


def waiting(clinic: Clinic) -> str:
    ref = clinic.opens("receive_referral", **form(clinic.today))
    for step in ("acknowledge", "pass_checks", "accept_direct", "tell_outcome"):
        clinic.does(ref, step)
    return ref


def full(clinic: Clinic, first: str, second: str, half: str) -> None:
    clinic.after(57)
    unknown = clinic.refuses(first, "allocate", clinician="Somebody by name")
    assert unknown.keys() == {"capacity_unknown"}
    clinic.does(first, "allocate", clinician=half)
    told = clinic.refuses(second, "allocate", clinician=half)
    assert "holds 1 referral, and has room for 1" in told["clinician_full"]
    clinic.does(second, "allocate", clinician=half, override_reason="She ends with another family this week")
    people = {member.reference: (member.holds, member.places) for member in team(clinic.casework, "leeds-imhs").members}
    assert people[half] == (2, 1)
    clinic.does(second, "unallocate", reason="The other family stays")
    assert clinic.counts(second, "wait_to_allocation") == 57
    assert clinic.flagged(second) == {"wait_8_weeks"}


def by_a_trainee(clinic: Clinic, ref: str, trainee: str, lead: str) -> None:
    clinic.after(1)
    assert clinic.refuses(ref, "allocate", clinician=trainee, signed_off_by=lead).keys() == {"clinician_not_in_post"}
    clinic.does(trainee, "start_in_post")
    assert clinic.refuses(ref, "allocate", clinician=trainee).keys() == {"supervisor_missing"}
    near = clinic.refuses(ref, "allocate", clinician=trainee, signed_off_by=lead, conflicted="yes")
    assert near.keys() == {"clinician_conflicted"}
    taken = clinic.does(ref, "allocate", clinician=trainee, signed_off_by=lead)
    assert (taken.cleared_flags, clinic.counts(ref, "wait_to_allocation")) == (("wait_8_weeks",), 58)
    assert clinic.refuses(lead, "leave").keys() == {"supervises_trainees"}


def leaves(clinic: Clinic, ref: str, half: str, lead: str) -> None:
    """Nobody leaves families behind; a change of clinician stops no clock and starts none."""
    held = clinic.refuses(half, "leave", reason="A new post")
    assert ref in held["holds_referrals"]
    before = clinic.case(ref).clocks
    clinic.does(ref, "change_clinician", clinician=lead, reason="Hester leaves")
    assert clinic.case(ref).clocks == before
    clinic.does(half, "leave", reason="A new post")
    assert clinic.refuses(ref, "change_clinician", clinician=half).keys() == {"clinician_left"}
    assert clinic.after(1).flagged(ref) == {"allocated_not_started"}
    people = [{"who": "infant", "attended": "yes"}, {"who": "focus_carer", "attended": "yes"}]
    clinic.does(ref, "first_contact", participants=people)
    assert clinic.counts(ref, "wait_to_start") == 59
    assert [
        member.reference for member in team(clinic.casework, "leeds-imhs").members if member.reference == half
    ] == []
