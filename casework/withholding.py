"""A record as one person may see it: what is restricted stays unsaid to whoever decides nothing about the care."""

from collections.abc import Sequence
from dataclasses import replace

from casework.actor import Actor
from casework.case import Case, CaseEvent
from workflows.restricted import sees_restricted, without_restricted


def case_for(actor: Actor, case: Case) -> Case:
    """The same record; to somebody who does not see what is restricted, one that says where there is such an answer."""
    if sees_restricted(actor.roles):
        return case
    return replace(case, answers=without_restricted(case.chart.fields, case.answers))


def events_for(actor: Actor, case: Case, events: Sequence[CaseEvent]) -> tuple[CaseEvent, ...]:
    if sees_restricted(actor.roles):
        return tuple(events)
    return tuple(replace(event, data=without_restricted(case.chart.fields, event.data)) for event in events)
