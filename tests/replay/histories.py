"""Histories as they are kept beside a release: every event, what was refused on the way, and the state at the end."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from casework import Actor, StepRefused
from casework.case import Attempt, Case, CaseEvent
from casework.replay import compare
from casework.waiting import ClockState
from workflows.registry import chart_named

FOLDER = Path(__file__).parent / "golden"
EVENT = (
    "seq", "trigger", "source", "to", "actor", "role", "via", "effective_on", "effective_at", "recorded_at",
    "pathway", "data", "not_recorded", "imported", "request_id",
)  # fmt: skip
STATE = ("state", "version", "opened_on", "closed_on", "placed_on", "placed_by", "held_since", "answers")

USUAL: dict[str, Any] = {
    "via": "library", "effective_at": None, "not_recorded": (), "imported": False, "request_id": None,
}  # fmt: skip
"""What is left out of an event where it is so."""

Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that was tried after so many events, and the codes of what spoke against it."""

    after: int
    attempt: Attempt
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """One referral of a release. `state` is what its events came to there; `gaps` and `days` are kept beside it."""

    case: Case
    events: tuple[CaseEvent, ...]
    refused: tuple[Refused, ...]
    gaps: tuple[str, ...]
    days: Mapping[str, date]

    @property
    def rows(self) -> set[Row]:
        return {(e.source, e.trigger, e.to) for e in self.events}


def history_of(case: Case, events: Sequence[CaseEvent], refused: Sequence[Refused] = ()) -> History:
    return History(case, tuple(events), tuple(refused), case.gaps, case.days)


def differences(history: History, apply: Callable[[Case, CaseEvent], None] = Case.apply) -> Iterator[str]:
    """Everything in which the present code makes something else of a history than the release did."""
    kept = history.case
    for difference in compare(kept, history.events):
        yield f"the fold: {difference.sentence}"
    case = Case(kept.id, kept.chart, kept.reference)
    for after in range(len(history.events) + 1):
        if after:
            apply(case, history.events[after - 1])
        for refused in (r for r in history.refused if r.after == after):
            if (codes := _codes(case, refused.attempt)) != refused.codes:
                yield f"{refused.attempt.trigger} after event {after}: {codes}, and it was {refused.codes}"
    for what in (*STATE, "clocks"):
        if getattr(case, what) != getattr(kept, what):
            yield f"the case: {what}"
    if (case.gaps, case.days) != (history.gaps, dict(history.days)):
        yield "the case: what is missing, or its days"


def _codes(case: Case, attempt: Attempt) -> tuple[str, ...]:
    try:
        case.copy().fire(attempt)
    except StepRefused as no:
        return codes_of(no)
    return ()


def codes_of(refused: StepRefused) -> tuple[str, ...]:
    return tuple(sorted({reason.code for reason in refused.reasons}))


def read(path: Path) -> list[History]:
    document = json.loads(path.read_text("utf-8"), object_hook=_plain_to_day)
    return [_history(one) for one in document["histories"]]


def _history(kept: dict[str, Any]) -> History:
    chart = chart_named(kept["pathway"])
    state = kept["state"]
    clocks = {name: ClockState(**clock) for name, clock in state.pop("clocks").items()}
    case = Case(UUID(int=1), chart, kept["reference"], **state, clocks=clocks)
    events = tuple(_event(case, {**USUAL, "pathway": chart.id, **event}) for event in kept["events"])
    refused = tuple(_refused(one) for one in kept["refused"])
    return History(case, events, refused, tuple(kept["gaps"]), kept["days"])


def _event(case: Case, kept: dict[str, Any]) -> CaseEvent:
    return CaseEvent(id=UUID(int=kept["seq"]), case_id=case.id, **{**kept, "not_recorded": tuple(kept["not_recorded"])})


def _refused(kept: dict[str, Any]) -> Refused:
    actor = Actor("somebody", kept["roles"])
    attempt = Attempt(kept["trigger"], actor, kept["now"], kept["data"], kept["on"], kept["imported"])
    return Refused(kept["after"], attempt, tuple(kept["codes"]))


def written(release: str, histories: Sequence[History]) -> str:
    """One event a line, so that a diff can be read."""
    lines = [f'{{"release": "{release}",', '"histories": [']
    for number, history in enumerate(histories):
        lines += ["," if number else "", *_lines(history)]
    return "\n".join(line for line in [*lines, "]}"] if line) + "\n"


def _lines(history: History) -> Iterator[str]:
    case = history.case
    yield f'{{"pathway": {_json(case.chart.id)}, "reference": {_json(case.reference)},'
    yield '"events": ['
    usual = {**USUAL, "pathway": case.chart.id}
    told = [{name: getattr(e, name) for name in EVENT} for e in history.events]
    yield ",\n".join(_json({n: v for n, v in e.items() if n not in usual or v != usual[n]}) for e in told)
    yield '], "refused": ['
    yield ",\n".join(_json(_of_refused(r)) for r in history.refused)
    state = {name: getattr(case, name) for name in STATE}
    state["clocks"] = {name: asdict(clock) for name, clock in case.clocks.items()}
    yield f'], "gaps": {_json(history.gaps)}, "days": {_json(history.days)},'
    yield f'"state": {_json(state)}}}'


def _of_refused(refused: Refused) -> dict[str, Any]:
    attempt = refused.attempt
    asked = {name: getattr(attempt, name) for name in ("trigger", "now", "on", "imported")}
    roles = sorted(attempt.actor.roles)
    return {"after": refused.after, **asked, "roles": roles, "data": attempt.data, "codes": refused.codes}


def _json(value: object) -> str:
    return json.dumps(value, default=_day_to_plain, ensure_ascii=False, separators=(",", ":"))


def _day_to_plain(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    raise TypeError(type(value).__name__)


def _plain_to_day(kept: dict[str, Any]) -> Any:
    if kept.keys() == {"instant"}:
        return datetime.fromisoformat(kept["instant"])
    if kept.keys() == {"day"}:
        return date.fromisoformat(kept["day"])
    return kept
