"""For tests of programs that work by themselves: to wait for them, to meet them at work, and what they left."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from casework import Casework
from jobs.scheduler import NightService
from persistence import Database
from workflows.registry import CURRENT

PATIENCE = 60
COUNTING = """
CREATE TRIGGER slow AFTER INSERT ON flags BEGIN
  SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :far) SELECT i FROM n);
END
"""


def until(so: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Returns once it is so; fails where it never is."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, f"it was not so within {seconds} s"
        time.sleep(0.02)


@contextmanager
def at_work(service: NightService) -> Iterator[NightService]:
    service.start()
    try:
        yield service
    finally:
        service.stop()


def ledger(casework: Casework) -> Counter[tuple[str, date, str]]:
    return Counter((run.service, run.as_of, run.state) for run in casework.nights.runs(most=10_000))


def each_once(first: date, last: date) -> Counter[tuple[str, date, str]]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return Counter((service, day, "complete") for service in CURRENT for day in days)


def events(lines: list[Any]) -> Counter[str]:
    return Counter(line["event"] for line in lines)


def named(lines: list[Any], name: str) -> list[dict[str, Any]]:
    return [line for line in lines if line["event"] == name]


@contextmanager
def away(database: Database) -> Iterator[None]:
    """A server that turns everybody away, or a file that another writer does not let go."""
    if database.is_sqlite:
        with database.engine.connect().execution_options(writes=True) as connection, connection.begin() as writing:
            yield
            writing.rollback()
        return
    name = database.url.database
    server = sa.create_engine(database.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    allow = "ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}"
    with server.connect() as connection:
        connection.execute(sa.text(allow.format(name, "false")))
        hang_up = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(sa.text(hang_up), {"name": name})
        try:
            yield
        finally:
            connection.execute(sa.text(allow.format(name, "true")))
    server.dispose()


@contextmanager
def slow_flags(database: Database, seconds: float) -> Iterator[None]:
    """Every flag that is raised takes about so long, so that a small night is as long as a great one."""
    statements = _on_sqlite(seconds) if database.is_sqlite else _on_postgresql(seconds)
    for statement in statements:
        execute(database, statement)
    try:
        yield
    finally:
        execute(database, "DROP TRIGGER slow" if database.is_sqlite else "DROP TRIGGER slow ON flags")


def _on_sqlite(seconds: float) -> list[str]:
    """SQLite cannot sleep, so it counts."""
    return [COUNTING.replace(":far", str(round(seconds * 4_000_000)))]


def _on_postgresql(seconds: float) -> list[str]:
    body = f"BEGIN PERFORM pg_sleep({seconds}); RETURN NEW; END"
    return [
        f"CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        "CREATE TRIGGER slow AFTER INSERT ON flags FOR EACH ROW EXECUTE FUNCTION slow()",
    ]


def execute(database: Database, statement: str) -> None:
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text(statement))
