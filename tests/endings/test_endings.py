"""Every ending is reached with its reason and with all that it needs, and with none of it left out."""

from typing import Any

import pytest

from tests.casework.families import row
from tests.workflows.paths import after_step, before_the_decision, case_at, refused
from workflows import Chart
from workflows.charts.endings import FIELDS, SETTLED, WHY
from workflows.endings import ENDINGS, NEEDS, Need, closed_states
from workflows.guards.endings import ASKED
from workflows.registry import CHARTS

ROWS = [
    (chart, *closing) for chart in CHARTS.values() for closing in WHY if closing[1] in chart.triggers_from(closing[0])
]
EVERYTHING: dict[str, Any] = {
    "reason": "Another reason.", "discussed_with_referrer": "Agreed with the midwife.",
    "no_measures_because": "The family moved on.", "infant_voice": "He turns to her.", "recipients": "The midwife.",
    "placement_outcome": "stayed_together", "said_by_family": "It is well.", "said_by_referrer": "So it is.",
}  # fmt: skip


def closings() -> list[Any]:
    """Each row that closes, for each reason that it can have."""
    found = []
    for chart, source, trigger in ROWS:
        move, why = row(chart, source, trigger), WHY[source, trigger]
        codes = next((f.choices for f in move.needs if f.name == why), (why,))
        found += [(chart, source, trigger, why, code) for code in codes if (move.to, code) in ENDINGS]
    return [pytest.param(*one, id=f"{one[0].name}-{one[1]}-{one[2]}-{one[4]}") for one in found]


@pytest.mark.parametrize(("chart", "source", "trigger", "why", "code"), closings())
def test_an_ending_asks_for_each_thing_that_its_table_says_and_for_no_other(
    chart: Chart, source: str, trigger: str, why: str, code: str
) -> None:
    before = before_the_decision(chart) if source == "rmg_review" else case_at(chart, source)
    move, case = row(chart, source, trigger), before
    case.answers = {name: value for name, value in case.answers.items() if name != "postcode"}  # a form sent back
    ending = ENDINGS[move.to, code]
    asked = {f.name for f in (*move.needs, *move.takes)}
    chosen = {why: code} if why in asked else {}
    whole = {**{n: v for n, v in EVERYTHING.items() if n in asked}, **chosen}
    assert refused(case, trigger, **whole) == {}
    assert after_step(case, trigger, **whole).state == move.to
    for need in (n for n in ending.needs if n in ASKED and n not in SETTLED.get((source, trigger), ())):
        left_out = dict.fromkeys(name for name in ASKED[need][0] if name in asked)
        against = refused(case, trigger, **{**whole, **left_out})
        told = {name for reason in against.values() for name in reason.fields}
        assert told & left_out.keys() or need is Need.PLACEMENT, (need, against)


@pytest.mark.parametrize(("chart", "source", "trigger", "why", "code"), closings())
def test_every_need_of_an_ending_has_a_question_on_its_row(
    chart: Chart, source: str, trigger: str, why: str, code: str
) -> None:
    move = row(chart, source, trigger)
    asked = {f.name for f in (*move.needs, *move.takes)}
    for need in ENDINGS[move.to, code].needs:
        if need not in SETTLED.get((source, trigger), ()):
            assert need in ASKED, need
            assert asked & set(ASKED[need][0]), (need, NEEDS[need])


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_every_closed_state_of_the_table_is_a_state_and_is_reached_by_a_row(chart: Chart) -> None:
    reached = {move.to for move in chart.moves}
    assert set(closed_states()) <= {name for name, state in chart.states.items() if state.closed}
    assert set(closed_states()) <= reached


def test_what_is_asked_is_a_question_that_stands_once() -> None:
    assert all(name == field.name for name, field in FIELDS.items())


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_a_reason_to_send_elsewhere_is_none_to_decline(chart: Chart) -> None:
    before = before_the_decision(chart)
    assert refused(before, "decline", closure_reason="other_provider").keys() == {"not_a_reason_here"}
    assert refused(before, "signpost", closure_reason="other_provider") == {}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_where_a_foster_carer_cares_for_the_baby_the_discharge_says_what_became_of_it(chart: Chart) -> None:
    fostered = case_at(chart, "ending")
    fostered.answers["carer_relationship"] = "foster_carer"
    no = refused(fostered, "discharge")
    assert no["ending_incomplete"].fields == ("placement_outcome",)
    assert "reunited" in no["ending_incomplete"].sentence
    assert refused(fostered, "discharge", placement_outcome="reunited") == {}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_a_measure_after_the_work_or_a_goal_stands_in_the_place_of_a_reason_why_there_is_none(chart: Chart) -> None:
    ending = case_at(chart, "ending")
    ending.answers.pop("goals", None)
    ending.answers.pop("measures", None)
    without: dict[str, Any] = {"no_measures_because": None}
    assert refused(ending, "discharge", **without).keys() == {"ending_incomplete"}
    ending.answers["measures"] = [{"number": 3, "time_point": "before"}]
    assert refused(ending, "discharge", **without).keys() == {"ending_incomplete"}
    ending.answers["measures"] = [{"number": 3, "time_point": "before"}, {"number": 4, "time_point": "after"}]
    assert refused(ending, "discharge", **without) == {}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_x4_11_a_void_hides_no_decision_and_no_breach(chart: Chart) -> None:
    early, decided = case_at(chart, "received"), case_at(chart, "waiting")
    error: dict[str, Any] = {"void_reason": "entered_in_error", "surviving_reference": None}
    assert refused(early, "void", **error) == {}
    no = refused(decided, "void", **error)
    assert no.keys() == {"void_hides_a_decision"}
    assert refused(decided, "void", void_reason="duplicate", surviving_reference="R-2") == {}
