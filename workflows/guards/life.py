"""What stands against recording what happened in a life: a birth that does not fit, a loss that is not this baby's.

What a family or a life decides is never refused because a concern is open: see `guards.safeguarding`.
"""

from dataclasses import replace
from datetime import date, timedelta

from workflows.beside import RecordKind
from workflows.dates import british
from workflows.eligibility import Result, eligibility, first_day_too_old
from workflows.fields.referral import PREGNANCY
from workflows.guards.infant import is_lost, one_baby, own_infant, own_infant_record, referrals_of
from workflows.vocabulary import Criterion, Facts, Refusal

OF_THE_CARER = (
    "focus_carer", "carer_nhs_number", "postcode", "gp_in_area", "lives_in_area", "in_contact", "carer_unavailable",
    "learning_disability", "relationship_need", "motivation", "readiness", "rated_on",
)  # fmt: skip
"""What was said of one carer and their relationship with the baby, and not of the next."""


def not_born_yet(facts: Facts) -> Refusal | None:
    born = facts.recorded.get("infant_dob")
    if not isinstance(born, date):
        return None
    return Refusal("already_born", f"The birth is recorded: {british(born)}. Add what is new as information.")


def birth_fits_the_pregnancy(facts: Facts) -> Refusal | None:
    """Source: issue 5, what bad input gets; a pregnancy has at most 300 days before its expected end."""
    return _in_the_pregnancy(facts, "infant_dob", "The baby cannot have been born")


def birth_is_that_of_the_record(facts: Facts) -> Refusal | None:
    """Another referral of this baby may have told of the birth before (one baby, one record)."""
    record = None if facts.follows or facts.recorded.get("infant_dob") else own_infant_record(facts)
    known = record.answers.get("infant_dob") if record else None
    if record is None or not isinstance(known, date) or facts.data.get("infant_dob") in (None, known):
        return None
    sentence = f"By the record {record.reference} this baby was born on another day. Correct there what is wrong."
    return Refusal("not_the_same_person", sentence, ("infant_dob",))


def loss_fits_the_pregnancy(facts: Facts) -> Refusal | None:
    """Judged where the loss is told; what follows on other records says the same day."""
    born, lost = facts.recorded.get("infant_dob"), facts.data.get("lost_on")
    if facts.follows:
        return None
    if isinstance(born, date) and isinstance(lost, date) and lost < born:
        sentence = f"The birth is recorded for {british(born)}: the loss cannot have been before it."
        return Refusal("before_the_birth", sentence, ("lost_on",))
    return _in_the_pregnancy(facts, "lost_on", "The loss cannot have been")


def _in_the_pregnancy(facts: Facts, name: str, what: str) -> Refusal | None:
    due, day = facts.answer("expected_due_date"), facts.data.get(name)
    if not isinstance(due, date) or not isinstance(day, date) or day >= due - timedelta(days=PREGNANCY):
        return None
    sentence = f"{what} on {british(day)}: the pregnancy of this referral ends about {british(due)}."
    return Refusal("before_the_pregnancy", sentence, (name,))


def no_loss_of_this_baby(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S9 and S19: a later baby is a new referral, with the loss as an eligible factor."""
    if is_lost(facts):
        return Refusal("after_a_loss", "The loss of this baby is recorded. A later baby is a new referral.")
    return None


def one_baby_meant(facts: Facts) -> Refusal | None:
    """Source: requirements S9: only this infant's referral, never a surviving twin's.

    On a closed one that the loss of its baby's record reaches nothing goes on, and nobody could split it any more.
    """
    if not _several(facts) or facts.recorded.get("split_on") or (facts.follows and facts.closed_on):
        return None
    return Refusal(
        "split_first",
        f"This referral is about {facts.recorded['babies_born']} babies. Say first which of them it goes on for "
        "(split_multiple), then record the loss for that one.",
    )


def loss_recorded(facts: Facts) -> Refusal | None:
    return None if facts.recorded.get("lost_on") else Refusal("no_loss", "No loss of this baby is recorded.")


def contact_was_agreed(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S10: a named contact, by agreement."""
    if facts.data.get("contact_agreed") == "yes":
        return None
    return Refusal(
        "contact_not_agreed", "After a loss, ask the family first whether they want contact.", ("contact_agreed",)
    )


def _several(facts: Facts) -> bool:
    born = facts.recorded.get("babies_born")
    return isinstance(born, int) and born > 1


def born_together(facts: Facts) -> Refusal | None:
    if not _several(facts):
        return Refusal("one_baby", "One baby is recorded, so there is nothing to split.")
    if facts.recorded.get("split_on"):
        return Refusal("already_split", "Each baby of this birth has been considered already.")
    return None


def each_relationship_considered(facts: Facts) -> Refusal | None:
    """Source: Essex guidance: "whether the relationship with more than one infant or more is under stress" (R-080)."""
    considered, born = facts.data.get("babies_considered"), facts.recorded.get("babies_born")
    if not isinstance(considered, list) or not isinstance(born, int):
        return None
    told = [entry["birth_order"] for entry in considered]
    if sorted(told) != list(range(1, born + 1)):
        sentence = f"{born} babies were born: consider each of them once, by the order of birth."
        return Refusal("baby_not_considered", sentence, ("babies_considered",))
    own = next((entry for entry in considered if entry["birth_order"] == facts.data.get("birth_order")), None)
    if own is None or own["in_scope"] != "yes":
        sentence = "This referral goes on for a baby whom the service sees. Name that one by the order of birth."
        return Refusal("baby_not_in_scope", sentence, ("birth_order",))
    return None


def goes_on_for_the_same_baby(facts: Facts) -> Refusal | None:
    """Each parent's referral may be about one baby's record: then both go on for that baby (one baby, one record)."""
    named, own = facts.data.get("birth_order"), own_infant(facts)
    about = referrals_of(facts, own) if own else ()
    every = (one for known in about for one in one_baby(facts, RecordKind.REFERRAL, known.reference))
    others = (one.answers for one in every if one.reference != facts.reference)
    known = next((answers["birth_order"] for answers in others if answers.get("split_on")), named)
    if not named or known == named:
        return None
    sentence = (
        f"The record {own} is of baby {known} of this birth, by another referral: this one goes on for the same baby. "
        "The others have a referral of their own by this step."
    )
    return Refusal("another_baby", sentence, ("birth_order",))


# Another carer


def new_carer_named(facts: Facts) -> Refusal | None:
    """Asked afresh: what is recorded is about the former carer."""
    asked = ("carer_name", "carer_relationship", "primary_carer", "consent_on")
    missing = tuple(name for name in asked if not facts.data.get(name))
    if not missing:
        return None
    labels = ", ".join(name.replace("_", " ") for name in missing)
    return Refusal("new_carer_incomplete", f"Of the new carer this is needed: {labels}.", missing)


def another_carer(facts: Facts) -> Refusal | None:
    record, new = facts.recorded.get("focus_carer"), facts.data.get("focus_carer")
    if not record or record != new:
        return None
    return Refusal("same_carer", "This is the focus carer already.", ("focus_carer",))


def former_access_reviewed(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S13: the former carer's access is reviewed."""
    if facts.data.get("former_access_reviewed") == "yes":
        return None
    sentence = "Review the former carer's access to the record first, and say that it was reviewed."
    return Refusal("access_not_reviewed", sentence, ("former_access_reviewed",))


def carer_rule_holds(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S13: where the carer rule must be rechecked, the referral goes back to the group."""
    left = {name: value for name, value in facts.recorded.items() if name not in OF_THE_CARER}
    after = {c.code: c.sentence for c in _against(replace(facts, recorded=left))}
    new = after.keys() - {c.code for c in _against(replace(facts, data={}))}
    if not new:
        return None
    told = " ".join(sentence for code, sentence in after.items() if code in new)
    return Refusal("carer_rule_to_recheck", f"{told} Put the new carer to the group: new_carer_to_group.")


def _against(facts: Facts) -> tuple[Criterion, ...]:
    found = eligibility(facts)
    return (*found.found(Result.EXCLUDED), *found.found(Result.DISCUSS))


def return_is_planned(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S14: is return planned?"""
    if facts.data.get("return_planned") == "yes":
        return None
    sentence = "A hold is for a return that is planned. Where none is: close_contact_ended, or another focus carer."
    return Refusal("no_return_planned", sentence, ("return_planned",))


# Age


def born(facts: Facts) -> Refusal | None:
    if isinstance(facts.recorded.get("infant_dob"), date):
        return None
    return Refusal("not_born", "The baby is not born. Record the birth first.")


def retained_for_a_time(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S8: retaining needs a reason and an end date."""
    until = facts.data.get("retain_until")
    if not isinstance(until, date) or until > facts.on:
        return None
    return Refusal("date_is_past", "Give the day, still to come, until which the child is kept.", ("retain_until",))


def ceiling_reached(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S8: the ceiling is reached; nobody is let go by rule before it."""
    dob = facts.recorded.get("infant_dob")
    if not isinstance(dob, date) or facts.from_paper:
        return None
    day = first_day_too_old(facts.rules.age_limit, dob)
    if facts.on >= day:
        return None
    return Refusal("not_too_old", f"The service sees this child until the day before {british(day)}.")


# Hold, endings


def review_lies_ahead(facts: Facts) -> Refusal | None:
    """Source: requirements R-075 and K16: a hold has a review date; a day that is past is none."""
    day = facts.data.get("review_on")
    if facts.from_paper or not isinstance(day, date) or day >= facts.on:
        return None
    return Refusal("date_is_past", "Give a day on which the hold is to be looked at again.", ("review_on",))


def reached_by_an_agreed_way(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S6: attempts by the agreed and safe route."""
    tried = facts.data.get("attempts")
    if not isinstance(tried, list) or any(entry["agreed_route"] == "yes" for entry in tried):
        return None
    sentence = "None of the attempts was by a way that the family had agreed to. Try that one first."
    return Refusal("no_agreed_attempt", sentence, ("attempts",))


def care_leaver_reached_with_care(facts: Facts) -> Refusal | None:
    """Source: requirements R-104: not closed on missed appointments by rule."""
    named = facts.recorded.get("focus_carer")
    carer = facts.beside.record(RecordKind.CARER, str(named)) if named else None
    if carer is None or carer.answers.get("care_leaver") != "yes" or facts.data.get("care_leaver_contact"):
        return None
    sentence = "The carer was in care as a child: say how and by whom contact was made."
    return Refusal("care_leaver_contact_missing", sentence, ("care_leaver_contact",))
