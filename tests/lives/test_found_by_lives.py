"""What random lives have found, each told once as it happens."""

from datetime import timedelta
from typing import Any

from casework import Casework
from casework.family import records
from tests.conftest import Actors, Clock
from tests.life.scene import BEFORE_BIRTH, LOSS, considered
from tests.people.scene import Scene
from workflows.beside import RecordKind

SAME: dict[str, str] = {"same_because": "One red book.", "second_person": "B. Second"}


def expected_by(clock: Clock) -> dict[str, Any]:
    return {**BEFORE_BIRTH, "expected_due_date": clock.today + timedelta(days=60)}


def test_a_loss_told_on_the_referral_that_stays_reaches_the_record_that_the_other_one_named(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    scene = Scene(casework, clock, actors.everyone)
    record, stays, goes = scene.unborn(), scene.referral(**expected_by(clock)), scene.referral(**expected_by(clock))
    fathers = scene.referral(**expected_by(clock))
    for referral in (goes, fathers):
        scene.does(referral, "link_records", infant=record)
    scene.does(goes, "merge_into", survivor=stays, **SAME)
    scene.does(stays, "record_loss", lost_on=clock.today, **LOSS)
    assert [scene.case(ref).state for ref in (record, fathers)] == ["died", "closed_loss"]
    assert len(records(casework, RecordKind.INFANT)) == 1


def test_a_loss_can_be_told_although_a_closed_referral_of_the_baby_was_never_split(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    scene = Scene(casework, clock, actors.everyone)
    record, mothers, fathers = (
        scene.unborn(),
        scene.referral(**expected_by(clock)),
        scene.referral(**expected_by(clock)),
    )
    for referral in (mothers, fathers):
        scene.does(referral, "link_records", infant=record)
    scene.does(mothers, "record_birth", infant_dob=clock.today, babies_born=2, infant_name="Ada Test")
    scene.does(fathers, "withdraw_consent", withdrawn_by="The father")
    scene.does(mothers, "split_multiple", birth_order=1, babies_considered=considered(True, True))
    scene.does(mothers, "record_loss", lost_on=clock.today, **LOSS)
    assert [scene.case(ref).state for ref in (record, mothers, fathers)] == ["died", "closed_loss", "consent_withdrawn"]


def test_a_twin_is_split_off_although_the_record_of_the_first_came_with_a_referral_that_was_merged(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    scene = Scene(casework, clock, actors.everyone)
    record, stays, goes = scene.unborn(), scene.referral(**expected_by(clock)), scene.referral(**expected_by(clock))
    scene.does(stays, "link_records", focus_carer=scene.carer())
    scene.does(goes, "link_records", infant=record)
    scene.does(goes, "merge_into", survivor=stays, **SAME)
    scene.does(stays, "record_birth", infant_dob=clock.today, babies_born=2, infant_name="Ada Test")
    receipt = scene.does(stays, "split_multiple", birth_order=1, babies_considered=considered(True, True))
    (second,) = (one.reference for one in receipt.also if one.trigger == "split_off")
    assert scene.of(second, "focus_carer") == scene.of(stays, "focus_carer")
    assert len(records(casework, RecordKind.INFANT)) == 2
