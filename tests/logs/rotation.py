"""Rotation as logrotate does it by `casework/docs/examples/casework.logrotate`, and programs that write meanwhile."""

import gzip
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "casework" / "docs" / "examples" / "casework.logrotate"
LEFT_ALONE_SECONDS = 1.0
"""`delaycompress` leaves what was moved away alone until the next rotation, which is a day later; here a second."""

WRITES = """
import select, sys, structlog
from pathlib import Path
from jobs import logs
how, place, who, rest = sys.argv[1], Path(sys.argv[2]), sys.argv[3], float(sys.argv[4])
if how == "ours":
    logs.send_to(place)
else:
    factory = structlog.WriteLoggerFactory(file=place.open("a", buffering=1))
    structlog.configure(processors=[structlog.processors.JSONRenderer()], logger_factory=factory)
audit, other = structlog.get_logger("casework.audit"), structlog.get_logger("casework")
n = 0
while not select.select([sys.stdin], [], [], rest)[0]:
    audit.info("case.moved", event_id=f"{who}-{n}", text="x" * 300)
    other.info("flag.raised", id=f"{who}-{n}", text="x" * 300)
    n += 1
print(n)
"""


def directives() -> set[str]:
    """What the documented file tells logrotate to do."""
    return {words[0] for line in EXAMPLE.read_text("utf-8").splitlines() if (words := line.strip(" {}").split())}


class Rotation:
    """The steps of one rotation. `create` makes the next file as logrotate does: never over one that is there."""

    def __init__(self, place: Path, *, create: bool = False, left_alone: float = LEFT_ALONE_SECONDS) -> None:
        self._place, self._create, self._left_alone = place, create, left_alone
        self._moved: list[tuple[float, Path]] = []
        self._number = 0

    def rotate(self) -> None:
        self._number += 1
        moved = self._place.with_name(f"{self._place.name}-20261122-{self._number:04}")
        if self._place.exists():
            self._place.rename(moved)
            self._moved.append((time.monotonic(), moved))
        if self._create:
            self._make()
        self.compress(older_than=self._left_alone)

    def _make(self) -> None:
        try:
            os.close(os.open(self._place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640))
        except FileExistsError:
            self._place.rename(self._place.with_name(f"{self._place.name}-{self._number:04}.backup"))
            os.close(os.open(self._place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640))

    def compress(self, older_than: float = 0) -> None:
        for moved_at, moved in list(self._moved):
            if time.monotonic() - moved_at >= older_than:
                Path(f"{moved}.gz").write_bytes(gzip.compress(moved.read_bytes(), 1))
                moved.unlink()
                self._moved.remove((moved_at, moved))


def kept(place: Path) -> bytes:
    """All that any file of the log holds, compressed or not."""
    files = sorted(place.parent.glob(f"{place.name}*"))
    return b"\n".join(gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes() for f in files)


@contextmanager
def writing(place: Path, names: Sequence[str], how: str = "ours", rest: float = 0.001) -> Iterator[dict[str, int]]:
    """Programs that write until the end; how many pairs of lines each has written stands in what is given."""
    wrote: dict[str, int] = {}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    words = [[sys.executable, "-c", WRITES, how, str(place), name, str(rest)] for name in names]
    writers = [subprocess.Popen(line, **pipes) for line in words]  # type: ignore[call-overload]
    try:
        until_there = time.monotonic() + 20
        while time.monotonic() < until_there and not all(name.encode() + b"-0" in kept(place) for name in names):
            time.sleep(0.02)
        yield wrote
        for name, writer in zip(names, writers, strict=True):
            said, _ = writer.communicate("\n", timeout=20)
            wrote[name] = int(said)
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
