"""A child turns two on the waiting list. People decide: first to keep, then to hand on. No rule closes."""

from datetime import date

from tests.casework.families import form
from tests.journeys.clinic import Clinic
from workflows import Role

BORN = date(2024, 5, 25)
BIRTHDAY = date(2026, 5, 25)
KEPT_UNTIL = date(2026, 8, 31)
AGEING = {"ages_out_before_start", "ages_out_soon"}


def test_a_child_is_kept_by_decision_and_later_handed_on_with_services_named(clinic: Clinic) -> None:
    clinic.enters("ageing_out", 42)
    ref = accepted(clinic)
    kept(clinic, ref)
    past_the_birthday(clinic, ref)
    handed_on(clinic, ref)
    clinic.ends_well()


def accepted(clinic: Clinic) -> str:
    """At the referral the child is 21 months old; the published wait would end after the birthday."""
    ref = clinic.opens("receive_referral", **form(clinic.today, infant_dob=BORN))
    clinic.does(ref, "acknowledge")
    clinic.does(ref, "pass_checks")
    past_it = {"holder": "Health visitor", "review_on": clinic.ahead(91), "rmg_on": clinic.today}
    too_long = clinic.refuses(ref, "watch_and_wait", **past_it, relationship_need="moderate", override_reason=None)
    assert too_long.keys() == {"too_old_by_then"}
    clinic.does(ref, "accept_direct")
    clinic.does(ref, "tell_outcome")
    assert clinic.flagged(ref) == {"ages_out_before_start"}
    assert clinic.refuses(ref, "close_aged_out", infant_voice="Laughs").keys() == {"not_too_old"}
    return ref


def kept(clinic: Clinic, ref: str) -> None:
    clinic.clock.set(date(2026, 4, 20))
    assert clinic.flagged(ref) == AGEING
    assert clinic.refuses(ref, "retain", Role.CLINICIAN).keys() >= {"not_your_step"}
    assert clinic.refuses(ref, "retain", Role.LEAD, retain_until=clinic.today).keys() == {"date_is_past"}
    decision = clinic.does(ref, "retain", Role.LEAD, reason="A clinician is free in June", retain_until=KEPT_UNTIL)
    assert set(decision.cleared_flags) == AGEING
    assert clinic.says(ref, "age_reviewed_on") == clinic.today


def past_the_birthday(clinic: Clinic, ref: str) -> None:
    """The birthday goes by quietly, on the list as before; in June nobody was free after all."""
    clinic.clock.set(BIRTHDAY)
    assert clinic.flagged(ref) == {"wait_8_weeks"}
    assert clinic.worklist() == {ref}
    clinic.clock.set(date(2026, 8, 10))
    assert clinic.flagged(ref) == {"wait_over_12_weeks", "ages_out_soon"}  # he is kept until the end of the month
    clinic.clock.set(KEPT_UNTIL)
    assert clinic.flagged(ref) == {"wait_over_12_weeks", *AGEING}
    assert clinic.state(ref) == "waiting"


def handed_on(clinic: Clinic, ref: str) -> None:
    said = {"reason": "Over two, and no clinician before autumn", "onward_services": "Children's centre, 3-5 offer"}
    seen = clinic.refuses(ref, "close_aged_out", **said, infant_voice=None)
    assert seen.keys() == {"infant_voice_missing"}
    unseen = {"infant_voice": None, "not_observed_because": "Nobody has met him yet"}
    closed = clinic.does(ref, "close_aged_out", **said, **unseen)
    assert set(closed.cleared_flags) >= {"wait_over_12_weeks"}
    assert (clinic.state(ref), clinic.worklist(), clinic.after(1).night()) == ("aged_out", set(), set())
