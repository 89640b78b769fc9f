"""Clinics with many events, sealed as the write path seals them: what verifiers and attackers are let loose on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from casework import Actor, Case, CaseEvent
from casework.audit.keys import AuditKeys, new_keys, read_keys
from casework.audit.relay import Relay
from casework.case import Attempt
from casework.identity import new_id
from persistence import Database
from tests.casework.families import VOICE, form
from workflows import Role
from workflows.registry import chart_for

SOMEBODY = Actor("the duty clinician", Role)
CAME = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
STORY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("receive_referral", form(CAME.date())),
    ("acknowledge", {"how_told": "email"}),
    ("pass_checks", {}),
    ("accept_direct", {"rmg_on": CAME.date(), "reason": "Direct work is indicated.", **VOICE}),
    ("allocate", {"clinician": "clin-01"}),
    ("void", {"void_reason": "duplicate", "surviving_reference": "C-2026-000001"}),
)
"""Six steps. The case is closed at the end, so that any number of twins of it may stand beside each other."""
AT_ONCE = 500


def keys() -> AuditKeys:
    return read_keys(new_keys(date(2026, 1, 1)))


def one_story() -> tuple[Case, list[CaseEvent]]:
    case = Case(new_id(), chart_for("leeds-imhs"), "R-0")
    events = []
    for trigger, data in STORY:
        event = case.fire(Attempt(trigger, SOMEBODY, CAME, data))
        case.apply(event)
        events.append(event)
    return case, events


def fill(database: Database, number: int, first: int = 0) -> None:
    """So many cases with the same story, numbered from the first on."""
    for batch in _batches(number, first):
        with database.writing() as store:
            store.import_cases([(case, events, "") for case, events in batch])


def _batches(number: int, first: int) -> Iterator[list[tuple[Case, list[CaseEvent]]]]:
    case, events = one_story()
    for start in range(first, first + number, AT_ONCE):
        some = []
        for at in range(start, min(start + AT_ONCE, first + number)):
            twin = replace(case, id=new_id(), reference=f"R-{at}")
            some.append((twin, [replace(event, id=new_id(), case_id=twin.id) for event in events]))
        yield some


def order_all(database: Database, secrets: AuditKeys) -> None:
    """Every event has its place, and all are signed for. The log is told, wherever it goes."""
    clock = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
    Relay(database.audit, secrets, now=lambda: clock).run()
    Relay(database.audit, secrets, now=lambda: clock + timedelta(minutes=2)).run()
