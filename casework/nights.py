"""The night as a service: which dates are not done, doing them oldest first, and what the ledger says of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from casework import limits, log
from casework.calendar import LONDON, london_day
from casework.errors import BadRequest
from casework.figures import figures_with
from casework.ledger import NightKeeper, NightOrder, NightReport, NightRun, PlannedChange, Stop, Undone
from workflows.dates import british
from workflows.figures import (
    FIGURES,
    MOST,
    OFFERS,
    SETTINGS,
    Figure,
    Lookup,
    meaning_of,
    wait_of,
)
from workflows.offers import can_be_given
from workflows.registry import CURRENT, published

HOUR = time(2, 30)
"""When the night of a local date begins, in Europe/London. It comes exactly once on every date of the year."""

ONE_DAY = timedelta(days=1)
LONGEST_REASON, LONGEST_SOURCE = 2_000, 500
MOST_ENTRIES = 10_000
FURTHEST_AHEAD = timedelta(days=3_660)
"""How far ahead a figure may be entered: a day beyond is a slip of the pen."""


def night_of(day: date) -> datetime:
    """The instant at which the night of a local date begins."""
    return datetime.combine(day, HOUR, LONDON).astimezone(UTC)


def never() -> bool:
    """Nobody asks this night to stop."""
    return False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a figure would change: the flags of the same day by today's figures and by the new one, told apart."""

    service: str
    figure: Figure
    before: Figure | None
    on: date
    changes: tuple[PlannedChange, ...]


class Nights:
    """The nights of a database. Safe to share between threads; two at once do the work of one."""

    def __init__(self, keeper: NightKeeper, now: Callable[[], datetime]) -> None:
        self._keeper, self._now = keeper, now

    def run(
        self,
        as_of: date | None = None,
        *,
        by: str = "night",
        service: str | None = None,
        dry_run: bool = False,
        again: bool = False,
        stop: Stop = never,
    ) -> NightReport:
        """One night. A date that was done is done: `again` runs it once more, and the ledger says so.

        Raises `BadRequest` for a day that has not come or lies before the first referral, or before a night that was
        run; `NightHeld` while another is at work; `NightStopped`.
        """
        today = london_day(self._now())
        by, on = limits.who(by), limits.optional_day(as_of, "as_of") or today
        dry_run, again = limits.switch(dry_run, "dry_run"), limits.switch(again, "again")
        if on > today:
            raise BadRequest("date_in_future", "A night cannot be run for a day that has not come.", "as_of")
        if on < today:
            first = self._keeper.first_day()
            if first is None or on < first:
                raise BadRequest("before_first_event", "No referral was here yet on that day.", "as_of")
        order = NightOrder(on, _services(service), by, again)
        return self._keeper.plan(order) if dry_run else self._keeper.run(order, stop)

    def due(self, service: str | None = None) -> list[tuple[date, tuple[str, ...]]]:
        """The local dates whose night has come and is not done, oldest first, each with the services that lack it.

        A service that never had a night begins with that of today.
        """
        now = self._now().astimezone(LONDON)
        last = now.date() if now.time() >= HOUR else now.date() - ONE_DAY
        services = _services(service)
        done = self._keeper.done_until(services)
        wanted: dict[date, list[str]] = {}
        for name in services:
            day = done.get(name, now.date() - ONE_DAY) + ONE_DAY
            while day <= last:
                wanted.setdefault(day, []).append(name)
                day += ONE_DAY
        return [(day, tuple(wanted[day])) for day in sorted(wanted)]

    def catch_up(
        self, *, by: str = "night", service: str | None = None, before: date | None = None, stop: Stop = never
    ) -> Iterator[NightReport]:
        """Every night that is due (`before`: of earlier dates only), oldest first, as a report each. Raises as `run`.

        A night of an earlier date flags what it would have flagged then: what was recorded since was not known to it.
        """
        today, by, before = london_day(self._now()), limits.who(by), limits.optional_day(before, "before")
        for day, services in self.due(service):
            if before is not None and day >= before:
                return
            hour = night_of(day) if day < today else None
            yield self._keeper.run(NightOrder(day, services, by, hour=hour), stop)

    def runs(self, service: str | None = None, most: int = 50) -> Sequence[NightRun]:
        """The ledger, the newest date first."""
        number = limits.number(most, "most", "bad_count", "Say how many entries: a whole number.")
        one = None if service is None else _services(service)[0]
        return self._keeper.entries(one, min(number, MOST_ENTRIES))

    def undo(
        self, run: str | UUID, *, by: str, reason: str, service: str | None = None, dry_run: bool = False
    ) -> Undone:
        """Put the flags back to how they stood before a night, by adding history; later acts of people are left alone.

        The date stays done: run it again by hand where it is to be run again. Raises `BadRequest`, `NightHeld`.
        """
        reason = _words(reason, "reason", LONGEST_REASON, "Say why the night is undone.")
        by, dry_run = limits.who(by), limits.switch(dry_run, "dry_run")
        whose = None if service is None else _services(service)[0]
        undone = self._keeper.undo(_run_id(run), whose, by, reason, dry_run=dry_run)
        if not dry_run:
            _tell_undone(undone, by, self._now())
        return undone

    def figure(self, service: str, name: str, on: date) -> Figure | None:
        """The figure of a service that is in force on a day; None: off."""
        known, named = _services(_needed(service))[0], limits.text(name)
        if named is None or not can_be_given(named):
            raise _no_figure()
        return figures_with(self._keeper.figures())(known, named, limits.day(on, "on"))

    def figures(self, service: str) -> tuple[Figure, ...]:
        """Every figure that a service ever had, those of its documents first."""
        known = _services(_needed(service))[0]
        return (*published(known), *self._keeper.figures().get(known, ()))

    def lookup(self) -> Lookup:
        """All figures at once, for many questions."""
        return figures_with(self._keeper.figures())

    def preview(self, service: str, figure: Figure) -> Preview:
        """What a figure would change on the first day of its force, or today where that has passed."""
        known, figure = _services(_needed(service))[0], _checked_figure(figure, london_day(self._now()))
        on = max(figure.in_force_from, london_day(self._now()))
        entered = self._keeper.figures()
        with_it = {**entered, known: (*entered.get(known, ()), figure)}
        _check_wait(with_it, known, figure)
        order = NightOrder(on, (known,), "preview")
        now, then = (self._keeper.plan(order, figures_with(figures)).planned for figures in (entered, with_it))
        return Preview(known, figure, figures_with(entered)(known, figure.name, on), on, _differing(now, then))

    def enter(self, service: str, figure: Figure, *, by: str) -> None:
        """Enter a figure beside those that stand. It holds from its day on; what was flagged before stays as it was.

        Raises `BadRequest` for a name that no flag and no rule reads, for no source, and for a day that has passed:
        history is not flagged anew.
        """
        known, by = _services(_needed(service))[0], limits.who(by)
        figure = _checked_figure(figure, london_day(self._now()))
        if figure.in_force_from < london_day(self._now()):
            raise BadRequest("date_in_past", "A figure holds from today or a later day on.", "in_force_from")
        entered = self._keeper.figures()
        with_it = {**entered, known: (*entered.get(known, ()), figure)}
        _check_wait(with_it, known, figure)
        self._keeper.enter_figure(known, figure, by, self._now())
        log.run_line(
            log.LogEvent.FIGURE_ENTERED,
            service=known,
            figure=figure.name,
            amount=figure.amount,
            in_force_from=figure.in_force_from.isoformat(),
            actor=by,
        )

    @property
    def keeper(self) -> NightKeeper:
        return self._keeper


def _tell_undone(undone: Undone, by: str, now: datetime) -> None:
    """A line for each flag as in the night itself, and one for the whole. The reason stays in the ledger."""
    day = undone.as_of.isoformat()
    ids = {"run_id": str(undone.run_id), "as_of": day, "actor": by, "recorded_at": now.isoformat()}
    named = [(c.change, {"service": c.service, "reference": c.reference, "case_id": str(c.case_id), "kind": c.kind})
             for c in undone.changes]  # fmt: skip
    withdrawn = ({**one, "because": "night undone"} for change, one in named if change == "withdraw")
    log.run_lines(log.LogEvent.FLAG_CLEARED, withdrawn, **ids)
    log.run_lines(log.LogEvent.FLAG_RAISED, (one for change, one in named if change == "restore"), **ids)
    counts = {"withdrawn": undone.withdrawn, "restored": undone.restored, "left": undone.left}
    log.run_line(log.LogEvent.NIGHT_UNDONE, **ids, services=len(undone.services), **counts)


def _differing(now: Sequence[PlannedChange], then: Sequence[PlannedChange]) -> tuple[PlannedChange, ...]:
    """What the new figure adds to the night, and what it keeps from happening: that as its opposite."""
    opposite = {"raise": "not raise", "clear": "not clear", "replace": "not replace"}
    kept = [PlannedChange(c.service, c.reference, c.case_id, c.kind, opposite[c.change]) for c in set(now) - set(then)]
    return tuple(sorted([*(set(then) - set(now)), *kept], key=lambda c: (c.reference, c.kind, c.change)))


def _services(service: str | None) -> tuple[str, ...]:
    if service is None:
        return tuple(CURRENT)
    plain = limits.text(service)
    if plain not in CURRENT:
        known = ", ".join(CURRENT)
        raise BadRequest("unknown_service", f"There is no such service here. Choose from: {known}.", "service")
    return (plain,)


def _needed(service: str | None) -> str:
    """No service is not every service where one has to be named."""
    return "" if service is None else service


def _run_id(run: str | UUID) -> UUID:
    known = limits.identifier(run)
    try:
        return known if known is not None else UUID((limits.text(run) or "")[:100])
    except ValueError:
        raise BadRequest("unknown_run", "There is no such night in the ledger: casework nights lists them.") from None


def _checked_figure(figure: object, today: date) -> Figure:
    """The same with plain values. Raises `BadRequest`."""
    if not isinstance(figure, Figure):
        raise BadRequest("wrong_type", "A figure is entered as Figure(name, amount, source, in_force_from).", "figure")
    name, amount = limits.text(figure.name), figure.amount
    if name is None or not can_be_given(name):
        raise _no_figure()
    least, most = meaning_of(name).least, MOST[meaning_of(name).unit]
    if amount is not None and (type(amount) is not int or not least <= amount <= most):
        raise BadRequest("bad_amount", f"The amount is a whole number from {least} to {most}, or none.", "amount")
    source = _words(figure.source, "source", LONGEST_SOURCE, "Say where the figure comes from.")
    starts = limits.day(figure.in_force_from, "in_force_from")
    if starts > today + FURTHEST_AHEAD:
        raise BadRequest("date_in_future", "A figure holds from a day within ten years.", "in_force_from")
    return Figure(name, amount, source, starts)


def _no_figure() -> BadRequest:
    known = ", ".join((*FIGURES, *SETTINGS))
    what = f"{known}; or {OFFERS} and an intervention, or a kind of help without a case"
    sentence = f"No flag and no rule reads such a figure. Choose from: {what}."
    return BadRequest("unknown_figure", sentence, "name")


def _check_wait(entered: Mapping[str, tuple[Figure, ...]], service: str, figure: Figure) -> None:
    """The two ends of a published wait, as they would stand on every day from the new figure on."""
    later = {known.in_force_from for known in entered[service] if known.in_force_from >= figure.in_force_from}
    for day in sorted(later):
        wait = wait_of(figures_with(entered), service, day)
        if wait is not None and wait.first >= wait.over:
            stretch = f"begin at day {wait.first} and be over at day {wait.over}"
            sentence = f"From {british(day)} the published wait would {stretch}. Enter the other end first."
            raise BadRequest("bad_amount", sentence, "amount")


def _words(text: object, field: str, longest: int, sentence: str) -> str:
    return limits.words(text, field, sentence, longest, too_long=f"{field}_needed")
