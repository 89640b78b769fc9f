"""The loss of this baby: in one act nothing of it goes on, and nothing of anybody else ends (reliability H7, H8)."""

from datetime import timedelta
from typing import Any

import pytest

from casework import Actor, Asked, Casework
from casework.case import Case
from tests.casework.families import LEEDS_TO_THE_END, Family, brought_to, referred
from tests.conftest import Actors, Clock
from tests.life.scene import LOSS, expected, followed, refused, twins
from workflows import Figure, Role
from workflows.beside import RecordKind

LETTER: dict[str, Any] = {"letter_kind": "acknowledgement", "letter_to": "referrer", "letter_by": "post"}


def lost(family: Family, clock: Clock) -> Case:
    family.does("record_loss", lost_on=clock.today, **LOSS)
    return family.case


def flags(casework: Casework, clock: Clock) -> set[str]:
    return {flag.kind for flag in casework.flags(Asked(clock.today))}


def test_every_pending_letter_appointment_clock_and_flag_of_the_baby_stops_in_the_same_act(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    casework.nights.enter("leeds-imhs", Figure("outcome", 5, "a letter", clock.today), by="the manager")
    family = brought_to(referred(casework, clock, actors.everyone), "pass_checks", "accept_direct", "allocate")
    family.does("book_appointment", appointment_on=clock.today + timedelta(days=70))
    family.does("prepare_letter", **LETTER)
    clock.advance(60)
    casework.nights.run(clock.today)
    assert {"allocated_not_started", "outcome_not_told"} <= flags(casework, clock)
    case = lost(family, clock)
    assert case.state == "closed_loss"
    assert {"allocated_not_started", "outcome_not_told"} <= set(family.receipts[-1].cleared_flags)
    assert not flags(casework, clock)
    assert not {"appointments", "letters"} & case.answers.keys()
    assert not any(clock_state.running for clock_state in case.clocks.values())
    (infant,) = followed(casework, family.receipts[-1], RecordKind.INFANT)
    assert infant.state == "died"
    casework.nights.run(clock.today)
    assert not flags(casework, clock)


def test_a_loss_recorded_in_one_place_reaches_every_referral_of_the_baby_closed_ones_too(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    first, second, third = (expected(casework, clock, actors.everyone) for _ in range(3))
    due = {"expected_due_date": first.case.answers["expected_due_date"]}
    record = casework.open_case("leeds-imhs", "open_unborn", actors.everyone, due, kind="infant")
    for family in (first, second, third):
        family.does("link_records", infant=record.reference)
    third.does("pass_checks")
    third.does("decline")
    data = {**LOSS, "lost_on": clock.today}
    casework.fire(record.reference, "record_loss", actors.everyone, data, seen=1)
    assert [f.case.state for f in (first, second, third)] == ["closed_loss", "closed_loss", "declined"]
    assert not third.case.clocks["outcome_told"].running
    assert all(f.case.answers["lost_on"] == clock.today for f in (first, second, third))
    third.receipts[-1] = casework.fire(third.id, "add_note", actors.everyone, {"note": "x"}, seen=third.case.version)
    assert "after_a_loss" in refused(third, "reopen")


def test_the_surviving_twin_and_the_carers_record_are_untouched(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = brought_to(expected(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    carer = casework.open_case("leeds-imhs", "open_record", actors.everyone, {"carer_name": "C. Test"}, kind="carer")
    family.does("link_records", infant=None, focus_carer=carer.reference)
    second, survivor = twins(casework, family, clock.today)
    before = (second, casework.case(carer.reference), survivor)
    lost(family, clock)
    assert tuple(casework.case(case.id) for case in before) == before
    assert [row.reference for row in casework.worklist(Asked(clock.today))] == [second.reference]


def test_the_loss_of_one_of_several_is_recorded_once_it_is_said_which_one(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone)
    family.does("record_birth", infant_dob=clock.today, babies_born=2)
    told = refused(family, "record_loss", lost_on=clock.today, **LOSS)
    assert "split_multiple" in told["split_first"]
    assert family.case.open


@pytest.mark.parametrize("state", ["received", "rmg_review", "waiting", "allocated", "assessment", "intervention"])
def test_a_loss_is_recorded_wherever_the_referral_is_held_or_not_and_whatever_concern_is_open(
    casework: Casework, clock: Clock, actors: Actors, state: str
) -> None:
    family = expected(casework, clock, actors.everyone)
    for step in LEEDS_TO_THE_END:
        if family.case.state != state:
            family.does(step)
    family.does("raise_safeguarding", concern="x")
    family.does("place_hold")
    case = lost(family, clock)
    assert (case.state, case.held_since) == ("closed_loss", None)
    assert [name for name, kept in case.clocks.items() if kept.running] == ["safeguarding"]


def test_no_birth_follows_a_loss_and_nothing_reopens_it(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = expected(casework, clock, actors.everyone)
    lost(family, clock)
    assert refused(family, "record_birth", infant_dob=clock.today).keys() == {"impossible_step"}
    assert refused(family, "reopen").keys() == {"impossible_step"}
    assert refused(family, "record_loss", lost_on=clock.today, **LOSS).keys() == {"impossible_step"}
    assert refused(family, "prepare_letter", **LETTER)


def test_the_loss_is_confirmed_by_a_named_person_from_a_source_and_no_cause_is_asked(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone)
    nothing = dict.fromkeys((*LOSS, "lost_on"))
    assert refused(family, "record_loss", **nothing).keys() == {"answer_missing"}
    asked = {f.name for m in family.case.chart.moves if m.trigger == "record_loss" for f in (*m.needs, *m.takes)}
    assert not any("cause" in name for name in asked)
    before = family.case.answers["expected_due_date"] - timedelta(days=301)
    assert refused(family, "record_loss", **{**LOSS, "lost_on": before}).keys() == {"before_the_pregnancy"}


def test_what_was_entered_in_error_is_undone_by_the_lead_and_a_second_person_with_the_wait_going_on(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = brought_to(expected(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    clock.advance(10)
    lost(family, clock)
    clock.advance(5)
    lead = Actor("A. Lead", [Role.LEAD])
    assert refused(family, "undo_loss", by=actors[Role.CLINICIAN], second_person="B. Other").keys() == {"not_your_step"}
    assert refused(family, "undo_loss", by=lead, second_person="a.  lead").keys() == {"second_person_needed"}
    receipt = family.does("undo_loss", by=lead, second_person="B. Other")
    case = family.case
    assert (case.state, "lost_on" in case.answers) == ("waiting", False)
    assert case.clocks["wait_to_allocation"].days(clock.today) == 10
    assert followed(casework, receipt, RecordKind.INFANT)[0].state == "unborn"
    assert not refused(family, "record_birth", infant_dob=clock.today, babies_born=1)


def test_whoever_stays_in_touch_after_a_loss_was_agreed_on_with_the_family(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone)
    lost(family, clock)
    assert refused(family, "loss_followup", contact_agreed="no").keys() == {"contact_not_agreed"}
    family.does("loss_followup", services_given="A charity for bereaved parents", siblings_checked="One, at school")
    (entry,) = family.case.answers["loss_followups"]
    assert entry["services_given"] == "A charity for bereaved parents"


def test_a_loss_of_which_it_is_not_known_when_the_baby_was_due_is_recorded_all_the_same(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone, expected_due_date=None)
    assert lost(family, clock).state == "closed_loss"
    assert not family.receipts[-1].also
