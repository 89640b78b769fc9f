"""Identifiers: of cases and events, and of the two people whose relationship a referral is about."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from uuid import UUID

from casework.calendar import unix_milliseconds
from workflows.beside import RecordKind
from workflows.names import one_name

_TELLING = (
    "infant_nhs_number",
    "infant_name",
    "infant_dob",
    "expected_due_date",
    "carer_nhs_number",
    "carer_name",
    "postcode",
)

REFERENCE = r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}"
"""How a service may name a referral."""

_REFERENCE = re.compile(REFERENCE)

PREFIXES = {
    RecordKind.REFERRAL: "C",
    RecordKind.INFANT: "B",
    RecordKind.CARER: "P",
    RecordKind.MEETING: "M",
    RecordKind.CONSULTATION: "K",
    RecordKind.ACTIVITY: "A",
    RecordKind.STAFF: "S",
}
"""How a reference begins that casework makes: of a referral, a baby, a parent, a meeting and so on."""

People = tuple[str | None, str | None]
"""Keys of the baby and of the carer; None where it is not known who they are."""


def is_reference(text: object) -> bool:
    return isinstance(text, str) and _REFERENCE.fullmatch(text) is not None


def people(answers: Mapping[str, object]) -> People:
    return infant_key(answers), carer_key(answers)


def same_people(answers: Mapping[str, object], others: Mapping[str, object]) -> bool:
    """Whether two sets of answers say the same about who the two people are; cheaper than their keys."""
    return all(answers.get(name) == others.get(name) for name in _TELLING)


def new_id() -> UUID:
    """A version 7 UUID: random, and in the order of time so that neighbours in time are neighbours on disk."""
    value = (unix_milliseconds() & (1 << 48) - 1) << 80 | secrets.randbits(80)
    return UUID(int=(value & ~(0xF << 76) & ~(0x3 << 62)) | 0x7 << 76 | 0x2 << 62)


def new_family() -> str:
    """A label for those who belong together; it says nothing of who they are."""
    return f"F-{new_id().hex[-12:]}"


def infant_key(answers: Mapping[str, object]) -> str | None:
    """Who the baby is: NHS number, else name and date of birth, else the pregnancy's due date. None: not known."""
    number, name, born = (answers.get(k) for k in ("infant_nhs_number", "infant_name", "infant_dob"))
    if number:
        return _digest("nhs", number)
    if born:
        return _digest("born", name, born) if name else None
    due = answers.get("expected_due_date")
    return _digest("due", due) if due else None


def carer_key(answers: Mapping[str, object]) -> str | None:
    """Who the carer is: NHS number, else name and postcode. None: not known."""
    if number := answers.get("carer_nhs_number"):
        return _digest("nhs", number)
    name, postcode = answers.get("carer_name"), answers.get("postcode")
    return _digest("lives", name, "".join(str(postcode).split())) if name and postcode else None


def _digest(*parts: object) -> str:
    text = "\x1f".join(one_name(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
