"""The one way to change a case: lock, key, version, judge, write, commit, and only then tell the log."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from casework import log
from casework.case import Attempt, Case, CaseEvent
from casework.consequences import Following, Rule, following
from casework.errors import BadRequest, KeyUsedOtherwise, ReferenceTaken, StaleCase, StepRefused
from casework.figures import figures_with
from casework.flagging import over
from casework.identity import new_id
from casework.store import Answered, Store
from casework.surroundings import Surroundings
from workflows.guards.safeguarding import RAISING


class Latest(Enum):
    """See `LATEST`."""

    LATEST = "latest"


LATEST = Latest.LATEST
"""In place of the version that a screen showed: the step is judged against whatever stands once the case is locked.

For machines, which have seen nothing. A person's decision is never applied to a state that they did not see.
"""

Seen = int | Latest | None


class Followed(NamedTuple):
    """A step on another record that followed from one, in the same transaction."""

    kind: str
    reference: str
    trigger: str
    version: int


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
    also: tuple[Followed, ...] = ()
    alike: tuple[str, ...] = ()
    """Of a record that was opened: those that may be of the same baby, as it is found now; no part of the answer."""

    def as_answer(self) -> dict[str, Any]:
        return {
            "case_id": str(self.case_id),
            "reference": self.reference,
            "version": self.version,
            "trigger": self.trigger,
            "state": self.state,
            "effective_on": self.effective_on.isoformat(),
            "cleared_flags": list(self.cleared_flags),
            "also": [followed._asdict() for followed in self.also],
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
            also=tuple(Followed(**followed) for followed in answer.get("also", ())),
        )


@dataclass(frozen=True, slots=True)
class _Step:
    """A step as it was taken inside one change: what is kept of it, and what it ended."""

    before: Case
    after: Case
    event: CaseEvent
    cleared: tuple[str, ...]


@dataclass(slots=True)
class Change:
    """One change, however often it is tried. `make` runs inside a transaction; `tell` after its commit.

    It is one step, and the steps on other records that follow from it (`casework.consequences`).
    """

    attempt: Attempt
    request: tuple[Any, ...]
    """What tells one request under a key from another, beside the case: not the version that a screen showed."""
    key: str | None = None
    dry_run: bool = False
    steps: list[_Step] = field(default_factory=list)
    before: Case | None = None
    receipt: Receipt | None = None
    asked: tuple[Rule, ...] = ()
    """What else somebody asked for in the same act, beside what follows by the rules."""
    in_doubt: bool = False
    """An earlier try may stand: the connection was lost while it was being kept. Under the lock its event tells."""

    def make(self, store: Store, case: Case | UUID, seen: Seen) -> Receipt:
        """Raises `StepRefused`, `StaleCase`, `KeyUsedOtherwise`. A new case has nothing to lock and nothing seen."""
        before, open_flags = (case, ()) if isinstance(case, Case) else store.locked(case)
        self.before = before
        if self.in_doubt and self.receipt and store.stands(before.id, self.attempt.id):
            return self.receipt
        self.steps.clear()
        digest = _digest(None if isinstance(case, Case) else before.id, *self.request) if self.key else ""
        if self.key and (earlier := self._earlier(store, self.key, digest)):
            return earlier
        seen = LATEST if self.attempt.trigger == RAISING else seen  # a concern changes nothing that a screen showed
        if before.version and seen is not LATEST and seen != before.version:
            since = store.changes_since(before.id, seen or 0) if 0 <= (seen or 0) < before.version else ()
            raise StaleCase(before.id, before.version, seen or 0, since)
        if isinstance(case, Case) and store.is_taken(case.service, case.reference):
            raise ReferenceTaken
        self._take(store, before, self.attempt, open_flags)
        first = self.steps[0]
        for follows in (then for rule in self.asked for then in rule(store, first.after, first.event)):
            self._follow(store, follows, first.event)
        self.receipt = receipt = _receipt(self.steps)
        if self.key and not self.dry_run:
            answered = Answered(digest, receipt.as_answer())
            store.remember(self.attempt.actor.name, self.key, answered, self.attempt.now)
        return receipt

    def _take(self, store: Store, before: Case, attempt: Attempt, open_flags: tuple[str, ...]) -> None:
        beside = Surroundings(store, before, [step.after for step in self.steps])
        event = before.fire(attempt, lambda who: store.other_referral(before.service, who, before.id), beside)
        after = before.copy()
        after.apply(event)
        step = _Step(before, after, event, self._ended(store, after, open_flags))
        self.steps.append(step)
        if not self.dry_run:
            self._write(store, step)
        for follows in following(store, after, event):
            self._follow(store, follows, event)

    def _follow(self, store: Store, follows: Following, cause: CaseEvent) -> None:
        """Once for each record, unless a further step is meant: what follows from a step does not come back to it."""
        earlier = next((step.after for step in reversed(self.steps) if step.after.id == follows.case.id), None)
        if earlier is not None and not follows.again:
            return
        if follows.history and not self.dry_run:
            store.import_cases([(follows.case, follows.history, "")])
        case, open_flags = self._standing(store, follows, earlier)
        on = follows.on or (None if cause.effective_at else cause.effective_on)
        then = replace(self.attempt, trigger=follows.trigger, data=follows.data, id=new_id(), on=on, follows=True)
        try:
            self._take(store, case, then, open_flags)
        except StepRefused as refused:
            raise _refused_for(refused, self.attempt, self.before or case, case) from None

    def _standing(self, store: Store, follows: Following, earlier: Case | None) -> tuple[Case, tuple[str, ...]]:
        """A record as it stands in this act, and its open flags."""
        if earlier is not None and self.dry_run:
            return earlier, ()
        kept = earlier is not None or (follows.case.version and not (follows.history and self.dry_run))
        return store.locked(follows.case.id) if kept else (follows.case, ())

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

    def _write(self, store: Store, step: _Step) -> None:
        store.append(step.before, step.after, step.event)
        if step.cleared:
            because = f"{step.event.trigger}#{step.event.seq}"
            store.clear_flags(step.after.id, step.cleared, self.attempt.today, self.attempt.now, because)

    def tell(self) -> None:
        """The flags that the steps ended. Their own lines are owed to the log by the events: see `casework.audit`."""
        for step in () if self.dry_run else self.steps:
            for kind in step.cleared:
                log.flag_cleared(
                    case_id=step.after.id,
                    kind=kind,
                    cleared_on=self.attempt.today.isoformat(),
                    because=f"{step.event.trigger}#{step.event.seq}",
                    service=step.after.service,
                    reference=step.after.reference,
                )


def _refused_for(refused: StepRefused, attempt: Attempt, first: Case, about: Case) -> StepRefused:
    """A step that was to follow may not be taken, so the first one may not: its reasons name the other record."""
    where = f"{about.chart.kind.value} {about.reference}"
    reasons = [replace(reason, sentence=f"For {where}: {reason.sentence}", fields=()) for reason in refused.reasons]
    return StepRefused(attempt.trigger, first.state, reasons, refused.who)


def _digest(*request: Any) -> str:
    try:
        text = orjson.dumps(request, option=orjson.OPT_SORT_KEYS, default=str)
    except orjson.JSONEncodeError:
        raise BadRequest(
            "bad_data", "The answers are no plain values, or lie too deep in each other.", "data"
        ) from None
    return hashlib.sha256(text).hexdigest()


def _receipt(steps: Sequence[_Step]) -> Receipt:
    first, also = steps[0], steps[1:]
    after, event = first.after, first.event
    followed = tuple(Followed(s.after.chart.kind.value, s.after.reference, s.event.trigger, s.event.seq) for s in also)
    return Receipt(
        after.id,
        after.reference,
        event.seq,
        event.trigger,
        after.state,
        event.effective_on,
        first.cleared,
        followed,
    )
