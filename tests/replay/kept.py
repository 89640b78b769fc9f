"""Random sequences through a real clinic, with faults; each step is held against the same step in memory."""

from collections.abc import Iterator
from dataclasses import replace

from casework import Casework, CaseworkError, KeyUsedOtherwise, NoSuchCase, Receipt, StaleCase, StepRefused
from casework.case import Attempt, Case, CaseEvent
from tests.conftest import Clock
from tests.replay.faulty import STATEMENTS, Accident, Fault, Faulty, Planned
from tests.replay.walks import Found, new_walk, next_day
from tests.time.lives import Dice
from workflows import Kind
from workflows.guards.safeguarding import RAISING
from workflows.registry import CHARTS

FAULTS = 0.1
"""How often a fault is planned for a request. Every second is planned for later than the request lasts, so that about
5 in 100 requests meet one, at any of their statements.
"""
MOST = 14
"""Attempts in one sequence."""

COMPARED = ("state", "version", "opened_on", "closed_on", "placed_on", "placed_by", "held_since", "answers", "clocks")
HAPPENED = ("seq", "trigger", "source", "to", "effective_on", "effective_at", "recorded_at", "pathway", "data", "actor")


NAMES_A_RECORD = {
    "other_record",
    *(f.name for chart in CHARTS.values() for m in chart.moves for f in m.needs + m.takes if f.kind is Kind.RECORD),
}


class Differs(Exception):
    """What is kept, or what was answered, is not what the step in memory says."""


def through_a_clinic(
    database: Faulty, clock: Clock, number: int, seed: int, *, faults: float = FAULTS
) -> Iterator[Found]:
    """So many sequences, each a referral of its own."""
    found, clinic = Found(), Casework(database, clock)
    for n in range(number):
        course = Course(clinic, database, clock, Dice(f"{seed}-{n}"), n, found, faults)
        try:
            course.run()
        except (Differs, CaseworkError, Accident) as problem:
            told = problem if isinstance(problem, Differs) else type(problem).__name__
            found.differences.append(f"sequence {seed}-{n}, attempt {course.tried}: {told}")
        found.seen["sequences"] += 1
        yield found


def alone(attempt: Attempt) -> Attempt:
    """Without the records that a step names, for in memory nothing stands beside a case. What a step does to other
    records in the same transaction is held to the rules where families, merges and adoptions are tested.
    """
    return replace(attempt, data={name: said for name, said in attempt.data.items() if name not in NAMES_A_RECORD})


class Course:
    """One referral on its way, in the clinic and in memory."""

    def __init__(
        self, clinic: Casework, database: Faulty, clock: Clock, dice: Dice, number: int, found: Found, faults: float
    ) -> None:
        self._clinic, self._database, self._clock, self._dice = clinic, database, clock, dice
        self._walk, self._today = new_walk(dice, number)
        self._seen, self._faults, self.tried = found.seen, faults, 0

    def run(self) -> None:
        for tried in range(1, self._dice.randint(4, MOST) + 1):
            self.tried = tried
            self._one(alone(self._walk.attempt(self._dice, self._today)))
            self._today = next_day(self._dice, self._today)
        self._is_whole()

    def _one(self, attempt: Attempt) -> None:
        self._clock.now = attempt.now
        if self._walk.events and self._dice.often(0.05) and attempt.trigger != RAISING:
            self._is_stale(attempt)
        receipt = self._with_a_fault(attempt) if self._dice.often(self._faults) else self._done(attempt)
        if receipt is not None and self._dice.often(0.1):
            self._is_answered_once(attempt, receipt)
        self._stands()

    def _with_a_fault(self, attempt: Attempt) -> Receipt | None:
        """Where the fault reaches the caller nothing is kept, unless the caller is told that this cannot be known."""
        fault = self._dice.choice(list(Fault))
        self._database.plan(Planned(fault, self._dice.randint(1, STATEMENTS)))
        try:
            return self._done(attempt)
        except (Accident, CaseworkError) as problem:
            if not getattr(problem, "maybe_done", False):
                self._is_whole()
            self._seen["told of a fault"] += 1
        finally:
            happened = self._database.happened
            self._database.plan(None)
            self._seen["faults"] += happened is not None
            self._seen[happened or "a fault that came too late"] += 1
        receipt = self._done(attempt)
        self._is_whole()
        return receipt

    def _done(self, attempt: Attempt) -> Receipt | None:
        """The clinic takes the step, or refuses it, as it is in memory. With its key it may be asked again."""
        foreseen = self._in_memory(attempt)
        try:
            receipt = self._ask(attempt)
        except StepRefused as refused:
            if not isinstance(foreseen, StepRefused) or _codes(refused) != _codes(foreseen):
                raise Differs(f"refused with {_codes(refused)}, and not so in memory") from None
            self._seen["refused"] += 1
            return None
        if isinstance(foreseen, StepRefused):
            raise Differs(f"taken, and in memory it is refused with {_codes(foreseen)}")
        self._walk.case.id = receipt.case_id
        self._walk.take(foreseen)
        if (receipt.version, receipt.state) != (self._walk.case.version, self._walk.case.state):
            raise Differs("the receipt tells another state or version")
        self._seen["taken"] += 1
        return receipt

    def _in_memory(self, attempt: Attempt) -> CaseEvent | StepRefused:
        try:
            return self._walk.case.fire(attempt)
        except StepRefused as refused:
            return refused

    def _ask(self, attempt: Attempt, *, seen: int | None = None, key: str | None = None) -> Receipt:
        case, key = self._walk.case, key or f"{self._walk.case.reference}-{self.tried}"
        trigger, actor, data, on = attempt.trigger, attempt.actor, attempt.data, attempt.on
        if seen is None and case.version == 0:
            return self._clinic.open_case(case.service, trigger, actor, data, reference=case.reference, on=on, key=key)
        version = case.version if seen is None else seen
        return self._clinic.fire(case.id, trigger, actor, data, seen=version, on=on, key=key)

    def _is_stale(self, attempt: Attempt) -> None:
        """Somebody whose screen shows an earlier version is told so, whatever they want but to raise a concern.

        Requirements S17: raising is never refused.
        """
        try:
            self._ask(attempt, seen=self._walk.case.version - 1, key=f"stale-{self._walk.case.reference}-{self.tried}")
        except StaleCase:
            self._seen["stale"] += 1
        else:
            raise Differs("a screen that was out of date was answered")

    def _is_answered_once(self, attempt: Attempt, receipt: Receipt) -> None:
        """The same request under its key gets its answer again; another request under that key gets none."""
        if receipt.version > 1:
            if self._ask(attempt, seen=receipt.version - 1) != receipt:
                raise Differs("the same request with the same key was answered otherwise")
            other = Attempt("no_such_step", attempt.actor, attempt.now, attempt.data, attempt.on)
            try:
                self._ask(other)
            except KeyUsedOtherwise:
                self._seen["asked again"] += 1
            else:
                raise Differs("a key was taken for another request")

    def _stands(self) -> None:
        """The kept row is the case in memory."""
        kept, case = self._kept(), self._walk.case
        if (kept is None) != (case.version == 0):
            raise Differs("a referral is kept that was never opened, or one is gone")
        if kept is None:
            return
        for what in COMPARED:
            if getattr(kept, what) != getattr(case, what):
                raise Differs(f"{what} is kept otherwise after {self._walk.events[-1].trigger}")

    def _is_whole(self) -> None:
        """The row, its events and all that is kept beside it are of one mind with each other and with memory."""
        self._stands()
        if self._walk.case.version == 0:
            return
        events, differences = self._clinic.replay(self._walk.case.id)
        if differences:
            raise Differs("; ".join(d.sentence for d in differences))
        if [_happened(e) for e in events] != [_happened(e) for e in self._walk.events]:
            raise Differs("other events are kept than those that happened")

    def _kept(self) -> Case | None:
        case = self._walk.case
        try:
            return self._clinic.case(f"{case.service}/{case.reference}" if case.version == 0 else case.id)
        except NoSuchCase:
            return None


def _codes(refused: StepRefused) -> list[str]:
    return sorted(reason.code for reason in refused.reasons)


def _happened(event: CaseEvent) -> tuple[object, ...]:
    return tuple(getattr(event, what) for what in HAPPENED)
