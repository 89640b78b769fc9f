"""A chart that cannot be a pathway is refused when it is built, and says everything that is wrong with it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.casework.families import row
from tests.workflows.paths import ways
from tests.workflows.shipped import LEEDS
from workflows import Chart, Clock, Field, Kind, Move, Part, Role, Stage, State, UnsoundChart
from workflows.chart import CHECKS, faults
from workflows.engine import engine_of
from workflows.lists import Lapses
from workflows.registry import CHARTS
from workflows.vocabulary import NEW

EVERY_CHART = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
WHO = (Role.LEAD,)
WHICH = Field("shoe_number", Kind.NUMBER, "Which shoe?")
LISTS = "every entry that is settled or ended was added"


class Draft:
    """Leeds as somebody might have written it wrongly."""

    def __init__(self) -> None:
        self.states, self.clocks, self.moves = dict(LEEDS.states), dict(LEEDS.clocks), list(LEEDS.moves)
        self.rules = LEEDS.rules

    def built(self) -> Chart:
        return Chart("planted", 1, self.rules, self.states, self.clocks, tuple(self.moves))

    def changes(self, source: str, trigger: str, **cells: Any) -> None:
        before = row(LEEDS, source, trigger)
        self.moves[self.moves.index(before)] = replace(before, **cells)

    def leads_nowhere(self) -> None:
        self.moves.append(Move("intervention", "vanish", "nowhere", WHO))

    def has_an_island(self) -> None:
        self.states["island"] = State("island", Stage.WAITING, "Island")
        self.moves.append(Move("island", "leave", "discharged", WHO))

    def has_a_trap(self) -> None:
        self.states["trap"] = State("trap", Stage.WAITING, "Trap")
        self.moves.append(Move("waiting", "fall", "trap", WHO))

    def has_a_row_for_nobody(self) -> None:
        self.changes("waiting", "allocate", who=())

    def names_a_clock_that_is_not_there(self) -> None:
        self.changes("allocated", "first_contact", stops=("sundial",))

    def has_a_clock_that_nothing_starts(self) -> None:
        self.clocks["hourglass"] = Clock("hourglass", "Nothing", "nobody")

    def has_two_rows_for_one_step(self) -> None:
        self.moves.append(Move("ending", "discharge", "signposted", WHO))

    def waits_for_an_answer_that_nobody_records(self) -> None:
        self.changes("waiting", "bring_back", given=("asked_by", "nobody"))

    def starts_a_wait_at_the_end(self) -> None:
        self.changes("formulation", "signpost", starts=("triage",))

    def asks_one_thing_in_two_ways(self) -> None:
        self.moves.append(Move("ending", "look_back", "ending", WHO, needs=(Field("reason", Kind.LINE, "Why?"),)))

    def requires_what_nobody_asks(self) -> None:
        self.rules = replace(self.rules, required=(*self.rules.required, "shoe_size"))

    def settles_what_nobody_adds(self) -> None:
        self.moves.append(Move("ending", "tick_off", "ending", WHO, needs=(WHICH,), settles=("shoes", WHICH.name)))

    def settles_without_asking_which(self) -> None:
        self.moves.append(Move("ending", "tick_off", "ending", WHO, settles=("appointments", WHICH.name)))

    def ends_what_nobody_adds(self) -> None:
        self.changes("waiting", "withdraw_consent", lapses=(Lapses("shoes", "size"),))

    def keeps_a_list_under_the_name_of_an_answer(self) -> None:
        self.moves.append(Move("ending", "look_back", "ending", WHO, adds="postcode"))


Plant = Callable[[Draft], None]
PLANTS: tuple[tuple[Plant, str, str], ...] = (
    (Draft.leads_nowhere, "every state named is there", "vanish names the state 'nowhere', which is not there"),
    (Draft.has_an_island, "every state can be reached", "nothing leads to island"),
    (Draft.has_a_trap, "every state can end", "trap cannot end"),
    (Draft.has_a_row_for_nobody, "every row has somebody who may do it", "waiting allocate: nobody may do it"),
    (
        Draft.names_a_clock_that_is_not_there,
        "every clock named is there, and every clock is started by a row",
        "allocated first_contact names the clock 'sundial', which is not there",
    ),
    (
        Draft.has_a_clock_that_nothing_starts,
        "every clock named is there, and every clock is started by a row",
        "nothing starts the clock hourglass",
    ),
    (
        Draft.has_two_rows_for_one_step,
        "at most one row answers a trigger",
        "ending discharge has 2 rows that nothing tells apart",
    ),
    (
        Draft.waits_for_an_answer_that_nobody_records,
        "every answer that chooses a row is recorded by a row",
        "waiting bring_back needs asked_by to be nobody, which no step records",
    ),
    (
        Draft.starts_a_wait_at_the_end,
        "a closing step starts no wait",
        "formulation signpost closes and starts triage",
    ),
    (
        Draft.asks_one_thing_in_two_ways,
        "every question is asked in one way, and every required answer can be given",
        "asks reason in another way than the rest",
    ),
    (
        Draft.requires_what_nobody_asks,
        "every question is asked in one way, and every required answer can be given",
        "shoe_size is required and no step asks for it",
    ),
    (
        Draft.settles_what_nobody_adds,
        LISTS,
        "ending tick_off settles an entry of shoes, to which no row adds",
    ),
    (
        Draft.settles_without_asking_which,
        LISTS,
        "ending tick_off does not ask which entry of appointments it settles",
    ),
    (Draft.ends_what_nobody_adds, LISTS, "waiting withdraw_consent ends entries of shoes, to which no row adds"),
    (Draft.keeps_a_list_under_the_name_of_an_answer, LISTS, "postcode is a list and an answer at once"),
)


@pytest.mark.parametrize(("plant", "sentence"), [(plant, s) for plant, _, s in PLANTS])
def test_a_chart_with_a_fault_is_not_built_and_names_it(plant: Plant, sentence: str) -> None:
    draft = Draft()
    plant(draft)
    with pytest.raises(UnsoundChart, match="planted@1 is not sound") as unsound:
        draft.built()
    assert any(sentence in fault for fault in unsound.value.found)


def test_every_fault_is_named_at_once() -> None:
    draft = Draft()
    for plant, _, _ in PLANTS:
        plant(draft)
    with pytest.raises(UnsoundChart) as unsound:
        draft.built()
    for _, _, sentence in PLANTS:
        assert sentence in str(unsound.value)


def test_every_check_of_a_chart_has_a_planted_fault_here() -> None:
    assert {check for _, check, _ in PLANTS} == {sentence for _, sentence in CHECKS}


@EVERY_CHART
def test_every_live_chart_is_sound(chart: Chart) -> None:
    assert faults(chart) == ()


@EVERY_CHART
def test_the_machine_has_exactly_the_rows_of_the_table(chart: Chart) -> None:
    machine = engine_of(chart).machine
    rows = Counter(
        (transition.source, event.name, transition.dest, len(transition.conditions))
        for event in machine.events.values()
        for transitions in event.transitions.values()
        for transition in transitions
    )
    assert rows == Counter((m.source, m.trigger, m.to, len(m.only_if) + (m.given is not None)) for m in chart.moves)
    assert set(machine.states) == {NEW, *chart.states}
    assert machine.models == []


@EVERY_CHART
def test_every_row_of_the_table_can_be_taken_by_somebody_on_some_day(chart: Chart) -> None:
    rows = {(m.source, m.trigger, m.to) for m in chart.moves}
    assert rows - ways(chart).keys() == set()
    assert ways(chart).keys() <= rows


NOTED_AFTER_THE_END = {
    "tell_outcome", "record_loss", "undo_loss", "loss_followup", "add_note", "add_note_about", "give_back",
    "say_not_the_same", "prepare_letter", "send_letter", "cancel_letter", "mark_third_party", "unmark", "restrict",
    "lift_restriction", "raise_safeguarding", "review_safeguarding", "escalate_safeguarding", "close_concern",
    "sign_off_safeguarding", "concern_goes_on",
}  # fmt: skip
"""What is still said of a referral that has ended: it stays where it is."""

TAKEN_BACK = ("void", "merged", "restricted")
"""Endings that no reopening leads back from: the first never, the others by a step of their own."""


@EVERY_CHART
def test_a_closed_referral_is_only_reopened_sent_in_again_or_noted_about(chart: Chart) -> None:
    for move in (m for m in chart.moves if m.source in chart.states and chart.states[m.source].closed):
        leads_out = {"reopen", "resubmit", "receive_referral", "undo_loss", "unmerge", "lift_restriction"}
        assert move.trigger in leads_out if move.moves else move.trigger in NOTED_AFTER_THE_END, move


@EVERY_CHART
def test_a_referral_is_reopened_to_where_it_was_and_an_entry_made_in_error_never(chart: Chart) -> None:
    reopening = [m for m in chart.moves if m.reopens and m.source not in TAKEN_BACK]
    assert {(m.source, m.to) for m in reopening} == {
        (m.to, m.source)
        for m in chart.moves
        if m.source != NEW and m.to not in TAKEN_BACK
        if chart.states[m.to].closed and not chart.states[m.source].closed
    }
    assert all(m.given == ("closed_from", m.to) and m.who == (Role.LEAD,) for m in reopening)
    assert {m.trigger for m in reopening if m.source == "closed_loss"} == {"undo_loss"}
    assert {m.trigger for m in reopening if m.source != "closed_loss"} == {"reopen"}


@EVERY_CHART
def test_a_referral_that_was_put_aside_or_put_away_stands_again_only_where_it_stood(chart: Chart) -> None:
    for away, back, state in (("merge_into", "unmerge", "merged"), ("restrict", "lift_restriction", "restricted")):
        left = {(m.source, m.to) for m in chart.moves if m.trigger == away and m.moves}
        returns = [m for m in chart.moves if m.trigger == back and m.moves]
        assert {(m.to, m.source) for m in returns} == left
        assert all(m.given == ("closed_from", m.to) for m in returns)
        assert [m for m in chart.moves if m.source == state and m.moves and m.trigger != back] == []


def test_no_role_is_for_jobs_so_no_job_may_fire_any_row() -> None:
    assert {role.name for role in Role} == {
        "REFERRER", "FAMILY", "ADMINISTRATOR", "DUTY", "CHAIR", "CLINICIAN", "TEAM", "LEAD", "SAFEGUARDING", "MANAGER",
    }  # fmt: skip


@EVERY_CHART
def test_the_seven_stages_of_the_pathway_are_there_in_their_order(chart: Chart) -> None:
    seven = ["duty_call", "written_referral", "rmg_review", "assessment", "formulation", "intervention", "closed"]
    stages = list(dict.fromkeys(s.stage.value for s in chart.states.values()))
    assert [stage for stage in stages if stage in seven] == seven


@EVERY_CHART
def test_every_answer_that_a_service_requires_is_one_of_its_written_referral(chart: Chart) -> None:
    form = {f.name for f in chart.fields.values() if f.part is Part.FORM}
    assert set(chart.rules.required) <= form
