"""Random walks over each pathway, every step of them held to an oracle and to the replay."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from casework import Actor, StepRefused
from casework.case import Attempt, Case, CaseEvent
from casework.replay import compare
from tests.casework.families import answers_for, form, numbered
from tests.workflows.oracle import Oracle
from tests.workflows.oracle_of_a_life import RULES as OF_A_LIFE
from tests.workflows.paths import ways
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
    ("infant_voice", None),
    ("contents_read", "no"),
    ("plan_shared", "no"),
    ("babies_expected", 2),
    ("all_lost", "no"),
    ("one_lost_on", LONG_AGO),
    ("void_reason", "duplicate"),
    ("void_reason", "entered_in_error"),
    ("surviving_reference", "R-1"),
    ("reason", None),
    ("clinician", None),
)
WALKED = frozenset(
    {
        "log_voicemail", "log_missed_call", "book_call", "not_reached", "caller_missed", "take_call", "indicate_direct",
        "indicate_consultation", "advise_watching", "give_advice", "signpost", "lapse", "receive_referral",
        "acknowledge", "add_information", "supply_information", "pass_checks", "resubmit", "request_information",
        "defer", "close_without_reply", "reject_incomplete", "tell_outcome", "accept_direct", "accept_assessment",
        "offer_consultation", "watch_and_wait", "decline", "early_concern", "review_to_group", "review_and_close",
        "hold_consultation", "send_summary", "bring_back", "cancel_consultation", "rate", "allocate", "unallocate",
        "triage_rate", "change_clinician",
        "book_appointment", "record_missed", "first_contact", "record_contact", "record_session", "record_measure",
        "set_goal", "rate_goal", "finish_assessment", "assess_more", "offer_plan", "family_agrees", "family_declines",
        "review_plan", "change_plan", "begin_ending", "discharge", "place_hold", "review_hold", "resume",
        "withdraw_consent", "move_away", "void", "reopen", "close_after_hold", "close_contact_ended", "close_aged_out",
        "no_longer_needed", "move_record_entry", "start_cowork", "raise_safeguarding", *OF_A_LIFE,
    }
)  # fmt: skip
"""The steps whose rules the oracle knows by heart. Consent and letters are held to models of their own."""

ABOUT_ANOTHER_FAMILY = frozenset({"transfer_in", "record_birth", "add_information"})
"""Steps that say of a baby something else than the family of a walk: no walk sets out with them."""
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
        for trigger in way_of(chart, start):
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
        moves = [m for m in chart.moves if m.trigger in WALKED]
        leads_on = [m.trigger for m in moves if m.source == state and not chart.states[m.to].closed]
        few = [trigger for trigger in chart.triggers[pick % 7 :: 7] if trigger in WALKED]
        choice = [*leads_on * 6, *(m.trigger for m in moves if m.source == state), *few]
        return choice[pick % len(choice)]

    def _answers(self, one: Try, trigger: str) -> dict[str, Any]:
        row = self.oracle.row(trigger)
        if row is None:
            return {}
        asked = {f.name for f in (*row.needs, *row.takes)}
        whole = (
            answers_for(row, self.day) | numbered(row, self.case) | {n: v for n, v in self.family.items() if n in asked}
        )
        whole |= {name: value for name, value in one.peculiar if name in asked}
        return {name: value for name, value in whole.items() if value is not None}

    def _fired(self, one: Try, trigger: str, on: date, data: dict[str, Any]) -> CaseEvent | None:
        now = datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)
        try:
            attempt = Attempt(trigger, Actor("somebody", one.roles), now, data, on)
            return self.case.fire(attempt, lambda who: "R-2" if one.another else None)
        except StepRefused as refused:
            return None if refused.reasons else pytest.fail("refused for no reason")


@cache
def way_of(chart: Chart, state: str) -> tuple[str, ...]:
    """The shortest way to a state that the oracle can follow, or no way."""
    known = (
        way for (_, _, to), way in ways(chart).items() if to == state and set(way) <= WALKED - ABOUT_ANOTHER_FAMILY
    )
    return min(known, key=len, default=())


# Not made shorter when it fails: that takes minutes, and the walk is told step by step.
@pytest.mark.parametrize("walks", [60, pytest.param(600, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", CHARTS)
def test_whatever_is_tried_in_whatever_order_the_case_its_replay_and_the_oracle_agree(name: str, walks: int) -> None:
    @settings(max_examples=walks, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(start=st.sampled_from(sorted(STATES)), tries=st.lists(TRIES, min_size=20, max_size=40))
    def walked(start: str, tries: list[Try]) -> None:
        walk = Walk(CHARTS[name], start)
        walk.agrees()
        for one in tries:
            walk.tries(one)
            walk.agrees()
        walk.replays()

    walked()
