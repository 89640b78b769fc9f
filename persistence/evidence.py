"""What a verifier reads, from end to end in one moment, a few rows in memory at a time."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from casework.audit.checkpoint import Checkpoint
from casework.audit.evidence import Bounds, CaseHead, ChainRow, Entry, Placed, Standing, Waits, is_number
from casework.audit.seal import BETWEEN, NOTHING, SEALED, SealedRow
from casework.case import CaseEvent
from persistence.audit_tables import audit_checkpoints, audit_leaves, audit_outbox, audit_state
from persistence.dialects import as_bytes, sealed_text
from persistence.tables import case_events, cases

HEADER = as_bytes(sealed_text(*(case_events.c[name] for name in SEALED)))
_AT_ONCE = 2_000
_ITS_LEAF = sa.and_(audit_leaves.c.case_id == case_events.c.case_id, audit_leaves.c.seq == case_events.c.seq)
_ID = as_bytes(sealed_text(case_events.c.case_id))
_CASE = as_bytes(sealed_text(cases.c.id))
_SIGNED_AT = as_bytes(sealed_text(audit_checkpoints.c.signed_at))
_TRUTH = {"0": False, "1": True}
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def _within(case_id: sa.Column[Any], bounds: Bounds) -> Iterator[sa.ColumnElement[bool]]:
    first, end = bounds
    if first is not None:
        yield case_id >= first
    if end is not None:
        yield case_id < end


def rows_as_they_are(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[Sequence[Any]]:
    """Rows come from the driver without a conversion: on a million of them every one counts, and what somebody put
    into a column need not be of its type. A server would send all at once, so it is asked for a cursor of its own."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("The connection is closed.")
    at_the_server = connection.dialect.name == "postgresql"
    cursor = driver.cursor(name=f"evidence_{id(query)}", binary=True) if at_the_server else driver.cursor()
    try:
        cursor.execute(str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})))
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows
    finally:
        cursor.close()


def checkpoints_in(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> list[Checkpoint]:
    """The smallest first. One that cannot be read is one that nobody signed."""
    c = audit_checkpoints.c
    query = sa.select(c.size, c.root, _SIGNED_AT, as_bytes(c.key_id), c.signature).where(*which).order_by(c.size)
    return [_checkpoint(*row) for row in rows_as_they_are(connection, query)]


def _checkpoint(size: Any, root: Any, signed_at: Any, key_id: Any, signature: Any) -> Checkpoint:
    try:
        at = datetime.fromisoformat(signed_at.decode("ascii")).replace(tzinfo=UTC)
        return Checkpoint(int(size), memoryview(root).tobytes(), at, key_id.decode(), memoryview(signature).tobytes())
    except (ValueError, TypeError, AttributeError):
        return Checkpoint(size if isinstance(size, int) else 0, b"", _LONG_AGO, "", b"")


class SqlEvidence:
    """One moment of a database, as the verifier asks for it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def _raw(self, query: sa.Select[Any]) -> Iterator[Any]:
        return rows_as_they_are(self._connection, query)

    def ranges(self, number: int) -> Sequence[Bounds]:
        """An id that is none bounds nothing: its range is read with the one before it."""
        [(how_many,)] = self._raw(sa.select(sa.func.count()).select_from(cases))
        parts, ids = min(number, how_many), sa.select(_CASE).order_by(cases.c.id).limit(1)
        found = (row for at in range(1, parts) for row in self._raw(ids.offset(at * how_many // parts)))
        ends = sorted({end for (case_id,) in found if (end := _id(case_id)) is not None})
        return list(pairwise((None, *ends, None)))

    def case_heads(self, bounds: Bounds) -> Iterator[CaseHead]:
        c = cases.c
        named = (_CASE, as_bytes(c.service), as_bytes(c.reference))
        query = sa.select(*named, c.version, c.head).where(*_within(c.id, bounds))
        return map(CaseHead._make, self._raw(query.order_by(c.id)))

    def chain(self, bounds: Bounds) -> Iterator[ChainRow]:
        e = case_events.c
        place = (e.seq, audit_leaves.c.leaf, audit_leaves.c.digest)
        sealed = (HEADER, as_bytes(e.data), e.salt, e.data_digest, e.digest, e.mac, as_bytes(e.key_id))
        query = sa.select(_ID, *place, *sealed).outerjoin(audit_leaves, _ITS_LEAF)
        return self._raw(query.where(*_within(e.case_id, bounds)).order_by(e.case_id, e.seq))

    def leaves(self) -> Iterator[tuple[int, bytes]]:
        return self._raw(sa.select(audit_leaves.c.leaf, audit_leaves.c.digest).order_by(audit_leaves.c.leaf))

    def entries(self) -> Iterator[Placed]:
        e, place = case_events.c, audit_leaves.c
        named = (place.leaf, place.digest, as_bytes(sealed_text(place.case_id)), place.seq)
        row = (HEADER, as_bytes(e.data), e.data_digest, e.digest, as_bytes(e.key_id), e.seq)
        query = sa.select(*named, as_bytes(cases.c.service), as_bytes(cases.c.reference), *row)
        query = query.select_from(audit_leaves).outerjoin(case_events, _ITS_LEAF)
        query = query.outerjoin(cases, cases.c.id == place.case_id)
        return (_placed(*found) for found in self._raw(query.order_by(place.leaf)))

    def leaves_without_event(self) -> Iterator[tuple[int, str, int]]:
        named = as_bytes(sealed_text(audit_leaves.c.case_id))
        query = sa.select(audit_leaves.c.leaf, named, audit_leaves.c.seq)
        query = query.outerjoin(case_events, _ITS_LEAF).where(case_events.c.seq.is_(None))
        found = self._raw(query.order_by(audit_leaves.c.leaf))
        return ((leaf, _text(case_id), seq) for leaf, case_id, seq in found)

    def checkpoints(self) -> Sequence[Checkpoint]:
        return checkpoints_in(self._connection)

    def owed(self, bounds: Bounds) -> Iterator[Waits]:
        o, e = audit_outbox.c, case_events.c
        query = sa.select(as_bytes(sealed_text(o.case_id)), o.seq, e.seq.is_not(None), audit_leaves.c.leaf)
        query = query.outerjoin(case_events, sa.and_(e.case_id == o.case_id, e.seq == o.seq))
        query = query.outerjoin(audit_leaves, _ITS_LEAF).where(*_within(o.case_id, bounds))
        found = self._raw(query.order_by(o.id))
        return (Waits(_text(case_id), seq, bool(there), leaf) for case_id, seq, there, leaf in found)

    def standing(self) -> Standing | None:
        s = audit_state.c
        found = list(self._raw(sa.select(s.size, s.edge, s.told, s.told_checkpoint)))
        return Standing(*found[0]) if len(found) == 1 else None


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _placed(leaf: Any, at_leaf: Any, case_id: bytes, seq: Any, service: Any, reference: Any, *row: Any) -> Placed:
    header, data, data_digest, digest, key_id, number = row
    try:
        mac_key = key_id and key_id.decode()
        sealed = SealedRow(header, data, None, data_digest, memoryview(digest).tobytes(), None, mac_key)
        event, names = _event(header.decode(), data), (service.decode(), reference.decode())
    except (ValueError, TypeError, LookupError, AttributeError):  # whatever somebody put there, it is no event of ours
        sealed, event, names = SealedRow(b"", b"", None, data_digest, None, None, None), None, ("", "")
    return Placed(
        at_leaf,
        Entry(leaf, event, _text(case_id), seq if is_number(seq) else 0, *names, sealed, b""),
        number is not None,
    )


def _event(header: str, data: bytes) -> CaseEvent:
    """From the texts that are sealed. Its answers are as JSON has them, days too."""
    told: dict[str, Any] = dict(
        zip(SEALED, (None if text == NOTHING else text for text in header.split(BETWEEN)), strict=True)
    )
    at = told["effective_at"]
    return CaseEvent(
        id=UUID(told["id"]),
        case_id=UUID(told["case_id"]),
        seq=int(told["seq"]),
        trigger=told["trigger"],
        source=told["from_state"],
        to=told["to_state"],
        actor=told["actor"],
        role=told["role"],
        via=told["via"],
        effective_on=date.fromisoformat(told["effective_on"]),
        effective_at=at and _instant(at),
        recorded_at=_instant(told["recorded_at"]),
        pathway=told["pathway"],
        data={**orjson.loads(data)},
        not_recorded=tuple(orjson.loads(told["not_recorded"])),
        imported=_TRUTH[told["imported"]],
        request_id=told["request_id"],
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _id(value: bytes) -> UUID | None:
    try:
        return UUID(hex=value.decode("ascii"))
    except ValueError:
        return None
