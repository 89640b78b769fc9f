"""Two versions of a pathway side by side: what the new one adds, removes and changes, in words.

Nothing is activated by it, and no referral is looked at: it knows the two tables alone.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.chart import Chart
from workflows.diagram import source_of
from workflows.vocabulary import Clock, Criterion, Field, Move, State

Cells = Mapping[str, str | tuple[str, ...]]
"""What can be said of one entry of a table, by what it is about. Several words are compared one by one."""


class How(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Altered:
    """One entry that the new version has otherwise. `source`: of a step, the state from which it is taken.

    `says` is what it is (added, removed) or what is otherwise about it (changed), a sentence each.
    """

    part: str
    how: How
    what: str
    says: tuple[str, ...]
    source: str = ""


def altered(old: Chart, new: Chart) -> tuple[Altered, ...]:
    """Everything in which the new version differs, part by part, in the order of the tables; empty for the same."""
    found: list[Altered] = []
    for part, entries in PARTS.items():
        were, are = entries(old), entries(new)
        for key in dict.fromkeys((*were, *are)):
            if (one := _altered(part, key, were.get(key), are.get(key))) is not None:
                found.append(one)
    return tuple(found)


def _altered(part: str, key: tuple[str, ...], was: Cells | None, now: Cells | None) -> Altered | None:
    what, source = key[0], key[1] if part == "steps" else ""
    if was is None or now is None:
        how, cells = (How.ADDED, now or {}) if was is None else (How.REMOVED, was)
        return Altered(part, how, what, tuple(f"{n}: {_words(v)}" for n, v in cells.items() if v), source)
    says = tuple(_change(name, was[name], now[name]) for name in was if was[name] != now[name])
    return Altered(part, How.CHANGED, what, says, source) if says else None


def _change(name: str, was: str | tuple[str, ...], now: str | tuple[str, ...]) -> str:
    if isinstance(was, str) or isinstance(now, str):
        return f"{name}: {_words(was)} becomes {_words(now)}"
    gone, more = [w for w in was if w not in now], [w for w in now if w not in was]
    said = [f"no longer {', '.join(gone)}"] if gone else []
    said += [f"also {', '.join(more)}"] if more else []
    return f"{name}: {'; '.join(said) or 'in another order'}"


def _words(value: str | tuple[str, ...]) -> str:
    return (value if isinstance(value, str) else ", ".join(value)) or "nothing"


Entries = Mapping[tuple[str, ...], Cells]


def _states(chart: Chart) -> Entries:
    return {(s.name,): _state(s) for s in chart.states.values()}


def _state(state: State) -> Cells:
    return {"stage": state.stage.value, "label": state.label, "reasons to close": state.reasons}


def _steps(chart: Chart) -> Entries:
    """By trigger, state and the answer that chooses between rows: together they name one row."""
    return {(m.trigger, m.source, *(m.given or ())): _step(chart, m) for m in chart.moves}


def _step(chart: Chart, m: Move) -> Cells:
    return {
        "to": m.to if m.moves else "stays where it is",
        "who": tuple(m.who),
        "needs": tuple(f.name for f in m.needs),
        "takes": tuple(f.name for f in m.takes),
        "only if": tuple(guard.__name__ for guard in m.only_if),
        "stops": ("every clock",) if chart.clocks.keys() <= set(m.stops) else m.stops,
        "starts": m.starts,
        "records": tuple(f"{name} is {value}" for name, value in m.records),
        "forgets": m.forgets,
        "adds to": m.adds,
        "settles an entry of": m.settles[0] if m.settles else "",
        "ends of a list": tuple(dict.fromkeys(lapsed.entries for lapsed in m.lapses)),
        "becomes": tuple(map(str, m.becomes or ())),
        "day kept as": tuple(name for name in (f"{m.marks}, the first" if m.marks_first else m.marks, m.dates) if name),
        "where": f"{m.given[0]} is {m.given[1]}" if m.given else "",
        "hold": m.hold,
        "while on hold": "may be taken" if m.while_held else "",
        "clocks": "go on from before the closure" if m.reopens else "",
    }


def _guards(chart: Chart) -> Entries:
    """The text of a rule, with that of the rules it calls: a rule may be another under the same name. What is made for
    one row and bears the name of its like (`ends_with`) is told by all of them together.
    """
    texts: dict[str, set[str]] = {}
    for guard in {guard for m in chart.moves for guard in m.only_if}:
        texts.setdefault(guard.__name__, set()).add(source_of(guard))
    return {(name,): {"text of the rule": _digest(*sorted(told))} for name, told in sorted(texts.items())}


def _digest(*texts: str) -> str:
    return hashlib.sha256("".join(texts).encode()).hexdigest()[:12]


def _questions(chart: Chart) -> Entries:
    return {(f.name,): _question(f) for f in chart.fields.values()}


def _question(f: Field) -> Cells:
    return {
        "label": f.label,
        "kind": f.kind.value,
        "lasts for": f.part.value,
        "choices": f.choices,
        "longest": f"{f.longest} characters",
        "may lie ahead": f"{f.ahead} days",
        "day kept as": f.dates,
    }


def _clocks(chart: Chart) -> Entries:
    return {(c.name,): _clock(chart, c) for c in chart.clocks.values()}


def _clock(chart: Chart, clock: Clock) -> Cells:
    return {
        "label": clock.label,
        "source": clock.source,
        "started again": clock.again.value.replace("_", " "),
        "agreed day": clock.agreed,
        "started by": _rows_with(chart, lambda m: clock.name in m.starts),
        "stopped by": _rows_with(chart, lambda m: clock.name in m.stops and not chart.clocks.keys() <= set(m.stops)),
    }


def _rows_with(chart: Chart, question: Callable[[Move], bool]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.trigger for m in chart.moves if question(m)))


def _figures(chart: Chart) -> Entries:
    return {
        (f.name, f.in_force_from.isoformat()): {
            "figure": f.words,
            "source": f.source,
            "in force from": "" if f.in_force_from == date.min else f.in_force_from.isoformat(),
        }
        for f in chart.rules.figures
    }


def _rules(chart: Chart) -> Entries:
    rules = chart.rules
    plain = [name for name in rules.__slots__ if name not in ("eligibility", "figures", "settings")]
    said = {(name,): _rule(getattr(rules, name)) for name in plain}
    said |= {(name,): _rule(getattr(rules.settings, name)) for name in rules.settings.__slots__}
    return {what: {"rule": rule} for what, rule in said.items()}


def _rule(value: object) -> str | tuple[str, ...]:
    match value:
        case None:
            return "not published"
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return tuple(f"{name} {number}" for name, number in value.items())
        case tuple():
            return tuple(map(str, value))
    return str(value)


def _eligibility(chart: Chart) -> Entries:
    return {(c.code,): _criterion(c) for c in chart.rules.eligibility}


def _criterion(c: Criterion) -> Cells:
    return {"sentence": c.sentence, "source": c.source, "text of the rule": _digest(source_of(c.asks))}


PARTS: dict[str, Callable[[Chart], Entries]] = {
    "states": _states,
    "steps": _steps,
    "guards": _guards,
    "questions": _questions,
    "clocks": _clocks,
    "figures": _figures,
    "rules": _rules,
    "eligibility": _eligibility,
}
"""The parts of a pathway, in the order in which they are told."""
