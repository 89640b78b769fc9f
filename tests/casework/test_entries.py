"""Lists of a case: what a step adds to one stays until a step settles it, and the events keep all of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import Actor, StepRefused
from casework.case import Attempt, Case, CaseEvent
from tests.casework.families import LEEDS
from workflows import Chart, Field, Kind, Move, Part, Role
from workflows.beside import RecordKind
from workflows.chart import UnsoundChart
from workflows.registry import chart_for
from workflows.vocabulary import NEW, Stage, State

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANYBODY = Actor("Invented Clerk", Role)
WHO = (Role.LEAD,)
DAY = Field("agreed_for", Kind.DATE, "The day", ahead=90)
WHICH = Field("appointment", Kind.NUMBER, "Which appointment", least=1, most=1_000_000)
NOTE = Field("note", Kind.LINE, "A note that lasts", Part.COURSE)
BOOK = Move("open", "book", "open", WHO, needs=(DAY,), takes=(NOTE,), adds="appointments")
KEEP = Move("open", "keep", "open", WHO, needs=(WHICH,), settles=("appointments", "appointment"))
STATES = {"open": State("open", Stage.BESIDE, "Open"), "over": State("over", Stage.CLOSED, "Over")}
MOVES = (
    Move(NEW, "begin", "open", WHO),
    BOOK,
    KEEP,
    Move("open", "end", "over", WHO, forgets=("appointments",)),
)


def chart(*moves: Move) -> Chart:
    return Chart("diary", 1, chart_for(LEEDS).rules, STATES, {}, moves, RecordKind.ACTIVITY)


def step(case: Case, trigger: str, days: int = 0, **data: Any) -> CaseEvent:
    event = case.fire(Attempt(trigger, ANYBODY, NOW + timedelta(days=days), data))
    case.apply(event)
    return event


def begun() -> Case:
    case = Case(UUID(int=1), chart(*MOVES), "A-1")
    step(case, "begin")
    return case


def test_an_entry_has_its_number_its_day_and_the_answers_of_its_step_alone() -> None:
    case = begun()
    step(case, "book", agreed_for="2026-03-09", note="stays with the case")
    assert case.answers["appointments"] == [{"number": 2, "on": date(2026, 3, 2), "agreed_for": date(2026, 3, 9)}]
    assert case.answers["note"] == "stays with the case"


def test_an_entry_is_settled_once_and_one_that_is_not_there_never() -> None:
    case = begun()
    step(case, "book", agreed_for="2026-03-09")
    step(case, "keep", appointment=2)
    assert "appointments" not in case.answers
    for number in (2, 99):
        with pytest.raises(StepRefused) as refused:
            step(case, "keep", appointment=number)
        assert [reason.code for reason in refused.value.reasons] == ["no_such_entry"]


def test_a_copy_of_a_case_is_not_changed_with_it() -> None:
    case = begun()
    step(case, "book", agreed_for="2026-03-09")
    before = case.copy()
    step(case, "book", agreed_for="2026-03-10")
    step(case, "keep", appointment=2)
    assert [entry["number"] for entry in before.answers["appointments"]] == [2]


def test_what_is_pending_ends_with_the_case() -> None:
    case = begun()
    step(case, "book", agreed_for="2026-03-09")
    step(case, "end")
    assert "appointments" not in case.answers


@given(st.lists(st.one_of(st.just("book"), st.integers(0, 30)), max_size=30))
def test_whatever_is_booked_and_kept_the_list_is_what_a_diary_on_paper_would_show(done: list[str | int]) -> None:
    case, diary = begun(), dict[int, date]()
    for number, act in enumerate(done):
        day = date(2026, 3, 3) + timedelta(days=number)
        if act == "book":
            diary[step(case, "book", agreed_for=day).seq] = day
        elif act in diary:
            step(case, "keep", appointment=act)
            del diary[int(act)]
    entries = case.answers.get("appointments", [])
    assert {entry["number"]: entry["agreed_for"] for entry in entries} == diary


def test_a_pathway_cannot_settle_what_nothing_adds_nor_without_asking_which() -> None:
    with pytest.raises(UnsoundChart, match="settles an entry of appointments, to which no row adds"):
        chart(*(move for move in MOVES if move is not BOOK))
    silent = Move("open", "keep", "open", WHO, settles=("appointments", "appointment"))
    with pytest.raises(UnsoundChart, match="does not ask which entry"):
        chart(*(silent if move is KEEP else move for move in MOVES))
