"""What stands against an entry of help that is given without a case."""

from collections.abc import Sequence
from typing import Any

from workflows.beside import RecordKind
from workflows.fields.activities import FOR_FAMILIES
from workflows.guards.consultations import family_agreed
from workflows.guards.days import not_after_the_step
from workflows.names import words
from workflows.vocabulary import Facts, Refusal


def not_in_the_future(facts: Facts) -> Refusal | None:
    return not_after_the_step(facts, "activity_on", "This is an entry of what was done: its day has not come.")


def each_is_a_person_or_a_number(facts: Facts) -> Refusal | None:
    """A name with its organisation is one person, however often; a number of heads is nobody twice (R-359, R-362)."""
    for entry in attendees(facts.data):
        if bool(entry.get("name")) == bool(entry.get("heads")) or (entry.get("name") and not entry.get("organisation")):
            sentence = "Each attendee is a name with an organisation, or else a number of heads without a name."
            return Refusal("attendee_unclear", sentence, ("attendees",))
    return None


def nobody_is_told_twice(facts: Facts) -> Refusal | None:
    """Whoever is there is one attendance, in whatever spelling (R-359, R-362)."""
    named = [(words(e["name"]), words(e.get("organisation"))) for e in attendees(facts.data) if e.get("name")]
    if len(named) == len(set(named)):
        return None
    return Refusal("named_twice", "Two people have the same name here: write what tells them apart.", ("attendees",))


def attendees(answers: "Any") -> Sequence[Any]:
    found = answers.get("attendees")
    return found if isinstance(found, list) else []


def no_family_is_named(facts: Facts) -> Refusal | None:
    """Source: R-152, R-155 and C-43: an advice call is anonymous; peers 4.11: a family is named with consent only."""
    if facts.answer("family_named") != "yes":
        return None
    return Refusal(
        "family_named_without_consent",
        "Help given without a case names no family. Where the family agreed, record it on their referral or as a "
        "consultation with their consent; else enter it again without them.",
        ("family_named",),
    )


def family_agreed_to_the_referral(facts: Facts) -> Refusal | None:
    """What is linked to a referral is about a family, so the family agreed to that referral."""
    named = facts.answer("referral")
    if not named:
        return None
    known = facts.beside.record(RecordKind.REFERRAL, str(named))
    if known is None or family_agreed(facts, known):
        return None
    return Refusal(
        "family_named_without_consent",
        f"Of referral {known.reference} no consent of the family stands: record it there, or leave the link out.",
        ("referral",),
    )


def families_by_number(facts: Facts) -> Refusal | None:
    """A number of families belongs to what families take part in (R-040); others are about professionals."""
    activity, families = facts.answer("activity"), facts.answer("families")
    if not families or activity in FOR_FAMILIES:
        return None
    return Refusal("families_not_counted", "This activity is not for families: count who took part.", ("families",))


def estimate_has_its_assumption(facts: Facts) -> Refusal | None:
    if bool(facts.answer("children_estimated")) == bool(facts.answer("assumption")):
        return None
    return Refusal(
        "assumption_missing",
        "An estimate of children reached is given with what it assumes, and an assumption with its estimate.",
        ("children_estimated", "assumption"),
    )


def somebody_took_part(facts: Facts) -> Refusal | None:
    """An hour of preparing or advising may have nobody in it; a training or supervision has."""
    alone = ("advice_call", "strategic_advice", *FOR_FAMILIES)
    if facts.answer("activity") in alone or facts.answer("attendees"):
        return None
    return Refusal("attendees_missing", "Say who took part, by person or as a number of heads.", ("attendees",))
