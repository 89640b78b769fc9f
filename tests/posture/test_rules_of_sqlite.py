"""Each rule of production on SQLite: what breaks it is refused by its id, and elsewhere it is no hindrance."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework import Casework
from casework.posture import Finding, Keys, Status, Unsafe
from persistence import Database
from persistence.posture import filesystem_of
from tests.persistence.families import refer
from tests.posture.conftest import BOTH_KEYS


def of(findings: tuple[Finding, ...], rule: str) -> Finding:
    return next(finding for finding in findings if finding.id == rule)


def refused_rules(database: Database) -> list[str]:
    """The ids with which a referral is refused; none where it is kept."""
    try:
        refer(Casework(database), "L-1")
    except Unsafe as unsafe:
        return [finding.id for finding in unsafe.findings]
    return []


def test_a_clinic_that_keeps_every_rule_opens_referrals_in_production(on_sqlite: Database) -> None:
    assert refused_rules(on_sqlite) == []
    weighed = {finding.id: finding.status for finding in on_sqlite.posture() if finding.id != "S04"}
    assert set(weighed.values()) == {Status.OK}
    assert list(weighed) == ["G01", "G02", "G03", "G04", "G05", "S01", "S02", "S03", "S05"]


def set_back(database: Database, file: Path) -> None:
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))


def pragma(setting: str) -> Callable[[Database, Path], None]:
    """What a host's own listener, or a disk without shared memory, does to each new connection."""

    def undo(database: Database, _file: Path) -> None:
        sa.event.listen(database.engine, "connect", lambda connection, _: connection.execute(setting).fetchall())

    return undo


def on_a_share(database: Database, file: Path) -> None:
    mounts = file.with_name("mounts")
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/clinics {file.parent} nfs4 rw 0 0\n", encoding="utf-8")
    database.gate.mounts = mounts


def readable_by_all(_database: Database, file: Path) -> None:
    file.chmod(0o644)


def writable_by_a_group(_database: Database, file: Path) -> None:
    file.chmod(0o660)


def without_chain_key(database: Database, _file: Path) -> None:
    database.gate.keys = Keys(checkpoint=True)


def without_checkpoint_key(database: Database, _file: Path) -> None:
    database.gate.keys = Keys(mac=True, checkpoint=False)


def echoing(database: Database, _file: Path) -> None:
    database.engine.echo = True


BREAKING = [
    ("G01", set_back),
    ("G02", echoing),
    ("G03", without_chain_key),
    ("G04", without_checkpoint_key),
    ("S01", pragma("PRAGMA synchronous=NORMAL")),
    ("S01", pragma("PRAGMA journal_mode=DELETE")),
    ("S02", on_a_share),
    ("S03", readable_by_all),
    ("S03", writable_by_a_group),
]


@pytest.mark.parametrize(("rule", "breaks"), BREAKING)
def test_production_writes_nothing_while_a_rule_is_broken_and_says_which_and_what_to_do(
    on_sqlite: Database, file: Path, rule: str, breaks: Callable[[Database, Path], None]
) -> None:
    breaks(on_sqlite, file)
    assert refused_rules(on_sqlite) == [rule]
    with pytest.raises(Unsafe, match=rule) as refused:
        Casework(on_sqlite).night()
    (finding,) = refused.value.findings
    assert finding.do.endswith((".", "upgrade"))
    assert finding.do in str(refused.value)
    assert of(on_sqlite.posture(), rule).status is Status.REFUSED


@pytest.mark.parametrize(("rule", "breaks"), [row for row in BREAKING if row[0] != "G01"])
def test_the_same_state_is_no_hindrance_in_development_and_is_shown(
    file: Path, rule: str, breaks: Callable[[Database, Path], None]
) -> None:
    """The control: it is the profile that refuses, and nothing else."""
    database = Database(f"sqlite:///{file}", production=False)
    database.gate.keys = BOTH_KEYS
    breaks(database, file)
    assert refused_rules(database) == []
    assert of(database.posture(), rule).status is Status.REFUSED
    database.close()


def test_a_refused_program_writes_as_soon_as_the_rule_is_kept_again(on_sqlite: Database, file: Path) -> None:
    file.chmod(0o644)
    assert refused_rules(on_sqlite) == ["S03"]
    for path in file.parent.glob("clinic.db*"):
        path.chmod(0o640)
    assert refused_rules(on_sqlite) == []


def test_reading_is_never_refused(on_sqlite: Database, file: Path) -> None:
    refer(Casework(on_sqlite), "L-1")
    on_sqlite.close()
    file.chmod(0o666)
    assert refused_rules(on_sqlite) == ["S03"]
    assert [row.reference for row in Casework(on_sqlite).worklist()] == ["L-1"]


def test_bank_holidays_that_have_ended_are_a_warning(on_sqlite: Database) -> None:
    on_sqlite.gate.now = lambda: datetime(2028, 12, 31, 12, tzinfo=UTC)
    assert of(on_sqlite.posture(), "G05").status is Status.OK
    on_sqlite.gate.now = lambda: datetime(2029, 1, 1, 12, tzinfo=UTC)
    found = of(on_sqlite.posture(), "G05")
    assert (found.status, "31 December 2028" in found.says) == (Status.WARNING, True)
    assert refused_rules(on_sqlite) == []


@pytest.mark.parametrize(("level", "status"), [(logging.DEBUG, "refused"), (logging.INFO, "refused"), (30, "ok")])
def test_a_logger_of_the_database_that_writes_statements_is_debugging(
    on_sqlite: Database, level: int, status: str
) -> None:
    logger = logging.getLogger("sqlalchemy.engine.Engine")
    before = logger.level
    logger.setLevel(level)
    try:
        assert of(on_sqlite.posture(), "G02").status == status
    finally:
        logger.setLevel(before)


@pytest.mark.parametrize(
    ("words", "environment", "switch"),
    [(["-X", "dev"], {}, "-X dev"), ([], {"PYTHONASYNCIODEBUG": "1"}, "PYTHONASYNCIODEBUG"), ([], {}, None)],
)
def test_an_interpreter_in_its_own_debugging_is_seen(
    file: Path, words: list[str], environment: dict[str, str], switch: str | None
) -> None:
    ask = f"from persistence import Database; print([f.says for f in Database('sqlite:///{file}').posture()][1])"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, "-W", "ignore", *words, "-c", ask]
    told = subprocess.run(command, env=clean | environment, capture_output=True, text=True, check=True).stdout
    assert switch in told if switch else told.strip() == "No debugging is on."


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/srv/clinic.db", "ext4"),
        ("/srv/shared/clinic.db", "nfs4"),
        ("/srv/shared two/clinic.db", "cifs"),
        ("/srv/shared/local/clinic.db", "xfs"),
        ("/srv/sharedness/clinic.db", "ext4"),
    ],
)
def test_the_file_system_of_a_file_is_that_of_the_nearest_mount(tmp_path: Path, place: str, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\n"
        "server:/clinics /srv/shared nfs4 rw 0 0\n"
        "//server/clinics /srv/shared\\040two cifs rw 0 0\n"
        "/dev/sdb1 /srv/shared/local xfs rw 0 0\n",
        encoding="utf-8",
    )
    assert filesystem_of(Path(place), mounts) == kind
    assert filesystem_of(Path(place), tmp_path / "none") == ""


def test_a_new_database_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    database = Database(f"sqlite:///{file}", production=True)
    database.gate.keys = BOTH_KEYS
    database.upgrade()
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("new.db*")}["new.db"] == 0o600
    assert refused_rules(database) == []
    database.close()
