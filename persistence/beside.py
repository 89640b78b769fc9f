"""What a change asks of its transaction beyond the record that it is about: the way behind another, and who is whom."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from casework.actor import Actor
from casework.case import Case, CaseEvent
from casework.identity import new_id
from persistence.prepared import Prepared
from persistence.rows import event_from
from persistence.tables import case_events
from workflows.beside import RecordKind
from workflows.records.infant import RESTRICTED

EVENT_COLUMNS = tuple(case_events.c.keys())


class Beside:
    """A part of `SqlStore`: on the cursor of its transaction."""

    _cursor: Any
    _prepared: Mapping[str, Prepared]
    case: Callable[[UUID], Case]

    def events(self, case_id: UUID) -> tuple[CaseEvent, ...]:
        rows = self._prepared["events"].all(self._cursor, {"id": case_id})
        return tuple(event_from(dict(zip(EVENT_COLUMNS, row, strict=True))) for row in rows)

    def listed(self, service: str, kind: RecordKind) -> Sequence[Case]:
        """Those of a kind, in the order in which they were opened; what is restricted is in no list."""
        asked = {"service": service, "kind": kind.value, "hidden": RESTRICTED}
        return [self.case(case_id) for (case_id,) in self._prepared["listed"].all(self._cursor, asked)]

    def identities(self, case_id: UUID) -> Sequence[UUID]:
        """Every other record of the child, however often it was adopted."""
        found: dict[UUID, None] = {case_id: None}
        left = [case_id]
        while left:
            asked = {"id": left.pop()}
            for name in ("earlier_identity", "later_identity"):
                fresh = [row[0] for row in self._prepared[name].all(self._cursor, asked) if row[0] not in found]
                found.update(dict.fromkeys(fresh))
                left += fresh
        return tuple(other for other in found if other != case_id)

    def keep_identity(self, earlier: UUID, later: UUID, actor: Actor, at: datetime) -> None:
        kept = {"id": new_id(), "earlier_id": earlier, "later_id": later, "actor": actor.name, "via": actor.via}
        self._prepared["new_identity"].run(self._cursor, {**kept, "kept_at": at})
