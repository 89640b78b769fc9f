"""Clinics for the command line to work on: in a file or on a server, empty or with the sample caseload."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from casework import Casework, with_every_role
from casework.audit.relay import Relay
from casework.intake.importing import import_caseload
from persistence import Database
from tests.conftest import captured
from tests.jobs.line import DAY, EVENING, SAMPLE, Line
from tests.postgres import drop_database, new_database, session_server

SETTINGS = (
    *("CASEWORK_DATABASE_URL", "CASEWORK_LOG", "CASEWORK_PROFILE"),
    *("CASEWORK_AUDIT_KEYS", "CASEWORK_AUDIT_KEYS_FILE", "NO_COLOR", "COLUMNS"),
)


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the settings nor the folder of whoever runs the tests."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Line:
    """A clinic with tables and nothing in them, on each database."""
    return Line(database_url, tmp_path)


@pytest.fixture
def clinic(loaded_file: Path, tmp_path: Path) -> Line:
    """A clinic with the sample caseload after its first night, on SQLite."""
    shutil.copyfile(loaded_file, tmp_path / "clinic.db")
    return Line(f"sqlite:///{tmp_path / 'clinic.db'}", tmp_path)


@pytest.fixture
def either_clinic(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Line]:
    """The same, on each database."""
    if database_kind == "sqlite":
        yield request.getfixturevalue("clinic")
        return
    server = session_server()
    url = new_database(server, copy_of=request.getfixturevalue("loaded_url"))
    yield Line(url, tmp_path)
    drop_database(server, url)


@pytest.fixture(scope="session")
def loaded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("loaded") / "clinic.db"
    _load(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def loaded_url() -> str:
    url = new_database(session_server())
    _load(url)
    return url


def _load(url: str) -> None:
    database = Database(url)
    database.upgrade()
    clinic = Casework(database, lambda: EVENING)
    import_caseload(clinic, SAMPLE, with_every_role("Sam Loader", "command_line"), as_of=DAY)
    clinic.night(DAY)
    with captured():
        Relay(database.audit).run()
    database.close()


@pytest.fixture(scope="session")
def private_words() -> set[str]:
    """What the sample says of families and referrers. Dates of birth are days on which other things happened too."""
    columns = ["infant_name", "infant_nhs_number", "carer_name", "carer_nhs_number", "postcode"]
    columns += ["referrer_name", "referrer_contact", "referrer_words"]
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        return {row[name] for row in csv.DictReader(file) for name in columns if len(row[name]) > 4}
