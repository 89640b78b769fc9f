"""What screens read: one referral, its history and its flags, and the lists of a service, today or on a past day."""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NoReturn
from uuid import UUID

from casework import limits, log
from casework.actor import Actor, checked_actor
from casework.asof import Known, PastDay, as_at, as_stood, flag_rows, in_turn, worklist_rows
from casework.calendar import london_day, utc_now
from casework.case import Case, CaseEvent
from casework.errors import BadRequest, NoSuchCase, StorageError
from casework.explaining import Explained, explained, explained_by_the_night
from casework.figures import figures_with
from casework.health import Health, health
from casework.identity import REFERENCE
from casework.ledger import NightReport
from casework.nights import Nights
from casework.replay import UNREADABLE, Difference, compare
from casework.store import Asked, FlagAct, FlagRow, FlagStretch, Keeper, Store, WorklistRow
from workflows.eligibility import Eligibility, eligibility
from workflows.flags import FLAGS, MARKS
from workflows.registry import CURRENT
from workflows.vocabulary import Stage

_NAMES_A_CASE = re.compile(rf"(?:[a-z0-9-]{{1,64}}/)?{REFERENCE}")
LONGEST_SNOOZE = timedelta(days=366)
LONGEST_REASON = 2_000


_NO_SENSE = (Difference("unreadable", "unreadable: its rows make no sense to this version"),)
_NOT_TEXT = "database_failed"
"""What the database says where somebody put bytes that are no text into a column of SQLite."""


class Lists:
    """The reading half of `Casework`, and what people say about flags. One call, one moment."""

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

    def case(self, case: str | UUID) -> Case:
        """A record as it stands, for a program. Who shows it to a person asks `read`, which keeps that it was read.

        Raises `NoSuchCase`, `AmbiguousReference`.
        """
        with self._database.reading() as store:
            return store.case(id_of(store, case))

    def eligibility(self, case: str | UUID) -> Eligibility:
        """Meets, discuss or excluded, with every criterion of the service that speaks for discussion or exclusion."""
        found = self.case(case)
        return eligibility(found.facts(self.today()))

    def case_flags(self, case: str | UUID) -> tuple[FlagRow, ...]:
        """The flags that are open on a referral. Raises `NoSuchCase`."""
        with self._database.reading() as store:
            return store.open_flags(_known_id(store, case), self.today())

    def flag_history(self, case: str | UUID) -> tuple[FlagStretch, ...]:
        """Every flag that a referral ever had: when it was raised and cleared, why, and what people did about it."""
        with self._database.reading() as store:
            return store.flag_history(_known_id(store, case))

    def explain(self, case: str | UUID, kind: str) -> Explained:
        """Why a referral has a flag of a kind, or has it not: the rule, the days and the sum, as of today."""
        kind = _known_kind(kind)
        if kind in MARKS:
            return explained_by_the_night(kind)
        with self._database.reading() as store:
            found = store.case(id_of(store, case))
            figure = figures_with({found.service: store.figures(found.service)})
        return explained(found, kind, self.today(), figure)

    def see_flag(self, case: str | UUID, kind: str, actor: Actor, reason: str | None = None) -> None:
        """Say that a person has seen an open flag. It stays as it is. Raises `BadRequest` where none is open."""
        self._act(case, kind, actor, "seen", reason=reason)

    def snooze_flag(self, case: str | UUID, kind: str, actor: Actor, *, until: date, reason: str) -> None:
        """Keep an open flag quiet until a day, at most a year ahead. A graver flag that takes its place is not quiet.

        Raises `BadRequest` for no reason, a day that is not ahead or too far, and where no such flag is open.
        """
        reason = limits.words(reason, "reason", "Say why the flag may be quiet.", LONGEST_REASON)
        until = limits.day(until, "until")
        if not self.today() < until <= self.today() + LONGEST_SNOOZE:
            raise BadRequest("bad_snooze", "A flag is kept quiet until a day ahead, within a year.", "until")
        self._act(case, kind, actor, "snoozed", reason=reason, until=until)

    def wake_flag(self, case: str | UUID, kind: str, actor: Actor) -> None:
        """Let a snoozed flag be heard again at once."""
        self._act(case, kind, actor, "woken")

    def _act(
        self, case: str | UUID, kind: str, actor: Actor, act: str, reason: str | None = None, until: date | None = None
    ) -> None:
        kind, actor = _known_kind(kind), checked_actor(actor)
        if reason is not None:
            reason = limits.words(reason, "reason", "Say what was found.", LONGEST_REASON, needed=False)
        now = self.now()
        did = FlagAct(act, london_day(now), now, actor.name, reason or None, until)
        with self._database.writing() as store:
            found = store.case(id_of(store, case))
            if not store.keep_flag_act(found.id, kind, did):
                raise BadRequest("no_such_flag", "No flag of this kind is open on the referral.", "kind")
        log.flag_act(
            act,
            service=found.service,
            reference=found.reference,
            case_id=str(found.id),
            kind=kind,
            until=until.isoformat() if until else None,
            actor=actor.name,
            via=actor.via,
            recorded_at=now.isoformat(),
        )

    def history(self, case: str | UUID) -> tuple[CaseEvent, ...]:
        """Everything that happened to a referral, in the order in which it was recorded. Raises `NoSuchCase`."""
        with self._database.reading() as store:
            return store.events(id_of(store, case)) or no_such_case()

    def worklist(self, asked: Asked | None = None) -> Sequence[WorklistRow]:
        """The open referrals, in the order in which they go. Raises `BadRequest` for a service that is not here.

        For a past day every referral is folded up to it again: from what is known now, or `as_known_then`.
        """
        wanted = self._asked(asked)
        if wanted.on == self.today():
            with self._database.reading() as store:
                return store.worklist(wanted)
        past = PastDay(wanted.on, Known.THEN if wanted.as_known_then else Known.NOW)
        rows = worklist_rows(past, self._cases_on(past, wanted), self.nights.lookup())
        found = [row for row in rows if wanted.kind is None or wanted.kind in row.flags]
        return sorted(found, key=in_turn)

    def flags(self, asked: Asked | None = None) -> Sequence[FlagRow]:
        """The flags that were open on the day asked for, longest wait first: those that nights raised.

        `as_known_then` leaves out what was raised or cleared later for that day, by a night that was caught up.
        """
        wanted = self._asked(asked)
        if wanted.on == self.today():
            with self._database.reading() as store:
                return store.flags(wanted)
        past = PastDay(wanted.on, Known.THEN if wanted.as_known_then else Known.NOW)
        with self._database.reading() as store:
            found = store.flags(replace(wanted, stage=None))
            rows = [self._as_stood(store, past, row) for row in found]
        return sorted((row for row in rows if wanted.stage in (None, row.stage)), key=_longest_first)

    def _as_stood(self, store: Store, past: PastDay, row: FlagRow) -> FlagRow:
        case = as_at(past, row.reference, store.events(row.case_id))
        return row if case is None else as_stood(past, case, row)

    def flags_as_known_now(self, asked: Asked) -> Sequence[FlagRow]:
        """The flags that ought to have been open on a day, given what is known of it now. No night is asked."""
        wanted = self._asked(asked)
        past = PastDay(wanted.on, Known.NOW)
        found = flag_rows(past, self._cases_on(past, wanted), self.nights.lookup())
        return sorted((row for row in found if wanted.kind in (None, row.kind)), key=_longest_first)

    def _cases_on(self, past: PastDay, asked: Asked) -> list[Case]:
        with self._database.reading() as store:
            stood = (as_at(past, *known) for known in store.events_until(past.day, asked.service))
            return [case for case in stood if case and asked.stage in (None, case.stage)]

    def _asked(self, asked: Asked | None) -> Asked:
        today = self.today()
        wanted = Asked(today) if asked is None else _checked(asked)
        if wanted.on > today:
            raise BadRequest("date_in_future", "A list cannot be read for a day that has not come.", "as_of")
        if wanted.on < today:
            first = self.nights.keeper.first_day()
            if first is not None and wanted.on < first:
                raise BadRequest("before_first_event", "No referral was here yet on that day.", "as_of")
        return wanted

    def replay(self, case: str | UUID) -> tuple[tuple[CaseEvent, ...], tuple[Difference, ...]]:
        """The events of a referral, folded by code that shares nothing with the live path, against what is kept."""
        with self._database.reading() as store:
            case_id = id_of(store, case)
            kept, events, beside = store.case(case_id), store.events(case_id), store.beside(case_id)
        return events, compare(kept, events, beside)

    def differing(self) -> Iterator[tuple[UUID, tuple[Difference, ...]]]:
        """Of every referral that does not agree with its events, or cannot be read at all: on what."""
        for case_id in self.case_ids():
            try:
                differences = self.replay(case_id)[1]
            except (NoSuchCase, *UNREADABLE):
                differences = _NO_SENSE
            except StorageError as problem:
                if problem.code != _NOT_TEXT:
                    raise
                differences = _NO_SENSE
            if differences:
                yield case_id, differences

    def case_ids(self) -> tuple[UUID, ...]:
        with self._database.reading() as store:
            return tuple(store.case_ids())

    def health(self) -> Health:
        """Whether the nights are being done, and what somebody has to look at."""
        return health(self.nights, self._database.audit.owed(), self.now())

    @property
    def nights(self) -> Nights:
        """The nightly run, its ledger, and the figures that it flags by."""
        return Nights(self._database.nights(self._now), self._now)

    def night(self, as_of: date | None = None, *, by: str = "night", dry_run: bool = False) -> NightReport:
        """Raise and clear the flags of every open referral as of a day: see `Nights.run`. Moves nobody.

        Without a day: tonight's, after the nights that were missed. Once tonight's is done they could not be made up.
        """
        dry_run = limits.switch(dry_run, "dry_run")
        if as_of is None and not dry_run:
            deque(self.nights.catch_up(by=by, before=self.today()), maxlen=0)
        return self.nights.run(as_of, by=by, dry_run=dry_run)


def _longest_first(flag: FlagRow) -> tuple[bool, int, str, str, str]:
    return flag.days is None, -(flag.days or 0), flag.service, flag.reference, flag.kind


def _checked(asked: object) -> Asked:
    """The same with plain values. Raises `BadRequest`."""
    if not isinstance(asked, Asked):
        raise BadRequest("wrong_type", "A list is asked for with Asked(on, service, stage, kind).", "asked")
    return Asked(
        on=limits.day(asked.on, "as_of"),
        service=_one_of("service", asked.service, tuple(CURRENT)),
        stage=_one_of("stage", asked.stage, tuple(Stage)),
        kind=_one_of("kind", asked.kind, tuple(FLAGS)),
        quiet=limits.switch(asked.quiet, "quiet"),
        as_known_then=limits.switch(asked.as_known_then, "as_known_then"),
    )


def _one_of(what: str, given: object, known: Sequence[str]) -> str | None:
    plain = limits.text(given)
    if given is not None and (plain is None or plain not in known):
        raise BadRequest(f"unknown_{what}", f"There is no such {what}. Choose from: {', '.join(known)}.", what)
    return plain


def _known_kind(kind: object) -> str:
    return _one_of("kind", "" if kind is None else kind, tuple(FLAGS)) or ""


def id_of(store: Store, case: str | UUID) -> UUID:
    """What cannot be the name of a case is none: it does not get as far as the database."""
    if (known := limits.identifier(case)) is not None:
        return known
    name = limits.text(case)
    return store.find(name) if name and _NAMES_A_CASE.fullmatch(name) else no_such_case()


def _known_id(store: Store, case: str | UUID) -> UUID:
    """Of a referral that is here, whether or not the rest of it can be read."""
    known = limits.identifier(case)
    return id_of(store, case) if known is None else store.find(str(known))


def no_such_case() -> NoReturn:
    raise NoSuchCase
