"""How revision 0003 seals what is kept: belongs to it, is as frozen as it, and knows no code but its own."""

import secrets
from collections.abc import Iterator
from datetime import UTC
from hashlib import sha256
from itertools import groupby
from typing import Any

import sqlalchemy as sa

BATCH = 1_000
BETWEEN, NOTHING = "\x1f", "\x1e"

cases = sa.table(
    "cases", sa.column("id", sa.Uuid()), sa.column("service"), sa.column("reference"),
    sa.column("head", sa.LargeBinary()),
)  # fmt: skip
case_events = sa.table(
    "case_events", sa.column("case_id", sa.Uuid()), sa.column("seq"), sa.column("id", sa.Uuid()),
    sa.column("trigger"), sa.column("from_state"), sa.column("to_state"), sa.column("actor"), sa.column("role"),
    sa.column("via"), sa.column("effective_on", sa.Date()), sa.column("effective_at", sa.DateTime(timezone=True)),
    sa.column("recorded_at", sa.DateTime(timezone=True)), sa.column("pathway"), sa.column("imported", sa.Boolean()),
    sa.column("request_id"), sa.column("not_recorded", sa.Text()), sa.column("data", sa.Text()),
    sa.column("salt", sa.LargeBinary()), sa.column("digest", sa.LargeBinary()), sa.column("mac", sa.LargeBinary()),
    sa.column("key_id"),
)  # fmt: skip
audit_outbox = sa.table("audit_outbox", sa.column("case_id", sa.Uuid()), sa.column("seq"))

SEAL = (
    sa.update(case_events)
    .where(case_events.c.case_id == sa.bindparam("of_case"), case_events.c.seq == sa.bindparam("of_seq"))
    .values({name: sa.bindparam(f"new_{name}") for name in ("salt", "digest", "mac", "key_id")})
)
SET_HEAD = sa.update(cases).where(cases.c.id == sa.bindparam("of_case")).values(head=sa.bindparam("new_head"))


def seal_every_event(connection: sa.Connection, keys: Any) -> None:
    """`keys` has `mac(digest)`, which gives the MAC and the id of its key; None where the upgrade was given none."""
    for batch in _batches(connection):
        seals, heads = [], []
        for case_id, events in groupby(batch, key=lambda row: row.case_id):
            head = b""
            for event in events:
                head = head or _text_digest(f"casework case{BETWEEN}{event.service}{BETWEEN}{event.reference}")
                seal = _sealed(event, head, keys)
                head = seal["new_digest"]
                seals.append(seal)
            heads.append({"of_case": case_id, "new_head": head})
        connection.execute(SEAL, seals)
        connection.execute(SET_HEAD, heads)
    order = sa.select(case_events.c.case_id, case_events.c.seq)
    order = order.order_by(case_events.c.recorded_at, case_events.c.case_id, case_events.c.seq)
    connection.execute(sa.insert(audit_outbox).from_select(["case_id", "seq"], order))


def _batches(connection: sa.Connection) -> Iterator[list[Any]]:
    """Whole cases, in the order of their ids."""
    last = None
    while True:
        some = sa.select(cases.c.id).order_by(cases.c.id).limit(BATCH)
        ids = connection.scalars(some if last is None else some.where(cases.c.id > last)).all()
        if not ids:
            return
        last = ids[-1]
        query = sa.select(case_events, cases.c.service, cases.c.reference)
        query = query.join(cases, cases.c.id == case_events.c.case_id)
        query = query.where(cases.c.id >= ids[0], cases.c.id <= last)
        if rows := connection.execute(query.order_by(case_events.c.case_id, case_events.c.seq)).all():
            yield list(rows)


def _sealed(event: Any, before: bytes, keys: Any) -> dict[str, Any]:
    header = BETWEEN.join(_texts(event))
    if header.count(BETWEEN) != 15:
        raise RuntimeError("An event has a control character in it and cannot be sealed; nothing was changed.")
    salt = secrets.token_bytes(16)
    digest = sha256(before + sha256(salt + event.data.encode()).digest() + header.encode()).digest()
    mac, key_id = keys.mac(digest) if keys else (None, None)
    return {
        "of_case": event.case_id,
        "of_seq": event.seq,
        "new_salt": salt,
        "new_digest": digest,
        "new_mac": mac,
        "new_key_id": key_id,
    }


def _texts(e: Any) -> Iterator[str]:
    yield from (e.case_id.hex, str(e.seq), e.id.hex, e.trigger, e.from_state, e.to_state, e.actor)
    yield from (NOTHING if e.role is None else e.role, e.via, e.effective_on.isoformat())
    yield from (NOTHING if e.effective_at is None else _instant(e.effective_at), _instant(e.recorded_at), e.pathway)
    yield from ("1" if e.imported else "0", NOTHING if e.request_id is None else e.request_id, e.not_recorded)


def _instant(at: Any) -> str:
    utc = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return str(utc.strftime("%Y-%m-%d %H:%M:%S.%f"))


def _text_digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
