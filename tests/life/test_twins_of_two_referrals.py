"""Twins of whom each parent was referred: two referrals of one pregnancy, and each baby one record all the same."""

from typing import Any

import pytest

from casework import Receipt
from casework.life.records import infant_of
from tests.life.scene import BEFORE_BIRTH, LOSS, considered
from tests.people.scene import Scene
from workflows.beside import RecordKind

ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
SAME: dict[str, str] = {"same_because": "One red book.", "second_person": "B. Second"}
LETTER: dict[str, Any] = {"letter_kind": "outcome", "letter_to": "referrer", "letter_by": "post"}


class Parents:
    """The mother's and the father's referral, both about one record of an unborn baby."""

    def __init__(self, scene: Scene, said: dict[str, Any] | None = None, **of_the_record: Any) -> None:
        self.scene, self.record = scene, scene.unborn(**of_the_record)
        due = {**BEFORE_BIRTH, "expected_due_date": scene.of(self.record, "expected_due_date")}
        self.mothers, self.fathers = (scene.referral(**due, **(said or {})) for _ in range(2))
        for referral in (self.mothers, self.fathers):
            scene.does(referral, "link_records", infant=self.record)

    def born(self, babies: int = 2) -> "Parents":
        self.scene.does(self.mothers, "record_birth", infant_dob=self.scene.today, babies_born=babies)
        return self

    def split(self, referral: str, own: int = 1, *in_scope: bool) -> Receipt:
        babies = considered(*(in_scope or (True, True)))
        return self.scene.does(referral, "split_multiple", birth_order=own, babies_considered=babies)

    def lost(self, reference: str, **more: Any) -> None:
        self.scene.does(reference, "record_loss", lost_on=self.scene.today, **LOSS, **more)

    def states(self, *references: str) -> list[str]:
        return [self.scene.case(reference).state for reference in references]


@pytest.fixture
def parents(scene: Scene) -> Parents:
    return Parents(scene)


def twins_referral(receipt: Receipt) -> str:
    (reference,) = (one.reference for one in receipt.also if one.trigger == "split_off")
    return reference


def record_of(scene: Scene, referral: str) -> str:
    with scene.casework.database.reading() as store:
        found = infant_of(store, scene.case(referral))
    assert found is not None
    return found.reference


def test_a_second_twin_has_one_record_however_many_referrals_are_split(scene: Scene, parents: Parents) -> None:
    parents.born()
    second, seconds = (twins_referral(parents.split(ref)) for ref in (parents.mothers, parents.fathers))
    assert record_of(scene, second) == record_of(scene, seconds) != parents.record
    assert scene.of(seconds, "family") == scene.of(second, "family")
    scene.does(seconds, "prepare_letter", **LETTER)
    parents.lost(second)
    assert parents.states(second, seconds) == ["closed_loss", "closed_loss"]
    assert scene.of(seconds, "letters") is None
    assert all(scene.case(ref).open for ref in (parents.mothers, parents.fathers, parents.record))


@ON_ONE
def test_the_record_of_a_twin_is_found_although_its_referral_was_merged_into_another(
    scene: Scene, parents: Parents
) -> None:
    second = twins_referral(parents.born().split(parents.mothers))
    record = record_of(scene, second)
    elsewhere = scene.referral(infant_dob=scene.today)
    scene.does(second, "merge_into", survivor=elsewhere, **SAME)
    assert record_of(scene, twins_referral(parents.split(parents.fathers))) == record


@ON_ONE
def test_two_referrals_of_one_babys_record_go_on_for_the_same_twin(scene: Scene, parents: Parents) -> None:
    parents.born().split(parents.mothers, 1)
    both = {"birth_order": 2, "babies_considered": considered(True, True)}
    assert scene.refused(parents.fathers, "split_multiple", **both) == {"another_baby"}
    parents.split(parents.fathers, 1)


@ON_ONE
def test_so_does_the_one_into_which_the_other_was_merged(scene: Scene, parents: Parents) -> None:
    parents.born().split(parents.mothers, 2)
    scene.does(parents.mothers, "merge_into", survivor=parents.fathers, **SAME)
    both = {"birth_order": 1, "babies_considered": considered(True, True)}
    assert scene.refused(parents.fathers, "split_multiple", **both) == {"another_baby"}


@ON_ONE
def test_a_twin_who_was_lost_is_not_split_off_once_more(scene: Scene, parents: Parents) -> None:
    second = twins_referral(parents.born().split(parents.mothers))
    parents.lost(second)
    both = {"birth_order": 1, "babies_considered": considered(True, True)}
    assert scene.refused(parents.fathers, "split_multiple", **both) == {"after_a_loss"}
    receipt = parents.split(parents.fathers, 1, True, False)
    assert [one.kind for one in receipt.also if one.kind == RecordKind.REFERRAL] == []


# Before the birth: a loss of one of several


def test_where_the_babys_record_alone_says_that_two_are_expected_a_loss_asks_which_baby(scene: Scene) -> None:
    parents = Parents(scene, babies_born=2)
    loss = {**LOSS, "lost_on": scene.today}
    for reference in (parents.mothers, parents.fathers, parents.record):
        assert scene.refused(reference, "record_loss", **loss) == {"which_baby"}
    scene.does(parents.mothers, "record_loss_of_one", one_lost_on=scene.today, **LOSS)
    assert all(scene.case(ref).open for ref in (parents.mothers, parents.fathers, parents.record))
    parents.lost(parents.fathers)
    both = parents.states(parents.mothers, parents.fathers)
    assert (both, *parents.states(parents.record)) == (["closed_loss"] * 2, "died")


@ON_ONE
def test_the_loss_of_one_of_several_is_known_wherever_the_baby_is_written_of(scene: Scene) -> None:
    parents = Parents(scene, {"babies_expected": 3})
    scene.does(parents.fathers, "prepare_letter", **LETTER)
    scene.does(parents.mothers, "record_loss_of_one", one_lost_on=scene.today, **LOSS)
    assert [len(scene.of(ref, "lost_before_birth")) for ref in (parents.record, parents.fathers)] == [1, 1]
    assert scene.of(parents.fathers, "letters") is None
    scene.does(parents.record, "record_loss_of_one", one_lost_on=scene.today, **LOSS)
    assert [len(scene.of(ref, "lost_before_birth")) for ref in (parents.mothers, parents.fathers)] == [2, 2]
    assert scene.refused(parents.record, "record_loss_of_one", one_lost_on=scene.today, **LOSS) == {"one_baby"}
    parents.lost(parents.record)
    assert parents.states(parents.mothers, parents.fathers) == ["closed_loss"] * 2


@ON_ONE
@pytest.mark.parametrize("where", ["mothers", "record"])
def test_where_all_of_several_are_lost_every_referral_is_told_so(scene: Scene, where: str) -> None:
    parents = Parents(scene, {"babies_expected": 2}, babies_born=2)
    parents.lost(getattr(parents, where), all_lost="yes")
    assert parents.states(parents.mothers, parents.fathers, parents.record) == ["closed_loss", "closed_loss", "died"]


@ON_ONE
def test_whoever_is_referred_later_learns_of_the_one_who_was_lost_before(scene: Scene) -> None:
    parents = Parents(scene, babies_born=2)
    scene.does(parents.mothers, "record_loss_of_one", one_lost_on=scene.today, **LOSS)
    later = scene.referral(**BEFORE_BIRTH, expected_due_date=scene.of(parents.record, "expected_due_date"))
    scene.does(later, "link_records", infant=parents.record)
    assert scene.refused(later, "record_loss_of_one", one_lost_on=scene.today, **LOSS) == {"one_baby"}
    parents.lost(later)
    assert parents.states(parents.mothers, parents.fathers, later) == ["closed_loss"] * 3


# Two entries that are no doubles


@ON_ONE
@pytest.mark.parametrize("because", ["twins", "two_babies"])
def test_the_referral_of_the_other_twin_is_no_duplicate(scene: Scene, parents: Parents, because: str) -> None:
    if because == "twins":
        other = twins_referral(parents.born().split(parents.mothers))
        own = parents.mothers
    else:
        of_one_birth = {"babies_born": 2, "family": "F-1", "infant_dob": scene.days_ago(120)}
        own, other = scene.referral(), scene.referral()
        for order, referral in enumerate((own, other), start=1):
            scene.does(referral, "link_records", infant=scene.infant(birth_order=order, **of_one_birth))
    void = {"void_reason": "duplicate", "surviving_reference": other}
    assert scene.refused(own, "void", **void) == {because}
    assert scene.refused(other, "void", **{**void, "surviving_reference": own}) == {because}
    scene.does(own, "void", **{**void, "surviving_reference": scene.referral()})
