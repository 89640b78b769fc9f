"""What follows from a loss, in the same transaction: nothing of this baby goes on, and nothing of anybody else ends.

A surviving twin is another baby with another record; the carer's record is not touched (reliability H7 and H8).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from casework.case import Case, CaseEvent
from casework.following import Following
from casework.life.records import infant_of, is_one_baby, may_be_opened, referrals_of, step_of_infant
from casework.store import Store
from workflows.beside import RecordKind, entries
from workflows.guards.pregnancy import LOST_BEFORE_BIRTH

OF_THE_LOSS = ("lost_on", "confirmed_by", "confirmed_from", "family_told", "all_lost")
OF_ONE_LOSS = ("one_lost_on", "confirmed_by", "confirmed_from", "family_told")
OF_THE_UNDOING = ("reason", "second_person")
NOTHING_GOES_ON = ("void", "merged", "restricted")


def loss_of_the_baby(store: Store, referral: Case, event: CaseEvent) -> Iterator[Following]:
    """Asked of a referral: the baby's record is closed, and opened first where it is known when the baby was due."""
    found = infant_of(store, referral)
    if found.open if found else may_be_opened(referral):
        yield step_of_infant(store, referral, event, "record_loss", _some(event.data, OF_THE_LOSS))


def loss_of_one_on_the_record(store: Store, referral: Case, event: CaseEvent) -> Iterator[Following]:
    """Asked of a referral that goes on for another: the record of the unborn knows how many are expected still."""
    found = infant_of(store, referral)
    if found is not None and found.state == "unborn" and _knows_of_fewer(found, referral):
        yield Following(found, "record_loss_of_one", _some(event.data, OF_ONE_LOSS))


def loss_of_one_on_its_referrals(store: Store, infant: Case, event: CaseEvent) -> Iterator[Following]:
    """Asked of a baby's record. Who has told of as many losses has told of this one."""
    for referral in referrals_of(store, infant):
        if referral.open and not referral.answers.get("infant_dob") and _knows_of_fewer(referral, infant):
            yield Following(referral, "record_loss_of_one", _some(event.data, OF_ONE_LOSS))


def _knows_of_fewer(one: Case, other: Case) -> bool:
    return len(entries(one.answers, LOST_BEFORE_BIRTH)) < len(entries(other.answers, LOST_BEFORE_BIRTH))


def consultations_of_the_loss(store: Store, lost: Case, event: CaseEvent) -> Iterator[Following]:
    """Asked of a referral and of a baby's record: nobody is reminded of a consultation about a baby who has died."""
    for case in is_one_baby(store, lost):
        for meeting in store.linked(case.service, RecordKind.CONSULTATION, case.chart.kind.value, case.reference):
            if meeting.state in ("requested", "booked"):
                yield Following(meeting, "cancel_consultation", {"reason": "The baby of this consultation has died."})


def loss_on_its_referrals(store: Store, infant: Case, event: CaseEvent) -> Iterator[Following]:
    """Asked of a baby's record: each referral of this baby, also a closed one that still owes somebody an answer."""
    for referral in referrals_of(store, infant):
        if referral.state not in NOTHING_GOES_ON and not referral.answers.get("lost_on"):
            yield Following(referral, "record_loss", _some(event.data, OF_THE_LOSS))


def loss_undone(store: Store, referral: Case, event: CaseEvent) -> Iterator[Following]:
    found = infant_of(store, referral)
    if found is not None and found.state == "died":
        yield Following(found, "undo_loss", _some(event.data, OF_THE_UNDOING))


def loss_undone_on_its_referrals(store: Store, infant: Case, event: CaseEvent) -> Iterator[Following]:
    for referral in referrals_of(store, infant):
        if referral.state not in NOTHING_GOES_ON and referral.answers.get("lost_on"):
            yield Following(referral, "undo_loss", _some(event.data, OF_THE_UNDOING))


def _some(data: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: data[name] for name in names if name in data}
