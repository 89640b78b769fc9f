"""Files as spreadsheets write them give the same cases; a row that is here already, or here twice, is said so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from casework import BadRequest, Casework
from casework.intake import importing
from casework.intake.columns import COLUMNS
from casework.intake.importing import import_caseload
from casework.intake.sheet import NotACaseload
from persistence import Database
from tests.caseload.sheets import AS_OF, CLERK, Picture, decided, in_work, picture, received, take_in, write
from tests.conftest import Clock
from tests.persistence.populations import rows_kept

FAMILIES = [
    received(
        1, referrer_words='Quiet; "she cries", he said.\nNaïve to routine — café visits.', infant_name="Zoë O'Testa"
    ),
    received(2, service="together-with-baby", consent_on="", duty_call_on="", indication=""),
    decided(3),
    in_work(4),
    decided(5, hold_from="2026-07-01", hold_reason="neonatal_stay"),
]


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.set(AS_OF, 18)
    return clock


def british(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    def turned(cell: str) -> str:
        year, _, rest = cell.partition("-")
        month, _, day = rest.partition("-")
        return f"{day}/{month}/{year}" if len(year) == 4 and day else cell

    return [
        {name: turned(cell) if name.endswith(ENDS_OF_DATES) else cell for name, cell in row.items()} for row in rows
    ]


ENDS_OF_DATES = ("_on", "_dob", "_date", "_from", "_until")
REVERSED = tuple(reversed(COLUMNS))
SPOKEN = {column: column.replace("_", " ").title() for column in COLUMNS}

WRITTEN: dict[str, Callable[[Path], Path]] = {
    "with a byte order mark and CRLF": lambda p: write(p, FAMILIES, encoding="utf-8-sig", line_end="\r\n"),
    "with semicolons": lambda p: write(p, FAMILIES, delimiter=";"),
    "with tabs": lambda p: write(p, FAMILIES, delimiter="\t"),
    "in Windows-1252": lambda p: write(p, FAMILIES, encoding="cp1252"),
    "in UTF-16": lambda p: write(p, FAMILIES, encoding="utf-16"),
    "with the columns in another order": lambda p: write(p, FAMILIES, columns=REVERSED),
    "with columns of its own": lambda p: write(
        p, [{**row, "Room": "3", "tel. 2": "x"} for row in FAMILIES], columns=("Room", *COLUMNS, "tel. 2")
    ),
    "with British dates": lambda p: write(p, british(FAMILIES)),
    "with codes as people type them": lambda p: write(
        p, [{**row, "referrer_role": " Health Visitor", "primary_carer": "YES"} for row in FAMILIES]
    ),
    "with names of columns as people write them": lambda p: write(
        p, [{SPOKEN[name]: cell for name, cell in row.items()} for row in FAMILIES], columns=tuple(SPOKEN.values())
    ),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Picture:
    """What the families lead to from the plainest of sheets."""
    folder = tmp_path_factory.mktemp("plain")
    database, clock = Database(f"sqlite:///{folder / 'plain.db'}"), Clock()
    database.upgrade()
    clock.set(AS_OF, 18)
    report = take_in(Casework(database, clock), write(folder / "plain.csv", FAMILIES))
    assert (report.loaded, report.notices) == (len(FAMILIES), ())
    kept = picture(database)
    database.close()
    return kept


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_however_a_spreadsheet_writes_the_file_the_cases_are_the_same(
    casework: Casework, database: Database, tmp_path: Path, plain: Picture, how: str
) -> None:
    report = take_in(casework, WRITTEN[how](tmp_path / "sheet.csv"))
    assert report.refused == []
    assert picture(database) == plain


def test_both_databases_keep_the_same(casework: Casework, database: Database, tmp_path: Path, plain: Picture) -> None:
    take_in(casework, write(tmp_path / "sheet.csv", FAMILIES))
    assert picture(database) == plain


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_was_read_otherwise_than_usual_is_said(casework: Casework, tmp_path: Path) -> None:
    windows = take_in(casework, write(tmp_path / "windows.csv", FAMILIES, encoding="cp1252"))
    assert (windows.encoding, windows.notices) == ("cp1252", ("Not UTF-8: read as Windows-1252.",))
    few = [column for column in COLUMNS if column != "hold_reason"]
    rows = [{n: c for n, c in row.items() if n != "hold_reason"} for row in FAMILIES[:2]]
    other = take_in(casework, write(tmp_path / "other.csv", rows, columns=("Room", *few)))
    assert (other.extra_columns, other.absent_columns) == (("Room",), ("hold_reason",))
    assert any("Room" in notice for notice in other.notices)
    assert any("hold_reason" in notice for notice in other.notices)


def test_a_row_that_reads_otherwise_now_is_listed_and_its_case_left_alone(
    casework: Casework, database: Database, tmp_path: Path
) -> None:
    take_in(casework, write(tmp_path / "before.csv", FAMILIES))
    before = picture(database)
    later = [FAMILIES[0], {**FAMILIES[1], "consent_on": "2026-06-02"}, {**FAMILIES[2], "allocated_on": "2026-08-10"}]
    report = take_in(casework, write(tmp_path / "later.csv", [*later, received(9)]))
    assert (report.changed, report.unchanged, report.loaded) == (["R-000002", "R-000003"], 1, 1)
    assert {name: kept for name, kept in picture(database).items() if name in before} == before


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_a_row_that_stands_twice_is_one_case_and_one_that_contradicts_it_is_refused(
    casework: Casework, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """Whether or not both rows fall into one batch, in a dry run and in earnest."""
    monkeypatch.setattr(importing, "BATCH", batch)
    other = received(1, motivation="high")
    sheet = write(tmp_path / "sheet.csv", [received(1), received(2), received(1), other, received(3)])
    for dry_run in (True, False):
        report = take_in(casework, sheet, dry_run=dry_run)
        assert (report.read, report.loaded, report.unchanged, report.changed) == (5, 3, 1, [])
        assert [(row.row, row.code) for row in report.refused] == [(4, "duplicate_reference")]
    assert len(picture(database)) == 3


@pytest.mark.parametrize("batch", [1, 500])
def test_the_same_baby_and_carer_twice_is_refused_while_the_first_referral_is_open(
    casework: Casework, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(importing, "BATCH", batch)
    closed = decided(1, outcome="decline", ended_on="2026-06-16", end_reason="declined", referral_id="R-old")
    again = received(1, referral_id="R-again")
    elsewhere = received(1, referral_id="R-elsewhere", service="together-with-baby")
    sheet = write(tmp_path / "sheet.csv", [closed, received(1), again, elsewhere, received(2)])
    for dry_run in (True, False):
        report = take_in(casework, sheet, dry_run=dry_run)
        assert [(r.row, r.reference, r.code) for r in report.refused] == [(3, "R-again", "already_referred")]
        assert "R-000001" in report.refused[0].message
        assert report.loaded == 4
    again_later = take_in(casework, write(tmp_path / "later.csv", [again]))
    assert [r.code for r in again_later.refused] == ["already_referred"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "not_a_caseload"),
        ("letter.txt", b"Dear colleague, thank you for seeing this family.\n", "not_a_caseload"),
        ("workbook.xlsx", b"PK\x03\x04\x00\x00\x00\x08", "not_a_caseload"),
        ("twice.csv", b"referral_id,service,service\nR-1,leeds-imhs,x\n", "not_a_caseload"),
        (None, b"", "file_not_found"),
    ],
    ids=["empty", "a letter", "a workbook", "a column twice", "not there"],
)  # fmt: skip
def test_a_file_that_is_no_caseload_is_refused_whole_and_leaves_no_trace(
    casework: Casework, database: Database, tmp_path: Path, name: str | None, content: bytes, code: str
) -> None:
    path = tmp_path / (name or "nowhere.csv")
    if name:
        path.write_bytes(content)
    with pytest.raises(NotACaseload) as refused:
        take_in(casework, path)
    assert refused.value.code == code
    assert not any(rows_kept(database).values())


def test_a_sheet_of_a_day_to_come_is_not_taken(casework: Casework, clock: Clock, tmp_path: Path) -> None:
    sheet = write(tmp_path / "sheet.csv", FAMILIES)
    clock.advance(-1)
    with pytest.raises(BadRequest, match="not come") as refused:
        import_caseload(casework, sheet, CLERK, as_of=AS_OF)
    assert refused.value.code == "date_in_future"


def test_a_header_with_no_rows_is_a_caseload_of_nobody(casework: Casework, tmp_path: Path) -> None:
    report = take_in(casework, write(tmp_path / "sheet.csv", []))
    assert report.counts() == {"read": 0, "loaded": 0, "unchanged": 0, "changed": 0, "refused": 0}


def test_the_way_through_the_file_is_told_as_it_goes(
    casework: Casework, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    sheet = write(tmp_path / "sheet.csv", FAMILIES)
    told: list[tuple[int, int]] = []
    import_caseload(casework, sheet, CLERK, as_of=AS_OF, progress=lambda done, total: told.append((done, total)))
    assert len(told) == 3
    assert told == sorted(told)
    assert told[-1] == (sheet.stat().st_size, sheet.stat().st_size)
