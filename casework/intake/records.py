"""The rows of a separated file with the physical lines they stand on, and a way back where quotation marks go wrong."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import TextIO

# Characters. A row of this length cannot be a referral; the bound keeps memory flat on a file without line breaks.
LONGEST_ROW = 1_000_000
# Characters that may be read a second time: some to start with and so many more a line, which keeps the time linear.
_READ_AGAIN, _READ_AGAIN_A_LINE = 10_000_000, 1_000


class _RowTooLong(Exception):
    """Raised under csv's hands, which has no bound of its own for a row."""


class Records:
    """Iterates (first physical line, cells, fault); the fault is None, "broken_quotes" or "too_long".

    After a record that cannot be right, `rewind` gives the lines after its first one out again, so that an open
    quotation mark costs the row it stands in and not the rows that it swallowed. `line` counts the physical lines taken
    so far; `held` are those of the record given out last and `size` the characters in them.
    """

    def __init__(self, text: TextIO, delimiter: str, skip: int = 0) -> None:
        text.seek(0)
        self._text, self._delimiter = text, delimiter
        self._again: deque[str] = deque()
        self._reread = 0
        self.line = sum(1 for _ in range(skip) if self._fresh_line())
        self.held: list[str] = []
        self.size = 0

    def __iter__(self) -> Iterator[tuple[int, list[str], str | None]]:
        rows = self._reader()
        while True:
            first, self.size = self.line + 1, 0
            self.held.clear()
            try:
                cells = next(rows)
            except StopIteration:
                return
            except (csv.Error, _RowTooLong) as problem:
                rows = self._reader()  # the old one may have seen the end of the file
                yield first, [], _fault(problem)
            else:
                yield first, cells, None

    def rewind(self) -> None:
        swallowed = self.held[1:]
        if self._reread > _READ_AGAIN + _READ_AGAIN_A_LINE * self.line:
            return
        self._reread += sum(map(len, swallowed))
        self._again.extendleft(reversed(swallowed))
        self.line -= len(swallowed)

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._lines(), delimiter=self._delimiter, strict=True)

    def _lines(self) -> Iterator[str]:
        again, hold = self._again, self.held.append
        while line := again.popleft() if again else self._fresh_line():
            self.line += 1
            hold(line)
            self.size += len(line)
            if self.size >= LONGEST_ROW:
                raise _RowTooLong
            yield line

    def _fresh_line(self) -> str:
        line = rest = self._text.readline(LONGEST_ROW)
        while len(rest) == LONGEST_ROW and not rest.endswith(("\n", "\r")):
            rest = self._text.readline(LONGEST_ROW)
        return line


def _fault(problem: Exception) -> str:
    # csv gives its errors no codes; this is its only sentence about length, the same in every supported Python.
    return "too_long" if isinstance(problem, _RowTooLong) or "field limit" in str(problem) else "broken_quotes"
