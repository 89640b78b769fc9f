"""Which baby's record a referral is about, and which referrals are about a baby, as a guard may look at them."""

from collections.abc import Mapping

from workflows.beside import Known, RecordKind, entries
from workflows.fields.merging import TAKEN_IN
from workflows.vocabulary import Facts


def own_infant(facts: Facts) -> str | None:
    """The baby's record that a referral is about: the one it names, else the one that was opened by it, else the one
    of a referral that was merged into it.
    """
    if named := facts.recorded.get("infant"):
        return str(named)
    opened = facts.beside.linked(RecordKind.INFANT, "first_referral")
    return opened[0].reference if opened else taken_in_with(facts.recorded)


def own_infant_record(facts: Facts) -> Known | None:
    reference = own_infant(facts)
    return facts.beside.record(RecordKind.INFANT, reference) if reference else None


def is_lost(facts: Facts) -> bool:
    """Whether the loss of a referral's baby is recorded, here or on the baby's record. Of a step that follows from
    that record, the referral alone tells."""
    record = None if facts.follows else own_infant_record(facts)
    return bool(facts.recorded.get("lost_on")) or (record is not None and record.state == "died")


def taken_in_with(answers: Mapping[str, object]) -> str | None:
    """The baby's record that a referral brought with it when it was merged into this one."""
    told = (entry.get("others_baby") for entry in entries(answers, TAKEN_IN))
    return next((str(reference) for reference in told if reference), None)


def referrals_of(facts: Facts, infant: str) -> list[Known]:
    """The referrals that are about a baby's record, open or closed."""
    found = list(facts.beside.linked(RecordKind.REFERRAL, "infant", infant))
    record = facts.beside.record(RecordKind.INFANT, infant)
    first = record.answers.get("first_referral") if record else None
    if first and first not in {known.reference for known in found}:
        opened_by = facts.beside.record(RecordKind.REFERRAL, str(first))
        found += [opened_by] if opened_by else []
    return found
