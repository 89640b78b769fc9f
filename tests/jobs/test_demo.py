"""`casework demo`: a clinic for a minute, on whatever day and machine."""

import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from jobs.cli import casework

RAISED = (
    "10 wait_8_weeks, 5 wait_over_12_weeks, 10 allocated_not_started, 37 missing_information, 4 watch_review_due, "
    "3 ages_out_before_start, 5 birth_before_start, 29 birth_unrecorded"
)
"""In the order of the table of flags."""


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TMPDIR": str(folder)}
    command = [sys.executable, "-m", "jobs", "demo", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def suggested(shown: str) -> list[list[str]]:
    return [shlex.split(line) for line in shown.partition("Three things to try next")[2].splitlines()[2:]]


def test_the_demonstration_shows_an_import_a_night_and_the_longest_waits_in_less_than_15_seconds(
    tmp_path: Path,
) -> None:
    began = time.monotonic()
    shown = demo(tmp_path)
    assert time.monotonic() - began < 15
    assert shown.returncode == 0, shown.stderr
    assert shown.stderr == ""
    assert "caseload.csv: 400 rows read, 389 loaded, 0 unchanged, 11 refused" in shown.stdout
    assert f"Raised: {RAISED}. Cleared: none." in shown.stdout
    assert f"103 flags are open on 20 November 2026: {RAISED}." in shown.stdout
    assert "R-000239   leeds-imhs          waiting   115   115  ██████████████┃██████┃███████" in shown.stdout
    assert "56 and 85 days (leeds-imhs)" in shown.stdout


def test_the_demonstration_throws_its_clinic_away_and_suggests_commands_that_work(tmp_path: Path) -> None:
    shown = demo(tmp_path).stdout
    assert "thrown away" in shown
    assert list(tmp_path.iterdir()) == []
    commands = suggested(shown)
    assert len(commands) == 3
    for command in commands:
        assert subprocess.run(command, capture_output=True, check=False, cwd=tmp_path).returncode == 0, command


def test_a_kept_demonstration_says_where_it_is_and_suggests_commands_that_work(tmp_path: Path) -> None:
    shown = demo(tmp_path, "--keep").stdout
    (folder,) = tmp_path.iterdir()
    assert f"The clinic is in {folder}." in shown
    assert {"clinic.db", "casework.log"} <= {path.name for path in folder.iterdir()}
    commands = suggested(shown)
    assert len(commands) == 3
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_the_demonstration_does_the_same_on_any_day(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    result = CliRunner().invoke(casework, ["demo"])
    assert result.exit_code == 0
    assert re.search(r"Night of 20 November 2026: 325 open referrals looked at", result.stdout)


def test_the_demonstration_touches_no_database_of_anybody(tmp_path: Path) -> None:
    result = CliRunner().invoke(casework, ["demo", "--database", f"sqlite:///{tmp_path / 'clinic.db'}"])
    assert result.exit_code == 2
    assert "leave --database out" in result.stderr
    assert list(tmp_path.iterdir()) == []
