"""The figures of `casework.health()` as a Prometheus textfile, for the collector of a node exporter."""

import math
import os
from datetime import datetime, time
from pathlib import Path

from casework.calendar import LONDON
from casework.errors import BadRequest
from casework.health import Health, ServiceHealth

try:
    from prometheus_client import CollectorRegistry, Gauge, write_to_textfile
except ImportError:
    raise ImportError("The figures for an alarm need a library more: pip install 'casework[metrics]'.") from None

LAST = "casework_last_complete_night_timestamp_seconds"
AGE = "casework_night_age_hours"
OPEN = "casework_open_referrals"
QUARANTINED = "casework_quarantined"
FLAGS_OPEN = "casework_flags_open"
DIFFER = "casework_lists_differ"
HOLIDAYS = "casework_bank_holidays_known_until_timestamp_seconds"
HELD = "casework_lease_held"
OWED = "casework_log_lines_owed"
BEHIND = "casework_log_behind_seconds"
UNSIGNED = "casework_checkpoint_age_seconds"

OF_A_SERVICE = {
    LAST: "When the last complete night ended; 0: there was none. Older than 26 hours: see that casework schedule "
    "runs, or run casework nightly.",
    AGE: "Hours since then when this file was written; +Inf: there was none. A file that is no longer written keeps "
    "its age: alarm by the timestamp.",
    OPEN: "Open referrals. A fall that no discharges explain: casework doctor.",
    QUARANTINED: "Referrals that the last night could not evaluate. Not 0: casework nights, then put them right.",
    DIFFER: "1: the open referrals and the worklists count differently. Let nobody change the database by hand; call "
    "for help.",
}
FLAGS_HELP = "Open flags of a kind, quiet ones too. For the managers of the service; nothing to do at night."
HOLIDAYS_HELP = "The last day whose bank holidays are known. Less than 90 days ahead: upgrade casework."
OWED_HELP = "Audit lines that the log has not been given yet. They are kept; see casework_log_behind_seconds."
BEHIND_HELP = "For how long the oldest of them has been owed. Above 60: is casework schedule or audit relay running?"
UNSIGNED_HELP = (
    "Age of the last signed checkpoint while events wait for one; 0: none wait; +Inf: nothing was ever signed."
)
HELD_HELP = "1: a night is at work. For longer than an hour: casework nights says since when."


def write_textfile(health: Health, path: Path) -> None:
    """The file is there as a whole or as it was before. Raises `BadRequest` where it cannot be written."""
    check_place(path)
    try:
        write_to_textfile(str(path), registry(health))
    except OSError as problem:
        raise _not_writable(problem.strerror) from None


def check_place(path: Path) -> None:
    """What can be known before there is anything to write. Raises `BadRequest`."""
    if path.suffix != ".prom":
        raise BadRequest("metrics_not_named", "The collector reads only files named *.prom. Name it so.", "metrics")
    if not (path.parent.is_dir() and os.access(path.parent, os.W_OK | os.X_OK)):
        raise _not_writable("no folder of ours")
    if path.is_dir():
        raise _not_writable("a folder")


def _not_writable(why: str | None) -> BadRequest:
    return BadRequest("metrics_not_writable", f"The metrics cannot be written there ({why}).", "metrics")


def registry(health: Health) -> CollectorRegistry:
    """The figures of one moment, with nothing of the process that counted them."""
    found = CollectorRegistry()
    gauges = {name: Gauge(name, text, ["service"], registry=found) for name, text in OF_A_SERVICE.items()}
    of_a_kind = Gauge(FLAGS_OPEN, FLAGS_HELP, ["service", "kind"], registry=found)
    for one in health.services:
        for name, value in _figures(one).items():
            gauges[name].labels(one.service).set(value)
        for kind, number in one.open_flags.items():
            of_a_kind.labels(one.service, kind).set(number)
    known_until = datetime.combine(health.bank_holidays_until, time.max, LONDON)
    Gauge(HOLIDAYS, HOLIDAYS_HELP, registry=found).set(math.floor(known_until.timestamp()))
    Gauge(HELD, HELD_HELP, registry=found).set(health.lease.alive)
    Gauge(OWED, OWED_HELP, registry=found).set(health.owed.unordered + health.owed.untold)
    Gauge(BEHIND, BEHIND_HELP, registry=found).set(health.behind_seconds)
    unsigned = health.unsigned_seconds
    Gauge(UNSIGNED, UNSIGNED_HELP, registry=found).set(math.inf if unsigned is None else unsigned)
    return found


def _figures(one: ServiceHealth) -> dict[str, float]:
    return {
        LAST: one.finished_at.timestamp() if one.finished_at else 0,
        AGE: math.inf if one.age_hours is None else one.age_hours,
        OPEN: one.open_referrals,
        QUARANTINED: one.quarantined,
        DIFFER: one.open_referrals != one.listed,
    }
