"""Databases before their tables are made."""

from pathlib import Path

import pytest

from tests.postgres import new_database, session_server


@pytest.fixture
def empty_url(database_kind: str, tmp_path: Path) -> str:
    """A database on which `casework db upgrade` has not been run."""
    return f"sqlite:///{tmp_path / 'empty.db'}" if database_kind == "sqlite" else new_database(session_server())
