"""Worklist and flags as a team reads them: references and figures, no family's name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from casework import FlagRow, WorklistRow
from casework.figures import figures_with
from jobs.show import Cell, Column, Row, Screen, bar, print_table, room_beside, say, screen, wait_style
from workflows import WaitFigures
from workflows.dates import british
from workflows.figures import Lookup, wait_of
from workflows.flags import FLAGS

LEAST_BAR, PLAIN_BAR, WIDEST_BAR = 8, 30, 60
"""Characters: on a terminal with no room, where lines have no end, and on a terminal with all the room there is."""

STYLES = {"amber": "yellow", "red": "red"}
SEVERITY = {kind: STYLES[rule.severity] for kind, rule in FLAGS.items()}
"""The colour of each kind of flag."""
SHORT = {kind: rule.short for kind, rule in FLAGS.items()}

WORKLIST = (
    Column("reference"),
    Column("service", narrow=12),
    Column("stage"),
    Column("days", right=True),
    Column("adj.", right=True),
    Column("flags", wraps=True),
)
FLAG_LIST = (
    Column("reference"),
    Column("service", narrow=12),
    Column("flag"),
    Column("stage", narrow=0),
    Column("days", right=True),
    Column("raised on", narrow=0),
)
MISSING, QUIET = Column("missing", wraps=True), Column("quiet until")
PUBLISHED = figures_with({})
"""The figures of the services' documents, where nobody says what has been entered besides."""


def counts(found: Mapping[str, int]) -> str:
    """Counts by name for a sentence: `12 wait_8_weeks, 3 missing_information`."""
    return ", ".join(f"{number} {name}" for name, number in found.items()) or "none"


def how_many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def show_worklist(rows: Sequence[WorklistRow], day: date, most: int | None = None, figure: Lookup = PUBLISHED) -> None:
    """The referrals with their waits as bars; `most` shows only the first so many of them."""
    if not rows:
        return say(f"No open referral on {british(day)} is what was asked for.")
    on, number = screen(), len(rows)
    rows = rows[:most]
    figures = {service: wait_of(figure, service, day) for service in sorted({row.service for row in rows})}
    cells: list[list[Cell | str]] = [list(_worklist_cells(row, on)) for row in rows]
    columns = (*WORKLIST[:5], Column("wait"), WORKLIST[5])
    for cell_row, drawn in zip(cells, _bars(rows, figures, _room(cells, on), on), strict=True):
        cell_row.insert(5, drawn)
    print_table(columns, cells)
    shown = f"; the first {len(rows)} are shown" if len(rows) < number else ""
    order = "priority first, then the longest wait" if any(row.priority_on for row in rows) else "longest wait first"
    say("", f"{how_many(number, 'open referral', 'open referrals')} on {british(day)}, {order}{shown}.")
    say(*_legend(figures, on), *_short_names(rows, on))
    return None


def _worklist_cells(row: WorklistRow, on: Screen) -> Row:
    names = [SHORT.get(kind, kind) for kind in row.flags] if on.narrow else list(row.flags)
    if row.held:
        names.insert(0, "hold" if on.narrow else "on hold")
    if row.priority_on:
        names.insert(0, "first" if on.narrow else "priority")
    return (
        row.reference,
        row.service,
        row.stage,
        _figure(row.waiting_days),
        _figure(row.adjusted_days),
        Cell(" ".join(names) if on.narrow else ", ".join(names), _worst(row.flags)),
    )


def _figure(days: int | None) -> str:
    return "-" if days is None else str(days)


def _worst(kinds: Sequence[str]) -> str:
    found = {FLAGS[kind].severity for kind in kinds if kind in FLAGS}
    return STYLES["red"] if "red" in found else STYLES["amber"] if found else ""


def _room(cells: Sequence[Row], on: Screen) -> int:
    """How wide a bar may be: what the other columns leave."""
    left = room_beside(WORKLIST, cells, on)
    return PLAIN_BAR if left is None else max(min(left, WIDEST_BAR), LEAST_BAR)


def _bars(
    rows: Sequence[WorklistRow], figures: Mapping[str, WaitFigures | None], width: int, on: Screen
) -> Sequence[Cell]:
    """One scale for all: the longest wait fills the width, or the highest mark with some room behind it."""
    marks = [f.over + 7 for f in figures.values() if f]
    longest = max([*(row.waiting_days or 0 for row in rows), *marks], default=0)
    drawn = []
    for row in rows:
        published = figures[row.service]
        if row.waiting_days is None:
            drawn.append(Cell(""))
        else:
            style = wait_style(row.waiting_days, published, held=row.held)
            drawn.append(Cell(bar(row.waiting_days, longest, published, width, on), style))
    return drawn


def _legend(figures: Mapping[str, WaitFigures | None], on: Screen) -> Sequence[str]:
    ahead, reached = ("│", "┃") if on.draws else ("|", "+")
    published = [f"{f.first} and {f.over} days ({service})" for service, f in figures.items() if f]
    lines = ["days: since acceptance, to allocation or to this day; adj.: less days on hold."]
    if published:
        lines.append(f"{ahead} marks a published figure, {reached} one that is reached: {'; '.join(published)}.")
    return lines


def _short_names(rows: Sequence[WorklistRow], on: Screen) -> Sequence[str]:
    """What the short names stand for, of those that are shown."""
    shown = {kind for row in rows for kind in row.flags}
    named = [f"{short}: {kind}" for kind, short in SHORT.items() if kind in shown]
    return ["; ".join(named) + "."] if on.narrow and named else []


def show_flags(rows: Sequence[FlagRow], day: date, most: int | None = None) -> None:
    """The flags, longest wait first; `most` shows only the first so many of them."""
    if not rows:
        return say(f"No flag that was asked for is open on {british(day)}.")
    say(*flag_counts(rows, day), "")
    quiet = any(is_quiet(row, day) for row in rows)
    columns = (*FLAG_LIST, QUIET, replace(MISSING, narrow=0)) if quiet else (*FLAG_LIST, MISSING)
    print_table(columns, [_flag_cells(row, quiet=quiet) for row in rows[:most]])
    return None


def flag_counts(rows: Sequence[FlagRow], day: date) -> Sequence[str]:
    found = Counter(row.kind for row in rows)
    by_kind = {kind: found[kind] for kind in (*FLAGS, *sorted(set(found) - set(FLAGS))) if found[kind]}
    return [f"{how_many(len(rows), 'flag is', 'flags are')} open on {british(day)}: {counts(by_kind)}."]


def is_quiet(row: FlagRow, day: date) -> bool:
    """Whether somebody has asked not to hear of a flag before a later day."""
    return row.quiet_until is not None and row.quiet_until > day


def _flag_cells(row: FlagRow, *, quiet: bool) -> Row:
    until = [row.quiet_until.isoformat() if row.quiet_until else ""] if quiet else []
    kind, missing = Cell(row.kind, SEVERITY.get(row.kind, "")), ", ".join(row.missing)
    return (row.reference, row.service, kind, row.stage, _figure(row.days), row.raised_on.isoformat(), *until, missing)
