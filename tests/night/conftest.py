"""Databases to do harm to: copies of one that was prepared, and gone after the test."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from persistence import Database
from tests.postgres import drop_database, new_database, session_server

Prepare = Callable[[Database], None]


class Copies:
    """Copies of prepared databases, each made once for all tests of a process; `each` is dropped when it is given up.

    A model is known by the module and the name of what prepared it.
    """

    def __init__(self, folder: Path, empty: Callable[[str], str]) -> None:
        self._folder, self._empty = folder, empty
        self._numbers, self._models = count(), dict[tuple[str, str], str]()
        self._made: list[str] = []

    def of(self, kind: str, prepare: Prepare) -> str:
        """The URL of a database of a kind (`sqlite`, `postgresql`) that stands as it was prepared."""
        model = self._models.get((kind, _name(prepare))) or self._model(kind, prepare)
        copy = self._copy(model)
        self._made.append(copy)
        return copy

    def _model(self, kind: str, prepare: Prepare) -> str:
        url = self._copy(self._empty(kind))
        database = Database(url)
        prepare(database)
        database.close()
        self._models[kind, _name(prepare)] = url
        return url

    def _copy(self, url: str) -> str:
        if not url.startswith("sqlite"):
            return new_database(session_server(), copy_of=url)
        file = self._folder / f"clinic{next(self._numbers)}.db"
        shutil.copyfile(url.removeprefix("sqlite:///"), file)
        return f"sqlite:///{file}"

    def give_up(self) -> None:
        for url in self._made:
            if url.startswith("sqlite"):
                for file in Path(url.removeprefix("sqlite:///")).parent.glob(f"{Path(url).name}*"):
                    file.unlink()
            else:
                drop_database(session_server(), url)
        self._made.clear()


def _name(prepare: Prepare) -> str:
    return f"{prepare.__module__}.{prepare.__qualname__}"


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Copies:
    def empty(kind: str) -> str:
        if kind == "postgresql":
            return str(request.getfixturevalue("migrated_url"))
        return f"sqlite:///{request.getfixturevalue('migrated_file')}"

    return Copies(tmp_path_factory.mktemp("nights"), empty)


@pytest.fixture
def copies(models: Copies) -> Iterator[Copies]:
    yield models
    models.give_up()


@pytest.fixture(autouse=True)
def quietly(log_lines: list[Any]) -> None:
    """Thousands of flags are told to the log, and not to the terminal."""
