"""A decision on a referral is noted in the meeting that took it: both are kept, or neither."""

from collections.abc import Iterator

from casework.case import Case, CaseEvent
from casework.following import Following
from casework.store import Store
from workflows.beside import RecordKind


def minute_of_the_decision(store: Store, after: Case, event: CaseEvent) -> Iterator[Following]:
    """Where the step names a meeting. Who decided, and why, stands in the event of the referral and is not repeated."""
    named = event.data.get("meeting")
    meeting = store.record(after.service, RecordKind.MEETING, str(named)) if named else None
    if meeting is not None:
        yield Following(meeting, "note_decision", {"referral": after.reference, "decision": event.trigger})
