"""Looking at a record is an event as changing it is: who, when, and why where the service asks for it."""

from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from casework import limits, log
from casework.actor import Actor, checked_actor
from casework.around import Reading
from casework.case import Case, CaseEvent
from casework.errors import BadRequest, StepRefused
from casework.identity import new_id
from casework.life.records import is_restricted
from casework.lists import Lists, id_of
from casework.refusing import READ, refusal, tell
from casework.store import FlagRow
from casework.surroundings import Surroundings
from casework.withholding import case_for, events_for
from workflows import Refusal, Role
from workflows.settings import switched

IDENTITIES = "identities"
"""Which other records are of the same child, before and after adoption: see `casework.adoption`."""

WHAT = ("record", "history", "copy", "family", "contact", "agenda", "minutes", "digest", IDENTITIES)
LONGEST_REASON = 500
MAY_READ_RESTRICTED = (Role.LEAD, Role.SAFEGUARDING)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: a record as it stands, what happened to it, and the flags that are open on it."""

    case: Case
    events: tuple[CaseEvent, ...]
    flags: tuple[FlagRow, ...]
    reading: Reading
    restricted: bool = False
    """Whether something is not shown because no role of the reader sees it."""


class Readings(Lists):
    """The reading half of `Casework` for people. `case` and `history` are for programs, which show nobody anything."""

    def read(
        self,
        case: str | UUID,
        actor: Actor,
        why: str | None = None,
        what: str = "record",
        *,
        request_id: str | None = None,
    ) -> Read:
        """Give a person a record, its history or a copy of it. That they read it is kept before they are given it.

        What is restricted (`workflows.restricted`) is in it where a role of theirs sees it, else `WITHHELD` instead.
        Raises `NoSuchCase`; `StepRefused` where the service asks for a reason and there is none, and for a record under
        restriction; `StorageError`, where the reading cannot be kept. Then nothing was read.
        """
        actor, why = checked_actor(actor), _reason(why)
        kind = limits.text(what)
        if kind not in WHAT:
            raise BadRequest("unknown_reading", f"What is read is one of: {', '.join(WHAT)}.", "what")
        with self._database.reading() as store:
            found = store.case(id_of(store, case))
            asks = switched(found.facts(self.today(), beside=Surroundings(store, found)), "reason_to_read")
            against = _against(found, actor, why, asks=asks, close=kind == IDENTITIES)
            events, flags = store.events(found.id), store.open_flags(found.id, self.today())
        if against:
            self._refuse(found, actor, against, request_id)
        reading = Reading(new_id(), found.id, kind, actor.name, actor.via, self.now(), why, request_id)
        self._keep(found, reading)
        shown, told = case_for(actor, found), events_for(actor, found, events)
        return Read(shown, told, flags, reading, (shown, told) != (found, events))

    def _keep(self, case: Case, reading: Reading) -> None:
        with self._database.writing() as store:
            store.keep_reading(reading)
        log.record_read(
            service=case.service,
            reference=case.reference,
            case_id=str(case.id),
            kind=case.chart.kind.value,
            what=reading.what,
            actor=reading.actor,
            via=reading.via,
            recorded_at=reading.read_at.isoformat(),
            request_id=reading.request_id,
        )

    def readings(self, case: str | UUID) -> tuple[Reading, ...]:
        """Who has looked at a record, in the order of time. To ask is not to read it. Raises `NoSuchCase`."""
        with self._database.reading() as store:
            return tuple(store.readings(id_of(store, case)))

    def _refuse(self, case: Case, actor: Actor, against: list[Refusal], request_id: str | None) -> NoReturn:
        """Kept as a refused step is: who tried to look at what is nobody's is what an inquiry asks."""
        refused = StepRefused(READ, case.state, against, _who(against))
        kept = refusal(refused, case, actor, self.now(), request_id)
        with self._database.writing() as store:
            store.keep_refusal(kept)
        tell(refused, kept, case, actor)
        raise refused


def _reason(why: object) -> str | None:
    if why is None:
        return None
    return limits.words(why, "why", "Say why you open the record.", LONGEST_REASON, needed=False) or None


def _against(case: Case, actor: Actor, why: str | None, *, asks: bool, close: bool) -> list[Refusal]:
    against = []
    restricted = close or is_restricted(case)
    if restricted and not actor.roles.intersection(MAY_READ_RESTRICTED):
        sentence = "What is under restriction is opened by the clinical lead or the safeguarding lead."
        against.append(Refusal("restricted_record", sentence, who=MAY_READ_RESTRICTED))
    if (restricted or asks) and not (why and why.strip()):
        against.append(Refusal("reason_needed", "Say why you open this record.", ("why",)))
    return against


def _who(against: list[Refusal]) -> tuple[Role, ...]:
    return tuple(dict.fromkeys(role for refusal in against for role in refusal.who))
