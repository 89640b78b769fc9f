"""The ledger of nights as people read it: what was run, what was not, and how one is named to be undone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from uuid import UUID

from casework import NightRun
from casework.errors import BadRequest
from casework.ledger import Undone
from jobs.boards import counts, how_many
from jobs.nightly import Due, stretch
from jobs.show import DRY_RUN, Cell, Column, Row, print_table, put, say
from workflows.dates import british

ONE_DAY = timedelta(days=1)
SHORTEST_PREFIX = 8
"""Characters of a run's id that are shown at least; more where another run begins in the same way."""

RUNS = (
    Column("date"),
    Column("service", narrow=12),
    Column("state"),
    Column("by", narrow=0),
    Column("open", right=True, narrow=0),
    Column("raised", right=True),
    Column("cleared", right=True),
    Column("repl.", right=True),
    Column("bad", right=True),
    Column("seconds", right=True, narrow=0),
    Column("run"),
)
LEGEND = (
    "open: referrals that were examined; repl.: flags that a graver one replaced; bad: referrals that something is "
    "wrong with; run: what casework night undo calls the night."
)
STYLES = {"complete": "green", "running": "yellow", "failed": "red", "undone": "dim", "repeated": "dim"}


@dataclass(frozen=True, slots=True)
class Gap:
    """Dates without a night: `due` where one is still to come, else they lie between two nights of the service."""

    service: str
    first: date
    last: date
    due: bool

    @property
    def dates(self) -> int:
        return (self.last - self.first).days + 1


def gaps(runs: Sequence[NightRun], due: Due) -> list[Gap]:
    """The dates for which a service has no entry, between those that it has and up to the last that is due."""
    found = []
    days_of: dict[str, set[date]] = {}
    for entry in runs:
        days_of.setdefault(entry.service, set()).add(entry.as_of)
    for service, some in days_of.items():
        days = sorted(some)
        between = ((a + ONE_DAY, b - ONE_DAY) for a, b in pairwise(days))
        found += [Gap(service, first, last, due=False) for first, last in between if first <= last]
    return [*_due(due, days_of), *found]


def _due(due: Due, days_of: Mapping[str, set[date]]) -> Iterator[Gap]:
    lacking: dict[str, list[date]] = {}
    for day, services in due:
        for service in services:
            if day not in days_of.get(service, ()):
                lacking.setdefault(service, []).append(day)
    for service, days in lacking.items():
        for _, some in groupby(enumerate(days), key=lambda numbered: numbered[1] - ONE_DAY * numbered[0]):
            together = [day for _, day in some]
            yield Gap(service, together[0], together[-1], due=True)


def show_runs(runs: Sequence[NightRun], due: Due, names: Mapping[UUID, str]) -> None:
    """The newest date first, with a line where a date is missing. `names` are the short names of the runs."""
    missing = gaps(runs, due)
    if not runs and not missing:
        return say("No night has been run, and none is due.")
    rows: list[tuple[date, Row]] = [(gap.last, _gap_row(gap)) for gap in missing]
    rows += [(entry.as_of, _run_row(entry, names)) for entry in runs]
    print_table(RUNS, [row for _, row in sorted(rows, key=lambda dated: dated[0], reverse=True)])
    say("", LEGEND)
    say(*_in_words(missing), *_differences(runs), *_undoings(runs))
    return None


def _run_row(entry: NightRun, names: Mapping[UUID, str]) -> Row:
    bad = _number(entry.quarantined)
    return (
        entry.as_of.isoformat(),
        entry.service,
        Cell(entry.state, STYLES.get(entry.state, "")),
        entry.by,
        _number(entry.examined),
        *(str(sum(found.values())) for found in (entry.raised, entry.cleared, entry.replaced)),
        Cell(bad, "red") if entry.quarantined else bad,
        "-" if entry.seconds is None else f"{entry.seconds:.1f}",
        names[entry.run_id],
    )


def _number(found: int | None) -> str:
    return "-" if found is None else str(found)


def _gap_row(gap: Gap) -> Row:
    what = "due" if gap.due else "missing"
    state = what if gap.dates == 1 else f"{what} x{gap.dates}"
    return (gap.last.isoformat(), Cell(gap.service, "red"), Cell(state, "red"), *([""] * 8))


def _in_words(missing: Sequence[Gap]) -> Iterator[str]:
    by_dates: dict[tuple[date, date, bool], list[str]] = {}
    for gap in missing:
        by_dates.setdefault((gap.first, gap.last, gap.due), []).append(gap.service)
    for (first, last, due), services in sorted(by_dates.items(), reverse=True):
        number = how_many((last - first).days + 1, "night", "nights")
        what = "due, and not done yet (casework nightly)" if due else "never run"
        yield f"LOOK: {number} {what}: {stretch(first, last)} ({', '.join(services)})."


def _differences(runs: Sequence[NightRun]) -> Iterator[str]:
    for entry in runs:
        if entry.examined != entry.listed:
            yield (
                f"LOOK: on {british(entry.as_of)} {entry.service} had {entry.examined} referrals marked open and "
                f"{entry.listed} on worklists."
            )


def _undoings(runs: Sequence[NightRun]) -> Iterator[str]:
    for entry in runs:
        if entry.undone:
            yield f"Undone: {entry.service}, {british(entry.as_of)}, by {entry.undone['by']}: {entry.undone['reason']}"


def short_names(runs: Sequence[NightRun]) -> dict[UUID, str]:
    """The beginning of each run's id that no other run shares."""
    ids = sorted({str(entry.run_id) for entry in runs})
    names = {}
    for place, name in enumerate(ids):
        beside = [*ids[max(place - 1, 0) : place], *ids[place + 1 : place + 2]]
        length = max([SHORTEST_PREFIX, *(_shared(name, other) + 1 for other in beside)])
        names[UUID(name)] = name[:length].rstrip("-")
    return names


def _shared(one: str, other: str) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), len(one))


def run_named(runs: Sequence[NightRun], name: str) -> str:
    """The full id of the run that a name begins; a name that begins none is given back. Raises `BadRequest`."""
    wanted = name.strip().lower()
    found = {str(entry.run_id) for entry in runs if str(entry.run_id).startswith(wanted)}
    if len(found) > 1:
        raise BadRequest("ambiguous_run", "Several nights begin like this: write more of the run's id.", "run")
    return found.pop() if found else wanted


def show_undone(undone: Undone) -> None:
    services = ", ".join(undone.services)
    say(f"The night of {british(undone.as_of)} {'would be' if undone.dry_run else 'is'} undone ({services}).")
    say(f"Withdrawn: {counts(undone.withdrawn)}.")
    say(f"Restored: {counts(undone.restored)}.")
    say(f"Left alone, for somebody has marked or snoozed them: {counts(undone.left)}.")
    if undone.dry_run:
        return say(DRY_RUN)
    return put("", f"The date stays done. To run it once more: casework nightly --as-of {undone.as_of}")
