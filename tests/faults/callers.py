"""Callers who go on asking while servers die, and what of their acknowledgements is kept in the end."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from casework import Casework, CaseworkError, Receipt, StorageError
from casework.retrying import ATTEMPT_SECONDS
from persistence import Database
from persistence.store import SqlStore
from persistence.tables import case_events, cases
from tests.persistence.families import EVERYONE, LEEDS

STEPS = 3
"""What a caller does with each referral once it is open."""


class Counting(Database):
    """Counts the commits of which nobody knew at first whether they were kept."""

    doubts = 0

    @contextmanager
    def writing(self, within: float = ATTEMPT_SECONDS) -> Iterator[SqlStore]:
        try:
            with super().writing(within) as store:
                yield store
        except StorageError as problem:
            self.doubts += problem.maybe_done
            raise


@dataclass(slots=True)
class Caller:
    """Opens referrals and takes steps until told to stop. Every second one gives no key: casework finds its event."""

    clinic: Casework
    number: int
    naive: bool = False
    acknowledged: list[tuple[UUID, int]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def work(self, stop: threading.Event) -> None:
        asked = 0
        while not stop.is_set():
            asked += 1
            key = None if self.naive or self.number % 2 else f"{self.number}-{asked}"
            opened = self._open(key)
            for step in range(STEPS if opened and not self.naive else 0):
                assert opened is not None
                opened = self._acknowledge(opened, f"{key}-{step}" if key else None) or opened

    def _open(self, key: str | None) -> Receipt | None:
        began = time.monotonic()
        while True:
            try:
                receipt = self.clinic.open_case(LEEDS, "receive_referral", EVERYONE, {"referrer_name": "R"}, key=key)
                return self._told(receipt, began)
            except CaseworkError as problem:
                if not self.naive:
                    self.problems.append(problem.code)
                    return None
                time.sleep(0.05)  # and again, as if nothing had happened

    def _acknowledge(self, opened: Receipt, key: str | None) -> Receipt | None:
        began = time.monotonic()
        try:
            receipt = self.clinic.fire(opened.case_id, "acknowledge", EVERYONE, seen=opened.version, key=key)
            return self._told(receipt, began)
        except CaseworkError as problem:
            self.problems.append(problem.code)
            return None

    def _told(self, receipt: Receipt, began: float) -> Receipt:
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.acknowledged.append((receipt.case_id, receipt.version))
        return receipt


@contextmanager
def at_work(callers: Sequence[Caller]) -> Iterator[None]:
    """The callers work while the block runs. Each ends the request that it is at."""
    stop = threading.Event()
    threads = [threading.Thread(target=caller.work, args=(stop,), daemon=True) for caller in callers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(90)
    assert not any(thread.is_alive() for thread in threads), "a caller hangs"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was acknowledged and is not there; what is there once more than it was acknowledged."""

    acknowledged: int
    lost: int
    doubled: int
    doubts: int
    slowest: float
    problems: tuple[str, ...]


def outcome(database: Counting, callers: Sequence[Caller]) -> Outcome:
    """Asked of the primary as it is now. Every request must have been answered by then."""
    told = [said for caller in callers for said in caller.acknowledged]
    with database.engine.connect() as connection:
        kept = {tuple(row) for row in connection.execute(sa.select(case_events.c.case_id, case_events.c.seq))}
        versions = connection.scalar(sa.select(sa.func.sum(cases.c.version)))
    assert versions in (len(kept), None if not kept else versions), "each version has its event"
    lost = len(set(told) - kept)
    return Outcome(
        acknowledged=len(told),
        lost=lost,
        doubled=len(kept) - len(told) + lost,
        doubts=database.doubts,
        slowest=max(caller.slowest for caller in callers),
        problems=tuple(problem for caller in callers for problem in caller.problems),
    )
