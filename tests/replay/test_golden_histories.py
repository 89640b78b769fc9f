"""P8: what an earlier release made of a history, this one makes of it too, step for step."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from casework import __version__
from casework.case import Case, CaseEvent
from tests.promises import Say
from tests.replay import test_in_memory as slips
from tests.replay.golden.__main__ import Released, write
from tests.replay.histories import FOLDER, History, differences, read
from tests.replay.making import kind_of
from workflows import Chart
from workflows.registry import CHARTS

FILES = sorted(FOLDER.glob("*/*.json"))


def kept(release: str) -> Iterator[History]:
    for path in sorted((FOLDER / release).glob("*.json")):
        yield from read(path)


def test_every_history_of_every_release_folds_to_the_state_that_it_had(promise: Say) -> None:
    read_of, events = 0, 0
    for path in FILES:
        for history in read(path):
            found = list(differences(history))
            assert not found, f"{path.parent.name}/{path.name} {history.case.reference}: {found}"
            read_of, events = read_of + 1, events + len(history.events)
    releases = len({path.parent for path in FILES})
    said = f"golden: {read_of} histories, {events:,} events of {releases} release(s), 0 differ"
    promise("P8", said, control="a state that is changed by one answer, day or clock is found")


def test_this_release_has_its_golden_histories() -> None:
    assert {path.name for path in (FOLDER / __version__).glob("*.json")} == {
        f"{chart.rules.service}.json" for chart in CHARTS.values()
    }


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_the_golden_histories_take_every_step_of_a_pathway_in_each_way_in_which_it_moves_a_case(chart: Chart) -> None:
    """And more than half of all rows. One history for each of some 1,400 rows would be seven megabytes to read."""
    taken = set().union(*(history.rows for history in kept(__version__) if history.case.chart is chart))
    rows = {(m.source, m.trigger, m.to) for m in chart.moves}
    assert {kind_of(chart, row) for row in rows} == {kind_of(chart, row) for row in taken}
    assert taken <= rows
    assert len(taken) > len(rows) / 2


def test_they_have_what_is_rare_in_them() -> None:
    histories = list(kept(__version__))
    events = [event for history in histories for event in history.events]
    assert {True, False} == {event.imported for event in events}
    assert any(event.not_recorded for event in events)
    assert {"place_hold", "review_hold", "resume", "reopen", "defer", "unallocate"} <= {e.trigger for e in events}
    assert any(h.case.held_since for h in histories)
    assert any(not h.case.open for h in histories)
    assert any(c.held_days for h in histories for c in h.case.clocks.values())
    assert any(c.agreed_on for h in histories for c in h.case.clocks.values())
    assert any(c.counts_from != c.since for h in histories for c in h.case.clocks.values())
    assert any(event.effective_on < event.recorded_at.date() for event in events)
    codes = {code for history in histories for refused in history.refused for code in refused.codes}
    assert {"impossible_step", "not_your_step", "answer_missing", "out_of_order", "date_in_future"} <= codes
    assert len(codes) >= 10


@pytest.mark.parametrize("slip", slips.SLIPS, ids=lambda slip: slip.__name__)
def test_a_release_that_takes_an_event_in_wrongly_is_found_by_them(slip: Callable[[Case, Case], None]) -> None:
    def apply(case: Case, event: CaseEvent) -> None:
        before = case.copy()
        case.apply(event)
        slip(before, case)

    assert any(any(differences(history, apply)) for history in kept(__version__))


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ('"trigger":"allocate"', '"trigger":"no_such_step"'),
        ('"clinician":"Allocated clinician","allocated_on"', '"clinician":"Somebody else","allocated_on"'),
        ('"held_days":3', '"held_days":4'),
        ('"codes":["impossible_step"]', '"codes":["not_your_step"]'),
        ('"state": {"state":"allocated"', '"state": {"state":"waiting"'),
    ],
)
def test_a_golden_file_that_was_changed_by_a_word_no_longer_agrees(tmp_path: Path, text: str, instead: str) -> None:
    whole = next(path for path in FILES if text in path.read_text("utf-8")).read_text("utf-8")
    changed = tmp_path / "changed.json"
    changed.write_text(whole[::-1].replace(text[::-1], instead[::-1], 1)[::-1], "utf-8")
    assert any(any(differences(history)) for history in read(changed))


def test_the_histories_of_a_release_are_not_written_again(tmp_path: Path) -> None:
    def some(chart: Chart, seed: int) -> list[History]:
        return [history for history in kept(__version__) if history.case.chart is chart][:seed]

    paths = write("9.9.9", tmp_path, made=some)
    before = [path.read_text("utf-8") for path in paths]
    with pytest.raises(Released):
        write("9.9.9", tmp_path, made=some)
    paths[0].write_text("{}", "utf-8")
    with pytest.raises(Released):
        write("9.9.9", tmp_path, made=some)
    write("9.9.9", tmp_path, anew=True, made=some)
    assert len(paths[0].read_text("utf-8")) > 1_000
    assert len(before) == len(CHARTS)


def test_the_program_says_that_a_released_version_stays_as_it_is() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.replay.golden"],
        cwd=FOLDER.parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert f"The golden histories of {__version__} are kept already" in ran.stderr
