"""What went wrong once, or could have, beside the ordinary course of the nights: each with what a person would see."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from casework import Asked, BadRequest, Casework
from persistence import Database
from persistence.tables import cases
from tests.conftest import Clock
from tests.persistence.families import (
    ACCEPTED,
    ALLOCATE,
    ESSEX,
    EVERYONE,
    HOLD,
    LEEDS,
    RECEIVED_ON,
    RESUME,
    refer,
    step,
)

EIGHT, TWELVE, GAPS = "wait_8_weeks", "wait_over_12_weeks", "missing_information"
WHY = "The published wait had been entered wrongly."


def at(clock: Clock, day: int, hour: int = 3) -> date:
    when = RECEIVED_ON + timedelta(days=day)
    clock.set(when, hour)
    return when


def open_kinds(casework: Casework, reference: str) -> set[str]:
    return {flag.kind for flag in casework.case_flags(reference)}


def run_of(casework: Casework, day: date) -> str:
    return str(next(run for run in casework.nights.runs() if run.as_of == day and run.state == "complete").run_id)


def test_a_graver_flag_and_the_lesser_one_are_never_open_together_on_any_of_twelve_days(
    casework: Casework, clock: Clock
) -> None:
    refer(casework, "E-1", service=ESSEX)
    for day in range(12):
        casework.night(at(clock, day))
        assert not {"ack_due", "ack_late"} <= open_kinds(casework, "E-1")
    assert open_kinds(casework, "E-1") == {"ack_late"}


def test_an_undone_night_gives_a_wait_its_flag_back_although_something_else_was_noted_since(
    casework: Casework, clock: Clock
) -> None:
    waits = refer(casework, "L-1", steps=ACCEPTED)
    casework.night(at(clock, 84))
    day = at(clock, 85)
    casework.night(day)
    at(clock, 85, 12)
    step(casework, waits, "tell_outcome", {})
    casework.nights.undo(run_of(casework, day), by="Maria", reason=WHY)
    assert open_kinds(casework, "L-1") == {EIGHT}


def test_an_undone_night_gives_no_flag_back_to_a_family_that_was_allocated_since(
    casework: Casework, clock: Clock
) -> None:
    waits = refer(casework, "L-1", steps=ACCEPTED)
    casework.night(at(clock, 84))
    day = at(clock, 85)
    casework.night(day)
    at(clock, 85, 12)
    step(casework, waits, *ALLOCATE)
    casework.nights.undo(run_of(casework, day), by="Maria", reason=WHY)
    assert open_kinds(casework, "L-1") == set()


def test_a_night_that_was_repeated_is_undone_with_what_it_repeated(casework: Casework, clock: Clock) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    day = at(clock, 60)
    casework.night(day)
    casework.nights.run(day, again=True)
    undone = casework.nights.undo(run_of(casework, day), by="Maria", reason=WHY)
    assert undone.withdrawn == {EIGHT: 1}
    assert {run.state for run in casework.nights.runs()} == {"undone"}


def test_of_nights_caught_up_at_one_instant_the_oldest_cannot_be_undone_under_the_others(
    casework: Casework, clock: Clock
) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    oldest = at(clock, 60)
    casework.night(oldest)
    at(clock, 62)
    list(casework.nights.catch_up())
    with pytest.raises(BadRequest) as refused:
        casework.nights.undo(run_of(casework, oldest), by="Maria", reason=WHY)
    assert refused.value.code == "run_built_on"


def test_a_flag_that_was_undone_and_put_back_stands_once_on_the_days_before(casework: Casework, clock: Clock) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    early = at(clock, 84)
    casework.night(early)
    day = at(clock, 86)
    casework.night(day)
    casework.nights.undo(run_of(casework, day), by="Maria", reason=WHY)
    assert [row.kind for row in casework.flags(Asked(early))] == [EIGHT]


def test_a_snooze_lasts_through_a_hold_until_the_day_that_was_said(casework: Casework, clock: Clock) -> None:
    waits = refer(casework, "L-1", steps=ACCEPTED)
    casework.night(at(clock, 60))
    until = RECEIVED_ON + timedelta(days=80)
    casework.snooze_flag("L-1", EIGHT, EVERYONE, until=until, reason="The family is away.")
    held = step(casework, waits, *HOLD)
    at(clock, 65, 12)
    step(casework, held, *RESUME)
    casework.night(at(clock, 66))
    assert open_kinds(casework, "L-1") == {EIGHT}
    assert [row.kind for row in casework.flags()] == []
    casework.night(at(clock, 80))
    assert [row.kind for row in casework.flags()] == [EIGHT]


def test_a_snooze_of_today_hides_nothing_on_the_days_before_it(casework: Casework, clock: Clock) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    before = at(clock, 60)
    casework.night(before)
    at(clock, 63)
    until = RECEIVED_ON + timedelta(days=90)
    casework.snooze_flag("L-1", EIGHT, EVERYONE, until=until, reason="The family is away.")
    assert casework.flags() == []
    for then in (False, True):
        assert [row.kind for row in casework.flags(Asked(before, as_known_then=then))] == [EIGHT]


def test_a_list_of_a_past_day_has_the_place_and_the_days_of_that_day(casework: Casework, clock: Clock) -> None:
    waits = refer(casework, "L-1", steps=ACCEPTED)
    day = at(clock, 60)
    casework.night(day)
    at(clock, 70, 12)
    step(casework, waits, *ALLOCATE)
    (flag,) = casework.flags(Asked(day, stage="waiting"))
    assert (flag.state, flag.days, flag.kind) == ("waiting", 60, EIGHT)
    assert casework.flags(Asked(day, stage="allocated")) == []


def breaks(database: Database, **values: object) -> None:
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.update(cases).where(cases.c.reference == "L-1").values(**values))


@pytest.mark.damages("a referral is changed behind casework's back")
@pytest.mark.parametrize(
    "damage",
    [
        {"pathway": "no-such-pathway@1"},
        {"state": "no_such_state"},
        {"service": "no-such-service"},
    ],
    ids=lambda damage: next(iter(damage)),
)
def test_one_referral_that_cannot_be_read_hides_none_of_the_others_from_a_list(
    casework: Casework, database: Database, clock: Clock, damage: dict[str, str]
) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    refer(casework, "L-2", steps=ACCEPTED)
    casework.night(at(clock, 60))
    breaks(database, **damage)
    report = casework.night(at(clock, 61))
    assert not report.clean
    assert {row.reference for row in casework.worklist()} == {"L-1", "L-2"}
    found = {(row.reference, row.kind) for row in casework.flags()}
    assert {("L-1", EIGHT), ("L-2", EIGHT)} <= found
    assert {kind for reference, kind in found if reference == "L-1"} & {"could_not_be_evaluated", "not_on_one_worklist"}
    assert all(casework.explain(reference, kind).because for reference, kind in found if kind == GAPS)


@pytest.mark.damages("a referral is given to a service that is not here")
def test_a_service_that_nobody_knows_turns_the_clinic_red(casework: Casework, database: Database, clock: Clock) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    breaks(database, service="no-such-service")
    casework.night(at(clock, 1))
    health = casework.health()
    assert health.red
    assert any("no-such-service" in finding for finding in health.findings)


def test_a_late_night_ends_the_lesser_flag_by_the_greater_although_a_step_has_ended_it_since(
    casework: Casework, clock: Clock, database: Database
) -> None:
    waits = refer(casework, "L-1", steps=ACCEPTED)
    casework.night(at(clock, 84))
    at(clock, 85, 12)
    step(casework, waits, *ALLOCATE)
    at(clock, 86)
    missed, _ = casework.nights.catch_up()
    assert (missed.raised, missed.replaced) == ({TWELVE: 1}, {EIGHT: 1})
    stood = [(s.kind, s.cleared_on, s.cleared_because) for s in casework.flag_history("L-1")]
    day = RECEIVED_ON + timedelta(days=85)
    assert (EIGHT, day, f"replaced by {TWELVE}") in stood
    assert (TWELVE, day, "allocate#4") in stood


def test_a_step_in_the_middle_of_a_late_night_is_not_taken_for_known(
    casework: Casework, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The family is allocated between the look at what changed and the first rule of the night."""
    from persistence.night import checks

    waits = refer(casework, "L-1", steps=ACCEPTED)
    casework.night(at(clock, 55))
    at(clock, 57)
    look: Callable[..., object] = checks.count
    stepped: list[object] = []

    def count_and_allocate(*given: object) -> object:
        counted = look(*given)
        if not stepped:
            stepped.append(step(Casework(casework.database, clock), waits, *ALLOCATE))
        return counted

    with monkeypatch.context() as patched:
        patched.setattr(checks, "count", count_and_allocate)
        list(casework.nights.catch_up())
    stood = {(s.kind, s.raised_on) for s in casework.flag_history("L-1")}
    missed = RECEIVED_ON + timedelta(days=56)
    assert (EIGHT, missed) in stood
    assert ("allocated_not_started", missed) not in stood


def test_counts_of_a_service_alone_say_nothing_of_the_others(casework: Casework, clock: Clock) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    refer(casework, "E-1", service=ESSEX, consent_on=None)
    report = casework.nights.run(at(clock, 60), service=LEEDS)
    assert (report.examined, report.raised, report.services) == (1, {EIGHT: 1}, (LEEDS,))
    rest = casework.nights.run(at(clock, 60))
    assert rest.services == (ESSEX,)
    assert [entry.service for entry in rest.done_before] == [LEEDS]


def test_a_night_of_an_earlier_day_after_an_undone_one_ends_no_flag_before_it_began(
    casework: Casework, clock: Clock
) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    day = at(clock, 56)
    casework.night(day)
    casework.see_flag("L-1", EIGHT, EVERYONE)
    casework.nights.undo(run_of(casework, day), by="Maria", reason=WHY)
    assert open_kinds(casework, "L-1") == {EIGHT}, "somebody has seen it"
    earlier = RECEIVED_ON + timedelta(days=50)
    assert casework.night(earlier, dry_run=True).cleared == casework.night(earlier).cleared == {}
    assert open_kinds(casework, "L-1") == {EIGHT}
