"""The attacks: what somebody does who may write to every table and knows the algorithms, but not the keys.

Each answers where it struck, as far as anybody could name it: the case, the event, or the place in the order.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from casework.audit.merkle import Frontier
from casework.audit.seal import BETWEEN, MacKeys, origin, seal
from casework.identity import new_id
from persistence.audit_tables import audit_checkpoints, audit_leaves, audit_outbox, audit_state
from persistence.rows import _texts
from persistence.tables import case_events, cases
from persistence.types import canonical
from tests.audit.scene import OF_A_CASE, TABLES, Intruder


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attack struck. `leaves` are those that anybody may name: one of them is enough."""

    case_id: UUID | None = None
    seq: int | None = None
    leaves: tuple[int, ...] = ()


EDITS: dict[str, Callable[[Any], Any]] = {
    "actor": lambda was: was + "x",
    "role": lambda was: "duty" if was != "duty" else "lead",
    "via": lambda was: was[::-1],
    "request_id": lambda was: "0" if was is None else None,
    "effective_on": lambda was: was - timedelta(days=1),
    "recorded_at": lambda was: was + timedelta(microseconds=1),
    "imported": lambda was: not was,
    "not_recorded": lambda was: [*was, "consent"],
    "data": lambda was: {**was, "reason": "Another"},
    "to_state": lambda was: was + "s",
}


def _edited(intruder: Intruder) -> tuple[Any, int]:
    case = intruder.any_case()
    row = intruder.chance.choice(intruder.events_of(case["id"]))
    column = intruder.chance.choice(sorted(EDITS))
    intruder.do(_event(case["id"], row["seq"]).values({column: EDITS[column](row[column])}))
    return case, row["seq"]


def _event(case_id: UUID, seq: int) -> Any:
    return sa.update(case_events).where(case_events.c.case_id == case_id, case_events.c.seq == seq)


def edit(intruder: Intruder) -> Place:
    case, seq = _edited(intruder)
    return Place(case["id"], seq)


def delete_in_the_middle(intruder: Intruder) -> Place:
    case = intruder.any_case(at_least=2)
    seq = intruder.chance.randint(1, case["version"] - 1)
    intruder.do(sa.delete(case_events).where(case_events.c.case_id == case["id"], case_events.c.seq == seq))
    return Place(case["id"], seq)


def swap_two(intruder: Intruder) -> Place:
    case = intruder.any_case(at_least=2)
    events = intruder.events_of(case["id"])
    first, second = sorted(intruder.chance.sample(range(len(events)), 2))
    intruder.do(sa.delete(case_events).where(case_events.c.case_id == case["id"]))
    events[first], events[second] = (
        {**events[second], "seq": events[first]["seq"]},
        {**events[first], "seq": events[second]["seq"]},
    )
    intruder.do(sa.insert(case_events), [dict(event) for event in events])
    return Place(case["id"], first + 1)


def delete_the_tail(intruder: Intruder) -> Place:
    """The row of the case is put right; the places of what is gone are left, or taken away too."""
    case = intruder.any_case(at_least=2)
    last = intruder.chance.randint(1, case["version"] - 1)
    gone = tuple(intruder.leaf_of(case["id"], seq) or 0 for seq in range(last + 1, case["version"] + 1))
    intruder.do(sa.delete(case_events).where(case_events.c.case_id == case["id"], case_events.c.seq > last))
    _set_head(intruder, case["id"])
    if intruder.chance.random() < 0.5:
        intruder.do(sa.delete(audit_leaves).where(audit_leaves.c.case_id == case["id"], audit_leaves.c.seq > last))
        if max(gone) == intruder.connection.scalar(sa.select(sa.func.max(audit_leaves.c.leaf))):
            _set_state(intruder)
    return Place(case["id"], last + 1, gone)


def delete_the_newest(intruder: Intruder) -> Place:
    """What has come since the last checkpoint, or the end of it, with every trace in every table."""
    signed = intruder.connection.scalar(sa.select(sa.func.max(audit_checkpoints.c.size))) or 0
    size = intruder.connection.scalar(sa.select(audit_state.c.size)) or 0
    first = intruder.chance.randint(signed, size - 1)
    gone = intruder.rows(sa.select(audit_leaves).where(audit_leaves.c.leaf >= first).order_by(audit_leaves.c.leaf))
    for leaf in gone:
        at = (case_events.c.case_id == leaf["case_id"], case_events.c.seq == leaf["seq"])
        intruder.do(sa.delete(case_events).where(*at))
    intruder.do(sa.delete(audit_leaves).where(audit_leaves.c.leaf >= first))
    for case_id in {leaf["case_id"] for leaf in gone}:
        _set_head(intruder, case_id)
    _set_state(intruder)
    return Place(leaves=tuple(range(first, size)))


def edit_and_hash_again(intruder: Intruder) -> Place:
    case, seq = _edited(intruder)
    _hash_again(intruder, case)
    _set_state(intruder)
    return Place(case["id"], seq)


def edit_and_rewrite_roots(intruder: Intruder) -> Place:
    place = edit_and_hash_again(intruder)
    tree = Frontier()
    sizes = {row["size"] for row in intruder.rows(sa.select(audit_checkpoints))}
    for leaf in intruder.rows(sa.select(audit_leaves).order_by(audit_leaves.c.leaf)):
        tree.add(leaf["digest"])
        if tree.size in sizes:
            of_it = audit_checkpoints.c.size == tree.size
            intruder.do(sa.update(audit_checkpoints).where(of_it).values(root=tree.root()))
    return place


def drop_a_case(intruder: Intruder) -> Place:
    case = intruder.any_case()
    gone = _dropped(intruder, case)
    return Place(leaves=gone)


def drop_a_case_and_close_up(intruder: Intruder) -> Place:
    """The places after it move up, and the checkpoints that would tell are gone."""
    gone = _dropped(intruder, intruder.any_case())
    left = intruder.rows(sa.select(audit_leaves).order_by(audit_leaves.c.leaf))
    intruder.do(sa.delete(audit_leaves))
    intruder.do(sa.insert(audit_leaves), [{**row, "leaf": leaf} for leaf, row in enumerate(left)])
    intruder.do(sa.delete(audit_checkpoints))
    _set_state(intruder)
    return Place(leaves=tuple(range(min(gone), min(gone) + len(left) + len(gone))))


def truncate_everything(intruder: Intruder) -> Place:
    """With the state of an empty clinic; sometimes the row of the state goes too."""
    for table in reversed(TABLES):
        intruder.do(sa.delete(table))
    if intruder.chance.random() < 0.9:
        intruder.do(sa.insert(audit_state).values(id=1, size=0, edge=b"", told=0, told_checkpoint=0))
    return Place(leaves=(0,))


def restore_an_old_backup(intruder: Intruder) -> Place:
    before = intruder.chance.choice(intruder.scene.earlier[: intruder.chance.randint(1, 4)])
    for table in reversed(TABLES):
        intruder.do(sa.delete(table))
    for table in TABLES:
        if rows := before[table.name]:
            intruder.do(sa.insert(table), rows)
    return Place(leaves=(len(before["audit_leaves"]),))


def append_a_forged_row(intruder: Intruder) -> Place:
    """Chained as it must be, under a MAC that is none, or another row's; with a place, or in the outbox."""
    case, row = _forged(intruder)
    mac = intruder.chance.choice([secrets.token_bytes(32), row["mac"], None])
    forged = {**row, **_chained(case, row), "mac": mac, "key_id": intruder.chance.choice([row["key_id"], "another"])}
    _append(intruder, case, forged, intruder.chance.choice(["placed", "owed"]))
    return Place(case["id"], forged["seq"])


def append_with_the_key(intruder: Intruder) -> Place:
    """The key that seals was stolen. What was never told has no line, however well it is sealed and placed."""
    case, row = _forged(intruder)
    secret = intruder.scene.keys.macs
    sealed = seal(secret, case["head"], BETWEEN.join(_texts(row)), canonical(row["data"]))
    kept = {"salt": sealed.salt, "digest": sealed.digest, "mac": sealed.mac, "key_id": sealed.key_id}
    where = intruder.chance.choice(["placed", "nowhere"])
    _append(intruder, case, {**row, **kept}, where)
    return Place(case["id"], row["seq"], (_size(intruder) - 1,) if where == "placed" else ())


def _forged(intruder: Intruder) -> tuple[Any, dict[str, Any]]:
    case = intruder.any_case()
    last = intruder.events_of(case["id"])[-1]
    return case, {**last, "seq": last["seq"] + 1, "id": new_id(), "from_state": last["to_state"]}


def _chained(case: Any, row: dict[str, Any]) -> dict[str, Any]:
    sealed = seal(MacKeys(), case["head"], BETWEEN.join(_texts(row)), canonical(row["data"]))
    return {"salt": sealed.salt, "digest": sealed.digest, "data_digest": None}


def _append(intruder: Intruder, case: Any, row: dict[str, Any], where: str) -> None:
    intruder.do(sa.insert(case_events).values(row))
    _set_head(intruder, case["id"])
    if where == "owed":
        intruder.do(sa.insert(audit_outbox).values(case_id=case["id"], seq=row["seq"]))
    elif where == "placed":
        leaf = {"leaf": _size(intruder), "case_id": case["id"], "seq": row["seq"], "digest": row["digest"]}
        intruder.do(sa.insert(audit_leaves).values(leaf))
        _set_state(intruder)


def _size(intruder: Intruder) -> int:
    return intruder.connection.scalar(sa.select(sa.func.count()).select_from(audit_leaves)) or 0


def _dropped(intruder: Intruder, case: Any) -> tuple[int, ...]:
    leaves = intruder.rows(sa.select(audit_leaves.c.leaf).where(audit_leaves.c.case_id == case["id"]))
    for table in (*OF_A_CASE, audit_leaves, audit_outbox):
        intruder.do(sa.delete(table).where(table.c.case_id == case["id"]))
    intruder.do(sa.delete(cases).where(cases.c.id == case["id"]))
    return tuple(row["leaf"] for row in leaves)


def _hash_again(intruder: Intruder, case: Any) -> None:
    """Every event of the case anew upon the one before it, and the places with them. The MACs cannot be made."""
    before = origin(case["service"], case["reference"])
    for row in intruder.events_of(case["id"]):
        kept = seal(MacKeys(), before, BETWEEN.join(_texts(row)), canonical(row["data"]))
        intruder.do(_event(case["id"], row["seq"]).values(salt=kept.salt, digest=kept.digest))
        at = (audit_leaves.c.case_id == case["id"], audit_leaves.c.seq == row["seq"])
        intruder.do(sa.update(audit_leaves).where(*at).values(digest=kept.digest))
        before = kept.digest
    _set_head(intruder, case["id"])


def _set_head(intruder: Intruder, case_id: UUID) -> None:
    """The row of the case says what its events say. One without any event is gone."""
    of_it = cases.c.id == case_id
    if not (events := intruder.events_of(case_id)):
        _dropped(intruder, {"id": case_id})
        return
    intruder.do(sa.update(cases).where(of_it).values(version=events[-1]["seq"], head=events[-1]["digest"]))


def _set_state(intruder: Intruder) -> None:
    """As if all that has a place had been told."""
    tree = Frontier()
    tree.extend([row["digest"] for row in intruder.rows(sa.select(audit_leaves).order_by(audit_leaves.c.leaf))])
    signed = min(intruder.connection.scalar(sa.select(audit_state.c.told_checkpoint)) or 0, tree.size)
    new = {"size": tree.size, "edge": tree.as_bytes(), "told": tree.size, "told_checkpoint": signed}
    intruder.do(sa.update(audit_state).values(new))


Attack = Callable[[Intruder], Place]

ATTACKS: Sequence[Attack] = (
    edit, delete_in_the_middle, swap_two, delete_the_tail, delete_the_newest, edit_and_hash_again,
    edit_and_rewrite_roots, drop_a_case, drop_a_case_and_close_up, truncate_everything, restore_an_old_backup,
    append_a_forged_row, append_with_the_key,
)  # fmt: skip
