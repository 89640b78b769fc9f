"""A family as one view: for each child where it is, who holds it and what is due next; and who belongs together.

What is kept under restriction is in none of it, and nothing of it leads there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from casework.actor import Actor
from casework.case import Attempt, Case, CaseEvent
from casework.change import Change, Receipt
from casework.errors import BadRequest
from casework.following import Following
from casework.identity import new_family
from casework.life.records import infant_of, is_restricted, referrals_of
from casework.lists import Lists, id_of
from casework.service import Casework
from casework.store import Store
from workflows.beside import RecordKind, entries
from workflows.histories import standing
from workflows.registry import CURRENT

INFANT, CARER, REFERRAL = RecordKind.INFANT, RecordKind.CARER, RecordKind.REFERRAL
MEMBERS = (INFANT, CARER, REFERRAL)


@dataclass(frozen=True, slots=True)
class Held:
    """One who holds a baby: a carer by relationship, or the service by a referral and its clinician.

    `reference` is empty of a carer whom only a referral names.
    """

    reference: str
    who: str
    as_what: str


@dataclass(frozen=True, slots=True)
class Member:
    """One line: a child with where it is, who holds it and what is due next; or a carer with the children.

    A child without a record of its own is told by the referral that is about it.
    """

    kind: str
    case_id: UUID
    reference: str
    name: str | None
    state: str
    label: str
    where: str | None = None
    where_since: date | None = None
    held_by: tuple[Held, ...] = ()
    next_on: date | None = None
    next_what: str | None = None
    children: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    label: str | None
    members: tuple[Member, ...]


def family_of(clinic: Lists, ref: str | UUID) -> Family:
    """The family of a label (F-...), a baby, a carer or a referral. Raises `NoSuchCase`, `BadRequest`.

    Beside those who bear the same label: the children of a carer, the carers of a child, and no further, for a foster
    carer's other children are another family.
    """
    today = clinic.today()
    with clinic.database.reading() as store:
        found = _of_label(store, ref) if _is_label(ref) else list(_around(store, store.case(id_of(store, ref))))
        known = {case.id: case for case in found if not is_restricted(case)}
        infants = [case for case in known.values() if case.chart.kind is INFANT]
        carers = [case for case in known.values() if case.chart.kind is CARER]
        referrals = [case for case in known.values() if case.chart.kind is REFERRAL]
        members = [
            *(_child(store, case, today) for case in infants),
            *(_expected(case, today) for case in referrals),
            *(_carer(case, infants) for case in carers),
        ]
    labels = {str(case.answers["family"]) for case in known.values() if case.answers.get("family")}
    return Family(min(labels) if len(labels) == 1 else None, tuple(members))


def read_family(clinic: Casework, ref: str | UUID, actor: Actor, why: str | None = None) -> Family:
    """The same for a person: that they looked at each of these records is kept first. Raises as `Casework.read` too."""
    found = family_of(clinic, ref)
    for member in found.members:
        clinic.read(member.case_id, actor, why, "family")
    return found


def _is_label(ref: object) -> bool:
    return isinstance(ref, str) and ref.startswith("F-")


def _of_label(store: Store, label: object) -> list[Case]:
    found = list(_grouped(store, label))
    if not found:
        raise BadRequest("unknown_family", "There is no such family here. Check its label.", "ref")
    return found


def _grouped(store: Store, label: object) -> Iterator[Case]:
    for service in CURRENT:
        for kind in MEMBERS:
            for case in store.linked(service, kind, "family", str(label)):
                if not is_restricted(case):
                    yield from _around(store, case, further=False)


def _around(store: Store, case: Case, *, further: bool = True) -> Iterator[Case]:
    if is_restricted(case):
        raise BadRequest("restricted", "This record is kept under restriction: ask the safeguarding lead.", "ref")
    label = case.answers.get("family")
    if further and label:
        yield from _grouped(store, label)
    infants = list(_infants_of(store, case))
    yield from infants
    yield from (other for infant in infants for other in _carers_of(store, infant))
    if case.chart.kind is CARER:
        yield case
        named = store.linked(case.service, REFERRAL, "focus_carer", case.reference)
        yield from (one for one in named if not is_restricted(one) and infant_of(store, one) is None)
    elif case.chart.kind is REFERRAL and not infants:
        yield case
        carer = store.record(case.service, CARER, str(case.answers.get("focus_carer", "")))
        yield from [carer] if carer else ()


def _infants_of(store: Store, case: Case) -> Iterator[Case]:
    """The babies that a record is about; what cannot be named here is left out."""
    if case.chart.kind is INFANT:
        yield case
    elif case.chart.kind is CARER:
        for child in standing(entries(case.answers, "children"), "child"):
            infant = store.record(case.service, INFANT, child)
            if infant is not None and not is_restricted(infant):
                yield infant
    elif case.chart.kind is REFERRAL and (infant := infant_of(store, case)) is not None:
        yield infant


def _carers_of(store: Store, infant: Case) -> Iterator[Case]:
    for reference in standing(entries(infant.answers, "carers"), "carer"):
        carer = store.record(infant.service, CARER, reference)
        if carer is not None:
            yield carer


def _child(store: Store, infant: Case, today: date) -> Member:
    place = next(iter(reversed(entries(infant.answers, "locations"))), None)
    referrals = [case for case in referrals_of(store, infant) if case.open]
    due = min(_due(infant, referrals, today), default=(None, None))
    return _member(
        infant,
        "infant_name",
        where=place["place"] if place else None,
        where_since=place["since"] if place else None,
        held_by=(*_holding(store, infant), *_serving(referrals)),
        next_on=due[0],
        next_what=due[1],
    )


def _expected(referral: Case, today: date) -> Member:
    """A child of whom there is no record yet, as the referral knows it."""
    due = min(_due(referral, [referral], today), default=(None, None))
    carer = _text(referral.answers.get("carer_name"))
    named = _text(referral.answers.get("focus_carer")) or ""
    held = Held(named, carer, str(referral.answers.get("carer_relationship", "carer"))) if carer else None
    return _member(
        referral,
        "infant_name",
        held_by=(*([held] if held else []), *(_serving([referral]) if referral.open else ())),
        next_on=due[0],
        next_what=due[1],
    )


def _holding(store: Store, infant: Case) -> Iterator[Held]:
    links = standing(entries(infant.answers, "carers"), "carer")
    for carer in _carers_of(store, infant):
        if carer.open:
            name = _text(carer.answers.get("carer_name")) or carer.reference
            yield Held(carer.reference, name, links[carer.reference]["relationship"])


def _serving(referrals: Iterable[Case]) -> Iterator[Held]:
    for case in referrals:
        yield Held(case.reference, _text(case.answers.get("clinician")) or case.service, case.stage)


def _due(child: Case, referrals: Sequence[Case], today: date) -> Iterator[tuple[date, str]]:
    """What people have agreed on, and the birth; what is overdue is due."""
    due = child.answers.get("expected_due_date")
    if child.open and not child.answers.get("infant_dob") and isinstance(due, date):
        yield due, "birth"
    for case in referrals:
        yield from ((clock.agreed_on, name) for name, clock in case.clocks.items() if clock.running and clock.agreed_on)
        for entry in entries(case.answers, "appointments"):
            if isinstance(on := entry.get("appointment_on"), date) and on >= today:
                yield on, "appointment"


def _carer(carer: Case, infants: Sequence[Case]) -> Member:
    children = standing(entries(carer.answers, "children"), "child")
    named = tuple(infant.reference for infant in infants if infant.reference in children)
    return _member(carer, "carer_name", children=named)


def _member(case: Case, named: str, **told: Any) -> Member:
    """A record as a line of its family: which it is, where it stands, and what else is told of it."""
    return Member(
        kind=case.chart.kind,
        case_id=case.id,
        reference=case.reference,
        name=_text(case.answers.get(named)),
        state=case.state,
        label=case.chart.states[case.state].label,
        **told,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def records(clinic: Lists, kind: RecordKind, service: str | None = None) -> list[Case]:
    """The records of a kind that may be listed. Raises `BadRequest` for a service that is not here."""
    if service is not None and service not in CURRENT:
        raise BadRequest("unknown_service", f"There is no such service. Choose from: {', '.join(CURRENT)}.", "service")
    with clinic.database.reading() as store:
        every = [case for one in ([service] if service else CURRENT) for case in store.listed(one, kind)]
    return [case for case in every if not is_restricted(case)]


def together(clinic: Casework, refs: Sequence[str], actor: Actor, *, dry_run: bool = False) -> Receipt:
    """Put records into one family: into the one that some of them have, else a new one.

    Raises `BadRequest` where they belong to two families already, `StepRefused`.
    """
    with clinic.database.reading() as store:
        members = [store.case(id_of(store, ref)) for ref in refs]
    labels = {str(case.answers["family"]) for case in members if case.answers.get("family")}
    left = [case for case in members if not case.answers.get("family")]
    if len(labels) > 1:
        raise BadRequest("two_families", "These belong to two families. Take one out of its family first.", "ref")
    if not left:
        raise BadRequest("nothing_to_do", "These belong to one family already.", "ref")
    data = {"family": min(labels, default="") or new_family()}
    first, *others = left

    def theirs(store: Store, case: Case, event: CaseEvent) -> Iterator[Following]:
        yield from (Following(other, "join_family", data) for other in others)

    attempt = Attempt("join_family", actor, clinic.now(), data)
    return clinic.make(first.id, first.version, Change(attempt, ("family", *refs), None, dry_run, asked=(theirs,)))
