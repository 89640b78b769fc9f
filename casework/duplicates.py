"""Two records of one baby, for the person who decides: suggested, side by side, and as one once they are merged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from casework import limits
from casework.actor import Actor
from casework.case import Case, CaseEvent
from casework.errors import BadRequest
from casework.life.records import infant_of, referrals_of
from casework.likeness import Alike, found_among, suggested_for
from casework.lists import id_of
from casework.readings import Readings
from casework.store import FlagStretch, Store
from casework.withholding import case_for, events_for
from workflows.beside import RecordKind, entries
from workflows.fields.merging import TAKEN_IN
from workflows.registry import CURRENT


@dataclass(frozen=True, slots=True)
class Side:
    """One answer of two records: the same, said by one alone, or said otherwise."""

    name: str
    first: Any
    second: Any
    agrees: bool


@dataclass(frozen=True, slots=True)
class SideBySide:
    first: Case
    second: Case
    answers: tuple[Side, ...]
    alike: tuple[Alike, ...]
    """Empty where nothing suggests that the two are one."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A record that was merged into another: all that it had, where it stood, and who joined them when and why."""

    case: Case
    into: str
    on: date
    because: str
    second_person: str
    stood: str
    events: tuple[CaseEvent, ...]
    flags: tuple[FlagStretch, ...]
    referrals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Referrer:
    """Who referred, by which referral: each is told what becomes of it."""

    reference: str
    name: str
    role: str
    contact: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A record with all that was merged into it. Nothing is mixed: what came with another says so."""

    case: Case
    events: tuple[CaseEvent, ...]
    flags: tuple[FlagStretch, ...]
    referrals: tuple[str, ...]
    taken: tuple[Taken, ...]

    @property
    def cases(self) -> tuple[Case, ...]:
        return (self.case, *(taken.case for taken in self.taken))

    @property
    def opened_on(self) -> date | None:
        """The earliest day on which one of them was opened."""
        return min((case.opened_on for case in self.cases if case.opened_on), default=None)

    @property
    def received_on(self) -> date | None:
        """The earliest day on which a written referral came."""
        return min((d for case in self.cases if (d := case.answers.get("received_on"))), default=None)

    @property
    def waiting_since(self) -> dict[str, date]:
        """Per running clock of the record, the earliest day from which it counts in any of them."""
        mine = [name for name, clock in self.case.clocks.items() if clock.running]
        return {name: min(case.clocks[name].counts_from for case in self.cases if name in case.clocks) for name in mine}

    @property
    def referrers(self) -> tuple[Referrer, ...]:
        return tuple(
            Referrer(
                case.reference, *(str(case.answers.get(f"referrer_{what}", "")) for what in ("name", "role", "contact"))
            )
            for case in self.cases
            if case.answers.get("referrer_name")
        )

    @property
    def story(self) -> tuple[tuple[str, CaseEvent], ...]:
        """What happened to any of them, with the reference of the record that it happened to, in the order of days."""
        told = [(self.case.reference, event) for event in self.events]
        told += [(taken.case.reference, event) for taken in self.taken for event in taken.events]
        return tuple(sorted(told, key=lambda one: (one[1].effective_on, one[1].recorded_at, one[0], one[1].seq)))


class Duplicates(Readings):
    """What `Casework` says of two records that may be one."""

    def duplicates(self, service: str | None = None) -> tuple[Alike, ...]:
        """Every pair of open records of one kind that may be of one baby. Raises `BadRequest`."""
        known = limits.text(service)
        if service is not None and known not in CURRENT:
            raise BadRequest(
                "unknown_service", f"There is no such service. Choose from: {', '.join(CURRENT)}.", "service"
            )
        with self._database.reading() as store:
            return _found(store, store.alike_pairs(known))

    def duplicates_among(self, cases: Sequence[UUID]) -> tuple[Alike, ...]:
        """Those in which one of some cases is."""
        with self._database.reading() as store:
            return _found(store, store.alike_pairs(None, cases))

    def duplicates_of(self, case: str | UUID) -> tuple[Alike, ...]:
        with self._database.reading() as store:
            return suggested_for(store, store.case(id_of(store, case)))

    def side_by_side(self, first: str | UUID, second: str | UUID, actor: Actor | None = None) -> SideBySide:
        """Two records of one kind and service, answer by answer. Raises `NoSuchCase`, `BadRequest`.

        Whoever shows it to a person asks `read` for both of them first, and says here who it is, so that it has what
        their roles may see; and so with `whole`.
        """
        with self._database.reading() as store:
            one, other = store.case(id_of(store, first)), store.case(id_of(store, second))
            if (one.service, one.chart.kind) != (other.service, other.chart.kind):
                raise BadRequest("not_comparable", "Two records of one service and of one kind are compared.", "second")
            names = [n for n in dict.fromkeys((*one.answers, *other.answers)) if n != "stood"]
            same = {name: one.answers.get(name) == other.answers.get(name) for name in names}
            alike = found_among(store, [(one, other)])
        one, other = _shown(one, actor), _shown(other, actor)
        sides = (Side(name, one.answers.get(name), other.answers.get(name), same[name]) for name in names)
        return SideBySide(one, other, tuple(sides), alike)

    def whole(self, case: str | UUID, actor: Actor | None = None) -> Whole:
        """A record with everything of those that were merged into it. Raises `NoSuchCase`.

        For a record that was itself merged: with what was merged into it, not with what it is part of.
        """
        with self._database.reading() as store:
            found = store.case(id_of(store, case))
            taken = tuple(_taken(store, found, found))
            whole = Whole(found, store.events(found.id), store.flag_history(found.id), _referrals(store, found), taken)
        return whole if actor is None else _whole_for(actor, whole)


def _shown(case: Case, actor: Actor | None) -> Case:
    return case if actor is None else case_for(actor, case)


def _whole_for(actor: Actor, whole: Whole) -> Whole:
    taken = (
        replace(one, case=case_for(actor, one.case), events=events_for(actor, one.case, one.events))
        for one in whole.taken
    )
    events = events_for(actor, whole.case, whole.events)
    return replace(whole, case=case_for(actor, whole.case), events=events, taken=tuple(taken))


def _found(store: Store, pairs: Any) -> tuple[Alike, ...]:
    return found_among(store, [(store.case(one), store.case(other)) for one, other in sorted(pairs)])


def _taken(store: Store, top: Case, case: Case) -> Iterator[Taken]:
    """Depth first: what was merged into what was merged belongs to it too."""
    for entry in entries(case.answers, TAKEN_IN):
        gone = store.record(top.service, top.chart.kind, entry["other_record"])
        if gone is None:
            continue
        yield Taken(
            case=gone,
            into=case.reference,
            on=entry["on"],
            because=entry.get("same_because", ""),
            second_person=entry.get("second_person", ""),
            stood=entry.get("others_state", ""),
            events=store.events(gone.id),
            flags=store.flag_history(gone.id),
            referrals=_referrals(store, gone),
        )
        yield from _taken(store, top, gone)


def _referrals(store: Store, case: Case) -> tuple[str, ...]:
    """The referrals of a baby's record; of a referral, the baby's record that it is about."""
    if case.chart.kind is RecordKind.INFANT:
        return tuple(referral.reference for referral in referrals_of(store, case))
    baby = infant_of(store, case) if case.chart.kind is RecordKind.REFERRAL else None
    return (baby.reference,) if baby else ()
