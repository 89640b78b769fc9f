"""Histories that take every kind of row of a pathway: tours of each state, the ways there, and random lives."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from casework import Actor, StepRefused
from casework.case import Attempt, Case
from tests.replay.histories import History, Refused, Row, codes_of, history_of
from tests.replay.walks import Walk, next_day
from tests.time.lives import Dice
from tests.workflows.paths import EVERYTHING, FOLLOWS_ONLY, given_for, way_to, ways
from workflows import Chart, Role
from workflows.engine import engine_of

BEGIN = date(2026, 1, 5)
_ID = UUID(int=1)
ALWAYS = Actor("everyone", Role)
RANDOM, FROM_PAPER = 7, 4
"""Of each pathway, random lives and random lives from paper."""


def histories_of(chart: Chart, seed: int) -> list[History]:
    """Enough of them that every kind of row is taken."""
    found = [_numbered(chart, n, history) for n, history in enumerate(_made(chart, seed), 1)]
    taken = {kind_of(chart, row) for history in found for row in history.rows}
    if missing := {kind_of(chart, (m.source, m.trigger, m.to)) for m in chart.moves} - taken:
        raise ValueError(f"{chart.id}: no history takes {sorted(missing)}")
    return found


def kind_of(chart: Chart, row: Row) -> tuple[str, bool, bool, bool]:
    """Rows that are alike in what they do to a case: the step, whether either end is closed, whether the case stays."""
    source, trigger, to = row
    closed = {name for name, state in chart.states.items() if state.closed}
    return trigger, source in closed, to in closed, source == to


def _numbered(chart: Chart, number: int, history: History) -> History:
    return replace(history, case=replace(history.case, reference=f"{chart.rules.service[:1].upper()}-{number:03}"))


def _made(chart: Chart, seed: int) -> Iterator[History]:
    taken = set[tuple[str, bool, bool, bool]]()
    for history in _tours(chart):
        taken |= {kind_of(chart, row) for row in history.rows}
        yield history
    for row, way in ways(chart).items():
        if kind_of(chart, row) not in taken:
            history = _along(chart, way)
            taken |= {kind_of(chart, row) for row in history.rows}
            yield history
    for from_paper, number in ((False, RANDOM), (True, FROM_PAPER)):
        lives = [_life(chart, Dice(f"{seed}-{n}-{from_paper}"), n, from_paper=from_paper) for n in range(number * 20)]
        yield from sorted(lives, key=lambda life: -len(life.rows))[:number]


class _Tour:
    """One referral that is taken from place to place, a step every third day."""

    def __init__(self, chart: Chart) -> None:
        self.walk, self.day = Walk(Case(_ID, chart, "R-1"), 1), BEGIN

    def takes(self, trigger: str) -> bool:
        case = self.walk.case
        row = engine_of(case.chart).row(case.state, trigger, case.answers)
        if row is None:
            return False
        now = datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)
        given = given_for(case, row, self.day)
        try:
            event = case.fire(Attempt(trigger, ALWAYS, now, given, follows=trigger in FOLLOWS_ONLY), beside=EVERYTHING)
        except StepRefused:
            return False
        self.walk.take(event)
        self.day += timedelta(days=3)
        return True

    @property
    def history(self) -> History:
        return history_of(self.walk.case, self.walk.events)


def _along(chart: Chart, way: tuple[str, ...]) -> History:
    tour = _Tour(chart)
    if not all(tour.takes(trigger) for trigger in way):
        raise ValueError(f"{chart.id}: {way} cannot be gone")
    return tour.history


def _tours(chart: Chart) -> Iterator[History]:
    """To each open state, there every step that stays, and every closure with the way back from it."""
    for state in (s.name for s in chart.states.values() if not s.closed):
        tour = _Tour(chart)
        for trigger in way_to(chart, state):
            tour.takes(trigger)
        here = [m for m in chart.moves if m.source == state]
        for move in sorted((m for m in here if not m.moves), key=lambda m: _ORDER.get(m.trigger, 0)):
            tour.takes(move.trigger)
        for move in (m for m in here if chart.states[m.to].closed and m.to != "void"):
            if tour.takes(move.trigger):
                tour.takes("reopen")
            if tour.walk.case.state != state:
                break
        yield tour.history


_ORDER = {"place_hold": 1, "review_hold": 2, "resume": 3}


def _life(chart: Chart, dice: Dice, number: int, *, from_paper: bool) -> History:
    """A random life, with everything that was refused on its way."""
    walk, refused = Walk(Case(_ID, chart, "R-1"), number, from_paper), list[Refused]()
    today = dice.near(BEGIN)
    for _ in range(40):
        attempt = walk.attempt(dice, today)
        try:
            walk.take(walk.case.fire(attempt))
        except StepRefused as no:
            refused.append(Refused(len(walk.events), attempt, codes_of(no)))
        today = next_day(dice, today)
    once = {(r.attempt.trigger, r.codes): r for r in reversed(refused)}
    return history_of(walk.case, walk.events, sorted(once.values(), key=lambda r: r.after))
