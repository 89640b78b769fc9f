"""A row that cannot be read costs itself: it is named by row, line and code, and no cell is repeated."""

import csv
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.intake.sheet import LONGEST_CELL, BadLine, Line, NotACaseload, open_sheet

COLUMNS = ("referral_id", "service", "infant_name", "referrer_words", "hold_reason")
HEADER = ",".join(COLUMNS)


def read(path: Path, content: str) -> tuple[list[str], list[BadLine]]:
    """The references of the rows that can be read, and what is said of the others."""
    path.write_text(content, encoding="utf-8", newline="")
    with open_sheet(path, COLUMNS) as sheet:
        rows = list(sheet)
    assert [row.number for row in rows] == sorted({row.number for row in rows})
    good = [row.values["referral_id"] for row in rows if isinstance(row, Line)]
    return good, [row for row in rows if isinstance(row, BadLine)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "caseload.csv"


@pytest.mark.parametrize(("row", "cells"), [("R-2,s,Wren,x", 4), ("R-2,s,Wren,x,,", 6), ("R-2", 1)])
def test_a_row_of_another_width_is_refused_alone(path: Path, row: str, cells: int) -> None:
    good, (bad,) = read(path, f"{HEADER}\nR-1,s,,,\n{row}\nR-3,s,,,\n")
    assert good == ["R-1", "R-3"]
    assert bad == BadLine(
        2,
        3,
        "wrong_number_of_columns",
        f"Line 3 cannot be read: the header has 5 columns and the row {cells}; "
        "look for a comma or a line break in a cell that is not in quotation marks.",
        "R-2",
    )


OPEN_QUOTE = "a quotation mark is not closed, or one inside a cell is not doubled."


@pytest.mark.parametrize(
    ("torn", "lines"),
    [
        ('R-2,s,"Wren,x,', "Line 4"),
        ('R-2,s,,"Wren said "no" to me",', "Line 4"),
        ('R-2,s,,"Wren said "no"\n\nthen, again, yes",', "Lines 4 to 6"),
        ('"R-2",s,,"Wren said \\"no\\"",', "Line 4"),
    ],
)
@pytest.mark.parametrize(
    "below",
    [
        "R-3,s,,x,\nR-4,s,,x,\n",
        'R-3,s,,"said ""no""\nand left",\nR-4,s,,x,\n',
        'R-3,s,"","",""\nR-4,s,"","",""\n',
    ],
)
def test_an_open_quotation_mark_costs_the_row_it_stands_in(path: Path, torn: str, lines: str, below: str) -> None:
    good, (bad,) = read(path, f"{HEADER}\n\nR-1,s,,,\n{torn}\n{below}")
    assert good == ["R-1", "R-3", "R-4"]
    assert (bad.number, bad.line, bad.code, bad.reference) == (3, 4, "broken_quotes", "R-2")
    assert bad.message == f"{lines} cannot be read: {OPEN_QUOTE}"


def test_the_same_quotation_mark_once_closed_costs_nothing(path: Path) -> None:
    assert read(path, f'{HEADER}\nR-1,s,,,\nR-2,s,"Wren,x",,\nR-3,s,,x,\n') == (["R-1", "R-2", "R-3"], [])


def test_a_file_cut_off_inside_a_cell_says_where(path: Path) -> None:
    good, (bad,) = read(path, f'{HEADER}\nR-1,s,,,\nR-2,s,,"Wren\nlooks\naw')
    assert good == ["R-1"]
    assert (bad.number, bad.code, bad.reference) == (2, "broken_quotes", "R-2")
    assert bad.message == f"Lines 3 to 5 cannot be read: {OPEN_QUOTE}"


def test_rows_that_two_wrong_marks_would_make_one_row_are_not_taken_as_one(path: Path) -> None:
    """Both rows have five cells between them where the marks meet: csv alone would read R-2 with R-3 inside it."""
    merged = 'R-2,s,,"x,\nR-3,s,,y",'
    assert len(next(csv.reader(merged.splitlines(keepends=True), strict=True))) == len(COLUMNS)
    good, (bad,) = read(path, f"{HEADER}\nR-1,s,,,\n{merged}\n")
    assert good == ["R-1", "R-3"]
    assert (bad.line, bad.code) == (3, "broken_quotes")


def test_a_mark_that_closes_only_rows_later_is_called_a_mark_and_not_a_width(path: Path) -> None:
    good, (opened, closed) = read(path, f'{HEADER}\nR-1,s,"x,,\nR-2,s,,,\n"\nR-4,s,,,\n')
    assert good == ["R-2", "R-4"]
    assert [(bad.line, bad.code, bad.reference) for bad in (opened, closed)] == [
        (2, "broken_quotes", "R-1"),
        (4, "broken_quotes", None),
    ]


def test_rows_after_a_gap_keep_the_number_they_have_in_the_sheet(path: Path) -> None:
    path.write_text(f'{HEADER}\nR-1,s,,"a "b"\n\nc",\n\n\nR-4,s,,,\n')
    with open_sheet(path, COLUMNS) as sheet:
        assert [(row.number, row.line) for row in sheet] == [(1, 2), (4, 7)]


@pytest.mark.parametrize("length", [LONGEST_CELL, LONGEST_CELL + 1, 140_000, 3_000_000])
@pytest.mark.parametrize("filling", ["w", "w\n"])
def test_a_cell_may_have_a_hundred_thousand_characters_and_not_one_more(path: Path, length: int, filling: str) -> None:
    cell = (filling * length)[:length]
    good, bad = read(path, f'{HEADER}\nR-1,s,,"{cell}",\nR-2,s,,,\n')
    if length == LONGEST_CELL:
        assert (good, bad) == (["R-1", "R-2"], [])
    else:
        assert (good, [(b.number, b.line, b.code, b.reference) for b in bad]) == (["R-2"], [(1, 2, "too_long", "R-1")])
        assert "longer than 100,000 characters" in bad[0].message


def test_a_file_without_line_breaks_does_not_fill_the_memory(path: Path) -> None:
    path.write_text(f"{HEADER}\n" + "w," * 6_000_000 + "\nR-2,s,,,\n")
    tracemalloc.start()
    try:
        with open_sheet(path, COLUMNS) as sheet:
            bad, good = sheet
        assert tracemalloc.get_traced_memory()[1] < 6_000_000
    finally:
        tracemalloc.stop()
    assert isinstance(bad, BadLine)
    assert (bad.code, bad.line) == ("too_long", 2)
    assert (good.number, good.line) == (2, 3)


@pytest.mark.parametrize("first_cell", ["Wren", "9990000000", "2026-03-04", "she cried 3 times", "0113 496 0246"])
def test_a_torn_row_is_named_only_by_what_looks_like_a_reference(path: Path, first_cell: str) -> None:
    """A line break that is not in quotation marks puts the rest of any cell where the reference should be."""
    _, (bad,) = read(path, f"{HEADER}\n{first_cell},s\n")
    assert bad.reference is None


def test_a_torn_row_is_not_named_where_the_reference_is_not_the_first_column(path: Path) -> None:
    path.write_text("hold_reason,referral_id,service\nward9,R-1,s,\n")
    with open_sheet(path, COLUMNS) as sheet:
        (bad,) = sheet
    assert isinstance(bad, BadLine)
    assert bad.reference is None


def swallowing() -> Iterator[str]:
    """Every second line opens a cell that the lines below neither close nor break."""
    for i in range(20_000):
        yield 'b""","c\n' if i % 2 else f"R-{i},s,,,\n"


def test_a_file_of_open_quotation_marks_takes_time_in_proportion_to_its_length(path: Path) -> None:
    began = time.process_time()
    good, bad = read(path, f"{HEADER}\n" + "".join(swallowing()))
    assert time.process_time() - began < 10
    assert good
    assert {b.code for b in bad} <= {"broken_quotes", "too_long"}


WORDS = ["Wren", 'Wren said "no"', "Wren\ncries", "", "Wren, again", '"', "Wren;\r\n\r\nthen"]
FAULTS = st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(['"', "\n", ",", '""', "\r", "cut", "drop"]))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.tuples(*[st.sampled_from(WORDS)] * 3), min_size=3, max_size=12), fault=FAULTS)
def test_one_wrong_character_costs_one_row_and_repeats_no_word(
    path: Path, words: list[tuple[str, ...]], fault: tuple[float, str]
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((f"R-{i}", "leeds-imhs", *cells) for i, cells in enumerate(words))
    body = path.read_bytes().decode()
    at, kind = int(fault[0] * len(body)), fault[1]
    damaged = {"cut": body[:at], "drop": body[:at] + body[at + 1 :]}.get(kind, body[:at] + kind + body[at:])
    try:
        good, bad = read(path, f"{HEADER}\r\n{damaged}")
    except NotACaseload as problem:
        pytest.fail(problem.message)
    below = sum(1 for i in range(len(words)) if f"R-{i}" not in good)
    assert kind == "cut" or below <= 1
    assert "Wren" not in "".join(f"{b.message}{b.reference}" for b in bad)
    assert all(b.reference is None or b.reference.startswith("R") for b in bad)
