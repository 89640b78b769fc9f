"""One night at a time, whoever starts it: a lease by the clock of the database, with a token that grows.

The token is checked in every transaction of a night. Who was stopped, and wakes after another has taken over, finds
that the token has grown and writes nothing more.
"""

from datetime import UTC, datetime

import sqlalchemy as sa

from casework.errors import NightHeld, NightLost
from casework.ledger import LeaseState
from persistence.dialects import database_ms
from persistence.night_tables import leases

NAME = "night"
LEASE_MS = 60_000
"""How long a night may be silent before another may take over. Every batch renews it."""

_OURS = leases.c.name == NAME


def take(connection: sa.Connection, holder: str) -> int:
    """The token of the new lease. Raises `NightHeld` where another's still runs, or is being renewed at this moment."""
    if connection.execute(sa.select(leases.c.token).where(_OURS).with_for_update(skip_locked=True)).first() is None:
        held = state(connection)
        raise NightHeld(held.holder or "another", held.since)
    free = sa.or_(leases.c.holder.is_(None), leases.c.until_ms < database_ms())
    taken = sa.update(leases).where(_OURS, free).values(holder=holder, token=leases.c.token + 1, **_from_now())
    if connection.execute(taken).rowcount != 1:
        held = state(connection)
        raise NightHeld(held.holder or "another", held.since)
    return int(connection.scalar(sa.select(leases.c.token).where(_OURS)) or 0)


def keep(connection: sa.Connection, token: int) -> None:
    """Inside each transaction of a night, first of all. Raises `NightLost` where the lease has passed to another."""
    renewed = sa.update(leases).where(_OURS, leases.c.token == token).values(until_ms=_from_now()["until_ms"])
    if connection.execute(renewed).rowcount != 1:
        raise NightLost


def give_back(connection: sa.Connection, token: int) -> None:
    connection.execute(sa.update(leases).where(_OURS, leases.c.token == token).values(holder=None, until_ms=0))


def state(connection: sa.Connection) -> LeaseState:
    row = connection.execute(sa.select(leases, database_ms().label("now_ms")).where(_OURS)).one()
    if row.holder is None:
        return LeaseState(None, row.token, None, None, alive=False)
    return LeaseState(row.holder, row.token, _instant(row.taken_ms), _instant(row.until_ms), row.until_ms >= row.now_ms)


def _from_now() -> dict[str, sa.ColumnElement[int]]:
    return {"taken_ms": database_ms(), "until_ms": database_ms() + LEASE_MS}


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
