"""The night by itself: a service that wakes at the hour and every few minutes, and does the dates that are not done.

APScheduler only wakes us. It remembers nothing: which dates are done is in the ledger, so that a service that was
away, or runs twice, does each date once.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from queue import SimpleQueue
from types import FrameType, TracebackType
from typing import Any, Self

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from casework import Casework, NightReport, log
from casework.calendar import LONDON, utc_now
from casework.errors import CaseworkError, NightHeld, NightStopped, StorageError
from casework.log import LogEvent
from casework.nights import HOUR

CATCH_UP_SECONDS = 300
"""Between two looks at the ledger: so long at most after the hour, or after its start, a service begins to work."""

ALIVE_SECONDS = 3_600
FIRST_PAUSE_SECONDS = 30
"""While the database is away it is asked again after so long, then after twice that, up to `CATCH_UP_SECONDS`."""

_AT_ANY_TIME = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
"""APScheduler itself would drop what is a second late, and run as often as it was missed."""


def night_trigger() -> CronTrigger:
    """The hour of the night: once on every local date, also where the clocks of the land change."""
    return CronTrigger(hour=HOUR.hour, minute=HOUR.minute, timezone=LONDON)


def pauses(longest: float, first: float = FIRST_PAUSE_SECONDS) -> Iterator[float]:
    """How long to wait for a database that is away, again and again."""
    pause = first
    while True:
        yield min(pause, longest)
        pause = min(2 * pause, longest)


def _nothing(*_: object) -> None:
    """What is done besides, where nobody asked for anything."""


class NightService:
    """The nights of a clinic, done as they come due: `run()` in the foreground, or `start()` and `stop()` in a host.

    Nothing that goes wrong ends it: it is told to the log, by its code, and tried again. `after` is given the report
    of each night that was done here, and `hourly` is called with the line that says the service lives. Any number of
    services may work on one database: they do the work of one.
    """

    def __init__(
        self,
        casework: Casework,
        by: str = "schedule",
        *,
        after: Callable[[NightReport], object] = _nothing,
        hourly: Callable[[], object] = _nothing,
        every: float = CATCH_UP_SECONDS,
    ) -> None:
        self._casework, self._by, self._every = casework, by, every
        self._after, self._hourly = after, hourly
        self._scheduler: BackgroundScheduler | None = None
        self._stopping = False
        self._stopped = threading.Event()

    def start(self) -> None:
        """Work from now on, in threads of our own. A service that works already is left alone."""
        if self._scheduler is not None:
            return
        self._stopping = False
        self._stopped.clear()
        self._tell_standing(LogEvent.SCHEDULE_STARTED)
        self._scheduler = scheduler = _scheduler()
        looks = OrTrigger([night_trigger(), IntervalTrigger(seconds=self._every, timezone=LONDON)])
        scheduler.add_job(self._wake, looks, next_run_time=utc_now(), **_AT_ANY_TIME)
        scheduler.add_job(self.alive, IntervalTrigger(seconds=ALIVE_SECONDS, timezone=LONDON), **_AT_ANY_TIME)
        scheduler.start()

    def stop(self, *, wait: bool = True) -> None:
        """End after the batch at hand; `wait` until it has. What is left of a night is taken up by the next service."""
        self._stopping = True
        self._stopped.set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=wait)
            self._scheduler = None
            log.schedule_line(LogEvent.SCHEDULE_STOPPED, actor=self._by)

    def run(self, first: Callable[[], object] = _nothing) -> int:
        """Work until SIGTERM or SIGINT, which end it after the batch at hand. Only in the main thread of a program.

        `first` is done once both are heeded.
        """
        asked: SimpleQueue[int] = SimpleQueue()

        def ask(number: int, _frame: FrameType | None) -> None:
            """An event has a lock that the main thread may hold at this moment; this queue has none."""
            self._stopping = True
            asked.put(number)

        before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            first()
            self.start()
            asked.get()
        finally:
            self.stop()
            for number, handler in before.items():
                signal.signal(number, handler)
        return 0

    def catch_up(self) -> bool:
        """Do every night that is due, the oldest first. False: the database was away, so that it is worth asking soon.

        This is all that any waking does, at the hour or between.
        """
        with _Told("catch_up", self._by) as told:
            for report in self._casework.nights.catch_up(by=self._by, stop=self._asked_to_stop):
                if report.services:
                    with _Told("after_night", self._by, as_of=report.as_of.isoformat()):
                        self._after(report)
                if self._stopping:
                    break
        return not told.away

    def alive(self) -> None:
        """The line that says that the service lives, and how the ledger stands."""
        self._tell_standing(LogEvent.SCHEDULE_ALIVE)
        with _Told("hourly", self._by):
            self._hourly()

    def _asked_to_stop(self) -> bool:
        return self._stopping

    def _wake(self) -> None:
        """As long as this waits for the database, the scheduler starts no other."""
        was_away = False
        for pause in pauses(self._every):
            if self.catch_up():
                break
            was_away = True
            if self._stopped.wait(pause):
                return
        if was_away:
            self.alive()

    def _tell_standing(self, name: LogEvent) -> None:
        """The line comes also where the database does not answer: then it lacks what only the ledger knows."""
        standing: dict[str, Any] = {}
        with _Told("ledger", self._by):
            standing["next_night"] = next_night(self._casework.now()).isoformat()
            standing |= self._ledger()
        log.schedule_line(name, actor=self._by, **standing)

    def _ledger(self) -> dict[str, Any]:
        """`last_complete` is that of the service that is furthest behind."""
        nights = self._casework.nights
        complete = [last.as_of for last in nights.keeper.last_nights()]
        return {
            "last_complete": min(complete).isoformat() if complete else None,
            "due": [day.isoformat() for day, _ in nights.due()],
        }


class _Told:
    """What goes wrong inside is told to the log and goes no further. Codes and kinds only: a text may quote values."""

    def __init__(self, doing: str, by: str, **ids: Any) -> None:
        self._ids = {"doing": doing, "actor": by, **ids}
        self.away = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, problem: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        self.away = isinstance(problem, StorageError)
        if isinstance(problem, NightHeld):
            since = problem.since.isoformat() if problem.since else None
            log.schedule_line(LogEvent.SCHEDULE_HELD, holder=problem.holder, since=since, **self._ids)
        elif isinstance(problem, CaseworkError) and not isinstance(problem, NightStopped):
            log.schedule_line(LogEvent.SCHEDULE_TROUBLED, code=problem.code, **self._ids)
        elif isinstance(problem, Exception) and not isinstance(problem, NightStopped):
            log.schedule_line(LogEvent.SCHEDULE_FAILED, error=type(problem).__name__, **self._ids)
        return isinstance(problem, Exception)


def _scheduler() -> BackgroundScheduler:
    """One thread for the nights and one for the hourly line. That a long night is still at work is no complaint."""
    quiet = logging.getLogger("casework.schedule")
    quiet.setLevel(logging.ERROR)
    return BackgroundScheduler(timezone=LONDON, logger=quiet, executors={"default": ThreadPoolExecutor(2)})


def next_night(now: datetime) -> datetime:
    """The next hour of the night after a moment."""
    at: datetime = night_trigger().get_next_fire_time(None, now)
    return at
