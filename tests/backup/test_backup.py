"""`casework backup` on SQLite: whole under load, proved before it has its name, never over another file."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from click.testing import CliRunner, Result
from sqlalchemy.exc import DatabaseError

from casework import Casework
from casework.errors import BadRequest, StorageError
from jobs.cli import casework as program
from persistence import Database, backup
from persistence.backup import back_up
from persistence.migrating import HEAD, MIGRATIONS
from tests.backup.writers import Acknowledged, acknowledged, inconsistent, missing, two_at_work, until_more
from tests.conftest import Clock
from tests.invariants import broken_rules
from tests.persistence.before_the_night import family
from tests.persistence.families import ACCEPTED, refer
from tests.persistence.populations import keep
from tests.promises import Say


@pytest.fixture
def database_kind() -> str:
    """PostgreSQL is backed up by its own programs: see `test_postgresql.py`."""
    return "sqlite"


def ran(database_url: str, *words: str) -> Result:
    return CliRunner().invoke(program, [*words, "--database", database_url])


def opened(file: Path) -> Database:
    return Database(f"sqlite:///{file}")


@pytest.mark.parametrize("copies", [5, pytest.param(40, marks=pytest.mark.long)])
def test_copies_under_load_have_everything_that_was_acknowledged_before_they_began(
    database_url: str, tmp_path: Path, copies: int, promise: Say
) -> None:
    source, lost, broken, naively_lost = Database(database_url), 0, 0, 0
    with two_at_work(database_url, tmp_path):
        for number in range(copies):
            until_more(tmp_path, 30)
            before = acknowledged(tmp_path)
            naive = tmp_path / f"naive{number}.db"
            shutil.copyfile(database_url.removeprefix("sqlite:///"), naive)
            made = back_up(source, tmp_path / f"copy{number}.db")
            with closing(opened(made.file)) as copy, closing(opened(naive)) as careless:
                lost, broken = lost + missing(copy, before), broken + inconsistent(copy)
                broken += len(broken_rules(copy)) if number == copies - 1 else 0
                naively_lost += _missing_or_damaged(careless, before)
            assert made.replayed == min(made.cases, backup.MOST_REPLAYED)
            assert made.cases >= len(before)
    source.close()
    assert (lost, broken) == (0, 0)
    assert naively_lost > 0, "the control: copying the file alone misses what stands beside it"
    control = f"copying the .db file alone missed {naively_lost} steps"
    promise("P21", f"{copies} copies beside 2 writers on SQLite: 0 missing, 0 inconsistent", control=control)


def _missing_or_damaged(copy: Database, before: Acknowledged) -> int:
    """A file that was copied in the middle of a checkpoint may be no database at all."""
    try:
        return missing(copy, before)
    except DatabaseError:
        return sum(before.values())


def test_a_restored_copy_is_the_clinic_as_it_was(
    casework: Casework, database: Database, clock: Clock, tmp_path: Path
) -> None:
    for number in range(12):
        refer(casework, f"L-{number}", steps=ACCEPTED if number % 2 else ())
    clock.advance(70)
    casework.night()
    back_up(database, tmp_path / "copy.db")
    worklist, flags = casework.worklist(), casework.flags()
    refer(casework, "L-later")
    restored = tmp_path / "restored.db"
    (tmp_path / "copy.db").rename(restored)
    with closing(opened(restored)) as again:
        clinic = Casework(again, clock)
        assert clinic.worklist() == worklist != casework.worklist()
        assert clinic.flags() == flags
        assert broken_rules(again) == []
        refer(clinic, "L-new")
        assert clinic.night().clean, "it is worked on from there"


def test_the_command_says_what_it_copied_and_the_file_is_for_its_owner_alone(
    casework: Casework, database_url: str, tmp_path: Path
) -> None:
    refer(casework, "L-1")
    file = tmp_path / "copy.db"
    was = os.umask(0)
    try:
        result = ran(database_url, "backup", str(file), "--json")
    finally:
        os.umask(was)
    told = json.loads(result.stdout)
    assert result.exit_code == 0, result.stderr
    assert (told["file"], told["revision"], told["cases"], told["replayed"]) == (str(file), HEAD, 1, 1)
    assert told["rows"]["case_events"] == 1
    assert (told["size"], told["sha256"]) == (file.stat().st_size, sha256(file.read_bytes()).hexdigest())
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == ["copy.db"], "one file that needs no other"
    assert list(tmp_path.glob("*.draft*")) == []


def test_a_dry_run_counts_and_writes_nothing(casework: Casework, database_url: str, tmp_path: Path) -> None:
    refer(casework, "L-1")
    result = ran(database_url, "backup", str(tmp_path / "copy.db"), "--dry-run")
    assert (result.exit_code, "1 referrals. Nothing was written." in result.stdout) == (0, True)
    assert list(tmp_path.glob("copy*")) == []


def test_a_file_that_is_there_is_never_overwritten(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    file.write_text("an older backup", encoding="utf-8")
    for words in (["backup", str(file)], ["backup", str(file), "--dry-run"]):
        result = ran(database_url, *words)
        assert (result.exit_code, "(backup_exists)" in result.stderr) == (2, True)
    assert file.read_text(encoding="utf-8") == "an older backup"


def test_a_file_that_comes_while_it_is_copied_stays(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, settle = tmp_path / "copy.db", backup._settle

    def somebody_is_quicker(draft: Path) -> tuple[int, str]:
        file.write_text("another backup", encoding="utf-8")
        return settle(draft)

    monkeypatch.setattr(backup, "_settle", somebody_is_quicker)
    with pytest.raises(BadRequest, match="it stays"):
        back_up(database, file)
    assert file.read_text(encoding="utf-8") == "another backup"
    assert list(tmp_path.glob(".*draft*")) == []


@pytest.mark.parametrize("place", ["nowhere/copy.db", "what?.db"])
def test_a_place_that_cannot_be_written_to_is_said_at_once(database_url: str, tmp_path: Path, place: str) -> None:
    result = ran(database_url, "backup", str(tmp_path / place))
    assert (result.exit_code, "(backup_not_writable)" in result.stderr) == (2, True)


def test_a_database_without_tables_is_not_backed_up(tmp_path: Path) -> None:
    result = ran(f"sqlite:///{tmp_path / 'none.db'}", "backup", str(tmp_path / "copy.db"))
    assert (result.exit_code, "(not_migrated)" in result.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.damages("the copy is to be refused")
@pytest.mark.parametrize(
    ("harm", "why"),
    [
        ("UPDATE cases SET version = 9", "differ from their events"),
        ("INSERT INTO case_gaps (case_id, field, since) VALUES ('nobody', 'consent_on', '2026-03-02')", "a row lacks"),
        ("PRAGMA ignore_check_constraints=ON; UPDATE cases SET version = 0", "damaged"),
    ],
)
def test_a_clinic_that_is_not_whole_makes_no_backup_that_looks_so(
    casework: Casework, database: Database, database_url: str, tmp_path: Path, harm: str, why: str
) -> None:
    refer(casework, "L-1")
    database.close()
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection:
        connection.executescript(harm)
    with pytest.raises(StorageError, match=why):
        back_up(opened(Path(database_url.removeprefix("sqlite:///"))), tmp_path / "copy.db")
    assert list(tmp_path.glob("*copy*")) == []
    assert list(tmp_path.glob(".*draft*")) == []


def test_a_copy_with_a_table_that_lost_a_row_on_the_way_is_thrown_away(
    casework: Casework, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refer(casework, "L-1")
    copy = backup._copy

    def careless(source: Path, draft: Path) -> dict[str, int]:
        rows = copy(source, draft)
        with closing(sqlite3.connect(draft)) as connection, connection:
            connection.execute("DELETE FROM idempotency_keys")
            connection.execute("DELETE FROM case_gaps")
            connection.execute("DELETE FROM case_clocks")
        return rows

    monkeypatch.setattr(backup, "_copy", careless)
    with pytest.raises(StorageError, match="other numbers of rows"):
        back_up(database, tmp_path / "copy.db")
    assert list(tmp_path.glob("*copy*")) == []


def test_of_many_referrals_some_are_folded_again_and_the_number_is_said(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(database, [family(number) for number in range(1, 12)])
    monkeypatch.setattr(backup, "MOST_REPLAYED", 4)
    result = ran(database_url, "backup", str(tmp_path / "copy.db"))
    assert result.exit_code == 0
    assert "11 referrals" in result.stdout
    assert "4 referrals agree with their events" in result.stdout


def go_back(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = database.engine
    command.downgrade(config, revision)


@pytest.mark.damages("it is upgraded by a program that has no keys")
def test_an_upgrade_copies_the_database_first_beside_it_and_says_where(
    casework: Casework, database: Database, database_url: str, tmp_path: Path
) -> None:
    refer(casework, "L-1")
    go_back(database, "0001")
    planned = json.loads(ran(database_url, "db", "upgrade", "--dry-run", "--json").stdout)
    assert Path(planned["backup"]).name.startswith("clinic.at-0001.")
    assert list(tmp_path.glob("*.backup.db")) == []
    result = ran(database_url, "db", "upgrade")
    (copy,) = tmp_path.glob("*.backup.db")
    assert result.exit_code == 0, result.stderr
    assert f"First copied to {copy}." in result.stdout
    assert datetime.strptime(copy.name.split(".")[2], "%Y%m%dT%H%M%S%z").tzinfo
    with closing(opened(copy)) as before:
        assert before.revision() == ("0001", HEAD)
        before.upgrade()
        assert Casework(before).case("L-1").answers == casework.case("L-1").answers, "from it one can begin again"
        assert broken_rules(before) == []
    assert json.loads(ran(database_url, "db", "upgrade", "--json").stdout)["backup"] is None, "nothing is to be done"
    assert len(list(tmp_path.glob("*.backup.db"))) == 1


def test_an_upgrade_without_a_backup_has_to_be_asked_for(database: Database, database_url: str, tmp_path: Path) -> None:
    go_back(database, "0001")
    assert ran(database_url, "db", "upgrade", "--no-backup").exit_code == 0
    assert list(tmp_path.glob("*.backup.db")) == []


def test_a_first_upgrade_has_nothing_to_copy(tmp_path: Path) -> None:
    assert ran(f"sqlite:///{tmp_path / 'new.db'}", "db", "upgrade").exit_code == 0
    assert list(tmp_path.glob("*.backup.db")) == []


def test_where_the_backup_cannot_be_made_nothing_is_upgraded(
    casework: Casework, database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refer(casework, "L-1")
    go_back(database, "0001")

    def is_full(_draft: Path) -> tuple[int, str]:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(backup, "_settle", is_full)
        result = ran(database_url, "db", "upgrade")
    assert (result.exit_code, "No space left on device" in result.stderr) == (2, True)
    assert database.revision() == ("0001", HEAD)
    assert list(tmp_path.glob("*backup*")) == list(tmp_path.glob(".*draft*")) == []
    database.upgrade()
