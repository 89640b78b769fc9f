"""The list on a past day: every referral folded up to it again, from what was known then or from what is known now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from casework.calendar import end_of_day
from casework.case import Case, CaseEvent
from casework.flagging import base_of, due
from casework.gaps import lacking
from casework.store import FlagRow, WorklistRow
from workflows.figures import Lookup
from workflows.flags import FLAGS, AnswersMissing
from workflows.registry import chart_named

WAIT = "wait_to_allocation"


class Known(StrEnum):
    """THEN: what had been recorded by the end of that day. NOW: what happened by that day, whenever it was recorded."""

    THEN = "then"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class PastDay:
    """A past day, and as of when it is known."""

    day: date
    known: Known

    def includes(self, event: CaseEvent) -> bool:
        if event.effective_on > self.day:
            return False
        return self.known is Known.NOW or event.recorded_at <= self.recorded_until

    @property
    def recorded_until(self) -> datetime:
        return end_of_day(self.day)


def as_at(past: PastDay, reference: str, events: Iterable[CaseEvent]) -> Case | None:
    """A referral as it stood at the end of a past day; None where it was not there yet."""
    case: Case | None = None
    for event in events:
        if past.includes(event):
            case = case or Case(event.case_id, chart_named(event.pathway), reference)
            case.apply(event)
    return case


def worklist_rows(past: PastDay, cases: Iterable[Case], figure: Lookup) -> Iterator[WorklistRow]:
    for case in cases:
        if case.open:
            yield _worklist_row(past.day, case, due(case, past.day, figure))


def _worklist_row(day: date, case: Case, kinds: tuple[str, ...]) -> WorklistRow:
    clock = case.clocks.get(WAIT)
    return WorklistRow(
        case_id=case.id,
        service=case.service,
        reference=case.reference,
        pathway=case.chart.id,
        state=case.state,
        stage=case.stage,
        opened_on=case.opened_on or day,
        waiting_days=clock.days(day) if clock else None,
        adjusted_days=clock.adjusted(day, case.held_since) if clock else None,
        held=case.held_since is not None,
        clinician=case.answers.get("clinician"),
        missing=case.gaps,
        flags=tuple(sorted(kinds)),
        priority_on=case.days.get("priority") if case.days.get("priority_until", day) >= day else None,
    )


def in_turn(row: WorklistRow) -> tuple[bool, bool, int, date, str]:
    """The order in which referrals go: priority first, then the longest wait to allocation, then the day of opening."""
    waits = row.waiting_days
    return row.priority_on is None, waits is None, -(waits or 0), row.opened_on, row.reference


def flag_rows(past: PastDay, cases: Iterable[Case], figure: Lookup) -> Iterator[FlagRow]:
    """The flags that the rules ask for on that day, given what is known. They were raised on no day: it is the day."""
    for case in cases:
        for kind in due(case, past.day, figure):
            flag = FlagRow(case.service, case.reference, case.id, kind, case.state, case.stage, past.day, None, ())
            yield as_stood(past, case, flag)


def as_stood(past: PastDay, case: Case, flag: FlagRow) -> FlagRow:
    """A flag with the place, the days and the gaps of its referral as they were on that day."""
    since = base_of(FLAGS[flag.kind], case) if flag.kind in FLAGS else None
    return replace(
        flag,
        state=case.state,
        stage=case.stage,
        days=(past.day - since).days if since else None,
        missing=lacked(flag.kind, case),
    )


def lacked(kind: str, case: Case) -> tuple[str, ...]:
    """The answers that a flag is about."""
    conditions = FLAGS[kind].when if kind in FLAGS else ()
    return tuple(name for c in conditions if isinstance(c, AnswersMissing) for name in lacking(case, c.lack))
