"""A concern has its place wherever it is seen: on a baby, a carer, help without a case, an entry that was merged."""

from datetime import timedelta
from typing import Any

import pytest

from casework import Asked, Casework, StepRefused
from casework.adoption import adopt
from casework.change import LATEST
from casework.flagging import due
from casework.retaining import retention
from tests.casework.families import VOICE
from tests.conftest import Actors, Clock
from tests.life.scene import LOSS, considered
from tests.people.scene import Scene
from workflows import Chart, Figure, Role
from workflows.beside import RecordKind
from workflows.records.charts import records_of
from workflows.registry import CURRENT

ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
SEEN_ON = (RecordKind.INFANT, RecordKind.CARER, RecordKind.CONSULTATION, RecordKind.ACTIVITY)
CHARTS = {kind: chart for chart in CURRENT.values() for kind, chart in records_of(chart).items() if kind in SEEN_ON}
SIGNED = {"signed_by": "S. Lead", "safeguarding_outcome": "Child in need plan"}
SAME = {"same_because": "One red book.", "second_person": "B. Second"}
DECLINED = {
    "rmg_on": None, "closure_reason": "lower_level_of_need", "advice": "Try a group.", "onward_services": "The centre.",
    "may_call_again": "yes", **VOICE,
}  # fmt: skip


@pytest.fixture
def scene(casework: Casework, clock: Clock, actors: Actors) -> Scene:
    for service in CURRENT:
        casework.nights.enter(service, Figure("safeguarding_review", 7, "a letter", clock.today), by="the manager")
    return Scene(casework, clock, actors.everyone)


def consultation(scene: Scene, **other: Any) -> str:
    asked = {"origin": "none", "purpose": "To think", "for_name": "A. Nurse", "for_role": "health_visitor", **other}
    return scene.casework.open_case(
        "together-with-baby", "request_consultation", scene.actor, asked, kind="consultation"
    ).reference


def activity(scene: Scene) -> str:
    done = {"activity": "training", "activity_on": scene.today, "minutes": 60}
    done |= {"delivered_by": [{"staff": "D. Clinician"}], "attendees": [{"type": "student", "heads": 4}]}
    return scene.casework.open_case(
        "together-with-baby", "record_activity", scene.actor, done, kind="activity"
    ).reference


def declined(scene: Scene, referral: str) -> set[str]:
    """The reasons why the group may not decline; empty where it has."""
    try:
        scene.does(referral, "decline", **{**DECLINED, "rmg_on": scene.today})
    except StepRefused as no:
        return {reason.code for reason in no.reasons}
    return set()


def flagged(scene: Scene) -> set[str]:
    return {flag.reference for flag in scene.casework.flags(Asked(scene.today)) if flag.kind == "safeguarding_open"}


def at_the_group(scene: Scene) -> tuple[str, str, str]:
    referral, infant, carer = scene.family()
    scene.invents(referral, "pass_checks")
    return referral, infant, carer


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_anyone_raises_a_concern_on_any_record_that_is_about_people_from_whatever_state(chart: Chart) -> None:
    raising = [m for m in chart.moves if m.trigger == "raise_safeguarding"]
    assert {m.source for m in raising} == set(chart.states)
    for row in raising:
        assert (row.who, row.needs, row.only_if, row.starts) == (tuple(Role), (), (), ("safeguarding",))
        assert row.while_held
        assert not row.moves


def test_the_night_and_the_screen_say_that_a_concern_is_open_wherever_it_was_raised(
    casework: Casework, clock: Clock, scene: Scene
) -> None:
    infant, carer = scene.infant(), scene.carer()
    everywhere = {infant, carer, consultation(scene), activity(scene)}
    for reference in everywhere:
        scene.does(reference, "raise_safeguarding", concern="A bruise")
    scene.does(infant, "record_loss", lost_on=clock.today, **LOSS)
    for days, ought in ((6, set()), (1, everywhere)):
        clock.advance(days)
        casework.nights.run(clock.today)
        figure = casework.nights.lookup()
        on_screen = {r for r in everywhere if "safeguarding_open" in due(casework.case(r), clock.today, figure)}
        assert (flagged(scene), on_screen) == (ought, ought)
    for reference in everywhere:
        receipt = scene.does(reference, "sign_off_safeguarding", **SIGNED)
        assert receipt.cleared_flags == ("safeguarding_open",)
        assert casework.replay(reference)[1] == ()
    assert flagged(scene) == set()


def test_a_concern_on_the_baby_s_or_the_carer_s_record_holds_the_endings_that_the_service_chooses(
    scene: Scene, actors: Actors
) -> None:
    referral, infant, carer = at_the_group(scene)
    for record in (infant, carer):
        scene.does(record, "raise_safeguarding", by=actors[Role.REFERRER])
        with pytest.raises(StepRefused, match=f"record {record}"):
            scene.does(referral, "decline", **{**DECLINED, "rmg_on": scene.today})
        assert declined(scene, referral) == {"concern_open"}
        scene.does(record, "sign_off_safeguarding", **SIGNED)
    assert declined(scene, referral) == set()


@ONE
def test_a_concern_on_the_baby_s_record_holds_no_ending_that_the_family_chooses_and_keeps_the_record(
    casework: Casework, scene: Scene
) -> None:
    referral, infant, _ = at_the_group(scene)
    scene.does(infant, "raise_safeguarding", concern="A bruise")
    scene.does(referral, "withdraw_consent", withdrawn_by="The mother")
    assert scene.case(infant).clocks["safeguarding"].running
    kept = retention(casework, referral)
    assert kept is not None
    assert kept.rule == "safeguarding_open"


@ONE
def test_a_transfer_hands_on_the_concern_of_the_baby_s_record(scene: Scene) -> None:
    referral, infant, _ = at_the_group(scene)
    scene.does(infant, "raise_safeguarding", concern="A bruise")
    scene.invents(referral, "offer_transfer")
    taken = {"accepted_by": "P. Nurse", "referrer_told_on": scene.today}
    assert scene.refused(referral, "transfer_accepted", **taken) == {"concern_not_handed_on"}
    scene.does(referral, "transfer_accepted", handed_on_to="Their lead, in writing", **taken)


def merged(scene: Scene) -> tuple[str, str]:
    """The referral that stays, before the group, and the one that went."""
    stays, _, _ = at_the_group(scene)
    goes = scene.referral()
    scene.does(goes, "merge_into", survivor=stays, **SAME)
    return stays, goes


def test_a_concern_on_a_referral_that_was_merged_stands_on_the_one_that_goes_on(
    casework: Casework, clock: Clock, scene: Scene
) -> None:
    stays, goes = merged(scene)
    scene.does(goes, "raise_safeguarding", concern="A bruise")
    assert declined(scene, stays) == {"concern_open"}
    clock.advance(7)
    casework.nights.run(clock.today)
    (row,) = casework.worklist(Asked(clock.today))
    assert "safeguarding_open" in row.flags
    assert flagged(scene) == {stays, goes}
    assert scene.refused(goes, "sign_off_safeguarding", **SIGNED) == {"concern_stands_elsewhere"}
    scene.does(stays, "sign_off_safeguarding", **SIGNED)
    assert flagged(scene) == set()
    assert not {"concerns"} & (scene.case(stays).answers.keys() | scene.case(goes).answers.keys())
    for reference in (stays, goes):
        assert casework.replay(reference)[1] == ()


@ONE
def test_several_concerns_on_what_was_merged_end_with_the_last_one_where_they_stand(scene: Scene) -> None:
    stays, goes = merged(scene)
    for words in ("A bruise", "Another"):
        scene.does(goes, "raise_safeguarding", concern=words)
    first, _ = scene.of(stays, "concerns")
    closed = {"concern_number": first["number"], "safeguarding_outcome": "Explained"}
    assert "concern_stands_elsewhere" in scene.refused(goes, "close_concern", **{**closed, "concern_number": 3})
    scene.does(stays, "close_concern", **closed)
    scene.does(stays, "sign_off_safeguarding", **SIGNED)
    assert "concerns" not in scene.case(goes).answers


@ONE
def test_a_concern_goes_through_a_chain_of_merges_and_stays_with_each_that_stands_apart_again(scene: Scene) -> None:
    middle, first = merged(scene)
    last = scene.referral()
    scene.does(middle, "merge_into", survivor=last, **SAME)
    scene.does(first, "raise_safeguarding", concern="A bruise")
    assert all(scene.of(reference, "concerns") for reference in (first, middle, last))
    scene.does(middle, "unmerge", merged_into=last, apart_because="Two families after all.")
    assert declined(scene, middle) == {"concern_open"}
    scene.does(last, "sign_off_safeguarding", **SIGNED)
    assert all(scene.of(reference, "concerns") for reference in (first, middle))
    scene.does(middle, "sign_off_safeguarding", **SIGNED)
    assert scene.of(first, "concerns") is None


@ONE
def test_a_concern_on_a_baby_s_record_that_was_merged_holds_the_referral_of_the_one_that_stands(scene: Scene) -> None:
    referral, infant, _ = at_the_group(scene)
    twice = scene.infant()
    scene.does(twice, "raise_safeguarding")
    assert scene.refused(twice, "merge_into", survivor=infant, **SAME) == {"concern_open"}
    scene.does(twice, "sign_off_safeguarding", **SIGNED)
    scene.does(twice, "merge_into", survivor=infant, **SAME)
    scene.does(twice, "raise_safeguarding", concern="A bruise")
    assert scene.of(infant, "concerns")
    assert declined(scene, referral) == {"concern_open"}


@ONE
def test_what_was_seen_before_the_record_was_opened_is_raised_all_the_same(clock: Clock, scene: Scene) -> None:
    older = scene.referral()
    clock.advance(3)
    stays = scene.referral()
    scene.does(older, "merge_into", survivor=stays, **SAME)
    seen_on = clock.today - timedelta(days=2)
    scene.casework.fire(older, "raise_safeguarding", scene.actor, {"concern": "x"}, seen=LATEST, on=seen_on)
    assert scene.case(stays).clocks["safeguarding"].days(clock.today) == 2
    assert scene.casework.replay(stays)[1] == ()


@ONE
def test_a_concern_in_a_consultation_asks_for_nobody_s_name_and_its_summary_waits_for_the_sign_off(
    scene: Scene,
) -> None:
    ref = consultation(scene)
    assert scene.refused(ref, "raise_safeguarding", concern_about="A name") == {"unknown_field"}
    scene.does(ref, "raise_safeguarding", concern="What the midwife told")
    came = [{"type": "professional", "name": "A. Midwife", "organisation": "A Trust", "role": "midwife"}]
    scene.invents(ref, "hold_meeting", attendees=came, infant=None)
    sent = {"summary": "So.", "recommendations": "So.", "recipients": [{"role": "midwife"}]}
    assert scene.refused(ref, "send_summary", **sent) == {"concern_open"}
    scene.does(ref, "sign_off_safeguarding", **SIGNED)
    scene.does(ref, "send_summary", **sent)


@ONE
def test_each_twin_s_record_has_the_concern_that_was_raised_in_the_pregnancy(clock: Clock, scene: Scene) -> None:
    due = {"infant_dob": None, "infant_name": None, "expected_due_date": clock.today + timedelta(weeks=8)}
    referral = scene.referral(**due)
    first = scene.unborn(first_referral=referral)
    scene.does(first, "raise_safeguarding", concern="A worry")
    clock.advance(4)
    scene.does(referral, "record_birth", infant_dob=clock.today, babies_born=2, infant_name="Ada Test")
    told = considered(True, True)
    told[1]["name_of_this_baby"] = "Ben Test"
    receipt = scene.does(referral, "split_multiple", birth_order=1, babies_considered=told)
    (second,) = {one.reference for one in receipt.also if one.kind == "infant"} - {first}
    assert scene.case(second).clocks["safeguarding"].days(clock.today) == 4
    assert [entry["concern"] for entry in scene.of(second, "concerns")] == ["A worry"]
    assert scene.casework.replay(second)[1] == ()


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_adopted_child_s_concern_goes_on_under_the_new_identity_and_nobody_is_reminded_of_the_old(
    clock: Clock, scene: Scene, dry_run: bool
) -> None:
    referral, infant, _ = at_the_group(scene)
    twice = scene.infant()
    scene.does(twice, "merge_into", survivor=infant, **SAME)
    for reference in (infant, referral, twice):
        scene.does(reference, "raise_safeguarding", concern="Kqtext", immediate_danger="no")
    of_the_referral = scene.case(referral).version
    scene.does(referral, "raise_safeguarding", concern="Kqtext")
    scene.does(referral, "close_concern", concern_number=of_the_referral, safeguarding_outcome="Explained")
    clock.advance(9)
    new = {"infant_name": "New Name"}
    receipt = adopt(scene.casework, infant, scene.actor, new, reason="The order.", seen=LATEST, dry_run=dry_run)
    assert [one.trigger for one in receipt.also].count("concern_goes_on") == 3
    if dry_run:
        assert scene.case(infant).state == "born"
        return
    (fresh,) = [one.reference for one in receipt.also if one.trigger == "open_record"]
    (going_on,) = [one.reference for one in receipt.also if one.trigger == "link_records"]
    for reference, number in ((fresh, 2), (going_on, 1)):
        case = scene.case(reference)
        assert (len(case.answers["concerns"]), case.clocks["safeguarding"].days(clock.today)) == (number, 9)
        assert "Kqtext" not in repr(case.answers) + repr(scene.casework.history(reference))
    scene.casework.nights.run(clock.today)
    assert flagged(scene) == {fresh, going_on}
    for reference in (infant, twice, referral, fresh, going_on):
        assert scene.casework.replay(reference)[1] == ()


@ONE
def test_a_restriction_alone_stops_no_concern_and_an_offered_transfer_does_not_go_on_with_an_adoption(
    clock: Clock, scene: Scene
) -> None:
    referral, infant, _ = at_the_group(scene)
    for reference in (infant, referral):
        scene.does(reference, "raise_safeguarding")
    scene.does(infant, "restrict", reason="An order, it was said.")
    assert all(scene.case(reference).clocks["safeguarding"].running for reference in (infant, referral))
    assert scene.refused(infant, "concern_goes_on") == {"follows_only"}
    other, baby, _ = scene.family()
    assert "unknown_field" in scene.refused(baby, "restrict", reason="x", adopted="yes")
    scene.invents(other, "offer_transfer")
    receipt = adopt(scene.casework, baby, scene.actor, {"infant_name": "N"}, reason="The order.", seen=LATEST)
    (going_on,) = [one.reference for one in receipt.also if one.trigger == "link_records"]
    assert "transfer_offered_on" not in scene.case(going_on).answers
