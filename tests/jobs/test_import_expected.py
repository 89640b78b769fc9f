"""Generated caseloads and the sample: every row ends where it must, with its waiting days, gaps and flags."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casework import Asked, Casework
from casework.intake.importing import ImportReport
from casework.replay import compare
from persistence import Database
from tests.caseload.sheets import (
    EXPECTED_OF_SAMPLE,
    SAMPLE,
    Generated,
    generated,
    picture,
    read_expected,
    take_in,
)
from tests.conftest import Clock
from tests.persistence.populations import rows_kept

SEEDS = range(101, 111)
KNOWN = ("wait_8_weeks", "wait_over_12_weeks", "missing_information")
"""The kinds of flag that whoever wrote the sheets knew of. Of others they say nothing."""


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.set(read_expected(SAMPLE, EXPECTED_OF_SAMPLE).as_of, 18)
    return clock


def found_in(clinic: Casework, database: Database, report: ImportReport, sheet: Generated) -> list[dict[str, Any]]:
    """What came of the rows of a sheet, in the words of expected.json."""
    refused = {row.row: row.code for row in report.refused}
    flags: dict[str, list[str]] = {}
    for flag in (found for kind in KNOWN for found in clinic.flags(Asked(sheet.as_of, kind=kind))):
        flags.setdefault(flag.reference, []).append(flag.kind)
    found: list[dict[str, Any]] = []
    with database.reading() as store:
        for expected in sheet.rows:
            row = {"referral_id": expected["referral_id"], "row": expected["row"]}
            if code := refused.get(expected["row"]):
                found.append({**row, "refused": code})
                continue
            case = store.case(store.find(expected["referral_id"]))
            wait = case.clocks.get("wait_to_allocation")
            days = wait.days(sheet.as_of) if wait else None
            row |= {"stage": case.stage, "waiting_days": days, "missing": list(case.gaps)}
            found.append({**row, "flags": flags.get(case.reference, [])})
    return found


def as_expected(sheet: Generated) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "call_on"} for row in sheet.rows]


def imported_and_flagged(clinic: Casework, database: Database, sheet: Generated) -> list[dict[str, Any]]:
    report = take_in(clinic, sheet.sheet)
    assert (report.read, report.loaded + len(report.refused)) == (len(sheet.rows), len(sheet.rows))
    clinic.night(sheet.as_of)
    return found_in(clinic, database, report, sheet)


def unreplayable(database: Database) -> Iterator[str]:
    with database.reading() as store:
        for case_id in store.case_ids():
            yield from (d.sentence for d in compare(store.case(case_id), store.events(case_id)))


def test_every_row_of_the_sample_ends_as_expected(casework: Casework, database: Database) -> None:
    sheet = read_expected(SAMPLE, EXPECTED_OF_SAMPLE)
    assert imported_and_flagged(casework, database, sheet) == as_expected(sheet)
    assert sum(1 for row in sheet.rows if row.get("flags")) > 40, "a sheet without flags proves nothing"


@pytest.mark.parametrize("seed", SEEDS)
def test_every_row_of_a_generated_sheet_ends_as_expected(
    database_url: str, clock: Clock, tmp_path: Path, seed: int
) -> None:
    sheet, database = generated(tmp_path, seed), Database(database_url)
    assert imported_and_flagged(Casework(database, clock), database, sheet) == as_expected(sheet)
    assert list(unreplayable(database)) == []
    database.close()


def test_the_second_import_of_a_sheet_changes_nothing_and_says_so(casework: Casework, database: Database) -> None:
    first = take_in(casework, SAMPLE)
    before = picture(database)
    second = take_in(casework, SAMPLE)
    assert (second.loaded, second.unchanged, second.changed) == (0, first.loaded, [])
    assert second.refused == first.refused
    assert picture(database) == before


def test_a_dry_run_says_exactly_what_the_import_then_does_and_writes_nothing(
    casework: Casework, database: Database
) -> None:
    foreseen = take_in(casework, SAMPLE, dry_run=True)
    assert not any(rows_kept(database).values())
    done = take_in(casework, SAMPLE)
    assert foreseen.dry_run
    for what in ("read", "loaded", "unchanged", "changed", "refused", "stages", "notices", "encoding"):
        assert getattr(foreseen, what) == getattr(done, what), what
    kept = rows_kept(database)
    again = take_in(casework, SAMPLE, dry_run=True)
    assert (again.loaded, again.unchanged, again.refused) == (0, done.loaded, done.refused)
    assert rows_kept(database) == kept
