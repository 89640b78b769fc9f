"""The schema. Rows without behaviour; every invariant that can be a constraint is one.

States and clocks are not constrained here: a chart knows them, and a new chart version needs no migration.
"""

from typing import Any

import sqlalchemy as sa

from persistence.types import CaseId, Json, UtcInstant

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    }
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", CaseId, primary_key=True),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("reference", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False, server_default="referral", comment="what the case is about"),
    sa.Column("pathway", sa.String(80), nullable=False),
    sa.Column("state", sa.String(40), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("is_open", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("closed_on", sa.Date),
    sa.Column("placed_on", sa.Date, nullable=False),
    sa.Column("placed_by", sa.Integer, nullable=False),
    sa.Column("held_since", sa.Date),
    sa.Column("clinician", sa.String(100)),
    sa.Column("infant_key", sa.String(64)),
    sa.Column("carer_key", sa.String(64)),
    sa.Column("head", sa.LargeBinary(32), comment="digest of its newest event"),
    sa.UniqueConstraint("reference", "service"),  # in this order, for a person gives the reference alone
    sa.CheckConstraint("version >= 1", "version_counts_events"),
    sa.CheckConstraint("is_open = (closed_on IS NULL)", "open_or_closed"),
    sa.CheckConstraint("is_open OR held_since IS NULL", "only_open_is_held"),
)
sa.Index(
    "uq_cases_open_people",
    cases.c.service,
    cases.c.infant_key,
    cases.c.carer_key,
    unique=True,
    sqlite_where=sa.text("is_open = 1 AND infant_key IS NOT NULL AND carer_key IS NOT NULL"),
    postgresql_where=sa.text("is_open AND infant_key IS NOT NULL AND carer_key IS NOT NULL"),
)
sa.Index(
    "ix_cases_open",
    cases.c.service,
    cases.c.id,
    sqlite_where=sa.text("is_open = 1"),
    postgresql_where=sa.text("is_open"),
)

case_records = sa.Table(
    "case_records",
    metadata,
    sa.Column("case_id", CaseId, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("answers", Json, nullable=False, comment="what is known: the fold of the answers of its events"),
    sa.Column("imported_digest", sa.String(64), comment="digest of the sheet's row, so that a second import can tell"),
)

case_events = sa.Table(
    "case_events",
    metadata,
    sa.Column("case_id", CaseId, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", CaseId, nullable=False),
    sa.Column("trigger", sa.String(40), nullable=False),
    sa.Column("from_state", sa.String(40), nullable=False),
    sa.Column("to_state", sa.String(40), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("role", sa.String(40)),
    sa.Column("via", sa.String(40), nullable=False),
    sa.Column("effective_on", sa.Date, nullable=False, comment="day in Europe/London"),
    sa.Column("effective_at", UtcInstant, comment="instant, where more than the day is known"),
    sa.Column("recorded_at", UtcInstant, nullable=False),
    sa.Column("pathway", sa.String(80), nullable=False),
    sa.Column("imported", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("request_id", sa.String(64)),
    sa.Column("data", Json, nullable=False),
    sa.Column("not_recorded", Json, nullable=False),
    sa.Column("salt", sa.LargeBinary(16), comment="empty once the answers are erased"),
    sa.Column("data_digest", sa.LargeBinary(32), comment="in the place of answers that are erased"),
    sa.Column("digest", sa.LargeBinary(32), comment="over the event and the one before it"),
    sa.Column("mac", sa.LargeBinary(32), comment="of the digest, with a key that is kept elsewhere"),
    sa.Column("key_id", sa.String(40)),
    sa.CheckConstraint("seq >= 1", "seq_counts"),
    sqlite_with_rowid=False,
)

case_clocks = sa.Table(
    "case_clocks",
    metadata,
    sa.Column("case_id", CaseId, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("clock", sa.String(40), primary_key=True),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("counts_from", sa.Date, nullable=False, comment="since, less the days of earlier stretches"),
    sa.Column("stopped_on", sa.Date),
    sa.Column("stopped_by", sa.Integer),
    sa.Column("held_days", sa.Integer, nullable=False),
    sa.Column("agreed_on", sa.Date, comment="the day on which people agreed to look again"),
    sa.CheckConstraint("counts_from <= since", "days_are_kept"),
    sa.CheckConstraint("stopped_on IS NULL OR stopped_on >= since", "stops_after_start"),
    sqlite_with_rowid=False,
)
sa.Index(
    "ix_case_clocks_running",
    case_clocks.c.clock,
    case_clocks.c.counts_from,
    case_clocks.c.case_id,
    sqlite_where=sa.text("stopped_on IS NULL"),
    postgresql_where=sa.text("stopped_on IS NULL"),
)

sa.Index(
    "ix_case_clocks_agreed",
    case_clocks.c.clock,
    case_clocks.c.agreed_on,
    case_clocks.c.case_id,
    sqlite_where=sa.text("stopped_on IS NULL AND agreed_on IS NOT NULL"),
    postgresql_where=sa.text("stopped_on IS NULL AND agreed_on IS NOT NULL"),
)

case_days = sa.Table(
    "case_days",
    metadata,
    sa.Column("case_id", CaseId, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("name", sa.String(20), primary_key=True),
    sa.Column("day", sa.Date, nullable=False),
    sqlite_with_rowid=False,
    comment="days of open cases that flags are counted from or to, worked out from the answers",
)
sa.Index("ix_case_days_name_day", case_days.c.name, case_days.c.day, case_days.c.case_id)

case_gaps = sa.Table(
    "case_gaps",
    metadata,
    sa.Column("case_id", CaseId, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("field", sa.String(40), primary_key=True),
    sa.Column("since", sa.Date, nullable=False, comment="the day on which the written referral came"),
    sa.Column(
        "lack",
        sa.String(8),
        nullable=False,
        server_default="block",
        comment="block: the referral stops; warn: told only",
    ),
    sqlite_with_rowid=False,
)

case_links = sa.Table(
    "case_links",
    metadata,
    sa.Column("case_id", CaseId, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("name", sa.String(40), primary_key=True, comment="the answer in which it is named"),
    sa.Column("reference", sa.String(64), nullable=False, comment="of another record of the same service"),
    sqlite_with_rowid=False,
)
sa.Index("ix_case_links_reference_name", case_links.c.reference, case_links.c.name, case_links.c.case_id)

case_traits = sa.Table(
    "case_traits",
    metadata,
    sa.Column("case_id", CaseId, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("name", sa.String(24), primary_key=True, comment="the NHS number, or three of what tells a baby"),
    sa.Column("digest", sa.BigInteger, nullable=False, comment="keyed by the service; the same where two agree"),
    sqlite_with_rowid=False,
    comment="by what two records may be of one baby, worked out from the answers",
)
sa.Index("ix_case_traits_digest", case_traits.c.digest, case_traits.c.case_id)

record_readings = sa.Table(
    "record_readings",
    metadata,
    sa.Column("id", CaseId, primary_key=True),
    sa.Column("case_id", CaseId, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("what", sa.String(20), nullable=False, comment="the record, its history, or a copy of it"),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("via", sa.String(40), nullable=False),
    sa.Column("read_at", UtcInstant, nullable=False),
    sa.Column("why", sa.Text),
    sa.Column("request_id", sa.String(64)),
    comment="who looked at a record, and when; never changed, never removed",
)
sa.Index("ix_record_readings_case_id", record_readings.c.case_id, record_readings.c.read_at)

record_identities = sa.Table(
    "record_identities",
    metadata,
    sa.Column("id", CaseId, primary_key=True),
    sa.Column("earlier_id", CaseId, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("later_id", CaseId, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("via", sa.String(40), nullable=False),
    sa.Column("kept_at", UtcInstant, nullable=False),
    sa.UniqueConstraint("earlier_id"),
    sa.UniqueConstraint("later_id"),
    comment="which two records are one child before and after adoption; never changed, never removed",
)

import_runs = sa.Table(
    "import_runs",
    metadata,
    sa.Column("id", CaseId, primary_key=True),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("started_at", UtcInstant, nullable=False),
    sa.Column("finished_at", UtcInstant),
    sa.Column("counts", Json),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("actor", sa.String(100), primary_key=True),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("request_digest", sa.String(64), nullable=False),
    sa.Column("answer", Json, nullable=False),
    sa.Column("recorded_at", UtcInstant, nullable=False),
    sqlite_with_rowid=False,
)

refused_attempts = sa.Table(
    "refused_attempts",
    metadata,
    sa.Column("id", CaseId, primary_key=True),
    sa.Column("case_id", CaseId, sa.ForeignKey("cases.id")),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("trigger", sa.String(40), nullable=False),
    sa.Column("from_state", sa.String(40), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("via", sa.String(40), nullable=False),
    sa.Column("recorded_at", UtcInstant, nullable=False),
    sa.Column("reasons", Json, nullable=False, comment="codes and names of answers, never their values"),
    sa.Column("request_id", sa.String(64)),
)
sa.Index("ix_refused_attempts_case_id", refused_attempts.c.case_id)


def joined(column: sa.ColumnElement[str]) -> sa.Function[str]:
    """The values of a column as one text with commas between: `group_concat` or `string_agg`."""
    comma: Any = sa.literal_column("','")  # as SQL text: a bound value could not be compiled once and for all
    return sa.func.aggregate_strings(column, comma)
