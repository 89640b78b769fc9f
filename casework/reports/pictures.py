"""The two pictures of the digest, as SVG that stands inside a page.

Letters are drawn as outlines, so that paper and screen look alike whatever fonts are there. Nothing is told by colour
alone: bars are hatched, lines have their own dashes and their name at their end.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from html import escape
from io import StringIO
from math import nan
from typing import Any, Literal, NamedTuple

from matplotlib import rc_context, style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from casework.reports.digest import (
    Digest,
    WaitingRow,
    WeekPoint,
    beyond,
    counted,
    figure_words,
    longest_wait,
    median_wait,
)
from workflows.dates import british

INK, QUIET, GRID = "#212b32", "#4c6272", "#d8dde0"
BARS = "#005eb8"
WIDE, HIGH = 9.0, 3.4
MOST_BARS = 60
STEPS = (1, 4, 52)
"""Weeks a bar. Wide bars only for a list with a wait of years on it; 8 and 12 weeks stand at an edge of each but the
last."""


class Pen(NamedTuple):
    """A line that is known by its dashes where its colour is not seen."""

    colour: str
    dashes: Any
    width: float = 2.2


LIST = Pen(BARS, "-", 2.8)
FIRST = Pen("#a34f00", (0, (6, 2.5)))
OVER = Pen("#7c1d3f", (0, (1.5, 1.2)))

LOOK: Any = {
    "svg.fonttype": "path",
    "svg.hashsalt": "casework",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "hatch.linewidth": 1.2,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
}
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def waits(digest: Digest) -> str | None:
    """How long those on the list have waited, a bar a week; None where nobody waits."""
    if not digest.waiting:
        return None
    with _drawing() as (figure, axes):
        step = _weeks_a_bar(digest.waiting)
        _bars(axes, digest.waiting, step)
        _weeks_along(axes, step, digest)
        axes.set_xlabel("Weeks waited, holds counted")
        axes.set_ylabel("Referrals waiting")
        if digest.figures:
            _upright_lines(axes, digest.figures)
        return _markup(
            figure, "waits", f"How long referrals have waited on {british(digest.as_of)}", _waits_said(digest)
        )


def year(digest: Digest) -> str | None:
    """The length of the list week by week; None where there is nothing to draw."""
    if not any(point.waiting for point in digest.weeks):
        return None
    with _drawing() as (figure, axes):
        _year_lines(axes, digest)
        _months(axes, digest.weeks)
        axes.set_ylabel("Referrals waiting")
        return _markup(figure, "year", f"The list over the year to {british(digest.as_of)}", _year_said(digest))


@contextmanager
def _drawing() -> Iterator[tuple[Figure, Axes]]:
    """A bare drawing in our own look: settings that the machine's user keeps for other charts do not reach it."""
    with style.context("default"), rc_context(LOOK):
        figure = Figure(figsize=(WIDE, HIGH), layout="constrained")
        axes = figure.subplots()
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.spines["bottom"].set_color(QUIET)
        axes.grid(axis="y", color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=2))
        yield figure, axes


def _weeks_a_bar(waiting: Sequence[WaitingRow]) -> int:
    weeks = max(row.days for row in waiting) // 7
    return next((step for step in STEPS if weeks // step < MOST_BARS), STEPS[-1])


def _bars(axes: Axes, waiting: Sequence[WaitingRow], step: int) -> None:
    """Those on hold stand hatched on top of the others."""
    last = max(row.days for row in waiting) // 7 // step
    moving, held = [0] * (last + 1), [0] * (last + 1)
    for row in waiting:
        (held if row.held else moving)[row.days // 7 // step] += 1
    _bar(axes, step, moving, [0] * (last + 1), color=BARS, label="Waiting")
    if any(held):
        _bar(axes, step, held, moving, color="white", hatch="////", label="Waiting, on hold")
        axes.figure.legend(loc="outside lower right", ncols=2, frameon=False, handleheight=1.1)


def _bar(axes: Axes, step: int, counts: Sequence[int], above: Sequence[int], **look: Any) -> None:
    """A count of none draws nothing: the outline of an empty bar would look like a small one."""
    drawn = [number for number, count in enumerate(counts) if count]
    middles = [step * (number + 0.5) for number in drawn]
    heights, feet = [counts[number] for number in drawn], [above[number] for number in drawn]
    axes.bar(middles, heights, step * 0.84, feet, edgecolor=BARS, **look)


def _weeks_along(axes: Axes, step: int, digest: Digest) -> None:
    """From today to the longest wait, and always past the published figures."""
    longest = max(row.days for row in digest.waiting) // 7 // step * step + step
    weeks = max(longest, digest.figures[1] / 7 + 1) if digest.figures else longest
    every = next((every for every in (1, 2, 4, 12, 52) if weeks <= every * 16), 520)
    axes.set_xlim(0, weeks)
    axes.set_xticks(range(0, int(weeks) + 1, every))


def _upright_lines(axes: Axes, figures: tuple[int, int]) -> None:
    """The second stands before its first day over, so that day 84 is left of it."""
    first, over = figures
    first_words, over_words = figure_words(figures)
    _upright_line(axes, first / 7, first_words, "right", FIRST)
    _upright_line(axes, over / 7, f"over {over_words}", "left", OVER)


def _upright_line(axes: Axes, week: float, words: str, side: Literal["left", "right"], pen: Pen) -> None:
    axes.axvline(week, color="white", linewidth=pen.width + 3)
    axes.axvline(week, color=pen.colour, linestyle=pen.dashes, linewidth=pen.width)
    above = axes.get_xaxis_transform()
    axes.text(week, 1.02, words, transform=above, ha=side, va="bottom", color=pen.colour, weight="bold")


def _year_lines(axes: Axes, digest: Digest) -> None:
    days = [point.on.toordinal() for point in digest.weeks]
    top = max(point.waiting for point in digest.weeks) * 1.08
    axes.set_ylim(0, top)
    ends: list[tuple[int, str, str]] = []
    for name, pen, counts in _series(digest):
        heights = [nan if count is None else count for count in counts]
        look = {"color": pen.colour, "linestyle": pen.dashes, "linewidth": pen.width}
        axes.plot(days, heights, marker="o", markevery=[-1], **look)
        ends += [(count, f"{count:,} {name}", pen.colour) for count in counts[-1:] if count is not None]
    ends.sort()
    heights = _spread([count for count, _, _ in ends], gap=top * 0.08)
    for height, (_, words, colour) in zip(heights, ends, strict=True):
        at, right = (days[-1], height), (10, 0)
        axes.annotate(
            words,
            at,
            right,
            textcoords="offset points",
            va="center",
            color=colour,
            weight="bold",
            annotation_clip=False,
        )


def _series(digest: Digest) -> Iterator[tuple[str, Pen, list[int | None]]]:
    weeks = digest.weeks
    yield "waiting", LIST, [point.waiting for point in weeks]
    if digest.figures:
        first, over = figure_words(digest.figures)
        yield f"at {first} or more", FIRST, [point.over_first for point in weeks]
        yield f"over {over}", OVER, [point.over_last for point in weeks]


def _spread(heights: Sequence[float], gap: float) -> list[float]:
    """Heights from the lowest up, moved apart so that the words beside them do not touch."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else height)
    return placed


def _months(axes: Axes, weeks: Sequence[WeekPoint]) -> None:
    """Every second month from its first day, the year under January and under the first."""
    first, last = weeks[0].on, weeks[-1].on
    every_month = ((year, month) for year in range(first.year, last.year + 1) for month in range(1, 13, 2))
    ticks = [day for day in (date(y, m, 1) for y, m in every_month) if first <= day <= last] or [last]
    words = [f"{day:%b}\n{day.year}" if day.month == 1 or day == ticks[0] else f"{day:%b}" for day in ticks]
    axes.set_xticks([day.toordinal() for day in ticks], words)


def _waits_said(digest: Digest) -> str:
    longest, median = longest_wait(digest), median_wait(digest)
    if longest is None or median is None:
        return "Nobody is waiting."
    said = [
        f"{counted(len(digest.waiting), 'referral')} waiting.",
        f"The longest has waited {counted(longest.days, 'day')}; half have waited {counted(median, 'day')} or more.",
    ]
    if digest.figures:
        first, over = figure_words(digest.figures)
        at_first, at_over = beyond(digest)
        said.append(f"{at_first:,} have waited {first} or more, {at_over:,} of them over {over}.")
    held = sum(row.held for row in digest.waiting)
    if held:
        said.append(f"{held:,} of all are on hold.")
    return " ".join(said)


def _year_said(digest: Digest) -> str:
    then, now = digest.weeks[0], digest.weeks[-1]
    most = max(digest.weeks, key=lambda point: point.waiting)
    said = [
        f"{now.waiting:,} waiting on {british(now.on)}, {then.waiting:,} on {british(then.on)}.",
        f"The most was {most.waiting:,}, on {british(most.on)}.",
    ]
    if digest.figures and now.over_first is not None and now.over_last is not None:
        first, over = figure_words(digest.figures)
        said.append(f"{now.over_first:,} have now waited {first} or more, {now.over_last:,} of them over {over}.")
    return " ".join(said)


def _markup(figure: Figure, name: str, title: str, said: str) -> str:
    """One svg element to stand inside a page, its ids its own, told to a screen reader as one picture."""
    drawn = StringIO()
    figure.savefig(drawn, format="svg", metadata=NO_METADATA)
    inside = drawn.getvalue().partition("<svg")[2].partition(">")[2]
    inside = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", inside, count=1, flags=re.DOTALL)
    inside = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{name}-", inside).replace("xlink:href", "href")
    return (
        f'<svg class="picture" role="img" aria-labelledby="{name}-title {name}-desc" '
        f'viewBox="0 0 {WIDE * 72:g} {HIGH * 72:g}">\n'
        f'<title id="{name}-title">{escape(title)}</title>\n<desc id="{name}-desc">{escape(said)}</desc>{inside}'
    ).rstrip()
