"""The way of a referral under another identity, from every step of the pathway: its days go on, its texts do not.

A canary is put into every text, number and reference that a step of the way could have brought.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from casework.case import Case, CaseEvent
from casework.life.carried import carried
from casework.replay import compare
from tests.casework.canaries import Canaries
from tests.workflows.paths import Row, ways, worked_along
from workflows import Chart, Field, Kind
from workflows.registry import CHARTS, every_chart

AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
IDENTITY = {"infant_name": "New Name", "infant_nhs_number": "9990000026"}
SAYS_WHO = (Kind.LINE, Kind.WORDS, Kind.NHS_NUMBER, Kind.RECORD)
STAFF = ("clinician",)
RELEASED = ("leeds-imhs@1", "together-with-baby@1")
SOME = ["one row a step", pytest.param("every row", marks=pytest.mark.long)]


def rows(chart: Chart, which: str) -> list[Row]:
    """The rows that leave a referral open: of each step the first, or all."""
    found = [row for row in ways(chart) if not chart.states[row[2]].closed]
    first = {trigger: (source, trigger, to) for source, trigger, to in reversed(found)}
    return list(first.values()) if which == SOME[0] else found


def planted(canaries: Canaries, chart: Chart, events: list[CaseEvent]) -> tuple[Case, list[CaseEvent]]:
    """The same way with a canary in every answer that could say who somebody is."""
    told = [replace(event, data=_told(canaries, chart.fields, event.data)) for event in events]
    case = Case(events[0].case_id, chart, "R-old")
    for event in told:
        case.apply(event)
    return case, told


def _told(canaries: Canaries, asked: dict[str, Field], data: Any) -> dict[str, Any]:
    return {name: _one(canaries, asked.get(name), name, value) for name, value in data.items()}


def _one(canaries: Canaries, field: Field | None, name: str, value: Any) -> Any:
    if field is None or name in STAFF:
        return value
    if field.kind in SAYS_WHO:
        return canaries.text()
    if field.kind is Kind.LIST:
        return [_told(canaries, {f.name: f for f in field.of}, entry) for entry in value]
    return value


@pytest.mark.parametrize("which", SOME)
@pytest.mark.parametrize("name", RELEASED)
def test_from_every_step_of_the_way_the_days_go_on_and_no_text_does(name: str, which: str) -> None:
    chart, canaries, tried = CHARTS[name], Canaries(), 0
    for row in rows(chart, which):
        case, events = planted(canaries, chart, worked_along(chart, ways(chart)[row], "R-old")[1])
        new, history = carried(case, events, IDENTITY, AT)
        known = repr(new.answers) + repr([(event.data, event.request_id) for event in history])
        assert canaries.found_in(known) == [], row
        assert "R-old" not in known
        assert (new.state, new.opened_on, new.held_since) == (case.state, case.opened_on, case.held_since), row
        days = {clock: (was.since, was.running, was.counts_from) for clock, was in case.clocks.items()}
        assert {clock: (now.since, now.running, now.counts_from) for clock, now in new.clocks.items()} == days, row
        assert compare(new, history) == (), row
        tried += 1
    assert tried > 60
    assert len(canaries.planted) > 500


def test_a_text_that_is_kept_would_be_found() -> None:
    """The control: what was planted stands in the old record, and the comparison sees it."""
    chart, canaries = CHARTS[RELEASED[0]], Canaries()
    way = next(way for (_, _, to), way in ways(chart).items() if to == "waiting")
    case, events = planted(canaries, chart, worked_along(chart, way, "R-old")[1])
    assert canaries.found_in(repr(case.answers))
    assert canaries.found_in(repr([event.data for event in events]))


def test_every_kind_of_answer_is_either_known_to_say_no_name_or_cut() -> None:
    """A kind that is new has to be decided on: nothing is carried because it was forgotten."""
    decided = {*SAYS_WHO, Kind.LIST, Kind.DATE, Kind.CODE, Kind.CODES, Kind.YES_NO, Kind.NUMBER, Kind.TIME}
    asked = {field.kind for chart in every_chart() for field in chart.fields.values()}
    assert asked <= decided
