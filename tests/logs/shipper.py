"""A shipper that keeps the five rules of `casework/docs/shipping.md`, and one that does not.

`python -m tests.logs.shipper LOG STATE COLLECTOR` works until it is killed. The collector is a file.
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any


class Shipper:
    def __init__(self, log: Path, state: Path, collector: Path) -> None:
        self._log, self._state, self._collector = log, state, collector
        self._at: dict[str, int] = json.loads(state.read_text("ascii")) if state.exists() else {}

    def round(self) -> int:
        """How many lines were sent. The file that is written to comes last."""
        moved = sorted(self._log.parent.glob(f"{self._log.name}-*"))
        return sum(self._ship(file) for file in (*moved, self._log) if file.suffix != ".gz")

    def _ship(self, place: Path) -> int:
        try:
            content = place.read_bytes()
        except FileNotFoundError:  # moved away between two looks: it comes under its new name
            return 0
        content = content[: content.rfind(b"\n") + 1]
        if not content:
            return 0
        identity = hashlib.sha256(content[: content.index(b"\n")]).hexdigest()
        new = content[self._at.get(identity, 0) :]
        if new:
            self._send([line for line in new.split(b"\n") if line])
            self._note(identity, len(content))
        return new.count(b"\n")

    def _send(self, lines: list[bytes]) -> None:
        """Returns when the collector has them."""
        with self._collector.open("ab") as collector:
            collector.write(b"".join(line + b"\n" for line in lines))
            collector.flush()
            os.fsync(collector.fileno())

    def _note(self, identity: str, at: int) -> None:
        self._at[identity] = at
        draft = self._state.with_suffix(".draft")
        draft.write_text(json.dumps(self._at), "ascii")
        draft.replace(self._state)


class ByName:
    """Knows a file by its name: what was written to it after the last look and before it was moved away is lost."""

    def __init__(self, log: Path, collector: Path) -> None:
        self._log, self._collector, self._at = log, collector, 0

    def round(self) -> None:
        content = self._log.read_bytes() if self._log.exists() else b""
        if len(content) < self._at:
            self._at = 0
        with self._collector.open("ab") as collector:
            collector.write(content[self._at :])
        self._at = len(content)


def collected(collector: Path) -> tuple[int, dict[str, dict[str, Any]]]:
    """How many audit lines came, and each event once."""
    events: dict[str, dict[str, Any]] = {}
    number = 0
    for line in collector.read_bytes().splitlines():
        try:
            found = json.loads(line)
        except ValueError:  # half a line of a collector that was killed in our place
            continue
        if "event_id" in found:
            number += 1
            events[found["event_id"]] = found
    return number, events


def main() -> None:
    shipper = Shipper(*map(Path, sys.argv[1:4]))
    while True:
        shipper.round()
        time.sleep(0.01)


if __name__ == "__main__":
    main()
