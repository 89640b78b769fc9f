"""Lines that go to the journal: a journald of our own takes them through rotations, whole and once each.

Only an administrator of a machine with systemd can start one; elsewhere these are skipped.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.logs.places import whole

ROOT = Path(__file__).parents[2]
JOURNALD = next(
    (p for p in map(Path, ("/lib/systemd/systemd-journald", "/usr/lib/systemd/systemd-journald")) if p.exists()), None
)
NAMESPACE = f"casework-test-{os.getpid()}"
FOLDER = Path(f"/run/systemd/journal.{NAMESPACE}")
IDENTIFIER, INFO = "casework", 6
HEADER = f"{IDENTIFIER}\n\n{INFO}\n0\n0\n0\n0\n".encode()
"""What systemd says on a stream before it becomes the stderr of a service: its name, unit, level, and four switches."""

PAIRS, ROTATIONS, OTHERS = 1_000, 50, ("a", "b")
WRITES = f"""
import sys, time, structlog
from jobs import logs
logs.send_to(None)
audit, other = structlog.get_logger("casework.audit"), structlog.get_logger("casework")
for n in range({PAIRS}):
    audit.info("case.moved", id=f"{{sys.argv[1]}}-{{n}}")
    other.info("flag.raised", id=f"{{sys.argv[1]}}-{{n}}", text="x" * 500)
    time.sleep(0.001)
logs.settle()
"""


@dataclass(frozen=True, slots=True)
class Journal:
    process: subprocess.Popen[bytes]

    def stream(self) -> socket.socket:
        """As systemd connects the stderr of a service."""
        end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        end.connect(str(FOLDER / "stdout"))
        end.sendall(HEADER)
        return end

    def lines(self) -> list[dict[str, Any]]:
        words = ["journalctl", f"--namespace={NAMESPACE}", "-t", IDENTIFIER, "-o", "cat", "--no-pager"]
        return whole(subprocess.run(words, capture_output=True, check=True).stdout)


@pytest.fixture
def journal() -> Iterator[Journal]:
    if os.geteuid() != 0 or JOURNALD is None or shutil.which("journalctl") is None:
        pytest.skip("no journald can be started here")
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        for folder in (FOLDER, *kept_at()):
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        process = stack.enter_context(subprocess.Popen([JOURNALD, NAMESPACE], stderr=subprocess.DEVNULL))
        stack.callback(process.terminate)
        end = time.monotonic() + 5
        while not (FOLDER / "stdout").exists():
            if time.monotonic() > end or process.poll() is not None:
                pytest.skip("a journald does not start here")
            time.sleep(0.02)
        yield Journal(process)
    for folder in kept_at():
        shutil.rmtree(folder)


def kept_at() -> list[Path]:
    places = (Path("/var/log/journal"), Path("/run/log/journal"))
    return [folder for place in places for folder in place.glob(f"*.{NAMESPACE}")]


def test_the_journal_has_every_line_once_however_often_it_is_rotated(journal: Journal) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    writers = []
    for who in OTHERS:
        with journal.stream() as stderr:
            words = [sys.executable, "-c", WRITES, who]
            writers.append(subprocess.Popen(words, stderr=stderr.fileno(), env=environment))
    rotated = 0
    while rotated < ROTATIONS or any(writer.poll() is None for writer in writers):
        journal.process.send_signal(signal.SIGUSR2)
        rotated += 1
        time.sleep(0.04)
    assert [writer.wait(timeout=20) for writer in writers] == [0, 0]
    wanted = {(event, f"{who}-{n}") for event in ("case.moved", "flag.raised") for who in OTHERS for n in range(PAIRS)}
    end = time.monotonic() + 10
    while (came := Counter((line["event"], line["id"]) for line in journal.lines())).keys() != wanted:
        assert time.monotonic() < end, f"{len(wanted - came.keys())} lines are missing"
        time.sleep(0.1)
    assert set(came.values()) == {1}
    files = [file for folder in kept_at() for file in folder.iterdir()]
    assert len(files) > ROTATIONS / 2, "it was rotated"
