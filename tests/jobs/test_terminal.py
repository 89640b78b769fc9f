"""What a person sees on a terminal, and what happens when they turn away from it."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jobs.show import Screen, bar
from tests.jobs.line import SAMPLE, Line
from tests.jobs.terminal import lines_of, seen
from workflows import WaitFigures

AS_OF = ("--as-of", "2026-11-20")
LISTS = [
    ("worklist", *AS_OF),
    ("flags", *AS_OF),
    ("case", "show", "R-000239"),
    ("case", "options", "R-000239"),
    ("case", "history", "R-000239"),
    ("audit", "replay", "R-000239"),
    ("pathway", "show", "leeds-imhs"),
]


@pytest.mark.parametrize("command", LISTS, ids=lambda command: " ".join(command[:2]))
def test_nothing_runs_over_the_edge_of_a_terminal(clinic: Line, command: tuple[str, ...]) -> None:
    code, shown = seen(80, *command, "--database", clinic.url)
    assert code == 0
    assert max(map(len, lines_of(shown))) <= 80


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", ["worklist", "flags"])
def test_no_reference_is_cut_however_narrow_the_terminal(clinic: Line, name: str, width: int) -> None:
    listed = {row["reference"] for row in clinic.document(name)}
    _, shown = seen(width, name, *AS_OF, "--database", clinic.url)
    assert {line.split()[0] for line in lines_of(shown) if line.startswith("R-")} == listed


def test_the_longest_reference_that_there_is_stays_in_one_piece(empty: Line) -> None:
    longest = "R-" + "0" * 62
    assert empty("case", "open", "leeds-imhs", "take_call", "--reference", longest).exit_code == 0
    _, shown = seen(80, "worklist", "--database", empty.url)
    assert longest in shown


def test_a_wide_terminal_shows_what_a_narrow_one_leaves_out(clinic: Line) -> None:
    narrow = seen(80, "worklist", *AS_OF, "--database", clinic.url)[1]
    wide = seen(200, "worklist", *AS_OF, "--database", clinic.url)[1]
    assert "together-wi…" in narrow
    assert ">12w" in narrow
    assert ">12w: wait_over_12_weeks" in narrow
    assert max(map(len, lines_of(wide))) <= 200
    assert "together-with-baby" in wide
    assert ">12w" not in wide


def test_colour_is_for_a_terminal_that_has_not_asked_for_none(clinic: Line) -> None:
    command = ("worklist", *AS_OF, "--database", clinic.url)
    assert "\x1b[31m" in seen(200, *command)[1]
    assert "\x1b" not in seen(200, *command, NO_COLOR="1")[1]
    assert "\x1b" not in seen(200, *command, TERM="dumb")[1]


def test_a_terminal_without_block_characters_gets_plain_ones(clinic: Line) -> None:
    code, shown = seen(80, "worklist", *AS_OF, "--database", clinic.url, PYTHONIOENCODING="ascii")
    assert code == 0
    assert shown.isascii()
    assert "####" in shown


def test_json_on_a_terminal_is_still_one_document(clinic: Line) -> None:
    assert json.loads(seen(80, "worklist", "--json", "--database", clinic.url)[1])


def test_an_import_draws_its_progress_on_a_terminal_and_keeps_its_log_beside_the_database(empty: Line) -> None:
    code, shown = seen(80, "import", SAMPLE, *AS_OF, "--database", empty.url)
    assert code == 1
    assert "Reading" in shown
    assert "400 rows read" in shown
    assert "case.opened" not in shown


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_log_of_a_terminal_stands_beside_the_database(empty: Line) -> None:
    seen(80, "import", SAMPLE, *AS_OF, "--database", empty.url)
    kept = (empty.folder / "casework.log").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["event"] for line in kept} >= {"import.started", "case.opened", "import.finished"}


def test_a_reader_who_goes_away_is_not_told_about_it(clinic: Line) -> None:
    command = [sys.executable, "-m", "jobs", "worklist", "--json", *AS_OF, "--database", clinic.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""


def test_somebody_who_stops_a_command_hears_one_word(clinic: Line) -> None:
    command = [sys.executable, "-m", "jobs", "case", "fire", "R-000239", "acknowledge", "--data", "-"]
    with subprocess.Popen(
        [*command, "--database", clinic.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        wait_until_it_reads(running.pid)
        running.send_signal(signal.SIGINT)
        running.wait(timeout=20)  # stdin is left open until then: its end could be met before the signal
        _, told = running.communicate()
    assert running.returncode == 130
    assert told == b"casework: Stopped.\n"


def wait_until_it_reads(pid: int) -> None:
    """Until the process sleeps in the read of its empty stdin, so that the signal meets it there."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if "pipe_read" in Path(f"/proc/{pid}/wchan").read_text(encoding="utf-8"):
            return
        time.sleep(0.02)


WIDE = Screen(width=None, draws=False)
LEEDS = WaitFigures(first=56, over=85, source="")


@pytest.mark.parametrize(
    ("days", "drawn"),
    [(55, "|+"), (56, "+|"), (84, "+|"), (85, "++")],
)
def test_a_bar_says_to_the_day_whether_a_published_figure_is_reached(days: int, drawn: str) -> None:
    marks = bar(days, 100, LEEDS, 20, WIDE).replace("#", "").replace(" ", "")
    assert marks == {"|+": "||"}.get(drawn, drawn)


def test_the_longest_wait_fills_its_bar_and_no_wait_leaves_it_empty() -> None:
    assert bar(120, 120, None, 30, WIDE) == "#" * 29
    assert bar(0, 120, None, 30, WIDE) == ""
