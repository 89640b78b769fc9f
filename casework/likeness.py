"""Which two records may be of one baby: found by their traits, held against what is known, said to a person.

Nothing is ever joined by this. Twins share a birthday, a home and a mother, and are never suggested; nor is a pair of
which somebody has said that they are two.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from casework.alike import traits_of
from casework.case import Case
from casework.life.records import infant_of
from casework.store import Store
from workflows.beside import RecordKind, entries
from workflows.fields.merging import NOT_THE_SAME
from workflows.guards.merging import are_twins
from workflows.names import words


@dataclass(frozen=True, slots=True)
class Alike:
    """Two records of a service that may be of one baby, the earlier first, and by what."""

    service: str
    kind: str
    first: str
    second: str
    because: tuple[str, ...]
    """`nhs`, or three of `born`, `due`, `name`, `postcode` and `carer` with + between."""


def suggested_for(store: Store, case: Case) -> tuple[Alike, ...]:
    """The records of its kind that may be of the same baby as one."""
    pairs = ((case, store.case(other)) for other in store.alike(case))
    return found_among(store, (pair for pair in pairs if pair[1].chart.kind is case.chart.kind))


def found_among(store: Store, pairs: Iterable[tuple[Case, Case]]) -> tuple[Alike, ...]:
    """Of pairs that share a trait, those that a person is to look at, each once."""
    found = {}
    for one, other in pairs:
        first, second = sorted((store.standing(one), store.standing(other)), key=lambda case: case.id)
        because = _because(one, other)
        if because and _may_be_one(store, first, second):
            names = (first.reference, second.reference)
            found[names] = Alike(first.service, first.chart.kind.value, *names, because)
    return tuple(found[names] for names in sorted(found))


def _because(one: Case, other: Case) -> tuple[str, ...]:
    """The traits that both have. What only the digests have in common is none."""
    here, there = traits_of(one), set(traits_of(other).values())
    return tuple(name for name, digest in here.items() if digest in there)


def _may_be_one(store: Store, one: Case, other: Case) -> bool:
    if one.id == other.id or one.service != other.service or not (_in_use(one) and _in_use(other)):
        return False
    return not (said_to_be_two(one, other) or _two_babies(one, other) or _known_to_the_records(store, one, other))


def _in_use(case: Case) -> bool:
    """A closed referral was about the same baby, perhaps, and is no double; a lost baby's second record is one."""
    return case.open or case.state in ("died", "closed_loss") or bool(case.answers.get("lost_on"))


def said_to_be_two(one: Case, other: Case) -> bool:
    return any(
        entry["other_record"] == b.reference
        for a, b in ((one, other), (other, one))
        for entry in entries(a.answers, NOT_THE_SAME)
    )


def _two_babies(one: Case, other: Case) -> bool:
    numbers = (one.answers.get("infant_nhs_number"), other.answers.get("infant_nhs_number"))
    if all(numbers):
        return numbers[0] != numbers[1]
    if are_twins(one.reference, one.answers, other.reference, other.answers):
        return True
    many = all(int(case.answers.get("babies_born") or 1) > 1 for case in (one, other))
    return many and words(one.answers.get("infant_name")) != words(other.answers.get("infant_name"))


def _known_to_the_records(store: Store, one: Case, other: Case) -> bool:
    """Two referrals about one baby's record are no doubles, and two about the records of twins neither."""
    if one.chart.kind is not RecordKind.REFERRAL:
        return False
    babies = [infant_of(store, case) for case in (one, other)]
    if babies[0] is None or babies[1] is None:
        return False
    here, there = store.standing(babies[0]), store.standing(babies[1])
    return here.id == there.id or _two_babies(here, there)
