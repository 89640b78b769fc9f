"""A line of the log as bytes, and the count of the lines that could not be written."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

LINES_DROPPED, NOT_WRITABLE, NOT_RENDERED = "log.lines_dropped", "log.not_writable", "log.not_rendered"
COMPLAINED = "library.complained"
OF_THE_LOG = (LINES_DROPPED, NOT_WRITABLE, NOT_RENDERED, COMPLAINED)
"""What the log says of itself and of libraries. The other names are in `casework.log` and where programs fail."""

_NAME = re.compile(r"[a-z_.]{1,40}")


def as_line(level: str, event: object, keys: Mapping[str, object]) -> bytes:
    """Raises what JSON raises for a value that holds itself."""
    return _ENCODER.encode({"timestamp": _now(), "level": level, "event": event, **keys}).encode("ascii") + b"\n"


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _plain(value: object) -> object:
    """What JSON has no form for. A value of a kind that we do not know is not shown: it may say anything."""
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else type(value).__name__


_ENCODER = json.JSONEncoder(separators=(",", ":"), skipkeys=True, default=_plain)


class Dropped:
    """Lines that did not get through since the last that did: how many, of which names, from when to when."""

    def __init__(self) -> None:
        self._events: Counter[str] = Counter()
        self._first = self._last = ""

    def __bool__(self) -> bool:
        return bool(self._events)

    def add(self, event: str) -> None:
        self._last = _now()
        self._first = self._first or self._last
        self._events[event if _NAME.fullmatch(event) else "other"] += 1

    def take_up(self, later: "Dropped") -> None:
        if later:
            self._events.update(later._events)
            self._last = later._last

    def line(self) -> bytes:
        told = {"dropped": self._events.total(), "first": self._first, "last": self._last}
        return as_line("warning", LINES_DROPPED, {**told, "events": dict(self._events)})

    def clear(self) -> None:
        self._events.clear()
        self._first = self._last = ""
