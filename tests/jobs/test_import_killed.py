"""An import that is killed leaves whole cases or none, and the next one goes on from there."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework import Casework, CaseworkError, StorageError
from casework.intake import importing
from casework.intake.importing import ImportReport
from casework.replay import compare
from persistence import Database
from tests.caseload.sheets import Picture, decided, in_work, picture, received, take_in, write
from tests.jobs import doomed
from tests.persistence.fresh import FreshUrl, fresh_urls
from tests.persistence.processes import NOW, killed, moments, takes, together

BATCH = 3
KILLS = {"sqlite": 50, "postgresql": 10}


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """Forty-five families, some of them incomplete, as far on their way as can be."""
    rows = []
    for number in range(0, 45, 3):
        rows += [received(number, consent_on=""), decided(number + 1), in_work(number + 2)]
    return write(tmp_path / "sheet.csv", rows)


@pytest.fixture
def fresh_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> FreshUrl:
    return fresh_urls(database_kind, tmp_path, request)


def half_kept(database: Database, whole: Picture) -> Iterator[str]:
    """The cases that are there and are not as their rows make them, or that do not follow from their events."""
    yield from (name for name, kept in picture(database).items() if kept != whole[name])
    with database.reading() as store:
        for case_id in store.case_ids():
            try:
                case = store.case(case_id)
            except (CaseworkError, LookupError, AttributeError, TypeError):
                yield f"{case_id} cannot be read"
            else:
                yield from (d.sentence for d in compare(case, store.events(case_id)))


def imported(url: str, sheet: Path) -> tuple[ImportReport, Database]:
    database = Database(url)
    return take_in(Casework(database, lambda: NOW), sheet), database


def undisturbed(url: str, sheet: Path) -> Picture:
    _, database = imported(url, sheet)
    kept = picture(database)
    database.close()
    return kept


def test_a_killed_import_leaves_no_half_case_and_the_next_one_completes_it(
    database_kind: str, fresh_url: FreshUrl, sheet: Path
) -> None:
    whole = undisturbed(fresh_url(), sheet)
    within = takes(doomed.import_until_killed, fresh_url(), sheet, BATCH)
    in_the_middle = 0
    for moment in islice(moments(21, within), KILLS[database_kind]):
        url = fresh_url()
        killed(doomed.import_until_killed, url, sheet, BATCH, after=moment)
        left = Database(url)
        assert list(half_kept(left, whole)) == []
        in_the_middle += 0 < len(picture(left)) < len(whole)
        left.close()
        report, database = imported(url, sheet)
        assert report.loaded + report.unchanged == len(whole)
        assert picture(database) == whole
        database.close()
    assert in_the_middle >= KILLS[database_kind] // 10, "kills that hit nothing prove nothing"


def test_an_import_that_keeps_a_case_in_pieces_is_caught_by_the_same_kills(
    database_kind: str, fresh_url: FreshUrl, sheet: Path
) -> None:
    """The control."""
    whole = undisturbed(fresh_url(), sheet)
    within = takes(doomed.import_naively_until_killed, fresh_url(), sheet, BATCH)
    for moment in islice(moments(22, within), 30):
        url = fresh_url()
        killed(doomed.import_naively_until_killed, url, sheet, BATCH, after=moment)
        left = Database(url)
        caught = list(half_kept(left, whole))
        left.close()
        if caught:
            return
    pytest.fail("thirty kills, and no half case was seen")


def test_two_imports_of_one_sheet_at_once_load_each_row_once(
    database_kind: str, fresh_url: FreshUrl, sheet: Path
) -> None:
    whole = undisturbed(fresh_url(), sheet)
    for _ in range(3):
        url = fresh_url()
        one, other = together(doomed.import_beside, (url, sheet, BATCH), (url, sheet, BATCH))
        assert one["loaded"] + other["loaded"] == len(whole)
        assert one["loaded"] + one["unchanged"] == other["loaded"] + other["unchanged"] == len(whole)
        database = Database(url)
        assert picture(database) == whole
        database.close()


def test_two_sheets_about_the_same_families_at_once_open_one_referral_a_family(
    database_kind: str, fresh_url: FreshUrl, tmp_path: Path
) -> None:
    sheets = [
        write(tmp_path / f"{who}.csv", [received(n, referral_id=f"{who}-{n}") for n in range(40)])
        for who in ("Ada", "Bea")
    ]
    for _ in range(3):
        url = fresh_url()
        one, other = together(doomed.import_beside, *((url, sheet, 4) for sheet in sheets))
        assert one["loaded"] + other["loaded"] == 40
        assert one["refused"] + other["refused"] == 40
        database = Database(url)
        assert len(picture(database)) == 40
        database.close()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_disk_that_fills_up_keeps_whole_batches_and_the_next_import_goes_on(
    fresh_url: FreshUrl, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", BATCH)
    whole, url = undisturbed(fresh_url(), sheet), fresh_url()
    database = Database(url)
    sa.event.listen(database.engine, "connect", lambda c, _: c.execute("PRAGMA max_page_count=65"))
    with pytest.raises(StorageError) as refused:
        take_in(Casework(database, lambda: NOW), sheet)
    assert refused.value.code == "database_full"
    assert 0 < len(picture(database)) < len(whole)
    assert list(half_kept(database, whole)) == []
    database.close()
    report, again = imported(url, sheet)
    assert report.unchanged > 0
    assert picture(again) == whole
    again.close()
