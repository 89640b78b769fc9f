"""The command line, `casework`. Libraries wait until a command needs them, so that its help is there at once."""

import io
import sys

import click

from jobs.commands.activity import activity, consultation
from jobs.commands.audit import audit
from jobs.commands.backup import backup
from jobs.commands.case import case
from jobs.commands.db import db
from jobs.commands.demo import demo
from jobs.commands.digest import digest
from jobs.commands.doctor import doctor
from jobs.commands.duplicates import duplicates
from jobs.commands.figures import figures
from jobs.commands.flag import flag
from jobs.commands.imports import import_
from jobs.commands.line import Programme
from jobs.commands.lists import flags, worklist
from jobs.commands.meeting import meeting
from jobs.commands.nightly import nightly
from jobs.commands.nights import night, nights
from jobs.commands.pathway import pathway
from jobs.commands.readings import copy, readings
from jobs.commands.record import family, record
from jobs.commands.schedule import schedule
from jobs.commands.service import service
from jobs.commands.signposts import signposts
from jobs.commands.staff import staff


@click.group(cls=Programme, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="casework")
def casework() -> None:
    """Case management for parent-infant mental health teams: who is waiting, since when, and what is missing.

    Start with `casework demo`. Who can run this can open the database, so it is trusted with every role; the audit
    says that it was the command line, and who (--as).

    Exit codes: 0 done; 1 done, with findings or failures that are listed; 2 wrong usage or bad input; 78 not safe here,
    and CASEWORK_PROFILE is production.
    """


COMMANDS = (
    *(demo, db, backup, import_),
    *(nightly, nights, night, schedule, doctor),
    *(flags, worklist, flag, figures, digest),
    *(case, record, family, pathway, service, signposts, audit),
    *(meeting, staff),
    *(consultation, activity, duplicates, readings),
)
for command in COMMANDS:
    casework.add_command(command)
record.add_command(copy)


def main() -> None:
    """What cannot be written in the terminal's encoding is written as its code, rather than not at all."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    casework()
