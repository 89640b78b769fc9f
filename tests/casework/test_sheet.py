"""A caseload spreadsheet is read as spreadsheets write it; what cannot be read is named and never guessed."""

import codecs
import csv
import os
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.intake.sheet import BadLine, Line, NotACaseload, open_sheet

COLUMNS = ("referral_id", "service", "infant_name", "referrer_words", "hold_reason")
HEADER = ",".join(COLUMNS)
WORDS = 'Zoë looks away; "she cries", he said.\r\nThey avoid each other, – since birth.'
QUOTED = '"' + WORDS.replace('"', '""') + '"'

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str | bytes) -> Path:
        path = tmp_path / "caseload.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def rows_of(path: Path) -> list[Line | BadLine]:
    with open_sheet(path, COLUMNS) as sheet:
        return list(sheet)


def references(rows: list[Line | BadLine]) -> list[str]:
    return [row.values["referral_id"] for row in rows if isinstance(row, Line)]


def refusal(path: Path) -> NotACaseload:
    with pytest.raises(NotACaseload) as caught:
        open_sheet(path, COLUMNS)
    return caught.value


# What spreadsheets do


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "mark", "read_as"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", codecs.BOM_UTF8, "utf-8-sig"),
        ("cp1252", b"", "cp1252"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "utf-16"),
    ],
)
def test_a_sheet_reads_the_same_in_every_encoding_separator_and_line_ending(
    write: Write, encoding: str, mark: bytes, read_as: str, delimiter: str, newline: str
) -> None:
    rows = [COLUMNS, ("R-1", "leeds-imhs", " Zoë \u00a0", QUOTED, ""), ("R-2", "leeds-imhs", "", "", "café")]
    text = "".join(delimiter.join(row) + newline for row in rows)
    with open_sheet(write(mark + text.encode(encoding)), COLUMNS) as sheet:
        first, second = sheet
    assert isinstance(first, Line)
    assert isinstance(second, Line)
    assert first.values == dict(zip(COLUMNS, ("R-1", "leeds-imhs", "Zoë", WORDS, ""), strict=True))
    assert (second.values["hold_reason"], second.number) == ("café", 2)
    assert (sheet.encoding, sheet.delimiter) == (read_as, delimiter)
    assert sheet.notices == (("Not UTF-8: read as Windows-1252.",) if read_as == "cp1252" else ())


def test_columns_may_stand_in_another_order_under_names_that_a_person_typed(write: Write) -> None:
    path = write('Hold Reason, REFERRAL ID ,"Infant\nname",Service,Referrer-Words:\nx,R-1,Ada,leeds-imhs,  y \n')
    (row,) = rows_of(path)
    assert row == Line(1, 3, dict(zip(COLUMNS, ("R-1", "leeds-imhs", "Ada", "  y ", "x"), strict=True)))


def test_only_the_words_of_the_referrer_keep_their_surrounding_blanks(write: Write) -> None:
    (row,) = rows_of(write(f'{HEADER}\n R-1 ,leeds-imhs\t, Ada ," \'twas \n ", x \n'))
    assert isinstance(row, Line)
    assert list(row.values.values()) == ["R-1", "leeds-imhs", "Ada", " 'twas \n ", "x"]


def test_columns_that_are_not_ours_are_named_and_ours_that_are_absent_are_blank(write: Write) -> None:
    with open_sheet(write("referral_id,Shoe  size,service,\nR-1,9,leeds-imhs,\n"), COLUMNS) as sheet:
        (row,) = sheet
    assert isinstance(row, Line)
    assert row.values == {**dict.fromkeys(COLUMNS, ""), "referral_id": "R-1", "service": "leeds-imhs"}
    assert sheet.extra_columns == ("Shoe size", "column 4")
    assert sheet.absent_columns == ("infant_name", "referrer_words", "hold_reason")
    assert sheet.notices == (
        "Not read, because they are not columns of a caseload: Shoe size, column 4.",
        "Not in the sheet and taken as blank: infant_name, referrer_words, hold_reason.",
    )


def test_a_line_that_names_the_separator_may_stand_above_the_header(write: Write) -> None:
    (row,) = rows_of(write("\ufeffsep=;\r\nreferral_id;service;a,b,c\r\nR-1;leeds-imhs;\r\n"))
    assert (row.number, row.line) == (1, 3)


def test_a_blank_row_is_counted_and_gives_nothing(write: Write) -> None:
    rows = rows_of(write(f"\n{HEADER}\nR-1,s,,,\n\n , ,,,\n,,\nR-2,s,,,\n\n"))
    assert [(row.number, row.line) for row in rows] == [(1, 3), (5, 7)]


def test_a_caseload_with_no_rows_is_a_caseload(write: Write) -> None:
    assert rows_of(write(HEADER)) == []


def test_rows_are_counted_by_row_and_placed_by_physical_line(write: Write) -> None:
    rows = rows_of(write(f'{HEADER}\nR-1,s,,"a\r\nb\rc\n",\nR-2,s,,x,\n'))
    assert [(row.number, row.line) for row in rows] == [(1, 2), (2, 6)]


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
MARKS = st.text(",;\t\r\n '=a\"", max_size=20)
# Apart, because some of the first before some of the second are a letter of UTF-8 too, and nobody can tell.
WINDOWS = st.text(",\n aéß") | st.text(",\n a€“”…")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), delimiter=st.sampled_from(",;\t"))
def test_any_words_come_back_to_the_letter(encoding: str, delimiter: str, write: Write, data: st.DataObject) -> None:
    words = MARKS | (WINDOWS if encoding == "cp1252" else CELL)
    cells = data.draw(st.lists(st.tuples(words, words), max_size=5))
    path = write(b"")
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(COLUMNS)
        writer.writerows((f"R-{i}", "leeds-imhs", a, b, "") for i, (a, b) in enumerate(cells))
    rows = rows_of(path)
    assert [row.values["referrer_words"] for row in rows if isinstance(row, Line)] == [b for _, b in cells]
    assert [row.values["infant_name"] for row in rows if isinstance(row, Line)] == [a.strip() for a, _ in cells]


# Encodings that are in doubt


def test_utf8_with_one_broken_letter_costs_the_row_that_holds_it(write: Write) -> None:
    good = "R-1,s,Zoë,,\nR-2,s,Björn,,\n".encode()
    path = write(HEADER.encode() + b"\n" + good + b"R-3,s,Si\xe2n,,\n" + good)
    with open_sheet(path, COLUMNS) as sheet:
        rows = list(sheet)
    assert (sheet.encoding, len(sheet.notices)) == ("utf-8", 1)
    assert references(rows) == ["R-1", "R-2", "R-1", "R-2"]
    (bad,) = (row for row in rows if isinstance(row, BadLine))
    assert (bad.number, bad.line, bad.code, bad.reference) == (3, 4, "unreadable_text", "R-3")
    assert "Line 4: infant_name is not readable" in bad.message


@pytest.mark.parametrize("broken", ["\ud83d", "\0"])
def test_half_a_letter_in_utf16_costs_the_row_that_holds_it(write: Write, broken: str) -> None:
    text = f"\ufeff{HEADER}\nR-1,s,{broken},,\nR-2,s,\U0001f476,,\n"
    rows = rows_of(write(text.encode("utf-16-le", "surrogatepass")))
    assert [row.code for row in rows if isinstance(row, BadLine)] == ["unreadable_text"]
    assert references(rows) == ["R-2"]


# Files that are refused whole

NAME = "Wren Nightingale-Proof"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (b"\n\n,,\n", "it is empty"),
        (codecs.BOM_UTF8, "it is empty"),
        (f"{NAME},9990000000\n".encode(), "no column referral_id and no column service"),
        (f"referral_id;{NAME}\n".encode(), "names no column service"),
        (f'referral_id,service,"{NAME}\n'.encode(), "broken off"),
        (f"referral_id,service,Referral ID,{NAME}\n".encode(), "referral_id twice, as column 1 and column 3"),
        (f"referral_id,service,{NAME},{NAME}\n".encode(), "one name twice, as column 3 and column 4"),
        (b"PK\x03\x04\x00\x00referral_id,service\n", "is not text"),
        (f"{HEADER}\nR-1,s,\x81{NAME},,\n".encode("latin-1"), "is not text"),
        (HEADER.encode("utf-16-le"), "is not text"),
        (HEADER.encode("utf-32"), "is not text"),
        (HEADER.encode("utf-16")[:-1], "is not text"),
    ],
)
def test_a_file_that_is_no_caseload_is_refused_whole(write: Write, content: bytes, says: str) -> None:
    problem = refusal(write(content))
    assert problem.code == "not_a_caseload"
    assert says in problem.message
    assert "caseload.csv" in problem.message
    assert problem.message.endswith(
        "save the sheet as CSV UTF-8 with its column names in the first row and import that."
    )
    assert "Wren" not in problem.message


def test_a_file_that_is_not_there_is_said_to_be_not_there(tmp_path: Path, write: Write) -> None:
    for path in (tmp_path / "gone.csv", write("") / "below-a-file.csv"):
        problem = refusal(path)
        assert problem.code == "file_not_found"
        assert problem.message == f"There is no file {str(path)!r}: check its name and its folder."


def test_a_folder_and_a_pipe_are_no_files_to_read(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    assert "is a folder" in refusal(tmp_path).message
    assert "not a file on a disk" in refusal(pipe).message
    assert {refusal(tmp_path).code, refusal(pipe).code} == {"file_not_readable"}


@contextmanager
def as_an_ordinary_user() -> Iterator[None]:
    """Root may read everything, so under root the test stands down to a user who may not."""
    me = os.geteuid()
    os.seteuid(me or 65534)
    try:
        yield
    finally:
        os.seteuid(me)


def test_a_file_that_its_owner_closed_to_us_is_not_readable(write: Write) -> None:
    path = write(HEADER)
    path.chmod(0)
    with as_an_ordinary_user():
        problem = refusal(path)
    assert problem.code == "file_not_readable"
    assert "cannot be read (Permission denied)" in problem.message


def test_a_disk_that_fails_half_way_stops_the_import(write: Write, tmp_path: Path) -> None:
    path = write(f"{HEADER}\n" + "R-1,s,,,\n" * 50_000)
    with open_sheet(path, COLUMNS) as sheet:
        rows = iter(sheet)
        next(rows)
        lose_the_disk(under=path, folder=tmp_path)
        with pytest.raises(NotACaseload, match="can no longer be read") as caught:
            list(rows)
    assert caught.value.code == "file_not_readable"


def lose_the_disk(under: Path, folder: Path) -> None:
    """Puts a folder in place of the open file, of which the system reads no more bytes."""
    wanted, other = under.stat(), os.open(folder, os.O_RDONLY)
    for descriptor in (int(entry.name) for entry in Path("/dev/fd").iterdir()):
        try:
            if os.path.samestat(os.fstat(descriptor), wanted):
                os.dup2(other, descriptor)
        except OSError:
            continue  # the one that listed them
    os.close(other)


def test_a_file_that_changes_while_it_is_read_is_not_taken_as_whole(write: Write) -> None:
    path = write(f"{HEADER}\nR-1,s,,,\n")
    with open_sheet(path, COLUMNS) as sheet:
        with path.open("a") as file:
            file.write("R-2,s,,,\n")
        with pytest.raises(NotACaseload, match="changed while it was read"):
            list(sheet)


def test_progress_goes_from_nothing_to_the_size_of_the_file(write: Write) -> None:
    path = write(f"{HEADER}\n" + "R-1,s,,,\n" * 50_000)
    with open_sheet(path, COLUMNS) as sheet:
        seen = [sheet.bytes_read, *(sheet.bytes_read for _ in sheet)]
    assert seen[0] == 0
    assert seen == sorted(seen)
    assert seen[-1] == sheet.bytes_read == sheet.bytes_total == path.stat().st_size
    assert len(set(seen)) > 20


def test_a_sheet_may_be_read_twice(write: Write) -> None:
    with open_sheet(write(f'{HEADER}\nR-1,s,,"a\nb",\nR-2,s,"x,,\n'.encode("utf-16")), COLUMNS) as sheet:
        assert list(sheet) == list(sheet) != []


def test_memory_does_not_grow_with_the_file(write: Write) -> None:
    path = write(b"")

    def peak_of(rows: int) -> int:
        with path.open("w", encoding="utf-8") as file:
            file.write(f"{HEADER}\n")
            file.writelines(f"R-{i},s,Zoë {i},{QUOTED},\n" for i in range(rows))
        tracemalloc.start()
        try:
            with open_sheet(path, COLUMNS) as sheet:
                assert sum(isinstance(row, Line) for row in sheet) == rows
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak_of(50_000) < 1.2 * peak_of(5_000) < 4_000_000
