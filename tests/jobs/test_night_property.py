"""The rule of a flag is declared once and read twice: the night's SQL, the screen's Python and a person agree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from casework import Asked, Casework, NightReport, StepRefused
from casework.flagging import due
from casework.replay import compare
from persistence import Database
from persistence import due as due_in_sql
from persistence.due import Scope, Source, sources
from persistence.night import planning, sweep, transactions
from tests.persistence.families import EVERYONE, RECEIVED_ON, RISKS, form
from tests.persistence.fresh import FreshUrl, fresh_urls
from tests.persistence.populations import Step, Walked, keep, walked
from tests.time.second_opinion import Entry, Morning
from tests.time.story import Story
from workflows.flags import ClockReaches, FlagRule

BEGIN = RECEIVED_ON
SERVICES = ("leeds-imhs", "together-with-baby")
ASKED = ("consent_on", "infant_name", "postcode", "motivation", "referrer_words")
MENU = (
    "allocate", "unallocate", "place_hold", "review_hold", "resume", "add_information", "acknowledge", "tell_outcome",
    "pass_checks", "accept_direct", "accept_assessment", "defer", "first_contact", "record_contact", "bring_back",
    "request_information", "supply_information", "reject_incomplete", "resubmit", "watch_and_wait", "early_concern",
    "move_away", "signpost", "reopen",
)  # fmt: skip
IN_THE_GROUP = frozenset({"accept_direct", "accept_assessment", "watch_and_wait", "signpost", "defer"})
AGREES = frozenset({"place_hold", "review_hold", "watch_and_wait"})
"""Steps at which people say on which day they look again."""

MET = {"setting": "home", "participants": [{"who": "focus_carer", "attended": "yes"}]}
ANSWERS: dict[str, dict[str, Any]] = {
    "allocate": {"clinician": "clin-01"},
    "unallocate": {"reason": "Not free after all."},
    "place_hold": {"hold_reason": "other", "review_on": "2027-12-31"},
    "review_hold": {"review_on": "2027-12-31"},
    "first_contact": MET,
    "record_contact": MET,
    "bring_back": {"reason": "Looked at again."},
    "move_away": {"transfer_offered": "yes"},
    "reopen": {"reason": "Closed by mistake."},
}
BABIES: dict[str, dict[str, Any]] = {
    "young": {},
    "nearly two": {"infant_dob": date(2024, 6, 1)},
    "expected soon": {"infant_dob": None, "expected_due_date": date(2026, 4, 20)},
}
PUBLISHED: dict[str, tuple[Entry, ...]] = {
    "leeds-imhs": tuple(
        (name, amount, date.min)
        for name, amount in (("wait_first", 56), ("wait_over", 85), ("forum", 7), ("watch", 3), ("birth_unrecorded", 1))
    ),
    "together-with-baby": (("acknowledge", 5, date.min), ("birth_unrecorded", 1, date.min)),
}
"""What the services say in their documents, copied from there by hand."""

LESSER = {"wait_over_12_weeks": "wait_8_weeks", "ack_late": "ack_due"}
"""Flags that stay until the night has put a graver one in their place: nobody is without a flag in between."""


@dataclass(frozen=True)
class Life:
    """A referral as it came, and what was tried with it: so many days later, this."""

    service: str
    lacks: frozenset[str]
    accepted: bool
    tried: tuple[tuple[str, int], ...]
    baby: str = "young"

    def steps(self, number: int) -> list[Step]:
        day = BEGIN + timedelta(days=number % 7)
        told = form(number, **BABIES[self.baby])
        answers = {name: answer for name, answer in told.items() if name not in self.lacks and answer is not None}
        steps: list[Step] = [("receive_referral", day, {n: a for n, a in answers.items() if n != "duty_call_on"})]
        if "duty_call_on" not in self.lacks:
            steps.append(("take_call", day, {}))
        if self.accepted:
            accept = "accept_direct" if self.service == SERVICES[0] else "accept_assessment"
            steps += [("pass_checks", day, {}), ("triage_rate", day, RISKS), (accept, day, {"rmg_on": day})]
        for trigger, days in self.tried:
            day += timedelta(days=days)
            said = {"rmg_on": day} if trigger in IN_THE_GROUP else {}
            said |= {"review_on": day + timedelta(days=30)} if trigger in AGREES else {}
            steps.append((trigger, day, said))
        return steps


lives = st.builds(
    Life,
    st.sampled_from((SERVICES[0], *SERVICES)),
    st.frozensets(st.sampled_from((*ASKED, "duty_call_on")), max_size=2),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(MENU), st.sampled_from((0, 1, 7, 28, 57))), max_size=6).map(tuple),
    st.sampled_from(sorted(BABIES)),
)
edges = st.one_of(st.integers(0, 400), st.sampled_from([n + d for n in range(7) for d in (55, 56, 84, 85)]))
changes = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(MENU)), max_size=8)


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
        """As a screen reads the rules."""
        figure = self.casework.nights.lookup()
        return {case_id: set(due(self.casework.case(case_id), on, figure)) for case_id in self.ids}

    def said_by_a_person(self, on: date) -> dict[UUID, set[str]]:
        """As somebody with a calendar reads the history, who has never seen casework."""
        return {case_id: self.said_of(case_id, on) for case_id in self.ids}

    def said_of(self, case_id: UUID, on: date) -> set[str]:
        service = self.casework.case(case_id).service
        steps = [(e.effective_on, e.trigger, e.data) for e in self.casework.history(case_id)]
        return set(Morning(Story(service).tell(steps), on, PUBLISHED[service]).flags()) - {"missing_warn"}

    def places(self) -> dict[UUID, tuple[str, int]]:
        return {i: (case.state, case.version) for i in self.ids for case in [self.casework.case(i)]}

    def night(self, on: date) -> NightReport:
        """Runs it after a dry run, and finds what was foreseen; moves nobody; flags what is due and nothing else."""
        self.advance_to(on)
        places, before = self.places(), self.flagged(on)
        foreseen = self.casework.nights.run(on, dry_run=True, again=True)
        assert self.flagged(on) == before
        report = self.casework.nights.run(on, again=True)
        for what in ("examined", "listed", "raised", "cleared", "replaced"):
            assert getattr(foreseen, what) == getattr(report, what), what
        assert report.clean
        assert self.flagged(on) == self.due(on) == self.said_by_a_person(on)
        assert self.places() == places
        return report

    def try_it(self, case_id: UUID, trigger: str) -> None:
        """A step of today, where it may be taken: it ends at once the flags that are no longer due."""
        case, before = self.casework.case(case_id), self.flagged(self.casework.today())[case_id]
        data: dict[str, Any] = ANSWERS.get(trigger, {})
        if trigger == "add_information":
            data = {name: form(0)[name] for name in case.gaps}
        try:
            self.casework.fire(case_id, trigger, EVERYONE, data, seen=case.version)
        except StepRefused:
            return
        after = self.flagged(self.casework.today())[case_id]
        stays = self.said_of(case_id, self.casework.today())
        stays |= {LESSER[kind] for kind in stays & LESSER.keys()}
        assert after == before & stays

    def close(self) -> None:
        with self.database.reading() as store:
            for case_id in self.ids:
                assert compare(store.case(case_id), store.events(case_id)) == ()
        self.database.close()


@pytest.fixture
def fresh_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> FreshUrl:
    return fresh_urls(database_kind, tmp_path, request)


# Not made shorter when it fails: that takes minutes, and the clinic is small.
@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(lives, min_size=1, max_size=10), edges, changes, st.lists(st.integers(0, 40), max_size=2),
       st.sampled_from([1, 2, 3, 20_000]))  # fmt: skip
def test_after_every_night_exactly_those_flags_are_open_that_are_due(
    fresh_url: FreshUrl, families: list[Life], day: int, tried: list[tuple[int, str]], later: list[int], batch: int
) -> None:
    population = [walked(life.service, f"R-{n}", life.steps(n)) for n, life in enumerate(families)]
    transactions.BATCH, before = batch, transactions.BATCH
    clinic = Clinic(fresh_url(), population)
    try:
        happened = [e.effective_on for _, events in population for e in events]
        on = max([BEGIN + timedelta(days=day), *happened])  # no night runs over what has not happened yet
        clinic.night(on)
        again = clinic.night(on)
        assert (again.raised, again.cleared, again.replaced) == ({}, {}, {})
        for number, trigger in tried:
            clinic.try_it(clinic.ids[number % len(clinic.ids)], trigger)
        on = clinic.casework.today()
        for days in (0, *later):
            on += timedelta(days=days)
            clinic.night(on)
    finally:
        transactions.BATCH = before
        clinic.close()


def some_of_each() -> list[Life]:
    """Three families of each sort, so that each kind of flag that these services publish a figure for comes up."""
    leeds, essex, whole = *SERVICES, frozenset[str]()
    sorts = [
        Life(leeds, frozenset({"consent_on"}), True, ()),
        Life(leeds, whole, True, (("place_hold", 10),)),
        Life(leeds, whole, True, (("allocate", 7),)),
        Life(leeds, whole, False, (("pass_checks", 0), ("watch_and_wait", 1))),
        Life(leeds, whole, False, (("pass_checks", 1),)),
        Life(leeds, whole, True, (), "nearly two"),
        Life(leeds, whole, False, (), "expected soon"),
        Life(essex, whole, True, ()),
    ]
    return [sort for sort in sorts for _ in range(3)]


SOME = [walked(life.service, f"R-{n}", life.steps(n)) for n, life in enumerate(some_of_each())]
DAYS = (7, 8, 9, 13, 14, 40, 56, 58, 62, 85, 88, 92, 100)


def test_the_random_families_do_have_flags_of_every_kind(fresh_url: FreshUrl) -> None:
    """A population in which nothing is ever due would prove nothing."""
    clinic = Clinic(fresh_url(), SOME)
    raised: set[str] = set()
    replaced: set[str] = set()
    for days in DAYS:
        report = clinic.night(BEGIN + timedelta(days=days))
        raised |= report.raised.keys()
        replaced |= report.replaced.keys()
    assert raised == {
        "wait_8_weeks", "wait_over_12_weeks", "allocated_not_started", "missing_information", "ack_due", "ack_late",
        "not_listed_for_forum", "watch_review_due", "hold_review_due", "ages_out_before_start", "birth_before_start",
        "birth_unrecorded",
    }  # fmt: skip
    assert replaced == {"wait_8_weeks", "ack_due"}
    clinic.close()


def a_day_late(rule: FlagRule, scope: Scope) -> tuple[Source, ...]:
    return sources(rule, replace(scope, as_of=scope.as_of - timedelta(days=1)))


def blind_to_holds(rule: FlagRule, scope: Scope) -> tuple[Source, ...]:
    return sources(replace(rule, quiet_on_hold=False), scope)


def with_an_open_end(rule: FlagRule, scope: Scope) -> tuple[Source, ...]:
    when = tuple(replace(c, until="") if isinstance(c, ClockReaches) else c for c in rule.when)
    return sources(replace(rule, when=when), scope)


def in_any_state(rule: FlagRule, scope: Scope) -> tuple[Source, ...]:
    when = tuple(replace(c, states=()) if isinstance(c, ClockReaches) else c for c in rule.when)
    return sources(replace(rule, when=when), scope)


@pytest.mark.parametrize("wrong", [a_day_late, blind_to_holds, with_an_open_end, in_any_state])
def test_a_rule_that_reads_otherwise_in_sql_is_caught(
    fresh_url: FreshUrl, monkeypatch: pytest.MonkeyPatch, wrong: Callable[[FlagRule, Scope], tuple[Source, ...]]
) -> None:
    """The control."""
    clinic = Clinic(fresh_url(), SOME)
    for reader in (sweep, due_in_sql, planning):
        monkeypatch.setattr(reader, "sources", wrong)

    def nights() -> None:
        for days in DAYS:
            clinic.night(BEGIN + timedelta(days=days))

    with pytest.raises((AssertionError, KeyError)):
        nights()
    clinic.close()
