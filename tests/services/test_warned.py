"""What a service warns of is told by a flag of its own, and stops nothing; what it needs stops the referral."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from casework import Asked, Casework
from casework.gaps import kept_gaps, lacking
from tests.casework.families import Family, brought_to, form
from tests.conftest import Actors, Clock
from tests.services.documents import THIRD, added
from workflows.settings import Lack

SERVICE, WARN, BLOCK = "third-service", "missing_warn", "missing_information"


@pytest.fixture(autouse=True)
def third_service() -> Iterator[None]:
    """It needs the consent and six answers more, and warns of the GP practice and the postcode."""
    with added(THIRD):
        yield


def referred(casework: Casework, clock: Clock, actors: Actors, **other: Any) -> Family:
    answers = form(clock.today, duty_call_on=None, **other)
    return Family(casework, clock, actors.everyone).opens(SERVICE, "receive_referral", **answers)


def kinds(casework: Casework, family: Family) -> set[str]:
    return {flag.kind for flag in casework.case_flags(family.id)}


def told(casework: Casework, on: date, kind: str) -> list[tuple[str, ...]]:
    return [row.missing for row in casework.flags(Asked(on, SERVICE)) if row.kind == kind]


def test_the_night_tells_of_what_is_warned_and_the_referral_goes_on_all_the_same(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors, gp_practice_code=None, postcode=None)
    casework.night()
    assert kinds(casework, family) == {WARN}
    assert told(casework, clock.today, WARN) == [("gp_practice_code", "postcode")]
    assert casework.worklist()[0].missing == ()
    assert brought_to(family, "pass_checks").case.state == "rmg_review"
    assert kinds(casework, family) == {WARN}
    assert casework.replay(family.id)[1] == ()


def test_each_kind_of_lack_has_a_flag_of_its_own_and_ends_with_its_own_answers(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors, consent_on=None, postcode=None)
    casework.night()
    assert kinds(casework, family) == {WARN, BLOCK}
    assert (told(casework, clock.today, BLOCK), told(casework, clock.today, WARN)) == (
        [("consent_on",)],
        [("postcode",)],
    )
    assert kept_gaps(family.case) == {"consent_on": Lack.BLOCK, "postcode": Lack.WARN}
    family.does("add_information", consent_on=clock.today)
    assert kinds(casework, family) == {WARN}
    family.does("add_information", postcode="LS3 7AB")
    assert kinds(casework, family) == set()
    assert casework.replay(family.id)[1] == ()


def test_what_a_family_declined_is_not_told_again(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = referred(casework, clock, actors, postcode=None)
    casework.night()
    family.does("add_information", unanswered=[{"name": "postcode", "shape": "declined"}])
    assert (kinds(casework, family), lacking(family.case, Lack.WARN)) == (set(), ())
    assert casework.replay(family.id)[1] == ()


def test_what_was_told_on_a_past_day_is_told_of_that_day(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = referred(casework, clock, actors, postcode=None)
    casework.night()
    before = clock.today
    clock.advance(3)
    family.does("add_information", postcode="LS3 7AB")
    assert told(casework, before, WARN) == [("postcode",)]
    known_now = casework.flags_as_known_now(Asked(before, SERVICE))
    assert [(row.kind, row.missing) for row in known_now] == [(WARN, ("postcode",))]
    assert told(casework, clock.today, WARN) == []


def test_nothing_is_told_of_a_referral_that_is_closed(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = referred(casework, clock, actors, postcode=None)
    casework.night()
    family.does("withdraw_consent")
    assert (kinds(casework, family), kept_gaps(family.case)) == (set(), {})
