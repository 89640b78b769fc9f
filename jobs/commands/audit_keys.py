"""`casework audit keys`: the secrets that seal events and sign checkpoints."""

from __future__ import annotations

from pathlib import Path

import click

from jobs.commands.line import Group

FILE = click.argument("file", type=click.Path(path_type=Path))


@click.group(cls=Group)
def keys() -> None:
    """Make, rotate and publish the keys of the audit.

    Programs find them through CASEWORK_AUDIT_KEYS_FILE, or in CASEWORK_AUDIT_KEYS itself. Keep the file where the
    database's administrators cannot read it, and a copy that outlives the machine: without it nothing can be proved.
    """


@keys.command()
@FILE
def new(file: Path) -> None:
    """Make a file with a key that seals and a key that signs, and print the line that a verifier pins."""
    from casework.calendar import london_day, utc_now
    from jobs.auditing import make_keys

    click.echo(make_keys(file, london_day(utc_now())))


@keys.command()
@FILE
def rotate(file: Path) -> None:
    """Add new keys, to be used from now on. The old ones stay: they prove what they sealed."""
    from casework.calendar import london_day, utc_now
    from jobs.auditing import rotate_keys

    click.echo(rotate_keys(file, london_day(utc_now())))


@keys.command()
@FILE
def public(file: Path) -> None:
    """Print the public half of each key that signs: what a verifier needs, and no secret."""
    from jobs.auditing import public_keys

    click.echo("\n".join(public_keys(file)))
