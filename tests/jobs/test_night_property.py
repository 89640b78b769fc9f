"""The rule of a flag is declared once and read twice: the night's SQL and the screen's Python never disagree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import Asked, Casework, NightReport, StepRefused
from casework.flagging import due
from casework.replay import compare
from persistence import Database, sweep
from persistence import due as due_in_sql
from persistence.due import Source, sources
from tests.persistence.families import EVERYONE, RECEIVED_ON, form
from tests.persistence.fresh import FreshUrl, fresh_urls
from tests.persistence.populations import Step, Walked, keep, walked
from workflows.flags import FlagRule

BEGIN = RECEIVED_ON
SERVICES = ("leeds-imhs", "together-with-baby")
ASKED = ("consent_on", "infant_name", "postcode", "motivation", "referrer_words")
MENU = (
    "allocate", "unallocate", "place_hold", "resume", "add_information", "pass_checks", "accept_direct",
    "accept_assessment", "first_contact", "bring_back", "request_information", "supply_information",
    "reject_incomplete", "resubmit", "watch_and_wait", "early_concern", "move_away", "signpost", "reopen",
)  # fmt: skip
ANSWERS: dict[str, dict[str, Any]] = {
    "allocate": {"clinician": "clin-01"},
    "unallocate": {"reason": "Not free after all."},
    "place_hold": {"hold_reason": "other", "review_on": "2027-12-31"},
    "first_contact": {"setting": "home", "participants": "Carer and baby."},
    "bring_back": {"reason": "Looked at again."},
    "move_away": {"transfer_offered": "yes"},
    "reopen": {"reason": "Closed by mistake."},
}


@dataclass(frozen=True)
class Life:
    """A referral as it came, and what was tried with it: so many days later, this."""

    service: str
    lacks: frozenset[str]
    accepted: bool
    tried: tuple[tuple[str, int], ...]

    def steps(self, number: int) -> list[Step]:
        day = BEGIN + timedelta(days=number % 7)
        answers = {name: answer for name, answer in form(number).items() if name not in self.lacks}
        steps: list[Step] = [("receive_referral", day, {n: a for n, a in answers.items() if n != "duty_call_on"})]
        if "duty_call_on" not in self.lacks:
            steps.append(("take_call", day, {}))
        if self.accepted:
            accept = "accept_direct" if self.service == SERVICES[0] else "accept_assessment"
            steps += [("pass_checks", day, {}), (accept, day, {"rmg_on": day})]
        for trigger, days in self.tried:
            day += timedelta(days=days)
            meets = trigger in ("accept_direct", "accept_assessment", "watch_and_wait", "signpost")
            steps.append((trigger, day, {"rmg_on": day} if meets else {}))
        return steps


lives = st.builds(
    Life,
    st.sampled_from((SERVICES[0], *SERVICES)),
    st.frozensets(st.sampled_from((*ASKED, "duty_call_on")), max_size=2),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(MENU), st.sampled_from((0, 1, 7, 28, 57))), max_size=6).map(tuple),
)
edges = st.one_of(st.integers(0, 400), st.sampled_from([n + d for n in range(7) for d in (55, 56, 84, 85)]))
changes = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(MENU)), max_size=8)


class Clinic:
    """A clinic of random families, held to the rule after whatever is done with it."""

    def __init__(self, url: str, families: Sequence[Walked]) -> None:
        self.now = datetime.combine(BEGIN, time(12), UTC)
        self.database = Database(url)
        self.casework = Casework(self.database, lambda: self.now)
        self.ids: list[UUID] = [case.id for case, events in families if events]
        keep(self.database, families)

    def advance_to(self, day: date) -> None:
        self.now = max(self.now, datetime.combine(day, time(12), UTC))

    def flagged(self, on: date) -> dict[UUID, set[str]]:
        found: dict[UUID, set[str]] = {case_id: set() for case_id in self.ids}
        for flag in self.casework.flags(Asked(on)):
            assert flag.kind not in found[flag.case_id], "a flag is open twice"
            found[flag.case_id].add(flag.kind)
        return found

    def due(self, on: date) -> dict[UUID, set[str]]:
        return {case_id: set(due(self.casework.case(case_id), on)) for case_id in self.ids}

    def places(self) -> dict[UUID, tuple[str, int]]:
        return {i: (case.state, case.version) for i in self.ids for case in [self.casework.case(i)]}

    def night(self, on: date) -> NightReport:
        """Runs it after a dry run, and finds what was foreseen; moves nobody; flags what is due and nothing else."""
        self.advance_to(on)
        places, before = self.places(), self.flagged(on)
        foreseen = self.casework.night(on, dry_run=True)
        assert self.flagged(on) == before
        report = self.casework.night(on)
        for what in ("examined", "raised", "cleared", "replaced"):
            assert getattr(foreseen, what) == getattr(report, what), what
        assert self.flagged(on) == self.due(on)
        assert self.places() == places
        return report

    def try_it(self, case_id: UUID, trigger: str) -> None:
        """A step of today, where it may be taken: it ends at once the flags that are no longer due.

        Eight weeks stay until the night has put twelve in their place: a long wait is never without a flag.
        """
        case, before = self.casework.case(case_id), self.flagged(self.casework.today())[case_id]
        data: dict[str, Any] = ANSWERS.get(trigger, {})
        if trigger == "add_information":
            data = {name: form(0)[name] for name in case.gaps}
        try:
            self.casework.fire(case_id, trigger, EVERYONE, data, seen=case.version)
        except StepRefused:
            return
        after = self.flagged(self.casework.today())[case_id]
        stays = set(due(self.casework.case(case_id), self.casework.today()))
        stays |= {"wait_8_weeks"} if "wait_over_12_weeks" in stays else set()
        assert after == before & stays

    def close(self) -> None:
        with self.database.reading() as store:
            for case_id in self.ids:
                assert compare(store.case(case_id), store.events(case_id)) == ()
        self.database.close()


@pytest.fixture
def fresh_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> FreshUrl:
    return fresh_urls(database_kind, tmp_path, request)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(lives, min_size=1, max_size=8), edges, changes, st.lists(st.integers(0, 40), max_size=2),
       st.sampled_from([1, 2, 3, 20_000]))  # fmt: skip
def test_after_every_night_exactly_those_flags_are_open_that_are_due(
    fresh_url: FreshUrl, families: list[Life], day: int, tried: list[tuple[int, str]], later: list[int], batch: int
) -> None:
    population = [walked(life.service, f"R-{n}", life.steps(n)) for n, life in enumerate(families)]
    sweep.BATCH, before = batch, sweep.BATCH
    clinic = Clinic(fresh_url(), population)
    try:
        on = BEGIN + timedelta(days=day)
        clinic.night(on)
        again = clinic.night(on)
        assert (again.raised, again.cleared, again.replaced) == ({}, {}, {})
        clinic.advance_to(max([on, *(e.effective_on for _, events in population for e in events)]))
        for number, trigger in tried:
            clinic.try_it(clinic.ids[number % len(clinic.ids)], trigger)
        on = clinic.casework.today()
        for days in (0, *later):
            on += timedelta(days=days)
            clinic.night(on)
    finally:
        sweep.BATCH = before
        clinic.close()


PATIENT = Life(SERVICES[0], frozenset({"consent_on"}), True, ())
HELD = Life(SERVICES[0], frozenset(), True, (("place_hold", 10),))
ELSEWHERE = Life(SERVICES[1], frozenset(), True, ())
SOME = [walked(life.service, f"R-{n}", life.steps(n)) for n, life in enumerate([PATIENT, HELD, ELSEWHERE] * 7)]


def test_the_random_families_do_have_flags_of_every_kind(fresh_url: FreshUrl) -> None:
    """A population in which nothing is ever due would prove nothing."""
    clinic = Clinic(fresh_url(), SOME)
    assert clinic.night(BEGIN + timedelta(days=66)).raised == {"wait_8_weeks": 7, "missing_information": 7}
    assert clinic.night(BEGIN + timedelta(days=96)).replaced == {"wait_8_weeks": 7}
    clinic.close()


def a_day_late(rule: FlagRule, as_of: date) -> tuple[Source, ...]:
    return sources(rule, as_of - timedelta(days=1))


def blind_to_holds(rule: FlagRule, as_of: date) -> tuple[Source, ...]:
    return tuple(replace(source, also=source.also[1:]) for source in sources(rule, as_of))


def with_an_open_end(rule: FlagRule, as_of: date) -> tuple[Source, ...]:
    return tuple(replace(source, where=source.where[:3]) for source in sources(rule, as_of))


@pytest.mark.parametrize("wrong", [a_day_late, blind_to_holds, with_an_open_end])
def test_a_rule_that_reads_otherwise_in_sql_is_caught(
    fresh_url: FreshUrl, monkeypatch: pytest.MonkeyPatch, wrong: Callable[[FlagRule, date], tuple[Source, ...]]
) -> None:
    """The control."""
    clinic = Clinic(fresh_url(), SOME)
    monkeypatch.setattr(sweep, "sources", wrong)
    monkeypatch.setattr(due_in_sql, "sources", wrong)

    def nights() -> None:
        for days in (56, 58, 62, 85, 88, 91):
            clinic.night(BEGIN + timedelta(days=days))

    with pytest.raises((AssertionError, KeyError)):
        nights()
    clinic.close()
