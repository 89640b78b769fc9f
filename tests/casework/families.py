"""Invented families and the answers that each step asks for, so that a test says only what it is about."""

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from casework import Actor, Casework, Receipt
from casework.case import Case
from tests.conftest import Clock
from workflows import Chart, Field, Kind, Move

LEEDS, ESSEX = "leeds-imhs", "together-with-baby"
_number = count(1)


def form(today: date, **other: Any) -> dict[str, Any]:
    """A complete written referral of a family of its own. A value of None leaves the answer out."""
    n = next(_number)
    answers = {
        "infant_name": f"Baby Test-{n}",
        "infant_dob": today - timedelta(days=120),
        "carer_name": f"Carer Test-{n}",
        "carer_relationship": "mother",
        "primary_carer": "yes",
        "gp_practice_code": "B86038",
        "postcode": "LS3 7AB",
        "referrer_name": "Invented Referrer",
        "referrer_role": "health_visitor",
        "referrer_contact": "0113 496 0000",
        "consent_on": today,
        "duty_call_on": today,
        "referrer_words": "She looks away when he cries.",
        "relationship_need": "moderate",
        "motivation": "adequate",
        "readiness": "adequate",
        "risk_screen_on": today,
        "relationship_at_risk": "yes",
        "gp_in_area": "yes",
    }
    return {name: value for name, value in (answers | other).items() if value is not None}


def example(field: Field, today: date) -> Any:
    """An answer that fits a question. Yes where yes or no is asked; the first of several choices."""
    match field.kind:
        case Kind.DATE:
            return today
        case Kind.CODE | Kind.YES_NO:
            return field.choices[0]
        case Kind.CODES:
            return list(field.choices[:2])
        case Kind.NHS_NUMBER:
            return "9990000018"
        case Kind.LINE | Kind.WORDS:
            return field.label[: field.longest]


SPECIAL: dict[str, Any] = {"waiting_would_harm": "no", "void_reason": "entered_in_error"}
"""Where the first choice would be one that the pathway speaks against."""


def answers_for(move: Move, today: date) -> dict[str, Any]:
    """Everything that a step needs, with the whole form for the steps at which it comes."""
    needed = {f.name: SPECIAL.get(f.name, example(f, today)) for f in move.needs}
    takes = {f.name for f in move.takes}
    whole_form = form(today) if "referrer_words" in takes and move.trigger != "add_information" else {}
    return {**whole_form, **needed}


def row(chart: Chart, source: str, trigger: str, to: str | None = None) -> Move:
    """The one row of a pathway from a state by a trigger (and, where two answer, to a state)."""
    (found,) = (m for m in chart.moves if (m.source, m.trigger) == (source, trigger) and to in (None, m.to))
    return found


class Family:
    """A referral that is worked step by step by one person, each step on the clock's day."""

    def __init__(self, casework: Casework, clock: Clock, actor: Actor) -> None:
        self._casework, self._clock, self._actor = casework, clock, actor
        self.receipts: list[Receipt] = []

    @property
    def id(self) -> UUID:
        return self.receipts[0].case_id

    @property
    def case(self) -> Case:
        return self._casework.case(self.id)

    @property
    def version(self) -> int:
        return self.receipts[-1].version if self.receipts else 0

    def opens(self, service: str, trigger: str, **data: Any) -> "Family":
        self.receipts.append(self._casework.open_case(service, trigger, self._actor, data))
        return self

    def does(self, trigger: str, *, by: Actor | None = None, on: date | None = None, **data: Any) -> Receipt:
        """Takes a step; what it needs and is not said is invented."""
        chart, state = self.case.chart, self.case.state
        asked = next((m.needs for m in chart.moves if (m.source, m.trigger) == (state, trigger)), ())
        invented = {f.name: SPECIAL.get(f.name, example(f, self._clock.today)) for f in asked}
        known = {name: value for name, value in invented.items() if not self.case.answers.get(name)}
        answers = {**(known if trigger.startswith("indicate_") else invented), **data}
        given = {name: value for name, value in answers.items() if value is not None}
        actor = by or self._actor
        self.receipts.append(self._casework.fire(self.id, trigger, actor, given, seen=self.version, on=on))
        return self.receipts[-1]


LEEDS_TO_WAITING = ("pass_checks", "accept_direct")
LEEDS_TO_THE_END = (
    *LEEDS_TO_WAITING, "tell_outcome", "allocate", "first_contact", "finish_assessment", "offer_plan",
    "family_agrees", "begin_ending", "discharge",
)  # fmt: skip


def referred(casework: Casework, clock: Clock, actor: Actor, service: str = LEEDS, **other: Any) -> Family:
    """A family whose complete written referral has just come."""
    return Family(casework, clock, actor).opens(service, "receive_referral", **form(clock.today, **other))


def brought_to(family: Family, *steps: str) -> Family:
    for step in steps:
        family.does(step)
    return family
