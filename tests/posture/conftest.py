"""Clinics that keep every rule of the production profile, so that a test breaks exactly one."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from casework.posture import Keys
from persistence import Database
from tests.postgres import OVERRIDE, PostgresServer, address, new_database, postgres_server
from tests.posture.servers import ROLE, Clinic, clinic_of

BOTH_KEYS = Keys(mac=True, checkpoint=True)


@pytest.fixture
def file(migrated_file: Path, tmp_path: Path) -> Path:
    """A SQLite database for its owner alone."""
    path = tmp_path / "clinic.db"
    path.touch(0o600)
    path.write_bytes(migrated_file.read_bytes())
    return path


@pytest.fixture
def on_sqlite(file: Path) -> Iterator[Database]:
    """In production, with its keys."""
    database = Database(f"sqlite:///{file}", production=True)
    database.gate.keys = BOTH_KEYS
    yield database
    database.close()


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of our own that waits for its disk. Its superuser is `postgres`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(OVERRIDE, raising=False)
        with postgres_server(fsync=True) as started:
            with psycopg.connect(address(started.url.set(drivername="postgresql")), autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(ROLE)))
            yield started


@pytest.fixture(scope="module")
def template(server: PostgresServer) -> str:
    """An empty clinic whose tables belong to `postgres`."""
    url = new_database(server)
    owner = Database(url, production=False)
    owner.upgrade()
    owner.close()
    return url


@pytest.fixture
def clinic(server: PostgresServer, template: str) -> Clinic:
    return clinic_of(new_database(server, copy_of=template))


@pytest.fixture
def on_postgresql(clinic: Clinic) -> Iterator[Database]:
    """As the role of casework, in production, with its keys."""
    database = Database(address(clinic.role), production=True)
    database.gate.keys = BOTH_KEYS
    yield database
    database.close()
