"""A carer who dies, another who takes over, contact that ends, and a child who grows past the ages of the service."""

from datetime import timedelta
from typing import Any

import pytest

from casework import Asked, Casework
from tests.casework.families import Family, brought_to, referred
from tests.conftest import Actors, Clock
from tests.life.scene import expected, followed, refused
from workflows import Figure
from workflows.beside import RecordKind

FOSTER: dict[str, Any] = {
    "carer_name": "F. Carer",
    "carer_relationship": "foster_carer",
    "primary_carer": "yes",
    "former_access_reviewed": "yes",
}


def waiting(casework: Casework, clock: Clock, actors: Actors, **other: Any) -> Family:
    return brought_to(referred(casework, clock, actors.everyone, **other), "pass_checks", "accept_direct")


def carer_record(casework: Casework, actors: Actors) -> str:
    opened = casework.open_case("leeds-imhs", "open_record", actors.everyone, {"carer_name": "C. Test"}, kind="carer")
    return opened.reference


def test_clocks_keep_running_and_what_was_said_of_the_former_carer_is_not_said_of_the_next(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = waiting(casework, clock, actors, carer_nhs_number="9990000018")
    clock.advance(20)
    postcode = "LS1 1AA"
    family.does("change_focus_carer", **FOSTER, consent_on=clock.today, postcode=postcode, place="foster_care")
    case = family.case
    assert case.answers["carer_name"] == "F. Carer"
    assert case.clocks["wait_to_allocation"].days(clock.today) == 20
    assert not {"carer_nhs_number", "motivation", "readiness", "relationship_need"} & case.answers.keys()
    assert (case.answers["postcode"], case.answers["consent_on"]) == (postcode, clock.today)
    (infant,) = followed(casework, family.receipts[-1], RecordKind.INFANT)
    assert [entry["place"] for entry in infant.answers["locations"]] == ["foster_care"]


def test_the_new_carer_agrees_is_described_afresh_and_the_former_ones_access_is_reviewed(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = waiting(casework, clock, actors)
    told = refused(family, "change_focus_carer", former_access_reviewed="no", reason="Placed with a foster carer.")
    assert told.keys() == {"new_carer_incomplete", "access_not_reviewed"}
    assert "consent on" in told["new_carer_incomplete"]


def test_the_same_carer_is_no_other_carer_and_the_two_have_no_second_open_referral(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family, carer = waiting(casework, clock, actors), carer_record(casework, actors)
    family.does("link_records", infant=None, focus_carer=carer)
    same = refused(family, "change_focus_carer", **FOSTER, consent_on=clock.today, focus_carer=carer)
    assert same.keys() == {"same_carer"}
    other = referred(
        casework, clock, actors.everyone, infant_name=family.case.answers["infant_name"], carer_name="F. Carer",
        infant_dob=family.case.answers["infant_dob"], postcode="LS2 2BB",
    )  # fmt: skip
    told = refused(family, "change_focus_carer", **FOSTER, consent_on=clock.today, postcode="LS2 2BB")
    assert other.case.reference in told["already_referred"]


def test_where_the_rule_for_carers_must_be_looked_at_again_the_referral_goes_back_to_the_group(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = waiting(casework, clock, actors)
    clock.advance(12)
    new: dict[str, Any] = {
        **FOSTER,
        "primary_carer": "no",
        "consent_on": clock.today,
        "reason": "Father has taken over.",
    }
    told = refused(family, "change_focus_carer", **new)
    assert "new_carer_to_group" in told["carer_rule_to_recheck"]
    family.does("new_carer_to_group", **new)
    case = family.case
    assert case.state == "rmg_review"
    running = {name for name, kept in case.clocks.items() if kept.running}
    assert {"triage", "wait_to_allocation", "wait_to_start"} <= running
    assert case.clocks["wait_to_allocation"].days(clock.today) == 12


def test_a_carers_death_puts_each_open_referral_on_hold_and_nothing_more_is_sent(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    first, second = (waiting(casework, clock, actors) for _ in range(2))
    carer = carer_record(casework, actors)
    for family in (first, second):
        family.does("link_records", infant=None, focus_carer=carer)
    second.does("prepare_letter", letter_kind="outcome", letter_to="carer", to_carer=carer, letter_by="post")
    review = clock.today + timedelta(days=14)
    first.does("carer_died", carer_died_on=clock.today, now_cares="The grandmother", review_on=review)
    for family in (first, second):
        assert family.case.held_since == clock.today
        assert family.case.clocks["hold_review"].agreed_on == review
        assert family.case.answers["now_cares"] == "The grandmother"
    assert "letters" not in second.case.answers
    assert casework.case(carer).state == "died"


def test_a_carers_death_is_recorded_on_a_referral_that_is_on_hold_and_the_hold_goes_on(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = waiting(casework, clock, actors)
    family.does("place_hold")
    since = family.case.held_since
    clock.advance(10)
    family.does("carer_died", review_on=clock.today)
    assert family.case.held_since == since
    clock.advance(10)
    family.does("resume")
    kept = family.case.clocks["wait_to_allocation"]
    assert (kept.days(clock.today), kept.adjusted(clock.today, None)) == (20, 0)


def test_a_death_recorded_on_the_carers_record_is_looked_at_the_same_day(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family, carer = waiting(casework, clock, actors), carer_record(casework, actors)
    family.does("link_records", infant=None, focus_carer=carer)
    data = {
        "carer_died_on": clock.today, "confirmed_by": "A. GP", "confirmed_from": "The practice", "now_cares": "An aunt",
    }  # fmt: skip
    casework.fire(carer, "record_carer_death", actors.everyone, data, seen=1)
    assert family.case.clocks["hold_review"].agreed_on == clock.today


def test_contact_that_ends_is_a_hold_where_return_is_planned_and_else_an_ending(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = waiting(casework, clock, actors)
    removal: dict[str, Any] = {"legal_status": "interim_care_order", "care_plan": "Reunification by summer"}
    told = refused(family, "contact_ended", **removal, return_planned="no", review_on=clock.today)
    assert "close_contact_ended" in told["no_return_planned"]
    family.does("contact_ended", **removal, review_on=clock.today + timedelta(days=30))
    assert family.case.held_since == clock.today
    (infant,) = followed(casework, family.receipts[-1], RecordKind.INFANT)
    assert [entry["legal_status"] for entry in infant.answers["legal_statuses"]] == ["interim_care_order"]
    family.does("close_contact_ended", **removal, placement_outcome="separated")
    assert (family.case.state, family.case.answers["end_reason"]) == ("circumstances_changed", "contact_ended")


# Age


def flags(casework: Casework, clock: Clock) -> set[str]:
    return {flag.kind for flag in casework.flags(Asked(clock.today))}


def test_a_decision_to_keep_a_child_quiets_the_flags_of_age_until_its_last_day(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    casework.nights.enter("leeds-imhs", Figure("ageing_out", 28, "a letter", clock.today), by="the manager")
    family = waiting(casework, clock, actors, infant_dob=clock.today - timedelta(days=710))
    casework.nights.run(clock.today)
    assert {"ages_out_soon", "ages_out_before_start"} <= flags(casework, clock)
    until = clock.today + timedelta(days=200)
    receipt = family.does("retain", retain_until=until)
    assert {"ages_out_soon", "ages_out_before_start"} <= set(receipt.cleared_flags)
    clock.advance(171)
    casework.nights.run(clock.today)
    assert "ages_out_soon" not in flags(casework, clock)
    clock.advance(1)
    casework.nights.run(clock.today)
    assert "ages_out_soon" in flags(casework, clock)


@pytest.mark.parametrize(("days_after", "allowed"), [(-1, False), (0, True)])
def test_nobody_is_let_go_for_age_before_the_day_on_which_the_service_sees_the_child_no_longer(
    casework: Casework, clock: Clock, actors: Actors, days_after: int, allowed: bool
) -> None:
    family = waiting(casework, clock, actors)
    too_old = family.case.days["too_old"]
    clock.set(too_old + timedelta(days=days_after))
    told = refused(family, "close_aged_out", infant_voice="She points at things.")
    assert (not told) is allowed
    assert family.case.state == ("aged_out" if allowed else "waiting")
    assert allowed or told.keys() == {"not_too_old"}


def test_no_night_lets_a_child_go_and_the_unborn_have_no_age_to_review(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = waiting(casework, clock, actors, infant_dob=clock.today - timedelta(days=720))
    clock.advance(40)
    casework.nights.run(clock.today)
    assert family.case.state == "waiting"
    unborn = expected(casework, clock, actors.everyone)
    assert "not_born" in refused(unborn, "retain", retain_until=clock.today + timedelta(days=1))
    assert refused(family, "retain", retain_until=clock.today).keys() == {"date_is_past"}
