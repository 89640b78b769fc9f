"""Clerks at work on one file, each in a process of its own that is killed. What they were told outlives them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casework import Casework, Receipt
from tests.durability.courses import clinic_of, note_without_a_key, opened, take
from tests.persistence.processes import Doomed

Tell = Callable[[Any], None]


def acknowledge_what_is_kept(tell: Tell, file: Path, clerk: str, first: int) -> None:
    """Step after step from a number on; each is acknowledged once the call has returned."""
    _work(tell, file, clerk, first, take)


def acknowledge_before_it_is_kept(tell: Tell, file: Path, clerk: str, first: int) -> None:
    """The control of what is lost: the answer goes out first."""

    def hasty(clinic: Casework, clerk: str, number: int) -> Receipt | None:
        tell(number)
        return take(clinic, clerk, number)

    _work(lambda what: tell(what) if what == BEGUN else None, file, clerk, first, hasty)


def ask_without_a_key(tell: Tell, file: Path, clerk: str, first: int) -> None:
    """The control of what is doubled: whoever got no answer asks again. The answer is a moment on its way."""

    def late(clinic: Casework, clerk: str, number: int) -> Receipt:
        receipt = note_without_a_key(clinic, clerk, number)
        time.sleep(0.01)
        return receipt

    _work(tell, file, clerk, first, late)


BEGUN = "begun"


def _work(tell: Tell, file: Path, clerk: str, first: int, do: Callable[[Casework, str, int], object]) -> None:
    """One life in two may end while the file is being opened and what the last kill left is repaired."""
    clinic = clinic_of(opened(file))
    if first % 2:
        clinic.case_ids()
    tell(BEGUN)
    number = first
    while True:
        do(clinic, clerk, number)
        tell(number)
        number += 1


@dataclass(slots=True)
class Clerk:
    """One clerk through all its lives. The next life begins with the step that the last one had no answer to."""

    name: str
    file: Path
    target: Callable[..., None] = acknowledge_what_is_kept
    acknowledged: int = 0
    _life: Doomed | None = field(default=None)

    def begin(self) -> None:
        self._life = Doomed(self.target, self.file, self.name, self.acknowledged)
        assert self._life.hears() == BEGUN

    def is_killed(self) -> None:
        assert self._life is not None
        self.acknowledged = max([self.acknowledged, *(number + 1 for number in self._life.killed())])
        self._life = None


def kill_at_random(clerks: list[Clerk], chance: Callable[[], float]) -> None:
    """One round: all begin, all are killed, each at a moment of its own."""
    for clerk in clerks:
        clerk.begin()
    for clerk in clerks:
        time.sleep(chance())
        clerk.is_killed()
