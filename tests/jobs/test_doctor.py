"""`casework doctor` and `casework digest`, as an operator runs them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from casework import Casework
from jobs.cli import casework as program
from persistence import Database
from tests.persistence.families import ACCEPTED, refer


@pytest.fixture
def clinic(database: Database) -> Casework:
    """By the real clock, as the command line reads it."""
    return Casework(database)


def ran(database_url: str, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(program, [*words, "--database", database_url])
    return result.exit_code, result.stdout


def test_a_doctor_finds_a_clinic_well_after_its_night(clinic: Casework, database_url: str) -> None:
    refer(clinic, "L-1", steps=ACCEPTED)
    clinic.night()
    code, said = ran(database_url, "doctor")
    assert code == 0
    assert "All is well." in said
    assert "leeds-imhs" in said


def test_a_doctor_exits_with_one_where_a_night_is_missing(clinic: Casework, database_url: str) -> None:
    refer(clinic, "L-1", steps=ACCEPTED)
    clinic.nights.run(clinic.today() - timedelta(days=3))
    code, said = ran(database_url, "doctor", "--json")
    found = json.loads(said)
    leeds = next(one for one in found["services"] if one["service"] == "leeds-imhs")
    assert leeds["dates_due"] >= 2
    assert leeds["open_referrals"] == leeds["listed"] == 1
    assert found["lease"]["holder"] is None
    assert code == (1 if found["red"] else 0)


def test_the_digest_is_written_for_the_newest_night(clinic: Casework, database_url: str, tmp_path: Path) -> None:
    refer(clinic, "L-1", steps=ACCEPTED)
    clinic.night()
    code, said = ran(database_url, "digest", "--out", str(tmp_path / "pages"), "--service", "leeds-imhs", "--json")
    assert code == 0
    pages = [Path(path) for path in json.loads(said)["written"]]
    assert sorted(page.suffix for page in pages) == [".html", ".json"]
    assert all(page.stat().st_size > 0 for page in pages)
    assert "Invented" not in "".join(page.read_text() for page in pages)
    assert clinic.readings("L-1") == ()
    named = ("digest", "--names", "--as", "A lead", "--out", str(tmp_path / "named"), "--service", "leeds-imhs")
    assert ran(database_url, *named)[0] == 0
    assert "Invented" in "".join(page.read_text() for page in (tmp_path / "named").iterdir())
    assert [(one.what, one.actor) for one in clinic.readings("L-1")] == [("digest", "A lead")]


def test_a_digest_of_a_clinic_without_a_night_says_what_to_do(database_url: str) -> None:
    code, said = ran(database_url, "digest")
    assert code == 0
    assert "casework nightly" in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--service", "nowhere"], "unknown_service"),
        (["--service", "leeds-imhs"], "no_such_night"),
        (["--service", "leeds-imhs", "--as-of", "2020-01-01"], "no_such_night"),
    ],
)
def test_a_digest_that_cannot_be_says_why(database_url: str, words: list[str], code: str) -> None:
    result = CliRunner().invoke(program, ["digest", *words, "--json", "--database", database_url])
    assert result.exit_code == 2
    assert code in result.output
