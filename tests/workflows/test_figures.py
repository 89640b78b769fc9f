"""What differs between services is data: figures with a source, a date of force, or none at all."""

from dataclasses import replace
from datetime import date

import pytest

from workflows import ServiceRules, WaitFigures
from workflows.flags import FLAGS, WAIT_8_WEEKS, WAIT_OVER_12_WEEKS, FlagRule, WaitWindow
from workflows.registry import CHARTS, CURRENT, UnknownPathway, UnknownService, chart_for, chart_named
from workflows.services.essex_v1 import ESSEX
from workflows.services.leeds_v1 import LEEDS

LATER = WaitFigures(first=42, over=71, source="a later page", in_force_from=date(2027, 1, 1))


def days(flag: FlagRule, on: date, rules: ServiceRules = LEEDS.rules) -> tuple[int, int | None] | None:
    assert isinstance(flag.condition, WaitWindow)
    return flag.condition.days(rules, on)


def test_leeds_flags_a_wait_from_day_56_and_from_day_85_and_essex_publishes_none() -> None:
    today = date(2026, 3, 2)
    assert days(WAIT_8_WEEKS, today) == (56, 85)
    assert days(WAIT_OVER_12_WEEKS, today) == (85, None)
    assert days(WAIT_8_WEEKS, today, ESSEX.rules) is None


def test_a_newly_published_wait_counts_from_its_date_of_force() -> None:
    rules = replace(LEEDS.rules, waits=(LATER, *LEEDS.rules.waits))
    assert days(WAIT_8_WEEKS, date(2026, 12, 31), rules) == (56, 85)
    assert days(WAIT_8_WEEKS, date(2027, 1, 1), rules) == (42, 71)


def test_a_wait_that_is_not_in_force_yet_flags_nobody() -> None:
    rules = replace(LEEDS.rules, waits=(LATER,))
    assert days(WAIT_8_WEEKS, date(2026, 12, 31), rules) is None


def test_twelve_weeks_take_the_place_of_eight() -> None:
    assert WAIT_OVER_12_WEEKS.replaces == "wait_8_weeks"
    assert {flag.replaces for flag in FLAGS.values()} <= {"", *FLAGS}


def test_every_flag_says_whom_it_is_for_and_where_it_comes_from() -> None:
    for kind, flag in FLAGS.items():
        assert flag.kind == kind
        assert flag.owner
        assert flag.source
        assert flag.sentence.endswith(".")


def test_every_published_figure_has_its_source_beside_it() -> None:
    for chart in CHARTS.values():
        assert chart.rules.sources
        assert all(wait.source for wait in chart.rules.waits)
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
