"""P8: after every step of random sequences, a case is what an independent fold makes of its events."""

import sys
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import pytest

from casework.case import Case, CaseEvent
from tests.promises import Say
from tests.replay.walks import Found, in_memory
from tests.workflows.paths import FOLLOWS_ONLY
from workflows import Chart
from workflows.registry import CHARTS

SEED = 2026
Step = tuple[str, bool]


def folded(number: int, seed: int) -> Found:
    """Everything that came of so many sequences."""
    began = perf_counter()
    *_, found = in_memory(number, seed)
    seconds = perf_counter() - began
    common = {name: n for name, n in found.seen.most_common() if not name.startswith("row ")}
    sys.stdout.write(f"seed {seed}: {number} sequences in {seconds:.1f} s: {common}\n")
    return found


def rows_of(chart: Chart) -> dict[Step, set[str]]:
    """The rows of each step from an open or from a closed place; without the steps that nobody takes by hand."""
    found: dict[Step, set[str]] = {}
    closed = {name for name, state in chart.states.items() if state.closed}
    for m in (m for m in chart.moves if m.trigger not in FOLLOWS_ONLY):
        found.setdefault((m.trigger, m.source in closed), set()).add(f"row {m.source} {m.trigger} {m.to}")
    return found


@pytest.mark.parametrize("number", [200, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_case_is_the_fold_of_its_events_after_every_step_of_any_sequence(number: int, promise: Say) -> None:
    found = folded(number, SEED)
    assert not found.differences, found.differences[0]
    assert found.seen["taken"] > number * 4, "too few steps to prove anything"
    assert found.seen["refused"] > number * 4
    steps = [(step, rows) for chart in CHARTS.values() for step, rows in rows_of(chart).items()]
    never = [step for step, rows in steps if not rows & found.seen.keys()]
    assert len(never) < len(steps) * (0.3 if number < 1_000 else 0.05), f"never taken: {sorted(never)}"
    said = f"{number:,} sequences, {found.seen['taken']:,} steps, {found.seen['refused']:,} refused, 0 differ"
    promise("P8", f"in memory: {said}", control=f"{len(SLIPS)} wrong ways to take an event in are each caught")


# The controls: a way to take in an event that is wrong in one thing is caught by the same sequences.


def forgets_to_stop_a_clock(before: Case, after: Case) -> None:
    after.clocks.update({n: c for n, c in before.clocks.items() if c.running and not after.clocks[n].running})


def forgets_to_start_a_clock(before: Case, after: Case) -> None:
    after.clocks = {n: c for n, c in after.clocks.items() if n in before.clocks}


def loses_the_days_on_hold(before: Case, after: Case) -> None:
    after.clocks = {n: replace(c, held_days=0) for n, c in after.clocks.items()}


def loses_the_day_that_was_agreed_on(before: Case, after: Case) -> None:
    after.clocks = {n: replace(c, agreed_on=None) for n, c in after.clocks.items()}


def counts_the_time_while_closed(before: Case, after: Case) -> None:
    for name, clock in before.clocks.items():
        if not clock.running and after.clocks[name].running and after.clocks[name].counts_from != clock.counts_from:
            after.clocks[name] = replace(after.clocks[name], counts_from=clock.counts_from)


def keeps_what_is_to_be_forgotten(before: Case, after: Case) -> None:
    after.answers = {**before.answers, **after.answers}


def loses_an_earlier_answer(before: Case, after: Case) -> None:
    for name in list(before.answers)[:1]:
        after.answers.pop(name, None)


def stays_on_hold_when_closed(before: Case, after: Case) -> None:
    after.held_since = after.held_since or (before.held_since if not after.open else None)


def forgets_that_it_was_closed(before: Case, after: Case) -> None:
    after.closed_on = before.closed_on


def keeps_the_day_of_the_place_before(before: Case, after: Case) -> None:
    after.placed_on = before.placed_on or after.placed_on


def is_opened_again_by_a_later_step(before: Case, after: Case) -> None:
    after.opened_on = after.placed_on


def counts_a_step_twice(before: Case, after: Case) -> None:
    after.version += before.version > 3


SLIPS = (
    forgets_to_stop_a_clock, forgets_to_start_a_clock, loses_the_days_on_hold, loses_the_day_that_was_agreed_on,
    counts_the_time_while_closed, keeps_what_is_to_be_forgotten, loses_an_earlier_answer, stays_on_hold_when_closed,
    forgets_that_it_was_closed, keeps_the_day_of_the_place_before, is_opened_again_by_a_later_step, counts_a_step_twice,
)  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.__name__)
def test_a_case_that_takes_an_event_in_wrongly_is_caught(slip: Callable[[Case, Case], None]) -> None:
    def apply(case: Case, event: CaseEvent) -> None:
        before = case.copy()
        case.apply(event)
        slip(before, case)

    assert any(found.differences for found in in_memory(1_000, SEED, apply)), "the fold did not notice"
