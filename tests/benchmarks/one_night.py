"""Three nights on one database in a process of their own: the first, the same again, and that of the next day.

    python -m tests.benchmarks.one_night WAY URL LOG

Prints JSON: when each night began, its seconds and CPU seconds; the most memory that the process held, how many flags
of each kind are open, and a digest of what is kept: every flag with its history, and the ledger.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from casework import Casework
from casework.nights import HOUR
from jobs import logs
from persistence import Database
from persistence.night_tables import flags, night_runs
from tests.benchmarks import services
from tests.benchmarks.measure import peak_memory, timed
from tests.benchmarks.night_by_hand import Night
from tests.benchmarks.population import AS_OF

NIGHTS = {"first": AS_OF, "unchanged": AS_OF, "one day later": AS_OF + timedelta(days=1)}
WAYS = ("casework", "by hand with lines", "casework without lines", "by hand")


def main() -> None:
    way, url, place = sys.argv[1:]
    services.register()
    night = _night(way, url, Path(place))
    at_rest = peak_memory()
    began, taken = {}, {}
    for name, day in NIGHTS.items():
        began[name] = time.time()
        taken[name] = timed(partial(night, day))
    print(json.dumps({"began": began, "taken": taken, "grown": peak_memory() - at_rest, **_kept(url)}))


def _night(way: str, url: str, place: Path) -> Callable[[date], object]:
    if not way.startswith("casework"):
        return lambda day: Night(url, day).take(place if way.endswith("lines") else None)
    logs.send_to(place)
    if way.endswith("without lines"):
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    now = [AS_OF]
    nights = Casework(Database(url), lambda: datetime.combine(now[0], HOUR, UTC)).nights

    def night(day: date) -> None:
        now[0] = day
        if not nights.run(day, again=True).clean:
            raise AssertionError("The population is not sound: a night found something wrong with it.")

    return night


def _kept(url: str) -> dict[str, Any]:
    f, r = flags.c, night_runs.c
    database = Database(url)
    with database.engine.connect() as connection:
        counted = sa.select(f.kind, sa.func.count()).where(f.cleared_on.is_(None)).group_by(f.kind)
        is_open = {str(kind): int(number) for kind, number in connection.execute(counted.order_by(f.kind))}
        history = sa.select(f.case_id, f.service, f.kind, f.raised_on, f.cleared_on, f.cleared_because)
        ledger = sa.select(r.service, r.as_of, r.state, r.examined, r.listed, r.quarantined, r.counts, r.open)
        digest = sha256()
        for query in (history.order_by(f.case_id, f.kind, f.id), ledger.order_by(r.service, r.as_of, r.state)):
            for row in connection.execution_options(yield_per=5_000).execute(query):
                digest.update(repr(tuple(row)).encode())
    database.close()
    return {"open": is_open, "kept": digest.hexdigest()}


if __name__ == "__main__":
    main()
