"""`casework demo --story`: one family, line by line, as casework answers; in a few seconds, on whatever day."""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from casework.spans import is_working_day
from jobs.cli import casework
from jobs.story_told import BEGINS, PEOPLE, STORY
from workflows.registry import CHARTS


def told(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    result = CliRunner().invoke(casework, ["demo", "--story", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Told once for all the tests that read it."""
    with pytest.MonkeyPatch.context() as patch:
        shown = json.loads(told(tmp_path_factory.mktemp("story"), patch, "--json"))
    assert isinstance(shown, dict)
    return shown


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a person sees who types it, within ten seconds; nothing is left behind."""
    folder = tmp_path_factory.mktemp("typed")
    command = [sys.executable, "-m", "jobs", "demo", "--story"]
    environment = {**os.environ, "TMPDIR": str(folder)}
    began = time.monotonic()
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert time.monotonic() - began < 10
    assert (ran.returncode, ran.stderr) == (0, "")
    assert list(folder.iterdir()) == []
    return ran.stdout


def test_the_story_is_told_line_by_line_to_the_ending_and_the_verified_audit(shown: str) -> None:
    lines = shown.splitlines()
    first = lines.index("2 March 2026. Nia (administrator): A midwife has left a message after the line had closed.")
    assert lines[first + 1] == "  Stands: Caller to be called back."
    assert any(line.startswith("  Refused: Circle of Security Parenting (COS-P) is for") for line in lines)
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").partition("<!-- story -->")[2]
    assert set(readme.split("```")[1].strip().splitlines()) < set(lines)
    assert any("R-STORY: Discharged (discharged)" in line for line in lines)
    assert lines[-1] == "What was looked at is whole."


def test_the_story_is_the_same_each_time_but_for_the_references_that_are_minted(
    shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = told(tmp_path, monkeypatch)
    minted = re.compile(r"B-[0-9a-f]{12}|id [0-9a-f-]{36}|\S*casework-demo-\w+")
    assert minted.sub("*", shown) == minted.sub("*", again)
    assert not set(minted.findall(shown)) & set(minted.findall(again))


def test_the_document_says_of_each_line_who_did_what_and_where_the_family_stands(document: dict[str, Any]) -> None:
    steps = [line for line in document["lines"] if line["role"]]
    assert [line["trigger"] for line in steps] == [step.trigger for step in STORY]
    assert {line["who"] for line in steps} < set(PEOPLE)
    labels = {name: state.label for name, state in CHARTS["leeds-imhs@1"].states.items()}
    assert all(labels[line["state"]] == line["stands"] for line in document["lines"])
    assert [line["trigger"] for line in steps if line["refused"]] == ["offer_plan", "record_session"]
    assert (document["case"]["state"], document["case"]["flags"]) == ("discharged", [])
    assert document["audit"]["whole"]
    assert (document["audit"]["cases"], document["case"]["version"]) == (2, len(STORY) - 2)


def test_what_the_nights_raise_is_cleared_by_the_steps_that_end_its_cause(document: dict[str, Any]) -> None:
    nights = [line for line in document["lines"] if not line["role"]]
    raised = [kind for line in nights for kind in line["raised"]]
    assert raised == ["birth_before_start", "wait_8_weeks", "birth_unrecorded", "allocated_not_started"]
    cleared = [kind for line in document["lines"] for kind in line["cleared"]]
    assert sorted(cleared) == sorted(raised)
    assert sum("open_record on infant" in one for line in document["lines"] for one in line["followed"]) == 1


def test_people_work_on_working_days_and_nobody_before_the_story_begins(document: dict[str, Any]) -> None:
    days = [date.fromisoformat(line["on"]) for line in document["lines"]]
    assert days == sorted(days)
    assert days[0] == BEGINS
    at_work = [day for day, line in zip(days, document["lines"], strict=True) if line["role"]]
    assert [day for day in at_work if not is_working_day(day)] == []


def test_a_kept_story_suggests_commands_that_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = told(tmp_path, monkeypatch, "--keep")
    commands = [line.split() for line in shown.partition("Three things to try next")[2].splitlines()[2:]]
    assert len(commands) == 3
    for words in commands:
        arguments = shlex.split(" ".join(words[words.index("case" if "case" in words else "family") :]))
        result = CliRunner().invoke(casework, arguments)
        assert result.exit_code == 0, result.output
        assert result.stdout


def test_a_document_is_of_the_story_only(tmp_path: Path) -> None:
    result = CliRunner().invoke(casework, ["demo", "--json"])
    assert result.exit_code == 2
    assert "--json goes with --story" in result.stderr
    assert list(tmp_path.iterdir()) == []
