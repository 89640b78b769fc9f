"""Tables and bars for people: drawn with rich on a terminal, plain aligned text without colour anywhere else."""

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Literal

from workflows import WaitFigures

GAP = 2
NARROW = 100
"""Columns of a terminal below which a table leaves out and shortens what it can spare."""

LEAST_WRAPPED = 16

DRY_RUN = "This was a dry run: nothing was written."


@dataclass(frozen=True, slots=True)
class Column:
    """`narrow` is the width on a narrow terminal: 0 leaves the column out, None shows all of it everywhere.

    `wraps`: what does not fit goes on in the next line. References have neither, so that they are never cut.
    """

    title: str
    right: bool = False
    wraps: bool = False
    narrow: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    style: str = ""


Row = Sequence[Cell | str]


@dataclass(frozen=True, slots=True)
class Screen:
    """What is written to: `width` in characters; None where it is no terminal, so that lines have no end."""

    width: int | None
    draws: bool
    """Whether it can show block characters."""

    @property
    def narrow(self) -> bool:
        return self.width is not None and self.width < NARROW


def screen() -> Screen:
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    return Screen(width, _can_show("█│┃"))


def _can_show(characters: str) -> bool:
    try:
        characters.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def put(*lines: str) -> None:
    """Lines as they are, whatever the width: what is to be copied must stay in one piece."""
    for line in lines:
        print(line)


def say(*sentences: str) -> None:
    """Sentences, broken between words where a terminal is narrower; further lines keep the indent of the first."""
    width = screen().width
    for text in sentences:
        indent = " " * (len(text) - len(text.lstrip()))
        if width is None or len(text) <= width:
            put(text)
        else:
            put(*wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False))


def heading(text: str) -> None:
    put("", text, "-" * len(text))


def print_table(columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """A table that fits the screen, in its short form if need be; else a few lines for each of its rows."""
    on = screen()
    whole = [[_cell(c) for c in row] for row in rows]
    if on.width is None:
        return _print_plain(columns, whole)
    if not on.narrow and _least_width(columns, whole) <= on.width:
        return _print_rich(columns, whole, on.width)
    columns, cells = _shortened(columns, whole, on)
    if _least_width(columns, cells) <= on.width:
        return _print_rich(columns, cells, on.width)
    return _print_stacked(columns, cells)


def room_beside(columns: Sequence[Column], rows: Sequence[Row], on: Screen) -> int | None:
    """How wide one more column may be; None where lines have no end."""
    if on.width is None:
        return None
    cells = [[_cell(c) for c in row] for row in rows]
    if on.narrow:
        columns, cells = _shortened(columns, cells, on)
    return on.width - _least_width(columns, cells) - GAP


def _least_width(columns: Sequence[Column], cells: Sequence[Sequence[Cell]]) -> int:
    """What a table needs across, its wrapped columns at their narrowest: no word is broken."""
    needed = _widths(columns, cells)
    for place, column in enumerate(columns):
        if column.wraps:
            longest = max((len(word) for row in cells for word in row[place].text.split()), default=0)
            needed[place] = min(needed[place], max(longest, len(column.title), LEAST_WRAPPED))
    return sum(needed) + GAP * (len(columns) - 1)


def _cell(cell: Cell | str) -> Cell:
    """Without control characters: what somebody typed must not command a terminal."""
    cell = Cell(cell) if isinstance(cell, str) else cell
    return cell if cell.text.isprintable() else replace(cell, text=one_line(cell.text))


def one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _shortened(
    columns: Sequence[Column], rows: list[list[Cell]], on: Screen
) -> tuple[Sequence[Column], list[list[Cell]]]:
    shown = [i for i, column in enumerate(columns) if column.narrow != 0]
    return [columns[i] for i in shown], [[_cut(row[i], columns[i].narrow, on) for i in shown] for row in rows]


def _cut(cell: Cell, most: int | None, on: Screen) -> Cell:
    if most is None or len(cell.text) <= most:
        return cell
    return replace(cell, text=cell.text[: most - 1] + ("…" if on.draws else "."))


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[int]:
    longest = [max((len(row[i].text) for row in rows), default=0) for i in range(len(columns))]
    return [max(len(c.title), width) for c, width in zip(columns, longest, strict=True)]


def _print_plain(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
    widths = _widths(columns, rows)
    for texts in ([c.title for c in columns], *([c.text for c in row] for row in rows)):
        placed = (t.rjust(w) if c.right else t.ljust(w) for c, t, w in zip(columns, texts, widths, strict=True))
        put((" " * GAP).join(placed).rstrip())


def _print_stacked(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
    for row in rows:
        put(row[0].text)
        named = [f"{c.title} {cell.text}" for c, cell in zip(columns[1:], row[1:], strict=True) if cell.text.strip()]
        say("  " + "; ".join(named))


def _print_rich(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0))
    for column in columns:
        justify: Literal["left", "right"] = "right" if column.right else "left"
        table.add_column(column.title, justify=justify, no_wrap=not column.wraps, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell.text, cell.style) for cell in row))
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    Console(file=sys.stdout, width=width, highlight=False, color_system=colours).print(table)


def bar(days: int, longest: int, figures: WaitFigures | None, width: int, on: Screen) -> str:
    """A wait as a bar with a mark at each published figure, another mark where the wait has reached it.

    Where a bar ends tells as much as its width allows; whether a figure is reached is told to the day.
    """
    full, ahead, reached = ("█", "│", "┃") if on.draws else ("#", "|", "+")
    per_day = (width - 1) / max(longest, 1)
    drawn = list((full * max(round(days * per_day), 0)).ljust(width))
    for mark in (figures.first, figures.over) if figures else ():
        if (at := round(mark * per_day)) < width:
            drawn[at] = reached if days >= mark else ahead
    return "".join(drawn[:width]).rstrip()


def wait_style(days: int, figures: WaitFigures | None, *, held: bool) -> str:
    if held:
        return "dim"
    if figures is None:
        return "cyan"
    return "red" if days >= figures.over else "yellow" if days >= figures.first else "green"
