"""Letters wait for review, and go nowhere where they would do harm: looked at when prepared and again when they go."""

from datetime import timedelta
from typing import Any

import pytest

from casework.contacts import contact_list
from tests.casework.families import ESSEX, form
from tests.people.scene import Scene

ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def letter(carer: str | None = None, by: str = "post", **other: Any) -> dict[str, Any]:
    to = {"letter_to": "carer", "to_carer": carer} if carer else {"letter_to": "referrer"}
    return {"letter_kind": "outcome", "letter_by": by, **to, **other}


def prepared(scene: Scene, referral: str, **answers: Any) -> int:
    scene.does(referral, "prepare_letter", **answers)
    number: int = scene.of(referral, "letters")[-1]["number"]
    return number


def test_a_letter_waits_until_somebody_has_read_it(scene: Scene) -> None:
    referral, _, carer = scene.family()
    number = prepared(scene, referral, **letter(carer))
    assert scene.refused(referral, "send_letter", letter=number) == {"not_reviewed"}
    scene.does(referral, "send_letter", letter=number, reviewed_by="The Lead")
    assert scene.of(referral, "letters") is None
    assert [(sent["letter"], sent["reviewed_by"]) for sent in scene.of(referral, "letters_sent")] == [
        (number, "The Lead")
    ]
    assert scene.refused(referral, "send_letter", letter=number, reviewed_by="The Lead") == {"no_such_entry"}
    assert scene.casework.replay(referral)[1] == ()


@ON_ONE
def test_a_letter_that_is_cancelled_does_not_go(scene: Scene) -> None:
    referral, _, carer = scene.family()
    number = prepared(scene, referral, **letter(carer))
    scene.does(referral, "cancel_letter", letter=number)
    assert scene.refused(referral, "send_letter", letter=number, reviewed_by="The Lead") == {"no_such_entry"}


@ON_ONE
def test_a_letter_to_a_way_that_is_not_safe_is_not_prepared(scene: Scene) -> None:
    referral, _, carer = scene.family()
    scene.does(carer, "set_safe_contact", channel="post", safe="not_allowed", safe_words="He opens the post.")
    assert scene.refused(referral, "prepare_letter", **letter(carer)) == {"unsafe_contact"}
    prepared(scene, referral, **letter(carer, by="email"))
    prepared(scene, referral, **letter())


def test_an_instruction_that_comes_in_between_stops_the_letter_that_was_prepared(scene: Scene) -> None:
    referral, _, carer = scene.family()
    number = prepared(scene, referral, **letter(carer))
    scene.does(carer, "set_safe_contact", channel="post", safe="not_allowed")
    goes = {"letter": number, "reviewed_by": "The Lead"}
    assert scene.refused(referral, "send_letter", **goes) == {"unsafe_contact"}
    scene.does(carer, "set_safe_contact", channel="post", safe="allowed")
    scene.does(referral, "send_letter", **goes)


@ON_ONE
def test_who_is_to_be_asked_first_is_asked_first(scene: Scene) -> None:
    referral, _, carer = scene.family()
    scene.does(carer, "set_safe_contact", channel="text", safe="ask_first")
    assert scene.refused(referral, "prepare_letter", **letter(carer, by="text")) == {"ask_first"}
    number = prepared(scene, referral, **letter(carer, by="text", asked_first_on=scene.today))
    assert scene.refused(referral, "send_letter", letter=number, reviewed_by="The Lead") == {"ask_first"}
    scene.does(referral, "send_letter", letter=number, reviewed_by="The Lead", asked_first_on=scene.today)


@ON_ONE
def test_what_goes_to_one_parent_is_not_copied_to_the_one_who_must_not_have_it(scene: Scene) -> None:
    referral, infant, mother = scene.family()
    father = scene.carer("The Father")
    scene.links(infant, father, "father")
    scene.does(mother, "forbid_copies", not_to=father)
    assert scene.refused(referral, "prepare_letter", **letter(mother, copy_to=father)) == {"not_to_be_copied"}
    rule = scene.of(mother, "copy_rules")[0]["number"]
    scene.does(mother, "allow_copies", copy_rule=rule, reason="She asked for it.")
    scene.does(father, "set_safe_contact", channel="post", safe="not_allowed")
    assert scene.refused(referral, "prepare_letter", **letter(mother, copy_to=father)) == {"unsafe_contact"}


def test_after_a_loss_nothing_is_prepared_and_nothing_that_was_goes(scene: Scene) -> None:
    referral, infant, carer = scene.family()
    prepared(scene, referral, **letter(carer))
    loss = {
        "lost_on": scene.today,
        "confirmed_by": "A Midwife",
        "confirmed_from": "telephone",
        "family_told": "Spoken.",
    }
    scene.does(referral, "record_loss", **loss)
    assert scene.case(infant).state == "died"
    assert "letters" not in scene.case(referral).answers
    assert "impossible_step" in scene.refused(referral, "prepare_letter", **letter(carer))
    assert "impossible_step" in scene.refused(referral, "send_letter", letter=5, reviewed_by="The Lead")


@ON_ONE
def test_no_letter_names_a_twin(scene: Scene) -> None:
    referral, infant, carer = scene.family()
    twin = scene.infant(babies_born=2, birth_order=2)
    assert scene.refused(referral, "prepare_letter", **letter(carer, names_child=twin)) == {"names_another_child"}
    prepared(scene, referral, **letter(carer, names_child=infant))


@ON_ONE
def test_sharing_that_was_withdrawn_is_not_shared(scene: Scene) -> None:
    referral, _, _ = scene.family()
    number = prepared(scene, referral, letter_kind="plan", letter_to="network", letter_by="email")
    asked = {"consent_for": "sharing", "consent_by": "A Mother", "consent_standing": "parental_responsibility"}
    scene.does(referral, "record_consent", consent_decision="refused", consent_said_on=scene.today, **asked)
    assert scene.refused(referral, "send_letter", letter=number, reviewed_by="The Lead") == {"sharing_refused"}


@ON_ONE
def test_a_letter_to_a_carer_says_to_which(scene: Scene) -> None:
    referral, _, _ = scene.family()
    asked = {"letter_kind": "outcome", "letter_to": "carer", "letter_by": "post"}
    assert scene.refused(referral, "prepare_letter", **asked) == {"addressee_missing"}


def test_nothing_is_sent_to_a_carer_who_died(scene: Scene) -> None:
    referral, infant, carer = scene.family()
    other = scene.carer("Another Carer")
    scene.links(infant, other, "father")
    number = prepared(scene, referral, **letter(other, copy_to=carer))
    died = {"carer_died_on": scene.today, "confirmed_by": "A Doctor", "confirmed_from": "letter"}
    cared = {"now_cares": "the grandmother", "review_on": scene.today + timedelta(days=14)}
    scene.does(carer, "record_carer_death", **died, **cared)
    assert scene.refused(referral, "prepare_letter", **letter(carer)) == {"carer_died"}
    goes = {"letter": number, "reviewed_by": "The Lead"}
    waits = [entry for entry in scene.of(referral, "letters") or () if entry["number"] == number]
    assert scene.refused(referral, "send_letter", **goes) == ({"carer_died"} if waits else {"no_such_entry"})


HELD = {"former_access_reviewed": "yes", "reason": "He cares for her now."}


@ON_ONE
@pytest.mark.parametrize("name", ["to_carer", "copy_to"])
def test_no_letter_opens_in_another_family(scene: Scene, name: str) -> None:
    referral, _, carer = scene.family()
    _, _, stranger = scene.family()
    asked = {**letter(carer), name: stranger}
    assert scene.refused(referral, "prepare_letter", **asked) == {"not_of_this_family"}
    assert scene.of(referral, "letters") is None


@ON_ONE
def test_whoever_holds_the_baby_or_comes_along_may_be_written_to(scene: Scene) -> None:
    referral, infant, _ = scene.family()
    father, grandmother = scene.carer("The Father"), scene.carer("The Grandmother")
    for somebody in (father, grandmother):
        assert scene.refused(referral, "prepare_letter", **letter(somebody)) == {"not_of_this_family"}
    scene.links(infant, father, "father")
    prepared(scene, referral, **letter(father))
    scene.at_work(referral, participants=[{"who": "grandparent", "attended": "yes", "carer": grandmother}])
    prepared(scene, referral, **letter(grandmother))


def test_a_letter_to_somebody_who_cares_for_the_baby_no_more_does_not_go(scene: Scene) -> None:
    referral, infant, _ = scene.family()
    father = scene.carer("The Father")
    scene.links(infant, father, "father")
    scene.at_work(referral, participants=[{"who": "father", "attended": "yes", "carer": father}])
    number = prepared(scene, referral, **letter(father))
    scene.does(infant, "end_link", carer=father, until=scene.today, link_ends="contact_ended")
    goes = {"letter": number, "reviewed_by": "The Lead"}
    assert scene.refused(referral, "send_letter", **goes) == {"not_of_this_family"}
    scene.links(infant, father, "father")
    scene.does(referral, "send_letter", **goes)


def test_a_letter_to_the_former_focus_carer_goes_only_where_they_hold_the_baby_still(scene: Scene) -> None:
    referral, infant, mother = scene.family()
    number = prepared(scene, referral, **letter(mother))
    scene.does(infant, "end_link", carer=mother, until=scene.today, link_ends="placement_ended")
    known = {n: v for n, v in form(scene.today).items() if n in ("carer_name", "primary_carer", "consent_on")}
    now = {**known, "carer_relationship": "foster_carer", "focus_carer": scene.carer("A Foster Carer")}
    scene.does(referral, "change_focus_carer", **now, **HELD)
    goes = {"letter": number, "reviewed_by": "The Lead"}
    assert scene.refused(referral, "send_letter", **goes) == {"not_of_this_family"}
    prepared(scene, referral, **letter(now["focus_carer"]))


@ON_ONE
def test_who_was_linked_on_a_record_that_was_merged_is_of_the_family(scene: Scene) -> None:
    referral, infant, _ = scene.family()
    twice, aunt = scene.infant(), scene.carer("The Aunt")
    scene.links(twice, aunt, "other_carer")
    joined = {"same_because": "One red book.", "second_person": "B. Second"}
    scene.does(twice, "merge_into", survivor=infant, **joined)
    prepared(scene, referral, **letter(aunt))


@ON_ONE
def test_a_family_that_must_not_be_rung_is_not_told_by_telephone(scene: Scene) -> None:
    clinic = Scene(scene.casework, scene.clock, scene.actor, ESSEX)
    referral, carer = clinic.referral(referrer_role="family", duty_call_on=None, lives_in_area="yes"), clinic.carer()
    clinic.does(referral, "link_records", focus_carer=carer)
    clinic.does(carer, "set_safe_contact", channel="telephone", safe="not_allowed")
    assert clinic.refused(referral, "acknowledge", how_told="telephone") == {"unsafe_contact"}


def test_the_contact_list_gives_safe_ways_only(scene: Scene) -> None:
    referral, _, carer = scene.family()
    scene.does(carer, "add_contact_detail", channel="telephone", detail="0113 496 0001")
    scene.does(carer, "add_contact_detail", channel="post", detail="1 Invented Street")
    (row,) = contact_list(scene.casework)
    assert (row.referral, row.carer, row.safe) == (referral, carer, ())
    scene.does(carer, "set_safe_contact", channel="telephone", safe="allowed", safe_words="after nine")
    scene.does(carer, "set_safe_contact", channel="post", safe="not_allowed")
    scene.does(carer, "set_safe_contact", channel="voicemail", safe="ask_first")
    (row,) = contact_list(scene.casework)
    assert [(way.channel, way.details, way.heed) for way in row.safe] == [
        ("telephone", ("0113 496 0001",), "after nine")
    ]
    assert row.ask_first == ("voicemail",)
    assert "Invented Street" not in repr(row)
    scene.does(referral, "withdraw_consent", withdrawn_by="the mother")
    assert contact_list(scene.casework) == []


def test_a_mark_is_on_an_event_that_is_there(scene: Scene) -> None:
    referral, infant, carer = scene.family()
    for reference in (referral, infant, carer):
        marked = {"marked_event": 99, "withhold_from": carer}
        assert scene.refused(reference, "mark_third_party", **marked) == {"no_such_entry"}
        scene.does(reference, "mark_third_party", marked_event=1, withhold_from=carer, about_whom="The father")
        (mark,) = scene.of(reference, "marks")
        assert (mark["marked_event"], mark["withhold_from"]) == (1, carer)
        scene.does(reference, "unmark", mark=mark["number"], reason="He agreed.")
        assert scene.of(reference, "marks") is None
