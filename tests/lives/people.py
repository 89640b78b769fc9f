"""Births, losses and carers: what happens in a life, and on which other cards it is written too."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

from tests.lives.model import ENDED, OPEN, Baby, Box, Card, Carer
from tests.lives.ways import (
    CONCERN,
    LOST,
    PAST,
    SAME_PEOPLE,
    UNBORN,
    Against,
    Rule,
    Said,
    if_,
    to,
)
from tests.lives.work import held


def born(box: Box, card: Card, said: Said, on: date) -> None:
    unborn = [other for other in box.about(card.baby) if other.open and other.born is None]
    for other in dict.fromkeys((card, *unborn)):
        other.steps += other is not card
        other.born, other.babies = said["infant_dob"], said["babies_born"]
        other.name, other.told_of_birth = said["infant_name"], True
    card.baby.born, card.baby.name = said["infant_dob"], said["infant_name"]
    if card.baby.state == "unborn":
        card.baby.state = "born"


def _birth_meets_another(box: Box, card: Card, said: Said, on: date) -> str:
    told = [card, *(c for c in box.about(card.baby) if c.open and c.born is None)]
    baby = (said["infant_name"], str(said["infant_dob"]))
    return "already_referred" if any(box.same_people(c, (baby, c.carer_name)) for c in told) else ""


def _born_on_another_day(box: Box, card: Card, said: Said, on: date) -> object:
    return card.born is None and card.baby.reference and card.baby.born not in (None, said["infant_dob"])


def split(box: Box, card: Card, said: Said, on: date) -> None:
    card.split, card.order = True, said["birth_order"]


def twin(box: Box, card: Card, reference: str, said: Said, on: date) -> Card:
    """The other baby's referral: the same days behind it. No letter and no offer is doubled, and no baby."""
    entry = _of_the_other(said)
    known, order = _known_twin(box, card, said), entry["birth_order"]
    baby = known or Baby(
        card.service, entry["name_of_this_baby"], card.baby.due, card.born, concerned=card.baby.concerned
    )
    own: dict[str, Any] = {"reference": reference, "baby": baby, "name": entry["name_of_this_baby"], "order": order}
    of_its_own = replace(card, **own, linked=known is not None, split=True, twin_of=card.reference)
    of_its_own.letters, of_its_own.taken, of_its_own.sent, of_its_own.offered = [], [], 0, False
    for name in ("appointments", "cowork", "concerns", "consents", "counts"):
        value = getattr(card, name)
        setattr(of_its_own, name, list(value) if isinstance(value, list) else deepcopy(value))
    box.cards.append(of_its_own)
    if known is None:
        box.babies.append(baby)
    return of_its_own


def _of_the_other(said: Said) -> dict[str, Any]:
    """What is said of the baby for whom the first referral does not go on."""
    return next(entry for entry in said["babies_considered"] if entry["birth_order"] != said["birth_order"])


def _of_the_same_baby(box: Box, card: Card) -> list[Card]:
    return [c for c in box.cards if c is not card and c.baby is card.baby and card.baby.reference]


def _known_twin(box: Box, card: Card, said: Said) -> Baby | None:
    """The other baby, where the other parent's referral has been split before."""
    firsts, order = {c.reference for c in _of_the_same_baby(box, card)}, _of_the_other(said)["birth_order"]
    return next((c.baby for c in box.cards if c.twin_of in firsts and c.order == order), None)


def _another_baby(box: Box, card: Card, said: Said, on: date) -> str:
    orders = {c.order for c in _of_the_same_baby(box, card) if c.split}
    return "another_baby" if orders and said["birth_order"] not in orders else ""


def _of_the_twin(code: str, test: Callable[[Box, Card, Baby], object]) -> Against:
    """Found on the other baby's new referral, so only where nothing spoke against the split before."""

    def against(box: Box, card: Card, said: Said, on: date) -> str:
        before = (_considered, _another_baby, SAME_PEOPLE)
        if card.babies < 2 or card.split or any(ask(box, card, said, on) for ask in before):
            return ""
        known = _known_twin(box, card, said)
        return code if known and test(box, card, known) else ""

    return against


TWIN_LOST = _of_the_twin("after_a_loss", lambda box, card, known: known.died)
TWIN_DIFFERS = _of_the_twin("not_the_same_person", lambda box, card, known: not known.died and known.born != card.born)
TWIN_REFERRED = _of_the_twin(
    "already_referred", lambda box, card, known: not known.died and box.same_records(card, known, card.carer)
)


def _considered(box: Box, card: Card, said: Said, on: date) -> str:
    return "baby_not_considered" if card.babies not in (0, len(said["babies_considered"])) else ""


def loss(box: Box, card: Card, said: Said, on: date) -> None:
    gone = card.baby
    gone.stood, gone.state = gone.state if gone.state != "died" else gone.stood, "died"
    for other in [c for c in box.about(gone) if not c.lost]:
        other.steps += other is not card
        other.lost, other.letters, other.appointments, other.offered = True, [], [], False
        if other.open:
            other.moves("closed_loss", on)


def _split_first(box: Box, card: Card, said: Said, on: date) -> str:
    others = [c for c in box.about(card.baby) if c is not card and not c.lost and c.open]
    return "split_first" if any(c.babies > 1 and not c.split for c in (card, *others)) else ""


def left(box: Box, card: Card) -> int:
    """How many are expected still, by whoever knows of most."""
    told: list[Card | Baby] = [*box.of_the_pregnancy(card)]
    told += [card.baby] if card.baby.state == "unborn" else []
    return max([1, *(one.expected for one in told)]) - max([0, *(one.lost_before for one in told)])


def one_lost(box: Box, card: Card, said: Said, on: date) -> None:
    """The record learns of it, and by it each referral that has told of fewer."""
    known, baby = card.lost_before, card.baby
    _tells_of_a_loss(card)
    if baby.state != "unborn" or baby.lost_before > known:
        return
    baby.lost_before += 1
    for other in box.about(baby):
        if other is not card and other.open and other.born is None and other.lost_before < baby.lost_before:
            other.steps += 1
            _tells_of_a_loss(other)


def _tells_of_a_loss(card: Card) -> None:
    card.lost_before, card.letters = card.lost_before + 1, []


def _which_baby(box: Box, card: Card, said: Said, on: date) -> str:
    asked = card.born is None and said.get("all_lost") != "yes" and left(box, card) > 1
    return "which_baby" if asked else ""


ONE_BABY = if_("one_baby", lambda box, card, said, on: card.born is not None or left(box, card) < 2)


def loss_undone(box: Box, card: Card, said: Said, on: date) -> None:
    back = card.baby
    if back.state == "died":
        back.state = back.stood
    for other in [c for c in box.about(back) if c.lost]:
        other.steps += other is not card
        other.lost = False
        if other.state == "closed_loss":
            other.stands_again(on)


def _stands_beside_another(box: Box, card: Card, said: Said, on: date) -> str:
    back = [c for c in box.about(card.baby) if c.lost and c.state == "closed_loss"]
    return "already_referred" if any(box.same_people(c) for c in back) else ""


def gp_looked_at(box: Box, card: Card, said: Said, on: date) -> None:
    others = [c for c in box.about(card.baby) if c.open and c.born and c is not card and card.baby.reference]
    for one in (card, *(others if not card.baby.died else ())):
        one.steps += one is not card
        one.gp_looked_at = True


# Carers


def carer_died(box: Box, card: Card, said: Said, on: date) -> None:
    theirs = [c for c in box.cards if card.carer and c.open and c.carer is card.carer]
    also = [] if card.carer is None or card.carer.died else [c for c in theirs if c is not card]
    for one in (card, *also):
        one.steps += one is not card
        one.holds(on, said["review_on"])
        one.letters, one.appointments = [], []
    if card.carer:
        card.carer.died = True


def another_carer(box: Box, card: Card, said: Said, on: date) -> None:
    record = said.get("focus_carer")
    card.carer = next((c for c in box.carers if c.reference == record), None)
    card.carer_name, card.consent, card.carer_since = said["carer_name"], True, on


def _new_pair(box: Box, card: Card, said: Said, on: date) -> str:
    record = said.get("focus_carer")
    carer = next((c for c in box.carers if c.reference == record), card.carer)
    people = card.people and (card.people[0], said["carer_name"])
    others = [c for c in box.cards if c is not card and c.open and c.service == card.service]
    known = people is not None and any(c.people == people for c in others)
    return "already_referred" if known or box.same_records(card, card.baby, carer) else ""


SAME_CARER = if_(
    "same_carer", lambda box, card, said, on: card.carer and card.carer.reference == said.get("focus_carer")
)
ACCESS = if_("access_not_reviewed", lambda box, card, said, on: said["former_access_reviewed"] == "no")


def linked(box: Box, card: Card, said: Said, on: date) -> None:
    if "infant" in said:
        card.baby, card.linked = baby_of(box, said["infant"]), True
    if "focus_carer" in said:
        card.carer = carer_of(box, said["focus_carer"])


def baby_of(box: Box, reference: str) -> Baby:
    return next(baby for baby in box.babies if baby.reference == reference)


def carer_of(box: Box, reference: str) -> Carer:
    return next(carer for carer in box.carers if carer.reference == reference)


def _other_baby(box: Box, card: Card, said: Said, on: date) -> str:
    if "infant" not in said:
        return ""
    baby = baby_of(box, said["infant"])
    if card.baby.reference and card.baby is not baby:
        return "second_infant"
    if baby.died:
        return "record_closed"
    return "not_the_same_person" if baby.born and card.born and baby.born != card.born else ""


def _other_carer(box: Box, card: Card, said: Said, on: date) -> str:
    if "focus_carer" not in said:
        return ""
    carer = carer_of(box, said["focus_carer"])
    if card.carer and card.carer is not carer:
        return "second_focus_carer"
    return "record_closed" if carer.died else ""


def _pair_is_taken(box: Box, card: Card, said: Said, on: date) -> str:
    baby = card.baby if card.baby.reference or "infant" not in said else baby_of(box, said["infant"])
    carer = carer_of(box, said["focus_carer"]) if "focus_carer" in said else card.carer
    return "already_referred" if box.same_records(card, baby, carer) else ""


NO_RETURN = if_("no_return_planned", lambda box, card, said, on: said["return_planned"] == "no")

PEOPLE: dict[str, Rule] = {
    "record_birth": Rule(
        OPEN,
        born,
        (
            LOST,
            if_("already_born", lambda box, card, said, on: card.born is not None),
            if_("not_the_same_person", _born_on_another_day),
            _birth_meets_another,
        ),
        held=True,
    ),
    "split_multiple": Rule(
        OPEN,
        split,
        (
            if_("one_baby", lambda box, card, said, on: card.babies < 2),
            if_("already_split", lambda box, card, said, on: card.babies > 1 and card.split),
            _considered,
            _another_baby,
            SAME_PEOPLE,
            TWIN_LOST,
            TWIN_DIFFERS,
            TWIN_REFERRED,
        ),
        held=True,
    ),
    "record_loss": Rule((*OPEN, *ENDED), loss, (LOST, _split_first, _which_baby), held=True),
    "record_loss_of_one": Rule(OPEN, one_lost, (LOST, ONE_BABY), held=True),
    "undo_loss": Rule(
        ("closed_loss", *ENDED),
        loss_undone,
        (if_("no_loss", lambda box, card, said, on: not card.lost), _stands_beside_another),
        held=True,
    ),
    "recheck_gp": Rule(OPEN, gp_looked_at, (UNBORN,), held=True),
    "carer_died": Rule(OPEN, carer_died, (PAST,), held=True),
    "contact_ended": Rule(OPEN, held, (NO_RETURN, PAST), held=True),
    "close_contact_ended": Rule(OPEN, to("circumstances_changed"), (CONCERN,), held=True),
    "change_focus_carer": Rule(OPEN, another_carer, (SAME_CARER, ACCESS, _new_pair), held=True),
    "link_records": Rule(OPEN, linked, (_other_baby, _other_carer, _pair_is_taken), held=True),
}
