"""The log is rotated while several programs write to it: no line is lost, torn or twice."""

import time
from collections import Counter
from pathlib import Path

import pytest

from tests.logs.places import whole
from tests.logs.rotation import Rotation, directives, kept, writing

NAMES = ("a", "b", "c")
EVERY_SECONDS = 0.08


def turned(place: Path, times: int, *, create: bool, how: str = "ours") -> tuple[Counter[str], set[str], bytes]:
    """How often each line came, which were written, and the bytes of all files."""
    rotation = Rotation(place, create=create)
    with writing(place, NAMES, how) as wrote:
        for _ in range(times):
            time.sleep(EVERY_SECONDS)
            rotation.rotate()
        time.sleep(1.2)
        rotation.compress()
    content = kept(place)
    came = Counter(
        f"{line['event']} {line.get('event_id') or line['id']}" for line in whole(content) if "event" in line
    )
    names = ("case.moved", "flag.raised")
    return came, {f"{event} {who}-{n}" for event in names for who in NAMES for n in range(wrote[who])}, content


@pytest.mark.parametrize(
    ("times", "create"),
    [
        pytest.param(50, False, id="the documented nocreate"),
        pytest.param(15, True, id="create"),
        pytest.param(400, False, marks=pytest.mark.long),
        pytest.param(400, True, marks=pytest.mark.long),
    ],
)
def test_no_line_is_lost_or_torn_however_often_the_log_is_rotated(tmp_path: Path, times: int, *, create: bool) -> None:
    came, wrote, content = turned(tmp_path / "casework.log", times, create=create)
    assert set(came) == wrote
    assert set(came.values()) == {1}
    assert len(whole(content)) == sum(1 for line in content.split(b"\n") if line), "no line is torn"
    assert len(list(tmp_path.glob("*.gz"))) >= times * 0.9


def test_the_control_a_program_that_keeps_its_file_open_loses_lines(tmp_path: Path) -> None:
    came, wrote, _ = turned(tmp_path / "casework.log", 15, create=True, how="naive")
    assert wrote - set(came)


def test_these_are_the_steps_of_the_documented_rotation() -> None:
    assert directives() >= {"nocreate", "compress", "delaycompress", "dateext", "missingok"}
    assert not directives() & {"copytruncate", "postrotate", "nodelaycompress", "create"}
