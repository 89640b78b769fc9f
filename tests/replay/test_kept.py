"""P8: what is kept of a referral is the fold of its events, whatever goes wrong with the database meanwhile."""

import sys
from collections.abc import Iterator
from time import perf_counter

import pytest

from persistence import Database
from tests.conftest import Clock, unheard
from tests.promises import Say
from tests.replay.faulty import Fault, Faulty, StepByStep
from tests.replay.kept import through_a_clinic
from tests.replay.walks import Found

SEED = 2026


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Refusals by the thousand are what is asked for here."""
    with unheard():
        yield


@pytest.fixture
def faulty(database: Database, database_url: str) -> Iterator[Faulty]:
    """On the database that is held to the rules when the test is over."""
    opened = Faulty(database_url)
    yield opened
    opened.close()


def told(found: Found, began: float) -> None:
    seen = dict(found.seen.most_common())
    sys.stdout.write(f"seed {SEED}: {found.seen['sequences']} in {perf_counter() - began:.1f} s: {seen}\n")


@pytest.mark.parametrize("number", [30, pytest.param(3_000, marks=pytest.mark.long)])
def test_whatever_goes_wrong_what_is_kept_is_the_fold_of_what_happened(
    number: int, faulty: Faulty, clock: Clock, database_kind: str, promise: Say
) -> None:
    began = perf_counter()
    *_, found = through_a_clinic(faulty, clock, number, SEED)
    told(found, began)
    assert not found.differences, found.differences
    assert found.seen["taken"] > number * 2
    assert found.seen["refused"] > number * 2
    assert found.seen["stale"] > number / 10
    assert found.seen["asked again"] > number / 10
    asked = found.seen["taken"] + found.seen["refused"]
    assert found.seen["faults"] > asked * (0.03 if number < 1_000 else 0.05)
    assert number < 1_000 or all(found.seen[fault.value] for fault in Fault)
    said = f"{number:,} sequences, {found.seen['taken']:,} steps, {found.seen['faults']:,} faults, 0 differ"
    promise("P8", f"{database_kind}: {said}", control="kept statement by statement, the same faults leave halves")


@pytest.mark.damages("keeps each statement by itself, which is the control")
def test_kept_without_a_transaction_the_same_faults_leave_halves(database: Database, clock: Clock) -> None:
    naive = StepByStep(str(database.url.render_as_string(hide_password=False)))
    began = perf_counter()
    *_, found = through_a_clinic(naive, clock, 25, SEED, faults=0.3)
    naive.close()
    told(found, began)
    assert len(found.differences) > 5, "the harness does not see what was half kept"
