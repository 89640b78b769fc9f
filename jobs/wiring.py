"""Settings from the line and the environment, and what is built from them. Here a database URL meets the use-cases."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from casework.errors import BadRequest
from jobs import logs
from persistence import Database

DEFAULT_DATABASE = "sqlite:///casework.db"
LOG_FILE = "casework.log"


@dataclass(frozen=True, slots=True)
class Settings:
    """`log` is the file that somebody named for the log; None where nobody did."""

    database: str
    log: Path | None = None

    @property
    def folder(self) -> Path:
        """Where the database stands, as far as its URL says: files that belong to it are put beside it."""
        scheme, _, path = self.database.partition(":///")
        return Path(path.partition("?")[0]).parent if scheme.startswith("sqlite") else Path()


def settings(database: str | None = None, log: str | None = None) -> Settings:
    """What was said on the line, else in the environment, else the default."""
    place = log or os.environ.get("CASEWORK_LOG")
    return Settings(
        database or os.environ.get("CASEWORK_DATABASE_URL") or DEFAULT_DATABASE,
        Path(place) if place else None,
    )


def open_log(chosen: Settings) -> None:
    """Lines of the log would drown a person at a terminal, so there they go to a file beside the database."""
    if chosen.log is None:
        return logs.send_to(chosen.folder / LOG_FILE if sys.stderr.isatty() else None)
    try:
        return logs.send_to(chosen.log, at_once=True)
    except logs.LogNotWritable as problem:
        why = problem.strerror
        raise BadRequest("log_not_writable", f"The log {chosen.log} cannot be appended to ({why}).", "log") from None


def database(chosen: Settings) -> Database:
    """Opens nothing. Raises `StorageError` for a URL that is none."""
    open_log(chosen)
    return Database(chosen.database)
