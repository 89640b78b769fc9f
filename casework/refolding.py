"""What the second fold keeps beside answers: stretches of clocks and holds, and how a record stood before it was put
aside. As `casework.replay`, it shares nothing with the live path.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from casework.case import Case
from workflows.vocabulary import Clock

FAR = date(9999, 1, 1)

Figures = tuple[date, date, date | None, int | None, int, date | None]
"""Of a clock: since when, from which day it counts, when and by which event it stopped, its days on hold, and the day
that was agreed."""


@dataclass(slots=True)
class Stretch:
    since: date
    until: date | None = None
    ended_by: int = 0
    agreed_on: date | None = None


def figures_of(
    stretches: Mapping[str, list[Stretch]], holds: Sequence[Stretch], clocks: Mapping[str, Clock]
) -> dict[str, Figures]:
    """Per clock, from its stretches."""
    figures = {}
    for name, those in stretches.items():
        last = those[-1]
        earlier = sum(((s.until or s.since) - s.since for s in those[:-1]), timedelta())
        over = [h for h in holds if h.until is not None or last.until is not None]
        over = [] if clocks[name].never_paused else over
        on_hold = sum(_overlap(s, h) for s in those for h in over)
        stopped_by = last.ended_by if last.until is not None else None
        figures[name] = (last.since, last.since - earlier, last.until, stopped_by, on_hold, _agreed(those))
    return figures


def _overlap(stretch: Stretch, hold: Stretch) -> int:
    until = min(stretch.until or FAR, hold.until or FAR)
    return max((until - max(stretch.since, hold.since)).days, 0)


def _agreed(stretches: list[Stretch]) -> date | None:
    """What was agreed when a clock was started stays with it through the gaps."""
    return next((s.agreed_on for s in reversed(stretches) if s.agreed_on), None)


def kept_figures(kept: Case) -> dict[str, Figures]:
    return {
        name: (c.since, c.counts_from, c.stopped_on, c.stopped_by, c.held_days, c.agreed_on)
        for name, c in kept.clocks.items()
    }


@dataclass(frozen=True, slots=True)
class Stood:
    """How a record stood when it was put aside: it comes back to just that."""

    placed_on: date | None
    placed_by: int
    closed_on: date | None
    closed_by: int
    closed_from: Any
    held_since: date | None

    @property
    def as_answer(self) -> list[dict[str, Any]]:
        told = {"placed": self.placed_on, "closed": self.closed_on, "held": self.held_since}
        days = {name: day.isoformat() for name, day in told.items() if day is not None}
        return [{"by": self.placed_by, **days, **({"from": self.closed_from} if self.closed_from else {})}]


def blanks(known: Mapping[str, Any], asked: Sequence[str]) -> list[str]:
    """Of the answers that are asked for, those that are not there and about which nobody said why."""
    settled = [e["name"] for e in known.get("unanswered", []) if e["shape"] != "awaited"]
    if "expected_due_date" in known and "infant_dob" not in known:
        settled += ["infant_name", "infant_gp_in_area", "infant_lives_in_area"]
    return [name for name in asked if name not in known and name not in settled]
