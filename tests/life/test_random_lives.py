"""Random lives against a plain model on both engines: what may happen, and how everything stands after it."""

import os
import secrets
import sys

import pytest

from casework import Casework
from tests.conftest import Actors, Clock
from tests.life.lives import RandomLife
from tests.time.lives import Dice

STEPS = 22
SEED = "CASEWORK_TESTS_SEED"
"""Set to what a run that failed has printed, it has the same lives again."""


@pytest.mark.parametrize("number", [12, pytest.param(1_000, marks=pytest.mark.long)])
def test_births_losses_holds_concerns_and_transfers_in_any_order_stand_as_the_cards_say(
    casework: Casework, clock: Clock, actors: Actors, number: int
) -> None:
    seed = os.environ.get(SEED) or secrets.randbelow(10**6)
    sys.stdout.write(f"{SEED}={seed}\n")
    for n in range(number):
        life = RandomLife(casework, clock, actors.everyone, Dice(f"{seed}-{n}"))
        for _ in range(STEPS):
            life.happens()
            life.agrees()
