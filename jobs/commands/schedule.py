"""`casework schedule`: the nights by themselves, for systemd or a container."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobs.commands.line import Command, Count, Word, acting, as_name, clinic, settings

if TYPE_CHECKING:
    from casework import Casework, NightReport


@click.command(cls=Command)
@click.option(
    "--every", type=Count(), metavar="SECONDS", help="Between two looks for nights that are not done [default: 300]."
)
@click.option("--digest", type=Word(), metavar="DIR", help="Write the page of the morning to a folder after a night.")
@click.option(
    "--metrics",
    type=Word(),
    metavar="FILE",
    help="Write the figures for an alarm (Prometheus) to a file, after a night and once an hour.",
)
@as_name
@click.pass_context
def schedule(
    context: click.Context, every: int | None, digest: str | None, metrics: str | None, name: str | None
) -> None:
    """Run the night at 02:30, every night, until it is stopped.

    Stays in the foreground. Nights that were missed are run first, each under its own date. A database that is away
    is waited for. SIGTERM and Ctrl-C end it after the batch at hand, with exit code 0; what is left of a night is
    taken up at the next start.
    """
    from jobs.scheduler import CATCH_UP_SECONDS, NightService

    casework, by = clinic(), acting(name).name
    seconds = CATCH_UP_SECONDS if every is None else every
    if not 1 <= seconds <= CATCH_UP_SECONDS:
        raise click.BadParameter(f"from 1 to {CATCH_UP_SECONDS} seconds.", param_hint="--every")
    _need_safe(casework)
    also = _Also(casework, Path(digest) if digest else None, Path(metrics) if metrics else None)
    also.begin()
    service = NightService(casework, by, after=also.after, hourly=also.hourly, every=seconds)
    with _relaying(casework):
        code = service.run(lambda: _say_what_it_will_do(casework, seconds))
    context.exit(code)


def _relaying(casework: Casework) -> AbstractContextManager[object]:
    """The log is told beside the nights what others owe it too."""
    from jobs.relaying import Relaying
    from persistence import Database

    kept = casework.database
    return Relaying(kept, settings().keys) if isinstance(kept, Database) else nullcontext()


def _need_safe(casework: Casework) -> None:
    """Before anything is said: a service that may not write must not look as if it were at work."""
    from casework.errors import StorageError
    from persistence import Database

    try:
        if isinstance(casework.database, Database):
            casework.database.may_write()
    except StorageError:
        return  # the service waits for its database, and asks again before each night


class _Also:
    """What is written besides: the page after a night, the figures then and once an hour."""

    def __init__(self, casework: Casework, digest: Path | None, metrics: Path | None) -> None:
        self._casework, self._digest, self._metrics = casework, digest, metrics

    def begin(self) -> None:
        """A file that cannot be written, or a library that is not there, must be found out now and not at night."""
        from casework.errors import StorageError

        if self._digest is not None:
            _page_is_possible(self._digest)
        if self._metrics is not None:
            from jobs.metrics import check_place

            check_place(self._metrics)
        try:
            self.hourly()
        except StorageError:
            return  # the service waits for its database, and writes then

    def after(self, report: NightReport) -> None:
        """The figures first: they say that the night was run, whatever becomes of the page."""
        self.hourly()
        if self._digest is not None:
            from jobs.digest import after_night

            after_night(self._casework, report, self._digest)

    def hourly(self) -> None:
        if self._metrics is not None:
            from jobs.metrics import write_textfile

            write_textfile(self._casework.health(), self._metrics)


def _page_is_possible(folder: Path) -> None:
    from casework.errors import BadRequest

    try:
        import_module("casework.reports.page")
    except ImportError:
        raise BadRequest("digest_not_installed", "The digest draws pictures: pip install 'casework[digest]'.") from None
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as problem:
        raise BadRequest("digest_not_writable", f"The digest cannot be written there ({problem.strerror}).") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadRequest("digest_not_writable", "The digest cannot be written there: its folder is not ours.")


def _say_what_it_will_do(casework: Casework, seconds: int) -> None:
    """On stdout: stderr has the log. Said at once, although nothing follows."""
    from casework.errors import StorageError
    from jobs.nightly import moment
    from jobs.scheduler import next_night
    from jobs.show import say

    say(f"The next night is on {moment(next_night(casework.now()))}. What is due is looked for every {seconds} s.")
    try:
        say(_what_is_due(casework))
    except StorageError as away:
        say(f"{away} ({away.code})", "It is asked again until it answers.")
    say("SIGTERM or Ctrl-C ends this after the batch at hand.")
    sys.stdout.flush()


def _what_is_due(casework: Casework) -> str:
    from jobs.boards import how_many
    from jobs.nightly import stretch

    days = [day for day, _ in casework.nights.due()]
    if not days:
        return "No night is due."
    return f"Due now, and done first: {how_many(len(days), 'night', 'nights')}, {stretch(days[0], days[-1])}."
