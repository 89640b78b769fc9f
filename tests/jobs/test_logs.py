"""The log: one JSON line an event, written at once, and never in the way of what it tells about."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from jobs import logs
from tests.jobs.line import EVENING


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    logs.send_to(tmp_path / "audit.jsonl")
    yield tmp_path / "audit.jsonl"
    logs.send_to(None)


def log(**keys: Any) -> None:
    structlog.get_logger("test").info("case.moved", **keys)


def lines(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.read_bytes().splitlines()]


def test_a_line_has_its_time_in_utc_its_level_its_event_and_its_keys(place: Path) -> None:
    log(seq=3, reference="R-1")
    assert lines(place) == [
        {"timestamp": EVENING.isoformat(), "level": "info", "event": "case.moved", "seq": 3, "reference": "R-1"}
    ]


def test_what_is_bound_around_a_line_is_on_it(place: Path) -> None:
    with bound_contextvars(run_id="r-1"):
        log(seq=3)
    log(seq=4)
    assert [line.get("run_id") for line in lines(place)] == ["r-1", None]


def test_lines_are_added_to_what_is_there(place: Path) -> None:
    place.write_text('{"event":"earlier"}\n', encoding="utf-8")
    log()
    assert [line["event"] for line in lines(place)] == ["earlier", "case.moved"]


def test_a_program_that_says_nothing_leaves_no_file(place: Path) -> None:
    assert not place.exists()


def test_what_is_below_the_level_is_not_written(place: Path) -> None:
    structlog.get_logger("test").debug("chatter")
    assert not place.exists()


def test_days_instants_ids_and_odd_text_have_a_form(place: Path) -> None:
    log(
        on=date(2026, 11, 20),
        at=datetime(2026, 11, 20, 18, tzinfo=UTC),
        id=UUID(int=7),
        roles={"b", "a"},
        text="\ud800é\n",
    )
    (line,) = lines(place)
    assert line["on"] == "2026-11-20"
    assert line["at"] == "2026-11-20T18:00:00+00:00"
    assert line["id"] == "00000000-0000-0000-0000-000000000007"
    assert line["roles"] == ["a", "b"]
    assert line["text"] == "\ud800é\n"


def test_a_value_of_an_unknown_kind_is_named_and_not_shown(place: Path) -> None:
    class Family:
        def __str__(self) -> str:
            return "Mina Smith"

    log(family=Family())
    assert lines(place)[0]["family"] == "Family"


def test_a_line_that_cannot_be_written_down_harms_nobody_and_leaves_a_trace(place: Path) -> None:
    endless: list[object] = []
    endless.append(endless)
    log(data=endless)
    log(seq=4)
    assert [line["event"] for line in lines(place)] == ["log.not_rendered", "case.moved"]


def test_where_the_file_fails_stderr_says_so_once_and_the_caller_goes_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.send_to(tmp_path / "nowhere" / "audit.jsonl")
    log(seq=3)
    log(seq=4)
    told = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(line["event"], line["reason"]) for line in told] == [("log.not_writable", "ENOENT")]


def test_what_could_not_be_written_is_counted_where_the_file_is_writable_again(tmp_path: Path) -> None:
    logs.send_to(tmp_path / "later" / "audit.jsonl")
    log(seq=3)
    structlog.get_logger("test").info("case.refused", reference="R-1")
    log(seq=4)
    (tmp_path / "later").mkdir()
    log(seq=5)
    counted, after = lines(tmp_path / "later" / "audit.jsonl")
    assert counted == {
        "timestamp": EVENING.isoformat(), "level": "warning", "event": "log.lines_dropped", "dropped": 3,
        "first": EVENING.isoformat(), "last": EVENING.isoformat(), "events": {"case.moved": 2, "case.refused": 1},
    }  # fmt: skip
    assert after["seq"] == 5
    logs.send_to(None)


def test_a_device_that_is_full_is_such_a_failure(capfd: pytest.CaptureFixture[str]) -> None:
    logs.send_to(Path("/dev/full"))
    log(seq=3)
    logs.send_to(None)
    (told,) = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert (told["event"], told["events"]) == ("log.lines_dropped", {"case.moved": 1})


def test_without_a_stderr_there_is_silence(place: Path) -> None:
    source = "import os; from jobs import logs; os.close(2); logs.send_to(None); import structlog; "
    source += "structlog.get_logger().info('x'); print('went on')"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "went on\n")


def test_a_file_that_somebody_asked_for_is_tried_at_once(tmp_path: Path) -> None:
    with pytest.raises(logs.LogNotWritable):
        logs.send_to(tmp_path / "nowhere" / "audit.jsonl", at_once=True)


def test_a_library_that_complains_is_named_without_what_it_says(place: Path) -> None:
    logging.getLogger("sqlalchemy.pool").error("could not insert %s", "Mina Smith")
    (line,) = lines(place)
    assert (line["event"], line["level"], line["library"]) == ("library.complained", "error", "sqlalchemy.pool")
    assert "Mina" not in place.read_text(encoding="utf-8")


def test_two_programs_that_share_a_log_do_not_mix_their_lines(place: Path) -> None:
    source = "import sys, structlog; from pathlib import Path; from jobs import logs; logs.send_to(Path(sys.argv[1]))\n"
    source += "for i in range(500): structlog.get_logger().info('case.moved', who=sys.argv[2], text='x' * 300)"
    writers = [subprocess.Popen([sys.executable, "-c", source, str(place), who]) for who in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(lines(place)) == 1_000
