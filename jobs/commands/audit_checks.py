"""`casework audit verify | reconcile | relay`: whether anything was altered, and whether the log has every line."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobs.commands.line import Command, Count, as_json, database, settings

if TYPE_CHECKING:
    from casework.audit.keys import AuditKeys

WHOLE, FOUND = 0, 1
PLACE = click.Path(path_type=Path)
own_keys = click.option(
    "--keys", "own", type=PLACE, metavar="FILE", help="The verifier's own keys (mac and public) [CASEWORK_AUDIT_KEYS]."
)


def _keys(own: Path | None) -> AuditKeys:
    from jobs import wiring

    return wiring.keys_in(own) if own is not None else settings().keys


@click.command(cls=Command)
@click.option("--state", type=PLACE, metavar="FILE", help="Compare with what was verified last, and remember it here.")
@own_keys
@click.option("--no-replay", is_flag=True, help="Do not compare each referral with the fold of its events.")
@click.option("--erased", type=Count(), metavar="N", default="0", help="Events whose answers were erased by decision.")
@click.option("--processes", type=Count(), metavar="N", help="Read with so many at most [default: one a core].")
@as_json
def verify(
    state: Path | None, own: Path | None, no_replay: bool, erased: int, processes: int | None, as_json: bool
) -> None:
    """Read everything again and name whatever was altered, removed, added or put in another order.

    Without --state nobody can tell that the whole database was put back to an earlier day; without keys nobody can
    tell that somebody who may write to it has rewritten a referral as a whole.

    Erased answers leave the rest of their event whole and are named; more or fewer than --erased says is a finding.

    Exit 0: all is whole; 1: something is not, and is listed; 2: wrong usage.
    """
    from casework import Casework
    from jobs import audited
    from jobs.auditing import State
    from jobs.verifying import verified

    keys, opened = _keys(own), database()
    casework = Casework(opened)
    kept = State(state) if state is not None else None
    seen = kept.read() if kept is not None else None
    verdict = verified(opened, keys, seen, processes or os.cpu_count() or 1)
    differing = [] if no_replay else audited.named(casework, casework.differing())
    whole = verdict.whole and not differing and audited.erased(verdict) == erased
    if kept is not None and whole and verdict.seen is not None:
        kept.write(verdict.seen)
    audited.show_verdict(verdict, differing, keys, seen, replayed=not no_replay, whole=whole, as_json=as_json)
    sys.exit(WHOLE if whole else FOUND)


@click.command(cls=Command)
@click.argument("logs", metavar="LOG...", type=PLACE, nargs=-1, required=True)
@own_keys
@click.option("--tell-again", is_flag=True, help="Write the missing lines to the log, where their rows are genuine.")
@as_json
def reconcile(logs: tuple[Path, ...], own: Path | None, tell_again: bool, as_json: bool) -> None:
    """Hold log files against the rows: every row has its line, every line its row. Give all files, rotated ones too.

    A .gz is unpacked; - is stdin. Exit 0: they agree; 1: they differ, and how is listed; 2: wrong usage.
    """
    from casework.audit import reconcile as reconciling
    from jobs import audited, relaying
    from jobs.auditing import lines_of

    keys, opened = _keys(own), database()
    with opened.audit.evidence() as evidence:
        before = evidence.standing()
    read = reconciling.read_log(lines_of(logs))
    with opened.audit.evidence() as evidence:
        outcome = reconciling.reconcile(evidence, read, keys, before)
    again = relaying.relay(opened, keys).tell_again(outcome.missing, outcome.unlogged) if tell_again else None
    audited.show_reconciled(outcome, again, keys, as_json=as_json)
    sys.exit(FOUND if outcome.differences else WHOLE)


@click.command(cls=Command)
@click.option("--once", is_flag=True, help="Tell what is owed now, and end.")
def relay(once: bool) -> None:
    """Tell the log what it is owed: for clinics whose cases are changed by a program of their own.

    `casework schedule` does the same beside the nights, and every command tells its own lines when it ends. SIGTERM
    and Ctrl-C end it after the lines at hand.
    """
    from casework.errors import BadRequest
    from jobs.relaying import Relaying
    from jobs.relaying import relay as made

    opened, keys = database(), settings().keys
    if once:
        try:
            made(opened, keys).run()
        except OSError as problem:
            why = problem.strerror or "nobody reads it"
            raise BadRequest("log_not_taken", f"The log does not take lines ({why}). They stay owed.", "log") from None
        return
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    with Relaying(opened, keys):
        stopped.wait()
