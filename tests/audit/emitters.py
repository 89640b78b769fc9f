"""Processes that tell a log what it is owed and are killed at it; and the way it was done before, which loses lines."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import orjson
import sqlalchemy as sa
import structlog

from casework.audit.evidence import Standing
from casework.audit.keys import read_keys
from jobs import logs, relaying
from persistence import Database
from persistence.tables import case_events
from tests.audit.clinics import fill


def telling(begun: Callable[[], None], url: str, secrets: str, place: Path) -> None:
    """A relay on a file, until it is killed."""
    structlog.reset_defaults()
    logs.send_to(place)
    keys = read_keys(secrets)
    relay = relaying.relay(Database(url, keys.macs), keys)
    begun()
    while True:
        relay.run()


def telling_after_the_commit(begun: Callable[[], None], url: str, first: int, place: Path) -> None:
    """As it was before there was an outbox: the change is kept, and then its lines are written."""
    database = Database(url)
    begun()
    for number in range(first, first + 1_000, 10):
        with database.engine.connect() as connection:
            known = set(connection.scalars(sa.select(case_events.c.id)))
        fill(database, 10, number)
        with database.engine.connect() as connection:
            new = set(connection.scalars(sa.select(case_events.c.id))) - known
        with place.open("ab", buffering=0) as out:
            for event_id in new:
                out.write(orjson.dumps({"event": "case.moved", "event_id": str(event_id)}) + b"\n")
                os.fsync(out.fileno())


def tear(place: Path, standing: Standing, chance: random.Random) -> bool:
    """Cuts the log at any byte behind the lines that count as told: what a crash may leave of writes at its end."""
    lines = place.read_bytes().splitlines(keepends=True) if place.exists() else []
    kept = max((number for number, line in enumerate(lines, 1) if _counts_as_told(line, standing)), default=0)
    settled, size = sum(map(len, lines[:kept])), sum(map(len, lines))
    if size <= settled:
        return False
    os.truncate(place, chance.randrange(settled, size))
    return True


def _counts_as_told(line: bytes, standing: Standing) -> bool:
    leaf, size = number_in(line, "leaf"), number_in(line, "size")
    return (leaf is not None and leaf < standing.told) or (size is not None and size <= standing.told_checkpoint)


def number_in(line: bytes, key: str) -> int | None:
    """None where the line is torn, or has no such number."""
    try:
        number = orjson.loads(line).get(key)
    except orjson.JSONDecodeError:
        return None
    return number if isinstance(number, int) else None
