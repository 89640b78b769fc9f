"""The page of flags is what the table says. To write it anew: python -m tests.docs.test_flags_page"""

from pathlib import Path

from workflows.figures import FIGURES
from workflows.flagpage import markdown
from workflows.flags import FLAGS

PAGE = Path(__file__).parents[2] / "casework" / "docs" / "flags.md"


def test_the_page_of_flags_is_written_from_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown()


def test_the_page_has_every_flag_and_every_figure() -> None:
    page = markdown()
    assert all(f"| `{name}` |" in page for name in (*FLAGS, *FIGURES))


if __name__ == "__main__":
    PAGE.write_text(markdown(), encoding="utf-8")
