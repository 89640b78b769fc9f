"""What follows where a carer dies, another takes over, or contact ends: on the records and on other open referrals."""

from collections.abc import Iterator
from typing import Any

from casework.case import Case, CaseEvent
from casework.following import Following
from casework.life.records import infant_of, may_be_opened, step_of_infant
from casework.store import Store
from workflows.beside import RecordKind

OF_THE_DEATH = ("carer_died_on", "confirmed_by", "confirmed_from", "now_cares", "review_on")


def death_of_the_carer(store: Store, referral: Case, event: CaseEvent) -> Iterator[Following]:
    """Asked of a referral on which the focus carer's death was recorded."""
    named = referral.answers.get("focus_carer")
    carer = store.record(referral.service, RecordKind.CARER, str(named)) if named else None
    if carer is not None and carer.open:
        yield Following(carer, "record_carer_death", _of_the_death(event))


def death_on_the_referrals(store: Store, carer: Case, event: CaseEvent) -> Iterator[Following]:
    """Asked of a carer's record: each open referral is put on hold, and nothing more goes out to this carer.

    Where nobody has said when to look at it again, it is the same day.
    """
    for referral in store.linked(carer.service, RecordKind.REFERRAL, "focus_carer", carer.reference):
        if referral.open:
            yield Following(referral, "carer_died", {"review_on": event.effective_on, **_of_the_death(event)})


def _of_the_death(event: CaseEvent) -> dict[str, Any]:
    return {name: event.data[name] for name in OF_THE_DEATH if name in event.data}


def where_the_baby_is(store: Store, referral: Case, event: CaseEvent) -> Iterator[Following]:
    """A change of placement that came with a change of carer is an entry of the baby's record (R-106)."""
    if "place" not in event.data or not _has_record(store, referral):
        return
    data = {name: event.data[name] for name in ("place", "place_words") if name in event.data}
    with_carer = {"with_carer": referral.answers["focus_carer"]} if referral.answers.get("focus_carer") else {}
    yield step_of_infant(store, referral, event, "record_location", {**data, **with_carer, "since": event.effective_on})


def legal_status_of_the_baby(store: Store, referral: Case, event: CaseEvent) -> Iterator[Following]:
    if not _has_record(store, referral):
        return
    data = {name: event.data[name] for name in ("legal_status", "care_plan")}
    yield step_of_infant(store, referral, event, "record_legal_status", {**data, "since": event.effective_on})


def _has_record(store: Store, referral: Case) -> bool:
    found = infant_of(store, referral)
    return found.open if found else may_be_opened(referral)
