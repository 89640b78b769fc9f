"""Three nights on one database in a process of their own: the first, the same again, and that of the next day.

    python -m tests.benchmarks.one_night WAY URL LOG

Prints JSON: seconds and CPU seconds of each night, the most memory that the process held, and the open flags.
"""

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa
import structlog

from casework import Casework
from jobs import logs
from persistence import Database
from persistence.tables import flags
from tests.benchmarks import night_by_hand
from tests.benchmarks.measure import peak_memory, timed
from tests.benchmarks.population import AS_OF

NIGHTS = {"first": AS_OF, "unchanged": AS_OF, "one day later": AS_OF + timedelta(days=1)}
WAYS = ("casework", "by hand with lines", "casework without lines", "by hand")


def main() -> None:
    way, url, place = sys.argv[1:]
    night = _night(way, url, Path(place))
    at_rest = peak_memory()
    taken = {name: timed(partial(night, day)) for name, day in NIGHTS.items()}
    print(json.dumps({"taken": taken, "grown": peak_memory() - at_rest, "open": _open_flags(url)}))


def _night(way: str, url: str, place: Path) -> Callable[[date], object]:
    if way.startswith("casework"):
        logs.send_to(place)
        if way.endswith("without lines"):
            structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        clinic = Casework(Database(url), lambda: datetime(2026, 11, 22, 2, 30, tzinfo=UTC))
        return clinic.night
    told = night_by_hand.lines_to(place) if way.endswith("lines") else None
    return lambda day: night_by_hand.night(url, day, told)


def _open_flags(url: str) -> dict[str, int]:
    database = Database(url)
    with database.engine.connect() as connection:
        counted = sa.select(flags.c.kind, sa.func.count()).where(flags.c.cleared_on.is_(None)).group_by(flags.c.kind)
        found = {str(kind): int(number) for kind, number in connection.execute(counted.order_by(flags.c.kind))}
    database.close()
    return found


if __name__ == "__main__":
    main()
