"""Services as people and programs read them: which there are, what their documents say, what does not fit together."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from casework import Asked, BadRequest, Casework
from casework.life.closing import Offered
from jobs.boards import how_many
from jobs.show import DRY_RUN, Column, heading, print_table, say
from workflows import Chart
from workflows.dates import british
from workflows.figures import Figure
from workflows.registry import CURRENT, chart_for, versions
from workflows.services.checking import Finding
from workflows.services.page import said

LIST = (Column("service"), Column("in force"), Column("versions"), Column("name", wraps=True))
OPEN = (Column("reference"), Column("stage"))
HANDED_ON = (Column("reference"), Column("state"), Column("concern"), Column("to", wraps=True), Column("refused"))
SAYS = (Column("key"), Column("says", wraps=True))
Document = dict[str, Any]


def heading_of(service: str, on: date) -> Document:
    """`announced`: versions that are not in force yet, with their first day."""
    every = versions(service)
    announced = {c.id: c.rules.settings.in_force_from for c in every if c.rules.settings.in_force_from > on}
    return {
        "service": service,
        "name": chart_for(service, on=on).rules.name,
        "names_before": list(chart_for(service, on=on).rules.settings.names_before),
        "in_force": chart_for(service, on=on).id,
        "versions": [chart.id for chart in every],
        "announced": announced,
    }


def list_of(on: date) -> list[Document]:
    return [heading_of(service, on) for service in CURRENT]


def show_list(services: Sequence[Document]) -> None:
    print_table(LIST, [(s["service"], s["in_force"], ", ".join(s["versions"]), s["name"]) for s in services])


def document(chart: Chart, on: date) -> Document:
    return {
        **heading_of(chart.rules.service, on),
        "pathway": chart.id,
        "says": said(chart.rules),
        "funding": chart.rules.settings.funding(on),
    }


def show(chart: Chart) -> None:
    say(f"{chart.id}: {chart.rules.name}")
    print_table(SAYS, list(said(chart.rules).items()))


def checked(chart: Chart, found: Sequence[Finding]) -> Document:
    return {
        "service": chart.rules.service,
        "pathway": chart.id,
        "findings": [asdict(finding) for finding in found],
    }


def show_checks(every: Sequence[Document]) -> None:
    for one in every:
        heading(f"{one['pathway']}: {len(one['findings']) or 'no'} finding{'' if len(one['findings']) == 1 else 's'}")
        say(*(f"{f['code']}: {f['sentence']} ({f['where']}) {f['do']}" for f in one["findings"]))


def closed_from(first: date, source: str) -> Figure:
    return Figure("closed", 1, source, first)


def closing(casework: Casework, service: str, first: date, source: str) -> Document:
    """What closing a service means. Raises `BadRequest` for a service that is not here, no source or a bad day.

    `open` are the referrals that are to be handed on: those of today.
    """
    casework.nights.preview(service, closed_from(first, source))
    if first < casework.today():
        raise BadRequest("date_in_past", "A service closes today or on a later day.", "closed_from")
    waiting = casework.worklist(Asked(casework.today(), service=service))
    return {
        "service": service,
        "closed_from": first,
        "source": source,
        "instead": chart_for(service, on=first).rules.settings.refer_instead,
        "open": [{"reference": row.reference, "stage": row.stage} for row in waiting],
    }


def show_closing(found: Document, dry_run: bool) -> None:
    say(f"{found['service']} takes no new referrals from {british(found['closed_from'])} on ({found['source']}).")
    say(f"Who comes later is told: {found['instead'] or 'nobody is named, say closing.refer_instead'}")
    print_table(OPEN, [(row["reference"], row["stage"]) for row in found["open"]])
    number = len(found["open"])
    say("", f"{how_many(number, 'open referral is', 'open referrals are')} to be handed on, each with offer_transfer.")
    say(DRY_RUN if dry_run else "Entered.")


def handed_on(one: Offered) -> Document:
    return asdict(one)


def show_handed_on(found: Sequence[Offered], dry_run: bool) -> None:
    rows = [
        (o.reference, o.state, "yes" if o.concern else "", o.receiving_service or "", ", ".join(o.refused))
        for o in found
    ]
    print_table(HANDED_ON, rows)
    offered = sum(not one.refused for one in found)
    say("", f"{how_many(offered, 'transfer was offered', 'transfers were offered')}; {len(found) - offered} refused.")
    if dry_run:
        say(DRY_RUN)
