"""The schema of the night: flags with their history, runs, the lease, and the figures that services entered."""

import sqlalchemy as sa

from persistence.tables import metadata
from persistence.types import BIG_ID, CaseId, Json, UtcInstant

flags = sa.Table(
    "flags",
    metadata,
    sa.Column("id", BIG_ID, sa.Identity(), primary_key=True),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("case_id", CaseId, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("raised_on", sa.Date, nullable=False),
    sa.Column("raised_at", UtcInstant, nullable=False),
    sa.Column("raised_by", CaseId, nullable=False, comment="the night that raised it, or the undoing of one"),
    sa.Column("quiet_until", sa.Date, comment="snoozed by a person: not shown before that day"),
    sa.Column("cleared_on", sa.Date),
    sa.Column("cleared_at", UtcInstant),
    sa.Column("cleared_because", sa.String(80), comment="the step, the flag or the night that ended it"),
    sa.Column("cleared_by", CaseId, comment="the night that cleared it, or the undoing of one; empty for a step"),
    sa.CheckConstraint("(cleared_on IS NULL) = (cleared_because IS NULL)", "cleared_with_cause"),
    comment="one row a stretch of time in which a flag was open; a flag is all rows of a case and a kind",
)
sa.Index(
    "uq_flags_open",
    flags.c.case_id,
    flags.c.kind,
    unique=True,
    sqlite_where=sa.text("cleared_on IS NULL"),
    postgresql_where=sa.text("cleared_on IS NULL"),
)

sa.Index(
    "ix_flags_quiet",
    flags.c.quiet_until,
    sqlite_where=sa.text("quiet_until IS NOT NULL"),
    postgresql_where=sa.text("quiet_until IS NOT NULL"),
)

flag_acts = sa.Table(
    "flag_acts",
    metadata,
    sa.Column("id", BIG_ID, sa.Identity(), primary_key=True),
    sa.Column("flag_id", BIG_ID, sa.ForeignKey("flags.id"), nullable=False),
    sa.Column("act", sa.String(20), nullable=False),
    sa.Column("acted_on", sa.Date, nullable=False),
    sa.Column("acted_at", UtcInstant, nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("reason", sa.String(2000)),
    sa.Column("until", sa.Date),
    sa.CheckConstraint("act IN ('seen', 'snoozed', 'woken')", "act_is_known"),
    sa.CheckConstraint("act <> 'snoozed' OR (reason IS NOT NULL AND until IS NOT NULL)", "snoozed_for_a_reason"),
    comment="what people did about flags; nothing here is changed or removed",
)
sa.Index("ix_flag_acts_flag_id", flag_acts.c.flag_id)

night_runs = sa.Table(
    "night_runs",
    metadata,
    sa.Column("id", CaseId, primary_key=True, comment="one night over several services has one id"),
    sa.Column("service", sa.String(64), primary_key=True),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("token", sa.BigInteger, nullable=False, comment="of the lease under which it was last worked on"),
    sa.Column("started_at", UtcInstant, nullable=False),
    sa.Column("finished_at", UtcInstant),
    sa.Column("seconds", sa.Float),
    sa.Column("examined", sa.Integer, comment="open cases, counted by their own mark"),
    sa.Column("listed", sa.Integer, comment="open cases, counted over the worklists"),
    sa.Column("quarantined", sa.Integer, comment="cases that could not be evaluated"),
    sa.Column("counts", Json, comment="flags raised, cleared and replaced, by kind"),
    sa.Column("open", Json, comment="flags open at its end, by kind"),
    sa.Column("undone", Json, comment="by whom, when and why its flags were put back"),
    sa.CheckConstraint("state IN ('running', 'failed', 'complete', 'undone', 'repeated')", "state_is_known"),
)
sa.Index(
    "uq_night_runs_one_a_date",
    night_runs.c.service,
    night_runs.c.as_of,
    unique=True,
    sqlite_where=sa.text("state IN ('running', 'failed', 'complete')"),
    postgresql_where=sa.text("state IN ('running', 'failed', 'complete')"),
)

night_quarantine = sa.Table(
    "night_quarantine",
    metadata,
    sa.Column("run_id", CaseId, primary_key=True),
    sa.Column("case_id", CaseId, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("code", sa.String(40), nullable=False),
    comment="cases that a night could not evaluate, and what was wrong with them",
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("holder", sa.String(100), comment="empty: nobody"),
    sa.Column("token", sa.BigInteger, nullable=False, comment="grows with each holder"),
    sa.Column("taken_ms", sa.BigInteger, nullable=False, comment="milliseconds by the clock of the database"),
    sa.Column("until_ms", sa.BigInteger, nullable=False, comment="milliseconds by the clock of the database"),
)

service_figures = sa.Table(
    "service_figures",
    metadata,
    sa.Column("id", BIG_ID, sa.Identity(), primary_key=True),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("amount", sa.Integer, comment="empty: from that day on the service has none"),
    sa.Column("source", sa.String(500), nullable=False),
    sa.Column("in_force_from", sa.Date, nullable=False),
    sa.Column("entered_by", sa.String(100), nullable=False),
    sa.Column("entered_at", UtcInstant, nullable=False),
    comment="figures that services entered beside those of their documents; nothing here is changed or removed",
)
