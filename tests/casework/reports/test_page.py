"""The page of the morning digest: what a clinician reads, what a browser makes of it, how it comes to its folder."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casework.reports.digest import Digest, document
from casework.reports.page import page, write
from tests.casework.reports.mornings import BUSY, EMPTY, ESSEX, LACKING, NAMED, WAIT_8, WAIT_12, list_of
from tests.casework.reports.reader import Page, faults
from workflows.dates import british

ROOT = Path(__file__).parents[3]
HOSTILE = """<script>alert('x')</script>"'&--></style></svg>"""
LOOK_FIRST = replace(BUSY, quarantined=2, notes=("The two counts of open referrals differ.",))

ESSEX_AS_LEEDS = replace(ESSEX, service=BUSY.service)

MORNINGS = {
    "busy": BUSY,
    "look first": LOOK_FIRST,
    "empty": EMPTY,
    "essex": ESSEX,
    "named": NAMED,
    "one": replace(EMPTY, waiting=list_of(1), open_cases=1),
    "hostile": replace(
        BUSY,
        service_name=HOSTILE,
        figures_source=HOSTILE,
        run_by=HOSTILE,
        notes=(HOSTILE,),
        new=(
            replace(WAIT_8, reference=HOSTILE, severity=HOSTILE, owner=HOSTILE, stage=HOSTILE, sentence=HOSTILE),
            replace(WAIT_12, reference=HOSTILE, kind=HOSTILE, replaces=HOSTILE, name=HOSTILE),
        ),
        cleared=(replace(WAIT_8, cleared_because=HOSTILE),),
        waiting=tuple(replace(row, reference=HOSTILE) for row in BUSY.waiting),
    ),
}


@pytest.mark.parametrize("digest", MORNINGS.values(), ids=MORNINGS)
def test_every_page_is_whole_usable_by_everyone_and_fetches_nothing(digest: Digest) -> None:
    assert faults(Page(page(digest))) == []


def test_a_hostile_reference_is_shown_as_it_is_written_and_does_nothing() -> None:
    html = page(MORNINGS["hostile"])
    assert "<script" not in html
    assert Page(html).table("Flags raised since yesterday")[1][0] == HOSTILE


def test_the_first_thing_read_is_service_and_day_then_five_lines() -> None:
    read = Page(page(BUSY)).root
    assert read.all("html")[0].attributes["lang"] == "en-GB"
    assert read.all("h1")[0].text == "Leeds Infant Mental Health Service 3 March 2026"
    assert [line.text for line in read.all("li")] == [
        "212 referrals are open, with 24 flags: 8 red, 16 amber.",
        "3 new since yesterday: 3 amber.",
        "1 worsened: 1 red.",
        "1 cleared.",
        "133 days is the longest wait: LEE-0001. 96 referrals waiting, half of them for 38 days or more.",
    ]
    assert [heading.text for heading in read.all("h2")] == [
        "In short",
        "New since yesterday",
        "Worsened",
        "Cleared",
        "Who owns what",
        "Waits",
        "The list over 52 weeks",
        "Still open",
        "About this page",
    ]


def test_what_cannot_wait_stands_before_everything_else() -> None:
    read = Page(page(LOOK_FIRST)).root
    assert read.all("h2")[0].text == "Look at this first"
    lines = [line.text for line in read.all("section")[0].all("li")]
    assert lines[0].startswith("2 referrals could not be worked out in the night.")
    assert lines[1] == "The two counts of open referrals differ."


def test_each_flag_says_in_words_what_a_colour_would() -> None:
    read = Page(page(BUSY))
    assert read.table("Flags that took the place of a lesser one")[1] == [
        "LEE-0017",
        "Red",
        "Waiting for a clinician for more than 12 weeks. Before: Wait 8 weeks.",
        "Waiting",
        "Clinical lead",
        "85",
        "8 December 2025",
        "3 March 2026",
    ]
    cleared = read.table("Flags whose cause has ended")
    assert dict(zip(cleared[0], cleared[1], strict=True))["Why it cleared"] == "Allocate"
    assert "Quiet until 17 March 2026." in read.section("still").text


def test_still_open_leaves_no_flag_out_and_begins_with_the_red_ones() -> None:
    rows = Page(page(BUSY)).table("Flags that were open yesterday and are open today")
    assert len(rows) == 1 + len(BUSY.still_open)
    assert [row[1] for row in rows[1:]] == ["Red"] * 7 + ["Amber"] * 13


def test_owners_have_their_flags_counted() -> None:
    rows = Page(page(BUSY)).table("Open flags by owner, kind and severity")
    assert rows[1] == ["Manager 13 in all", "Wait 8 weeks", "Amber", "13"]
    assert len(rows) == 4


def test_the_tables_say_what_the_pictures_show() -> None:
    read = Page(page(BUSY))
    waited = read.table("Referrals by whole weeks waited; a week that nobody stands in is left out")
    assert waited[1] == ["Under 1 week", "10", "1"]
    assert sum(int(row[1]) for row in waited[1:]) == 96
    everyone = read.table("Everyone who waits, the longest first")
    assert everyone[1] == ["LEE-0001", "133", "133", "No", "Over 12 weeks"]
    assert len(everyone) == 97
    year = read.table("How many were waiting, week by week, the latest first")
    assert year[:2] == [["Day", "Waiting", "8 weeks or more", "Over 12 weeks"], ["3 March 2026", "96", "32", "10"]]
    assert len(year) == 54
    assert len(read.root.all("svg")) == 2


@pytest.mark.parametrize(("days", "place"), [(55, "Under 8 weeks"), (56, "8 weeks or more"), (84, "8 weeks or more")])
def test_a_wait_is_held_against_the_published_figures_to_the_day(days: int, place: str) -> None:
    row = replace(BUSY.waiting[0], days=days)
    assert Page(page(replace(BUSY, waiting=(row,)))).table("Everyone who waits, the longest first")[1][-1] == place


def test_a_service_that_publishes_no_waiting_times_says_so_and_shows_no_line() -> None:
    read = Page(page(ESSEX))
    assert "This service publishes no waiting times" in read.section("waits").text
    assert "This service publishes none" in read.section("about").text
    assert "8 weeks or more" not in read.root.text
    assert "12 weeks" not in read.section("year").text
    assert read.table("Everyone who waits, the longest first")[0][-1] == "On hold"


def test_a_stage_is_called_what_the_service_calls_it() -> None:
    assert Page(page(BUSY)).table("Flags raised since yesterday")[2][3] == "RMG review"
    assert Page(page(ESSEX)).table("Flags raised since yesterday")[1][3] == "Triage"


def test_a_quiet_morning_says_so_in_sentences() -> None:
    read = Page(page(EMPTY))
    assert read.section("new").all("p")[0].text == "Nothing new since yesterday."
    assert read.section("worsened").all("p")[0].text == "Nothing worsened since yesterday."
    assert read.section("cleared").all("p")[0].text == "Nothing cleared since yesterday."
    assert read.section("owners").all("p")[0].text == "No flag is open."
    assert read.section("waits").all("p")[0].text == "Nobody is waiting for a clinician."
    assert read.section("year").all("p")[0].text == "Nobody was waiting in the last 52 weeks."
    assert read.section("still").all("p")[0].text == "Nothing was left open from yesterday."
    assert read.root.all("table") == read.root.all("svg") == []


def test_names_are_nowhere_unless_asked_for_and_then_the_page_says_how_to_keep_it() -> None:
    unnamed, named = Page(page(BUSY)), Page(page(NAMED))
    assert "Name" not in [cell.text for cell in unnamed.root.all("th")]
    assert "A case is known here by its reference alone." in unnamed.section("about").text
    assert named.table("Flags raised since yesterday")[1][1] == "Rosalind Okafor"
    assert named.table("Everyone who waits, the longest first")[1][1] == "Family 0001"
    assert "as you keep a clinical record" in named.section("about").text


def test_the_page_says_by_which_run_it_was_made_and_when_as_the_clock_on_the_wall_said() -> None:
    summer = replace(BUSY, made_at=BUSY.made_at.replace(month=7))
    assert Page(page(summer)).section("about").all("dd")[0].text == "3 July 2026 at 03:31"
    about = Page(page(BUSY)).section("about").text
    assert "by schedule on clinic-1; finished 3 March 2026 at 02:30" in about
    assert "8 weeks is reached on day 56; over 12 weeks begins on day 85." in about
    assert "not finished" in Page(page(replace(BUSY, run_finished_at=None))).section("about").text
    assert "No nightly run for this day" in Page(page(replace(BUSY, run_id=None))).section("about").text


def test_twenty_thousand_waiting_are_all_there_within_seconds() -> None:
    digest = replace(BUSY, waiting=list_of(20_000), still_open=(LACKING,) * 5_000)
    began = time.monotonic()
    html = page(digest)
    assert time.monotonic() - began < 15
    assert len(Page(html).table("Everyone who waits, the longest first")) == 20_001


def test_two_files_are_written_named_after_service_and_day_and_not_for_everyone_to_read(tmp_path: Path) -> None:
    html, data = write(BUSY, tmp_path / "new" / "digests")
    assert (html.name, data.name) == ("digest-leeds-imhs-2026-03-03.html", "digest-leeds-imhs-2026-03-03.json")
    assert html.read_text(encoding="utf-8") == page(BUSY)
    assert json.loads(data.read_text(encoding="utf-8")) == document(BUSY)
    assert {html.stat().st_mode & 0o777, data.stat().st_mode & 0o777} == {0o640}
    assert sorted(html.parent.iterdir()) == [html, data]


def test_the_same_digest_is_the_same_bytes(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write(BUSY, tmp_path / "a")]
    assert [path.read_bytes() for path in write(BUSY, tmp_path / "b")] == first


@pytest.mark.parametrize(
    ("service", "name"), [("../../etc/passwd", "etc-passwd"), ("Leeds IMHS", "leeds-imhs"), ("..", "service")]
)
def test_a_service_s_name_cannot_lead_out_of_the_folder(tmp_path: Path, service: str, name: str) -> None:
    html, _ = write(replace(EMPTY, service=service), tmp_path)
    assert html == tmp_path / f"digest-{name}-2026-03-03.html"


def test_a_reader_sees_the_old_page_or_the_new_one_and_never_half(tmp_path: Path) -> None:
    html, data = write(BUSY, tmp_path)
    whole = {page(BUSY), page(ESSEX_AS_LEEDS)}
    done, seen = threading.Event(), set()

    def reads() -> None:
        while not done.is_set():
            seen.add(html.read_text(encoding="utf-8"))
            json.loads(data.read_text(encoding="utf-8"))
        done.clear()

    reader = threading.Thread(target=reads)
    reader.start()
    for digest in (ESSEX_AS_LEEDS, BUSY) * 4:
        write(digest, tmp_path)
    done.set()
    reader.join()
    assert not done.is_set(), "the reader failed"
    assert seen <= whole


def test_a_disk_that_fills_up_leaves_yesterday_s_page_whole_and_nothing_beside_it(tmp_path: Path) -> None:
    kept = write(EMPTY, tmp_path)
    before = [path.read_bytes() for path in kept]
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from casework.reports.page import write; from tests.casework.reports.mornings import BUSY\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try: write(BUSY, Path(sys.argv[1]))\n"
        "except OSError: print('full')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "full"
    assert [path.read_bytes() for path in kept] == before
    assert sorted(tmp_path.iterdir()) == sorted(kept)


def test_a_page_after_a_gap_names_the_night_that_it_is_compared_with() -> None:
    after_a_gap = replace(BUSY, before=BUSY.as_of - timedelta(days=9))
    told = british(after_a_gap.as_of - timedelta(days=9))
    read = Page(page(after_a_gap))
    assert f"3 new since the night of {told}: 3 amber." in [line.text for line in read.root.all("li")]
    assert read.table(f"Flags raised since the night of {told}")
    assert "yesterday" not in page(after_a_gap)
