"""A PostgreSQL primary with its standbys, to be killed, stopped and promoted. Sockets only; gone without a trace.

    with cluster("s1", "s2", "s3", synchronous="ANY 1 (*)") as servers:
        url = servers.url("clinic")

`fail_over` does what whoever watches over the servers does: it chooses, promotes, and has the others follow.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from persistence import Database
from tests.postgres import _account, _hand_over, _run, _temp, server_programs

ANSWERS_WITHIN = 30.0
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "16MB",
    "fsync": "off",  # a process that is killed leaves the cache of the system behind: nothing here cuts the power
    "full_page_writes": "off",
    "synchronous_commit": "on",
    "wal_retrieve_retry_interval": "200ms",
    "wal_keep_size": "256MB",
    "hot_standby_feedback": "off",
    "dynamic_shared_memory_type": "mmap",
    "max_wal_size": "1GB",
}
# When the pipe closes, because the tests are gone, whatever their end was, the server is gone too.
GUARD = """
exec 3<&0
"$@" 3<&- </dev/null & server=$!
{ read -r _ <&3; pkill -KILL -P "$server"; kill -KILL "$server"; } >/dev/null 2>&1 & watch=$!
wait "$server"
kill "$watch" 2>/dev/null
"""


def until(happened: Callable[[], Any], what: str, within: float = ANSWERS_WITHIN) -> Any:
    """What is answered, as soon as there is an answer."""
    end = time.monotonic() + within
    while not (answer := happened()):
        assert time.monotonic() < end, f"it did not happen in {within} s: {what}"
        time.sleep(0.01)
    return answer


@dataclass(slots=True)
class Server:
    """One server of the cluster. Its socket is in a folder of its own."""

    name: str
    home: Path
    programs: Path
    _guard: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.home / self.name / "data"

    @property
    def socket(self) -> Path:
        return self.home / self.name

    def start(self) -> None:
        account = _account()
        own = {"unix_socket_directories": str(self.socket), "cluster_name": self.name}
        options = [f"--{name}={value}" for name, value in {**SETTINGS, **own}.items()]
        with (self.socket / "log").open("ab") as log:
            self._guard = subprocess.Popen(
                ["/bin/sh", "-c", GUARD, "guard", self.programs / "postgres", "-D", self.data, *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd="/",
                start_new_session=True,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )
        until(self._answers, f"{self.name} answers")

    def _answers(self) -> bool:
        try:
            return bool(self.ask("SELECT 1"))
        except psycopg.OperationalError:
            return False

    def ask(self, question: str, *values: Any, database: str = "postgres") -> Any:
        """The first column of the first row, from this server and no other."""
        with psycopg.connect(
            host=str(self.socket), user="postgres", dbname=database, autocommit=True, connect_timeout=5
        ) as connection:
            asked = connection.execute(question, values)
            row = asked.fetchone() if asked.description else None
        return row[0] if row else None

    def processes(self) -> list[int]:
        """The server and its children, the first first."""
        try:
            first = int((self.data / "postmaster.pid").read_text().split()[0])
            children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        except (OSError, IndexError, ValueError):
            return []
        return [first, *map(int, children)]

    def signal(self, what: signal.Signals) -> None:
        for process in self.processes():
            with suppress(ProcessLookupError):
                os.kill(process, what)

    def kill(self) -> None:
        """Every process of it at once, with no time for a word."""
        self.signal(signal.SIGKILL)
        if self._guard is not None:
            self._guard.communicate()

    def hang(self) -> None:
        """Stopped in the middle of whatever it does. The kernel goes on answering for it."""
        self.signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.signal(signal.SIGCONT)

    def receiver(self) -> int:
        """The process that takes in what the primary sends."""
        return int(until(lambda: self.ask("SELECT pid FROM pg_stat_wal_receiver"), f"{self.name} receives"))

    def promote(self) -> None:
        self.ask("SELECT pg_promote(wait => false)")
        until(lambda: self.ask("SELECT NOT pg_is_in_recovery()"), f"{self.name} is the primary")

    def received(self) -> int:
        """How far the log of the primary was taken in, in bytes."""
        return int(self.ask("SELECT greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0'::pg_lsn"))

    def follow(self, primary: "Server") -> None:
        whom = f"host={primary.socket} user=postgres application_name={self.name}"
        self.ask(f"ALTER SYSTEM SET primary_conninfo = '{whom}'")
        self.ask("SELECT pg_reload_conf()")

    def gone(self) -> None:
        self.kill()
        with suppress(OSError, IndexError):  # what a server that was killed leaves of its shared memory
            shared = (self.data / "postmaster.pid").read_text().splitlines()[6].split()
            subprocess.run(["ipcrm", "-m", shared[1]], check=False, capture_output=True)


@dataclass(slots=True)
class Cluster:
    """The servers, of which one is the primary."""

    home: Path
    programs: Path
    servers: dict[str, Server] = field(default_factory=dict)
    primary: str = ""

    @property
    def first(self) -> Server:
        return self.servers[self.primary]

    @property
    def standbys(self) -> list[Server]:
        return [server for name, server in self.servers.items() if name != self.primary]

    def url(self, database: str = "clinic", *hosts: str, only_primary: bool = True) -> str:
        """Leads to whichever server takes writes, of these or of all."""
        named = "&".join(f"host={self.servers[name].socket}" for name in hosts or self.servers)
        wanted = "&target_session_attrs=read-write" if only_primary else ""
        return f"postgresql+psycopg://postgres@/{database}?{named}{wanted}"

    def make_first(self, name: str, synchronous: str) -> None:
        server = self._new(name)
        command: list[str | Path] = [self.programs / "initdb", "-D", server.data, *_HOW]
        made = _run(command, _account())
        assert made.returncode == 0, made.stderr
        with (server.data / "pg_hba.conf").open("a") as rights:
            rights.write("local replication all trust\n")
        with (server.data / "postgresql.conf").open("a") as settings:  # each copy has it too
            settings.write(f"synchronous_standby_names = '{synchronous}'\n")
        self.primary = name
        server.start()

    def add(self, name: str) -> None:
        """A copy of the primary that follows it."""
        server = self._new(name)
        copy: list[str | Path] = [
            self.programs / "pg_basebackup",
            "-D",
            server.data,
            "-h",
            self.first.socket,
            "-U",
            "postgres",
        ]
        made = _run([*copy, "--no-sync", "--checkpoint=fast", "--wal-method=stream"], _account())
        assert made.returncode == 0, made.stderr
        (server.data / "standby.signal").touch()
        server.start()
        server.follow(self.first)
        server.receiver()

    def _new(self, name: str) -> Server:
        server = Server(name, self.home, self.programs)
        account = _account()
        shutil.rmtree(server.socket, ignore_errors=True)
        server.socket.mkdir()
        if account:
            os.chown(server.socket, account.pw_uid, account.pw_gid)
        self.servers[name] = server
        return server

    def fail_over(self) -> Server:
        """The standby that has the most becomes the primary, and the others follow it."""
        alive = self.standbys
        best = max(alive, key=Server.received)
        best.promote()
        for other in alive:
            if other is not best:
                other.follow(best)
        self.primary = best.name
        return best

    def gone(self) -> None:
        for server in self.servers.values():
            server.gone()

    def clinic(self, name: str = "clinic") -> None:
        """An empty clinic that every server shows: to have its log is less than that."""
        self.first.ask(f"CREATE DATABASE {name}")
        database = Database(self.url(name))
        database.upgrade()
        database.close()
        written = self.first.ask("SELECT pg_current_wal_lsn()::text")
        for standby in self.standbys:
            shows = partial(standby.ask, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", written)
            until(shows, f"{standby.name} shows the clinic")


_HOW = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")


@contextmanager
def cluster(*names: str, synchronous: str) -> Iterator[Cluster]:
    """The first is the primary. `synchronous` as in synchronous_standby_names, for each once it is the primary."""
    home, programs, account = Path(tempfile.mkdtemp(prefix="cwf-", dir=_temp())), server_programs(), _account()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        if account:
            programs = _hand_over(home, programs, account)
        made = Cluster(home, programs)
        stack.callback(made.gone)
        made.make_first(names[0], synchronous)
        for name in names[1:]:
            made.add(name)
        made.clinic()
        yield made
