"""Whether what was agreed still stands: consent by its last word, a birth by its own step, an address that is safe."""

from workflows.beside import RecordKind
from workflows.guards.letters import safe_contact
from workflows.histories import consented, consents
from workflows.vocabulary import Facts, Refusal

BY_CHANNEL = {"telephone": "phone", "email": "email", "letter": "post"}
"""How somebody is told, and by which channel of a carer's safe-contact instruction."""


def assessment_agreed(facts: Facts) -> Refusal | None:
    """Source: requirements W34: consent as dated events; the last word on the referral or the assessment counts."""
    return _nobody_against(facts, ("referral", "assessment"))


def work_agreed(facts: Facts) -> Refusal | None:
    """As for the assessment; the family's last word on the intervention counts too."""
    return _nobody_against(facts, ("referral", "intervention"))


def _nobody_against(facts: Facts, purposes: tuple[str, ...]) -> Refusal | None:
    if facts.from_paper:
        return None
    said = [entry for entry in facts.entries("consents") if entry["consent_said_on"] <= facts.on]
    against = [purpose for purpose in purposes if consents(said, purpose) and not consented(said, purpose)]
    if not against:
        return None
    sentence = f"Consent to the {against[0]} is refused or withdrawn. Record a new consent, or end the work."
    return Refusal("consent_withheld", sentence, ("consents",))


def consent_given_again(facts: Facts) -> Refusal | None:
    """A referral that ended because consent was withdrawn goes on only with consent (X4.1)."""
    if not facts.recorded.get("received_on") or facts.recorded.get("consent_on") or facts.data.get("consent_on"):
        return None
    return Refusal("consent_missing", "Consent was withdrawn: record when the family agreed again.", ("consent_on",))


def birth_by_its_step(facts: Facts) -> Refusal | None:
    """A birth is more than a date: how many were born, the GP, the record's place (requirements X3 S11)."""
    born = facts.data.get("infant_dob")
    if facts.from_paper or not born or facts.recorded.get("infant_dob") or not facts.recorded.get("expected_due_date"):
        return None
    sentence = "This referral is about an unborn baby. Record the birth by its own step, record_birth."
    return Refusal("birth_by_its_step", sentence, ("infant_dob",))


def safe_to_tell(facts: Facts) -> Refusal | None:
    """A family that referred itself is told in a safe way only (requirements W9, X4.9)."""
    carer = facts.recorded.get("focus_carer")
    channel = BY_CHANNEL.get(str(facts.data.get("how_told")))
    if facts.from_paper or facts.answer("referrer_role") != "family" or not carer or channel is None:
        return None
    record = facts.beside.record(RecordKind.CARER, str(carer))
    told = safe_contact(record.answers, channel) if record else None
    if told is None or told["safe"] == "allowed":
        return None
    sentence = "This person must not be reached in this way, or is to be asked first. Choose another way."
    return Refusal("unsafe_contact", sentence, ("how_told",))
