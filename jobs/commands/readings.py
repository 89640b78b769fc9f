"""`casework readings REF`: who has looked at a record; and the copy of a baby's record."""

from __future__ import annotations

import click

from jobs.commands.line import Command, OneOf, Word, acting, as_json, as_name, clinic

ROLES = (
    "referrer", "family", "administrator", "duty_clinician", "forum_chair", "clinician", "team", "clinical_lead",
    "safeguarding_lead", "manager",
)  # fmt: skip
why_option = click.option(
    "--why", type=Word(), metavar="TEXT", help="Why you open the record, where the service asks for it."
)
in_role = click.option(
    "--role",
    type=OneOf(ROLES),
    metavar="ROLE",
    help="Only what one role may see, such as administrator [default: what all of them may].",
)


@click.command(cls=Command)
@click.argument("ref")
@as_json
def readings(ref: str, as_json: bool) -> None:
    """Who has looked at a record, when, at what of it and why. This is no reading of the record itself."""
    from dataclasses import asdict

    from jobs.commands import documents
    from jobs.doubles import show_readings

    found = clinic().readings(ref)
    if as_json:
        return documents.print_document([asdict(one) for one in found])
    return show_readings(found)


@click.command(cls=Command)
@click.argument("ref")
@click.option("--for", "asked_by", type=Word(), metavar="PERSON", help="The reference of the carer's record it is for.")
@as_name
@in_role
@why_option
def copy(ref: str, asked_by: str | None, name: str | None, role: str | None, why: str | None) -> None:
    """A copy of a baby's record with its referrals, events and readings, as JSON. What is marked is left out.

    With --for, what is to be withheld from that person is left out; without it, all that is marked. The copy says how
    much was. Making it is itself a reading of each record in it.
    """
    from casework.exporting import copy_of
    from jobs.commands import documents
    from jobs.commands.steps import reading
    from jobs.doubles import copied

    casework, actor = clinic(), acting(name, role)
    made = reading(lambda: copy_of(casework, ref, actor, why, asked_by=asked_by), as_json=True)
    documents.print_document(copied(made))
