"""The shortest way to every place of a pathway, found by taking every step that can be taken."""

from collections import deque
from collections.abc import Container, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from typing import Any
from uuid import UUID, uuid4

from casework import Actor, StepRefused
from casework.case import Attempt, Case, CaseEvent
from casework.forms import checked
from tests.casework.families import SPECIAL, answers_for, numbered
from workflows import Chart, Move, Refusal, Role
from workflows.beside import Alone, Known, RecordKind
from workflows.engine import engine_of
from workflows.fields.referral import INFANT_DOB, REFERRER_WORDS

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVERYONE = Actor("everyone", Role)

Row = tuple[str, str, str]


class Everything(Alone):
    """A service in which every record that a step names is there, with nothing against it; the earlier one ended."""

    def record(self, kind: RecordKind, reference: str) -> Known:
        still_open = reference != SPECIAL["prior_referral"]
        return Known(kind, reference, "in_post" if kind is RecordKind.STAFF else "there", open=still_open, answers={})


EVERYTHING = Everything()


BEFORE_ANOTHER = ("join_family", "restrict", "record_birth", "offer_transfer", "record_loss", "add_information")
"""Steps that leave a record where it is and without which another cannot be taken there."""

TAKEN_TWICE = ("raise_safeguarding",)
"""Steps of which some rows ask for two."""

FOLLOWS_ONLY = ("split_off", "take_in", "give_back", "receive_from_consultation", "concern_goes_on")
"""Steps that nobody takes by hand: they follow from one on another record."""


@cache
def ways(chart: Chart) -> dict[Row, tuple[str, ...]]:
    """For every row that can be taken, the triggers that lead to it, itself the last; the shortest first."""
    found: dict[Row, tuple[str, ...]] = {}
    otherwise: dict[Row, tuple[str, ...]] = {}
    seen: set[tuple[object, ...]] = set()
    waiting: deque[tuple[Case, tuple[str, ...]]] = deque([(new_case(chart), ())])
    while waiting:
        case, way = waiting.popleft()
        if (place := _place(case)) in seen:
            continue
        seen.add(place)
        for move in _rows_from(chart, case.state):
            after = None if _leads_nowhere_new(case, move, found, seen) else taken(case, move)
            if after is not None:
                found.setdefault((move.source, move.trigger, after.state), (*way, move.trigger))
                waiting.append((after, (*way, move.trigger)))
                made = move.adds or (move.trigger if move.trigger in BEFORE_ANOTHER else "")
                if made and (after.state, made) not in seen:
                    seen.add((after.state, made))
                    waiting.extend(_made_possible(after, (*way, move.trigger), otherwise))
                    if made == "taken_in":
                        _ended_with_it(after, (*way, move.trigger), otherwise)
                    if move.trigger in TAKEN_TWICE and (twice := taken(after, move)):
                        waiting.extend(_made_possible(twice, (*way, move.trigger, move.trigger), otherwise))
    return {**otherwise, **found}


def _made_possible(
    case: Case, way: tuple[str, ...], found: dict[Row, tuple[str, ...]]
) -> Iterator[tuple[Case, tuple[str, ...]]]:
    """Rows that ask for an entry of a list: they are tried where one has just been added. Yields where they lead."""
    for move in _rows_from(case.chart, case.state):
        if (move.source, move.trigger, move.to) in found:
            continue
        after = taken(case, move)
        if after is not None:
            found.setdefault((move.source, move.trigger, after.state), (*way, move.trigger))
            if move.moves:
                yield after, (*way, move.trigger)


def _ended_with_it(case: Case, way: tuple[str, ...], found: dict[Row, tuple[str, ...]]) -> None:
    """What is given back once the record that took it in has itself ended."""
    rows = _rows_from(case.chart, case.state)
    first = (m for m in rows if m.trigger in ("offer_transfer", "triage_rate"))
    ways_out = [(case, way), *((after, (*way, m.trigger)) for m in first if (after := taken(case, m)))]
    for (stands, steps), move in product(ways_out, (m for m in rows if m.moves and case.chart.states[m.to].closed)):
        back = (move.to, "give_back", move.to)
        row = engine_of(case.chart).row(move.to, "give_back", {})
        ended = None if back in found or row is None else taken(stands, move)
        if ended is not None and row is not None and taken(ended, row) is not None:
            found[back] = (*steps, move.trigger, "give_back")


def _leads_nowhere_new(case: Case, move: Move, found: Container[Row], seen: Container[object]) -> bool:
    """It has been taken before, and whoever takes it stays as they are, or ends where somebody has ended."""
    if (move.source, move.trigger, move.to) not in found:
        return False
    if move.moves and case.chart.states[move.to].closed:
        _, _, *known, _, baby, _ = _place(case)
        return (move.to, None, *known, move.source, baby, False) in seen
    leads_on = move.moves or move.hold or move.records or move.adds == "triage_ratings"
    return not (leads_on or REFERRER_WORDS in move.takes)


@cache
def _rows_from(chart: Chart, state: str) -> tuple[Move, ...]:
    return tuple(move for move in chart.moves if move.source == state)


def way_to(chart: Chart, state: str) -> tuple[str, ...]:
    """The triggers of the shortest way to a state."""
    return min((way for (_, _, to), way in ways(chart).items() if to == state), key=len)


def taken(case: Case, move: Move) -> Case | None:
    """The case after a step, with all that the step asks for; None where the pathway does not allow it."""
    given = given_for(case, move)
    follows = move.trigger in FOLLOWS_ONLY
    known = {"roles": EVERYONE.roles, "actor": "everyone", "beside": EVERYTHING, "follows": follows}
    facts = case.facts(TODAY, checked(move, given, TODAY)[0], **known)
    if engine_of(case.chart).judge(facts, move.trigger).reasons:
        return None  # a refusal would also tell every step that is possible instead, which nobody asks here
    try:
        event = case.fire(Attempt(move.trigger, EVERYONE, NOW, given, follows=follows), beside=EVERYTHING)
    except StepRefused:
        return None
    after = case.copy()
    after.apply(event)
    return after


def given_for(case: Case, move: Move, today: date = TODAY) -> dict[str, Any]:
    """What a step asks for, of the baby whom the referral is about: who is not born has no birthday yet."""
    given = {**answers_for(move, today), **numbered(move, case)}
    unborn = "expected_due_date" in case.answers and "infant_dob" not in case.answers
    if unborn and INFANT_DOB not in move.needs and move.trigger != "add_information":
        given = {name: value for name, value in given.items() if name not in ("infant_dob", "infant_name")}
    return {name: value for name, value in given.items() if value is not None}


def _place(case: Case) -> tuple[object, ...]:
    """What tells the further ways of two cases apart. From where it was closed matters only while it is."""
    closed_from = None if case.open else case.answers.get("closed_from")
    baby = ("infant_dob" in case.answers, "babies_expected" in case.answers)
    rated = case.state == "rmg_review" and "triage_ratings" in case.answers
    chosen = (case.answers.get("asked_by"), closed_from, baby, rated)
    return (case.state, case.held_since, case.answers.keys() >= {"received_on", "referrer_words"}, *chosen)


def new_case(chart: Chart) -> Case:
    return Case(UUID(int=1), chart, "R-1")


def case_at(chart: Chart, state: str) -> Case:
    """A referral that stands at a state, having got there with all that each step asks for."""
    return after_steps(new_case(chart), *way_to(chart, state))


def before_the_decision(chart: Chart) -> Case:
    """A referral before the group, both risks rated: with it some services begin (R-192)."""
    return after_step(case_at(chart, "rmg_review"), "triage_rate")


def before_each_row(chart: Chart) -> Iterator[tuple[Move, Case]]:
    """Every row of a pathway that somebody takes by hand, with a referral that can take it."""
    for move in (m for m in chart.moves if m.trigger not in FOLLOWS_ONLY):
        way = ways(chart)[move.source, move.trigger, move.to]
        yield move, after_steps(new_case(chart), *way[:-1])


def before_each_kind_of_row(chart: Chart) -> Iterator[tuple[Move, Case]]:
    """As `before_each_row`, but of rows that are the same from many places only the first."""
    kinds = set[Move]()
    for move, case in before_each_row(chart):
        if (kind := replace(move, source="", to="", given=None)) not in kinds:
            kinds.add(kind)
            yield move, case


def worked_to(chart: Chart, state: str, reference: str) -> tuple[Case, list[CaseEvent]]:
    """A referral of its own that stands at a state, with the events that led there."""
    return worked_along(chart, way_to(chart, state), reference)


def worked_along(chart: Chart, way: tuple[str, ...], reference: str) -> tuple[Case, list[CaseEvent]]:
    case, events = Case(uuid4(), chart, reference), list[CaseEvent]()
    for trigger in way:
        events.append(
            case.fire(
                Attempt(trigger, EVERYONE, NOW, _asked(case, trigger, {}), follows=trigger in FOLLOWS_ONLY),
                beside=EVERYTHING,
            )
        )
        case.apply(events[-1])
    return case, events


def after_steps(case: Case, *triggers: str) -> Case:
    for trigger in triggers:
        case = after_step(case, trigger)
    return case


def after_step(case: Case, trigger: str, **answers: Any) -> Case:
    """The case after a step that is taken by everyone, with what it asks for; `answers` come first."""
    event = case.fire(
        Attempt(trigger, EVERYONE, NOW, _asked(case, trigger, answers), follows=trigger in FOLLOWS_ONLY),
        beside=EVERYTHING,
    )
    after = case.copy()
    after.apply(event)
    return after


def refused(
    case: Case, trigger: str, *, by: Actor = EVERYONE, other: str | None = None, on: date | None = None, **answers: Any
) -> dict[str, Refusal]:
    """The reasons why a step may not be taken, one a code; empty where it may. An answer of None is left out."""
    found: dict[str, Refusal] = {}
    try:
        case.fire(Attempt(trigger, by, NOW, _asked(case, trigger, answers), on), lambda who: other, EVERYTHING)
    except StepRefused as no:
        for reason in no.reasons:
            before = found.get(reason.code, reason).fields
            found[reason.code] = replace(reason, fields=tuple(dict.fromkeys(before + reason.fields)))
    return found


def _asked(case: Case, trigger: str, answers: dict[str, Any]) -> dict[str, Any]:
    row = engine_of(case.chart).row(case.state, trigger, case.answers)
    whole = {**(given_for(case, row) if row else {}), **answers}
    return {name: value for name, value in whole.items() if value is not None}
