"""After an ending: a new referral that follows, reopening within the days that are set, and how long it is kept."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from casework import Casework, StepRefused
from casework.retaining import retention
from tests.casework.families import LEEDS, Family, brought_to, form, referred
from tests.conftest import Actors, Clock
from tests.jobs.line import Line
from tests.meetings.scene import DECLINED, Scene
from workflows import Role
from workflows.dates import older_on
from workflows.retention import Retention

ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def declined(scene: Scene, **other: Any) -> Family:
    family = scene.before_the_group(**other)
    family.does("decline", **DECLINED)
    return family


def again(scene: Scene, prior: str, **other: Any) -> str:
    """A new referral, which follows an earlier one; by itself it brings no duty call."""
    told = form(scene.clock.today, **{"duty_call_on": None, **other})
    return scene.opens("referral", "re_refer", prior_referral=prior, **told).reference


def why_not(scene: Scene, prior: str, **other: Any) -> set[str]:
    try:
        again(scene, prior, **other)
    except StepRefused as refused:
        return {reason.code for reason in refused.reasons}
    return set()


def test_a_family_that_is_referred_again_has_a_new_referral_that_names_the_earlier(
    casework: Casework, clock: Clock, scene: Scene
) -> None:
    first = declined(scene)
    clock.advance(40)
    ref = again(scene, scene.reference(first))
    new = casework.case(ref)
    assert (new.state, new.answers["prior_referral"]) == ("received", scene.reference(first))
    assert new.clocks["total_time"].days(clock.today) == 0
    assert first.case.state == "declined"
    with casework.database.reading() as store:
        linked = store.linked(LEEDS, new.chart.kind, "prior_referral", scene.reference(first))
    assert [case.reference for case in linked] == [ref]


@ONE
def test_only_what_has_ended_and_can_be_followed_is_followed(clock: Clock, scene: Scene) -> None:
    still_open, void = scene.before_the_group(), scene.before_the_group()
    void.does("void", void_reason="entered_in_error", surviving_reference=None)
    assert why_not(scene, scene.reference(still_open)) == {"prior_is_open"}
    assert why_not(scene, scene.reference(void)) == {"prior_is_not_followed"}
    assert why_not(scene, "R-nowhere") == {"unknown_record"}
    lost = scene.before_the_group()
    lost.does("record_loss", family_told="What the midwife said.")
    assert why_not(scene, scene.reference(lost)) == {"prior_is_not_followed"}


@ONE
def test_the_earlier_duty_call_counts_again_within_the_days_that_the_service_sets(clock: Clock, scene: Scene) -> None:
    called = clock.today
    first = declined(scene)
    ref = scene.reference(first)
    clock.advance(30)
    assert why_not(scene, ref, duty_call_on=called) == {"call_too_old"}
    scene.enters("recent_call", 29)
    assert why_not(scene, ref, duty_call_on=called) == {"call_too_old"}
    scene.enters("recent_call", 30)
    assert why_not(scene, ref, duty_call_on=called) == set()


def test_a_referral_is_reopened_by_the_lead_within_the_days_that_the_service_has_entered(
    actors: Actors, clock: Clock, scene: Scene
) -> None:
    family = declined(scene)
    ref = scene.reference(family)
    scene.enters("reopen", 14)
    clock.advance(15)
    assert scene.refused(ref, "reopen", reason="A slip.").keys() == {"too_late_to_reopen"}
    scene.enters("reopen", 15)
    assert "not_your_step" in scene.refused(ref, "reopen", by=actors[Role.CHAIR], reason="A slip.")
    assert scene.refused(ref, "reopen").keys() == {"answer_missing"}
    scene.does(ref, "reopen", by=actors[Role.LEAD], reason="A slip.")
    assert family.case.state == "rmg_review"


def kept_of(casework: Casework, ref: str) -> Retention:
    found = retention(casework, ref)
    assert found is not None
    return found


class Kept:
    """What retention is held to: the longest rule that is on, counted by hand."""

    def __init__(self, born: date, closed: date) -> None:
        self.born, self.closed = born, closed

    def until(self, from_birth: int | None, from_closing: int | None) -> date | None:
        rules = ((self.born, from_birth), (self.closed, from_closing))
        return max((older_on(day, 12 * years) for day, years in rules if years), default=None)


@ONE
def test_the_day_until_which_a_record_is_kept_is_the_longest_rule_that_the_service_entered(
    casework: Casework, clock: Clock, scene: Scene, line: Line
) -> None:
    born = clock.today - timedelta(days=120)
    family = scene.before_the_group(infant_dob=born)
    ref = scene.reference(family)
    assert kept_of(casework, ref).rule == "open"
    clock.advance(10)
    family.does("decline", **DECLINED)
    kept = Kept(born, clock.today)
    by_birth = older_on(born, 12 * 25)
    assert (kept_of(casework, ref).rule, kept_of(casework, ref).day) == ("off", None)
    for from_birth, from_closing in ((None, 8), (2, 8), (25, 8), (25, None)):
        scene.enters("retain_from_birth", from_birth)
        scene.enters("retain_from_closing", from_closing)
        found = kept_of(casework, ref)
        assert found.day == kept.until(from_birth, from_closing)
    shown = line.document("case", "show", ref)
    assert shown["retention"]["rule"] == "retain_from_birth"
    assert shown["retention"]["day"] == by_birth.isoformat()
    assert "Kept until" in line("case", "show", ref).stdout
    assert casework.case(ref).state == "declined"


@ONE
def test_a_concern_that_is_open_keeps_the_record_without_a_day(casework: Casework, scene: Scene) -> None:
    family = declined(scene)
    ref = scene.reference(family)
    scene.does(ref, "raise_safeguarding", concern="A bruise.")
    assert kept_of(casework, ref).rule == "safeguarding_open"


@ONE
def test_the_last_closing_of_any_referral_of_the_baby_counts_and_a_staff_record_has_none(
    casework: Casework, clock: Clock, scene: Scene
) -> None:
    scene.enters("retain_from_closing", 8)
    first = declined(scene)
    closed = clock.today
    assert kept_of(casework, scene.reference(first)).day == older_on(closed, 96)
    scene.staff("clin-01")
    assert retention(casework, "clin-01") is None


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Line:
    return Line(database_url, tmp_path)


@ONE
def test_a_family_declines_the_plan_and_may_come_again(casework: Casework, clock: Clock, scene: Scene) -> None:
    family = brought_to(
        referred(casework, clock, scene.actor), "pass_checks", "accept_direct", "allocate", "first_contact",
        "finish_assessment", "offer_plan", "family_declines",
    )  # fmt: skip
    assert family.case.answers["end_reason"] == "declined"
    assert casework.case(again(scene, scene.reference(family))).state == "received"
