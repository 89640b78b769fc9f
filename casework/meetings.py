"""Meetings as people read them: the list, the agenda before, the minutes after. Values, derived from the events."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from casework.actor import Actor
from casework.case import Case, CaseEvent
from casework.errors import BadRequest
from casework.figures import figures_with
from casework.life.records import is_restricted
from casework.lists import Lists, id_of
from casework.readings import Readings
from casework.store import Asked, Store, WorklistRow
from workflows.attendance import people_at, quorum_at
from workflows.beside import RecordKind, entries
from workflows.figures import Lookup
from workflows.names import one_name
from workflows.registry import CURRENT, chart_for

GROUP = ("group", "triage")
TOLD_AS_REASON = ("closure_reason", "reason", "questions", "purpose", "eligibility_decision", "override_reason")
"""The answers of a decision that say why. Nothing else that was written about a family is repeated in minutes."""


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting as the list shows it."""

    reference: str
    service: str
    kind: str
    on: date
    at: str | None
    state: str
    items: int
    decided: int


@dataclass(frozen=True, slots=True)
class Item:
    """One referral on an agenda. `number` is what steps of the meeting call it; `position` is where it is printed.

    `late` is why it was listed after the agenda was closed; None: it was in time. `days` are whole calendar days since
    it was put to the group; `risks` its latest two ratings. `comes_first`: the baby is due before the end of the
    published wait (requirements R-210). `name` is given only where the reader asked for names.
    """

    position: int
    number: int
    referral: str
    late: str | None
    label: str
    to_decide: bool
    days: int | None
    risks: tuple[str, str] | None
    deferrals: int
    missing: tuple[str, ...]
    due: date | None
    comes_first: bool
    name: str | None


@dataclass(frozen=True, slots=True)
class Agenda:
    reference: str
    service: str
    service_name: str
    kind: str
    on: date
    at: str | None
    state: str
    meets_with: tuple[str, ...]
    frozen_on: date | None
    frozen_by: str | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Minute:
    """What was decided on one referral: the step, why in the recorded words, who recorded it, when, and how many that
    count were in the room.
    """

    decision: str
    reasons: tuple[tuple[str, str], ...]
    author: str
    role: str | None
    recorded_at: datetime
    there: int


@dataclass(frozen=True, slots=True)
class Person:
    who: str
    role: str | None
    service: str | None
    is_referrer: bool
    came_late: bool
    left_early: bool


@dataclass(frozen=True, slots=True)
class Minutes:
    agenda: Agenda
    quorum: int | None
    people: tuple[Person, ...]
    absent: tuple[str, ...]
    """Services that sit in the meeting, and from which nobody is recorded."""
    by_item: tuple[tuple[Item, tuple[Minute, ...]], ...]
    """Each item of the agenda; without a minute nothing was decided on it."""


def meetings(casework: Lists, service: str | None = None) -> list[MeetingRow]:
    """Every meeting, the next or newest first."""
    with casework.database.reading() as store:
        found = [_row(case) for name in services_of(service) for case in store.records(name, RecordKind.MEETING)]
    return sorted(found, key=lambda row: (row.on, row.at or "", row.reference), reverse=True)


def services_of(service: str | None) -> Sequence[str]:
    if service is not None and service not in CURRENT:
        sentence = f"There is no such service here. Services: {', '.join(CURRENT)}."
        raise BadRequest("unknown_service", sentence, "service")
    return [service] if service else list(CURRENT)


def _row(meeting: Case) -> MeetingRow:
    known = meeting.answers
    items, decided = entries(known, "agenda"), entries(known, "decided")
    done = len({entry["referral"] for entry in decided})
    on, at, kind = known["meeting_on"], known.get("meeting_at"), known["meeting_kind"]
    return MeetingRow(meeting.reference, meeting.service, kind, on, at, meeting.state, len(items), done)


def who_sits_in(service: str, kind: str, on: date) -> tuple[str, ...]:
    """The other services that the document of a service names for the meetings of its group (R-200)."""
    return chart_for(service, on=on).rules.settings.meets_with if kind in GROUP else ()


def before_the_group(casework: Lists, service: str) -> list[str]:
    """The referrals that are before the group and on no agenda that is still ahead (R-189), the longest open first."""
    with casework.database.reading() as store:
        ahead = [case for case in store.records(service, RecordKind.MEETING) if case.open]
    listed = {item["referral"] for case in ahead for item in entries(case.answers, "agenda")}
    waiting = casework.worklist(Asked(casework.today(), service, "rmg_review"))
    return [row.reference for row in sorted(waiting, key=_longest_open) if row.reference not in listed]


def _longest_open(row: WorklistRow) -> tuple[date, str]:
    return row.opened_on, row.reference


def agenda(casework: Lists, reference: str) -> Agenda:
    """The agenda of a meeting as of today, by reference and without names.

    Raises `NoSuchCase`, `BadRequest` for a record that is no meeting.
    """
    return _listed(casework, reference, names=False)


def read_agenda(clinic: Readings, reference: str, actor: Actor, why: str | None = None) -> Agenda:
    """The same for a person, with the babies' names: that they looked at each record that is named is kept first.

    Raises as `Readings.read` too.
    """
    told = _listed(clinic, reference, names=True)
    _kept(clinic, (item.referral for item in told.items if item.name), actor, why, "agenda")
    return told


def minutes(casework: Lists, reference: str, *, names: bool = False) -> Minutes:
    """What a meeting decided, item by item, as its referrals' own events say it. For programs: no reading is kept."""
    with casework.database.reading() as store:
        meeting = _meeting(store, reference)
        told = _agenda(store, meeting, store.events(meeting.id), casework.today(), names=names)
        figure = figures_with({meeting.service: store.figures(meeting.service)})(meeting.service, "quorum", told.on)
        by_item = tuple((item, tuple(_minutes_of(store, meeting, item))) for item in told.items)
    people = _people(meeting)
    return Minutes(told, figure.amount if figure else None, people, _absent(told, people), by_item)


def read_minutes(
    clinic: Readings, reference: str, actor: Actor, why: str | None = None, *, names: bool = False
) -> Minutes:
    """The same for a person: that they looked at each record that is named, or of which reasons are told, is kept
    first. Raises as `Readings.read` too.
    """
    told = minutes(clinic, reference, names=names)
    shown = (item.referral for item, decided in told.by_item if item.name or any(one.reasons for one in decided))
    _kept(clinic, shown, actor, why, "minutes")
    return told


def _listed(casework: Lists, reference: str, *, names: bool) -> Agenda:
    with casework.database.reading() as store:
        meeting = _meeting(store, reference)
        return _agenda(store, meeting, store.events(meeting.id), casework.today(), names=names)


def _kept(clinic: Readings, referrals: Iterable[str], actor: Actor, why: str | None, what: str) -> None:
    for referral in dict.fromkeys(referrals):
        clinic.read(referral, actor, why, what)


def _absent(agenda: Agenda, people: Sequence[Person]) -> tuple[str, ...]:
    there = {one_name(person.service) for person in people if person.service}
    return tuple(service for service in agenda.meets_with if one_name(service) not in there)


def _meeting(store: Store, reference: str) -> Case:
    found = store.case(id_of(store, reference))
    if found.chart.kind is not RecordKind.MEETING:
        raise BadRequest("not_a_meeting", "This record is no meeting.", "reference")
    return found


def _agenda(store: Store, meeting: Case, events: Sequence[CaseEvent], today: date, *, names: bool) -> Agenda:
    known = meeting.answers
    froze = next((event for event in events if event.trigger == "freeze_agenda"), None)
    figure = figures_with({meeting.service: store.figures(meeting.service)})
    listed = entries(known, "agenda")
    items = (_item(store, meeting, n, entry, today, figure, names=names) for n, entry in enumerate(listed, start=1))
    return Agenda(
        reference=meeting.reference,
        service=meeting.service,
        service_name=meeting.chart.rules.name,
        kind=known["meeting_kind"],
        on=known["meeting_on"],
        at=known.get("meeting_at"),
        state=meeting.state,
        meets_with=tuple(one["service"] for one in entries(known, "meets_with")),
        frozen_on=froze.effective_on if froze else None,
        frozen_by=froze.actor if froze else None,
        items=tuple(items),
    )


def _item(
    store: Store, meeting: Case, position: int, entry: Mapping[str, Any], today: date, figure: Lookup, *, names: bool
) -> Item:
    referral = store.record(meeting.service, RecordKind.REFERRAL, entry["referral"])
    known: Mapping[str, Any] = referral.answers if referral else {}
    since, rated = known.get("before_group_on"), entries(known, "triage_ratings")
    risks = (rated[-1]["relational_risk"], rated[-1]["safeguarding_risk"]) if rated else None
    due = None if known.get("infant_dob") else known.get("expected_due_date")
    over = figure(meeting.service, "wait_over", today)
    return Item(
        position=position,
        number=entry["number"],
        referral=entry["referral"],
        late=entry.get("late_reason"),
        label=referral.chart.states[referral.state].label if referral else "not here",
        to_decide=referral is not None and referral.state in ("rmg_review", "formulation"),
        days=(today - since).days if since else None,
        risks=risks,
        deferrals=len(entries(known, "deferrals")),
        missing=referral.gaps if referral else (),
        due=due,
        comes_first=bool(due and over and over.amount and due < today + timedelta(days=over.amount)),
        name=known.get("infant_name") if names and referral and not is_restricted(referral) else None,
    )


def _minutes_of(store: Store, meeting: Case, item: Item) -> Iterator[Minute]:
    """The steps on the referral that name this meeting, each with who was in the room when it was noted there."""
    referral = store.record(meeting.service, RecordKind.REFERRAL, item.referral)
    happened = store.events(referral.id) if referral else ()
    taken = [event for event in happened if event.data.get("meeting") == meeting.reference]
    noted = [entry for entry in entries(meeting.answers, "decided") if entry["referral"] == item.referral]
    up = [entry["number"] for entry in entries(meeting.answers, "taken") if entry["item"] == item.number]
    for event, note in zip(taken, noted, strict=False):
        told = () if referral and is_restricted(referral) else TOLD_AS_REASON
        reasons = tuple((name, str(event.data[name])) for name in told if event.data.get(name))
        moment = max((number for number in up if number < note["number"]), default=note["number"])
        there = quorum_at(meeting.answers, moment)
        yield Minute(event.trigger, reasons, event.actor, event.role, event.recorded_at, there)


def _people(meeting: Case) -> tuple[Person, ...]:
    """Everybody who was there at any time, in the order in which they came."""
    known = meeting.answers
    first = {person["who"] for person in entries(known, "attendees")}
    at_the_end = {person["who"] for person in people_at(known)}
    everybody = {p["who"]: p for p in (*entries(known, "attendees"), *entries(known, "arrivals"))}
    return tuple(
        Person(
            who, person.get("role"), person.get("service"), person.get("is_referrer") == "yes",
            who not in first, who not in at_the_end,
        )
        for who, person in everybody.items()
    )  # fmt: skip
