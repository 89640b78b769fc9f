"""The events of a case folded again, by code that shares nothing with the live path but the table of rows.

An auditor's second opinion: it knows neither `transitions`, nor guards, nor `Case.apply`. Where it and the kept
row disagree, one of them is wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from casework.case import Case, CaseEvent
from casework.identity import people
from casework.store import KeptBeside
from workflows import Move, Part
from workflows.registry import CHARTS
from workflows.vocabulary import Again

UNREADABLE = (LookupError, ValueError, TypeError, AttributeError, StopIteration)
"""What reading and folding raise of rows that no pathway knows. Whatever else goes wrong is no fault of the case."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which the fold and the kept row disagree. Values of answers are not repeated."""

    what: str
    sentence: str


@dataclass(slots=True)
class _Stretch:
    since: date
    until: date | None = None
    ended_by: int = 0
    agreed_on: date | None = None


@dataclass(slots=True)
class _Fold:
    state: str = "new"
    version: int = 0
    opened_on: date | None = None
    placed_on: date | None = None
    placed_by: int = 0
    closed_on: date | None = None
    closed_by: int = 0
    answers: dict[str, Any] = field(default_factory=dict)
    stretches: dict[str, list[_Stretch]] = field(default_factory=dict)
    holds: list[_Stretch] = field(default_factory=list)


def compare(kept: Case, events: Sequence[CaseEvent], beside: KeptBeside | None = None) -> tuple[Difference, ...]:
    """Everything on which a case and the fold of its events differ; empty where they agree.

    `beside` is what the database keeps of a case besides the case itself, for lists and for the night.
    """
    fold, found = _Fold(), []
    for event in events:
        if (problem := _follow(fold, event)) is not None:
            return (problem,)
    held = fold.holds[-1].since if fold.holds and fold.holds[-1].until is None else None
    for what, folded, stands in (
        ("state", fold.state, kept.state),
        ("version", fold.version, kept.version),
        ("opened_on", fold.opened_on, kept.opened_on),
        ("placed_on", fold.placed_on, kept.placed_on),
        ("placed_by", fold.placed_by, kept.placed_by),
        ("closed_on", fold.closed_on, kept.closed_on),
        ("held_since", held, kept.held_since),
        ("clocks", _clock_figures(fold), _kept_figures(kept)),
        ("answers", fold.answers, kept.answers),
        ("gaps", _gaps(fold, kept), tuple(kept.gaps)),
        *_beside(fold, kept, beside),
    ):
        if folded != stands:
            found.append(Difference(what, f"{what}: {_shown(folded, stands)}"))
    return tuple(found)


def _shown(folded: object, stands: object) -> str:
    """States and days of the pathway as they are; of what a family said, and what follows from it, the names alone."""
    if isinstance(folded, Mapping) and isinstance(stands, Mapping):
        names = sorted(n for n in {*folded, *stands} if folded.get(n, _NOTHING) != stands.get(n, _NOTHING))
        return f"differ in {', '.join(names)}"
    if isinstance(folded, tuple):
        return "differ"
    return f"fold says {folded}, row says {stands}"


_NOTHING = object()


def _beside(fold: _Fold, kept: Case, beside: KeptBeside | None) -> Iterator[tuple[str, object, object]]:
    if beside is None:
        return
    open_now = fold.closed_on is None
    yield "service", kept.chart.rules.service, beside.service
    yield "open", open_now, beside.is_open
    yield "clinician", fold.answers.get("clinician"), beside.clinician
    yield "people", people(fold.answers), beside.people
    yield "kept gaps", dict.fromkeys(_gaps(fold, kept), fold.answers.get("received_on")), dict(beside.gaps)
    yield "kept days", _days(fold, kept), dict(beside.days)


def _follow(fold: _Fold, event: CaseEvent) -> Difference | None:
    if event.seq != fold.version + 1:
        return Difference("sequence", f"event {fold.version + 1} is not there; {event.seq} follows {fold.version}")
    if event.source != fold.state:
        return Difference("sequence", f"event {event.seq} starts from {event.source}, the fold stands at {fold.state}")
    chart = CHARTS[event.pathway]
    rows = [m for m in chart.moves if (m.source, m.trigger, m.to) == (event.source, event.trigger, event.to)]
    if len(rows) != 1:
        return Difference(
            "pathway", f"event {event.seq}: {event.pathway} has no row {event.trigger} from {event.source}"
        )
    row = rows[0]
    _answers(fold, row, event)
    _clocks(fold, row, event)
    if row.hold == "starts":
        fold.holds.append(_Stretch(event.effective_on))
    elif row.hold == "ends":
        fold.holds[-1].until = event.effective_on
    if row.hold:
        fold.placed_on = event.effective_on
    if event.to != event.source:
        _place(fold, event, closes=chart.states[event.to].closed)
    fold.version = event.seq
    return None


def _answers(fold: _Fold, row: Move, event: CaseEvent) -> None:
    lasting = {f.name for f in row.needs + row.takes if f.part in (Part.FORM, Part.COURSE)}
    for name, value in event.data.items():
        if name in lasting:
            fold.answers[name] = value
        if asked := _dated(row, name):
            fold.answers[asked] = max(event.effective_on, fold.answers.get(asked, event.effective_on))
    if row.dates:
        fold.answers[row.dates] = max(event.effective_on, fold.answers.get(row.dates, event.effective_on))
    for name, value in row.records:
        fold.answers[name] = value
    if row.marks:
        fold.answers[row.marks] = event.effective_on
    fold.answers = {name: value for name, value in fold.answers.items() if name not in row.forgets}


def _dated(row: Move, name: str) -> str:
    """The answer that keeps on which day a question of the row was answered last."""
    return next((f.dates for f in row.needs + row.takes if f.name == name), "")


def _clocks(fold: _Fold, row: Move, event: CaseEvent) -> None:
    for name in row.stops:
        if (stretches := fold.stretches.get(name)) and stretches[-1].until is None:
            stretches[-1].until, stretches[-1].ended_by = event.effective_on, event.seq
        elif stretches and row.to == row.source:
            stretches[-1].ended_by = event.seq
    if row.reopens:
        of_a_hold = {name for m in CHARTS[event.pathway].moves if m.hold == "starts" for name in m.starts}
        for name, stretches in fold.stretches.items():
            if stretches[-1].ended_by == fold.closed_by and name not in of_a_hold:
                _run_again(stretches, name, event)
    for name in row.starts:
        stretches = fold.stretches.setdefault(name, [])
        if stretches and stretches[-1].until is None:
            continue
        if CHARTS[event.pathway].clocks[name].again is Again.AFRESH:
            stretches.clear()
        _run_again(stretches, name, event)
        agreed = CHARTS[event.pathway].clocks[name].agreed
        if CHARTS[event.pathway].clocks[name].again is Again.AFRESH and agreed:
            stretches[-1].agreed_on = event.data.get(agreed)


def _run_again(stretches: list[_Stretch], name: str, event: CaseEvent) -> None:
    if stretches and CHARTS[event.pathway].clocks[name].again is Again.FROM_THE_FIRST_DAY:
        stretches[-1].until = None
    else:
        stretches.append(_Stretch(event.effective_on))


def _place(fold: _Fold, event: CaseEvent, *, closes: bool) -> None:
    fold.state, fold.placed_on, fold.placed_by = event.to, event.effective_on, event.seq
    fold.opened_on = fold.opened_on or event.effective_on
    fold.closed_on = event.effective_on if closes else None
    if closes:
        fold.closed_by = event.seq
        fold.answers["closed_from"] = event.source
        if fold.holds and fold.holds[-1].until is None:
            fold.holds[-1].until = event.effective_on


_FAR = date(9999, 1, 1)


_Figures = tuple[date, date, date | None, int | None, int, date | None]


def _clock_figures(fold: _Fold) -> dict[str, _Figures]:
    """Per clock: since when, from which day it counts, when and by which event it stopped, its days on hold, and the
    day that was agreed; from the stretches."""
    figures = {}
    for name, stretches in fold.stretches.items():
        last = stretches[-1]
        earlier = sum(((s.until or s.since) - s.since for s in stretches[:-1]), timedelta())
        over = [h for h in fold.holds if h.until is not None or last.until is not None]
        on_hold = sum(_overlap(s, h) for s in stretches for h in over)
        stopped_by = last.ended_by if last.until is not None else None
        figures[name] = (last.since, last.since - earlier, last.until, stopped_by, on_hold, _agreed(stretches))
    return figures


def _agreed(stretches: list[_Stretch]) -> date | None:
    """What was agreed when a clock was started stays with it through the gaps."""
    return next((s.agreed_on for s in reversed(stretches) if s.agreed_on), None)


def _overlap(stretch: _Stretch, hold: _Stretch) -> int:
    until = min(stretch.until or _FAR, hold.until or _FAR)
    return max((until - max(stretch.since, hold.since)).days, 0)


def _kept_figures(kept: Case) -> dict[str, _Figures]:
    return {
        name: (c.since, c.counts_from, c.stopped_on, c.stopped_by, c.held_days, c.agreed_on)
        for name, c in kept.clocks.items()
    }


def _gaps(fold: _Fold, kept: Case) -> tuple[str, ...]:
    rules, known = kept.chart.rules, fold.answers
    if "received_on" not in known or fold.closed_on is not None:
        return ()
    blank = [name for name in rules.required if name not in known]
    if "expected_due_date" in known and "infant_dob" not in known:
        blank = [name for name in blank if name != "infant_name"]
    return tuple(blank)


def _days(fold: _Fold, kept: Case) -> dict[str, date]:
    """The days that the night reads, from the answers as folded."""
    if fold.closed_on is not None:
        return {}
    known = fold.answers
    days = {"rated": known.get("rated_on"), "contact": known.get("contact_on")}
    if born := known.get("infant_dob"):
        limit = kept.chart.rules.age_limit
        year, month = divmod(born.year * 12 + born.month - 1 + limit.months, 12)
        first = next(date(year, month + 1, d) for d in range(born.day, 0, -1) if _is_a_day(year, month + 1, d))
        days["too_old"] = first + timedelta(days=(first.day < born.day) + limit.limit_day_is_in)
    else:
        days["due"] = known.get("expected_due_date")
    return {name: day for name, day in days.items() if day}


def _is_a_day(year: int, month: int, day: int) -> bool:
    return day <= (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
