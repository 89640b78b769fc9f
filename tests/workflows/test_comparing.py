"""What a new version of a pathway would change is told whole, part by part, and nothing that stays is told."""

from dataclasses import replace
from typing import Any

import pytest

from tests.casework.families import row
from tests.workflows.proposed.leeds_v2 import LEEDS_2
from tests.workflows.shipped import LEEDS
from workflows import Chart, Kind, Role
from workflows.comparing import Altered, How, altered
from workflows.fields.referral import REASON
from workflows.guards.endings import ends_with
from workflows.registry import CHARTS
from workflows.vocabulary import Again, AgeLimit, Move

FOUND = altered(LEEDS, LEEDS_2)


def told(part: str, what: str, source: str = "", found: tuple[Altered, ...] = FOUND) -> Altered:
    (one,) = (a for a in found if (a.part, a.what, a.source) == (part, what, source))
    return one


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_a_pathway_changes_nothing_against_itself(chart: Chart) -> None:
    assert altered(chart, chart) == ()


def test_a_state_that_is_new_and_one_that_is_gone_are_told() -> None:
    assert told("states", "first_call").how is How.ADDED
    assert told("states", "first_call").says == ("stage: allocated", "label: First call made")
    assert told("states", "watchful_waiting").how is How.REMOVED


def test_a_step_that_is_gone_is_told_with_the_state_from_which_it_was_taken() -> None:
    gone = told("steps", "unallocate", "allocated")
    assert gone.how is How.REMOVED
    assert "to: waiting" in gone.says
    assert told("steps", "call_family", "allocated").how is How.ADDED
    assert {a.source for a in FOUND if a.part == "steps" and a.what == "early_concern"} == {"watchful_waiting"}


def test_who_may_take_a_step_and_which_clocks_it_stops_are_told_where_they_change() -> None:
    changed = told("steps", "acknowledge", "received")
    assert (changed.how, changed.says) == (How.CHANGED, ("who: also duty_clinician", "stops: also total_time"))


def test_a_rule_that_is_another_under_the_same_name_is_told() -> None:
    changed = told("guards", "consent_recorded")
    assert changed.how is How.CHANGED
    assert changed.says[0].startswith("text of the rule: ")
    assert told("guards", "watching_is_safe").how is How.REMOVED


def test_an_ending_that_is_given_another_reason_is_told_although_many_endings_share_a_rule() -> None:
    ends = [m for m in LEEDS.moves if "ending_is_told" in {guard.__name__ for guard in m.only_if}]
    assert len(ends) > 5
    for ending in ends:
        moves = tuple(_with_another_reason(m) if m is ending else m for m in LEEDS.moves)
        assert told("guards", "ending_is_told", found=altered(LEEDS, replace(LEEDS, moves=moves))).how is How.CHANGED


def _with_another_reason(ending: Move) -> Move:
    others = tuple(guard for guard in ending.only_if if guard.__name__ != "ending_is_told")
    return replace(ending, only_if=(*others, ends_with(ending.to, "another_reason", "closure_reason", ())))


def test_a_clock_that_counts_otherwise_is_told() -> None:
    assert "started again: goes on becomes afresh" in told("clocks", "wait_to_allocation").says
    assert told("clocks", "watch").how is How.REMOVED
    (stopped,) = told("clocks", "total_time").says
    assert stopped.endswith("also acknowledge")


def test_a_figure_and_a_rule_of_the_service_are_told() -> None:
    assert told("figures", "wait_first").says == (
        "figure: 42 days", "source: an invented page", "in force from: 2026-01-01",
    )  # fmt: skip
    assert told("rules", "required").says == ("rule: also gp_in_area",)


def test_what_is_the_same_in_both_is_not_told() -> None:
    assert {a.part for a in FOUND} == {"states", "steps", "guards", "questions", "clocks", "figures", "rules"}
    assert not [a for a in FOUND if a.what in ("allocate", "accept_direct", "offer_plan", "reason")]


ALLOCATE = row(LEEDS, "waiting", "allocate")


@pytest.mark.parametrize(
    ("change", "part", "says"),
    [
        ({"who": (Role.MANAGER,)}, "steps", "who: "),
        ({"needs": ()}, "steps", "needs: no longer clinician"),
        ({"takes": (*ALLOCATE.takes, REASON)}, "steps", "takes: also reason"),
        ({"only_if": ()}, "steps", "only if: no longer "),
        ({"stops": ()}, "steps", "stops: no longer wait_to_allocation"),
        ({"starts": ("triage",)}, "steps", "starts: also triage"),
        ({"to": "assessment"}, "steps", "to: allocated becomes assessment"),
        ({"records": (("outcome", "x"),)}, "steps", "records: also outcome is x"),
        ({"forgets": ("consent_on",)}, "steps", "forgets: also consent_on"),
        ({"marks": "other_on"}, "steps", "day kept as: "),
        ({"while_held": True}, "steps", "while on hold: nothing becomes may be taken"),
        ({"reopens": True}, "steps", "clocks: nothing becomes go on"),
        ({"hold": "starts"}, "steps", "hold: nothing becomes starts"),
    ],
)
def test_no_cell_of_a_step_changes_unseen(change: dict[str, Any], part: str, says: str) -> None:
    states = {k: v for k, v in LEEDS.states.items() if k != "allocated"} if change.get("to") else LEEDS.states
    moves = tuple(replace(m, **change) if m is ALLOCATE else m for m in LEEDS.moves)
    if change.get("to"):
        moves = tuple(m for m in moves if "allocated" not in (m.source, m.to, *(m.given or ())))
    found = altered(LEEDS, replace(LEEDS, moves=moves, states=states))
    changed = told(part, "allocate", "waiting", found)
    assert any(line.startswith(says) for line in changed.says), changed.says


def test_no_cell_of_a_question_a_clock_or_a_state_changes_unseen() -> None:
    fields: dict[str, Any] = {
        "kind": Kind.LINE,
        "label": "Why?",
        "longest": 5,
        "ahead": 3,
        "choices": ("x",),
        "dates": "reason_on",
    }
    for name, value in fields.items():
        asked = replace(REASON, **{name: value})
        moves = tuple(replace(m, needs=tuple(asked if f is REASON else f for f in m.needs)) for m in LEEDS.moves)
        moves = tuple(replace(m, takes=tuple(asked if f is REASON else f for f in m.takes)) for m in moves)
        assert len(told("questions", "reason", found=altered(LEEDS, replace(LEEDS, moves=moves))).says) == 1, name
    otherwise: dict[str, Any] = {"label": "x", "source": "x", "again": Again.GOES_ON, "agreed": "review_on"}
    for name, word in otherwise.items():
        clocks = {**LEEDS.clocks, "triage": replace(LEEDS.clocks["triage"], **{name: word})}
        assert len(told("clocks", "triage", found=altered(LEEDS, replace(LEEDS, clocks=clocks))).says) == 1, name
    of_a_state: dict[str, Any] = {"label": "x", "reasons": ("moved",)}
    for name, value in of_a_state.items():
        states = {**LEEDS.states, "waiting": replace(LEEDS.states["waiting"], **{name: value})}
        assert len(told("states", "waiting", found=altered(LEEDS, replace(LEEDS, states=states))).says) == 1, name


def test_no_rule_of_a_service_changes_unseen() -> None:
    otherwise: dict[str, Any] = {
        "service": "x", "name": "x", "review_label": "x", "required": (), "duty_call_required": False,
        "self_referral": True, "call_minutes": {}, "age_limit": AgeLimit(12, limit_day_is_in=True),
        "consultation_minutes": None, "reopen_within_days": 5, "opening_hours": None, "sources": (),
    }  # fmt: skip
    known = set(LEEDS.rules.__slots__) - {"eligibility", "figures", "settings"}
    assert otherwise.keys() == known
    for name, value in otherwise.items():
        found = altered(LEEDS, replace(LEEDS, rules=replace(LEEDS.rules, **{name: value})))
        assert told("rules", name, found=found).says, name


def test_a_criterion_of_eligibility_that_asks_otherwise_is_told() -> None:
    first, second, *others = LEEDS.rules.eligibility
    swapped = replace(first, asks=second.asks)
    found = altered(LEEDS, replace(LEEDS, rules=replace(LEEDS.rules, eligibility=(swapped, *others))))
    assert told("eligibility", first.code, found=found).how is How.CHANGED
    assert told("eligibility", second.code, found=found).how is How.REMOVED
