"""A night from its claim to its entry in the ledger. Whoever is killed in it leaves it to be taken up by the next."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from casework import log
from casework.errors import NightLost, NightStopped
from casework.ledger import Counts, NightOrder, NightReport, Quarantined, Stop
from persistence.due import Scope
from persistence.night import checks, late, lease, runs
from persistence.night.checks import Counted
from persistence.night.sweep import ByService, Sweep
from persistence.night.telling import Teller
from persistence.night.transactions import Transactions
from persistence.night_tables import flags
from persistence.transactions import reading, writing
from workflows.figures import Lookup

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Runner:
    """What a night needs besides its order: the engine, the figures, who holds it, and the time of day."""

    engine: sa.Engine
    figure: Lookup
    every_service: frozenset[str]
    holder: str
    now: Now

    def run(self, order: NightOrder, stop: Stop) -> NightReport:
        """Raises `NightHeld`, `NightLost`, `NightStopped`, `BadRequest`."""
        report = NightReport(UUID(int=0), order.as_of, order.by)
        if not order.again and (before := self._all_done(order)):
            report.done_before = before
            return report
        with writing(self.engine) as connection:
            token = lease.take(connection, self.holder)
            report.done_before = [] if order.again else runs.done_before(connection, order)
            claims = runs.claim(connection, order, token, self.now())
        transactions = Transactions(self.engine, token, stop)
        try:
            for claim in claims:
                self._night(claim, order, transactions, report)
        finally:
            with suppress(DBAPIError), writing(self.engine) as connection:
                lease.give_back(connection, token)
        return report

    def _all_done(self, order: NightOrder) -> list[Any]:
        """Asked before the lease is taken: who finds nothing to do keeps nobody waiting."""
        with reading(self.engine) as connection:
            before = runs.done_before(connection, order)
        return before if {entry.service for entry in before} == set(order.services) else []

    def _night(self, claim: runs.Claim, order: NightOrder, on: Transactions, report: NightReport) -> None:
        run_id, services, resumed = claim
        began = time.perf_counter()
        every = self.every_service <= set(services)
        scope = Scope(order.as_of, services, every, self.figure, run_id, order.hour)
        sweep = Sweep(on, scope, Teller(on, run_id, order.as_of, order.by, self.now()))
        try:
            counted = self._check(on, sweep)
            sweep.run()
        except (NightLost, NightStopped):
            raise
        except BaseException:
            with suppress(DBAPIError), writing(self.engine) as connection:
                runs.fail(connection, run_id, on.token)
            raise
        self._complete(sweep, counted, began, report, resumed=resumed)

    def _check(self, on: Transactions, sweep: Sweep) -> Mapping[str, Counted]:
        with on.reading() as connection:
            counted = checks.count(connection, sweep.scope)
            found = list(checks.findings(connection, sweep.scope))
        with on.batch() as connection:
            checks.keep(connection, sweep.scope.run_id, found)
        examined = sum(counted[service].examined for service in sweep.scope.services)
        sweep.tell.line(log.LogEvent.NIGHT_STARTED, services=len(sweep.scope.services), examined=examined)
        return counted

    def _complete(
        self, sweep: Sweep, counted: Mapping[str, Counted], began: float, report: NightReport, *, resumed: bool
    ) -> None:
        run_id, services = sweep.scope.run_id, sweep.scope.services
        with sweep.on.reading() as connection:
            if resumed:
                sweep.raised, sweep.cleared, sweep.replaced = _counted_again(connection, run_id)
            open_now = _by_service(connection, flags.c.cleared_on.is_(None))
        seconds = round(time.perf_counter() - began, 3)
        with sweep.on.batch() as connection:
            late.put_back(connection, sweep.scope)
            found = checks.quarantined(connection, run_id)
            rows = _ledger_rows(sweep, counted, open_now, found)
            for row in rows:
                row |= {"finished_at": self.now(), "seconds": seconds}
            runs.finish(connection, run_id, sweep.on.token, rows)
        _add_up(report, rows, run_id, services)
        report.quarantined, report.resumed = [*report.quarantined, *found], report.resumed or resumed
        report.seconds += seconds
        self._tell_end(sweep, rows, found)

    @staticmethod
    def _tell_end(sweep: Sweep, rows: list[dict[str, Any]], found: list[Any]) -> None:
        for one in found:
            named = {"service": one.service, "reference": one.reference, "case_id": str(one.case_id)}
            sweep.tell.line(log.LogEvent.NIGHT_QUARANTINED, **named, code=one.code)
        for row in rows:
            sweep.tell.line(
                log.LogEvent.NIGHT_FINISHED,
                service=row["service_"],
                state="complete",
                **row["counts"],
                **{name: row[name] for name in ("open", "examined", "listed", "quarantined", "seconds")},
            )


def _ledger_rows(
    sweep: Sweep, counted: Mapping[str, Counted], open_now: ByService, found: Sequence[Quarantined]
) -> list[dict[str, Any]]:
    """The entry of each service."""
    raised, cleared, replaced, still = (_each(c) for c in (sweep.raised, sweep.cleared, sweep.replaced, open_now))
    unread = Counter(one.service for one in found)
    return [
        {
            "service_": service,
            "examined": counted[service].examined,
            "listed": counted[service].listed,
            "quarantined": unread[service],
            "counts": {
                "raised": raised.get(service, {}),
                "cleared": cleared.get(service, {}),
                "replaced": replaced.get(service, {}),
            },
            "open": still.get(service, {}),
        }
        for service in sweep.scope.services
    ]


def _each(counted: ByService) -> dict[str, Counts]:
    """What was counted by service and kind, a service at a time."""
    found: dict[str, Counts] = {}
    for (service, kind), number in counted.items():
        found.setdefault(service, {})[kind] = number
    return found


def _by_service(connection: sa.Connection, *only: sa.ColumnElement[bool]) -> ByService:
    query = sa.select(flags.c.service, flags.c.kind, sa.func.count()).where(*only)
    return Counter({(row[0], row[1]): row[2] for row in connection.execute(query.group_by("service", "kind"))})


def _counted_again(connection: sa.Connection, run_id: UUID) -> tuple[ByService, ByService, ByService]:
    """What a night did that was begun by another process: as the flags themselves say."""
    replaced = flags.c.cleared_because.like("replaced by %")
    cleared = flags.c.cleared_by == run_id
    return (
        _by_service(connection, flags.c.raised_by == run_id),
        _by_service(connection, cleared, ~replaced),
        _by_service(connection, cleared, replaced),
    )


def _add_up(report: NightReport, rows: list[dict[str, Any]], run_id: UUID, services: tuple[str, ...]) -> None:
    report.run_id, report.services = run_id, (*report.services, *services)
    for row in rows:
        report.examined += row["examined"]
        report.listed += row["listed"]
        for name, sums in _sums(report, row):
            for kind, number in name.items():
                sums[kind] = sums.get(kind, 0) + number


def _sums(report: NightReport, row: dict[str, Any]) -> Iterator[tuple[Counts, Counts]]:
    yield row["counts"]["raised"], report.raised
    yield row["counts"]["cleared"], report.cleared
    yield row["counts"]["replaced"], report.replaced
    yield row["open"], report.open
