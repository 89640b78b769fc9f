"""The log of the programs that we start: one JSON line an event, on stderr or appended to a file.

The only place that configures structlog. A host that embeds casework configures its own. Lines are of two kinds:
those of the logger `casework.audit` are written before the call returns, or it raises; all others never hold up, slow
or fail who writes them: they are dropped and counted instead.
"""

import atexit
import errno
import logging
import os
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from stat import S_ISBLK, S_ISCHR, S_ISFIFO, S_ISSOCK
from typing import Any, Protocol

import structlog
from structlog.contextvars import get_contextvars

from jobs.logs.file import Directly, LogFile
from jobs.logs.lines import COMPLAINED, LINES_DROPPED, NOT_RENDERED, NOT_WRITABLE, Dropped, as_line
from jobs.logs.queue import Queued, Stream
from jobs.logs.stderr import ErrFile, Stderr

AUDIT = "casework.audit"
"""The logger of the lines that are owed: `case.opened`, `case.moved`, `case.noted` and those of the audit itself."""


class LogNotWritable(OSError):
    """The file that was asked for cannot be appended to."""


class _Sink(Protocol):
    def tell(self, line: bytes, event: str) -> bool: ...
    def deliver(self, line: bytes) -> None: ...
    def settle(self) -> None: ...
    def close(self) -> Dropped: ...


class _Lines:
    """Where lines go: to the place that was named, else to stderr as it is at that moment."""

    _file: LogFile | None = None

    def __init__(self) -> None:
        self._begin(None)
        os.register_at_fork(after_in_child=self._begin_in_child)

    def _begin(self, place: Path | None) -> None:
        self._stderr = Stderr()
        self._err_file = Directly(ErrFile(self._stderr), lambda _problem: None)
        self._err_stream = Queued(Stream(self._stderr))
        self._name(place)

    def _begin_in_child(self) -> None:
        """What waits in a thread of the parent is written there; its locks may be held for ever here."""
        if self._file is not None:
            self._file.close()
        self._begin(self._place)

    def _name(self, place: Path | None) -> None:
        self._place, self._file = place, None
        self._named: _Sink | None = None
        if place is not None and _is_stream(place):
            self._named = Queued(Stream(place))
        elif place is not None:
            self._file = LogFile(place)
            self._named = Directly(self._file, self._not_writable)

    def send_to(self, place: Path | None) -> None:
        self._end_named()
        self._name(place)

    def try_now(self) -> None:
        """Raises OSError where the named place cannot be appended to."""
        if self._file is not None:
            self._file.look()
        elif self._place is not None and not os.access(self._place, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def tell(self, line: bytes, event: str, *, alarm: bool = False) -> None:
        """An alarm that a file does not take is told on stderr: it may be about that very file."""
        if not self.sink().tell(line, event) and alarm and self._file is not None:
            self._err().tell(line, event)

    def sink(self) -> _Sink:
        return self._named or self._err()

    def _err(self) -> _Sink:
        return self._err_file if self._stderr.is_direct() else self._err_stream

    def _not_writable(self, problem: OSError) -> None:
        """Told where there is still somebody to tell."""
        reason = errno.errorcode.get(problem.errno or 0, "unknown")
        self._err().tell(as_line("error", NOT_WRITABLE, {"reason": reason}), NOT_WRITABLE)

    def _end_named(self) -> None:
        if self._named is not None:
            dropped = self._named.close()
            if dropped:
                self._err().tell(dropped.line(), LINES_DROPPED)

    def end(self) -> None:
        """Nothing that a reader would still take is lost at the end of a program."""
        with suppress(Exception):
            self.send_to(None)
            self._err_stream.close()


def _is_stream(place: Path) -> bool:
    """What a writer may have to wait at: a named pipe, a device, a terminal."""
    try:
        mode = place.stat().st_mode
    except OSError:
        return False
    return S_ISFIFO(mode) or S_ISCHR(mode) or S_ISSOCK(mode) or S_ISBLK(mode)


_LINES = _Lines()


def send_to(place: Path | None, *, at_once: bool = False) -> None:
    """Lines go to the end of a file, or to stderr where it is None. May be called again: the last place counts.

    `at_once` opens the file now and raises `LogNotWritable` where it cannot be: a file that somebody named must not
    be found out missing later.
    """
    _LINES.send_to(place)
    if at_once:
        try:
            _LINES.try_now()
        except OSError as problem:
            _LINES.send_to(None)
            raise LogNotWritable(problem.errno, problem.strerror) from None
    if not structlog.is_configured():
        _configure()


def settle() -> None:
    """Puts the audit lines that were written so far on disk, where the log is a file. Raises OSError: then they are
    owed again. Those that went to a pipe or a socket are their reader's."""
    _LINES.sink().settle()


def _configure() -> None:
    """Loggers are kept once made, so what may still change (the place) stands behind `_LINES` and not in here."""
    structlog.configure(
        processors=[_render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *names: _Audit() if names[:1] == (AUDIT,) else _Operational(),
        cache_logger_on_first_use=True,
    )
    logging.getLogger().addHandler(_FromLibraries(logging.WARNING))
    atexit.register(_LINES.end)


class _Operational:
    """What structlog hands a finished line to, whatever its level."""

    def msg(self, line: bytes, event: str) -> None:
        with suppress(Exception):
            _LINES.tell(line, event)

    def alarm(self, line: bytes, event: str) -> None:
        with suppress(Exception):
            _LINES.tell(line, event, alarm=True)

    debug = info = warning = msg
    error = critical = exception = alarm


class _Audit:
    """Raises OSError where the line did not reach its place."""

    def msg(self, line: bytes, _event: str) -> None:
        _LINES.sink().deliver(line)

    debug = info = warning = error = critical = exception = msg


def _render(logger: object, level: str, event: MutableMapping[str, Any]) -> tuple[tuple[bytes, str], dict[str, Any]]:
    """The last processor, and the only one."""
    name = str(event.pop("event", ""))
    keys = {**get_contextvars(), **event}
    try:
        line = as_line(level, name, keys)
    except Exception:
        if isinstance(logger, _Audit):
            raise
        line = as_line(level, NOT_RENDERED, {})
    return (line, name), {}


class _FromLibraries(logging.Handler):
    """What libraries complain about: who and how badly. Not what: their sentences quote statements and values."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):
            _LINES.tell(as_line(record.levelname.lower(), COMPLAINED, {"library": record.name}), COMPLAINED)
