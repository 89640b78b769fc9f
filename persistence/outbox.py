"""Lines owed to the log: events get their place in the order of all, then are told, then count as told.

What `casework.audit.evidence.AuditKeeper` asks, on the tables of `audit_tables`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa

from casework.audit.checkpoint import Checkpoint
from casework.audit.evidence import Entry, Owed, Unordered, Waiting
from casework.audit.merkle import Frontier
from casework.audit.seal import SealedRow, origin
from persistence import faults
from persistence.audit_tables import audit_checkpoints, audit_leaves, audit_outbox, audit_state
from persistence.dialects import as_bytes, sealed_text
from persistence.evidence import HEADER, SqlEvidence, checkpoints_in, rows_as_they_are
from persistence.rows import event_from
from persistence.tables import case_events, cases
from persistence.transactions import reading, writing

_OF_ITS_EVENT = sa.and_(case_events.c.case_id == audit_outbox.c.case_id, case_events.c.seq == audit_outbox.c.seq)
_AT_ITS_LEAF = sa.and_(case_events.c.case_id == audit_leaves.c.case_id, case_events.c.seq == audit_leaves.c.seq)
_previous = case_events.alias("previous")
_BEFORE_IT = sa.and_(_previous.c.case_id == case_events.c.case_id, _previous.c.seq == case_events.c.seq - 1)

_HAS_A_PLACE = sa.exists().where(
    audit_leaves.c.case_id == audit_outbox.c.case_id, audit_leaves.c.seq == audit_outbox.c.seq
)
_UNORDERED = sa.select(audit_outbox.c.id).join(case_events, _OF_ITS_EVENT).where(~_HAS_A_PLACE)
_HOW_MANY = sa.select(sa.func.count(), sa.func.min(case_events.c.recorded_at)).select_from(audit_outbox)
_NEWEST = sa.select(audit_checkpoints.c.size, audit_checkpoints.c.signed_at).order_by(audit_checkpoints.c.size.desc())
_RECORDED = sa.select(case_events.c.recorded_at).join(audit_leaves, _AT_ITS_LEAF)
_ENTRIES = (
    sa.select(
        case_events,
        cases.c.service,
        cases.c.reference,
        audit_leaves.c.leaf,
        HEADER.label("header"),
        as_bytes(case_events.c.data).label("data_text"),
        _previous.c.digest.label("before"),
    )
    .join(audit_leaves, _AT_ITS_LEAF)
    .join(cases, cases.c.id == case_events.c.case_id)
    .outerjoin(_previous, _BEFORE_IT)
    .order_by(audit_leaves.c.leaf)
)

_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, sa.exc.DBAPIError, psycopg.DataError)
"""What reading an event raises where somebody put something else into its row."""


RELAY_SECONDS = 30
"""For so long a relay waits for one answer of a server, at most."""

VERIFY_SECONDS = 6 * 3_600
"""For so long a verifier may read."""


class SqlDesk:
    """The one place where events get their numbers: the row of `audit_state` is locked while it stands."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        state = _state(connection, sa.select(audit_state).with_for_update(of=audit_state))
        try:
            self.frontier = Frontier.from_bytes(state.size, state.edge)
        except ValueError:
            raise faults.storage_error("database_damaged") from None
        self.signed: int = connection.scalar(sa.select(sa.func.max(audit_checkpoints.c.size))) or 0

    def unordered(self, limit: int) -> Sequence[Unordered]:
        """Each once, and none that has a place: whatever somebody put into the outbox, no event gets two."""
        query = sa.select(audit_outbox, case_events.c.digest).join(case_events, _OF_ITS_EVENT).where(~_HAS_A_PLACE)
        found = self._connection.execute(query.order_by(audit_outbox.c.id).limit(limit))
        return list({(row.case_id, row.seq): _unordered(*row) for row in reversed(found.all())}.values())[::-1]

    def place(self, events: Sequence[Unordered]) -> None:
        first = self.frontier.size - len(events)
        leaves = [
            {"leaf": leaf, "case_id": event.case_id, "seq": event.seq, "digest": event.digest}
            for leaf, event in enumerate(events, first)
        ]
        self._connection.execute(sa.insert(audit_leaves), leaves)
        self._connection.execute(
            sa.delete(audit_outbox).where(audit_outbox.c.id == sa.bindparam("owed")), [{"owed": e.owed} for e in events]
        )
        self._connection.execute(sa.update(audit_state).values(size=self.frontier.size, edge=self.frontier.as_bytes()))

    def keep(self, checkpoint: Checkpoint) -> None:
        self._connection.execute(
            sa.insert(audit_checkpoints).values(
                size=checkpoint.size,
                root=checkpoint.root,
                signed_at=checkpoint.at,
                key_id=checkpoint.key_id,
                signature=checkpoint.signature,
            )
        )


class SqlAudit:
    """The audit of one database. `may_write` is asked before places are given or lines count as told.

    `limited` hangs up on a server that takes longer than so many seconds: a relay must not wait for it for ever.
    """

    def __init__(
        self,
        engine: sa.Engine,
        need_tables: Callable[[], object],
        may_write: Callable[[], object],
        limited: Callable[[sa.Connection, float], AbstractContextManager[object]],
    ) -> None:
        self._engine, self._need_tables, self._may_write, self._limited = engine, need_tables, may_write, limited

    @contextmanager
    def ordering(self) -> Iterator[SqlDesk]:
        with self._writing() as connection:
            yield SqlDesk(connection)

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        self._may_write()
        with faults.translated(), writing(self._engine) as connection, self._limited(connection, RELAY_SECONDS):
            yield connection

    @contextmanager
    def _reading(self, seconds: float | None = None) -> Iterator[sa.Connection]:
        self._need_tables()
        with (
            faults.translated(),
            reading(self._engine) as connection,
            self._limited(connection, seconds or RELAY_SECONDS),
        ):
            yield connection

    def waiting(self) -> Waiting:
        with self._reading() as connection:
            unordered = connection.scalar(sa.select(sa.exists(_UNORDERED)))
            size = connection.scalar(sa.select(audit_state.c.size)) or 0
            signed = connection.execute(_NEWEST.limit(1)).first()
        return Waiting(bool(unordered), size - (signed.size if signed else 0), signed.signed_at if signed else None)

    def untold(self, limit: int) -> Sequence[Entry]:
        with self._reading() as connection:
            from_told = audit_leaves.c.leaf >= _state(connection).told
            return _entries(connection, sa.select(audit_leaves.c.leaf).where(from_told).order_by("leaf").limit(limit))

    def entries(self, leaves: Sequence[int]) -> Sequence[Entry]:
        with self._reading() as connection:
            return _entries(connection, sa.select(audit_leaves.c.leaf).where(audit_leaves.c.leaf.in_(leaves)))

    def untold_checkpoints(self, up_to: int) -> Sequence[Checkpoint]:
        with self._reading() as connection:
            state = _state(connection)
            size = audit_checkpoints.c.size
            wanted = (size > state.told_checkpoint, size <= max(up_to, state.told))
            return checkpoints_in(connection, *wanted)

    def told(self, leaves: int, checkpoint: int) -> None:
        with self._writing() as connection:
            for column, so_far in ((audit_state.c.told, leaves), (audit_state.c.told_checkpoint, checkpoint)):
                connection.execute(sa.update(audit_state).where(column < so_far).values({column.name: so_far}))

    @contextmanager
    def evidence(self) -> Iterator[SqlEvidence]:
        with self._reading(VERIFY_SECONDS) as connection:
            yield SqlEvidence(connection)

    def owed(self) -> Owed:
        with self._reading() as connection:
            state = _state(connection)
            newest = connection.execute(_NEWEST.limit(1)).first()
            unordered, oldest = connection.execute(_HOW_MANY.join(case_events, _OF_ITS_EVENT)).one()
            untold = connection.scalar(_RECORDED.where(audit_leaves.c.leaf == state.told))
        instants = [at for at in (oldest, untold) if at is not None]
        return Owed(
            unordered=unordered,
            untold=state.size - state.told,
            unsigned=state.size - (newest.size if newest else 0),
            oldest=min(instants, default=None),
            last_checkpoint=newest.signed_at if newest else None,
        )


def _unordered(owed: int, case_id: UUID, seq: int, digest: object) -> Unordered:
    return Unordered(owed, case_id, seq, digest if isinstance(digest, bytes) else None)


def _state(connection: sa.Connection, query: sa.Select[Any] | None = None) -> Any:
    """The one row. Where it is gone, or there are two, nothing is put in order or told until somebody has looked."""
    found = connection.execute(sa.select(audit_state) if query is None else query).all()
    if len(found) != 1:
        raise faults.storage_error("database_damaged")
    return found[0]


def _entries(connection: sa.Connection, leaves: sa.Select[Any]) -> list[Entry]:
    """In their order. What cannot be read as an event of ours stands there as one that is not genuine."""
    wanted = audit_leaves.c.leaf.in_(sa.select(leaves.subquery().c.leaf))
    query = sa.select(audit_leaves.c.leaf, as_bytes(sealed_text(audit_leaves.c.case_id)), audit_leaves.c.seq)
    places = list(rows_as_they_are(connection, query.where(wanted).order_by(audit_leaves.c.leaf)))
    try:
        found = _read(connection, wanted)
    except _UNREADABLE:
        found = [entry for leaf, _, _ in places for entry in _read_one(connection, leaf)]
    by_leaf = {entry.leaf: entry for entry in found}
    return [by_leaf.get(leaf) or _no_event(leaf, case_id, seq) for leaf, case_id, seq in places]


def _read(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Entry]:
    return [_entry(row) for row in connection.execute(_ENTRIES.where(which)).mappings()]


def _read_one(connection: sa.Connection, leaf: int) -> list[Entry]:
    try:
        return _read(connection, audit_leaves.c.leaf == leaf)
    except _UNREADABLE:
        return []


def _entry(row: Any) -> Entry:
    sealed = SealedRow(
        row["header"], row["data_text"], row["salt"], row["data_digest"], row["digest"], row["mac"], row["key_id"]
    )
    before = row["before"] if row["seq"] > 1 else origin(row["service"], row["reference"])
    named = (row["case_id"].hex, row["seq"], row["service"], row["reference"])
    return Entry(row["leaf"], event_from(row), *named, sealed, before or b"")


def _no_event(leaf: int, case_id: bytes, seq: int) -> Entry:
    nothing = SealedRow(b"", b"", None, None, b"", None, None)
    return Entry(leaf, None, case_id.decode("utf-8", "replace"), seq, "", "", nothing, b"")
