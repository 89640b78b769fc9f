"""A night as one writes it first: no lease, no ledger, one case after the other. What kills and rivals do to it shows
that they are there."""

from collections import Counter
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from casework import Casework
from casework.flagging import due
from persistence import Database
from persistence.tables import cases
from tests.night.kept import rows
from tests.night.populations import ONE_DAY
from tests.night.shifts import Tell

raised = sa.Table(
    "raised_naively",
    sa.MetaData(),
    sa.Column("case_id", sa.Uuid),
    sa.Column("kind", sa.String(40)),
    sa.Column("raised_on", sa.Date),
)
STATES = ("waiting", "rmg_review")
"""It reads cases as they stand now, so it is asked for those that stood so in the nights before."""

Raised = Counter[tuple[str, str, date]]
"""Reference, kind and day of each flag that was raised."""


def prepare(database: Database, first: date) -> None:
    """As the clinic stands after its real first night: what was open then is not raised again."""
    clinic = Casework(database)
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        raised.create(connection)
        for case_id in clinic.case_ids():
            kinds = [flag.kind for flag in clinic.case_flags(case_id)]
            values = [{"case_id": case_id, "kind": kind, "raised_on": first - ONE_DAY} for kind in kinds]
            connection.execute(sa.insert(raised), values) if values else None


def nights(tell: Tell, url: str, now: datetime) -> None:
    """Each date that is not begun, until today."""
    database = Database(url)
    clinic = Casework(database, lambda: now)
    figure = clinic.nights.lookup()
    tell("begun")
    while (day := rows(database, sa.select(sa.func.max(raised.c.raised_on)))[0][0] + ONE_DAY) <= clinic.today():
        already = {(row.case_id, row.kind) for row in rows(database, sa.select(raised))}
        for case in map(clinic.case, clinic.case_ids()):
            for kind in due(case, day, figure) if case.state in STATES else ():
                if (case.id, kind) not in already:
                    _raise(database, case.id, kind, day)


def _raise(database: Database, case_id: UUID, kind: str, day: date) -> None:
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.insert(raised).values(case_id=case_id, kind=kind, raised_on=day))


def raised_since(database: Database, first: date) -> Raised:
    found = sa.select(cases.c.reference, raised.c.kind, raised.c.raised_on)
    found = found.join(cases, cases.c.id == raised.c.case_id)
    found = found.where(raised.c.raised_on >= first, cases.c.state.in_(STATES))
    return Counter((row[0], row[1], row[2]) for row in rows(database, found))
