"""Appointments, contacts and sessions: who was there, what was missed, and what the counts say."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import LATEST, Casework, StepRefused
from casework.work import (
    attended,
    band,
    by_person,
    fathers_came,
    film_cycles,
    missed,
    missed_in_a_row,
    sessions,
    silence,
    why_absent,
)
from tests.casework.families import LEEDS as LEEDS_KEY
from tests.conftest import Actors, Clock
from tests.work.scene import (
    AT_WORK_HE_WAS,
    CARER,
    FATHER,
    INFANT,
    TO_ALLOCATED,
    TO_ASSESSMENT,
    TO_INTERVENTION,
    family_in,
    led_to,
)
from tests.workflows.paths import TODAY, after_step, after_steps, refused
from workflows import Role
from workflows.fields.work import MISSED, WHO

BABY_ALONE_ABSENT = {"who": "infant", "attended": "no"}


# Who was there


@pytest.mark.parametrize("people", [[BABY_ALONE_ABSENT], [BABY_ALONE_ABSENT, AT_WORK_HE_WAS]])
@pytest.mark.parametrize(
    ("steps", "trigger"),
    [(TO_ALLOCATED, "first_contact"), (TO_ASSESSMENT, "record_contact"), (TO_INTERVENTION, "record_session")],
)
def test_x4_13_a_session_at_which_nobody_was_present_was_none(
    steps: tuple[str, ...], trigger: str, people: list[Any]
) -> None:
    assert set(refused(led_to(steps), trigger, participants=people)) == {"nobody_present"}
    assert refused(led_to(steps), trigger, participants=[*people, CARER]) == {}
    assert "answer_missing" in refused(led_to(steps), trigger, participants=None)


def test_a_parent_may_be_seen_alone_inside_a_dyadic_case() -> None:
    alone = after_step(led_to(TO_ASSESSMENT), "record_contact", participants=[CARER, BABY_ALONE_ABSENT])
    assert by_person(alone.answers) == Counter(infant=1, focus_carer=1)


def test_a_participant_may_be_a_record_that_is_there(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = family_in(casework, clock, actors.everyone, TO_ALLOCATED)
    somebody = [CARER, {"who": "father", "attended": "yes", "carer": "P-nobody"}]
    with pytest.raises(StepRefused) as no:
        family.does("first_contact", participants=somebody)
    assert [(r.code, r.fields) for r in no.value.reasons] == [("unknown_record", ("participants",))]
    assert family.case.state == "allocated"


# Appointments


def test_an_appointment_is_open_until_it_was_kept_or_missed(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = family_in(casework, clock, actors.everyone, TO_ALLOCATED)
    first, second, third = (
        family.does("book_appointment", appointment_on=clock.today + timedelta(days=n)).version for n in (7, 14, 21)
    )
    assert [a["number"] for a in family.case.answers["appointments"]] == [first, second, third]
    clock.advance(7)
    family.does("first_contact", appointment=first)
    clock.advance(7)
    family.does("record_missed", contact_outcome="not_brought", appointment=second, why_missed="He was ill.")
    with pytest.raises(StepRefused) as no:
        family.does("record_contact", appointment=second)
    assert [r.code for r in no.value.reasons] == ["no_such_entry"]
    family.does("record_contact")
    assert [a["number"] for a in family.case.answers["appointments"]] == [third]
    assert missed(family.case.answers) == {"not_brought": 1}
    assert len(attended(family.case.answers)) == 2
    assert casework.replay(family.id)[1] == ()


def test_not_brought_is_not_the_same_as_not_come_and_moves_nobody(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = family_in(casework, clock, actors.everyone, TO_ASSESSMENT)
    met = clock.today
    for outcome in MISSED:
        clock.advance(7)
        assert family.does("record_missed", contact_outcome=outcome).state == "assessment"
    answers = family.case.answers
    assert missed(answers) == dict.fromkeys(MISSED, 1)
    assert missed_in_a_row(answers) == 3, "what the service itself cancelled is no sign of the family"
    assert (answers["contact_on"], silence(answers, clock.today)) == (met, 28)
    family.does("record_contact")
    assert (missed_in_a_row(family.case.answers), silence(family.case.answers, clock.today)) == (0, 0)


def test_a_missed_contact_is_recorded_from_waiting_to_ending_also_on_hold() -> None:
    held = after_step(led_to(TO_ASSESSMENT), "place_hold")
    assert refused(held, "record_missed") == {}
    assert refused(held, "record_contact") == {}
    assert set(refused(held, "book_appointment")) == {"on_hold"}
    assert refused(led_to(TO_ALLOCATED[:-1]), "record_missed") == {}


def test_an_administrator_books_and_does_not_say_who_came(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = family_in(casework, clock, actors.everyone, TO_ASSESSMENT)
    family.does("book_appointment", by=actors[Role.ADMINISTRATOR])
    with pytest.raises(StepRefused) as no:
        family.does("record_contact", by=actors[Role.ADMINISTRATOR])
    assert [r.code for r in no.value.reasons] == ["not_your_step"]


# Counts


def test_a_father_is_counted_when_he_came_as_himself_or_as_the_carer_of_focus() -> None:
    mothers = after_steps(led_to(TO_ASSESSMENT))
    for people in ([CARER, INFANT], [CARER, FATHER], [CARER, AT_WORK_HE_WAS], [FATHER, FATHER]):
        mothers = after_step(mothers, "record_contact", participants=people)
    assert fathers_came(mothers.answers) == 2
    assert by_person(mothers.answers)["father"] == 3
    assert why_absent(mothers.answers, "father") == {"at_work": 1}
    his = led_to(TO_ASSESSMENT, carer_relationship="father")
    his = after_step(his, "record_contact", participants=[CARER, INFANT])
    assert fathers_came(his.answers) == 1


def test_sessions_are_counted_of_those_that_were_planned() -> None:
    case = led_to((*TO_INTERVENTION[:6], "offer_plan"), infant_dob=TODAY - timedelta(days=300))
    case.answers["interventions"] = ["circle_of_security_parenting", "watch_me_play"]
    case = after_step(case, "family_agrees")
    for number in range(1, 6):
        case = after_step(case, "record_session", intervention="circle_of_security_parenting", session_number=number)
    case = after_step(case, "record_session")
    assert sessions(case.answers) == {"circle_of_security_parenting": "5 of 8 sessions", "watch_me_play": "1 session"}
    assert [e["session_number"] for e in attended(case.answers, "circle_of_security_parenting")] == [1, 2, 3, 4, 5]
    assert band(case.answers) == "3 to 10"


PEOPLE = st.lists(st.tuples(st.sampled_from(WHO), st.booleans()), min_size=1, max_size=4)
CONTACTS = st.lists(
    st.tuples(st.integers(0, 20), st.one_of(st.sampled_from(MISSED), PEOPLE), st.booleans()), max_size=14
)


@given(CONTACTS)
def test_the_counts_are_those_of_somebody_who_counts_on_paper(contacts: list[tuple[int, Any, bool]]) -> None:
    kept: list[dict[str, Any]] = []
    for number, (day, what, clips) in enumerate(contacts):
        entry: dict[str, Any] = {"number": number, "on": TODAY + timedelta(days=day)}
        if isinstance(what, str):
            kept.append(entry | {"contact_outcome": what})
        else:
            people = [{"who": who, "attended": "yes" if came else "no"} for who, came in what]
            kept.append(entry | {"participants": people, "clips_watched": "yes" if clips else "no"})
    answers: dict[str, object] = {"contacts": kept} if kept else {}
    held = [(w, c) for _, w, c in contacts if not isinstance(w, str) and any(came for _, came in w)]
    assert len(attended(answers)) == len(held)
    assert film_cycles(answers) == sum(clips for _, clips in held)
    assert fathers_came(answers) == sum(("father", True) in people for people, _ in held)
    assert by_person(answers) == Counter(who for people, _ in held for who, came in people if came)
    assert missed(answers) == Counter(what for _, what, _ in contacts if isinstance(what, str))
    assert band(answers) == ("fewer than 3", "3 to 10", "more than 10")[(len(held) > 2) + (len(held) > 10)]
    in_order = sorted(kept, key=lambda e: (e["on"], e["number"]))
    run = 0
    for entry in in_order:
        if "contact_outcome" not in entry:
            run = 0
        elif entry["contact_outcome"] != "cancelled_by_service":
            run += 1
    assert missed_in_a_row(answers) == run


def test_silence_is_asked_after_by_the_last_contact_that_was_one(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = family_in(casework, clock, actors.everyone, TO_ASSESSMENT)
    clock.advance(10)
    receipt = casework.fire(
        family.id, "record_missed", actors.everyone, {"contact_outcome": "did_not_attend"}, seen=LATEST
    )
    assert receipt.state == "assessment"
    assert casework.case(family.id).days["contact"] == date(2026, 3, 2)
    assert casework.case(family.id).service == LEEDS_KEY
