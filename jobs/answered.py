"""The answers of a record under their questions, in words that can be read to a family."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from casework import Case, CaseEvent
from casework.aside import STOOD
from jobs.show import one_line
from workflows import Field
from workflows.dates import british
from workflows.restricted import Withheld

INDENT = "    "
LONGEST_BESIDE = 76
"""Characters of an answer that stands beside its question; a longer one stands below it."""

Questions = Mapping[str, Field]


def lines(found: Case) -> Iterator[str]:
    """Every answer in the order of the questions, then what the steps themselves keep: lists, days, outcomes."""
    asked = found.chart.fields
    for name, value in in_order(asked, found.answers):
        if name != STOOD:
            yield from _answer(asked, name, _place(found) if name == "closed_from" else value)


def brought(found: Case, event: CaseEvent) -> Iterator[str]:
    """What one step brought, much of which stands nowhere else: a summary, a formulation, a reason."""
    for name, value in in_order(found.chart.fields, event.data):
        yield from _answer(found.chart.fields, name, value)


def in_order(asked: Questions, answers: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """They are kept by the alphabet of names that nobody reads."""
    places = {name: place for place, name in enumerate(asked)}
    return sorted(answers.items(), key=lambda answer: places.get(answer[0], len(places)))


def _place(found: Case) -> str:
    return found.chart.states[found.answers["closed_from"]].label


def label(asked: Questions, name: str) -> str:
    """The question as it is read; what a step itself settles has none, and is called by its name."""
    return asked[name].label if name in asked else name.replace("_", " ").capitalize()


def beside(asked: Questions, name: str, value: Any) -> str:
    """An answer in one line, its entries one after the other."""
    if _has_entries(value):
        return " / ".join(_in_one_line(_inside(asked, name, entry), entry) for entry in value)
    return one_line(_words(asked.get(name), value))


def _answer(asked: Questions, name: str, value: Any) -> Iterator[str]:
    question = label(asked, name)
    if _has_entries(value):
        yield f"{question}:"
        for entry in value:
            yield from (INDENT + line for line in _entry(_inside(asked, name, entry), entry))
        return
    text = _words(asked.get(name), value)
    told = text.splitlines()
    if len(told) == 1 and len(question) + len(text) < LONGEST_BESIDE:
        yield _asked_and_told(question, text)
        return
    yield question if question.endswith("?") else f"{question}:"
    yield from (INDENT + one_line(line) for line in told)


def _asked_and_told(question: str, text: str) -> str:
    return f"{question}{'' if question.endswith('?') else ':'} {one_line(text)}"


def _entry(asked: Questions, entry: Mapping[str, Any]) -> Iterator[str]:
    """What a step added: its number and its day, and below them what was said. Any other entry: in one line."""
    if "number" not in entry:
        yield f"- {_in_one_line(asked, entry)}"
        return
    yield f"{entry['number']}. {_words(None, entry['on'])}"
    for name, value in in_order(asked, entry):
        if name not in ("number", "on"):
            yield from (INDENT + line for line in _answer(asked, name, value))


def _in_one_line(asked: Questions, entry: Mapping[str, Any]) -> str:
    return "; ".join(
        _asked_and_told(label(asked, name), beside(asked, name, value)) for name, value in in_order(asked, entry)
    )


def _inside(asked: Questions, name: str, entry: Mapping[str, Any]) -> Questions:
    """The questions of one entry: those of the list, or of the steps that add to it (`network` is both)."""
    return asked if "number" in entry or name not in asked else {one.name: one for one in asked[name].of}


def _has_entries(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _words(question: Field | None, value: Any) -> str:
    match value:
        case date():
            return british(value)
        case list() | tuple():
            return "; ".join(_words(question, one) for one in value)
        case str() if question is None or question.choices:
            return _choice(question, value)
        case Withheld():
            return value.words
    return str(value)


def _choice(question: Field | None, code: str) -> str:
    term = question.terms.get(code) if question else None
    return term.words if term else code.replace("_", " ")
