"""The page for auditors says what the audit does: every finding and no other, and what shows what as measured."""

import re
from pathlib import Path

from click.testing import CliRunner

from casework.audit import findings, reconcile
from jobs.commands.audit import audit
from tests.audit.test_attacks import table

PAGE = (Path(__file__).parents[2] / "casework" / "docs" / "auditing.md").read_text(encoding="utf-8")
IN_WORDS = {"D": "shown", "s": "sometimes", "-": ""}


def rows_under(heading: str, page: str = PAGE) -> list[list[str]]:
    """Those of the table with this first column, without its two top lines."""
    (found,) = re.findall(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in found.splitlines()]


def codes_under(heading: str, page: str = PAGE) -> dict[str, str]:
    return {code.strip("`"): sentence for code, sentence in rows_under(heading, page)}


def test_the_page_has_every_finding_of_the_verifier_in_its_own_words_and_no_other() -> None:
    told = codes_under("`verify` names")
    assert told.pop("replay_differs")
    assert told == findings.SENTENCES


def test_the_page_has_every_finding_of_the_reconciler_in_its_own_words_and_no_other() -> None:
    assert codes_under("`reconcile` names") == reconcile.SENTENCES


def test_a_finding_that_the_page_lacks_would_be_told() -> None:
    (line,) = re.findall(r"^\| `line_altered` \|.*\n", PAGE, re.MULTILINE)
    assert codes_under("`reconcile` names", PAGE.replace(line, "")) != reconcile.SENTENCES


def test_what_shows_what_is_what_was_measured() -> None:
    on_the_page = {row[1].strip("`"): row[2:] for row in rows_under("somebody who can write to the database")}
    assert on_the_page == {name: [IN_WORDS[cell] for cell in cells] for name, cells in table().items()}


def test_what_is_an_alarm_only_where_nobody_expects_it_is_said_to_be_so() -> None:
    assert (
        set(re.findall(r"`(\w+)` is named, and by itself an alarm only where nobody expects it", PAGE))
        == findings.LAWFUL
    )


def test_every_option_and_command_of_the_page_is_there() -> None:
    helps = "".join(CliRunner().invoke(audit, [name, "--help"]).output for name in audit.commands)
    assert set(re.findall(r"--[a-z][a-z-]*", PAGE)) <= set(re.findall(r"--[a-z][a-z-]*", helps))
    assert set(re.findall(r"casework audit (\w+)", PAGE)) <= set(audit.commands)
