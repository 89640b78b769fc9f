"""Which baby's record a referral is about, and which referrals are about a baby, as a guard may look at them.

Of a record that was merged, always the one that stands for it.
"""

from collections.abc import Iterator, Mapping

from workflows.beside import Known, RecordKind, entries
from workflows.fields.merging import TAKEN_IN
from workflows.vocabulary import Facts

MERGED = "merged"


def own_infant(facts: Facts) -> str | None:
    """The baby's record that this referral is about."""
    return next(iter(infants_of(facts, facts.reference, facts.recorded)), None)


def own_infant_record(facts: Facts) -> Known | None:
    reference = own_infant(facts)
    return that_stands(facts, RecordKind.INFANT, reference) if reference else None


def infants_of(facts: Facts, referral: str, answers: Mapping[str, object]) -> list[str]:
    """The baby's record that a referral is about: the one it names, else the one that was opened by it, else the one
    of a referral that was merged into it. Two, where two were opened by referrals that are being merged.
    """
    named = answers.get("infant")
    opened = () if named else facts.beside.linked(RecordKind.INFANT, "first_referral", referral)
    if opened:
        return [known.reference for known in opened]
    named = named or taken_in_with(answers)
    return [standing_for(facts, RecordKind.INFANT, str(named))] if named else []


def is_lost(facts: Facts) -> bool:
    """Whether the loss of a referral's baby is recorded, here or on the baby's record. Of a step that follows from
    that record, the referral alone tells."""
    record = None if facts.follows else own_infant_record(facts)
    return bool(facts.recorded.get("lost_on")) or (record is not None and record.state == "died")


def taken_in_with(answers: Mapping[str, object]) -> str | None:
    """The baby's record that a referral brought with it when it was merged into this one."""
    told = (entry.get("others_baby") for entry in entries(answers, TAKEN_IN))
    return next((str(reference) for reference in told if reference), None)


def that_stands(facts: Facts, kind: RecordKind, reference: str) -> Known | None:
    """The record itself, or the one that stands for it since it was merged."""
    known = facts.beside.record(kind, reference)
    while known is not None and known.state == MERGED:
        known = facts.beside.record(kind, str(known.answers["survivor"]))
    return known


def standing_for(facts: Facts, kind: RecordKind, reference: str) -> str:
    known = that_stands(facts, kind, reference)
    return known.reference if known else reference


def one_baby(facts: Facts, kind: RecordKind, reference: str) -> Iterator[Known]:
    """A baby's record, or a referral, and those that were merged into it."""
    record = facts.beside.record(kind, reference)
    if record is not None:
        yield record
        for entry in entries(record.answers, TAKEN_IN):
            yield from one_baby(facts, kind, entry["other_record"])


def referrals_of(facts: Facts, infant: str) -> list[Known]:
    """The referrals that are about a baby, open or closed."""
    infant = standing_for(facts, RecordKind.INFANT, infant)
    found = {known.reference: known for known in facts.beside.linked(RecordKind.REFERRAL, "infant", infant)}
    for record in one_baby(facts, RecordKind.INFANT, infant):
        if first := record.answers.get("first_referral"):
            opened_by = that_stands(facts, RecordKind.REFERRAL, str(first))
            if opened_by is not None and opened_by.answers.get("infant") in (None, record.reference):
                found.setdefault(opened_by.reference, opened_by)
    return list(found.values())
