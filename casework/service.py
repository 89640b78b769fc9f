"""The use-cases: what a clinic's screen, the command line or a job may ask of casework."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from casework import limits, log
from casework.actor import Actor, checked_actor
from casework.calendar import utc_now
from casework.case import Attempt, Case, new_case
from casework.change import Change, Latest, Receipt, Seen
from casework.duplicates import Duplicates
from casework.errors import BadRequest, ReferenceTaken, StaleCase, StepRefused, StorageError
from casework.forms import schema
from casework.identity import is_reference, new_id
from casework.lists import id_of
from casework.refusing import refusal, tell
from casework.retrying import PATIENCE_SECONDS, Retrying
from casework.store import Keeper, KeyTaken, Store
from casework.surroundings import Surroundings
from workflows import Chart, Refusal, Role
from workflows.beside import RecordKind
from workflows.registry import UnknownService, chart_for, every_chart

_KEY = re.compile(r"[!-~]{1,200}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


@dataclass(frozen=True, slots=True)
class Option:
    """A step from the present state: allowed or why not, who may take it, and the answers it needs (JSON Schema)."""

    trigger: str
    to: str
    allowed: bool
    who: tuple[Role, ...]
    reasons: tuple[Refusal, ...]
    data: dict[str, Any]


class Casework(Duplicates):
    """The cases of a database. One call, one transaction. Safe to share between threads.

    `patience` is how long a caller of a step waits, in seconds, while the database is away or in others' hands: the
    step is tried again until then, as a whole, and never done twice.
    """

    def __init__(
        self, database: Keeper, now: Callable[[], datetime] = utc_now, *, patience: float = PATIENCE_SECONDS
    ) -> None:
        super().__init__(database, now)
        self._patience = patience

    def open_case(
        self,
        service: str,
        trigger: str,
        actor: Actor,
        data: Mapping[str, Any] | None = None,
        *,
        kind: str = RecordKind.REFERRAL,
        reference: str | None = None,
        on: date | None = None,
        key: str | None = None,
        request_id: str | None = None,
        dry_run: bool = False,
    ) -> Receipt:
        """Open a referral with its first step (`take_call`, `receive_referral`), or a record of another `kind`.

        Raises `StepRefused`, `BadRequest`, `ReferenceTaken`.
        """
        trigger, actor, data, on, dry_run = _checked_request(trigger, actor, data, on, dry_run)
        case = new_case(_chart(service, kind, on or self.today()), checked_reference(reference))
        key, request_id = _checked_names(key, request_id)
        attempt = Attempt(trigger, actor, self.now(), data or {}, on, request_id=request_id)
        request = ("open", service, *([kind] if kind != RecordKind.REFERRAL else []), reference, trigger, data, on)
        receipt = self.make(case, None, Change(attempt, request, key, dry_run))
        return receipt if dry_run else replace(receipt, alike=self._alike(receipt))

    def _alike(self, receipt: Receipt) -> tuple[str, ...]:
        """The references of records that may be of the same baby. The opening stands, whether they are found or not."""
        with suppress(StorageError):
            found = self.duplicates_of(receipt.case_id)
            return tuple(ref for one in found for ref in (one.first, one.second) if ref != receipt.reference)
        return ()

    def fire(
        self,
        case: str | UUID,
        trigger: str,
        actor: Actor,
        data: Mapping[str, Any] | None = None,
        *,
        seen: int | Latest,
        on: date | None = None,
        key: str | None = None,
        request_id: str | None = None,
        dry_run: bool = False,
    ) -> Receipt:
        """Take a step. `seen` is the version that the person's screen showed; `on` an earlier day (Europe/London).

        A machine has seen nothing and says `LATEST`: its step is judged against what stands when it is taken.
        Raises `StepRefused` with every reason, `StaleCase` when somebody was first, `KeyUsedOtherwise`, `NoSuchCase`,
        `BadRequest`.
        """
        trigger, actor, data, on, dry_run = _checked_request(trigger, actor, data, on, dry_run)
        key, request_id = _checked_names(key, request_id)
        seen = seen if type(seen) is Latest else limits.version(seen)
        attempt = Attempt(trigger, actor, self.now(), data or {}, on, request_id=request_id)
        return self.make(case, seen, Change(attempt, ("fire", trigger, data, on), key, dry_run))

    def make(self, which: Case | str | UUID, seen: Seen, change: Change) -> Receipt:
        """One change of one record and of what follows. `open_case` and `fire` put their requests in this shape."""
        retrying = Retrying(self._patience)
        try:
            receipt = self._told_as_its_twin(which, seen, change, retrying)
        except StepRefused as refused:
            if not change.dry_run and change.before is not None:
                self._keep_refusal(refused, change.before, change.attempt, Retrying(retrying.left))
            raise
        except StaleCase as stale:
            attempt = change.attempt
            log.case_conflict(
                case_id=str(stale.case_id),
                recorded_at=attempt.now.isoformat(),
                trigger=attempt.trigger if any(attempt.trigger in c.triggers for c in every_chart()) else "unknown",
                actor=attempt.actor.name,
                via=attempt.actor.via,
                version=stale.version,
                seen=stale.seen,
                request_id=attempt.request_id,
            )
            raise
        change.tell()
        return receipt

    def _told_as_its_twin(self, which: Case | str | UUID, seen: Seen, change: Change, retrying: Retrying) -> Receipt:
        """A twin of the request, at work at the same moment, may be what stands in the way: then its answer is ours."""

        def once(within: float) -> Receipt:
            change.in_doubt = retrying.in_doubt
            with self._database.writing(within) as store:
                return change.make(store, which if isinstance(which, Case) else id_of(store, which), seen)

        try:
            return retrying.run(once)
        except (KeyTaken, ReferenceTaken, StepRefused):
            if change.key is None and not change.in_doubt:
                raise
            return retrying.run(once)

    def _keep_refusal(self, refused: StepRefused, case: Case, attempt: Attempt, retrying: Retrying) -> None:
        """In a transaction of its own: the one that was refused has been rolled back."""
        kept = refusal(refused, case, attempt.actor, attempt.now, attempt.request_id)

        def once(within: float) -> None:
            with self._database.writing(within) as store:
                store.keep_refusal(kept)

        with suppress(KeyTaken):  # an earlier try of it stands
            retrying.run(once)
        refused.trigger = kept.trigger
        tell(refused, kept, case, attempt.actor)

    def options(self, case: str | UUID, actor: Actor) -> tuple[Option, ...]:
        """Each trigger from the present state: allowed or refused with its reasons, and the answers it needs."""
        actor = checked_actor(actor)
        with self._database.reading() as store:
            found = store.case(id_of(store, case))
            other = store.other_referral(found.service, found.people, found.id)
            return self._options(found, actor, store, other)

    def opening_options(self, service: str, actor: Actor, kind: str = RecordKind.REFERRAL) -> tuple[Option, ...]:
        """The steps that open a record in a service. Raises `BadRequest` for a service or a kind that is not here."""
        chart, actor = _chart(service, kind, self.today()), checked_actor(actor)
        with self._database.reading() as store:
            return self._options(Case(new_id(), chart, ""), actor, store, None)

    def _options(self, found: Case, actor: Actor, store: Store, other: str | None) -> tuple[Option, ...]:
        beside = Surroundings(store, found)
        known: dict[str, Any] = {"other_referral": other, "beside": beside}
        facts = found.facts(self.today(), roles=actor.roles, actor=actor.name, **known)
        return tuple(
            Option(move.trigger, move.to, not against, move.who, against, schema(move, found.answers))
            for move, against in found.steps(facts)
        )


def _chart(service: str, kind: str, on: date) -> Chart:
    wanted = limits.text(kind)
    if wanted not in set(RecordKind):
        raise BadRequest("unknown_kind", f"There is no such kind of record. Kinds: {', '.join(RecordKind)}.", "kind")
    try:
        return chart_for(limits.text(service) or "", RecordKind(wanted), on)
    except UnknownService as problem:
        raise BadRequest("unknown_service", str(problem), "service") from None


def checked_reference(reference: str | None) -> str | None:
    """A service's own reference as it may be kept; None asks for one to be made. Raises `BadRequest`."""
    plain = limits.text(reference)
    if reference is not None and not is_reference(plain):
        raise BadRequest("bad_reference", "A reference has letters, digits and . _ - / only, up to 64.", "reference")
    return plain


def _checked_request(
    trigger: object, actor: object, data: object, on: object, dry_run: object
) -> tuple[str, Actor, dict[str, Any] | None, date | None, bool]:
    """What a step is asked for with, as plain values: from here on nothing of a caller's own kind is touched."""
    step = limits.text(trigger)
    if step is None:
        raise BadRequest("wrong_type", "A step is asked for by its name, like allocate.", "trigger")
    answers = None if data is None else limits.answers(data)
    return step, checked_actor(actor), answers, limits.optional_day(on, "on"), limits.switch(dry_run, "dry_run")


def _checked_names(key: object, request_id: object) -> tuple[str | None, str | None]:
    plain_key, plain_id = limits.text(key), limits.text(request_id)
    if key is not None and not (plain_key and _KEY.fullmatch(plain_key)):
        raise BadRequest("bad_key", "A key is 1 to 200 characters with no blanks: letters, digits and signs.", "key")
    if request_id is not None and not (plain_id and _REQUEST_ID.fullmatch(plain_id)):
        raise BadRequest("bad_request_id", "A request id has letters, digits and . _ : -, up to 64.", "request_id")
    return plain_key, plain_id
