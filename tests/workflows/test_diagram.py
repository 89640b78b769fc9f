"""A chart is drawn as Mermaid that every version of Mermaid can read, and as a page that people can sign."""

import re
from itertools import pairwise

import pytest

from workflows import Chart, Stage
from workflows.diagram import main_line, markdown, mermaid
from workflows.figures import FIGURES
from workflows.registry import CHARTS
from workflows.vocabulary import NEW

EVERY_CHART = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())

# A second colon in a line is an error for versions of Mermaid before March 2026; a semicolon ends a line in all.
NAME = r"[a-z][a-z_]*"
TEXT = r"[^:;\n]+"
END = rf"(?:\[\*\]|{NAME})"
LINES = re.compile(rf"    (?:direction TB|{NAME} : {TEXT}|{END} --> {END}(?: : {NAME}(?:, {NAME})*)?)")
KEYWORDS = {"state", "note", "end", "direction", "class", "classdef", "style", "scale", "click", "default", "as"}


@EVERY_CHART
def test_each_line_of_a_diagram_is_one_that_mermaid_can_read(chart: Chart) -> None:
    for drawing in (mermaid(chart), main_line(chart)):
        first, *others, last = drawing.split("\n")
        assert first == "stateDiagram-v2"
        assert last == ""
        assert [line for line in others if not LINES.fullmatch(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        "    declined : Closed: declined",
        "    a : one; two",
        "    a-b : x",
        "    a --> b : two words",
        "    a -> b",
        "    A --> b",
    ],
)
def test_the_grammar_finds_what_mermaid_could_not_read(line: str) -> None:
    assert not LINES.fullmatch(line)


@EVERY_CHART
def test_no_state_has_the_name_of_a_word_of_mermaid(chart: Chart) -> None:
    names = {*chart.states, *(stage.value for stage in Stage), "any_open_state"}
    assert not names & KEYWORDS


@EVERY_CHART
def test_every_state_and_every_step_that_moves_a_referral_is_drawn(chart: Chart) -> None:
    drawing = mermaid(chart)
    for state in chart.states.values():
        assert f"    {state.name} : " in drawing
    for move in chart.moves:
        if move.moves and not move.reopens:
            source = "any_open_state" if move.side else "[*]" if move.source == NEW else move.source
            assert re.search(rf"    {re.escape(source)} --> {move.to} : .*\b{move.trigger}\b", drawing), move


@EVERY_CHART
def test_the_main_line_leads_through_the_stages_of_the_pathway(chart: Chart) -> None:
    stages = ["duty_call", "written_referral", "rmg_review", "waiting", "allocated", "assessment", "formulation"]
    for one, next_one in pairwise([*stages, "plan_offered", "intervention", "closed"]):
        assert f"    {one} --> {next_one}\n" in main_line(chart)


@EVERY_CHART
def test_a_page_says_each_row_rule_and_criterion(chart: Chart) -> None:
    page = markdown(chart)
    steps = page[page.index("## Steps") :].splitlines()[4:]
    assert len(steps) == len(chart.moves)
    for line, move in zip(steps, chart.moves, strict=True):
        assert line.startswith(f"| {move.source} | {move.trigger} | {move.to if move.moves else 'stays'} | ")
        assert all(guard.__name__ in line for guard in move.only_if)
    assert all(name in page for name in chart.rules.required)
    assert all(criterion.sentence in page for criterion in chart.rules.eligibility)
    assert all(line.count("|") == 9 for line in steps)


def test_a_figure_that_a_service_has_not_published_is_said_to_be_off() -> None:
    leeds, essex = (markdown(chart) for chart in CHARTS.values())
    labels = {name: f"| {meaning.label} | " for name, meaning in FIGURES.items()}
    for name, days in (("wait_first", 56), ("wait_over", 85)):
        assert f"{labels[name]}{days} days (Leeds guidance for perinatal colleagues: waiting" in leeds
    assert labels["watch"] + "3 months (" in leeds
    assert labels["acknowledge"] + "5 working days (" in essex
    assert [name for name, label in labels.items() if label + "not published: off |" not in essex] == [
        "acknowledge", "birth_unrecorded",
    ]  # fmt: skip
