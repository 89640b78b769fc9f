"""Work on a disk that fills up and has room again. `work_through` runs in a process of its own."""

import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from casework import Casework, StorageError
from tests.durability.courses import clinic_of, opened, step_of, take


class Disk(Protocol):
    def fills_up(self) -> None: ...

    def has_room_again(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume of its own. What fills it is a file beside the database."""

    folder: Path
    room: int
    """Bytes that are left when it is full."""

    def fills_up(self) -> None:
        left = os.statvfs(self.folder)
        with self._filler.open("wb") as filler:
            filler.write(bytes(max(0, left.f_bavail * left.f_frsize - self.room)))

    def has_room_again(self) -> None:
        self._filler.unlink()

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit of the system: no file of this process may grow beyond the log of the database and a little more."""

    file: Path
    room: int

    def fills_up(self) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        size = self.file.with_name(self.file.name + "-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + self.room, resource.RLIM_INFINITY))

    def has_room_again(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


JANITOR = 'read -r _; umount --lazy "$1"'
"""Waits on a pipe to us, which closes however we end: so a volume does not outlive even a kill -9 of the tests."""


@contextmanager
def small_volume(folder: Path, megabytes: int, owner: tuple[int, int] = (0, 0)) -> Iterator[Path]:
    """A volume in memory, gone afterwards. Only root may have one: others get `PermissionError`."""
    folder.mkdir()
    options = f"size={megabytes}m,uid={owner[0]},gid={owner[1]},mode=700"
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=False, capture_output=True)
    if made.returncode:
        raise PermissionError(made.stderr.decode(errors="replace").strip())
    janitor = subprocess.Popen(["/bin/sh", "-c", JANITOR, "janitor", folder], stdin=subprocess.PIPE, cwd="/")
    try:
        yield folder
    finally:
        janitor.communicate(b"done\n")


@dataclass(slots=True)
class Day:
    """What a clerk lived through: the steps that were acknowledged, and what was said in place of the others."""

    before: int = 0
    acknowledged: int = 0
    refused: list[tuple[str, bool, bool]] = field(default_factory=list)
    read_meanwhile: str = ""
    open_meanwhile: int = 0


MOST = 2_000
AFTERWARDS = 50


def work_through(file: Path, disk: Disk, *, asks_again: int = 3) -> Day:
    """Steps while there is room, until there is none, and once there is again; always the same clinic and pool."""
    clinic, day = clinic_of(opened(file)), Day()
    for number in range(20):
        take(clinic, "ann", number)
    day.before = 20
    disk.fills_up()
    day.acknowledged = until_refused(clinic, day, day.before)
    for _ in range(asks_again):
        day.acknowledged = until_refused(clinic, day, day.acknowledged)
    last, place, _ = step_of("ann", day.acknowledged - 1)
    case = clinic.case(f"leeds-imhs/{last}")
    day.read_meanwhile = "as acknowledged" if case.version == place else f"version {case.version} in place of {place}"
    day.open_meanwhile = len(clinic.worklist())
    disk.has_room_again()
    for _ in range(AFTERWARDS):
        take(clinic, "ann", day.acknowledged)
        day.acknowledged += 1
    return day


def until_refused(clinic: Casework, day: Day, number: int) -> int:
    """The number of the step that was refused."""
    for at in range(number, MOST):
        try:
            take(clinic, "ann", at)
        except StorageError as problem:
            day.refused.append((problem.code, problem.try_again, problem.maybe_done))
            return at
    raise AssertionError("there is always room")


def work_carelessly(file: Path, disk: Disk) -> int:
    """The control: a caller that takes no answer for an answer. How many steps it believes in."""
    clinic, day = clinic_of(opened(file)), Day()
    take(clinic, "ann", 0)
    disk.fills_up()
    believed = until_refused(clinic, day, 1) + 1
    disk.has_room_again()
    return believed
