"""What a night would do, flag by flag, and nothing of it done: for a dry run, and for a figure not yet in force."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from casework.ledger import NightReport, PlannedChange, Quarantined
from persistence.due import ON_ITS_WORKLIST, Scope, sources
from persistence.night import checks
from persistence.night_tables import flags
from persistence.tables import cases
from workflows.flags import FLAGS, MARKS, FlagRule

Named = tuple[str, str, UUID]
"""Service, reference and id of a case."""
_NAMED = (cases.c.service, cases.c.reference, cases.c.id)


def plan(connection: sa.Connection, scope: Scope, report: NightReport) -> None:
    """Fills a report with what the night of a scope would raise, clear and replace."""
    counted = checks.count(connection, scope)
    found = dict(checks.findings(connection, scope))
    report.services = scope.services
    report.examined = sum(counted[service].examined for service in scope.services)
    report.listed = sum(counted[service].listed for service in scope.services)
    report.quarantined = _quarantined(connection, found)
    report.planned = sorted(_changes(connection, scope, found), key=lambda c: (c.service, c.reference, c.kind))
    for change, sums in (("raise", report.raised), ("clear", report.cleared), ("replace", report.replaced)):
        sums.update(Counter(planned.kind for planned in report.planned if planned.change == change))


def _changes(connection: sa.Connection, scope: Scope, found: dict[UUID, str]) -> Iterator[PlannedChange]:
    is_open, later = _open_flags(connection, scope)
    due = {kind: _due(connection, rule, scope, found) for kind, rule in FLAGS.items()}
    for kind, named in due.items():
        begun = {case_id for case_id in named if case_id not in is_open.get(kind, {})}
        yield from (PlannedChange(*named[case_id], kind, "raise") for case_id in begun)
        lesser = FLAGS[kind].replaces
        for case_id in begun & is_open.get(lesser, {}).keys():
            yield PlannedChange(*is_open[lesser].pop(case_id), lesser, "replace")
    for kind, named in is_open.items():
        unread = set() if kind in MARKS else found.keys()
        ended = named.keys() - due.get(kind, {}).keys() - unread - later.get(kind, set())
        yield from (PlannedChange(*named[case_id], kind, "clear") for case_id in ended)


def _open_flags(connection: sa.Connection, scope: Scope) -> tuple[dict[str, dict[UUID, Named]], dict[str, set[UUID]]]:
    """By kind and case; and, by kind, those from a later day than that of the scope: no night ends them before."""
    query = sa.select(flags.c.kind, flags.c.raised_on, *_NAMED).join(cases, cases.c.id == flags.c.case_id)
    query = query.where(flags.c.cleared_on.is_(None), flags.c.service.in_(scope.services))
    is_open: dict[str, dict[UUID, Named]] = {}
    later: dict[str, set[UUID]] = {}
    for kind, raised_on, service, reference, case_id in connection.execute(query):
        is_open.setdefault(kind, {})[case_id] = (service, reference, case_id)
        if raised_on > scope.as_of:
            later.setdefault(kind, set()).add(case_id)
    return is_open, later


def _due(connection: sa.Connection, rule: FlagRule, scope: Scope, found: dict[UUID, str]) -> dict[UUID, Named]:
    if rule.about_what_is_kept:
        about_lists = rule.kind == "not_on_one_worklist"
        return _named(connection, [i for i, code in found.items() if (code in ON_ITS_WORKLIST) == about_lists])
    due: dict[UUID, Named] = {}
    for source in sources(rule, scope):
        query = source.due().add_columns(cases.c.reference)
        due.update({row[0]: (row[1], row[2], row[0]) for row in connection.execute(query)})
    return due


def _named(connection: sa.Connection, ids: list[UUID]) -> dict[UUID, Named]:
    rows: list[Any] = []
    for start in range(0, len(ids), 500):
        query = sa.select(*_NAMED).where(cases.c.id.in_(ids[start : start + 500]))
        rows += connection.execute(query).all()
    return {row[2]: (row[0], row[1], row[2]) for row in rows}


def _quarantined(connection: sa.Connection, found: dict[UUID, str]) -> list[Quarantined]:
    named = _named(connection, list(found))
    listed = [Quarantined(*named[case_id], code) for case_id, code in found.items()]
    return sorted(listed, key=lambda one: (one.service, one.reference))
