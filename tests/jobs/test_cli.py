"""The command line as a whole: its help, its options, its manners with programs, and how it says what went wrong."""

import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from jobs.cli import casework
from tests.jobs.line import DAY, Line

HEAVY = ("sqlalchemy", "alembic", "rich", "pydantic", "structlog", "transitions", "persistence", "casework")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", ["", "case", "case fire", "worklist", "import", "pathway show", "demo"])
def test_help_loads_nothing_heavy(command: str) -> None:
    words = [*command.split(), "--help"]
    source = f"import sys; from jobs.cli import casework; casework({words}, standalone_mode=False)"
    found = run("-c", f"{source}; print([n for n in {HEAVY} if n in sys.modules])")
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines()[-1] == "[]"


def test_help_is_there_in_less_than_three_tenths_of_a_second() -> None:
    def seconds() -> float:
        began = time.monotonic()
        assert run("-m", "jobs", "--help").returncode == 0
        return time.monotonic() - began

    assert min(seconds() for _ in range(5)) < 0.3


@pytest.mark.parametrize(
    "command",
    [
        "demo", "db upgrade", "db current", "import", "nightly", "flags", "worklist", "case show", "case history",
        "case options", "case fire", "case open", "pathway list", "pathway show", "pathway check", "pathway diagram",
        "audit replay",
    ],
)  # fmt: skip
def test_every_command_has_help_with_the_database_and_the_log(command: str) -> None:
    result = CliRunner().invoke(casework, [*command.split(), "--help"])
    assert result.exit_code == 0
    assert "--database URL" in result.output
    assert "--log FILE" in result.output


@pytest.mark.parametrize(
    ("words", "meant"),
    [("worklits", "worklist"), ("case fier", "fire"), ("worklist --stge waiting", "--stage"), ("pathway shwo", "show")],
)
def test_a_slip_of_the_finger_is_answered_with_what_was_meant(words: str, meant: str) -> None:
    result = CliRunner().invoke(casework, words.split())
    assert result.exit_code == 2
    assert f"Did you mean '{meant}'?" in result.stderr
    assert result.stdout == ""


def test_a_word_too_many_is_not_repeated_for_it_may_be_a_name(clinic: Line) -> None:
    result = clinic("case", "show", "R-000239", "Mina")
    assert result.exit_code == 2
    assert "a word too many" in result.stderr
    assert "Mina" not in result.output


def test_the_database_may_be_named_before_or_after_the_command_or_in_the_environment(
    clinic: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listed(*words: str) -> str:
        result = CliRunner().invoke(casework, [*words, "--as-of", "2026-11-20"])
        assert result.exit_code == 0, result.output
        return result.stdout

    before = listed("--database", clinic.url, "worklist")
    assert before == listed("worklist", "--database", clinic.url)
    assert before == listed("--database", "sqlite:///elsewhere.db", "worklist", "--database", clinic.url)
    monkeypatch.setenv("CASEWORK_DATABASE_URL", clinic.url)
    assert before == listed("worklist")
    monkeypatch.setenv("CASEWORK_DATABASE_URL", "sqlite:///elsewhere.db")
    assert before == listed("--database", clinic.url, "worklist")


def test_the_database_is_casework_db_where_nobody_names_one(tmp_path: Path) -> None:
    assert CliRunner().invoke(casework, ["db", "upgrade"]).exit_code == 0
    assert (tmp_path / "casework.db").is_file()


@pytest.mark.parametrize("day", ["2026-11-20", "20/11/2026", "today"])
def test_a_day_is_written_in_three_ways(clinic: Line, day: str) -> None:
    assert clinic("worklist", "--as-of", day).stdout == clinic("worklist", "--as-of", DAY).stdout


@pytest.mark.parametrize("day", ["11/20/2026", "2026-13-01", "20.11.2026", "tomorrow", "", "2026-02-30"])
def test_any_other_day_is_refused_and_not_repeated(clinic: Line, day: str) -> None:
    result = clinic("worklist", "--as-of", day)
    assert result.exit_code == 2
    assert result.stderr == ("casework: --as-of: This is no date. Write 2026-11-21 or 21/11/2026. (invalid_date)\n")


READING = [
    "worklist", "worklist --service leeds-imhs --stage waiting --kind wait_8_weeks", "flags", "flags --stage waiting",
    "case show R-000239", "case history R-000239", "case options R-000239", "db current", "pathway list",
    "pathway show leeds-imhs", "pathway check", "audit replay R-000239", "audit replay --all",
    "nightly --dry-run", "worklist --service together-with-baby --kind wait_8_weeks",
]  # fmt: skip


@pytest.mark.parametrize("command", READING)
def test_json_is_one_document_and_nothing_else(clinic: Line, command: str) -> None:
    result = clinic(*command.split(), "--json")
    assert result.exit_code == 0
    json.loads(result.stdout)
    assert result.stderr == ""


@pytest.mark.parametrize("command", READING)
def test_what_is_piped_has_neither_colour_nor_blanks_at_the_end(clinic: Line, command: str) -> None:
    shown = clinic(*command.split()).stdout
    assert "\x1b" not in shown
    assert all(line == line.rstrip() for line in shown.splitlines())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("worklist --service nowhere", "unknown_service"),
        ("worklist --stage asleep", "unknown_stage"),
        ("flags --kind unkind", "unknown_kind"),
        ("case show R-999999", "unknown_case"),
        ("case history R-999999", "unknown_case"),
        ("case options R-999999", "unknown_case"),
        ("case fire R-999999 allocate", "unknown_case"),
        ("case fire leeds-imhs/R-999999 allocate --seen 3", "unknown_case"),
        ("case open nowhere take_call", "unknown_service"),
        ("audit replay R-999999", "unknown_case"),
        ("nightly --as ;", "unknown_actor"),
        ("nightly --as-of 2027-01-01", "date_in_future"),
        ("pathway show nowhere", "unknown_pathway"),
        ("pathway check leeds-imhs@9", "unknown_pathway"),
        ("import nothing.csv", "file_not_found"),
    ],
)
def test_what_is_not_known_is_one_sentence_with_a_code_and_exit_2(clinic: Line, words: str, code: str) -> None:
    result = clinic(*words.split())
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("casework: ")
    assert result.stderr.endswith(f"({code})\n")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["worklist", "flags", "nightly", "case show R-1", "audit replay --all"])
def test_a_database_without_tables_is_told_how_to_get_them(tmp_path: Path, command: str) -> None:
    result = Line(f"sqlite:///{tmp_path / 'new.db'}", tmp_path)(*command.split())
    assert result.exit_code == 2
    assert "casework db upgrade" in result.stderr
    assert result.stderr.endswith("(not_migrated)\n")
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("url", ["clinic.db", "mysql://here/clinic", "sqlite://", "postgresql://[", "file:///x"])
def test_a_url_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    result = Line(url, tmp_path)("worklist")
    assert result.exit_code == 2
    assert result.stderr.endswith("(bad_database_url)\n")


@pytest.mark.parametrize("command", [["worklist"], ["db", "current"], ["db", "upgrade"], ["nightly"]])
def test_a_folder_is_no_database(tmp_path: Path, command: list[str]) -> None:
    result = Line(f"sqlite:///{tmp_path}", tmp_path)(*command)
    assert result.exit_code == 2
    assert result.stderr.endswith("(database_not_reachable)\n")


def test_a_server_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    result = Line(f"postgresql+psycopg://nobody@/clinic?host={tmp_path}", tmp_path)("worklist")
    assert result.exit_code == 2
    assert result.stderr.endswith("(database_not_reachable)\n")


def test_a_file_that_is_no_database_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear colleague, thank you for referring. " * 100, encoding="utf-8")
    result = Line(f"sqlite:///{tmp_path / 'letter.db'}", tmp_path)("worklist")
    assert result.exit_code == 2
    assert result.stderr.endswith("(database_damaged)\n")
    assert "colleague" not in result.output


def test_a_database_that_may_only_be_read_can_be_read_and_refuses_a_step(clinic: Line) -> None:
    make_read_only(clinic.folder / "clinic.db")
    assert clinic("worklist").exit_code == 0
    for command in ("case fire R-000239 acknowledge", "nightly --again"):
        result = clinic(*command.split())
        assert result.exit_code == 2
        assert result.stderr.endswith("(database_read_only)\n")


def make_read_only(path: Path) -> None:
    """By its header, as if a later SQLite had written it: root, who may write any file, may not write this one."""
    with path.open("r+b") as file:
        file.seek(18)
        file.write(b"\x03")


def test_what_nobody_foresaw_is_told_without_a_traceback_and_kept_in_the_log_without_a_word(
    clinic: Line,
) -> None:
    with sqlite3.connect(clinic.folder / "clinic.db") as connection:
        connection.execute("UPDATE cases SET pathway = 'gone@9' WHERE reference = 'R-000239'")
    connection.close()
    result = clinic("case", "show", "R-000239")
    assert result.exit_code == 2
    assert result.stdout == ""
    (kept,) = clinic.log_lines()
    assert kept["event"] == "casework.failed"
    assert kept["error_id"] in result.stderr
    assert kept["causes"][0]["error"] == "UnknownPathway"
    assert any("registry.py" in place for place in kept["causes"][0]["at"])
    assert "gone@9" not in clinic.log.read_text(encoding="utf-8")
    assert "registry.py" not in result.stderr


def test_a_log_that_was_asked_for_and_cannot_be_written_stops_the_command(clinic: Line) -> None:
    clinic.log = clinic.folder / "not there" / "audit.jsonl"
    result = clinic("case", "fire", "R-000239", "acknowledge")
    assert result.exit_code == 2
    assert result.stderr.endswith("(log_not_writable)\n")
    clinic.log = clinic.folder / "audit.jsonl"
    assert clinic.document("case", "show", "R-000239")["version"] == 7


def test_without_a_log_its_lines_go_to_stderr_where_that_is_no_terminal(clinic: Line) -> None:
    result = CliRunner().invoke(
        casework, ["--database", clinic.url, "case", "fire", "R-000239", "acknowledge", "--json"]
    )
    assert result.exit_code == 0
    (line,) = [json.loads(line) for line in result.stderr.splitlines()]
    assert (line["event"], line["trigger"], line["via"]) == ("case.noted", "acknowledge", "command_line")
    assert json.loads(result.stdout)["version"] == 8


def test_the_environment_names_the_log_too(clinic: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWORK_LOG", str(clinic.log))
    result = CliRunner().invoke(casework, ["--database", clinic.url, "case", "fire", "R-000239", "acknowledge"])
    assert result.stderr == ""
    assert [line["event"] for line in clinic.log_lines()] == ["case.noted"]


def test_an_installation_says_which_version_it_is() -> None:
    result = CliRunner().invoke(casework, ["--version"])
    assert result.exit_code == 0
    assert "version 0." in result.output
