"""`casework digest`: the page of the morning, for a night that was run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from jobs.commands.line import Command, Word, as_json, clinic, day_option


@click.command(cls=Command)
@click.option("--out", type=Word(), metavar="DIR", default="digests", show_default=True, help="The folder to write to.")
@click.option("--service", type=Word(), metavar="KEY", help="One service, such as leeds-imhs [default: all].")
@day_option("--as-of", "The night to tell of [default: the newest complete one]")
@click.option("--names", is_flag=True, help="With the names of babies and carers: keep such a page safe.")
@as_json
def digest(out: str, service: str | None, as_of: date | None, names: bool, as_json: bool) -> None:
    """One HTML page and one JSON document a service: what is new, what worsened, what cleared, who waits."""
    from jobs.commands import documents
    from jobs.digest import write_one
    from jobs.show import say
    from workflows.registry import CURRENT

    casework = clinic()
    casework.nights.runs(service, 1)
    services = [service] if service else [one.service for one in casework.nights.keeper.last_nights()]
    paths = [path for one in services if one in CURRENT for path in write_one(casework, one, as_of, Path(out), names)]
    if as_json:
        return documents.print_document({"written": [str(path) for path in paths]})
    return say(*(f"Written: {path}" for path in paths) if paths else ["No night was run yet: casework nightly"])
