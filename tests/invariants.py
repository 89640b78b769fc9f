"""What is true of every database of casework at every moment, asked after each test that used one."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from casework import Casework
from casework.audit.keys import AuditKeys
from casework.audit.verify import verify
from casework.case import Case
from casework.figures import figures_with
from casework.gaps import kept_gaps
from casework.replay import compare
from casework.store import Store
from persistence import Database
from persistence.due import Scope
from persistence.night.checks import count
from persistence.night_tables import flags
from persistence.tables import case_days, case_events, case_gaps, cases
from workflows.beside import RecordKind
from workflows.charts.states import STATES
from workflows.flags import FLAGS
from workflows.registry import CURRENT

LATER = datetime(9000, 1, 1, 12, tzinfo=UTC)
"""A day on which everything that is kept has happened."""
CLOSED = tuple(s.name for s in STATES.values() if s.closed)


def broken_rules(database: Database) -> list[str]:
    """Every rule that the kept cases break, as sentences with ids; empty where all is well."""
    clinic = Casework(database, lambda: LATER)
    with database.engine.connect() as connection, connection.begin():
        listings = [*_twice_counted(connection), *_flagged(connection)]
    with database.reading() as store:
        known = [store.case(case_id) for case_id in store.case_ids()]
        folded = [*_replayed(store, known)]
    kept = (*_counted(database), *_listed(database, clinic, known), *_dated(database, known))
    return [*folded, *kept, *_sealed(database), *listings]


def _sealed(database: Database) -> Iterator[str]:
    """The chain of each case is whole, and each event has a place in the order of all or waits for one.

    Rivals and the doomed of a test have no key, or one of their own: that is not what is asked here.
    """
    with database.audit.evidence() as evidence:
        found = verify(evidence, AuditKeys(database.macs)).findings
    told = (one for one in found if one.code not in ("not_keyed", "unknown_key"))
    yield from (f"case {UUID(one.case_id)}: {one.code}" if one.case_id else one.sentence for one in told)


def _replayed(store: Store, known: Sequence[Case]) -> Iterator[str]:
    for case in known:
        differences = compare(case, store.events(case.id), store.beside(case.id))
        yield from (f"case {case.id} does not replay: {d.sentence}" for d in differences)


def _counted(database: Database) -> Iterator[str]:
    """The version of a case is the number of its events, and they are numbered from 1 without a gap."""
    e = case_events.c
    query = sa.select(
        cases.c.id,
        cases.c.version,
        sa.func.count(e.seq),
        sa.func.coalesce(sa.func.min(e.seq), 0),
        sa.func.coalesce(sa.func.max(e.seq), 0),
    )
    query = query.outerjoin(case_events, e.case_id == cases.c.id).group_by(cases.c.id, cases.c.version)
    for case_id, version, number, first, last in _rows(database, query):
        if not version == number == last or first != 1:
            yield f"case {case_id} is at version {version} with {number} events, numbered {first} to {last}"


def _listed(database: Database, clinic: Casework, known: Sequence[Case]) -> Iterator[str]:
    """The worklist has the open cases and no others, with the gaps that their answers have."""
    referrals = sa.select(cases.c.id).where(cases.c.kind == RecordKind.REFERRAL.value)
    is_open = {row[0] for row in _rows(database, referrals.where(cases.c.state.not_in(CLOSED)))}
    listed = {row.case_id: row for row in clinic.worklist()}
    yield from (f"case {i} is open and on no worklist" for i in is_open - listed.keys())
    yield from (f"case {i} is closed and on the worklist" for i in listed.keys() - is_open)
    kept: dict[UUID, dict[str, str]] = {}
    for case_id, name, lack in _rows(database, sa.select(case_gaps.c.case_id, case_gaps.c.field, case_gaps.c.lack)):
        kept.setdefault(case_id, {})[name] = lack
    for case in known:
        if kept.get(case.id, {}) != kept_gaps(case):
            yield f"case {case.id} lacks {sorted(kept_gaps(case))}, and {sorted(kept.get(case.id, ()))} is kept"
        row = listed.get(case.id)
        if row and (row.state, row.missing, row.held) != (case.state, case.gaps, case.held_since is not None):
            yield f"case {case.id} stands otherwise on the worklist"


def _dated(database: Database, known: Sequence[Case]) -> Iterator[str]:
    """Of every case the days are kept that its answers have, a closed one has none."""
    kept: dict[UUID, dict[str, date]] = {}
    for case_id, name, day in _rows(database, sa.select(case_days.c.case_id, case_days.c.name, case_days.c.day)):
        kept.setdefault(case_id, {})[name] = day
    for case in known:
        have, ought = kept.get(case.id, {}), case.days
        if have != ought:
            wrong = sorted(name for name in {*have, *ought} if have.get(name) != ought.get(name))
            yield f"case {case.id} has other days than those that are kept: {wrong}"


def _flagged(connection: sa.Connection) -> Iterator[str]:
    """A closed referral has no open flag but those for what follows, and a flag is of the service of its case."""
    query = sa.select(flags.c.case_id, flags.c.kind, flags.c.service, cases.c.service, cases.c.state)
    query = query.join(cases, cases.c.id == flags.c.case_id).where(flags.c.cleared_on.is_(None))
    for case_id, kind, service, its_service, state in connection.execute(query):
        if state in CLOSED and not FLAGS[kind].after_closing:
            yield f"case {case_id} is closed and has the open flag {kind}"
        if service != its_service:
            yield f"case {case_id} is of {its_service} and its flag {kind} of {service}"


def _twice_counted(connection: sa.Connection) -> Iterator[str]:
    """What a night proves of the list: as many cases are open as stand on the worklists, service by service."""
    scope = Scope(LATER.date(), tuple(CURRENT), every=True, figure=figures_with({}), run_id=UUID(int=0))
    for service, number in count(connection, scope).items():
        if number.examined != number.listed:
            yield f"{service} has {number.examined} open cases, and {number.listed} on its worklists"


def _rows(database: Database, query: sa.Select[Any]) -> list[Any]:
    with database.engine.connect() as connection, connection.begin():
        return list(connection.execute(query))
