"""The ratings of a case side by side: how each area was seen and told, when, and how old that is. No score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflows.beside import entries
from workflows.fields.ratings import CARER, LEVELS, OBSERVER

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One area: the latest that was observed and the latest that the carer told. Ages are whole days."""

    area: str
    observed: Entry | None
    told: Entry | None

    @property
    def differ(self) -> bool:
        """Both accounts are there and say something else (R-115)."""
        return bool(self.observed and self.told and self.observed["level"] != self.told["level"])

    def age(self, on: date) -> int | None:
        """How old the observed rating is; None where there is none."""
        return (on - self.observed["on"]).days if self.observed else None


def side_by_side(answers: Mapping[str, object]) -> tuple[SideBySide, ...]:
    """The three areas in their order. Ratings that came with the form stand among its answers, and not here."""
    rated = entries(answers, "ratings")
    return tuple(SideBySide(area, _latest(rated, area, OBSERVER), _latest(rated, area, CARER)) for area in LEVELS)


def age_of_ratings(answers: Mapping[str, object], on: date) -> int | None:
    """How many days the latest rating is old, however it came; None where nothing was rated."""
    rated = answers.get("rated_on")
    return (on - rated).days if isinstance(rated, date) else None


def _latest(rated: Sequence[Entry], area: str, account: str) -> Entry | None:
    alike = [entry for entry in rated if (entry.get("area"), entry.get("account")) == (area, account)]
    return max(alike, key=lambda entry: (entry["on"], entry["number"]), default=None)
