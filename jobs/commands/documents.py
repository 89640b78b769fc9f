"""What `--json` prints: stable keys, plain values. Renaming a key breaks somebody's script."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from casework import Case, CaseEvent, FlagRow, NightReport, Option, Receipt, StaleCase, StepRefused, WorklistRow
from casework.explaining import Explained
from casework.gaps import lacking
from casework.health import Health
from casework.intake.importing import ImportReport, RefusedRow
from casework.replay import Difference
from casework.waiting import ClockState
from workflows import Refusal
from workflows.dates import weeks_pregnant
from workflows.eligibility import eligibility
from workflows.flags import FLAGS
from workflows.restricted import Withheld
from workflows.retention import Retention
from workflows.settings import Lack

Document = dict[str, Any]
WAIT = "wait_to_allocation"


def print_document(document: object) -> None:
    """One document on stdout: on one line for a program, indented for a person."""
    indent = 2 if sys.stdout.isatty() else None
    sys.stdout.write(json.dumps(document, default=_plain, indent=indent) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, Withheld):  # an object and no text: it cannot come back as somebody's answer
        return {"restricted": value.words}
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a document")


def worklist_row(row: WorklistRow) -> Document:
    return asdict(row)


def flag(row: FlagRow) -> Document:
    rule = FLAGS.get(row.kind)
    return {
        **asdict(row),
        "severity": rule.severity if rule else None,
        "owner": rule.owner if rule else None,
        "sentence": rule.sentence if rule else None,
    }


def flags(rows: Sequence[FlagRow], told: Sequence[Explained | None]) -> list[Document]:
    """`told`: why each of them is there, where that was asked for."""
    if not told:
        return [flag(row) for row in rows]
    return [{**flag(row), "explained": asdict(why) if why else None} for row, why in zip(rows, told, strict=True)]


def case(found: Case, flags: Sequence[FlagRow], today: date, since: date | None) -> Document:
    """Everything of one referral, its answers too: with `event_with_answers` what holds what a family has said.

    `since` is the day on which it came to the state where it stands.
    """
    fits = eligibility(found.facts(today))
    wait = found.clocks.get(WAIT)
    return {
        "service": found.service,
        "reference": found.reference,
        "case_id": found.id,
        "pathway": found.chart.id,
        "state": found.state,
        "stage": found.stage,
        "label": found.chart.states[found.state].label,
        "version": found.version,
        "open": found.open,
        "opened_on": found.opened_on,
        "closed_on": found.closed_on,
        "in_state_since": since,
        "weeks_pregnant_when_referred": _weeks_when_referred(found),
        "waiting_days": wait.days(today) if wait else None,
        "adjusted_days": wait.adjusted(today, found.held_since) if wait else None,
        "held": found.held_since is not None,
        "held_since": found.held_since,
        "missing": list(found.gaps),
        "warned": list(lacking(found, Lack.WARN)),
        "eligibility": {
            "result": fits.result,
            "findings": [{"code": c.code, "result": verdict, "sentence": c.sentence} for verdict, c in fits.findings],
        },
        "flags": [row.kind for row in flags],
        "answers": found.answers,
        "clocks": {name: _clock(clock, found.held_since, today) for name, clock in found.clocks.items()},
        "as_of": today,
    }


def _clock(clock: ClockState, held_since: date | None, today: date) -> Document:
    return {
        "since": clock.since,
        "stopped_on": clock.stopped_on,
        "running": clock.running,
        "days": clock.days(today),
        "adjusted_days": clock.adjusted(today, held_since),
    }


def _weeks_when_referred(found: Case) -> int | None:
    due, came = found.answers.get("expected_due_date"), found.answers.get("received_on")
    return weeks_pregnant(due, came) if due and came and not _born_before(found, came) else None


def _born_before(found: Case, day: date) -> bool:
    born = found.answers.get("infant_dob")
    return born is not None and born <= day


def kept(retention: Retention | None) -> Document:
    """Until when a baby's record is kept: the day, the rule that won and its words; of other records nothing."""
    return {"retention": asdict(retention)} if retention else {}


def event(happened: CaseEvent) -> Document:
    """One step. The names of the answers that it brought, not the answers."""
    return {
        "seq": happened.seq,
        "effective_on": happened.effective_on,
        "recorded_at": happened.recorded_at,
        "actor": happened.actor,
        "role": happened.role,
        "via": happened.via,
        "trigger": happened.trigger,
        "from": happened.source,
        "to": happened.to,
        "pathway": happened.pathway,
        "imported": happened.imported,
        "answered": sorted(happened.data),
        "not_recorded": list(happened.not_recorded),
    }


def event_with_answers(happened: CaseEvent) -> Document:
    return {**event(happened), "answers": dict(happened.data)}


def option(offered: Option) -> Document:
    return {
        "trigger": offered.trigger,
        "to": offered.to,
        "allowed": offered.allowed,
        "who": list(offered.who),
        "reasons": [reason(r) for r in offered.reasons],
        "data": offered.data,
    }


def reason(refusal: Refusal) -> Document:
    return {
        "code": refusal.code,
        "sentence": refusal.sentence,
        "field": refusal.fields[0] if refusal.fields else None,
        "fields": list(refusal.fields),
        "who": list(refusal.who),
    }


def receipt(taken: Receipt, *, dry_run: bool) -> Document:
    return {**taken.as_answer(), "alike": list(taken.alike), "dry_run": dry_run}


def refused(step: StepRefused) -> Document:
    return {
        "refused": True,
        "trigger": step.trigger,
        "state": step.state,
        "reasons": [reason(r) for r in step.reasons],
        "who_may": list(step.who),
        "possible_now": list(step.possible_now),
    }


def stale(problem: StaleCase, trigger: str) -> Document:
    """In the shape of a refusal, so that a program reads one shape whatever stood against its step."""
    return {
        "refused": True,
        "trigger": trigger,
        "state": None,
        "reasons": [reason(Refusal(problem.code, str(problem)))],
        "who_may": [],
        "possible_now": [],
        "version": problem.version,
        "seen": problem.seen,
        "changes": [asdict(change) for change in problem.changes],
    }


def night(report: NightReport) -> Document:
    return {**asdict(report), "clean": report.clean}


def imported(report: ImportReport) -> Document:
    return {
        "run_id": report.run_id,
        "dry_run": report.dry_run,
        "read": report.read,
        "loaded": report.loaded,
        "unchanged": report.unchanged,
        "changed": list(report.changed),
        "alike": [asdict(one) for one in report.alike],
        "refused": [_refused_row(row) for row in report.refused],
        "stages": dict(report.stages),
        "encoding": report.encoding,
        "notices": list(report.notices),
        "extra_columns": list(report.extra_columns),
        "absent_columns": list(report.absent_columns),
        "seconds": report.seconds,
    }


def _refused_row(row: RefusedRow) -> Document:
    also = [_problem(code, column, message) for code, column, message in row.also]
    return {"row": row.row, "reference": row.reference, **_problem(row.code, row.column, row.message), "also": also}


def _problem(code: str, column: str | None, message: str) -> Document:
    return {"column": column, "code": code, "message": message}


def difference(found: Difference) -> Document:
    return {"what": found.what, "sentence": found.sentence}


def replayed(found: Case, events: Sequence[CaseEvent], differences: Sequence[Difference]) -> Document:
    return {
        "service": found.service,
        "reference": found.reference,
        "case_id": found.id,
        "events": [event(happened) for happened in events],
        "agree": not differences,
        "differences": [difference(one) for one in differences],
    }


def health(found: Health) -> Document:
    """What `/health` shows too: one object a service, the lease, and what somebody has to look at."""
    return asdict(found)
