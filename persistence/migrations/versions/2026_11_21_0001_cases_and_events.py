"""The tables of the first version: cases and their events, clocks, gaps, flags, runs and keys.

Revision: 0001
Follows:  none
Deploy:   before code. There is no older code.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = "case_events are append-only: nothing that happened is changed or removed"


def upgrade() -> None:
    _cases()
    _idempotency_keys()
    _import_runs()
    _night_runs()
    _case_clocks()
    _case_events()
    _case_gaps()
    _case_records()
    _flags()
    _refused_attempts()
    _append_only()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER case_events_rows_stay ON case_events")
        op.execute("DROP TRIGGER case_events_all_stay ON case_events")
        op.execute("DROP FUNCTION case_events_stay()")
    for table in (
        "idempotency_keys", "import_runs", "night_runs", "case_clocks", "case_events",
        "case_gaps", "case_records", "flags", "refused_attempts", "cases",
    ):  # fmt: skip
        op.drop_table(table)


def _append_only() -> None:
    """An update or a delete of an event fails, whoever tries. Row triggers do not see TRUNCATE: PostgreSQL has two.

    SQLite's INSERT OR REPLACE deletes without firing a delete trigger, so an event that is there is not inserted again.
    """
    if op.get_bind().dialect.name == "sqlite":
        there = "WHEN EXISTS (SELECT 1 FROM case_events WHERE case_id = NEW.case_id AND seq = NEW.seq)"
        for verb, when in (("UPDATE", ""), ("DELETE", ""), ("INSERT", there)):
            op.execute(
                f"CREATE TRIGGER case_events_no_{verb.lower()} BEFORE {verb} ON case_events {when} "
                f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION case_events_stay() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN RAISE EXCEPTION '{APPEND_ONLY}' USING ERRCODE = 'restrict_violation'; END$$"
    )
    op.execute(
        "CREATE TRIGGER case_events_rows_stay BEFORE UPDATE OR DELETE ON case_events "
        "FOR EACH ROW EXECUTE FUNCTION case_events_stay()"
    )
    op.execute(
        "CREATE TRIGGER case_events_all_stay BEFORE TRUNCATE ON case_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION case_events_stay()"
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("pathway", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("placed_on", sa.Date(), nullable=False),
        sa.Column("placed_by", sa.Integer(), nullable=False),
        sa.Column("held_since", sa.Date(), nullable=True),
        sa.Column("clinician", sa.String(length=100), nullable=True),
        sa.Column("infant_key", sa.String(length=64), nullable=True),
        sa.Column("carer_key", sa.String(length=64), nullable=True),
        sa.CheckConstraint("is_open = (closed_on IS NULL)", name=op.f("ck_cases_open_or_closed")),
        sa.CheckConstraint("is_open OR held_since IS NULL", name=op.f("ck_cases_only_open_is_held")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_cases_version_counts_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("reference", "service", name=op.f("uq_cases_reference_service")),
    )
    op.create_index(
        "ix_cases_open",
        "cases",
        ["service", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "uq_cases_open_people",
        "cases",
        ["service", "infant_key", "carer_key"],
        unique=True,
        sqlite_where=sa.text("is_open = 1 AND infant_key IS NOT NULL AND carer_key IS NOT NULL"),
        postgresql_where=sa.text("is_open AND infant_key IS NOT NULL AND carer_key IS NOT NULL"),
    )


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_keys")),
        sqlite_with_rowid=False,
    )


def _import_runs() -> None:
    op.create_table(
        "import_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
    )


def _night_runs() -> None:
    op.create_table(
        "night_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("examined", sa.Integer(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=True, comment="flags raised, cleared and replaced, by kind"),
        sa.Column("cursor", sa.Text(), nullable=True, comment="how far the night has come"),
        sa.CheckConstraint("state IN ('running', 'complete', 'failed')", name=op.f("ck_night_runs_state_is_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night_runs")),
    )
    op.create_index("ix_night_runs_as_of", "night_runs", ["as_of"], unique=False)


def _case_clocks() -> None:
    op.create_table(
        "case_clocks",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("counts_from", sa.Date(), nullable=False, comment="since, less the days of earlier stretches"),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("stopped_by", sa.Integer(), nullable=True),
        sa.Column("held_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("counts_from <= since", name=op.f("ck_case_clocks_days_are_kept")),
        sa.CheckConstraint("stopped_on IS NULL OR stopped_on >= since", name=op.f("ck_case_clocks_stops_after_start")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_clocks_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "clock", name=op.f("pk_case_clocks")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_case_clocks_running",
        "case_clocks",
        ["clock", "counts_from", "case_id"],
        unique=False,
        sqlite_where=sa.text("stopped_on IS NULL"),
        postgresql_where=sa.text("stopped_on IS NULL"),
    )


def _case_events() -> None:
    op.create_table(
        "case_events",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("trigger", sa.String(length=40), nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=False),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("via", sa.String(length=40), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False, comment="day in Europe/London"),
        sa.Column(
            "effective_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="instant, where more than the day is known",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pathway", sa.String(length=80), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("not_recorded", sa.Text(), nullable=False),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_case_events_seq_counts")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_case_events")),
        sqlite_with_rowid=False,
    )


def _case_gaps() -> None:
    op.create_table(
        "case_gaps",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False, comment="the day on which the written referral came"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_gaps_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "field", name=op.f("pk_case_gaps")),
        sqlite_with_rowid=False,
    )


def _case_records() -> None:
    op.create_table(
        "case_records",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False, comment="what is known: the fold of the answers of its events"),
        sa.Column(
            "imported_digest",
            sa.String(length=64),
            nullable=True,
            comment="digest of the sheet's row, so that a second import can tell",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_records_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_records")),
    )


def _flags() -> None:
    op.create_table(
        "flags",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=False, comment="the night that raised it"),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "cleared_because",
            sa.String(length=80),
            nullable=True,
            comment="the step, the flag or the night that ended it",
        ),
        sa.CheckConstraint(
            "(cleared_on IS NULL) = (cleared_because IS NULL)", name=op.f("ck_flags_cleared_with_cause")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_flags_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
    )
    op.create_index(
        "uq_flags_open",
        "flags",
        ["case_id", "kind"],
        unique=True,
        sqlite_where=sa.text("cleared_on IS NULL"),
        postgresql_where=sa.text("cleared_on IS NULL"),
    )


def _refused_attempts() -> None:
    op.create_table(
        "refused_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("trigger", sa.String(length=40), nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("via", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False, comment="codes and names of answers, never their values"),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_refused_attempts_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_attempts")),
    )
    op.create_index("ix_refused_attempts_case_id", "refused_attempts", ["case_id"], unique=False)
