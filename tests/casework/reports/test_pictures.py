"""The pictures of the digest, read as the drawing that a page gets."""

import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from casework.reports import pictures
from casework.reports.digest import Digest, WaitingRow
from tests.casework.reports.mornings import BUSY, EMPTY, ESSEX, list_of, year_of
from tests.casework.reports.reader import Page, faults

ROOT = Path(__file__).parents[3]


def waits(digest: Digest) -> str:
    drawn = pictures.waits(digest)
    assert drawn is not None
    return drawn


def year(digest: Digest) -> str:
    drawn = pictures.year(digest)
    assert drawn is not None
    return drawn


def said(svg: str) -> str:
    return Page(svg).root.all("desc")[0].text


def words_drawn(svg: str) -> list[str]:
    """Letters are outlines; the drawing keeps each word beside them as a comment."""
    kept: list[str] = []

    class Comments(HTMLParser):
        def handle_comment(self, data: str) -> None:
            kept.append(data.strip())

    Comments().feed(svg)
    return kept


def test_both_pictures_stand_in_one_page_and_are_told_to_a_screen_reader() -> None:
    page = Page(f"<h1>Both</h1>{waits(BUSY)}{year(BUSY)}")
    assert faults(page) == []
    titles = [svg.all("title")[0].text for svg in page.root.all("svg")]
    assert titles == ["How long referrals have waited on 3 March 2026", "The list over the year to 3 March 2026"]


def test_every_shape_that_a_picture_uses_again_is_in_that_picture() -> None:
    for svg in (waits(BUSY), year(BUSY)):
        pointed = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
        assert pointed
        assert pointed <= set(re.findall(r'\bid="([^"]+)"', svg))


def test_the_description_says_the_figures_that_the_picture_shows() -> None:
    assert said(waits(BUSY)) == (
        "96 referrals waiting. The longest has waited 133 days; half have waited 38 days or more. "
        "32 have waited 8 weeks or more, 13 of them over 12 weeks. 11 of all are on hold."
    )
    assert said(year(BUSY)) == (
        "96 waiting on 3 March 2026, 96 on 4 March 2025. The most was 96, on 4 March 2025. "
        "32 have now waited 8 weeks or more, 10 of them over 12 weeks."
    )


def test_the_published_figures_are_lines_with_their_name_and_held_referrals_are_hatched() -> None:
    assert {"8 weeks", "over 12 weeks", "Waiting, on hold"} <= set(words_drawn(waits(BUSY)))
    assert {"96 waiting", "32 at 8 weeks or more", "10 over 12 weeks"} <= set(words_drawn(year(BUSY)))
    assert "<pattern" in waits(BUSY)


def test_a_service_that_publishes_no_figure_gets_no_line_and_no_word_of_one() -> None:
    for svg in (waits(ESSEX), year(ESSEX)):
        assert not [word for word in words_drawn(svg) if "8 weeks" in word or "12 weeks" in word]
        assert "stroke-dasharray" not in svg
        assert "8 weeks" not in said(svg)


def test_where_nobody_is_on_hold_nothing_is_hatched_and_no_key_is_needed() -> None:
    moving = tuple(replace(row, held=False) for row in BUSY.waiting)
    assert "<pattern" not in waits(replace(BUSY, waiting=moving))
    assert "Waiting, on hold" not in words_drawn(waits(replace(BUSY, waiting=moving)))


def test_both_lines_are_in_sight_when_everyone_came_this_week() -> None:
    fresh = replace(BUSY, waiting=(WaitingRow("LEE-0001", 3, 3, held=False),))
    assert {"8 weeks", "over 12 weeks", "12"} <= set(words_drawn(waits(fresh)))


def test_a_figure_entered_in_the_middle_of_the_year_is_drawn_from_then_on() -> None:
    weeks = tuple(replace(w, over_first=None, over_last=None) if n < 40 else w for n, w in enumerate(BUSY.weeks))
    assert "10 over 12 weeks" in words_drawn(year(replace(BUSY, weeks=weeks)))
    assert year(replace(BUSY, weeks=weeks)) != year(BUSY)


def test_nothing_to_draw_is_no_picture() -> None:
    assert pictures.waits(EMPTY) is None
    assert pictures.year(EMPTY) is None
    assert pictures.year(replace(EMPTY, weeks=tuple(replace(w, waiting=0) for w in year_of(30)))) is None


@pytest.mark.parametrize("number", [1, 20_000])
@pytest.mark.parametrize("longest", [0, 133, 900, 20_000])
def test_a_list_of_any_length_and_any_wait_is_drawn_with_few_bars(number: int, longest: int) -> None:
    svg = waits(replace(BUSY, waiting=list_of(number, longest)))
    assert svg.count('id="waits-patch_') < 2 * pictures.MOST_BARS + 10
    assert len(svg) < 200_000


def test_the_same_digest_is_the_same_drawing_in_another_process_and_under_a_user_s_own_chart_settings(
    tmp_path: Path,
) -> None:
    (tmp_path / "matplotlibrc").write_text("axes.facecolor: black\nsvg.fonttype: none\nfont.size: 30\n")
    program = (
        "import sys; from casework.reports import pictures; from tests.casework.reports.mornings import BUSY\n"
        "sys.stdout.write(pictures.waits(BUSY) + pictures.year(BUSY))\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "MATPLOTLIBRC": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == waits(BUSY) + year(BUSY)
