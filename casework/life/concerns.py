"""What follows from a concern: it stands where the baby's case goes on, and is taken along where the baby goes."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from casework.case import Case, CaseEvent
from casework.following import Following
from casework.life.records import infant_of
from casework.store import Store
from workflows.beside import RecordKind, entries
from workflows.fields.merging import TAKEN_IN
from workflows.guards.infant import MERGED
from workflows.guards.safeguarding import CONCERNS, RAISING


def raised_where_it_stands(store: Store, case: Case, event: CaseEvent) -> Iterator[Following]:
    """Of a record that was merged, on the one that goes on too: nothing else would hold its ending, or be looked at."""
    stays = store.record(case.service, case.chart.kind, str(case.answers["survivor"])) if case.state == MERGED else None
    if stays is not None:
        yield Following(stays, RAISING, event.data)


def signed_off_on_what_was_taken_in(store: Store, case: Case, event: CaseEvent) -> Iterator[Following]:
    """Every concern of a record that was merged into this one was raised here as well."""
    for entry in entries(case.answers, TAKEN_IN):
        other = store.record(case.service, case.chart.kind, str(entry["other_record"]))
        if other is not None and entries(other.answers, CONCERNS):
            told = {name: event.data[name] for name in ("signed_by", "safeguarding_outcome")}
            yield Following(other, "sign_off_safeguarding", told)


def is_concerned(store: Store, referral: Case) -> bool:
    """Whether a concern is open on a referral, or on the record of the baby or the focus carer whom it is about."""
    named = referral.answers.get("focus_carer")
    carer = store.record(referral.service, RecordKind.CARER, str(named)) if named else None
    about = (referral, infant_of(store, referral), carer)
    return any(entries(record.answers, CONCERNS) for record in about if record)


def open_concerns(case: Case) -> Iterator[tuple[date, dict[str, Any]]]:
    """Each by the day on which it was raised, with what was said; the first since the clock of the record began."""
    clock = case.clocks.get("safeguarding")
    for place, entry in enumerate(entries(case.answers, CONCERNS)):
        said = {name: value for name, value in entry.items() if name not in ("number", "on")}
        yield (clock.since if clock and not place else entry["on"]), said


def along_with(old: Case, new: Case, only: frozenset[str] | None = None) -> Iterator[Following]:
    """The open concerns of one record on another that is opened in the same act. `only`: of what was said, so much."""
    for on, said in open_concerns(old):
        told = {name: value for name, value in said.items() if only is None or name in only}
        yield Following(new, RAISING, told, again=True, on=on)
