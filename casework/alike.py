"""By what two records may be of one baby: the NHS number, or three of name, birth or due date, postcode, carer's name.

Each of these is a trait. Two records that share one are suggested to a person, and never joined by casework.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import blake2b
from itertools import combinations

from casework.case import Case
from workflows.beside import RecordKind
from workflows.names import words

WHAT_TELLS = ("infant_nhs_number", "infant_name", "infant_dob", "expected_due_date", "postcode", "carer_name")
"""The answers that traits are made of."""
HIDES = "restricted_on"
"""The answer of a record that has none."""

NEEDED = 3
"""How many of name, day, postcode and carer must agree (reliability H2: three identifiers or more)."""

Traits = Mapping[str, int]
"""Digests by the name of the trait. A digest is of one service: those of two services never meet."""


COMPARED = (RecordKind.REFERRAL, RecordKind.INFANT)
NOT_COMPARED = ("void", "restricted")
"""States of records that are found by nobody: entered in error, or kept under restriction (adoption)."""


def traits_of(case: Case) -> Traits:
    """By what a record may be found to be of the same baby as another; of other kinds there are none."""
    if case.chart.kind not in COMPARED or case.state in NOT_COMPARED or case.answers.get(HIDES):
        return {}
    return traits(case.service, case.answers)


def same_traits(before: Case, after: Case) -> bool:
    """Whether a step has left everything that traits are made of as it was; cheaper than the traits of both."""
    if before.state != after.state and {before.state, after.state}.intersection(NOT_COMPARED):
        return False
    return all(before.answers.get(name) == after.answers.get(name) for name in (*WHAT_TELLS, HIDES))


def traits(service: str, answers: Mapping[str, object]) -> Traits:
    """The traits that the answers of a referral or of a baby's record come to."""
    found = {}
    if number := answers.get("infant_nhs_number"):
        found["nhs"] = _digest(service, "nhs", str(number))
    shared = {
        "name": words(answers.get("infant_name")),
        "postcode": "".join(str(answers.get("postcode") or "").split()).casefold(),
        "carer": words(answers.get("carer_name")),
    }
    for of, day in _days(answers):
        known = {of: day, **{name: value for name, value in shared.items() if value}}
        found |= dict(_threes(service, known, of))
    return found


def _days(answers: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """A baby who is expected on a day, and one who was born on it, agree. Without a day, the three others may."""
    born, due = answers.get("infant_dob"), answers.get("expected_due_date")
    days = [(of, day.isoformat()) for of, day in (("born", born), ("due", due)) if isinstance(day, date)]
    yield from days or [("born", "")]


def _threes(service: str, known: Mapping[str, str], of: str) -> Iterator[tuple[str, int]]:
    """A birth and a due date go by one name in the digest, so that they can agree, and by two among the traits."""
    for names in combinations([name for name in (of, "name", "postcode", "carer") if known.get(name)], NEEDED):
        parts = [f"{'day' if name == of else name}={known[name]}" for name in names]
        yield "+".join(names), _digest(service, "three", *parts)


def _digest(service: str, kind: str, *parts: str) -> int:
    """Eight bytes, keyed by the service, as a whole number that both databases keep."""
    text = "\x1f".join((kind, *parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8, key=service.encode()[:64]).digest(), signed=True)
