"""`casework signposts`: where a family can be pointed to, and what can be given to read while they wait."""

from __future__ import annotations

import click

from jobs.commands.line import OneOf, Word, as_json

PURPOSES = ("lower_need", "urgent_help", "bereavement", "other")
STAGES = ("unborn", "baby", "toddler", "any")


@click.command()
@click.argument("service", metavar="SERVICE", type=Word())
@click.option("--for", "purpose", type=OneOf(PURPOSES), default="lower_need", show_default=True, help="What it is for.")
@click.option("--stage", type=OneOf(STAGES), default="any", show_default=True, help="The stage of the baby's life.")
@as_json
def signposts(service: str, purpose: str, stage: str, as_json: bool) -> None:
    """The services that can be named with advice, and the resources for a stage, each with its source.

    Exit 1: none is known for this, and none is made up; the service can say its own.
    """
    from casework.calendar import london_day, utc_now
    from casework.errors import BadRequest
    from jobs.commands import documents
    from jobs.show import say
    from workflows.registry import UnknownService, chart_for
    from workflows.signposting import For, Life, directory, resources

    try:
        chart_for(service)
    except UnknownService as problem:
        raise BadRequest("unknown_service", str(problem), "service") from None
    found = directory(For(purpose), service, london_day(utc_now()))
    to_read = resources(Life(stage), service) if purpose == "lower_need" else ()
    if as_json:
        documents.print_document(
            {
                "services": [{"code": one.code, "words": one.words, "source": one.source} for one in found],
                "resources": [{"code": one.code, "title": one.title, "source": one.source} for one in to_read],
            }
        )
    else:
        for line in (*(one.words for one in found), *(f"To read: {one.title}" for one in to_read)):
            say(line)
        if not found:
            say("No service is known here for this. Name one that you know, and say it in the advice.")
    if not found:
        raise SystemExit(1)
