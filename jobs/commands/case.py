"""`casework case`: one referral, and the steps that it may take."""

from __future__ import annotations

import sys
from datetime import date

import click

from jobs.commands.line import Callback, Count, Group, Word, acting, as_json, as_name, clinic, day_option, dry_run


@click.group(cls=Group)
def case() -> None:
    """One referral: show it, and take a step.

    REF is its reference (R-000123), SERVICE/REFERENCE where several services use it, or its id.
    """


@case.command()
@click.argument("ref")
@as_json
def show(ref: str, as_json: bool) -> None:
    """A referral as it stands, with the answers that the family and the referrer gave."""
    from jobs import page
    from jobs.commands import documents

    casework = clinic()
    found, flags, today = casework.case(ref), casework.case_flags(ref), casework.today()
    since = next((e.effective_on for e in casework.history(found.id) if e.seq == found.placed_by), None)
    if as_json:
        return documents.print_document(documents.case(found, flags, today, since))
    return page.show_case(found, flags, today, since)


@case.command()
@click.argument("ref")
@as_json
def history(ref: str, as_json: bool) -> None:
    """What happened, step by step, and who did it."""
    from jobs import page
    from jobs.commands import documents

    events = clinic().history(ref)
    if as_json:
        return documents.print_document([documents.event(event) for event in events])
    return page.show_history(events)


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
    step = Step(trigger, dry_run=dry_run, as_json=as_json)
    version = casework.case(ref).version if seen is None else seen
    sys.exit(
        step.take(lambda: casework.fire(ref, trigger, actor, answers, seen=version, on=on, key=key, dry_run=dry_run))
    )


@case.command("open")
@click.argument("service")
@click.argument("trigger")
@taking_a_step
@click.option("--reference", metavar="REF", help="The reference that it shall have [default: one is made].")
def open_(
    service: str,
    trigger: str,
    data: str | None,
    name: str | None,
    on: date | None,
    key: str | None,
    reference: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Open a referral with its first step: take_call, or receive_referral.

    Exit 0: opened; 1: refused, with every reason; 2: the answers or the command cannot be read.
    """
    from jobs.commands.answers import read_answers
    from jobs.commands.steps import Step

    casework, actor, answers = clinic(), acting(name), read_answers(data)
    step = Step(trigger, dry_run=dry_run, as_json=as_json)
    sys.exit(
        step.take(
            lambda: casework.open_case(
                service, trigger, actor, answers, reference=reference, on=on, key=key, dry_run=dry_run
            )
        )
    )
