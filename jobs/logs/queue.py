"""Lines for a pipe, a terminal or a socket, which may be read slowly or not at all: one thread waits in our place."""

import errno
import os
import select
import threading
from collections import deque
from pathlib import Path
from time import monotonic

from jobs.logs.lines import Dropped
from jobs.logs.stderr import Stderr

MOST_LINES, MOST_BYTES = 300_000, 128 * 1024 * 1024
"""What may wait: more than the lines of a first night over 200,000 referrals."""

AT_ONCE = select.PIPE_BUF
"""Bytes that a pipe takes whole or not at all, so that programs that share it do not mix their lines."""

PATIENCE_SECONDS = 2.0
"""How long an audit line waits for its reader."""

STANDSTILL_SECONDS, LAST_SECONDS = 1.0, 30.0
"""At the end of a program: how long a reader may take nothing, and how long it is waited for in all."""


class Stream:
    """Where the thread writes; it may wait there for as long as it likes. A path is opened when there is a line."""

    def __init__(self, to: Stderr | Path) -> None:
        self._to = to
        self._file: int | None = None
        self._torn = False
        self.written = 0

    def write(self, data: bytes) -> None:
        """Raises OSError; then the next call begins with an end of line, where half a line may be out."""
        left = memoryview(b"\n" + data if self._torn else data)
        try:
            while left:
                done = self._some(left)
                self._torn, left = self._torn or done > 0, left[done:]
                self.written += done
        except OSError:
            self._torn = self._torn or isinstance(self._to, Path)
            self.close()
            raise
        self._torn = False

    def _some(self, left: memoryview) -> int:
        file = self._open()
        try:
            return os.write(file, left)
        except BlockingIOError:  # whoever gave us this stream made it so
            poll = select.poll()
            poll.register(file, select.POLLOUT)
            poll.poll()
            return 0

    def _open(self) -> int:
        if isinstance(self._to, Stderr):
            file = self._to.file()
            if file is None:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            return file
        if self._file is None:
            self._file = os.open(self._to, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOCTTY)
        return self._file

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = None


class _Due:
    """An audit line on its way."""

    def __init__(self, line: bytes) -> None:
        self.line = line
        self.over = threading.Event()
        self.problem: OSError | None = None


class Queued:
    """Nobody who has something to say waits, but for the relay of the audit, which goes ahead of all others."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._changed = threading.Condition()
        self._lines: deque[tuple[bytes, str]] = deque()
        self._due: deque[_Due] = deque()
        self._bytes = 0
        self._dropped = Dropped()
        self._thread: threading.Thread | None = None
        self._idle = False

    def tell(self, line: bytes, event: str) -> bool:
        """An operational line: taken (True), or dropped and counted."""
        with self._changed:
            if len(self._lines) >= MOST_LINES or self._bytes + len(line) > MOST_BYTES:
                self._dropped.add(event)
                return False
            self._wake()
            self._lines.append((line, event))
            self._bytes += len(line)
            return True

    def deliver(self, line: bytes) -> None:
        """An audit line. Raises OSError where it is not out in time: then it may still come out, once, later."""
        due = _Due(line)
        with self._changed:
            self._wake()
            self._due.append(due)
        if not due.over.wait(PATIENCE_SECONDS):
            with self._changed:
                if due in self._due:
                    self._due.remove(due)
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        if due.problem is not None:
            raise due.problem

    def settle(self) -> None:
        """What a reader has taken is the reader's."""

    def close(self) -> Dropped:
        """Waits for a reader that still reads."""
        last = monotonic() + LAST_SECONDS
        written, since = self._stream.written, monotonic()
        with self._changed:
            while self._thread is not None and not self._idle:
                self._changed.wait(0.02)
                now = monotonic()
                if self._stream.written != written:
                    written, since = self._stream.written, now
                if now - since > STANDSTILL_SECONDS or now > last:
                    break
            return self._dropped

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = self._started()
        elif self._idle:
            self._changed.notify_all()
        self._idle = False

    def _started(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name="casework log", daemon=True)
        try:
            thread.start()
        except RuntimeError as problem:  # no thread is to be had
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from problem
        return thread

    def _run(self) -> None:
        while True:
            with self._changed:
                while not (self._due or self._lines):
                    self._idle = True
                    self._changed.notify_all()
                    self._changed.wait()
                due = self._due.popleft() if self._due else None
                some = [] if due else self._next_lines()
            if due:
                self._put_due(due)
            else:
                self._put(b"".join(line for line, _ in some), [event for _, event in some])
            if not self._lines:
                self._own_up()

    def _next_lines(self) -> list[tuple[bytes, str]]:
        """The oldest, as many as go into one write; one at least."""
        some: list[tuple[bytes, str]] = []
        size = 0
        while self._lines and (not some or size + len(self._lines[0][0]) <= AT_ONCE):
            some.append(self._lines.popleft())
            size += len(some[-1][0])
        self._bytes -= size
        return some

    def _put_due(self, due: _Due) -> None:
        try:
            self._stream.write(due.line)
        except OSError as problem:
            due.problem = problem
        due.over.set()

    def _put(self, data: bytes, events: list[str]) -> None:
        try:
            self._stream.write(data)
        except OSError:
            with self._changed:
                for event in events:
                    self._dropped.add(event)

    def _own_up(self) -> None:
        """Once all that waited is out: in the middle of a flood there would be one such line after another."""
        with self._changed:
            if not self._dropped:
                return
            line, kept = self._dropped.line(), self._dropped
            self._dropped = Dropped()
        try:
            self._stream.write(line)
        except OSError:
            with self._changed:
                kept.take_up(self._dropped)
                self._dropped = kept
