"""The stderr of a program as a place for its log: it may be a file, a stream of somebody's own, closed, or replaced."""

import errno
import os
import sys
from stat import S_ISREG

from jobs.logs.file import Tip


class Stderr:
    """The stderr that was there when this was made, or when another stream was put in its place.

    Once it is closed, whatever is opened next takes its number: a line of the log must not go into a database.
    """

    def __init__(self) -> None:
        self._look()

    def _look(self) -> None:
        self._stream, self._was = sys.stderr, _identity(_descriptor())

    def file(self) -> int | None:
        """Its descriptor; None where it is a stream of somebody's own. Raises OSError where it is gone."""
        if sys.stderr is not self._stream:
            self._look()
        file = _descriptor()
        if file is not None and (self._was is None or _identity(file) != self._was):
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return file

    def is_direct(self) -> bool:
        """Whether who writes to it waits for nobody. A stderr that is gone keeps nobody waiting either."""
        try:
            file = self.file()
            return file is None or S_ISREG(os.fstat(file).st_mode)
        except OSError:
            return True


def _identity(file: int | None) -> tuple[int, int] | None:
    try:
        found = os.fstat(file) if file is not None else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def _descriptor() -> int | None:
    try:
        return sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):
        return None


class ErrFile:
    """A stderr that is a file, or a stream that somebody put in its place."""

    def __init__(self, stderr: Stderr) -> None:
        self._stderr = stderr
        self._tip = Tip()
        self._unsettled = False

    def append(self, line: bytes) -> None:
        file = self._stderr.file()
        if file is not None:
            return self._tip.write(file, line)
        try:
            sys.stderr.write(line.decode("ascii"))
        except (AttributeError, ValueError) as problem:  # there is none, or it is closed
            raise OSError(errno.EBADF, os.strerror(errno.EBADF)) from problem

    def append_surely(self, line: bytes) -> None:
        self._unsettled = True
        self.append(line)

    def to_settle(self) -> list[int]:
        file = self._stderr.file()
        if not self._unsettled or file is None or not S_ISREG(os.fstat(file).st_mode):
            return []
        self._unsettled = False
        return [os.dup(file)]

    def close(self) -> None:
        return None
