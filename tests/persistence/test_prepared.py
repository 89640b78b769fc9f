"""A statement run on the driver's cursor does what the same statement does in SQLAlchemy, on both engines."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ClauseElement

from casework import Casework, Receipt
from persistence import Database
from persistence.night_tables import flags
from persistence.prepared import Prepared
from persistence.statements import STATEMENTS
from persistence.tables import (
    case_events,
    case_links,
    case_traits,
    cases,
    import_runs,
    metadata,
    record_identities,
    record_readings,
)
from tests.persistence.families import EVERYONE, LEEDS, refer
from workflows import Figure

DAY = date(2026, 3, 2)
NOON_IN_DELHI = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
NIGHT_OF_THE_CLOCKS = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
Values = Mapping[str, Any]


def value_for(bind: sa.BindParameter[Any]) -> Any:
    """Something that the column of a bound value takes."""
    kind = bind.type.__class__.__name__
    some = {"Uuid": uuid4(), "Date": DAY, "UtcInstant": NOON_IN_DELHI, "Integer": 7, "BigInteger": 7, "Boolean": True}
    some |= {"LargeBinary": SEAL}
    text = "some text"[: getattr(bind.type, "length", None)]
    return some.get(kind, {"told": ["é", None, True]} if kind == "Json" else text)


SEAL = bytes(range(224, 256))

NEW: dict[str, Values] = {
    "new_case": {"closed_on": None},
    "new_record": {"imported_digest": None},
    "new_event": {"seq": 99, "role": None, "not_recorded": ["consent_on"]},
    "new_clock": {"clock": "watch", "stopped_on": None, "stopped_by": None},
    "new_gap": {"field": "some_field"},
    "new_day": {"name": "some_day"},
    "new_flag_act": {"act": "snoozed"},
    "new_import": {"finished_at": None, "counts": None},
    "record": {"kind": "referral"},
    "listed": {"kind": "referral"},
    "linked": {"kind": "referral", "name": "merged_into"},
    "allocated": {"id": UUID(int=7)},
    "drop_link": {"link_name": "merged_into"},
    "drop_trait": {"trait_name": "nhs_number"},
}


_LINK = (case_links, {"name": "merged_into", "reference": "R-1"})
_TRAIT = (case_traits, {"name": "nhs_number", "digest": 7})
_READING = (record_readings, {"id": UUID(int=8), "what": "record", "actor": "x", "via": "x", "read_at": NOON_IN_DELHI})
_IDENTITY = (record_identities, {"id": UUID(int=9), "actor": "x", "via": "x", "kept_at": NOON_IN_DELHI})
BESIDE: dict[str, tuple[sa.Table, Values]] = {
    "linked": _LINK,
    "drop_link": _LINK,
    "alike": _TRAIT,
    "drop_trait": _TRAIT,
    "readings": _READING,
    "later_identity": _IDENTITY,
    "earlier_identity": _IDENTITY,
}
"""A row beside the case that a statement reads or removes."""


TOUCHED = {"touch_key", "touch_case"}
"""Statements that write what is there already."""


@pytest.fixture
def kept(casework: Casework, database: Database) -> Receipt:
    """A case with gaps, a key, an open flag, a figure of its service, and another of the same reference elsewhere."""
    refer(casework, "R-1", service="together-with-baby")
    opened = refer(casework, "R-1", infant_name=None, infant_nhs_number="9990000018")
    receipt = casework.fire(opened.case_id, "acknowledge", EVERYONE, seen=1, key="key-1")
    casework.night()
    casework.nights.enter(LEEDS, Figure("outcome", 5, "The team's own agreement", DAY), by="somebody")
    assert casework.case_flags(opened.case_id)
    return receipt


def values_for(
    name: str, statement: ClauseElement, kept: Receipt, people: tuple[str, str], flag_id: int, event_id: UUID
) -> dict[str, Any]:
    case_id = uuid4() if name in ("new_case", "new_record", "other_referral") else kept.case_id
    known = {
        "id": case_id if not name.startswith("new_") or name == "new_case" else uuid4(),
        "id_": flag_id if name == "quieten_flag" else case_id,
        "flag_id": flag_id,
        "event": event_id,
        "earlier_id": case_id,
        "later_id": case_id,
        "case_id": case_id,
        "reference": kept.reference,
        "service": LEEDS if not name.startswith("new_") else "another",
        "infant": people[0],
        "carer": people[1],
        "actor": EVERYONE.name,
        "key": "key-1" if name in ("key", "touch_key") else "key-2",
        "seq": 0,
        "seen": kept.version,
        "version": kept.version + 1,
        "clock_": "total_time",
        "clock": "total_time",
        "closed_on": None,
        "kind_": "missing_information",
        "field": "infant_name",
        "day_name": "too_old",
        "kind": "missing_information",
        **NEW.get(name, {}),
    }
    asked: Iterable[Any] = visitors.iterate(statement)
    binds = (element for element in asked if isinstance(element, sa.BindParameter) and element.required)
    return {str(bind.key): known.get(str(bind.key), value_for(bind)) for bind in binds}


def with_values(statement: ClauseElement, values: Values) -> Any:
    """The same statement with its values in their places, as plain SQLAlchemy would have it written."""

    def put(element: Any, **_: object) -> Any:
        asked = isinstance(element, sa.BindParameter) and element.required
        return sa.literal(values[str(element.key)], element.type) if asked else None

    written = visitors.replacement_traverse(statement, {}, put)
    return written.inline() if isinstance(written, sa.Insert) else written


@contextmanager
def undone(database: Database) -> Iterator[sa.Connection]:
    """What is written here is seen here and not kept."""
    with database.engine.connect().execution_options(writes=True) as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


def everything(connection: sa.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All rows, but for numbers that the database gives: PostgreSQL gives none twice, though it was never kept."""
    return {
        name: sorted((tuple(row) for row in connection.execute(sa.select(*_told(table)))), key=repr)
        for name, table in metadata.tables.items()
    }


def _told(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.c if not column.identity]


def test_every_prepared_statement_answers_and_writes_as_it_does_in_sqlalchemy(
    database: Database, kept: Receipt
) -> None:
    with undone(database) as connection:
        row = connection.execute(sa.select(cases.c.infant_key, cases.c.carer_key).where(cases.c.id == kept.case_id))
        infant, carer = row.one()
        flag_id = connection.scalars(sa.select(flags.c.id).where(flags.c.case_id == kept.case_id)).one()
        first = sa.select(case_events.c.id).where(case_events.c.case_id == kept.case_id, case_events.c.seq == 1)
        event_id = connection.scalars(first).one()
    for name, statement in STATEMENTS.items():
        values = values_for(name, statement, kept, (infant, carer), flag_id, event_id)
        with undone(database) as connection:
            prepare_the_ground(connection, name, values, kept.case_id)
            before = everything(connection)
            plain = connection.execute(with_values(statement, values))
            answers = [tuple(row) for row in plain] if plain.returns_rows else []
            expected = everything(connection)
        with undone(database) as connection:
            prepare_the_ground(connection, name, values, kept.case_id)
            cursor, prepared = connection.connection.cursor(), Prepared(statement, database.engine.dialect)
            if plain.returns_rows:
                assert answers, f"{name} finds nothing here, which proves nothing"
                assert [tuple(row) for row in prepared.all(cursor, values)] == answers, name
                assert tuple(prepared.one(cursor, values) or ()) == answers[0], name
            else:
                assert prepared.run(cursor, values).rowcount == 1, name
            assert everything(connection) == expected, name
            assert (plain.returns_rows or name in TOUCHED) == (before == expected), name


def prepare_the_ground(connection: sa.Connection, name: str, values: Values, case_id: UUID) -> None:
    """What a statement needs to be there that the clinic has not."""
    if name == "end_import":
        begun = {"id": values["id_"], "by": "x", "as_of": DAY, "started_at": NOON_IN_DELHI}
        connection.execute(sa.insert(import_runs).values(**begun))
    if name == "new_record":
        row = {"id": values["case_id"], "service": "s", "reference": "r", "pathway": "p", "state": "x", "version": 1}
        days = {"is_open": True, "opened_on": DAY, "placed_on": DAY, "placed_by": 1}
        connection.execute(sa.insert(cases).values(**row, **days))
    if name == "allocated":
        connection.execute(sa.update(cases).values(clinician=values["clinician"]))
    if name in BESIDE:
        table, known = BESIDE[name]
        of_the_case = {c.name: case_id for c in table.c if c.foreign_keys}
        connection.execute(sa.insert(table).values(**known, **of_the_case))


def test_a_statement_that_lost_its_types_would_be_noticed(database: Database, kept: Receipt) -> None:
    """The control: without the types of the columns the driver's own values come through."""
    statement: ClauseElement = STATEMENTS["case"]
    prepared = Prepared(statement, database.engine.dialect)
    prepared._out.clear()
    with undone(database) as connection:
        values = {"id": kept.case_id}
        expected = connection.execute(with_values(statement, values)).one()
        assert tuple(prepared.one(connection.connection.cursor(), values) or ()) != tuple(expected)


@pytest.mark.damages("writes an event that no case has taken")
@pytest.mark.parametrize(
    "told",
    [
        {"effective_at": None, "role": None, "imported": False, "data": {}, "not_recorded": []},
        {"effective_at": NOON_IN_DELHI, "role": "team", "imported": True, "data": {"day": DAY}, "not_recorded": ["a"]},
        {"effective_at": NIGHT_OF_THE_CLOCKS, "role": "", "imported": True, "data": {"w": "é\n'\\"},
         "not_recorded": ["a", "b"]},
    ],
    ids=["nothing", "everything", "odd letters"],
)  # fmt: skip
def test_what_is_written_comes_back_as_it_was(database: Database, kept: Receipt, told: dict[str, Any]) -> None:
    event: dict[str, Any] = {
        "case_id": kept.case_id, "seq": 50, "id": UUID(int=5), "trigger": "t", "from_state": "a", "to_state": "b",
        "actor": "a", "via": "v", "effective_on": date(2024, 2, 29), "recorded_at": NOON_IN_DELHI, "pathway": "p",
        "request_id": None, "salt": SEAL[:16], "data_digest": None, "digest": SEAL, "mac": None, "key_id": None, **told,
    }  # fmt: skip
    with undone(database) as connection:
        Prepared(STATEMENTS["new_event"], database.engine.dialect).run(connection.connection.cursor(), event)
        row = connection.execute(sa.select(case_events).where(case_events.c.seq == 50)).mappings().one()
    days = {name: value.isoformat() if isinstance(value, date) else value for name, value in event["data"].items()}
    assert dict(row) == {**event, "data": days}
    for name in ("recorded_at", "effective_at"):
        assert row[name] is None or row[name].tzinfo is UTC


def test_an_instant_without_a_zone_is_not_written(database: Database, kept: Receipt) -> None:
    prepared = Prepared(STATEMENTS["new_import"], database.engine.dialect)
    naive = NOON_IN_DELHI.replace(tzinfo=None)
    values = {"id": uuid4(), "by": "x", "as_of": DAY, "started_at": naive, "finished_at": None, "counts": None}
    with undone(database) as connection, pytest.raises(ValueError, match="time zone"):
        prepared.run(connection.connection.cursor(), values)


def test_no_rows_are_written_by_no_statement(database: Database, kept: Receipt) -> None:
    with undone(database) as connection:
        before = everything(connection)
        Prepared(STATEMENTS["new_case"], database.engine.dialect).run_many(connection.connection.cursor(), ())
        assert everything(connection) == before
