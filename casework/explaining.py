"""Why a flag is open: its rule, the figure and where that comes from, the days, and the sum that leads to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from casework.case import Case
from casework.flagging import expected_start, holds
from casework.gaps import lacking
from casework.spans import reached_on
from workflows.dates import british
from workflows.figures import FIGURES, Figure, Lookup
from workflows.flags import (
    FLAGS,
    AgreedDayComes,
    AnswersMissing,
    ClockReaches,
    Condition,
    DayAhead,
    DayBeforeStart,
    DaySince,
    FlagRule,
    FoundByTheNight,
)

DAYS = {
    "due": "The baby is due on",
    "too_old": "The baby is too old for the service from",
    "rated": "The ratings were taken on",
    "contact": "The last contact recorded was on",
    "gp_recheck": "The baby, whose own GP is to be looked at again, was born on",
    "entry_to_move": "The baby, whose entry still stands in the mother's record, was born on",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """One flag of one referral, as it can be told to a person. `holds_today`: whether the rule still asks for it."""

    kind: str
    sentence: str
    source: str
    owner: str
    holds_today: bool
    because: tuple[str, ...]


def explained(case: Case, kind: str, on: date, figure: Lookup) -> Explained:
    """Raises `KeyError` for a kind that is none."""
    rule = FLAGS[kind]
    stands = case.open or rule.after_closing
    true = [condition for condition in rule.when if stands and holds(condition, case, on, figure)]
    told = [line for condition in true or rule.when for line in _lines(condition, case, on, figure)]
    return Explained(
        kind=kind,
        sentence=rule.sentence,
        source=rule.source,
        owner=rule.owner.value,
        holds_today=bool(true) and not (rule.quiet_on_hold and case.held_since is not None),
        because=(*told, *_beside(rule, case)),
    )


def explained_by_the_night(kind: str) -> Explained:
    """It is open as long as the night finds it."""
    rule = FLAGS[kind]
    told = "The night found it while it counted and read. What is wrong: casework nightly --again --dry-run"
    return Explained(kind, rule.sentence, rule.source, rule.owner.value, holds_today=True, because=(told,))


def _beside(rule: FlagRule, case: Case) -> Iterator[str]:
    if rule.replaces:
        yield f"It takes the place of {rule.replaces}."
    if case.held_since:
        quiet = "so this flag is quiet" if rule.quiet_on_hold else "which does not quieten this flag"
        yield f"On hold since {british(case.held_since)}, {quiet}."


def _lines(condition: Condition, case: Case, on: date, figure: Lookup) -> Iterator[str]:
    match condition:
        case ClockReaches():
            yield from _clock(condition, case, on, figure)
        case AgreedDayComes(clock=name):
            clock = case.clocks.get(name)
            if clock and clock.running and clock.agreed_on:
                yield f"{_label(case, name)}: running since {british(clock.since)}."
                yield f"Agreed then: to look again on {british(clock.agreed_on)}. {_today(clock.agreed_on, on)}"
            elif clock and clock.running:
                yield f"{_label(case, name)}: running since {british(clock.since)}. No day was agreed to look again."
        case DaySince() | DayAhead():
            yield from _day(condition, case, on, figure)
        case DayBeforeStart():
            yield from _before_start(condition, case, on, figure)
        case AnswersMissing(lack=lack):
            labels = [case.chart.fields[n].label if n in case.chart.fields else n for n in lacking(case, lack)]
            yield f"Missing: {'; '.join(labels) or 'nothing'}."
            if received := case.answers.get("received_on"):
                yield f"The written referral came on {british(received)}, {_apart(received, on)}."
        case FoundByTheNight():
            return


def _clock(condition: ClockReaches, case: Case, on: date, figure: Lookup) -> Iterator[str]:
    clock, reached = case.clocks.get(condition.clock), figure(case.service, condition.figure, on)
    if clock is None or not clock.running:
        yield f"{_label(case, condition.clock)}: not running."
        return
    yield f"{_label(case, condition.clock)}: running since {british(clock.since)}, day {clock.days(on)}."
    if clock.counts_from != clock.since:
        yield f"{_days((clock.since - clock.counts_from).days)} of earlier stretches are counted in."
    if clock.adjusted(on, case.held_since) != clock.days(on):
        yield f"Less days on hold: {_days(clock.adjusted(on, case.held_since))}. Flags go by the calendar figure."
    yield from _reached(reached, condition.figure, clock.counts_from, on, past=condition.past)
    if condition.until and (until := figure(case.service, condition.until, on)):
        ends = reached_on(until, clock.counts_from) + timedelta(days=condition.until_past)
        yield f"Until {until.words}: {british(ends)}, when another flag takes its place."


def _reached(reached: Figure | None, name: str, since: date, on: date, *, past: bool = False) -> Iterator[str]:
    if reached is None:
        yield f"{FIGURES[name].label}: no figure has been entered, so the flag is off."
        return
    first = reached_on(reached, since)
    yield f"{FIGURES[name].label}: {reached.words} ({reached.source})."
    beyond = "; the flag is for what is beyond it" if past else ""
    yield f"{british(since)} + {reached.words} = {british(first)}{beyond}. {_today(first, on)}"


def _day(condition: DaySince | DayAhead, case: Case, on: date, figure: Lookup) -> Iterator[str]:
    day, distance = case.days.get(condition.day), figure(case.service, condition.figure, on)
    if day is None:
        return
    yield f"{DAYS[condition.day]} {british(day)}, {_apart(day, on)}."
    if isinstance(condition, DaySince):
        yield from _reached(distance, condition.figure, day, on)
    elif distance is not None:
        yield f"{FIGURES[condition.figure].label}: {distance.words} ({distance.source})."


def _before_start(condition: DayBeforeStart, case: Case, on: date, figure: Lookup) -> Iterator[str]:
    day, start = case.days.get(condition.day), expected_start(condition, case, on, figure)
    wait, clock = figure(case.service, condition.figure, on), case.clocks.get(condition.clock)
    if day is None:
        return
    yield f"{DAYS[condition.day]} {british(day)}, {_apart(day, on)}."
    if start is None or wait is None or wait.amount is None:
        yield "The service publishes no wait, so no start can be expected and the flag is off."
        return
    accepted = clock is not None and clock.running
    since = clock.counts_from if clock and accepted else on
    from_what = "accepted" if accepted else "not accepted yet, so counted from today"
    yield f"Published wait: up to {wait.amount - 1} days ({wait.source}); {from_what}."
    late = "not after that" if day <= start else "after that"
    yield f"{british(since)} + {wait.amount - 1} days: work can be expected by {british(start)}."
    yield f"{british(day)} is {late}."


def _label(case: Case, name: str) -> str:
    return case.chart.clocks[name].label


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _apart(day: date, on: date) -> str:
    apart = (on - day).days
    if apart == 0:
        return "today"
    return f"{_days(apart)} ago" if apart > 0 else f"in {_days(-apart)}"


def _today(day: date, on: date) -> str:
    return f"On {british(on)} that is {_apart(day, on)}."
