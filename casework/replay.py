"""The events of a case folded again, by code that shares nothing with the live path but the table of rows.

An auditor's second opinion: it knows neither `transitions`, nor guards, nor `Case.apply`. Where it and the kept
row disagree, one of them is wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from casework.alike import COMPARED, NOT_COMPARED, traits
from casework.case import Case, CaseEvent
from casework.folding import became, counted_from, still_pending
from casework.identity import people
from casework.refolding import Stood, Stretch, blanks, figures_of, kept_figures
from casework.store import KeptBeside
from workflows import Kind, Move, Part
from workflows.beside import RecordKind
from workflows.registry import chart_named
from workflows.vocabulary import Again

UNREADABLE = (LookupError, ValueError, TypeError, AttributeError, StopIteration)
"""What reading and folding raise of rows that no pathway knows. Whatever else goes wrong is no fault of the case."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which the fold and the kept row disagree. Values of answers are not repeated."""

    what: str
    sentence: str


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
    stretches: dict[str, list[Stretch]] = field(default_factory=dict)
    holds: list[Stretch] = field(default_factory=list)
    aside: Stood | None = None


def compare(kept: Case, events: Sequence[CaseEvent], beside: KeptBeside | None = None) -> tuple[Difference, ...]:
    """Everything on which a case and the fold of its events differ; empty where they agree.

    `beside` is what the database keeps of a case besides the case itself, for lists and for the night.
    """
    fold, found = _Fold(), []
    for event in events:
        if (problem := _follow(fold, event)) is not None:
            return (problem,)
    held = None if fold.aside else _held(fold)
    for what, folded, stands in (
        ("state", fold.state, kept.state),
        ("version", fold.version, kept.version),
        ("opened_on", fold.opened_on, kept.opened_on),
        ("placed_on", fold.placed_on, kept.placed_on),
        ("placed_by", fold.placed_by, kept.placed_by),
        ("closed_on", fold.closed_on, kept.closed_on),
        ("held_since", held, kept.held_since),
        ("clocks", figures_of(fold.stretches, fold.holds, kept.chart.clocks), kept_figures(kept)),
        ("answers", fold.answers, kept.answers),
        ("gaps", tuple(name for name, lack in _gaps(fold, kept).items() if lack == "block"), tuple(kept.gaps)),
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
    yield "kind", kept.chart.kind.value, beside.kind
    yield "open", open_now, beside.is_open
    yield "clinician", fold.answers.get("clinician"), beside.clinician
    referral = kept.chart.kind is RecordKind.REFERRAL
    yield "people", people(fold.answers) if referral else (None, None), beside.people
    yield "links", _links(fold, kept), dict(beside.links)
    yield "traits", _traits(fold, kept), dict(beside.traits)
    came = fold.answers.get("received_on")
    yield "kept gaps", {name: (lack, came) for name, lack in _gaps(fold, kept).items()}, dict(beside.gaps)
    yield "kept days", _days(fold, kept), dict(beside.days)


def _traits(fold: _Fold, kept: Case) -> dict[str, int]:
    compared = kept.chart.kind in COMPARED and fold.state not in NOT_COMPARED and "restricted_on" not in fold.answers
    return dict(traits(kept.chart.rules.service, fold.answers)) if compared else {}


def _links(fold: _Fold, kept: Case) -> dict[str, str]:
    named = [
        f for m in kept.chart.moves for f in m.needs + m.takes if f.kind is Kind.RECORD and f.part is not Part.STEP
    ]
    return {f.name: fold.answers[f.name] for f in named if f.name in fold.answers}


def _follow(fold: _Fold, event: CaseEvent) -> Difference | None:
    if event.seq != fold.version + 1:
        return Difference("sequence", f"event {fold.version + 1} is not there; {event.seq} follows {fold.version}")
    if event.source != fold.state:
        return Difference("sequence", f"event {event.seq} starts from {event.source}, the fold stands at {fold.state}")
    chart = chart_named(event.pathway)
    rows = [m for m in chart.moves if (m.source, m.trigger, m.to) == (event.source, event.trigger, event.to)]
    if len(rows) != 1:
        return Difference(
            "pathway", f"event {event.seq}: {event.pathway} has no row {event.trigger} from {event.source}"
        )
    row = rows[0]
    _answers(fold, row, event)
    _clocks(fold, row, event)
    if row.hold == "starts" and _held(fold) is None:
        fold.holds.append(Stretch(event.effective_on))
    elif row.hold == "ends":
        fold.holds[-1].until = event.effective_on
    if row.hold:
        fold.placed_on = event.effective_on
    if row.aside == "starts":
        _put_aside(fold)
    if event.to != event.source:
        _place(fold, event, closes=chart.states[event.to].closed)
    if row.aside == "ends":
        _stand_again(fold)
    fold.version = event.seq
    return None


def _held(fold: _Fold) -> date | None:
    return fold.holds[-1].since if fold.holds and fold.holds[-1].until is None else None


def _put_aside(fold: _Fold) -> None:
    """Its hold is neither on nor over meanwhile, and its clocks run as they did."""
    closed_from = fold.answers.get("closed_from")
    fold.aside = Stood(fold.placed_on, fold.placed_by, fold.closed_on, fold.closed_by, closed_from, _held(fold))
    fold.answers["stood"] = fold.aside.as_answer


def _stand_again(fold: _Fold) -> None:
    stood, fold.aside = fold.aside, None
    if stood is None:
        return
    fold.placed_on, fold.placed_by = stood.placed_on, stood.placed_by
    fold.closed_on, fold.closed_by = stood.closed_on, stood.closed_by
    del fold.answers["stood"], fold.answers["closed_from"]
    fold.answers |= {"closed_from": stood.closed_from} if stood.closed_from else {}


def _answers(fold: _Fold, row: Move, event: CaseEvent) -> None:
    lasting = {f.name for f in row.needs + row.takes if f.part in (Part.FORM, Part.COURSE)}
    for name, value in event.data.items():
        if name in lasting and name != "unanswered":
            fold.answers[name] = value
        if asked := _dated(row, name):
            fold.answers[asked] = max(event.effective_on, fold.answers.get(asked, event.effective_on))
    if row.dates:
        fold.answers[row.dates] = max(event.effective_on, fold.answers.get(row.dates, event.effective_on))
    for name, value in row.records:
        fold.answers[name] = value
    if row.marks:
        first = fold.answers.get(row.marks) if row.marks_first else None
        fold.answers[row.marks] = first or event.effective_on
    forgotten = set(row.forgets) - event.data.keys()
    fold.answers = {name: value for name, value in fold.answers.items() if name not in forgotten}
    _lists(fold, row, event)
    _not_there(fold, row, event)


def _lists(fold: _Fold, row: Move, event: CaseEvent) -> None:
    """What a step adds to a list of the case, and what it takes out; an empty list is not there."""
    if row.settles:
        name, which = row.settles
        fold.answers[name] = [e for e in fold.answers.get(name, []) if e["number"] != event.data.get(which)]
        if not fold.answers[name]:
            del fold.answers[name]
    fold.answers = still_pending(row, fold.answers)
    if row.adds:
        own = {f.name for f in row.needs + row.takes if f.part is Part.STEP}
        entry = {"number": event.seq, "on": event.effective_on} | {n: v for n, v in event.data.items() if n in own}
        fold.answers[row.adds] = [*fold.answers.get(row.adds, []), entry]
        fold.answers |= became(row, event, fold.answers)


def _not_there(fold: _Fold, row: Move, event: CaseEvent) -> None:
    """Why answers are not there, each by the last word on it; what has come since is struck out, or was forgotten."""
    said = [e for e in fold.answers.pop("unanswered", []) if e["name"] not in row.forgets]
    for told in event.data.get("unanswered", []):
        fresh = {**told, "on": event.effective_on}
        known = [e["name"] for e in said]
        said = [fresh if e["name"] == told["name"] else e for e in said]
        said += [] if told["name"] in known else [fresh]
    if left := [e for e in said if e["name"] not in fold.answers]:
        fold.answers["unanswered"] = left


def _dated(row: Move, name: str) -> str:
    """The answer that keeps on which day a question of the row was answered last."""
    return next((f.dates for f in row.needs + row.takes if f.name == name), "")


def _clocks(fold: _Fold, row: Move, event: CaseEvent) -> None:
    for name in row.stops:
        if (stretches := fold.stretches.get(name)) and stretches[-1].until is None:
            stretches[-1].until, stretches[-1].ended_by = max(event.effective_on, stretches[-1].since), event.seq
        elif stretches and row.to == row.source:
            stretches[-1].ended_by = event.seq
    if row.reopens:
        of_a_hold = {name for m in chart_named(event.pathway).moves if m.hold == "starts" for name in m.starts}
        for name, stretches in fold.stretches.items():
            if stretches[-1].ended_by == fold.closed_by and name not in of_a_hold:
                _run_again(stretches, name, event)
    for name in row.starts:
        stretches = fold.stretches.setdefault(name, [])
        if stretches and stretches[-1].until is None:
            continue
        if chart_named(event.pathway).clocks[name].again is Again.AFRESH:
            stretches.clear()
        _run_again(stretches, name, event)
        stretches[-1].since = counted_from(event, chart_named(event.pathway), name, stretches[-1].since)
        agreed = chart_named(event.pathway).clocks[name].agreed
        if chart_named(event.pathway).clocks[name].again is Again.AFRESH and agreed:
            stretches[-1].agreed_on = event.data.get(agreed)


def _run_again(stretches: list[Stretch], name: str, event: CaseEvent) -> None:
    if stretches and chart_named(event.pathway).clocks[name].again is Again.FROM_THE_FIRST_DAY:
        stretches[-1].until = None
    else:
        stretches.append(Stretch(event.effective_on))


def _place(fold: _Fold, event: CaseEvent, *, closes: bool) -> None:
    fold.state, fold.placed_on, fold.placed_by = event.to, event.effective_on, event.seq
    fold.opened_on = fold.opened_on or event.effective_on
    fold.closed_on = event.effective_on if closes else None
    if closes:
        fold.closed_by = event.seq
        fold.answers["closed_from"] = event.source
        if fold.aside is None and _held(fold) is not None:
            fold.holds[-1].until = event.effective_on


def _gaps(fold: _Fold, kept: Case) -> dict[str, str]:
    """Each answer that is not there, and whether it stops the referral or is only told."""
    if "received_on" not in fold.answers or fold.closed_on is not None:
        return {}
    rules = kept.chart.rules
    stops = dict.fromkeys(blanks(fold.answers, rules.required), "block")
    return stops | {name: "warn" for name in blanks(fold.answers, rules.settings.warned) if name not in rules.required}


def _days(fold: _Fold, kept: Case) -> dict[str, date]:
    """The days that the night reads, from the answers as folded."""
    if fold.closed_on is not None or kept.chart.kind is not RecordKind.REFERRAL:
        return {}
    known = fold.answers
    days = {"rated": known.get("rated_on"), "contact": known.get("contact_on"), "priority": known.get("priority_on")}
    days["priority_until"] = known.get("priority_until")
    if born := known.get("infant_dob"):
        limit = kept.chart.rules.age_limit
        year, month = divmod(born.year * 12 + born.month - 1 + limit.months, 12)
        first = next(date(year, month + 1, d) for d in range(born.day, 0, -1) if _is_a_day(year, month + 1, d))
        days["too_old"] = first + timedelta(days=(first.day < born.day) + limit.limit_day_is_in)
        if known.get("retain_until", first) > days["too_old"]:
            days["too_old"] = known["retain_until"]
        if "birth_recorded_on" in known:
            days |= {} if "gp_rechecked_on" in known else {"gp_recheck": born}
            days |= {"entry_to_move": born} if known.get("call_recorded_in") == "mothers_record" else {}
    else:
        days["due"] = known.get("expected_due_date")
    return {name: day for name, day in days.items() if day}


def _is_a_day(year: int, month: int, day: int) -> bool:
    return day <= (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
