"""The check that runs after every test finds what it promises to find: rows are tampered with past casework."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from casework import Actor, Casework
from persistence import Database
from persistence.night_tables import flags
from persistence.tables import case_clocks, case_days, case_events, case_gaps, case_records, cases
from tests.casework.families import LEEDS, Family, brought_to, referred
from tests.conftest import Actors, Clock
from tests.invariants import broken_rules

Tamper = Callable[[UUID], sa.Executable]
RAISED = {
    "kind": "silent_case",
    "raised_on": date(2026, 3, 12),
    "raised_at": datetime(2026, 3, 12, 2, 30, tzinfo=UTC),
    "raised_by": uuid4(),
}
pytestmark = pytest.mark.damages("each row is tampered with on purpose")


def waiting_family(casework: Casework, clock: Clock, actor: Actor) -> Family:
    family = brought_to(referred(casework, clock, actor, LEEDS), "pass_checks", "accept_direct")
    clock.advance(10)
    family.does("add_information", postcode=None)
    return family


def test_nothing_is_broken_where_nobody_tampered(
    casework: Casework, database: Database, clock: Clock, actors: Actors
) -> None:
    family = waiting_family(casework, clock, actors.everyone)
    referred(casework, clock, actors.everyone).does("withdraw_consent")
    assert broken_rules(database) == []
    assert family.version == 4


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        pytest.param(lambda i: sa.update(cases).where(cases.c.id == i).values(state="allocated"), "state", id="state"),
        pytest.param(lambda i: sa.update(cases).where(cases.c.id == i).values(version=5), "version", id="version"),
        pytest.param(
            lambda i: sa.update(cases).where(cases.c.id == i).values(opened_on=date(2026, 2, 1)),
            "opened_on",
            id="day it was opened",
        ),
        pytest.param(
            lambda i: sa.update(case_records).where(case_records.c.case_id == i).values(answers={}),
            "answers",
            id="answers",
        ),
        pytest.param(
            lambda i: sa.update(case_clocks).where(case_clocks.c.case_id == i).values(held_days=3),
            "clocks",
            id="days on hold",
        ),
        pytest.param(
            lambda i: sa.delete(case_clocks).where(case_clocks.c.clock == "wait_to_allocation"),
            "clocks",
            id="a clock is gone",
        ),
        pytest.param(
            lambda i: sa.insert(case_gaps).values(case_id=i, field="consent_on", since=date(2026, 3, 2)),
            "and ['consent_on'] is kept",
            id="a gap that is none",
        ),
        pytest.param(
            lambda i: sa.update(case_days).where(case_days.c.case_id == i).values(day=date(2030, 1, 1)),
            "other days than those that are kept: ['rated', 'too_old']",
            id="another day",
        ),
        pytest.param(
            lambda i: sa.delete(case_days).where(case_days.c.case_id == i, case_days.c.name == "rated"),
            "other days than those that are kept: ['rated']",
            id="a day is gone",
        ),
        pytest.param(
            lambda i: sa.insert(flags).values(case_id=i, service="another", **RAISED),
            "and its flag silent_case of another",
            id="a flag of another service",
        ),
        pytest.param(
            lambda i: sa.insert(case_events).from_select(
                [c.name for c in case_events.c],
                sa.select(*(sa.literal(6) if c.name == "seq" else c for c in case_events.c)).where(
                    case_events.c.case_id == i, case_events.c.seq == 4
                ),
            ),
            "numbered 1 to 6",
            id="an event too many, with a gap before it",
        ),
        pytest.param(
            lambda i: sa.update(cases).where(cases.c.id == i).values(is_open=False, closed_on=cases.c.placed_on),
            "is open and on no worklist",
            id="open and not listed",
        ),
        pytest.param(
            lambda i: sa.update(cases).where(cases.c.id == i).values(is_open=False, closed_on=cases.c.placed_on),
            "has 0 open cases, and 1 on its worklists",
            id="counted in two ways",
        ),
    ],
)
def test_a_row_that_was_tampered_with_is_found(
    tamper: Tamper, found: str, casework: Casework, database: Database, clock: Clock, actors: Actors
) -> None:
    family = waiting_family(casework, clock, actors.everyone)
    assert broken_rules(database) == []
    with database.engine.connect() as connection, connection.begin():
        connection.execute(tamper(family.id))
    broken = broken_rules(database)
    assert any(found in rule for rule in broken), broken
    assert all(str(family.id) in rule or rule.startswith(f"{LEEDS} has 0 open cases, and 1 on") for rule in broken)


def test_an_open_flag_of_a_closed_referral_is_found(
    casework: Casework, database: Database, clock: Clock, actors: Actors
) -> None:
    family = waiting_family(casework, clock, actors.everyone)
    family.does("move_away")
    with database.engine.connect() as connection, connection.begin():
        connection.execute(sa.insert(flags).values(case_id=family.id, service=LEEDS, **RAISED))
    assert broken_rules(database) == [f"case {family.id} is closed and has the open flag silent_case"]


def test_what_is_found_says_no_word_of_a_family(
    casework: Casework, database: Database, clock: Clock, actors: Actors
) -> None:
    family = waiting_family(casework, clock, actors.everyone)
    words = [str(answer) for answer in family.case.answers.values() if len(str(answer)) > 10]
    with database.engine.connect() as connection, connection.begin():
        connection.execute(sa.update(case_records).values(answers={"infant_name": "Somebody Else"}))
    told = "\n".join(broken_rules(database))
    assert "answers" in told
    assert not [word for word in [*words, "Somebody Else"] if word in told]
