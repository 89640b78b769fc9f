"""What an open safeguarding concern stands against: every ending that the service chooses, and no other.

Source: requirements X4.8. Withdrawing consent, a loss and moving away cannot be refused: the work ends and the concern
stays open, with its clock.
"""

from workflows.endings import ENDINGS, ChosenBy
from workflows.vocabulary import Facts, Refusal, Role

SIGN_OFF = (Role.SAFEGUARDING, Role.LEAD)
"""Who may sign a concern off, by name."""

CONCERNS = "concerns"
RAISING = "raise_safeguarding"
"""The step that nothing stands against: neither a hold, nor a closing, nor somebody who was first."""


def no_open_concern(facts: Facts) -> Refusal | None:
    number = len(facts.entries(CONCERNS))
    if facts.from_paper or not number:
        return None
    what = "A safeguarding concern is" if number == 1 else f"{number} safeguarding concerns are"
    sentence = f"{what} open. The safeguarding lead or the clinical lead signs off first: sign_off_safeguarding."
    return Refusal("concern_open", sentence, who=SIGN_OFF)


def no_open_concern_unless_family_ends(facts: Facts) -> Refusal | None:
    """Of an ending that several may choose: the family's own is not refused."""
    ending = ENDINGS.get(("discharged", str(facts.data.get("end_reason"))))
    return None if ending and ending.chosen_by is ChosenBy.FAMILY else no_open_concern(facts)


def concern_handed_on(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S7: safeguarding is handed on in writing."""
    if facts.from_paper or not facts.entries(CONCERNS) or facts.data.get("handed_on_to"):
        return None
    sentence = "A safeguarding concern is open. Hand it on in writing, and say to whom."
    return Refusal("concern_not_handed_on", sentence, ("handed_on_to",))


def concern_is_open(facts: Facts) -> Refusal | None:
    return None if facts.entries(CONCERNS) else Refusal("no_concern", "No safeguarding concern is open.")


def last_concern(facts: Facts) -> Refusal | None:
    """The overlay ends with its last concern: nobody signs off with one what was said of another."""
    number = len(facts.entries(CONCERNS))
    if number < 2:
        return concern_is_open(facts)
    return Refusal("several_concerns", f"{number} concerns are open. Close the others first, each by its number.")


def one_of_several(facts: Facts) -> Refusal | None:
    if len(facts.entries(CONCERNS)) != 1:
        return concern_is_open(facts)
    return Refusal("last_concern", "This is the only concern that is open: sign_off_safeguarding ends it.")


def sharing_has_a_basis(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S18 and T21: sharing without consent needs a basis."""
    if facts.from_paper or facts.data.get("shared_with_consent") != "no" or facts.data.get("basis"):
        return None
    return Refusal("basis_missing", "Without the family's agreement, say on what basis it is shared.", ("basis",))
