"""What the tests share: a clinic on each database, a clock wound by hand, people in each role, and what was logged.

After every test that used a database, its cases are held to `tests.invariants`. A test that breaks the rules itself
says so: `@pytest.mark.damages("why")`.
"""

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
import structlog
from hypothesis import settings
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs
from structlog.typing import Processor

from casework import Actor, Casework
from casework.audit.keys import AuditKeys, new_keys, read_keys
from casework.audit.relay import Relay
from casework.calendar import LONDON, london_day
from jobs import logs
from persistence import Database
from tests import order, promises
from tests.invariants import broken_rules
from tests.postgres import drop_database, new_database, session_server
from workflows import Role

settings.register_profile("casework", deadline=None, print_blob=True)
settings.load_profile("casework")

KEYS = read_keys(os.environ.setdefault("CASEWORK_TESTS_AUDIT_KEYS", new_keys(date(2026, 1, 1))))
"""The secrets of the clinic's audit, new in each run. The processes that a test starts have them from it."""

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
"""A Monday morning at the clinic."""


def pytest_configure(config: pytest.Config) -> None:
    promises.pytest_configure(config)
    config.addinivalue_line("markers", "damages(why): breaks what is kept, so it is not held to the rules afterwards")


promise = promises.promise


def pytest_collection() -> None:
    """A million objects of five thousand tests stay to the end: whoever looks for garbage need not look at them."""
    gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order.longest_first(items)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    promises.pytest_addoption(parser)


class Clock:
    """The time of day, as the test says it is."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    @property
    def today(self) -> date:
        return london_day(self.now)

    def advance(self, days: int = 0, *, hours: float = 0) -> None:
        """So many days on, at the same time of day in London, whatever the clocks of the land do meanwhile."""
        there = self.now.astimezone(LONDON) + timedelta(days=days)
        self.now = there.astimezone(UTC) + timedelta(hours=hours)

    def set(self, day: date, hour: int = 10) -> None:
        """A day in London, at an hour of the day there."""
        self.now = datetime(day.year, day.month, day.day, hour, tzinfo=LONDON).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Actors:
    """One person a role: `actors[Role.DUTY]`; and one who has them all."""

    by_role: dict[Role, Actor]
    everyone: Actor

    def __getitem__(self, role: Role) -> Actor:
        return self.by_role[role]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def actors() -> Actors:
    alone = {role: Actor(f"the {role.value.replace('_', ' ')}", [role]) for role in Role}
    return Actors(alone, Actor("everyone", Role))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Runs a test on both. `@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)` runs it on one."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of its own with the tables of this version and nothing in them."""
    if database_kind == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_file"), tmp_path / "clinic.db")
        yield f"sqlite:///{tmp_path / 'clinic.db'}"
        return
    server = session_server()
    url = new_database(server, copy_of=request.getfixturevalue("migrated_url"))
    yield url
    drop_database(server, url)


@pytest.fixture
def database(database_url: str, clock: Clock, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Where a test reads the log, lines are told at once and nothing is signed: a clinic's relay does so by itself."""
    kept = Database(database_url, KEYS.macs)
    if "log_lines" in request.fixturenames:
        kept.owed = Relay(kept.audit, AuditKeys(KEYS.macs), now=clock).run
    yield kept
    try:
        if request.node.get_closest_marker("damages") is None:
            broken = broken_rules(kept)
            assert not broken, "\n".join(broken)
    finally:
        kept.close()


@pytest.fixture
def casework(database: Database, clock: Clock) -> Casework:
    return Casework(database, clock)


@pytest.fixture
def log_lines() -> Iterator[list[Any]]:
    """The lines of the audit as they are written, each as a dict, those of the test alone."""
    with captured() as lines:
        yield lines


@contextmanager
def captured(first: Processor = merge_contextvars) -> Iterator[list[Any]]:
    """The lines that are written meanwhile. The configuration is put back as it was, also where there was none."""
    was_configured = structlog.is_configured()
    try:
        with capture_logs([first]) as lines:
            yield lines
    finally:
        if not was_configured:
            structlog.reset_defaults()


def unheard() -> AbstractContextManager[list[Any]]:
    """Lines by the thousand are dropped meanwhile."""
    return captured(_dropped)


def _dropped(_logger: object, _level: str, _line: object) -> NoReturn:
    raise structlog.DropEvent


@pytest.fixture(autouse=True)
def log_as_it_was() -> Iterator[None]:
    """Loggers are kept once made, and the list of processors with them: a new list is one that they do not know, and
    whoever wants to read the log in a later test reads nothing. So the log is set up by `jobs.logs` alone. Where a
    command that ended sent its lines, none of a later test go."""
    was_configured, before = structlog.is_configured(), structlog.get_config()
    yield
    now = structlog.get_config()
    if was_configured:
        assert now["processors"] is before["processors"], "a test set the log up anew: see captured() and unheard()"
    elif structlog.is_configured():
        assert now["cache_logger_on_first_use"], "a test set the log up: see captured() and unheard()"
    if structlog.is_configured():
        logs.send_to(None)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The empty clinic on SQLite that the others are copied from."""
    path = tmp_path_factory.mktemp("template") / "clinic.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_url() -> str:
    """The empty clinic on PostgreSQL that the others are copied from."""
    url = new_database(session_server())
    _migrate(url)
    return url


def _migrate(url: str) -> None:
    database = Database(url)
    database.upgrade()
    database.close()
