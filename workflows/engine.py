"""One `transitions` machine a chart, bound to no model. The only module that imports `transitions`.

The machine is made from the chart's rows and has no others. Screens and the machine ask the same guards.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from transitions import Machine

from workflows.beside import IN_WORDS
from workflows.chart import Chart
from workflows.dates import british
from workflows.vocabulary import NEW, Facts, Field, Guard, Kind, Move, Part, Refusal

MOST_STATES = 6
"""Labels that one sentence lists, if there are more than one beyond."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The row that a trigger would take, if there is one, and everything that speaks against taking it."""

    move: Move | None
    reasons: tuple[Refusal, ...]


class ChartBroken(RuntimeError):
    """The machine did not land where its row says. Nothing was changed; the fault is in casework."""


class _Standing:
    """What the machine moves: a state and nothing else."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class Engine:
    """A chart made ready to run. Make one a chart with `engine_of`."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.rows: dict[tuple[str, str], tuple[Move, ...]] = {}
        for move in chart.moves:
            self.rows[move.source, move.trigger] = (*self.rows.get((move.source, move.trigger), ()), move)
        self.machine = Machine(
            model=None,
            states=[NEW, *chart.states],
            initial=None,
            transitions=[
                {"trigger": m.trigger, "source": m.source, "dest": m.to, "conditions": _conditions(m)}
                for m in chart.moves
            ],
            auto_transitions=False,
            queued=False,
        )

    def judge(self, facts: Facts, trigger: str) -> Judgement:
        """Every reason at once why a trigger may not fire. No reasons: it may."""
        move = self.row(facts.state, trigger, facts.recorded)
        if move is None:
            return Judgement(None, (self._no_row(facts, trigger),))
        reasons = [r for guard in move.only_if if (r := guard(facts)) is not None]
        spoken_of = {name for reason in reasons for name in reason.fields}
        if lacking := [f for f in lacks(move, facts) if f.name not in spoken_of]:
            reasons += [_needed(f) for f in lacking]
        reasons += [*_unknown_records(move, facts), *_unknown_entry(move, facts), *_other_figures(move, facts)]
        if facts.held_since and not move.while_held:
            reasons.insert(0, _on_hold(facts.held_since))
        if not (facts.from_paper or facts.follows or facts.roles.intersection(move.who)):
            reasons.insert(0, _not_yours(move))
        return Judgement(move, tuple(reasons))

    def step(self, facts: Facts, trigger: str, move: Move) -> None:
        """Run the machine over a row that was judged free of reasons. Raises `ChartBroken` if it does not follow."""
        standing = _Standing(facts.state)
        self.machine.events[trigger].trigger(standing, facts)
        if standing.state != move.to:
            raise ChartBroken(f"{self.chart.id}: {trigger} from {facts.state} did not lead to {move.to}.")

    def row(self, state: str, trigger: str, recorded: Mapping[str, object]) -> Move | None:
        """The row that a trigger would take from a state; where there are several, what is recorded chooses."""
        for move in self.rows.get((state, trigger), ()):
            if _is_given(move, recorded):
                return move
        return None

    def row_taken(self, source: str, trigger: str, to: str) -> Move:
        """The row that an event took. Raises `LookupError`, `StopIteration` where this pathway has no such row."""
        rows = self.rows[source, trigger]
        return rows[0] if len(rows) == 1 else next(row for row in rows if row.to == to)

    def _no_row(self, facts: Facts, trigger: str) -> Refusal:
        what, sources = IN_WORDS[self.chart.kind], [s for s in self.chart.states if (s, trigger) in self.rows]
        if not sources:
            if (NEW, trigger) not in self.rows:
                return Refusal("unknown_trigger", "The pathway has no such step.")
            return Refusal("already_open", f"This step opens a {what}; this one is open already.")
        here = self.chart.states[facts.state].label if facts.state != NEW else "not yet opened"
        possible = _listed(tuple(dict.fromkeys(self.chart.states[s].label for s in sources)))
        return Refusal("impossible_step", f"The {what} stands at: {here}. This step is possible from: {possible}.")


def _listed(labels: tuple[str, ...]) -> str:
    """All of them, or the first and how many more there are."""
    more = len(labels) - MOST_STATES
    return ", ".join(labels) if more <= 1 else f"{', '.join(labels[:MOST_STATES])} and {more} more"


@lru_cache(maxsize=64)
def engine_of(chart: Chart) -> Engine:
    """The one engine of a chart. Safe to share between threads: it keeps nothing of a case."""
    return Engine(chart)


def lacks(move: Move, facts: Facts) -> tuple[Field, ...]:
    """The answers that the step needs and nobody has given. An answer of the referral form is asked only once."""
    if facts.from_paper:
        return ()
    return tuple(
        f for f in move.needs if not facts.data.get(f.name) and not (f.part is Part.FORM and facts.recorded.get(f.name))
    )


def _unknown_records(move: Move, facts: Facts) -> list[Refusal]:
    return [
        Refusal("unknown_record", f"There is no such record here: {f.label}.", (f.name,))
        for f in (*move.needs, *move.takes)
        if f.kind is Kind.RECORD and f.record and (named := facts.data.get(f.name))
        if facts.beside.record(f.record, str(named)) is None
    ]


def _unknown_entry(move: Move, facts: Facts) -> list[Refusal]:
    name, asked = move.settles or ("", "")
    number = facts.data.get(asked)
    if not (facts.entries(name) or facts.from_paper) and any(f.name == asked for f in move.needs):
        return [Refusal("no_such_entry", "There is nothing open that this step could be about.")]
    if not number or number in {entry["number"] for entry in facts.entries(name)}:
        return []
    return [Refusal("no_such_entry", "There is no such open entry. Look its number up in the record.", (asked,))]


def stated(move: Move, facts: Facts) -> dict[str, object]:
    """The answers that the service's own figures give to a step, as they hold on its day. Paper has its own."""
    if facts.from_paper:
        return {}
    asked = ((f.name, facts.figure(f.figure)) for f in (*move.needs, *move.takes) if f.figure)
    return {name: figure.amount for name, figure in asked if figure is not None}


def _other_figures(move: Move, facts: Facts) -> list[Refusal]:
    known = {name: amount for name, amount in stated(move, facts).items() if name in facts.data}
    return [
        Refusal("not_the_figure", f"The figure of the service is {amount} on that day. Leave this answer out.", (name,))
        for name, amount in known.items()
        if facts.data[name] != amount
    ]


def told_once(reasons: list[Refusal]) -> list[Refusal]:
    """An answer that was given and is wrong is not also called missing; what two rules say alike is said once."""
    wrong = {name for r in reasons for name in r.fields if r.code != "answer_missing"}
    said = dict.fromkeys(reasons)
    return [r for r in said if r.code != "answer_missing" or not wrong.intersection(r.fields)]


def beyond_answers(move: Move, reasons: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """The reasons that stay when the step's questions are answered."""
    asked = {f.name for f in move.needs}
    return tuple(r for r in reasons if not r.fields or r.who or not asked.issuperset(r.fields))


def _is_given(move: Move, recorded: Mapping[str, object]) -> bool:
    return move.given is None or recorded.get(move.given[0]) == move.given[1]


def _conditions(move: Move) -> list[Callable[[Facts], bool]]:
    route: list[Callable[[Facts], bool]] = [] if move.given is None else [lambda facts: _is_given(move, facts.recorded)]
    return [*route, *(_holds(guard) for guard in move.only_if)]


def _holds(guard: Guard) -> Callable[[Facts], bool]:
    return lambda facts: guard(facts) is None


def _needed(field: Field) -> Refusal:
    return Refusal("answer_missing", f"This step needs: {field.label}.", (field.name,))


def _on_hold(since: date) -> Refusal:
    return Refusal("on_hold", f"The referral has been on hold since {british(since)}. Resume it first.")


def _not_yours(move: Move) -> Refusal:
    who = " or ".join(role.value.replace("_", " ") for role in move.who)
    return Refusal("not_your_step", f"This step is for: {who}.", who=move.who)
