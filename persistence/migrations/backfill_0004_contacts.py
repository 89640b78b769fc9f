"""How revision 0004 lists the contacts that the events tell of: belongs to it, is as frozen as it, and knows no code
but its own. Who was there stood in words then, and stays in words: only who was recorded by himself is counted.
"""

from collections import defaultdict
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

BATCH = 1_000
MET = ("first_contact", "record_contact")
TOLD = ("setting", "participants")
"""The answers of such a step, as 0003 had them."""

case_records = sa.table("case_records", sa.column("case_id", sa.Uuid()), sa.column("answers", sa.Text()))
case_events = sa.table(
    "case_events", sa.column("case_id", sa.Uuid()), sa.column("seq"), sa.column("trigger"),
    sa.column("from_state"), sa.column("effective_on", sa.Date()), sa.column("data", sa.Text()),
)  # fmt: skip
OF_THE_WORK = case_events.c.trigger.in_(MET)
ENDED_ON_THE_CALL = sa.and_(case_events.c.trigger == "signpost", case_events.c.from_state == "duty_call")


def keep_contacts(connection: sa.Connection) -> None:
    """And, of a call that ended with another service, that the referral was not eligible."""
    query = sa.select(case_events.c.case_id).where(sa.or_(OF_THE_WORK, ENDED_ON_THE_CALL)).distinct()
    query = query.order_by(case_events.c.case_id).limit(BATCH)
    some = connection.scalars(query).all()
    while some:
        told = _told(connection, some)
        kept = sa.select(case_records.c.case_id, case_records.c.answers).where(case_records.c.case_id.in_(some))
        rows = [
            {"id_": case_id, "kept": _canonical({**orjson.loads(answers), **told[case_id]})}
            for case_id, answers in connection.execute(kept).all()
        ]
        one = sa.update(case_records).where(case_records.c.case_id == sa.bindparam("id_"))
        connection.execute(one.values(answers=sa.bindparam("kept")), rows)
        some = connection.scalars(query.where(case_events.c.case_id > some[-1])).all()


def _told(connection: sa.Connection, some: Any) -> dict[UUID, dict[str, Any]]:
    """By case, the answers that its events bring it."""
    found: dict[UUID, dict[str, Any]] = defaultdict(dict)
    events = sa.select(case_events).where(case_events.c.case_id.in_(some), sa.or_(OF_THE_WORK, ENDED_ON_THE_CALL))
    for event in connection.execute(events.order_by(case_events.c.case_id, case_events.c.seq)):
        told = found[event.case_id]
        if event.trigger not in MET:
            told["indication"] = "not_eligible"
            continue
        data = orjson.loads(event.data)
        said = {name: data[name] for name in TOLD if name in data}
        entry = {**said, "number": event.seq, "on": event.effective_on.isoformat()}
        told["contacts"] = [*told.get("contacts", ()), entry]
    return found


def _canonical(known: dict[str, Any]) -> str:
    return orjson.dumps(known, option=orjson.OPT_SORT_KEYS).decode()
