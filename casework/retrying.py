"""What is done after a failure of the database: the whole unit of work is run again, never a statement of it.

The work is a function that takes the seconds it may last, does everything in one transaction, and can be run again.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from casework.errors import Meaning, StorageError

Answer = TypeVar("Answer")

PATIENCE_SECONDS = 10.0
"""How long a caller of a step waits for its answer, whatever happens to the database meanwhile."""

ATTEMPT_SECONDS = 4.0
"""How long one try of a step may last. A server that hangs is given up then, and there is time for another."""

_DEADLINE_PASSED = (
    "The database did not answer in time, and the change may have been kept. "
    "Ask again with the same key: it tells. Without a key, look at the referral first."
)
_MAYBE_DONE = (
    "The connection was lost while the change was being kept, and now the database cannot tell. "
    "Ask again with the same key: it tells. Without a key, look at the referral first."
)


@dataclass(frozen=True, slots=True)
class Again:
    """How often the work may be run again, and the pauses between (seconds): the first, doubled up to the longest.

    `times` None: as often as the caller's patience lasts.
    """

    times: int | None
    first: float = 0.0
    longest: float = 0.0


NEVER = Again(0)

AGAIN: Mapping[Meaning, Again] = {
    Meaning.NOT_DONE: Again(None, 0.05, 0.5),
    Meaning.IN_DOUBT: Again(None, 0.05, 0.5),
    Meaning.ON_A_COPY: Again(None, 0.05, 0.5),
    Meaning.CONFLICT: Again(5, 0.01, 0.2),
    Meaning.BUSY: Again(1, 0.05, 0.05),
    Meaning.NO_ROOM: NEVER,
    Meaning.DAMAGED: NEVER,
    Meaning.FINAL: NEVER,
}


class Retrying:
    """One request and its patience, in seconds from now. Sleep, clock and chance can be given, for a test."""

    def __init__(
        self,
        patience: float = PATIENCE_SECONDS,
        *,
        sleep: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._sleep, self._monotonic, self._chance = sleep, monotonic, chance
        self._until = monotonic() + patience
        self._met: dict[Meaning, int] = {}
        self.in_doubt = False
        """A try may stand although nobody knows: from then on no answer says that nothing was changed."""

    def run(self, work: Callable[[float], Answer]) -> Answer:
        """What the work answers. Raises the last `StorageError`; in doubt one with `maybe_done`."""
        while True:
            try:
                return work(self._within())
            except StorageError as problem:
                self.in_doubt |= problem.maybe_done
                pause = self._pause(problem)
                if pause is None:
                    raise (self._doubtful(problem) if self.in_doubt else problem) from None
            self._sleep(pause)

    @property
    def left(self) -> float:
        """Seconds of patience."""
        return self._until - self._monotonic()

    def _within(self) -> float:
        """At the end of its patience a try is still given a moment: less is no try."""
        return min(ATTEMPT_SECONDS, max(self.left, ATTEMPT_SECONDS / 8))

    def _pause(self, problem: StorageError) -> float | None:
        """Seconds until the next try; None where there is none."""
        again, met = AGAIN[problem.means], self._met.get(problem.means, 0)
        self._met[problem.means] = met + 1
        if again.times is not None and met >= again.times:
            return None
        pause = min(again.longest, again.first * 2 ** min(met, 16)) * (0.5 + self._chance() / 2)
        return pause if pause < self.left else None

    def _doubtful(self, problem: StorageError) -> StorageError:
        late = AGAIN[problem.means].times is None
        code, sentence = ("deadline_passed", _DEADLINE_PASSED) if late else ("maybe_done", _MAYBE_DONE)
        return StorageError(
            code,
            sentence,
            try_again=True,
            maybe_done=True,
            means=Meaning.IN_DOUBT,
            retry_after=problem.retry_after,
        )
