"""To look at a record is an event: who, when, and why where the service asks; what was refused was not read."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import Actor, BadRequest, Casework, NoSuchCase, StepRefused, StorageError
from casework.change import LATEST
from persistence import Database
from persistence.tables import record_readings, refused_attempts
from tests.casework.families import LEEDS, form
from tests.conftest import Actors, Clock
from workflows import Role
from workflows.figures import Figure

WHY = "I am her clinician. Canary reason."


def referral(casework: Casework, clock: Clock, actors: Actors) -> str:
    return casework.open_case(LEEDS, "receive_referral", actors.everyone, form(clock.today)).reference


def asks_why(casework: Casework, clock: Clock) -> None:
    casework.nights.enter(LEEDS, Figure("reason_to_read", 1, "agreed with the trust", clock.today), by="the manager")


def refused(casework: Casework, ref: str, actor: Actor, **how: Any) -> set[str]:
    with pytest.raises(StepRefused) as no:
        casework.read(ref, actor, **how)
    return {reason.code for reason in no.value.reasons}


def test_who_read_what_and_when_is_kept_and_what_was_read_is_given(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    ref = referral(casework, clock, actors)
    reader = Actor("Invented Clinician", [Role.CLINICIAN])
    read = casework.read(ref, reader, WHY, "history")
    assert read.case.reference == ref
    assert [event.trigger for event in read.events] == ["receive_referral"]
    clock.advance(days=1)
    casework.read(ref, actors[Role.LEAD])
    told = [(one.actor, one.what, one.why, one.read_at.date()) for one in casework.readings(ref)]
    assert told == [
        ("Invented Clinician", "history", WHY, clock.today - timedelta(days=1)),
        ("the clinical lead", "record", None, clock.today),
    ]


def test_programs_read_without_a_trace_and_to_ask_who_has_read_is_no_reading(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    ref = referral(casework, clock, actors)
    casework.case(ref), casework.history(ref), casework.readings(ref)
    assert casework.readings(ref) == ()


def test_where_the_service_asks_for_a_reason_nobody_reads_without_one(
    casework: Casework, clock: Clock, actors: Actors, database: Database
) -> None:
    ref = referral(casework, clock, actors)
    asks_why(casework, clock)
    assert refused(casework, ref, actors.everyone) == {"reason_needed"}
    assert refused(casework, ref, actors.everyone, why="  ") == {"reason_needed"}
    assert casework.readings(ref) == ()
    with database.engine.connect() as connection:
        kept = connection.execute(sa.select(refused_attempts.c.trigger, refused_attempts.c.actor)).all()
    assert kept == [("read", "everyone")] * 2
    assert casework.read(ref, actors.everyone, WHY).case.reference == ref


def test_a_record_under_restriction_is_opened_by_two_roles_and_with_a_reason(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    born = {"infant_dob": clock.today - timedelta(days=9)}
    ref = casework.open_case(LEEDS, "open_record", actors.everyone, born, kind="infant").reference
    casework.fire(ref, "restrict", actors.everyone, {"reason": "Adoption order."}, seen=LATEST)
    assert refused(casework, ref, actors[Role.CLINICIAN], why=WHY) == {"restricted_record"}
    assert refused(casework, ref, actors[Role.SAFEGUARDING]) == {"reason_needed"}
    assert casework.readings(ref) == ()
    for role in (Role.SAFEGUARDING, Role.LEAD):
        casework.read(ref, actors[role], WHY)
    assert len(casework.readings(ref)) == 2


def test_what_is_no_reading_leaves_no_trace(casework: Casework, clock: Clock, actors: Actors) -> None:
    ref = referral(casework, clock, actors)
    with pytest.raises(NoSuchCase):
        casework.read("R-nobody", actors.everyone)
    with pytest.raises(BadRequest, match="What is read is one of"):
        casework.read(ref, actors.everyone, what="photograph")
    with pytest.raises(BadRequest):
        casework.read(ref, actors.everyone, why="x" * 501)
    assert casework.readings(ref) == ()


@pytest.mark.damages("the table of readings is gone, so that none can be kept")
def test_what_cannot_be_kept_is_not_given(casework: Casework, clock: Clock, actors: Actors, database: Database) -> None:
    ref = referral(casework, clock, actors)
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text("DROP TABLE record_readings"))
    with pytest.raises(StorageError):
        casework.read(ref, actors.everyone)


def test_a_reading_is_neither_changed_nor_removed(
    casework: Casework, clock: Clock, actors: Actors, database: Database
) -> None:
    ref = referral(casework, clock, actors)
    casework.read(ref, actors.everyone, WHY)
    for statement in (sa.update(record_readings).values(actor="nobody"), sa.delete(record_readings)):
        with pytest.raises(sa.exc.DBAPIError), database.engine.connect().execution_options(writes=True) as connection:
            connection.execute(statement)
    assert [one.actor for one in casework.readings(ref)] == ["everyone"]


def test_the_line_of_a_reading_has_ids_and_never_the_reason(
    casework: Casework, clock: Clock, actors: Actors, log_lines: list[Any]
) -> None:
    ref = referral(casework, clock, actors)
    casework.read(ref, actors.everyone, WHY, request_id="r-1")
    asks_why(casework, clock)
    refused(casework, ref, actors.everyone)
    (line,) = (line for line in log_lines if line["event"] == "record.read")
    assert (line["reference"], line["what"], line["kind"], line["request_id"]) == (ref, "record", "referral", "r-1")
    assert [line["codes"] for line in log_lines if line["event"] == "case.refused"] == [["reason_needed"]]
    assert "Canary" not in json.dumps(log_lines, default=str)
