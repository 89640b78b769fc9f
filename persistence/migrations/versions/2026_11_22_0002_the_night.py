"""The night as a service: what people agreed on, days of a case, acts on flags, runs a service, lease and figures.

Revision: 0002
Follows:  0001
Deploy:   with the code, while no casework runs: neither version works on the tables of the other, and says so. One
          transaction, which reads every event once and on PostgreSQL keeps all others out until it ends. A kill
          leaves 0001.

The clock of the group's table now begins again when the group defers: it is counted anew for cases that were deferred.

Of a night over all services each service with a case gets a row. Its counts are counted anew from the flags;
`examined` stays where there is but one service, for else nobody knows whose cases they were. Of several runs for a date
the newest that was completed stands (or, where none was, the newest that was not); the others are `repeated`.

Down: acts on flags, entered figures, quarantine and the lease are gone; answers lose the two days that 0001 did not
keep. Flags of kinds that 0001 does not know stay open until its next night.
"""

import sqlalchemy as sa
from alembic import op

from persistence.migrations.backfill_0002 import (
    count_again,
    forget_what_0001_did_not_keep,
    night_runs,
    turn_triage_clocks,
    work_out_what_cases_now_keep,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
SERVICE_OF_ITS_CASE = "UPDATE flags SET service = (SELECT cases.service FROM cases WHERE cases.id = flags.case_id)"
NIGHT_THAT_CLEARED_IT = """
    UPDATE flags SET cleared_by = (
        SELECT r.id FROM night_runs r WHERE r.as_of = flags.cleared_on AND r.started_at = flags.cleared_at
        ORDER BY r.id LIMIT 1
    ) WHERE cleared_because = 'no longer due' OR cleared_because LIKE 'replaced by %'
"""
ONE_ROW_A_SERVICE = """
    INSERT INTO night_runs (id, service, as_of, "by", state, token, started_at, finished_at, examined)
    SELECT r.id, s.service, r.as_of, r."by",
        CASE WHEN r.place > 1 THEN 'repeated' WHEN r.state = 'complete' THEN 'complete' ELSE 'failed' END,
        0, r.started_at, r.finished_at,
        CASE WHEN (SELECT count(DISTINCT service) FROM cases) = 1 THEN r.examined END
    FROM (SELECT w.*, row_number() OVER (PARTITION BY as_of
            ORDER BY CASE state WHEN 'complete' THEN 0 ELSE 1 END, started_at DESC, id DESC) AS place
          FROM night_runs_was w) r
    CROSS JOIN (SELECT DISTINCT service FROM cases) s
"""
ONE_ROW_A_NIGHT = """
    INSERT INTO night_runs (id, as_of, "by", state, started_at, finished_at, examined)
    SELECT id, max(as_of), max("by"),
        CASE WHEN max(CASE state WHEN 'running' THEN 1 END) = 1 THEN 'running'
             WHEN max(CASE WHEN state = 'failed' OR finished_at IS NULL THEN 1 END) = 1 THEN 'failed'
             ELSE 'complete' END,
        min(started_at), max(finished_at), sum(examined)
    FROM night_runs_was GROUP BY id
"""


def upgrade() -> None:
    op.add_column(
        "case_clocks", sa.Column("agreed_on", sa.Date(), comment="the day on which people agreed to look again")
    )
    _case_days()
    work_out_what_cases_now_keep(op.get_bind())
    turn_triage_clocks(op.get_bind(), again_by_defer=True)
    running = sa.text("stopped_on IS NULL AND agreed_on IS NOT NULL")
    columns = ["clock", "agreed_on", "case_id"]
    op.create_index("ix_case_clocks_agreed", "case_clocks", columns, sqlite_where=running, postgresql_where=running)
    op.create_index("ix_case_days_name_day", "case_days", ["name", "day", "case_id"])
    _flags()
    quiet = sa.text("quiet_until IS NOT NULL")
    op.create_index("ix_flags_quiet", "flags", ["quiet_until"], sqlite_where=quiet, postgresql_where=quiet)
    _set_aside_night_runs("ix_night_runs_as_of")
    _night_runs()
    op.execute(ONE_ROW_A_SERVICE)
    count_again(op.get_bind(), night_runs.c.id, night_runs.c.service)
    op.drop_table("night_runs_was")
    _flag_acts()
    _service_figures()
    _night_quarantine()
    _leases()


def downgrade() -> None:
    for table in ("flag_acts", "service_figures"):
        op.drop_table(table)
        if _on_postgresql():
            op.execute(f"DROP FUNCTION {table}_stay()")
    for table in ("night_quarantine", "leases", "case_days"):
        op.drop_table(table)
    _set_aside_night_runs("uq_night_runs_one_a_date")
    _night_runs_of_0001()
    op.execute(ONE_ROW_A_NIGHT)
    count_again(op.get_bind(), night_runs.c.id)
    op.drop_table("night_runs_was")
    op.drop_index("ix_flags_quiet", "flags")
    for column in ("service", "quiet_until", "cleared_by"):
        op.drop_column("flags", column)
    if _on_postgresql():
        op.alter_column("flags", "raised_by", comment="the night that raised it")
        op.drop_table_comment("flags")
    op.drop_index("ix_case_clocks_agreed", "case_clocks")
    op.drop_column("case_clocks", "agreed_on")
    forget_what_0001_did_not_keep(op.get_bind())
    turn_triage_clocks(op.get_bind(), again_by_defer=False)


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _case_days() -> None:
    op.create_table(
        "case_days",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_days_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_case_days")),
        sqlite_with_rowid=False,
        comment="days of open cases that flags are counted from or to, worked out from the answers",
    )


def _flags() -> None:
    op.add_column("flags", sa.Column("service", sa.String(length=64), nullable=True))
    op.add_column(
        "flags", sa.Column("quiet_until", sa.Date(), comment="snoozed by a person: not shown before that day")
    )
    op.add_column(
        "flags",
        sa.Column(
            "cleared_by", sa.Uuid(), comment="the night that cleared it, or the undoing of one; empty for a step"
        ),
    )
    op.execute(SERVICE_OF_ITS_CASE)
    op.execute(NIGHT_THAT_CLEARED_IT)
    if _on_postgresql():
        op.alter_column("flags", "service", nullable=False)
        op.alter_column("flags", "raised_by", comment="the night that raised it, or the undoing of one")
        op.create_table_comment(
            "flags", "one row a stretch of time in which a flag was open; a flag is all rows of a case and a kind"
        )
        return
    with op.batch_alter_table("flags") as rebuilt:
        rebuilt.alter_column("service", existing_type=sa.String(length=64), nullable=False)


def _set_aside_night_runs(index: str) -> None:
    """Its key changes: a new table takes its name. On PostgreSQL a key has a name that no other may have."""
    op.drop_index(index, "night_runs")
    if _on_postgresql():
        op.drop_constraint("pk_night_runs", "night_runs")
    op.rename_table("night_runs", "night_runs_was")


def _night_runs() -> None:
    op.create_table(
        "night_runs",
        sa.Column("id", sa.Uuid(), nullable=False, comment="one night over several services has one id"),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False, comment="of the lease under which it was last worked on"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("seconds", sa.Float()),
        sa.Column("examined", sa.Integer(), comment="open cases, counted by their own mark"),
        sa.Column("listed", sa.Integer(), comment="open cases, counted over the worklists"),
        sa.Column("quarantined", sa.Integer(), comment="cases that could not be evaluated"),
        sa.Column("counts", sa.Text(), comment="flags raised, cleared and replaced, by kind"),
        sa.Column("open", sa.Text(), comment="flags open at its end, by kind"),
        sa.Column("undone", sa.Text(), comment="by whom, when and why its flags were put back"),
        sa.CheckConstraint(
            "state IN ('running', 'failed', 'complete', 'undone', 'repeated')",
            name=op.f("ck_night_runs_state_is_known"),
        ),
        sa.PrimaryKeyConstraint("id", "service", name=op.f("pk_night_runs")),
    )
    standing = sa.text("state IN ('running', 'failed', 'complete')")
    op.create_index(
        "uq_night_runs_one_a_date", "night_runs", ["service", "as_of"], unique=True,
        sqlite_where=standing, postgresql_where=standing,
    )  # fmt: skip


def _night_runs_of_0001() -> None:
    op.create_table(
        "night_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("examined", sa.Integer()),
        sa.Column("counts", sa.Text(), comment="flags raised, cleared and replaced, by kind"),
        sa.Column("cursor", sa.Text(), comment="how far the night has come"),
        sa.CheckConstraint("state IN ('running', 'complete', 'failed')", name=op.f("ck_night_runs_state_is_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night_runs")),
    )
    op.create_index("ix_night_runs_as_of", "night_runs", ["as_of"])


def _flag_acts() -> None:
    op.create_table(
        "flag_acts",
        sa.Column("id", BIG_ID, sa.Identity(always=False), nullable=False),
        sa.Column("flag_id", BIG_ID, nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("acted_on", sa.Date(), nullable=False),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=2000)),
        sa.Column("until", sa.Date()),
        sa.CheckConstraint("act IN ('seen', 'snoozed', 'woken')", name=op.f("ck_flag_acts_act_is_known")),
        sa.CheckConstraint(
            "act <> 'snoozed' OR (reason IS NOT NULL AND until IS NOT NULL)",
            name=op.f("ck_flag_acts_snoozed_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_flag_acts_flag_id_flags")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_acts")),
        comment="what people did about flags; nothing here is changed or removed",
    )
    op.create_index("ix_flag_acts_flag_id", "flag_acts", ["flag_id"])
    _append_only("flag_acts")


def _service_figures() -> None:
    op.create_table(
        "service_figures",
        sa.Column("id", BIG_ID, sa.Identity(always=False), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.Integer(), comment="empty: from that day on the service has none"),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_figures")),
        comment="figures that services entered beside those of their documents; nothing here is changed or removed",
    )
    _append_only("service_figures")


def _night_quarantine() -> None:
    op.create_table(
        "night_quarantine",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_night_quarantine_case_id_cases")),
        sa.PrimaryKeyConstraint("run_id", "case_id", name=op.f("pk_night_quarantine")),
        comment="cases that a night could not evaluate, and what was wrong with them",
    )


def _leases() -> None:
    by_the_database = "milliseconds by the clock of the database"
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=100), comment="empty: nobody"),
        sa.Column("token", sa.BigInteger(), nullable=False, comment="grows with each holder"),
        sa.Column("taken_ms", sa.BigInteger(), nullable=False, comment=by_the_database),
        sa.Column("until_ms", sa.BigInteger(), nullable=False, comment=by_the_database),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.execute("INSERT INTO leases (name, token, taken_ms, until_ms) VALUES ('night', 0, 0, 0)")


def _append_only(table: str) -> None:
    """As for the events in 0001. Where SQLite is to give the id itself, a trigger before the insert sees -1 for it."""
    told = f"{table} is append-only: nothing that people did or entered is changed or removed"
    if not _on_postgresql():
        there = "WHEN EXISTS (SELECT 1 FROM its_table WHERE id = NEW.id)".replace("its_table", table)
        for verb, when in (("UPDATE", ""), ("DELETE", ""), ("INSERT", there)):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {when} "
                f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_stay() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN RAISE EXCEPTION '{told}' USING ERRCODE = 'restrict_violation'; END$$"
    )
    for name, when, each in (("rows", "UPDATE OR DELETE", "ROW"), ("all", "TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_{name}_stay BEFORE {when} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {table}_stay()"
        )
