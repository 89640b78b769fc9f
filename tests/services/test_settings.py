"""A setting takes effect from a date: what a service enters holds from its day, and before that its document."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from casework import BadRequest, Casework, StepRefused
from tests.casework.families import ESSEX, LEEDS, Family, form, referred
from tests.conftest import Actors, Clock
from tests.services.documents import changed, chart
from tests.workflows import shipped
from workflows import Chart, Facts
from workflows.beside import Alone
from workflows.eligibility import Result, eligibility
from workflows.figures import FIGURES, OFFERS, SETTINGS, Figure, Measure, Unit, known_figure, meaning_of
from workflows.guards.options import joint_visits_are_made, priority_is_given_here
from workflows.guards.referral import duty_call_linked, referrer_may_refer, reopened_in_time
from workflows.settings import BY_DOCUMENT, amount, call_minutes, switched

JUNE, DAY_BEFORE = date(2026, 6, 1), date(2026, 5, 31)


@dataclass(frozen=True)
class Entered(Alone):
    """A service that has entered figures, and nothing else beside the case."""

    figures: tuple[Figure, ...]

    def entered(self) -> tuple[Figure, ...]:
        return self.figures


def facts(of: Chart, on: date = JUNE, *entered: tuple[str, int | None], **answers: Any) -> Facts:
    """On a day, where everything that is entered was entered for 1 June."""
    figures = tuple(Figure(name, value, "a decision", JUNE) for name, value in entered)
    return Facts(of.rules, "received", on, recorded=answers, beside=Entered(figures))


@pytest.mark.parametrize("name", SETTINGS)
def test_every_amount_and_switch_holds_from_its_day_and_none_takes_it_back(name: str) -> None:
    document = BY_DOCUMENT[name](shipped.LEEDS.rules) if name in BY_DOCUMENT else None
    new = 1 - (document or 0) if SETTINGS[name].unit is Measure.SWITCH else 77
    assert amount(facts(shipped.LEEDS, DAY_BEFORE, (name, new)), name) == document
    assert amount(facts(shipped.LEEDS, JUNE, (name, new)), name) == new
    assert amount(facts(shipped.LEEDS, JUNE, (name, new), (name, None)), name) == document


def test_what_neither_the_document_nor_the_service_has_said_is_off() -> None:
    for of in (shipped.LEEDS, shipped.ESSEX):
        said = {figure.name for figure in of.rules.figures}
        silent = [name for name in SETTINGS if name not in BY_DOCUMENT and name not in said]
        assert {amount(facts(of), name) for name in silent} == {None}
        assert not switched(facts(of), "reason_to_read")
        assert not switched(facts(of), "priority")


def test_no_name_means_two_things_and_each_has_a_unit() -> None:
    assert not FIGURES.keys() & SETTINGS.keys()
    assert {meaning.unit for meaning in SETTINGS.values()} >= set(Measure)
    assert {meaning.unit for meaning in FIGURES.values()} <= set(Unit)
    assert known_figure(f"{OFFERS}watch_me_play")
    assert meaning_of(f"{OFFERS}watch_me_play").label == "The service offers watch me play"
    assert not known_figure(OFFERS)
    with pytest.raises(KeyError):
        meaning_of("patience")


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure("quorum", 1, ""), "1 person"),
        (Figure("quorum", 3, ""), "3 people"),
        (Figure("meetings_a_week", 1, ""), "1 time a week"),
        (Figure("meetings_a_week", 2, ""), "2 times a week"),
        (Figure("caseload_per_wte", 1, ""), "1 case"),
        (Figure("retain_from_birth", 25, ""), "25 years"),
        (Figure("self_referral", 1, ""), "on"),
        (Figure("self_referral", 0, ""), "off"),
        (Figure("self_referral", None, ""), "none"),
    ],
)
def test_an_amount_is_read_in_words(figure: Figure, words: str) -> None:
    assert figure.words == words


def test_a_duty_call_is_as_long_as_for_the_group_of_the_referrer() -> None:
    leeds, none = facts(shipped.LEEDS), facts(shipped.ESSEX)
    assert [call_minutes(leeds, who) for who in ("midwife", "perinatal_mental_health")] == [45, 30]
    assert call_minutes(none, "midwife") is None
    entered = facts(shipped.LEEDS, JUNE, ("call_minutes", 40), ("call_minutes_perinatal", 25))
    assert [call_minutes(entered, who) for who in ("midwife", "perinatal_mental_health")] == [40, 25]


def test_a_rule_goes_by_the_switch_of_the_day() -> None:
    family = {"referrer_role": "family"}
    for day, refused in ((DAY_BEFORE, True), (JUNE, False)):
        assert bool(referrer_may_refer(facts(shipped.LEEDS, day, ("self_referral", 1), **family))) is refused
        assert bool(referrer_may_refer(facts(shipped.ESSEX, day, ("self_referral", 0), **family))) is not refused
        assert bool(duty_call_linked(facts(shipped.LEEDS, day, ("duty_call_required", 0)))) is refused
    third = chart(changed())
    asked = facts(third, JUNE, ("priority", 0), ("joint_visit", 0))
    assert priority_is_given_here(facts(third)) is joint_visits_are_made(facts(third)) is None
    assert priority_is_given_here(asked)
    assert joint_visits_are_made(asked)
    closed = Facts(shipped.LEEDS.rules, "declined", JUNE, {}, closed_on=DAY_BEFORE.replace(day=1), beside=Entered(()))
    assert reopened_in_time(closed) is None
    late = Facts(shipped.LEEDS.rules, "declined", JUNE, {}, closed_on=DAY_BEFORE.replace(day=1),
                 beside=Entered((Figure("reopen", 28, "a decision", JUNE),)))  # fmt: skip
    assert reopened_in_time(late)


def test_a_family_that_may_not_refer_itself_is_told_whom_to_ask_in_the_words_of_the_service() -> None:
    told = referrer_may_refer(facts(shipped.LEEDS, referrer_role="family"))
    assert told
    assert told.sentence == (
        "This service takes referrals from professionals only. The family can ask a midwife, a 0 to 19 specialist "
        "public health nurse (health visitor) or a CYPMHS practitioner to refer."
    )
    third = referrer_may_refer(facts(chart(changed()), referrer_role="family"))
    assert third
    assert "social worker or health visitor" in third.sentence


def test_a_service_that_takes_no_pregnancies_takes_them_from_the_day_of_its_switch() -> None:
    none = chart(changed(referral__antenatal=False))
    due = {"expected_due_date": date(2026, 9, 1)}
    for day, result in ((DAY_BEFORE, Result.EXCLUDED), (JUNE, Result.MEETS)):
        assert eligibility(facts(none, day, ("antenatal", 1), **due)).result is result
    assert eligibility(facts(none, DAY_BEFORE, **due, infant_dob=date(2026, 5, 1))).result is Result.MEETS


@pytest.mark.parametrize(
    ("measured", "result"),
    [("complete_referral", Result.EXCLUDED), ("first_referral", Result.MEETS), ("decision", Result.EXCLUDED)],
)
def test_age_is_measured_on_the_day_that_the_service_says(measured: str, result: Result) -> None:
    one = chart(changed(age={"measured_on": measured}))
    came, again = date(2026, 3, 1), date(2026, 4, 1)
    known = {"infant_dob": date(2024, 3, 15), "received_on": came, "received_again_on": again}
    assert eligibility(facts(one, date(2026, 5, 1), **known)).result is result


def test_an_entered_switch_opens_the_door_to_families_on_its_day(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    tomorrow = Figure("self_referral", 1, "Minutes of the service meeting", clock.today.replace(day=3))
    casework.nights.enter(LEEDS, tomorrow, by="manager")
    assert casework.nights.figure(LEEDS, "self_referral", clock.today) is None
    their_own = form(clock.today, referrer_role="family")
    with pytest.raises(StepRefused) as refused:
        Family(casework, clock, actors.everyone).opens(LEEDS, "receive_referral", **their_own)
    assert [reason.code for reason in refused.value.reasons] == ["self_referral_not_taken"]
    clock.advance(1)
    assert Family(casework, clock, actors.everyone).opens(LEEDS, "receive_referral", **their_own).case.open


def test_an_amount_is_entered_for_a_service_within_its_bounds(casework: Casework, clock: Clock) -> None:
    def entered(name: str, value: int | None) -> str | None:
        try:
            casework.nights.enter(ESSEX, Figure(name, value, "a decision", clock.today), by="manager")
        except BadRequest as bad:
            return bad.code
        return None

    assert entered("quorum", 3) is None
    assert entered("retain_from_birth", 25) is None
    assert entered("offers.watch_me_play", 0) is None
    assert entered("quorum", 0) == entered("self_referral", 2) == entered("meetings_a_week", 8) == "bad_amount"
    assert entered("offers.juggling", 1) == entered("offers.", 1) == entered("patience", 1) == "unknown_figure"
    kept = {figure.name: figure.amount for figure in casework.nights.figures(ESSEX) if figure.source == "a decision"}
    assert kept == {"quorum": 3, "retain_from_birth": 25, "offers.watch_me_play": 0}


def test_a_referral_that_is_here_already_is_not_touched_by_a_switch(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors.everyone, ESSEX, referrer_role="family")
    casework.nights.enter(ESSEX, Figure("self_referral", 0, "a decision", clock.today), by="manager")
    casework.night()
    assert family.case.state == "received"
    assert casework.replay(family.id)[1] == ()
