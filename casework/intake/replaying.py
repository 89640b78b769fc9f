"""One row of a sheet replayed through a case of its own: the case with its history, or why the row is refused."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casework.actor import Actor
from casework.case import Attempt, Case, CaseEvent
from casework.errors import BadRequest, StepRefused
from casework.forms import checked_fields
from casework.identity import new_id
from casework.intake.columns import CARRIED_BY, CODES, DATES, LINES, SHEET
from casework.intake.sheet import BadLine, Line
from casework.intake.steps import Step, steps_of
from casework.service import checked_reference
from workflows import Chart, Refusal
from workflows.registry import UnknownService, chart_for

Problem = tuple[str, str | None, str]
"""Code, column and sentence."""


class RowRefused(Exception):
    """A row that breaks a rule, with everything that was found wrong with it."""

    def __init__(self, row: int, reference: str | None, problems: tuple[Problem, ...]) -> None:
        self.row, self.reference, self.problems = row, reference, problems
        super().__init__(problems[0][2])


@dataclass(frozen=True, slots=True)
class Loaded:
    """A row that holds: the case that it led to, its events, and a digest by which the same row is known again."""

    row: int
    case: Case
    events: list[CaseEvent]
    digest: str
    people: tuple[str, str, str] | None
    """Service, baby and carer, where the referral is open and all are known."""

    @property
    def key(self) -> tuple[str, str]:
        return self.case.service, self.case.reference

    def refused_as_second(self) -> RowRefused:
        sentence = "An earlier row of this file has the same reference and says something else."
        return RowRefused(self.row, self.case.reference, (("duplicate_reference", "referral_id", sentence),))

    def refused_for(self, other: str) -> RowRefused:
        sentence = f"Referral {other} is open for this baby and carer in this service."
        return RowRefused(self.row, self.case.reference, (("already_referred", "referral_id", sentence),))


class Reader:
    """Reads rows as one person's import. `as_of` is the day of the sheet: no date may lie after it."""

    def __init__(self, actor: Actor, as_of: date, now: datetime, run_id: str) -> None:
        self._actor, self._as_of, self._now, self._run_id = actor, as_of, now, run_id

    def read(self, line: Line | BadLine) -> Loaded:
        """Raises `RowRefused`."""
        if isinstance(line, BadLine):
            raise RowRefused(line.number, line.reference, ((line.code, None, line.message),))
        reference, chart, problems = _heading(line)
        given = {name: _cell(name, text) for name, text in line.values.items() if text and name not in _HEADING}
        clean, wrong = checked_fields(SHEET, given, self._as_of)
        problems += [(r.code, _column(r), r.sentence) for r in wrong]
        problems += _alone(given)
        if problems or chart is None or reference is None:
            raise RowRefused(line.number, reference, tuple(problems))
        return self._replayed(line.number, chart.rules.service, reference, clean)

    def _replayed(self, row: int, service: str, reference: str, clean: dict[str, Any]) -> Loaded:
        """Under the version of the pathway that was in force when the referral began."""
        steps = steps_of(clean, self._as_of)
        if not steps:
            nothing = ("impossible_step", "received_on", "The row dates neither a duty call nor a written referral.")
            raise RowRefused(row, reference, (nothing,))
        case = Case(new_id(), chart_for(service, on=steps[0].on), reference)
        events: list[CaseEvent] = []
        for step in steps:
            try:
                event = case.fire(self._attempt(step))
            except StepRefused as refused:
                raise RowRefused(row, case.reference, _problems(step, refused)) from None
            case.apply(event)
            events.append(event)
        return Loaded(row, case, events, _digest(clean), _people(case))

    def _attempt(self, step: Step) -> Attempt:
        return Attempt(step.trigger, self._actor, self._now, step.data, step.on, imported=True, request_id=self._run_id)


_HEADING = frozenset({"referral_id", "service"})
_CODES_OF_A_SHEET = {"unknown_trigger": "impossible_step"}
"""A sheet has no triggers: of a step that the service has nowhere, it says what it says of one out of place."""


def _heading(line: Line) -> tuple[str | None, Chart | None, list[Problem]]:
    """Which referral of which service the row is about."""
    problems: list[Problem] = []
    reference: str | None = None
    chart: Chart | None = None
    try:
        reference = checked_reference(line.values["referral_id"])
    except BadRequest as bad:
        problems.append((bad.code, "referral_id", str(bad)))
    try:
        chart = chart_for(line.values["service"].lower())
    except UnknownService as unknown:
        problems.append(("unknown_service", "service", str(unknown)))
    return reference, chart, problems


def _cell(name: str, text: str) -> object:
    """Codes as people type them: any case, blanks for underscores, several with semicolons."""
    if name == "interventions":
        return [_code(part) for part in text.split(";") if part.strip()]
    if name in CODES:
        return _code(text)
    return _BREAKS.sub(" ", text) if name in LINES else _MIDNIGHT.sub("", text) if name in DATES else text


_BREAKS = re.compile(r"\s*[\r\n]+\s*")
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?$")
"""What a spreadsheet program writes behind a date that it keeps as a moment."""


def _code(text: str) -> str:
    return text.strip().lower().replace(" ", "_")


def _alone(given: dict[str, object]) -> list[Problem]:
    """Cells that no step would carry: what is not taken in is said, never dropped."""
    problems: list[Problem] = [
        ("impossible_step", column, f"This needs {beside}, which is blank.")
        for column, beside in CARRIED_BY.items()
        if column in given and beside not in given
    ]
    if "accepted_on" in given and not str(given.get("outcome", "accept")).startswith("accept"):
        problems.append(("impossible_step", "accepted_on", "The outcome beside this is another than to accept."))
    return problems


def _column(refusal: Refusal) -> str | None:
    return refusal.fields[0] if refusal.fields else None


def _problems(step: Step, refused: StepRefused) -> tuple[Problem, ...]:
    return tuple((_CODES_OF_A_SHEET.get(r.code, r.code), step.column, r.sentence) for r in refused.reasons)


def _people(case: Case) -> tuple[str, str, str] | None:
    infant, carer = case.people if case.open else (None, None)
    return (case.service, infant, carer) if infant and carer else None


def _digest(clean: dict[str, Any]) -> str:
    text = repr(sorted(clean.items()))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
