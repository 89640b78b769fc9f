"""What stands against making one record of two, and against taking it back.

Source: reliability H2 (wrong baby), H10 (a merge that joins two families): two people, never twins, nothing destroyed.
"""

from collections.abc import Mapping

from workflows.beside import Known, RecordKind
from workflows.fields.merging import TAKEN_IN
from workflows.guards.infant import MERGED, infants_of, standing_for, that_stands
from workflows.names import one_name
from workflows.vocabulary import Facts, Refusal

ENDED = ("died", "restricted")
"""How a baby's record ends while the baby's name stays in it. Two such records are one only where both ended so."""


def two_people(facts: Facts) -> Refusal | None:
    second = facts.data.get("second_person")
    if not second or one_name(second) != one_name(facts.actor):
        return None
    sentence = "A second person has to look at both records: name somebody other than yourself."
    return Refusal("second_person_needed", sentence, ("second_person",))


def another_record(facts: Facts) -> Refusal | None:
    if facts.data.get("survivor") != facts.reference:
        return None
    return Refusal("merged_with_itself", "A record cannot be merged into itself: name the other.", ("survivor",))


def survivor_stands(kind: RecordKind, facts: Facts) -> Refusal | None:
    """The one that stays is itself in use, or ended as this one did."""
    stays = facts.beside.record(kind, str(facts.data.get("survivor") or ""))
    if stays is None or facts.data.get("survivor") == facts.reference:
        return None
    if stays.state == MERGED:
        instead = stays.answers.get("survivor")
        sentence = f"{stays.reference} was itself merged into {instead}. Merge into that one."
        return Refusal("survivor_is_merged", sentence, ("survivor",))
    if stays.state in ENDED or facts.state in ENDED:
        return None if stays.state == facts.state else _ended_otherwise(stays)
    if stays.open:
        return None
    sentence = f"{stays.reference} is closed. Reopen it first, or merge it into this one."
    return Refusal("survivor_is_closed", sentence, ("survivor",))


def _ended_otherwise(stays: Known) -> Refusal:
    sentence = f"Of this record and {stays.reference} one is of a baby who died or whose record is restricted, and the "
    return Refusal("lives_differ", sentence + "other is not. Clear that up first.", ("survivor",))


def merged_into_that_one(facts: Facts) -> Refusal | None:
    survivor = facts.recorded.get("survivor")
    if facts.data.get("merged_into") in (None, survivor):
        return None
    return Refusal("other_survivor", f"This record was merged into {survivor}: name that one.", ("merged_into",))


def ended_alike(facts: Facts) -> Refusal | None:
    """A loss, its undoing or a restriction that came while two babies' records were one reached both's referrals."""
    into = standing_for(facts, RecordKind.INFANT, str(facts.recorded.get("survivor")))
    stays, stood = facts.beside.record(RecordKind.INFANT, into), facts.recorded.get("closed_from")
    if stays is None or stays.state == stood or not {stays.state, stood}.intersection(ENDED):
        return None
    code, sentence = MEANWHILE.get(stays.state, TAKEN_BACK)
    return Refusal(code, sentence.format(into))


MEANWHILE = {
    "died": (
        "after_a_loss",
        "A loss is recorded on {0}, and closed the referrals of both. Take it back there first (undo_loss), part the "
        "two, and record it for the baby whose loss it was.",
    ),
    "restricted": (
        "record_restricted",
        "{0} is under restriction, and this record with it. It is lifted there first, by two people.",
    ),
}
TAKEN_BACK = (
    "lives_differ",
    "The loss was taken back on {0} for both. Record it there again, part the two, and take back that which was wrong.",
)
"""Why two records may not part yet, by how the one that stays has ended; it has not: its loss was taken back."""


def referral_survives(facts: Facts) -> Refusal | None:
    return survivor_stands(RecordKind.REFERRAL, facts)


def infant_survives(facts: Facts) -> Refusal | None:
    return survivor_stands(RecordKind.INFANT, facts)


def not_twins(facts: Facts) -> Refusal | None:
    """Twins have one birthday, one home and one mother, and are two babies."""
    for kind in (RecordKind.REFERRAL, RecordKind.INFANT):
        stays = facts.beside.record(kind, str(facts.data.get("survivor") or ""))
        if stays is None or stays.reference == facts.reference:
            continue
        if are_twins(facts.reference, facts.recorded, stays.reference, stays.answers):
            return Refusal("twins", f"This and {stays.reference} are twins: two babies, two records.", ("survivor",))
    return None


def duplicate_of_the_same_baby(facts: Facts) -> Refusal | None:
    """A void has no way back, and takes a referral off every list: what is no double for a merge is none for it."""
    named = facts.data.get("surviving_reference")
    if facts.from_paper or facts.data.get("void_reason") != "duplicate" or not named:
        return None
    other = that_stands(facts, RecordKind.REFERRAL, str(named))
    if other is None or other.reference == facts.reference:
        return None
    if are_twins(facts.reference, facts.recorded, other.reference, other.answers):
        sentence = f"This and {other.reference} are of twins: two babies, two referrals. If one has to end, close it."
        return Refusal("twins", sentence, ("surviving_reference",))
    pair = ((facts.reference, facts.recorded), (other.reference, other.answers))
    return _one_record(*(baby for reference, answers in pair for baby in infants_of(facts, reference, answers)))


def are_twins(reference: str, answers: Mapping[str, object], other: str, others: Mapping[str, object]) -> bool:
    """Whether two records are known to be of one multiple birth: split from one another or from the same pregnancy,
    told apart by the order of birth, or one named as a twin of the other.
    """
    split = {answers.get("split_from") or reference, others.get("split_from") or other}
    if len(split) == 1 and (answers.get("split_from") or others.get("split_from")):
        return True
    orders = (answers.get("birth_order"), others.get("birth_order"))
    if all(orders):
        return orders[0] != orders[1]
    if answers.get("twin_of") == other or others.get("twin_of") == reference:
        return True
    return _of_one_birth(answers, others)


def _of_one_birth(answers: Mapping[str, object], others: Mapping[str, object]) -> bool:
    """Several were born on one day into one family, and these two do not bear one name."""
    both = (answers, others)
    several = all(isinstance(born := one.get("babies_born"), int) and born > 1 for one in both)
    together = all(one.get("family") for one in both) and answers.get("family") == others.get("family")
    names = [one_name(one["infant_name"]) for one in both if one.get("infant_name")]
    same_day = answers.get("infant_dob") == others.get("infant_dob")
    return several and together and same_day and (len(names) < 2 or names[0] != names[1])


def same_baby(facts: Facts) -> Refusal | None:
    """Two referrals become one only if they are about one baby's record, or not both have one."""
    named = facts.data.get("others_baby")
    other = [standing_for(facts, RecordKind.INFANT, str(named))] if named else []
    return _one_record(*infants_of(facts, facts.reference, facts.recorded), *other)


def _one_record(*babies: str) -> Refusal | None:
    if len(set(babies)) < 2:
        return None
    told = " and ".join(sorted(set(babies)))
    sentence = f"The referrals are about two babies' records, {told}. If those are one baby, merge them first."
    return Refusal("two_babies", sentence)


def about_a_record_taken_in(facts: Facts) -> Refusal | None:
    """A note about the other goes to the other, so it must be one that was taken in."""
    about = facts.data.get("about")
    if not about or about in {entry["other_record"] for entry in facts.entries(TAKEN_IN)}:
        return None
    return Refusal("not_taken_in", "No record of this reference was merged into this one.", ("about",))


def _is_restricted(facts: Facts) -> bool:
    named = facts.data.get("other_record")
    found = [facts.beside.record(kind, str(named)) for kind in (RecordKind.INFANT, RecordKind.REFERRAL) if named]
    return any(one is not None and (one.state == "restricted" or one.answers.get("restricted_on")) for one in found)


def told_of_another(facts: Facts) -> Refusal | None:
    """Of a record under restriction nothing is said on another: it would lead from the one to the other (X4.12)."""
    if _is_restricted(facts):
        return Refusal("record_closed", "This record is closed and is linked to nothing new.", ("other_record",))
    if facts.data.get("other_record") != facts.reference:
        return None
    return Refusal("about_itself", "Name the other record: this one is the same as itself.", ("other_record",))
