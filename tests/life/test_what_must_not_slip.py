"""Ways round a rule that a reader found who had not written it: each is closed here, in the words of the clinic."""

from datetime import timedelta
from typing import Any

import pytest

from casework import LATEST, BadRequest, Casework, StepRefused
from casework.adoption import adopt
from tests.casework.families import ESSEX, LEEDS, Family, brought_to, form, referred
from tests.conftest import Actors, Clock
from tests.life.scene import LOSS, expected, refused, twins
from workflows import Role

SAME: dict[str, Any] = {"same_because": "The same baby, twice.", "second_person": "B. Lead"}
CONSENT: dict[str, Any] = {"consent_by": "The mother", "consent_standing": "parental_responsibility"}


def said(family: Family, decision: str, purpose: str, clock: Clock) -> None:
    given = {**CONSENT, "consent_decision": decision, "consent_for": purpose}
    family.does("record_consent", consent_said_on=clock.today, **given)


def waiting(casework: Casework, clock: Clock, actors: Actors) -> Family:
    return brought_to(referred(casework, clock, actors.everyone, LEEDS), "pass_checks", "accept_direct")


def test_a_referral_with_an_open_concern_is_merged_only_once_it_is_signed_off(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    stays, goes = (referred(casework, clock, actors.everyone, LEEDS) for _ in range(2))
    goes.does("raise_safeguarding", concern="Bruises")
    survivor = casework.case(stays.id).reference
    assert "concern_open" in refused(goes, "merge_into", survivor=survivor, **SAME)
    assert casework.case(goes.id).open
    goes.does("sign_off_safeguarding", signed_by="S. Lead", safeguarding_outcome="Looked into.")
    assert refused(goes, "merge_into", survivor=survivor, **SAME) == {}


def test_a_referral_under_restriction_keeps_its_open_concern(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = referred(casework, clock, actors.everyone, LEEDS)
    family.does("raise_safeguarding", concern="Bruises")
    family.does("restrict", reason="Court order")
    assert casework.case(family.id).clocks["safeguarding"].running


@pytest.mark.parametrize("purpose", ["referral", "assessment"])
def test_nobody_is_allocated_to_a_family_that_has_taken_its_consent_back(
    casework: Casework, clock: Clock, actors: Actors, purpose: str
) -> None:
    family = waiting(casework, clock, actors)
    said(family, "given", purpose, clock)
    clock.advance(days=1)
    said(family, "withdrawn", purpose, clock)
    assert "consent_withheld" in refused(family, "allocate")
    clock.advance(days=1)
    said(family, "given", purpose, clock)
    assert refused(family, "allocate") == {}


def test_a_referral_that_ended_by_withdrawal_goes_on_only_with_consent(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = waiting(casework, clock, actors)
    family.does("withdraw_consent", withdrawn_by="The mother")
    assert "consent_missing" in refused(family, "reopen", reason="She rang again.", consent_on=None)
    family.does("reopen", reason="She rang again.", consent_on=clock.today)
    assert casework.case(family.id).answers["consent_on"] == clock.today


def test_a_birth_is_told_by_its_own_step_and_not_as_one_more_answer(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone)
    assert "birth_by_its_step" in refused(family, "add_information", infant_dob=clock.today)
    assert "infant_dob" not in casework.case(family.id).answers
    assert refused(family, "record_birth", infant_dob=clock.today, babies_born=1) == {}


def test_the_loss_of_one_of_two_before_the_birth_leaves_the_referral_to_the_other(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone, babies_expected=2)
    family.does("prepare_letter", letter_kind="other", letter_to="referrer", letter_by="post")
    assert "which_baby" in refused(family, "record_loss", lost_on=clock.today, all_lost=None, **LOSS)
    family.does("record_loss_of_one", one_lost_on=clock.today, **LOSS)
    case = casework.case(family.id)
    assert case.open
    assert "letters" not in case.answers, "whatever was to be sent is read anew"
    assert "lost_on" not in case.answers
    assert refused(family, "record_loss_of_one", one_lost_on=clock.today, **LOSS).keys() == {"one_baby"}
    assert refused(family, "record_loss", lost_on=clock.today, **LOSS) == {}
    assert casework.case(family.id).state == "closed_loss"


def test_all_of_several_are_lost_in_one_step_where_that_is_said(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone, babies_expected=2)
    assert refused(family, "record_loss", lost_on=clock.today, all_lost="yes", **LOSS) == {}


def test_a_referral_that_was_merged_does_not_come_back_after_the_loss_of_its_baby(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    stays = expected(casework, clock, actors.everyone)
    goes = expected(casework, clock, actors.everyone)
    record = {"infant_name": "Baby Test-Z", "expected_due_date": clock.today + timedelta(weeks=8)}
    baby = casework.open_case(LEEDS, "open_unborn", actors.everyone, record, kind="infant").reference
    for family in (stays, goes):
        family.does("link_records", infant=baby)
    survivor, gone = (casework.case(family.id).reference for family in (stays, goes))
    goes.does("merge_into", survivor=survivor, **SAME)
    casework.fire(survivor, "record_loss", actors.everyone, {"lost_on": clock.today, **LOSS}, seen=LATEST)
    undo = {"merged_into": survivor, "apart_because": "Two families after all."}
    with pytest.raises(StepRefused) as no:
        casework.fire(gone, "unmerge", actors.everyone, undo, seen=LATEST)
    assert "after_a_loss" in {reason.code for reason in no.value.reasons}


def test_a_family_that_referred_itself_is_not_told_by_a_way_that_is_unsafe_for_it(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    answers = form(clock.today, duty_call_on=None, referrer_role="family", lives_in_area="yes")
    family = Family(casework, clock, actors.everyone).opens(ESSEX, "receive_referral", **answers)
    carer = {"carer_name": answers["carer_name"]}
    record = casework.open_case(ESSEX, "open_record", actors.everyone, carer, kind="carer").reference
    told = {"channel": "post", "safe": "not_allowed"}
    casework.fire(record, "set_safe_contact", actors[Role.CLINICIAN], told, seen=LATEST)
    family.does("link_records", focus_carer=record, infant=None)
    letter = {"letter_kind": "outcome", "letter_to": "referrer", "letter_by": "post"}
    assert "unsafe_contact" in refused(family, "prepare_letter", **letter)
    assert "unsafe_contact" in refused(family, "acknowledge", how_told="letter")
    assert refused(family, "acknowledge", how_told="email") == {}


def test_nothing_follows_a_referral_of_a_baby_who_has_died(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = referred(casework, clock, actors.everyone, LEEDS)
    family.does("move_away", transfer_offered="yes", new_area="Elsewhere")
    family.does("record_loss", lost_on=clock.today, **LOSS)
    prior = {"prior_referral": casework.case(family.id).reference}
    again = form(clock.today)
    with pytest.raises(StepRefused) as no:
        casework.open_case(LEEDS, "re_refer", actors.everyone, {**again, **prior})
    assert "prior_is_not_followed" in {reason.code for reason in no.value.reasons}


def test_a_consultation_about_a_baby_who_has_died_is_called_off_with_the_loss(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone)
    asked = {"origin": "triage", "purpose": "To think together.", "for_role": "midwife", "for_name": "A. Midwife"}
    about = {"referral": casework.case(family.id).reference}
    opening = {**asked, **about}
    record = casework.open_case(LEEDS, "request_consultation", actors.everyone, opening, kind="consultation").reference
    family.does("record_loss", lost_on=clock.today, **LOSS)
    assert casework.case(record).state == "cancelled"
    assert not any(clock.running for clock in casework.case(record).clocks.values())


def test_a_baby_who_has_died_and_is_referred_again_is_shown_to_whoever_enters_it(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    answers = form(clock.today)
    family = Family(casework, clock, actors.everyone).opens(LEEDS, "receive_referral", **answers)
    family.does("record_loss", lost_on=clock.today, **LOSS)
    again = casework.open_case(LEEDS, "receive_referral", actors.everyone, answers)
    assert again.alike == (casework.case(family.id).reference,)


def test_professionals_alone_are_no_contact_with_a_family_and_end_no_wait(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = waiting(casework, clock, actors)
    family.does("allocate")
    alone = [{"who": "professional", "attended": "yes"}, {"who": "infant", "attended": "no"}]
    assert "nobody_present" in refused(family, "first_contact", participants=alone)
    assert casework.case(family.id).clocks["wait_to_start"].running


def test_the_records_of_twins_are_not_merged_whichever_way_they_came_to_be(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone)
    second, bens = twins(casework, family, clock.today)
    first = infant_reference(casework, family)
    with pytest.raises(StepRefused) as no:
        casework.fire(bens.reference, "merge_into", actors.everyone, {"survivor": first, **SAME}, seen=LATEST)
    assert "twins" in {reason.code for reason in no.value.reasons}
    assert second.open


def infant_reference(casework: Casework, family: Family) -> str:
    """The record of the baby that was opened from a family's own referral."""
    born = next(receipt for receipt in family.receipts if receipt.trigger == "record_birth")
    return next(one.reference for one in born.also if one.kind == "infant")


def test_a_referral_is_not_adopted_in_the_place_of_its_baby(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = referred(casework, clock, actors.everyone, LEEDS)
    reference = casework.case(family.id).reference
    with pytest.raises(BadRequest) as no:
        adopt(casework, reference, actors.everyone, {"infant_name": "New Name"}, reason="Adopted.", seen=LATEST)
    assert no.value.code == "not_an_infant"
    assert casework.case(family.id).state == "received"
