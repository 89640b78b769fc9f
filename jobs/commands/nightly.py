"""`casework nightly`: the night, by hand or by cron."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobs.commands.line import Command, Word, acting, as_json, as_name, clinic, day_option, dry_run

if TYPE_CHECKING:
    from casework import Casework, NightHeld, NightReport

DONE, FOUND = 0, 1


@dataclass(slots=True)
class Told:
    """The reports of one command as they come: said at once, or kept for one document."""

    casework: Casework
    as_json: bool
    digest: str | None
    metrics: str | None
    reports: list[NightReport] = field(default_factory=list)

    def add(self, report: NightReport, *, caught_up: bool = False) -> None:
        from jobs.nightly import in_brief, show_planned, summary
        from jobs.show import say

        self.reports.append(report)
        if not self.as_json:
            say(*(in_brief(report) if caught_up else summary(report)))
            show_planned(report.planned)
        if self.digest is not None and not report.dry_run:
            from jobs.digest import after_night

            after_night(self.casework, report, Path(self.digest))

    def end(self, held: NightHeld | None, *, dry_run: bool) -> int:
        from jobs.commands import documents, night_documents

        due = self.casework.nights.due()
        if self.metrics is not None and not dry_run:
            from jobs.metrics import write_textfile

            write_textfile(self.casework.health(), Path(self.metrics))
        if self.as_json:
            documents.print_document(night_documents.nightly(self.reports, held, due))
        elif not dry_run:
            self._say_what_is_due(held)
        return DONE if all(report.clean for report in self.reports) else FOUND

    def _say_what_is_due(self, held: NightHeld | None) -> None:
        from jobs.nightly import still_due
        from jobs.show import say

        say(*([str(held)] if held else still_due(self.casework.nights.due())))


@click.command(cls=Command)
@day_option("--as-of", "The day to run it for [default: today, after the nights that were missed]")
@click.option("--service", type=Word(), metavar="KEY", help="One service, such as leeds-imhs [default: all].")
@click.option("--again", is_flag=True, help="Run it although the night of that day is done.")
@click.option("--digest", type=Word(), metavar="DIR", help="Write the page of the morning to a folder.")
@click.option("--metrics", type=Word(), metavar="FILE", help="Write the figures for an alarm (Prometheus) to a file.")
@as_name
@dry_run
@as_json
def nightly(
    as_of: date | None,
    service: str | None,
    again: bool,
    digest: str | None,
    metrics: str | None,
    name: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Raise the flags that are due, clear those past.

    Safe to run twice; it moves nobody. A day that is done is left alone. Nights that were missed are run first, each
    under its own date.

    Exit 0: done, done before, or somebody is at it; 1: done, and referrals are listed that somebody must look at.
    """
    from casework import NightHeld
    from jobs.nightly import caught_up, run_night

    casework, by, held = clinic(), acting(name).name, None
    told = Told(casework, as_json, digest, metrics)
    try:
        if as_of is None and not dry_run:
            for report in caught_up(casework, by, service):
                told.add(report, caught_up=True)
        told.add(run_night(casework, as_of, by, service=service, dry_run=dry_run, again=again))
    except NightHeld as another:
        held = another
    if dry_run and as_of is None and not as_json:
        _say_what_comes_first(casework, service)
    sys.exit(told.end(held, dry_run=dry_run))


def _say_what_comes_first(casework: Casework, service: str | None) -> None:
    from jobs.nightly import missed, stretch
    from jobs.show import say

    if due := missed(casework, service):
        days = stretch(due[0][0], due[-1][0])
        say("", f"Not done yet and run first, each under its own date: {days}. Listed is what they change together.")
