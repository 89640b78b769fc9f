"""Until when a record is kept. Nothing is deleted here or by any job: the day is one on which a person may look.

Each rule counts years from its own day, and the longest wins. How many years is the service's figure: a rule of which
nobody has entered the years is off. Birth is the baby's, never a parent's, so that the adult that the baby becomes can
ask for the record (R-301). No day is given that could turn out too early: an open case, an open concern, a baby not
recorded as born, keep the record without a day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from workflows.dates import older_on


@dataclass(frozen=True, slots=True)
class LifeOfRecord:
    """What retention asks of a record. `closed_on`: the last closing of any referral of this baby; None: one is open.

    `lost_on`: the day on which this baby was lost; with no `born` beside it, before birth.
    """

    born: date | None
    closed_on: date | None
    lost_on: date | None = None
    open_concern: bool = False


@dataclass(frozen=True, slots=True)
class Retention:
    """Kept up to and including `day`; None: kept, and no day can be said. `rule` is the figure that won, or why not."""

    day: date | None
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Rule:
    figure: str
    starts: Callable[[LifeOfRecord], date | None]
    words: str


RULES = (
    Rule("retain_from_birth", lambda record: record.born, "from the baby's birth"),
    Rule("retain_from_closing", lambda record: record.closed_on, "from the last closing"),
)
"""Unit of each figure: whole years. Both are off until the service enters them. A baby lost before birth has only the
second; one who was born and died has both.
"""

OPEN = Retention(None, "open", "The case is open.")
CONCERN = Retention(None, "safeguarding_open", "A safeguarding concern is open.")
UNBORN = Retention(None, "birth_unknown", "No birth of the baby is recorded, and no loss.")
OFF = Retention(None, "off", "The service has entered no figure by which this record's years could be counted.")


def retain_until(record: LifeOfRecord, years: Mapping[str, int | None]) -> Retention:
    """The longest of the rules that are on, and which it was; of two alike the first in the table.

    `years` by the name of the figure; a name left out, or None, is off.
    """
    held = _held(record)
    if held is not None:
        return held
    last = OFF
    for rule in RULES:
        start, span = rule.starts(record), years.get(rule.figure)
        if start is None or span is None:
            continue
        day = older_on(start, 12 * span)
        if last.day is None or day > last.day:
            last = Retention(day, rule.figure, f"{span} year{'' if span == 1 else 's'} {rule.words}.")
    return last


def _held(record: LifeOfRecord) -> Retention | None:
    """Why no day can be said yet, the gravest reason first."""
    if record.open_concern:
        return CONCERN
    if record.closed_on is None:
        return OPEN
    return UNBORN if record.born is None and record.lost_on is None else None
