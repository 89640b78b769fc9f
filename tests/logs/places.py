"""Places for a log that fail on purpose: full disks, and pipes that are read slowly, not at all or not any more."""

import fcntl
import json
import os
import resource
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

SMALLEST_PIPE = 4096


def written(*places: Path) -> list[dict[str, Any]]:
    """Every line that is there; each must be whole. Empty lines are none."""
    return [json.loads(line) for place in places for line in place.read_bytes().split(b"\n") if line]


def whole(content: bytes) -> list[dict[str, Any]]:
    """The lines that can be read; halves are passed over."""
    found = []
    for line in content.split(b"\n"):
        with suppress(ValueError):
            found.append(json.loads(line))
    return found


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """As a disk that fills up when a file has so many bytes: the write that reaches it is cut short."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A disk of 64 KiB on a folder. False where we may not make one."""
    folder.mkdir()
    if os.geteuid() != 0:
        yield False
        return
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False)
    try:
        yield made.returncode == 0
    finally:
        if made.returncode == 0:
            subprocess.run(["umount", "--lazy", folder], check=True)


def filled(place: Path) -> None:
    """Takes the last byte of the disk."""
    with place.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 512)
    assert shutil.disk_usage(place.parent).free == 0


class Reader:
    """Reads a named pipe: as fast as it goes, so many bytes a second, or not until it is told to."""

    def __init__(self, pipe: Path) -> None:
        self._file = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        smallest(self._file)
        self.read = b""

    def until(self, event: str, seconds: float = 10) -> list[dict[str, Any]]:
        """Reads until a line of that name has come."""
        end = time.monotonic() + seconds
        while not any(line["event"] == event for line in whole(self.read)):
            assert time.monotonic() < end, f"{event} did not come: {self.read[-500:]!r}"
            with suppress(BlockingIOError):
                self.read += os.read(self._file, 1 << 20)
            time.sleep(0.002)
        return whole(self.read)

    def meanwhile(self, event: str, after: float = 0) -> threading.Thread:
        """The same in a thread of its own, which begins a little later."""

        def read() -> None:
            time.sleep(after)
            self.until(event)

        thread = threading.Thread(target=read)
        thread.start()
        return thread

    def close(self) -> None:
        os.close(self._file)


def smallest(pipe: int) -> None:
    """A pipe that is full sooner."""
    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)


def slowly(file: int, bytes_a_second: int) -> None:
    """Empties a pipe so slowly until nobody writes to it any more, and then closes it."""

    def empty() -> None:
        while os.read(file, bytes_a_second):
            time.sleep(1)
        os.close(file)

    threading.Thread(target=empty, daemon=True).start()
