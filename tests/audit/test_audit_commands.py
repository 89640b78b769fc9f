"""The auditor at a terminal: what was done to the database or the log is named, and the exit code says so."""

import gzip
import json
import sqlite3
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.audit.keys import read_keys
from casework.audit.merkle import Frontier
from casework.audit.relay import Relay
from casework.audit.seal import data_digest_of
from casework.calendar import utc_now
from jobs.auditing import make_keys
from persistence import Database
from tests.audit.clinics import fill
from tests.audit.scene import Told
from tests.jobs.line import Line
from tests.promises import Say

TODAY = date(2026, 11, 22)


@pytest.fixture
def line(tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A clinic of two families in a file, with keys, every line told and everything signed, and verified once."""
    place = tmp_path / "clinic.db"
    place.write_bytes(migrated_file.read_bytes())
    make_keys(tmp_path / "keys", TODAY)
    monkeypatch.setenv("CASEWORK_AUDIT_KEYS_FILE", str(tmp_path / "keys"))
    made = Line(f"sqlite:///{place}", tmp_path)
    database = Database(made.url, read_keys((tmp_path / "keys").read_text()).macs)
    fill(database, 2)
    database.close()
    assert made("audit", "relay", "--once").exit_code == 0
    assert verified(made, exit_code=0)["whole"]
    return made


def verified(line: Line, *, exit_code: int) -> Any:
    return line.document("audit", "verify", "--state", line.folder / "state", exit_code=exit_code)


def reconciled(line: Line, *, exit_code: int) -> Any:
    return line.document("audit", "reconcile", line.log, exit_code=exit_code)


def tool(line: Line, *statements: str) -> None:
    """A database tool, in the hands of somebody who may do everything."""
    with sqlite3.connect(line.folder / "clinic.db", isolation_level=None) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


LAST = "(SELECT case_id FROM audit_leaves ORDER BY leaf DESC LIMIT 1)"


def test_one_row_edited_with_a_database_tool_is_named(line: Line) -> None:
    tool(line, f"UPDATE case_events SET actor = 'somebody else' WHERE seq = 3 AND case_id = {LAST}")
    found = verified(line, exit_code=1)
    assert not found["whole"]
    assert [(one["code"], one["reference"], one["seq"]) for one in found["findings"]] == [("event_altered", "R-1", 3)]
    told = line("audit", "verify")
    assert told.exit_code == 1
    assert "Event 3 of R-1 was changed after it was kept." in told.output
    assert "somebody else" not in told.output


def test_one_line_cut_from_the_log_is_named_and_told_again(line: Line, promise: Say) -> None:
    assert reconciled(line, exit_code=0)["agree"]
    lines = line.log.read_bytes().splitlines(keepends=True)
    line.log.write_bytes(b"".join(one for one in lines if b'"leaf":7,' not in one.replace(b": ", b":")))
    found = reconciled(line, exit_code=1)
    assert [(one["code"], one["leaf"]) for one in found["differences"]] == [("row_without_line", 7)]
    assert "Leaf 7 has no line in the log" in line("audit", "reconcile", line.log).output
    assert "Told again: 1 line." in line("audit", "reconcile", line.log, "--tell-again").output
    assert reconciled(line, exit_code=0)["agree"]
    promise("P10", "one line cut from the log: named and told again", control="before it was cut: nothing found")


def test_one_word_of_a_line_altered_is_named_and_not_repeated(line: Line) -> None:
    lines = line.log.read_bytes().splitlines(keepends=True)
    altered = [json.loads(one) for one in lines]
    at = next(n for n, one in enumerate(altered) if one.get("leaf") == 7)
    lines[at] = json.dumps({**altered[at], "actor": "somebody else"}).encode() + b"\n"
    line.log.write_bytes(b"".join(lines))
    found = reconciled(line, exit_code=1)
    assert [(one["code"], one["leaf"], one["seq"]) for one in found["differences"]] == [("line_altered", 7, 2)]
    told = line("audit", "reconcile", line.log).output
    assert "says something else in the log than its event. (line_altered)" in told
    assert "somebody else" not in told


def test_the_last_event_deleted_is_named(line: Line) -> None:
    head = f"(SELECT digest FROM case_events WHERE seq = 5 AND case_id = {LAST})"
    tool(
        line,
        f"UPDATE cases SET version = 5, head = {head} WHERE id = {LAST}",
        f"DELETE FROM case_events WHERE seq = 6 AND case_id = {LAST}",
    )
    found = verified(line, exit_code=1)
    assert ("event_missing", 6, 11) in {(one["code"], one["seq"], one["leaf"]) for one in found["findings"]}
    lines = reconciled(line, exit_code=1)
    assert [(one["code"], one["leaf"], one["seq"]) for one in lines["differences"]] == [("line_without_row", 11, 6)]


def test_the_last_event_deleted_with_every_trace_is_named(line: Line) -> None:
    """A verifier without its state, and without the log, is told nothing: the control."""
    head = f"(SELECT digest FROM case_events WHERE seq = 5 AND case_id = {LAST})"
    tool(
        line,
        f"UPDATE cases SET version = 5, head = {head} WHERE id = {LAST}",
        f"DELETE FROM case_events WHERE seq = 6 AND case_id = {LAST}",
        "DELETE FROM audit_leaves WHERE leaf = 11",
        "DELETE FROM audit_checkpoints",
    )
    edge = Database(line.url)
    with edge.audit.evidence() as evidence:
        tree = Frontier()
        tree.extend([digest for _, digest in evidence.leaves()])
    edge.close()
    new = f"size = 11, told = 11, told_checkpoint = 0, edge = x'{tree.as_bytes().hex()}'"
    tool(line, f"UPDATE audit_state SET {new}")
    assert line.document("audit", "verify", "--no-replay")["whole"]
    codes = {one["code"] for one in verified(line, exit_code=1)["findings"]}
    assert codes == {"rolled_back", "checkpoint_missing"}
    found = reconciled(line, exit_code=1)["differences"]
    assert {(one["code"], one["leaf"]) for one in found} == {("line_without_row", 11), ("checkpoint_without_row", 11)}


def two_minutes_later(line: Line) -> None:
    """A third family, told and signed for."""
    keys, told = read_keys((line.folder / "keys").read_text()), Told()
    database = Database(line.url, keys.macs)
    fill(database, 1, 2)
    with told.listening():
        Relay(database.audit, keys, now=lambda: utc_now() + timedelta(minutes=2)).run()
    database.close()
    with line.log.open("ab") as log:
        log.writelines(said + b"\n" for said in told.lines)


def test_an_older_copy_put_in_the_place_of_the_clinic_is_noticed(line: Line) -> None:
    """A copy that is whole in itself: a verifier without its state, and without the log, is told nothing."""
    place = line.folder / "clinic.db"
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    copy = place.read_bytes()
    two_minutes_later(line)
    assert verified(line, exit_code=0)["events"] == 18
    assert reconciled(line, exit_code=0)["agree"]
    for beside in ("clinic.db-wal", "clinic.db-shm"):
        (line.folder / beside).unlink(missing_ok=True)
    place.write_bytes(copy)
    assert line.document("audit", "verify")["whole"]
    assert {one["code"] for one in verified(line, exit_code=1)["findings"]} == {"rolled_back", "checkpoint_missing"}
    gone = {(one["code"], one["leaf"]) for one in reconciled(line, exit_code=1)["differences"]}
    assert gone == {("checkpoint_without_row", 17), *(("line_without_row", leaf) for leaf in range(12, 18))}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM case_records",
        "UPDATE cases SET version = 2000000000",
        "UPDATE case_events SET actor = CAST(x'fffe' AS TEXT)",
        "UPDATE case_events SET recorded_at = 'never'",
        "UPDATE audit_checkpoints SET signed_at = 'never', key_id = CAST(x'ff' AS TEXT)",
        "UPDATE audit_leaves SET digest = 'text'",
        "DELETE FROM audit_state",
        "UPDATE case_events SET data = '[', salt = 7",
    ],
)
def test_whatever_was_done_to_the_tables_the_verifier_ends_with_its_findings(line: Line, statement: str) -> None:
    tool(line, statement)
    found = verified(line, exit_code=1)
    assert found["findings"] or found["differ"]


def test_logs_in_several_files_are_read_as_one(line: Line) -> None:
    lines = line.log.read_bytes().splitlines(keepends=True)
    older = line.folder / "older.gz"
    older.write_bytes(gzip.compress(b"".join(lines[:5])))
    line.log.write_bytes(b"".join(lines[5:]) + b'{"event": []}\n["torn"\n{"event": "audit.checkpoint", "size": 1')
    found = line.document("audit", "reconcile", older, line.log)
    assert found["agree"]
    assert found["torn"] == 2
    older.write_bytes(b"none")
    assert line("audit", "reconcile", older).exit_code == 2


def test_the_old_keys_prove_what_they_sealed_after_a_rotation(line: Line) -> None:
    before = line("audit", "keys", "public", line.folder / "keys").output
    rotated = line("audit", "keys", "rotate", line.folder / "keys").output
    assert rotated.startswith("public ")
    assert line("audit", "keys", "public", line.folder / "keys").output == before + rotated
    assert verified(line, exit_code=0)["whole"]
    assert line("audit", "keys", "new", line.folder / "keys").exit_code == 2
    (line.folder / "others").write_text(before + "\n")
    assert line("audit", "verify", "--keys", line.folder / "others", "--no-replay").exit_code == 0
    make_keys(line.folder / "strangers", TODAY)
    assert line("audit", "verify", "--keys", line.folder / "strangers", "--no-replay").exit_code == 1


def test_files_that_cannot_be_used_are_refused_in_a_sentence(line: Line) -> None:
    (line.folder / "state").write_text("nothing")
    assert line("audit", "verify", "--state", line.folder / "state").exit_code == 2
    assert line("audit", "verify", "--state", line.folder / "nowhere" / "state").exit_code == 2
    assert line("audit", "verify", "--keys", line.folder / "nowhere").exit_code == 2
    assert line("audit", "reconcile", line.folder / "nowhere").exit_code == 2


def test_erased_answers_are_an_alarm_unless_somebody_says_that_there_are_so_many(line: Line) -> None:
    """Who erases answers by a database tool destroys evidence. Who has a decision for it says so."""
    with sqlite3.connect(line.folder / "clinic.db") as connection:
        query = "SELECT hex(case_id), case_id, salt, data FROM case_events WHERE seq = 2 LIMIT 1"
        _, case_id, salt, data = connection.execute(query).fetchone()
    connection.close()
    digest = data_digest_of(salt, data.encode()).hex()
    erased = f"UPDATE case_events SET data = '{{}}', salt = NULL, data_digest = x'{digest}'"
    tool(line, f"{erased} WHERE seq = 2 AND case_id = '{case_id}'")
    told = line.document("audit", "verify", "--no-replay", exit_code=1)
    assert [found["code"] for found in told["findings"]] == ["answers_erased"]
    assert told["whole"] is False
    assert line.document("audit", "verify", "--no-replay", "--erased", "1", exit_code=0)["whole"] is True
    assert line.document("audit", "verify", "--no-replay", "--erased", "2", exit_code=1)["whole"] is False


def test_a_new_key_leaves_the_file_to_whom_it_belonged(line: Line) -> None:
    place = line.folder / "keys"
    place.chmod(0o640)
    (line.folder / "link").symlink_to(place)
    assert line("audit", "keys", "rotate", line.folder / "link").exit_code == 0
    assert (line.folder / "link").is_symlink()
    assert place.stat().st_mode & 0o777 == 0o640
    assert len(read_keys(place.read_text()).macs.secrets) == 2


def test_a_log_that_takes_no_lines_is_told_as_that(line: Line) -> None:
    database = Database(line.url, read_keys((line.folder / "keys").read_text()).macs)
    fill(database, 1, first=9)
    database.close()
    line.log = Path("/dev/full")
    told = line("audit", "relay", "--once")
    assert told.exit_code == 2
    assert "(log_not_taken)" in told.stderr
    assert "They stay owed." in told.stderr


def test_what_was_written_into_a_name_is_not_printed(line: Line) -> None:
    tool(line, "UPDATE cases SET reference = 'C-1' || char(27) || '[2KAll is whole.' WHERE reference = 'R-0'")
    shown = line("audit", "verify")
    assert shown.exit_code == 1
    assert "All is whole" not in shown.stdout
    assert "\x1b" not in shown.stdout
