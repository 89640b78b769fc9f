"""`casework flag`: what people say about a flag, and everything that happened to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from jobs.commands.line import Callback, Group, acting, as_json, as_name, clinic, database, day_option, dry_run

if TYPE_CHECKING:
    from casework import Casework
    from casework.audit.evidence import AuditKeeper
    from casework.ledger import NightKeeper
    from casework.store import Store
    from persistence import Database

DID = {"seen": "is marked as seen", "snoozed": "is kept quiet", "woken": "is heard again"}


@click.group(cls=Group)
def flag() -> None:
    """One flag of one referral: say that it was seen, keep it quiet for a while, read its history.

    REF is the reference of the referral (R-000123), SERVICE/REFERENCE where several services use it, or its id; KIND
    is the kind of flag, such as wait_8_weeks. A flag is ended by the step that ends its cause, and by nothing else.
    """


def about_a_flag(command: Callback) -> Callback:
    """The options of a command that says something about a flag."""
    for add in (as_json, dry_run, as_name, click.argument("kind"), click.argument("ref")):
        command = add(command)
    return command


@flag.command()
@about_a_flag
@click.option("--reason", metavar="TEXT", help="What was found, if there is something to say.")
def seen(ref: str, kind: str, reason: str | None, name: str | None, dry_run: bool, as_json: bool) -> None:
    """Say that a person has seen a flag. It stays as it is, on every list."""
    actor = acting(name)
    _act("seen", ref, kind, lambda casework: casework.see_flag(ref, kind, actor, reason), dry_run, as_json)


@flag.command()
@about_a_flag
@day_option("--until", "The day on which it is heard again, within a year")
@click.option("--reason", default="", metavar="TEXT", help="Why it may be quiet.")
def snooze(
    ref: str, kind: str, until: date | None, reason: str, name: str | None, dry_run: bool, as_json: bool
) -> None:
    """Keep a flag off the lists until a day. A graver flag that takes its place is not quiet."""
    if until is None:
        raise click.UsageError("Say until when: --until DATE.")
    actor = acting(name)

    def ask(casework: Casework) -> None:
        casework.snooze_flag(ref, kind, actor, until=until, reason=reason)

    _act("snoozed", ref, kind, ask, dry_run, as_json, until)


@flag.command()
@about_a_flag
def wake(ref: str, kind: str, name: str | None, dry_run: bool, as_json: bool) -> None:
    """Let a flag that was kept quiet be heard again at once."""
    actor = acting(name)
    _act("woken", ref, kind, lambda casework: casework.wake_flag(ref, kind, actor), dry_run, as_json)


@flag.command()
@click.argument("ref")
@click.argument("kind", required=False)
@as_json
def history(ref: str, kind: str | None, as_json: bool) -> None:
    """Everything that happened to a flag: raised, seen, kept quiet, cleared, by whom and why. Without KIND: to all."""
    from casework import BadRequest
    from casework.nights import MOST_ENTRIES
    from jobs.commands import documents, night_documents
    from jobs.flagged import nights_by_id, show_history
    from workflows.flags import FLAGS

    casework = clinic()
    case, stretches = casework.case(ref), casework.flag_history(ref)
    some = [stretch for stretch in stretches if kind in (None, stretch.kind)]
    if kind is not None and not some and kind not in FLAGS:
        raise BadRequest("unknown_kind", f"There is no such kind. Choose from: {', '.join(FLAGS)}.", "kind")
    nights = nights_by_id(casework.nights.runs(case.service, MOST_ENTRIES))
    if as_json:
        return documents.print_document(night_documents.flag_history(case, some, nights))
    return show_history(f"{case.service}/{case.reference}", some, nights)


def _act(
    act: str,
    ref: str,
    kind: str,
    ask: Callable[[Casework], None],
    dry_run: bool,
    as_json: bool,
    until: date | None = None,
) -> None:
    from casework import Casework
    from jobs.commands import documents, night_documents
    from jobs.show import DRY_RUN, say
    from workflows.dates import british

    kept = database()
    casework = Casework(kept)
    if dry_run:
        with _foreseen():
            ask(Casework(_Foreseen(kept)))
    else:
        ask(casework)
    case = casework.case(ref)
    if as_json:
        return documents.print_document(night_documents.flag_did(case, kind, act, until, dry_run=dry_run))
    when = f" until {british(until)}" if until else ""
    if dry_run:
        return say(f"{kind} of {case.service}/{case.reference}: possible. {DRY_RUN}")
    return say(f"{kind} of {case.service}/{case.reference} {DID[act]}{when}.")


class _NothingIsKept(Exception):
    """Raised at the end of a change that was only tried, so that it is rolled back and told to nobody."""


@contextmanager
def _foreseen() -> Iterator[None]:
    try:
        yield
    except _NothingIsKept:
        return


class _Foreseen:
    """A database that judges a change as it always does, and then does not keep it."""

    def __init__(self, kept: Database) -> None:
        self._kept = kept

    @contextmanager
    def writing(self, *within: float) -> Iterator[Store]:
        with self._kept.writing(*within) as store:
            yield store
            raise _NothingIsKept

    def reading(self) -> AbstractContextManager[Store]:
        return self._kept.reading()

    @property
    def audit(self) -> AuditKeeper:
        return self._kept.audit

    def nights(self, now: Callable[[], datetime]) -> NightKeeper:
        return self._kept.nights(now)
