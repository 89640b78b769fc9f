"""The rule of a flag read for one case, as a screen shows it today. The night reads the same table in SQL."""

from collections.abc import Sequence
from datetime import date

from casework.case import Case
from workflows.flags import FLAGS, AnswersMissing, FlagRule, WaitWindow


def due(case: Case, on: date) -> tuple[str, ...]:
    """The kinds of flag that must be open for a case on a day."""
    return tuple(kind for kind, rule in FLAGS.items() if _is_due(rule, case, on))


def over(case: Case, kinds: Sequence[str], on: date) -> tuple[str, ...]:
    """Of the kinds that are open, those whose cause has ended. A lesser flag stays until the greater one is raised."""
    if not kinds:
        return ()
    still = due(case, on)
    stays = {*still, *(FLAGS[kind].replaces for kind in still)}
    return tuple(kind for kind in kinds if kind not in stays)


def _is_due(rule: FlagRule, case: Case, on: date) -> bool:
    match rule.condition:
        case WaitWindow() as window:
            return _inside(window, case, on)
        case AnswersMissing():
            return bool(case.gaps) and case.answers["received_on"] <= on


def _inside(window: WaitWindow, case: Case, on: date) -> bool:
    clock, days = case.clocks.get(window.clock), window.days(case.chart.rules, on)
    if clock is None or not clock.running or case.held_since is not None or days is None:
        return False
    first, end = days
    return first <= clock.days(on) and (end is None or clock.days(on) < end)
