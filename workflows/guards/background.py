"""Rules about what the written referral says of the family's background, and about what is shared of it."""

from workflows.vocabulary import Facts, Refusal


def effect_on_baby_told(facts: Facts) -> Refusal | None:
    """Ill health alone does not qualify. Source: Essex guidance, "having a significant and measurably impact on the
    baby" (R-050); never a diagnosis (R-036).
    """
    factors = facts.answer("contributing_factors")
    named = isinstance(factors, list) and "carer_mental_health" in factors
    if facts.from_paper or not named or facts.answer("effect_on_baby"):
        return None
    return Refusal(
        "effect_on_baby_missing",
        "The carer's mental health is named: say how it affects the baby. Ill health alone does not decide.",
        ("effect_on_baby",),
    )


def sharing_is_explained(facts: Facts) -> Refusal | None:
    """Source: seed 004, issues are shared with relevant services to keep babies safe (R-188); X3 S18: without consent
    there is a basis, and it is written down.
    """
    if facts.from_paper or facts.data.get("shared_basis") in (None, "consent") or facts.data.get("reason"):
        return None
    return Refusal("sharing_unexplained", "It is shared without consent: say why it has to be.", ("reason",))
