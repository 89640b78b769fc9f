"""Several relays on one database, keys and the verifier's memory in files, and what is sealed, read back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from casework import CaseEvent
from casework.audit.keys import AuditKeys, new_keys, read_keys
from casework.audit.merkle import Frontier, roots_at
from casework.audit.relay import Relay
from casework.audit.seal import BETWEEN
from casework.audit.verify import Seen, verify
from casework.errors import BadRequest
from casework.identity import new_id
from jobs.auditing import State, make_keys, public_keys, rotate_keys
from persistence import Database
from persistence.audit_tables import audit_leaves, audit_outbox, audit_state
from persistence.evidence import HEADER
from persistence.rows import _texts, event_row
from persistence.tables import case_events, cases
from tests.audit.clinics import fill
from tests.audit.test_no_false_alarm import allow
from tests.conftest import captured

TODAY = date(2026, 11, 22)
ODD = ("O'Brien", "%s\\", 'a "b"', "Zoë Ƶ 汉", "😀", "  two  ", "NULL", "é")


def test_two_relays_at_once_give_one_order_and_sign_it(database: Database) -> None:
    signing = read_keys(new_keys(TODAY)).signing
    assert signing is not None
    keys, told = AuditKeys(database.macs, signing, {signing.id: signing.public}), 40

    with captured() as said, ThreadPoolExecutor(2) as pool:
        for number in range(0, told, 8):
            fill(database, 8, number)
            relays = [pool.submit(Relay(database.audit, keys).run, ending=True) for _ in range(2)]
            assert sum(one.result(30) for one in relays) >= 48
    leaves = {line["event_id"]: line["leaf"] for line in said if "leaf" in line}
    assert sorted(leaves.values()) == list(range(told * 6))
    with database.audit.evidence() as evidence:
        assert [leaf for leaf, _ in evidence.leaves()] == list(range(told * 6))
        assert verify(evidence, keys).findings == []


def test_a_relay_without_a_key_that_signs_tells_every_line_and_no_checkpoint(database: Database) -> None:
    fill(database, 2)
    with captured() as said:
        assert Relay(database.audit, AuditKeys(database.macs)).run(ending=True) == 12
    assert {line["event"] for line in said} == {"case.opened", "case.moved", "case.noted"}


def test_lines_that_the_log_does_not_take_stay_owed(database: Database) -> None:
    fill(database, 2)

    def full() -> None:
        raise OSError("no space")

    with captured(), pytest.raises(OSError, match="no space"):
        Relay(database.audit, AuditKeys(database.macs), settle=full).run()
    assert database.audit.owed().untold == 12
    with captured() as said:
        Relay(database.audit, AuditKeys(database.macs)).run()
    assert [line["leaf"] for line in said] == list(range(12))
    assert database.audit.owed().untold == 0


@pytest.mark.damages("the outbox was written to by hand")
def test_an_event_that_is_owed_twice_gets_one_place_and_is_named(database: Database) -> None:
    fill(database, 2)
    with database.engine.begin() as connection:
        case_id = connection.scalar(sa.select(cases.c.id).limit(1))
        connection.execute(sa.insert(audit_outbox).values(case_id=case_id, seq=1))
    with captured() as said:
        Relay(database.audit, AuditKeys(database.macs)).run()
        fill(database, 1, 50)
        Relay(database.audit, AuditKeys(database.macs)).run()
    assert sorted(line["leaf"] for line in said) == list(range(18))
    with database.audit.evidence() as evidence:
        assert [one.code for one in verify(evidence, AuditKeys(database.macs)).findings] == ["placed_already"]


SPOILT: dict[str, dict[str, Any]] = {
    "a way that no pathway has": {"pathway": "nothing@9"},
    "answers that are no JSON": {"data": "{"},
    "a date that is none": {"effective_on": "infinity"},
    "a number beyond all": {"seq": 2_000_000_000},
    "text for bytes": {"digest": "text", "mac": "text"},
    "bytes that are no text": {"actor": b"\xff\xfe"},
    "more behind a NUL": {"actor": "the duty clinician\x00, no: somebody else"},
    "the sign of no value as a value": {"request_id": "\x1e"},
}
ON_SQLITE_ALONE = "more behind a NUL"


@pytest.mark.damages("rows are spoilt")
@pytest.mark.parametrize("how", SPOILT)
def test_a_row_that_makes_no_sense_is_named_and_holds_nobody_up(
    database: Database, database_kind: str, how: str
) -> None:
    if database_kind == "postgresql" and how == ON_SQLITE_ALONE:
        assert refuses(database, SPOILT[how])
        return
    fill(database, 2)
    with database.engine.connect() as connection:
        case_id = connection.scalar(sa.select(cases.c.id).order_by(cases.c.id).limit(1))
    assert case_id is not None
    spoil(database, case_id, SPOILT[how])
    fill(database, 1, 50)
    with database.audit.evidence() as evidence:
        found = verify(evidence, AuditKeys(database.macs)).findings
    assert case_id.hex in {one.case_id for one in found}
    with captured() as said:
        Relay(database.audit, AuditKeys(database.macs)).run()
    genuine = [line for line in said if line["event"] != "audit.not_proved"]
    assert len([line for line in genuine if line["case_id"] != str(case_id)]) == 12


def spoil(database: Database, case_id: Any, values: dict[str, Any]) -> None:
    """As text of SQL, so that no type of ours stands in the way. The place is made to follow the event."""
    with database.engine.begin() as connection:
        allow(connection)
        own = case_id.hex if database.is_sqlite else case_id
        names = ", ".join(f"{name} = :{name}" for name in values)
        statement = sa.text(f"UPDATE case_events SET {names} WHERE case_id = :own AND seq = 6")
        connection.execute(statement, {**values, "own": own})
        if "seq" in values:
            outbox = sa.text("UPDATE audit_outbox SET seq = :seq WHERE case_id = :own AND seq = 6")
            connection.execute(outbox, {"seq": values["seq"], "own": own})


def refuses(database: Database, values: dict[str, Any]) -> bool:
    """PostgreSQL holds a column to its type."""
    fill(database, 1)
    with database.engine.connect() as connection:
        case_id = connection.scalar(sa.select(cases.c.id))
    try:
        spoil(database, case_id, values)
    except (sa.exc.DBAPIError, ValueError):
        return True
    return False


@pytest.mark.damages("the state is altered")
@pytest.mark.parametrize("new", [{"edge": b"x" * 32}, {"size": 5}, {"told": 99}, {"told_checkpoint": 99}, None])
def test_a_state_that_contradicts_itself_is_found_and_nothing_is_put_in_order_upon_it(
    database: Database, new: dict[str, Any] | None
) -> None:
    fill(database, 2)
    with captured():
        Relay(database.audit, AuditKeys(database.macs)).run()
    with database.engine.begin() as connection:
        connection.execute(sa.delete(audit_state) if new is None else sa.update(audit_state).values(new))
    with database.audit.evidence() as evidence:
        assert [one.code for one in verify(evidence, AuditKeys(database.macs)).findings] == ["state_differs"]


def test_what_is_sealed_is_read_back_to_the_letter(database: Database) -> None:
    fill(database, 1)
    with database.engine.begin() as connection:
        kept = dict(connection.execute(sa.select(case_events).limit(1)).mappings().one())
        rows = []
        for seq, odd in enumerate(ODD, 20):
            at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC) + timedelta(microseconds=seq % 2)
            event = CaseEvent(
                new_id(), kept["case_id"], seq, "note", "received", "received", odd, None if seq % 2 else odd[:9],
                "library", TODAY, at if seq % 3 else None, at, "leeds-imhs@1", {"reason": odd}, ("x",) * (seq % 2),
                bool(seq % 2), None if seq % 2 else odd,
            )  # fmt: skip
            rows.append(event_row(event))
        connection.execute(sa.insert(case_events), rows)
        read = connection.scalars(sa.select(HEADER).where(case_events.c.seq >= 20).order_by(case_events.c.seq)).all()
        assert read == [BETWEEN.join(_texts(row)).encode() for row in rows]
        connection.rollback()


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9, 255, 1000])
def test_a_tree_grown_many_at_a_time_is_the_one_grown_leaf_by_leaf(size: int) -> None:
    digests = [n.to_bytes(32, "big") for n in range(size)]
    slow, roots = Frontier(), {}
    for digest in digests:
        roots[slow.size] = slow.root()
        slow.add(digest)
    roots[size] = slow.root()
    cut = size // 3
    quick, found = roots_at(range(size + 1), [digests[:cut], digests[cut:]])
    assert (quick.size, quick.edge) == (slow.size, slow.edge)
    assert found == roots


def test_keys_are_kept_for_their_owner_alone_added_to_and_never_overwritten(tmp_path: Path) -> None:
    place = tmp_path / "keys"
    first = make_keys(place, TODAY)
    assert place.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadRequest, match="there already"):
        make_keys(place, TODAY)
    second = rotate_keys(place, TODAY)
    assert public_keys(place) == [first, second]
    assert place.stat().st_mode & 0o777 == 0o600
    kept = read_keys(place.read_text())
    assert kept.macs.current == "2026-11-22.2"
    assert set(kept.macs.secrets) == {"2026-11-22.1", "2026-11-22.2"}
    assert [name.name for name in tmp_path.iterdir()] == ["keys"]


@pytest.mark.parametrize("line", ["mac a", "mac a x", "lock a b c", "mac ../a " + "A" * 44, "mac a " + "A" * 40])
def test_a_line_that_is_no_key_is_refused_by_its_number_and_not_repeated(line: str) -> None:
    with pytest.raises(BadRequest, match="Line 3") as refused:
        read_keys(f"# ours\n\n{line}\n")
    assert line not in str(refused.value)


def test_two_keys_of_one_name_are_refused() -> None:
    one, other = new_keys(TODAY), new_keys(TODAY)
    for kind in (0, 1):
        with pytest.raises(BadRequest, match="Line 3"):
            read_keys(one + other.splitlines()[kind])
    assert read_keys(one + one.splitlines()[1]).signing is not None


@pytest.mark.parametrize(
    "kept", ["", "[]", "7", '{"size": -1, "root": ""}', '{"size": 1e400, "root": ""}', "[" * 99_999]
)
def test_a_state_that_no_verifier_wrote_is_refused(tmp_path: Path, kept: str) -> None:
    place = tmp_path / "state"
    place.write_text(kept)
    with pytest.raises(BadRequest, match="no state"):
        State(place).read()


def test_a_state_is_kept_whole_or_refused(tmp_path: Path) -> None:
    state, seen = State(tmp_path / "state"), Seen(7, b"x" * 32)
    assert state.read() is None
    state.write(seen)
    assert state.read() == seen
    with pytest.raises(BadRequest, match="cannot be used"):
        State(tmp_path / "nowhere" / "state").write(seen)
    assert [name.name for name in tmp_path.iterdir()] == ["state"]


def test_places_and_leaves_are_append_only_for_whoever_has_not_put_the_triggers_aside(database: Database) -> None:
    fill(database, 1)
    with captured():
        Relay(database.audit, AuditKeys(database.macs)).run()
    for statement in (sa.delete(audit_leaves), sa.update(audit_leaves).values(digest=b"x" * 32)):
        with pytest.raises(sa.exc.DatabaseError), database.engine.begin() as connection:
            connection.execute(statement)
