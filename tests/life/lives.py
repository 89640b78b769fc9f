"""Random lives, and a plain model of what may happen in them: no chart, no guard, no clock of casework."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from casework import LATEST, Actor, Casework, Receipt, StepRefused
from casework.case import Case
from tests.casework.families import form
from tests.conftest import Clock
from tests.life.scene import BEFORE_BIRTH, HANDS, LOSS, considered
from workflows.beside import RecordKind

SERVICES = ("leeds-imhs", "together-with-baby")
LETTER: dict[str, Any] = {"letter_kind": "acknowledgement", "letter_to": "referrer", "letter_by": "post"}
REOPENED = ("consent_withdrawn", "transferred_out")


@dataclass
class Baby:
    """`born` is the day on the baby's record: a referral that comes to tell of the birth later tells of that day."""

    born: date | None = None
    lost: bool = False


@dataclass
class Told:
    """One referral as a person at a desk would keep it on a card."""

    baby: Baby
    came_on: date
    closed_as: str = ""
    born_on: date | None = None
    babies: int = 0
    split: bool = False
    lost: bool = False
    held: bool = False
    offered: bool = False
    letters: int = 0
    concerns: list[date] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return not self.closed_as

    def closes(self, how: str) -> None:
        self.closed_as, self.held, self.offered = how, False, False
        self.letters = 0 if how == "void" else self.letters


class Cards:
    """All referrals of a clinic by their references."""

    def __init__(self) -> None:
        self.cards: dict[str, Told] = {}

    def of(self, baby: Baby) -> list[Told]:
        return [card for card in self.cards.values() if card.baby is baby]

    def may(self, what: str, card: Told, on: date) -> bool:
        rules: dict[str, bool] = {
            "record_birth": card.open and card.born_on is None and not card.lost and card.baby.born in (None, on),
            "split_multiple": card.open and card.babies > 1 and not card.split,
            "record_loss": card.closed_as != "void" and not card.lost and (card.babies < 2 or card.split),
            "undo_loss": card.lost and card.closed_as != "void",
            "place_hold": card.open and not card.held,
            "resume": card.open and card.held,
            "raise_safeguarding": True,
            "sign_off_safeguarding": len(card.concerns) == 1,
            "withdraw_consent": card.open,
            "void": card.open and not card.concerns,
            "offer_transfer": card.open and not card.offered,
            "transfer_accepted": card.open and card.offered,
            "transfer_refused": card.open and card.offered,
            "prepare_letter": card.closed_as not in ("void", "closed_loss") and not card.lost,
            "carer_died": card.open,
            "reopen": card.closed_as in REOPENED and not card.lost,
        }
        return rules[what]

    def take(self, what: str, card: Told, on: date, data: dict[str, Any]) -> None:
        getattr(self, f"_{what}")(card, on, data)

    def _record_birth(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.baby.born = data["infant_dob"]
        for other in self.of(card.baby):
            if other.open and other.born_on is None:
                other.born_on, other.babies = data["infant_dob"], data["babies_born"]

    def _split_multiple(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.split = True

    def twin_of(self, card: Told, reference: str) -> None:
        self.cards[reference] = replace(
            card, baby=Baby(born=card.born_on), letters=0, offered=False, concerns=list(card.concerns)
        )

    def _record_loss(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.baby.lost = True
        for other in self.of(card.baby):
            if other.closed_as != "void" and not other.lost:
                other.lost, other.letters, other.offered = True, 0, False
                if other.open:
                    other.closes("closed_loss")

    def _undo_loss(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.baby.lost = False
        for other in self.of(card.baby):
            if other.lost and other.closed_as != "void":
                other.lost = False
                other.closed_as = "" if other.closed_as == "closed_loss" else other.closed_as

    def _place_hold(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.held = True

    def _resume(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.held = False

    def _raise_safeguarding(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.concerns.append(on)

    def _sign_off_safeguarding(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.concerns.clear()

    def _withdraw_consent(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.closes("consent_withdrawn")

    def _void(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.closes("void")

    def _offer_transfer(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.offered = True

    def _transfer_accepted(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.offered = False
        card.closes("transferred_out")

    def _transfer_refused(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.offered = False

    def _prepare_letter(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.letters += 1

    def _carer_died(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.held, card.letters = True, 0

    def _reopen(self, card: Told, on: date, data: dict[str, Any]) -> None:
        card.closed_as = ""


Answers = Callable[[date, bool], dict[str, Any]]
STEPS: dict[str, Answers] = {
    "record_birth": lambda on, alone: {"infant_dob": on, "babies_born": 2 if alone else 1},
    "split_multiple": lambda on, alone: {"birth_order": 1, "babies_considered": considered(True, True)},
    "record_loss": lambda on, alone: {**LOSS, "lost_on": on},
    "undo_loss": lambda on, alone: {"reason": "Entered for another baby", "second_person": "B. Second"},
    "place_hold": lambda on, alone: {"hold_reason": "other", "review_on": on},
    "resume": lambda on, alone: {},
    "raise_safeguarding": lambda on, alone: {"concern": "A worry"},
    "sign_off_safeguarding": lambda on, alone: {"signed_by": "S. Lead", "safeguarding_outcome": "Clear"},
    "withdraw_consent": lambda on, alone: {"withdrawn_by": "The mother"},
    "void": lambda on, alone: {"void_reason": "entered_in_error"},
    "offer_transfer": lambda on, alone: HANDS,
    "transfer_accepted": lambda on, alone: {
        "accepted_by": "P. Nurse", "referrer_told_on": on, "handed_on_to": "Their lead, in writing",
    },
    "transfer_refused": lambda on, alone: {"reason": "Full"},
    "prepare_letter": lambda on, alone: LETTER,
    "carer_died": lambda on, alone: {
        "carer_died_on": on, "confirmed_by": "A. GP", "confirmed_from": "Practice", "now_cares": "An aunt",
        "review_on": on,
    },
    "reopen": lambda on, alone: {"reason": "Closed by mistake", "consent_on": on},
}  # fmt: skip
OFTEN = ("record_birth", "split_multiple", "record_loss", "undo_loss", "raise_safeguarding", "reopen")


class RandomLife:
    """One family, or two carers of one baby, in a clinic; every step is held to the cards."""

    def __init__(self, casework: Casework, clock: Clock, actor: Actor, dice: Random) -> None:
        self.casework, self.clock, self.actor, self.dice = casework, clock, actor, dice
        self.cards, self.told = Cards(), list[str]()
        self.alone = dice.random() < 0.6
        self._open(dice.choice(SERVICES))

    def _open(self, service: str) -> None:
        due = {"expected_due_date": self.clock.today + timedelta(days=60)}
        record = self.casework.open_case(service, "open_unborn", self.actor, due, kind="infant")
        baby = Baby()
        for _ in range(1 if self.alone else 2):
            data = form(self.clock.today, **BEFORE_BIRTH, **due)
            opened = self.casework.open_case(service, "receive_referral", self.actor, data)
            self.casework.fire(opened.case_id, "link_records", self.actor, {"infant": record.reference}, seen=LATEST)
            self.cards.cards[opened.reference] = Told(baby, self.clock.today)

    def happens(self) -> None:
        """One step, allowed or not; the cards and casework are of one mind about it."""
        self.clock.advance(self.dice.choice((0, 0, 1, 3, 10)))
        reference = self.dice.choice(list(self.cards.cards))
        card, what = self.cards.cards[reference], self.dice.choice([*STEPS, *OFTEN])
        data = STEPS[what](self.clock.today, self.alone)
        self.told.append(f"{self.clock.today} {what} on {reference}")
        receipt = self._taken(reference, what, data)
        assert (receipt is not None) is self.cards.may(what, card, self.clock.today), self.told
        if receipt is None:
            return
        self.cards.take(what, card, self.clock.today, data)
        for one in receipt.also if what == "split_multiple" else ():
            if one.kind == RecordKind.REFERRAL:
                self.cards.twin_of(card, one.reference)

    def _taken(self, reference: str, what: str, data: dict[str, Any]) -> Receipt | None:
        try:
            return self.casework.fire(reference, what, self.actor, data, seen=LATEST)
        except StepRefused as no:
            self.told.append(", ".join(reason.code for reason in no.reasons))
            return None

    def agrees(self) -> None:
        for reference, card in self.cards.cards.items():
            case = self.casework.case(reference)
            assert seen_in(case, self.clock.today) == on_the_card(card, self.clock.today), (self.told, reference)


def seen_in(case: Case, today: date) -> dict[str, object]:
    running = {name for name, kept in case.clocks.items() if kept.running}
    return {
        "closed as": "" if case.open else case.state,
        "held": case.held_since is not None,
        "born": case.answers.get("infant_dob"),
        "lost": "lost_on" in case.answers,
        "letters": len(case.answers.get("letters", ())),
        "concerns": len(case.answers.get("concerns", ())),
        "offered": "transfer_offered_on" in case.answers,
        "days of concern": case.clocks["safeguarding"].days(today) if "safeguarding" in running else None,
        "days since it came": case.clocks["total_time"].days(today) if "total_time" in running else None,
    }


def on_the_card(card: Told, today: date) -> dict[str, object]:
    return {
        "closed as": card.closed_as,
        "held": card.held,
        "born": card.born_on,
        "lost": card.lost,
        "letters": card.letters,
        "concerns": len(card.concerns),
        "offered": card.offered,
        "days of concern": (today - card.concerns[0]).days if card.concerns else None,
        "days since it came": (today - card.came_on).days if card.open else None,
    }
