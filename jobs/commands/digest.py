"""`casework digest`: the page of the morning, for a night that was run."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import click

from jobs.commands.line import Command, Word, acting, as_json, as_name, clinic, day_option
from jobs.commands.readings import why_option


@click.command(cls=Command)
@click.option("--out", type=Word(), metavar="DIR", default="digests", show_default=True, help="The folder to write to.")
@click.option("--service", type=Word(), metavar="KEY", help="One service, such as leeds-imhs [default: all].")
@day_option("--as-of", "The night to tell of [default: the newest complete one]")
@click.option("--names", is_flag=True, help="With the names of babies and carers: keep such a page safe.")
@as_name
@why_option
@as_json
def digest(
    out: str, service: str | None, as_of: date | None, names: bool, name: str | None, why: str | None, as_json: bool
) -> None:
    """One HTML page and one JSON document a service: what is new, what worsened, what cleared, who waits.

    With --names it is a reading of each record that it names.
    """
    from jobs.commands import documents
    from jobs.commands.steps import reading
    from jobs.digest import write_one
    from jobs.show import say
    from workflows.registry import CURRENT

    casework = clinic()
    casework.nights.runs(service, 1)
    services = [service] if service else [one.service for one in casework.nights.keeper.last_nights()]
    told = partial(
        write_one, casework, as_of=as_of, folder=Path(out), named_for=acting(name) if names else None, why=why
    )
    paths = reading(lambda: [path for one in services if one in CURRENT for path in told(one)], as_json=as_json)
    if as_json:
        return documents.print_document({"written": [str(path) for path in paths]})
    return say(*(f"Written: {path}" for path in paths) if paths else ["No night was run yet: casework nightly"])
