"""`casework schedule` as it runs under systemd: a process of its own, with signals, and what it says and writes."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from casework import Casework, NightRun
from persistence import Database
from tests.jobs.at_work import slow_flags, until
from tests.jobs.line import DAY, EVENING
from tests.persistence.families import ACCEPTED, refer
from tests.persistence.fresh import FreshUrl, fresh_urls
from tests.persistence.populations import incomplete, keep, waiting
from workflows.registry import CURRENT

ROOT = Path(__file__).parents[2]
AT_EVENING = f"""
import datetime, sys, time_machine
time_machine.travel(datetime.datetime.fromisoformat({EVENING.isoformat()!r}), tick=True).start()
from jobs.cli import main
main()
"""
"""The program itself, on the evening of the tests. Its clock goes on from there."""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(autouse=True)
def evening() -> None:
    """Time goes on here: these tests wait for processes."""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a command in a process of its own; what still runs when the test ends is killed."""
    with ExitStack() as stack:

        def begin(*words: object) -> subprocess.Popen[str]:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", AT_EVENING, *map(str, words)],
                    cwd=tmp_path,
                    env={**os.environ, "PYTHONPATH": str(ROOT)},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(process.kill)
            return process

        yield begin


@pytest.fixture
def fresh_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> FreshUrl:
    return fresh_urls(database_kind, tmp_path, request)


@pytest.fixture
def kept(fresh_url: FreshUrl) -> Iterator[Database]:
    """A clinic with nobody in it, on each database."""
    database = Database(fresh_url())
    yield database
    database.close()


@pytest.fixture
def kept_too(fresh_url: FreshUrl) -> Iterator[Database]:
    """Another such."""
    database = Database(fresh_url())
    yield database
    database.close()


def clinic_of(database: Database) -> Casework:
    return Casework(database, lambda: EVENING)


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False).replace("%2F", "/")


def runs(database: Database) -> list[NightRun]:
    return list(clinic_of(database).nights.runs())


def states(database: Database) -> set[str]:
    return {run.state for run in runs(database)}


def ended(process: subprocess.Popen[str], *, seconds: float = 20) -> tuple[int, str, list[dict[str, Any]]]:
    """The exit code, what it said, and its log. Fails where it does not end in time."""
    said, logged = process.communicate(timeout=seconds)
    return process.returncode, said, [json.loads(line) for line in logged.splitlines()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_in_the_middle_of_a_night_ends_it_after_the_batch_and_the_next_start_takes_it_up(
    kept: Database, start: Start, number: signal.Signals
) -> None:
    sixty_days_ago = DAY - timedelta(days=60)
    keep(kept, waiting(60, sixty_days_ago) + incomplete(60, sixty_days_ago))
    with slow_flags(kept, seconds=0.01):
        process = start("--database", url_of(kept), "schedule", "--as", "the first")
        until(lambda: states(kept) == {"running"})
        process.send_signal(number)
        process.send_signal(number)
        code, _, log = ended(process)
    assert code == 0
    assert [line["event"] for line in log if line["event"].startswith("schedule.")][-1] == "schedule.stopped"
    assert "Traceback" not in str(log)
    assert states(kept) == {"running"}
    assert clinic_of(kept).nights.keeper.lease().holder is None
    (begun,) = {run.run_id for run in runs(kept)}

    second = start("--database", url_of(kept), "schedule", "--as", "the second")
    until(lambda: states(kept) == {"complete"})
    second.send_signal(signal.SIGTERM)
    assert ended(second)[0] == 0
    assert {(run.run_id, run.as_of, run.by) for run in runs(kept)} == {(begun, DAY, "the second")}
    assert sum(sum(run.raised.values()) for run in runs(kept)) == len(clinic_of(kept).flags())


def test_cron_and_the_service_leave_the_same_ledger(kept: Database, kept_too: Database, start: Start) -> None:
    """Two nights were missed, and paper was entered since. Only the names of those who did them may differ."""
    by_cron, by_service = kept, kept_too
    ninety_days_ago = DAY - timedelta(days=90)
    for database in (by_cron, by_service):
        keep(database, waiting(5, ninety_days_ago) + waiting_since(DAY - timedelta(days=57)))
        Casework(database, lambda: EVENING - timedelta(days=3)).night(by="earlier")
        refer(clinic_of(database), "PAPER-1", steps=ACCEPTED)
    cron = start("--database", url_of(by_cron), "nightly", "--as", "cron")
    assert ended(cron)[0] == 0
    service = start("--database", url_of(by_service), "schedule", "--as", "service")
    until(lambda: clinic_of(by_service).nights.due() == [])
    service.send_signal(signal.SIGTERM)
    assert ended(service)[0] == 0
    assert told(by_cron) == told(by_service)
    assert {run.as_of for run in runs(by_cron)} == {DAY - timedelta(days=n) for n in range(4)}
    assert flags_of(by_cron) == flags_of(by_service)
    assert flags_of(by_service) >= {
        ("W-0", "wait_over_12_weeks", DAY - timedelta(days=3)),
        ("W-7", "wait_8_weeks", DAY - timedelta(days=1)),
        ("PAPER-1", "wait_over_12_weeks", DAY),
    }


def waiting_since(on: date) -> list[Any]:
    """Others than those that `waiting` makes first: eight weeks are over for them in the days that were missed."""
    return waiting(10, on)[5:]


def told(database: Database) -> list[tuple[object, ...]]:
    names = ("service", "as_of", "state", "examined", "listed", "quarantined", "raised", "cleared", "replaced", "open")
    return [tuple(getattr(run, name) for name in names) for run in runs(database)]


def flags_of(database: Database) -> set[tuple[str, str, date]]:
    return {(flag.reference, flag.kind, flag.raised_on) for flag in clinic_of(database).flags()}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_it_says_what_it_will_do_and_writes_the_page_and_the_figures(
    kept: Database, start: Start, tmp_path: Path
) -> None:
    keep(kept, incomplete(3, DAY - timedelta(days=10)))
    Casework(kept, lambda: EVENING - timedelta(days=2)).night()
    where = ("--digest", tmp_path / "pages" / "of", "--metrics", tmp_path / "casework.prom")
    service = start("--database", url_of(kept), "schedule", *where)
    pages = [f"digest-{key}-{DAY}.{ending}" for key in CURRENT for ending in ("html", "json")]
    until(lambda: all((tmp_path / "pages" / "of" / name).exists() for name in pages))
    service.send_signal(signal.SIGTERM)
    code, said, log = ended(service)
    assert (code, said.splitlines()) == (
        0,
        [
            "The next night is on 21 November 2026 at 02:30. What is due is looked for every 300 s.",
            "Due now, and done first: 2 nights, 19 to 20 November 2026.",
            "SIGTERM or Ctrl-C ends this after the batch at hand.",
        ],
    )
    assert 'casework_open_referrals{service="leeds-imhs"} 3.0' in (tmp_path / "casework.prom").read_text("utf-8")
    assert [line["event"] for line in log if line["event"].startswith("schedule.")] == [
        "schedule.started",
        "schedule.stopped",
    ]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_where_nothing_is_due_it_says_so_and_waits(kept: Database, start: Start) -> None:
    clinic_of(kept).night()
    service = start("--database", url_of(kept), "schedule")
    assert service.stdout is not None
    assert [service.stdout.readline() for _ in range(2)][1] == "No night is due.\n"
    service.send_signal(signal.SIGTERM)
    assert ended(service)[0] == 0


def test_it_may_be_started_before_its_database_is_there(tmp_path: Path, migrated_file: Path, start: Start) -> None:
    place = tmp_path / "later.db"
    service = start("--database", f"sqlite:///{place}", "schedule", "--every", 1, "--metrics", tmp_path / "c.prom")
    assert service.stdout is not None
    lines = [service.stdout.readline() for _ in range(4)]
    assert lines[1].endswith("(not_migrated)\n")
    assert lines[2] == "It is asked again until it answers.\n"
    assert not place.exists()
    shutil.copyfile(migrated_file, tmp_path / "coming.db")
    (tmp_path / "coming.db").rename(place)
    with closing(Database(f"sqlite:///{place}")) as database:
        until(lambda: states(database) == {"complete"})
    until((tmp_path / "c.prom").exists)
    service.send_signal(signal.SIGTERM)
    assert ended(service)[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--metrics", "nowhere/casework.prom"], "(metrics_not_writable)"),
        (["--metrics", "casework.txt"], "(metrics_not_named)"),
        (["--digest", "audit.jsonl"], "(digest_not_writable)"),
        (["--every", "0"], "from 1 to 300 seconds"),
        (["--every", "301"], "from 1 to 300 seconds"),
        (["--every", "often"], "a whole number is asked for"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_could_only_fail_at_night_is_refused_at_once(
    tmp_path: Path, start: Start, words: list[str], said: str
) -> None:
    """Also where the database is not there yet."""
    (tmp_path / "audit.jsonl").touch()
    refused = start("--database", "sqlite:///none.db", "schedule", *words)
    _, told = refused.communicate(timeout=20)
    assert refused.returncode == 2
    assert said in told
    assert "Traceback" not in told
