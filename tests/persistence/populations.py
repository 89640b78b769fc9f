"""Many cases at once: walked through their own machine in memory and kept in bulk, as an import keeps them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa

from casework import Attempt, Case, CaseEvent, StepRefused
from casework.identity import new_id
from persistence import Database
from persistence.tables import metadata
from tests.persistence.families import EVERYONE, form
from workflows.registry import chart_for

Step = tuple[str, date, dict[str, Any]]
Walked = tuple[Case, list[CaseEvent]]


def walked(service: str, reference: str, steps: Iterable[Step]) -> Walked:
    """A case that took the steps on their days, as far as its pathway lets it: a step that is refused is not taken."""
    case = Case(new_id(), chart_for(service), reference)
    events: list[CaseEvent] = []
    for trigger, on, data in steps:
        now = datetime.combine(on, time(12), UTC)
        try:
            event = case.fire(Attempt(trigger, EVERYONE, now, data, on, imported=True))
        except StepRefused:
            continue
        case.apply(event)
        events.append(event)
    return case, events


def keep(database: Database, population: Sequence[Walked]) -> None:
    with database.writing() as store:
        store.import_cases([(case, events, "") for case, events in population if events])


def incomplete(number: int, on: date, service: str = "leeds-imhs") -> list[Walked]:
    """So many referrals that came on a day and lack nearly everything."""
    return [walked(service, f"R-{n}", [("receive_referral", on, {})]) for n in range(number)]


def waiting(number: int, on: date) -> list[Walked]:
    """So many complete referrals that wait for a clinician of Leeds since a day."""
    accepted: list[Step] = [("pass_checks", on, {}), ("accept_direct", on, {"rmg_on": on})]
    return [walked("leeds-imhs", f"W-{n}", [("receive_referral", on, form(n)), *accepted]) for n in range(number)]


def rows_kept(database: Database) -> dict[str, int]:
    """How many rows each table has. Those of the leases and of the order of all have their one row from the start."""
    with database.engine.connect() as connection, connection.begin():
        return {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
            if table.name not in ("leases", "audit_state")
        }
