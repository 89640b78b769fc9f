"""Two records of one baby that were made one: whose referral is open, whose loss it was."""

from typing import Any

import pytest

from tests.life.scene import LOSS
from tests.people.scene import Scene

ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
SAME: dict[str, str] = {"same_because": "One red book.", "second_person": "B. Second"}
APART = "Cousins of one name."
UNDO: dict[str, str] = {"reason": "It was the cousin.", "second_person": "B. Second"}


class Two:
    """Two referrals with a baby's record each. `told`: by a link, or because the record was opened by the referral."""

    def __init__(self, scene: Scene, told: str = "linked") -> None:
        self.scene = scene
        self.stays, self.goes = scene.referral(), scene.referral()
        self.baby, self.other = (self._record(ref, told) for ref in (self.stays, self.goes))

    def _record(self, referral: str, told: str) -> str:
        if told == "opened":
            return self.scene.infant(first_referral=referral)
        infant = self.scene.infant()
        self.scene.does(referral, "link_records", infant=infant)
        return infant

    def merged(self) -> "Two":
        self.scene.does(self.other, "merge_into", survivor=self.baby, **SAME)
        return self

    def lost(self, reference: str) -> None:
        self.scene.does(reference, "record_loss", lost_on=self.scene.today, **LOSS)


@pytest.mark.parametrize("told", ["linked", "opened"])
def test_of_one_baby_and_carer_no_second_referral_is_open_although_it_names_the_record_that_was_merged(
    scene: Scene, told: str
) -> None:
    two, carer = Two(scene, told), scene.carer()
    for referral in (two.stays, two.goes):
        scene.does(referral, "link_records", focus_carer=carer)
    scene.does(two.stays, "withdraw_consent", withdrawn_by="The mother")
    two.merged()
    again = {"reason": "She rang again.", "consent_on": scene.today}
    assert scene.refused(two.stays, "reopen", **again) == {"already_referred"}
    scene.does(two.goes, "withdraw_consent", withdrawn_by="The mother")
    scene.does(two.stays, "reopen", **again)
    assert scene.refused(two.goes, "reopen", **again) == {"already_referred"}


@ON_ONE
def test_a_baby_has_one_record_for_a_referral_that_names_the_merged_one(scene: Scene) -> None:
    two = Two(scene).merged()
    letter: dict[str, Any] = {"letter_kind": "outcome", "letter_to": "referrer", "letter_by": "post"}
    for named in (two.baby, two.other):
        scene.does(two.goes, "prepare_letter", names_child=named, **letter)
    assert scene.refused(two.goes, "prepare_letter", names_child=scene.infant(), **letter) == {"names_another_child"}
    assert scene.refused(two.goes, "link_records", infant=two.other) == {"record_closed"}
    scene.does(two.goes, "link_records", infant=two.baby)


@ON_ONE
def test_a_loss_told_on_a_babys_record_reaches_the_referral_into_which_its_first_one_was_merged(scene: Scene) -> None:
    first, stays = scene.referral(), scene.referral()
    baby = scene.infant(first_referral=first)
    scene.does(first, "merge_into", survivor=stays, **SAME)
    scene.does(baby, "record_loss", lost_on=scene.today, **LOSS)
    assert scene.case(stays).state == "closed_loss"


def test_after_a_loss_two_records_are_not_parted_before_it_is_said_whose_loss_it_was(scene: Scene) -> None:
    two = Two(scene).merged()
    two.lost(two.baby)
    assert [scene.case(ref).state for ref in (two.stays, two.goes)] == ["closed_loss"] * 2
    part = {"merged_into": two.baby, "apart_because": APART}
    assert scene.refused(two.other, "unmerge", **part) == {"after_a_loss"}
    scene.does(two.baby, "undo_loss", **UNDO)
    scene.does(two.other, "unmerge", **part)
    two.lost(two.other)
    of_each = {ref: scene.case(ref).state for ref in (two.baby, two.stays, two.other, two.goes)}
    assert of_each == {two.baby: "born", two.stays: "received", two.other: "died", two.goes: "closed_loss"}


@ON_ONE
def test_nor_is_one_that_was_merged_into_a_record_that_was_merged_on(scene: Scene) -> None:
    two, third = Two(scene).merged(), scene.infant()
    scene.does(two.baby, "merge_into", survivor=third, **SAME)
    two.lost(third)
    for goes, stays in ((two.other, two.baby), (two.baby, third)):
        assert scene.refused(goes, "unmerge", merged_into=stays, apart_because=APART) == {"after_a_loss"}


@ON_ONE
def test_a_loss_that_was_taken_back_for_both_is_recorded_again_before_they_part(scene: Scene) -> None:
    two = Two(scene)
    for baby in (two.baby, two.other):
        two.lost(baby)
    two.merged()
    scene.does(two.baby, "undo_loss", **UNDO)
    part = {"merged_into": two.baby, "apart_because": APART}
    assert scene.refused(two.other, "unmerge", **part) == {"lives_differ"}
    two.lost(two.baby)
    scene.does(two.other, "unmerge", **part)
    scene.does(two.baby, "undo_loss", **UNDO)
    assert [scene.case(ref).state for ref in (two.stays, two.other, two.goes)] == ["received", "died", "closed_loss"]


@ON_ONE
def test_a_record_that_was_restricted_with_another_is_not_parted_from_it_before_that_is_lifted(scene: Scene) -> None:
    two = Two(scene).merged()
    scene.does(two.baby, "restrict", reason="An order, it was said.")
    part = {"merged_into": two.baby, "apart_because": APART}
    assert scene.refused(two.other, "unmerge", **part) == {"record_restricted"}
    scene.does(two.baby, "lift_restriction", **UNDO)
    scene.does(two.other, "unmerge", **part)
    assert scene.case(two.other).state == "born"


@ON_ONE
@pytest.mark.parametrize("told", ["linked", "opened"])
def test_a_restriction_lies_over_the_referral_that_was_merged_into_one_of_this_baby_too(
    scene: Scene, told: str
) -> None:
    two, stays = Two(scene, told), scene.referral()
    scene.does(two.goes, "merge_into", survivor=stays, **SAME)
    scene.does(two.other, "restrict", reason="An order, it was said.")
    assert [scene.of(ref, "restricted_on") for ref in (two.goes, stays)] == [scene.today] * 2
    scene.does(two.other, "lift_restriction", **UNDO)
    assert [scene.of(ref, "restricted_on") for ref in (two.goes, stays)] == [None] * 2
    assert (scene.case(two.goes).state, scene.case(stays).state) == ("merged", "received")
