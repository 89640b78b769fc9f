"""What one service's morning digest says: values only, filled by whoever reads the database. No library needed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from statistics import median_low
from typing import Any

from workflows.dates import british

FORMAT = 1
"""Of the JSON document. A key that goes, or means something else, raises it; a new key does not."""

_URGENCY = {"red": 0, "amber": 1}


@dataclass(frozen=True, slots=True)
class DigestFlag:
    """One flag of one case. `owner`, `severity`, `stage` and `kind` are codes; the page writes them as words.

    `since` is the day that the flag's clock counts from and `days` how many it shows, where it has one.
    `replaces` is the kind that it grew out of. `name` is given only where the operator asked for names.
    """

    reference: str
    kind: str
    sentence: str
    severity: str
    owner: str
    stage: str
    raised_on: date
    days: int | None = None
    since: date | None = None
    cleared_because: str | None = None
    replaces: str | None = None
    quiet_until: date | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One referral that waits for a clinician. Unit: whole calendar days; `adjusted_days` leaves holds out."""

    reference: str
    days: int
    adjusted_days: int
    held: bool
    name: str | None = None


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """The list as it stood on one day. `over_first` counts those beyond the second figure too; None: no figure then."""

    on: date
    waiting: int
    over_first: int | None
    over_last: int | None


@dataclass(frozen=True, slots=True)
class Digest:
    """One service on one morning.

    A flag stands in exactly one of the four lists: what is open is `new`, `worsened` and `still_open` together.
    `figures` are the published wait in force: the day on which the lower figure is reached (56: 8 weeks) and the
    first day beyond the range (85: over 12 weeks); None where the service publishes none.
    `weeks` holds a year, oldest first. `notes` are sentences that say what somebody must look at.
    """

    service: str
    service_name: str
    as_of: date
    made_at: datetime
    run_id: str | None
    run_by: str | None
    run_finished_at: datetime | None
    figures: tuple[int, int] | None
    figures_source: str | None
    open_cases: int
    quarantined: int
    new: tuple[DigestFlag, ...]
    worsened: tuple[DigestFlag, ...]
    cleared: tuple[DigestFlag, ...]
    still_open: tuple[DigestFlag, ...]
    waiting: tuple[WaitingRow, ...]
    weeks: tuple[WeekPoint, ...]
    notes: tuple[str, ...] = ()
    review_label: str = "RMG review"
    """What the service calls the stage `rmg_review`."""
    before: date | None = None
    """The night that it is compared with, where that was another than yesterday's."""

    @property
    def earlier(self) -> str:
        """Since when: "yesterday", or the night that was the last before this one."""
        if self.before is None or self.before == self.as_of - timedelta(days=1):
            return "yesterday"
        return f"the night of {british(self.before)}"

    @property
    def earlier_on(self) -> str:
        return self.earlier.replace("the night of", "on")

    @property
    def open_flags(self) -> tuple[DigestFlag, ...]:
        return (*self.new, *self.worsened, *self.still_open)

    @property
    def named(self) -> bool:
        """Whether any family's name is in it, so that the page says how it must be handled."""
        flags = any(flag.name is not None for flag in (*self.open_flags, *self.cleared))
        return flags or any(row.name is not None for row in self.waiting)


@dataclass(frozen=True, slots=True)
class KindCount:
    kind: str
    severity: str
    count: int


@dataclass(frozen=True, slots=True)
class OwnersFlags:
    """What is open and one owner's to act on."""

    owner: str
    kinds: tuple[KindCount, ...]

    @property
    def count(self) -> int:
        return sum(kind.count for kind in self.kinds)


def urgent_first(flags: Iterable[DigestFlag]) -> list[DigestFlag]:
    """Red before amber before the rest; then the longest; then by reference, so that a page is the same each time."""
    return sorted(flags, key=lambda f: (*_urgency(f.severity), -(f.days or 0), f.reference, f.kind))


def longest_first(waiting: Iterable[WaitingRow]) -> list[WaitingRow]:
    return sorted(waiting, key=lambda row: (-row.days, row.reference))


def by_owner(digest: Digest) -> tuple[OwnersFlags, ...]:
    """What is open, by who owns it; the owner with the most first."""
    counts = Counter((flag.owner, flag.kind, flag.severity) for flag in digest.open_flags)
    lines = sorted(counts.items(), key=lambda line: (line[0][0], _urgency(line[0][2]), -line[1], line[0][1]))
    owners = (
        OwnersFlags(owner, tuple(KindCount(kind, severity, count) for (_, kind, severity), count in group))
        for owner, group in groupby(lines, key=lambda line: line[0][0])
    )
    return tuple(sorted(owners, key=lambda held: (-held.count, held.owner)))


def longest_wait(digest: Digest) -> WaitingRow | None:
    return min(digest.waiting, key=lambda row: (-row.days, row.reference), default=None)


def median_wait(digest: Digest) -> int | None:
    """Calendar days, a figure that somebody has waited: the lower of the middle two where the number is even."""
    return median_low(row.days for row in digest.waiting) if digest.waiting else None


def beyond(digest: Digest) -> tuple[int, int]:
    """How many wait now at or past each figure; the second are among the first. Nought where none is published."""
    first, over = digest.figures or (None, None)
    return _reached(digest.waiting, first), _reached(digest.waiting, over)


def figure_words(figures: tuple[int, int]) -> tuple[str, str]:
    """The figures as people say them: (56, 85) is 8 weeks reached, and over 12 weeks."""
    first, over = figures
    return weeks_or_days(first), weeks_or_days(over - 1)


def weeks_or_days(days: int) -> str:
    weeks, rest = divmod(days, 7)
    return counted(days, "day") if rest else counted(weeks, "week")


def counted(number: int, thing: str) -> str:
    """1 week, 12 weeks, 1,200 days."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def document(digest: Digest) -> dict[str, Any]:
    """The digest for a program: the same keys each day, ISO dates, days as whole numbers.

    The one key that comes and goes is `name`, so that a document made without names cannot be taken for one with.
    """
    return {
        "format": FORMAT,
        "service": digest.service,
        "service_name": digest.service_name,
        "as_of": digest.as_of.isoformat(),
        "before": digest.before.isoformat() if digest.before else None,
        "made_at": digest.made_at.isoformat(),
        "run": {"id": digest.run_id, "by": digest.run_by, "finished_at": _iso(digest.run_finished_at)},
        "figures": _figures(digest),
        "open_cases": digest.open_cases,
        "open_flags": len(digest.open_flags),
        "quarantined": digest.quarantined,
        "notes": list(digest.notes),
        "new": [_flag(flag) for flag in urgent_first(digest.new)],
        "worsened": [_flag(flag) for flag in urgent_first(digest.worsened)],
        "cleared": [_flag(flag) for flag in urgent_first(digest.cleared)],
        "still_open": [_flag(flag) for flag in urgent_first(digest.still_open)],
        "owners": [_owner(held) for held in by_owner(digest)],
        "waiting": _waiting(digest),
        "weeks": [
            {"on": w.on.isoformat(), "waiting": w.waiting, "over_first": w.over_first, "over_last": w.over_last}
            for w in digest.weeks
        ],
    }


def _urgency(severity: str) -> tuple[int, str]:
    return _URGENCY.get(severity, len(_URGENCY)), severity


def _reached(waiting: Iterable[WaitingRow], days: int | None) -> int:
    return 0 if days is None else sum(row.days >= days for row in waiting)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _figures(digest: Digest) -> dict[str, Any] | None:
    if digest.figures is None:
        return None
    first, over = digest.figures
    return {"first": first, "over": over, "source": digest.figures_source}


def _flag(flag: DigestFlag) -> dict[str, Any]:
    return {
        "reference": flag.reference,
        "kind": flag.kind,
        "sentence": flag.sentence,
        "severity": flag.severity,
        "owner": flag.owner,
        "stage": flag.stage,
        "raised_on": flag.raised_on.isoformat(),
        "days": flag.days,
        "since": _iso(flag.since),
        "cleared_because": flag.cleared_because,
        "replaces": flag.replaces,
        "quiet_until": _iso(flag.quiet_until),
        **_named(flag.name),
    }


def _owner(held: OwnersFlags) -> dict[str, Any]:
    kinds = [{"kind": kind.kind, "severity": kind.severity, "count": kind.count} for kind in held.kinds]
    return {"owner": held.owner, "count": held.count, "kinds": kinds}


def _waiting(digest: Digest) -> dict[str, Any]:
    longest = longest_wait(digest)
    return {
        "count": len(digest.waiting),
        "held": sum(row.held for row in digest.waiting),
        "median_days": median_wait(digest),
        "longest_days": longest.days if longest else None,
        "cases": [_waiting_case(row) for row in longest_first(digest.waiting)],
    }


def _waiting_case(row: WaitingRow) -> dict[str, Any]:
    figures = {"reference": row.reference, "days": row.days, "adjusted_days": row.adjusted_days, "held": row.held}
    return {**figures, **_named(row.name)}


def _named(name: str | None) -> dict[str, str]:
    return {} if name is None else {"name": name}
