"""`casework activity` and `casework consultation`: help that is given without a case."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Unpack

import click

from jobs.commands.case import taking_a_step
from jobs.commands.line import Callback, Group, as_json, clinic, day_option

if TYPE_CHECKING:
    from jobs.commands.steps import HowTaken


@click.group(cls=Group)
def activity() -> None:
    """Indirect work: training, supervision, panels, advice. No patient record is needed, and no family is named."""


@click.group(cls=Group)
def consultation() -> None:
    """Consultations to professionals. Steps on one are taken with `casework case fire REF`."""


def in_a_period(command: Callback) -> Callback:
    for add in (
        as_json,
        day_option("--to", "Last day of the period [default: today]"),
        day_option("--from", "First day of the period"),
        click.argument("service"),
    ):
        command = add(command)
    return command


@activity.command()
@click.argument("service")
@taking_a_step
def log(service: str, **how: Unpack[HowTaken]) -> None:
    """Enter an activity. Exit 0: entered; 1: refused, with every reason; 2: the answers cannot be read."""
    from jobs.commands.steps import opening

    opening("activity", service, "record_activity", **how)


@consultation.command()
@click.argument("service")
@taking_a_step
def request(service: str, **how: Unpack[HowTaken]) -> None:
    """Ask for a consultation. Exit 0: asked for; 1: refused, with every reason; 2: the answers cannot be read."""
    from jobs.commands.steps import opening

    opening("consultation", service, "request_consultation", **how)


@activity.command("list")
@in_a_period
def list_activities(service: str, **asked: object) -> None:
    """The activities of a period, each with its reference."""
    _list(service, "activity", asked)


@consultation.command("list")
@in_a_period
def list_consultations(service: str, **asked: object) -> None:
    """The consultations that were asked for, booked or held in a period."""
    _list(service, "consultation", asked)


def _list(service: str, kind: str, asked: dict[str, object]) -> None:
    from casework.indirect import entries_of
    from jobs import indirect
    from jobs.commands import documents

    casework = clinic()
    found = entries_of(casework, service, kind, *_period(asked, casework.today()))
    if asked["as_json"]:
        return documents.print_document([indirect.entry(case) for case in found])
    return indirect.show_entries(found)


@activity.command()
@in_a_period
def count(service: str, **asked: object) -> None:
    """Sessions, people and attendances by kind, consultations among them; heads and estimates apart."""
    from casework.indirect import indirect_work
    from jobs import indirect
    from jobs.commands import documents

    casework = clinic()
    found = indirect_work(casework, service, *_period(asked, casework.today()))
    if asked["as_json"]:
        return documents.print_document(indirect.work(found))
    return indirect.show_work(found)


@activity.command()
@in_a_period
def calls(service: str, **asked: object) -> None:
    """What the duty calls of a period were; each figure opens to its references."""
    from dataclasses import asdict

    from casework.indirect import duty_calls
    from jobs import indirect
    from jobs.commands import documents

    casework = clinic()
    found = duty_calls(casework, service, *_period(asked, casework.today()))
    if asked["as_json"]:
        return documents.print_document(asdict(found))
    return indirect.show_calls(found)


def _period(asked: dict[str, object], today: date) -> tuple[date, date]:
    first, last = asked["from"], asked["to"]
    return first if isinstance(first, date) else date(today.year, 1, 1), last if isinstance(last, date) else today
