"""The rules of the production profile as tables. An id stays with its rule for good."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from casework.posture.facts import PostgresFacts, SqliteFacts, Surroundings
from workflows.dates import british

CLOCK_APART_SECONDS = 2.0
"""How far our clock may be from that of a server. Source: research on reliability, D24."""

OTHERS = 0o137
"""The bits that the file of a database must not have: 0600 and 0640 pass, 0660 and 0644 do not."""

NETWORK = re.compile(
    r"(nfs\d?|cifs|smb\w*|9p|afs|ceph|lustre|gfs2?|ocfs2|beegfs|glusterfs|davfs2?|ncpfs|coda|vboxsf|virtiofs|drvfs"
    r"|fuse\.(sshfs|glusterfs|ceph|s3fs|rclone|vmhgfs-fuse|davfs2?|smbnetfs))",
)
"""File systems on which locks and shared memory are not those of one machine."""


class Status(StrEnum):
    OK = "ok"
    WARNING = "warning"
    REFUSED = "refused"


F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Rule(Generic[F]):
    """`found` is what speaks against it, without any value of a family; empty where the rule is kept."""

    id: str
    name: str
    says: str
    found: Callable[[F], str]
    do: str
    weight: Status = Status.REFUSED


def has_wal_reset_bug(version: tuple[int, int, int]) -> bool:
    """Whether two processes that write may lose what was committed. Source: sqlite.org/wal.html, "WAL-reset bug".

    From 3.7.0 to 3.51.2, mended in 3.44.6 and in 3.50.7 of those lines. A distribution may have mended its own
    without a new number; that cannot be seen.
    """
    if version[:2] in _MENDED:
        return version[2] < _MENDED[version[:2]]
    return (3, 7, 0) <= version < (3, 51, 3)


_MENDED = {(3, 44): 6, (3, 50): 7}


def _schema(around: Surroundings) -> str:
    at = f"at revision {around.revision}" if around.revision else "not there"
    return "" if around.revision == around.head else f"The tables are {at}; this version needs {around.head}"


def _debugging(around: Surroundings) -> str:
    return f"Debugging is on: {', '.join(around.debugging)}" if around.debugging else ""


def _holidays(around: Surroundings) -> str:
    ended = around.today > around.bank_holidays_until
    return f"Bank holidays are known until {british(around.bank_holidays_until)} only" if ended else ""


OF_ALL: tuple[Rule[Surroundings], ...] = (
    Rule("G01", "schema_at_head", "The tables are those of this version.", _schema, "Run: casework db upgrade"),
    Rule(
        "G02",
        "debugging_off",
        "No debugging is on.",
        _debugging,
        "Switch it off: it may write what families said to a log, and it makes every step slow.",
    ),
    Rule(
        "G03",
        "chain_key",
        "The chain of events has its key.",
        lambda around: "" if around.keys.mac else "The key of the chain of events is not there",
        "Set CASEWORK_AUDIT_KEYS or CASEWORK_AUDIT_KEYS_FILE: without it nobody can prove who wrote an event.",
    ),
    Rule(
        "G04",
        "checkpoint_key",
        "Checkpoints have the key that signs them.",
        lambda around: "" if around.keys.checkpoint is not False else "The key that signs checkpoints is not there",
        "Set it beside that of the chain: without it an event that was cut off at the end is not missed.",
    ),
    Rule(
        "G05",
        "bank_holidays_known",
        "Bank holidays are known today.",
        _holidays,
        "Upgrade casework: waits in working days are wrong after that day.",
        Status.WARNING,
    ),
)


def _durability(facts: SqliteFacts) -> str:
    kept = facts.journal_mode == "wal" and facts.synchronous >= _FULL
    return "" if kept else f"SQLite writes with journal_mode={facts.journal_mode}, synchronous={facts.synchronous}"


_FULL = 2


def _rights(facts: SqliteFacts) -> str:
    wide = [f"{name} has {mode:04o}" for name, mode in facts.modes.items() if mode & OTHERS]
    return f"Others than its owner may get at the database: {', '.join(wide)}" if wide else ""


def _bug(facts: SqliteFacts) -> str:
    number = ".".join(str(part) for part in facts.version)
    if not has_wal_reset_bug(facts.version):
        return ""
    return f"SQLite {number} may lose what was committed when two processes write (WAL-reset bug)"


OF_SQLITE: tuple[Rule[SqliteFacts], ...] = (
    Rule(
        "S01",
        "sqlite_durability",
        "A step that was acknowledged is on the disk.",
        _durability,
        "WAL and synchronous=FULL are set by casework; find out what undoes them, or put the file on another disk.",
    ),
    Rule(
        "S02",
        "sqlite_local_disk",
        "The database is on a disk of this machine.",
        lambda facts: f"The database is on {facts.filesystem}" if NETWORK.fullmatch(facts.filesystem) else "",
        "Put it on a local disk, or use PostgreSQL: locks over a network do not hold.",
    ),
    Rule(
        "S03",
        "sqlite_private",
        "Nobody but its owner (and a group that may read) gets at the file.",
        _rights,
        "chmod 600 on the file and those beside it, or 640 for a group that may read.",
    ),
    Rule(
        "S04",
        "sqlite_version",
        "This version of SQLite is not known to lose anything.",
        _bug,
        "One process alone may write, and a lock holds the others off. Use Python with SQLite 3.51.3 or newer.",
        Status.WARNING,
    ),
    Rule(
        "S05",
        "sqlite_one_writer",
        "No other process is in the way of writing.",
        lambda facts: "Another process is writing, and this SQLite cannot have two" if facts.second_writer else "",
        "Stop the other one first, or use PostgreSQL, or SQLite 3.51.3 or newer.",
    ),
)


def _flushed(facts: PostgresFacts) -> str:
    off = [name for name in ("fsync", "full_page_writes") if getattr(facts, name) != "on"]
    return f"The server does not wait for its disk: {', '.join(f'{name} is off' for name in off)}" if off else ""


def _commit(facts: PostgresFacts) -> str:
    strong = facts.synchronous_commit in ("on", "remote_apply")
    return "" if strong else f"A commit is acknowledged early: synchronous_commit={facts.synchronous_commit}"


def _tls(facts: PostgresFacts) -> str:
    if facts.local_socket or facts.sslmode == "verify-full":
        return ""
    return f"The server is reached over a network with sslmode={facts.sslmode}, so anybody may stand in its place"


def _clock(facts: PostgresFacts) -> str:
    if abs(facts.clock_apart) <= CLOCK_APART_SECONDS:
        return ""
    return f"The clocks of this machine and of the server are {abs(facts.clock_apart):.1f} s apart"


def _tables(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


OF_POSTGRESQL: tuple[Rule[PostgresFacts], ...] = (
    Rule(
        "P01",
        "postgresql_not_superuser",
        "The role of casework is no superuser.",
        lambda facts: "The role of casework is a superuser, or may become one" if facts.superuser else "",
        "Give casework a role of its own; casework/docs/operating.md has its grants.",
    ),
    Rule(
        "P02",
        "postgresql_not_owner",
        "The role of casework does not own its tables.",
        lambda facts: f"The role of casework owns {_tables(facts.owns)}" if facts.owns else "",
        "Let another role own them and run casework db upgrade; this one has grants only.",
    ),
    Rule(
        "P03",
        "postgresql_row_security",
        "The role of casework is held by row security.",
        lambda facts: "The role of casework passes row security by (BYPASSRLS)" if facts.bypasses_row_security else "",
        "ALTER ROLE ... NOBYPASSRLS, also of every role that it is a member of.",
    ),
    Rule(
        "P04",
        "postgresql_append_only",
        "The role of casework can add events, and change none.",
        lambda facts: f"The role of casework may change {_tables(facts.may_rewrite)}" if facts.may_rewrite else "",
        "REVOKE UPDATE, DELETE, TRUNCATE on them from it and from every role that it is a member of.",
    ),
    Rule(
        "P05",
        "postgresql_disk",
        "The server waits for its disk.",
        _flushed,
        "Set fsync = on and full_page_writes = on: a power cut would damage the database.",
    ),
    Rule(
        "P06",
        "postgresql_commit",
        "A commit is acknowledged when it is kept.",
        _commit,
        "Set synchronous_commit = on for the server, the database and the role.",
    ),
    Rule(
        "P07",
        "postgresql_standby",
        "A commit waits for a standby.",
        lambda facts: "" if facts.standbys else "No standby is waited for: what this one server loses is lost",
        "Set synchronous_standby_names, such as 'ANY 1 (s1, s2)', or accept the loss of the last moments.",
        Status.WARNING,
    ),
    Rule(
        "P08",
        "postgresql_tls",
        "The server is who it says it is.",
        _tls,
        "Add sslmode=verify-full and sslrootcert=FILE to the URL.",
    ),
    Rule(
        "P09",
        "postgresql_clock",
        "Our clock and that of the server agree.",
        _clock,
        "Set both by NTP: instants and the lease of the night go by them.",
    ),
)
