"""What went wrong, in one sentence on stderr and an exit code. A traceback goes to the log and to nobody's screen."""

from __future__ import annotations

import secrets
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType

import click

BAD_INPUT = 2
UNSAFE = 78
INTERRUPTED = 130


class Told:
    """Around a command. `open_log` is asked for only where there is something that must be logged."""

    def __init__(self, open_log: Callable[[], object]) -> None:
        self._open_log = open_log

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if problem is None or _is_for_click(problem):
            return
        if isinstance(problem, KeyboardInterrupt):
            click.echo("casework: Stopped.", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None
        click.echo(f"casework: {_sentence(problem) or self._unexpected(problem)}", err=True)
        raise click.exceptions.Exit(UNSAFE if _is_unsafe(problem) else BAD_INPUT) from None

    def _unexpected(self, problem: BaseException) -> str:
        error_id = secrets.token_hex(4)
        with suppress(Exception):
            self._open_log()
            _log(error_id, problem)
        return f"Something went wrong inside casework. The log has the particulars as error {error_id}. (unexpected)"


def _is_for_click(problem: BaseException) -> bool:
    """What click ends a program with by itself, and a reader of our output who has gone away."""
    for_click = (click.ClickException, click.exceptions.Exit, click.Abort, SystemExit, GeneratorExit, BrokenPipeError)
    return isinstance(problem, for_click)


def _is_unsafe(problem: BaseException) -> bool:
    return getattr(problem, "code", None) == "unsafe"


def _sentence(problem: BaseException) -> str | None:
    """The sentence of an error that was raised on purpose; None for any other."""
    if isinstance(problem, ImportError):  # a library that is not there, or a package that stands in front of ours
        return f"{problem} (not_installed)"
    from casework.errors import CaseworkError

    return f"{problem} ({problem.code})" if isinstance(problem, CaseworkError) else None


def _log(error_id: str, problem: BaseException) -> None:
    import structlog

    structlog.get_logger("jobs").error("casework.failed", error_id=error_id, causes=list(_causes(problem)))


def _causes(problem: BaseException | None) -> Iterator[dict[str, object]]:
    """Kinds and places, outermost first. Neither messages nor values: they may quote a family."""
    while problem is not None:
        frames = traceback.extract_tb(problem.__traceback__)
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        yield {"error": type(problem).__name__, "at": places}
        problem = problem.__cause__ or problem.__context__


def tell(*lines: str) -> None:
    """What a person must read although it is no result: on stderr, out of the way of a program that reads stdout."""
    for line in lines:
        click.echo(line, err=True)
