"""A hold has a review date and lets only the listed steps through (requirements X2)."""

from datetime import timedelta

import pytest

from casework import Casework
from tests.casework.families import brought_to, referred
from tests.conftest import Actors, Clock
from tests.life.scene import expected, refused
from tests.workflows.held import ALLOWED, PASSES
from workflows import Chart
from workflows.registry import CHARTS


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_exactly_the_listed_steps_pass_while_a_referral_is_on_hold(chart: Chart) -> None:
    for move in (m for m in chart.moves if m.source in chart.states and not chart.states[m.source].closed):
        assert move.while_held is (move.trigger in ALLOWED), (move.source, move.trigger)


def test_what_the_requirements_name_has_a_step_that_passes() -> None:
    triggers = {m.trigger for chart in CHARTS.values() for m in chart.moves}
    named = list(PASSES)[: list(PASSES).index("void") + 1]
    assert all(set(PASSES[what]) <= triggers for what in named)


def test_a_hold_has_a_review_date_that_is_not_past(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = referred(casework, clock, actors.everyone)
    yesterday = clock.today - timedelta(days=1)
    assert refused(family, "place_hold", review_on=None).keys() == {"answer_missing"}
    assert refused(family, "place_hold", review_on=yesterday).keys() == {"date_is_past"}
    family.does("place_hold", review_on=clock.today, holder="The health visitor", interim_support="Weekly visits")
    assert refused(family, "review_hold", review_on=yesterday).keys() == {"date_is_past"}


def test_after_its_review_a_hold_may_end_the_referral(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = brought_to(referred(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    assert refused(family, "close_after_hold").keys() == {"not_on_hold"}
    family.does("place_hold")
    family.does("close_after_hold")
    assert (family.case.state, family.case.answers["end_reason"]) == ("circumstances_changed", "hold_not_resumed")
    assert family.case.held_since is None


def test_a_neonatal_stay_across_the_due_date_keeps_both_figures_of_the_wait(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = brought_to(expected(casework, clock, actors.everyone), "pass_checks", "accept_direct")
    due = family.case.answers["expected_due_date"]
    clock.advance(20)
    family.does("place_hold", hold_reason="neonatal_stay", review_on=due + timedelta(days=7))
    family.does("record_birth", infant_dob=clock.today, babies_born=1, gestation_weeks=35, neonatal_stay="yes")
    clock.advance(60)
    family.does("resume")
    wait = family.case.clocks["wait_to_start"]
    assert (wait.days(clock.today), wait.adjusted(clock.today, None)) == (80, 20)
    assert family.case.days["too_old"] > clock.today
