"""A log that somebody reads slowly, not at all, or not any more: nobody who has something to say waits for them."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import structlog

from jobs import logs
from jobs.logs import queue as logqueue
from tests.logs.places import Reader, whole, written
from tests.logs.test_files import owed, told

MANY = 2_000
SAYS = "import sys, structlog; from jobs import logs; logs.send_to(None)\n"
SAYS += "for n in range(int(sys.argv[1])): structlog.get_logger('casework').info('flag.raised', n=n, text='x' * 300)\n"


def test_a_reader_who_stops_holds_nobody_up_and_gets_every_line_when_they_go_on(reader: Reader) -> None:
    longest = 0.0
    for n in range(MANY):
        began = time.perf_counter()
        told(n=n)
        longest = max(longest, time.perf_counter() - began)
    structlog.get_logger("casework").info("night.finished")
    assert longest < 0.5
    assert [line["n"] for line in reader.until("night.finished")[:-1]] == list(range(MANY))


def test_an_audit_line_gives_up_a_reader_who_stops_and_does_not_come_twice(reader: Reader) -> None:
    for n in range(MANY):
        told(n=n)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        owed(seq=1)
    assert 1.5 < time.monotonic() - began < 4
    structlog.get_logger("casework").info("night.finished")
    lines = reader.until("night.finished")
    assert [line["n"] for line in lines if "n" in line] == list(range(MANY))
    assert [line for line in lines if "seq" in line] == []


def test_an_audit_line_goes_ahead_of_what_waits(reader: Reader) -> None:
    for n in range(MANY):
        told(n=n)
    structlog.get_logger("casework").info("night.finished")
    reading = reader.meanwhile("night.finished", after=0.2)
    owed(seq=1)
    reading.join()
    places = [at for at, line in enumerate(whole(reader.read)) if "seq" in line]
    assert len(places) == 1
    assert places[0] < MANY / 2


def test_what_is_more_than_may_wait_is_counted_by_name(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logqueue, "MOST_LINES", 50)
    for n in range(MANY):
        told(n=n)
    structlog.get_logger("casework").warning("case.refused")
    lines = reader.until("log.lines_dropped")
    kept = [line["n"] for line in lines if "n" in line]
    assert kept == sorted(set(kept))
    assert lines[-1]["events"] == {"flag.raised": MANY - len(kept), "case.refused": 1}
    assert lines[-1]["dropped"] == MANY - len(kept) + 1


def test_a_reader_who_went_away_and_comes_back_is_heard_again(pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logqueue, "PATIENCE_SECONDS", 0.2)
    gone = Reader(pipe)
    logs.send_to(pipe)
    owed(seq=1)
    gone.close()
    for n in range(3):
        with pytest.raises(OSError, match=r"\[Errno"):
            owed(seq=n)
    back = Reader(pipe)
    told(n=4)
    told(n=5)
    assert {line.get("n") for line in back.until("flag.raised")} >= {4}
    back.close()


def test_a_program_that_ends_waits_for_a_reader_who_reads(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SAYS, str(MANY)], stderr=subprocess.PIPE) as program:
        assert program.stderr is not None
        time.sleep(0.5)
        heard = program.stderr.read()
    assert [json.loads(line)["n"] for line in heard.splitlines()] == list(range(MANY))


def test_a_program_that_ends_does_not_wait_for_a_reader_who_does_not() -> None:
    with subprocess.Popen([sys.executable, "-c", SAYS, str(MANY)], stderr=subprocess.PIPE) as program:
        assert program.wait(timeout=20) == 0


def test_the_lines_of_a_first_night_find_room() -> None:
    assert logqueue.MOST_LINES > 200_000
    assert logqueue.MOST_BYTES > 200_000 * 400, "a line about a flag has under 400 bytes"


def test_a_forked_child_says_its_own_lines_and_not_those_of_its_parent(reader: Reader) -> None:
    for n in range(MANY):
        told(n=n)
    child = os.fork()
    if child == 0:
        told(n=-1)
        logs.send_to(None)
        os._exit(0)
    reading = reader.meanwhile("night.finished")
    assert os.waitpid(child, 0)[1] == 0
    structlog.get_logger("casework").info("night.finished")
    reading.join()
    assert sorted(line["n"] for line in whole(reader.read) if "n" in line) == list(range(-1, MANY))


def test_stderr_that_is_a_file_gets_audit_lines_on_disk(tmp_path: Path) -> None:
    source = "import structlog; from jobs import logs; logs.send_to(None)\n"
    source += "structlog.get_logger('casework.audit').info('case.moved', seq=1); logs.settle()"
    place = tmp_path / "stderr"
    with place.open("wb") as file:
        assert subprocess.run([sys.executable, "-c", source], stderr=file, check=False).returncode == 0
    assert [line["seq"] for line in written(place)] == [1]


def test_an_audit_line_without_a_stderr_raises(tmp_path: Path) -> None:
    source = "import os, structlog; from jobs import logs; os.close(2); logs.send_to(None)\n"
    source += "try: structlog.get_logger('casework.audit').info('case.moved')\nexcept OSError: print('owed')"
    ran = subprocess.run([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "owed\n")


def test_what_takes_the_number_of_a_closed_stderr_is_no_place_for_a_line(tmp_path: Path) -> None:
    source = "import os, sys; from jobs import logs; os.close(2); assert os.open(sys.argv[1], os.O_WRONLY) == 2\n"
    source += "import structlog; logs.send_to(None); structlog.get_logger('casework').info('flag.raised')\n"
    source += "logs.send_to(None)\n"
    database = tmp_path / "clinic.db"
    database.touch()
    assert subprocess.run([sys.executable, "-c", source, database], check=False).returncode == 0
    assert database.read_bytes() == b""
