"""The page of the documents is what the reader reads. To write it anew: python -m tests.docs.test_services_page"""

from pathlib import Path

from tests.services.documents import THIRD
from workflows.figures import FIGURES, SETTINGS
from workflows.registry import CHARTS
from workflows.services.building import chart_from
from workflows.services.keys import CRITERION, OFFER, OPEN_TABLES, TABLES
from workflows.services.page import SAYS, X5, markdown

PAGE = Path(__file__).parents[2] / "casework" / "docs" / "services.md"


def page() -> str:
    return markdown([*CHARTS.values(), chart_from(THIRD)])


def test_the_page_of_services_is_written_from_the_reader() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_table_key_and_figure_is_on_the_page() -> None:
    text = page()
    for word in (*TABLES, *OPEN_TABLES, *FIGURES, *SETTINGS, *OFFER, *CRITERION):
        assert any(f"{start}{word}{end}" in text for start, end in (("`", "`"), ("[", "]"))), word


def test_every_setting_of_the_requirements_stands_under_a_key_of_a_document() -> None:
    assert set(X5) <= set(SAYS)
    assert all(setting in page() for setting in X5.values())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
