"""`casework figures`: how long things may take in a service, and entering such a figure."""

from __future__ import annotations

from datetime import date

import click

from jobs.commands.line import Group, Word, acting, as_json, as_name, clinic, day_option, dry_run

NONE = "none"


class Amount(click.ParamType["int | None", str]):
    """A whole number, or none: the service has no such figure from then on. What was written is not repeated."""

    name = "amount"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        from casework.errors import BadRequest

        if value.casefold() == NONE:
            return None
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise BadRequest("bad_amount", "The amount is a whole number, or none.", "amount")
        return int(value)


@click.group(cls=Group, invoke_without_command=True)
@click.option("--service", type=Word(), metavar="KEY", help="One service, such as leeds-imhs [default: all].")
@as_json
@click.pass_context
def figures(context: click.Context, service: str | None, as_json: bool) -> None:
    """The figures that the flags go by: what is in force today, where it comes from, and what is off.

    A figure that a service has not entered is off, and so are the flags that read it.
    """
    if context.invoked_subcommand is not None:
        return None
    return _show(service, as_json, settings=False)


@figures.command("list")
@click.option("--service", type=Word(), metavar="KEY", help="One service, such as leeds-imhs [default: all].")
@as_json
def list_(service: str | None, as_json: bool) -> None:
    """Every figure, amount and switch: those that the flags go by, and those that only rules read.

    What is not entered is as the document of the service says: casework service show.
    """
    return _show(service, as_json, settings=True)


def _show(service: str | None, as_json: bool, *, settings: bool) -> None:
    from jobs.commands import documents, night_documents
    from jobs.figures import figures_of, show_figures
    from workflows.registry import CURRENT

    casework = clinic()
    found = {one: figures_of(casework, one, settings=settings) for one in ([service] if service else CURRENT)}
    if as_json:
        every = [figure for some in found.values() for figure in some]
        return documents.print_document([night_documents.figure_in_force(figure) for figure in every])
    for name, some in found.items():
        show_figures(name, some)
    return None


@figures.command("set")
@click.argument("figure", metavar="NAME")
@click.argument("amount", type=Amount())
@click.option("--service", type=Word(), metavar="KEY", required=True, help="The service, such as leeds-imhs.")
@click.option("--source", default="", metavar="TEXT", help="Where the figure comes from: a document, a decision.")
@day_option("--from", "The first day on which it holds [default: today]")
@as_name
@dry_run
@as_json
def set_(
    figure: str,
    amount: int | None,
    service: str,
    source: str,
    name: str | None,
    dry_run: bool,
    as_json: bool,
    **starts: date | None,
) -> None:
    """Enter a figure: NAME is one of casework figures list, AMOUNT a whole number in its unit, or none to turn it off.

    What it would change on its first day is always shown first; --dry-run leaves it at that.
    """
    from casework.errors import BadRequest
    from jobs.commands import documents, night_documents
    from jobs.figures import show_preview
    from jobs.show import DRY_RUN, say
    from workflows.figures import Figure

    casework, by = clinic(), acting(name).name
    entered = Figure(figure, amount, source, starts["from"] or casework.today())
    preview = casework.nights.preview(service, entered)
    if entered.in_force_from < casework.today():
        raise BadRequest("date_in_past", "A figure holds from today or a later day on.", "in_force_from")
    if not as_json:
        show_preview(preview)
    if not dry_run:
        casework.nights.enter(service, entered, by=by)
    if as_json:
        return documents.print_document(night_documents.figure_set(preview, dry_run=dry_run))
    return say("", DRY_RUN if dry_run else "Entered.")
