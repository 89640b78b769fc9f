"""The tables of the audit: events that wait for their place, their places, and the signed checkpoints.

A trigger of the database puts each new event into the outbox: no code of ours can forget to.
"""

import sqlalchemy as sa

from persistence.tables import metadata
from persistence.types import BIG_ID, CaseId, UtcInstant

audit_outbox = sa.Table(
    "audit_outbox",
    metadata,
    sa.Column("id", BIG_ID, sa.Identity(always=False), primary_key=True),
    sa.Column("case_id", CaseId, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    comment="events without a place in the order of all; the relay takes them out",
)

audit_leaves = sa.Table(
    "audit_leaves",
    metadata,
    sa.Column("leaf", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("case_id", CaseId, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("digest", sa.LargeBinary(32), comment="of the event when it got its place"),
    sa.UniqueConstraint("case_id", "seq"),
    comment="the place of each event in the order of all, from 0",
)

audit_checkpoints = sa.Table(
    "audit_checkpoints",
    metadata,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("root", sa.LargeBinary(32), nullable=False),
    sa.Column("signed_at", UtcInstant, nullable=False),
    sa.Column("key_id", sa.String(40), nullable=False),
    sa.Column("signature", sa.LargeBinary(64), nullable=False),
    comment="the Merkle root over the first so many events, signed",
)

audit_state = sa.Table(
    "audit_state",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("size", sa.BigInteger, nullable=False, comment="events that have a place"),
    sa.Column("edge", sa.LargeBinary, nullable=False, comment="of the Merkle tree over them"),
    sa.Column("told", sa.BigInteger, nullable=False, comment="events that the log has"),
    sa.Column("told_checkpoint", sa.BigInteger, nullable=False, comment="size of the last checkpoint that it has"),
    comment="one row: how far the order and the log are; who has it locked gives places",
)
