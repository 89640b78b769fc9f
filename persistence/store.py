"""One transaction on the driver's cursor: what `casework.store.Store` promises."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from casework.audit.seal import NO_KEYS, MacKeys, origin
from casework.case import Case, CaseEvent
from casework.errors import AmbiguousReference, Change, NoSuchCase, StaleCase, StepRefused
from casework.gaps import kept_gaps
from casework.identity import People, same_people
from casework.store import (
    Answered,
    Asked,
    FlagAct,
    FlagRow,
    FlagStretch,
    KeptBeside,
    KnownRow,
    RefusedAttempt,
    WorklistRow,
)
from persistence import faults, flagged, reading
from persistence.around import Around
from persistence.beside import Beside
from persistence.prepared import Prepared
from persistence.rows import (
    case_from,
    case_row,
    clock_row,
    day_row,
    gap_row,
    link_row,
    place_row,
    refusal_row,
    sealed_row,
    trait_rows,
)
from workflows import Figure, Refusal

_ALREADY_REFERRED = Refusal("already_referred", "Another referral is open for this baby and carer here.")


class SqlStore(Beside, Around):
    """The writes, and the reads that a change needs. `connection` is there in a reading transaction only."""

    def __init__(
        self,
        cursor: Any,
        prepared: Mapping[str, Prepared],
        connection: Connection | None = None,
        macs: MacKeys = NO_KEYS,
    ) -> None:
        self._cursor, self._prepared, self._connection, self._macs = cursor, prepared, connection, macs
        self.owes = False
        """Whether an event was kept, whose line the log is owed."""

    def answered(self, actor: str, key: str) -> Answered | None:
        row = self._one("key", actor=actor, key=key)
        if row is None:
            return None
        self._run("touch_key", actor=actor, key=key)
        return Answered(row[0], row[1])

    def stands(self, case_id: UUID, event_id: UUID) -> bool:
        if self._one("event", id=case_id, event=event_id) is None:
            return False
        self._run("touch_case", id_=case_id)
        return True

    def remember(self, actor: str, key: str, answered: Answered, at: datetime) -> None:
        kept = {"request_digest": answered.request_digest, "answer": answered.answer, "recorded_at": at}
        self._run("new_key", actor=actor, key=key, **kept)

    def locked(self, case_id: UUID) -> tuple[Case, tuple[str, ...]]:
        case = self._case("lock_case", case_id)
        # asked after the lock is held: a night may have raised one while we waited for it
        return case, tuple(kind for (kind,) in self._prepared["open_flags"].all(self._cursor, {"id": case_id}))

    def case(self, case_id: UUID) -> Case:
        return self._case("case", case_id)

    def _case(self, statement: str, case_id: UUID) -> Case:
        row = self._one(statement, id=case_id)
        if row is None:
            raise NoSuchCase
        return case_from(row, self._prepared["clocks"].all(self._cursor, {"id": case_id}))

    def is_taken(self, service: str, reference: str) -> bool:
        return any(row[1] == service for row in self._prepared["find"].all(self._cursor, {"reference": reference}))

    def find(self, reference: str) -> UUID:
        """By id, reference or SERVICE/REFERENCE. Raises `NoSuchCase`, `AmbiguousReference`."""
        found = self._by_id(reference) or self._prepared["find"].all(self._cursor, {"reference": reference})
        if not found:
            service, _, name = reference.partition("/")
            named = self._prepared["find"].all(self._cursor, {"reference": name})
            found = [row for row in named if row[1] == service]
        if not found:
            raise NoSuchCase
        if len(found) > 1:
            raise AmbiguousReference([row[1] for row in found])
        case_id: UUID = found[0][0]
        return case_id

    def _by_id(self, reference: str) -> list[Sequence[Any]]:
        try:
            return self._prepared["find_id"].all(self._cursor, {"id": UUID(reference)})
        except ValueError:
            return []

    def other_referral(self, service: str, people: People, but: UUID) -> str | None:
        infant, carer = people
        if infant is None or carer is None:
            return None
        row = self._one("other_referral", service=service, infant=infant, carer=carer, id=but)
        return None if row is None else row[0]

    def allocated(self, service: str, clinician: str, but: UUID) -> Sequence[str]:
        asked = {"service": service, "clinician": clinician, "id": but}
        return [reference for (reference,) in self._prepared["allocated"].all(self._cursor, asked)]

    def append(self, before: Case, after: Case, event: CaseEvent) -> None:
        try:
            if before.version:
                self._change(before, after, event)
            else:
                self.import_cases([(after, [event], "")])
        except Exception as problem:
            match faults.violated(problem):
                case "uq_cases_open_people":
                    raise StepRefused(event.trigger, before.state, [_ALREADY_REFERRED]) from None
                case "pk_case_events":
                    raise StaleCase(before.id, event.seq, before.version, ()) from None
                case _:
                    raise

    def _change(self, before: Case, after: Case, event: CaseEvent) -> None:
        statement, row = _changed(before, after)
        sealed = sealed_row(event, before.head or origin(before.service, before.reference), self._macs)
        moved = self._run(statement, id_=after.id, seen=before.version, head=sealed["digest"], **row)
        if moved.rowcount != 1:
            raise StaleCase(before.id, row["version"], before.version, self.changes_since(before.id, before.version))
        self._run("new_event", **sealed)
        self.owes = True
        if after.answers != before.answers:
            self._run("rewrite_answers", id_=after.id, answers=after.answers)
        if after.answers != before.answers or after.open != before.open:
            self._change_gaps(before, after)
            self.change_around(before, after)
        for name, clock in after.clocks.items():
            if name not in before.clocks:
                self._run("new_clock", **clock_row(after, name))
            elif clock != before.clocks[name]:
                self._run("set_clock", id_=after.id, clock_=name, **clock_row(after, name))

    def _change_gaps(self, before: Case, after: Case) -> None:
        were, are = kept_gaps(before).items(), kept_gaps(after).items()
        for name, _ in were - are:
            self._run("drop_gap", case_id=after.id, field=name)
        for name, lack in are - were:
            self._run("new_gap", **gap_row(after, name, lack))

    def figures(self, service: str) -> tuple[Figure, ...]:
        return tuple(Figure(*row) for row in self._prepared["figures"].all(self._cursor, {"service": service}))

    def clear_flags(self, case_id: UUID, kinds: Sequence[str], on: date, at: datetime, because: str) -> None:
        for kind in kinds:
            self._run("clear_flag", id_=case_id, kind_=kind, cleared_on=on, cleared_at=at, cleared_because=because)

    def keep_refusal(self, refused: RefusedAttempt) -> None:
        self._run("new_refusal", **refusal_row(refused, refused.id))

    def changes_since(self, case_id: UUID, seq: int) -> tuple[Change, ...]:
        return tuple(Change(*row) for row in self._prepared["changes"].all(self._cursor, {"id": case_id, "seq": seq}))

    def import_begun(self, run_id: UUID, by: str, as_of: date, at: datetime) -> None:
        self._run("new_import", id=run_id, by=by, as_of=as_of, started_at=at, finished_at=None, counts=None)

    def _sealed(self, case: Case, events: Sequence[CaseEvent]) -> list[dict[str, Any]]:
        """The rows of a new case's events, each sealed upon the one before it."""
        before, rows = origin(case.service, case.reference), []
        for event in events:
            rows.append(sealed_row(event, before, self._macs))
            before = rows[-1]["digest"]
        return rows

    def import_ended(self, run_id: UUID, at: datetime, counts: Mapping[str, int]) -> None:
        self._run("end_import", id_=run_id, finished_at=at, counts=counts)

    def import_cases(self, imported: Sequence[tuple[Case, Sequence[CaseEvent], str]]) -> None:
        many = self._many
        events = {case.id: self._sealed(case, events) for case, events, _ in imported}
        many("new_case", ({**case_row(case), "head": events[case.id][-1]["digest"]} for case, _, _ in imported))
        many(
            "new_record",
            ({"case_id": c.id, "answers": c.answers, "imported_digest": digest or None} for c, _, digest in imported),
        )
        many("new_event", (row for rows in events.values() for row in rows))
        self.owes = True
        many("new_clock", (clock_row(case, name) for case, _, _ in imported for name in case.clocks))
        many("new_gap", (gap_row(case, *gap) for case, _, _ in imported for gap in kept_gaps(case).items()))
        many("new_day", (day_row(case, name) for case, _, _ in imported for name in case.days))
        many("new_link", (link_row(case, name) for case, _, _ in imported for name in case.links))
        many("new_trait", (row for case, _, _ in imported for row in trait_rows(case)))

    def beside(self, case_id: UUID) -> KeptBeside:
        return reading.beside(self._reading(), case_id)

    def case_ids(self) -> Iterable[UUID]:
        return reading.case_ids(self._reading())

    def open_flags(self, case_id: UUID, on: date) -> tuple[FlagRow, ...]:
        return flagged.open_flags(self._reading(), case_id, on)

    def flags_cleared_between(self, service: str, since: datetime, until: datetime, on: date) -> Sequence[FlagRow]:
        return flagged.cleared_between(self._reading(), service, since, until, on)

    def flag_history(self, case_id: UUID) -> tuple[FlagStretch, ...]:
        return flagged.history(self._reading(), case_id)

    def keep_flag_act(self, case_id: UUID, kind: str, act: FlagAct) -> bool:
        row = self._one("lock_flag", case_id=case_id, kind=kind)
        if row is None:
            return False
        if act.act != "seen":
            self._run("quieten_flag", id_=row[0], quiet_until=act.until)
        did = {"act": act.act, "acted_on": act.on, "acted_at": act.at, "actor": act.by}
        self._run("new_flag_act", flag_id=row[0], **did, reason=act.reason, until=act.until)
        return True

    def events_until(
        self, day: date, service: str | None, since: date | None = None, *, every: bool = False
    ) -> Iterable[tuple[str, tuple[CaseEvent, ...]]]:
        return reading.events_until(self._reading(), day, service, since, every=every)

    def worklist(self, asked: Asked) -> Sequence[WorklistRow]:
        return reading.worklist(self._reading(), asked)

    def flags(self, asked: Asked) -> Sequence[FlagRow]:
        return flagged.flags_on(self._reading(), asked)

    def known_references(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], KnownRow]:
        return reading.known_references(self._reading(), wanted)

    def open_people(self, wanted: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], str]:
        return reading.open_people(self._reading(), wanted)

    def _run(self, name: str, **values: Any) -> Any:
        return self._prepared[name].run(self._cursor, values)

    def _many(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        self._prepared[name].run_many(self._cursor, rows)

    def _one(self, name: str, **values: Any) -> Sequence[Any] | None:
        return self._prepared[name].one(self._cursor, values)


def _changed(before: Case, after: Case) -> tuple[str, dict[str, Any]]:
    """The smallest statement that keeps what a step changed of the row of a case, with its values."""
    if after.closed_on != before.closed_on or not same_people(before.answers, after.answers):
        return "rewrite_case", case_row(after)
    row = place_row(after)
    stays = {**place_row(before), "version": after.version} == row
    return ("note_case" if stays else "move_case"), row
