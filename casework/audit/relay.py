"""From the outbox to the log: gives new events their place in the order of all, signs checkpoints, tells the lines.

A line goes out at least once: what was told is noted after the log has it, so a death in between tells some twice. They
are the same event by `event_id`. Nothing that the log does reaches whoever changes a case.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from casework import log
from casework.audit.checkpoint import Checkpoint, sign
from casework.audit.evidence import AuditKeeper, Entry, Waiting
from casework.audit.keys import NOTHING_GIVEN, AuditKeys
from casework.audit.seal import broken
from casework.calendar import utc_now

CHECKPOINT_AFTER = timedelta(seconds=60)
CHECKPOINT_EACH = 1_000
"""A checkpoint is signed when the last one is so old, or so many events have come since."""

_LINES = 500


def _at_once() -> None:
    """Nothing has to be done for a log that keeps its lines by itself."""


class Relay:
    """Brings the log up to date. Any number of relays may work on one database; the order stays one.

    `settle` is called before lines count as told: a log in a file is flushed to its disk there. Whatever the log raises
    ends the run, and the lines stay owed.
    """

    def __init__(
        self,
        keeper: AuditKeeper,
        keys: AuditKeys = NOTHING_GIVEN,
        *,
        now: Callable[[], datetime] = utc_now,
        settle: Callable[[], object] = _at_once,
    ) -> None:
        self._keeper, self._keys, self._now, self._settle = keeper, keys, now, settle

    def run(self, *, ending: bool = False) -> int:
        """Until nothing is owed of what was owed at its beginning: others may keep more all the time, and whoever waits
        for the end must not wait for them. Answers how many lines were told. Raises `StorageError`, and what the log
        raises.

        `ending`: nobody looks again soon, so what is not signed is signed now.
        """
        owed = self._keeper.owed()
        told = events = 0
        while True:
            placed = self._order(self._keeper.waiting(), ending=ending)
            some, checkpoints = self._tell()
            told, events = told + some + checkpoints, events + some
            if events >= owed.unordered + owed.untold or not (placed or some or checkpoints):
                return told

    def _order(self, waiting: Waiting, *, ending: bool) -> int:
        now = self._now()
        late = ending or waiting.signed_at is None or now - waiting.signed_at >= CHECKPOINT_AFTER
        if not waiting.unordered and not (late and waiting.unsigned > 0 and self._keys.signing):
            return 0
        with self._keeper.ordering() as desk:
            new = desk.unordered(CHECKPOINT_EACH)
            for event in new:
                desk.frontier.add(event.digest or b"")
            if new:
                desk.place(new)
            since = desk.frontier.size - desk.signed
            if self._keys.signing and since > 0 and (late or since >= CHECKPOINT_EACH):
                desk.keep(sign(self._keys.signing, desk.frontier.size, desk.frontier.root(), now))
        return len(new)

    def _tell(self) -> tuple[int, int]:
        """How many lines of events were told, and how many of checkpoints."""
        entries = self._keeper.untold(_LINES)
        for entry in entries:
            self._tell_one(entry)
        up_to = entries[-1].leaf + 1 if entries else 0
        checkpoints = self._keeper.untold_checkpoints(up_to)
        for checkpoint in checkpoints:
            log.audit_checkpoint(checkpoint)
        if entries or checkpoints:
            self._settle()
            self._keeper.told(up_to, checkpoints[-1].size if checkpoints else 0)
        return len(entries), len(checkpoints)

    def tell_again(self, leaves: Sequence[int], checkpoints: Sequence[Checkpoint] = ()) -> tuple[list[int], list[int]]:
        """Lines that a log has lost, of events that are proved genuine; those that are not are the second list."""
        again: list[int] = []
        not_proved: list[int] = []
        for start in range(0, len(leaves), _LINES):
            for entry in self._keeper.entries(leaves[start : start + _LINES]):
                (not_proved if self._tell_one(entry) else again).append(entry.leaf)
        for checkpoint in checkpoints:
            log.audit_checkpoint(checkpoint)
        self._settle()
        return again, not_proved

    def _tell_one(self, entry: Entry) -> str | None:
        """An event that is not genuine gets no line of its own: that would make it look like one."""
        wrong = broken(entry.row, entry.before, self._keys.macs)
        if entry.event is None or wrong is not None:
            wrong = wrong or "event_altered"
            log.audit_not_proved(wrong, entry)
        else:
            log.case_event(entry, entry.event)
        return wrong
