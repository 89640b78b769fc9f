"""A family as one view: where each child is, who holds them, what is due next; and who belongs together."""

from datetime import timedelta

import pytest

from casework.errors import BadRequest
from casework.family import family_of, read_family, together
from tests.casework.families import LEEDS
from tests.people.scene import Scene, told

ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_one_line_says_where_a_baby_is_who_holds_them_and_what_is_due_next(scene: Scene) -> None:
    referral, infant, carer = scene.family()
    scene.does(infant, "record_location", place="foster_care", since=scene.days_ago(9))
    hold = {"hold_reason": "other", "review_on": scene.today + timedelta(days=21)}
    scene.does(referral, "place_hold", **hold)
    (child,) = [member for member in family_of(scene.casework, infant).members if member.kind == "infant"]
    assert (child.where, child.where_since) == ("foster_care", scene.days_ago(9))
    assert [(held.reference, held.as_what) for held in child.held_by] == [
        (carer, "mother"),
        (referral, "written_referral"),
    ]
    assert (child.next_on, child.next_what) == (hold["review_on"], "hold_review")


@ON_ONE
def test_of_an_unborn_baby_the_birth_is_due_next(scene: Scene) -> None:
    infant = scene.unborn()
    (child,) = family_of(scene.casework, infant).members
    assert (child.state, child.next_what, child.next_on) == ("unborn", "birth", scene.today + timedelta(days=60))
    assert (child.where, child.held_by) == (None, ())


def test_the_children_of_one_carer_are_seen_together(scene: Scene) -> None:
    mother, children = scene.carer("A Mother"), [scene.infant(), scene.infant()]
    for child in children:
        scene.links(child, mother)
    found = family_of(scene.casework, mother)
    assert [member.reference for member in found.members if member.kind == "infant"] == children
    (carer,) = [member for member in found.members if member.kind == "carer"]
    assert carer.children == tuple(children)


@ON_ONE
def test_a_foster_carer_does_not_join_two_families(scene: Scene) -> None:
    foster, one, other = scene.carer("A Foster Carer"), scene.infant(), scene.infant()
    mother = scene.carer("A Mother")
    scene.links(one, mother)
    for child in (one, other):
        scene.links(child, foster, "foster_carer")
    seen = {member.reference for member in family_of(scene.casework, mother).members}
    assert seen == {one, mother, foster}


def test_a_family_is_labelled_once_and_whoever_joins_bears_its_label(scene: Scene) -> None:
    referral, infant, carer = scene.family()
    together(scene.casework, [infant, carer], scene.actor)
    label = scene.of(infant, "family")
    assert label.startswith("F-")
    together(scene.casework, [referral, infant], scene.actor)
    assert {scene.of(reference, "family") for reference in (referral, infant, carer)} == {label}
    twin = scene.infant(family=label)
    seen = {member.reference for member in family_of(scene.casework, label).members}
    assert seen == {infant, twin, carer}
    assert family_of(scene.casework, carer).label == label
    assert told(lambda: together(scene.casework, [infant, carer], scene.actor)) == "nothing_to_do"
    for reference in (referral, infant, carer):
        assert scene.casework.replay(reference)[1] == ()


@ON_ONE
def test_two_families_are_not_joined_by_a_slip(scene: Scene) -> None:
    one, other = scene.infant(), scene.infant()
    for child in (one, other):
        together(scene.casework, [child, scene.carer()], scene.actor)
    with pytest.raises(BadRequest):
        together(scene.casework, [one, other], scene.actor)
    assert scene.refused(one, "join_family", family=scene.of(other, "family")) == {"in_another_family"}
    scene.does(one, "leave_family", reason="It was entered in error.")
    together(scene.casework, [one, other], scene.actor)
    assert scene.of(one, "family") == scene.of(other, "family")


def test_a_lost_twin_is_told_first_as_lost_and_the_other_goes_on(scene: Scene) -> None:
    mother, lost, lives = scene.carer("A Mother"), scene.infant(birth_order=1), scene.infant(birth_order=2)
    for child in (lost, lives):
        scene.links(child, mother)
    asked = {"lost_on": scene.today, "confirmed_by": "A Midwife", "confirmed_from": "telephone", "family_told": "."}
    known = {f.name for m in scene.case(lost).chart.moves if m.trigger == "record_loss" for f in (*m.needs, *m.takes)}
    scene.does(lost, "record_loss", **{name: value for name, value in asked.items() if name in known})
    states = {member.reference: member.label for member in family_of(scene.casework, mother).members}
    assert states[lost] == "Closed: this baby was lost"
    assert states[lives] == "Born"


def test_a_baby_without_a_record_is_told_by_the_referral(scene: Scene) -> None:
    referral, mother = scene.referral(infant_name="Little Test", carer_name="Ann Test"), scene.carer("Ann Test")
    scene.does(referral, "link_records", focus_carer=mother)
    for asked in (referral, mother):
        child, carer = family_of(scene.casework, asked).members
        assert (child.kind, child.reference, child.name) == ("referral", referral, "Little Test")
        assert [(held.reference, held.who) for held in child.held_by] == [(mother, "Ann Test"), (referral, LEEDS)]
        assert (carer.reference, carer.children) == (mother, ())
    scene.does(referral, "link_records", infant=scene.infant())
    assert {member.kind for member in family_of(scene.casework, referral).members} == {"infant"}


@ON_ONE
def test_of_a_pregnancy_that_only_a_referral_knows_the_birth_is_due_next(scene: Scene) -> None:
    due = scene.today + timedelta(days=60)
    referral = scene.referral(infant_dob=None, infant_name=None, expected_due_date=due)
    (child,) = family_of(scene.casework, referral).members
    assert (child.name, child.next_what, child.next_on) == (None, "birth", due)
    assert [one.what for one in scene.casework.readings(referral)] == []
    read_family(scene.casework, referral, scene.actor)
    assert [one.what for one in scene.casework.readings(referral)] == ["family"]
