"""A sheet may be as long as it likes: the memory that an import needs does not grow with it."""

from functools import partial
from pathlib import Path

import pytest

from tests.caseload.sheets import generated
from tests.jobs import doomed
from tests.persistence.processes import alone

SPARE = 12 * 2**20
HOARDED = 5_000

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.mark.parametrize("rows", [8_000, pytest.param(20_000, marks=pytest.mark.long)])
def test_the_last_rows_of_a_long_sheet_need_no_more_memory_than_the_first(
    database_url: str, tmp_path: Path, rows: int
) -> None:
    sheet = generated(tmp_path, 7, rows).sheet
    at_a_quarter, at_the_end, read = alone(doomed.memory_of_an_import, database_url, sheet, rows)
    assert read == rows
    assert at_the_end - at_a_quarter < SPARE, f"{(at_the_end - at_a_quarter) / 2**20:.1f} MiB more"


def test_an_import_that_hoards_its_rows_needs_more_and_more(database_url: str, tmp_path: Path) -> None:
    """The control, on fewer rows than either size of the test has after its first quarter."""
    sheet = generated(tmp_path, 7, HOARDED).sheet
    at_a_quarter, at_the_end, _ = alone(partial(doomed.memory_of_an_import, hoards=True), database_url, sheet, HOARDED)
    assert at_the_end - at_a_quarter > 2 * SPARE
