"""Help that no family is named in: an anonymous call, a training day, a consultation. Counted, and about nobody."""

from casework import Asked
from casework.indirect import duty_calls, indirect_work
from tests.casework.families import ESSEX
from tests.journeys.clinic import Clinic

GAVE = [{"staff": "C. Clinician"}]
HEALTH_VISITOR = {"type": "professional", "name": "Hal Visitor", "organisation": "Community trust"}


def test_help_is_counted_by_people_and_attendances_and_no_family_is_in_it(clinic: Clinic) -> None:
    clinic.service = ESSEX
    call = anonymous_advice(clinic)
    training_day(clinic)
    consultation(clinic)
    counted(clinic, call)
    assert clinic.casework.worklist(Asked(clinic.today)) == []
    assert clinic.after(1).night() == set()
    clinic.ends_well()


def anonymous_advice(clinic: Clinic) -> str:
    """Nothing there asks for a family, and whoever says that one was named is sent to where that belongs."""
    asked = {"activity": "advice_call", "activity_on": clinic.today, "minutes": 25, "delivered_by": GAVE}
    named = clinic.refuses_to_open("record_activity", "activity", **asked, family_named="yes")
    assert "names no family" in named["family_named_without_consent"]
    no_place = clinic.refuses_to_open("record_activity", "activity", **asked, infant_name="Baby Nobody")
    assert no_place.keys() == {"unknown_field"}
    return clinic.opens("record_activity", "activity", **asked, topic="A baby who will not feed", family_named="no")


def training_day(clinic: Clinic) -> None:
    day = {"activity": "training", "activity_on": clinic.today, "minutes": 360, "delivered_by": GAVE}
    assert clinic.refuses_to_open("record_activity", "activity", **day).keys() == {"attendees_missing"}
    nameless = [{"type": "student", "heads": 12}]
    clinic.opens("record_activity", "activity", **day, attendees=[HEALTH_VISITOR, *nameless])
    second = clinic.opens("record_activity", "activity", **{**day, "minutes": 30}, attendees=[HEALTH_VISITOR])
    clinic.does(second, "correct_activity", minutes=180, reason="It was half a day")
    slip = clinic.opens("record_activity", "activity", **day, attendees=nameless)
    clinic.does(slip, "void", reason="Entered twice")


def consultation(clinic: Clinic) -> None:
    asked = {"origin": "none", "purpose": "How to think about twins on a ward", "for_role": "paediatrician"}
    ref = clinic.opens("request_consultation", "consultation", **asked, for_name="Dr Rowan", family_named="no")
    clinic.does(ref, "book_consultation", booked_for=clinic.ahead(7), facilitator="C. Clinician", planned_minutes=90)
    came = [{**HEALTH_VISITOR, "role": "Health visitor"}, {"type": "professional", "heads": 3, "role": "Nurses"}]
    held = {
        "attendees": came,
        "minutes": 80,
        "facilitator": "C. Clinician",
        "risks": "None",
        "infant_voice": "Two voices",
    }
    clinic.after(7).does(ref, "hold_meeting", **held)
    assert clinic.running(ref) == {"summary"}
    sent = [{"role": "Paediatrician", "name": "Dr Rowan"}]
    clinic.does(ref, "send_summary", summary="Thought of each by itself", recommendations="Name each", recipients=sent)
    assert (clinic.state(ref), clinic.running(ref)) == ("summary_sent", set())


def counted(clinic: Clinic, call: str) -> None:
    work = indirect_work(clinic.casework, ESSEX, clinic.ahead(-30), clinic.today)
    training = work.by_kind["training"]
    assert (training.sessions, training.minutes, training.attendances, training.heads) == (2, 540, 2, 12)
    assert len(training.people) == 1
    assert (work.whole.sessions, len(work.whole.people), work.whole.heads) == (4, 1, 15)
    calls = duty_calls(clinic.casework, ESSEX, clinic.ahead(-30), clinic.today)
    assert (calls.advice_only, calls.about_a_case, calls.referrals) == ((call,), (), ())
