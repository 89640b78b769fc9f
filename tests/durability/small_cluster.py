"""A PostgreSQL server on volumes that can fill up: one for its data, one for its log. Only root can mount them."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from tests.durability.cramped_disk import small_volume
from tests.postgres import (
    GUARD,
    PostgresServer,
    _account,
    _hand_over,
    _run,
    _stop,
    _temp,
    new_database,
    server_programs,
)

DATA_MB, LOG_MB = 96, 24
SETTINGS = {
    "listen_addresses": "",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "1h",
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "2MB",
}
"""Few buffers, and a log in pieces of 1 MB of which none is used again: so both volumes are asked for room soon."""

ANSWERS_WITHIN = 30


@dataclass(slots=True)
class SmallCluster:
    """The server, stopped and started at will."""

    folder: Path
    programs: Path
    url: str = ""
    _server: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def maintenance(self) -> PostgresServer:
        query = {"host": str(self.folder)}
        return PostgresServer(URL.create("postgresql+psycopg", "postgres", database="postgres", query=query))

    def make(self) -> None:
        command: list[str | Path] = [self.programs / "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        command += ["--locale=C", "--wal-segsize=1", "-D", self.data / "cluster", "-X", self.log / "wal"]
        made = _run(command, _account())
        assert made.returncode == 0, made.stderr

    def start(self) -> None:
        """Also after a crash: then it first does again what its log says."""
        if self._server is None or self._server.poll() is not None:
            self.stop()
            self._server = self._started()
        self._wait()

    def _started(self) -> subprocess.Popen[bytes]:
        account = _account()
        nothing = self.folder / "nothing for the guard to remove"
        where: list[str | Path] = ["-D", self.data / "cluster", "-k", self.folder]
        options = [f"--{name}={value}" for name, value in SETTINGS.items()]
        return subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", nothing, self.programs / "postgres", *where, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )

    def stop(self) -> None:
        if self._server is not None:
            _stop(self._server)

    def _wait(self) -> None:
        until = time.monotonic() + ANSWERS_WITHIN
        while True:
            try:
                return self.maintenance.execute(sql.SQL("SELECT 1"))
            except psycopg.OperationalError:
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.05)


@contextmanager
def small_cluster() -> Iterator[SmallCluster]:
    """A running server with an empty database at `url`. Raises `PermissionError` where nothing may be mounted."""
    account = _account()
    owner = (account.pw_uid, account.pw_gid) if account else (os.getuid(), os.getgid())
    folder = Path(tempfile.mkdtemp(prefix="casework-small-", dir=_temp()))
    try:
        programs = _hand_over(folder, server_programs(), account) if account else server_programs()
        cluster = SmallCluster(folder, programs)
        with small_volume(cluster.data, DATA_MB, owner), small_volume(cluster.log, LOG_MB, owner):
            try:
                cluster.make()
                cluster.start()
                cluster.url = new_database(cluster.maintenance)
                yield cluster
            finally:
                cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
