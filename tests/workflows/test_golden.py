"""Released charts are frozen: a page and a digest stand beside each, and a change of either needs a reason."""

import json
from dataclasses import replace
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from uuid import uuid4

import pytest

from tests.casework.families import row
from tests.workflows.golden.__main__ import DIGESTS, FOLDER, page_of
from tests.workflows.shipped import LEEDS
from workflows import Chart, Figure, Role
from workflows.diagram import digest, markdown
from workflows.eligibility import older_than
from workflows.registry import CHARTS
from workflows.vocabulary import AgeLimit, Guard

FROZEN = (
    "{} is not what was signed. A released chart is not changed: write a new version beside it. "
    "Not released yet? Run python -m tests.workflows.golden and read the diff."
)


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_the_page_that_was_signed_is_the_chart_that_runs(chart: Chart) -> None:
    assert page_of(chart).read_text("utf-8") == markdown(chart), FROZEN.format(chart.id)


def test_every_chart_that_a_case_may_be_pinned_to_has_the_digest_that_was_kept() -> None:
    kept = json.loads(DIGESTS.read_text("utf-8"))
    assert kept == {name: digest(chart) for name, chart in CHARTS.items()}, FROZEN.format("A chart")


def test_no_page_is_left_of_a_chart_that_is_gone() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == {f"{name}.md" for name in CHARTS}


def with_guard(guard: Guard) -> Chart:
    """Leeds, where `guard` stands before a clinician is allocated."""
    before = row(LEEDS, "waiting", "allocate")
    return replace(LEEDS, moves=tuple(replace(m, only_if=(guard,)) if m is before else m for m in LEEDS.moves))


GUARDS = """
from workflows import Refusal

MARCH = 3
SHORT = Refusal("too_soon", "Too soon.")


def in_spring(day):
    return day.month >= MARCH


def on_a_weekday(day):
    return day.weekday() < 5


def on_a_spring_day(facts):
    return None if in_spring(facts.on) and all(on_a_weekday(d) for d in (facts.on,)) else SHORT


def of_no_concern(facts):
    return None
"""


def planted(folder: Path, source: str) -> Guard:
    """A guard out of a file of its own, which stands for one of the modules of `workflows`."""
    path = folder / f"{uuid4().hex}.py"
    path.write_text(source, "utf-8")
    spec = spec_from_file_location("workflows.planted", path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    guard: Guard = module.on_a_spring_day
    return guard


def test_the_same_guard_gives_the_same_digest(tmp_path: Path) -> None:
    again = GUARDS.replace("def of_no_concern(facts):\n    return None", "")
    assert again != GUARDS
    assert digest(with_guard(planted(tmp_path, GUARDS))) == digest(with_guard(planted(tmp_path, again)))


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        pytest.param("None if in_spring(facts.on) and", "None if in_spring(facts.on) or", id="the guard itself"),
        pytest.param("day.month >= MARCH", "day.month > MARCH", id="a rule that it calls"),
        pytest.param("day.weekday() < 5", "day.weekday() < 6", id="a rule that it calls for each of several"),
        pytest.param("MARCH = 3", "MARCH = 4", id="a figure of its module"),
    ],
)
def test_a_changed_guard_changes_the_digest(tmp_path: Path, text: str, instead: str) -> None:
    assert GUARDS.count(text) == 1
    changed = planted(tmp_path, GUARDS.replace(text, instead))
    assert digest(with_guard(changed)) != digest(with_guard(planted(tmp_path, GUARDS)))


def test_a_changed_criterion_changes_the_digest() -> None:
    before, *others = LEEDS.rules.eligibility
    younger = replace(before, asks=older_than(AgeLimit(18, limit_day_is_in=False)))
    rules = replace(LEEDS.rules, eligibility=(younger, *others))
    assert digest(replace(LEEDS, rules=rules)) != digest(LEEDS)


def test_a_changed_cell_changes_the_digest() -> None:
    before = row(LEEDS, "waiting", "allocate")
    for after in (
        replace(before, who=(Role.MANAGER,)),
        replace(before, stops=()),
        replace(before, needs=()),
        replace(before, while_held=True),
        replace(before, dates="accepted_on"),
    ):
        moves = tuple(after if m is before else m for m in LEEDS.moves)
        assert digest(replace(LEEDS, moves=moves)) != digest(LEEDS)


def test_a_newly_published_wait_is_a_figure_and_leaves_the_digest_alone() -> None:
    figures = (*LEEDS.rules.figures, Figure("wait_first", 42, "a later page", date(2027, 1, 1)))
    assert digest(replace(LEEDS, rules=replace(LEEDS.rules, figures=figures))) == digest(LEEDS)
