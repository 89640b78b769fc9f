"""The group meets: its agenda, who is in the room, what it may decide, and the minute that stays."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework import Casework, StepRefused
from casework.cadence import due, next_meeting
from casework.meetings import agenda, before_the_group, meetings, minutes
from tests.casework.families import ESSEX, LEEDS, VOICE, Family, brought_to, form, referred
from tests.conftest import Actors, Clock
from tests.meetings.scene import CHAIR, DECLINED, SECOND, THIRD, Scene
from workflows import Role
from workflows.attendance import people_at, quorum_at

ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
WAIT = "wait_to_allocation"


def test_an_agenda_of_ten_a_late_case_nine_decisions_and_one_that_the_quorum_stops(
    casework: Casework, clock: Clock, scene: Scene
) -> None:
    """The panel of peers feature 14."""
    scene.enters("caseload_per_wte", 1)
    full = scene.staff("clin-01")
    held = scene.waiting()
    scene.does(scene.reference(held), "allocate", clinician=full)
    scene.enters("quorum", 3)
    ten = [scene.before_the_group() for _ in range(10)]
    late = scene.before_the_group()
    meeting = scene.meeting(*ten)
    scene.does(meeting, "freeze_agenda")
    assert "answer_missing" in scene.refused(meeting, "list_referral", referral=scene.reference(late))
    scene.does(meeting, "list_referral", referral=scene.reference(late), late_reason="Waiting would harm.")
    scene.begins(meeting)
    day = clock.today
    for number, family in enumerate(ten[:9]):
        outcome = "accept_direct" if number % 2 else "decline"
        said = {"reason": f"Reason {number}."} if outcome == "accept_direct" else DECLINED
        family.does(outcome, rmg_on=day, meeting=meeting, **said)
    scene.does(meeting, "depart", who=THIRD["who"])
    before = {f.id: f.case.clocks for f in (*ten, late, held)}
    no = scene.refused(scene.reference(ten[9]), "accept_direct", rmg_on=day, reason="Agreed.", **VOICE, meeting=meeting)
    assert no.keys() == {"no_quorum"}
    assert no["no_quorum"].sentence.startswith("2 of the 3 people")
    scene.does(meeting, "close_meeting")

    told = minutes(casework, meeting)
    assert [item.late for item, _ in told.by_item] == [None] * 10 + ["Waiting would harm."]
    decided = [told_of for _, told_of in told.by_item if told_of]
    assert len(decided) == 9
    assert {(m.author, m.role, m.there) for (m,) in decided} == {("everyone", "forum_chair", 3)}
    assert decided[1][0].reasons == (("reason", "Reason 1."),)
    assert ("closure_reason", "lower_level_of_need") in decided[0][0].reasons
    assert told.by_item[9][1] == told.by_item[10][1] == ()

    assert scene.refused(scene.reference(ten[1]), "allocate", clinician=full).keys() == {"clinician_full"}
    assert {f.id: f.case.clocks for f in (*ten, late, held)} == before
    scene.does(scene.reference(ten[1]), "allocate", clinician=full, override_reason="She knows the family.")


def test_until_a_quorum_is_entered_the_date_of_the_meeting_is_enough_and_from_then_on_the_meeting_itself(
    clock: Clock, scene: Scene
) -> None:
    first, second = scene.before_the_group(), scene.before_the_group()
    first.does("accept_direct")
    scene.enters("quorum", 2)
    no = scene.refused(scene.reference(second), "decline", rmg_on=clock.today, **DECLINED)
    assert no.keys() == {"meeting_missing"}
    assert "at least 2 people" in no["meeting_missing"].sentence
    scene.enters("quorum", None)
    second.does("decline", **DECLINED)


@ONE
def test_a_decision_names_a_meeting_that_was_held_that_day_with_the_referral_on_its_agenda(
    clock: Clock, scene: Scene
) -> None:
    family, other = scene.before_the_group(), scene.before_the_group()
    asked: dict[str, Any] = {"rmg_on": clock.today, "reason": "Agreed.", **VOICE}

    def why(meeting: str) -> set[str]:
        return set(scene.refused(scene.reference(family), "accept_direct", **asked, meeting=meeting))

    planned = scene.meeting(family)
    assert why(planned) == {"meeting_not_held"}
    scene.does(planned, "cancel_meeting", reason="Snow.")
    assert why(planned) == {"meeting_not_held"}
    assert why("M-nowhere") == {"unknown_record"}
    assert why(scene.begins(scene.meeting(other))) == {"not_on_agenda"}
    sits = scene.begins(scene.meeting(family))
    clock.advance(1)
    asked["rmg_on"] = clock.today
    assert why(sits) == {"other_day"}
    asked["rmg_on"] = clock.today - timedelta(days=1)
    assert why(sits) == set()


@ONE
def test_after_the_meeting_only_an_item_that_was_taken_up_is_decided_by_those_who_were_there_then(
    clock: Clock, scene: Scene
) -> None:
    scene.enters("quorum", 3)
    taken, untouched, alone = (scene.before_the_group() for _ in range(3))
    meeting = scene.begins(scene.meeting(taken, untouched, alone))
    numbers = [item.number for item in agenda(scene.casework, meeting).items]
    scene.does(meeting, "take_item", item=numbers[0])
    scene.does(meeting, "depart", who=SECOND["who"])
    scene.does(meeting, "take_item", item=numbers[2])
    assert scene.refused(meeting, "take_item", item=999).keys() == {"no_such_item"}
    scene.does(meeting, "close_meeting")
    said: dict[str, Any] = {"rmg_on": clock.today, "reason": "Agreed.", **VOICE, "meeting": meeting}
    assert scene.refused(scene.reference(untouched), "accept_direct", **said).keys() == {"not_discussed"}
    assert scene.refused(scene.reference(alone), "accept_direct", **said).keys() == {"no_quorum"}
    scene.does(scene.reference(taken), "accept_direct", **said)
    ((_, (minute,)), *_) = minutes(scene.casework, meeting).by_item
    assert (minute.decision, minute.there) == ("accept_direct", 3)


@ONE
def test_a_referrer_who_came_is_in_the_minutes_and_does_not_decide(clock: Clock, scene: Scene) -> None:
    scene.enters("quorum", 2)
    family = scene.before_the_group()
    guest = {"who": "Invented Midwife", "role": "midwife", "service": "City Hospital", "is_referrer": "yes"}
    meeting = scene.begins(scene.meeting(family), CHAIR, guest)
    said: dict[str, Any] = {"rmg_on": clock.today, "reason": "Agreed.", **VOICE, "meeting": meeting}
    assert scene.refused(scene.reference(family), "accept_direct", **said).keys() == {"no_quorum"}
    scene.does(meeting, "arrive", who="Invented Lead")
    scene.does(scene.reference(family), "accept_direct", **said)
    present = minutes(scene.casework, meeting).people
    assert [(p.who, p.is_referrer, p.came_late) for p in present] == [
        ("Invented Chair", False, False), ("Invented Midwife", True, False), ("Invented Lead", False, True),
    ]  # fmt: skip


@ONE
def test_a_minute_follows_from_the_decision_and_is_never_written_or_struck_out_by_hand(
    clock: Clock, scene: Scene
) -> None:
    family = scene.before_the_group()
    meeting = scene.begins(scene.meeting(family))
    ref = scene.reference(family)
    assert scene.refused(meeting, "note_decision", referral=ref, decision="decline").keys() == {"follows_only"}
    receipt = scene.does(ref, "decline", rmg_on=clock.today, meeting=meeting, **DECLINED)
    assert [(followed.kind, followed.trigger) for followed in receipt.also] == [("meeting", "note_decision")]
    (item,) = agenda(scene.casework, meeting).items
    gone = scene.refused(meeting, "remove_referral", item=item.number, reason="A slip.")
    assert gone.keys() == {"already_decided"}


@ONE
def test_the_second_deferral_is_the_clinical_leads(actors: Actors, clock: Clock, scene: Scene) -> None:
    family = scene.before_the_group()
    ref = scene.reference(family)
    asked: dict[str, Any] = {"rmg_on": clock.today, "reason": "The midwife is away."}
    scene.does(ref, "defer", by=actors[Role.CHAIR], **asked)
    no = scene.refused(ref, "defer", by=actors[Role.CHAIR], **asked)
    assert no["deferred_before"].who == (Role.LEAD,)
    scene.does(ref, "defer", by=actors[Role.LEAD], **asked)
    scene.does(ref, "accept_direct", **asked, **VOICE)
    clock.advance(1)
    scene.does(ref, "bring_back", reason="The parents separated.")
    scene.does(ref, "defer", by=actors[Role.CHAIR], **{**asked, "rmg_on": clock.today})


@ONE
def test_where_the_service_rates_first_no_outcome_is_decided_before_both_risks_are_rated(
    clock: Clock, scene: Scene
) -> None:
    scene.enters("triage_first", 1)
    family = scene.before_the_group()
    ref = scene.reference(family)
    assert scene.refused(ref, "accept_direct", rmg_on=clock.today, reason="Yes.", **VOICE).keys() == {"not_rated"}
    voice = "He is silent."
    refused = scene.refused(ref, "triage_rate", relational_risk="high", infant_voice=voice)
    assert refused.keys() == {"answer_missing"}
    scene.does(ref, "defer", rmg_on=clock.today, reason="More people are needed.")
    network = [{"role": "health visitor", "organisation": "City", "support": "weekly visits"}]
    scene.does(ref, "triage_rate", relational_risk="high", safeguarding_risk="low", network=network, infant_voice=voice)
    assert family.case.answers["triage_ratings"][0]["network"] == network
    scene.does(ref, "accept_direct", rmg_on=clock.today, reason="Yes.")
    clock.advance(1)
    scene.does(ref, "bring_back", reason="The parents separated.")
    assert scene.refused(ref, "accept_direct", rmg_on=clock.today, reason="Yes.", **VOICE).keys() == {"not_rated"}


@ONE
def test_what_the_rating_said_of_the_baby_stands_for_the_decision_of_that_triage_and_what_the_call_said_for_none(
    clock: Clock, scene: Scene
) -> None:
    family = Family(scene.casework, clock, scene.actor).opens(LEEDS, "take_call", **form(clock.today))
    family.does("indicate_direct", call_infant_telling="He turns away.", **VOICE)
    brought_to(family, "receive_referral", "pass_checks")
    ref = scene.reference(family)
    decides: dict[str, Any] = {"rmg_on": clock.today, "reason": "Yes."}
    assert scene.refused(ref, "accept_direct", **decides).keys() == {"infant_voice_missing"}
    unseen: dict[str, Any] = {"infant_observed": "no", "not_observed_because": "Nobody of the group has met him."}
    scene.does(ref, "triage_rate", relational_risk="high", safeguarding_risk="low", **unseen)
    scene.does(ref, "accept_direct", **decides)
    clock.advance(1)
    scene.does(ref, "bring_back", reason="The parents separated.")
    decides["rmg_on"] = clock.today
    assert scene.refused(ref, "accept_direct", **decides).keys() == {"infant_voice_missing"}
    scene.does(ref, "accept_direct", **decides, **VOICE)


@ONE
def test_a_referral_that_is_not_before_the_group_or_stands_there_already_is_not_listed(scene: Scene) -> None:
    family, at_the_door = scene.before_the_group(), referred(scene.casework, scene.clock, scene.actor)
    meeting = scene.meeting(family)
    again = scene.refused(meeting, "list_referral", referral=scene.reference(family))
    assert again.keys() == {"already_listed"}
    early = scene.refused(meeting, "list_referral", referral=at_the_door.case.reference)
    assert early.keys() == {"not_before_the_group"}
    (item,) = agenda(scene.casework, meeting).items
    scene.does(meeting, "remove_referral", item=item.number, reason="Listed twice.")
    assert scene.refused(meeting, "remove_referral", item=item.number, reason="Again.").keys() == {"no_such_entry"}
    assert before_the_group(scene.casework, LEEDS) == [scene.reference(family)]


@ONE
def test_a_meeting_begins_on_its_day_with_each_person_named_once(clock: Clock, scene: Scene) -> None:
    meeting = scene.meeting(on=clock.today + timedelta(days=1))
    assert scene.refused(meeting, "start_meeting", attendees=[CHAIR]).keys() == {"other_day"}
    clock.advance(1)
    assert scene.refused(meeting, "start_meeting", attendees=[CHAIR, CHAIR]).keys() == {"named_twice"}
    unknown = [{"who": "Invented Chair", "staff": "S-nobody"}]
    assert scene.refused(meeting, "start_meeting", attendees=unknown).keys() == {"unknown_record"}
    scene.begins(meeting, CHAIR)
    assert scene.refused(meeting, "arrive", who=CHAIR["who"]).keys() == {"already_present"}
    assert scene.refused(meeting, "depart", who="Nobody").keys() == {"not_present"}


@ONE
def test_the_next_meeting_is_counted_from_the_last_by_the_cadence_that_the_service_has(
    casework: Casework, clock: Clock, scene: Scene
) -> None:
    assert next_meeting(casework, LEEDS) is None
    scene.meeting()
    assert next_meeting(casework, LEEDS) == clock.today + timedelta(days=7)
    later = scene.meeting(on=clock.today + timedelta(days=7))
    assert next(iter(meetings(casework, LEEDS))).reference == later
    scene.does(later, "cancel_meeting", reason="A bank holiday.")
    assert next_meeting(casework, LEEDS) == clock.today + timedelta(days=7)
    assert next_meeting(casework, ESSEX) is None


@ONE
def test_a_meeting_that_was_due_and_not_held_is_told_and_one_that_was_called_off_is_not(
    casework: Casework, clock: Clock, scene: Scene
) -> None:
    first = clock.today
    scene.does(scene.begins(scene.meeting()), "close_meeting")
    clock.advance(6)
    forgotten = scene.meeting(on=clock.today)
    clock.advance(1)
    called_off = scene.meeting(on=clock.today)
    scene.does(called_off, "cancel_meeting", reason="A bank holiday.")
    clock.advance(10)
    (told,) = due(casework, LEEDS)
    assert (told.last, told.missed, told.not_begun) == (first, (first + timedelta(days=14),), (forgotten,))
    assert (told.next, told.planned) == (first + timedelta(days=20), None)
    planned = scene.meeting(on=clock.today + timedelta(days=1))
    (told,) = due(casework, LEEDS)
    assert (told.next, told.planned) == (clock.today + timedelta(days=1), planned)
    assert [(one.service, one.next, one.missed) for one in due(casework)][1:] == [(ESSEX, None, ())]


def test_the_published_wait_stays_with_the_case_as_it_stood_and_is_told_as_it_stands(
    clock: Clock, scene: Scene
) -> None:
    family = scene.waiting()
    clock.advance(3)
    scene.enters("wait_over", 127)
    scene.enters("wait_first", 98)
    known = family.case.answers
    assert (known["published_wait_first"], known["published_wait_over"]) == (56, 85)
    ref = scene.reference(family)
    assert scene.refused(ref, "tell_outcome", told_wait_first=56).keys() == {"not_the_figure"}
    scene.does(ref, "tell_outcome", how_told="letter")
    told = scene.casework.history(family.id)[-1].data
    assert (told["told_wait_first"], told["told_wait_over"]) == (98, 127)
    assert family.case.answers["published_wait_first"] == 56


def _too_early(scene: Scene, ref: str, decided: date) -> None:
    with pytest.raises(StepRefused) as early:
        scene.does(ref, "tell_outcome", how_told="letter", on=decided - timedelta(days=1))
    assert [(reason.code, reason.fields) for reason in early.value.reasons] == [("out_of_order", ("on",))]


def test_an_outcome_is_told_after_its_decision_and_a_second_telling_keeps_the_first_day(
    casework: Casework, clock: Clock, scene: Scene
) -> None:
    family = scene.before_the_group()
    ref, decided = scene.reference(family), clock.today + timedelta(days=5)
    clock.advance(5)
    brought_to(family, "accept_direct")
    clock.advance(3)
    _too_early(scene, ref, decided)
    scene.does(ref, "tell_outcome", how_told="telephone", on=decided + timedelta(days=1))
    _too_early(scene, ref, decided)
    scene.does(ref, "tell_outcome", how_told="letter")
    assert family.case.answers["outcome_told_on"] == decided + timedelta(days=1)
    assert [event.trigger for event in casework.history(family.id)].count("tell_outcome") == 2
    assert casework.replay(ref)[1] == ()


def test_what_was_told_of_one_decision_is_not_what_was_told_of_the_next(clock: Clock, scene: Scene) -> None:
    family = scene.before_the_group()
    ref = scene.reference(family)
    scene.does(ref, "decline", rmg_on=clock.today, **DECLINED)
    scene.does(ref, "tell_outcome", how_told="letter")
    scene.enters("reopen", 14)
    clock.advance(5)
    scene.does(ref, "reopen", reason="The midwife asks again.")
    scene.does(ref, "accept_direct", rmg_on=clock.today, reason="Direct work is indicated.", **VOICE)
    assert "outcome_told_on" not in family.case.answers
    scene.does(ref, "tell_outcome", how_told="letter")
    assert family.case.answers["outcome_told_on"] == clock.today


@ONE
def test_essex_publishes_no_wait_so_none_is_put_on_the_case(casework: Casework, clock: Clock, scene: Scene) -> None:
    family = brought_to(
        referred(casework, clock, scene.actor, ESSEX), "pass_checks", "triage_rate", "accept_assessment", "tell_outcome"
    )
    assert not {"published_wait_first", "published_wait_over"} & family.case.answers.keys()
    assert not {"told_wait_first", "told_wait_over"} & casework.history(family.id)[-1].data.keys()


@ONE
def test_watching_that_ends_past_the_age_of_the_service_needs_a_reason(clock: Clock, scene: Scene) -> None:
    family = scene.before_the_group(infant_dob=clock.today - timedelta(days=700))
    watch: dict[str, Any] = {
        "rmg_on": clock.today, "holder": "The midwife", "review_on": clock.today + timedelta(days=90),
        "waiting_would_harm": "no", **VOICE,
    }  # fmt: skip
    assert scene.refused(scene.reference(family), "watch_and_wait", **watch).keys() == {"too_old_by_then"}
    scene.does(scene.reference(family), "watch_and_wait", override_reason="The visits go on.", **watch)


NAMES = ("Ann", "Ben", "Cat", "Dee")
COMINGS = st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=12)


@settings(max_examples=300)
@given(first=st.sets(st.sampled_from(NAMES)), comings=COMINGS, guests=st.sets(st.sampled_from(NAMES)))
def test_who_is_in_the_room_at_any_moment_is_who_came_and_has_not_left(
    first: set[str], comings: list[tuple[str, bool]], guests: set[str]
) -> None:
    there, moments = set(first), [set(first)]
    meeting = {"attendees": [_person(name, guests) for name in sorted(first)], "arrivals": [], "departures": []}
    for number, (name, comes) in enumerate(comings, start=1):
        (there.add if comes else there.discard)(name)
        entry = {**_person(name, guests), "number": number} if comes else {"who": name, "number": number}
        meeting["arrivals" if comes else "departures"].append(entry)
        moments.append(set(there))
    for number, everybody in enumerate(moments):
        assert {person["who"] for person in people_at(meeting, number)} == everybody
        assert quorum_at(meeting, number) == len(everybody - guests)
    assert quorum_at(meeting) == len(there - guests)


def _person(name: str, guests: set[str]) -> dict[str, object]:
    return {"who": name, "is_referrer": "yes" if name in guests else "no"}
