"""What a rule of the cards is, and the reasons that stand against steps of several kinds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.lives.model import LEEDS, Box, Card

Said = Mapping[str, Any]
Against = Callable[[Box, Card, Said, date], str]
Then = Callable[[Box, Card, Said, date], None]


@dataclass(frozen=True)
class Rule:
    """`where` a step may be taken, `held`: on hold too; `against`: each may name a reason; `then`: what it changes."""

    where: tuple[str, ...]
    then: Then
    against: tuple[Against, ...] = ()
    held: bool = False


def if_(code: str, test: Callable[[Box, Card, Said, date], object]) -> Against:
    return lambda box, card, said, on: code if test(box, card, said, on) else ""


CONCERN = if_("concern_open", lambda box, card, said, on: card.concerned)
CONCERN_HERE = if_("concern_open", lambda box, card, said, on: card.concerns)
NO_CONSENT = if_("consent_missing", lambda box, card, said, on: not (card.consent or said.get("consent_on")))
NOT_COMPLETE = if_("information_missing", lambda box, card, said, on: not (card.consent or said.get("consent_on")))
SAME_PEOPLE = if_("already_referred", lambda box, card, said, on: box.same_people(card))
CARER_DIED = if_("carer_died", lambda box, card, said, on: card.carer is not None and card.carer.died)
LOST = if_("after_a_loss", lambda box, card, said, on: card.lost or (card.baby.reference and card.baby.died))
PAST = if_("date_is_past", lambda box, card, said, on: said["review_on"] < on)


def to(state: str, *, starts: tuple[str, ...] = (), stops: tuple[str, ...] = ()) -> Then:
    def moved(box: Box, card: Card, said: Said, on: date) -> None:
        card.stops(on, *stops)
        card.moves(state, on)
        for name in starts:
            card.starts(name, on)

    return moved


def noted(box: Box, card: Card, said: Said, on: date) -> None:
    """Nothing that a card has."""


NO_BASIS = if_(
    "basis_missing", lambda box, card, said, on: said["shared_with_consent"] == "no" and not said.get("sharing_basis")
)
UNBORN = if_("not_born", lambda box, card, said, on: card.born is None)


def months(born: date, months: int) -> date:
    year, month = divmod(born.year * 12 + born.month - 1 + months, 12)
    try:
        return date(year, month + 1, born.day)
    except ValueError:
        return date(year, month + 2, 1)


def too_old_from(card: Card) -> date:
    assert card.born
    return months(card.born, 24) + timedelta(days=0 if card.service == LEEDS else 1)
