"""The use-cases: what a clinic's screen, the command line or a job may ask of casework."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from casework import log
from casework.actor import Actor
from casework.case import Attempt, Case
from casework.change import Change, Receipt
from casework.errors import BadRequest, ReferenceTaken, StaleCase, StepRefused
from casework.forms import schema
from casework.identity import new_id
from casework.lists import REFERENCE, Lists, id_of
from casework.store import KeyTaken, RefusedAttempt
from workflows import Chart, Refusal, Role
from workflows.registry import CHARTS, UnknownService, chart_for

_REFERENCE = re.compile(REFERENCE)
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


class Casework(Lists):
    """The cases of a database. One call, one transaction. Safe to share between threads."""

    def open_case(
        self,
        service: str,
        trigger: str,
        actor: Actor,
        data: Mapping[str, Any] | None = None,
        *,
        reference: str | None = None,
        on: date | None = None,
        key: str | None = None,
        request_id: str | None = None,
        dry_run: bool = False,
    ) -> Receipt:
        """Open a referral with its first step (`take_call`, `receive_referral`).

        Raises `StepRefused`, `BadRequest`, `ReferenceTaken`.
        """
        case_id = new_id()
        case = Case(case_id, _chart(service), checked_reference(reference) or f"C-{case_id.hex[-12:]}")
        _check_request(data, on, key, request_id)
        attempt = Attempt(trigger, actor, self.now(), data or {}, on, request_id=request_id)
        request = ("open", service, reference, trigger, data, on)
        return self._make(case, None, Change(attempt, request, key, dry_run))

    def fire(
        self,
        case: str | UUID,
        trigger: str,
        actor: Actor,
        data: Mapping[str, Any] | None = None,
        *,
        seen: int,
        on: date | None = None,
        key: str | None = None,
        request_id: str | None = None,
        dry_run: bool = False,
    ) -> Receipt:
        """Take a step. `seen` is the version that the person's screen showed; `on` an earlier day (Europe/London).

        Raises `StepRefused` with every reason, `StaleCase` when somebody was first, `KeyUsedOtherwise`, `NoSuchCase`,
        `BadRequest`.
        """
        _check_request(data, on, key, request_id)
        attempt = Attempt(trigger, actor, self.now(), data or {}, on, request_id=request_id)
        return self._make(case, seen, Change(attempt, ("fire", trigger, data, on), key, dry_run))

    def _make(self, which: Case | str | UUID, seen: int | None, change: Change) -> Receipt:
        try:
            receipt = self._told_as_its_twin(which, seen, change)
        except StepRefused as refused:
            if not change.dry_run:
                self._keep_refusal(refused, which, change.attempt)
            raise
        except StaleCase as stale:
            attempt = change.attempt
            log.case_conflict(
                case_id=str(stale.case_id),
                recorded_at=attempt.now.isoformat(),
                trigger=attempt.trigger if any(attempt.trigger in c.triggers for c in CHARTS.values()) else "unknown",
                actor=attempt.actor.name,
                via=attempt.actor.via,
                version=stale.version,
                seen=stale.seen,
                request_id=attempt.request_id,
            )
            raise
        change.tell()
        return receipt

    def _told_as_its_twin(self, which: Case | str | UUID, seen: int | None, change: Change) -> Receipt:
        """A twin of the request, at work at the same moment, may be what stands in the way: then its answer is ours."""
        try:
            return self._in_one_transaction(which, seen, change)
        except (KeyTaken, ReferenceTaken, StepRefused):
            if change.key is None:
                raise
            return self._in_one_transaction(which, seen, change)

    def _in_one_transaction(self, which: Case | str | UUID, seen: int | None, change: Change) -> Receipt:
        with self._database.writing() as store:
            case = which if isinstance(which, Case) else id_of(store, which)
            return change.make(store, case, seen)

    def _keep_refusal(self, refused: StepRefused, which: Case | str | UUID, attempt: Attempt) -> None:
        """In a transaction of its own: the one that was refused has been rolled back."""
        with self._database.writing() as store:
            case = which if isinstance(which, Case) else store.case(id_of(store, which))
            kept = RefusedAttempt(
                case_id=None if isinstance(which, Case) else case.id,
                service=case.service,
                trigger=refused.trigger if refused.trigger in case.chart.triggers else "unknown",
                state=refused.state,
                actor=attempt.actor.name,
                via=attempt.actor.via,
                at=attempt.now,
                reasons=refused.reasons,
                request_id=attempt.request_id,
            )
            store.keep_refusal(kept)
        refused.trigger = kept.trigger
        log.case_refused(
            refused,
            service=kept.service,
            reference=case.reference if kept.case_id else None,
            case_id=str(kept.case_id) if kept.case_id else None,
            actor=kept.actor,
            role=attempt.actor.acting_as(refused.who),
            via=kept.via,
            recorded_at=attempt.now.isoformat(),
            pathway=case.chart.id,
            request_id=attempt.request_id,
        )

    def options(self, case: str | UUID, actor: Actor) -> tuple[Option, ...]:
        """Each trigger from the present state: allowed or refused with its reasons, and the answers it needs."""
        with self._database.reading() as store:
            found = store.case(id_of(store, case))
            other = store.other_referral(found.service, found.people, found.id)
        return self._options(found, actor, other)

    def opening_options(self, service: str, actor: Actor) -> tuple[Option, ...]:
        """The steps that open a referral in a service. Raises `BadRequest` for a service that is not here."""
        return self._options(Case(new_id(), _chart(service), ""), actor, None)

    def _options(self, found: Case, actor: Actor, other: str | None) -> tuple[Option, ...]:
        facts = found.facts(self.today(), roles=actor.roles, other_referral=other)
        return tuple(
            Option(move.trigger, move.to, not against, move.who, against, schema(move, found.answers))
            for move, against in found.steps(facts)
        )


def _chart(service: str) -> Chart:
    try:
        return chart_for(service)
    except UnknownService as problem:
        raise BadRequest("unknown_service", str(problem), "service") from None


def checked_reference(reference: str | None) -> str | None:
    """A service's own reference as it may be kept; None asks for one to be made. Raises `BadRequest`."""
    if reference is not None and not _REFERENCE.fullmatch(reference):
        raise BadRequest("bad_reference", "A reference has letters, digits and . _ - / only, up to 64.", "reference")
    return reference


def _check_request(data: object, on: object, key: str | None, request_id: str | None) -> None:
    if on is not None and (not isinstance(on, date) or isinstance(on, datetime)):
        raise BadRequest("wrong_type", "The day of a step is a date.", "on")
    if data is not None and not (isinstance(data, Mapping) and all(isinstance(name, str) for name in data)):
        raise BadRequest("bad_data", "The answers are given by name, like clinician: clin-04.", "data")
    if key is not None and not _KEY.fullmatch(key):
        raise BadRequest("bad_key", "A key is 1 to 200 characters with no blanks: letters, digits and signs.", "key")
    if request_id is not None and not _REQUEST_ID.fullmatch(request_id):
        raise BadRequest("bad_request_id", "A request id has letters, digits and . _ : -, up to 64.", "request_id")
