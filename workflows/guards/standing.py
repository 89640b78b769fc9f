"""Whether what was agreed still stands: consent by its last word, a birth by its own step, a loss of one of several."""

from workflows.guards.consents import said_of
from workflows.histories import withheld
from workflows.vocabulary import Facts, Refusal


def referral_agreed(facts: Facts) -> Refusal | None:
    """Source: requirements X4.1 and W34: no triage of a family who has said no since the form was written."""
    return _nobody_against(facts, ("referral",))


def assessment_agreed(facts: Facts) -> Refusal | None:
    """Source: requirements W34: consent as dated events; the last word on the referral or the assessment counts."""
    return _nobody_against(facts, ("referral", "assessment"))


def work_agreed(facts: Facts) -> Refusal | None:
    """As for the assessment; the family's last word on the intervention counts too."""
    return _nobody_against(facts, ("referral", "intervention"))


def _nobody_against(facts: Facts, purposes: tuple[str, ...]) -> Refusal | None:
    if facts.from_paper:
        return None
    said = said_of(facts, facts.recorded)
    against = [purpose for purpose in purposes if withheld(said, purpose)]
    if not against:
        return None
    sentence = f"Consent to the {against[0]} is refused or withdrawn. Record a new consent, or end the work."
    return Refusal("consent_withheld", sentence, ("consents",))


def sharing_agreed(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S4 and T21: who said no to sharing has not agreed to it; another basis may hold."""
    by_consent = facts.data.get("shared_with_consent") == "yes" or facts.data.get("shared_basis") == "consent"
    against = by_consent and _nobody_against(facts, ("sharing",))
    if not against:
        return None
    sentence = (
        "Consent to sharing is refused or withdrawn. Record a new consent, or say on what other basis it is shared."
    )
    return Refusal("sharing_refused", sentence, ("shared_with_consent", "shared_basis"))


def birth_by_its_step(facts: Facts) -> Refusal | None:
    """A birth is more than a date: how many were born, the GP, the record's place (requirements X3 S11)."""
    born = facts.data.get("infant_dob")
    if facts.from_paper or not born or facts.recorded.get("infant_dob") or not facts.recorded.get("expected_due_date"):
        return None
    sentence = "This referral is about an unborn baby. Record the birth by its own step, record_birth."
    return Refusal("birth_by_its_step", sentence, ("infant_dob",))
