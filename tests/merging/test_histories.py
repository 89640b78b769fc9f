"""However referrals are worked, merged and parted, each is afterwards what it was, with the later work in its place."""

from random import Random

import pytest

from casework import Casework
from tests.conftest import Actors, Clock, unheard
from tests.merging.histories import History, destroying

STEPS = 14


@pytest.mark.parametrize("number", [30, pytest.param(1_000, marks=pytest.mark.long)])
def test_after_every_merge_and_undo_both_records_are_what_they_were(
    casework: Casework, clock: Clock, actors: Actors, number: int
) -> None:
    seed = Random().randrange(2**32)
    print(f"seed {seed}")
    random, undone = Random(seed), 0
    with unheard():
        for _ in range(number):
            history = History(casework, clock, actors, random)
            history.run(STEPS)
            assert history.differing() == []
            undone += history.undone
    assert undone >= number


def test_a_merge_that_copies_and_forgets_would_be_found_out(casework: Casework, clock: Clock, actors: Actors) -> None:
    with unheard():
        history = History(casework, clock, actors, Random(1))
        history.run(STEPS)
    assert history.differing() == []
    destroying(history.model)
    assert history.differing()
