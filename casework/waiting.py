"""Clocks of one case. Nothing ticks: a clock is read from the days on which it was started and stopped."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from casework.spans import opening_on
from workflows.eligibility import first_day_too_old
from workflows.vocabulary import AgeLimit, Clock


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
    never_paused: bool = False

    @property
    def running(self) -> bool:
        return self.stopped_on is None

    def days(self, on: date) -> int:
        """The calendar figure: holds are counted. None before a count has begun."""
        return max((min(self.stopped_on or on, on) - self.counts_from).days, 0)

    def adjusted(self, on: date, held_since: date | None) -> int:
        """The calendar figure less the days on hold, those of a hold that is still on included."""
        still = self._held(held_since, on) if self.running else 0
        return self.days(on) - self.held_days - still

    def stopped(self, on: date, seq: int, held_since: date | None) -> "ClockState":
        on = max(on, self.since)  # a count from the next opening may be stopped before it
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
        if held_since is None or self.never_paused:
            return 0
        return max((until - max(held_since, self.since)).days, 0)


def started(on: date, agreed_on: date | None = None) -> ClockState:
    return ClockState(since=on, counts_from=on, agreed_on=agreed_on)


def begun(clock: Clock, on: date, given: Mapping[str, Any], hours: tuple[int, int] | None) -> ClockState:
    """A clock as a step starts it afresh: from its own day, or from the next opening."""
    since = opening_on(on, given.get(clock.from_opening, ""), hours) if clock.from_opening else on
    return replace(started(since, given.get(clock.agreed)), never_paused=clock.never_paused)


def known_days(answers: Mapping[str, Any], limit: AgeLimit) -> dict[str, date]:
    """The days beside the clocks that flags are counted from or to: when the baby is due or too old, and so on."""
    born, due = answers.get("infant_dob"), answers.get("expected_due_date")
    found = {
        "due": None if born else due,
        "too_old": _sees_no_longer(answers, limit) if born else None,
        "rated": answers.get("rated_on"),
        "contact": answers.get("contact_on"),
        "gp_recheck": _since_birth(answers) if not answers.get("gp_rechecked_on") else None,
        "priority": answers.get("priority_on"),
        "priority_until": answers.get("priority_until"),
        "entry_to_move": _since_birth(answers) if answers.get("call_recorded_in") == "mothers_record" else None,
    }
    return {name: day for name, day in found.items() if day}


def _sees_no_longer(answers: Mapping[str, Any], limit: AgeLimit) -> date:
    """The first day on which the child is too old, or the later one until which it is kept by decision (S8)."""
    too_old = first_day_too_old(limit, answers["infant_dob"])
    return max(too_old, answers.get("retain_until") or too_old)


def _since_birth(answers: Mapping[str, Any]) -> date | None:
    """The day of a birth while the referral was open: what was right in pregnancy is to be looked at again."""
    return answers.get("infant_dob") if answers.get("birth_recorded_on") else None
