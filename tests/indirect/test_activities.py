"""Indirect work is counted by person and by attendance, without any patient record, and families are never in it."""

import json
from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from casework import Actor, Casework, StepRefused
from casework.change import LATEST
from casework.indirect import Session, counted, duty_calls, indirect_work
from tests.casework.families import ESSEX, LEEDS, Family, form
from tests.conftest import Actors, Clock
from tests.indirect.test_consultations import ASKED, HELD
from workflows.fields.activities import ACTIVITIES, FOR_FAMILIES, WITHOUT_A_CASE
from workflows.figures import Figure

TOLD = {"minutes": 60, "delivered_by": [{"staff": "Invented Clinician"}]}
PERSON = {"type": "professional", "name": "Invented Nurse", "organisation": "Invented Trust"}


def log(casework: Casework, actor: Actor, activity: str, on: date, **other: Any) -> str:
    attendees = [] if activity in (*FOR_FAMILIES, "advice_call", "strategic_advice") else [PERSON]
    data = {"activity": activity, "activity_on": on, **TOLD, "attendees": attendees, **other}
    return casework.open_case(LEEDS, "record_activity", actor, data, kind="activity").reference


def codes(casework: Casework, actor: Actor, activity: str, on: date, **other: Any) -> set[str]:
    with pytest.raises(StepRefused) as no:
        log(casework, actor, activity, on, **other)
    return {reason.code for reason in no.value.reasons}


def test_the_same_person_at_two_trainings_is_one_professional_and_two_attendances(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    again = {**PERSON, "name": "NURSE, Invented"}
    volunteer = {"type": "volunteer", "name": "Invented Friend", "organisation": "Invented Charity"}
    log(casework, actors.everyone, "training", clock.today, attendees=[PERSON, volunteer])
    log(casework, actors.everyone, "training", clock.today, attendees=[again, {"type": "student", "heads": 12}])
    found = indirect_work(casework, LEEDS, clock.today, clock.today)
    training = found.by_kind["training"]
    assert (training.sessions, len(training.people), training.attendances, training.heads) == (2, 2, 3, 12)
    assert training.by_type == {"professional": 2, "volunteer": 1, "student": 12}
    assert training.minutes == 120


def test_every_kind_of_activity_is_entered_without_a_patient_record(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    for activity in ACTIVITIES:
        log(casework, actors.everyone, activity, clock.today)
    found = indirect_work(casework, LEEDS, clock.today, clock.today)
    assert {kind: found.by_kind[kind].sessions for kind in ACTIVITIES} == dict.fromkeys(ACTIVITIES, 1)
    assert casework.worklist() == []


def test_an_entry_is_corrected_beside_what_it_said_and_one_made_in_error_is_in_no_count(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    ref = log(casework, actors.everyone, "training", clock.today)
    right = {"reason": "Two hours, not one.", "minutes": 120}
    casework.fire(ref, "correct_activity", actors.everyone, right, seen=LATEST)
    assert [event.data.get("minutes") for event in casework.history(ref)] == [60, 120]
    assert indirect_work(casework, LEEDS, clock.today, clock.today).whole.minutes == 120
    casework.fire(ref, "void", actors.everyone, {"reason": "Entered twice."}, seen=LATEST)
    assert indirect_work(casework, LEEDS, clock.today, clock.today).whole.sessions == 0


def test_an_offer_without_any_uptake_is_still_an_offer(casework: Casework, clock: Clock, actors: Actors) -> None:
    for kind, offered in (("training", 1), ("outreach", 0)):
        casework.nights.enter(LEEDS, Figure(f"offers.{kind}", offered, "agreed", clock.today), by="the manager")
    found = indirect_work(casework, LEEDS, clock.today, clock.today)
    said = (found.offered["training"], found.offered["outreach"], found.offered["core_group"])
    assert said == (True, False, None)
    assert found.offered["interface_meeting"] is True, "the document of Leeds names them"
    casework.nights.enter(LEEDS, Figure("offers.interface_meeting", 0, "agreed", clock.today), by="the manager")
    assert indirect_work(casework, LEEDS, clock.today, clock.today).offered["interface_meeting"] is False
    assert found.by_kind["training"].sessions == 0


def test_an_estimate_of_children_stands_apart_and_says_what_it_assumes(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    today = clock.today
    assert codes(casework, actors.everyone, "training", today, children_estimated=25_000) == {"assumption_missing"}
    assumed = "A health visitor sees 250 children a year."
    log(casework, actors.everyone, "training", today, children_estimated=25_000, assumption=assumed)
    whole = indirect_work(casework, LEEDS, today, today).whole
    assert (whole.children_estimated, whole.assumptions) == (25_000, [assumed])
    assert len(whole.people) == 1


def test_what_an_entry_may_not_say_is_refused(casework: Casework, clock: Clock, actors: Actors) -> None:
    def no(activity: str = "training", on: date = clock.today, **other: Any) -> set[str]:
        return codes(casework, actors.everyone, activity, on, **other)

    assert no(attendees=[]) == {"attendees_missing"}
    assert no(attendees=[{"type": "professional"}]) == {"attendee_unclear"}
    assert no(attendees=[{**PERSON, "heads": 3}]) == {"attendee_unclear"}
    assert no(attendees=[{"type": "professional", "name": "Invented Nurse"}]) == {"attendee_unclear"}
    assert no(families=4) == {"families_not_counted"}
    assert no(on=clock.today + timedelta(days=1)) == {"date_in_future"}
    assert no("advice_call", family_named="yes") == {"family_named_without_consent"}
    assert no("advice_call", infant_name="Baby Test") == {"unknown_field"}


def test_duty_calls_are_counted_for_what_they_are_and_each_once(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    """Peers feature 11: five entries of one morning."""
    clock.advance(days=-10)
    known = Family(casework, clock, actors.everyone).opens(LEEDS, "receive_referral", **form(clock.today))
    for step in ("pass_checks", "accept_direct", "allocate", "first_contact"):
        known.does(step)
    clock.advance(days=10)
    today = clock.today
    advice = log(casework, actors.everyone, "advice_call", today)
    about = log(casework, actors.everyone, "advice_call", today, referral=known.case.reference)
    known.does("record_contact", setting="telephone")
    became = Family(casework, clock, actors.everyone).opens(LEEDS, "take_call", **form(today, duty_call_on=None))
    became.does("receive_referral", **form(today, duty_call_on=None, infant_name=None, carer_name=None))
    known.does("add_note", note="Wrote the summary up.")
    found = duty_calls(casework, LEEDS, today, today)
    assert (found.advice_only, found.about_a_case) == ((advice,), (about,))
    assert found.care_contacts == (known.case.reference,)
    assert found.referrals == (became.case.reference,)
    assert codes(casework, actors.everyone, "advice_call", today, family_named="yes") == {
        "family_named_without_consent"
    }


def test_advice_about_a_referral_without_consent_is_refused(casework: Casework, clock: Clock, actors: Actors) -> None:
    silent = casework.open_case(
        LEEDS, "receive_referral", actors.everyone, form(clock.today, consent_on=None)
    ).reference
    found = codes(casework, actors.everyone, "advice_call", clock.today, referral=silent)
    assert found == {"family_named_without_consent"}


def test_consultations_are_counted_as_sessions_and_as_people_with_the_rest(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    for _ in range(2):
        ref = casework.open_case(ESSEX, "request_consultation", actors.everyone, ASKED, kind="consultation").reference
        casework.fire(ref, "hold_meeting", actors.everyone, HELD, seen=LATEST)
    found = indirect_work(casework, ESSEX, clock.today, clock.today).by_kind["consultation"]
    assert (found.sessions, found.minutes, len(found.people), found.attendances, found.heads) == (2, 180, 1, 2, 4)


def test_no_name_of_a_professional_stands_in_the_log(
    casework: Casework, clock: Clock, actors: Actors, log_lines: list[Any]
) -> None:
    log(casework, actors.everyone, "training", clock.today, topic="Canary topic")
    codes(casework, actors.everyone, "training", clock.today, attendees=[{**PERSON, "heads": 3}])
    assert log_lines
    assert not any(word in json.dumps(log_lines, default=str) for word in ("Invented Nurse", "Canary topic"))


@pytest.mark.parametrize("number", [300, pytest.param(5_000, marks=pytest.mark.long)])
def test_the_counts_are_those_that_one_makes_by_hand(number: int) -> None:
    seed = Random().randrange(2**32)
    print(f"seed {seed}")
    random = Random(seed)
    for _ in range(number):
        sessions = [_session(random, n) for n in range(random.randint(0, 9))]
        for kind, found in counted(sessions).items():
            of_it = [s for s in sessions if s.kind == kind]
            named = [a["name"].lower() for s in of_it for a in s.attendees if "name" in a]
            heads = [a["heads"] for s in of_it for a in s.attendees if "heads" in a]
            types = Counter[str]()
            for a in (a for s in of_it for a in s.attendees):
                types[a["type"]] += a.get("heads", 1)
            assert (found.sessions, found.minutes) == (len(of_it), sum(s.minutes for s in of_it))
            assert (len(found.people), found.attendances, found.heads) == (len(set(named)), len(named), sum(heads))
            assert found.by_type == dict(types)


def _session(random: Random, n: int) -> Session:
    def attendee() -> dict[str, Any]:
        kind = random.choice(("professional", "volunteer", "student"))
        if random.random() < 0.3:
            return {"type": kind, "heads": random.randint(1, 20)}
        return {"type": kind, "name": random.choice(("Ann A", "ANN a", "Bo B", "Cy C")), "organisation": "Trust"}

    came = tuple(attendee() for _ in range(random.randint(0, 5)))
    return Session(random.choice(WITHOUT_A_CASE[:4]), date(2026, 1, 1), f"A-{n}", random.randint(1, 90), came)
