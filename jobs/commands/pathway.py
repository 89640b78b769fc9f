"""`casework pathway`: the rules, without any database; `compare` looks at one where it is named."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from jobs.commands.line import Group, as_json, clinic, named_database

if TYPE_CHECKING:
    from workflows import Chart


@click.group(cls=Group)
def pathway() -> None:
    """The pathways of the services. NAME is a service, or name@version."""


@pathway.command("list")
@as_json
def list_(as_json: bool) -> None:
    """Every pathway that a referral may be on."""
    from jobs import rulebook
    from jobs.commands import documents
    from workflows.registry import CHARTS

    if as_json:
        return documents.print_document([rulebook.heading_of(chart) for chart in CHARTS.values()])
    return rulebook.show_list(list(CHARTS.values()))


@pathway.command()
@click.argument("name")
@as_json
def show(name: str, as_json: bool) -> None:
    """One pathway: its figures, its states, and every step with who may take it."""
    from jobs import rulebook
    from jobs.commands import documents

    chart = _chart(name)
    if as_json:
        return documents.print_document(rulebook.document(chart))
    return rulebook.show_chart(chart)


@pathway.command()
@click.argument("name", required=False)
@as_json
def check(name: str | None, as_json: bool) -> None:
    """Prove a pathway sound, or every one. Exit 0: sound; 1: what is wrong is listed."""
    from jobs import rulebook
    from jobs.commands import documents
    from workflows.registry import CHARTS

    charts = [_chart(name)] if name else list(CHARTS.values())
    found = [rulebook.checked(chart) for chart in charts]
    if as_json:
        documents.print_document(found)
    else:
        rulebook.show_checks(found)
    sys.exit(0 if all(chart["sound"] for chart in found) else 1)


@pathway.command()
@click.argument("name")
@click.option("--markdown", "as_markdown", is_flag=True, help="The whole pathway on one page, the diagram in it.")
def diagram(name: str, as_markdown: bool) -> None:
    """A pathway as a Mermaid state diagram."""
    from workflows.diagram import markdown, mermaid

    chart = _chart(name)
    click.echo(markdown(chart) if as_markdown else mermaid(chart), nl=False)


@pathway.command()
@click.argument("old")
@click.argument("new")
@as_json
def compare(old: str, new: str, as_json: bool) -> None:
    """What the version NEW would change against OLD, before it is activated. Nothing is activated by this.

    Each is a service, name@version, or a file with a pathway that is not registered yet: the document of a service
    (.toml), or Python (.py). With --database on the line: what would change for the referrals on OLD, and whether
    every kept history folds under NEW.

    Exit 0: nothing stands against NEW; 1: a referral would be stranded, a history would not fold, or NEW bears the name
    of a released version and is another. They are listed.
    """
    from casework.foreseeing import foresee
    from jobs import comparison
    from jobs.commands import documents
    from jobs.proposed import proposed

    charts = proposed(old), proposed(new)
    foreseen = foresee(clinic(), *charts) if named_database() else None
    if as_json:
        documents.print_document(comparison.document(*charts, foreseen))
    else:
        comparison.show(*charts, foreseen)
    stands_against = comparison.frozen_otherwise(*charts) or (foreseen is not None and foreseen.problems)
    sys.exit(1 if stands_against else 0)


def _chart(name: str) -> Chart:
    from casework.errors import BadRequest
    from workflows.registry import UnknownPathway, chart_named

    try:
        return chart_named(name)
    except UnknownPathway as problem:
        raise BadRequest("unknown_pathway", str(problem), "pathway") from None
