"""A disk that remembers what was asked of it, so that the power can be cut afterwards, at any moment, many times.

SQLite (APSW's own, which lets Python stand between it and the disk) works on real files. Each write, truncation and
sync of the database and of its write-ahead log is recorded in order, and between them what the caller was told.
A cut keeps what was synced before it; of the rest any part may be on the disk, written in any order, torn at 512 bytes.
The shared memory of the log is not on the disk: it goes with the power.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
VFS = "recorded"

File = dict[str, bytearray]
"""What a disk has: the bytes of each file by its ending; a file that is not there has none."""


@dataclass(frozen=True, slots=True)
class Wrote:
    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """The file was made this long, or shorter."""

    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    file: str


@dataclass(frozen=True, slots=True)
class Gone:
    file: str


@dataclass(frozen=True, slots=True)
class Told:
    """The caller was told that a step is kept."""


Change = Wrote | Cut | Gone
Act = Change | Synced | Told


@dataclass(slots=True)
class Record:
    """Everything that was asked of the disk since it stood as `before`."""

    path: Path
    before: bytes
    acts: list[Act] = field(default_factory=list)

    def name(self, file: str) -> str | None:
        return {str(self.path): "db", f"{self.path}-wal": "wal"}.get(file)

    def told(self) -> None:
        self.acts.append(Told())


class RecordedFile(apsw.VFSFile):
    def __init__(self, record: Record, name: str, path: Any, flags: list[int]) -> None:
        super().__init__("", path, flags)
        self._acts, self._name = record.acts, name

    def xWrite(self, data: Any, offset: int) -> None:
        self._acts.append(Wrote(self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        self._acts.append(Cut(self._name, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self._acts.append(Synced(self._name))


class RecordedDisk(apsw.VFS):
    """Files of the record are recorded; any other goes by unseen."""

    def __init__(self, record: Record) -> None:
        super().__init__(VFS, "")
        self._record = record

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        known = self._record.name(path or "")
        if known is None:
            return super().xOpen(name, flags)
        return RecordedFile(self._record, known, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        if known := self._record.name(filename):
            self._record.acts.append(Gone(known))


@dataclass(frozen=True, slots=True)
class AfterTheCut:
    """What one cut left, and how many steps had been told of by then."""

    told: int
    db: bytearray
    wal: bytearray | None


class Disk:
    """The disk on its way through a record: what is on it for certain, and what was asked and not synced."""

    def __init__(self, record: Record) -> None:
        self._certain: File = {"db": bytearray(record.before)}
        self._open: list[Change] = []
        self.told = 0

    def go_on(self, acts: Sequence[Act]) -> None:
        for act in acts:
            match act:
                case Told():
                    self.told += 1
                case Synced(file):
                    for waiting in self._open:
                        if waiting.file == file:
                            _do(self._certain, waiting)
                    self._open = [waiting for waiting in self._open if waiting.file != file]
                case _:
                    self._open.append(act)

    def cut(self, dice: random.Random) -> AfterTheCut:
        """The power goes: of what was not synced a part is there, from nothing to all."""
        left = {name: bytearray(data) for name, data in self._certain.items()}
        share = dice.choice((0.0, 0.5, 0.9, 1.0, dice.random()))
        for act in self._open:
            if dice.random() < share:
                for piece in _torn(act, dice):
                    _do(left, piece)
        return AfterTheCut(self.told, left["db"], left.get("wal"))


def cuts(record: Record, number: int, dice: random.Random) -> Iterator[AfterTheCut]:
    """So many cuts at random moments of the record, in their order."""
    disk, done = Disk(record), 0
    for moment in sorted(dice.randrange(len(record.acts) + 1) for _ in range(number)):
        disk.go_on(record.acts[done:moment])
        done = moment
        yield disk.cut(dice)


def _torn(act: Change, dice: random.Random) -> Iterator[Change]:
    """One write in three that is longer than a sector got only some of its sectors to the disk."""
    if not isinstance(act, Wrote) or len(act.data) <= SECTOR or dice.random() > 1 / 3:
        yield act
        return
    start, end = act.offset, act.offset + len(act.data)
    edges = [start, *range((start // SECTOR + 1) * SECTOR, end, SECTOR), end]
    for since, until in pairwise(edges):
        if dice.random() < 0.5:
            yield Wrote(act.file, since, act.data[since - start : until - start])


def _do(files: File, act: Change) -> None:
    match act:
        case Wrote(file, offset, data):
            content = files.setdefault(file, bytearray())
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(data)] = data
        case Cut(file, size):
            del files.setdefault(file, bytearray())[size:]
        case Gone(file):
            files.pop(file, None)
