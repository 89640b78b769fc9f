"""A third service that is a document and no code: pre-birth priority, a joint visit, the referrer at the meeting."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from casework.cadence import due, next_meeting
from casework.meetings import minutes, who_sits_in
from tests.casework.families import form
from tests.journeys.clinic import Clinic
from tests.services.documents import THIRD, added
from workflows import Role

SERVICE = "third-service"
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def third_service() -> Iterator[None]:
    """Set up before the database, so that its cases are held to their rules while the service is there."""
    with added(THIRD):
        yield


def test_a_pregnancy_goes_first_through_a_triage_of_several_services_and_is_visited_jointly(clinic: Clinic) -> None:
    clinic.service = SERVICE
    ref = before_birth(clinic)
    triaged(clinic, ref)
    visited(clinic, ref)
    clinic.ends_well()


def test_triage_twice_a_week_goes_by_its_weekdays_and_a_meeting_that_nobody_held_is_told(clinic: Clinic) -> None:
    clinic.service = SERVICE
    monday, thursday = clinic.today, clinic.ahead(3)
    held(clinic)
    assert next_meeting(clinic.casework, SERVICE) is None  # one meeting does not say on which days it meets
    clinic.after(3)
    held(clinic)
    assert next_meeting(clinic.casework, SERVICE) == monday + WEEK
    clinic.opens("plan_meeting", "meeting", meeting_on=monday + WEEK, meeting_kind="triage")
    assert next_meeting(clinic.casework, SERVICE) == thursday + WEEK
    ref = clinic.opens("receive_referral", **form(clinic.today, duty_call_on=None, lives_in_area="yes"))
    clinic.does(ref, "pass_checks")
    assert clinic.after(5).flagged(ref) == set()
    assert clinic.after(1).flagged(ref) == {"not_listed_for_forum"}  # two a week are at most six days apart
    (told,) = due(clinic.casework, SERVICE)
    assert (told.last, told.missed, len(told.not_begun)) == (thursday, (monday + WEEK,), 1)
    clinic.ends_well()


def test_the_services_that_sit_in_the_triage_stand_in_its_document(clinic: Clinic) -> None:
    assert who_sits_in(SERVICE, "triage", clinic.today)[1:] == ("perinatal mental health",)
    assert who_sits_in(SERVICE, "formulation", clinic.today) == ()


def held(clinic: Clinic) -> None:
    meeting = clinic.opens("plan_meeting", "meeting", meeting_on=clinic.today, meeting_kind="triage")
    clinic.does(meeting, "start_meeting", attendees=[{"who": "Ann"}])
    clinic.does(meeting, "close_meeting")


def before_birth(clinic: Clinic) -> str:
    due = {"infant_name": None, "infant_dob": None, "expected_due_date": clinic.ahead(50)}
    own = form(clinic.today, **due, duty_call_on=None, referrer_role="family", lives_in_area="yes")
    herself = clinic.refuses_to_open("receive_referral", **own)
    assert "social worker or health visitor" in herself["self_referral_not_taken"]
    ref = clinic.opens("receive_referral", **{**own, "referrer_role": "social_worker"})
    clinic.does(ref, "pass_checks")
    other = clinic.refuses(ref, "give_priority", priority="other")
    assert "pre birth assessment" in other["priority_not_given"]
    clinic.does(ref, "give_priority", priority="pre_birth_assessment")
    return ref


def triaged(clinic: Clinic, ref: str) -> None:
    clinic.after(2).does(ref, "invite_referrer", how_told="telephone")
    sits = [{"service": "Perinatal mental health"}, {"service": "Maternity psychology"}]
    met = clinic.opens(
        "plan_meeting", "meeting", meeting_on=clinic.today, meeting_kind="triage", meets_with=sits, meeting_at="10:00"
    )
    clinic.does(met, "list_referral", referral=ref)
    came = [
        {"who": "Ann", "role": "Psychologist"},
        {"who": "Bea", "service": "Perinatal mental health"},
        {"who": "Wil", "role": "Social worker", "is_referrer": "yes"},
    ]
    clinic.does(met, "start_meeting", attendees=came)
    clinic.does(ref, "accept_assessment", Role.LEAD, meeting=met)  # stands in for the chair, as its document says
    told = minutes(clinic.casework, met)
    ((_, (minute,)),) = told.by_item
    assert (minute.there, [person.who for person in told.people if person.is_referrer]) == (2, ["Wil"])
    assert told.agenda.meets_with == ("Perinatal mental health", "Maternity psychology")
    assert told.absent == ("Maternity psychology",)
    clinic.does(met, "close_meeting")
    clinic.does(ref, "tell_outcome", how_told="telephone")


def visited(clinic: Clinic, ref: str) -> None:
    clinic.after(3).does(ref, "allocate", clinician="A. Psychologist")
    clinic.does(ref, "plan_joint_visit", joint_visit_on=clinic.ahead(2), joint_visit_with="Wil, the social worker")
    clinic.after(2)
    people = [{"who": "focus_carer", "attended": "yes"}, {"who": "professional", "attended": "yes", "named": "Wil"}]
    clinic.does(ref, "first_contact", setting="home", participants=people)
    clinic.after(40).does(ref, "record_birth", infant_dob=clinic.today, babies_born=1, infant_name="Thea Third")
    unseen = {"infant_voice": None, "observed_on": None, "infant_observed": "no"}
    assert clinic.refuses(ref, "finish_assessment", **unseen).keys() == {"reason_missing"}
    seen = clinic.after(10).ahead(0)
    clinic.does(ref, "finish_assessment", observed_on=seen, infant_voice="Calms in her arms")
    answers = clinic.case(ref).answers
    assert (answers["priority"], answers["accepted_for"]) == ("pre_birth_assessment", "assessment")
    assert clinic.flagged(ref) == set()  # its document gives no figure but how often it meets
    assert {event.pathway for event in clinic.casework.history(ref)} == {"third-service@1"}
