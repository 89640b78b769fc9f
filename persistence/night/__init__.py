"""The night on a database: see `casework.ledger.NightKeeper` for what it promises."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from casework.figures import figures_with
from casework.ledger import LastNight, LeaseState, NightOrder, NightReport, NightRun, ServiceCounts, Stop, Undone
from persistence import faults
from persistence.due import Scope
from persistence.night import checks, lease, planning, runs, undoing
from persistence.night.running import Now, Runner
from persistence.night.transactions import settle
from persistence.night_tables import service_figures
from persistence.tables import cases
from persistence.transactions import reading, writing
from workflows.figures import Figure, Lookup
from workflows.registry import CURRENT

_NO_RUN = UUID(int=0)


@dataclass(frozen=True, slots=True)
class SqlNights:
    """`need_tables` is asked before anything else: a database of another version is not touched. `may_write` too."""

    engine: sa.Engine
    now: Now
    need_tables: Callable[[], None]
    may_write: Callable[[], None]

    def run(self, order: NightOrder, stop: Stop) -> NightReport:
        self.may_write()
        with self._ready():
            figure = figures_with(self.figures())
            holder = f"{socket.gethostname()}:{os.getpid()}"
            return Runner(self.engine, figure, frozenset(CURRENT), holder, self.now).run(order, stop)

    def plan(self, order: NightOrder, figure: Lookup | None = None) -> NightReport:
        with self._ready(), reading(self.engine) as connection:
            settle(connection)
            report = NightReport(_NO_RUN, order.as_of, order.by, dry_run=True)
            report.done_before = [] if order.again or figure else runs.done_before(connection, order)
            done = {entry.service for entry in report.done_before}
            if services := tuple(service for service in order.services if service not in done):
                asked = figure or figures_with(_figures(connection))
                every = frozenset(CURRENT) <= set(services)
                planning.plan(connection, Scope(order.as_of, services, every, asked, _NO_RUN), report)
            return report

    def undo(self, run_id: UUID, service: str | None, by: str, reason: str, *, dry_run: bool) -> Undone:
        """A dry run does it all and keeps nothing of it."""
        self.may_write()
        with self._ready(), writing(self.engine) as connection:
            settle(connection)
            token = lease.take(connection, f"undoing by {by}"[:100])
            figure = figures_with(_figures(connection))
            undone = undoing.undo(connection, run_id, service, by, reason, self.now(), figure)
            lease.give_back(connection, token)
            if dry_run:
                connection.rollback()
            return replace(undone, dry_run=dry_run)

    def entries(self, service: str | None, most: int) -> Sequence[NightRun]:
        with self._reading() as connection:
            return runs.entries(connection, service, most)

    def done_until(self, services: Sequence[str]) -> Mapping[str, date]:
        with self._reading() as connection:
            return runs.done_until(connection, services)

    def first_day(self) -> date | None:
        with self._reading() as connection:
            first: date | None = connection.scalar(sa.select(sa.func.min(cases.c.opened_on)))
            return first

    def last_nights(self) -> Sequence[LastNight]:
        with self._reading() as connection:
            return runs.last_nights(connection)

    def counts(self) -> Mapping[str, ServiceCounts]:
        with self._reading() as connection:
            every = Scope(date.max, tuple(CURRENT), True, figures_with({}), _NO_RUN)
            return checks.counts(connection, every)

    def lease(self) -> LeaseState:
        with self._reading() as connection:
            return lease.state(connection)

    def figures(self) -> Mapping[str, tuple[Figure, ...]]:
        with self._reading() as connection:
            return _figures(connection)

    def enter_figure(self, service: str, figure: Figure, by: str, at: datetime) -> None:
        row = {"service": service, "name": figure.name, "amount": figure.amount, "source": figure.source}
        entered = {"in_force_from": figure.in_force_from, "entered_by": by, "entered_at": at}
        self.may_write()
        with self._ready(), writing(self.engine) as connection:
            connection.execute(sa.insert(service_figures).values(**row, **entered))

    @contextmanager
    def _ready(self) -> Iterator[None]:
        self.need_tables()
        with faults.translated():
            yield

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with self._ready(), reading(self.engine) as connection:
            yield connection


def _figures(connection: sa.Connection) -> dict[str, tuple[Figure, ...]]:
    entered: dict[str, tuple[Figure, ...]] = {}
    for row in connection.execute(sa.select(service_figures).order_by(service_figures.c.id)):
        figure = Figure(row.name, row.amount, row.source, row.in_force_from)
        entered[row.service] = (*entered.get(row.service, ()), figure)
    return entered
