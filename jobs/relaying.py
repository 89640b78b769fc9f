"""The relay of the programs that we start: a thread beside a service, or once at the end of a command.

It is never in the way of whoever changes a case: what cannot be told now stays owed and is told later.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from casework import log
from casework.audit.keys import AuditKeys
from casework.audit.relay import Relay
from casework.calendar import utc_now
from casework.errors import CaseworkError
from jobs import logs
from persistence import Database

EVERY_SECONDS = 1.0
"""Lines are looked for so often at least, also where another process owes them."""

LAST_SECONDS = 30.0
"""For so long at most a program that ends waits for its last lines. What is not told then stays owed."""

BEHIND_SECONDS = 60.0
"""After so long without being able to tell what is owed, somebody is told that the log is behind."""


def relay(database: Database, keys: AuditKeys) -> Relay:
    return Relay(database.audit, keys, now=utc_now, settle=logs.settle)


def at_the_end(database: Database, keys: AuditKeys) -> Callable[[], None]:
    """Tells, when the command ends, what the command itself has kept. A log that is in trouble does not fail it."""
    owes = threading.Event()
    database.owed = owes.set

    def tell() -> None:
        if owes.is_set():
            with suppress(Exception):
                relay(database, keys).run(ending=True)

    return tell


class Relaying:
    """A thread that keeps the log up to date, at once where this process owes a line. Ends with `stop()`."""

    def __init__(
        self,
        database: Database,
        keys: AuditKeys,
        *,
        every: float = EVERY_SECONDS,
        behind_after: float = BEHIND_SECONDS,
    ) -> None:
        self._database, self._every, self._behind_after = database, every, behind_after
        self._relay = relay(database, keys)
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """A relay that works already is left alone."""
        if self._thread is not None:
            return
        self._stop = threading.Event()
        self._database.owed = self._wake.set
        self._thread = threading.Thread(target=self._work, args=(self._stop,), name="casework-relay", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Tells what is owed, as far as the log takes it, and ends."""
        if self._thread is None:
            return
        self._stop.set()
        self._wake.set()
        self._thread.join(LAST_SECONDS)
        self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _work(self, stop: threading.Event) -> None:
        """A log that does not take lines is tried again after a while, not with every new line that is owed."""
        well = told_at = time.monotonic()
        code = None
        while True:
            (stop if code else self._wake).wait(self._every)
            self._wake.clear()
            last = stop.is_set()
            if (code := self._run(ending=last)) is None:
                well = time.monotonic()
            elif time.monotonic() - max(well, told_at) >= self._behind_after:
                told_at = time.monotonic()
                log.audit_behind(code, seconds=round(time.monotonic() - well))
            if last:
                return

    def _run(self, *, ending: bool) -> str | None:
        """None where all is told; else what stood in the way, as a code."""
        try:
            self._relay.run(ending=ending)
        except CaseworkError as problem:
            return problem.code
        except OSError:
            return "log_not_taken"
        except Exception as problem:  # noqa: BLE001  whatever it is, the lines are owed and the thread must live
            return type(problem).__name__
        return None
