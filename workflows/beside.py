"""What stands beside a referral: other records of the same service, kept as it is, and lists within one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from workflows.figures import Figure


class RecordKind(StrEnum):
    """What a case is about. The referral is the one that walks the pathway; the others stand beside it.

    Each is kept in the same way: a table of rows, a state, answers, events that are sealed and can be replayed.
    """

    REFERRAL = "referral"
    INFANT = "infant"
    CARER = "carer"
    MEETING = "meeting"
    CONSULTATION = "consultation"
    ACTIVITY = "activity"
    STAFF = "staff"


IN_WORDS: Mapping[RecordKind, str] = {
    RecordKind.REFERRAL: "referral",
    RecordKind.INFANT: "baby's record",
    RecordKind.CARER: "carer's record",
    RecordKind.MEETING: "meeting",
    RecordKind.CONSULTATION: "consultation",
    RecordKind.ACTIVITY: "activity",
    RecordKind.STAFF: "staff record",
}
"""What people call a record of each kind."""


@dataclass(frozen=True, slots=True)
class Known:
    """Another record of the same service, as a guard may look at it."""

    kind: RecordKind
    reference: str
    state: str
    open: bool
    answers: Mapping[str, object]


class Beside(Protocol):
    """What stands beside the case that a step is tried on, asked in the same transaction."""

    def record(self, kind: RecordKind, reference: str) -> Known | None:
        """A record of the service by its reference. What a step names stays as it is until the step is kept."""
        ...

    def linked(self, kind: RecordKind, name: str, to: str = "") -> Sequence[Known]:
        """The records of a kind that name a record as their answer `name`: this case, or the one that is given."""
        ...

    def caseload(self, clinician: str) -> int:
        """How many open referrals of the service are allocated to a clinician, this case left out."""
        ...

    def allocated(self, clinician: str) -> Sequence[str]:
        """The references of these referrals, in their order."""
        ...

    def member(self, account: str) -> Known | None:
        """The open staff record of whoever signs in by a name."""
        ...

    def entered(self) -> tuple[Figure, ...]:
        """The figures that the service has entered."""
        ...


class Alone:
    """Nothing stands beside the case, and the service has entered nothing."""

    def record(self, kind: RecordKind, reference: str) -> Known | None:
        return None

    def linked(self, kind: RecordKind, name: str, to: str = "") -> Sequence[Known]:
        return ()

    def caseload(self, clinician: str) -> int:
        return 0

    def allocated(self, clinician: str) -> Sequence[str]:
        return ()

    def member(self, account: str) -> Known | None:
        return None

    def entered(self) -> tuple[Figure, ...]:
        return ()


ALONE = Alone()


def entries(recorded: Mapping[str, object], name: str) -> Sequence[Mapping[str, Any]]:
    """A list among the answers of a case, oldest entry first; each has its `number` and the day `on` which it was."""
    found = recorded.get(name)
    return found if isinstance(found, list) else []
