"""`casework record` and `casework family`: the records of babies and carers, and a family as one view."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Unpack

import click

from jobs.commands.case import taking_a_step
from jobs.commands.line import Command, Count, Group, OneOf, Word, acting, as_json, as_name, clinic, dry_run
from jobs.commands.readings import in_role, why_option

if TYPE_CHECKING:
    from jobs.commands.steps import HowTaken

KINDS = ("infant", "carer", "meeting", "consultation", "activity", "staff")
by_service = click.option("--service", metavar="KEY", help="One service, such as leeds-imhs.")
seen_version = click.option(
    "--seen", type=Count(), help="The version that you saw [default: what it has now: nobody is then told of a change]."
)


@click.group(cls=Group)
def record() -> None:
    """The records beside the referrals: a baby's, a carer's. Steps on them are taken with `casework case fire`."""


@record.command("open")
@click.argument("kind", type=OneOf(KINDS))
@click.argument("service")
@click.argument("trigger")
@taking_a_step
@click.option("--reference", metavar="REF", help="The reference that it shall have [default: one is made].")
def open_(kind: str, service: str, trigger: str, reference: str | None, **how: Unpack[HowTaken]) -> None:
    """Open a record: a baby's with open_unborn or open_record, a carer's with open_record.

    Exit 0: opened; 1: refused, with every reason; 2: the answers or the command cannot be read.
    """
    from jobs.commands.steps import opening

    opening(kind, service, trigger, reference, **how)


@record.command("list")
@click.argument("kind", type=OneOf(KINDS))
@by_service
@as_json
def list_(kind: str, service: str | None, as_json: bool) -> None:
    """The records of a kind, by reference, as they were opened. None that is kept under restriction."""
    from casework.family import records
    from jobs import families
    from jobs.commands.documents import print_document
    from workflows.beside import RecordKind

    found = records(clinic(), RecordKind(kind), service)
    if as_json:
        return print_document([families.listed(case) for case in found])
    return families.show_records(found)


@record.command("contact-list")
@by_service
@as_name
@why_option
@as_json
def contact_list(service: str | None, name: str | None, why: str | None, as_json: bool) -> None:
    """Whom to call or write to, and only in the ways that each person has allowed. A reading of each of them."""
    from dataclasses import asdict

    from casework import contacts
    from jobs import families
    from jobs.commands.documents import print_document

    rows = contacts.read_contact_list(clinic(), acting(name), service, why)
    if as_json:
        return print_document([asdict(row) for row in rows])
    return families.show_contacts(rows)


@record.command()
@click.argument("refs", nargs=-1, required=True)
@as_name
@dry_run
@as_json
def group(refs: tuple[str, ...], name: str | None, dry_run: bool, as_json: bool) -> None:
    """Put babies, carers and referrals into one family; the label of the family is made with the first of them."""
    from casework.family import together
    from jobs.commands.steps import Step

    casework, actor = clinic(), acting(name)
    step = Step("join_family", dry_run=dry_run, as_json=as_json, chart=casework.case(refs[0]).chart)
    sys.exit(step.take(lambda: together(casework, refs, actor, dry_run=dry_run)))


@record.command()
@click.argument("ref")
@click.option("--reason", required=True, type=Word(), metavar="TEXT", help="On what ground: the adoption order.")
@taking_a_step
@seen_version
def adopt(
    ref: str,
    reason: str,
    data: str | None,
    name: str | None,
    on: date | None,
    key: str | None,
    seen: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Close a baby's record under restriction and go on under a new identity, given with --data.

    Only this answer names both. Exit 0: done; 1: refused, with every reason; 2: the answers cannot be read.
    """
    from casework import adoption
    from jobs.commands.answers import read_answers
    from jobs.commands.steps import Step

    casework, actor, identity = clinic(), acting(name), read_answers(data)
    found = casework.case(ref)
    step = Step("restrict", dry_run=dry_run, as_json=as_json, chart=found.chart)
    version = found.version if seen is None else seen
    sys.exit(
        step.take(
            lambda: adoption.adopt(
                casework, ref, actor, identity, reason=reason, seen=version, on=on, key=key, dry_run=dry_run
            )
        )
    )


@record.command()
@click.argument("ref")
@click.option("--why", required=True, type=Word(), metavar="TEXT", help="Why it has to be known. It is kept.")
@as_name
@as_json
def identities(ref: str, why: str, name: str | None, as_json: bool) -> None:
    """The other records of an adopted child. That somebody asked is kept, with the reason."""
    from casework.adoption import other_identities
    from jobs.commands.documents import print_document
    from jobs.show import say

    found = other_identities(clinic(), ref, acting(name), why)
    if as_json:
        return print_document(list(found))
    return say(*found or ("There is no other record.",))


@click.command(cls=Command)
@click.argument("ref")
@as_name
@in_role
@why_option
@as_json
def family(ref: str, name: str | None, role: str | None, why: str | None, as_json: bool) -> None:
    """A family: where each child is, who holds them, and what is due next. A reading of each record in it.

    REF is the label of the family (F-...), or the reference of a baby's record, a carer's, or a referral.
    """
    from dataclasses import asdict

    from casework.family import read_family
    from jobs import families
    from jobs.commands.documents import print_document

    found = read_family(clinic(), ref, acting(name, role), why)
    if as_json:
        return print_document(asdict(found))
    return families.show_family(found)
