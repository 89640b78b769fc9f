"""What the tables refuse by themselves, whoever writes: events stay, and what cannot be true is not kept."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, IntegrityError

from casework import Casework
from persistence import Database
from persistence.night_tables import flag_acts, flags, night_runs
from persistence.tables import case_clocks, case_days, case_events, case_gaps, cases, metadata
from tests.persistence.families import EVERYONE, LEEDS, refer

DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Write = Callable[..., None]


@pytest.fixture
def write(database: Database) -> Write:
    def write(*statements: sa.Executable) -> None:
        with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
            for statement in statements:
                connection.execute(statement)

    return write


def a_case(**otherwise: Any) -> sa.Insert:
    values = {
        "id": uuid4(),
        "service": LEEDS,
        "reference": uuid4().hex,
        "pathway": "leeds-imhs@1",
        "state": "received",
        "version": 1,
        "is_open": True,
        "opened_on": DAY,
        "placed_on": DAY,
        "placed_by": 1,
    }
    return sa.insert(cases).values(**{**values, **otherwise})


def a_flag(case_id: UUID, **otherwise: Any) -> sa.Insert:
    raised = {"raised_on": DAY, "raised_at": NOON, "raised_by": uuid4()}
    values = {"service": LEEDS, "kind": "missing_information", **raised, **otherwise}
    return sa.insert(flags).values(case_id=case_id, **values)


def an_act(**otherwise: Any) -> sa.Insert:
    """What somebody did about the newest flag."""
    newest = sa.select(sa.func.max(flags.c.id)).scalar_subquery()
    values = {"act": "seen", "acted_on": DAY, "acted_at": NOON, "actor": "somebody", **otherwise}
    return sa.insert(flag_acts).values(flag_id=newest, **values)


def a_run(**otherwise: Any) -> sa.Insert:
    values = {"id": uuid4(), "service": LEEDS, "as_of": DAY, "by": "night", "state": "complete", "token": 1}
    return sa.insert(night_runs).values(started_at=NOON, **{**values, **otherwise})


def a_clock(case_id: UUID, **otherwise: Any) -> sa.Insert:
    values = {"clock": "triage", "since": DAY, "counts_from": DAY, "held_days": 0}
    return sa.insert(case_clocks).values(case_id=case_id, **{**values, **otherwise})


CLEARED = {"cleared_on": DAY, "cleared_at": NOON, "cleared_because": "no longer due"}
CLOSED = {"is_open": False, "closed_on": DAY, "state": "discharged"}
PEOPLE = {"infant_key": "baby", "carer_key": "carer"}

REWRITING = (
    "UPDATE case_events SET actor = 'somebody else'",
    "UPDATE case_events SET seq = seq + 1",
    "DELETE FROM case_events",
    "DELETE FROM case_events WHERE seq = 1",
)
ONLY_ON = {
    "sqlite": ("INSERT OR REPLACE INTO case_events SELECT * FROM case_events",),
    "postgresql": (
        "TRUNCATE case_events",
        "TRUNCATE cases CASCADE",
        "INSERT INTO case_events SELECT * FROM case_events ON CONFLICT (case_id, seq) DO UPDATE SET actor = 'nobody'",
    ),
}


def test_nobody_changes_or_removes_what_happened(
    casework: Casework, database: Database, database_kind: str, write: Write
) -> None:
    opened = refer(casework, "L-1")
    before = casework.history("L-1")
    for statement in (*REWRITING, *ONLY_ON[database_kind]):
        with pytest.raises(DatabaseError, match="append-only"):
            write(sa.text(statement))
    assert casework.history("L-1") == before
    assert casework.fire(opened.case_id, "acknowledge", EVERYONE, seen=1).version == 2


@pytest.mark.damages("plants rows that have no events")
def test_one_baby_and_carer_have_one_open_referral_a_service(write: Write) -> None:
    write(a_case(**PEOPLE))
    with pytest.raises(IntegrityError):
        write(a_case(**PEOPLE))
    write(a_case(**PEOPLE, **CLOSED), a_case(**PEOPLE, **CLOSED))
    write(a_case(**PEOPLE, service="together-with-baby"))
    write(a_case(infant_key="twin", carer_key="carer"), a_case(infant_key="baby", carer_key="foster carer"))
    write(a_case(infant_key="baby"), a_case(infant_key="baby"))


@pytest.mark.damages("plants rows that have no events")
def test_a_service_gives_a_reference_once(write: Write) -> None:
    write(a_case(reference="R-1"), a_case(reference="R-1", service="together-with-baby"))
    with pytest.raises(IntegrityError):
        write(a_case(reference="R-1", **CLOSED))


@pytest.mark.damages("plants rows that have no events")
def test_a_case_has_one_open_flag_of_a_kind(write: Write) -> None:
    case_id = uuid4()
    write(a_case(id=case_id), a_flag(case_id), a_flag(case_id, **CLEARED), a_flag(case_id, kind="wait_8_weeks"))
    with pytest.raises(IntegrityError):
        write(a_flag(case_id))


@pytest.mark.parametrize("state", ["running", "failed", "complete"])
def test_a_service_has_one_night_a_date_that_counts_and_any_number_that_were_taken_back(
    write: Write, state: str
) -> None:
    write(a_run(state=state))
    for other in ("running", "failed", "complete"):
        with pytest.raises(IntegrityError):
            write(a_run(state=other))
    for again in (a_run(state="undone"), a_run(state="repeated"), a_run(state="undone")):
        write(again)
    write(a_run(as_of=DAY + timedelta(days=1)), a_run(service="together-with-baby"))


IMPOSSIBLE: Mapping[str, Callable[[UUID], sa.Insert]] = {
    "a case before its first event": lambda _: a_case(version=0),
    "an open case with a day of closing": lambda _: a_case(closed_on=DAY),
    "a closed case without one": lambda _: a_case(is_open=False),
    "a closed case on hold": lambda _: a_case(**CLOSED, held_since=DAY),
    "a clock that stops before it starts": lambda i: a_clock(i, stopped_on=DAY - timedelta(days=1)),
    "a clock that counts days to come": lambda i: a_clock(i, counts_from=DAY + timedelta(days=1)),
    "a clock of no case": lambda _: a_clock(uuid4()),
    "a gap of no case": lambda _: sa.insert(case_gaps).values(
        case_id=uuid4(), field="consent_on", since=date(2026, 3, 2)
    ),
    "a day of no case": lambda _: sa.insert(case_days).values(case_id=uuid4(), name="due", day=DAY),
    "a flag of no case": lambda _: a_flag(uuid4()),
    "a flag that ended for no reason": lambda i: a_flag(i, kind="silent_case", cleared_on=DAY),
    "a flag that ended on no day": lambda i: a_flag(i, kind="silent_case", cleared_because="no longer due"),
    "an act about a flag that nobody knows": lambda _: an_act(act="thrown away"),
    "a flag that is quiet for no reason": lambda _: an_act(act="snoozed", until=DAY),
    "a flag that is quiet for ever": lambda _: an_act(act="snoozed", reason="The team knows."),
    "a night in a state that there is not": lambda _: a_run(state="nearly"),
}


@pytest.mark.damages("plants rows that have no events")
@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_what_cannot_be_is_not_kept(write: Write, what: str) -> None:
    case_id = uuid4()
    write(a_case(id=case_id), a_flag(case_id))
    write(an_act(act="snoozed", reason="The team knows.", until=DAY))
    with pytest.raises(IntegrityError):
        write(IMPOSSIBLE[what](case_id))


def test_every_instant_is_kept_as_one_and_every_table_has_a_key() -> None:
    """A plain DateTime would lose its zone on SQLite."""
    for table in metadata.sorted_tables:
        assert table.primary_key.columns, table.name
        kinds = {column.type.__class__.__name__ for column in table.columns}
        assert "DateTime" not in kinds, table.name
    assert case_events.c.recorded_at.type.__class__.__name__ == "UtcInstant"
