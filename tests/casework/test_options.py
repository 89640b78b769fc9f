"""What is possible now: each step from here, why the rest is not, and the answers that it needs as a JSON Schema."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator

from casework import Actor, Case, Casework, Option, StepRefused
from persistence import Database
from tests.casework.families import ESSEX, LEEDS, answers_for, asked_of, brought_to, referred
from tests.conftest import Actors, Clock
from tests.workflows.paths import TODAY, worked_to
from workflows import Chart, Kind, Role
from workflows.eligibility import Result
from workflows.engine import engine_of
from workflows.registry import CHARTS
from workflows.vocabulary import STAYS, Move

EVERY_CHART = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())


@pytest.fixture
def at_each_state(database: Database, chart: Chart, clock: Clock) -> dict[str, UUID]:
    """A referral of its own at each state of the chart."""
    worked = [worked_to(chart, state, f"R-{state.replace('_', '-')}") for state in chart.states]
    with database.writing() as store:
        store.import_cases([(case, events, "") for case, events in worked])
    clock.set(TODAY)
    return {case.state: case.id for case, _ in worked}


def options(casework: Casework, case: UUID, actor: Actor) -> dict[str, Option]:
    return {option.trigger: option for option in casework.options(case, actor)}


@EVERY_CHART
def test_every_step_from_every_state_is_offered_or_refused_with_its_reasons_and_described(
    casework: Casework, chart: Chart, at_each_state: dict[str, UUID], actors: Actors
) -> None:
    described: dict[str, Any] = {}
    for state, case_id in at_each_state.items():
        known = casework.case(case_id).answers
        rows = {t: engine_of(chart).row(state, t, known) for t in chart.triggers_from(state)}
        offered = options(casework, case_id, actors.everyone)
        assert offered.keys() == {trigger for trigger, row in rows.items() if row}
        for trigger, option in offered.items():
            row = rows[trigger]
            assert row
            assert option.allowed is (option.reasons == ())
            assert (option.to, option.who) == (row.to, row.who)
            described[json.dumps(option.data, sort_keys=True)] = option.data
            assert option.data["properties"].keys() == {f.name for f in (*row.needs, *row.takes)}
    for schema in described.values():
        Draft202012Validator.check_schema(schema)


@EVERY_CHART
def test_what_is_offered_can_be_done_and_what_is_refused_cannot(
    casework: Casework, chart: Chart, at_each_state: dict[str, UUID], actors: Actors
) -> None:
    """A row that is written once for many states is tried in one of them for each verdict that it meets.

    What is refused is refused to whoever answers nothing; an answer that the step takes may lift it, as it says.
    """
    seen: set[tuple[Move, tuple[str, ...]]] = set()
    for state, case_id in at_each_state.items():
        case = casework.case(case_id)
        for option in casework.options(case_id, actors.everyone):
            row = engine_of(chart).row(state, option.trigger, case.answers)
            assert row
            alike = (wherever(row), tuple(reason.code for reason in option.reasons))
            if alike in seen:
                continue
            seen.add(alike)
            if any(f.kind is Kind.RECORD or f.name in NAMING for f in asked_of(row)):
                continue  # which record it is stands in the answer, and here there is none
            everything = answers_for(row, TODAY)
            least = {f.name: everything[f.name] for f in row.needs if f.name in everything}
            full = least | {f.name: everything[f.name] for f in asked_of(row) if f.name in everything}
            against = [tried(casework, case, option.trigger, actors.everyone, data) for data in ({}, least, full)]
            if option.allowed:
                assert set() in against, (state, option.trigger, against)
            else:
                assert {reason.code for reason in option.reasons} <= against[0], (state, option.trigger, against)


NAMING = ("survivor", "merged_into", "other_record", "about", "goal_number")
"""Answers that name another record, or an entry, which is not there."""


def wherever(row: Move) -> Move:
    """The row without the state that it is taken from: the same for all states that it was written for."""
    return replace(row, source="", to=row.to if row.moves else STAYS)


def tried(casework: Casework, case: Case, trigger: str, actor: Actor, data: dict[str, Any]) -> set[str]:
    """The codes of what speaks against a step; none where it could be taken. Nothing is kept."""
    try:
        casework.fire(case.id, trigger, actor, data, seen=case.version, dry_run=True)
    except StepRefused as refused:
        return {reason.code for reason in refused.reasons}
    return set()


@EVERY_CHART
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_each_role_is_offered_its_own_steps_and_told_whose_the_others_are(
    casework: Casework, chart: Chart, at_each_state: dict[str, UUID], actors: Actors
) -> None:
    for case_id in at_each_state.values():
        everyones = options(casework, case_id, actors.everyone)
        for role in Role:
            for trigger, option in options(casework, case_id, actors[role]).items():
                others = {r.code: r for r in option.reasons}
                assert ("not_your_step" in others) is (role not in option.who)
                assert option.allowed is (role in option.who and everyones[trigger].allowed)
                if "not_your_step" in others:
                    assert others["not_your_step"].who == option.who


@EVERY_CHART
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_refusal_says_what_this_person_could_do_now(
    casework: Casework, chart: Chart, at_each_state: dict[str, UUID], actors: Actors
) -> None:
    for case_id in at_each_state.values():
        version = casework.case(case_id).version
        for actor in (actors.everyone, actors[Role.ADMINISTRATOR]):
            with pytest.raises(StepRefused) as caught:
                casework.fire(case_id, "no_such_step", actor, seen=version)
            allowed = [option.trigger for option in casework.options(case_id, actor) if option.allowed]
            assert list(caught.value.possible_now) == allowed


@pytest.mark.parametrize("service", [LEEDS, ESSEX])
def test_the_steps_that_open_a_referral_can_be_drawn_before_there_is_one(
    casework: Casework, actors: Actors, service: str
) -> None:
    opening = {option.trigger: option for option in casework.opening_options(service, actors[Role.ADMINISTRATOR])}
    assert opening.keys() == {
        "log_voicemail", "log_missed_call", "book_call", "take_call", "receive_referral", "re_refer", "transfer_in",
        "receive_from_consultation",
    }  # fmt: skip
    not_theirs = [trigger for trigger, option in opening.items() if not option.allowed]
    assert not_theirs == ["take_call", "receive_from_consultation"]
    assert "referrer_words" in opening["receive_referral"].data["properties"]
    chair = casework.opening_options(service, actors[Role.CHAIR])
    assert all("not_your_step" in {r.code for r in option.reasons} for option in chair)


def test_a_missing_answer_of_the_form_is_a_reason_and_not_a_question(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors.everyone, consent_on=None, postcode=None)
    passing = options(casework, family.id, actors.everyone)["pass_checks"]
    assert {r.code: r.fields for r in passing.reasons} == {
        "information_missing": ("postcode", "consent_on"),
        "consent_missing": ("consent_on",),
    }
    family.does("add_information", postcode="LS1 1AA", consent_on=clock.today)
    assert options(casework, family.id, actors.everyone)["pass_checks"].allowed


def test_eligibility_can_be_asked_of_a_case(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = referred(casework, clock, actors.everyone)
    assert casework.eligibility(family.id).result is Result.MEETS
    family.does("add_information", primary_carer="no")
    found = casework.eligibility(family.id)
    assert found.result is Result.DISCUSS
    assert [criterion.code for criterion in found.found(Result.DISCUSS)] == ["not_primary_carer"]


# A flag ends with its cause, at once and by the same rule as at night


def kinds(casework: Casework, case: UUID) -> list[str]:
    return sorted(flag.kind for flag in casework.case_flags(case))


def test_filling_in_the_last_missing_answer_clears_the_flag_at_once(
    casework: Casework, clock: Clock, actors: Actors, log_lines: list[dict[str, object]]
) -> None:
    family = referred(casework, clock, actors.everyone, consent_on=None, postcode=None)
    assert family.case.gaps == ("postcode", "consent_on")
    assert kinds(casework, family.id) == []
    casework.night()
    assert kinds(casework, family.id) == ["missing_information"]
    assert family.does("add_information", postcode="LS1 1AA").cleared_flags == ()
    assert kinds(casework, family.id) == ["missing_information"]
    clock.advance(2)
    assert family.does("add_information", consent_on=clock.today).cleared_flags == ("missing_information",)
    assert kinds(casework, family.id) == []
    line = log_lines[-1]
    assert (line["event"], line["kind"], line["because"]) == (
        "flag.cleared",
        "missing_information",
        "add_information#3",
    )
    assert (line["case_id"], line["cleared_on"]) == (str(family.id), clock.today.isoformat())
    assert casework.night().raised == {}


def test_a_blank_takes_no_answer_away(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = referred(casework, clock, actors.everyone)
    before = family.case.answers
    family.does("add_information", carer_name="   ", postcode="", referrer_words=" \n ")
    assert family.case.answers == before
    assert family.case.gaps == ()


@pytest.mark.parametrize(("days", "kind"), [(56, "wait_8_weeks"), (85, "wait_over_12_weeks")])
@pytest.mark.parametrize("step", ["allocate", "place_hold", "bring_back", "withdraw_consent", "move_away", "void"])
def test_whatever_ends_or_quietens_a_wait_clears_its_flag_at_once(
    casework: Casework, clock: Clock, actors: Actors, days: int, kind: str, step: str
) -> None:
    family = brought_to(referred(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    clock.advance(days)
    casework.night()
    assert kinds(casework, family.id) == [kind]
    cleared = family.does(step).cleared_flags
    if step == "bring_back":
        assert cleared == (), "taken to the group again, the family waits on"
    else:
        assert cleared == (kind,)
        assert kinds(casework, family.id) == []


def test_a_step_that_ends_nothing_clears_nothing(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = brought_to(referred(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    clock.advance(60)
    casework.night()
    assert family.does("tell_outcome").cleared_flags == ()
    assert kinds(casework, family.id) == ["wait_8_weeks"]


def test_reopened_the_wait_goes_on_and_the_next_night_says_so(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = brought_to(referred(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    clock.advance(60)
    casework.night()
    family.does("move_away")
    clock.advance(30)
    assert casework.night().raised == {}
    family.does("reopen")
    wait = family.case.clocks["wait_to_allocation"]
    assert wait.running
    assert wait.days(clock.today) == 60
    assert kinds(casework, family.id) == []
    clock.advance(1)
    assert casework.night().raised == {"wait_8_weeks": 1}
    clock.advance(24)
    assert wait.days(clock.today) == 85
    assert casework.night(clock.today - timedelta(days=1)).raised == {}
    assert casework.night().replaced == {"wait_8_weeks": 1}
    assert kinds(casework, family.id) == ["wait_over_12_weeks"]
