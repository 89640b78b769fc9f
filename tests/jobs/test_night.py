"""The night: raises what is due, clears what has passed, replaces 8 weeks by 12, moves nobody, and may be run again."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from casework import BadRequest, Casework
from casework.flagging import due
from jobs.nightly import run_night, summary
from persistence import Database
from persistence.night_tables import flags, night_runs
from tests.conftest import Clock
from tests.persistence.families import (
    ACCEPTED,
    ACCEPTED_IN_ESSEX,
    ACKNOWLEDGE,
    ALLOCATE,
    ESSEX,
    HOLD,
    LEEDS,
    MOVE_AWAY,
    RECEIVED_ON,
    RESUME,
    refer,
    step,
)
from tests.persistence.populations import rows_kept
from workflows import Figure

EIGHT, TWELVE, GAPS = "wait_8_weeks", "wait_over_12_weeks", "missing_information"


def on(days: int) -> date:
    return RECEIVED_ON + timedelta(days=days)


def night_after(clinic: Casework, clock: Clock, days: int) -> Any:
    """The night of the day so many days after everybody was accepted."""
    clock.set(on(days), 23)
    return clinic.night(on(days))


def open_kinds(clinic: Casework) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for flag in clinic.flags():
        found.setdefault(flag.reference, []).append(flag.kind)
    return found


@pytest.mark.parametrize(
    ("day", "kinds"), [(55, []), (56, [EIGHT]), (57, [EIGHT]), (84, [EIGHT]), (85, [TWELVE]), (86, [TWELVE])]
)
def test_a_leeds_wait_is_flagged_at_eight_weeks_and_otherwise_after_twelve_and_an_essex_wait_never(
    casework: Casework, clock: Clock, day: int, kinds: list[str]
) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    refer(casework, "E-1", service=ESSEX, steps=(*ACCEPTED_IN_ESSEX, ACKNOWLEDGE))
    report = night_after(casework, clock, day)
    assert open_kinds(casework) == ({"L-1": kinds} if kinds else {})
    assert report.raised == report.open == dict.fromkeys(kinds, 1)
    assert report.examined == 2


def test_twelve_weeks_take_the_place_of_eight_in_one_transaction(
    casework: Casework, clock: Clock, database: Database
) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    night_after(casework, clock, 84)
    report = night_after(casework, clock, 85)
    assert (report.raised, report.replaced, report.cleared) == ({TWELVE: 1}, {EIGHT: 1}, {})
    with database.engine.connect() as connection, connection.begin():
        kept = connection.execute(sa.select(flags).order_by(flags.c.id)).mappings().all()
    assert [(f["kind"], f["raised_on"], f["cleared_on"]) for f in kept] == [
        (EIGHT, on(84), on(85)),
        (TWELVE, on(85), None),
    ]
    assert kept[0]["cleared_because"] == f"replaced by {TWELVE}"
    assert kept[0]["cleared_at"] == kept[1]["raised_at"]


def test_a_hold_quietens_a_wait_and_the_end_of_the_hold_brings_it_back(casework: Casework, clock: Clock) -> None:
    waiting = refer(casework, "L-1", steps=ACCEPTED)
    night_after(casework, clock, 60)
    held = step(casework, waiting, *HOLD)
    assert held.cleared_flags == (EIGHT,)
    assert night_after(casework, clock, 90).raised == {}
    step(casework, held, *RESUME)
    assert open_kinds(casework) == {}
    assert night_after(casework, clock, 91).raised == {TWELVE: 1}


def test_a_hold_does_not_quieten_what_is_missing(casework: Casework, clock: Clock) -> None:
    step(casework, refer(casework, "L-1", consent_on=None), *HOLD)
    night_after(casework, clock, 1)
    assert open_kinds(casework) == {"L-1": [GAPS]}


@pytest.mark.parametrize(
    ("trigger", "data", "left"),
    [
        (*ALLOCATE, []),
        (*MOVE_AWAY, []),
        ("void", {"void_reason": "duplicate", "surviving_reference": "L-2"}, []),
        ("acknowledge", {}, [EIGHT]),
    ],
    ids=["allocated", "moved away", "void", "only noted"],
)
def test_a_step_that_ends_the_reason_for_a_flag_ends_the_flag_at_once(
    casework: Casework, clock: Clock, trigger: str, data: dict[str, Any], left: list[str]
) -> None:
    waiting = refer(casework, "L-1", steps=ACCEPTED)
    night_after(casework, clock, 60)
    receipt = step(casework, waiting, trigger, data)
    assert [flag.kind for flag in casework.case_flags("L-1")] == left
    assert receipt.cleared_flags == (() if left else (EIGHT,))
    assert night_after(casework, clock, 61).cleared == {}


def test_the_last_missing_answer_ends_the_flag_and_the_one_before_does_not(casework: Casework, clock: Clock) -> None:
    opened = refer(casework, "L-1", consent_on=None, motivation=None)
    night_after(casework, clock, 1)
    some = step(casework, opened, "add_information", {"consent_on": "2026-03-02"})
    assert some.cleared_flags == ()
    rest = step(casework, some, "add_information", {"motivation": "high"})
    assert rest.cleared_flags == (GAPS,)
    assert open_kinds(casework) == {}


def test_what_has_passed_is_cleared_by_the_night_where_no_step_did(casework: Casework, clock: Clock) -> None:
    """Here the service withdraws the wait that it had published."""
    refer(casework, "L-1", steps=ACCEPTED)
    night_after(casework, clock, 60)
    withdrawn = [Figure(name, None, "The page is gone.", on(61)) for name in ("wait_first", "wait_over")]
    enter(casework, LEEDS, withdrawn)
    report = night_after(casework, clock, 61)
    assert (report.cleared, report.raised, report.open) == ({EIGHT: 1}, {}, {})


def enter(clinic: Casework, service: str, figures: Iterable[Figure]) -> None:
    for figure in figures:
        clinic.nights.enter(service, figure, by="the manager")


def wait(first: int, over: int, source: str, day: date) -> list[Figure]:
    return [Figure("wait_first", first, source, day), Figure("wait_over", over, source, day)]


def test_each_service_is_flagged_by_its_own_figures_from_the_day_on_which_they_are_in_force(
    casework: Casework, clock: Clock
) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    refer(casework, "E-1", service=ESSEX, steps=(*ACCEPTED_IN_ESSEX, ACKNOWLEDGE))
    enter(casework, LEEDS, wait(20, 40, "a newer page", on(30)))
    enter(casework, ESSEX, wait(35, 50, "a first page", on(0)))
    found, figure = {}, casework.nights.lookup()
    for day in (29, 30, 34, 35, 40, 50):
        night_after(casework, clock, day)
        found[day] = open_kinds(casework)
        assert all(set(kinds) == set(due(casework.case(r), on(day), figure)) for r, kinds in found[day].items())
    assert found == {
        29: {},
        30: {"L-1": [EIGHT]},
        34: {"L-1": [EIGHT]},
        35: {"L-1": [EIGHT], "E-1": [EIGHT]},
        40: {"L-1": [TWELVE], "E-1": [EIGHT]},
        50: {"L-1": [TWELVE], "E-1": [TWELVE]},
    }


def test_the_second_night_of_a_day_says_that_it_was_done_and_does_nothing(
    casework: Casework, clock: Clock, database: Database
) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    first = night_after(casework, clock, 60)
    refer(casework, "L-2", consent_on=None)
    before, kept = flags_of(database), rows_kept(database)
    again = night_after(casework, clock, 60)
    assert (again.raised, again.cleared, again.replaced, again.examined) == ({}, {}, {}, 0)
    assert {(run.service, run.run_id, run.state) for run in again.done_before} == {
        (LEEDS, first.run_id, "complete"),
        (ESSEX, first.run_id, "complete"),
    }
    assert (flags_of(database), rows_kept(database)) == (before, kept)


def test_a_night_that_is_asked_for_again_finds_nothing_to_do_where_nothing_happened(
    casework: Casework, clock: Clock, database: Database
) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    refer(casework, "L-2", consent_on=None)
    first, before = night_after(casework, clock, 60), flags_of(database)
    again = casework.nights.run(on(60), again=True)
    assert (again.raised, again.cleared, again.replaced, flags_of(database)) == ({}, {}, {}, before)
    assert again.open == {EIGHT: 1, GAPS: 1}
    states = {(run.run_id, run.state) for run in casework.nights.runs()}
    assert states == {(first.run_id, "repeated"), (again.run_id, "complete")}


def flags_of(database: Database) -> list[Any]:
    with database.engine.connect() as connection, connection.begin():
        return list(connection.execute(sa.select(flags).order_by(flags.c.id)))


def test_a_night_before_the_last_one_is_refused(casework: Casework, clock: Clock, database: Database) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    night_after(casework, clock, 60)
    kept = rows_kept(database)
    with pytest.raises(BadRequest, match="1 May 2026") as refused:
        casework.night(on(59))
    assert refused.value.code == "night_has_passed"
    with pytest.raises(BadRequest) as refused:
        casework.night(on(61))
    assert refused.value.code == "date_in_future"
    assert rows_kept(database) == kept


def test_a_dry_run_says_what_the_night_then_does_and_writes_nothing(
    casework: Casework, clock: Clock, database: Database, log_lines: list[Any]
) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    refer(casework, "L-2", consent_on=None)
    night_after(casework, clock, 60)
    refer(casework, "L-3", on=on(60), consent_on=None)
    clock.set(on(90), 23)
    before, lines = flags_of(database), len(log_lines)
    foreseen = casework.night(on(90), dry_run=True)
    assert (flags_of(database), len(log_lines), foreseen.dry_run) == (before, lines, True)
    done = casework.night(on(90))
    assert foreseen.raised == done.raised == {TWELVE: 1, GAPS: 1}
    assert foreseen.replaced == done.replaced == {EIGHT: 1}
    assert foreseen.cleared == done.cleared == {}
    assert foreseen.examined == done.examined == 3


def test_the_run_is_kept_with_what_it_did_and_by_whom(casework: Casework, clock: Clock, database: Database) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    clock.set(on(85), 23)
    report = run_night(casework, None, "ada")
    with database.engine.connect() as connection, connection.begin():
        leeds = sa.select(night_runs).where(night_runs.c.service == LEEDS)
        run = connection.execute(leeds).mappings().one()
    assert (run["id"], run["as_of"], run["by"], run["state"], run["examined"]) == (
        report.run_id, on(85), "ada", "complete", 1,
    )  # fmt: skip
    assert run["counts"] == {"raised": {TWELVE: 1}, "cleared": {}, "replaced": {}}
    assert (run["open"], run["listed"], run["quarantined"]) == ({TWELVE: 1}, 1, 0)
    assert run["started_at"] == clock.now
    assert run["finished_at"] is not None
    assert "1 open referral" in " ".join(summary(report))


def test_each_flag_is_told_to_the_log_once_with_the_run(casework: Casework, clock: Clock, log_lines: list[Any]) -> None:
    ids = {name: str(refer(casework, name, steps=ACCEPTED).case_id) for name in ("L-1", "L-2")}
    gaps = refer(casework, "L-3", consent_on=None)
    first = night_after(casework, clock, 60)
    assert told(log_lines, first.run_id) == sorted(
        [
            ("flag.raised", EIGHT, ids["L-1"]),
            ("flag.raised", EIGHT, ids["L-2"]),
            ("flag.raised", GAPS, str(gaps.case_id)),
        ]
    )
    step(casework, gaps, "add_information", {"consent_on": "2026-03-02"})
    cleared = [line for line in log_lines if line["event"] == "flag.cleared"]
    assert [(line["case_id"], line["kind"], line["because"]) for line in cleared] == [
        (str(gaps.case_id), GAPS, "add_information#2")
    ]
    second = night_after(casework, clock, 90)
    assert told(log_lines, second.run_id) == sorted(
        (name, kind, case_id)
        for case_id in ids.values()
        for name, kind in (("flag.raised", TWELVE), ("flag.cleared", EIGHT))
    )
    assert [line["event"] for line in log_lines if line["event"].startswith("night.")] == 2 * [
        "night.started", "night.finished", "night.finished",
    ]  # fmt: skip


def told(lines: list[Any], run_id: UUID) -> list[tuple[str, str, str]]:
    about = (line for line in lines if line["event"].startswith("flag.") and line.get("run_id") == str(run_id))
    return sorted((line["event"], line["kind"], line["case_id"]) for line in about)


def test_a_night_moves_nobody(casework: Casework, clock: Clock) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    refer(casework, "L-2", consent_on=None)
    places = {i: (c.state, c.version) for i in casework.case_ids() for c in [casework.case(i)]}
    for day in (56, 85, 200):
        night_after(casework, clock, day)
    assert {i: (c.state, c.version) for i in casework.case_ids() for c in [casework.case(i)]} == places
