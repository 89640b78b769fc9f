"""Waits are whole calendar days in London, holds included and shown without them too. Nothing ticks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from casework import Actor, StepRefused
from casework.calendar import LONDON, NotADay, london_day, parse_day
from casework.case import Attempt, Case, CaseEvent
from casework.figures import figures_with
from casework.flagging import due
from casework.replay import compare
from casework.waiting import started
from tests.workflows.paths import after_step, case_at
from tests.workflows.shipped import ESSEX, LEEDS
from workflows import Role

PUBLISHED = figures_with({})
WAIT, START = "wait_to_allocation", "wait_to_start"
ACCEPTED = date(2026, 3, 2)
EVERYONE = Actor("everyone", Role)


ASKED: dict[str, dict[str, Any]] = {
    "place_hold": {"hold_reason": "neonatal_stay", "review_on": "2026-12-01"},
    "allocate": {"clinician": "A. Clinician"},
    "unallocate": {"reason": "She is ill."},
    "withdraw_consent": {"withdrawn_by": "The mother."},
    "move_away": {"transfer_offered": "yes"},
    "reopen": {"reason": "Closed by mistake."},
}


class Worked:
    """A referral in memory that was accepted on day 0, and the steps taken on the days that a test names."""

    def __init__(self) -> None:
        self.case = case_at(LEEDS, "waiting")

    def does(self, trigger: str, on: date, **answers: Any) -> "Worked":
        self.case.apply(self.case.fire(attempt(trigger, on, on, **answers)))
        return self


def attempt(trigger: str, on: date, recorded: date, **answers: Any) -> Attempt:
    noon = datetime(recorded.year, recorded.month, recorded.day, 12, tzinfo=UTC)
    return Attempt(trigger, EVERYONE, noon, {**ASKED.get(trigger, {}), **answers}, on)


def day(number: int) -> date:
    return ACCEPTED + timedelta(days=number)


@pytest.mark.parametrize(
    ("days", "flags"),
    [
        (0, ()),
        (55, ()),
        (56, ("wait_8_weeks",)),
        (84, ("wait_8_weeks",)),
        (85, ("wait_over_12_weeks",)),
        (400, ("wait_over_12_weeks",)),
    ],
)
def test_a_leeds_wait_is_flagged_at_eight_weeks_and_past_twelve(days: int, flags: tuple[str, ...]) -> None:
    case = case_at(LEEDS, "waiting")
    assert case.clocks[WAIT].days(day(days)) == days
    assert due(case, day(days), PUBLISHED) == flags


@pytest.mark.parametrize("days", [55, 56, 84, 85, 400])
def test_essex_publishes_no_wait_so_none_is_flagged(days: int) -> None:
    case = after_step(case_at(ESSEX, "waiting"), "acknowledge")
    assert case.clocks[WAIT].days(day(days)) == days
    assert due(case, day(days), PUBLISHED) == ()


def test_no_wait_yet_is_not_a_wait_of_no_days() -> None:
    assert WAIT not in case_at(LEEDS, "rmg_review").clocks
    assert case_at(LEEDS, "waiting").clocks[WAIT].days(ACCEPTED) == 0


def test_the_calendar_figure_counts_a_hold_and_the_adjusted_figure_does_not() -> None:
    worked = Worked().does("place_hold", day(10))
    wait = worked.case.clocks[WAIT]
    assert (wait.days(day(30)), wait.adjusted(day(30), worked.case.held_since)) == (30, 10)
    worked.does("resume", day(40))
    wait = worked.case.clocks[WAIT]
    assert (wait.days(day(60)), wait.adjusted(day(60), None)) == (60, 30)


def test_a_flag_is_quiet_on_hold_and_counts_calendar_days_when_it_speaks_again() -> None:
    worked = Worked().does("place_hold", day(10))
    assert due(worked.case, day(90), PUBLISHED) == ()
    worked.does("resume", day(60))
    assert due(worked.case, day(60), PUBLISHED) == ("wait_8_weeks",)


def test_unallocated_again_the_wait_goes_on_from_the_figure_that_it_had() -> None:
    worked = Worked().does("allocate", day(20)).does("unallocate", day(50))
    wait, start = worked.case.clocks[WAIT], worked.case.clocks[START]
    assert (wait.days(day(50)), wait.days(day(60))) == (20, 30)
    assert start.days(day(60)) == 60
    assert wait.since == day(50)


def test_reopened_the_clocks_go_on_from_the_figures_that_they_had() -> None:
    worked = Worked().does("move_away", day(20))
    assert not any(clock.running for clock in worked.case.clocks.values())
    worked.does("reopen", day(90))
    assert {name for name in (WAIT, START) if worked.case.clocks[name].days(day(95)) == 25} == {WAIT, START}
    assert due(worked.case, day(125), PUBLISHED) == ()
    assert due(worked.case, day(126), PUBLISHED) == ("wait_8_weeks",)


def test_the_time_since_the_form_first_came_counts_the_days_while_it_was_closed() -> None:
    worked = Worked().does("move_away", day(20)).does("reopen", day(90))
    assert worked.case.clocks["total_time"].days(day(95)) == 95


def test_consent_that_was_withdrawn_is_asked_for_again_when_the_referral_is_reopened() -> None:
    """Since requirements X4.1 a reopening without it is refused; before, it was a gap that was flagged."""
    worked = Worked().does("withdraw_consent", day(20))
    with pytest.raises(StepRefused) as caught:
        worked.does("reopen", day(21))
    assert [(r.code, r.fields) for r in caught.value.reasons] == [("consent_missing", ("consent_on",))]
    assert worked.case.state == "consent_withdrawn"
    worked.does("reopen", day(21), consent_on=day(21))
    assert (worked.case.state, worked.case.answers["consent_on"], worked.case.gaps) == ("waiting", day(21), ())
    assert due(worked.case, day(21), PUBLISHED) == ()


def test_a_hold_ends_with_the_closure_and_reopening_does_not_bring_it_back() -> None:
    worked = Worked().does("place_hold", day(10)).does("withdraw_consent", day(20))
    worked.does("reopen", day(30), consent_on=day(30))
    assert worked.case.held_since is None
    assert not worked.case.clocks["hold_review"].running
    wait = worked.case.clocks[WAIT]
    assert (wait.days(day(30)), wait.adjusted(day(30), None)) == (20, 10)
    worked.does("place_hold", day(35))
    assert worked.case.clocks["hold_review"].days(day(40)) == 5


def replayed(*steps: tuple[str, int, int]) -> Case:
    """A referral that came on day 0, with steps: trigger, day it was taken, day it was recorded."""
    case, events = Case(UUID(int=9), LEEDS, "R-9"), list[CaseEvent]()
    for trigger, on, recorded in (("receive_referral", 0, 0), *steps):
        events.append(case.fire(attempt(trigger, day(on), day(recorded))))
        case.apply(events[-1])
    assert not compare(case, events)
    return case


@pytest.mark.parametrize(
    ("steps", "held_days"),
    [
        # The referrer was told on day 10; on day 12 it is said that the hold began on day 5.
        ([("acknowledge", 10, 10), ("place_hold", 5, 12)], 5),
        ([("acknowledge", 10, 10), ("place_hold", 5, 12), ("resume", 20, 20)], 5),
        # ... and that it had ended before the referrer was told.
        ([("acknowledge", 10, 10), ("place_hold", 5, 12), ("resume", 7, 12)], 2),
        ([("place_hold", 5, 5), ("acknowledge", 10, 10), ("resume", 7, 12)], 2),
        ([("place_hold", 5, 5), ("acknowledge", 10, 10), ("withdraw_consent", 7, 12)], 2),
        ([("place_hold", 5, 5), ("acknowledge", 10, 10), ("withdraw_consent", 12, 12)], 5),
    ],
)
def test_a_hold_that_is_recorded_late_lies_over_the_days_on_which_it_was(
    steps: list[tuple[str, int, int]], held_days: int
) -> None:
    clock = replayed(*steps).clocks["acknowledge"]
    assert (clock.days(day(40)), clock.adjusted(day(40), None)) == (10, 10 - held_days)


def test_a_clock_cannot_be_said_to_have_stopped_before_a_hold_that_it_has_counted() -> None:
    held_and_resumed = replayed(("place_hold", 5, 5), ("resume", 10, 10))
    with pytest.raises(StepRefused, match="12 March 2026"):
        held_and_resumed.fire(attempt("acknowledge", day(7), day(12)))
    assert held_and_resumed.fire(attempt("acknowledge", day(10), day(12))).effective_on == day(10)


def test_clocks_do_not_reset_when_more_is_known_of_the_baby() -> None:
    case = case_at(LEEDS, "waiting")
    before = dict(case.clocks)
    after = after_step(case, "add_information", infant_dob=date(2026, 3, 1))
    assert after.clocks == before


# Days are decided in London


@pytest.mark.parametrize(
    ("instant", "its_day"),
    [
        (datetime(2026, 3, 28, 23, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 23, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 10, 24, 23, 0, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 26, 0, 0, tzinfo=UTC), date(2026, 10, 26)),
        (datetime(2026, 7, 1, 0, 30, tzinfo=LONDON), date(2026, 7, 1)),
    ],
)
def test_the_day_is_the_one_in_london_in_the_nights_when_the_clocks_change_too(
    instant: datetime, its_day: date
) -> None:
    assert london_day(instant) == its_day


def test_an_instant_without_a_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="zone"):
        london_day(datetime(2026, 3, 2, 9, 30, tzinfo=UTC).replace(tzinfo=None))


def test_a_wait_over_the_change_of_the_clocks_counts_days_and_not_hours() -> None:
    """56 days from 1 March have an hour too few, 56 from 20 September an hour too many."""
    for first, last in ((date(2026, 3, 1), date(2026, 4, 26)), (date(2026, 9, 20), date(2026, 11, 15))):
        assert started(first).days(last) == 56


def test_a_leap_day_is_a_day() -> None:
    assert started(date(2028, 2, 1)).days(date(2028, 3, 1)) == 29
    assert started(date(2027, 2, 1)).days(date(2027, 3, 1)) == 28
    assert due_on_day_56(date(2028, 1, 10)) == date(2028, 3, 6)


def due_on_day_56(accepted: date) -> date:
    return next(d for d in (accepted + timedelta(days=n) for n in range(100)) if started(accepted).days(d) == 56)


@pytest.mark.parametrize(
    ("text", "its_day"),
    [
        ("2026-11-21", date(2026, 11, 21)),
        ("21/11/2026", date(2026, 11, 21)),
        ("1/2/2026", date(2026, 2, 1)),
        (" 29/02/2028 ", date(2028, 2, 29)),
        ("today", ACCEPTED),
        ("TODAY", ACCEPTED),
    ],
)
def test_a_day_is_read_as_iso_and_as_british_readers_write_it(text: str, its_day: date) -> None:
    assert parse_day(text, ACCEPTED) == its_day


@pytest.mark.parametrize(
    "text",
    ["29/02/2026", "2026-02-30", "31/04/2026", "11/21/2026", "2026-1-2", "21-11-2026", "20261121", "0001-01-01",
     "1899-12-31", "2026-11-21T10:00", "yesterday", ""],
)  # fmt: skip
def test_what_is_no_day_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(NotADay) as caught:
        parse_day(text, ACCEPTED)
    assert text == "" or text not in str(caught.value)


def test_today_is_a_day_only_where_it_is_known() -> None:
    with pytest.raises(NotADay):
        parse_day("today")
