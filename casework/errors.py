"""One catalogue of what can go wrong for a person who uses casework: a stable code, what happened, what to do.

No message repeats what was typed into an answer: it may be a name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from workflows.vocabulary import Refusal, Role


class CaseworkError(Exception):
    """The base of everything that casework raises on purpose. `code` is stable; the sentence may be reworded."""

    code = "casework_error"


class BadRequest(CaseworkError):
    """The request itself makes no sense: nothing was tried and nothing was changed."""

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        self.code, self.field = code, field
        super().__init__(sentence)


class NoSuchCase(CaseworkError):
    code = "unknown_case"

    def __init__(self) -> None:
        super().__init__("There is no such record here. Check the reference and the service.")


class AmbiguousReference(CaseworkError):
    code = "ambiguous_reference"

    def __init__(self, services: Sequence[str]) -> None:
        self.services = tuple(services)
        super().__init__(
            f"Several services have this reference ({', '.join(services)}). Write it as SERVICE/REFERENCE."
        )


class ReferenceTaken(CaseworkError):
    code = "reference_taken"

    def __init__(self) -> None:
        super().__init__("The service already has a record with this reference. Look at that one, or give another.")


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody did since a screen was drawn."""

    seq: int
    trigger: str
    actor: str
    recorded_at: datetime


class StaleCase(CaseworkError):
    """Someone else changed the case after this screen was drawn."""

    code = "stale_case"

    def __init__(self, case_id: UUID, version: int, seen: int, changes: Sequence[Change]) -> None:
        self.case_id, self.version, self.seen, self.changes = case_id, version, seen, tuple(changes)
        by = "; ".join(f"{c.actor}: {c.trigger} at {c.recorded_at:%Y-%m-%d %H:%M}Z" for c in self.changes[-5:])
        super().__init__(
            f"The record is at version {version}; this screen showed version {seen}. "
            f"Since then: {by or 'nothing, so that version never was'}. Reload it, check what changed, and try again."
        )


class NightHeld(CaseworkError):
    """Another is at work on a night: nothing was done, and nothing needs to be."""

    code = "night_held"

    def __init__(self, holder: str, since: datetime | None) -> None:
        self.holder, self.since = holder, since
        at = f" since {since:%Y-%m-%d %H:%M:%S}Z" if since else ""
        super().__init__(f"The night is being run by {holder}{at}. Nothing was done here.")


class NightLost(CaseworkError):
    """Another has taken over the night, because this one was silent for too long. It wrote nothing after that."""

    code = "night_lost"

    def __init__(self) -> None:
        super().__init__("Another has taken this night over. It is being completed there; nothing was lost.")


class NightStopped(CaseworkError):
    """The night was asked to end. What it did is kept, and the next one takes it up where it stands."""

    code = "night_stopped"

    def __init__(self) -> None:
        super().__init__("The night was stopped after the batch at hand. The next run takes it up from there.")


class KeyUsedOtherwise(CaseworkError):
    """The same idempotency key came with another request."""

    code = "key_used_otherwise"

    def __init__(self) -> None:
        super().__init__("This key was used for another request. Give each request a key of its own.")


class StepRefused(CaseworkError):
    """The step may not be taken. Every reason at once, who may take it, and what is possible now."""

    code = "step_refused"

    def __init__(
        self,
        trigger: str,
        state: str,
        reasons: Sequence[Refusal],
        who: Sequence[Role] = (),
        possible_now: Sequence[str] = (),
    ) -> None:
        self.trigger, self.state = trigger, state
        self.reasons, self.who, self.possible_now = tuple(reasons), tuple(who), tuple(possible_now)
        super().__init__(" ".join(reason.sentence for reason in self.reasons))


class Meaning(Enum):
    """What a failure of the database means for the change that was asked for. `casework.retrying` goes by it."""

    NOT_DONE = "the connection was not made, or was lost before the change was being kept"
    IN_DOUBT = "the connection was lost while the change was being kept: it may stand"
    CONFLICT = "the database chose this transaction to give way to another"
    BUSY = "another has held the lock for longer than one waits"
    ON_A_COPY = "the server that answered only reads: another has become the primary"
    NO_ROOM = "the disk, the memory or the number of connections is used up"
    DAMAGED = "what is kept can no longer be trusted"
    FINAL = "to ask again would change nothing"


class StorageError(CaseworkError):
    """The database could not do it. Nothing was changed unless `maybe_done` says so.

    `retry_after` is in seconds: to ask again before is of no use. None where asking again is, or needs no pause.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        try_again: bool = False,
        maybe_done: bool = False,
        means: Meaning = Meaning.FINAL,
        retry_after: float | None = None,
    ) -> None:
        self.code, self.try_again, self.maybe_done = code, try_again, maybe_done
        self.means, self.retry_after = means, retry_after
        super().__init__(sentence)
