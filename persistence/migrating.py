"""Alembic, configured in code: an installation needs no ini file and no checkout."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from casework.audit.seal import MacKeys
from persistence import faults

HEAD = "0004"
"""The newest revision in `migrations/versions`; a test holds it to the folder."""

MIGRATIONS = Path(__file__).parent / "migrations"


def revision_of(engine: sa.Engine) -> str | None:
    """The revision that a database says it is at; None where it has no tables of ours."""
    with engine.connect() as connection, connection.begin():
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return None if found is None else str(found)


def pending(current: str | None) -> tuple[str, ...]:
    """The revisions from where a database is to the head, oldest first. Raises `StorageError` for a later version."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    if current is not None and current not in {s.revision for s in scripts.walk_revisions()}:
        raise faults.storage_error("database_newer")
    return tuple(reversed([s.revision for s in scripts.iterate_revisions("head", current or "base")]))


def run_upgrade(engine: sa.Engine, macs: MacKeys) -> None:
    """Every pending revision in one transaction. Two at once: the second waits and finds nothing to do.

    Events from before 0003 are sealed under these keys.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["engine"] = engine
    config.attributes["macs"] = macs
    command.upgrade(config, "head")
