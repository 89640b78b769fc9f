"""`casework audit`: whether what is kept is what happened."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from jobs.commands.audit_checks import reconcile, relay, verify
from jobs.commands.audit_keys import keys
from jobs.commands.line import Group, as_json, clinic

if TYPE_CHECKING:
    from casework import Casework

AGREES, DIFFERS = 0, 1


@click.group(cls=Group)
def audit() -> None:
    """Compare what is kept with what happened, and the log with both."""


for command in (verify, reconcile, relay, keys):
    audit.add_command(command)


@audit.command()
@click.argument("ref", required=False)
@click.option("--all", "everything", is_flag=True, help="Every referral of the database.")
@as_json
def replay(ref: str | None, everything: bool, as_json: bool) -> None:
    """Fold the events of a referral again and compare them with the row that is kept.

    Exit 0: they agree; 1: they differ, and how is listed; 2: there is no such referral.
    """
    if everything == (ref is not None):
        raise click.UsageError("Name one referral, or --all of them.")
    casework = clinic()
    sys.exit(_one(casework, ref, as_json) if ref is not None else _every(casework, as_json))


def _one(casework: Casework, ref: str, as_json: bool) -> int:
    from jobs.commands import documents
    from jobs.page import show_replay

    events, differences = casework.replay(ref)
    if as_json:
        documents.print_document(documents.replayed(casework.case(ref), events, differences))
    else:
        show_replay(events, differences)
    return DIFFERS if differences else AGREES


def _every(casework: Casework, as_json: bool) -> int:
    from jobs import audited
    from jobs.commands import documents
    from jobs.show import say

    number, differing = len(casework.case_ids()), audited.named(casework, casework.differing())
    if as_json:
        documents.print_document({"replayed": number, "agree": number - len(differing), "differ": differing})
    else:
        for one in differing:
            say(audited.called(one), *(f"  {found['sentence']}" for found in one["differences"]))
        say(f"Replayed {number}: {number - len(differing)} agree, {len(differing)} differ.")
    return DIFFERS if differing else AGREES
