"""A step that follows from another, as the rules say it that `casework.consequences` lists."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casework.case import Case, CaseEvent
from casework.store import Store


@dataclass(frozen=True, slots=True)
class Following:
    """A step that follows from another: on a record that is kept, or on a new one (of version 0).

    `history` are the events that a new record has behind it already, of which `case` is the fold: a twin's referral
    has walked the way that the pregnancy's did. `again`: a further step on a record that has taken one in this act.
    `on`: where it was on another day than the step from which it follows.
    """

    case: Case
    trigger: str
    data: Mapping[str, Any] = field(default_factory=dict)
    history: Sequence[CaseEvent] = ()
    again: bool = False
    on: date | None = None


Rule = Callable[[Store, Case, CaseEvent], Iterable[Following]]
