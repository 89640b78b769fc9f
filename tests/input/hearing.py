"""What came of malformed requests: how each was answered, whether it was repeated, how long it took, what it held."""

import ctypes
import gc
import re
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from casework import CaseworkError
from tests.input.malformed import MARK, NUMBER

_CODE = re.compile(r"[a-z][a-z_]{2,40}")
LONGEST_SENTENCE = 3_000
TOO_LONG, TOO_LONG_AMONG_OTHERS = 1.0, 10.0
"""Seconds: where a test has the machine for itself, as in the long run, and where other tests run beside it."""


@dataclass(slots=True)
class Heard:
    """Each list holds what ought not to be: the name of the entry, what was wrong, and of an error its kind."""

    codes: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    unhandled: list[str] = field(default_factory=list)
    echoes: list[str] = field(default_factory=list)
    badly_told: list[str] = field(default_factory=list)
    slowest: float = 0.0
    slow: str = ""

    @property
    def inputs(self) -> int:
        return self.codes.total() + self.answered.total() + len(self.unhandled)

    def hears(self, name: str, ask: Callable[[], object]) -> None:
        """Asks, and asks once more where it took long: another program may have had the machine."""
        seconds = self._asked(name, ask)
        if seconds > TOO_LONG:
            seconds = min(seconds, self._asked(name, ask))
        if seconds > self.slowest:
            self.slowest, self.slow = seconds, name

    def _asked(self, name: str, ask: Callable[[], object]) -> float:
        began = time.perf_counter()
        with Caught() as caught:
            ask()
        seconds = time.perf_counter() - began
        if caught.problem is None:
            self.answered[name] += 1
        else:
            self._look_at(name, caught.problem)
        return seconds

    def _look_at(self, name: str, refused: Exception) -> None:
        if not isinstance(refused, CaseworkError):
            where = traceback.extract_tb(refused.__traceback__)[-1]
            self.unhandled.append(f"{name}: {type(refused).__name__} in {where.filename}:{where.lineno}")
            return
        self.codes[refused.code] += 1
        told = str(refused)
        if not (_CODE.fullmatch(refused.code) and told.endswith((".", "/REFERENCE.")) and len(told) < LONGEST_SENTENCE):
            self.badly_told.append(f"{name}: {refused.code}")
        whole = "".join(traceback.format_exception(refused)) + repr(vars(refused))
        self.listens(name, whole)

    def listens(self, name: str, said: Any) -> None:
        found = said if isinstance(said, str) else repr(said)
        if MARK in found or NUMBER in found:
            self.echoes.append(name)


class Caught:
    """What a request raises, whatever it is: that nothing but our own errors comes is what is asked here."""

    problem: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, problem: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        self.problem = problem if isinstance(problem, Exception) else None
        return self.problem is not None


class Memory:
    """How much more memory the process holds than when it was first asked. Unit: MiB.

    What it has given back counts as given back: glibc keeps up to 64 MiB of that for the next large request.
    """

    def __init__(self) -> None:
        self._before = self._now()

    @property
    def growth(self) -> float:
        return self._now() - self._before

    def _now(self) -> float:
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * 4096 / 2**20
