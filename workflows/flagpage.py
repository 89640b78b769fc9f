"""The table of flags as a page to read and to sign."""

from collections.abc import Iterator

from workflows.figures import FIGURES
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
from workflows.registry import CURRENT
from workflows.settings import Lack

DAYS = {
    "due": "the due date of a baby not recorded as born",
    "too_old": "the first day on which the baby is too old",
    "rated": "the day of the latest rating",
    "contact": "the day of the latest contact",
    "gp_recheck": "the birth of a baby whose GP has not been looked at since",
    "entry_to_move": "the birth of a baby whose entry stands in the mother's record",
}


def markdown() -> str:
    """Every flag: when it is open, for whom, and from where; and every figure, with what each service says of it."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The flags of the night\n"
    yield "Written from `workflows/flags.py` and `workflows/figures.py`: this page is not edited by hand.\n"
    yield "A flag whose figure no service has entered is off. A graver flag replaces the lesser one. The night raises"
    yield "flags and moves nobody; the step that ends the cause clears the flag at once.\n"
    yield "| flag | reads | open when | quiet on hold | severity | owner | source |\n|---|---|---|---|---|---|---|"
    yield from (_row(rule) for rule in FLAGS.values())
    services = list(CURRENT)
    yield (
        "\n## Figures\n\n| figure | meaning | unit | "
        + " | ".join(services)
        + " |\n"
        + "|---" * (3 + len(services))
        + "|"
    )
    for name, meaning in FIGURES.items():
        said = (_said(service, name) for service in services)
        yield f"| `{name}` | {meaning.label} | {meaning.unit.replace('_', ' ')} | {' | '.join(said)} |"
    yield "\nA service enters what they do not say: `casework figures set NAME AMOUNT --service KEY --source TEXT`."


def _said(service: str, name: str) -> str:
    known = [f for f in CURRENT[service].rules.figures if f.name == name]
    return "; ".join(f"{f.amount} ({f.source})" for f in known) or "off"


def _row(rule: FlagRule) -> str:
    when = "; or ".join(_when(condition) for condition in rule.when)
    replaces = f" Replaces `{rule.replaces}`." if rule.replaces else ""
    quiet = "yes" if rule.quiet_on_hold else "no"
    when += "; closed referrals too" if rule.after_closing else ""
    cells = (f"`{rule.kind}`", rule.sentence + replaces, when, quiet, rule.severity, rule.owner.replace("_", " "))
    return f"| {' | '.join(cells)} | {rule.source} |"


def _when(condition: Condition) -> str:
    match condition:
        case ClockReaches():
            beyond = "is beyond" if condition.past else "has reached"
            not_yet = "is not yet beyond" if condition.until_past else "not yet"
            until = f", and {not_yet} `{condition.until}`" if condition.until else ""
            return f"clock `{condition.clock}` {beyond} `{condition.figure}`{until}{_in(condition.states)}"
        case AgreedDayComes(clock=clock, always=always):
            at_once = ", or at once where none was agreed" if always else ""
            return f"clock `{clock}` runs on the day agreed when it was started{at_once}"
        case DaySince():
            return f"{DAYS[condition.day]} lies `{condition.figure}` back{_in(condition.states)}"
        case DayAhead():
            return f"{DAYS[condition.day]} comes within `{condition.figure}`{_in(condition.states)}"
        case DayBeforeStart():
            start = "the expected start (acceptance, or today, and the published wait)"
            return f"{DAYS[condition.day]} is not after {start}{_in(condition.states)}"
        case AnswersMissing():
            without = {Lack.BLOCK: "that the service needs", Lack.WARN: "of which the service warns"}[condition.lack]
            return f"the written referral has come and an answer {without} is blank"
        case FoundByTheNight():
            return "the night finds it"


def _in(states: tuple[str, ...]) -> str:
    return f", in {', '.join(states)}" if states else ""
