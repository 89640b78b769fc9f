"""Every change reaches the log, whatever kills who tells it; and what is forged gets no line."""

import io
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from casework.audit.evidence import Standing
from casework.audit.keys import AuditKeys, new_keys, read_keys
from casework.audit.lines import OF_EVENTS
from casework.audit.reconcile import read_log, reconcile
from casework.audit.relay import Relay
from casework.audit.seal import MacKeys
from casework.audit.verify import verify
from casework.identity import new_id
from persistence import Database
from persistence.rows import event_from, sealed_row
from persistence.tables import case_events, cases
from tests.audit import emitters
from tests.audit.clinics import fill
from tests.conftest import Clock, captured
from tests.persistence.processes import killed
from tests.promises import Say

SECRETS = new_keys(Clock().today)
FORGED = 4


@pytest.fixture
def clinic(database_url: str) -> Iterator[Database]:
    database = Database(database_url, read_keys(SECRETS).macs)
    yield database
    database.close()


def lines_in(place: Path) -> list[dict[str, Any]]:
    """Those that can be read."""
    found = []
    for line in place.read_bytes().splitlines():
        try:
            found.append(orjson.loads(line))
        except orjson.JSONDecodeError:
            continue
    return [line for line in found if isinstance(line, dict)]


def standing_of(database: Database) -> Standing:
    with database.audit.evidence() as evidence:
        standing = evidence.standing()
    assert standing is not None
    return standing


def forge(database: Database, number: int) -> set[str]:
    """Rows that somebody put in beside the programs, under the MAC of another row; the trigger owes them a line."""
    forged = set()
    with database.engine.begin() as connection:
        for case in connection.execute(sa.select(cases).order_by(cases.c.id).limit(number)).mappings():
            last = (case_events.c.case_id == case["id"], case_events.c.seq == case["version"])
            row = dict(connection.execute(sa.select(case_events).where(*last)).mappings().one())
            row |= {"seq": row["seq"] + 1, "id": new_id(), "from_state": row["to_state"]}
            connection.execute(sa.insert(case_events).values(row))
            forged.add(str(row["id"]))
    return forged


@pytest.mark.damages("rows are forged")
@pytest.mark.parametrize(
    ("database_kind", "kills"),
    [
        ("sqlite", 4),
        ("postgresql", 4),
        pytest.param("sqlite", 100, marks=pytest.mark.long),
        pytest.param("postgresql", 100, marks=pytest.mark.long),
    ],
    indirect=["database_kind"],
)
def test_no_event_is_without_its_line_however_often_the_relay_is_killed(
    clinic: Database, database_url: str, database_kind: str, tmp_path: Path, kills: int, promise: Say
) -> None:
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"killed at moments of seed {seed}\n")
    chance, place, keys = random.Random(seed), tmp_path / "casework.log", read_keys(SECRETS)
    database, torn, forged = clinic, 0, set[str]()
    for number in range(kills):
        fill(database, 12, number * 12)
        if number == kills // 2:
            forged = forge(database, FORGED)
        killed(emitters.telling, database_url, SECRETS, place, after=chance.uniform(0, 0.12))
        torn += emitters.tear(place, standing_of(database), chance)
    killed(emitters.telling, database_url, SECRETS, place, after=3 if kills < 50 else 20)
    assert without_a_line(database, place) == forged
    lines = [line for line in lines_in(place) if line["event"] in OF_EVENTS]
    by_event = {line["event_id"]: line["leaf"] for line in lines}
    assert all(by_event[line["event_id"]] == line["leaf"] for line in lines), "an event has two places"
    assert {line["event_id"] for line in lines_in(place) if line["event"] == "audit.not_proved"} == forged
    assert is_one_order(database, place, keys, forged)
    assert reconciled_again(database, place, keys, chance) == FORGED
    measured = f"{kills} kills and {torn} torn ends on {database_kind}: 0 of {len(by_event)} without a line, "
    measured += f"{len(lines) - len(by_event)} lines twice, {FORGED} of {FORGED} forged named, 0 genuine"
    naive = lost_the_old_way(tmp_path, database_url, kills)
    promise("P10", measured, control=f"told after the commit: {naive} events without a line")


def without_a_line(database: Database, place: Path) -> set[str]:
    there = {line["event_id"] for line in lines_in(place) if line["event"] in OF_EVENTS} if place.exists() else set()
    with database.engine.connect() as connection:
        return {str(event_id) for event_id in connection.scalars(sa.select(case_events.c.id))} - there


def is_one_order(database: Database, place: Path, keys: AuditKeys, forged: set[str]) -> bool:
    """Leaves without a gap, each digest as in the log, and nothing found but what was forged."""
    with database.audit.evidence() as evidence:
        places = [leaf for leaf, _ in evidence.leaves()]
        found = verify(evidence, keys).findings
        outcome = reconcile(evidence, read_log(io.BytesIO(place.read_bytes())), keys)
    assert places == list(range(len(places)))
    assert len([one for one in found if one.code == "event_altered" or one.code == "event_forged"]) == len(forged)
    assert {one.code for one in outcome.differences} == {"row_without_line"}
    return len(outcome.differences) == len(forged)


def reconciled_again(database: Database, place: Path, keys: AuditKeys, chance: random.Random) -> int:
    """Lines that a collector drops are found, each one, and told again; how many were refused as not proved."""
    lines = place.read_bytes().splitlines(keepends=True)
    of_events = (emitters.number_in(line, "leaf") for line in lines if b'"case.' in line)
    dropped = set(chance.sample(sorted({leaf for leaf in of_events if leaf is not None}), 40))
    kept = [line for line in lines if emitters.number_in(line, "leaf") not in dropped]
    with database.audit.evidence() as evidence:
        outcome = reconcile(evidence, read_log(kept), keys)
    assert dropped <= set(outcome.missing)
    assert len(outcome.missing) == len(dropped) + FORGED
    proving = Relay(database.audit, keys)
    with captured() as said:
        again, not_proved = proving.tell_again(outcome.missing)
    assert set(again) == dropped == {line["leaf"] for line in said if line["event"] in OF_EVENTS}
    return len(not_proved)


def lost_the_old_way(tmp_path: Path, url: str, kills: int) -> int:
    """Events without a line where lines are written after the commit: kills go on until one is seen, up to forty. On a
    machine that has much to do they come later and later, so that there is something to kill.
    """
    place, database, chance = tmp_path / "naive.log", Database(url), random.Random(1)
    before = without_a_line(database, place)
    lost = 0
    for number in range(40):
        first, after = 1_000_000 + number * 10_000, chance.uniform(0.02, 0.3) + 0.02 * number
        killed(emitters.telling_after_the_commit, url, first, place, after=after)
        lost = len(without_a_line(database, place) - before)
        if lost and number >= kills:
            break
    database.close()
    assert lost, "the control loses nothing, so this test could not see a loss"
    return lost


@pytest.mark.damages("a row is forged")
@pytest.mark.parametrize("place", ["chained", "not chained"])
def test_a_forged_row_gets_no_line_from_whoever_proves_it_first_and_one_from_whoever_does_not(
    database: Database, place: str
) -> None:
    """The control: a reconciler that tells again whatever has no line makes a forged row look genuine."""
    fill(database, 3)
    keys = AuditKeys(database.macs)
    with captured():
        Relay(database.audit, keys).run()
    forge_one(database, chained=place == "chained")
    with captured() as said:
        Relay(database.audit, keys).run()
    assert [line["event"] for line in said] == ["audit.not_proved"]
    with captured() as said:
        assert Relay(database.audit, keys).tell_again([18]) == ([], [18])
    assert [line["event"] for line in said] == ["audit.not_proved"]
    with captured() as said:
        Relay(database.audit).tell_again([18])
    laundered = [line["event"] in OF_EVENTS for line in said]
    assert laundered == [place == "chained"]


def forge_one(database: Database, *, chained: bool) -> None:
    with database.engine.begin() as connection:
        case = connection.execute(sa.select(cases).order_by(cases.c.id).limit(1)).mappings().one()
        last = (case_events.c.case_id == case["id"], case_events.c.seq == case["version"])
        row = dict(connection.execute(sa.select(case_events).where(*last)).mappings().one())
        row |= {"seq": row["seq"] + 1, "id": new_id(), "from_state": row["to_state"]}
        if chained:
            salted = sealed_row(event_from(row), case["head"], MacKeys())
            row |= {"salt": salted["salt"], "digest": salted["digest"]}
        connection.execute(sa.insert(case_events).values(row))
