"""What an open safeguarding concern stands against: every ending that the service chooses, and no other.

Source: requirements X4.8. Withdrawing consent, a loss and moving away cannot be refused: the work ends and the concern
stays open, with its clock.
"""

from collections.abc import Iterator

from workflows.beside import Known, RecordKind
from workflows.endings import ENDINGS, ChosenBy
from workflows.guards.infant import own_infant_record, that_stands
from workflows.vocabulary import Facts, Refusal, Role

SIGN_OFF = (Role.SAFEGUARDING, Role.LEAD)
"""Who may sign a concern off, by name."""

CONCERNS = "concerns"
MERGING = (RecordKind.REFERRAL, RecordKind.INFANT)
RAISING = "raise_safeguarding"
"""The step that nothing stands against: neither a hold, nor a closing, nor somebody who was first."""


def no_open_concern(facts: Facts) -> Refusal | None:
    """None on the referral, and none on the records of those whom it is about: the baby, and the focus carer."""
    if (own := no_open_concern_here(facts)) is not None:
        return own
    elsewhere = None if facts.from_paper else next(_of_those_it_is_about(facts), None)
    if elsewhere is None:
        return None
    record = f"the {elsewhere.kind}'s record {elsewhere.reference}"
    sentence = f"A safeguarding concern is open on {record}. It is signed off there first: sign_off_safeguarding."
    return Refusal("concern_open", sentence, who=SIGN_OFF)


def no_open_concern_here(facts: Facts) -> Refusal | None:
    number = len(facts.entries(CONCERNS))
    if facts.from_paper or not number:
        return None
    what = "A safeguarding concern is" if number == 1 else f"{number} safeguarding concerns are"
    sentence = f"{what} open. The safeguarding lead or the clinical lead signs off first: sign_off_safeguarding."
    return Refusal("concern_open", sentence, who=SIGN_OFF)


def _of_those_it_is_about(facts: Facts) -> Iterator[Known]:
    """The records with an open concern, of the baby and the focus carer of a referral."""
    carer = facts.recorded.get("focus_carer")
    found = (own_infant_record(facts), facts.beside.record(RecordKind.CARER, str(carer)) if carer else None)
    return (known for known in found if known is not None and known.answers.get(CONCERNS))


def no_open_concern_unless_family_ends(facts: Facts) -> Refusal | None:
    """Of an ending that several may choose: the family's own is not refused."""
    ending = ENDINGS.get(("discharged", str(facts.data.get("end_reason"))))
    return None if ending and ending.chosen_by is ChosenBy.FAMILY else no_open_concern(facts)


def concern_handed_on(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S7: safeguarding is handed on in writing."""
    if facts.from_paper or facts.data.get("handed_on_to"):
        return None
    if not facts.entries(CONCERNS) and next(_of_those_it_is_about(facts), None) is None:
        return None
    sentence = "A safeguarding concern is open. Hand it on in writing, and say to whom."
    return Refusal("concern_not_handed_on", sentence, ("handed_on_to",))


def concern_is_open(facts: Facts) -> Refusal | None:
    return None if facts.entries(CONCERNS) else Refusal("no_concern", "No safeguarding concern is open.")


def last_concern(facts: Facts) -> Refusal | None:
    """The overlay ends with its last concern: nobody signs off with one what was said of another.

    Of a record that was merged, the one that stands for it had each of them, and has none any more.
    """
    number = len(facts.entries(CONCERNS))
    if number < 2 or facts.follows:
        return concern_is_open(facts)
    return Refusal("several_concerns", f"{number} concerns are open. Close the others first, each by its number.")


def one_of_several(facts: Facts) -> Refusal | None:
    if len(facts.entries(CONCERNS)) != 1:
        return concern_is_open(facts)
    return Refusal("last_concern", "This is the only concern that is open: sign_off_safeguarding ends it.")


def concern_stands_here(facts: Facts) -> Refusal | None:
    """What is raised on a record that was merged is raised on the one that stands for it too, and signed off there."""
    survivor = None if facts.follows else facts.recorded.get("survivor")
    found = [that_stands(facts, kind, str(survivor)) for kind in MERGING] if survivor else []
    stands = next((known for known in found if known is not None and known.answers.get(CONCERNS)), None)
    if stands is None:
        return None
    sentence = f"This record was merged into {stands.reference}, and the concern stands there. Sign it off there."
    return Refusal("concern_stands_elsewhere", sentence)


def sharing_has_a_basis(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S18 and T21: sharing without consent needs a basis."""
    if facts.from_paper or facts.data.get("shared_with_consent") != "no" or facts.data.get("sharing_basis"):
        return None
    return Refusal(
        "basis_missing", "Without the family's agreement, say on what basis it is shared.", ("sharing_basis",)
    )
