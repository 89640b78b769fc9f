"""A log file that is full, torn, moved away or shared: audit lines are there or raise, others are counted."""

import json
import os
import tempfile
import threading
import time
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import structlog

from jobs import logs
from tests.logs.places import no_file_above, whole, written

HALF = b'{"timestamp":"2026-11-20T18:00:00+00:00","event":"case.mo'


def owed(**keys: Any) -> None:
    structlog.get_logger("casework.audit").info("case.moved", **keys)


def told(**keys: Any) -> None:
    structlog.get_logger("casework").info("flag.raised", **keys)


def test_a_full_disk_drops_and_counts_and_heals_by_itself(capfd: pytest.CaptureFixture[str], place: Path) -> None:
    told(n=0)
    with no_file_above(place.stat().st_size + 20):
        for n in range(1, 6):
            told(n=n)
        structlog.get_logger("casework").warning("case.refused")
    told(n=6)
    first, counted, last = whole(place.read_bytes())
    assert (first["n"], last["n"]) == (0, 6)
    assert (counted["event"], counted["dropped"]) == ("log.lines_dropped", 6)
    assert counted["events"] == {"flag.raised": 5, "case.refused": 1}
    assert counted["first"] < counted["last"] <= counted["timestamp"]
    (alarm,) = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert (alarm["event"], alarm["reason"]) == ("log.not_writable", "ENOSPC")


def test_a_program_that_ends_on_a_full_disk_says_on_stderr_how_much_is_missing(
    capfd: pytest.CaptureFixture[str], place: Path
) -> None:
    place.write_bytes(b"\n" * 10_000)
    with no_file_above(10_000):
        told(n=1)
        logs.send_to(None)
    assert [json.loads(line).get("dropped") for line in capfd.readouterr().err.splitlines()] == [None, 1]


def test_an_audit_line_that_a_full_disk_takes_in_part_raises_and_swallows_nothing(place: Path) -> None:
    owed(seq=1)
    with no_file_above(place.stat().st_size + 20):
        for _ in range(3):
            with pytest.raises(OSError, match=r"\[Errno"):
                owed(seq=2)
    assert place.stat().st_size > len(place.read_bytes().split(b"\n")[0]) + 1, "the first try left half a line"
    owed(seq=2)
    assert [line["seq"] for line in whole(place.read_bytes())] == [1, 2]


def test_an_audit_line_stands_on_its_own_whoever_left_half_a_line_before_it(place: Path) -> None:
    owed(seq=1)
    with place.open("ab") as another_program:
        another_program.write(HALF)
    owed(seq=2)
    assert [line["seq"] for line in whole(place.read_bytes())] == [1, 2]


def test_the_first_line_after_a_crash_stands_on_its_own(place: Path) -> None:
    place.write_bytes(HALF)
    told(n=1)
    assert [line["n"] for line in whole(place.read_bytes())] == [1]


def test_a_line_that_does_not_look_is_swallowed(place: Path) -> None:
    """The control: what the two before are about does happen."""
    place.write_bytes(HALF)
    with place.open("ab") as naive:
        naive.write(b'{"event":"case.moved","seq":2}\n')
    assert whole(place.read_bytes()) == []


def test_an_audit_line_goes_into_the_file_that_has_the_name_at_that_moment(place: Path) -> None:
    for n in range(20):
        owed(seq=n)
        place.rename(place.with_name(f"casework.log-{n:02}"))
    owed(seq=20)
    assert [line["seq"] for line in written(*sorted(place.parent.glob("casework.log-*")), place)] == list(range(21))
    assert written(place)[0]["seq"] == 20


def test_other_lines_follow_within_a_moment(place: Path) -> None:
    told(n=1)
    place.rename(place.with_suffix(".1"))
    place.touch()
    time.sleep(0.06)
    told(n=2)
    assert [line["n"] for line in written(place)] == [2]


def test_a_file_that_is_copied_and_cut_goes_on_from_its_new_beginning(place: Path) -> None:
    told(n=1)
    os.truncate(place, 0)
    told(n=2)
    owed(seq=3)
    assert b"\0" not in place.read_bytes()
    assert [line.get("n", line.get("seq")) for line in written(place)] == [2, 3]


def test_settled_means_synced_the_file_the_ones_that_were_moved_away_and_the_new_name(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_ino))
    told(n=1)
    logs.settle()
    assert synced == [], "nothing is owed"
    owed(seq=2)
    moved = place.rename(place.with_suffix(".1"))
    owed(seq=3)
    logs.settle()
    assert set(synced) == {file.stat().st_ino for file in (moved, place, place.parent)}
    synced.clear()
    logs.settle()
    assert synced == []


def test_a_disk_that_cannot_sync_says_so(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_file: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fails)
    owed(seq=1)
    with pytest.raises(OSError, match="Input/output"):
        logs.settle()


def test_threads_that_share_a_log_neither_mix_nor_lose_lines(place: Path) -> None:
    def write(who: int) -> None:
        for n in range(300):
            (owed if n % 2 else told)(who=who, n=n)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [(line["who"], line["n"]) for line in written(place)]
    assert sorted(found) == [(who, n) for who in range(8) for n in range(300)]


def test_a_forked_child_writes_to_a_file_that_it_may_add_to_and_not_read(place: Path) -> None:
    """And it is another user, where we are one who may read everything."""
    owed(seq=1)
    place.chmod(0o222)
    for folder in takewhile(lambda folder: folder != Path(tempfile.gettempdir()), place.parents):
        folder.chmod(0o755)
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setuid(65534)
        with place.open("ab") as half:
            half.write(HALF)
        owed(seq=2)
        logs.settle()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    place.chmod(0o644)
    owed(seq=3)
    assert [line["seq"] for line in whole(place.read_bytes())] == [1, 2, 3]


def test_what_audit_cannot_write_down_raises(place: Path) -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(ValueError, match="Circular"):
        owed(data=endless)
