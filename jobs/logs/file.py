"""A file that lines are appended to, each in one write, so that programs that share it do not mix their lines.

It may be rotated under us (moved away and made anew, or copied and cut), be full and be emptied again.
"""

import errno
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Protocol

from jobs.logs.lines import Dropped

LOOK_AGAIN_SECONDS = 0.05
"""How long an operational line may still go into a file that was moved away. An audit line never does."""

_HOW = os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
_MODE = 0o640


class Appendable(Protocol):
    """Both ways to append raise OSError where the line is not there whole."""

    def append(self, line: bytes) -> None: ...
    def append_surely(self, line: bytes) -> None: ...
    def to_settle(self) -> list[int]: ...
    def close(self) -> None: ...


class Tip:
    """The end of what lines are added to. After half a line the next one begins with an end of line."""

    def __init__(self) -> None:
        self.torn = False

    def write(self, file: int, line: bytes) -> None:
        """Raises OSError where not the whole line went in: a disk that fills up takes a part of it."""
        line = b"\n" + line if self.torn else line
        if os.write(file, line) < len(line):
            self.torn = True
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.torn = False


class LogFile:
    """Made with its first line: a program that has nothing to say leaves no file."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._file: int | None = None
        self._identity = (0, 0)
        self._looked = 0.0
        self._readable = self._unsettled = self._fresh = False
        self._tip = Tip()
        self._left: list[int] = []
        """Files that were moved away with lines in them that are not settled."""

    def append(self, line: bytes) -> None:
        if monotonic() - self._looked > LOOK_AGAIN_SECONDS:
            self.look()
        self._write(line)

    def append_surely(self, line: bytes) -> None:
        """Where another program left half a line in front of ours, ours goes out again on a line of its own."""
        self.look()
        self._unsettled = True
        self._write(b"\n" + line if self._may_be_glued() else line)
        if self._glued(len(line)):
            self._write(b"\n" + line)

    def look(self) -> None:
        """Sees to it that the file that is open is the one that has the name."""
        self._looked = monotonic()
        if self._file is not None and self._moved():
            self._leave()
        if self._file is None:
            self._open()

    def _open(self) -> int:
        try:
            file, self._readable = os.open(self._place, os.O_RDWR | _HOW, _MODE), True
        except PermissionError:  # one that we may add to and not read
            file, self._readable = os.open(self._place, os.O_WRONLY | _HOW, _MODE), False
        found = os.fstat(file)
        self._file, self._fresh = file, True
        self._identity = found.st_dev, found.st_ino
        self._tip.torn = found.st_size > 0 and not (self._readable and _ends_line(file, found.st_size))
        return file

    def _moved(self) -> bool:
        try:
            found = self._place.stat()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return (found.st_dev, found.st_ino) != self._identity

    def _leave(self) -> None:
        if self._file is not None:
            if self._unsettled:
                self._left.append(self._file)
            else:
                os.close(self._file)
        self._file, self._unsettled = None, False

    def _write(self, line: bytes) -> None:
        self._tip.write(self._open() if self._file is None else self._file, line)

    def _may_be_glued(self) -> bool:
        """Where the file may not be read, nobody can tell what its last byte is."""
        return self._file is not None and not self._readable and os.fstat(self._file).st_size > 0

    def _glued(self, size: int) -> bool:
        """Whether what stands in front of the line that was just written is no end of a line.

        After a write at the end, the place in the file is the end of that write, whoever has written since.
        """
        if not self._readable or self._file is None:
            return False
        start = os.lseek(self._file, 0, os.SEEK_CUR) - size
        return start > 0 and not _ends_line(self._file, start)

    def to_settle(self) -> list[int]:
        """Descriptors to sync and close: of the files with unsettled lines, and of their folder for a new name."""
        files = []
        if self._unsettled and self._fresh:
            with suppress(PermissionError):  # a folder that we may not look into
                files.append(os.open(self._place.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
            self._fresh = False
        if self._unsettled and self._file is not None:
            files.append(os.dup(self._file))
        files, self._left, self._unsettled = files + self._left, [], False
        return files

    def close(self) -> None:
        self._leave()
        for file in self._left:
            os.close(file)
        self._left = []


def _ends_line(file: int, at: int) -> bool:
    return os.pread(file, 1, at - 1) == b"\n"


class Directly:
    """Lines that the caller itself writes: a write to a file waits for nobody but the disk.

    `trouble` is told, once until it is over, the reason why lines are dropped.
    """

    def __init__(self, end: Appendable, trouble: Callable[[OSError], object]) -> None:
        self._end, self._trouble = end, trouble
        self._lock = threading.RLock()
        self._dropped = Dropped()
        self._failing = False

    def tell(self, line: bytes, event: str) -> bool:
        """An operational line: written (True), or dropped and counted. The next line tries again."""
        with self._lock:
            try:
                self._own_up()
                self._end.append(line)
            except OSError as problem:
                self._dropped.add(event)
                self._fails(problem)
                return False
            self._failing = False
            return True

    def deliver(self, line: bytes) -> None:
        """An audit line. Raises OSError where it is not written whole."""
        with self._lock:
            try:
                self._own_up()
                self._end.append_surely(line)
            except OSError as problem:
                self._fails(problem)
                raise
            self._failing = False

    def settle(self) -> None:
        """On disk what was delivered, or OSError. Nobody who writes waits for it."""
        with self._lock:
            files = self._end.to_settle()
        try:
            for file in files:
                os.fsync(file)
        finally:
            for file in files:
                os.close(file)

    def close(self) -> Dropped:
        """What is still dropped when nothing more is to come."""
        with self._lock:
            with suppress(OSError):
                self._own_up()
            self._end.close()
            return self._dropped

    def _own_up(self) -> None:
        if self._dropped:
            self._end.append(self._dropped.line())
            self._dropped.clear()

    def _fails(self, problem: OSError) -> None:
        if not self._failing:
            self._failing = True
            self._trouble(problem)
