"""What the guidance restricts is shown to those who decide about the care; others see that there is an answer."""

from typing import Any

import pytest

from casework import Actor, BadRequest, Casework, StepRefused
from casework.change import LATEST
from casework.duplicates import Whole
from casework.exporting import copy_of
from jobs.commands.readings import ROLES
from jobs.doubles import copied
from tests.casework.families import LEEDS, form
from tests.conftest import Actors, Clock
from tests.merging.histories import WHY
from workflows import Role
from workflows.fields.calls import CONTRIBUTING_FACTORS
from workflows.fields.ratings import INDICATORS_SEEN, RISK_TAKEN
from workflows.restricted import SEES_RESTRICTED, WITHHELD, restricted_choices

CANARY = "Canary: he hits her"
TOLD = {
    "contributing_factors": ["poverty", "unsafe_relationship", "conceived_through_trauma"],
    "contributing_words": CANARY,
    "carer_account": CANARY,
}
RATING = {
    "area": "readiness",
    "level": "low",
    "account": "carer",
    "indicators": ["no_support_system"],
    "rating_words": CANARY,
    "risk_taking": [{"behaviour": "drug_taking", "supported": "no"}],
}
SECRETS = (CANARY, "unsafe_relationship", "conceived_through_trauma", "drug_taking")
CLINICAL = {Role.DUTY, Role.CHAIR, Role.CLINICIAN, Role.TEAM, Role.LEAD, Role.SAFEGUARDING}
ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def told_in_confidence(casework: Casework, clock: Clock, actors: Actors) -> str:
    ref = casework.open_case(LEEDS, "take_call", actors.everyone, TOLD).reference
    casework.fire(ref, "rate", actors.everyone, RATING, seen=LATEST)
    return ref


def test_every_role_is_told_apart_by_the_table() -> None:
    assert {role for role, sees in SEES_RESTRICTED.items() if sees} == CLINICAL
    assert set(SEES_RESTRICTED) == set(Role) == set(map(Role, ROLES))


@pytest.mark.parametrize("role", Role)
@ON_ONE
def test_who_decides_nothing_about_the_care_sees_that_there_is_an_answer_and_whom_to_ask(
    casework: Casework, clock: Clock, actors: Actors, role: Role
) -> None:
    read = casework.read(told_in_confidence(casework, clock, actors), actors[role])
    heard = repr((read.case.answers, [event.data for event in read.events]))
    assert all((secret in heard) is (role in CLINICAL) for secret in SECRETS)
    if role in CLINICAL:
        return
    answers, (call, rating) = read.case.answers, read.events
    assert answers["contributing_factors"] == call.data["contributing_factors"] == ["poverty", WITHHELD]
    assert answers["carer_account"] is WITHHELD
    assert str(WITHHELD) == "restricted: ask the clinician"
    (entry,) = answers["ratings"]
    assert (entry["level"], entry["risk_taking"], entry["rating_words"]) == ("low", WITHHELD, WITHHELD)
    assert rating.data["risk_taking"] is WITHHELD


def test_of_several_roles_one_that_sees_it_is_enough(casework: Casework, clock: Clock, actors: Actors) -> None:
    ref = told_in_confidence(casework, clock, actors)
    both = Actor("A Clinician at the desk", [Role.ADMINISTRATOR, Role.CLINICIAN])
    assert casework.read(ref, both).case.answers["carer_account"] == CANARY
    assert casework.read(ref, Actor("Nobody yet", [])).case.answers["carer_account"] is WITHHELD


@ON_ONE
def test_what_stands_in_the_place_of_an_answer_cannot_be_sent_back_as_one(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    ref = told_in_confidence(casework, clock, actors)
    for sent in (WITHHELD, {"restricted": str(WITHHELD)}, ["poverty", WITHHELD]):
        for name in ("carer_account", "contributing_factors"):
            with pytest.raises((StepRefused, BadRequest)):
                casework.fire(ref, "add_information", actors.everyone, {name: sent}, seen=LATEST)
    assert casework.case(ref).answers["carer_account"] == CANARY


@ON_ONE
def test_neither_side_by_side_nor_merged_nor_in_a_copy_does_it_come_out(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    known = {name: form(clock.today)[name] for name in ("infant_dob", "infant_name", "postcode")}
    goes, stays = (
        casework.open_case(LEEDS, "take_call", actors.everyone, {**known, **TOLD, "carer_name": name}).reference
        for name in ("One Test", "Other Test")
    )
    clerk, clinician = actors[Role.ADMINISTRATOR], actors[Role.CLINICIAN]
    compared = {side.name: side for side in casework.side_by_side(goes, stays, clerk).answers}
    assert (compared["carer_account"].first, compared["carer_account"].agrees) == (WITHHELD, True)
    assert CANARY not in repr(compared)
    casework.fire(goes, "merge_into", actors.everyone, {"survivor": stays, **WHY}, seen=LATEST)
    assert CANARY in told_of(casework.whole(stays, clinician))
    whole = told_of(casework.whole(stays, clerk))
    assert not [secret for secret in SECRETS if secret in whole]
    infant = casework.open_case(LEEDS, "open_record", actors.everyone, born(known, stays), kind="infant").reference
    made = copied(copy_of(casework, infant, clerk, "Asked for by a parent."))
    assert CANARY not in repr(made)
    assert "restricted" in made["notice"]
    assert CANARY in repr(copied(copy_of(casework, infant, clinician)))


def told_of(whole: Whole) -> str:
    return repr(([case.answers for case in whole.cases], [event.data for _, event in whole.story]))


def born(known: dict[str, Any], referral: str) -> dict[str, Any]:
    return {"infant_dob": known["infant_dob"], "first_referral": referral}


def test_the_terms_of_the_guidance_that_are_marked_are_withheld_where_they_are_chosen() -> None:
    behaviour = RISK_TAKEN.of[0]
    assert {"domestic_abuse", "unplanned_pregnancy"} < restricted_choices(CONTRIBUTING_FACTORS)
    assert "poverty" not in restricted_choices(CONTRIBUTING_FACTORS)
    assert {"not_bonded", "worrying_thoughts"} < restricted_choices(INDICATORS_SEEN)
    assert restricted_choices(behaviour) == set(behaviour.choices)
