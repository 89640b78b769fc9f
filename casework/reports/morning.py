"""The facts of one service's morning, read from the database after its night."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from casework.actor import Actor
from casework.calendar import london_day
from casework.case import Case, CaseEvent
from casework.errors import BadRequest
from casework.ledger import NightRun
from casework.lists import Lists
from casework.nights import night_of
from casework.readings import Readings
from casework.reports.digest import Digest, DigestFlag, WaitingRow, WeekPoint
from casework.store import Asked, FlagRow, WorklistRow
from workflows.charts.states import STATES
from workflows.figures import WaitFigures, wait_of
from workflows.flags import FLAGS
from workflows.registry import CURRENT, chart_named
from workflows.vocabulary import Stage

WEEKS = 52
MOST_LOOKED_BACK = 400
REPLACED = "replaced by "
WAITING = tuple(state.name for state in STATES.values() if state.stage is Stage.WAITING)


def morning(casework: Lists, service: str, as_of: date | None = None, *, names: bool = False) -> Digest:
    """The digest of the newest complete night of a service, or of that of a day.

    Raises `BadRequest` for a service that is not here, and where there was no such night.
    """
    entry, before = _entries(casework, service, as_of)
    day, rules = entry.as_of, CURRENT[service].rules
    figures = wait_of(casework.nights.lookup(), service, day)
    rows = casework.flags(Asked(day, service=service, quiet=True))
    waiting = casework.worklist(Asked(day, service=service, stage=Stage.WAITING))
    ended = _cleared(casework, service, entry, before)
    told = _Names(casework, day, asked=names)
    took_over = {(row.case_id, (row.cleared_because or "").removeprefix(REPLACED)) for row in ended if _replaced(row)}
    fresh = [row for row in rows if before is None or row.raised_on > before.as_of]
    worsened = [row for row in fresh if (row.case_id, row.kind) in took_over]
    new = [row for row in fresh if (row.case_id, row.kind) not in took_over]
    return Digest(
        service=service,
        service_name=rules.name,
        as_of=day,
        made_at=casework.now(),
        run_id=str(entry.run_id),
        run_by=entry.by,
        run_finished_at=entry.finished_at,
        figures=(figures.first, figures.over) if figures else None,
        figures_source=figures.source if figures else None,
        open_cases=entry.examined or 0,
        quarantined=entry.quarantined or 0,
        new=told.flags(new),
        worsened=told.flags(worsened),
        cleared=told.flags(row for row in ended if not _replaced(row)),
        still_open=told.flags(row for row in rows if before is not None and row.raised_on <= before.as_of),
        waiting=tuple(told.waiting(waiting)),
        weeks=tuple(_weeks(casework, service, day, figures)),
        notes=tuple(_notes(entry)),
        review_label=rules.review_label,
        before=before.as_of if before else None,
    )


def read_morning(
    clinic: Readings, service: str, actor: Actor, as_of: date | None = None, why: str | None = None
) -> Digest:
    """The same for a person, with names: that they looked at each record that is named is kept first.

    Raises as `Readings.read` too.
    """
    told = morning(clinic, service, as_of, names=True)
    flagged = [flag.reference for flag in (*told.open_flags, *told.cleared) if flag.name]
    for reference in dict.fromkeys([*flagged, *(row.reference for row in told.waiting if row.name)]):
        clinic.read(reference, actor, why, "digest")
    return told


def _entries(casework: Lists, service: str, as_of: date | None) -> tuple[NightRun, NightRun | None]:
    """The night that is told of, and the one before it."""
    complete = [run for run in casework.nights.runs(service, MOST_LOOKED_BACK) if run.state == "complete"]
    told = [run for run in complete if as_of is None or run.as_of == as_of]
    if not told:
        raise BadRequest("no_such_night", "There is no complete night of that service and day. Run: casework nightly")
    earlier = [run for run in complete if run.as_of < told[0].as_of]
    return told[0], earlier[0] if earlier else None


def _cleared(casework: Lists, service: str, entry: NightRun, before: NightRun | None) -> list[FlagRow]:
    """What ended after the night before and up to this one, by steps of the day or by the night."""
    if before is None:
        return []
    with casework.database.reading() as store:
        found = store.flags_cleared_between(service, _moment(before), _moment(entry), entry.as_of)
    still = {(row.case_id, row.kind) for row in casework.flags(Asked(entry.as_of, service=service, quiet=True))}
    return [row for row in found if (row.case_id, row.kind) not in still]


def _moment(entry: NightRun) -> datetime:
    """What a night knew ends with it; one that was caught up knew no more than its own hour did."""
    ended = entry.finished_at or entry.started_at
    return ended if london_day(entry.started_at) <= entry.as_of else night_of(entry.as_of)


def _replaced(row: FlagRow) -> bool:
    """Whether a graver flag took the place of one."""
    return (row.cleared_because or "").startswith(REPLACED)


class _Names:
    """The baby's and the carer's name beside each reference, only where the operator asked for them."""

    def __init__(self, casework: Lists, day: date, *, asked: bool) -> None:
        self._casework, self._day, self._asked = casework, day, asked

    def _of(self, row: FlagRow | WorklistRow) -> str | None:
        if not self._asked:
            return None
        known = self._casework.case(row.case_id).answers
        return " / ".join(str(known[name]) for name in ("infant_name", "carer_name") if known.get(name)) or None

    def flags(self, rows: Iterable[FlagRow]) -> tuple[DigestFlag, ...]:
        return tuple(self._flag(row) for row in rows)

    def _flag(self, row: FlagRow) -> DigestFlag:
        rule = FLAGS[row.kind]
        return DigestFlag(
            reference=row.reference,
            kind=row.kind,
            sentence=rule.sentence,
            severity=rule.severity,
            owner=rule.owner.value,
            stage=row.stage,
            raised_on=row.raised_on,
            days=row.days,
            since=self._day - timedelta(days=row.days) if row.days is not None else None,
            cleared_because=row.cleared_because,
            replaces=rule.replaces or None,
            quiet_until=row.quiet_until,
            name=self._of(row),
        )

    def waiting(self, rows: Sequence[WorklistRow]) -> Iterator[WaitingRow]:
        for row in rows:
            if row.waiting_days is not None:
                adjusted = row.adjusted_days if row.adjusted_days is not None else row.waiting_days
                yield WaitingRow(row.reference, row.waiting_days, adjusted, row.held, self._of(row))


def _weeks(casework: Lists, service: str, day: date, figures: WaitFigures | None) -> Iterator[WeekPoint]:
    """The list on this day and on the same weekday of the 52 weeks before, oldest first, folded from the events."""
    days = [day - timedelta(weeks=weeks) for weeks in range(WEEKS, -1, -1)]
    waited: dict[date, list[int]] = {on: [] for on in days}
    with casework.database.reading() as store:
        for reference, events in store.events_until(day, service, days[0]):
            for on, number in _waits(reference, events, days):
                waited[on].append(number)
    for on in days:
        limits = (figures.first, figures.over) if figures else ()
        over = [sum(1 for number in waited[on] if number >= limit) for limit in limits]
        yield WeekPoint(on, len(waited[on]), *(over or (None, None)))


def _waits(reference: str, events: Sequence[CaseEvent], days: Sequence[date]) -> Iterator[tuple[date, int]]:
    """On which of some days a referral waited for a clinician, and for how long by then."""
    if not any(event.to in WAITING for event in events):
        return
    case = Case(events[0].case_id, chart_named(events[0].pathway), reference)
    left = sorted(events, key=lambda event: event.effective_on)
    for on in days:
        while left and left[0].effective_on <= on:
            case.apply(left.pop(0))
        clock = case.clocks.get("wait_to_allocation")
        if case.state in WAITING and clock is not None:
            yield on, clock.days(on)


def _notes(entry: NightRun) -> Iterator[str]:
    if entry.examined != entry.listed:
        yield (
            f"{entry.examined} referrals are marked open and {entry.listed} stand on worklists. They must be equal: "
            "call for help today."
        )
    if entry.quarantined:
        yield "Some referrals could not be evaluated; they carry the flag could_not_be_evaluated. Look at each by hand."
