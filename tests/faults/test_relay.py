"""A server that says nothing any more does not keep the relay: lines stay owed, and somebody can be told."""

import os
import signal

import pytest
import sqlalchemy as sa

from casework import Casework, StorageError
from casework.audit.relay import Relay
from persistence import Database, outbox
from tests.casework.families import LEEDS
from tests.conftest import KEYS, Actors

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


def test_a_server_that_hangs_does_not_keep_the_relay_and_its_lines_are_told_later(
    casework: Casework, database: Database, actors: Actors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "RELAY_SECONDS", 0.5)
    casework.open_case(LEEDS, "take_call", actors.everyone, reference="R-1")
    relay = Relay(database.audit, KEYS)
    with database.engine.connect() as connection:
        server: int = connection.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()
    os.kill(server, signal.SIGSTOP)
    try:
        with pytest.raises(StorageError) as hung:
            relay.run()
        assert hung.value.try_again
    finally:
        os.kill(server, signal.SIGCONT)
    monkeypatch.setattr(outbox, "RELAY_SECONDS", 30)
    assert database.audit.owed().unordered == 1
    assert relay.run() >= 1
    owed = database.audit.owed()
    assert (owed.unordered, owed.untold) == (0, 0)
