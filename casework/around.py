"""What a use-case needs of a database around cases: who has looked at them, and which of them may be of one baby."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from casework.case import Case
from workflows.beside import RecordKind


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody looked at a record: at it as it stands, at its history, or was given a copy of it."""

    id: UUID
    case_id: UUID
    what: str
    actor: str
    via: str
    read_at: datetime
    why: str | None
    request_id: str | None


class Around(Protocol):
    """A part of `casework.store.Store`."""

    def standing(self, case: Case) -> Case:
        """The record itself, or the one that stands for it since it was merged into that."""
        ...

    def alike(self, case: Case) -> Sequence[UUID]:
        """The other cases that share with one what tells a baby: see `casework.alike`."""
        ...

    def alike_pairs(self, service: str | None, among: Sequence[UUID] | None = None) -> Iterable[tuple[UUID, UUID]]:
        """Pairs of records of one kind that share it: of a service, or with one of some cases in them."""
        ...

    def records(self, service: str, kind: RecordKind) -> Iterable[Case]:
        """Every record of a kind, open or not, in the order in which they were opened."""
        ...

    def keep_reading(self, reading: Reading) -> None: ...

    def readings(self, case_id: UUID) -> Sequence[Reading]:
        """Who has looked at a record, in the order of time."""
        ...
