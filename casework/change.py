"""The one way to change a case: lock, key, version, judge, write, commit, and only then tell the log."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

import orjson

from casework import log
from casework.case import Attempt, Case, CaseEvent
from casework.errors import BadRequest, KeyUsedOtherwise, ReferenceTaken, StaleCase
from casework.figures import figures_with
from casework.flagging import over
from casework.store import Answered, Store


class Latest(Enum):
    """See `LATEST`."""

    LATEST = "latest"


LATEST = Latest.LATEST
"""In place of the version that a screen showed: the step is judged against whatever stands once the case is locked.

For machines, which have seen nothing. A person's decision is never applied to a state that they did not see.
"""

Seen = int | Latest | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a step led to. The same request with the same key gets the same receipt."""

    case_id: UUID
    reference: str
    version: int
    trigger: str
    state: str
    effective_on: date
    cleared_flags: tuple[str, ...] = ()

    def as_answer(self) -> dict[str, Any]:
        return {
            "case_id": str(self.case_id),
            "reference": self.reference,
            "version": self.version,
            "trigger": self.trigger,
            "state": self.state,
            "effective_on": self.effective_on.isoformat(),
            "cleared_flags": list(self.cleared_flags),
        }

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> "Receipt":
        return cls(
            case_id=UUID(answer["case_id"]),
            reference=answer["reference"],
            version=answer["version"],
            trigger=answer["trigger"],
            state=answer["state"],
            effective_on=date.fromisoformat(answer["effective_on"]),
            cleared_flags=tuple(answer["cleared_flags"]),
        )


@dataclass(slots=True)
class Change:
    """One change, however often it is tried. `make` runs inside a transaction; `tell` after its commit."""

    attempt: Attempt
    request: tuple[Any, ...]
    """What tells one request under a key from another, beside the case: not the version that a screen showed."""
    key: str | None = None
    dry_run: bool = False
    told: list[tuple[CaseEvent, Case]] = field(default_factory=list)
    cleared: tuple[str, ...] = ()
    before: Case | None = None
    receipt: Receipt | None = None
    in_doubt: bool = False
    """An earlier try may stand: the connection was lost while it was being kept. Under the lock its event tells."""

    def make(self, store: Store, case: Case | UUID, seen: Seen) -> Receipt:
        """Raises `StepRefused`, `StaleCase`, `KeyUsedOtherwise`. A new case has nothing to lock and nothing seen."""
        before, open_flags = (case, ()) if isinstance(case, Case) else store.locked(case)
        self.before = before
        if self.in_doubt and self.receipt and store.stands(before.id, self.attempt.id):
            return self.receipt
        self.told.clear()
        digest = _digest(None if isinstance(case, Case) else before.id, *self.request) if self.key else ""
        if self.key and (earlier := self._earlier(store, self.key, digest)):
            return earlier
        if before.version and seen is not LATEST and seen != before.version:
            since = store.changes_since(before.id, seen or 0) if 0 <= (seen or 0) < before.version else ()
            raise StaleCase(before.id, before.version, seen or 0, since)
        if isinstance(case, Case) and store.is_taken(case.service, case.reference):
            raise ReferenceTaken
        event = before.fire(self.attempt, lambda who: store.other_referral(before.service, who, before.id))
        after = before.copy()
        after.apply(event)
        self.cleared = self._ended(store, after, open_flags)
        self.receipt = receipt = _receipt(after, event, self.cleared)
        if not self.dry_run:
            self._write(store, before, after, event)
            if self.key:
                answered = Answered(digest, receipt.as_answer())
                store.remember(self.attempt.actor.name, self.key, answered, self.attempt.now)
        return receipt

    def _ended(self, store: Store, after: Case, open_flags: tuple[str, ...]) -> tuple[str, ...]:
        """Figures are asked for only where a flag is open: most steps need none."""
        if not open_flags:
            return ()
        figure = figures_with({after.service: store.figures(after.service)})
        return over(after, open_flags, self.attempt.today, figure)

    def _earlier(self, store: Store, key: str, digest: str) -> Receipt | None:
        answered = store.answered(self.attempt.actor.name, key)
        if answered is None:
            return None
        if answered.request_digest != digest:
            raise KeyUsedOtherwise
        return Receipt.from_answer(answered.answer)

    def _write(self, store: Store, before: Case, after: Case, event: CaseEvent) -> None:
        store.append(before, after, event)
        if self.cleared:
            because = f"{event.trigger}#{event.seq}"
            store.clear_flags(after.id, self.cleared, self.attempt.today, self.attempt.now, because)
        self.told.append((event, after))

    def tell(self) -> None:
        """The flags that the step ended. Its own line is owed to the log by the event itself: see `casework.audit`."""
        for event, case in self.told:
            for kind in self.cleared:
                log.flag_cleared(
                    case_id=case.id,
                    kind=kind,
                    cleared_on=self.attempt.today.isoformat(),
                    because=f"{event.trigger}#{event.seq}",
                    service=case.service,
                    reference=case.reference,
                )


def _digest(*request: Any) -> str:
    try:
        text = orjson.dumps(request, option=orjson.OPT_SORT_KEYS, default=str)
    except orjson.JSONEncodeError:
        raise BadRequest(
            "bad_data", "The answers are no plain values, or lie too deep in each other.", "data"
        ) from None
    return hashlib.sha256(text).hexdigest()


def _receipt(after: Case, event: CaseEvent, cleared: tuple[str, ...]) -> Receipt:
    return Receipt(after.id, after.reference, event.seq, event.trigger, after.state, event.effective_on, cleared)
