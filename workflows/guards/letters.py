"""What stands against a letter: an unsafe way, a loss, a child or a person who is not of this family, an ending.

Asked when a letter is prepared and again when it goes: an instruction may have come in between (requirements W9, X4.9,
reliability H7, H12).
"""

from collections.abc import Mapping
from typing import Any

from workflows.beside import Known, RecordKind
from workflows.fields.letters import ENDING, INVITES
from workflows.guards.consents import said_of
from workflows.guards.family import holds_this_baby
from workflows.guards.infant import is_lost, own_infant, standing_for
from workflows.histories import standing, withheld
from workflows.vocabulary import Facts, Refusal

Letter = Mapping[str, Any]
TO_WHOM = ("to_carer", "copy_to")
BY_CHANNEL = {"telephone": "telephone", "email": "email", "letter": "post"}
"""How somebody is told, and by which channel of a carer's safe-contact instruction."""


def safe_contact(carer: Mapping[str, object], channel: str) -> Mapping[str, Any] | None:
    """The instruction of a carer that stands for one channel; None where nobody has asked."""
    told = carer.get("safe_contact")
    return standing(told, "channel").get(channel) if isinstance(told, list) else None


def _may_reach(facts: Facts, named: object, channel: object) -> str:
    """What a carer has said of one way of reaching them: not_allowed, ask_first, or allowed, as where nobody asked."""
    carer = _carer(facts, named)
    told = safe_contact(carer.answers, str(channel)) if carer else None
    return str(told["safe"]) if told else "allowed"


def letter_of(facts: Facts) -> Letter:
    """The letter that a step is about: the one being prepared, or the pending one that it names by its number."""
    number = facts.data.get("letter")
    if number is None:
        return facts.data
    return next((entry for entry in facts.entries("letters") if entry["number"] == number), {})


def addressee_named(facts: Facts) -> Refusal | None:
    if facts.data.get("letter_to") != "carer" or facts.data.get("to_carer"):
        return None
    return Refusal("addressee_missing", "Name the record of the carer to whom the letter goes.", ("to_carer",))


def safe_to_write(facts: Facts) -> Refusal | None:
    """Source: requirements W9: do not write to this address; X4.9."""
    letter = letter_of(facts)
    said = _may_reach(facts, _addressee(facts, letter), letter.get("letter_by"))
    if said == "not_allowed":
        sentence = "This person must not be reached in this way. Choose another, or speak with them."
        return Refusal("unsafe_contact", sentence, ("letter_by",))
    if said == "allowed" or facts.data.get("asked_first_on"):
        return None
    sentence = "This person is to be asked first before anything is sent in this way. Say when they were asked."
    return Refusal("ask_first", sentence, ("asked_first_on",))


def safe_to_copy(facts: Facts) -> Refusal | None:
    """Source: requirements W9: do not copy to the other parent. The copy heeds the instructions of whoever has it."""
    letter = letter_of(facts)
    copied, carer = letter.get("copy_to"), _carer(facts, letter.get("to_carer"))
    if not copied:
        return None
    rules = carer.answers.get("copy_rules") if carer else None
    if isinstance(rules, list) and copied in {rule["not_to"] for rule in rules}:
        sentence = "What is sent to this person must never be copied to the other."
        return Refusal("not_to_be_copied", sentence, ("copy_to",))
    if _may_reach(facts, copied, letter.get("letter_by")) == "allowed":
        return None
    return Refusal("unsafe_contact", "Whoever is to have a copy must not be reached in this way.", ("copy_to",))


def safe_to_tell(facts: Facts) -> Refusal | None:
    """A family that referred itself is told in a safe way only (requirements W9, X4.9)."""
    channel = BY_CHANNEL.get(str(facts.data.get("how_told")))
    if facts.from_paper or channel is None or _may_reach(facts, _family_itself(facts), channel) == "allowed":
        return None
    sentence = "This person must not be reached in this way, or is to be asked first. Choose another way."
    return Refusal("unsafe_contact", sentence, ("how_told",))


def of_this_family(facts: Facts) -> Refusal | None:
    """Source: requirements W9, reliability H2 and H12: a letter about one family never opens in another.

    It is looked at when it goes, too: who cared for this baby once may care no more.
    """
    letter = letter_of(facts)
    for name in TO_WHOM:
        named = letter.get(name)
        if named and _carer(facts, named) is not None and not holds_this_baby(facts, str(named)):
            sentence = (
                "This person neither cares for this baby nor comes with them. If they do, link their record to the "
                "baby's first, or name them as the focus carer."
            )
            return Refusal("not_of_this_family", sentence, (name,))
    return None


def fits_the_ending(facts: Facts) -> Refusal | None:
    """After an ending goes what tells of it, and nothing that invites; to a family that withdrew, only the ending."""
    letter = letter_of(facts)
    kind = letter.get("letter_kind")
    if facts.closed_on is None or kind in (None, ENDING):
        return None
    if kind in INVITES:
        sentence = "The referral has ended, and this letter invites to what will not be. Cancel it."
        return Refusal("after_the_ending", sentence, ("letter_kind",))
    to_them = _addressee(facts, letter) or letter.get("copy_to") or letter.get("letter_to") == "carer"
    if facts.state != "consent_withdrawn" or not to_them:
        return None
    sentence = "Consent was withdrawn: nothing goes to the family any more but a letter that tells of the ending."
    return Refusal("after_the_ending", sentence, ("letter_kind",))


def addressee_lives(facts: Facts) -> Refusal | None:
    letter = letter_of(facts)
    for name in TO_WHOM:
        carer = _carer(facts, letter.get(name))
        if carer is not None and not carer.open:
            return Refusal("carer_died", "This carer has died. Nothing is sent to them.", (name,))
    return None


def no_loss(facts: Facts) -> Refusal | None:
    """Source: requirements W14 and X4.9; reliability H7: the sender looks again at release."""
    if is_lost(facts):
        return Refusal("after_a_loss", "A loss of this baby is recorded: no letter goes. Speak with the family.")
    return None


def names_no_other_child(facts: Facts) -> Refusal | None:
    """Source: requirements W14: "never naming one twin's loss in the other's letter"."""
    named, own = letter_of(facts).get("names_child"), own_infant(facts) or facts.reference
    if not named or own in (named, standing_for(facts, RecordKind.INFANT, str(named))):
        return None
    sentence = "This letter names another child. Each child has letters of its own."
    return Refusal("names_another_child", sentence, ("names_child",))


def read_before_it_goes(facts: Facts) -> Refusal | None:
    """Source: requirements W14: letters are held for review."""
    if facts.from_paper or facts.data.get("reviewed_by"):
        return None
    return Refusal("not_reviewed", "Say who has read the letter before it goes.", ("reviewed_by",))


def sharing_not_withdrawn(facts: Facts) -> Refusal | None:
    """Source: requirements X3 S4 (scope: sharing only), reliability H24: the sender looks again."""
    if letter_of(facts).get("letter_to") != "network" or not withheld(said_of(facts, facts.recorded), "sharing"):
        return None
    sentence = "Consent to sharing with the professionals round the family is refused or withdrawn."
    return Refusal("sharing_refused", sentence, ("letter_to",))


def _addressee(facts: Facts, letter: Letter) -> object:
    """The carer who opens it: a family that referred itself is the referrer."""
    return letter.get("to_carer") or (_family_itself(facts) if letter.get("letter_to") == "referrer" else None)


def _family_itself(facts: Facts) -> object:
    """The focus carer of a family that referred itself."""
    return facts.recorded.get("focus_carer") if facts.answer("referrer_role") == "family" else None


def _carer(facts: Facts, named: object) -> Known | None:
    return facts.beside.record(RecordKind.CARER, str(named)) if named else None


MAY_GO = (
    no_loss, addressee_lives, of_this_family, safe_to_write, safe_to_copy, names_no_other_child, sharing_not_withdrawn,
    fits_the_ending,
)  # fmt: skip
"""Asked of a letter when it is prepared and when it goes."""
