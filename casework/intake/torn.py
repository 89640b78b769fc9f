"""Rows that cannot be read: how they are told from rows that can, and what is said of them without repeating a cell."""

import csv
import re
from dataclasses import dataclass

from casework.intake.header import SEPARATORS, Header
from casework.intake.records import LONGEST_ROW, Records

LONGEST_CELL = 100_000
# The shape of a service's own reference: a letter, a digit, no blanks. Where a row is torn its first cell may be
# anything, a name or an NHS number too, so nothing of another shape is repeated.
_REFERENCE = re.compile(r"(?=[^a-z]*[a-z])(?=\D*\d)[a-z0-9][a-z0-9_./-]{0,39}", re.ASCII | re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")  # a name that stands in the wrong column is not repeated
_NUMBERED = re.compile(r"\S*\d\S*")
_SERVICES_REMEMBERED = 100


@dataclass(frozen=True, slots=True)
class BadLine:
    """A row that cannot be read, or lines that make no row, with the reference where that is beyond doubt.

    `code`: "wrong_number_of_columns", "broken_quotes", "unreadable_text" or "too_long".
    """

    number: int
    line: int
    code: str
    message: str
    reference: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Lines that make no row, from the one where it begins; `until` is the last that its first record took."""

    number: int
    line: int
    until: int
    code: str
    cells: int
    reference: str | None

    @property
    def stands_alone(self) -> bool:
        """One line with too few or too many cells says nothing about the lines below it; a quotation mark does."""
        return self.code == "wrong_number_of_columns" and self.line == self.until


class Torn:
    """What is wrong with the rows of one sheet."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._width = len(header.places)
        self._reference_at, self._service_at = header.place("referral_id"), header.place("service")
        self._services: set[str] = set()

    def saw(self, service: str) -> None:
        if service and len(self._services) < _SERVICES_REMEMBERED:
            self._services.add(service)

    def fault(self, cells: list[str], lines: list[str]) -> str | None:
        if len(cells) != self._width:
            return "wrong_number_of_columns"
        return "broken_quotes" if len(lines) > 1 and any(map(self._starts_a_row, lines[1:])) else None

    def gap(self, number: int, first: int, code: str, cells: list[str], records: Records) -> Gap:
        return Gap(number, first, records.line, code, len(cells), self._reference_of_torn(records.held[0]))

    def closed(self, gap: Gap, last: int, resumed: int) -> BadLine:
        """The gap from its first line to `last`; rows go on at `resumed`.

        Where that is a line which the gap's first record had taken for part of a cell, a quotation mark did it.
        """
        code = "broken_quotes" if resumed <= gap.until else gap.code
        where = f"Line {gap.line}" if last == gap.line else f"Lines {gap.line} to {last}"
        if code == "broken_quotes":
            why = "a quotation mark is not closed, or one inside a cell is not doubled."
        elif code == "too_long":
            why = (
                f"a cell is longer than {LONGEST_CELL:,} characters or the row than {LONGEST_ROW:,}, "
                "or a quotation mark is not closed."
            )
        else:
            mark = SEPARATORS[self._header.delimiter]
            why = (
                f"the header has {self._width} columns and the row {gap.cells}; "
                f"look for a {mark} or a line break in a cell that is not in quotation marks."
            )
        return BadLine(gap.number, gap.line, code, f"{where} cannot be read: {why}", gap.reference)

    def damage(self, number: int, line: int, cells: list[str], at: int, code: str) -> BadLine:
        """A row of the right width with one cell that cannot be taken."""
        column = self._header.places[at] or f"column {at + 1}"
        if code == "too_long":
            why = f"longer than {LONGEST_CELL:,} characters; shorten it."
        else:
            why = "not readable as text; type it again, or save the sheet as CSV UTF-8."
        return BadLine(number, line, code, f"Line {line}: {column} is {why}", self._reference(cells))

    def _starts_a_row(self, line: str) -> bool:
        """Whether a line inside a cell is the start of another row, which an open quotation mark swallowed.

        Two wrong marks can make one row of two with the right number of cells. Words may hold any number of commas;
        they do not hold a reference and a service of this sheet at their two places.
        """
        if self._reference_at is None or self._service_at is None:
            return False
        try:
            cells = next(csv.reader([line], delimiter=self._header.delimiter))
        except csv.Error:
            return False
        return (
            len(cells) > max(self._reference_at, self._service_at)
            and cells[self._service_at].strip() in self._services
            and _NUMBERED.fullmatch(cells[self._reference_at]) is not None
        )

    def _reference(self, cells: list[str]) -> str | None:
        reference = "" if self._reference_at is None else cells[self._reference_at].strip()
        return reference if _PLAIN.fullmatch(reference) else None

    def _reference_of_torn(self, line: str) -> str | None:
        if self._reference_at != 0:  # a cell more or less before it, and another cell stands in its place
            return None
        reference = line.split(self._header.delimiter, 1)[0].strip().strip('"').strip()
        return reference if _REFERENCE.fullmatch(reference) else None
