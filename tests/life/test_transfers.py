"""A transfer has two sides; another team may work alongside; a family may need us no longer, or not be reached."""

from datetime import date, timedelta
from typing import Any

import pytest

from casework import Asked, Casework, StepRefused
from tests.casework.families import ESSEX, LEEDS, brought_to, form, referred
from tests.conftest import Actors, Clock
from tests.life.scene import HANDS, refused
from workflows import Role


def test_an_offered_transfer_stays_on_our_worklist_until_the_other_side_has_accepted(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = brought_to(referred(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    assert refused(family, "transfer_accepted").keys() == {"no_transfer_offered"}
    family.does("offer_transfer", **HANDS)
    clock.advance(9)
    (row,) = casework.worklist(Asked(clock.today))
    assert (row.reference, row.waiting_days) == (family.case.reference, 9)
    assert refused(family, "offer_transfer", **HANDS).keys() == {"transfer_pending"}
    assert refused(family, "transfer_accepted", accepted_by=None).keys() == {"answer_missing"}
    family.does("transfer_accepted", accepted_by="P. Nurse, perinatal team")
    assert family.case.state == "transferred_out"
    assert family.case.answers["transferred_on"] == clock.today
    assert not casework.worklist(Asked(clock.today))


def test_a_refused_transfer_goes_on_here_with_its_wait(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = brought_to(referred(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    family.does("offer_transfer", **HANDS)
    clock.advance(5)
    family.does("transfer_refused", reason="Their list is closed.")
    assert family.case.clocks["wait_to_allocation"].days(clock.today) == 5
    assert "receiving_service" not in family.case.answers
    family.does("offer_transfer", **HANDS)


def test_a_transfer_without_the_familys_agreement_needs_a_basis(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors.everyone)
    without: dict[str, Any] = {**HANDS, "shared_with_consent": "no"}
    assert refused(family, "offer_transfer", **without).keys() == {"basis_missing"}
    family.does("offer_transfer", **without, sharing_basis="Best interests, agreed with the safeguarding lead")


def test_what_another_team_hands_over_comes_in_as_received_and_our_wait_begins_with_our_acceptance(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    handed: dict[str, Any] = {
        "from_service": "Perinatal team",
        "first_referred_on": date(2025, 10, 1),
        "package_checked": "yes",
        **form(clock.today),
    }
    with pytest.raises(StepRefused) as no:
        casework.open_case(LEEDS, "transfer_in", actors[Role.DUTY], {**handed, "package_checked": "no"})
    assert {reason.code for reason in no.value.reasons} == {"package_not_checked"}
    with pytest.raises(StepRefused) as no:
        casework.open_case(LEEDS, "transfer_in", actors[Role.DUTY], {**handed, "consent_on": None})
    assert {reason.code for reason in no.value.reasons} == {"consent_missing"}
    receipt = casework.open_case(LEEDS, "transfer_in", actors[Role.DUTY], handed)
    case = casework.case(receipt.case_id)
    assert (case.state, case.answers["first_referred_on"]) == ("received", date(2025, 10, 1))
    assert {name for name, kept in case.clocks.items() if kept.running} == {"acknowledge", "total_time"}
    assert case.clocks["total_time"].days(clock.today) == 0


def test_joint_work_with_another_team_has_a_lead_and_an_end(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = brought_to(referred(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    assert refused(family, "start_cowork", other_team_agrees="no").keys() == {"other_team_not_agreed"}
    receipt = family.does("start_cowork", other_team="Perinatal team", lead_service="Perinatal team")
    (entry,) = family.case.answers["coworking"]
    assert entry["lead_service"] == "Perinatal team"
    family.does("end_cowork", cowork=receipt.version)
    assert "coworking" not in family.case.answers
    assert family.case.state == "waiting"


def test_where_several_agencies_meet_joint_work_says_when_the_two_teams_meet_next(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors.everyone, ESSEX, lives_in_area="yes")
    brought_to(family, "pass_checks", "triage_rate", "accept_assessment")
    assert refused(family, "start_cowork", meets_on=None).keys() == {"joint_meeting_missing"}
    family.does("start_cowork", meets_on=clock.today)


def test_a_meeting_of_several_agencies_considers_each_person_and_the_relationship_apart(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = brought_to(referred(casework, clock, actors.everyone), "pass_checks")
    mother = {"of_whom": "focus_carer", "needs_seen": "Her sleep, and her low mood."}
    both = {"of_whom": "dyad", "needs_seen": "They miss each other's looks."}
    for considered in ([mother], [both]):
        told = refused(family, "record_joint_meeting", agencies="Perinatal, health visiting", considered=considered)
        assert told.keys() == {"considered_together"}
    family.does("record_joint_meeting", agencies="Perinatal, health visiting", considered=[mother, both])
    (entry,) = family.case.answers["joint_meetings"]
    assert [one["of_whom"] for one in entry["considered"]] == ["focus_carer", "dyad"]
    assert family.case.state == "rmg_review"
    assert casework.replay(family.id)[1] == ()


def test_a_family_that_is_not_reached_is_let_go_by_the_lead_after_attempts_by_an_agreed_way(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = brought_to(referred(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    carer = casework.open_case(LEEDS, "open_record", actors.everyone, {"carer_name": "C. Test"}, kind="carer")
    family.does("link_records", infant=None, focus_carer=carer.reference)
    attempt = {"tried_on": clock.today, "route": "telephone", "agreed_route": "no"}
    voice: dict[str, Any] = {"infant_voice": "Not seen since March; settled then."}
    told = refused(family, "close_disengaged", attempts=[attempt], **voice, by=actors[Role.CLINICIAN])
    assert told.keys() == {"no_agreed_attempt", "not_your_step"}
    casework.fire(carer.case_id, "record_circumstances", actors.everyone, {"care_leaver": "yes"}, seen=1)
    tried: dict[str, Any] = {"attempts": [{**attempt, "agreed_route": "yes"}], **voice}
    assert refused(family, "close_disengaged", **tried).keys() == {"care_leaver_contact_missing"}
    family.does("close_disengaged", **tried, care_leaver_contact="By the personal adviser, whom she trusts")
    assert family.case.state == "disengaged"


def test_a_need_that_has_gone_is_said_by_the_family_and_by_the_referrer(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = brought_to(referred(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    assert refused(family, "no_longer_needed", said_by_family=None).keys() >= {"answer_missing"}
    elsewhere: dict[str, Any] = {"no_longer_because": "needs_met_elsewhere"}
    assert refused(family, "no_longer_needed", **elsewhere).keys() == {"ending_incomplete"}
    family.does("no_longer_needed", **elsewhere, onward_services="The health visitor")
    assert family.case.state == "discharged"


def test_a_family_that_moved_is_let_go_and_nothing_is_asked_that_is_not_known(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors.everyone)
    family.does("raise_safeguarding", concern="x")
    family.does("move_away", transfer_offered="yes", new_area=None, handed_on_to="Their safeguarding team, by letter")
    assert family.case.state == "moved_away"
    assert family.case.clocks["safeguarding"].days(clock.today + timedelta(days=3)) == 3
