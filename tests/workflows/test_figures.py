"""What differs between services is data: figures with a source, a date of force, or none at all."""

from datetime import date
from typing import Any

import pytest

from casework.explaining import DAYS
from tests.workflows.shipped import ESSEX, LEEDS
from workflows.charts.states import CLOCKS, OPEN, STATES
from workflows.figures import FIGURES, Figure, known_figure, lookup, wait_of
from workflows.flags import FLAGS, ClockReaches, Condition
from workflows.registry import CHARTS, CURRENT, UnknownPathway, UnknownService, chart_for, chart_named

TODAY, NEW_YEAR = date(2026, 3, 2), date(2027, 1, 1)
LATER = (Figure("wait_first", 42, "a later page", NEW_YEAR), Figure("wait_over", 71, "a later page", NEW_YEAR))


def published(on: date, leeds: tuple[Figure, ...] = LEEDS.rules.figures) -> tuple[int, int] | None:
    """The wait of Leeds on a day, by what its documents say."""
    wait = wait_of(lookup({"leeds-imhs": leeds}, {}), "leeds-imhs", on)
    return (wait.first, wait.over) if wait else None


def test_leeds_flags_a_wait_from_day_56_and_from_day_85_and_essex_publishes_none() -> None:
    assert published(TODAY) == (56, 85)
    assert all(ESSEX.rules.figure(name, TODAY) is None for name in ("wait_first", "wait_over"))
    assert FLAGS["wait_8_weeks"].when == (ClockReaches("wait_to_allocation", "wait_first", until="wait_over"),)
    assert FLAGS["wait_over_12_weeks"].when == (ClockReaches("wait_to_allocation", "wait_over"),)


def test_a_newly_published_wait_counts_from_its_date_of_force() -> None:
    both = (*LATER, *LEEDS.rules.figures)
    assert published(date(2026, 12, 31), both) == (56, 85)
    assert published(NEW_YEAR, both) == (42, 71)


def test_a_wait_that_is_not_in_force_yet_flags_nobody() -> None:
    assert published(date(2026, 12, 31), LATER) is None


def test_a_figure_that_is_withdrawn_is_off_from_that_day_on() -> None:
    withdrawn = (*LEEDS.rules.figures, Figure("wait_over", None, "withdrawn", NEW_YEAR))
    assert published(date(2026, 12, 31), withdrawn) == (56, 85)
    assert published(NEW_YEAR, withdrawn) is None


def test_of_two_figures_from_the_same_day_the_later_entered_holds_and_other_services_keep_theirs() -> None:
    entered = {"leeds-imhs": tuple(Figure("forum", amount, "the team", NEW_YEAR) for amount in (14, 10))}
    figure = lookup({chart.rules.service: chart.rules.figures for chart in CHARTS.values()}, entered)
    found = [figure("leeds-imhs", "forum", on) for on in (date(2026, 12, 31), NEW_YEAR)]
    assert [one.amount for one in found if one] == [7, 10]
    assert figure("together-with-baby", "forum", NEW_YEAR) is None


def test_twelve_weeks_take_the_place_of_eight() -> None:
    assert FLAGS["wait_over_12_weeks"].replaces == "wait_8_weeks"
    assert {flag.replaces for flag in FLAGS.values()} <= {"", *FLAGS}


def test_every_flag_asks_for_clocks_days_states_and_figures_that_are_there() -> None:
    asked = [cells_of(condition) for flag in FLAGS.values() for condition in flag.when]
    for name, known in (("clock", CLOCKS), ("figure", FIGURES), ("until", FIGURES), ("day", DAYS)):
        assert {condition[name] for condition in asked if condition.get(name)} <= set(known), name
    assert {state for condition in asked for state in condition.get("states", ())} <= set(STATES)
    of_open = [c for flag in FLAGS.values() if not flag.after_closing for c in map(cells_of, flag.when)]
    assert {state for condition in of_open for state in condition.get("states", ())} <= set(OPEN)


def cells_of(condition: Condition) -> dict[str, Any]:
    return {name: getattr(condition, name) for name in condition.__slots__}


def test_every_flag_says_whom_it_is_for_and_where_it_comes_from() -> None:
    for kind, flag in FLAGS.items():
        assert flag.kind == kind
        assert flag.owner
        assert flag.source
        assert flag.sentence.endswith(".")


def test_every_published_figure_has_its_source_beside_it() -> None:
    for chart in CHARTS.values():
        assert chart.rules.sources
        assert all(figure.source and known_figure(figure.name) for figure in chart.rules.figures)
        assert all(clock.source for clock in chart.clocks.values())


def test_the_leeds_call_is_45_minutes_and_30_for_perinatal_colleagues() -> None:
    assert LEEDS.rules.call_minutes == {"default": 45, "perinatal_mental_health": 30}
    assert ESSEX.rules.call_minutes == {}


def test_a_pathway_is_found_by_name_by_version_and_by_service() -> None:
    assert chart_named("leeds-imhs@1") is chart_named("leeds-imhs") is chart_for("leeds-imhs") is LEEDS
    assert CURRENT.keys() == {"leeds-imhs", "together-with-baby"}


@pytest.mark.parametrize("name", ["leeds", "leeds-imhs@2", "leeds-imhs@", "", "LEEDS-IMHS"])
def test_an_unknown_pathway_says_which_there_are(name: str) -> None:
    with pytest.raises(UnknownPathway, match="leeds-imhs@1, together-with-baby@1"):
        chart_named(name)
    with pytest.raises(UnknownService, match="leeds-imhs, together-with-baby"):
        chart_for(name)
