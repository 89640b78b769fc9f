"""An invented second version of the Leeds pathway, for the tests of what is told before one is activated.

A call before the assessment; nobody is unallocated; no watchful waiting; a wait that starts afresh; one more answer
that a complete referral needs; a shorter published wait; the family hears too.
"""

from dataclasses import replace
from datetime import date

from tests.workflows.shipped import LEEDS as BEFORE
from workflows import Chart, Figure, Move, Refusal, Role, Stage, State
from workflows.charts.rows import EVERY_CLOCK
from workflows.fields.referral import REASON
from workflows.vocabulary import Again, Facts

GONE = {"watchful_waiting", "watch_advised"}


def consent_recorded(facts: Facts) -> Refusal | None:
    """Under the name of the first version's rule, and another: consent on paper no longer counts."""
    if facts.answer("consent_on") and not facts.from_paper:
        return None
    return Refusal("consent_missing", "Record the family's consent.", ("consent_on",))


def _row(move: Move) -> Move:
    if any(guard.__name__ == "consent_recorded" for guard in move.only_if):
        guards = (consent_recorded if g.__name__ == "consent_recorded" else g for g in move.only_if)
        move = replace(move, only_if=tuple(guards))
    if move.trigger == "acknowledge":
        move = replace(move, who=(*move.who, Role.DUTY), stops=(*move.stops, "total_time"))
    return move


KEPT = tuple(_row(m) for m in BEFORE.moves if not GONE & {m.source, m.to, *(m.given or ())})
NEW_ROWS = (
    Move("allocated", "call_family", "first_call", (Role.CLINICIAN,)),
    Move("first_call", "first_contact", "assessment", (Role.CLINICIAN,), stops=("wait_to_start", "total_time")),
    Move("first_call", "move_away", "moved_away", (Role.CLINICIAN,), needs=(REASON,), stops=EVERY_CLOCK),
)

LEEDS_2 = Chart(
    name=BEFORE.name,
    version=2,
    rules=replace(
        BEFORE.rules,
        required=(*BEFORE.rules.required, "gp_in_area"),
        figures=(*BEFORE.rules.figures, Figure("wait_first", 42, "an invented page", date(2026, 1, 1))),
    ),
    states={
        **{name: state for name, state in BEFORE.states.items() if name not in GONE},
        "first_call": State("first_call", Stage.ALLOCATED, "First call made"),
    },
    clocks={
        **{name: clock for name, clock in BEFORE.clocks.items() if name != "watch"},
        "wait_to_allocation": replace(BEFORE.clocks["wait_to_allocation"], again=Again.AFRESH),
    },
    moves=tuple(
        replace(m, stops=tuple(s for s in m.stops if s != "watch"))
        for m in (*KEPT, *NEW_ROWS)
        if m.trigger != "unallocate"
    ),
)
