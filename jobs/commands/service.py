"""`casework service`: which services there are, what their documents say, what does not fit, and closing one."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

import click

from jobs.commands.line import (
    Group,
    Word,
    acting,
    as_json,
    as_name,
    clinic,
    day_option,
    dry_run,
    named_database,
)

if TYPE_CHECKING:
    from workflows import Chart
    from workflows.figures import Figure


@click.group(cls=Group)
def service() -> None:
    """The services, as their documents have them. CASEWORK_SERVICES names a folder with documents of your own."""


on_day = day_option("--on", "The day that is asked about [default: today]")


@service.command("list")
@on_day
@as_json
def list_(on: date | None, as_json: bool) -> None:
    """Every service, with the version of its document that is in force."""
    from jobs import services
    from jobs.commands import documents

    found = services.list_of(on or _today())
    return documents.print_document(found) if as_json else services.show_list(found)


@service.command()
@click.argument("name", metavar="SERVICE")
@on_day
@as_json
def show(name: str, on: date | None, as_json: bool) -> None:
    """All that the document of a service says, key by key, and what it is silent on."""
    from jobs import services
    from jobs.commands import documents

    chart = _chart(name, on or _today())
    return documents.print_document(services.document(chart, on or _today())) if as_json else services.show(chart)


@service.command()
@click.argument("name", metavar="SERVICE", required=False, type=Word())
@on_day
@as_json
def check(name: str | None, on: date | None, as_json: bool) -> None:
    """Gaps between offers, and settings that contradict each other, in one service or in all.

    With --database on the line the figures that the service has entered count too. Exit 0: there is nothing to look at;
    1: what there is, is listed.
    """
    from jobs import services
    from jobs.commands import documents
    from workflows.registry import CURRENT
    from workflows.services.checking import findings

    day = on or _today()
    charts = [_chart(one, day) for one in ([name] if name else CURRENT)]
    found = [
        services.checked(chart, findings(chart, day, _entered(chart), _in_post(chart, day), _before(chart)))
        for chart in charts
    ]
    if as_json:
        documents.print_document(found)
    else:
        services.show_checks(found)
    sys.exit(1 if any(one["findings"] for one in found) else 0)


@service.command()
@click.argument("key", metavar="SERVICE", type=Word())
@click.option("--source", required=True, metavar="TEXT", help="Where it was decided.")
@day_option("--from", "The first day on which it takes no new referrals [default: today]")
@as_name
@dry_run
@as_json
def close(key: str, source: str, name: str | None, dry_run: bool, as_json: bool, **starts: date | None) -> None:
    """Close a service: it takes no new referrals from a day on, and its open ones are to be handed on.

    Who comes later is told where to go, in the words of closing.refer_instead of its document. Nobody is moved by this:
    each open referral is listed, for casework service hand-on. To open it again: casework figures set closed 0.
    """
    from jobs import services
    from jobs.commands import documents

    casework = clinic()
    first = starts["from"] or casework.today()
    found = services.closing(casework, key, first, source)
    if not dry_run:
        casework.nights.enter(key, services.closed_from(first, source), by=acting(name).name)
    return documents.print_document({**found, "dry_run": dry_run}) if as_json else services.show_closing(found, dry_run)


@service.command("hand-on")
@click.argument("key", metavar="SERVICE", type=Word())
@click.option(
    "--data", required=True, metavar="FILE", help="The answers of offer_transfer, and under `each` by reference."
)
@as_name
@dry_run
@as_json
def hand_on(key: str, data: str, name: str | None, dry_run: bool, as_json: bool) -> None:
    """Offer a transfer for every open referral of a service that closes, those with an open concern first.

    Each stays on the worklist until the other side has accepted. Exit 0: all offered; 1: some were refused.
    """
    from casework.life.closing import offer_every_transfer
    from jobs import services
    from jobs.commands import documents
    from jobs.commands.answers import read_answers

    plan = read_answers(data)
    each = plan.pop("each", {})
    found = offer_every_transfer(clinic(), key, acting(name), plan, each, dry_run=dry_run)
    if as_json:
        documents.print_document({"dry_run": dry_run, "referrals": [services.handed_on(one) for one in found]})
    else:
        services.show_handed_on(found, dry_run)
    sys.exit(1 if any(one.refused for one in found) else 0)


def _today() -> date:
    from casework.calendar import london_day, utc_now

    return london_day(utc_now())


def _entered(chart: Chart) -> tuple[Figure, ...]:
    return clinic().nights.figures(chart.rules.service) if named_database() else ()


def _in_post(chart: Chart, day: date) -> int | None:
    from casework.team import team

    return len(team(clinic(), chart.rules.service, day).members) if named_database() else None


def _before(chart: Chart) -> tuple[Chart, ...]:
    from workflows.registry import versions

    return tuple(one for one in versions(chart.rules.service) if one.version < chart.version)


def _chart(name: str, on: date) -> Chart:
    """Of a service, or of one version of it by `name@version`."""
    from casework.errors import BadRequest
    from workflows.registry import UnknownPathway, UnknownService, chart_for, chart_named

    try:
        return chart_named(name) if "@" in name else chart_for(name, on=on)
    except UnknownService as problem:
        raise BadRequest("unknown_service", str(problem), "service") from None
    except UnknownPathway as problem:
        raise BadRequest("unknown_pathway", str(problem), "service") from None
