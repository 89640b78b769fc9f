"""The programs in the production profile: whatever writes ends with 78 and the rules' ids; in development it starts."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from casework import Casework
from casework.audit.keys import new_keys
from casework.posture.rules import OF_ALL, OF_POSTGRESQL, OF_SQLITE, Status
from jobs.cli import casework as program
from persistence import Database
from tests.persistence.families import refer
from tests.promises import Say

WRITING = [
    ["nightly"],
    ["schedule"],
    ["case", "fire", "L-1", "acknowledge"],
    ["case", "show", "L-1"],  # who looked is kept before it is shown: where nothing may be kept, nothing is shown
    ["flag", "seen", "L-1", "missing_information"],
    ["figures", "set", "wait_over", "71", "--service", "leeds-imhs", "--source", "The team"],
]
READING = [["worklist"], ["flags"], ["nights"], ["case", "options", "L-1"], ["db", "current"], ["pathway", "list"]]


@pytest.fixture
def unsafe(file: Path) -> str:
    """A clinic with a referral whose file is readable by all, and no keys."""
    url = f"sqlite:///{file}"
    database = Database(url, production=False)
    refer(Casework(database), "L-1")
    database.close()
    file.chmod(0o644)
    return url


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CASEWORK_PROFILE", "CASEWORK_AUDIT_KEYS", "CASEWORK_AUDIT_KEYS_FILE", "CASEWORK_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


def ran(url: str, words: Sequence[str], profile: str = "production") -> tuple[int, str, str]:
    result = CliRunner(env={"CASEWORK_PROFILE": profile}).invoke(program, [*words, "--database", url])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("words", WRITING, ids=lambda words: " ".join(words[:2]))
def test_a_program_that_writes_ends_with_78_and_says_which_rules_and_what_to_do(
    unsafe: str, words: list[str], promise: Say
) -> None:
    code, out, err = ran(unsafe, words)
    assert code == 78
    assert all(f"[{rule} " in err for rule in ("G03", "G04", "S03"))
    assert "chmod 600" in err
    assert "Traceback" not in err
    assert "L-1" not in err
    assert out == "" or words[0] == "figures", "which shows first what a figure would change"
    weights = [*(r.weight for r in OF_ALL), *(r.weight for r in OF_SQLITE), *(r.weight for r in OF_POSTGRESQL)]
    measured = f"{len(weights)} rules, {weights.count(Status.WARNING)} of them warnings; {' '.join(words[:2])}: 78"
    promise("P25", measured, control="in development the same program starts")


@pytest.mark.parametrize("words", [w for w in WRITING if w[0] != "schedule"], ids=lambda words: " ".join(words[:2]))
def test_in_development_the_same_program_starts(unsafe: str, words: list[str]) -> None:
    """The control. What it then finds to say about its request is its own matter."""
    code, _, err = ran(unsafe, words, "development")
    assert code in (0, 1, 2)
    assert "[S03" not in err


def test_with_its_keys_and_a_private_file_a_program_works_in_production(
    unsafe: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in file.parent.glob("clinic.db*"):
        path.chmod(0o600)
    keys = new_keys(date(2026, 11, 22))
    chain_only = "".join(line for line in keys.splitlines(keepends=True) if line.startswith("mac"))
    monkeypatch.setenv("CASEWORK_AUDIT_KEYS", chain_only)
    code, _, err = ran(unsafe, ["nightly"])
    assert (code, "[G04" in err, "[G03" in err) == (78, True, False)
    monkeypatch.setenv("CASEWORK_AUDIT_KEYS", keys)
    assert ran(unsafe, ["nightly"])[0] == 0
    code, out, _ = ran(unsafe, ["doctor"])
    assert (code, "refused  " in out) == (0, False)


@pytest.mark.parametrize("words", READING, ids=lambda words: " ".join(words[:2]))
def test_a_program_that_reads_is_not_refused(unsafe: str, words: list[str]) -> None:
    assert ran(unsafe, words)[0] == 0


def test_a_dry_run_of_the_night_reads(unsafe: str) -> None:
    assert ran(unsafe, ["nightly", "--dry-run"])[0] == 0


def test_the_upgrade_is_never_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert ran(url, ["nightly"])[0] == 78
    assert not (tmp_path / "new.db").exists(), "a name that was mistyped leaves no file behind"
    assert ran(url, ["db", "upgrade"])[0] == 0
    assert "[G01" not in ran(url, ["nightly"])[2]


def test_the_doctor_shows_each_rule_in_a_line_and_ends_with_78_in_production(unsafe: str) -> None:
    code, out, _ = ran(unsafe, ["doctor"])
    lines = {line[:3]: line for line in out.splitlines() if line[:1] in "GSP" and line[1:3].isdigit()}
    assert code == 78
    assert list(lines) == [*(rule.id for rule in OF_ALL), *(rule.id for rule in OF_SQLITE)]
    assert lines["S03"].startswith("S03 refused  sqlite_private: ")
    assert "chmod" in lines["S03"]
    assert lines["S01"].startswith("S01 ok ")
    assert "Replayed 1 of 1 referrals: all agree with their events." in out


def test_the_doctor_tells_a_program_the_same(unsafe: str) -> None:
    code, out, _ = ran(unsafe, ["doctor", "--json"])
    found = json.loads(out)
    rules = {rule["id"]: rule for rule in found["rules"]}
    assert (code, found["profile"], found["safe"]) == (78, "production", False)
    assert {i for i, rule in rules.items() if rule["status"] == "refused"} == {"G03", "G04", "S03"}
    assert set(rules["S03"]) == {"id", "name", "status", "says", "do"}
    assert found["revision"]["current"] == found["revision"]["head"]
    looks = {look["name"]: look["status"] for look in found["examined"]}
    assert looks.items() >= {"replay": "ok", "two_counts": "ok"}.items()
    assert found["services"]


def test_in_development_the_doctor_shows_the_rules_and_goes_by_the_nights(unsafe: str) -> None:
    ran(unsafe, ["nightly"], "development")
    code, out, _ = ran(unsafe, ["doctor"], "development")
    assert code == 0
    assert "S03 refused" in out
    assert "All is well." in out


def test_the_doctor_of_a_database_without_tables_names_that(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none.db'}"
    code, out, _ = ran(url, ["doctor", "--json"])
    assert (code, json.loads(out)["rules"][0]["status"]) == (78, "refused")
    assert not (tmp_path / "none.db").exists()
    assert ran(url, ["doctor"], "development")[0] == 2


def test_the_doctor_finds_a_referral_that_its_events_do_not_come_to(unsafe: str, file: Path) -> None:
    import sqlite3

    ran(unsafe, ["nightly"], "development")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE cases SET version = version + 1")
    connection.close()
    code, out, _ = ran(unsafe, ["doctor"], "development")
    assert code == 1
    assert "LOOK: Replayed 1 of 1 referrals: 1 differ. Run: casework audit replay --all" in out


@pytest.mark.parametrize("profile", ["prod", "Production", "live"])
def test_a_profile_that_is_none_is_no_way_around_the_rules(unsafe: str, profile: str) -> None:
    code, _, err = ran(unsafe, ["nightly"], profile)
    assert (code, "unknown_profile" in err) == (2, True)


def test_a_host_that_embeds_casework_is_held_by_the_same_setting(unsafe: str) -> None:
    embedded = (
        "from casework import Casework, with_every_role; from persistence import Database; import sys\n"
        "Casework(Database(sys.argv[1])).fire('L-1', 'acknowledge', with_every_role('host', 'host'), seen=1)"
    )
    environment = {**os.environ, "CASEWORK_PROFILE": "production"}
    command = [sys.executable, "-c", embedded, unsafe]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "Unsafe: Refused" in ended.stderr
    fine = {**environment, "CASEWORK_PROFILE": "development"}
    assert subprocess.run(command, env=fine, capture_output=True, check=False).returncode == 0


def test_the_demonstration_is_no_clinic(tmp_path: Path) -> None:
    result = CliRunner(env={"CASEWORK_PROFILE": "production", "TMPDIR": str(tmp_path)}).invoke(program, ["demo"])
    assert result.exit_code == 0, result.stderr


def test_ids_and_names_of_rules_are_given_once() -> None:
    told = [(rule.id, rule.name, rule.says, rule.do) for rule in OF_ALL]
    told += [(rule.id, rule.name, rule.says, rule.do) for rule in OF_SQLITE]
    told += [(rule.id, rule.name, rule.says, rule.do) for rule in OF_POSTGRESQL]
    assert len({row[0] for row in told}) == len({row[1] for row in told}) == len(told)
    assert all(says.endswith(".") and do for _, _, says, do in told)
    page = (Path(__file__).parents[2] / "casework" / "docs" / "operating.md").read_text(encoding="utf-8")
    assert [row[0] for row in told if row[0] not in page] == []
