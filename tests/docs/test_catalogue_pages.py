"""The pages of interventions and endings are the tables, written out: python -m tests.docs.test_catalogue_pages"""

from collections.abc import Callable
from pathlib import Path

import pytest

from workflows.cataloguepage import endings_markdown, interventions_markdown
from workflows.endings import ENDINGS, closed_states
from workflows.interventions import CATALOGUE

DOCS = Path(__file__).parents[2] / "casework" / "docs"
PAGES = {DOCS / "interventions.md": interventions_markdown, DOCS / "endings.md": endings_markdown}


@pytest.mark.parametrize(("page", "write"), PAGES.items(), ids=lambda part: getattr(part, "stem", ""))
def test_the_page_is_written_from_the_table(page: Path, write: Callable[[], str]) -> None:
    assert page.read_text(encoding="utf-8") == write()


def test_the_page_of_interventions_has_every_entry_with_a_cell_for_each_column() -> None:
    rows = [line for line in interventions_markdown().splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == list(CATALOGUE)
    assert {row.count(" | ") for row in rows} == {14}


def test_the_page_of_endings_has_every_closed_state_and_every_reason() -> None:
    page = endings_markdown()
    assert [line for line in page.splitlines() if line.startswith("## `")] == [f"## `{s}`" for s in closed_states()]
    assert page.count("\n| `") == len(ENDINGS)


if __name__ == "__main__":
    for path, written in PAGES.items():
        path.write_text(written(), encoding="utf-8")
