"""`casework nights` and `casework night`: the ledger, and a night taken back."""

from __future__ import annotations

import click

from jobs.commands.line import Command, Count, Group, Word, acting, as_json, as_name, clinic, dry_run


@click.command(cls=Command)
@click.option("--service", type=Word(), metavar="KEY", help="One service, such as leeds-imhs [default: all].")
@click.option("--most", type=Count(), default="30", show_default=True, help="How many entries to show.")
@as_json
def nights(service: str | None, most: int, as_json: bool) -> None:
    """The nights that were run, the newest first, and the dates that have none."""
    from casework.nights import MOST_ENTRIES
    from jobs.commands import documents, night_documents
    from jobs.ledger import gaps, short_names, show_runs

    ledger = clinic().nights
    shown, due = ledger.runs(service, max(most, 1)), ledger.due()
    if service is not None:
        due = [(day, (service,)) for day, lacking in due if service in lacking]
    if as_json:
        return documents.print_document(night_documents.nights(shown, gaps(shown, due)))
    return show_runs(shown, due, short_names(ledger.runs(most=MOST_ENTRIES)))


@click.group(cls=Group)
def night() -> None:
    """One night of the ledger."""


@night.command()
@click.argument("run")
@click.option("--reason", default="", metavar="TEXT", help="Why. It is kept with the night.")
@click.option("--service", type=Word(), metavar="KEY", help="For one service only [default: all that it was run for].")
@as_name
@dry_run
@as_json
def undo(run: str, reason: str, service: str | None, name: str | None, dry_run: bool, as_json: bool) -> None:
    """Put the flags back to how they stood before a night. Nothing is removed: it is all kept as history.

    RUN is the id of the night, or as much of its beginning as casework nights shows. Flags that somebody has marked
    or snoozed since, and what people did about referrals, are left alone.
    """
    from casework.nights import MOST_ENTRIES
    from jobs.commands import documents, night_documents
    from jobs.ledger import run_named, show_undone

    ledger, by = clinic().nights, acting(name).name
    run_id = run_named(ledger.runs(most=MOST_ENTRIES), run)
    undone = ledger.undo(run_id, by=by, reason=reason, service=service, dry_run=dry_run)
    if as_json:
        return documents.print_document(night_documents.undone(undone))
    return show_undone(undone)
