"""PostgreSQL is backed up by its own programs: `casework backup` says so, and the commands of the page are right."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from casework import Casework
from jobs.cli import casework as program
from persistence import Database
from tests.backup.writers import acknowledged, inconsistent, missing, two_at_work, until_more
from tests.invariants import broken_rules
from tests.persistence.processes import NOW
from tests.postgres import drop_database, new_database, server_programs, session_server
from tests.promises import Say

PAGE = Path(__file__).parents[2] / "casework" / "docs" / "backup.md"
DUMP = "pg_dump --format=custom --file=/srv/backup/clinic-2026-11-22.dump clinic"
RESTORE = "pg_restore --exit-on-error --single-transaction --dbname=clinic_restored /srv/backup/clinic-2026-11-22.dump"


@pytest.fixture
def database_kind() -> str:
    return "postgresql"


def test_the_command_points_to_the_programs_of_the_server(database_url: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(program, ["backup", str(tmp_path / "copy.db"), "--database", database_url])
    assert (result.exit_code, "(backup_by_the_server)" in result.stderr) == (2, True)
    assert "pg_basebackup, or pg_dump" in result.stderr
    assert "casework/docs/backup.md" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_upgrade_of_postgresql_makes_no_copy(database_url: str) -> None:
    result = CliRunner().invoke(program, ["db", "upgrade", "--json", "--database", database_url])
    assert json.loads(result.stdout) == {"applied": [], "dry_run": False, "backup": None}


def run_as_on_the_page(line: str, url: str, file: Path) -> None:
    """A command of the page, with the database and the file of this test in the place of the page's."""
    assert line in PAGE.read_text(encoding="utf-8")
    there = make_url(url)
    line = line.replace("/srv/backup/clinic-2026-11-22.dump", str(file))
    line = re.sub(r"(--dbname=| )clinic(_restored)?(?=$| )", rf"\g<1>{there.database}", line)
    command: Sequence[str] = line.split()
    server = {"PGHOST": str(there.query["host"]), "PGUSER": there.username or ""}
    subprocess.run([_found(command[0]), *command[1:]], env={**os.environ, **server}, check=True, capture_output=True)


def _found(name: str) -> str:
    beside = server_programs() / name
    return str(beside) if beside.exists() else shutil.which(name) or name


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.long)])
def test_dumps_as_on_the_page_under_load_are_restored_with_everything_acknowledged_before_they_began(
    database_url: str, tmp_path: Path, times: int, promise: Say
) -> None:
    lost = broken = 0
    with two_at_work(database_url, tmp_path):
        for number in range(times):
            until_more(tmp_path, 30)
            before, file = acknowledged(tmp_path), tmp_path / f"{number}.dump"
            run_as_on_the_page(DUMP, database_url, file)
            with restored(file) as copy:
                lost, broken = lost + missing(copy, before), broken + inconsistent(copy)
                broken += len(broken_rules(copy)) if number == times - 1 else 0
                assert Casework(copy, lambda: NOW).worklist()
    assert (lost, broken) == (0, 0)
    promise("P21", f"{times} dumps of PostgreSQL beside 2 writers: 0 missing, 0 inconsistent", control="see SQLite")


@contextmanager
def restored(file: Path) -> Iterator[Database]:
    """As on the page: into a new database."""
    server = session_server()
    url = new_database(server)
    run_as_on_the_page(RESTORE, url, file)
    try:
        with closing(Database(url)) as copy:
            yield copy
    finally:
        drop_database(server, url)
