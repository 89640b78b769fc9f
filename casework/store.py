"""What a use-case needs of a database, as protocols. `persistence` keeps the promises; nothing here knows SQL."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from casework.actor import Actor
from casework.around import Around
from casework.audit.evidence import AuditKeeper
from casework.case import Case, CaseEvent
from casework.errors import Change
from casework.identity import People, new_id
from casework.ledger import NightKeeper
from workflows import Figure, Refusal
from workflows.beside import RecordKind


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered to a request that came with an idempotency key."""

    request_digest: str
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RefusedAttempt:
    """A refused step as it is kept: codes only, never the answers that were tried."""

    case_id: UUID | None
    service: str
    trigger: str
    state: str
    actor: str
    via: str
    at: datetime
    reasons: Sequence[Refusal]
    request_id: str | None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One open referral as a worklist shows it. Days are whole calendar days in Europe/London; None: no wait."""

    case_id: UUID
    service: str
    reference: str
    pathway: str
    state: str
    stage: str
    opened_on: date
    waiting_days: int | None
    adjusted_days: int | None
    held: bool
    clinician: str | None
    missing: tuple[str, ...]
    flags: tuple[str, ...]
    priority_on: date | None = None


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One flag, open or cleared, as a list shows it."""

    service: str
    reference: str
    case_id: UUID
    kind: str
    state: str
    stage: str
    raised_on: date
    days: int | None
    missing: tuple[str, ...]
    cleared_on: date | None = None
    cleared_because: str | None = None
    quiet_until: date | None = None


@dataclass(frozen=True, slots=True)
class FlagAct:
    """What a person did about an open flag: seen, snoozed (quiet until a day, for a reason) or woken."""

    act: str
    on: date
    at: datetime
    by: str
    reason: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class FlagStretch:
    """One stretch of time in which a flag was open. All stretches of a case and a kind are one flag's history."""

    kind: str
    raised_on: date
    raised_at: datetime
    raised_by: UUID
    quiet_until: date | None
    cleared_on: date | None
    cleared_at: datetime | None
    cleared_because: str | None
    acts: tuple[FlagAct, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for. `service`, `stage` and `kind` narrow it; `on` is the day that it is read for.

    `quiet` shows snoozed flags too; `as_known_then` goes by when a thing was recorded, not by when it held.
    """

    on: date
    service: str | None = None
    stage: str | None = None
    kind: str | None = None
    quiet: bool = False
    as_known_then: bool = False


@dataclass(frozen=True, slots=True)
class KeptBeside:
    """What is kept of a case for lists, for the night and against doubles: columns that the case itself works out."""

    service: str
    kind: str
    is_open: bool
    clinician: str | None
    people: People
    gaps: Mapping[str, tuple[str, date]]
    days: Mapping[str, date]
    links: Mapping[str, str]
    traits: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A referral that is here already: the digest of the sheet's row it came from, and the import that brought it."""

    digest: str | None
    import_id: str | None


class KeyTaken(Exception):
    """A twin of this request, or an earlier try of it, has been kept: ask again, and its answer is found."""


class PeopleTaken(Exception):
    """Another open referral for the same baby and carer has just been kept: look again."""


class Store(Around, Protocol):
    """One transaction. Everything asked of it is seen together or not at all."""

    def answered(self, actor: str, key: str) -> Answered | None:
        """What was answered before; with the end of this transaction it is as safe as anything kept in it.

        To be found is not to be safe: a change can be seen before it has reached the standby, or the disk.
        """
        ...

    def stands(self, case_id: UUID, event_id: UUID) -> bool:
        """Whether an event of a case was kept; then it is as safe as what this transaction keeps."""
        ...

    def remember(self, actor: str, key: str, answered: Answered, at: datetime) -> None:
        """Raises `KeyTaken` where a twin of the request was first."""
        ...

    def locked(self, case_id: UUID) -> tuple[Case, tuple[str, ...]]:
        """The case, kept from everybody else until the transaction ends, and its open flags. Raises `NoSuchCase`."""
        ...

    def case(self, case_id: UUID) -> Case: ...

    def is_taken(self, service: str, reference: str) -> bool: ...

    def find(self, reference: str) -> UUID:
        """By id, reference or SERVICE/REFERENCE. Raises `NoSuchCase`, `AmbiguousReference`."""
        ...

    def other_referral(self, service: str, people: People, but: UUID) -> str | None:
        """The reference of another open referral of the service for the same baby and carer."""
        ...

    def record(self, service: str, kind: RecordKind, reference: str) -> Case | None:
        """A record of a service; in a writing transaction nobody else changes it until that ends."""
        ...

    def linked(self, service: str, kind: RecordKind, name: str, reference: str) -> Sequence[Case]:
        """The records of a kind that name another by their answer `name`, in the order in which they were opened.

        Whoever names a record that was merged into the other names the other; and for a record that was merged itself
        the one is given that stands for it. Only who asks by `survivor` is given the merged ones.
        """
        ...

    def listed(self, service: str, kind: RecordKind) -> Sequence[Case]:
        """The records of a kind, in the order in which they were opened; none that is kept under restriction."""
        ...

    def identities(self, case_id: UUID) -> Sequence[UUID]:
        """The other records of one child, before and after adoption: asked only by who may know of them."""
        ...

    def keep_identity(self, earlier: UUID, later: UUID, actor: Actor, at: datetime) -> None: ...

    def allocated(self, service: str, clinician: str, but: UUID) -> Sequence[str]:
        """The references of the open referrals that are allocated to a clinician, one case left out."""
        ...

    def append(self, before: Case, after: Case, event: CaseEvent) -> None:
        """Keep the event and what it changes, in one. Raises `StaleCase`, `ReferenceTaken`."""
        ...

    def figures(self, service: str) -> tuple[Figure, ...]:
        """The figures that a service has entered, in the order in which it did."""
        ...

    def clear_flags(self, case_id: UUID, kinds: Sequence[str], on: date, at: datetime, because: str) -> None: ...

    def keep_refusal(self, refused: RefusedAttempt) -> None:
        """Raises `KeyTaken` where it is kept already."""
        ...

    def changes_since(self, case_id: UUID, seq: int) -> tuple[Change, ...]: ...

    def beside(self, case_id: UUID) -> KeptBeside: ...

    def events(self, case_id: UUID) -> tuple[CaseEvent, ...]: ...

    def case_ids(self) -> Iterable[UUID]: ...

    def open_flags(self, case_id: UUID, on: date) -> tuple[FlagRow, ...]: ...

    def flags_cleared_between(self, service: str, since: datetime, until: datetime, on: date) -> Sequence[FlagRow]:
        """The flags of a service that steps ended between two instants, and those that the night of a day ended."""
        ...

    def flag_history(self, case_id: UUID) -> tuple[FlagStretch, ...]: ...

    def keep_flag_act(self, case_id: UUID, kind: str, act: FlagAct) -> bool:
        """False where no such flag is open."""
        ...

    def events_until(
        self, day: date, service: str | None, since: date | None = None, *, every: bool = False
    ) -> Iterable[tuple[str, tuple[CaseEvent, ...]]]:
        """Of every referral that was there on a day: its reference and its events up to that day, in their order.

        `since` leaves out those that were closed before a day, and stayed so. What is under restriction by now is left
        out unless `every` is asked for: its days would lead to the identity under which it may go on.
        """
        ...

    def worklist(self, asked: Asked) -> Sequence[WorklistRow]: ...

    def flags(self, asked: Asked) -> Sequence[FlagRow]: ...

    def known_references(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], KnownRow]:
        """Of (service, reference) pairs, those that are here."""
        ...

    def open_people(self, wanted: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], str]:
        """Of (service, baby, carer) keys, those with an open referral, with its reference."""
        ...

    def import_begun(self, run_id: UUID, by: str, as_of: date, at: datetime) -> None: ...

    def import_ended(self, run_id: UUID, at: datetime, counts: Mapping[str, int]) -> None: ...

    def import_cases(self, imported: Sequence[tuple[Case, Sequence[CaseEvent], str]]) -> None:
        """Raises `ReferenceTaken`, `PeopleTaken` where another writer was first with one of them."""
        ...


class Keeper(Protocol):
    """A database that gives out transactions: `writing` commits at its end, `reading` never does.

    `within` is in seconds: a transaction that takes longer is ended, and nothing of it is acknowledged.
    """

    def writing(self, within: float = ..., /) -> AbstractContextManager[Store]: ...

    def reading(self) -> AbstractContextManager[Store]: ...

    @property
    def audit(self) -> AuditKeeper:
        """The order of all events, and what the log is owed."""
        ...

    def nights(self, now: Callable[[], datetime]) -> NightKeeper:
        """The same database as the night sees it, by the clock that is given."""
        ...
