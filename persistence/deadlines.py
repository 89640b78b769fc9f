"""Deadlines that shut the socket: the only thing that frees a caller whose server was stopped in the middle of a word.

A kernel goes on answering for a process that is stopped, so neither keep-alives nor timeouts of the protocol end the
wait. One thread looks after all transactions of a database; to be looked after costs about a microsecond.
"""

import os
import socket
import threading
import time
from contextlib import suppress

TICK_SECONDS = 0.1
"""How often the thread looks, and so how late a deadline may be noticed."""

IDLE_TICKS = 50
"""After so many looks with nothing to look after, the thread ends. The next transaction starts another."""


class Limit:
    """One deadline. `passed` once the socket was shut."""

    __slots__ = ("_until", "_watch", "fileno", "passed")

    def __init__(self, watch: "Watch", fileno: int, until: float) -> None:
        self._watch, self.fileno, self._until = watch, os.dup(fileno), until
        self.passed = False

    def is_due(self, now: float) -> bool:
        return now >= self._until and not self.passed

    def extend(self, seconds: float) -> None:
        """So many seconds from now, in place of what was left."""
        self._until = time.monotonic() + seconds

    def shut(self) -> None:
        """The socket answers nobody any more: whoever waits on it is told at once that the connection is lost."""
        self.passed = True
        ours = socket.socket(fileno=self.fileno)
        with suppress(OSError):
            ours.shutdown(socket.SHUT_RDWR)
        ours.detach()

    def lift(self) -> None:
        """The transaction has ended."""
        self._watch.forget(self)


class Watch:
    """The thread and what it looks after. It works on a copy of each socket's number, which is closed under the lock:
    what the driver closes and somebody else opens under the same number is never shut."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._limits: set[Limit] = set()
        self._thread: threading.Thread | None = None

    def over(self, fileno: int, seconds: float) -> Limit:
        """A deadline so many seconds from now over the socket with this number."""
        limit = Limit(self, fileno, time.monotonic() + seconds)
        with self._lock:
            self._limits.add(limit)
            if self._thread is None or not self._thread.is_alive():  # there is none after a fork either
                self._thread = threading.Thread(target=self._look, name="casework-deadlines", daemon=True)
                self._thread.start()
        return limit

    def forget(self, limit: Limit) -> None:
        with self._lock:
            self._limits.discard(limit)
            os.close(limit.fileno)

    def _look(self) -> None:
        idle = 0
        while idle < IDLE_TICKS:
            time.sleep(TICK_SECONDS)
            with self._lock:
                idle = 0 if self._limits else idle + 1
                now = time.monotonic()
                for limit in self._limits:
                    if limit.is_due(now):
                        limit.shut()
                if idle >= IDLE_TICKS:
                    self._thread = None
