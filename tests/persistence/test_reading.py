"""Lists and look-ups: longest wait first, narrowed as asked, and as they were on the day asked for."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework import AmbiguousReference, Asked, BadRequest, Casework, NoSuchCase
from persistence import Database
from tests.casework.families import VOICE
from tests.conftest import Clock
from tests.persistence.families import (
    ACCEPTED,
    ACCEPTED_IN_ESSEX,
    ACKNOWLEDGE,
    ALLOCATE,
    ESSEX,
    EVERYONE,
    HOLD,
    LEEDS,
    MOVE_AWAY,
    RECEIVED_ON,
    RESUME,
    Steps,
    refer,
    step,
)
from tests.persistence.populations import incomplete, keep

LONG, OVER, GAPS = "wait_8_weeks", "wait_over_12_weeks", "missing_information"


def on(days: int) -> date:
    return RECEIVED_ON + timedelta(days=days)


def names(rows: Any) -> list[str]:
    return [row.reference for row in rows]


@pytest.fixture
def clinic(casework: Casework, clock: Clock) -> Casework:
    """Five families, sixty days after the first was accepted, after that day's night."""
    refer(casework, "L-gaps", motivation=None, consent_on=None)
    refer(casework, "L-first", steps=ACCEPTED)
    refer(casework, "E-first", service=ESSEX, steps=(*ACCEPTED_IN_ESSEX, ACKNOWLEDGE))
    clock.advance(10)
    refer(casework, "L-later", on=on(10), steps=accepted_on(10))
    clock.advance(50)
    refer(casework, "L-today", on=on(60))
    casework.night()
    return casework


def accepted_on(days: int) -> Steps:
    return ("pass_checks", {}), ("accept_direct", {"rmg_on": on(days).isoformat(), "reason": "Indicated.", **VOICE})


def test_the_worklist_has_the_longest_wait_first_and_those_that_wait_for_nobody_last(clinic: Casework) -> None:
    rows = clinic.worklist()
    assert names(rows) == ["E-first", "L-first", "L-later", "L-gaps", "L-today"]
    assert [row.waiting_days for row in rows] == [60, 60, 50, None, None]
    assert [row.flags for row in rows] == [(), (LONG,), (), (GAPS,), ()]
    assert [row.missing for row in rows if row.missing] == [("consent_on", "motivation")]


NARROWED: tuple[tuple[dict[str, Any], list[str], list[str]], ...] = (
    ({"service": ESSEX}, ["E-first"], []),
    ({"service": LEEDS}, ["L-first", "L-later", "L-gaps", "L-today"], ["L-first", "L-gaps"]),
    ({"stage": "waiting"}, ["E-first", "L-first", "L-later"], ["L-first"]),
    ({"stage": "written_referral"}, ["L-gaps", "L-today"], ["L-gaps"]),
    ({"stage": "closed"}, [], []),
    ({"kind": GAPS}, ["L-gaps"], ["L-gaps"]),
    ({"kind": OVER}, [], []),
    ({"service": LEEDS, "stage": "waiting", "kind": LONG}, ["L-first"], ["L-first"]),
    ({"service": ESSEX, "kind": LONG}, [], []),
)


def test_the_lists_are_narrowed_by_service_stage_and_kind_of_flag(clinic: Casework) -> None:
    for narrowed, listed, flagged in NARROWED:
        asked = Asked(on(60), **narrowed)
        assert names(clinic.worklist(asked)) == listed, narrowed
        assert names(clinic.flags(asked)) == flagged, narrowed


@pytest.mark.parametrize("what", ["service", "stage", "kind"])
def test_what_is_not_there_cannot_be_asked_for(casework: Casework, what: str) -> None:
    wrong: dict[str, Any] = {what: "no such thing"}
    for ask in (casework.worklist, casework.flags):
        with pytest.raises(BadRequest) as refused:
            ask(Asked(casework.today(), **wrong))
        assert refused.value.code == f"unknown_{what}"
        assert "no such thing" not in str(refused.value)


def test_flags_say_for_how_long_and_what_is_missing_in_the_order_of_the_service(clinic: Casework, clock: Clock) -> None:
    clock.advance(1)
    wait, gaps = clinic.flags(Asked(on(61)))
    assert (wait.kind, wait.days, wait.missing, wait.stage, wait.raised_on) == (LONG, 61, (), "waiting", on(60))
    assert (gaps.kind, gaps.days, gaps.missing) == (GAPS, 61, ("consent_on", "motivation"))
    assert (gaps.service, gaps.state) == (LEEDS, "received")


def test_no_list_is_read_for_a_day_to_come(clinic: Casework) -> None:
    for ask in (clinic.worklist, clinic.flags):
        with pytest.raises(BadRequest, match="not come"):
            ask(Asked(on(61)))


def test_flags_of_a_past_day_are_those_that_were_open_at_its_end(clinic: Casework, clock: Clock) -> None:
    clock.advance(3)
    waiting = clinic.worklist(Asked(on(63), kind=LONG))[0]
    clinic.fire(waiting.case_id, ALLOCATE[0], EVERYONE, ALLOCATE[1], seen=3)
    assert [names(clinic.flags(Asked(on(day)))) for day in (59, 60, 62, 63)] == [
        [],
        ["L-first", "L-gaps"],
        ["L-first", "L-gaps"],
        ["L-gaps"],
    ]
    assert [flag.kind for flag in clinic.case_flags("L-gaps")] == [GAPS]
    assert clinic.case_flags("L-first") == ()


def test_a_worklist_of_a_past_day_counts_to_that_day_and_knows_nobody_who_came_later(clinic: Casework) -> None:
    assert {row.reference: row.waiting_days for row in clinic.worklist(Asked(on(20)))} == {
        "E-first": 20,
        "L-first": 20,
        "L-later": 10,
        "L-gaps": None,
    }
    assert [row.waiting_days for row in clinic.worklist(Asked(on(0)))] == [0, 0, None]
    with pytest.raises(BadRequest) as refused:
        clinic.worklist(Asked(on(-1)))
    assert refused.value.code == "before_first_event"


def test_no_wait_is_shown_for_a_day_before_it_began(casework: Casework, clock: Clock) -> None:
    opened = refer(casework, "L-1")
    clock.advance(10)
    for trigger, data in accepted_on(10):
        opened = step(casework, opened, trigger, data)
    row = casework.worklist(Asked(on(5)))[0]
    assert (row.waiting_days, row.adjusted_days) == (None, None)


def test_a_wait_has_two_figures_and_the_hold_is_in_one_of_them(casework: Casework, clock: Clock) -> None:
    waiting = refer(casework, "L-1", steps=ACCEPTED)
    clock.advance(10)
    held = step(casework, waiting, *HOLD)
    clock.advance(20)
    row = casework.worklist()[0]
    assert (row.waiting_days, row.adjusted_days, row.held) == (30, 10, True)
    step(casework, held, *RESUME)
    clock.advance(5)
    row = casework.worklist()[0]
    assert (row.waiting_days, row.adjusted_days, row.held) == (35, 15, False)


def test_who_is_allocated_stays_on_the_list_with_the_wait_that_it_was(casework: Casework, clock: Clock) -> None:
    waiting = refer(casework, "L-1", steps=ACCEPTED)
    clock.advance(10)
    allocated = step(casework, waiting, *ALLOCATE)
    clock.advance(20)
    row = casework.worklist()[0]
    assert (row.stage, row.clinician, row.waiting_days) == ("allocated", "clin-01", 10)
    step(casework, allocated, *MOVE_AWAY)
    assert casework.worklist() == []


def test_a_case_is_found_by_its_id_its_reference_or_both_words(casework: Casework) -> None:
    leeds, essex = refer(casework, "R-1"), refer(casework, "R-1", service=ESSEX)
    assert casework.case(str(leeds.case_id)).service == casework.case(f"{LEEDS}/R-1").service == LEEDS
    assert casework.case(essex.case_id).service == casework.case(f"{ESSEX}/R-1").service == ESSEX
    with pytest.raises(AmbiguousReference, match=f"{ESSEX}|{LEEDS}") as refused:
        casework.case("R-1")
    assert set(refused.value.services) == {LEEDS, ESSEX}
    for nobody in (str(uuid4()), uuid4(), "R-2", "another/R-1", "", "/", f"{LEEDS}/", "R-1'; DROP TABLE cases --"):
        with pytest.raises(NoSuchCase):
            casework.case(nobody)


def test_more_references_than_one_statement_takes_are_all_looked_up(database: Database) -> None:
    keep(database, incomplete(900, RECEIVED_ON))
    wanted = [(LEEDS, f"R-{number}") for number in range(1000)]
    with database.reading() as store:
        assert len(store.known_references(wanted)) == 900
        assert not store.known_references([])
        assert not store.open_people([])
        assert not store.open_people([(LEEDS, f"baby {n}", "carer") for n in range(1000)])


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_case_is_found_by_its_reference_without_reading_the_others(database: Database) -> None:
    with database.engine.connect() as connection, connection.begin():
        plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT id FROM cases WHERE reference = 'R-1'").all()
    assert [row for row in plan if "SCAN" in row[3]] == []
    assert "uq_cases" in plan[0][3] or "autoindex" in plan[0][3]
