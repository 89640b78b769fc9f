"""A copy of one baby's record: everything of it, of its referrals and of who has looked, as one document.

The record is the baby's and holds both parents' histories: either may ask for it, and later the grown child. What is
marked as another's is left out, and the copy says that something was (requirements W31).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from casework.actor import Actor
from casework.around import Reading
from casework.case import Case, CaseEvent
from casework.duplicates import Duplicates
from casework.errors import BadRequest
from casework.life.records import is_restricted, referrals_of
from casework.lists import id_of
from casework.store import Store
from workflows.beside import RecordKind, entries

MARKS = "marks"
OURS = (MARKS, "stood")
"""Answers that are about the keeping of the record, and no part of what it tells."""


@dataclass(frozen=True, slots=True)
class CopiedRecord:
    """One record of the copy. `left_out` counts the events of which something was left out."""

    case: Case
    answers: Mapping[str, Any]
    events: tuple[CaseEvent, ...]
    readings: tuple[Reading, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Copy:
    """The baby's record first, then those merged into it, then its referrals."""

    records: tuple[CopiedRecord, ...]
    asked_by: str | None
    restricted: bool
    """Whether it was made by somebody who does not see what is restricted: it says only where such answers are."""
    part_of: str | None = None
    """The reference of the record that stands for this one since it was merged: its copy has all of both."""

    @property
    def left_out(self) -> int:
        return sum(record.left_out for record in self.records)


def copy_of(
    clinic: Duplicates,
    infant: str | UUID,
    actor: Actor,
    why: str | None = None,
    *,
    asked_by: str | None = None,
    request_id: str | None = None,
) -> Copy:
    """The copy is itself a reading of each record in it. `asked_by` is the reference of the carer's record it is for.

    Without it everything that is marked is left out, whomever it is to be withheld from. Raises as `Casework.read`,
    and `BadRequest` for a record that is no baby's.
    """
    with clinic.database.reading() as store:
        found = store.case(id_of(store, infant))
        if found.chart.kind is not RecordKind.INFANT:
            raise BadRequest("not_an_infant", "A copy is made of a baby's record. Give its reference.", "reference")
        stands = store.standing(found)
        ids = [case.id for case in (found, *_with_it(store, found)) if case.id == found.id or not is_restricted(case)]
    read = [clinic.read(case_id, actor, why, "copy", request_id=request_id) for case_id in ids]
    copied = (_copied(one.case, one.events, clinic.readings(one.case.id), asked_by) for one in read)
    part_of = stands.reference if stands.id != found.id and not is_restricted(stands) else None
    return Copy(tuple(copied), asked_by, any(one.restricted for one in read), part_of)


def _with_it(store: Store, infant: Case) -> list[Case]:
    merged = store.linked(infant.service, RecordKind.INFANT, "survivor", infant.reference)
    return list({case.id: case for case in (*merged, *referrals_of(store, infant))}.values())


def _copied(case: Case, events: Sequence[CaseEvent], readings: Sequence[Reading], asked_by: str | None) -> CopiedRecord:
    """An answer that a marked event brought is left out, unless one that is not marked said the same."""
    hidden = {entry["marked_event"] for entry in entries(case.answers, MARKS) if _withheld(entry, asked_by)}
    shown = tuple(
        event for event in events if event.seq not in hidden and event.trigger not in ("mark_third_party", "unmark")
    )
    said = [_says(event) for event in shown]
    answers = {
        name: _without(value, hidden)
        for name, value in case.answers.items()
        if name not in OURS and not _of_hidden_alone(name, value, events, hidden, said)
    }
    return CopiedRecord(case, answers, shown, tuple(readings), len(hidden))


def _withheld(mark: Mapping[str, Any], asked_by: str | None) -> bool:
    return asked_by is None or mark["withhold_from"] == asked_by


def _of_hidden_alone(
    name: str, value: object, events: Sequence[CaseEvent], hidden: set[int], said: Sequence[Mapping[str, Any]]
) -> bool:
    brought = any(event.seq in hidden and _says(event).get(name) == value for event in events)
    return brought and not any(data.get(name) == value for data in said)


def _says(event: CaseEvent) -> Mapping[str, Any]:
    """The answers of an event, and the level of the area that it rates, which stands as an answer of its own."""
    area, level = event.data.get("area"), event.data.get("level")
    return {**event.data, area: level} if area and level else event.data


def _without(value: object, hidden: set[int]) -> object:
    """The entries of a list that marked events added are left out."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [entry for entry in value if entry.get("number") not in hidden]
    return value
