"""The header of a caseload spreadsheet: where it stands, what parts its names, and which of our columns they are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from casework.intake.records import Records

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
# Some spreadsheets write what separates the cells above the header, for their own kind to read.
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?\s*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """`lines`: physical lines from the top of the file to the end of the header. `places`: our column at each place."""

    delimiter: str
    lines: int
    places: tuple[str | None, ...]
    names: tuple[str, ...]

    @property
    def known(self) -> list[str]:
        return [column for column in self.places if column]

    @property
    def extra(self) -> tuple[str, ...]:
        """Names that are none of ours as they may be shown; a column with no name goes by its place."""
        named = zip(self.places, self.names, strict=True)
        return tuple(_shown(name) or f"column {at}" for at, (column, name) in enumerate(named, 1) if not column)

    def place(self, column: str) -> int | None:
        return self.places.index(column) if column in self.places else None

    def twice(self) -> tuple[int, int] | None:
        """The places, from 1, of two columns with one name."""
        seen: dict[str, int] = {}
        for at, (column, name) in enumerate(zip(self.places, self.names, strict=True), 1):
            key = column or name.strip().casefold()
            if key and key in seen:
                return seen[key], at
            seen[key] = at
        return None


def read_header(text: TextIO, columns: Sequence[str]) -> Header | None:
    """The first row that is not blank, with the separator under which it names most of our columns.

    None where it names none of them and is blank or broken under one separator.
    """
    text.seek(0)
    told = _SEPARATOR_LINE.fullmatch(text.readline(20))
    delimiters = told[1] if told else SEPARATORS
    headers = [_first_row(text, delimiter, columns, skip=1 if told else 0) for delimiter in delimiters]
    best = max((header for header in headers if header), key=lambda header: len(header.known), default=None)
    return best if best and (best.known or all(headers)) else None


def _first_row(text: TextIO, delimiter: str, columns: Sequence[str], skip: int) -> Header | None:
    ours = {_plain(column): column for column in columns}
    records = Records(text, delimiter, skip)
    for _, cells, fault in records:
        if fault:
            return None
        if any(map(str.strip, cells)):
            return Header(delimiter, records.line, tuple(ours.get(_plain(name)) for name in cells), tuple(cells))
    return None


def _plain(name: str) -> str:
    """ "Referral ID", "referral-id" and "REFERRAL_ID" are one name."""
    return re.sub(r"[\W_]+", "", name).casefold()


def _shown(name: str) -> str:
    return "".join(letter for letter in " ".join(name.split()) if letter.isprintable())[:60]
