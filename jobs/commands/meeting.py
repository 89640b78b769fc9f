"""`casework meeting`: the meetings of a service, their agenda before and their minutes after."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobs.commands.line import Group, OneOf, Word, acting, as_json, as_name, clinic, day_option, dry_run
from jobs.commands.readings import in_role, why_option

if TYPE_CHECKING:
    from casework import Actor, Casework
    from jobs.commands import documents

NO_DAY = "Say the day: --on. There are too few earlier meetings, or neither the figure `meetings_a_week` nor `forum`."
KINDS = ("group", "triage", "formulation", "other_service")


@click.group(cls=Group)
def meeting() -> None:
    """The meetings in which referrals are decided.

    What happens in one is a step, as on a referral: casework case options REF, casework case fire REF freeze_agenda.
    A decision is a step on the referral; where the service has entered a quorum, it names the meeting.
    """


@meeting.command()
@click.argument("service", type=Word())
@day_option("--on", "The day [default: the next one by the service's figure `meetings_a_week` or `forum`]")
@click.option("--at", type=Word(), metavar="TIME", help="The time, as 09:30.")
@click.option("--kind", type=OneOf(KINDS), default="group", show_default=True, help="What kind of meeting.")
@click.option(
    "--with",
    "others",
    type=Word(),
    multiple=True,
    metavar="NAME",
    help="Another service that sits in it [default: those of the service's document].",
)
@as_name
@dry_run
@as_json
def plan(
    service: str, on: date | None, at: str | None, kind: str, others: tuple[str, ...], name: str | None,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Plan a meeting. Exit 0: planned; 1: refused, with every reason; 2: no day is known, or bad input."""
    from casework.cadence import next_meeting
    from casework.errors import BadRequest
    from casework.meetings import services_of, who_sits_in
    from jobs.commands.steps import Step, chart_of

    casework, actor = clinic(), acting(name)
    (known,) = services_of(service)
    day = on or next_meeting(casework, known)
    if day is None:
        raise BadRequest("no_day", NO_DAY, "on")
    sits_in = others or who_sits_in(known, kind, day)
    told = {"meeting_on": day, "meeting_kind": kind, "meeting_at": at, "meets_with": [{"service": s} for s in sits_in]}
    step = Step("plan_meeting", dry_run=dry_run, as_json=as_json, chart=chart_of(known, "meeting"))
    sys.exit(step.take(lambda: casework.open_case(known, "plan_meeting", actor, told, kind="meeting", dry_run=dry_run)))


@meeting.command("due")
@click.option("--service", type=Word(), metavar="KEY", help="One service [default: all].")
@as_json
def due_(service: str | None, as_json: bool) -> None:
    """When the group meets next, and when it was due and did not meet. Exit 0: none was missed; 1: some were."""
    from casework.cadence import due
    from jobs import meeting_page
    from jobs.commands import documents

    found = due(clinic(), service)
    if as_json:
        documents.print_document([asdict(one) for one in found])
    else:
        meeting_page.show_due(found)
    sys.exit(1 if any(one.missed or one.not_begun for one in found) else 0)


@meeting.command("list")
@click.option("--service", type=Word(), metavar="KEY", help="One service [default: all].")
@as_json
def list_(service: str | None, as_json: bool) -> None:
    """Every meeting, the next or newest first."""
    from casework.meetings import meetings
    from jobs import meeting_page
    from jobs.commands import documents

    rows = meetings(clinic(), service)
    return documents.print_document(meeting_page.rows(rows)) if as_json else meeting_page.show_list(rows)


@meeting.command()
@click.argument("ref", type=Word())
@as_name
@dry_run
@as_json
def fill(ref: str, name: str | None, dry_run: bool, as_json: bool) -> None:
    """List every referral that is before the group and on no agenda yet. After the agenda is closed: one by one.

    Exit 0: done; 1: refused for some, with the reasons.
    """
    from jobs.commands import documents
    from jobs.show import DRY_RUN, say

    found = _fill(clinic(), ref, acting(name), dry_run=dry_run)
    if as_json:
        documents.print_document(found)
    else:
        done = "Would be listed" if dry_run else "Listed"
        say(*(f"{done}: {reference}" for reference in found["listed"]))
        say(*(f"Not listed: {one['referral']} ({', '.join(one['codes'])})" for one in found["refused"]))
        say(*(["Nothing to list."] if not found["listed"] and not found["refused"] else []))
        say(*([DRY_RUN] if dry_run else []))
    sys.exit(1 if found["refused"] else 0)


def _fill(casework: Casework, ref: str, actor: Actor, *, dry_run: bool) -> documents.Document:
    from casework import LATEST, StepRefused
    from casework.meetings import agenda, before_the_group

    listed: list[str] = []
    refused = []
    for reference in before_the_group(casework, agenda(casework, ref).service):
        try:
            casework.fire(ref, "list_referral", actor, {"referral": reference}, seen=LATEST, dry_run=dry_run)
            listed.append(reference)
        except StepRefused as no:
            refused.append({"referral": reference, "codes": [reason.code for reason in no.reasons]})
    return {"meeting": ref, "listed": listed, "refused": refused, "dry_run": dry_run}


named = click.option("--names", is_flag=True, help="With the babies' names: keep such a page safe.")
to_file = click.option("--out", type=Word(), metavar="FILE", help="Write a plain page to a file [default: stdout].")


@meeting.command()
@click.argument("ref", type=Word())
@named
@as_name
@in_role
@why_option
@to_file
@as_json
def agenda(
    ref: str, names: bool, name: str | None, role: str | None, why: str | None, out: str | None, as_json: bool
) -> None:
    """The agenda: by reference, what came late and why, the two risks where they are rated, and what is missing.

    With --names it is a reading of each record that it names.
    """
    from casework import meetings
    from jobs import meeting_page
    from jobs.commands.steps import reading

    casework, actor = clinic(), acting(name, role)
    ask = partial(meetings.read_agenda, actor=actor, why=why) if names else meetings.agenda
    found = reading(lambda: ask(casework, ref), as_json=as_json)
    _print(meeting_page.agenda_document(found) if as_json else None, meeting_page.agenda_page(found), out)


@meeting.command()
@click.argument("ref", type=Word())
@named
@as_name
@in_role
@why_option
@to_file
@as_json
def minutes(
    ref: str, names: bool, name: str | None, role: str | None, why: str | None, out: str | None, as_json: bool
) -> None:
    """The minutes: who was there, and for each referral what was decided, why, and by whom it was recorded.

    A reading of each record that is named, or of which reasons are told.
    """
    from casework import meetings
    from jobs import meeting_page
    from jobs.commands.steps import reading

    casework, actor = clinic(), acting(name, role)
    found = reading(lambda: meetings.read_minutes(casework, ref, actor, why, names=names), as_json=as_json)
    _print(meeting_page.minutes_document(found) if as_json else None, meeting_page.minutes_page(found), out)


def _print(document: documents.Document | None, page: str, out: str | None) -> None:
    from casework.errors import BadRequest
    from jobs.commands import documents
    from jobs.show import put, say

    if document is not None:
        return documents.print_document(document)
    if out is None:
        return put(page.rstrip("\n"))
    try:
        with Path(out).open("x", encoding="utf-8", newline="\n") as file:
            Path(out).chmod(0o640)
            file.write(page)
    except OSError as problem:
        raise BadRequest("page_not_writable", f"The page cannot be written there ({problem.strerror}).") from None
    return say(f"Written: {out}")
