"""`casework db`, `pathway` and `audit`."""

import sqlite3
from pathlib import Path

import pytest

from tests.jobs.line import Line
from workflows.diagram import markdown, mermaid
from workflows.figures import FIGURES
from workflows.registry import CHARTS


def test_a_new_database_is_made_brought_up_to_date_and_left_alone_then(tmp_path: Path) -> None:
    line = Line(f"sqlite:///{tmp_path / 'new.db'}", tmp_path)
    before = line.document("db", "current")
    assert (before["current"], before["up_to_date"]) == (None, False)
    assert "Run: casework db upgrade" in line("db", "current").stdout
    foreseen = line.document("db", "upgrade", "--dry-run")
    assert foreseen["dry_run"] is True
    assert not (tmp_path / "new.db").exists()
    assert "Nothing was changed" in line("db", "upgrade", "--dry-run").stdout
    assert line.document("db", "upgrade") == {**foreseen, "dry_run": False}
    assert line.document("db", "upgrade")["applied"] == []
    assert line("db", "upgrade").stdout == "The tables are at this version already.\n"
    after = line.document("db", "current")
    assert after == {"current": before["head"], "head": before["head"], "up_to_date": True}


def test_a_server_says_its_revision_too(empty: Line) -> None:
    assert empty.document("db", "current")["up_to_date"] is True
    assert "which is the newest" in empty("db", "current").stdout


def test_a_database_in_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    line = Line(f"sqlite:///{tmp_path / 'nowhere' / 'new.db'}", tmp_path)
    assert line("db", "upgrade").exit_code == 2


def test_a_replay_prints_what_happened_and_that_it_agrees(either_clinic: Line) -> None:
    shown = either_clinic("audit", "replay", "R-000239")
    assert shown.exit_code == 0
    assert shown.stdout.splitlines()[1].split() == [
        "1",
        "2026-07-13",
        "Sam",
        "Loader",
        "-",
        "take_call",
        "new",
        "duty_call",
    ]
    assert shown.stdout.endswith("The fold of 7 events and the kept row agree.\n")
    document = either_clinic.document("audit", "replay", "R-000239")
    assert (document["agree"], document["differences"], len(document["events"])) == (True, [], 7)
    assert {"seq", "effective_on", "actor", "role", "trigger", "from", "to"} <= set(document["events"][0])


def test_a_row_that_was_changed_behind_our_back_is_found_out(clinic: Line) -> None:
    damage(clinic, "UPDATE cases SET state = 'allocated' WHERE reference = 'R-000239'")
    shown = clinic("audit", "replay", "R-000239")
    assert shown.exit_code == 1
    assert "state: fold says waiting, row says allocated" in shown.stdout
    assert clinic.document("audit", "replay", "R-000239", exit_code=1)["agree"] is False
    every = clinic.document("audit", "replay", "--all", exit_code=1)
    assert (every["replayed"], every["agree"]) == (389, 388)
    assert [(d["reference"], d["differences"][0]["what"]) for d in every["differ"]] == [("R-000239", "state")]
    shown = clinic("audit", "replay", "--all")
    assert shown.exit_code == 1
    assert "leeds-imhs/R-000239\n" in shown.stdout
    assert shown.stdout.endswith("Replayed 389: 388 agree, 1 differ.\n")


def damage(line: Line, statement: str) -> None:
    connection = sqlite3.connect(line.folder / "clinic.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_every_referral_of_the_sample_replays(either_clinic: Line) -> None:
    assert either_clinic("audit", "replay", "--all").stdout == "Replayed 389: 389 agree, 0 differ.\n"


@pytest.mark.parametrize("words", [[], ["R-000239", "--all"]])
def test_a_replay_is_of_one_referral_or_of_all(clinic: Line, words: list[str]) -> None:
    result = clinic("audit", "replay", *words)
    assert result.exit_code == 2
    assert "Name one referral, or --all of them." in result.stderr


def test_an_empty_clinic_replays_to_nothing(empty: Line) -> None:
    assert empty("audit", "replay", "--all").stdout == "Replayed 0: 0 agree, 0 differ.\n"


@pytest.fixture
def rules(tmp_path: Path) -> Line:
    """A line without any database behind it."""
    return Line("sqlite:///none.db", tmp_path)


def test_the_pathways_are_listed_with_their_digests(rules: Line) -> None:
    listed = rules.document("pathway", "list")
    assert [chart["pathway"] for chart in listed] == list(CHARTS)
    assert all(len(chart["digest"]) == 64 for chart in listed)
    assert all(name in rules("pathway", "list").stdout for name in CHARTS)


@pytest.mark.parametrize("name", ["leeds-imhs", "leeds-imhs@1"])
def test_a_pathway_is_shown_by_its_name_with_or_without_its_version(rules: Line, name: str) -> None:
    shown = rules("pathway", "show", name)
    assert shown.exit_code == 0
    assert f"{FIGURES['wait_first'].label}: 56 days (Leeds guidance" in shown.stdout
    assert f"{FIGURES['wait_over'].label}: 85 days (Leeds guidance" in shown.stdout
    document = rules.document("pathway", "show", name)
    chart = CHARTS["leeds-imhs@1"]
    assert len(document["steps"]) == len(chart.moves)
    assert [state["state"] for state in document["states"]] == list(chart.states)
    figures = {figure["name"]: (figure["amount"], figure["unit"]) for figure in document["figures"]}
    assert (figures["wait_first"], figures["watch"]) == ((56, "days"), (3, "months"))


def test_every_released_pathway_is_sound(rules: Line) -> None:
    assert rules("pathway", "check").exit_code == 0
    checked = rules.document("pathway", "check", "together-with-baby")
    assert [chart["sound"] for chart in checked] == [True]
    assert all(check["faults"] == [] for check in checked[0]["checks"])


def test_a_pathway_is_drawn(rules: Line) -> None:
    chart = CHARTS["together-with-baby@1"]
    assert rules("pathway", "diagram", "together-with-baby").stdout == mermaid(chart)
    assert rules("pathway", "diagram", "together-with-baby", "--markdown").stdout == markdown(chart)
