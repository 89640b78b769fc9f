"""What every command shares: the database and the log, who acts, days, and how a fault is told."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jobs.commands.faults import Told

if TYPE_CHECKING:
    from casework import Actor, Casework
    from jobs.wiring import Settings
    from persistence import Database

Callback = TypeVar("Callback", bound=Callable[..., object])


class Command(click.Command):
    """A command that takes --database and --log, and does not repeat a word too many: it may be a name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += _everywhere()
        self.context_settings = {**self.context_settings, "allow_extra_args": True}

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _unrepeated():
            left = super().parse_args(ctx, args)
        if left and not ctx.resilient_parsing:
            raise click.UsageError("There is a word too many on the line. Put what has blanks in it in quotes.", ctx)
        return left


class Group(click.Group):
    """A command with commands of its own; --database and --log may stand before or after them."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += _everywhere()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _unrepeated():
            return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        with _unrepeated():
            return super().resolve_command(ctx, args)


@contextmanager
def _unrepeated() -> Iterator[None]:
    """What click says of a word that it does not know, without the word: it may be a name."""
    try:
        yield
    except (click.NoSuchOption, click.exceptions.NoSuchCommand) as unknown:
        what = "option" if isinstance(unknown, click.NoSuchOption) else "command"
        near = " Did you mean {}?".format(" or ".join(map(repr, known))) if (known := unknown.possibilities) else ""
        raise click.UsageError(f"There is no such {what}.{near}", unknown.ctx) from None


class Programme(Group):
    """The whole command line. Whatever goes wrong below it is told in a sentence, with an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        with Told(lambda: _open_log(ctx)):
            if os.environ.get("CASEWORK_SERVICES"):
                _add_services()
            return super().invoke(ctx)


def _everywhere() -> list[click.Parameter]:
    database = "The database [CASEWORK_DATABASE_URL; default: sqlite:///casework.db]."
    log = (
        "Append the log, a JSON line an event, to a file [CASEWORK_LOG; default: stderr, and casework.log beside the "
        "SQLite database where stderr is a terminal]."
    )
    return [
        click.Option(["--database"], type=Word(), metavar="URL", expose_value=False, callback=_remember, help=database),
        click.Option(["--log"], type=Word(), metavar="FILE", expose_value=False, callback=_remember, help=log),
    ]


def _remember(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Kept where all contexts of one run look; what stands later on the line counts."""
    if value is not None:
        ctx.meta[f"casework.{param.name}"] = value


def named_database() -> str | None:
    """The URL that stands on the line; None where it comes from elsewhere."""
    url: str | None = click.get_current_context().meta.get("casework.database")
    return url


def settings() -> Settings:
    return _settings(click.get_current_context())


def _settings(ctx: click.Context) -> Settings:
    from jobs import wiring

    return wiring.settings(ctx.meta.get("casework.database"), ctx.meta.get("casework.log"))


def _add_services() -> None:
    from jobs import wiring

    wiring.add_services()


def _open_log(ctx: click.Context) -> None:
    from jobs import wiring

    wiring.open_log(_settings(ctx))


def database() -> Database:
    """The database of the line, given back when the command ends."""
    from jobs import relaying, wiring

    chosen = settings()
    opened = wiring.database(chosen)
    context = click.get_current_context()
    context.call_on_close(opened.close)
    context.call_on_close(relaying.at_the_end(opened, chosen.keys))
    return opened


def clinic() -> Casework:
    """The use-cases over the database of the line."""
    from casework import Casework

    return Casework(database())


def acting(name: str | None, role: str | None = None) -> Actor:
    """Who acts: the person named on the line, else the user of the operating system; in every role, or in one."""
    from casework import Actor, with_every_role
    from casework.errors import BadRequest

    try:
        known = with_every_role(name or getpass.getuser(), "command_line")
        return known if role is None else Actor(known.name, [role], known.via)
    except (KeyError, OSError, ImportError):  # an operating system that knows no name for its user
        raise BadRequest("unknown_actor", "Say who acts: --as NAME.", "actor") from None


class Day(click.ParamType[date, str]):
    """2026-11-21, 21/11/2026 or today."""

    name = "date"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> date:
        from casework.calendar import NotADay, london_day, parse_day, utc_now
        from casework.errors import BadRequest

        try:
            return parse_day(value, london_day(utc_now()))
        except NotADay as problem:
            option = param.opts[0] if param else ""
            raise BadRequest("invalid_date", f"{option}: {problem}", option.lstrip("-")) from None


class Count(click.ParamType[int, str]):
    """A whole number. What was written in its place is not repeated."""

    name = "number"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            self.fail("a whole number is asked for.", param, ctx)
        return int(value)


class OneOf(click.Choice[str]):
    """One of a few words. What was written in its place is not repeated."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self.choices:
            self.fail(f"choose from: {', '.join(self.choices)}.", param, ctx)
        return str(value)


class Word(click.ParamType[str, str]):
    """A text with something in it. Blank is what a script hands over whose variable was never set."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not value.strip():
            self.fail("it is blank.", param, ctx)
        return value


def day_option(flag: str, help_text: str) -> Callable[[Callback], Callback]:
    return click.option(flag, type=Day(), metavar="DATE", help=f"{help_text} (2026-11-21, 21/11/2026 or today).")


as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, and nothing else there.")
dry_run = click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")
as_name = click.option(
    "--as", "name", type=Word(), metavar="NAME", help="Who acts [default: the user of the operating system]."
)
