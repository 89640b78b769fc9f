"""`casework doctor`: is all well, and if not, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jobs.commands.line import Command, as_json, clinic

if TYPE_CHECKING:
    from casework.health import Health


@click.command(cls=Command)
@as_json
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """The last complete night of each service and its age, who holds the night, and what somebody has to look at.

    Exit code 1 where something is red.
    """
    from jobs.commands import documents

    found = clinic().health()
    if as_json:
        documents.print_document(documents.health(found))
    else:
        _show(found)
    context.exit(1 if found.red else 0)


def _show(found: Health) -> None:
    from jobs.show import Column, print_table, say
    from workflows.dates import british

    columns = [Column("service"), Column("last night"), *(Column(name, right=True) for name in ("hours ago", "open"))]
    columns += [Column(name, right=True) for name in ("listed", "flags", "unread", "due")]
    rows = [
        (
            one.service,
            one.last_complete.isoformat() if one.last_complete else "never",
            "-" if one.age_hours is None else f"{one.age_hours:.1f}",
            str(one.open_referrals),
            str(one.listed),
            str(sum(one.open_flags.values())),
            str(one.quarantined),
            str(one.dates_due),
        )
        for one in found.services
    ]
    print_table(columns, rows)
    holder = found.lease.holder if found.lease.alive else None
    say("", f"The night is held by: {holder or 'nobody'}.")
    say(f"Bank holidays are known until {british(found.bank_holidays_until)}.")
    say(*(f"LOOK: {finding}" for finding in found.findings) if found.findings else ["All is well."])
