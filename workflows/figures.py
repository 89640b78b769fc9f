"""The figures that a service sets: how long a thing may take. Each has its source and the day from which it holds.

A figure that nobody has entered is off, and so is every flag that reads it. What is entered later stands beside what
stood before, so that a past day is still read by the figure that was in force then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Unit(StrEnum):
    """Days are whole calendar days in Europe/London. Working days leave out weekends and England's bank holidays."""

    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"


class Measure(StrEnum):
    """What else an amount can be of: nothing that a flag counts towards. A switch is 1 (on) or 0 (off)."""

    MINUTES = "minutes"
    PEOPLE = "people"
    CASES = "cases"
    YEARS = "years"
    SWITCH = "switch"
    TIMES_A_WEEK = "times_a_week"


MOST: dict[Unit | Measure, int] = {
    Unit.DAYS: 3_660, Unit.WORKING_DAYS: 250, Unit.MONTHS: 120,
    Measure.MINUTES: 600, Measure.PEOPLE: 50, Measure.CASES: 500, Measure.YEARS: 120,
    Measure.SWITCH: 1, Measure.TIMES_A_WEEK: 7,
}  # fmt: skip
"""The largest figure of each unit: more is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a figure of a name means, so that a service can enter one. `least` is the smallest that makes sense."""

    unit: Unit | Measure
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
    def unit(self) -> Unit | Measure:
        return meaning_of(self.name).unit

    @property
    def words(self) -> str:
        """As it is read: "1 day", "5 working days", "on"; "none" where the service has withdrawn it."""
        if self.amount is None:
            return "none"
        if self.unit is Measure.SWITCH:
            return "on" if self.amount else "off"
        unit = self.unit.replace("_", " ")
        return f"{self.amount} {_ONE.get(unit, unit.removesuffix('s')) if self.amount == 1 else unit}"


_ONE = {"people": "person", "times a week": "time a week"}


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
    "call_back":            Meaning(Unit.WORKING_DAYS, "A caller is called back within"),
    "safeguarding_review":  Meaning(Unit.DAYS,         "An open safeguarding concern is signed off within"),
    "gp_recheck":           Meaning(Unit.DAYS,         "The baby's own GP is asked after, from the birth on"),
    "record_location":      Meaning(Unit.DAYS,         "An entry in the mother's record is moved, from the birth on"),
    "silence":              Meaning(Unit.DAYS,         "A family in the work is asked after, from the last contact on"),
}
"""Every figure that a flag can read, and its unit."""

SETTINGS: dict[str, Meaning] = {
    "call_minutes":           Meaning(Measure.MINUTES,      "A duty call is given"),
    "call_minutes_perinatal": Meaning(Measure.MINUTES,      "A duty call of a perinatal colleague is given"),
    "quorum":                 Meaning(Measure.PEOPLE,       "The group decides with at least"),
    "meetings_a_week":        Meaning(Measure.TIMES_A_WEEK, "The group meets"),
    "caseload_per_wte":       Meaning(Measure.CASES,        "A whole-time clinician holds at most"),
    "retain_from_birth":      Meaning(Measure.YEARS,        "The record is kept, from the baby's birth on"),
    "retain_from_closing":    Meaning(Measure.YEARS,        "The record is kept, from its closing on"),
    "reopen":                 Meaning(Unit.DAYS,            "A closed referral may be reopened within"),
    "recent_call":            Meaning(Unit.DAYS,            "The duty call of an earlier referral counts again within"),
    "triage_first":           Meaning(Measure.SWITCH,       "The group rates the risks before it decides", least=0),
    "planned_retain":         Meaning(Unit.MONTHS,          "By decision a child is kept beyond the age limit for"),
    "self_referral":          Meaning(Measure.SWITCH,       "Families may refer themselves", least=0),
    "duty_call_required":     Meaning(Measure.SWITCH,       "A duty call comes before the group", least=0),
    "antenatal":              Meaning(Measure.SWITCH,       "Referrals in pregnancy are taken", least=0),
    "priority":               Meaning(Measure.SWITCH,       "A referral may be given priority", least=0),
    "joint_visit":            Meaning(Measure.SWITCH,       "The referrer may come along on a visit", least=0),
    "closed":                 Meaning(Measure.SWITCH,       "The service is closed: no new referrals", least=0),
    "reason_to_read":         Meaning(Measure.SWITCH,       "Who opens a record says why", least=0),
}
"""Every amount and switch that a rule can read and no flag does. What nobody has entered is as the document says."""
# fmt: on

WEEKDAYS = 7
OFFERS = "offers."
"""Before the code of an intervention: the switch that says whether the service offers it."""


def known_figure(name: str) -> bool:
    return name in FIGURES or name in SETTINGS or (name.startswith(OFFERS) and name != OFFERS)


def meaning_of(name: str) -> Meaning:
    """Raises `KeyError` for a name that no flag and no rule reads."""
    if known := FIGURES.get(name) or SETTINGS.get(name):
        return known
    if not known_figure(name):
        raise KeyError(name)
    words = name.removeprefix(OFFERS).replace("_", " ")
    return Meaning(Measure.SWITCH, f"The service offers {words}", least=0)


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


def _speaks(figures: Iterable[Figure], name: str, on: date) -> bool:
    return any(figure.name == name and figure.in_force_from <= on for figure in figures)


Lookup = Callable[[str, str, date], Figure | None]
"""Asked with a service, a name and a day: the figure in force, or None."""


def lookup(published: Mapping[str, tuple[Figure, ...]], entered: Mapping[str, tuple[Figure, ...]]) -> Lookup:
    """The figures of services by what their documents say and, from the day on which it holds, by what they entered."""

    def figure(service: str, name: str, on: date) -> Figure | None:
        known = (*published.get(service, ()), *entered.get(service, ()))
        return in_force(known, name, on) or (_by_cadence(known, on) if name == "forum" else None)

    return figure


def _by_cadence(figures: Sequence[Figure], on: date) -> Figure | None:
    """A group that meets n times a week, on n of its days, lies at most 8 - n days apart: a referral that has been
    before it for so long has seen a meeting go by. What the service has said of `forum` itself comes first.
    """
    often = in_force(figures, "meetings_a_week", on)
    if often is None or not 1 <= (often.amount or 0) <= WEEKDAYS or _speaks(figures, "forum", on):
        return None
    return Figure("forum", WEEKDAYS + 1 - (often.amount or 0), often.source, often.in_force_from)


def wait_of(figure: Lookup, service: str, on: date) -> WaitFigures | None:
    """The published wait of a service as a pair; None where one of the two is off."""
    first, over = figure(service, "wait_first", on), figure(service, "wait_over", on)
    if first is None or over is None or first.amount is None or over.amount is None:
        return None
    return WaitFigures(first.amount, over.amount, over.source, max(first.in_force_from, over.in_force_from))
