"""Families as the tests refer them: invented, each other than the others, and as far on the pathway as is asked."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from casework import Actor, Casework, Receipt
from tests.casework.families import VOICE
from workflows import Role

EVERYONE = Actor("everyone", Role)
LEEDS, ESSEX = "leeds-imhs", "together-with-baby"
RECEIVED_ON = date(2026, 3, 2)

Steps = Sequence[tuple[str, Mapping[str, Any]]]


def form(number: int, **otherwise: Any) -> dict[str, Any]:
    """A complete written referral. The number makes it another family's."""
    answers = {
        "infant_name": f"Baby Invented{number}",
        "infant_dob": "2026-01-05",
        "carer_name": f"Carer Invented{number}",
        "carer_relationship": "mother",
        "primary_carer": "yes",
        "gp_practice_code": "B86001",
        "postcode": "LS1 1AB",
        "referrer_name": "Robin Referrer",
        "referrer_role": "health_visitor",
        "referrer_contact": "0113 496 0001",
        "consent_on": "2026-03-01",
        "duty_call_on": "2026-03-01",
        "referrer_words": "They have been avoiding each other since the birth.",
        "relationship_need": "moderate",
        "motivation": "adequate",
        "readiness": "adequate",
        "risk_screen_on": "2026-03-01",
    }
    return {**answers, **otherwise}


ACCEPTED: Steps = (
    ("pass_checks", {}),
    ("accept_direct", {"rmg_on": RECEIVED_ON.isoformat(), "reason": "Direct work is indicated.", **VOICE}),
)
RISKS = {"relational_risk": "moderate", "safeguarding_risk": "low", **VOICE}
ACCEPTED_IN_ESSEX: Steps = (
    ("pass_checks", {}),
    ("triage_rate", RISKS),
    ("accept_assessment", {"rmg_on": RECEIVED_ON.isoformat(), "reason": "An assessment is indicated."}),
)
ACKNOWLEDGE: tuple[str, dict[str, Any]] = ("acknowledge", {})
ALLOCATE = ("allocate", {"clinician": "clin-01"})
HOLD = ("place_hold", {"hold_reason": "neonatal_stay", "review_on": "2026-12-31"})
RESUME: tuple[str, dict[str, Any]] = ("resume", {})
MOVE_AWAY = ("move_away", {"transfer_offered": "yes"})


def refer(
    clinic: Casework,
    reference: str,
    *,
    service: str = LEEDS,
    on: date = RECEIVED_ON,
    steps: Steps = (),
    actor: Actor = EVERYONE,
    **answers: Any,
) -> Receipt:
    """A family with this reference is referred; then each step is taken on the same day. The number is in its names."""
    number = sum(ord(letter) * (31**place) for place, letter in enumerate(reference))
    receipt = clinic.open_case(service, "receive_referral", actor, form(number, **answers), reference=reference, on=on)
    for trigger, data in steps:
        receipt = clinic.fire(receipt.case_id, trigger, actor, data, seen=receipt.version, on=on)
    return receipt


def step(clinic: Casework, receipt: Receipt, trigger: str, data: Mapping[str, Any], **how: Any) -> Receipt:
    """The next step after a receipt."""
    return clinic.fire(receipt.case_id, trigger, how.pop("actor", EVERYONE), data, seen=receipt.version, **how)
