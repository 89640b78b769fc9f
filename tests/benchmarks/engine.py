"""One step judged and taken in memory against the bare trigger of the same `transitions` machine; and `Case.fire`."""

import statistics
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

from casework.case import Attempt, Case
from tests.benchmarks.measure import Duel, Figure, Slice, duel
from tests.benchmarks.people import ADA, FORM
from workflows import Facts
from workflows.engine import Engine, engine_of
from workflows.registry import CURRENT

PART = "engine"
AIM_US = 60.0
EACH = 1_000
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class _Standing:
    def __init__(self, state: str) -> None:
        self.state = state


def measure(*, quick: bool) -> Iterator[Figure]:
    slices = 5 if quick else 30
    complete, blank = _received(FORM), _received({})
    engine = engine_of(complete.chart)
    known, little = (case.facts(NOW.date(), roles=ADA.roles) for case in (complete, blank))
    for trigger in ("acknowledge", "pass_checks"):
        found = duel(_judged(engine, known, trigger), _bare(engine, known, trigger), slices)
        yield _figure(f"judge and step: {trigger}", found)
    reasons = len(engine.judge(little, "pass_checks").reasons)
    found = duel(_refused(engine, little, "pass_checks"), _bare(engine, known, "pass_checks"), slices)
    yield _figure(f"judge: pass_checks with {reasons} refusals", found)
    yield _figure("Case.fire: acknowledge", duel(_fired(complete), _bare(engine, known, "acknowledge"), slices))


def _figure(what: str, found: Duel) -> Figure:
    took = statistics.median(found.ours) / EACH * 1e6
    beside = {"of_bare_trigger": round(found.ratio, 2), **found.beside(EACH)}
    return Figure(PART, what, round(took, 1), "us", at_most=AIM_US, beside=beside)


def _received(form: dict[str, str]) -> Case:
    case = Case(uuid4(), CURRENT["leeds-imhs"], "R-1")
    case.apply(case.fire(Attempt("receive_referral", ADA, NOW, form)))
    return case


def _judged(engine: Engine, facts: Facts, trigger: str) -> Slice:
    def judge_and_step(_: int) -> None:
        for _each in range(EACH):
            move = engine.judge(facts, trigger).move
            assert move is not None
            engine.step(facts, trigger, move)

    return judge_and_step


def _refused(engine: Engine, facts: Facts, trigger: str) -> Slice:
    def judge(_: int) -> None:
        for _each in range(EACH):
            engine.judge(facts, trigger)

    return judge


def _fired(case: Case) -> Slice:
    attempt = Attempt("acknowledge", ADA, NOW, {"how_told": "email"})

    def fire(_: int) -> None:
        for _each in range(EACH):
            case.fire(attempt)

    return fire


def _bare(engine: Engine, facts: Facts, trigger: str) -> Slice:
    event = engine.machine.events[trigger]

    def bare(_: int) -> None:
        for _each in range(EACH):
            event.trigger(_Standing(facts.state), facts)

    return bare
