"""Who acts in the benchmarks, and a referral form that is complete. Nobody in it exists."""

from casework import Actor
from workflows import Role

ADA = Actor("Dr Ada Example", Role)

FORM: dict[str, str] = {
    "infant_name": "A",
    "infant_dob": "2026-06-01",
    "carer_name": "B",
    "carer_relationship": "mother",
    "primary_carer": "yes",
    "gp_practice_code": "B86001",
    "postcode": "LS1 1AA",
    "referrer_name": "C",
    "referrer_role": "health_visitor",
    "referrer_contact": "0113 496 0000",
    "consent_on": "2026-10-01",
    "duty_call_on": "2026-10-02",
    "referrer_words": "Feeds are tense and the baby looks away.",
    "relationship_need": "moderate",
    "motivation": "high",
    "readiness": "high",
    "risk_screen_on": "2026-10-02",
    "relationship_at_risk": "yes",
    "gp_in_area": "yes",
}
