"""P19 on PostgreSQL: the volume of the data is full, or that of the log, with which the server falls."""

from collections import Counter
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from casework import Casework, StorageError
from persistence import Database
from persistence.tables import case_events, cases
from tests.conftest import unheard
from tests.durability.courses import NOW, Taken, Tally, clinic_of, opened, take, tally
from tests.durability.cramped_disk import AFTERWARDS, Day, Volume, until_refused
from tests.durability.small_cluster import SmallCluster, small_cluster
from tests.invariants import broken_rules
from tests.promises import Say

pytestmark = pytest.mark.long
ROOM = 1_500_000
PATIENCE = 2.0
"""Seconds: nobody can be waited for while the server is down."""


@pytest.fixture
def cluster() -> Iterator[SmallCluster]:
    try:
        with small_cluster() as made:
            yield made
    except PermissionError:
        pytest.skip("only root may mount a volume")


def steps_in(database: Database) -> Counter[Taken]:
    query = sa.select(cases.c.reference, case_events.c.seq, case_events.c.trigger)
    query = query.join(case_events, case_events.c.case_id == cases.c.id)
    with database.engine.connect() as connection, connection.begin():
        return Counter((reference, seq, trigger) for reference, seq, trigger in connection.execute(query))


def work_until_there_is_no_room(clinic: Casework, volume: Volume) -> Day:
    day = Day(before=20)
    for number in range(day.before):
        take(clinic, "ann", number)
    volume.fills_up()
    day.acknowledged = until_refused(clinic, day, day.before)
    return day


def held(cluster: SmallCluster, database: Database, day: Day) -> None:
    """After there is room again: the same clinic and pool go on, and all that was acknowledged is there."""
    clinic = clinic_of(database)
    for _ in range(AFTERWARDS):
        take(clinic, "ann", day.acknowledged)
        day.acknowledged += 1
    assert tally(steps_in(database), "ann", day.acknowledged) == Tally(lost=0, doubled=0, unasked=0)
    assert steps_in(database).total() == day.acknowledged
    assert not broken_rules(database)


def test_where_the_data_has_no_room_reading_goes_on_and_nothing_is_lost(cluster: SmallCluster, promise: Say) -> None:
    database = opened(cluster.url)
    with unheard():
        database.upgrade()
        clinic, volume = clinic_of(database), Volume(cluster.data, ROOM)
        day = work_until_there_is_no_room(clinic, volume)
        assert day.refused == [("database_full", True, False)]
        assert len(clinic.case_ids()) > 1
        believed = day.acknowledged + 1
        assert tally(steps_in(database), "ann", believed).lost == 1, "who takes no answer for an answer loses a step"
        volume.has_room_again()
        held(cluster, database, day)
    database.close()
    promise(
        "P19",
        f"PostgreSQL, data volume: full after {day.acknowledged - AFTERWARDS - day.before} steps, reads went on, "
        f"{AFTERWARDS} of {AFTERWARDS} afterwards, 0 lost",
        control="a caller that takes no answer for an answer loses that step",
    )


def test_where_the_log_has_no_room_the_server_falls_and_nothing_is_lost(cluster: SmallCluster, promise: Say) -> None:
    database = opened(cluster.url)
    with unheard():
        database.upgrade()
        clinic, volume = Casework(database, lambda: NOW, patience=PATIENCE), Volume(cluster.log, 0)
        day = work_until_there_is_no_room(clinic, volume)
        ((code, try_again, maybe_done),) = day.refused
        assert try_again
        with pytest.raises(StorageError) as down:
            take(clinic, "ann", day.acknowledged)
        assert down.value.try_again
        volume.has_room_again()
        cluster.start()
        kept = steps_in(database).total()
        assert kept - day.acknowledged in ((0, 1) if maybe_done else (0,)), "who is told of no change finds none"
        held(cluster, database, day)
    database.close()
    promise(
        "P19",
        f"PostgreSQL, log volume: the server fell after {day.acknowledged - AFTERWARDS - day.before} steps ({code}); "
        f"started again, {AFTERWARDS} of {AFTERWARDS} in the same pool, 0 lost",
        control="as for its data",
    )
