"""The use-cases: what a clinic's screen, the command line or a job may ask of casework."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn
from uuid import UUID

from casework import log
from casework.actor import Actor
from casework.calendar import london_day, utc_now
from casework.case import Attempt, Case, CaseEvent
from casework.change import Change, Receipt
from casework.errors import BadRequest, NoSuchCase, ReferenceTaken, StaleCase, StepRefused
from casework.forms import schema
from casework.identity import new_id
from casework.replay import Difference, compare
from casework.store import Asked, FlagRow, Keeper, KeyTaken, NightReport, RefusedAttempt, Store, WorklistRow
from workflows import Chart, Refusal, Role
from workflows.eligibility import Eligibility, eligibility
from workflows.flags import FLAGS
from workflows.registry import CHARTS, CURRENT, UnknownService, chart_for
from workflows.vocabulary import Stage

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_NAMES_A_CASE = re.compile(rf"(?:[a-z0-9-]{{1,64}}/)?{_REFERENCE.pattern}")
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


class Casework:
    """The cases of a database. One call, one transaction. Safe to share between threads."""

    def __init__(self, database: Keeper, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    @property
    def database(self) -> Keeper:
        return self._database

    def now(self) -> datetime:
        return self._now()

    def today(self) -> date:
        return london_day(self._now())

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
            case = which if isinstance(which, Case) else _id_of(store, which)
            return change.make(store, case, seen)

    def _keep_refusal(self, refused: StepRefused, which: Case | str | UUID, attempt: Attempt) -> None:
        """In a transaction of its own: the one that was refused has been rolled back."""
        with self._database.writing() as store:
            case = which if isinstance(which, Case) else store.case(_id_of(store, which))
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
            found = store.case(_id_of(store, case))
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

    def case(self, case: str | UUID) -> Case:
        """A referral as it stands. Raises `NoSuchCase`, `AmbiguousReference`."""
        with self._database.reading() as store:
            return store.case(_id_of(store, case))

    def eligibility(self, case: str | UUID) -> Eligibility:
        """Meets, discuss or excluded, with every criterion of the service that speaks for discussion or exclusion."""
        found = self.case(case)
        return eligibility(found.facts(self.today()))

    def case_flags(self, case: str | UUID) -> tuple[FlagRow, ...]:
        """The flags that are open on a referral. Raises `NoSuchCase`."""
        with self._database.reading() as store:
            return store.open_flags(store.case(_id_of(store, case)).id)

    def history(self, case: str | UUID) -> tuple[CaseEvent, ...]:
        """Everything that happened to a referral, in the order in which it was recorded. Raises `NoSuchCase`."""
        with self._database.reading() as store:
            return store.events(_id_of(store, case)) or _no_such_case()

    def worklist(self, asked: Asked | None = None) -> Sequence[WorklistRow]:
        """The open referrals, longest wait first. Raises `BadRequest` for a service that is not here."""
        with self._database.reading() as store:
            return store.worklist(self._asked(asked))

    def flags(self, asked: Asked | None = None) -> Sequence[FlagRow]:
        """The flags that are open on the day asked for, longest wait first."""
        with self._database.reading() as store:
            return store.flags(self._asked(asked))

    def _asked(self, asked: Asked | None) -> Asked:
        today = self.today()
        if asked is not None and asked.on > today:
            raise BadRequest("date_in_future", "A list cannot be read for a day that has not come.", "as_of")
        return _checked(asked or Asked(today))

    def replay(self, case: str | UUID) -> tuple[tuple[CaseEvent, ...], tuple[Difference, ...]]:
        """The events of a referral, folded by code that shares nothing with the live path, against what is kept."""
        with self._database.reading() as store:
            case_id = _id_of(store, case)
            kept, events, beside = store.case(case_id), store.events(case_id), store.beside(case_id)
        return events, compare(kept, events, beside)

    def case_ids(self) -> tuple[UUID, ...]:
        with self._database.reading() as store:
            return tuple(store.case_ids())

    def night(self, as_of: date | None = None, *, by: str = "night", dry_run: bool = False) -> NightReport:
        """Raise and clear the flags of every open referral as of a day. Safe to run twice; moves nobody."""
        on = as_of or self.today()
        if on > self.today():
            raise BadRequest("date_in_future", "A night cannot be run for a day that has not come.", "as_of")
        return self._database.sweep(on, by, self._now, dry_run=dry_run)


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


def _checked(asked: Asked) -> Asked:
    for what, given, known in (
        ("service", asked.service, tuple(CURRENT)),
        ("stage", asked.stage, tuple(Stage)),
        ("kind", asked.kind, tuple(FLAGS)),
    ):
        if given is not None and given not in known:
            raise BadRequest(f"unknown_{what}", f"There is no such {what}. Choose from: {', '.join(known)}.", what)
    return asked


def _check_request(data: object, on: object, key: str | None, request_id: str | None) -> None:
    if on is not None and (not isinstance(on, date) or isinstance(on, datetime)):
        raise BadRequest("wrong_type", "The day of a step is a date.", "on")
    if data is not None and not (isinstance(data, Mapping) and all(isinstance(name, str) for name in data)):
        raise BadRequest("bad_data", "The answers are given by name, like clinician: clin-04.", "data")
    if key is not None and not _KEY.fullmatch(key):
        raise BadRequest("bad_key", "A key is 1 to 200 characters with no blanks: letters, digits and signs.", "key")
    if request_id is not None and not _REQUEST_ID.fullmatch(request_id):
        raise BadRequest("bad_request_id", "A request id has letters, digits and . _ : -, up to 64.", "request_id")


def _id_of(store: Store, case: str | UUID) -> UUID:
    """What cannot be the name of a case is none: it does not get as far as the database."""
    if isinstance(case, UUID):
        return case
    return store.find(case) if _NAMES_A_CASE.fullmatch(case) else _no_such_case()


def _no_such_case() -> NoReturn:
    raise NoSuchCase
