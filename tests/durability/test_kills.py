"""P1: what a clerk was told is kept stays kept, at whatever moment the process of the clerk is killed."""

import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.durability import kills
from tests.durability.courses import Tally, clinic_of, opened, steps_kept, take, tally
from tests.durability.kills import Clerk, kill_at_random
from tests.invariants import broken_rules
from tests.promises import Say

pytestmark = pytest.mark.usefixtures("log_lines")

LIFE_SECONDS = 0.14
KILLS_A_FILE = 50
LOOK_EVERY = 5
"""Of five rounds four leave the file as the killed left it: then the next clerks are the ones who repair it."""

ENOUGH = 60
"""Kills within which a control must have failed; it seldom takes more than three."""

WELL = Tally(lost=0, doubled=0, unasked=0)


@pytest.fixture
def fresh_file(migrated_file: Path, tmp_path: Path) -> Callable[[], Path]:
    def make() -> Path:
        file = tmp_path / f"clinic{len(list(tmp_path.iterdir()))}.db"
        shutil.copyfile(migrated_file, file)
        return file

    return make


def chance(seed: int) -> Callable[[], float]:
    sys.stdout.write(f"killed at moments of seed {seed}\n")
    dice = random.Random(seed)
    return lambda: dice.uniform(0, LIFE_SECONDS)


def killed_over_and_over(clerks: list[Clerk], rounds: int, moment: Callable[[], float]) -> int:
    """How many steps were kept and not acknowledged, at the moments at which we looked."""
    unanswered = 0
    for number in range(1, rounds + 1):
        kill_at_random(clerks, moment)
        if number % LOOK_EVERY == 0 or number == rounds:
            kept = steps_kept(clerks[0].file)
            assert [tally(kept, clerk.name, clerk.acknowledged) for clerk in clerks] == [WELL] * len(clerks)
            unanswered += kept.total() - sum(clerk.acknowledged for clerk in clerks)
    return unanswered


@pytest.mark.parametrize("number", [40, pytest.param(1_000, marks=pytest.mark.long)])
def test_a_clerk_killed_at_any_moment_has_lost_and_doubled_nothing(
    number: int, fresh_file: Callable[[], Path], promise: Say
) -> None:
    moment, told, unanswered = chance(20261122), 0, 0
    for begun in range(0, number, KILLS_A_FILE):
        clerks = [Clerk(name, file) for file in [fresh_file()] for name in ("ann", "bob")]
        unanswered += killed_over_and_over(clerks, min(KILLS_A_FILE, number - begun) // len(clerks), moment)
        told += sum(clerk.acknowledged for clerk in clerks)
        nothing_is_broken(clerks)
    sys.stdout.write(f"{told} steps were acknowledged\n")
    promise(
        "P1",
        f"{number} kills, {told} acknowledged: 0 lost, 0 doubled, 0 corrupt; {unanswered} kept unanswered where looked",
        control=CONTROL,
    )


def nothing_is_broken(clerks: list[Clerk]) -> None:
    """The rules of the kept hold, and each clerk's open question has one answer."""
    database = opened(clerks[0].file)
    clinic = clinic_of(database)
    for clerk in clerks:
        assert take(clinic, clerk.name, clerk.acknowledged) == take(clinic, clerk.name, clerk.acknowledged)
        clerk.acknowledged += 1
    assert not broken_rules(database)
    database.close()
    kept = steps_kept(clerks[0].file)
    assert kept.total() == sum(clerk.acknowledged for clerk in clerks)


CONTROL = "acknowledged before the commit, steps are lost; asked again without a key, they are doubled"


def test_the_kills_show_a_clerk_who_is_told_before_it_is_kept(fresh_file: Callable[[], Path]) -> None:
    moment = chance(7)

    def lost() -> int:
        clerk = Clerk("ann", fresh_file(), kills.acknowledge_before_it_is_kept)
        kill_at_random([clerk], moment)
        return tally(steps_kept(clerk.file), clerk.name, clerk.acknowledged).lost

    assert any(lost() for _ in range(ENOUGH))


def test_the_kills_show_a_clerk_who_asks_again_without_a_key(fresh_file: Callable[[], Path]) -> None:
    moment, clerk = chance(7), Clerk("ann", fresh_file(), kills.ask_without_a_key)
    database = opened(clerk.file)
    take(clinic_of(database), clerk.name, 0)
    database.close()

    def doubled() -> int:
        kill_at_random([clerk], moment)
        return steps_kept(clerk.file).total() - 1 - clerk.acknowledged

    assert any(doubled() > 1 for _ in range(ENOUGH)), "one may be the last question, which nobody has asked again"
