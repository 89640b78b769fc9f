"""The verifier on several processes: they read the cases, a range each at a time, and this one the order of all.

Each range is read at a moment of its own, after the one at which the order is: what got its place since then is proved
as any other event, and not counted. What somebody takes away meanwhile is missing from the count.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import NamedTuple, cast

from casework.audit.chains import Part, chains
from casework.audit.evidence import Bounds, is_number
from casework.audit.keys import AuditKeys
from casework.audit.seal import MacKeys
from casework.audit.verify import Seen, Verdict, verify
from casework.errors import CaseworkError, StorageError
from persistence import Database

WORTH = 100_000
"""So many events are read by one process in about the time in which another gets ready."""

_RANGES = 4
"""A process. Whoever is done with one takes the next, so that nobody waits long for the last."""


class ReaderLost(CaseworkError):
    """Some cases were not read, so there is no verdict."""

    code = "reader_lost"

    def __init__(self) -> None:
        super().__init__(
            "A process that read some of the referrals was ended, so nothing can be said of them. Try again; "
            "--processes 1 reads everything in this one."
        )


def verified(database: Database, keys: AuditKeys, seen: Seen | None, processes: int, worth: int = WORTH) -> Verdict:
    """As `verify`, on so many processes at most, one for every `worth` events.

    Raises `ReaderLost` where one of them dies, whenever it does, and `StorageError` where one of them cannot read.
    """
    with database.audit.evidence() as evidence:
        standing = evidence.standing()
        size = standing.size if standing is not None and is_number(standing.size) else 0
        number = min(processes, size // worth)
        if number < 2:
            return verify(evidence, keys, seen)
        reader = Reader(database.url.render_as_string(hide_password=False), keys.macs, size)
        with _reading(reader, evidence.ranges(number * _RANGES), number) as parts:
            return verify(evidence, keys, seen, parts)


@dataclass(frozen=True, slots=True)
class Reader:
    """What a process is given, through its own pipe: the keys stand on no command line and in no environment."""

    url: str = field(repr=False)
    macs: MacKeys
    size: int

    def __call__(self, bounds: Bounds) -> Part | Unread:
        try:
            with _database(self.url).audit.evidence() as evidence:
                return chains(evidence, self.macs, bounds, self.size)
        except StorageError as problem:
            return Unread(problem.code, str(problem))


class Unread(NamedTuple):
    """Why a range was not read. An error of ours cannot be pickled: it wants more than its sentence."""

    code: str
    sentence: str


_database = cache(Database)


@contextmanager
def _reading(reader: Reader, ranges: Sequence[Bounds], number: int) -> Iterator[Iterator[Part]]:
    """Threads wait for the processes, so that this one can read meanwhile; they end once no process answers."""
    with ThreadPoolExecutor(number) as waiting, _processes(reader, number) as idle:
        yield waiting.map(partial(_ask, idle), ranges)


@contextmanager
def _processes(reader: Reader, number: int) -> Iterator[SimpleQueue[_Process]]:
    """Those that have nothing to read. At the end none is left."""
    idle: SimpleQueue[_Process] = SimpleQueue()
    with ExitStack() as ending:
        for _ in range(number):
            process = _Process(reader)
            ending.callback(process.end)
            idle.put(process)
        yield idle


def _ask(idle: SimpleQueue[_Process], bounds: Bounds) -> Part:
    """A process that was lost is idle too: whoever asks it next is told so, and does not wait."""
    process = idle.get()
    try:
        return process.read(bounds)
    finally:
        idle.put(process)


class _Process:
    """Started afresh: never forked from this process, which may have threads.

    No pool of the standard library: one whose process dies while it starts the next raises whatever it trips over.
    """

    def __init__(self, reader: Reader) -> None:
        context = get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_answer, args=(theirs, reader), daemon=True)
        with theirs:
            self._process.start()

    def read(self, bounds: Bounds) -> Part:
        try:
            self._line.send(bounds)
            answer = self._line.recv()
        except (EOFError, OSError):
            raise ReaderLost from None
        if isinstance(answer, Unread):
            raise StorageError(*answer)
        return cast(Part, answer)

    def end(self) -> None:
        """It only reads, so there is nothing that it would have to finish."""
        self._process.kill()
        self._process.join()


def _answer(line: Connection, reader: Reader) -> None:
    """Range after range, in the other process. Ends without a word where it fails: an error may quote what was read."""
    _stand_alone()
    with suppress(Exception):
        while True:
            line.send(reader(line.recv()))


def _stand_alone() -> None:
    """Ctrl-C is for the one who asked; where that one is gone, however it went, nobody waits for an answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)
