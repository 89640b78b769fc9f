"""Two processes at one case: one wins, the other is told who was first, and nothing is lost or done twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from casework import Casework, Receipt
from persistence import Database
from persistence.tables import case_events, cases, idempotency_keys
from tests.meetings.scene import DECLINED
from tests.persistence import rivals
from tests.persistence.families import ACCEPTED, refer, step
from tests.persistence.processes import together

ROUNDS = 60
PROCESSES, CHANGES = 8, 50


def count(database: Database, table: sa.Table) -> int:
    with database.engine.connect() as connection, connection.begin():
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_of_two_processes_that_fire_at_one_case_exactly_one_wins_each_time(
    casework: Casework, database: Database, database_url: str
) -> None:
    waiting = refer(casework, "L-1", steps=ACCEPTED)
    told = together(
        rivals.fire_in_turn,
        (database_url, "Ada", waiting.case_id, waiting.version, ROUNDS),
        (database_url, "Bea", waiting.case_id, waiting.version, ROUNDS),
    )
    outcomes = list(zip(*told, strict=True))
    assert set(outcomes) <= {("won", "Ada"), ("Bea", "won")}, outcomes
    assert casework.case("L-1").version == waiting.version + ROUNDS
    assert [e.actor for e in casework.history("L-1")[waiting.version :]] == [
        "Ada" if outcome[0] == "won" else "Bea" for outcome in outcomes
    ]


@pytest.mark.damages("writes versions that have no event, as code without a lock would")
def test_the_same_race_without_lock_and_version_loses_changes(
    casework: Casework, database: Database, database_url: str
) -> None:
    """The control: these processes do run into each other."""
    opened = refer(casework, "L-1")
    call = (database_url, opened.case_id, ROUNDS)
    together(rivals.add_naively, call, call)
    with database.engine.connect() as connection, connection.begin():
        version = connection.scalar(sa.select(cases.c.version)) or 0
    assert version < opened.version + 2 * ROUNDS


@pytest.mark.parametrize("rounds", [40, pytest.param(1_000, marks=pytest.mark.long)])
def test_of_many_who_change_one_case_at_once_nobody_is_lost_and_a_race_has_one_winner(
    rounds: int, casework: Casework, database: Database, database_url: str, promise: Callable[..., None]
) -> None:
    busy = refer(casework, "L-1")
    call = (database_url, busy.case_id, CHANGES)
    assert together(rivals.note_whatever_stands, *[call] * PROCESSES) == [CHANGES] * PROCESSES
    assert casework.case("L-1").version == busy.version + PROCESSES * CHANGES
    assert len(casework.history("L-1")) == busy.version + PROCESSES * CHANGES

    ready = [refer(casework, f"R-{n}", steps=ACCEPTED[:1]) for n in range(rounds)]
    ids = [(case.case_id, case.version) for case in ready]
    told = together(
        rivals.decide,
        (database_url, "Ada", *ACCEPTED[1], ids),
        (
            database_url,
            "Bea",
            "decline",
            {"rmg_on": "2026-03-02", **DECLINED},
            ids,
        ),
    )
    outcomes = list(zip(*told, strict=True))
    assert set(outcomes) <= {("won", "stale_case"), ("stale_case", "won")}, outcomes
    assert {casework.case(case_id).version for case_id, _ in ids} == {ready[0].version + 1}
    lost = _lost_without_a_lock(database, database_url)
    promise(
        "P7",
        f"{database.url.get_backend_name()}: {PROCESSES} processes x {CHANGES} on one case, 0 lost; "
        f"{rounds} races of accept and decline, one winner each ({told[0].count('won')} times accepted)",
        control=f"without lock and version {lost} of {PROCESSES * CHANGES} were lost",
    )


def _lost_without_a_lock(database: Database, url: str) -> int:
    """The control, on a counter of its own: the case is left as it is."""
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text("CREATE TABLE counter (n integer)"))
        connection.execute(sa.text("INSERT INTO counter VALUES (0)"))
    together(rivals.count_naively, *[(url, CHANGES)] * PROCESSES)
    with database.engine.connect() as connection, connection.begin():
        counted = connection.scalar(sa.text("SELECT n FROM counter")) or 0
    lost = PROCESSES * CHANGES - counted
    assert lost > 0
    return lost


def test_a_step_sent_twice_at_once_with_one_key_has_one_effect_and_one_answer(
    casework: Casework, database: Database, database_url: str
) -> None:
    opened = refer(casework, "L-1")
    call = (database_url, opened.case_id, opened.version, ROUNDS)
    one, other = together(rivals.fire_with_keys, call, call)
    assert all(isinstance(answer, Receipt) for answer in one), one
    assert one == other
    assert casework.case("L-1").version == opened.version + ROUNDS
    assert count(database, idempotency_keys) == ROUNDS


WITH_OR_WITHOUT = [
    {"reference": reference, "people": people} for reference in (True, False) for people in (True, False)
]


@pytest.mark.parametrize("request_", WITH_OR_WITHOUT, ids=str)
def test_a_referral_opened_twice_at_once_with_one_key_is_one_referral_with_one_answer(
    database: Database, database_url: str, request_: dict[str, bool]
) -> None:
    call = (database_url, "one person", 25, request_)
    one, other = together(rivals.open_at_once, call, call)
    assert all(isinstance(answer, Receipt) for answer in one), one
    assert one == other
    assert count(database, cases) == count(database, case_events) == count(database, idempotency_keys) == 25


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"reference": True, "people": False}, "reference_taken"),
        ({"reference": False, "people": True}, "step_refused"),
    ],
    ids=["one reference", "the same baby and carer"],
)
def test_of_two_people_who_open_the_same_referral_at_once_one_does_and_the_other_is_told_why_not(
    database: Database, database_url: str, request_: dict[str, bool], code: str
) -> None:
    told = together(
        rivals.open_at_once, (database_url, "Ada", 25, request_), (database_url, "Bea", 25, request_)
    )  # fmt: skip
    for one, other in zip(*told, strict=True):
        opened, refused = (one, other) if isinstance(one, Receipt) else (other, one)
        assert isinstance(opened, Receipt)
        assert refused == code
    assert count(database, cases) == 25


def test_threads_of_one_process_share_a_database(casework: Casework) -> None:
    """More of them than the pool has connections to begin with; no two at one case."""
    opened = [refer(casework, f"L-{number}") for number in range(12)]

    def work_through(receipt: Receipt) -> int:
        for trigger, data in ACCEPTED:
            receipt = step(casework, receipt, trigger, data)
            casework.worklist()
        return receipt.version

    with ThreadPoolExecutor(len(opened)) as threads:
        assert list(threads.map(work_through, opened)) == [3] * len(opened)
