"""Whether the nights are being done, in figures: for a person at a terminal, for `/health`, and for an alarm."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.audit.evidence import Owed
from casework.calendar import london_day
from casework.ledger import LastNight, LeaseState, ServiceCounts
from casework.nights import Nights
from casework.spans import BANK_HOLIDAYS_PUBLISHED_UNTIL
from workflows.dates import british
from workflows.registry import CURRENT

RED_AFTER = timedelta(hours=26)
"""How old the last complete night of a service may be: a day, and two hours for a night that starts late."""

HOLIDAYS_WARNED_AHEAD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """One service. `age_hours` is since its last complete night ended; `listed` counts over the worklists."""

    service: str
    last_complete: date | None
    finished_at: datetime | None
    age_hours: float | None
    red: bool
    open_referrals: int
    listed: int
    quarantined: int
    open_flags: Mapping[str, int]
    dates_due: int
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """All services at one moment. `red`: somebody has to look; `findings` say at what, in sentences with codes only."""

    checked_at: datetime
    services: tuple[ServiceHealth, ...]
    lease: LeaseState
    owed: Owed
    bank_holidays_until: date
    red: bool
    findings: tuple[str, ...]

    @property
    def behind_seconds(self) -> float:
        """For how long the log has been owed its oldest line."""
        return (self.checked_at - self.owed.oldest).total_seconds() if self.owed.oldest else 0.0

    @property
    def unsigned_seconds(self) -> float | None:
        """Age of the last checkpoint where events wait to be signed for; None where nothing was ever signed."""
        last = self.owed.last_checkpoint
        if last is None:
            return None
        return (self.checked_at - last).total_seconds() if self.owed.unsigned else 0.0


def health(nights: Nights, owed: Owed, now: datetime) -> Health:
    """A service that has no referral and never had a night is not red: nobody waits there."""
    last = {night.service: night for night in nights.keeper.last_nights()}
    counts = nights.keeper.counts()
    due: dict[str, int] = {}
    for _, lacking in nights.due():
        for service in lacking:
            due[service] = due.get(service, 0) + 1
    services = tuple(
        _service(service, last.get(service), counts.get(service, ServiceCounts()), due.get(service, 0), now)
        for service in sorted({*CURRENT, *counts})
    )
    lease = nights.keeper.lease()
    findings = (*(finding for one in services for finding in one.findings), *_of_all(lease, london_day(now)))
    red = any(one.red for one in services)
    return Health(now, services, lease, owed, BANK_HOLIDAYS_PUBLISHED_UNTIL, red, findings)


def _service(service: str, last: LastNight | None, counts: ServiceCounts, due: int, now: datetime) -> ServiceHealth:
    age = now - last.finished_at if last else None
    findings = tuple(_findings(service, last, counts, age))
    return ServiceHealth(
        service=service,
        last_complete=last.as_of if last else None,
        finished_at=last.finished_at if last else None,
        age_hours=round(age.total_seconds() / 3600, 1) if age is not None else None,
        red=any(red for red, _ in findings),
        open_referrals=counts.marked,
        listed=counts.listed,
        quarantined=last.quarantined if last else 0,
        open_flags=counts.flags,
        dates_due=due,
        findings=tuple(sentence for _, sentence in findings),
    )


def _findings(
    service: str, last: LastNight | None, counts: ServiceCounts, age: timedelta | None
) -> Iterator[tuple[bool, str]]:
    """What somebody has to look at, and whether it is red."""
    if service not in CURRENT and counts.marked:
        yield True, f"{service}: casework knows no such service, so no night flags its {counts.marked} referral(s)."
    elif last is None and counts.marked:
        yield True, f"{service}: no night was ever complete. Run: casework nightly"
    if age is not None and age > RED_AFTER:
        hours = age.total_seconds() / 3600
        yield True, f"{service}: the last complete night ended {hours:.0f} hours ago. Run: casework nightly"
    if last is not None and last.quarantined:
        yield True, f"{service}: {last.quarantined} referral(s) could not be evaluated. See: casework flags"
    if counts.marked != counts.listed or (last is not None and last.differs):
        now = f"{counts.marked} referrals are marked open and {counts.listed} stand on worklists"
        yield True, f"{service}: {now}; the two must be equal, in the night and now. Call for help."
    if last is not None and last.unfinished:
        yield False, f"{service}: {last.unfinished} earlier night(s) were begun and not completed. See: casework nights"
    if last is not None and last.gaps - last.unfinished > 0:
        yield False, f"{service}: {last.gaps - last.unfinished} earlier date(s) have no night. See: casework nights"


def _of_all(lease: LeaseState, today: date) -> tuple[str, ...]:
    found = []
    if lease.holder and not lease.alive:
        found.append(f"The night of {lease.holder} ended without giving its lease back. The next night takes it up.")
    if BANK_HOLIDAYS_PUBLISHED_UNTIL - today < HOLIDAYS_WARNED_AHEAD:
        end = british(BANK_HOLIDAYS_PUBLISHED_UNTIL)
        found.append(f"Bank holidays are known until {end} only. Upgrade casework before then.")
    return tuple(found)
