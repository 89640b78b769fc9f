"""How the answers of a step become what is known of a case: values, entries of lists, and why a value is not there."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from workflows import Move, Part
from workflows.beside import entries
from workflows.fields.referral import UNANSWERED


class Happened(Protocol):
    """What an event must tell: its number among those of the case, its day, and the answers that it brought."""

    @property
    def seq(self) -> int: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


def take(answers: dict[str, Any], row: Move, event: Happened) -> None:
    """Change what is known by one step. The answers of the step itself stay in its event, and in its entry."""
    given = {f.name: f for f in (*row.needs, *row.takes) if f.name in event.data}
    lasting = {name for name, f in given.items() if f.part is not Part.STEP and name != UNANSWERED.name}
    answers.update((name, value) for name, value in event.data.items() if name in lasting)
    dated = [f.dates for f in given.values() if f.dates]
    dated += [row.dates] if row.dates else []
    answers.update((name, max(event.effective_on, answers.get(name, date.min))) for name in dated)
    answers.update(row.records)
    if row.marks and not (row.marks_first and row.marks in answers):
        answers[row.marks] = event.effective_on
    for name in row.forgets:
        if name not in event.data:
            answers.pop(name, None)
    _turn_lists(answers, row, event)
    _become(answers, row, event)
    _why_not_there(answers, row, event)


def _turn_lists(answers: dict[str, Any], row: Move, event: Happened) -> None:
    """New lists in the place of the old: a copy of the case shares them."""
    if row.settles:
        name, asked = row.settles
        left = [e for e in entries(answers, name) if e["number"] != event.data.get(asked)]
        answers.pop(name, None)
        answers.update({name: left} if left else {})
    for lapsed in row.lapses:
        left = [e for e in entries(answers, lapsed.entries) if not lapsed.holds_of(e.get(lapsed.name))]
        answers.pop(lapsed.entries, None)
        answers.update({lapsed.entries: left} if left else {})
    if row.adds:
        entry = {**_of_the_step(row, event), "number": event.seq, "on": event.effective_on}
        answers[row.adds] = [*entries(answers, row.adds), entry]


def _become(answers: dict[str, Any], row: Move, event: Happened) -> None:
    """An entry recorded late does not take the place of a later one."""
    kept = row.becomes
    if kept is None or kept.value not in event.data or event.data.get(kept.only[0]) != kept.only[1]:
        return
    if (name := event.data.get(kept.name)) is None:
        return
    fits = {kept.name: name, kept.only[0]: kept.only[1]}
    alike = [e for e in entries(answers, row.adds) if kept.value in e and fits.items() <= e.items()]
    answers[name] = max(alike, key=lambda entry: (entry["on"], entry["number"]))[kept.value]
    answers[kept.dates] = max(event.effective_on, answers.get(kept.dates, date.min))


def _of_the_step(row: Move, event: Happened) -> Mapping[str, Any]:
    own = {f.name for f in (*row.needs, *row.takes) if f.part is Part.STEP}
    return {name: value for name, value in event.data.items() if name in own}


def _why_not_there(answers: dict[str, Any], row: Move, event: Happened) -> None:
    """The latest word on each answer that is not there; gone once the answer has come, or is forgotten."""
    known = (entry for entry in entries(answers, UNANSWERED.name) if entry["name"] not in row.forgets)
    said = {entry["name"]: entry for entry in known}
    for entry in event.data.get(UNANSWERED.name, ()):
        said[entry["name"]] = {**entry, "on": event.effective_on}
    left = [entry for name, entry in said.items() if not answers.get(name)]
    answers.pop(UNANSWERED.name, None)
    answers.update({UNANSWERED.name: left} if left else {})
