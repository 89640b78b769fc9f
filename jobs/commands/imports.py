"""`casework import FILE`: a caseload spreadsheet."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from jobs.commands.line import Command, Word, acting, as_json, as_name, clinic, day_option, dry_run


@click.command("import", cls=Command)
@click.argument("file", type=Word())
@day_option("--as-of", "The day on which the sheet was true [default: today]")
@as_name
@dry_run
@as_json
def import_(file: str, as_of: date | None, name: str | None, dry_run: bool, as_json: bool) -> None:
    """Load a caseload spreadsheet. Rows that break a rule are refused alone and listed; the others are loaded.

    The same file a second time changes nothing. Exit 0: every row is in; 1: some are not, and are listed;
    2: the file is no caseload, and nothing was read from it.
    """
    from casework.intake.importing import import_caseload
    from jobs.commands import documents
    from jobs.intake import show_import

    casework, actor = clinic(), acting(name)
    with _progress() as progress:
        report = import_caseload(casework, Path(file), actor, as_of=as_of, dry_run=dry_run, progress=progress)
    if as_json:
        documents.print_document(documents.imported(report))
    else:
        show_import(report, Path(file).name)
    sys.exit(1 if report.refused or report.changed else 0)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar for somebody who watches; nothing where nobody does."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=sys.stderr), transient=True) as drawn:
        task = drawn.add_task("Reading", total=None)
        yield lambda done, total: drawn.update(task, completed=done, total=total)
