"""The night as a program runs it: one pass over all open referrals, and what it found in words."""

from collections.abc import Iterator
from datetime import date

from casework import Casework, NightReport
from jobs.boards import counts, how_many
from workflows.dates import british


def run_night(casework: Casework, as_of: date | None, by: str, *, dry_run: bool = False) -> NightReport:
    """Raise and clear the flags as of a day (None: today). Safe to run twice; it moves nobody."""
    return casework.night(as_of, by=by, dry_run=dry_run)


def summary(report: NightReport) -> Iterator[str]:
    looked_at = how_many(report.examined, "open referral", "open referrals")
    yield f"Night of {british(report.as_of)}: {looked_at} looked at in {report.seconds:.1f} s."
    if report.dry_run:
        yield f"Would raise: {counts(report.raised)}. Would clear: {counts(report.cleared)}."
        yield "This was a dry run: nothing was written."
        return
    yield f"Raised: {counts(report.raised)}. Cleared: {counts(report.cleared)}."
    if report.replaced:
        yield f"Replaced by a later flag: {counts(report.replaced)}."
    yield f"Open now: {counts(report.open)}."
