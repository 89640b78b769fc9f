"""A referral as the clinic has it and as its card has it, in the same plain words."""

from datetime import date

from casework.case import Case
from tests.lives.model import Card

OF_A_CONSENT = ("consent_for", "consent_by", "consent_decision", "on")
COUNTED = ("total_time", "wait_to_allocation", "wait_to_start", "safeguarding", "hold_review")


def seen_in(case: Case, today: date) -> dict[str, object]:
    known = case.answers
    return {
        "state": case.state,
        "held": case.held_since is not None,
        "born": known.get("infant_dob"),
        "lost": "lost_on" in known,
        "lost before": len(known.get("lost_before_birth", ())),
        "letters": [entry["number"] for entry in known.get("letters", ())],
        "sent": len(known.get("letters_sent", ())),
        "appointments": [entry["number"] for entry in known.get("appointments", ())],
        "concerns": [entry["number"] for entry in known.get("concerns", ())],
        "cowork": [entry["number"] for entry in known.get("coworking", ())],
        "ratings": len(known.get("ratings", ())),
        "contacts": len(known.get("contacts", ())),
        "consents": [tuple(entry[name] for name in OF_A_CONSENT) for entry in known.get("consents", ())],
        "agreed": "consent_on" in known,
        "offered": "transfer_offered_on" in known,
        "carer": known.get("focus_carer"),
        "infant": known.get("infant"),
        "taken in": [entry["other_record"] for entry in known.get("taken_in", ())],
        "steps": case.version,
        "days": {n: c.days(today) for n, c in case.clocks.items() if n in COUNTED and c.running},
    }


def on_the_card(card: Card, today: date) -> dict[str, object]:
    return {
        "state": card.state,
        "held": card.held,
        "born": card.born,
        "lost": card.lost,
        "lost before": card.lost_before,
        "letters": [letter.number for letter in card.letters],
        "sent": card.sent,
        "appointments": card.appointments,
        "concerns": card.concerns,
        "cowork": card.cowork,
        "ratings": card.ratings,
        "contacts": card.contacts,
        "consents": card.consents,
        "agreed": card.consent,
        "offered": card.offered,
        "carer": card.carer.reference if card.carer else None,
        "infant": card.baby.reference if card.linked else None,
        "taken in": card.taken,
        "steps": card.steps,
        "days": {name: count.days(today) for name, count in card.counts.items() if count.since is not None},
    }
