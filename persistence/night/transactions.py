"""How a night speaks to its database: short transactions, each of them under the lease."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from casework.errors import NightStopped
from casework.ledger import Stop
from persistence.night import lease
from persistence.transactions import reading, writing

BATCH = 2_000
"""Flags in one transaction on SQLite. On PostgreSQL a rule is raised in one: a batch is no faster and spares nobody."""

FEW = 1_000
"""On SQLite, so many that are found at once stand close together: the batch is a stretch from the first of them on."""

LONG_SECONDS, PAUSE_SECONDS = 0.02, 0.01
"""On SQLite, after a batch that held the lock for long: else the night has it again before a waiting writer wakes."""

ASLEEP = "60s"
"""On PostgreSQL: after so long without a word the server ends the transaction of a night that was stopped in it."""


@dataclass(slots=True)
class Transactions:
    """The engine with what each batch owes: the lease, the pause, the planner's settings, the wish to stop."""

    engine: sa.Engine
    token: int
    stop: Stop

    @property
    def one_writer(self) -> bool:
        """SQLite: whoever writes keeps all others from writing."""
        return self.engine.dialect.name == "sqlite"

    @property
    def limit(self) -> int | None:
        """How many flags one statement may raise; None: as many as there are."""
        return BATCH if self.one_writer else None

    @contextmanager
    def batch(self) -> Iterator[sa.Connection]:
        """One transaction under the lease. Raises `NightStopped` before it and `NightLost` in it."""
        if self.stop():
            raise NightStopped
        began = time.perf_counter()
        with writing(self.engine) as connection:
            settle(connection)
            lease.keep(connection, self.token)
            yield connection
        if self.one_writer and time.perf_counter() - began > LONG_SECONDS:
            time.sleep(PAUSE_SECONDS)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with reading(self.engine) as connection:
            settle(connection)
            yield connection

    def found_first(self, found: sa.Select[Any]) -> Sequence[sa.Row[Any]] | None:
        """The first few of what is to be done; None on PostgreSQL, where nobody waits for who looks.

        SQLite has one lock for all writers. It is not taken to search: what was found is looked at again under it.
        """
        if not self.one_writer:
            return None
        with self.reading() as connection:
            return connection.execute(found.limit(FEW)).all()


def settle(connection: sa.Connection) -> None:
    """How a night is planned. Statistics of `flags` may be from before its first night: PostgreSQL would then read it
    anew for each case. And a plan that is priced so high is compiled first, which takes longer than to run it.
    """
    if connection.dialect.name == "postgresql":
        for setting in ("enable_nestloop = off", "jit = off", f"idle_in_transaction_session_timeout = '{ASLEEP}'"):
            connection.execute(sa.text(f"SET LOCAL {setting}"))
