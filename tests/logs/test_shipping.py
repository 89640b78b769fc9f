"""The documented way of the log to a collector: through rotations and deaths of the shipper, every event arrives."""

import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from secrets import randbits

import pytest

from tests.logs.rotation import EXAMPLE, ROOT, Rotation, writing
from tests.logs.shipper import ByName, Shipper, collected
from tests.persistence.processes import moments

NAMES = ("a", "b")
VECTOR = EXAMPLE.with_name("casework-vector.toml")
HALF = b'{"timestamp":"2026-11-20T18:00:00+00:00","event":"case.mo\n'


def expected(wrote: dict[str, int]) -> set[str]:
    return {f"{who}-{n}" for who in NAMES for n in range(wrote[who])}


@pytest.mark.parametrize("deaths", [8, pytest.param(100, marks=pytest.mark.long)])
def test_every_event_arrives_through_rotations_and_deaths_of_the_shipper(tmp_path: Path, deaths: int) -> None:
    log, state, collector = (tmp_path / name for name in ("casework.log", "state.json", "collector"))
    moment = moments(randbits(32), within=0.2)
    words = [sys.executable, "-m", "tests.logs.shipper", *map(str, (log, state, collector))]
    rotation = Rotation(log, left_alone=3_600)
    with writing(log, NAMES) as wrote:
        for _ in range(deaths):
            with subprocess.Popen(words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}) as shipper:
                time.sleep(next(moment) + next(moment))
                rotation.rotate()
                time.sleep(next(moment) / 2)
                shipper.kill()
            with log.open("ab") as torn:
                torn.write(HALF)
    rotation.rotate()
    last = Shipper(log, state, collector)
    while last.round():
        pass
    number, events = collected(collector)
    assert set(events) == expected(wrote)
    sys.stdout.write(f"{number - len(events)} of {len(events)} events came more than once\n")


def test_the_control_a_shipper_that_goes_by_the_name_loses_events(tmp_path: Path) -> None:
    log, collector = tmp_path / "casework.log", tmp_path / "collector"
    shipper, rotation = ByName(log, collector), Rotation(log, left_alone=3_600)
    with writing(log, NAMES) as wrote:
        for _ in range(5):
            shipper.round()
            time.sleep(0.1)
            rotation.rotate()
    shipper.round()
    assert expected(wrote) - set(collected(collector)[1])


def test_a_shipper_that_dies_before_it_noted_what_it_sent_sends_it_twice_and_that_is_one_event(tmp_path: Path) -> None:
    log, state, collector = (tmp_path / name for name in ("casework.log", "state.json", "collector"))
    log.write_bytes(b'{"event":"case.moved","event_id":"e-1"}\n{"event":"case.moved","event_id":"e-2"}\n{"event":"ca')
    Shipper(log, state, collector).round()
    state.unlink()
    Shipper(log, state, collector).round()
    number, events = collected(collector)
    assert (number, set(events)) == (4, {"e-1", "e-2"})


def test_a_file_that_takes_the_inode_of_one_that_is_gone_is_read_from_its_beginning(tmp_path: Path) -> None:
    log, state, collector = (tmp_path / name for name in ("casework.log", "state.json", "collector"))
    shipper = Shipper(log, state, collector)
    for n in range(3):
        log.write_bytes(b'{"event":"case.moved","event_id":"e-%d"}\n' % n)
        shipper.round()
    assert set(collected(collector)[1]) == {"e-0", "e-1", "e-2"}


def test_the_example_for_vector_keeps_the_five_rules() -> None:
    found = tomllib.loads(VECTOR.read_text("utf-8"))
    source, sink = found["sources"]["casework"], found["sinks"]["collector"]
    (rotated,) = [line.split()[0] for line in EXAMPLE.read_text("utf-8").splitlines() if line.startswith("/")]
    assert source["fingerprint"] == {"strategy": "checksum", "lines": 1}
    assert source["include"] == [rotated, f"{rotated}-*"]
    assert source["read_from"] == "beginning"
    assert "unreadable" in found["transforms"]["casework_lines"]["source"]
    assert sink["acknowledgements"] == {"enabled": True}
    assert (sink["buffer"]["type"], sink["buffer"]["when_full"]) == ("disk", "block")
    assert found["data_dir"]
