"""`casework pathway compare`: what a new version would change, before it is activated, on real referrals."""

import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from casework import Casework
from jobs.cli import casework
from persistence import Database
from tests.jobs.line import DAY, Line
from workflows.registry import CHARTS

PROPOSED = Path(__file__).parents[1] / "workflows" / "proposed" / "leeds_v2.py"
GENTLE = """
from dataclasses import replace
from workflows import Role
from tests.workflows.shipped import LEEDS

LEEDS_2 = replace(LEEDS, version={version}, moves=tuple(
    replace(m, who=(*m.who, Role.TEAM)) if m.trigger == "acknowledge" else m for m in LEEDS.moves
))
"""


def compared(folder: Path, *words: object) -> Result:
    """Two pathways, with no database on the line."""
    line = ["--log", str(folder / "audit.jsonl"), "pathway", "compare", *map(str, words)]
    result = CliRunner().invoke(casework, line)
    assert "Traceback" not in result.output
    return result


def written(folder: Path, text: str) -> Path:
    path = folder / "leeds_v2.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_two_pathways_are_compared_without_any_database(tmp_path: Path) -> None:
    shown = compared(tmp_path, "leeds-imhs@1", "together-with-baby")
    assert shown.exit_code == 0
    assert "  removed  accept_direct from rmg_review\n" in shown.stdout
    assert "  added    accept_assessment from rmg_review\n" in shown.stdout
    assert "No database was named" in shown.stdout


def test_the_same_pathway_twice_changes_nothing(tmp_path: Path) -> None:
    shown = compared(tmp_path, "leeds-imhs", "leeds-imhs@1")
    assert (shown.exit_code, "The two say the same." in shown.stdout) == (0, True)


def test_a_version_that_is_not_registered_yet_is_read_from_its_file(tmp_path: Path) -> None:
    shown = compared(tmp_path, "leeds-imhs@1", PROPOSED)
    assert shown.exit_code == 0
    assert "  removed  unallocate from allocated\n" in shown.stdout
    sources = "received, information_requested, rmg_review, consultation, waiting"
    assert f"  changed  acknowledge from {sources}" in shown.stdout, "rows that change alike are told once"
    assert list(CHARTS) == ["leeds-imhs@1", "together-with-baby@1"], "and nothing is activated by it"


def test_a_released_version_under_its_own_name_with_other_rules_is_refused(tmp_path: Path) -> None:
    again = written(tmp_path, GENTLE.format(version=1))
    shown = compared(tmp_path, "leeds-imhs@1", again)
    assert shown.exit_code == 1
    assert "PROBLEM leeds-imhs@1 is released with another digest" in shown.stdout
    assert json.loads(compared(tmp_path, "leeds-imhs@1", again, "--json").stdout)["same_version_other_digest"] is True


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_one_pathway"),
        ("from tests.workflows.shipped import LEEDS", "not_one_pathway"),
        ("x = 1\nx +", "line 2. (not_a_pathway)"),
        ("x = 1\n\nno_such_word", "NameError at line 3. (not_a_pathway)"),
        ("import no_such_library", "ModuleNotFoundError at line 1. (not_a_pathway)"),
        (
            "from dataclasses import replace\nfrom tests.workflows.shipped import LEEDS\n"
            "new = replace(LEEDS, version=2, moves=LEEDS.moves[:5])",
            "(unsound_pathway)",
        ),
    ],
)
def test_a_file_that_holds_no_pathway_is_told_with_its_line(tmp_path: Path, text: str, code: str) -> None:
    refused = compared(tmp_path, "leeds-imhs@1", written(tmp_path, text))
    assert refused.exit_code == 2
    assert code in refused.stderr


@pytest.mark.parametrize("name", ["leeds-imhs@9", "nowhere", "nowhere.py", "a" * 5_000 + ".py", "a folder.py"])
def test_a_pathway_that_is_not_there_is_told_and_its_name_is_not_repeated(tmp_path: Path, name: str) -> None:
    (tmp_path / "a folder.py").mkdir()
    for words in (("leeds-imhs@1", name), (name, "leeds-imhs@1")):
        refused = compared(tmp_path, *words)
        assert refused.exit_code == 2
        assert refused.stderr.endswith(("(unknown_pathway)\n", "(no_such_file)\n"))
        assert name not in refused.output


def document(clinic: Line, new: Path, exit_code: int) -> dict[str, Any]:
    found: dict[str, Any] = clinic.document("pathway", "compare", "leeds-imhs@1", new, exit_code=exit_code)
    return found


def kept(line: Line) -> list[Any]:
    database = Database(line.url)
    clinic = Casework(database)
    found = [clinic.case(case_id) for case_id in clinic.case_ids()]
    database.close()
    return found


def test_referrals_in_a_state_that_is_gone_and_histories_that_would_not_fold_are_named(either_clinic: Line) -> None:
    found = document(either_clinic, PROPOSED, 1)["referrals"]
    cases = [case for case in kept(either_clinic) if case.chart.id == "leeds-imhs@1"]
    watching = {case.reference for case in cases if case.state == "watchful_waiting"}
    assert (found["histories"], found["open"]) == (len(cases), sum(case.open for case in cases))
    assert watching
    assert {state: set(names) for state, names in found["stranded"].items()} == {"watchful_waiting": watching}
    assert watching <= {one["reference"] for one in found["unfoldable"]}
    assert {one["trigger"] for one in found["unfoldable"]} <= {"watch_and_wait", "unallocate"}
    standing = Counter(case.state for case in cases if case.open)
    assert {name: state["open"] for name, state in found["states"].items()} == dict(standing)
    assert found["states"]["allocated"]["lost"] == ["unallocate"]
    assert found["states"]["allocated"]["gained"] == ["call_family"]
    shown = either_clinic("pathway", "compare", "leeds-imhs@1", PROPOSED)
    assert shown.exit_code == 1
    assert f"PROBLEM {len(watching)} open referrals in watchful_waiting, which the new version lacks" in shown.stdout


def test_clocks_gaps_and_flags_that_would_read_otherwise_are_named(clinic: Line) -> None:
    found = document(clinic, PROPOSED, 1)["referrals"]
    cases = {case.reference: case for case in kept(clinic) if case.chart.id == "leeds-imhs@1" and case.open}
    told = {reference for reference, case in cases.items() if case.answers.get("acknowledged_on")}
    foldable = cases.keys() - {one["reference"] for one in found["unfoldable"]}
    stopped = {reference for reference in told & foldable if cases[reference].clocks["total_time"].running}
    assert stopped
    assert stopped <= set(found["clocks"]["total_time"])
    lacking = {reference for reference in foldable if cases[reference].answers.get("received_on")}
    lacking = {reference for reference in lacking if "gp_in_area" not in cases[reference].answers}
    assert lacking
    assert set(found["gaps"]["gp_in_area"]) == lacking
    early = found["flags_opening"]["wait_8_weeks"]
    assert early
    for reference in early:
        assert 42 <= (DAY - cases[reference].clocks["wait_to_allocation"].counts_from).days < 56


def test_a_version_that_harms_nobody_is_told_so_and_changes_nothing(either_clinic: Line) -> None:
    before = kept(either_clinic)
    gentle = written(either_clinic.folder, GENTLE.format(version=2))
    shown = either_clinic("pathway", "compare", "leeds-imhs@1", gentle)
    assert shown.exit_code == 0
    assert "Every kept history folds under the new version, and nobody would be stranded." in shown.stdout
    assert "would read otherwise" not in shown.stdout
    assert kept(either_clinic) == before


def test_a_history_that_does_not_fold_as_it_is_is_named_and_hides_no_other(clinic: Line) -> None:
    connection = sqlite3.connect(clinic.folder / "clinic.db")
    connection.executescript(
        "DROP TRIGGER IF EXISTS case_events_no_update;"
        "UPDATE case_events SET from_state = 'ending' WHERE seq = 2 AND case_id = "
        "(SELECT id FROM cases WHERE reference = 'R-000239')"
    )
    connection.close()
    gentle = written(clinic.folder, GENTLE.format(version=2))
    found = document(clinic, gentle, 1)["referrals"]
    assert (found["damaged"], found["unfoldable"]) == (["R-000239"], [])
    shown = clinic("pathway", "compare", "leeds-imhs@1", gentle)
    assert "PROBLEM 1 histories do not fold as they are: R-000239" in shown.stdout


def test_no_word_of_a_family_is_in_what_is_told(clinic: Line, private_words: set[str]) -> None:
    shown = clinic("pathway", "compare", "leeds-imhs@1", PROPOSED).output
    shown += json.dumps(document(clinic, PROPOSED, 1))
    assert not [word for word in private_words if word in shown]
