"""What a case is: a referral on its pathway. `fire` decides and changes nothing; `apply` is the only way it changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from casework.actor import Actor
from casework.answers import take
from casework.aside import hold_of, put_aside, stand_again
from casework.calendar import london_day
from casework.errors import StepRefused
from casework.forms import checked
from casework.identity import PREFIXES, People, new_id, people
from casework.waiting import ClockState, begun, known_days
from workflows import Chart, Facts, Move, Refusal
from workflows.beside import ALONE, Beside, RecordKind
from workflows.engine import Judgement, beyond_answers, engine_of, lacks, stated, told_once
from workflows.guards.days import before_what_it_follows
from workflows.guards.referral import information_complete, missing_answers, no_other_open_referral
from workflows.guards.safeguarding import RAISING
from workflows.vocabulary import NEW, Again

OtherReferral = Callable[[People], str | None]
"""Answers with the reference of another open referral of the service for the same baby and carer."""


def nobody_else(people: People) -> None:
    """There is no other referral: a case on its own."""


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One thing that happened, as it was recorded. Never changed, never removed.

    `effective_on` is the day in Europe/London on which it happened; `effective_at` the instant (UTC), where more
    than the day is known. `not_recorded` names the answers that the step would ask for today and that the paper
    record, from which it was imported, does not hold.
    """

    id: UUID
    case_id: UUID
    seq: int
    trigger: str
    source: str
    to: str
    actor: str
    role: str | None
    via: str
    effective_on: date
    effective_at: datetime | None
    recorded_at: datetime
    pathway: str
    data: Mapping[str, Any]
    not_recorded: tuple[str, ...] = ()
    imported: bool = False
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A step that somebody wants to take, `on` where that was an earlier day. `id` is its event's in every try."""

    trigger: str
    actor: Actor
    now: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    on: date | None = None
    imported: bool = False
    request_id: str | None = None
    id: UUID = field(default_factory=new_id)
    follows: bool = False
    """The consequence of another step, taken in the same transaction by the same person."""

    @property
    def today(self) -> date:
        return london_day(self.now)


@dataclass(slots=True)
class Case:
    """One referral: where it stands, since when, and what is known. The fold of its events."""

    id: UUID
    chart: Chart
    reference: str
    state: str = NEW
    version: int = 0
    opened_on: date | None = None
    closed_on: date | None = None
    placed_on: date | None = None
    placed_by: int = 0
    held_since: date | None = None
    head: bytes = b""
    """Digest of its newest event as it is kept; empty while nothing is."""
    answers: dict[str, Any] = field(default_factory=dict)
    clocks: dict[str, ClockState] = field(default_factory=dict)

    @property
    def service(self) -> str:
        return self.chart.rules.service

    @property
    def open(self) -> bool:
        return self.state != NEW and not self.chart.states[self.state].closed

    @property
    def stage(self) -> str:
        return self.chart.states[self.state].stage.value

    @property
    def gaps(self) -> tuple[str, ...]:
        """What the written referral still lacks, in the service's order; nothing before it came or once closed."""
        if not self.open or not self.answers.get("received_on"):
            return ()
        return missing_answers(self.facts(self.placed_on or date.min))

    @property
    def days(self) -> dict[str, date]:
        """The days beside its clocks that flags are counted from or to; none once it is closed."""
        counted = self.open and self.chart.kind is RecordKind.REFERRAL
        return known_days(self.answers, self.chart.rules.age_limit) if counted else {}

    @property
    def people(self) -> People:
        """Keys of the baby and the carer whose relationship this referral is about; none of a record beside it."""
        return people(self.answers) if self.chart.kind is RecordKind.REFERRAL else (None, None)

    @property
    def links(self) -> dict[str, str]:
        """The records of the service that it names, by the answer in which it names them."""
        return {name: str(self.answers[name]) for name in self.chart.links if self.answers.get(name)}

    def facts(self, on: date, data: Mapping[str, Any] | None = None, **known: Any) -> Facts:
        return Facts(
            rules=self.chart.rules,
            state=self.state,
            on=on,
            recorded=self.answers,
            data=data or {},
            closed_on=self.closed_on,
            held_since=self.held_since,
            reference=self.reference,
            **known,
        )

    def copy(self) -> "Case":
        return replace(self, answers=dict(self.answers), clocks=dict(self.clocks))

    def fire(self, attempt: Attempt, other_referral: OtherReferral = nobody_else, beside: Beside = ALONE) -> CaseEvent:
        """The event that the step would be. Raises `StepRefused` with every reason at once; changes nothing.

        `other_referral` is asked only where the step needs to know of another open referral for the same people, and
        `beside` for whatever else of the service a guard looks at.
        """
        engine = engine_of(self.chart)
        today = attempt.today
        on = attempt.on or today
        row = engine.row(self.state, attempt.trigger, self.answers)
        data, reasons = checked(row, attempt.data, today) if row else ({}, [])
        asks = row is not None and no_other_open_referral in row.only_if and other_referral is not nobody_else
        other = other_referral(people({**self.answers, **data})) if asks else None
        known = {"other_referral": other, "from_paper": attempt.imported, "follows": attempt.follows, "beside": beside}
        facts = self.facts(on, data, roles=attempt.actor.roles, actor=attempt.actor.name, **known)
        judgement = engine.judge(facts, attempt.trigger)
        reasons = told_once([*reasons, *self._untimely(judgement.move, on, today), *judgement.reasons])
        if reasons or judgement.move is None:
            raise self._refused(attempt.trigger, reasons, judgement, facts)
        engine.step(facts, attempt.trigger, judgement.move)
        return self._event(attempt, judgement.move, on, data | stated(judgement.move, facts))

    def _event(self, attempt: Attempt, move: Move, on: date, data: dict[str, Any]) -> CaseEvent:
        return CaseEvent(
            id=attempt.id,
            case_id=self.id,
            seq=self.version + 1,
            trigger=move.trigger,
            source=self.state,
            to=move.to,
            actor=attempt.actor.name,
            role=None if attempt.imported or attempt.follows else attempt.actor.acting_as(move.who),
            via=attempt.actor.via,
            effective_on=on,
            effective_at=attempt.now if attempt.on is None else None,
            recorded_at=attempt.now,
            pathway=self.chart.id,
            data=data,
            not_recorded=self._not_recorded(move, data) if attempt.imported else (),
            imported=attempt.imported,
            request_id=attempt.request_id,
        )

    def _not_recorded(self, move: Move, data: Mapping[str, Any]) -> tuple[str, ...]:
        facts = self.facts(date.min, data)
        blank = missing_answers(facts) if information_complete in move.only_if else ()
        return tuple(dict.fromkeys((*(f.name for f in lacks(move, facts)), *blank)))

    def _untimely(self, move: Move | None, on: date, today: date) -> list[Refusal]:
        """A step lies neither in the future nor before what it follows.

        Where it stops a clock with days on hold, it follows that hold too: it cannot end before them.
        """
        if on > today:
            return [Refusal("date_in_future", "This step is dated in the future.", ("on",))]
        if move is None or move.trigger == RAISING:  # what was seen may be older than the record
            return []
        follows = [self.placed_on if move.moves or move.hold else self.opened_on]
        fixed = [c for c in move.stops if not self.chart.clocks[c].from_opening]
        stops = [self.clocks[c] for c in fixed if c in self.clocks and self.clocks[c].running]
        follows += [self.placed_on if clock.held_days else clock.since for clock in stops]
        last = max((day for day in follows if day), default=None)
        if last is None or on >= last:
            return []
        return [before_what_it_follows(on, last)]

    def _refused(self, trigger: str, reasons: list[Refusal], judgement: Judgement, facts: Facts) -> StepRefused:
        possible = [move.trigger for move, against in self.steps(replace(facts, data={})) if not against]
        who = judgement.move.who if judgement.move else ()
        named = trigger if trigger in self.chart.triggers else "unknown"  # what was typed may be a name
        return StepRefused(named, self.state, reasons, who, possible)

    def steps(self, facts: Facts) -> list[tuple[Move, tuple[Refusal, ...]]]:
        """Each step from here, with what speaks against it beyond the answers that the step itself asks for."""
        found = []
        for trigger in self.chart.triggers_from(self.state):
            judgement = engine_of(self.chart).judge(facts, trigger)
            if judgement.move is not None:
                found.append((judgement.move, beyond_answers(judgement.move, judgement.reasons)))
        return found

    def apply(self, event: CaseEvent) -> None:
        """Take in what happened. Live and on replay there is no other way for a case to change."""
        row = engine_of(self.chart).row_taken(event.source, event.trigger, event.to)
        take(self.answers, row, event)
        self._turn_clocks(row, event)
        if row.hold:
            self._hold(row.hold, event)
        if row.aside == "starts":
            put_aside(self)
        if row.moves:
            self._place(event)
        if row.aside == "ends":
            stand_again(self)
        self.version = event.seq

    def _turn_clocks(self, row: Move, event: CaseEvent) -> None:
        on, clocks = event.effective_on, self.clocks
        for name in row.stops:
            if name in clocks and clocks[name].running:
                clocks[name] = clocks[name].stopped(on, event.seq, hold_of(self))
            elif name in clocks and not row.moves:
                clocks[name] = clocks[name].ended_for_good(event.seq)
        if row.reopens:
            stopped_then = [n for n, c in clocks.items() if c.stopped_by == self.placed_by]
            stopped_then = [n for n in stopped_then if n not in self.chart.clocks_of_a_hold]
            clocks.update((name, self._again(name, on)) for name in stopped_then)
        for name in row.starts:
            if name not in clocks or (not clocks[name].running and self.chart.clocks[name].again is Again.AFRESH):
                clocks[name] = begun(self.chart.clocks[name], on, event.data, self.chart.rules.opening_hours)
            elif not clocks[name].running:
                clocks[name] = self._again(name, on)

    def _again(self, name: str, on: date) -> ClockState:
        clock = self.clocks[name]
        if self.chart.clocks[name].again is Again.FROM_THE_FIRST_DAY:
            return clock.since_the_first_day()
        return clock.resumed(on)

    def _hold(self, hold: str, event: CaseEvent) -> None:
        on = event.effective_on
        if hold == "ends":
            self._lift_hold(on)
        elif self.held_since is None:
            self.clocks = {name: clock.hold_begins(on) for name, clock in self.clocks.items()}
            self.held_since = on
        self.placed_on = on

    def _lift_hold(self, on: date) -> None:
        if self.held_since is not None:
            self.clocks = {name: clock.hold_ends(self.held_since, on) for name, clock in self.clocks.items()}
            self.held_since = None

    def _place(self, event: CaseEvent) -> None:
        closing = self.chart.states[event.to].closed
        self.state, self.placed_on, self.placed_by = event.to, event.effective_on, event.seq
        self.opened_on = self.opened_on or event.effective_on
        if closing:
            self.answers["closed_from"] = event.source
            self._lift_hold(event.effective_on)
        self.closed_on = event.effective_on if closing else None


def new_case(chart: Chart, reference: str | None = None) -> Case:
    """A record of which nothing is known yet; without a reference of the service's own it is given one."""
    case_id = new_id()
    return Case(case_id, chart, reference or f"{PREFIXES[chart.kind]}-{case_id.hex[-12:]}")
