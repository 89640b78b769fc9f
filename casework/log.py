"""The audit as structured lines: one name and one function an event. Lines carry ids and codes, never people's words.

Nothing here configures logging: that belongs to the program that runs casework (`jobs.logs`) or to its host.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog

from casework.audit.checkpoint import Checkpoint
from casework.audit.evidence import Entry
from casework.audit.lines import facts_of
from casework.case import CaseEvent
from casework.errors import StepRefused


class LogEvent(StrEnum):
    """Names that auditors search for. Renaming one is a breaking change."""

    CASE_OPENED = "case.opened"
    CASE_MOVED = "case.moved"
    CASE_NOTED = "case.noted"
    AUDIT_CHECKPOINT = "audit.checkpoint"
    AUDIT_NOT_PROVED = "audit.not_proved"
    AUDIT_BEHIND = "audit.behind"
    CASE_REFUSED = "case.refused"
    CASE_CONFLICT = "case.conflict"
    RECORD_READ = "record.read"
    FLAG_RAISED = "flag.raised"
    FLAG_CLEARED = "flag.cleared"
    IMPORT_STARTED = "import.started"
    IMPORT_ROW_REFUSED = "import.row_refused"
    IMPORT_FINISHED = "import.finished"
    NIGHT_STARTED = "night.started"
    NIGHT_FINISHED = "night.finished"
    NIGHT_QUARANTINED = "night.quarantined"
    NIGHT_UNDONE = "night.undone"
    FLAG_SEEN = "flag.seen"
    FLAG_SNOOZED = "flag.snoozed"
    FLAG_WOKEN = "flag.woken"
    FIGURE_ENTERED = "figure.entered"
    SCHEDULE_STARTED = "schedule.started"
    SCHEDULE_ALIVE = "schedule.alive"
    SCHEDULE_HELD = "schedule.held"
    SCHEDULE_TROUBLED = "schedule.troubled"
    SCHEDULE_FAILED = "schedule.failed"
    SCHEDULE_STOPPED = "schedule.stopped"


_log = structlog.get_logger("casework")
_audit = structlog.get_logger("casework.audit")
"""Lines that are owed. Whoever configures structlog may give them a sink that raises where one did not get through."""


def case_event(entry: Entry, event: CaseEvent) -> None:
    """A step was taken and is kept: its line, with its place in the order of all and the digest that proves it."""
    said = facts_of(entry, event)
    _audit.info(LogEvent(said.pop("event")), **said)


def audit_checkpoint(checkpoint: Checkpoint) -> None:
    """So many events are in this order, signed."""
    _audit.info(LogEvent.AUDIT_CHECKPOINT, **checkpoint.as_line())


def audit_not_proved(code: str, entry: Entry) -> None:
    """An event is kept that nobody of ours can have written so. It gets no other line."""
    _audit.error(
        LogEvent.AUDIT_NOT_PROVED,
        code=code,
        leaf=entry.leaf,
        service=entry.service or None,
        case_id=_id(entry.case_id),
        event_id=str(entry.event.id) if entry.event else None,
        seq=entry.seq,
    )


def _id(text: str) -> str | None:
    """None where what stands there is no id."""
    try:
        return str(UUID(text))
    except ValueError:
        return None


def audit_behind(code: str, *, seconds: int) -> None:
    """Lines have been owed for so long because of what the code says. They are kept, and told when it is over."""
    _log.error(LogEvent.AUDIT_BEHIND, code=code, seconds=seconds)


def case_refused(refused: StepRefused, **ids: Any) -> None:
    """A step was tried and may not be taken. The tried answers are not repeated."""
    _log.warning(
        LogEvent.CASE_REFUSED,
        trigger=refused.trigger,
        from_state=refused.state,
        codes=[reason.code for reason in refused.reasons],
        fields=sorted({name for reason in refused.reasons for name in reason.fields}),
        **ids,
    )


def case_conflict(**ids: Any) -> None:
    _log.warning(LogEvent.CASE_CONFLICT, **ids)


def record_read(**ids: Any) -> None:
    """A person looked at a record. Why is kept in the database alone."""
    _log.info(LogEvent.RECORD_READ, **ids)


def flag_cleared(*, case_id: UUID, kind: str, cleared_on: str, because: str, **ids: Any) -> None:
    _log.info(LogEvent.FLAG_CLEARED, case_id=str(case_id), kind=kind, cleared_on=cleared_on, because=because, **ids)


def flag_act(act: str, **ids: Any) -> None:
    """What a person did about a flag: seen, snoozed or woken. The reason stays in the database."""
    _log.info(f"flag.{act}", **ids)


def run_lines(name: LogEvent, lines: Iterable[Mapping[str, Any]], **ids: Any) -> None:
    """Many lines of one name. The logger is looked up once, which is half of what a short line costs."""
    tell = _log.bind().info
    for line in lines:
        tell(name, **line, **ids)


def run_line(name: LogEvent, **ids: Any) -> None:
    """The beginning and the end of an import or a night, and a row that an import refused."""
    _log.info(name, **ids)


def schedule_line(name: LogEvent, **ids: Any) -> None:
    """What a service of nights says of itself. Its level says whether anybody has to look."""
    tell = {LogEvent.SCHEDULE_TROUBLED: _log.warning, LogEvent.SCHEDULE_FAILED: _log.error}.get(name, _log.info)
    tell(name, **ids)
