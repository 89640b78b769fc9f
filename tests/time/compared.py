"""Casework held against the second opinion: the same referral, the same morning, every count and every flag."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from casework.asof import Known, PastDay, as_at
from casework.case import Case
from casework.flagging import due
from tests.time.lives import Dice, Life, as_entries, mornings, random_figures
from tests.time.second_opinion import Entry, Morning
from tests.time.story import Story
from workflows.figures import Lookup, lookup

Opinion = Callable[[Story, date, Sequence[Entry]], frozenset[str]]
"""Which flags a referral must have on a day, by the figures that were entered."""

WAITS = ("wait_to_allocation", "wait_to_start", "total_time")
"""What is shown of a past day as known now. A reminder may then seem to end before it was taken up again: what was
recorded late is read after what happened later, and nobody refused it for that day.
"""

CLOSED_BY = date(2028, 12, 31)


def second_opinion(story: Story, on: date, entered: Sequence[Entry]) -> frozenset[str]:
    return Morning(story, on, entered).flags()


@dataclass(frozen=True, slots=True)
class Compared:
    """One referral on one morning: the flags on which both agree, and sentences about what they do not."""

    flags: frozenset[str]
    differences: tuple[str, ...]


def compared(
    case: Case, story: Story, on: date, figure: Lookup, entered: Sequence[Entry], opinion: Opinion, *counts: str
) -> Compared:
    """Both asked for every flag, and for the counts that are named; for all that ever began where none is."""
    ours, theirs = frozenset(due(case, on, figure)), opinion(story, on, entered)
    told = [f"{kind}: casework {kind in ours}, second opinion {kind in theirs}" for kind in sorted(ours ^ theirs)]
    return Compared(ours & theirs, (*told, *_counts(case, story, on, counts or {*case.clocks, *story.counts})))


def _counts(case: Case, story: Story, on: date, counts: Collection[str]) -> Iterator[str]:
    """The calendar figure, and the one without holds."""
    for name in sorted(counts):
        clock = case.clocks.get(name)
        ours = (clock.days(on), clock.adjusted(on, case.held_since)) if clock else None
        theirs = story.days(name, on)
        if ours != theirs:
            yield f"{name}: casework {ours}, second opinion {theirs}"


def held_against(life: Life, dice: Dice, opinion: Opinion = second_opinion) -> Iterator[tuple[date, Compared]]:
    """A referral on some mornings of its life: as it was known then, as it is known now, and as it stands."""
    if not life.steps:
        return
    begin = min(step[0] for step in life.steps)
    published, entered = random_figures(dice, begin)
    figure = lookup({life.service: published}, {life.service: entered})
    entries = as_entries((*published, *entered))
    last = max(life.recorded)
    for on in mornings(life, dice, CLOSED_BY):
        if on >= last:
            yield on, compared(life.case, life.story(), on, figure, entries, opinion)
        for known in Known:
            story = Story(life.service).tell(life.known_of(on, then=known is Known.THEN))
            case = as_at(PastDay(on, known), life.case.reference, life.events)
            if case is None:
                yield on, Compared(frozenset(), ("casework knows no such referral",) if story.state else ())
            else:
                shown = WAITS if known is Known.NOW else ()
                yield on, compared(case, story, on, figure, entries, opinion, *shown)


def told(life: Life, on: date, found: Iterable[str]) -> str:
    """A referral on which the two differ, so that a person can count for himself."""
    lines = [f"{life.service} {life.case.reference} on {on}:", *found]
    for (day, name, _), recorded in zip(life.steps, life.recorded, strict=True):
        lines.append(f"  {day} {name}" + (f", recorded {recorded}" if recorded != day else ""))
    return "\n".join(lines)
