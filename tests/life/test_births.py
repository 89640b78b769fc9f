"""A birth while the referral is open: the record moves to the baby, the wait goes on, and each twin has a referral."""

from datetime import timedelta

import pytest

from casework import Asked, Casework, StepRefused
from casework.identity import people
from tests.casework.families import ESSEX, Family, brought_to, referred
from tests.conftest import Actors, Clock
from tests.life.scene import considered, expected, followed, refused, twins
from workflows import Figure
from workflows.beside import RecordKind


def born(casework: Casework, clock: Clock, actors: Actors) -> Family:
    family = brought_to(expected(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    clock.advance(50)
    family.does("record_birth", infant_dob=clock.today - timedelta(days=1), babies_born=1, infant_name="Ada Test")
    return family


def test_the_wait_goes_on_and_the_age_is_counted_from_the_birth_on(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    case = born(casework, clock, actors).case
    assert case.state == "waiting"
    assert case.clocks["wait_to_allocation"].days(clock.today) == 50
    assert "due" not in case.days
    assert case.days["too_old"].year == clock.today.year + 2


def test_the_babys_own_record_is_opened_and_an_unborn_one_becomes_born(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = born(casework, clock, actors)
    (infant,) = followed(casework, family.receipts[-1], RecordKind.INFANT)
    assert (infant.state, infant.answers["infant_name"]) == ("born", "Ada Test")

    other = expected(casework, clock, actors.everyone)
    due = other.case.answers["expected_due_date"]
    data = {"expected_due_date": due, "first_referral": other.case.reference}
    unborn = casework.open_case("leeds-imhs", "open_unborn", actors.everyone, data, kind="infant")
    other.does("record_birth", infant_dob=clock.today, babies_born=1)
    record = casework.case(unborn.reference)
    assert (record.state, record.answers["infant_dob"]) == ("born", clock.today)


def test_a_birth_on_the_babys_record_reaches_every_open_referral_of_the_baby(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    first = expected(casework, clock, actors.everyone)
    due = first.case.answers["expected_due_date"]
    record = casework.open_case("leeds-imhs", "open_unborn", actors.everyone, {"expected_due_date": due}, kind="infant")
    second = expected(casework, clock, actors.everyone)
    for family in (first, second):
        family.does("link_records", infant=record.reference)
    data = {"infant_dob": clock.today, "babies_born": 1}
    with pytest.raises(StepRefused) as asked:
        casework.fire(record.reference, "record_birth", actors.everyone, {"infant_dob": clock.today}, seen=1)
    assert [(reason.code, reason.fields) for reason in asked.value.reasons] == [("answer_missing", ("babies_born",))]
    casework.fire(record.reference, "record_birth", actors.everyone, data, seen=1)
    assert [f.case.answers["infant_dob"] for f in (first, second)] == [clock.today] * 2


def test_two_referrals_of_one_baby_tell_of_one_day_of_birth(casework: Casework, clock: Clock, actors: Actors) -> None:
    family, born_on = expected(casework, clock, actors.everyone), clock.today - timedelta(days=2)
    record = casework.open_case("leeds-imhs", "open_record", actors.everyone, {"infant_dob": born_on}, kind="infant")
    family.does("link_records", infant=record.reference)
    assert refused(family, "record_birth", infant_dob=clock.today, babies_born=1).keys() == {"not_the_same_person"}
    assert not refused(family, "record_birth", infant_dob=born_on, babies_born=1)


def test_the_gp_is_looked_at_again_and_the_entry_in_the_mothers_record_is_moved(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    for name in ("gp_recheck", "record_location"):
        figure = Figure(name, 14, "a letter", clock.today)
        casework.nights.enter("leeds-imhs", figure, by="the manager")
    family = expected(casework, clock, actors.everyone)
    family.does("move_record_entry", call_recorded_in="mothers_record")
    family.does("record_birth", infant_dob=clock.today, babies_born=1)
    clock.advance(13)
    casework.nights.run(clock.today)
    assert not {"gp_recheck_after_birth", "record_location_after_birth"} & _flags(casework, clock)
    clock.advance(1)
    casework.nights.run(clock.today)
    assert {"gp_recheck_after_birth", "record_location_after_birth"} <= _flags(casework, clock)
    cleared = family.does("recheck_gp", gp_practice_code="B86038")
    assert cleared.cleared_flags == ("gp_recheck_after_birth",)
    assert followed(casework, cleared, RecordKind.INFANT)[0].answers["gp_practice_code"] == "B86038"
    moved = family.does("move_record_entry", call_recorded_in="infants_record")
    assert moved.cleared_flags == ("record_location_after_birth",)


def test_an_entry_moved_on_the_babys_record_is_moved_for_the_referral_too(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone)
    family.does("move_record_entry", call_recorded_in="mothers_record")
    family.does("record_birth", infant_dob=clock.today, babies_born=1)
    (infant,) = followed(casework, family.receipts[-1], RecordKind.INFANT)
    data = {"record_holder": "infant", "record_system": "SystmOne", "written_there": "yes"}
    casework.fire(infant.reference, "record_outside_record", actors.everyone, data, seen=infant.version)
    casework.fire(infant.reference, "record_gp", actors.everyone, {"gp_practice_code": "B86099"}, seen=2)
    assert not {"gp_recheck", "entry_to_move"} & family.case.days.keys()


def test_a_birth_before_the_pregnancy_began_a_second_one_and_one_still_to_come_are_refused(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone)
    due = family.case.answers["expected_due_date"]
    too_early = refused(family, "record_birth", infant_dob=due - timedelta(days=301), babies_born=1)
    assert "cannot have been born" in too_early["before_the_pregnancy"]
    ahead = refused(family, "record_birth", infant_dob=clock.today + timedelta(days=1), babies_born=1)
    assert ahead.keys() == {"date_in_future"}
    assert "infant_dob" not in family.case.answers
    assert not refused(family, "record_birth", infant_dob=due - timedelta(days=300), babies_born=1)
    assert refused(family, "record_birth", infant_dob=clock.today, babies_born=1).keys() == {"already_born"}


def test_each_twin_whom_the_service_sees_has_a_referral_that_keeps_its_dates(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = brought_to(expected(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    clock.advance(40)
    first_day = family.case.opened_on
    second, _ = twins(casework, family, clock.today)
    for case in (family.case, second):
        assert (case.state, case.opened_on) == ("waiting", first_day)
        assert case.clocks["wait_to_allocation"].days(clock.today) == 40
    names = [family.case.answers["infant_name"], second.answers["infant_name"]]
    assert names == ["Ada Test", "Ben Test"]
    behind = [e for e in casework.history(second.id) if e.trigger != "split_off"]
    before = [e for e in casework.history(family.id) if e.trigger != "split_multiple"]
    assert [(e.trigger, e.effective_on) for e in behind] == [(e.trigger, e.effective_on) for e in before]
    assert {e.via for e in behind} == {"split"}
    assert not {e.id for e in behind} & {e.id for e in before}


def test_twins_are_one_family_and_never_each_others_duplicate(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = expected(casework, clock, actors.everyone, infant_nhs_number=None)
    family.does("record_birth", infant_dob=clock.today, babies_born=2, infant_nhs_number="9990000018")
    receipt = family.does("split_multiple", birth_order=2, babies_considered=considered(True, True))
    (twin,) = followed(casework, receipt, RecordKind.REFERRAL)
    records = followed(casework, receipt, RecordKind.INFANT)
    assert len({record.answers["family"] for record in records}) == 1
    assert "infant_nhs_number" not in twin.answers
    assert twin.answers["birth_order"] == 1
    assert people(twin.answers)[0] != people(family.case.answers)[0]


def test_only_the_babies_whom_the_service_sees_are_referred_and_the_advice_is_kept(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone, ESSEX)
    family.does("record_birth", infant_dob=clock.today, babies_born=3)
    entries = considered(False, True, False)
    entries[0]["advice_on_this_baby"] = "The health visitor goes on."
    receipt = family.does("split_multiple", birth_order=2, babies_considered=entries)
    assert not followed(casework, receipt, RecordKind.REFERRAL)
    assert family.case.answers["birth_order"] == 2
    assert casework.history(family.id)[-1].data["babies_considered"][0]["advice_on_this_baby"]
    assert len(casework.worklist(Asked(clock.today))) == 1


def test_babies_are_split_once_each_of_them_considered_and_the_first_referral_stays_with_one_in_scope(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors.everyone)
    assert refused(family, "split_multiple").keys() >= {"one_baby"}
    family = expected(casework, clock, actors.everyone)
    family.does("record_birth", infant_dob=clock.today, babies_born=2)
    entries = considered(True, False)
    alone = refused(family, "split_multiple", birth_order=1, babies_considered=entries[:1])
    assert alone.keys() == {"baby_not_considered"}
    assert refused(family, "split_multiple", birth_order=2, babies_considered=entries).keys() == {"baby_not_in_scope"}
    assert not refused(family, "split_multiple", birth_order=1, babies_considered=entries)
    assert refused(family, "split_multiple", birth_order=1, babies_considered=entries).keys() == {"already_split"}


def test_nobody_splits_a_referral_off_by_hand(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = referred(casework, clock, actors.everyone)
    by_hand = {"split_from": family.case.reference, "birth_order": 1, "infant": None}
    assert refused(family, "split_off", **by_hand).keys() == {"follows_only"}


def test_a_twin_that_cannot_be_split_off_leaves_everything_as_it_was(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone)
    known = family.case.answers
    other = referred(
        casework, clock, actors.everyone, infant_name="Ben Test", infant_dob=clock.today,
        carer_name=known["carer_name"], postcode=known["postcode"],
    )  # fmt: skip
    family.does("record_birth", infant_dob=clock.today, babies_born=2, infant_name="Ada Test")
    version, listed = family.case.version, len(casework.worklist(Asked(clock.today)))
    entries = considered(True, True)
    entries[1]["name_of_this_baby"] = "Ben Test"
    told = refused(family, "split_multiple", birth_order=1, babies_considered=entries)
    assert other.case.reference in told["already_referred"]
    assert (family.case.version, len(casework.worklist(Asked(clock.today)))) == (version, listed)


def _flags(casework: Casework, clock: Clock) -> set[str]:
    return {flag.kind for flag in casework.flags(Asked(clock.today))}
