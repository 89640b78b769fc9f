"""The rule of a flag read for one case, as a screen shows it today. The night reads the same table in SQL."""

from collections.abc import Sequence
from datetime import date, timedelta

from casework.case import Case
from casework.gaps import lacking
from casework.spans import latest_start, reached_on
from workflows.figures import Figure, Lookup
from workflows.flags import (
    FLAGS,
    MARKS,
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

ONE_DAY = timedelta(days=1)


def due(case: Case, on: date, figure: Lookup) -> tuple[str, ...]:
    """The kinds of flag that must be open for a case on a day, but for those that only the night can find."""
    return tuple(kind for kind, rule in FLAGS.items() if is_due(rule, case, on, figure))


def over(case: Case, kinds: Sequence[str], on: date, figure: Lookup) -> tuple[str, ...]:
    """Of the kinds that are open, those whose cause has ended. A lesser flag stays until the greater one is raised.

    What only the night can find ends with the referral, and else by the night.
    """
    if not kinds:
        return ()
    still = due(case, on, figure)
    stays = {*still, *(FLAGS[kind].replaces for kind in still)}
    if case.open:
        stays |= {kind for kind in kinds if kind not in FLAGS or kind in MARKS}
    return tuple(kind for kind in kinds if kind not in stays)


def is_due(rule: FlagRule, case: Case, on: date, figure: Lookup) -> bool:
    if not (case.open or rule.after_closing) or (rule.quiet_on_hold and case.held_since is not None):
        return False
    return any(holds(condition, case, on, figure) for condition in rule.when)


def holds(condition: Condition, case: Case, on: date, figure: Lookup) -> bool:
    """Whether one condition of a rule is true of a case on a day."""
    match condition:
        case ClockReaches():
            return _clock_reaches(condition, case, on, figure)
        case AgreedDayComes(clock=name, always=always):
            clock = case.clocks.get(name)
            if clock is None or not clock.running:
                return False
            agreed = clock.agreed_on or (clock.counts_from if always else None)
            return agreed is not None and agreed <= on
        case DaySince() | DayAhead():
            return _day(condition, case, on, figure)
        case DayBeforeStart():
            day, start = case.days.get(condition.day), expected_start(condition, case, on, figure)
            return case.state in condition.states and day is not None and start is not None and day <= start
        case AnswersMissing(lack=lack):
            return bool(lacking(case, lack)) and case.answers["received_on"] <= on
        case FoundByTheNight():
            return False


def _clock_reaches(condition: ClockReaches, case: Case, on: date, figure: Lookup) -> bool:
    clock, reached = case.clocks.get(condition.clock), figure(case.service, condition.figure, on)
    if clock is None or not clock.running or reached is None:
        return False
    if condition.states and case.state not in condition.states:
        return False
    if reached_on(reached, clock.counts_from) > on - ONE_DAY * condition.past:
        return False
    until = figure(case.service, condition.until, on) if condition.until else None
    return until is None or reached_on(until, clock.counts_from) > on - ONE_DAY * condition.until_past


def _day(condition: DaySince | DayAhead, case: Case, on: date, figure: Lookup) -> bool:
    day, distance = case.days.get(condition.day), figure(case.service, condition.figure, on)
    if day is None or distance is None or (condition.states and case.state not in condition.states):
        return False
    return (reached_on(distance, day) if isinstance(condition, DaySince) else latest_start(distance, day)) <= on


def expected_start(condition: DayBeforeStart, case: Case, on: date, figure: Lookup) -> date | None:
    """The last day of the published wait, from acceptance or from now; None where the service publishes none."""
    wait, clock = figure(case.service, condition.figure, on), case.clocks.get(condition.clock)
    if wait is None:
        return None
    accepted = clock is not None and clock.running
    return max(last_day_of(wait, clock.counts_from if clock and accepted else on), on)


def last_day_of(wait: Figure, since: date) -> date:
    """The last day inside a published wait: the day before the first day beyond it."""
    return reached_on(wait, since) - ONE_DAY


def base_of(rule: FlagRule, case: Case) -> date | None:
    """The day that a flag's days are counted from; None where the case has it not."""
    clock, day = rule.counted_from
    return case.clocks[clock].counts_from if clock in case.clocks else case.days.get(day)
