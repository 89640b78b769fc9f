"""Imports and nights that are killed, or run beside each other. Each function runs in a process of its own."""

import resource
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from casework import Casework
from casework.errors import NightHeld
from casework.gaps import kept_gaps
from casework.intake import importing
from casework.intake.columns import COLUMNS
from casework.intake.replaying import Loaded, Reader
from casework.intake.sheet import BadLine, Line, open_sheet
from persistence import Database
from persistence.night import lease, transactions
from persistence.rows import case_row, clock_row, day_row, event_row, gap_row
from persistence.tables import case_clocks, case_days, case_events, case_gaps, case_records, cases
from tests.caseload.sheets import AS_OF, CLERK, take_in
from tests.persistence.processes import NOW, Rendezvous

Begin = Callable[[], None]
SOON_MS = 300
"""How long the lease of a killed night stands in the way of the next one here."""

UNIT = 1 if sys.platform == "darwin" else 1024


def import_until_killed(begin: Begin, url: str, sheet: Path, batch: int) -> None:
    clinic = Casework(Database(url), lambda: NOW)
    clinic.case_ids()
    importing.BATCH = batch
    begin()
    take_in(clinic, sheet)


def import_naively_until_killed(begin: Begin, url: str, sheet: Path, _batch: int) -> None:
    """Each case in pieces, each piece kept by itself: the control of the kills."""
    database, reader = Database(url), Reader(CLERK, AS_OF, NOW, "naive")
    Casework(database).case_ids()
    begin()
    with open_sheet(sheet, COLUMNS) as lines:
        for line in lines:
            if isinstance(line, Line):
                _keep_in_pieces(database, reader.read(line))


def _keep_in_pieces(database: Database, row: Loaded) -> None:
    case = row.case
    pieces: list[tuple[sa.Table, list[dict[str, Any]]]] = [
        (cases, [case_row(case)]),
        (case_records, [{"case_id": case.id, "answers": case.answers, "imported_digest": row.digest}]),
        (case_events, [event_row(event) for event in row.events]),
        (case_clocks, [clock_row(case, name) for name in case.clocks]),
        (case_gaps, [gap_row(case, *gap) for gap in kept_gaps(case).items()]),
        (case_days, [day_row(case, name) for name in case.days]),
    ]
    for table, rows in pieces:
        for values in rows:
            with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
                connection.execute(sa.insert(table).values(**values))


def import_beside(meeting: Rendezvous, url: str, sheet: Path, batch: int) -> dict[str, int]:
    clinic = Casework(Database(url), lambda: NOW)
    clinic.case_ids()
    importing.BATCH = batch
    meeting.wait()
    return take_in(clinic, sheet).counts()


def night_until_killed(begin: Begin, url: str, as_of: date, batch: int) -> None:
    clinic = Casework(Database(url), lambda: NOW)
    clinic.case_ids()
    transactions.BATCH, lease.LEASE_MS = batch, SOON_MS
    begin()
    clinic.night(as_of)


def night_beside(meeting: Rendezvous, url: str, as_of: date, batch: int) -> dict[str, int]:
    clinic = Casework(Database(url), lambda: NOW)
    clinic.case_ids()
    transactions.BATCH = batch
    meeting.wait()
    try:
        return clinic.night(as_of).raised
    except NightHeld:
        return {}


def memory_of_an_import(url: str, sheet: Path, rows: int, *, hoards: bool = False) -> tuple[int, int, int]:
    """The most memory in use (bytes) when a quarter of the rows had been read and at the end, and the rows read.

    One that `hoards` keeps what it has read, and loads nothing: the control.
    """
    clinic = Casework(Database(url), lambda: NOW)
    seen: list[int] = []
    hoard: list[Loaded] = []
    read = Reader.read

    def read_and_keep(reader: Reader, line: Line | BadLine) -> Loaded:
        hoard.append(read(reader, line))
        return hoard[-1]

    def look(_done: int, _total: int) -> None:
        seen.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT)

    if hoards:
        pytest.MonkeyPatch().setattr(Reader, "read", read_and_keep)
    report = importing.import_caseload(clinic, sheet, CLERK, as_of=AS_OF, dry_run=hoards, progress=look)
    return seen[rows // importing.BATCH // 4 - 1], seen[-1], report.read
