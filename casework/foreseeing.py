"""What a new version of a pathway would change for the referrals that are on the old one. Nothing is activated.

Every kept history is folded under the old version and under the new one, and the two are laid side by side.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from casework.case import Case, CaseEvent
from casework.flagging import due
from casework.service import Casework
from workflows import Chart
from workflows.figures import Lookup, lookup

References = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Unfoldable:
    """A history that the new version has no row for. `seq` is the first event that it cannot take in."""

    reference: str
    open: bool
    seq: int
    trigger: str
    source: str
    to: str


@dataclass(slots=True)
class InState:
    """The open referrals of one state, and the steps that the new version takes from them or gives them.

    `missing`: the new version has no such state, so that they could neither stay nor move.
    """

    open: int = 0
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    missing: bool = False

    @property
    def affected(self) -> bool:
        return bool(self.lost or self.gained or self.missing)


@dataclass(slots=True)
class Foreseen:
    """`clocks`, `gaps`, `flags_opening` and `flags_ending` name the open referrals that would read otherwise.

    `damaged` are histories that not even the old version can fold: that is for `casework audit replay`.
    """

    histories: int = 0
    open: int = 0
    states: dict[str, InState] = field(default_factory=dict)
    stranded: References = field(default_factory=dict)
    unfoldable: list[Unfoldable] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    clocks: References = field(default_factory=dict)
    gaps: References = field(default_factory=dict)
    flags_opening: References = field(default_factory=dict)
    flags_ending: References = field(default_factory=dict)

    @property
    def problems(self) -> bool:
        """Whether somebody would be stranded, or a history could not be read any more."""
        return bool(self.stranded or self.unfoldable or self.damaged)


def foresee(clinic: Casework, old: Chart, new: Chart) -> Foreseen:
    """Reads every referral that is on the old version, as of today, in one moment. Writes nothing."""
    service, today, entered = old.rules.service, clinic.today(), clinic.nights.keeper.figures()
    figures = [lookup({service: chart.rules.figures}, entered) for chart in (old, new)]
    with clinic.database.reading() as store:
        kept = store.events_until(date.max, service, every=True)
        return side_by_side(old, new, kept, today, figures)


def side_by_side(
    old: Chart,
    new: Chart,
    kept: Iterable[tuple[str, Sequence[CaseEvent]]],
    on: date,
    figures: Sequence[Lookup],
) -> Foreseen:
    """The same for histories that are at hand; `figures` those of the old version and those of the new one."""
    found = Foreseen()
    for reference, events in kept:
        if not events or events[0].pathway != old.id:
            continue
        case = folded(old, reference, events)
        found.histories += 1
        if isinstance(case, Unfoldable):
            found.damaged.append(reference)
            continue
        if case.open:
            found.open += 1
            _stands(found, old, new, case)
        after = folded(new, reference, events, open_now=case.open)
        if isinstance(after, Unfoldable):
            found.unfoldable.append(after)
        elif case.open:
            _differs(found, (case, after), on, figures)
    return found


def folded(chart: Chart, reference: str, events: Sequence[CaseEvent], *, open_now: bool = False) -> Case | Unfoldable:
    """A history folded under a chart, which need not be the one that it was made on."""
    rows = {(m.source, m.trigger, m.to) for m in chart.moves}
    case = Case(events[0].case_id, chart, reference)
    for event in events:
        if (event.source, event.trigger, event.to) not in rows:
            return Unfoldable(reference, open_now, event.seq, event.trigger, event.source, event.to)
        case.apply(event)
    return case


def _stands(found: Foreseen, old: Chart, new: Chart, case: Case) -> None:
    if case.state not in found.states:
        before, after = old.triggers_from(case.state), new.triggers_from(case.state)
        found.states[case.state] = InState(
            lost=tuple(t for t in before if t not in after),
            gained=tuple(t for t in after if t not in before),
            missing=case.state not in new.states or new.states[case.state].closed,
        )
    found.states[case.state].open += 1
    if found.states[case.state].missing:
        found.stranded.setdefault(case.state, []).append(case.reference)


def _differs(found: Foreseen, cases: tuple[Case, Case], on: date, figures: Sequence[Lookup]) -> None:
    before, after = cases
    for name in dict.fromkeys((*before.clocks, *after.clocks)):
        if _reads(before, name, on) != _reads(after, name, on):
            found.clocks.setdefault(name, []).append(before.reference)
    for name in set(before.gaps) ^ set(after.gaps):
        found.gaps.setdefault(name, []).append(before.reference)
    were, are = (due(case, on, figure) for case, figure in zip(cases, figures, strict=True))
    for kind in set(are) - set(were):
        found.flags_opening.setdefault(kind, []).append(before.reference)
    for kind in set(were) - set(are):
        found.flags_ending.setdefault(kind, []).append(before.reference)


def _reads(case: Case, name: str, on: date) -> tuple[object, ...] | None:
    """What a person and the night read of a clock: whether it runs, its two figures, and the day agreed on."""
    if (clock := case.clocks.get(name)) is None:
        return None
    return clock.running, clock.days(on), clock.adjusted(on, case.held_since), clock.agreed_on
