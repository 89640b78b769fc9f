"""The shortest way to every place of a pathway, found by taking every step that can be taken."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from casework import Actor, StepRefused
from casework.case import Attempt, Case, CaseEvent
from tests.casework.families import answers_for
from workflows import Chart, Move, Refusal, Role
from workflows.engine import engine_of

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVERYONE = Actor("everyone", Role)

Row = tuple[str, str, str]


@cache
def ways(chart: Chart) -> dict[Row, tuple[str, ...]]:
    """For every row that can be taken, the triggers that lead to it, itself the last; the shortest first."""
    found: dict[Row, tuple[str, ...]] = {}
    seen: set[tuple[object, ...]] = set()
    waiting: deque[tuple[Case, tuple[str, ...]]] = deque([(new_case(chart), ())])
    while waiting:
        case, way = waiting.popleft()
        if (place := _place(case)) in seen:
            continue
        seen.add(place)
        for move in (m for m in chart.moves if m.source == case.state):
            after = taken(case, move)
            if after is not None:
                found.setdefault((move.source, move.trigger, after.state), (*way, move.trigger))
                waiting.append((after, (*way, move.trigger)))
    return found


def way_to(chart: Chart, state: str) -> tuple[str, ...]:
    """The triggers of the shortest way to a state."""
    return min((way for (_, _, to), way in ways(chart).items() if to == state), key=len)


def taken(case: Case, move: Move) -> Case | None:
    """The case after a step, with all that the step asks for; None where the pathway does not allow it."""
    try:
        event = case.fire(Attempt(move.trigger, EVERYONE, NOW, answers_for(move, TODAY)))
    except StepRefused:
        return None
    after = case.copy()
    after.apply(event)
    return after


def _place(case: Case) -> tuple[object, ...]:
    """What tells the further ways of two cases apart."""
    chosen = (case.answers.get("asked_by"), case.answers.get("closed_from"))
    return (case.state, case.held_since, case.answers.keys() >= {"received_on", "referrer_words"}, *chosen)


def new_case(chart: Chart) -> Case:
    return Case(UUID(int=1), chart, "R-1")


def case_at(chart: Chart, state: str) -> Case:
    """A referral that stands at a state, having got there with all that each step asks for."""
    return after_steps(new_case(chart), *way_to(chart, state))


def before_each_row(chart: Chart) -> Iterator[tuple[Move, Case]]:
    """Every row of a pathway, with a referral that can take it."""
    for move in chart.moves:
        way = ways(chart)[move.source, move.trigger, move.to]
        yield move, after_steps(new_case(chart), *way[:-1])


def worked_to(chart: Chart, state: str, reference: str) -> tuple[Case, list[CaseEvent]]:
    """A referral of its own that stands at a state, with the events that led there."""
    return worked_along(chart, way_to(chart, state), reference)


def worked_along(chart: Chart, way: tuple[str, ...], reference: str) -> tuple[Case, list[CaseEvent]]:
    case, events = Case(uuid4(), chart, reference), list[CaseEvent]()
    for trigger in way:
        events.append(case.fire(Attempt(trigger, EVERYONE, NOW, _asked(case, trigger, {}))))
        case.apply(events[-1])
    return case, events


def after_steps(case: Case, *triggers: str) -> Case:
    for trigger in triggers:
        case = after_step(case, trigger)
    return case


def after_step(case: Case, trigger: str, **answers: Any) -> Case:
    """The case after a step that is taken by everyone, with what it asks for; `answers` come first."""
    event = case.fire(Attempt(trigger, EVERYONE, NOW, _asked(case, trigger, answers)))
    after = case.copy()
    after.apply(event)
    return after


def refused(
    case: Case, trigger: str, *, by: Actor = EVERYONE, other: str | None = None, on: date | None = None, **answers: Any
) -> dict[str, Refusal]:
    """The reasons why a step may not be taken, one a code; empty where it may. An answer of None is left out."""
    found: dict[str, Refusal] = {}
    try:
        case.fire(Attempt(trigger, by, NOW, _asked(case, trigger, answers), on), lambda who: other)
    except StepRefused as no:
        for reason in no.reasons:
            before = found.get(reason.code, reason).fields
            found[reason.code] = replace(reason, fields=tuple(dict.fromkeys(before + reason.fields)))
    return found


def _asked(case: Case, trigger: str, answers: dict[str, Any]) -> dict[str, Any]:
    row = engine_of(case.chart).row(case.state, trigger, case.answers)
    whole = {**(answers_for(row, TODAY) if row else {}), **answers}
    return {name: value for name, value in whole.items() if value is not None}
