"""What stands against the steps of a consultation."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from workflows.beside import Known, RecordKind
from workflows.guards.consents import said_of
from workflows.histories import withheld
from workflows.vocabulary import Facts, Refusal


def _linked_referral(facts: Facts) -> Known | None:
    named = facts.answer("referral")
    return facts.beside.record(RecordKind.REFERRAL, str(named)) if named else None


def family_is_named_lawfully(facts: Facts) -> Refusal | None:
    """An infant is its subject only where the family agreed or there is another basis (R-152, R-221; peers 4.11).

    For a referral that is linked, the family's agreement to that referral is enough.
    """
    if _has_basis(facts):
        return None
    referral = _linked_referral(facts)
    agreed = referral is not None and family_agreed(facts, referral)
    about = facts.answer("infant") or facts.answer("family_named") == "yes"
    if agreed or not (about or facts.answer("referral")):
        return None
    return Refusal(
        "family_named_without_consent",
        "A family is named only with their consent or another lawful basis: record which and since when, or take the "
        "family out. Help can be given without naming them.",
        ("basis", "basis_on"),
    )


def family_agreed(facts: Facts, referral: Known) -> bool:
    """Whether consent to a referral is recorded, and nobody's last word is against it or against sharing."""
    said = said_of(facts, referral.answers)
    against = any(withheld(said, purpose) for purpose in ("referral", "sharing"))
    return bool(referral.answers.get("consent_on")) and not against


def _has_basis(facts: Facts) -> bool:
    basis, since = facts.answer("basis"), facts.answer("basis_on")
    if not (basis and isinstance(since, date) and since <= facts.on):
        return False
    return basis == "consent" or bool(facts.answer("basis_words"))


def in_the_order_of_the_service(facts: Facts) -> Refusal | None:
    """Source: requirements C-21: Leeds asks for a duty call and a referral first, Essex for neither."""
    needs = facts.rules.settings.consultation_needs
    if "referral" not in needs or facts.from_paper:
        return None
    referral = _linked_referral(facts)
    if facts.answer("referral") and referral is None:
        return None  # it is said that there is no such record
    called = referral is not None and referral.answers.get("duty_call_on")
    if referral is not None and (called or "duty_call" not in needs):
        return None
    before = "a duty call and a referral come" if "duty_call" in needs else "a referral comes"
    return Refusal("consultation_too_early", f"In this service {before} before a consultation.", ("referral",))


HELD = ("held", "summary_sent", "to_triage")
"""Of a consultation that has been."""


def consulted_first(facts: Facts) -> Refusal | None:
    """Source: R-204 and R-394, Cornwall, "every referral goes through this process"; R-399, Lambeth, for midwives."""
    whose = facts.rules.settings.consulted_first
    if facts.from_paper or not {"default", facts.answer("referrer_role")} & set(whose):
        return None
    named = facts.answer("consultation_record")
    record = facts.beside.record(RecordKind.CONSULTATION, str(named)) if named else None
    if facts.recorded.get("consultation_held_on") or (record is not None and record.state in HELD):
        return None
    sentence = "Here a consultation comes before the decision: offer_consultation, or link the one that was held."
    return Refusal("not_consulted", sentence, ("consultation_record",))


def has_a_length(facts: Facts) -> Refusal | None:
    """Ninety minutes where the service says so (R-218); where it says nothing, whoever books it does."""
    if facts.rules.consultation_minutes or facts.answer("planned_minutes"):
        return None
    sentence = "The service publishes no length of a consultation: say for how many minutes it is booked."
    return Refusal("length_missing", sentence, ("planned_minutes",))


def somebody_came(facts: Facts) -> Refusal | None:
    came = facts.data.get("attendees")
    if facts.from_paper or not isinstance(came, list) or _with_a_role(came):
        return None
    return Refusal("attendees_missing", "Say of each who came their role, or how many they were.", ("attendees",))


def _with_a_role(came: Sequence[Any]) -> bool:
    return all(entry.get("role") or entry.get("discipline") or entry.get("heads") for entry in came)


def waits_for_a_consultation(facts: Facts) -> Refusal | None:
    """A referral is linked with a consultation that is about it."""
    named = facts.data.get("consultation_record")
    known = facts.beside.record(RecordKind.CONSULTATION, str(named)) if named else None
    if known is None or not known.answers.get("referral") or known.answers["referral"] == facts.reference:
        return None
    sentence = f"{known.reference} is about another referral."
    return Refusal("other_consultation", sentence, ("consultation_record",))
