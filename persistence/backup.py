"""A copy of a SQLite database while it is in use: taken at one moment, proved whole, then put in its place.

Never the file by itself: what was committed last stands in the file beside it, and a copy without that passes every
check of SQLite. Never in steps: a copy in steps begins again at each write of another process. (Research on
reliability, 1j.)
"""

import hashlib
import os
import random
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import sqlalchemy as sa

from casework import Casework
from casework.errors import BadRequest, StorageError
from persistence import faults
from persistence.database import Database

MOST_REPLAYED = 1_000
"""Referrals whose events are folded again in the copy. Of more than these, so many are drawn by lot."""

ONLY_SQLITE = (
    "This is PostgreSQL, which is backed up by its own programs: pg_basebackup, or pg_dump. "
    "casework/docs/backup.md has the commands, and the drill that proves them."
)


@dataclass(frozen=True, slots=True)
class Backup:
    """What was copied and what was proved of it. `rows`: of each table, so many in the copy and at that moment here.

    `replayed` of `cases` referrals were folded again, every one of them where there are not many; none where the
    tables are of another version, or the copy is only planned. `sha256` is of the file.
    """

    file: Path
    revision: str
    rows: Mapping[str, int]
    cases: int
    replayed: int
    size: int = 0
    sha256: str = ""
    seconds: float = 0.0
    dry_run: bool = False


def back_up(database: Database, file: Path, *, dry_run: bool = False) -> Backup:
    """The file is there as a whole and proved, for its owner alone, or it is not there.

    Raises `BadRequest` where it cannot be put there or the database is PostgreSQL; `StorageError` where the database
    cannot be read, or the copy does not prove whole (`backup_not_whole`).
    """
    began = time.perf_counter()
    source = _source(database)
    _check_place(file)
    with faults.translated():
        revision = database.revision()[0]
        if revision is None:
            raise faults.storage_error("not_migrated")
        if dry_run:
            rows = _rows_of(source)
            return Backup(file, revision, rows, rows.get("cases", 0), 0, dry_run=True)
        with _beside(file) as draft:
            rows = _copy(source, draft)
            replayed = _proved(draft, revision, rows)
            size, digest = _settle(draft)
            _put(draft, file)
    seconds = time.perf_counter() - began
    return Backup(file, revision, rows, rows.get("cases", 0), replayed, size, digest, seconds)


def before_upgrade(database: Database, instant: str) -> Path | None:
    """Where the backup goes that an upgrade makes first; None where there is nothing to be lost.

    Beside the database, with the revision of its tables and the instant in its name.
    """
    if not database.is_sqlite or not Path(str(database.url.database)).exists():
        return None
    revision = database.revision()[0]
    if revision is None or not database.upgrade(dry_run=True):
        return None
    file = Path(str(database.url.database))
    return file.with_name(f"{file.stem}.at-{revision}.{instant}.backup.db")


def _source(database: Database) -> Path:
    if not database.is_sqlite:
        raise BadRequest("backup_by_the_server", ONLY_SQLITE, "database")
    return Path(str(database.url.database))


def _check_place(file: Path) -> None:
    if file.exists():
        raise BadRequest("backup_exists", "There is a file of that name already, and it is not overwritten.", "file")
    if not file.parent.is_dir() or not os.access(file.parent, os.W_OK | os.X_OK):
        raise _not_writable("no folder of ours")
    if "?" in str(file.absolute()):
        raise _not_writable("a question mark ends the path in the URL of a database")


def _not_writable(why: str | None) -> BadRequest:
    return BadRequest("backup_not_writable", f"The backup cannot be written there ({why}).", "file")


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A draft in the folder of the file, so that it can take its name at once. Nothing of it stays behind."""
    draft = file.with_name(f".{uuid4().hex}.draft")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        yield draft
    except OSError as problem:
        raise _not_writable(problem.strerror) from None
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                draft.with_name(draft.name + end).unlink()


def _copy(source: Path, draft: Path) -> dict[str, int]:
    """In one go, within one read transaction: what it counted is what was copied, whoever writes meanwhile."""
    with closing(_opened(source, "ro")) as ours, closing(_opened(draft, "rw")) as theirs:
        ours.execute("BEGIN")
        rows = _counted(ours)
        ours.backup(theirs, pages=-1)
        ours.execute("ROLLBACK")
        theirs.execute("PRAGMA journal_mode=DELETE")
    return rows


def _opened(file: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
    connection.execute("PRAGMA busy_timeout=5000")
    return connection


def _rows_of(file: Path) -> dict[str, int]:
    with closing(_opened(file, "ro")) as connection:
        return _counted(connection)


def _counted(connection: sqlite3.Connection) -> dict[str, int]:
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"
    tables = [str(row[0]) for row in connection.execute(named)]
    count = sa.func.count()
    asked = {name: str(sa.select(count).select_from(sa.table(name))) for name in tables}
    return {name: int(connection.execute(query).fetchone()[0]) for name, query in asked.items()}


def _proved(draft: Path, revision: str, rows: Mapping[str, int]) -> int:
    """How many referrals were folded again. Raises `StorageError` where the copy is not what was there."""
    with closing(_opened(draft, "rw")) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise _not_whole("SQLite finds it damaged")
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise _not_whole("a row lacks the one it belongs to")
        if _counted(connection) != rows:
            raise _not_whole("its tables have other numbers of rows")
    with closing(Database(f"sqlite:///{draft}", production=False)) as copy:
        found, head = copy.revision()
        if found != revision:
            raise _not_whole("it is of another revision")
        return _replayed(Casework(copy)) if found == head else 0


def _replayed(clinic: Casework) -> int:
    ids: Sequence[UUID] = list(clinic.case_ids())
    chosen = ids if len(ids) <= MOST_REPLAYED else random.SystemRandom().sample(ids, MOST_REPLAYED)
    differing = sum(1 for case_id in chosen if clinic.replay(case_id)[1])
    if differing:
        raise _not_whole(f"{differing} of {len(chosen)} referrals differ from their events")
    return len(chosen)


def _not_whole(why: str) -> StorageError:
    return StorageError(
        "backup_not_whole",
        f"The copy is not whole: {why}. It was thrown away. Run casework doctor on the database, and try again.",
    )


def _settle(draft: Path) -> tuple[int, str]:
    """One file that needs no other beside it, on the disk. Its size and its digest."""
    with closing(_opened(draft, "rw")) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    digest = hashlib.sha256()
    with draft.open("r+b") as written:
        while block := written.read(1 << 20):
            digest.update(block)
        os.fsync(written.fileno())
    return draft.stat().st_size, digest.hexdigest()


def _put(draft: Path, file: Path) -> None:
    """Under its name, and never over another: a second of that name that came meanwhile stays."""
    try:
        os.link(draft, file)
    except FileExistsError:
        raise BadRequest("backup_exists", "There is a file of that name already, and it stays.", "file") from None
    except OSError:  # a file system that knows no second name for a file
        _check_place(file)
        draft.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
