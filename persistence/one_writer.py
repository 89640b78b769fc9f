"""One process alone writes to a SQLite file: a lock of the operating system, which goes when the process does.

Only where SQLite itself cannot be trusted with two (research on reliability, D2). The programs of one process share it.
"""

import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

if sys.platform != "win32":
    import fcntl

ENDING = ".one-writer"
"""The lock is on a file of its own beside the database: SQLite has its own locks on the database."""


@dataclass(slots=True)
class _Held:
    descriptor: int
    users: int = 0


@dataclass(frozen=True, slots=True)
class OneWriter:
    """The place of the one writer, until `leave`."""

    file: Path

    _guard: ClassVar[threading.Lock] = threading.Lock()
    _held: ClassVar[dict[Path, _Held]] = {}

    @classmethod
    def beside(cls, database: Path) -> Self | None:
        """None: another process has the place. Never waits."""
        real = database.resolve()
        file = real.with_name(real.name + ENDING)
        with cls._guard:
            if file not in cls._held:
                descriptor = _locked(file)
                if descriptor is None:
                    return None
                cls._held[file] = _Held(descriptor)
            cls._held[file].users += 1
        return cls(file)

    def leave(self) -> None:
        with self._guard:
            held = self._held.get(self.file)
            if held is None:  # in a child that was forked meanwhile
                return
            held.users -= 1
            if held.users == 0:
                os.close(self._held.pop(self.file).descriptor)

    @classmethod
    def forget(cls) -> None:
        """A forked child inherits the open file and with it the lock of its parent, but it is another process."""
        for held in cls._held.values():
            os.close(held.descriptor)
        cls._held.clear()


def _locked(file: Path) -> int | None:
    """An open file that nobody else has locked; where a system has no such locks, nobody is the one writer."""
    if sys.platform == "win32":
        return None
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=OneWriter.forget)
