"""What follows from the steps of a consultation on the referral that waits for it, or that it leads to."""

from collections.abc import Iterator
from typing import Any

from casework.case import Case, CaseEvent, new_case
from casework.following import Following
from casework.store import Store
from workflows.beside import RecordKind
from workflows.registry import chart_named

WAITS = "consultation"
"""The state of a referral that waits for its consultation."""


def referral_of(store: Store, consultation: Case) -> Case | None:
    named = consultation.answers.get("referral")
    return store.record(consultation.service, RecordKind.REFERRAL, str(named)) if named else None


def held_for_the_referral(store: Store, consultation: Case, event: CaseEvent) -> Iterator[Following]:
    """A referral that waits for this consultation goes along with it, so that nobody enters one meeting twice."""
    referral = referral_of(store, consultation)
    if referral is not None and referral.state == WAITS:
        yield Following(referral, "hold_consultation", {"attendees": _people(event.data["attendees"])})


def summary_for_the_referral(store: Store, consultation: Case, event: CaseEvent) -> Iterator[Following]:
    referral = referral_of(store, consultation)
    if referral is not None and referral.state == WAITS:
        sent_to = _people(event.data["recipients"])
        told = {"recommendations": event.data["recommendations"], "recipients": sent_to}
        yield Following(referral, "send_summary", told)


def cancelled_for_the_referral(store: Store, consultation: Case, event: CaseEvent) -> Iterator[Following]:
    """The referral goes back to the group, unless another consultation about it is still to come."""
    referral = referral_of(store, consultation)
    if referral is None or referral.state != WAITS:
        return
    about_it = store.linked(referral.service, RecordKind.CONSULTATION, "referral", referral.reference)
    if not any(other.open and other.id != consultation.id for other in about_it):
        yield Following(referral, "cancel_consultation", {"reason": event.data["reason"]})


def direct_work(store: Store, consultation: Case, event: CaseEvent) -> Iterator[Following]:
    """The referral goes back to the group where it waited, is linked where it stands, or is opened."""
    referral = referral_of(store, consultation)
    if referral is None:
        chart = chart_named(f"{consultation.chart.name.partition('.')[0]}@{consultation.chart.version}")
        yield Following(new_case(chart), "receive_from_consultation", _known_of(consultation, chart.fields))
    elif referral.state == WAITS:
        yield Following(referral, "bring_back", {"reason": event.data["reason"]})
    elif referral.open:
        yield Following(referral, "link_consultation", {"consultation_record": consultation.reference})


def _known_of(consultation: Case, asked: Any) -> dict[str, Any]:
    """What the consultation knows of the referrer and of the family's agreement; the rest is asked of the referrer."""
    known = consultation.answers
    contact = " / ".join(str(known[name]) for name in ("for_organisation", "for_contact") if known.get(name))
    found = {
        "consultation_record": consultation.reference,
        "referrer_name": known.get("for_name"),
        "referrer_role": known.get("for_role"),
        "referrer_contact": contact,
        "consent_on": known.get("basis_on") if known.get("basis") == "consent" else None,
        "infant": known.get("infant"),
    }
    return {name: value for name, value in found.items() if value and name in asked}


def _people(entries: Any) -> str:
    """In one line a person, as the older entry of a referral has it."""
    told = []
    for entry in entries:
        who = [entry.get(name) for name in ("name", "role", "discipline", "organisation")]
        heads = [f"{entry['heads']} others"] if entry.get("heads") else []
        told.append(", ".join([word for word in who if word] + heads))
    return "\n".join(told)
