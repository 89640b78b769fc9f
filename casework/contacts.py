"""Whom to call or write to, and only in the ways that they have allowed (requirements W9, reliability H12)."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from casework.actor import Actor
from casework.case import Case
from casework.life.records import infant_of
from casework.lists import Lists
from casework.service import Casework
from casework.store import Asked, Store
from workflows.beside import RecordKind, entries
from workflows.fields.people import CHANNELS
from workflows.guards.letters import safe_contact

DETAIL_OF = {"voicemail": "telephone", "text": "telephone", "in_person": "post"}
"""Whose detail a way uses that has none of its own."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A way in which a carer may be reached: allowed by their own instruction."""

    channel: str
    details: tuple[str, ...]
    heed: str | None


@dataclass(frozen=True, slots=True)
class ContactRow:
    """The focus carer of an open referral, with the safe ways only. Ways to ask about first are named, and no more."""

    service: str
    referral: str
    case_id: UUID
    carer: str
    name: str
    safe: tuple[Reach, ...]
    ask_first: tuple[str, ...]
    not_asked: tuple[str, ...]
    interpreter: str | None
    through: str | None


def contact_list(clinic: Lists, service: str | None = None) -> list[ContactRow]:
    """Whom to call, and only by ways that they have allowed; who died, or whose baby was lost, is not on it."""
    rows = clinic.worklist(Asked(clinic.today(), service))
    with clinic.database.reading() as store:
        return [row for known in rows for row in _reached(store, store.case(known.case_id))]


def read_contact_list(
    clinic: Casework, actor: Actor, service: str | None = None, why: str | None = None
) -> list[ContactRow]:
    """The same for a person: that they looked at how each of these carers is reached is kept first."""
    rows = contact_list(clinic, service)
    for case_id in dict.fromkeys(row.case_id for row in rows):
        clinic.read(case_id, actor, why, "contact")
    return rows


def _reached(store: Store, referral: Case) -> Iterator[ContactRow]:
    named, infant = referral.answers.get("focus_carer"), infant_of(store, referral)
    carer = store.record(referral.service, RecordKind.CARER, str(named)) if named else None
    if carer is None or not carer.open or (infant is not None and infant.state == "died"):
        return
    told = {channel: safe_contact(carer.answers, channel) for channel in CHANNELS}
    yield ContactRow(
        service=referral.service,
        referral=referral.reference,
        case_id=carer.id,
        carer=carer.reference,
        name=_text(carer.answers.get("carer_name")) or carer.reference,
        safe=tuple(
            Reach(channel, _details(carer, channel), said.get("safe_words"))
            for channel, said in told.items()
            if said and said["safe"] == "allowed"
        ),
        ask_first=tuple(channel for channel, said in told.items() if said and said["safe"] == "ask_first"),
        not_asked=tuple(channel for channel, said in told.items() if said is None),
        interpreter=_text(carer.answers.get("language")) if carer.answers.get("interpreter_needed") == "yes" else None,
        through=_text(carer.answers.get("contact_through")),
    )


def _details(carer: Case, channel: str) -> tuple[str, ...]:
    wanted = (channel, DETAIL_OF.get(channel))
    return tuple(e["detail"] for e in entries(carer.answers, "contact_details") if e["channel"] in wanted)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
