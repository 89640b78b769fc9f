"""What can be wrong with one referral among thousands: done to the tables behind the back of casework, and mended."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from persistence import Database
from persistence.tables import case_clocks, case_events, case_records, cases
from persistence.transactions import writing

Do = Callable[[sa.Connection, UUID], object]
UNREAD, LOST = "could_not_be_evaluated", "not_on_one_worklist"


@dataclass(frozen=True, slots=True)
class Harm:
    """What is done to a referral; the code that the night finds, and the kind of flag by which it says so."""

    do: Do
    code: str
    mark: str
    only_on: str = ""


def behind_the_back(database: Database) -> AbstractContextManager[sa.Connection]:
    return writing(database.engine)


class Mended:
    """The rows of a referral as they are now, to be put back later."""

    def __init__(self, database: Database, case_id: UUID) -> None:
        self._database, self._case_id = database, case_id
        with behind_the_back(database) as connection:
            self._case = connection.execute(sa.select(cases).where(cases.c.id == case_id)).mappings().one()
            self._beside = [(table, self._rows(connection, table)) for table in (case_records, case_clocks)]

    def _rows(self, connection: sa.Connection, table: sa.Table) -> list[dict[str, Any]]:
        found = connection.execute(sa.select(table).where(table.c.case_id == self._case_id))
        return [dict(row) for row in found.mappings()]

    def put_back(self) -> None:
        with behind_the_back(self._database) as connection:
            connection.execute(sa.update(cases).where(cases.c.id == self._case_id).values(**self._case))
            for table, rows in self._beside:
                connection.execute(sa.delete(table).where(table.c.case_id == self._case_id))
                connection.execute(sa.insert(table), rows)
            allow(connection)


def changed(**values: Any) -> Do:
    return lambda connection, case_id: connection.execute(
        sa.update(cases).where(cases.c.id == case_id).values(**values)
    )


def without(table: sa.Table, *only: sa.ColumnElement[bool]) -> Do:
    return lambda connection, case_id: connection.execute(sa.delete(table).where(table.c.case_id == case_id, *only))


def counted_from(text: str) -> Do:
    """SQLite keeps what it is given."""
    no_date: sa.ColumnElement[date] = sa.literal_column(f"'{text}'")
    running = (case_clocks.c.clock == "wait_to_allocation", case_clocks.c.stopped_on.is_(None))
    return lambda connection, case_id: connection.execute(
        sa.update(case_clocks).where(case_clocks.c.case_id == case_id, *running).values(counts_from=no_date)
    )


def refused(event: str = "INSERT", only: str = "") -> Do:
    """The database itself refuses flags of the referral: all, or those of which a condition is true."""
    return lambda connection, case_id: refuse(connection, [case_id], event, only)


def refuse(connection: sa.Connection, ids: Collection[UUID], event: str = "INSERT", only: str = "") -> None:
    listed = ", ".join(f"'{case_id.hex}'" for case_id in ids)
    when = f"NEW.case_id IN ({listed}) {only}"
    if connection.dialect.name == "sqlite":
        no = "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        connection.exec_driver_sql(f"CREATE TRIGGER refusing BEFORE {event} ON flags WHEN {when} {no}")
        return
    no = "RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'refused'; END$$"
    connection.exec_driver_sql(f"CREATE OR REPLACE FUNCTION refuse() {no}")
    each = "FOR EACH ROW WHEN"
    connection.exec_driver_sql(
        f"CREATE TRIGGER refusing BEFORE {event} ON flags {each} ({when}) EXECUTE FUNCTION refuse()"
    )


def allow(connection: sa.Connection) -> None:
    on = "" if connection.dialect.name == "sqlite" else "ON flags"
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS refusing {on}")


def happened(connection: sa.Connection, case_id: UUID) -> None:
    """After all that happened something is recorded that no pathway knows."""
    newest = sa.select(case_events).where(case_events.c.case_id == case_id).order_by(case_events.c.seq.desc())
    event = dict(connection.execute(newest.limit(1)).mappings().one())
    unheard_of = {"id": uuid4(), "seq": event["seq"] + 1, "trigger": "vanish", "effective_at": None}
    connection.execute(sa.insert(case_events).values(**{**event, **unheard_of}))


HARMS: dict[str, Harm] = {
    "its pathway is unknown": Harm(changed(pathway="nowhere@9"), "unknown_pathway", UNREAD),
    "its state is unknown": Harm(changed(state="limbo"), "on_no_worklist", LOST),
    "it is closed where others wait": Harm(
        changed(is_open=False, closed_on=date(2026, 11, 1)), "off_its_worklist", LOST
    ),
    "its answers are gone": Harm(without(case_records), "no_record", UNREAD),
    "no clock runs": Harm(without(case_clocks, case_clocks.c.stopped_on.is_(None)), "clock_missing", UNREAD),
    "its wait began on no day": Harm(counted_from(""), "unreadable_day", UNREAD, "sqlite"),
    "its wait began on a day that never was": Harm(counted_from("2026-02-31"), "unreadable_day", UNREAD, "sqlite"),
    "the database refuses its flags": Harm(refused(), "refused_by_database", ""),
    "the database refuses one flag of it": Harm(
        refused(only="AND NEW.kind = 'wait_8_weeks'"), "refused_by_database", UNREAD
    ),
}
