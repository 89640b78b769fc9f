"""`casework case`: one referral, and the steps that it may take."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Unpack

import click

from jobs.commands.line import (
    Callback,
    Count,
    Group,
    OneOf,
    Word,
    acting,
    as_json,
    as_name,
    clinic,
    day_option,
    dry_run,
)
from jobs.commands.readings import in_role, why_option

if TYPE_CHECKING:
    from jobs.commands.steps import HowTaken

KINDS = ("referral", "infant", "carer", "meeting", "consultation", "activity", "staff")


@click.group(cls=Group)
def case() -> None:
    """One referral: show it, and take a step.

    REF is its reference (R-000123), SERVICE/REFERENCE where several services use it, or its id.
    """


@case.command()
@click.argument("ref")
@as_name
@in_role
@why_option
@as_json
def show(ref: str, name: str | None, role: str | None, why: str | None, as_json: bool) -> None:
    """A referral as it stands, with the answers that the family and the referrer gave. That it was read is kept."""
    from casework.retaining import retention
    from jobs import page, worked
    from jobs.commands import documents
    from jobs.commands.steps import reading

    casework = clinic()
    read = reading(lambda: casework.read(ref, acting(name, role), why), as_json=as_json)
    found, flags, today = read.case, read.flags, casework.today()
    since = next((e.effective_on for e in read.events if e.seq == found.placed_by), None)
    kept = retention(casework, found.id)
    if as_json:
        told = {**documents.case(found, flags, today, since), **documents.kept(kept), **worked.document(found, today)}
        return documents.print_document(told)
    page.show_case(found, flags, today, since)
    return page.show_kept(kept)


@case.command()
@click.argument("ref")
@as_name
@in_role
@why_option
@click.option("--answers", is_flag=True, help="With what each step brought: summaries, reasons, what was formulated.")
@as_json
def history(ref: str, name: str | None, role: str | None, why: str | None, answers: bool, as_json: bool) -> None:
    """What happened, step by step, and who did it. That it was read is kept."""
    from jobs import page
    from jobs.commands import documents
    from jobs.commands.steps import reading

    casework = clinic()
    read = reading(lambda: casework.read(ref, acting(name, role), why, "history"), as_json=as_json)
    if as_json:
        told = documents.event_with_answers if answers else documents.event
        return documents.print_document([told(event) for event in read.events])
    return page.show_whole_history(read.case, read.events) if answers else page.show_history(read.events)


@case.command()
@click.argument("ref")
@as_name
@as_json
def options(ref: str, name: str | None, as_json: bool) -> None:
    """What is possible now, why the rest is not, and the answers that each step needs."""
    from jobs import page
    from jobs.commands import documents

    offered = clinic().options(ref, acting(name))
    if as_json:
        return documents.print_document([documents.option(option) for option in offered])
    return page.show_options(offered)


def taking_a_step(command: Callback) -> Callback:
    """The options of a command that takes a step."""
    for add in (
        as_json,
        dry_run,
        click.option("--key", type=Word(), metavar="KEY", help="Sent again with the same key, a step is taken once."),
        day_option("--on", "The day on which it was done [default: now]"),
        as_name,
        click.option("--data", metavar="FILE", help="The answers: a JSON object in a file, or - for stdin."),
    ):
        command = add(command)
    return command


@case.command()
@click.argument("ref")
@click.argument("trigger")
@taking_a_step
@click.option(
    "--seen",
    type=Count(),
    help="The version that you saw [default: what it has now: nobody is then told of a change in between].",
)
def fire(
    ref: str,
    trigger: str,
    data: str | None,
    name: str | None,
    on: date | None,
    key: str | None,
    seen: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take a step. Refused, it says every reason, who may take it and what is possible now.

    Exit 0: taken; 1: refused, or somebody else was first; 2: the answers or the command cannot be read.
    """
    from jobs.commands.answers import read_answers
    from jobs.commands.steps import Step

    casework, actor, answers = clinic(), acting(name), read_answers(data)
    found = casework.case(ref)
    step = Step(trigger, dry_run=dry_run, as_json=as_json, chart=found.chart)
    version = found.version if seen is None else seen
    sys.exit(
        step.take(lambda: casework.fire(ref, trigger, actor, answers, seen=version, on=on, key=key, dry_run=dry_run))
    )


@case.command("open")
@click.argument("service")
@click.argument("trigger")
@taking_a_step
@click.option("--reference", metavar="REF", help="The reference that it shall have [default: one is made].")
@click.option("--kind", type=OneOf(KINDS), default="referral", show_default=True, help="What kind of record.")
def open_(service: str, trigger: str, reference: str | None, kind: str, **how: Unpack[HowTaken]) -> None:
    """Open a referral with its first step (take_call, receive_referral), or a record of another kind.

    Exit 0: opened; 1: refused, with every reason; 2: the answers or the command cannot be read.
    """
    from jobs.commands.steps import opening

    opening(kind, service, trigger, reference, **how)
