"""What is asked of a database and of what is around it before casework writes in the production profile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Keys:
    """Which keys of the audit are there: that of the chain, and that which signs checkpoints."""

    mac: bool = False
    checkpoint: bool | None = None
    """None: this program does not say. A host may leave it to another, which relays and signs."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is asked of every database. `debugging` names the switches that are on."""

    revision: str | None
    head: str
    debugging: tuple[str, ...]
    keys: Keys
    bank_holidays_until: date
    today: date


@dataclass(frozen=True, slots=True)
class SqliteFacts:
    """As a new connection of ours finds it. `modes`: of each file that is there, its rights.

    `second_writer`: this process wants to write while another does.
    """

    journal_mode: str
    synchronous: int
    filesystem: str
    modes: Mapping[str, int]
    version: tuple[int, int, int]
    second_writer: bool


@dataclass(frozen=True, slots=True)
class PostgresFacts:
    """As our own role finds it. `owns` and `may_rewrite` name tables; `clock_apart` is in seconds."""

    superuser: bool
    bypasses_row_security: bool
    owns: tuple[str, ...]
    may_rewrite: tuple[str, ...]
    fsync: str
    full_page_writes: str
    synchronous_commit: str
    standbys: str
    local_socket: bool
    sslmode: str
    clock_apart: float


Facts = SqliteFacts | PostgresFacts
