"""A caseload sheet taken into casework: each row is replayed through its own case, step by step, on the dates given.

Roles are not judged for the past; facts, order and the pathway are. A row that breaks a rule is refused alone. A
batch of rows is one transaction, so that a killed import leaves no half case and the next run goes on from there.
"""

import time
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from casework import limits, log
from casework.actor import Actor, checked_actor
from casework.calendar import london_day
from casework.errors import BadRequest, ReferenceTaken
from casework.identity import new_id
from casework.intake.columns import COLUMNS
from casework.intake.replaying import Loaded, Problem, Reader, RowRefused
from casework.intake.sheet import BadLine, Line, Sheet, open_sheet
from casework.likeness import Alike
from casework.service import Casework
from casework.store import KnownRow, PeopleTaken, Store

BATCH = 500
BATCH_SECONDS = 60.0
"""How long the transaction of a batch may last."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not loaded. `row` counts from 1 below the header; `also` are its further problems."""

    row: int
    reference: str | None
    column: str | None
    code: str
    message: str
    also: tuple[Problem, ...] = ()


@dataclass(slots=True)
class ImportReport:
    """What an import did, or in a dry run would do. `changed` are references whose row now reads otherwise."""

    run_id: UUID
    dry_run: bool
    encoding: str = ""
    notices: tuple[str, ...] = ()
    extra_columns: tuple[str, ...] = ()
    absent_columns: tuple[str, ...] = ()
    read: int = 0
    loaded: int = 0
    unchanged: int = 0
    changed: list[str] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    stages: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    alike: list[Alike] = field(default_factory=list)
    """Pairs that may be of one baby, with a loaded row in each. In a dry run nothing is loaded, and none found."""

    def counts(self) -> dict[str, int]:
        sums = {"read": self.read, "loaded": self.loaded, "unchanged": self.unchanged}
        return {**sums, "changed": len(self.changed), "refused": len(self.refused)}


def import_caseload(
    casework: Casework,
    path: Path,
    actor: Actor,
    *,
    as_of: date | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Take a sheet in. `as_of` is the day on which it was true, by default today: no date in it may lie after it.

    Raises `NotACaseload` for a file that is none, `BadRequest` for a day that has not come, `StorageError`.
    """
    now = casework.now()
    actor, dry_run = checked_actor(actor), limits.switch(dry_run, "dry_run")
    day = limits.optional_day(as_of, "as_of") or london_day(now)
    if day > london_day(now):
        raise BadRequest("date_in_future", "A sheet cannot be of a day that has not come.", "as_of")
    with open_sheet(_place(path), COLUMNS) as sheet:
        return _Import(casework, actor, day, now, dry_run=dry_run).run(sheet, progress)


def _place(path: object) -> Path:
    written = path if type(path) is type(Path()) else limits.text(path)
    if written is None:
        raise BadRequest("wrong_type", "A file is named by its path.", "file")
    return Path(written)


class _Import:
    def __init__(self, casework: Casework, actor: Actor, as_of: date, now: datetime, *, dry_run: bool) -> None:
        self._casework, self._database, self._clock = casework, casework.database, casework.now
        self._actor, self._as_of, self._now = actor, as_of, now
        self._report = ImportReport(new_id(), dry_run)
        self._reader = Reader(actor, as_of, now, str(self._report.run_id))
        self._foreseen: dict[tuple[str, str], KnownRow] = {}
        self._foreseen_people: dict[tuple[str, str, str], str] = {}

    def run(self, sheet: Sheet, progress: Progress | None) -> ImportReport:
        began = time.perf_counter()
        report = self._report
        report.encoding, report.notices = sheet.encoding, sheet.notices
        report.extra_columns, report.absent_columns = sheet.extra_columns, sheet.absent_columns
        self._begin()
        for lines in _batches(sheet):
            self._take(lines)
            if progress is not None:
                progress(sheet.bytes_read, sheet.bytes_total)
        self._end()
        report.seconds = round(time.perf_counter() - began, 3)
        return report

    def _begin(self) -> None:
        report = self._report
        if report.dry_run:
            with self._database.reading():
                return
        with self._database.writing() as store:
            store.import_begun(report.run_id, self._actor.name, self._as_of, self._now)
        log.run_line(log.LogEvent.IMPORT_STARTED, **self._ids())

    def _end(self) -> None:
        if self._report.dry_run:
            return
        with self._database.writing() as store:
            store.import_ended(self._report.run_id, self._clock(), self._report.counts())
        log.run_line(log.LogEvent.IMPORT_FINISHED, **self._ids(), **self._report.counts())

    def _ids(self) -> dict[str, str]:
        return {"run_id": str(self._report.run_id), "actor": self._actor.name, "via": self._actor.via}

    def _take(self, lines: list[Line | BadLine]) -> None:
        """One batch, in one transaction. Where another writer was first with a row, it is looked at again."""
        self._report.read += len(lines)
        good: list[Loaded] = []
        for line in lines:
            try:
                good.append(self._reader.read(line))
            except RowRefused as refused:
                self._refuse(refused)
        for attempt in range(3):
            try:
                self._keep(good)
                return
            except (ReferenceTaken, PeopleTaken):
                if attempt == 2:
                    raise

    def _keep(self, good: list[Loaded]) -> None:
        with self._database.reading() as store:
            fresh, outcome = self._sorted_out(store, good)
        if fresh and not self._report.dry_run:
            with self._database.writing(BATCH_SECONDS) as store:
                store.import_cases([(row.case, row.events, row.digest) for row in fresh])
            self._report.alike += self._casework.duplicates_among([row.case.id for row in fresh])
        self._report.unchanged += outcome.unchanged
        self._report.changed += outcome.changed
        for refused in outcome.refused:
            self._refuse(refused)
        for row in fresh:
            self._tell(row)

    def _sorted_out(self, store: Store, good: list[Loaded]) -> tuple[list[Loaded], "_Sorted"]:
        """Which rows are new; which are here already; which are about people with an open referral."""
        known = ChainMap(store.known_references([row.key for row in good]), self._foreseen)
        people = ChainMap(store.open_people([row.people for row in good if row.people]), self._foreseen_people)
        fresh: list[Loaded] = []
        outcome = _Sorted(str(self._report.run_id))
        for row in good:
            if row.key in known:
                outcome.same(row, known[row.key])
                continue
            if row.people and (other := people.get(row.people)):
                outcome.refused.append(row.refused_for(other))
                continue
            fresh.append(row)
            known[row.key] = KnownRow(row.digest, outcome.run_id)
            if row.people:
                people[row.people] = row.case.reference
        return fresh, outcome

    def _tell(self, row: Loaded) -> None:
        report = self._report
        report.loaded += 1
        report.stages[row.case.stage] = report.stages.get(row.case.stage, 0) + 1
        if report.dry_run:
            self._foreseen[row.key] = KnownRow(row.digest, str(report.run_id))
            if row.people:
                self._foreseen_people[row.people] = row.case.reference

    def _refuse(self, refused: RowRefused) -> None:
        code, column, message = refused.problems[0]
        row = RefusedRow(refused.row, refused.reference, column, code, message, refused.problems[1:])
        self._report.refused.append(row)
        if not self._report.dry_run:
            ids = {"row": row.row, "column": row.column, "code": row.code, "reference": row.reference}
            log.run_line(log.LogEvent.IMPORT_ROW_REFUSED, **self._ids(), **ids)


@dataclass(slots=True)
class _Sorted:
    """What became of the rows of a batch that are not new; told once the new ones are kept."""

    run_id: str
    unchanged: int = 0
    changed: list[str] = field(default_factory=list)
    refused: list[RowRefused] = field(default_factory=list)

    def same(self, row: Loaded, known: KnownRow) -> None:
        if known.digest == row.digest:
            self.unchanged += 1
        elif known.import_id == self.run_id:
            self.refused.append(row.refused_as_second())
        else:
            self.changed.append(row.case.reference)


def _batches(lines: Iterable[Line | BadLine]) -> Iterator[list[Line | BadLine]]:
    batch: list[Line | BadLine] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
