"""The audit proves itself: a seal on each event, its place in the order of all, signed checkpoints, and the outbox.

Revision: 0003
Follows:  0002
Deploy:   with the code, while no casework runs: neither version works on the tables of the other, and says so. One
          transaction, which reads and seals every event once, under the keys that the upgrade was given. A kill
          leaves 0002.

Events that are there already are put into the outbox: each gets its place, and its line is told once more.

Down: the seals, the order and the checkpoints are gone. What was told to the log stays told.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context, op

from persistence.migrations.backfill_0003 import seal_every_event

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
SEALS: tuple[tuple[str, sa.types.TypeEngine[Any], str | None], ...] = (
    ("salt", sa.LargeBinary(length=16), "empty once the answers are erased"),
    ("data_digest", sa.LargeBinary(length=32), "in the place of answers that are erased"),
    ("digest", sa.LargeBinary(length=32), "over the event and the one before it"),
    ("mac", sa.LargeBinary(length=32), "of the digest, with a key that is kept elsewhere"),
    ("key_id", sa.String(length=40), None),
)


def upgrade() -> None:
    op.add_column("cases", sa.Column("head", sa.LargeBinary(length=32), comment="digest of its newest event"))
    for name, kind, comment in SEALS:
        op.add_column("case_events", sa.Column(name, kind, comment=comment))
    _tables()
    _events_may_change(may=True)
    seal_every_event(op.get_bind(), context.config.attributes.get("macs"))
    _events_may_change(may=False)
    _owe_each_event()
    _append_only("audit_leaves", "leaf")
    _append_only("audit_checkpoints", "size")


def downgrade() -> None:
    if _on_postgresql():
        op.execute("DROP TRIGGER case_events_owed ON case_events")
        op.execute("DROP FUNCTION case_events_owed()")
    else:
        op.execute("DROP TRIGGER case_events_owed")
    for table in ("audit_outbox", "audit_leaves", "audit_checkpoints", "audit_state"):
        op.drop_table(table)
    if _on_postgresql():
        for table in ("audit_leaves", "audit_checkpoints"):
            op.execute(f"DROP FUNCTION {table}_stay()")
    for name, _, _ in SEALS:
        op.drop_column("case_events", name)
    op.drop_column("cases", "head")


def _on_postgresql() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")


def _tables() -> None:
    op.create_table(
        "audit_outbox",
        sa.Column("id", BIG_ID, sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_outbox")),
        comment="events without a place in the order of all; the relay takes them out",
    )
    op.create_table(
        "audit_leaves",
        sa.Column("leaf", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), comment="of the event when it got its place"),
        sa.PrimaryKeyConstraint("leaf", name=op.f("pk_audit_leaves")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_audit_leaves_case_id_seq")),
        comment="the place of each event in the order of all, from 0",
    )
    op.create_table(
        "audit_checkpoints",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_checkpoints")),
        comment="the Merkle root over the first so many events, signed",
    )
    _state()


def _state() -> None:
    state = op.create_table(
        "audit_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="events that have a place"),
        sa.Column("edge", sa.LargeBinary(), nullable=False, comment="of the Merkle tree over them"),
        sa.Column("told", sa.BigInteger(), nullable=False, comment="events that the log has"),
        sa.Column(
            "told_checkpoint", sa.BigInteger(), nullable=False, comment="size of the last checkpoint that it has"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_state")),
        comment="one row: how far the order and the log are; who has it locked gives places",
    )
    op.bulk_insert(state, [{"id": 1, "size": 0, "edge": b"", "told": 0, "told_checkpoint": 0}])


def _events_may_change(*, may: bool) -> None:
    """The trigger of 0001 that refuses an update stands aside while the seals are put on."""
    if _on_postgresql():
        op.execute(f"ALTER TABLE case_events {'DISABLE' if may else 'ENABLE'} TRIGGER case_events_rows_stay")
    elif may:
        op.execute("DROP TRIGGER case_events_no_update")
    else:
        told = "case_events are append-only: nothing that happened is changed or removed"
        op.execute(
            "CREATE TRIGGER case_events_no_update BEFORE UPDATE ON case_events "
            f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
        )


def _owe_each_event() -> None:
    if not _on_postgresql():
        op.execute(
            "CREATE TRIGGER case_events_owed AFTER INSERT ON case_events "
            "BEGIN INSERT INTO audit_outbox (case_id, seq) VALUES (NEW.case_id, NEW.seq); END"
        )
        return
    op.execute(
        "CREATE FUNCTION case_events_owed() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN INSERT INTO audit_outbox (case_id, seq) VALUES (NEW.case_id, NEW.seq); RETURN NULL; END$$"
    )
    op.execute(
        "CREATE TRIGGER case_events_owed AFTER INSERT ON case_events FOR EACH ROW EXECUTE FUNCTION case_events_owed()"
    )


def _append_only(table: str, key: str) -> None:
    """As for the events in 0001."""
    told = f"{table} is append-only: nothing that was put in order or signed is changed or removed"
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
