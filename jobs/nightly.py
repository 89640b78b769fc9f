"""The night as a program runs it: one pass over all open referrals, and what it found in words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby

from casework import Casework, NightReport, NightRun
from casework.calendar import LONDON
from casework.ledger import PlannedChange
from jobs.boards import SEVERITY, counts, how_many
from jobs.show import DRY_RUN, Cell, Column, print_table, say, screen
from workflows.dates import british

MOST_PLANNED = 50
"""Planned changes that are listed on a terminal; elsewhere all of them are."""

WHAT_IS_WRONG = {
    "on_no_worklist": "it is marked open, and there is no worklist for where it stands",
    "off_its_worklist": "it is marked closed, and it stands where a worklist would show it",
    "unknown_pathway": "this version of casework does not know its pathway",
    "no_record": "its answers are not there",
    "unreadable_day": "a day on one of its clocks is no date",
    "clock_missing": "the clock that must run where it stands does not run",
    "unknown_service": "this version of casework knows no such service, so nothing of it is flagged",
    "unreadable_history": "its history cannot be read",
    "refused_by_database": "the database refused its flag",
}
PLANNED = (Column("change"), Column("flag"), Column("service", narrow=12), Column("reference"))

Due = Sequence[tuple[date, tuple[str, ...]]]
"""The dates whose night has come and is not done, each with the services that lack it."""


def run_night(
    casework: Casework,
    as_of: date | None,
    by: str,
    *,
    service: str | None = None,
    dry_run: bool = False,
    again: bool = False,
) -> NightReport:
    """Raise and clear the flags as of a day (None: today). Safe to run twice; it moves nobody."""
    return casework.nights.run(as_of, by=by, service=service, dry_run=dry_run, again=again)


def caught_up(casework: Casework, by: str, service: str | None) -> Iterator[NightReport]:
    """The nights that were missed before today, oldest first, each under its own date.

    After today's night they could not be run any more: what they would have raised has been raised since.
    """
    return casework.nights.catch_up(by=by, service=service, before=casework.today())


def missed(casework: Casework, service: str | None = None) -> Due:
    """The nights before today that are due and not done, of one service or of all."""
    return [(day, services) for day, services in casework.nights.due(service) if day < casework.today()]


def summary(report: NightReport) -> Iterator[str]:
    yield from _done_before(report)
    if not report.services:
        return
    looked_at = how_many(report.examined, "open referral", "open referrals")
    yield f"Night of {british(report.as_of)}: {looked_at} looked at in {report.seconds:.1f} s."
    if report.resumed:
        yield "It had been begun before, and was taken up where it stood."
    yield from _planned(report) if report.dry_run else _did(report)
    yield from _findings(report)


def in_brief(report: NightReport) -> Iterator[str]:
    """A night that was caught up: one line, and what somebody must look at."""
    number = {name: sum(found.values()) for name, found in _changes(report)}
    told = ", ".join(f"{found} {name}" for name, found in number.items())
    yield f"Night of {british(report.as_of)}, caught up: {told}."
    yield from _findings(report)


def _changes(report: NightReport) -> Iterator[tuple[str, Mapping[str, int]]]:
    yield from (("raised", report.raised), ("cleared", report.cleared), ("replaced", report.replaced))


def _planned(report: NightReport) -> Iterator[str]:
    yield f"Would raise: {counts(report.raised)}. Would clear: {counts(report.cleared)}."
    if report.replaced:
        yield f"Would be replaced by a later flag: {counts(report.replaced)}."
    yield DRY_RUN


def _did(report: NightReport) -> Iterator[str]:
    yield f"Raised: {counts(report.raised)}. Cleared: {counts(report.cleared)}."
    if report.replaced:
        yield f"Replaced by a later flag: {counts(report.replaced)}."
    yield f"Open now: {counts(report.open)}."


def _done_before(report: NightReport) -> Iterator[str]:
    for _, entries in groupby(report.done_before, key=lambda entry: entry.run_id):
        some = list(entries)
        services = ", ".join(entry.service for entry in some)
        yield f"The night of {british(report.as_of)} was done before for {services}: {_by_whom(some[0])}."
        if bad := sum(entry.quarantined or 0 for entry in some):
            yield f"LOOK: something is wrong with {how_many(bad, 'referral', 'referrals')}; casework flags shows which."
    if report.done_before:
        yield f"To run it once more: casework nightly --as-of {report.as_of} --again"


def _by_whom(entry: NightRun) -> str:
    return f"by {entry.by}, {moment(entry.finished_at or entry.started_at)}"


def moment(instant: datetime) -> str:
    """An instant as the people of a clinic read it: the day and the time of day in London."""
    there = instant.astimezone(LONDON)
    return f"{british(there.date())} at {there:%H:%M}"


def _findings(report: NightReport) -> Iterator[str]:
    if report.examined != report.listed:
        yield (
            f"LOOK: {how_many(report.examined, 'referral is', 'referrals are')} marked open and {report.listed} stand "
            "on worklists. Somebody may be waiting on no list."
        )
    if report.quarantined:
        number = how_many(len(report.quarantined), "referral", "referrals")
        yield f"LOOK: something is wrong with {number}. The others are done. By hand, look at:"
    for one in report.quarantined:
        yield f"  {one.service}/{one.reference}: {WHAT_IS_WRONG.get(one.code, 'it cannot be read')} ({one.code})."


def still_due(due: Due) -> Iterator[str]:
    """What is left to do, said before anybody misses it."""
    if due:
        days = [day for day, _ in due]
        yield f"Due and not done: {how_many(len(days), 'night', 'nights')}, {stretch(days[0], days[-1])}."
        yield "To do them, each under its own date: casework nightly"


def stretch(first: date, last: date) -> str:
    """From a day to a day, in as few words as are clear."""
    if first == last:
        return british(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {british(last)}"
    return f"{british(first)} to {british(last)}"


def show_planned(planned: Sequence[PlannedChange], most: int | None = None) -> None:
    """The planned changes one by one; on a terminal the first so many."""
    if not planned:
        return
    shown = planned[: most or MOST_PLANNED] if screen().width is not None else planned
    say("")
    print_table(
        PLANNED, [(one.change, Cell(one.kind, SEVERITY.get(one.kind, "")), one.service, one.reference) for one in shown]
    )
    if len(shown) < len(planned):
        say("", f"The first {len(shown)} of {len(planned)} changes are shown; --json lists all.")
