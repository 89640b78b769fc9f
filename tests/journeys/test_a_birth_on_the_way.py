"""Leeds: a midwife rings in pregnancy, the baby is born while the family waits, and the work comes to its end."""

from datetime import date, timedelta
from typing import Any

from casework.ratings import side_by_side
from casework.work import attended, fathers_came, goals, missed, sessions
from tests.casework.families import form
from tests.journeys.clinic import Clinic

DUE = date(2026, 5, 18)
BORN = date(2026, 5, 9)
TOGETHER = [{"who": "infant", "attended": "yes"}, {"who": "focus_carer", "attended": "yes"}]
WITH_HIM = [*TOGETHER, {"who": "father", "attended": "yes"}]
WITHOUT_HIM = [*TOGETHER, {"who": "father", "attended": "no", "absent_because": "at_work"}]
EXPECTED = {"infant_name": None, "infant_dob": None, "expected_due_date": DUE}


def test_a_family_is_accompanied_from_the_call_in_pregnancy_to_the_end_of_the_work(clinic: Clinic) -> None:
    for name in ("gp_recheck", "record_location"):
        clinic.enters(name, 14)
    ref = called(clinic)
    referred_and_accepted(clinic, ref)
    born_while_waiting(clinic, ref)
    assessed(clinic, ref)
    worked_with(clinic, ref)
    ended(clinic, ref)
    clinic.ends_well()


def called(clinic: Clinic) -> str:
    """A message after closing time; the call the next day, written up on the mother's record."""
    ref = clinic.opens("log_voicemail", left_at="18:40", call_back_number="0113 496 0300", urgent="no")
    clinic.after(1)
    assert clinic.refuses(ref, "book_call", call_minutes_booked=30, call_at="11:00").keys() == {"slot_too_short"}
    assert clinic.refuses(ref, "book_call", call_at="19:00").keys() == {"outside_opening_hours"}
    clinic.does(ref, "book_call", call_on=clinic.today, call_at="11:00", caller_prepared="yes")
    clinic.does(ref, "take_call", referrer_name="M. Midwife", referrer_role="midwife", expected_due_date=DUE)
    said = {"relationship_need": "moderate", "motivation": "adequate", "readiness": "adequate"}
    assert clinic.refuses(ref, "indicate_direct", **said).keys() == {"risk_screen_missing"}
    more: dict[str, Any] = {
        "risk_screen_on": clinic.today,
        "call_recorded_in": "mothers_record",
        "call_minutes_used": 40,
    }
    clinic.does(ref, "indicate_direct", **said, **more)
    assert clinic.running(ref) == {"form_due"}
    assert clinic.case(ref).answers["indication"] == "direct"
    return ref


def referred_and_accepted(clinic: Clinic, ref: str) -> None:
    clinic.after(6)
    there = clinic.case(ref).answers
    came = {name: value for name, value in form(clinic.today, **EXPECTED).items() if name not in there}
    clinic.does(ref, "receive_referral", **came)
    clinic.does(ref, "acknowledge", how_told="telephone")
    assert clinic.case(ref).gaps == ()  # an unborn baby needs no name
    clinic.does(ref, "pass_checks")
    clinic.after(3).does(ref, "accept_direct", rmg_on=clinic.today)
    clinic.does(ref, "tell_outcome", how_told="telephone")
    assert clinic.says(ref, "published_wait_over") == 85
    assert (clinic.state(ref), clinic.running(ref)) == (
        "waiting",
        {"wait_to_allocation", "wait_to_start", "total_time"},
    )
    assert clinic.flagged(ref) == {"birth_before_start"}


def born_while_waiting(clinic: Clinic, ref: str) -> None:
    """The wait goes on; the record of the baby begins; what belongs to a birth is asked after."""
    clinic.clock.set(DUE + timedelta(days=2))
    assert "birth_unrecorded" in clinic.flagged(ref)
    waited = clinic.counts(ref, "wait_to_allocation")
    future = clinic.refuses(ref, "record_birth", infant_dob=clinic.ahead(1), babies_born=1)
    assert future.keys() == {"date_in_future"}
    born = clinic.does(ref, "record_birth", infant_dob=BORN, babies_born=1, infant_name="Robin Birthday")
    (infant,) = clinic.followed(born, "infant")
    assert (clinic.state(infant), clinic.says(infant, "infant_name")) == ("born", "Robin Birthday")
    assert "birth_unrecorded" in born.cleared_flags
    assert clinic.counts(ref, "wait_to_allocation") == waited
    clinic.clock.set(BORN + timedelta(days=14))
    assert {"gp_recheck_after_birth", "record_location_after_birth"} <= clinic.flagged(ref)
    clinic.does(ref, "recheck_gp", gp_practice_code="B86047")
    there = {"record_holder": "infant", "record_system": "SystmOne", "written_there": "yes"}
    clinic.does(infant, "record_outside_record", **there)
    assert clinic.says(ref, "call_recorded_in") == "infants_record"
    assert clinic.says(infant, "gp_practice_code") == "B86047"
    assert clinic.after(1).flagged(ref) == {"wait_8_weeks"}


def assessed(clinic: Clinic, ref: str) -> None:
    """Two of three came at first; the ratings differ between those who look and the mother."""
    clinic.after(7).does(ref, "allocate", clinician="C. Clinician")
    clinic.does(
        ref, "book_appointment", appointment_on=clinic.ahead(3), setting="home", appointment_with="C. Clinician"
    )
    (booked,) = clinic.says(ref, "appointments")
    clinic.after(3)
    missing = clinic.refuses(ref, "first_contact", participants=[{"who": "infant", "attended": "no"}])
    assert missing.keys() == {"nobody_present"}
    missed_first = {"contact_outcome": "not_brought", "appointment": booked["number"], "why_missed": "Baby was unwell"}
    clinic.does(ref, "record_missed", **missed_first)
    clinic.after(4).does(ref, "first_contact", setting="home", participants=WITHOUT_HIM)
    assert clinic.running(ref) == set()
    clinic.does(ref, "rate", area="motivation", level="high", account="observer")
    clinic.does(ref, "rate", area="motivation", level="low", account="carer", rating_words="I am so tired")
    assert [area.differ for area in side_by_side(clinic.case(ref).answers)] == [False, True, False]
    unseen = clinic.refuses(ref, "finish_assessment", infant_voice="Turns away", observed_on=None)
    assert unseen.keys() == {"infant_not_observed"}
    seen = [{"tool": "infant_observation", "seen_on": clinic.today}]
    clinic.after(14).does(
        ref, "finish_assessment", observations=seen, observed_on=None, infant_voice="Turns to her voice"
    )
    assert clinic.running(ref) == {"formulation_due"}


def worked_with(clinic: Clinic, ref: str) -> None:
    plan = ["watch_me_play", "video_interaction_guidance"]
    early = clinic.refuses(ref, "offer_plan", interventions=["circle_of_security_parenting"])
    assert early.keys() == {"outside_age_window"}
    clinic.after(7).does(ref, "offer_plan", interventions=plan, hypothesis="She is afraid to hurt him")
    assert clinic.refuses(ref, "family_agrees", plan_shared="no").keys() == {"plan_not_shared"}
    clinic.after(3).does(ref, "family_agrees")
    clinic.does(ref, "set_goal", goal="To hold him without fear", goal_for="relationship")
    session = {"setting": "home", "participants": WITH_HIM}
    unfilmed = clinic.refuses(ref, "record_session", intervention="video_interaction_guidance", **session)
    assert unfilmed.keys() == {"filming_not_agreed"}
    clinic.does(ref, "record_session", intervention="watch_me_play", **session)
    agreed = {"consent_decision": "given", "consent_for": "filming", "consent_by": "The mother"}
    clinic.does(ref, "record_consent", consent_standing="parental_responsibility", **agreed)
    clinic.after(7).does(ref, "record_session", intervention="video_interaction_guidance", **session)
    clinic.does(ref, "rate_goal", goal_rating=8)
    answers = clinic.case(ref).answers
    assert (len(attended(answers)), fathers_came(answers), missed(answers)["not_brought"]) == (3, 2, 1)
    assert [one.ratings[0]["goal_rating"] for one in goals(answers)] == [8]
    assert set(sessions(answers)) == set(plan)


def ended(clinic: Clinic, ref: str) -> None:
    clinic.after(60).does(ref, "begin_ending", ending_with_family="yes")
    said = {"end_reason": "goals_met", "summary": "She holds him gladly", "infant_voice": "He laughs at her"}
    incomplete = clinic.refuses(ref, "discharge", **said, onward_services=None)
    assert incomplete.keys() == {"ending_incomplete"}
    clinic.after(14).does(ref, "discharge", **said, onward_services="Health visitor, children's centre")
    assert (clinic.state(ref), clinic.worklist(), clinic.running(ref)) == ("discharged", set(), set())
    assert clinic.night() == set()
    record = clinic.casework.whole(ref).referrals
    assert [clinic.state(reference) for reference in record] == ["born"]
