"""Random sequences of steps, those that may be taken and those that may not, and what a fold makes of each."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from casework import Actor, StepRefused
from casework.case import Attempt, Case, CaseEvent
from casework.identity import new_id
from casework.replay import compare
from tests.time.lives import EARLIEST, EVERYONE, GAPS, LATEST, LONDON, NAMES_A_FAMILY, ONE_DAY, Dice, answers, row_of
from tests.workflows.paths import EVERYTHING
from workflows import Move, Role
from workflows.registry import chart_for

SERVICES = ("leeds-imhs", "together-with-baby")
MOST = 30
"""Attempts in one sequence."""

Apply = Callable[[Case, CaseEvent], None]
"""How a case takes in an event: `Case.apply`, or one that is wrong on purpose."""

ALONE = {role: Actor(f"the {role.value}", [role]) for role in Role}
SPOILT: tuple[object, ...] = (
    None,
    "",
    7,
    "no such code",
    "2026-02-30",
    ["x"],
    "9990000019",
    {"a": 1},
    date(2200, 1, 1),
)


@dataclass(slots=True)
class Walk:
    """One referral in memory, with everything that happened to it."""

    case: Case
    number: int
    from_paper: bool = False
    events: list[CaseEvent] = field(default_factory=list)

    def attempt(self, dice: Dice, today: date) -> Attempt:
        """What somebody wants to do today: mostly a step that leads on, often one that cannot be taken."""
        now = datetime.combine(today, time(dice.randrange(24), dice.choice((0, 30, 59))), LONDON).astimezone(UTC)
        back = dice.choice((1, 2, 7, 30, -1)) if self.events and dice.often(0.15) else 0
        on = None if not back and dice.often(0.5) else today - ONE_DAY * back
        row = self._row(dice)
        if row is None:
            return Attempt("no_such_step", EVERYONE, now, {}, on)
        data = answers(row, self.case, dice, self.number, on or today)
        data = {**data, **{name: f"{name} of {self.number}" for name in NAMES_A_FAMILY if name in data}}
        actor = dice.choice(list(ALONE.values())) if dice.often(0.1) else EVERYONE
        data = _spoilt(data, dice) if dice.often(0.1) else data
        return Attempt(row.trigger, actor, now, data, on, imported=self.from_paper)

    def _row(self, dice: Dice) -> Move | None:
        """None: a step that no pathway has."""
        if dice.often(0.02):
            return None
        leads_on = row_of(self.case, dice) if dice.often(0.7) else None
        return leads_on or dice.choice(self.case.chart.moves)

    def take(self, event: CaseEvent, apply: Apply = Case.apply) -> None:
        apply(self.case, event)
        self.events.append(event)


def _spoilt(data: Mapping[str, Any], dice: Dice) -> dict[str, Any]:
    """An answer left out, an answer of the wrong kind, or one that nobody asked for."""
    name = dice.choice(sorted(data)) if data else "nobody_asked"
    if dice.often(0.4):
        return {known: value for known, value in data.items() if known != name}
    return {**data, name if dice.often(0.8) else "nobody_asked": dice.choice(SPOILT)}


def new_walk(dice: Dice, number: int, *, from_paper: bool = False) -> tuple[Walk, date]:
    """A referral that is not there yet, and the day on which somebody first tries something."""
    walk = Walk(Case(new_id(), chart_for(dice.choice(SERVICES)), f"R-{number}"), number, from_paper)
    return walk, dice.near(EARLIEST + timedelta(days=dice.randrange((LATEST - EARLIEST).days)))


def next_day(dice: Dice, today: date) -> date:
    return dice.near(today + ONE_DAY * dice.choice(GAPS))


@dataclass(slots=True)
class Found:
    """What came of many sequences. `differences` tells each one with its seed, so that it can be had again."""

    seen: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


def in_memory(number: int, seed: int, apply: Apply = Case.apply) -> Iterator[Found]:
    """So many sequences; after every attempt the case is held against the fold of its events."""
    found = Found()
    for n in range(number):
        dice = Dice(f"{seed}-{n}")
        walk, today = new_walk(dice, n, from_paper=dice.often(0.1))
        for _ in range(dice.randint(5, MOST)):
            if (problem := _one(walk, dice, today, apply, found.seen)) is not None:
                found.differences.append(f"sequence {seed}-{n}, step {len(walk.events)}: {problem}")
                break
            today = next_day(dice, today)
        found.seen["sequences"] += 1
        yield found


def _one(walk: Walk, dice: Dice, today: date, apply: Apply, seen: Counter[str]) -> str | None:
    attempt, before = walk.attempt(dice, today), walk.case.copy()
    try:
        event = walk.case.fire(attempt, beside=EVERYTHING)
    except StepRefused as refused:
        seen["refused"] += 1
        seen.update(f"refused {code}" for code in {reason.code for reason in refused.reasons})
        return None if walk.case == before else "a refused step changed the case"
    walk.take(event, apply)
    seen["taken"] += 1
    seen[f"row {event.source} {event.trigger} {event.to}"] += 1
    return "; ".join(d.sentence for d in compare(walk.case, walk.events)) or None
