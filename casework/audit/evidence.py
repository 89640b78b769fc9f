"""What the audit asks of a database, as protocols. `persistence` keeps the promises."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, TypeGuard
from uuid import UUID

from casework.audit.checkpoint import Checkpoint
from casework.audit.merkle import Frontier
from casework.audit.seal import SealedRow
from casework.case import CaseEvent


@dataclass(frozen=True, slots=True)
class Unordered:
    """An event that has no place in the order of all events yet. `owed` is its number in the outbox."""

    owed: int
    case_id: UUID
    seq: int
    digest: bytes | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in its place, with what its line says and what proves it. `before` is the digest that it follows."""

    leaf: int
    event: CaseEvent | None
    """None where what stands there is no event of ours."""
    case_id: str
    seq: int
    service: str
    reference: str
    row: SealedRow
    before: bytes

    @property
    def erased(self) -> bool:
        """Its answers are not there any more: their digest stands in their place."""
        return self.row.data_digest is not None


class Placed(NamedTuple):
    """A place in the order with the digest that stands at it. `there` is False where its event is not."""

    digest: bytes | None
    entry: Entry
    there: bool


class CaseHead(NamedTuple):
    """What the row of a case says of its chain."""

    case_id: bytes
    service: bytes
    reference: bytes
    version: int
    head: bytes | None


ChainRow = tuple[
    bytes, int, int | None, bytes | None, bytes, bytes, bytes | None, bytes | None, bytes | None, bytes | None,
    bytes | None,
]  # fmt: skip
"""One event as the verifier reads it: the case and its number there, its leaf and the digest that stands at it (None
while it has no place in the order yet), and then what `SealedRow` has. Plain tuples: there are millions of them. Texts
are bytes, as they stand."""

Bounds = tuple[UUID | None, UUID | None]
"""The cases from an id on, up to another that is not among them; None where there is no bound."""

ALL: Bounds = (None, None)


@dataclass(frozen=True, slots=True)
class Waits:
    """What the outbox says of an event: whether it is there, and the place that it has already, where it has one."""

    case_id: str
    seq: int
    there: bool
    leaf: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database says of the order as a whole: how many events have a place, the edge of the tree over them,
    how many the log was told of, and over how many its last checkpoint was."""

    size: int
    edge: bytes
    told: int
    told_checkpoint: int


@dataclass(frozen=True, slots=True)
class Owed:
    """How far behind the order and the log are. `oldest` is when the oldest untold event was recorded."""

    unordered: int
    untold: int
    unsigned: int
    oldest: datetime | None
    last_checkpoint: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whether there is anything to put in order or to sign, asked without keeping anybody from writing."""

    unordered: bool
    unsigned: int
    signed_at: datetime | None


class Desk(Protocol):
    """One transaction in which events get their place. Nobody else gives places meanwhile."""

    frontier: Frontier
    signed: int
    """The size at the last checkpoint."""

    def unordered(self, limit: int) -> Sequence[Unordered]: ...

    def place(self, events: Sequence[Unordered]) -> None:
        """Keep them as the next leaves, in this order, and the frontier with them."""
        ...

    def keep(self, checkpoint: Checkpoint) -> None: ...


class Evidence(Protocol):
    """One moment of the database, read from end to end."""

    def ranges(self, number: int) -> Sequence[Bounds]:
        """All cases in so many ranges, or fewer, each with about as many as the next."""
        ...

    def case_heads(self, bounds: Bounds) -> Iterator[CaseHead]:
        """In the order of their ids, as `chain` is."""
        ...

    def chain(self, bounds: Bounds) -> Iterator[ChainRow]:
        """Every event, case by case, in the order of its numbers."""
        ...

    def leaves(self) -> Iterator[tuple[int, bytes]]:
        """Every place with its digest, in order."""
        ...

    def entries(self) -> Iterator[Placed]:
        """Every place, in order, with what its line says. `before` is not read."""
        ...

    def leaves_without_event(self) -> Iterator[tuple[int, str, int]]:
        """Places whose event is not there: the leaf, the case and the number of the event."""
        ...

    def checkpoints(self) -> Sequence[Checkpoint]:
        """The smallest first."""
        ...

    def owed(self, bounds: Bounds) -> Iterator[Waits]: ...

    def standing(self) -> Standing | None:
        """None where the database does not say it, or says it twice."""
        ...


class AuditKeeper(Protocol):
    """The audit's side of a database."""

    def waiting(self) -> "Waiting": ...

    def ordering(self) -> AbstractContextManager[Desk]: ...

    def untold(self, limit: int) -> Sequence[Entry]:
        """The next events that the log has not been told of, in their order."""
        ...

    def entries(self, leaves: Sequence[int]) -> Sequence[Entry]: ...

    def untold_checkpoints(self, up_to: int) -> Sequence[Checkpoint]:
        """Those that the log has not been told of, over no more events than it has, or will have: so many."""
        ...

    def told(self, leaves: int, checkpoint: int) -> None:
        """The log has the first so many events, and the checkpoint over so many. A lesser number changes nothing."""
        ...

    def evidence(self) -> AbstractContextManager[Evidence]: ...

    def owed(self) -> Owed: ...


def is_number(value: object) -> TypeGuard[int]:
    """SQLite takes a value of any kind, whatever the type of the column."""
    return isinstance(value, int)


def in_ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Numbers in rising order, as first and last of each run without a gap."""
    first = last = None
    for number in numbers:
        if last is not None and number == last + 1:
            last = number
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = number
    if first is not None and last is not None:
        yield first, last
