"""The log of the programs that we start: one JSON line an event, on stderr or appended to a file.

The only place that configures structlog. A host that embeds casework configures its own.
"""

import json
import logging
import os
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from structlog.contextvars import get_contextvars


class LogNotWritable(OSError):
    """The file that was asked for cannot be appended to."""


class _Lines:
    """Where lines go. One write a line at the end of the file, so that programs that share it do not mix their lines.

    A log that fails must not fail a change that is kept already: that line and the later ones go to stderr.
    """

    def __init__(self) -> None:
        self._place: Path | None = None
        self._file: int | None = None

    def send_to(self, place: Path | None) -> None:
        if self._file is not None:
            os.close(self._file)
        self._place, self._file = place, None

    def open(self, place: Path) -> int:
        """Made with its first line: a program that has nothing to say leaves no file."""
        if self._file is None:
            self._file = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        return self._file

    def write(self, line: bytes) -> None:
        if self._place is None:
            _write_to_stderr(line)
            return
        try:
            _write(self.open(self._place), line)
        except OSError:
            self.send_to(None)
            _write_to_stderr(_as_line("error", "log.not_writable", {}) + line)


def _write(file: int, line: bytes) -> None:
    while line := line[os.write(file, line) :]:
        pass


def _write_to_stderr(line: bytes) -> None:
    """The last place. Where it is gone too, the line is: there is nobody left to tell."""
    with suppress(Exception):
        try:
            file = sys.stderr.fileno()
        except OSError:  # a stream that somebody put in its place
            sys.stderr.write(line.decode("ascii"))
        else:
            _write(file, line)


_LINES = _Lines()


def send_to(place: Path | None, *, at_once: bool = False) -> None:
    """Lines go to the end of a file, or to stderr where it is None. May be called again: the last place counts.

    `at_once` opens the file now and raises `LogNotWritable` where it cannot be: a file that somebody named must not
    be found out missing later.
    """
    _LINES.send_to(place)
    if place is not None and at_once:
        try:
            _LINES.open(place)
        except OSError as problem:
            _LINES.send_to(None)
            raise LogNotWritable(problem.errno, problem.strerror) from None
    if not structlog.is_configured():
        _configure()


def _configure() -> None:
    """Loggers are kept once made, so what may still change (the place) stands behind `_LINES` and not in here."""
    structlog.configure(
        processors=[_render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: _Out(),
        cache_logger_on_first_use=True,
    )
    logging.getLogger().addHandler(_FromLibraries(logging.WARNING))


class _Out:
    """What structlog hands a finished line to, whatever its level."""

    def msg(self, line: bytes) -> None:
        _LINES.write(line)

    debug = info = warning = error = critical = exception = msg


def _render(_logger: object, level: str, event: MutableMapping[str, Any]) -> bytes:
    """The last processor, and the only one."""
    with suppress(Exception):
        return _as_line(level, event.pop("event", ""), {**get_contextvars(), **event})
    return _as_line(level, "log.not_rendered", {})


def _as_line(level: str, event: object, keys: Mapping[str, Any]) -> bytes:
    at = datetime.now(UTC).isoformat()
    return _ENCODER.encode({"timestamp": at, "level": level, "event": event, **keys}).encode("ascii") + b"\n"


def _plain(value: object) -> object:
    """What JSON has no form for. A value of a kind that we do not know is not shown: it may say anything."""
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else type(value).__name__


_ENCODER = json.JSONEncoder(separators=(",", ":"), skipkeys=True, default=_plain)


class _FromLibraries(logging.Handler):
    """What libraries complain about: who and how badly. Not what: their sentences quote statements and values."""

    def emit(self, record: logging.LogRecord) -> None:
        _LINES.write(_as_line(record.levelname.lower(), "library.complained", {"library": record.name}))
