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
VOICE: dict[str, Any] = {"infant_voice": "She turns to her mother's voice."}
"""What is said of the baby at each stage, in one of its shapes."""

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
        case Kind.NUMBER:
            return field.least
        case Kind.TIME:
            return "09:30"
        case Kind.RECORD:
            return "R-1"
        case Kind.LIST:
            return [{f.name: example(f, today) for f in field.of if not f.optional}]


SPECIAL: dict[str, Any] = {
    "waiting_would_harm": "no",
    "void_reason": "duplicate",
    "prior_referral": "R-0",
    "call_minutes_booked": 45,
    "interventions": ["video_interaction_guidance", "watch_me_play"],
    "intervention": "watch_me_play",
    "goal_rating": 5,
    "babies_born": 2,
    **dict.fromkeys(("child_protection", "looked_after", "own_mental_health", "parenting_assessment"), "no"),
    **dict.fromkeys(("survivor", "merged_into", "other_record", "about"), "R-2"),
    "babies_considered": [{"birth_order": n, "under_stress": "yes", "in_scope": "yes"} for n in (1, 2)],
    "considered": [{"of_whom": whom, "needs_seen": "Calm, and time."} for whom in ("infant", "focus_carer", "dyad")],
}
"""Where the first choice would be one that the pathway speaks against."""

ONE_OR_THE_OTHER = frozenset(
    {
        "infant",
        "infant_voice",
        "observed_on",
        "goal_rating",
        "no_measures_because",
        "surviving_reference",
        "all_lost",
        "meets_on",
    }
)
"""What a step takes and a rule of it asks for, unless something else is said."""


def asked_of(move: Move) -> tuple[Field, ...]:
    """What somebody answers who leaves out nothing that the step would be refused for."""
    return (*move.needs, *(f for f in move.takes if f.name in ONE_OR_THE_OTHER and f not in move.needs))


LIST_OF = {"goal_number": "goals"}
"""Answers that give the number of an entry which stays."""


def numbered(move: Move, case: Case) -> dict[str, Any]:
    """For each needed number of an entry, the entry that was added last."""
    needed = {f.name for f in move.needs}
    lists = {**LIST_OF, **({move.settles[1]: move.settles[0]} if move.settles else {})}
    kept = {name: case.answers.get(kept) for name, kept in lists.items() if name in needed}
    return {name: entries[-1]["number"] for name, entries in kept.items() if isinstance(entries, list)}


def answers_for(move: Move, today: date) -> dict[str, Any]:
    """Everything that a step needs, with the whole form for the steps at which it comes."""
    needed = {f.name: SPECIAL.get(f.name, example(f, today)) for f in asked_of(move)}
    takes = {f.name for f in move.takes}
    whole_form = form(today) if "referrer_words" in takes and move.trigger != "add_information" else {}
    return {**whole_form, **needed, **_of_a_life(move, today)}


IN_PREGNANCY = (("new", "transfer_in"), ("call_booked", "take_call"))
"""Where a form comes, the rows at which it is about a baby who is not born."""


def _of_a_life(move: Move, today: date) -> dict[str, Any]:
    """What only some families say: before the birth, of a new carer, of a child who has grown too old."""
    carer = form(today)
    new_carer = {n: carer[n] for n in ("carer_name", "carer_relationship", "primary_carer", "consent_on", "postcode")}
    due = today + timedelta(days=30)
    unborn = {"infant_dob": None, "infant_name": None, "expected_due_date": due, "babies_expected": 2}
    said: dict[str, dict[str, Any]] = {
        "add_information": {"infant_dob": today - timedelta(days=3 * 366)},
        "change_focus_carer": new_carer,
        "new_carer_to_group": new_carer,
        "retain": {"retain_until": today + timedelta(days=30)},
    }
    if (move.source, move.trigger) == ("consent_withdrawn", "reopen"):
        return {"consent_on": today}
    return unborn if (move.source, move.trigger) in IN_PREGNANCY else said.get(move.trigger, {})


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
        row = next((m for m in chart.moves if (m.source, m.trigger) == (state, trigger)), None)
        asked = asked_of(row) if row else ()
        invented = {f.name: SPECIAL.get(f.name, example(f, self._clock.today)) for f in asked}
        invented |= numbered(row, self.case) if row else {}
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
