"""A caseload spreadsheet as it comes out of a spreadsheet program: rows of known columns, one at a time.

Nothing here knows what a cell means, and no sentence written here repeats what a cell holds. Memory does not grow with
the file.
"""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from itertools import compress
from pathlib import Path
from types import TracebackType
from typing import Self

from casework import limits
from casework.errors import CaseworkError
from casework.intake.encoding import UNREADABLE, Encoding, encoding_of
from casework.intake.header import Header, read_header
from casework.intake.records import Records
from casework.intake.torn import LONGEST_CELL, BadLine, Gap, Torn

__all__ = ["LONGEST_CELL", "TO_THE_LETTER", "BadLine", "Line", "NotACaseload", "Sheet", "open_sheet"]

# The one column that keeps its surrounding blanks.
TO_THE_LETTER = "referrer_words"


class NotACaseload(CaseworkError):
    """The file as a whole is refused. `code`: "file_not_found", "file_not_readable" or "not_a_caseload"."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Line:
    """One row. `number` counts rows below the header, blank ones too; `line` is the physical line where it starts.

    `values` has every column that was asked for, "" where the sheet has it not; all but the referrer's words stripped.
    """

    number: int
    line: int
    values: dict[str, str]


class Sheet:
    """An open caseload. Each iteration starts from the first row and gives `Line` or `BadLine`.

    `notices` are sentences about the whole file. `extra_columns` are not read; `absent_columns` are read as blank.
    """

    def __init__(
        self,
        name: str,
        file: BufferedReader,
        text: TextIOWrapper,
        encoding: Encoding,
        header: Header,
        columns: Sequence[str],
    ) -> None:
        self._name, self._file, self._text, self._header = name, file, text, header
        self._names = header.known
        self._ours = [column is not None for column in header.places]
        self._words_at = header.place(TO_THE_LETTER)
        self._blank = dict.fromkeys(columns, "")
        self._damaged = encoding.damaged
        self._stamp = _stamp(file)
        self._read = 0
        self.encoding, self.delimiter = encoding.name, header.delimiter
        self.extra_columns = header.extra
        self.absent_columns = tuple(column for column in columns if column not in self._names)
        self.notices = tuple(_notices(encoding, self.extra_columns, self.absent_columns))
        self.bytes_total = self._stamp[0]
        text.seek(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._read = self.bytes_read
        self._text.close()

    @property
    def bytes_read(self) -> int:
        """How far into the file the last row given out was, to the nearest few thousand bytes."""
        return self._read if self._text.closed else self._file.tell()

    def __iter__(self) -> Iterator[Line | BadLine]:
        try:
            yield from self._rows(Records(self._text, self.delimiter, skip=self._header.lines))
        except (OSError, UnicodeDecodeError):  # the second where somebody wrote into the file meanwhile
            raise _not_readable(f"{self._name} can no longer be read: check the disk or the network") from None
        if _stamp(self._file) != self._stamp:
            raise _not_readable(f"{self._name} changed while it was read: close it everywhere else")

    def _rows(self, records: Records) -> Iterator[Line | BadLine]:
        rows = Torn(self._header)
        number = blanks = last = 0
        gap: Gap | None = None
        for first, cells, fault in records:
            if not fault and not any(map(str.strip, cells)):
                blanks += 1
                continue
            code = fault or rows.fault(cells, records.held)
            if code and gap:
                records.rewind()
                last, blanks = records.line, 0
                continue
            if gap:
                yield rows.closed(gap, last, first)
                gap = None
            number, blanks = number + blanks + 1, 0
            if not code:
                yield self._line(number, first, cells, rows, records.size)
                continue
            gap = rows.gap(number, first, code, cells, records)
            if gap.stands_alone:
                yield rows.closed(gap, first, first + 1)
                gap = None
            else:
                records.rewind()
                last = records.line
        if gap:
            yield rows.closed(gap, last, records.line + 1)

    def _line(self, number: int, first: int, cells: list[str], rows: Torn, size: int) -> Line | BadLine:
        if size > LONGEST_CELL and (at := _find(lambda cell: len(cell) > LONGEST_CELL, cells)) is not None:
            return rows.damage(number, first, cells, at, "too_long")
        if self._damaged and (at := _find(UNREADABLE.search, cells)) is not None:
            return rows.damage(number, first, cells, at, "unreadable_text")
        values = self._blank.copy()
        values.update(zip(self._names, map(str.strip, compress(cells, self._ours)), strict=True))
        if self._words_at is not None:
            values[TO_THE_LETTER] = cells[self._words_at]
        rows.saw(values.get("service", ""))
        return Line(number, first, values)


def open_sheet(path: Path, columns: Sequence[str], required: Sequence[str] = ("referral_id", "service")) -> Sheet:
    """Opens a caseload and reads its header; raises `NotACaseload` where the file as a whole is none.

    The file is read through once to find its encoding before a row is given out.
    """
    name = limits.path(str(path))
    with ExitStack() as closing:
        try:
            file = closing.enter_context(_opened(path, name))
            if (encoding := encoding_of(file)) is None:
                raise _no_caseload(f"{name} is not text: it is a workbook perhaps, or damaged")
            text = closing.enter_context(TextIOWrapper(file, encoding.name, encoding.errors, newline=""))
            header = _checked(read_header(text, columns), required, name)
            sheet = Sheet(name, file, text, encoding, header, columns)
        except (FileNotFoundError, NotADirectoryError):
            raise NotACaseload("file_not_found", f"There is no file {name}: check its name and its folder.") from None
        except OSError as problem:
            raise _not_readable(f"{name} cannot be read ({problem.strerror}): put it where you may read it") from None
        except ValueError:  # what no file can be called
            raise NotACaseload("file_not_found", "This is no name of a file. Name the spreadsheet.") from None
        closing.pop_all()
    return sheet


def _opened(path: Path, name: str) -> BufferedReader:
    kind = path.stat().st_mode
    if stat.S_ISDIR(kind):
        raise _not_readable(f"{name} is a folder: name the spreadsheet inside it")
    if not stat.S_ISREG(kind):  # opening a pipe would wait for its other end
        raise _not_readable(f"{name} is not a file on a disk: save it as one")
    return path.open("rb")


def _checked(header: Header | None, required: Sequence[str], name: str) -> Header:
    if header is None:
        raise _no_caseload(f"{name} has no first row with the names of the columns: it is empty or broken off")
    absent = [column for column in required if column not in header.known]
    if absent:
        raise _no_caseload(f"{name} is no caseload: its first row names no column {' and no column '.join(absent)}")
    if twice := header.twice():
        one, other = twice
        column = header.places[one - 1]
        what = f"the column {column}" if column else "one name"
        raise _no_caseload(f"{name} has {what} twice, as column {one} and column {other}")
    return header


def _notices(encoding: Encoding, extra: Sequence[str], absent: Sequence[str]) -> Iterator[str]:
    if encoding.name == "cp1252":
        yield "Not UTF-8: read as Windows-1252."
    if encoding.damaged:
        yield "Some letters of the file are broken: the rows that hold them are refused."
    if extra:
        yield f"Not read, because they are not columns of a caseload: {', '.join(extra)}."
    if absent:
        yield f"Not in the sheet and taken as blank: {', '.join(absent)}."


def _find(wrong: Callable[[str], object], cells: list[str]) -> int | None:
    return next((at for at, cell in enumerate(cells) if wrong(cell)), None)


def _stamp(file: BufferedReader) -> tuple[int, int]:
    facts = os.fstat(file.fileno())
    return facts.st_size, facts.st_mtime_ns


def _not_readable(what: str) -> NotACaseload:
    return NotACaseload("file_not_readable", f"{what}, and import it again.")


def _no_caseload(what: str) -> NotACaseload:
    return NotACaseload(
        "not_a_caseload", f"{what}; save the sheet as CSV UTF-8 with its column names in the first row and import that."
    )
