"""What follows on the other record: a link stands on both, and a restriction closes what is open."""

from collections.abc import Iterator

from casework.case import Case, CaseEvent
from casework.errors import StepRefused
from casework.following import Following
from casework.life.records import infant_of, is_one_baby, is_restricted, referrals_of
from casework.store import Store
from workflows import Refusal
from workflows.beside import RecordKind, entries

ACROSS = {
    RecordKind.INFANT: (RecordKind.CARER, "carer", "child"),
    RecordKind.CARER: (RecordKind.INFANT, "child", "carer"),
}
"""By the record on which a link is told: the kind of the other, the answer that names it, and that which names this."""

TURNED = {"link_carer": "link_child", "link_child": "link_carer"}


def link_on_the_other(store: Store, case: Case, event: CaseEvent) -> Iterator[Following]:
    """Records are linked in both directions (R-298): what the one says of the other, the other says of it."""
    kind, named, back = ACROSS[case.chart.kind]
    other = store.record(case.service, kind, str(event.data[named]))
    if other is None:
        return
    if event.trigger in TURNED:
        infant, carer = (case, other) if kind is RecordKind.CARER else (other, case)
        _not_by_another_name(store, infant, carer, event)
    told = {name: value for name, value in event.data.items() if name != named}
    yield Following(other, TURNED.get(event.trigger, event.trigger), {**told, back: case.reference})


def not_by_the_earlier_name(store: Store, referral: Case, event: CaseEvent) -> Iterator[Following]:
    """Of a referral: nobody becomes its focus carer whose record names the child's earlier identity (X4.12)."""
    named = event.data.get("focus_carer")
    carer = store.record(referral.service, RecordKind.CARER, str(named)) if named else None
    infant = infant_of(store, referral)
    if carer is not None and infant is not None:
        _not_by_another_name(store, infant, carer, event)
    yield from ()


def _not_by_another_name(store: Store, infant: Case, carer: Case, event: CaseEvent) -> None:
    """A carer whose record names the child's earlier identity would lead from the new one to it (X4.12)."""
    children = {entry["child"] for entry in entries(carer.answers, "children")}
    earlier = {store.case(other).reference for other in store.identities(infant.id)}
    if children & earlier:
        sentence = "Open a new record for this person and link that one: this one is not linked to this child."
        reason = Refusal(
            "needs_a_new_record", sentence, tuple(n for n in ("carer", "child", "focus_carer") if n in event.data)
        )
        raise StepRefused(event.trigger, event.source, [reason])


def restrict_all(store: Store, infant: Case, event: CaseEvent) -> Iterator[Following]:
    """Whatever is about a baby whose record is kept under restriction is kept so: what is open ends there (W32)."""
    for case in _whatever_is_about(store, infant):
        if case.id != infant.id and not is_restricted(case):
            yield Following(case, "restrict", {"reason": event.data["reason"]})


def _whatever_is_about(store: Store, infant: Case) -> Iterator[Case]:
    yield from is_one_baby(store, infant)
    for referral in referrals_of(store, infant):
        yield from is_one_baby(store, referral)


def lift_all(store: Store, infant: Case, event: CaseEvent) -> Iterator[Following]:
    """Never after an adoption: the child goes on under another identity, and would stand on two lists."""
    if store.identities(infant.id):
        sentence = "This child goes on under another identity. The earlier record stays under restriction."
        raise StepRefused(event.trigger, event.source, [Refusal("another_identity", sentence)])
    for case in _whatever_is_about(store, infant):
        if case.id != infant.id and is_restricted(case):
            yield Following(case, "lift_restriction", {"reason": event.data["reason"]})


def marks_what_is_there(store: Store, case: Case, event: CaseEvent) -> Iterator[Following]:
    """Refuses a mark on an event that has not happened; nothing follows from one that has."""
    if int(event.data["marked_event"]) >= event.seq:
        reason = Refusal(
            "no_such_entry", "There is no such event. Look its number up in the history.", ("marked_event",)
        )
        raise StepRefused(event.trigger, event.source, [reason])
    yield from ()
