"""The statements of the write path, one name each. Built once, and compiled once for each kind of database."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ClauseElement

from persistence.night_tables import flag_acts, flags, service_figures
from persistence.prepared import Prepared
from persistence.tables import (
    case_clocks,
    case_days,
    case_events,
    case_gaps,
    case_links,
    case_records,
    case_traits,
    cases,
    idempotency_keys,
    import_runs,
    record_identities,
    record_readings,
    refused_attempts,
)

CASE_COLUMNS = tuple(c for c in cases.c if c.name not in ("is_open", "kind", "clinician", "infant_key", "carer_key"))
CLOCK_COLUMNS = (
    case_clocks.c.clock,
    case_clocks.c.since,
    case_clocks.c.counts_from,
    case_clocks.c.stopped_on,
    case_clocks.c.stopped_by,
    case_clocks.c.held_days,
    case_clocks.c.agreed_on,
)


def _p(name: str, column: sa.Column[Any]) -> sa.BindParameter[Any]:
    return sa.bindparam(name, type_=column.type)


def _whole_row(table: sa.Table) -> ClauseElement:
    return sa.insert(table).values({c.name: _p(c.name, c) for c in table.c if not c.identity})


def _changed_case(*names: str) -> ClauseElement:
    """Only the columns that may have changed: SQLite writes each index anew whose columns are named."""
    seen = (cases.c.id == _p("id_", cases.c.id), cases.c.version == _p("seen", cases.c.version))
    return sa.update(cases).where(*seen).values({n: _p(n, cases.c[n]) for n in names})


_CASE = (
    sa.select(*CASE_COLUMNS, case_records.c.answers)
    .join(case_records, case_records.c.case_id == cases.c.id)
    .where(cases.c.id == _p("id", cases.c.id))
)

_NAMED = sa.select(sa.cast(_p("reference", cases.c.reference), cases.c.reference.type).label("reference"))
_SAME = _NAMED.cte("same", recursive=True)
_SAME = _SAME.union(
    sa.select(cases.c.reference)
    .join(case_links, case_links.c.case_id == cases.c.id)
    .join(_SAME, _SAME.c.reference == case_links.c.reference)
    .where(case_links.c.name == "survivor", cases.c.service == _p("service", cases.c.service))
)
"""A record by its reference, and all that were merged into it, one into the other."""

STATEMENTS: dict[str, ClauseElement] = {
    "case": _CASE,
    "lock_case": _CASE.with_for_update(of=[cases, case_records]),
    "open_flags": sa.select(flags.c.kind).where(flags.c.case_id == _p("id", cases.c.id), flags.c.cleared_on.is_(None)),
    "clocks": sa.select(*CLOCK_COLUMNS).where(case_clocks.c.case_id == _p("id", cases.c.id)),
    "key": sa.select(idempotency_keys.c.request_digest, idempotency_keys.c.answer).where(
        idempotency_keys.c.actor == _p("actor", idempotency_keys.c.actor),
        idempotency_keys.c.key == _p("key", idempotency_keys.c.key),
    ),
    # written anew as they are: a commit that is waited for makes sure of what lies before it in the log of the database
    "touch_key": sa.update(idempotency_keys)
    .where(
        idempotency_keys.c.actor == _p("actor", idempotency_keys.c.actor),
        idempotency_keys.c.key == _p("key", idempotency_keys.c.key),
    )
    .values(recorded_at=idempotency_keys.c.recorded_at),
    "touch_case": sa.update(cases).where(cases.c.id == _p("id_", cases.c.id)).values(version=cases.c.version),
    "event": sa.select(case_events.c.seq).where(
        case_events.c.case_id == _p("id", cases.c.id), case_events.c.id == _p("event", case_events.c.id)
    ),
    "other_referral": sa.select(cases.c.reference).where(
        cases.c.service == _p("service", cases.c.service),
        cases.c.infant_key == _p("infant", cases.c.infant_key),
        cases.c.carer_key == _p("carer", cases.c.carer_key),
        cases.c.is_open,
        cases.c.id != _p("id", cases.c.id),
    ),
    "record": sa.select(cases.c.id).where(
        cases.c.reference == _p("reference", cases.c.reference),
        cases.c.service == _p("service", cases.c.service),
        cases.c.kind == _p("kind", cases.c.kind),
    ),
    "linked": sa.select(cases.c.id)
    .join(case_links, case_links.c.case_id == cases.c.id)
    .join(_SAME, _SAME.c.reference == case_links.c.reference)
    .where(
        case_links.c.name == _p("name", case_links.c.name),
        cases.c.service == _p("service", cases.c.service),
        cases.c.kind == _p("kind", cases.c.kind),
    )
    .order_by(cases.c.id),
    "alike": sa.select(case_traits.c.case_id).where(case_traits.c.digest == _p("digest", case_traits.c.digest)),
    "drop_trait": sa.delete(case_traits).where(
        case_traits.c.case_id == _p("case_id", cases.c.id), case_traits.c.name == _p("trait_name", case_traits.c.name)
    ),
    "new_trait": _whole_row(case_traits),
    "new_reading": _whole_row(record_readings),
    "readings": sa.select(*record_readings.c)
    .where(record_readings.c.case_id == _p("id", cases.c.id))
    .order_by(record_readings.c.read_at, record_readings.c.id),
    "allocated": sa.select(cases.c.reference)
    .where(
        cases.c.service == _p("service", cases.c.service),
        cases.c.kind == "referral",
        cases.c.clinician == _p("clinician", cases.c.clinician),
        cases.c.is_open,
        cases.c.id != _p("id", cases.c.id),
    )
    .order_by(cases.c.reference),
    "find": sa.select(cases.c.id, cases.c.service).where(cases.c.reference == _p("reference", cases.c.reference)),
    "find_id": sa.select(cases.c.id, cases.c.service).where(cases.c.id == _p("id", cases.c.id)),
    "changes": sa.select(case_events.c.seq, case_events.c.trigger, case_events.c.actor, case_events.c.recorded_at)
    .where(case_events.c.case_id == _p("id", cases.c.id), case_events.c.seq > _p("seq", case_events.c.seq))
    .order_by(case_events.c.seq),
    "note_case": _changed_case("version", "head"),
    "move_case": _changed_case("version", "head", "state", "placed_on", "placed_by", "held_since", "clinician"),
    "rewrite_case": _changed_case(
        *(c.name for c in cases.c if c.name not in ("id", "service", "reference", "kind", "opened_on"))
    ),
    "rewrite_answers": sa.update(case_records)
    .where(case_records.c.case_id == _p("id_", cases.c.id))
    .values(answers=_p("answers", case_records.c.answers)),
    "set_clock": sa.update(case_clocks)
    .where(case_clocks.c.case_id == _p("id_", cases.c.id), case_clocks.c.clock == _p("clock_", case_clocks.c.clock))
    .values({c.name: _p(c.name, c) for c in CLOCK_COLUMNS if c.name != "clock"}),
    "drop_gap": sa.delete(case_gaps).where(
        case_gaps.c.case_id == _p("case_id", cases.c.id), case_gaps.c.field == _p("field", case_gaps.c.field)
    ),
    "drop_day": sa.delete(case_days).where(
        case_days.c.case_id == _p("case_id", cases.c.id), case_days.c.name == _p("day_name", case_days.c.name)
    ),
    "drop_link": sa.delete(case_links).where(
        case_links.c.case_id == _p("case_id", cases.c.id), case_links.c.name == _p("link_name", case_links.c.name)
    ),
    "figures": sa.select(
        service_figures.c.name, service_figures.c.amount, service_figures.c.source, service_figures.c.in_force_from
    )
    .where(service_figures.c.service == _p("service", cases.c.service))
    .order_by(service_figures.c.id),
    "clear_flag": sa.update(flags)
    .where(
        flags.c.case_id == _p("id_", cases.c.id),
        flags.c.kind == _p("kind_", flags.c.kind),
        flags.c.cleared_on.is_(None),
    )
    .values({n: _p(n, flags.c[n]) for n in ("cleared_on", "cleared_at", "cleared_because")}),
    "lock_flag": sa.select(flags.c.id)
    .where(
        flags.c.case_id == _p("case_id", cases.c.id),
        flags.c.kind == _p("kind", flags.c.kind),
        flags.c.cleared_on.is_(None),
    )
    .with_for_update(),
    "quieten_flag": sa.update(flags)
    .where(flags.c.id == _p("id_", flags.c.id))
    .values(quiet_until=_p("quiet_until", flags.c.quiet_until)),
    "new_flag_act": _whole_row(flag_acts),
    "end_import": sa.update(import_runs)
    .where(import_runs.c.id == _p("id_", import_runs.c.id))
    .values({n: _p(n, import_runs.c[n]) for n in ("finished_at", "counts")}),
    "new_import": _whole_row(import_runs),
    "events": sa.select(case_events).where(case_events.c.case_id == _p("id", cases.c.id)).order_by(case_events.c.seq),
    "listed": sa.select(cases.c.id)
    .where(
        cases.c.service == _p("service", cases.c.service),
        cases.c.kind == _p("kind", cases.c.kind),
        cases.c.state != _p("hidden", cases.c.state),
    )
    .order_by(cases.c.id),
    "new_identity": _whole_row(record_identities),
    "later_identity": sa.select(cases.c.id)
    .join(record_identities, record_identities.c.later_id == cases.c.id)
    .where(record_identities.c.earlier_id == _p("id", cases.c.id)),
    "earlier_identity": sa.select(cases.c.id)
    .join(record_identities, record_identities.c.earlier_id == cases.c.id)
    .where(record_identities.c.later_id == _p("id", cases.c.id)),
    "new_case": _whole_row(cases),
    "new_record": _whole_row(case_records),
    "new_event": _whole_row(case_events),
    "new_clock": _whole_row(case_clocks),
    "new_gap": _whole_row(case_gaps),
    "new_day": _whole_row(case_days),
    "new_link": _whole_row(case_links),
    "new_key": _whole_row(idempotency_keys),
    "new_refusal": _whole_row(refused_attempts),
}

_PREPARED: dict[type[sa.Dialect], Mapping[str, Prepared]] = {}


def prepared_for(dialect: sa.Dialect) -> Mapping[str, Prepared]:
    """The statements as a driver takes them: the same for every database that is spoken to by it."""
    driver = type(dialect)
    if driver not in _PREPARED:
        _PREPARED[driver] = {name: Prepared(statement, dialect) for name, statement in STATEMENTS.items()}
    return _PREPARED[driver]
