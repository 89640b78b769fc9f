"""A step taken from the command line: what is said of it, and the exit code."""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, NoReturn, TypedDict, TypeVar, Unpack

from casework import Receipt, StaleCase, StepRefused
from casework.forms import SENTENCES
from jobs.commands import documents
from jobs.commands.answers import read_answers
from jobs.commands.faults import BAD_INPUT, tell
from jobs.commands.line import acting, clinic
from jobs.show import DRY_RUN, say
from workflows import Chart, Refusal
from workflows.beside import IN_WORDS, RecordKind
from workflows.charts.states import STATES
from workflows.dates import british
from workflows.registry import CURRENT, chart_for, every_chart
from workflows.vocabulary import NEW

DONE, REFUSED = 0, 1
Given = TypeVar("Given")
LONGEST_TRIGGER = 40
"""Characters of what was typed that are compared with the steps that there are."""

BAD_DATA = frozenset({*SENTENCES, "unknown_trigger"})
"""A step refused for nothing but these was written down wrongly: it says nothing about the record."""

MISTAKEN = frozenset({"unknown_trigger", "impossible_step"})
"""Another step may have been meant."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step that somebody asked for on the line."""

    trigger: str
    dry_run: bool
    as_json: bool
    chart: Chart | None = None
    """The pathway of the record, where it is none of a referral."""

    def take(self, ask: Callable[[], Receipt]) -> int:
        """Exit code 0: taken; 1: refused, or somebody was first; 2: only the answers are wrong."""
        try:
            taken = ask()
        except StepRefused as refused:
            self._print(documents.refused(refused), self._refusal(refused))
            return BAD_INPUT if _is_badly_written(refused) else REFUSED
        except StaleCase as stale:
            self._print(documents.stale(stale, self._named), [f"casework: {stale} ({stale.code})"])
            return REFUSED
        if self.as_json:
            documents.print_document(documents.receipt(taken, dry_run=self.dry_run))
        else:
            say(*self._taken(taken))
        return DONE

    @property
    def _named(self) -> str:
        """What was typed, where it is a step at all: it may be a name."""
        return self.trigger if any(self.trigger in chart.triggers for chart in every_chart()) else "unknown"

    def _label(self, state: str) -> str:
        """Of the record's own pathway: states of different records may have one name."""
        known = (self.chart.states if self.chart else STATES).get(state)
        return known.label if known else "not yet opened"

    def _taken(self, taken: Receipt) -> Iterator[str]:
        label = self._label(taken.state)
        if self.dry_run:
            for_whom = (
                "" if taken.version == 1 else f" for {taken.reference}"
            )  # its reference is made when it is opened
            yield f"{taken.trigger} is possible{for_whom}. It would then stand at: {label}."
            yield DRY_RUN
            return
        yield f"{taken.reference}: {taken.trigger} on {british(taken.effective_on)}. It stands at: {label}."
        if taken.cleared_flags:
            yield f"Flags cleared: {', '.join(taken.cleared_flags)}."
        for other in taken.also:
            yield f"With it, {other.kind} {other.reference}: {other.trigger}."
        if taken.alike:
            yield f"This may be the same baby as: {', '.join(taken.alike)}. Compare: casework duplicates show."
        yield f"Version {taken.version}; id {taken.case_id}."

    def _refusal(self, refused: StepRefused) -> Iterator[str]:
        stands, what = self._label(refused.state), IN_WORDS[self.chart.kind if self.chart else RecordKind.REFERRAL]
        where = "is not opened yet" if refused.state == NEW else f"stands at: {stands}"
        yield f"casework: {refused.trigger} was refused; the {what} {where}. ({refused.code})"
        yield from (f"  - {_reason(reason)}" for reason in refused.reasons)
        if refused.who:
            yield f"  Who may: {', '.join(refused.who)}."
        if near := self._meant(refused):
            yield f"  Did you mean: {', '.join(near)}?"
        if refused.possible_now:
            yield f"  Possible now: {', '.join(refused.possible_now)}."

    def _meant(self, refused: StepRefused) -> list[str]:
        """Steps of a like name, where the one that was asked for cannot be taken from here whatever is answered."""
        if MISTAKEN.isdisjoint(reason.code for reason in refused.reasons):
            return []
        there = self.chart.triggers_from(refused.state) if self.chart else refused.possible_now
        return get_close_matches(self.trigger[:LONGEST_TRIGGER], set(there) - {refused.trigger})

    def _print(self, document: documents.Document, lines: Iterable[str]) -> None:
        if self.as_json:
            documents.print_document(document)
        else:
            tell(*lines)


class HowTaken(TypedDict):
    """The options of a command that takes a step, as `jobs.commands.case.taking_a_step` has them."""

    data: str | None
    name: str | None
    on: date | None
    key: str | None
    dry_run: bool
    as_json: bool


def opening(
    kind: str, service: str, trigger: str, reference: str | None = None, /, **how: Unpack[HowTaken]
) -> NoReturn:
    """Open a record with its first step, and end with the exit code of the step."""
    casework, actor, answers = clinic(), acting(how["name"]), read_answers(how["data"])
    step = Step(trigger, dry_run=how["dry_run"], as_json=how["as_json"], chart=chart_of(service, kind))
    more: dict[str, Any] = {
        "kind": kind,
        "reference": reference,
        "on": how["on"],
        "key": how["key"],
        "dry_run": how["dry_run"],
    }
    sys.exit(step.take(lambda: casework.open_case(service, trigger, actor, answers, **more)))


def reading(ask: Callable[[], Given], *, as_json: bool) -> Given:
    """What was asked to be read. Refused, it says why, and the command ends with exit code 1."""
    try:
        return ask()
    except StepRefused as refused:
        if as_json:
            documents.print_document(documents.refused(refused))
        else:
            tell("casework: This record was not opened. (refused)", *(f"  - {_reason(r)}" for r in refused.reasons))
        sys.exit(REFUSED)


def chart_of(service: str, kind: str) -> Chart | None:
    """The pathway of a kind of record; None for a service that is not here, which opening one will say."""
    return chart_for(service, RecordKind(kind)) if service in CURRENT else None


def _is_badly_written(refused: StepRefused) -> bool:
    """Only the answers are wrong: one that is missing beside a wrong one may be the same, misspelt."""
    codes = {reason.code for reason in refused.reasons} - {"answer_missing"}
    return bool(codes) and codes <= BAD_DATA


def _reason(reason: Refusal) -> str:
    about = f" [{', '.join(reason.fields)}]" if reason.fields else ""
    return f"{reason.sentence}{about} ({reason.code})"
