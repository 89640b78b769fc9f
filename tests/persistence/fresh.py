"""Empty clinics, one after the other, for a test that needs many."""

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.postgres import new_database, session_server

FreshUrl = Callable[[], str]


def fresh_urls(database_kind: str, folder: Path, request: pytest.FixtureRequest) -> FreshUrl:
    """A function that gives out a migrated database of its own each time."""
    if database_kind == "postgresql":
        model = str(request.getfixturevalue("migrated_url"))
        return lambda: new_database(session_server(), copy_of=model)
    template, numbers = request.getfixturevalue("migrated_file"), count()

    def copy() -> str:
        file = folder / f"clinic{next(numbers)}.db"
        shutil.copyfile(template, file)
        return f"sqlite:///{file}"

    return copy
