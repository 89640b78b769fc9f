"""A sheet may be as long as it likes: the memory that an import needs does not grow with it."""

from functools import partial
from pathlib import Path

import pytest

from tests.caseload.sheets import generated
from tests.jobs import doomed
from tests.persistence.processes import alone

ROWS = 20_000
SPARE = 12 * 2**20


pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_the_last_rows_of_a_long_sheet_need_no_more_memory_than_the_first(database_url: str, tmp_path: Path) -> None:
    sheet = generated(tmp_path, 7, ROWS).sheet
    at_a_quarter, at_the_end, read = alone(doomed.memory_of_an_import, database_url, sheet, ROWS)
    assert read == ROWS
    assert at_the_end - at_a_quarter < SPARE, f"{(at_the_end - at_a_quarter) / 2**20:.1f} MiB more"


def test_an_import_that_hoards_its_rows_needs_more_and_more(database_url: str, tmp_path: Path) -> None:
    """The control, on a quarter of the rows."""
    sheet = generated(tmp_path, 7, ROWS // 4).sheet
    at_a_quarter, at_the_end, _ = alone(
        partial(doomed.memory_of_an_import, hoards=True), database_url, sheet, ROWS // 4
    )
    assert at_the_end - at_a_quarter > 2 * SPARE
