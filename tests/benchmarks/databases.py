"""Databases to measure on: filled once, then copied, so that each way begins from the same bytes."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from psycopg import sql
from sqlalchemy import make_url

from persistence import Database
from tests.postgres import PostgresServer, drop_database, new_database, postgres_server


class Engine(Protocol):
    """Where databases come from."""

    name: str

    def fresh(self) -> str:
        """The URL of a new database with tables and no cases."""
        ...

    def copied(self, url: str) -> AbstractContextManager[str]:
        """A copy of one that nobody is connected to, removed after the block."""
        ...


class Sqlite:
    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fresh(self) -> str:
        return _with_tables(self._new())

    @contextmanager
    def copied(self, url: str) -> Iterator[str]:
        copy = self._new()
        shutil.copyfile(str(make_url(url).database), str(make_url(copy).database))
        yield copy
        for file in self._folder.glob(f"{Path(str(make_url(copy).database)).name}*"):
            file.unlink()

    def _new(self) -> str:
        return f"sqlite:///{self._folder / uuid4().hex}.db"


class Postgres:
    name = "PostgreSQL"

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def fresh(self) -> str:
        return _with_tables(new_database(self._server))

    @contextmanager
    def copied(self, url: str) -> Iterator[str]:
        copy = new_database(self._server, copy_of=url)
        self._server.execute(sql.SQL("CHECKPOINT"))
        yield copy
        drop_database(self._server, copy)


def _with_tables(url: str) -> str:
    database = Database(url)
    database.upgrade()
    database.close()
    return url


@contextmanager
def engines(folder: Path) -> Iterator[tuple[Engine, ...]]:
    """Both engines, the PostgreSQL server paying for its flushes."""
    with postgres_server(fsync=True) as server:
        yield Sqlite(folder), Postgres(server)
