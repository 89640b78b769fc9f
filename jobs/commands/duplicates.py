"""`casework duplicates`: two records that may be of one baby, side by side, and what was merged."""

from __future__ import annotations

from functools import partial

import click

from jobs.commands.line import Group, acting, as_json, as_name, clinic
from jobs.commands.readings import in_role, why_option


@click.group(cls=Group)
def duplicates() -> None:
    """Records that may be of one baby: suggested, compared, merged. Casework never joins two by itself.

    To merge: casework case fire GOES merge_into (survivor, same_because, second_person); to take it back: unmerge.
    That two are not one is said with say_not_the_same, and they are suggested no more.
    """


@duplicates.command("list")
@click.option("--service", metavar="KEY", help="One service, such as leeds-imhs.")
@as_json
def list_(service: str | None, as_json: bool) -> None:
    """Pairs of open records with one NHS number, or with three of name, birth or due date, postcode and carer."""
    from jobs import doubles
    from jobs.commands import documents

    found = clinic().duplicates(service)
    if as_json:
        return documents.print_document([doubles.alike(one) for one in found])
    return doubles.show_alike(found)


@duplicates.command()
@click.argument("first")
@click.argument("second")
@as_name
@in_role
@why_option
@as_json
def show(first: str, second: str, name: str | None, role: str | None, why: str | None, as_json: bool) -> None:
    """Two records answer by answer, before somebody decides whether they are one. A reading of both."""
    from jobs import doubles
    from jobs.commands import documents
    from jobs.commands.steps import reading

    casework, actor = clinic(), acting(name, role)
    compared = casework.side_by_side(first, second, actor)
    for case in (compared.first, compared.second):
        reading(partial(casework.read, case.id, actor, why), as_json=as_json)
    if as_json:
        return documents.print_document(doubles.side_by_side(compared))
    return doubles.show_side_by_side(compared)


@duplicates.command()
@click.argument("ref")
@as_name
@in_role
@why_option
@as_json
def merged(ref: str, name: str | None, role: str | None, why: str | None, as_json: bool) -> None:
    """A record with all that was merged into it: whose each thing is, the earlier dates, and both referrers."""
    from jobs import doubles
    from jobs.commands import documents
    from jobs.commands.steps import reading

    casework, actor = clinic(), acting(name, role)
    whole = casework.whole(ref, actor)
    for case in whole.cases:
        reading(partial(casework.read, case.id, actor, why, "history"), as_json=as_json)
    if as_json:
        return documents.print_document(doubles.whole(whole))
    return doubles.show_whole(whole)
