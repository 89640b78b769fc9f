"""What the ledger of nights tells, and what a night may be asked: values only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from workflows.figures import Figure, Lookup

Counts = dict[str, int]
Stop = Callable[[], bool]
"""Asked between two batches: whether the night is to end here and be taken up later."""


@dataclass(frozen=True, slots=True)
class NightRun:
    """One entry of the ledger: one service, one local date. `state` as in the table `night_runs`."""

    run_id: UUID
    service: str
    as_of: date
    by: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    seconds: float | None
    examined: int | None
    listed: int | None
    quarantined: int | None
    raised: Mapping[str, int]
    cleared: Mapping[str, int]
    replaced: Mapping[str, int]
    open: Mapping[str, int]
    undone: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A referral that a night found something wrong with. `code` says what; nothing of the family does."""

    service: str
    reference: str
    case_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One thing that a night would do. `change` is raise, clear or replace."""

    service: str
    reference: str
    case_id: UUID
    kind: str
    change: str


@dataclass(slots=True)
class NightReport:
    """What a night found, over all the services it was about. `raised`, `cleared` and `replaced` count by kind.

    `examined` counts the open referrals by their own mark, `listed` over the worklists: they must be equal.
    `done_before` are the entries of services whose night of that date was complete already.
    """

    run_id: UUID
    as_of: date
    by: str
    dry_run: bool = False
    services: tuple[str, ...] = ()
    examined: int = 0
    listed: int = 0
    raised: Counts = field(default_factory=dict)
    cleared: Counts = field(default_factory=dict)
    replaced: Counts = field(default_factory=dict)
    open: Counts = field(default_factory=dict)
    quarantined: Sequence[Quarantined] = ()
    planned: Sequence[PlannedChange] = ()
    done_before: Sequence[NightRun] = ()
    resumed: bool = False
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Every open referral was read, and stands on exactly one worklist."""
        return not self.quarantined and self.examined == self.listed


@dataclass(frozen=True, slots=True)
class NightOrder:
    """A night to be run: for which day and services, and by whom; `again`: although it was run.

    `hour` is given where the night is caught up: what was recorded after it was not known in that night.
    """

    as_of: date
    services: tuple[str, ...]
    by: str
    again: bool = False
    hour: datetime | None = None


@dataclass(frozen=True, slots=True)
class LeaseState:
    """Who holds the night now, by the clock of the database. `alive`: whether the lease still runs."""

    holder: str | None
    token: int
    since: datetime | None
    until: datetime | None
    alive: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """What the undoing of a night did, one by one in `changes` (withdraw, restore) and counted by kind.

    `left` are flags that it left as people's later acts have made them.
    """

    run_id: UUID
    as_of: date
    services: tuple[str, ...]
    withdrawn: Counts
    restored: Counts
    left: Counts
    changes: Sequence[PlannedChange] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class LastNight:
    """The newest complete night of a service. `differs`: its two counts of the open referrals did.

    `gaps` counts the dates between its first night and this one that have none, `unfinished` the entries of earlier
    dates that were begun and never completed: neither can be made up any more.
    """

    service: str
    as_of: date
    finished_at: datetime
    quarantined: int
    differs: bool
    gaps: int = 0
    unfinished: int = 0


@dataclass(frozen=True, slots=True)
class ServiceCounts:
    """The open referrals of a service: by their own mark, and over the worklists; and its open flags by kind."""

    marked: int = 0
    listed: int = 0
    flags: Mapping[str, int] = field(default_factory=dict)


class NightKeeper(Protocol):
    """What a database must be able to do for the night."""

    def run(self, order: NightOrder, stop: Stop) -> NightReport: ...

    def plan(self, order: NightOrder, figure: Lookup | None = None) -> NightReport:
        """What a night would do; by other figures than those in force, whether or not that date is done."""
        ...

    def undo(self, run_id: UUID, service: str | None, by: str, reason: str, *, dry_run: bool) -> Undone: ...

    def entries(self, service: str | None, most: int) -> Sequence[NightRun]: ...

    def done_until(self, services: Sequence[str]) -> Mapping[str, date]:
        """The newest date of each service that needs no night any more: complete, or undone by a person."""
        ...

    def first_day(self) -> date | None:
        """The day of the first event of all; None where there is no case."""
        ...

    def last_nights(self) -> Sequence[LastNight]: ...

    def counts(self) -> Mapping[str, ServiceCounts]:
        """Of every service that has a referral or a night."""
        ...

    def lease(self) -> LeaseState: ...

    def figures(self) -> Mapping[str, tuple[Figure, ...]]:
        """What services entered, in the order in which they did."""
        ...

    def enter_figure(self, service: str, figure: Figure, by: str, at: datetime) -> None: ...
