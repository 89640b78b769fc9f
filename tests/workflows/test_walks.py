"""Random walks over each pathway, every step of them held to an oracle and to the replay."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from casework import Actor, StepRefused
from casework.case import Attempt, Case, CaseEvent
from casework.replay import compare
from tests.casework.families import answers_for, form
from tests.workflows.oracle import Oracle
from tests.workflows.paths import way_to
from workflows import Chart, Role
from workflows.charts.states import STATES
from workflows.registry import CHARTS

FIRST_DAY = date(2026, 3, 2)
LONG_AGO = date(2023, 1, 1)

PECULIAR: tuple[tuple[str, Any], ...] = (
    ("motivation", "low"),
    ("readiness", "low"),
    ("override_reason", "The parent asks for it."),
    ("second_clinician", "A. Colleague"),
    ("relationship_need", "high"),
    ("waiting_would_harm", "yes"),
    ("gp_in_area", "no"),
    ("lives_in_area", "no"),
    ("in_contact", "no"),
    ("relationship_at_risk", "no"),
    ("primary_carer", "no"),
    ("carer_unavailable", "in_prison"),
    ("learning_disability", "yes"),
    ("eligibility_decision", "Taken on."),
    ("infant_dob", None),
    ("infant_dob", LONG_AGO),
    ("expected_due_date", date(2026, 9, 1)),
    ("infant_name", None),
    ("consent_on", None),
    ("risk_screen_on", None),
    ("postcode", None),
    ("referrer_role", "family"),
    ("referrer_words", "Other words."),
    ("rmg_on", LONG_AGO),
    ("rmg_on", None),
    ("contents_read", "no"),
    ("plan_shared", "no"),
    ("void_reason", "duplicate"),
    ("surviving_reference", "R-1"),
    ("reason", None),
    ("clinician", None),
)
SOME_ROLES = [frozenset({role}) for role in Role] + [frozenset({Role.ADMINISTRATOR, Role.CLINICIAN}), frozenset[Role]()]


@dataclass(frozen=True)
class Try:
    """Somebody wants to take the step number `pick` of those that there are; mostly all is as it should be."""

    pick: int = 0
    roles: frozenset[Role] = frozenset(Role)
    later: int = 0
    back: int = 0
    peculiar: tuple[tuple[str, Any], ...] = ()
    another: bool = False


def mostly(usual: Any, otherwise: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from(range(10)).flatmap(lambda n: otherwise if n > 7 else st.just(usual))


TRIES = st.builds(
    Try,
    pick=st.sampled_from(range(1000)),
    roles=mostly(frozenset(Role), st.sampled_from(SOME_ROLES)),
    later=st.sampled_from([0, 1, 3, 7, 28, 57]),
    back=st.sampled_from([0, 0, 0, 0, 0, 0, 1, 2, 5, 10, 20, -1]),
    peculiar=mostly((), st.lists(st.sampled_from(PECULIAR), min_size=1, max_size=4).map(tuple)),
    another=st.sampled_from(range(20)).map(lambda n: n == 19),
)


class Walk:
    """One referral in memory and its oracle, walked side by side."""

    def __init__(self, chart: Chart, start: str) -> None:
        self.case, self.oracle = Case(UUID(int=7), chart, "R-1"), Oracle(chart)
        self.events: list[CaseEvent] = []
        self.day = FIRST_DAY
        self.family = form(FIRST_DAY)
        for trigger in way_to(chart, start):
            assert self.tries(Try(later=1), trigger)

    def tries(self, one: Try, trigger: str = "") -> bool:
        """Whether the step was taken; oracle and case have been of one mind about it."""
        self.day += timedelta(days=one.later)
        on, trigger = self.day - timedelta(days=one.back), trigger or self._trigger(one.pick)
        data = self._answers(one, trigger)
        may = self.oracle.may(trigger, one.roles, on, self.day, data, another=one.another)
        before = self.case.copy()
        event = self._fired(one, trigger, on, data)
        assert (event is not None) is may, f"{trigger} from {before.state}: may it be taken? The oracle says {may}."
        note(f"{self.day} {trigger} from {before.state}, dated {on}: {'taken' if may else 'refused'}")
        if event is None:
            assert self.case == before
        else:
            self.case.apply(event)
            self.events.append(event)
            self.oracle.take(trigger, on, data)
        return may

    def agrees(self) -> None:
        case, oracle = self.case, self.oracle
        for what in ("state", "version", "opened_on", "closed_on", "placed_on", "held_since", "answers"):
            assert getattr(case, what) == getattr(oracle, what), what
        assert {n for n, c in case.clocks.items() if c.running} == oracle.running.keys()
        assert {n: c.agreed_on for n, c in case.clocks.items()} == oracle.agreed
        assert case.days == oracle.days_ahead()
        for name, clock in case.clocks.items():
            assert clock.days(self.day) == oracle.days_on(name, self.day), name
            assert clock.adjusted(self.day, case.held_since) == oracle.adjusted_on(name, self.day), name

    def replays(self) -> None:
        assert not compare(self.case, self.events)
        again = Case(self.case.id, self.case.chart, self.case.reference)
        for event in self.events:
            again.apply(event)
        assert again == self.case

    def _trigger(self, pick: int) -> str:
        """Often a step that leads on, seldom one that closes or one that is not there."""
        chart, state = self.case.chart, self.case.state
        leads_on = [m.trigger for m in chart.moves if m.source == state and not chart.states[m.to].closed]
        few = chart.triggers[pick % 7 :: 7]
        choice = [*leads_on * 6, *chart.triggers_from(state), *few]
        return choice[pick % len(choice)]

    def _answers(self, one: Try, trigger: str) -> dict[str, Any]:
        row = self.oracle.row(trigger)
        if row is None:
            return {}
        asked = {f.name for f in (*row.needs, *row.takes)}
        whole = answers_for(row, self.day) | {n: v for n, v in self.family.items() if n in asked}
        whole |= {name: value for name, value in one.peculiar if name in asked}
        return {name: value for name, value in whole.items() if value is not None}

    def _fired(self, one: Try, trigger: str, on: date, data: dict[str, Any]) -> CaseEvent | None:
        now = datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)
        try:
            attempt = Attempt(trigger, Actor("somebody", one.roles), now, data, on)
            return self.case.fire(attempt, lambda who: "R-2" if one.another else None)
        except StepRefused as refused:
            return None if refused.reasons else pytest.fail("refused for no reason")


# Not made shorter when it fails: that takes minutes, and the walk is told step by step.
@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
@settings(max_examples=150, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(start=st.sampled_from(sorted(STATES)), tries=st.lists(TRIES, min_size=20, max_size=40))
def test_whatever_is_tried_in_whatever_order_the_case_its_replay_and_the_oracle_agree(
    chart: Chart, start: str, tries: list[Try]
) -> None:
    walk = Walk(chart, start)
    walk.agrees()
    for one in tries:
        walk.tries(one)
        walk.agrees()
    walk.replays()
