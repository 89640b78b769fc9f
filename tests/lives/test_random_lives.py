"""Random lives of families on both engines, each step held to a box of cards; and the same with faults planted."""

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from casework import Casework
from persistence import Database
from tests.conftest import KEYS, Actors, Clock, unheard
from tests.invariants import broken_rules
from tests.lives import planted
from tests.lives.life import RandomLife, enter_figures
from tests.postgres import drop_database, new_database, session_server
from tests.promises import Say
from tests.time.lives import Dice

SEED = "CASEWORK_TESTS_SEED"
"""Set to what a run that failed has printed, it has the same lives again."""
LIVES_A_CLINIC = 15
STEPS = (12, 18, 24, 30)

Clinics = Callable[[], AbstractContextManager[tuple[Casework, Clock]]]


@pytest.fixture
def clinics(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Clinics:
    """Makes a clinic in which nobody is known yet. When it closes, all that it kept is held to the rules: every record
    replays, and the chain of its events is whole."""

    @contextmanager
    def opened() -> Iterator[tuple[Casework, Clock]]:
        clock = Clock()
        with _empty(database_kind, tmp_path, request) as url:
            database = Database(url, KEYS.macs)
            clinic = Casework(database, clock)
            enter_figures(clinic, clock.today)
            try:
                yield clinic, clock
                assert broken_rules(database) == []
            finally:
                database.close()

    return opened


@contextmanager
def _empty(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if kind == "sqlite":
        file = folder / f"{secrets.token_hex(4)}.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), file)
        yield f"sqlite:///{file}"
        for left in folder.glob(f"{file.name}*"):
            left.unlink()
        return
    server = session_server()
    url = new_database(server, copy_of=request.getfixturevalue("migrated_url"))
    yield url
    drop_database(server, url)


def live(clinics: Clinics, actors: Actors, seed: str, number: int, often: tuple[str, ...] = ()) -> dict[str, int]:
    """So many lives; the steps that were taken and the reasons that were given, counted."""
    counted: dict[str, int] = {}
    with unheard():
        for first in range(0, number, LIVES_A_CLINIC):
            with clinics() as (casework, clock):
                for n in range(first, min(first + LIVES_A_CLINIC, number)):
                    dice = Dice(f"{seed}-{n}")
                    life = RandomLife(casework, clock, actors.everyone, dice, often)
                    for _ in range(dice.choice(STEPS)):
                        life.happens()
                    for what, times in (life.taken | life.refused).items():
                        counted[what] = counted.get(what, 0) + times
    return counted


def _seed() -> str:
    seed = os.environ.get(SEED) or str(secrets.randbelow(10**6))
    sys.stdout.write(f"{SEED}={seed}\n")
    return seed


@pytest.mark.parametrize(
    ("database_kind", "number"),
    [
        ("sqlite", 60),
        ("postgresql", 15),
        pytest.param("sqlite", 10_000, marks=pytest.mark.long),
        pytest.param("postgresql", 300, marks=pytest.mark.long),
    ],
    indirect=["database_kind"],
)
def test_whatever_happens_to_a_family_the_clinic_and_the_cards_say_the_same(
    clinics: Clinics, actors: Actors, number: int, database_kind: str, promise: Say
) -> None:
    counted = live(clinics, actors, _seed(), number)
    assert counted.keys() >= {"pass_checks", "allocate", "impossible_step", "already_referred"}
    control = f"{len(planted.FAULTS)} planted faults, each caught"
    promise("L1", f"0 differences in {number:,} lives on {database_kind}", control=control)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("fault", planted.FAULTS, ids=lambda fault: fault.says)
def test_a_fault_that_is_planted_is_caught(
    clinics: Clinics, actors: Actors, monkeypatch: pytest.MonkeyPatch, fault: planted.Fault
) -> None:
    fault.plant(monkeypatch)
    with pytest.raises(AssertionError, match=r"ought|expected|flags"):
        live(clinics, actors, _seed(), 300, fault.often)
