"""The whole case: records beside the referrals, what they name of each other, and who has looked at them.

Revision: 0004
Follows:  0003
Deploy:   with the code, while no casework runs: neither version works on the tables of the other, and says so. Every
          case that is there is a referral. A kill leaves 0003.

Down: the records beside the referrals stay as cases that the earlier version does not know: go down only where there
are none. Who has looked at what is gone.
"""

import sqlalchemy as sa
from alembic import op

from persistence.migrations.backfill_0004 import keep_traits
from persistence.migrations.backfill_0004_contacts import keep_contacts

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column(
            "kind", sa.String(length=20), nullable=False, server_default="referral", comment="what the case is about"
        ),
    )
    _lack()
    _links()
    _traits()
    _readings()
    _append_only("record_readings", "id")
    _identities()
    _append_only("record_identities", "id")
    keep_contacts(op.get_bind())


def downgrade() -> None:
    _drop_append_only("record_identities")
    _drop_append_only("record_readings")
    op.drop_table("case_traits")
    op.drop_table("case_links")
    op.execute("DELETE FROM case_gaps WHERE lack = 'warn'")
    op.drop_column("case_gaps", "lack")
    op.drop_column("cases", "kind")


def _drop_append_only(table: str) -> None:
    if _on_postgresql():
        for name in ("rows", "all"):
            op.execute(f"DROP TRIGGER {table}_{name}_stay ON {table}")
    op.drop_table(table)
    if _on_postgresql():
        op.execute(f"DROP FUNCTION {table}_stay()")


def _on_postgresql() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")


def _lack() -> None:
    comment = "block: the referral stops; warn: told only"
    lack = sa.Column("lack", sa.String(length=8), nullable=False, server_default="block", comment=comment)
    op.add_column("case_gaps", lack)


def _links() -> None:
    op.create_table(
        "case_links",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False, comment="the answer in which it is named"),
        sa.Column("reference", sa.String(length=64), nullable=False, comment="of another record of the same service"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_links_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_case_links")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_links_reference_name", "case_links", ["reference", "name", "case_id"])


def _traits() -> None:
    op.create_table(
        "case_traits",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "name", sa.String(length=24), nullable=False, comment="the NHS number, or three of what tells a baby"
        ),
        sa.Column("digest", sa.BigInteger(), nullable=False, comment="keyed by the service; the same where two agree"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_traits_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_case_traits")),
        sqlite_with_rowid=False,
        comment="by what two records may be of one baby, worked out from the answers",
    )
    op.create_index("ix_case_traits_digest", "case_traits", ["digest", "case_id"])
    keep_traits(op.get_bind())


def _readings() -> None:
    op.create_table(
        "record_readings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False, comment="the record, its history, or a copy of it"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("via", sa.String(length=40), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text()),
        sa.Column("request_id", sa.String(length=64)),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_record_readings_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_readings")),
        comment="who looked at a record, and when; never changed, never removed",
    )
    op.create_index("ix_record_readings_case_id", "record_readings", ["case_id", "read_at"])


def _identities() -> None:
    op.create_table(
        "record_identities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("earlier_id", sa.Uuid(), nullable=False),
        sa.Column("later_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("via", sa.String(length=40), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["earlier_id"], ["cases.id"], name=op.f("fk_record_identities_earlier_id_cases")),
        sa.ForeignKeyConstraint(["later_id"], ["cases.id"], name=op.f("fk_record_identities_later_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_identities")),
        sa.UniqueConstraint("earlier_id", name=op.f("uq_record_identities_earlier_id")),
        sa.UniqueConstraint("later_id", name=op.f("uq_record_identities_later_id")),
        comment="which two records are one child before and after adoption; never changed, never removed",
    )


def _append_only(table: str, key: str) -> None:
    """As for the events in 0001."""
    told = f"{table} is append-only: what was kept in it is not changed or removed"
    if not _on_postgresql():
        there = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608
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
