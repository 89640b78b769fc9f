"""What `casework doctor` examines besides the nights, a line each. More is added to `EXAMINED`."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from casework import Casework
from casework.health import Health
from persistence import Database

SAMPLE = 50
"""Referrals whose events are folded again, drawn by lot. `casework audit replay --all` does every one."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at. `name` is stable; a finding is for somebody to look at."""

    name: str
    status: Literal["ok", "finding"]
    says: str


def sample(casework: Casework, _health: Health) -> Examined:
    """Whether the events of a few referrals still come to what is kept of them."""
    ids = list(casework.case_ids())
    chosen = random.SystemRandom().sample(ids, min(SAMPLE, len(ids)))
    differing = sum(1 for case_id in chosen if casework.replay(case_id)[1])
    told = f"Replayed {len(chosen)} of {len(ids):,} referrals"
    if differing:
        return Examined("replay", "finding", f"{told}: {differing} differ. Run: casework audit replay --all")
    return Examined("replay", "ok", f"{told}: all agree with their events.")


def two_counts(_casework: Casework, health: Health) -> Examined:
    """Whether as many referrals are marked open as stand on worklists, counted each by a query of its own."""
    marked, listed = (sum(getattr(one, name) for one in health.services) for name in ("open_referrals", "listed"))
    if any(one.open_referrals != one.listed for one in health.services):
        return Examined("two_counts", "finding", f"{marked:,} referrals are open, {listed:,} on worklists.")
    return Examined("two_counts", "ok", f"{marked:,} referrals are open, and as many stand on worklists.")


BEHIND_SECONDS, UNSIGNED_SECONDS = 60, 600
"""From so much on somebody has to look: a relay tells and signs within a minute."""


def log_behind(casework: Casework, health: Health) -> Examined:
    """Whether the log has the line of every event, and checkpoints are signed."""
    owed = health.owed.unordered + health.owed.untold
    if health.behind_seconds > BEHIND_SECONDS:
        since = f"{owed:,} audit lines are owed to the log, the oldest for {health.behind_seconds / 60:,.0f} minutes."
        return Examined("log", "finding", f"{since} Run: casework audit relay --once, and keep a relay running.")
    unsigned = health.unsigned_seconds
    if unsigned is not None and unsigned > UNSIGNED_SECONDS:
        age = f"The last checkpoint is {unsigned / 60:,.0f} minutes old"
        waits = f"{health.owed.unsigned:,} events wait for one. Is the signing key given to the relay?"
        return Examined("log", "finding", f"{age}, and {waits}")
    if unsigned is None and health.owed.unsigned and _signs(casework):
        return Examined("log", "finding", "No checkpoint was ever signed. Run: casework audit relay --once")
    return Examined("log", "ok", f"{owed:,} audit lines are owed to the log.")


def _signs(casework: Casework) -> bool:
    """Whether the key that signs was given to this program, so that a relay with it can be expected."""
    kept = casework.database
    return isinstance(kept, Database) and bool(kept.gate.keys.checkpoint)


EXAMINED: tuple[Callable[[Casework, Health], Examined], ...] = (sample, two_counts, log_behind)


def examine(casework: Casework, health: Health) -> list[Examined]:
    return [look(casework, health) for look in EXAMINED]
