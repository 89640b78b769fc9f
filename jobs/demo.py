"""A clinic for a minute: invented families, a night, and what a team would see the next morning."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from importlib.resources import as_file, files
from pathlib import Path
from shlex import quote

from casework import Asked, Casework, FlagRow, with_every_role
from casework.intake.importing import import_caseload
from jobs import wiring
from jobs.auditing import make_keys
from jobs.boards import show_flags, show_worklist
from jobs.intake import show_import
from jobs.nightly import run_night, summary
from jobs.relaying import Relaying
from jobs.show import heading, put, say
from workflows.flags import FLAGS, AnswersMissing
from workflows.vocabulary import Stage

DAY = date(2026, 11, 20)
"""The day on which the sample caseload is true. The demonstration's clock stands still on it."""

EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
MOST = 10
KEYS = "audit.keys"
ACTOR = "demonstration"


def show_clinic(log: Path | None, *, keep: bool) -> None:
    """Everything in a folder of its own. `log` is where somebody wants the log, else it stands in that folder."""
    with clinic_folder(keep=keep) as folder:
        say_where(folder, keep=keep)
        chosen = settings_in(folder, log, DAY)
        with closing(wiring.database(chosen)) as database, Relaying(database, chosen.keys):
            database.upgrade()
            casework = Casework(database, now=lambda: EVENING)
            _show(casework)
            waiting = casework.worklist(Asked(DAY, stage=Stage.WAITING))
        heading("Three things to try next")
        put(*(_next_when_kept(chosen, waiting[0].reference) if keep else _next()))


def say_where(folder: Path, *, keep: bool) -> None:
    say("DEMONSTRATION: every name and number is invented.")
    say(f"The clinic is in {folder}" + ("." if keep else ", which is thrown away at the end."))


def settings_in(folder: Path, log: Path | None, day: date) -> wiring.Settings:
    """With keys of its own, made on a day."""
    secrets = folder / KEYS
    make_keys(secrets, day)
    place = log or folder / wiring.LOG_FILE
    return wiring.Settings(f"sqlite:///{folder / 'clinic.db'}", place, production=False, keys=wiring.keys_in(secrets))


@contextmanager
def clinic_folder(*, keep: bool) -> Iterator[Path]:
    if keep:
        yield Path(tempfile.mkdtemp(prefix="casework-demo-"))
        return
    with tempfile.TemporaryDirectory(prefix="casework-demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _show(casework: Casework) -> None:
    heading("Import of the sample caseload")
    sample = files("casework") / "samples" / "caseload.csv"
    with as_file(sample) as path:
        report = import_caseload(casework, path, with_every_role(ACTOR, "command_line"), as_of=DAY)
    show_import(report, path.name)
    heading("The night")
    say(*summary(run_night(casework, DAY, ACTOR)))
    heading("Flags, the gravest first")
    show_flags(sorted(casework.flags(Asked(DAY)), key=_gravest), DAY, MOST)
    heading(f"Worklist, the {MOST} longest waits")
    show_worklist(casework.worklist(Asked(DAY, stage=Stage.WAITING)), DAY, MOST)


def _gravest(flag: FlagRow) -> tuple[bool, bool]:
    """Red before amber, waits before papers; of each, the longest comes first already."""
    rule = FLAGS[flag.kind]
    return rule.severity != "red", rule.when == (AnswersMissing(),)


def program() -> str:
    """How this program was called, so that what is printed can be typed."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{quote(sys.executable)} -m jobs"
    found = shutil.which(called.name)
    return called.name if found and Path(found).resolve() == called.resolve() else quote(sys.argv[0])


def _next() -> Iterator[str]:
    yield f"  {program()} demo --keep"
    yield f"  {program()} pathway show leeds-imhs"
    yield f"  {program()} pathway diagram together-with-baby"


def _next_when_kept(chosen: wiring.Settings, reference: str) -> Iterator[str]:
    there = f"--database {quote(chosen.database)}"
    yield f"  {program()} worklist --service leeds-imhs --as-of {DAY} {there}"
    yield f"  {program()} case options {reference} {there}"
    keys = quote(str(chosen.folder / KEYS))
    yield f"  {program()} audit verify --keys {keys} {there}"
