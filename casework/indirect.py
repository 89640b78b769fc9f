"""Indirect work counted so that a commissioner can be told: sessions, people, attendances, hours; estimates kept apart.

People are professionals, volunteers and students by name and organisation: the same one at two trainings is one person
and two attendances. Heads without names are attendances of nobody known, and are never added to people.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casework import limits
from casework.case import Case
from casework.errors import BadRequest
from casework.lists import Lists
from workflows.beside import RecordKind
from workflows.fields.activities import WITHOUT_A_CASE
from workflows.figures import OFFERS, in_force
from workflows.names import words
from workflows.registry import CURRENT, chart_for

CONSULTATION = "consultation"
Person = tuple[str, str]
"""A name and an organisation, each without regard to case, accents and the order of words."""


@dataclass(slots=True)
class Counts:
    """Of one kind of help in a period. `people` are distinct; `attendances` are not; `heads` had no names."""

    sessions: int = 0
    minutes: int = 0
    attendances: int = 0
    heads: int = 0
    families: int = 0
    people: set[Person] = field(default_factory=set)
    by_type: dict[str, int] = field(default_factory=dict)
    """Attendances, heads included, of professionals, volunteers and students (R-365)."""
    children_estimated: int = 0
    assumptions: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)

    def add(self, entry: "Session") -> None:
        self.sessions += 1
        self.minutes += entry.minutes
        self.families += entry.families
        self.references.append(entry.reference)
        for attendee in entry.attendees:
            number = int(attendee.get("heads") or 1)
            kind = str(attendee["type"])
            self.by_type[kind] = self.by_type.get(kind, 0) + number
            if attendee.get("heads"):
                self.heads += number
            else:
                self.attendances += 1
                self.people.add((words(attendee["name"]), words(attendee.get("organisation"))))
        if entry.estimate:
            self.children_estimated += entry.estimate[0]
            self.assumptions.append(entry.estimate[1])


@dataclass(frozen=True, slots=True)
class Session:
    """One consultation that was held, or one activity, as it is counted."""

    kind: str
    on: date
    reference: str
    minutes: int
    attendees: tuple[Mapping[str, Any], ...] = ()
    families: int = 0
    estimate: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class IndirectWork:
    """What a service gave without a case in a period, both days included."""

    service: str
    since: date
    until: date
    by_kind: Mapping[str, Counts]
    offered: Mapping[str, bool | None]
    """Whether the service says that it gives a kind: yes, no, or nothing said. One that it gives may have no uptake."""

    @property
    def whole(self) -> Counts:
        """All kinds together: who had two kinds of help is one person."""
        total = Counts()
        for counts in self.by_kind.values():
            for name in ("sessions", "minutes", "attendances", "heads", "families", "children_estimated"):
                setattr(total, name, getattr(total, name) + getattr(counts, name))
            total.people |= counts.people
            total.assumptions += counts.assumptions
            for kind, number in counts.by_type.items():
                total.by_type[kind] = total.by_type.get(kind, 0) + number
        return total


def indirect_work(clinic: Lists, service: str, since: date, until: date) -> IndirectWork:
    """Raises `BadRequest` for a service that is not here, and for a period that ends before it begins."""
    known, first, last = _asked(service, since, until)
    with clinic.database.reading() as store:
        held = _consultations(store.records(known, RecordKind.CONSULTATION))
        done = _activities(store.records(known, RecordKind.ACTIVITY))
        sessions = [one for one in (*held, *done) if first <= one.on <= last]
        figures = store.figures(known)
    said = {kind: in_force(figures, OFFERS + kind, last) for kind in WITHOUT_A_CASE}
    held_with_others = chart_for(known, on=last).rules.settings.co_working
    offered = {
        kind: bool(figure.amount) if figure else _by_document(kind, held_with_others) for kind, figure in said.items()
    }
    return IndirectWork(known, first, last, counted(sessions), offered)


BY_CO_WORKING = {"interface_meeting": "interface_meetings", "multi_agency_meeting": "multi_agency_meetings"}
"""Kinds of help that a service's document names among the ways in which it works with perinatal mental health."""


def _by_document(kind: str, held_with_others: Sequence[str]) -> bool | None:
    return True if BY_CO_WORKING.get(kind) in held_with_others else None


def entries_of(clinic: Lists, service: str, kind: str, since: date, until: date) -> list[Case]:
    """The consultations or activities of a period, those entered in error too. Raises `BadRequest`."""
    known, first, last = _asked(service, since, until)
    with clinic.database.reading() as store:
        found = store.records(known, RecordKind(kind))
        return [case for case in found if (day := day_of(case)) and first <= day <= last]


def day_of(case: Case) -> date | None:
    """The day by which a consultation or an activity belongs to a period."""
    known = case.answers
    day = known.get("activity_on") or known.get("held_on") or known.get("booked_for") or case.opened_on
    return day if isinstance(day, date) else None


def length_of(consultation: Case) -> int | None:
    """For how many minutes it is booked: as was said, else as the service gives them (Leeds: 90; R-218)."""
    if consultation.chart.kind is not RecordKind.CONSULTATION:
        return None
    planned = consultation.answers.get("planned_minutes")
    return int(planned) if planned else consultation.chart.rules.consultation_minutes


def counted(sessions: Iterable[Session]) -> dict[str, Counts]:
    found = {kind: Counts() for kind in WITHOUT_A_CASE}
    for one in sessions:
        found[one.kind].add(one)
    return found


def _asked(service: object, since: object, until: object) -> tuple[str, date, date]:
    known = limits.text(service)
    if known is None or known not in CURRENT:
        raise BadRequest("unknown_service", f"There is no such service. Choose from: {', '.join(CURRENT)}.", "service")
    first, last = limits.day(since, "from"), limits.day(until, "to")
    if last < first:
        raise BadRequest("bad_period", "The period ends before it begins.", "to")
    return known, first, last


def _consultations(found: Iterable[Case]) -> Iterator[Session]:
    """Those that took place; what became of them afterwards changes nothing of that."""
    for case in found:
        if on := case.answers.get("held_on"):
            came = case.answers.get("attendees", ())
            yield Session(CONSULTATION, on, case.reference, int(case.answers.get("minutes", 0)), tuple(came))


def _activities(found: Iterable[Case]) -> Iterator[Session]:
    for case in found:
        known = case.answers
        if case.state == "void":
            continue
        reached = known.get("children_estimated")
        yield Session(
            kind=known["activity"],
            on=known["activity_on"],
            reference=case.reference,
            minutes=int(known["minutes"]),
            attendees=tuple(known.get("attendees", ())),
            families=int(known.get("families", 0)),
            estimate=(int(reached), str(known["assumption"])) if reached else None,
        )


@dataclass(frozen=True, slots=True)
class DutyCalls:
    """What the time on the telephone was, each figure with the references that it opens to (peers 4.11).

    Writing a note is none of it. A call that became a referral is counted with the referral, and once.
    """

    advice_only: tuple[str, ...]
    """Anonymous advice: no family was named, and no case stands behind it."""
    about_a_case: tuple[str, ...]
    """Advice to a professional about a family who agreed to their referral: indirect work for that case."""
    care_contacts: tuple[str, ...]
    """Contacts with a family on their own referral, by telephone."""
    referrals: tuple[str, ...]
    """Referrals whose duty call lies in the period."""


TELEPHONE = "telephone"
CONTACTS = ("record_contact", "first_contact")


def duty_calls(clinic: Lists, service: str, since: date, until: date) -> DutyCalls:
    """Raises `BadRequest` as `indirect_work` does."""
    known, first, last = _asked(service, since, until)
    with clinic.database.reading() as store:
        advice = [
            case
            for case in store.records(known, RecordKind.ACTIVITY)
            if case.state != "void"
            and case.answers["activity"] == "advice_call"
            and first <= case.answers["activity_on"] <= last
        ]
        referrals = [case for case in store.records(known, RecordKind.REFERRAL) if case.state not in ("void", "merged")]
        called = [
            case.reference
            for case in referrals
            for event in store.events(case.id)
            if event.trigger in CONTACTS
            and event.data.get("setting") == TELEPHONE
            and first <= event.effective_on <= last
        ]
    return DutyCalls(
        advice_only=tuple(case.reference for case in advice if not case.answers.get("referral")),
        about_a_case=tuple(case.reference for case in advice if case.answers.get("referral")),
        care_contacts=tuple(called),
        referrals=tuple(
            c.reference for c in referrals if (on := c.answers.get("duty_call_on")) and first <= on <= last
        ),
    )
