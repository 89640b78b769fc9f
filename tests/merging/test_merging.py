"""Two records of one baby become one, and two again, without a word lost; and what may not be merged is not."""

from datetime import timedelta
from typing import Any

import pytest

from casework import Actor, Casework, StepRefused
from casework.change import LATEST, Receipt
from tests.casework.families import ESSEX, LEEDS, Family, answers_for, form, row
from tests.conftest import Actors, Clock
from tests.merging.histories import WHY, standing
from workflows import Role


def opened(casework: Casework, clock: Clock, actor: Actor, service: str = LEEDS, **other: Any) -> str:
    return casework.open_case(service, "receive_referral", actor, form(clock.today, **other)).reference


def infant(casework: Casework, clock: Clock, actor: Actor, **other: Any) -> str:
    data = {"infant_name": "Baby Test-A", "infant_dob": clock.today - timedelta(days=30), **other}
    return casework.open_case(LEEDS, "open_record", actor, data, kind="infant").reference


def merge(casework: Casework, actor: Actor, gone: str, stays: str, **other: Any) -> Receipt:
    return casework.fire(gone, "merge_into", actor, {"survivor": stays, **WHY, **other}, seen=LATEST)


def part(casework: Casework, actor: Actor, gone: str, stays: str) -> Receipt:
    undo = {"merged_into": stays, "apart_because": "Two babies after all."}
    return casework.fire(gone, "unmerge", actor, undo, seen=LATEST)


def refused(casework: Casework, actor: Actor, gone: str, stays: str, **other: Any) -> set[str]:
    with pytest.raises(StepRefused) as no:
        merge(casework, actor, gone, stays, **other)
    return {reason.code for reason in no.value.reasons}


def test_after_undo_both_referrals_are_what_they_were(casework: Casework, clock: Clock, actors: Actors) -> None:
    first, second = (opened(casework, clock, actors.everyone) for _ in range(2))
    clock.advance(days=3)
    before = [standing(casework.case(ref)) for ref in (first, second)]
    receipt = merge(casework, actors.everyone, second, first)
    assert [(f.reference, f.trigger) for f in receipt.also] == [(first, "take_in")]
    assert casework.case(second).state == "merged"
    (entry,) = casework.case(first).answers["taken_in"]
    assert (entry["other_record"], entry["other_received_on"]) == (second, clock.today - timedelta(days=3))
    clock.advance(days=10)
    part(casework, actors.everyone, second, first)
    assert [standing(casework.case(ref)) for ref in (first, second)] == before
    assert "taken_in" not in casework.case(first).answers


def test_a_hold_and_an_earlier_closure_outlive_a_merge_and_its_undo(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    stays = opened(casework, clock, actors.everyone)
    family = Family(casework, clock, actors.everyone).opens(LEEDS, "receive_referral", **form(clock.today))
    family.does("move_away")
    clock.advance(days=1)
    family.does("reopen")
    family.does("place_hold")
    clock.advance(days=5)
    before = standing(family.case)
    merge(casework, actors.everyone, family.case.reference, stays)
    assert (family.case.held_since, family.case.open) == (None, False)
    clock.advance(days=5)
    part(casework, actors.everyone, family.case.reference, stays)
    assert standing(family.case) == before
    assert family.case.held_since == clock.today - timedelta(days=10)


def test_the_survivor_shows_the_earlier_date_both_referrers_and_whose_each_thing_is(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    early = opened(casework, clock, actors.everyone, referrer_name="Invented Midwife", referrer_role="midwife")
    clock.advance(days=9)
    late = opened(casework, clock, actors.everyone, referrer_name="Invented Nurse")
    merge(casework, actors.everyone, early, late)
    whole = casework.whole(late)
    assert whole.received_on == whole.opened_on == clock.today - timedelta(days=9)
    assert whole.waiting_since["total_time"] == clock.today - timedelta(days=9)
    assert casework.case(late).clocks["total_time"].since == clock.today
    assert [(one.reference, one.name) for one in whole.referrers] == [
        (late, "Invented Nurse"),
        (early, "Invented Midwife"),
    ]
    assert {(ref, event.trigger) for ref, event in whole.story} == {
        (early, "receive_referral"),
        (early, "merge_into"),
        (late, "receive_referral"),
        (late, "take_in"),
    }
    assert whole.story[0][0] == early
    (taken,) = whole.taken
    assert (taken.into, taken.second_person, taken.stood) == (late, "A second clerk", "received")
    assert taken.case.answers["referrer_words"]


def test_a_chain_of_merges_is_parted_in_any_order(casework: Casework, clock: Clock, actors: Actors) -> None:
    a, b, c = (opened(casework, clock, actors.everyone) for _ in range(3))
    before = {ref: standing(casework.case(ref)) for ref in (a, b, c)}
    merge(casework, actors.everyone, c, b)
    merge(casework, actors.everyone, b, a)
    assert [taken.case.reference for taken in casework.whole(a).taken] == [b, c]
    part(casework, actors.everyone, c, b)
    assert standing(casework.case(c)) == before[c]
    part(casework, actors.everyone, b, a)
    assert {ref: standing(casework.case(ref)) for ref in (a, b, c)} == before


def test_a_note_about_the_other_is_the_others_and_stays_with_it(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    stays, gone = (opened(casework, clock, actors.everyone) for _ in range(2))
    merge(casework, actors.everyone, gone, stays)
    casework.fire(stays, "add_note", actors.everyone, {"note": "of the survivor"}, seen=LATEST)
    casework.fire(stays, "add_note_about", actors.everyone, {"about": gone, "note": "of the other"}, seen=LATEST)
    part(casework, actors.everyone, gone, stays)
    assert [[n["note"] for n in casework.case(ref).answers["notes"]] for ref in (stays, gone)] == [
        ["of the survivor"],
        ["of the other"],
    ]


def test_a_merge_needs_another_open_record_of_the_service_and_a_second_person(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    first, second, third = (opened(casework, clock, actors.everyone) for _ in range(3))
    elsewhere = opened(casework, clock, actors.everyone, ESSEX)
    assert refused(casework, actors.everyone, first, first) == {"merged_with_itself"}
    assert refused(casework, actors.everyone, first, elsewhere) == {"unknown_record"}
    assert refused(casework, actors.everyone, first, second, second_person="Everyone") == {"second_person_needed"}
    assert refused(casework, actors.everyone, first, second, second_person=None) == {"answer_missing"}
    assert refused(casework, actors[Role.CLINICIAN], first, second) == {"not_your_step"}
    merge(casework, actors.everyone, second, third)
    assert refused(casework, actors.everyone, first, second) == {"survivor_is_merged"}
    assert refused(casework, actors.everyone, second, first) == {"impossible_step"}
    casework.fire(third, "void", actors.everyone, {"void_reason": "entered_in_error"}, seen=LATEST)
    assert refused(casework, actors.everyone, first, third) == {"survivor_is_closed"}


def test_nobody_takes_half_of_a_merge(casework: Casework, clock: Clock, actors: Actors) -> None:
    first, second = (opened(casework, clock, actors.everyone) for _ in range(2))
    with pytest.raises(StepRefused) as no:
        casework.fire(first, "take_in", actors.everyone, {"other_record": second}, seen=LATEST)
    assert {reason.code for reason in no.value.reasons} == {"follows_only"}


def test_twins_are_two_babies_and_two_records(casework: Casework, clock: Clock, actors: Actors) -> None:
    one = infant(casework, clock, actors.everyone, babies_born=2, birth_order=1)
    two = infant(casework, clock, actors.everyone, babies_born=2, birth_order=2)
    assert refused(casework, actors.everyone, one, two) == {"twins"}


def test_a_referral_that_names_a_merged_record_is_found_from_the_one_that_stays(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    """So that whatever concerns the baby, its loss above all, reaches each of its referrals."""
    referral = opened(casework, clock, actors.everyone)
    gone = infant(casework, clock, actors.everyone, first_referral=referral, infant_name=None, infant_dob="2026-01-05")
    stays = infant(casework, clock, actors.everyone, infant_dob="2026-01-05")
    before = casework.whole(gone).referrals
    merge(casework, actors.everyone, gone, stays)
    assert casework.whole(stays).referrals == before == (referral,)
    assert casework.whole(referral).referrals == (stays,)
    part(casework, actors.everyone, gone, stays)
    assert (casework.whole(stays).referrals, casework.whole(gone).referrals) == ((), (referral,))


def test_referrals_of_two_babies_are_not_merged_before_the_babies_records_are(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    refs = [opened(casework, clock, actors.everyone, infant_dob="2026-01-05", infant_name=None) for _ in range(2)]
    babies = [
        infant(casework, clock, actors.everyone, infant_name=None, infant_dob="2026-01-05", first_referral=ref)
        for ref in refs
    ]
    assert refused(casework, actors.everyone, *refs) == {"two_babies"}
    merge(casework, actors.everyone, *babies)
    merge(casework, actors.everyone, *refs)
    assert casework.case(refs[0]).state == "merged"


def test_a_lost_babys_record_is_merged_with_one_that_ended_so_too_and_with_no_other(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    """A loss that two colleagues recorded on two records is one loss; a living baby's record never takes it in."""
    lost, lost_too, living = (infant(casework, clock, actors.everyone) for _ in range(3))
    for ref in (lost, lost_too):
        casework.fire(ref, "record_loss", actors.everyone, _needed(casework, ref, clock), seen=LATEST)
    assert refused(casework, actors.everyone, lost, living) == {"lives_differ"}
    assert refused(casework, actors.everyone, living, lost) == {"lives_differ"}
    clock.advance(days=2)
    before = standing(casework.case(lost_too))
    merge(casework, actors.everyone, lost_too, lost)
    clock.advance(days=2)
    part(casework, actors.everyone, lost_too, lost)
    assert standing(casework.case(lost_too)) == before


def _needed(casework: Casework, ref: str, clock: Clock) -> dict[str, Any]:
    return answers_for(row(casework.case(ref).chart, "born", "record_loss"), clock.today)


def test_a_merged_referral_is_on_no_list_and_its_flags_come_back_with_it(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    stays = opened(casework, clock, actors.everyone)
    gone = opened(casework, clock, actors.everyone, gp_practice_code=None)
    casework.night()
    assert "missing_information" in [flag.kind for flag in casework.case_flags(gone)]
    receipt = merge(casework, actors.everyone, gone, stays)
    assert "missing_information" in receipt.cleared_flags
    clock.advance(days=1)
    casework.night()
    assert casework.case_flags(gone) == ()
    assert [row.reference for row in casework.worklist()] == [stays]
    assert "missing_information" in [stretch.kind for stretch in casework.whole(stays).taken[0].flags]
    part(casework, actors.everyone, gone, stays)
    clock.advance(days=1)
    casework.night()
    assert "missing_information" in [flag.kind for flag in casework.case_flags(gone)]
