"""A record that is put aside for another, as one of two for the same baby is: it keeps how it stood, to the day.

Nothing of it is ended: its clocks run on, a hold is neither on nor over. So it can stand again exactly as it stood.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casework.case import Case

STOOD = "stood"
"""The answer that keeps how a record stood: an entry with days as text, for they are no answers that anybody gave."""


def put_aside(case: Case) -> None:
    """Before the record moves to where it is put aside."""
    days = {"placed": case.placed_on, "closed": case.closed_on, "held": case.held_since}
    stood: dict[str, Any] = {name: day.isoformat() for name, day in days.items() if day is not None}
    if case.answers.get("closed_from"):
        stood["from"] = case.answers["closed_from"]
    case.answers[STOOD] = [{**stood, "by": case.placed_by}]
    case.held_since = None


def stand_again(case: Case) -> None:
    """After the record has moved back."""
    (stood,) = case.answers.pop(STOOD)
    case.placed_by, case.placed_on = stood["by"], _day(stood, "placed")
    case.closed_on, case.held_since = _day(stood, "closed"), _day(stood, "held")
    case.answers.pop("closed_from", None)
    if "from" in stood:
        case.answers["closed_from"] = stood["from"]


def hold_of(case: Case) -> date | None:
    """Since when the record is on hold, its hold from before it was put aside included: that counts on meanwhile."""
    return case.held_since or _day(case.answers.get(STOOD, [{}])[0], "held")


def _day(stood: dict[str, Any], name: str) -> date | None:
    return date.fromisoformat(stood[name]) if name in stood else None
