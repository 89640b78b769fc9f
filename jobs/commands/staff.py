"""`casework staff`: who is in the team, since when, with which hours and training, and how much room each one has."""

from __future__ import annotations

from datetime import date

import click

from jobs.commands.line import Group, Word, as_json, clinic, day_option


@click.group(cls=Group)
def staff() -> None:
    """The team. A staff record is opened and changed by steps: casework case open SERVICE appoint --kind staff."""


@staff.command("list")
@click.option("--service", type=Word(), metavar="KEY", help="One service [default: all].")
@day_option("--on", "The day that is asked about [default: today]")
@as_json
def list_(service: str | None, on: date | None, as_json: bool) -> None:
    """Everybody who was appointed or in post on a day, with headcount and hours apart."""
    from dataclasses import asdict

    from casework.team import team
    from jobs import team_page
    from jobs.commands import documents

    found = team(clinic(), service, on)
    return documents.print_document(asdict(found)) if as_json else team_page.show(found)
