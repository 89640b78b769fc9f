"""What is written down late, or read from paper, is counted from the day on which it was so: examples for a reader."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from casework import Actor, Casework
from casework.asof import Known, PastDay, as_at
from casework.case import Attempt, Case, CaseEvent
from casework.figures import figures_with
from casework.flagging import due
from casework.replay import compare
from tests.casework.families import ESSEX, LEEDS, answers_for, referred
from tests.conftest import Actors, Clock
from workflows import Figure, Role
from workflows.engine import engine_of
from workflows.registry import chart_for

EVERYONE = Actor("everyone", Role)
BEGIN = date(2026, 3, 2)
FIGURES = [Figure("silence", 28, "a letter"), Figure("rating_stale", 56, "a letter"), Figure("outcome", 5, "a letter")]
LOOKUP = figures_with({LEEDS: tuple(FIGURES)})
TO_WORK = ("receive_referral", "pass_checks", "accept_direct", "tell_outcome", "allocate")


def day(number: int) -> date:
    return BEGIN + timedelta(days=number)


class Told:
    """A referral to Leeds in memory: each step with the day on which it was taken and that on which it was recorded."""

    def __init__(self) -> None:
        self.case = Case(UUID(int=7), chart_for(LEEDS), "R-7")
        self.events: list[CaseEvent] = []

    def does(self, trigger: str, on: int, recorded: int | None = None, *, paper: bool = False, **data: Any) -> "Told":
        row = engine_of(self.case.chart).row(self.case.state, trigger, self.case.answers)
        asked = answers_for(row, day(on)) if row and not (paper and not data) else {}
        now = datetime.combine(day(on if recorded is None else recorded), time(12), UTC)
        event = self.case.fire(Attempt(trigger, EVERYONE, now, {**asked, **data}, day(on), imported=paper))
        self.case.apply(event)
        self.events.append(event)
        return self

    def flagged(self, on: int) -> tuple[str, ...]:
        """The flags that are due, having seen that the same events folded again make the same referral."""
        assert compare(self.case, self.events) == ()
        return due(self.case, day(on), LOOKUP)


def at_work() -> Told:
    told = Told()
    for step in TO_WORK:
        told.does(step, 0)
    return told.does("first_contact", 1)


def test_a_contact_that_is_recorded_late_makes_no_family_seem_longer_unseen() -> None:
    told = at_work().does("record_contact", 30).does("record_contact", 10, 31)
    assert "silent_case" not in told.flagged(30 + 27)
    assert "silent_case" in told.flagged(30 + 28)


def test_a_call_that_is_recorded_after_the_form_had_ended_the_watching_from_its_own_day_on() -> None:
    told = Told().does("take_call", 0).does("advise_watching", 3, review_on=day(10)).does("receive_referral", 40)
    told.does("take_call", 20, 41)
    for on, was_watched in ((19, True), (20, False), (39, False)):
        seen = as_at(PastDay(day(on), Known.NOW), "R-7", told.events)
        assert seen is not None
        assert ("watch_review_due" in due(seen, day(on), LOOKUP)) is was_watched, on


def test_a_rating_that_is_recorded_late_makes_a_later_one_no_older() -> None:
    told = Told().does("receive_referral", 0).does("add_information", 40, motivation="high")
    told.does("add_information", 20, 41, readiness="high")
    assert "rating_stale" not in told.flagged(40 + 55)
    assert "rating_stale" in told.flagged(40 + 56)


def test_a_family_whose_first_contact_is_read_from_paper_is_asked_after_like_any_other() -> None:
    """The paper has the day and no more; without it the family would never be asked after."""
    told = Told()
    for step in TO_WORK:
        told.does(step, 0)
    told.does("first_contact", 1, paper=True)
    assert "silent_case" not in told.flagged(28)
    assert "silent_case" in told.flagged(29)


def test_an_outcome_that_was_told_while_the_referral_was_closed_is_told_when_it_is_open_again() -> None:
    told = Told()
    for step in ("receive_referral", "pass_checks", "watch_and_wait", "review_and_close", "tell_outcome"):
        told.does(step, 0)
    assert "outcome_not_told" not in told.does("reopen", 3).flagged(40)


def test_an_acknowledgement_is_due_on_one_day_and_late_from_the_next_in_every_night(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    """Five working days from Monday 2 March 2026 end on Monday 9 March; the lesser flag does not come back."""
    family = referred(casework, clock, actors.everyone, ESSEX)
    found = {}
    for number in range(4, 13):
        clock.set(day(number), 3)
        foreseen = casework.night(dry_run=True)
        report = casework.night()
        assert (foreseen.raised, foreseen.replaced) == (report.raised, report.replaced)
        kinds = {flag.kind for flag in casework.case_flags(family.id)}
        found[number] = sorted(kind for kind in kinds if kind.startswith("ack"))
    assert found == {n: [] if n < 7 else ["ack_due"] if n == 7 else ["ack_late"] for n in range(4, 13)}
