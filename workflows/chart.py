"""A pathway as a whole, and the proof that it can be one: asked when it is built and by `casework pathway check`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from workflows.beside import RecordKind
from workflows.vocabulary import NEW, Clock, Field, Kind, Move, Part, ServiceRules, State


@dataclass(frozen=True, eq=False)
class Chart:
    """One pathway of one service, in one version. Building an unsound one raises `UnsoundChart`.

    `kind` is what walks it: a referral, or one of the records beside it.
    """

    name: str
    version: int
    rules: ServiceRules
    states: Mapping[str, State]
    clocks: Mapping[str, Clock]
    moves: tuple[Move, ...]
    kind: RecordKind = RecordKind.REFERRAL

    def __post_init__(self) -> None:
        if found := faults(self):
            raise UnsoundChart(self.id, found)

    @cached_property
    def id(self) -> str:
        return f"{self.name}@{self.version}"

    def triggers_from(self, state: str) -> tuple[str, ...]:
        """Each trigger that has a row from the state, in the order of the table."""
        return tuple(dict.fromkeys(m.trigger for m in self.moves if m.source == state))

    @cached_property
    def triggers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(m.trigger for m in self.moves))

    @cached_property
    def clocks_of_a_hold(self) -> frozenset[str]:
        """They end with the hold. Closing ends it too, and reopening does not bring it back."""
        return frozenset(name for m in self.moves if m.hold == "starts" for name in m.starts)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every question that the pathway can ask, by name."""
        return {f.name: f for m in self.moves for f in (*m.needs, *m.takes)}

    @cached_property
    def links(self) -> dict[str, RecordKind | None]:
        """The answers that last and name another record, and what kind; None for a label that several bear."""
        asked = self.fields.values()
        return {f.name: f.record for f in asked if f.kind is Kind.RECORD and f.part is not Part.STEP}


class UnsoundChart(ValueError):
    """The table cannot be a pathway: a state that nobody can reach, a row without a role, a clock without a name."""

    def __init__(self, chart: str, found: tuple[str, ...]) -> None:
        self.chart, self.found = chart, found
        super().__init__(f"{chart} is not sound: " + "; ".join(found))


Check = Callable[[Chart], Iterator[str]]


def faults(chart: Chart) -> tuple[str, ...]:
    """Everything that is wrong with a chart, as sentences; empty for a sound one."""
    return tuple(fault for check, _ in CHECKS for fault in check(chart))


def _known_states(chart: Chart) -> Iterator[str]:
    for move in chart.moves:
        for name in (move.source, move.to):
            if name not in chart.states and not (name == NEW and name == move.source):
                yield f"{move.trigger} names the state {name!r}, which is not there"


def _reachable(chart: Chart) -> Iterator[str]:
    reached = _walk({NEW}, ((m.source, m.to) for m in chart.moves))
    yield from (f"nothing leads to {name}" for name in chart.states if name not in reached)


def _can_end(chart: Chart) -> Iterator[str]:
    closed = {s.name for s in chart.states.values() if s.closed}
    ends = _walk(closed, ((m.to, m.source) for m in chart.moves if m.source not in closed))
    yield from (f"{name} cannot end" for name in chart.states if name not in ends)


def _somebody_may(chart: Chart) -> Iterator[str]:
    yield from (f"{m.source} {m.trigger}: nobody may do it" for m in chart.moves if not m.who)


def _named_clocks(chart: Chart) -> Iterator[str]:
    for move in chart.moves:
        for clock in (*move.starts, *move.stops):
            if clock not in chart.clocks:
                yield f"{move.source} {move.trigger} names the clock {clock!r}, which is not there"
    started = {c for m in chart.moves for c in m.starts}
    yield from (f"nothing starts the clock {name}" for name in chart.clocks if name not in started)


def _one_row(chart: Chart) -> Iterator[str]:
    """Rows of one state and trigger exclude each other: each asks for another value of the same recorded answer."""
    for (source, trigger), rows in _by_source_and_trigger(chart).items():
        asked = [m.given for m in rows]
        names = {given[0] if given else "" for given in asked}
        if len(rows) > 1 and (len(set(asked)) < len(rows) or len(names) > 1 or "" in names):
            yield f"{source} {trigger} has {len(rows)} rows that nothing tells apart"


def _by_source_and_trigger(chart: Chart) -> dict[tuple[str, str], list[Move]]:
    rows: dict[tuple[str, str], list[Move]] = {}
    for move in chart.moves:
        rows.setdefault((move.source, move.trigger), []).append(move)
    return rows


def _can_be_given(chart: Chart) -> Iterator[str]:
    """An answer that chooses between rows is one that a row of the same pathway records."""
    known = {pair for m in chart.moves for pair in m.records}
    closed = {s.name for s in chart.states.values() if s.closed}
    known |= {("closed_from", m.source) for m in chart.moves if m.to in closed}
    for m in chart.moves:
        if m.given and m.given not in known:
            yield f"{m.source} {m.trigger} needs {m.given[0]} to be {m.given[1]}, which no step records"


def _closing_stops_clocks(chart: Chart) -> Iterator[str]:
    for move in chart.moves:
        into = chart.states.get(move.to)
        if into and into.closed and move.moves and (starts := set(move.starts) - {"outcome_told"}):
            yield f"{move.source} {move.trigger} closes and starts {', '.join(sorted(starts))}"


def _fields_agree(chart: Chart) -> Iterator[str]:
    known = chart.fields
    for move in chart.moves:
        for f in (*move.needs, *move.takes):
            if known[f.name] != f:
                yield f"{move.trigger} asks {f.name} in another way than the rest"
    if chart.kind is not RecordKind.REFERRAL:
        return
    form = {f.name for f in known.values() if f.part is Part.FORM} | {m.marks for m in chart.moves}
    yield from (f"{name} is required and no step asks for it" for name in chart.rules.required if name not in form)


def _lists_are_kept(chart: Chart) -> Iterator[str]:
    """What is settled was added, by the number that a row asks for; and no list has the name of an answer."""
    added = {m.adds for m in chart.moves if m.adds}
    lasting = {f.name for f in chart.fields.values() if f.part is not Part.STEP}
    yield from (f"{name} is a list and an answer at once" for name in sorted(added & lasting))
    for m in chart.moves:
        lapsed = {rule.entries for rule in m.lapses} - added
        yield from (f"{m.source} {m.trigger} ends entries of {name}, to which no row adds" for name in sorted(lapsed))
    for m in (m for m in chart.moves if m.settles):
        name, number = m.settles or ("", "")
        if name not in added:
            yield f"{m.source} {m.trigger} settles an entry of {name}, to which no row adds"
        if not any(f.name == number and f.kind is Kind.NUMBER for f in (*m.needs, *m.takes)):
            yield f"{m.source} {m.trigger} does not ask which entry of {name} it settles"


def _walk(start: set[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    """Every node that can be reached from the start."""
    leads: dict[str, set[str]] = {}
    for source, to in edges:
        leads.setdefault(source, set()).add(to)
    reached, frontier = set(start), list(start)
    while frontier:
        for step in leads.get(frontier.pop(), set()) - reached:
            reached.add(step)
            frontier.append(step)
    return reached


CHECKS: tuple[tuple[Check, str], ...] = (
    (_known_states, "every state named is there"),
    (_reachable, "every state can be reached"),
    (_can_end, "every state can end"),
    (_somebody_may, "every row has somebody who may do it"),
    (_named_clocks, "every clock named is there, and every clock is started by a row"),
    (_one_row, "at most one row answers a trigger"),
    (_can_be_given, "every answer that chooses a row is recorded by a row"),
    (_closing_stops_clocks, "a closing step starts no wait"),
    (_fields_agree, "every question is asked in one way, and every required answer can be given"),
    (_lists_are_kept, "every entry that is settled or ended was added"),
)


def running_clocks(chart: Chart) -> dict[str, frozenset[str]]:
    """For each open state, the clocks that run there whatever way a referral came. Of these a case may lack none.

    A reopened referral is left out: it comes back to a state with the clocks that it had there. So does one that was
    put aside for another and stands again.
    """
    everything = frozenset(chart.clocks)
    running = {name: everything for name, state in chart.states.items() if not state.closed}
    rows = [m for m in chart.moves if m.to in running and not m.reopens and m.aside != "ends"]
    changed = True
    while changed:
        changed = False
        for move in rows:
            before = running.get(move.source, frozenset())
            after = running[move.to] & ((before - set(move.stops)) | set(move.starts))
            changed |= after != running[move.to]
            running[move.to] = after
    return running
