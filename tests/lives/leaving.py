"""Letters, handing on, endings, and two referrals that turn out to be one."""

from datetime import date

from tests.lives.model import ENDED, INVITES, OPEN, Box, Card, Letter
from tests.lives.people import carer_of
from tests.lives.ways import (
    CARER_DIED,
    CONCERN,
    CONCERN_HERE,
    LOST,
    NO_BASIS,
    SAME_PEOPLE,
    Rule,
    Said,
    if_,
    to,
)
from tests.lives.work import WORKED, cowork_ended, coworked


def prepared(box: Box, card: Card, said: Said, on: date) -> None:
    carer = carer_of(box, said["to_carer"]) if "to_carer" in said else None
    card.letters.append(Letter(card.steps, said["letter_kind"], said["letter_to"], said["letter_by"], carer))


def went(box: Box, card: Card, said: Said, on: date) -> None:
    card.letters = [letter for letter in card.letters if letter.number != said["letter"]]


def sent(box: Box, card: Card, said: Said, on: date) -> None:
    went(box, card, said, on)
    card.sent += 1


def _letter(card: Card, box: Box, said: Said) -> Letter | None:
    if "letter" in said:
        return next((letter for letter in card.letters if letter.number == said["letter"]), None)
    carer = carer_of(box, said["to_carer"]) if "to_carer" in said else None
    return Letter(0, said["letter_kind"], said["letter_to"], said["letter_by"], carer)


def _unsafe(box: Box, card: Card, said: Said, on: date) -> str:
    letter = _letter(card, box, said)
    return "unsafe_contact" if letter and letter.carer and letter.by in letter.carer.unsafe else ""


def _to_the_dead(box: Box, card: Card, said: Said, on: date) -> str:
    letter = _letter(card, box, said)
    return "carer_died" if letter and letter.carer and letter.carer.died else ""


def _another_family(box: Box, card: Card, said: Said, on: date) -> str:
    """In these lives nobody but the focus carer holds a baby."""
    letter = _letter(card, box, said)
    return "not_of_this_family" if letter and letter.carer and letter.carer is not card.carer else ""


def _after_the_end(box: Box, card: Card, said: Said, on: date) -> str:
    letter = _letter(card, box, said)
    if letter is None or card.open:
        return ""
    to_them = card.state == "consent_withdrawn" and letter.carer and letter.kind != "ending"
    return "after_the_ending" if letter.kind in INVITES or to_them else ""


def _not_shared(box: Box, card: Card, said: Said, on: date) -> str:
    letter = _letter(card, box, said)
    return "sharing_refused" if letter and letter.to == "network" and box.withheld(card, "sharing") else ""


NO_LETTER = if_("no_such_entry", lambda box, card, said, on: _letter(card, box, said) is None)
MAY_GO = (LOST, _unsafe, _to_the_dead, _not_shared, _another_family, _after_the_end)


SHARING_REFUSED = if_(
    "sharing_refused",
    lambda box, card, said, on: said["shared_with_consent"] == "yes" and box.withheld(card, "sharing"),
)


def offered(box: Box, card: Card, said: Said, on: date) -> None:
    card.offered = True


def offer_ends(box: Box, card: Card, said: Said, on: date) -> None:
    card.offered = False


def taken_over(box: Box, card: Card, said: Said, on: date) -> None:
    card.offered = False
    card.moves("transferred_out", on)


def withdrawn(box: Box, card: Card, said: Said, on: date) -> None:
    card.consent = False
    card.moves("consent_withdrawn", on)


def reopened(box: Box, card: Card, said: Said, on: date) -> None:
    card.consent = card.consent or "consent_on" in said
    card.stands_again(on)


def merged(box: Box, card: Card, said: Said, on: date) -> None:
    stays = next(c for c in box.cards if c.reference == said["survivor"])
    card.stood = (card.state, card.held, card.closed_from, card.closed_by)
    card.state, card.held, card.into = "merged", False, stays
    stays.steps += 1
    stays.taken.append(card.reference)
    if card.baby.reference and not stays.baby.reference:
        stays.own, stays.baby = stays.baby, card.baby


def _has_its_own_again(stays: Card, gone: Card) -> None:
    if stays.own and stays.baby is gone.baby and not stays.linked:
        stays.baby, stays.own = stays.own, None
        stays.baby.born, stays.baby.name = stays.born, stays.name or stays.baby.name


def parted(box: Box, card: Card, said: Said, on: date) -> None:
    assert card.into is not None
    card.into.taken.remove(card.reference)
    card.into.steps += 1
    _has_its_own_again(card.into, card)
    card.state, card.held, card.closed_from, card.closed_by = card.stood
    card.into = None


def _cannot_take_in(box: Box, card: Card, said: Said, on: date) -> str:
    stays = next(c for c in box.cards if c.reference == said["survivor"])
    if stays is card:
        return "merged_with_itself"
    if stays.state == "merged":
        return "survivor_is_merged"
    return "" if stays.open else "survivor_is_closed"


def _twins(box: Box, card: Card, said: Said, on: date) -> str:
    stays = next(c for c in box.cards if c.reference == said["survivor"])
    return "twins" if _are_twins(card, stays) else ""


def _are_twins(card: Card, other: Card) -> object:
    split = (card.twin_of or card.reference) == (other.twin_of or other.reference) and (card.twin_of or other.twin_of)
    orders = card.order and other.order and card.order != other.order
    return other is not card and (split or orders)


def _no_double(box: Box, card: Card, said: Said, on: date) -> str:
    """A void as a duplicate names the other entry: of a twin, or of another baby's record, it is none."""
    other = next((c for c in box.cards if c.reference == said["surviving_reference"]), None)
    while other is not None and other.into is not None:
        other = other.into
    if other is None or other is card or said["void_reason"] != "duplicate":
        return ""
    two = card.baby.reference and other.baby.reference and card.baby is not other.baby
    return "twins" if _are_twins(card, other) else "two_babies" if two else ""


def _two_babies(box: Box, card: Card, said: Said, on: date) -> str:
    """Found on the one that stays, so only where nothing spoke against it before."""
    if card.concerns or _cannot_take_in(box, card, said, on) or _twins(box, card, said, on):
        return ""
    stays = next(c for c in box.cards if c.reference == said["survivor"])
    both = card.baby.reference and stays.baby.reference
    return "two_babies" if both and card.baby is not stays.baby else ""


NOT_AGREED_AGAIN = if_(
    "consent_missing",
    lambda box, card, said, on: (
        card.state == "consent_withdrawn"
        and "total_time" in card.counts
        and not (card.consent or said.get("consent_on"))
    ),
)
OFFER_PENDS = if_("transfer_pending", lambda box, card, said, on: card.offered)
NO_OFFER = if_("no_transfer_offered", lambda box, card, said, on: not card.offered)
NOT_HANDED_ON = if_(
    "concern_not_handed_on", lambda box, card, said, on: card.concerned and not said.get("handed_on_to")
)
HIDES = if_(
    "void_hides_a_decision",
    lambda box, card, said, on: card.decided and said["void_reason"] != "duplicate",
)

LEAVING: dict[str, Rule] = {
    "prepare_letter": Rule((*OPEN, *ENDED), prepared, MAY_GO, held=True),
    "send_letter": Rule((*OPEN, *ENDED), sent, (NO_LETTER, *MAY_GO), held=True),
    "cancel_letter": Rule((*OPEN, *ENDED), went, (NO_LETTER,), held=True),
    "offer_transfer": Rule(OPEN, offered, (OFFER_PENDS, NO_BASIS, SHARING_REFUSED), held=True),
    "transfer_accepted": Rule(OPEN, taken_over, (NO_OFFER, NOT_HANDED_ON), held=True),
    "transfer_refused": Rule(OPEN, offer_ends, (NO_OFFER,), held=True),
    "start_cowork": Rule(WORKED, coworked),
    "end_cowork": Rule(
        WORKED,
        cowork_ended,
        (if_("no_such_entry", lambda box, card, said, on: said["cowork"] not in card.cowork),),
    ),
    "close_disengaged": Rule(WORKED, to("disengaged"), (CONCERN,)),
    "move_away": Rule(OPEN, to("moved_away"), held=True),
    "withdraw_consent": Rule(OPEN, withdrawn, held=True),
    "void": Rule(OPEN, to("void"), (HIDES, CONCERN, _no_double), held=True),
    "reopen": Rule(ENDED, reopened, (SAME_PEOPLE, LOST, CARER_DIED, NOT_AGREED_AGAIN)),
    "merge_into": Rule(OPEN, merged, (_cannot_take_in, _twins, _two_babies, CONCERN_HERE), held=True),
    "unmerge": Rule(("merged",), parted, (SAME_PEOPLE, LOST)),
}
