"""Settings from the line and the environment, and what is built from them. Here a database URL meets the use-cases."""

import gc
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from casework import limits
from casework.audit.keys import NOTHING_GIVEN, AuditKeys, read_keys
from casework.errors import BadRequest
from casework.posture import Keys
from jobs import logs
from persistence import Database
from workflows import registry
from workflows.services.reading import UnreadableService

DEFAULT_DATABASE = "sqlite:///casework.db"
LOG_FILE = "casework.log"


@dataclass(frozen=True, slots=True)
class Settings:
    """`log` is the file that somebody named for the log; None where nobody did.

    `production` is None where CASEWORK_PROFILE says it.
    """

    database: str
    log: Path | None = None
    production: bool | None = None
    keys: AuditKeys = NOTHING_GIVEN

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
        keys=audit_keys(),
    )


def audit_keys() -> AuditKeys:
    """From CASEWORK_AUDIT_KEYS, which holds them, or CASEWORK_AUDIT_KEYS_FILE, which says where they are."""
    if text := os.environ.get("CASEWORK_AUDIT_KEYS"):
        return read_keys(text)
    place = os.environ.get("CASEWORK_AUDIT_KEYS_FILE")
    return keys_in(Path(place)) if place else NOTHING_GIVEN


def keys_in(place: Path) -> AuditKeys:
    """Raises `BadRequest` where the file cannot be read, or holds something else."""
    try:
        return read_keys(place.read_text("ascii"))
    except OSError as problem:
        why = problem.strerror
        raise BadRequest(
            "audit_keys_not_readable", f"The file of audit keys {place} cannot be read ({why}).", "audit_keys"
        ) from None
    except UnicodeDecodeError:
        raise BadRequest("bad_audit_keys", f"{place} is no file of audit keys.", "audit_keys") from None


def add_services() -> None:
    """The services of the folder that CASEWORK_SERVICES names, beside those that casework brings.

    Raises `BadRequest` with everything that is wrong with their documents.
    """
    if place := os.environ.get("CASEWORK_SERVICES"):
        try:
            registry.load(Path(place))
        except UnreadableService as unreadable:
            raise BadRequest("bad_service_document", str(unreadable), "services") from None


def open_log(chosen: Settings) -> None:
    """Lines of the log would drown a person at a terminal, so there they go to a file beside the database."""
    if chosen.log is None:
        return logs.send_to(chosen.folder / LOG_FILE if sys.stderr.isatty() else None)
    try:
        return logs.send_to(chosen.log, at_once=True)
    except logs.LogNotWritable as problem:
        why = problem.strerror
        place = limits.path(str(chosen.log))
        raise BadRequest("log_not_writable", f"The log {place} cannot be appended to ({why}).", "log") from None
    except ValueError:  # a name with a NUL or half a letter in it
        raise BadRequest("log_not_writable", "The log cannot be appended to: its name is none.", "log") from None


@cache
def everything_is_loaded() -> None:
    """What a program has loaded stays to its end. To look for garbage among it took a sixth of an import."""
    gc.freeze()


def database(chosen: Settings) -> Database:
    """Opens nothing. Raises `StorageError` for a URL that is none, `BadRequest` for a profile that is none."""
    everything_is_loaded()
    open_log(chosen)
    opened = Database(chosen.database, chosen.keys.macs, production=chosen.production)
    opened.gate.keys = Keys(mac=chosen.keys.macs.current is not None, checkpoint=chosen.keys.signing is not None)
    return opened
