"""Clocks of one case. Nothing ticks: a clock is read from the days on which it was started and stopped."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from workflows.eligibility import first_day_too_old
from workflows.vocabulary import AgeLimit


@dataclass(frozen=True, slots=True)
class ClockState:
    """One clock, its stretches added up. Unit: whole calendar days in Europe/London.

    `counts_from` is the day that the present stretch would have started on, had there been no gaps: the days
    of earlier stretches are already inside it. `held_days` are days inside the stretches spent on hold. `agreed_on`
    is the day on which people agreed to look again, where the step that started the clock named one.
    """

    since: date
    counts_from: date
    stopped_on: date | None = None
    stopped_by: int | None = None
    held_days: int = 0
    agreed_on: date | None = None

    @property
    def running(self) -> bool:
        return self.stopped_on is None

    def days(self, on: date) -> int:
        """The calendar figure: holds are counted."""
        return (min(self.stopped_on or on, on) - self.counts_from).days

    def adjusted(self, on: date, held_since: date | None) -> int:
        """The calendar figure less the days on hold, those of a hold that is still on included."""
        still = self._held(held_since, on) if self.running else 0
        return self.days(on) - self.held_days - still

    def stopped(self, on: date, seq: int, held_since: date | None) -> "ClockState":
        held = self.held_days + self._held(held_since, on)
        return replace(self, stopped_on=on, stopped_by=seq, held_days=held)

    def ended_for_good(self, seq: int) -> "ClockState":
        """What it counted has been done since it was stopped: it does not go on where the referral is reopened."""
        return replace(self, stopped_by=seq)

    def resumed(self, on: date) -> "ClockState":
        """Going on from the figure at which it stopped: the gap is not counted."""
        gap = on - (self.stopped_on or on)
        return replace(self, since=on, counts_from=self.counts_from + gap, stopped_on=None, stopped_by=None)

    def since_the_first_day(self) -> "ClockState":
        """Going on as if it had never stopped: the gap is counted."""
        return replace(self, since=self.counts_from, stopped_on=None, stopped_by=None)

    def hold_begins(self, on: date) -> "ClockState":
        """A clock that stopped after that day, and was recorded first, stopped inside the hold."""
        if self.stopped_on is None:
            return self
        return replace(self, held_days=self.held_days + self._held(on, self.stopped_on))

    def hold_ends(self, held_since: date, on: date) -> "ClockState":
        """A clock that stopped after that day has days that were taken for held and are not."""
        if self.stopped_on is None:
            return replace(self, held_days=self.held_days + self._held(held_since, on))
        return replace(self, held_days=self.held_days - self._held(on, self.stopped_on))

    def _held(self, held_since: date | None, until: date) -> int:
        if held_since is None:
            return 0
        return max((until - max(held_since, self.since)).days, 0)


def started(on: date, agreed_on: date | None = None) -> ClockState:
    return ClockState(since=on, counts_from=on, agreed_on=agreed_on)


def known_days(answers: Mapping[str, Any], limit: AgeLimit) -> dict[str, date]:
    """The days beside the clocks that flags are counted from or to: when the baby is due or too old, and so on."""
    born, due = answers.get("infant_dob"), answers.get("expected_due_date")
    found = {
        "due": None if born else due,
        "too_old": first_day_too_old(limit, born) if born else None,
        "rated": answers.get("rated_on"),
        "contact": answers.get("contact_on"),
    }
    return {name: day for name, day in found.items() if day}
