"""The figures that a service sets: how long a thing may take. Each has its source and the day from which it holds.

A figure that nobody has entered is off, and so is every flag that reads it. What is entered later stands beside what
stood before, so that a past day is still read by the figure that was in force then.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Unit(StrEnum):
    """Days are whole calendar days in Europe/London. Working days leave out weekends and England's bank holidays."""

    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a figure of a name means, so that a service can enter one. `least` is the smallest that makes sense."""

    unit: Unit
    label: str
    least: int = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one service. `amount` None: from that day on the service has none."""

    name: str
    amount: int | None
    source: str
    in_force_from: date = date.min

    @property
    def unit(self) -> Unit:
        return FIGURES[self.name].unit

    @property
    def words(self) -> str:
        """As it is read: "1 day", "5 working days"; "none" where the service has withdrawn it."""
        if self.amount is None:
            return "none"
        unit = self.unit.replace("_", " ")
        return f"{self.amount} {unit.removesuffix('s') if self.amount == 1 else unit}"


# fmt: off
FIGURES: dict[str, Meaning] = {
    "acknowledge":          Meaning(Unit.WORKING_DAYS, "A referral is acknowledged within"),
    "form_reminder":        Meaning(Unit.DAYS,         "The written referral is asked after, from the duty call on"),
    "information_reminder": Meaning(Unit.DAYS,         "Information is asked after again, from the first asking on"),
    "forum":                Meaning(Unit.DAYS,         "The group meets every"),
    "outcome":              Meaning(Unit.DAYS,         "The referrer is told the outcome within"),
    "wait_first":           Meaning(Unit.DAYS,         "Published wait, its lower end is reached after"),
    "wait_over":            Meaning(Unit.DAYS,         "Published wait, its first day beyond the range is after"),
    "watch":                Meaning(Unit.MONTHS,       "Watchful waiting is reviewed after"),
    "consultation":         Meaning(Unit.DAYS,         "A consultation is held within"),
    "summary":              Meaning(Unit.DAYS,         "The summary of a consultation is sent within"),
    "formulation":          Meaning(Unit.DAYS,         "The team formulates after an assessment within"),
    "ageing_out":           Meaning(Unit.DAYS,         "Ageing out is said ahead by"),
    "birth_unrecorded":     Meaning(Unit.DAYS,         "A birth is asked after, from the due date on"),
    "rating_stale":         Meaning(Unit.DAYS,         "The three ratings are taken again before allocation after"),
    "silence":              Meaning(Unit.DAYS,         "A family in the work is asked after, from the last contact on"),
}
"""Every figure that a flag can read, and its unit."""
# fmt: on


@dataclass(frozen=True, slots=True)
class WaitFigures:
    """The wait that a service publishes. Unit: whole calendar days since acceptance, holds included.

    `first` is the day on which the lower figure is reached; `over` is the first day beyond the range.
    Both are a published current wait, not a target (requirements C-05), so they have a date of force.
    """

    first: int
    over: int
    source: str
    in_force_from: date = date.min


def in_force(figures: Iterable[Figure], name: str, on: date) -> Figure | None:
    """Of all figures, the one of a name that holds on a day; None: off. Of two from the same day the later entered."""
    latest: Figure | None = None
    for figure in figures:
        known = figure.name == name and figure.in_force_from <= on
        if known and (latest is None or figure.in_force_from >= latest.in_force_from):
            latest = figure
    return None if latest is None or latest.amount is None else latest


Lookup = Callable[[str, str, date], Figure | None]
"""Asked with a service, a name and a day: the figure in force, or None."""


def lookup(published: Mapping[str, tuple[Figure, ...]], entered: Mapping[str, tuple[Figure, ...]]) -> Lookup:
    """The figures of services by what their documents say and, from the day on which it holds, by what they entered."""

    def figure(service: str, name: str, on: date) -> Figure | None:
        return in_force((*published.get(service, ()), *entered.get(service, ())), name, on)

    return figure


def wait_of(figure: Lookup, service: str, on: date) -> WaitFigures | None:
    """The published wait of a service as a pair; None where one of the two is off."""
    first, over = figure(service, "wait_first", on), figure(service, "wait_over", on)
    if first is None or over is None or first.amount is None or over.amount is None:
        return None
    return WaitFigures(first.amount, over.amount, over.source, max(first.in_force_from, over.in_force_from))
