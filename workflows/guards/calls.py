"""What stands against a step of the duty line."""

from workflows.screening import ScreenForm, refusals
from workflows.settings import call_minutes
from workflows.terms import Term
from workflows.vocabulary import Facts, Refusal

NAMES_A_FAMILY = (
    "infant_name", "infant_nhs_number", "infant_dob", "carer_name", "carer_nhs_number", "postcode",
)  # fmt: skip


def slot_long_enough(facts: Facts) -> Refusal | None:
    """Source: Leeds, 45 minutes (one-minute guide), 30 for perinatal colleagues (their guidance): by group (C-01)."""
    given = call_minutes(facts, str(facts.answer("referrer_role") or ""))
    booked = facts.data.get("call_minutes_booked")
    if given is None or not isinstance(booked, int) or booked >= given:
        return None
    sentence = f"A duty call with this group of referrers is given {given} minutes in this service."
    return Refusal("slot_too_short", sentence, ("call_minutes_booked",))


def slot_in_hours(facts: Facts) -> Refusal | None:
    """Source: Leeds one-minute guide, "Opening hours: 9am to 5pm"."""
    hours, at = facts.rules.opening_hours, facts.data.get("call_at")
    if hours is None or not isinstance(at, str) or hours[0] <= int(at[:2]) < hours[1]:
        return None
    sentence = f"The duty line is open from {hours[0]:02}:00 to {hours[1]:02}:00."
    return Refusal("outside_opening_hours", sentence, ("call_at",))


def screen_complete(facts: Facts) -> Refusal | None:
    """The items are the service's own. One that has entered no form has no screen beyond its date."""
    items = facts.rules.settings.screen
    told = facts.answer("risk_screen")
    if facts.from_paper or not facts.data or (not items and not told):
        return None
    given = {one["item"]: one["answer"] for one in told} if isinstance(told, list) else {}
    form = ScreenForm(facts.rules.service, "", tuple(Term(code, words, "") for code, words in items), "", facts.on)
    for first in refusals(form, given):
        return Refusal(first.code, first.sentence, ("risk_screen",))
    return None


def named_with_basis(facts: Facts) -> Refusal | None:
    """Source: requirements R-152 and C-43: advice needs no family's name. One that is named has agreed, or there is
    another lawful basis, which is said.
    """
    named = tuple(name for name in NAMES_A_FAMILY if facts.answer(name))
    if facts.from_paper or not named or facts.answer("consent_on") or facts.answer("lawful_basis"):
        return None
    sentence = (
        "The family is named and has not agreed: say on what other basis it is named. Advice about a family that is "
        "not named is logged as an activity."
    )
    return Refusal("family_named_without_consent", sentence, ("lawful_basis",))


def others_in_words(facts: Facts) -> Refusal | None:
    """Lists are open: what is called other is said in words."""
    for name, other, words in (
        ("urgency_source", "urgency_other", "urgency_words"),
        ("contributing_factors", "contributing_other", "contributing_words"),
        ("contributing_factors", "antenatal_factor_other", "contributing_words"),
    ):
        chosen = facts.data.get(name)
        if isinstance(chosen, list) and other in chosen and not facts.answer(words):
            return Refusal("words_missing", "Say in words what the other one is.", (words,))
    return None
