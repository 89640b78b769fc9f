"""One random life: a family's steps are tried on the clinic and told to the box of cards, which says what may be."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from casework import LATEST, Actor, Asked, Casework, Receipt, StepRefused
from tests.casework.families import SPECIAL, asked_of, example, form
from tests.conftest import Clock
from tests.lives.compared import on_the_card, seen_in
from tests.lives.model import ESSEX, LEEDS, Baby, Box, Card, Carer, flags_of
from tests.lives.people import twin
from tests.lives.rules import RULES, WHO, against, take
from tests.lives.said import ACCEPTS, SAYS
from tests.time.lives import Dice
from workflows import Figure, Kind, Role

SERVICES = (LEEDS, ESSEX)
FORWARD = {
    "duty_call": "indicate_direct", "awaiting_referral": "receive_referral", "received": "pass_checks",
    "rmg_review": "accept", "waiting": "allocate", "allocated": "first_contact", "assessment": "finish_assessment",
    "formulation": "offer_plan", "plan_offered": "family_agrees", "intervention": "record_session",
    "watchful_waiting": "review_to_group", "ending": "discharge", "merged": "unmerge", "closed_loss": "undo_loss",
}  # fmt: skip
OFTEN = (
    "record_birth", "split_multiple", "record_birth", "split_multiple", "raise_safeguarding", "link_records",
    "prepare_letter", "book_appointment", "change_focus_carer", "merge_into", "reopen",
)  # fmt: skip
ENDS = frozenset(
    {"void", "withdraw_consent", "move_away", "close_disengaged", "close_after_hold", "close_contact_ended", "decline",
     "close_aged_out", "transfer_accepted", "record_loss"}
)  # fmt: skip


class RandomLife:
    """`told` is the story, for whoever has to find out why the two are not of one mind."""

    def __init__(self, casework: Casework, clock: Clock, actor: Actor, dice: Dice, often: tuple[str, ...] = ()) -> None:
        self.casework, self.clock, self.actor, self.dice = casework, clock, actor, dice
        self.box, self.told, self.often, self.steps = Box(), list[str](), often, 0
        self.taken: dict[str, int] = {}
        self.refused: dict[str, int] = {}
        self._begins()

    # The family

    def _begins(self) -> None:
        number = self.dice.randint(1, 10**12)
        for service in self.dice.choice(((LEEDS,), (ESSEX,), SERVICES)):
            due = self.clock.today + timedelta(days=self.dice.choice((-3, 5, 40, 100)))
            baby = Baby(service, f"Baby {number}", due)
            if self.dice.often(0.4):
                baby.born = self.clock.today - timedelta(days=self.dice.choice((1, 30, 115, 125, 700)))
                baby.due = baby.born
            self.box.babies.append(baby)
            if self.dice.often(0.6):
                self._opens_record(baby)
            for n in range(self.dice.choice((1, 1, 2))):
                self._opens_carer(service, f"Carer {number}-{n}")
            for n in range(2 if baby.expected else self.dice.choice((1, 1, 2))):
                self._refers(baby, f"Carer {number}-{n}")
            self._links(baby)

    def _links(self, baby: Baby) -> None:
        """Both parents' referrals are about one baby's record, where there is one and somebody looks."""
        cards = [card for card in self.box.cards if card.service == baby.service]
        for card in cards if baby.reference and self.dice.often(0.6) else ():
            said = {"infant": baby.reference}
            self.casework.fire(card.reference, "link_records", self.actor, said, seen=LATEST)
            take(self.box, card, "link_records", said, self.clock.today)

    def _opens_record(self, baby: Baby) -> None:
        known: dict[str, Any] = {"infant_dob": baby.born, "infant_name": baby.name}
        if not baby.born:
            known = {"expected_due_date": baby.due} | ({"babies_born": 2} if self.dice.often(0.4) else {})
            baby.expected = known.get("babies_born", 0)
        trigger = "open_record" if baby.born else "open_unborn"
        baby.opened(self.casework.open_case(baby.service, trigger, self.actor, known, kind="infant").reference)

    def _opens_carer(self, service: str, name: str) -> None:
        opened = self.casework.open_case(service, "open_record", self.actor, {"carer_name": name}, kind="carer")
        carer = Carer(service, opened.reference, name)
        self.box.carers.append(carer)

    def _refers(self, baby: Baby, carer: str, trigger: str = "receive_referral", **more: Any) -> None:
        """A referral comes, or a call; two open ones for the same two people are one too many."""
        of_the_baby: dict[str, Any] = {"expected_due_date": baby.due, "infant_dob": baby.born}
        of_the_baby["infant_name"] = baby.name if baby.born else None
        of_the_baby["babies_expected"] = 2 if baby.born is None and self.dice.often(0.15) else None
        trigger = trigger if more or self.dice.often(0.7) else "take_call"
        data = form(self.clock.today, carer_name=carer, **of_the_baby, **more)
        state = "duty_call" if trigger == "take_call" else "received"
        card = Card("", baby.service, _unrecorded(baby), carer, state, self.clock.today, born=baby.born)
        card.name, card.expected = baby.name if baby.born else None, data.get("babies_expected", 0)
        expected = {"already_referred"} if self.box.same_people(card) else set[str]()
        expected |= self._not_followed(more.get("prior_referral"))
        self._say(f"{trigger} for {baby.name} and {carer} in {baby.service}")
        receipt = self._tried(lambda: self.casework.open_case(baby.service, trigger, self.actor, data), expected)
        if receipt is None:
            return
        card.reference = receipt.reference
        if state == "received":
            card.starts("total_time", self.clock.today)
        self.box.cards.append(card)
        self.box.babies.append(card.baby)

    def _not_followed(self, prior: str | None) -> set[str]:
        card = next((c for c in self.box.cards if c.reference == prior), None)
        if card is None:
            return set()
        if card.open:
            return {"prior_is_open"}
        never = card.lost or card.state in ("void", "closed_loss", "merged")
        return {"prior_is_not_followed"} if never else set()

    # Steps

    def happens(self) -> None:
        self.steps += 1
        self.clock.advance(self.dice.choice((0, 0, 0, 1, 1, 2, 3, 10, 30)))
        chance = self.dice.random()
        if chance < 0.03:
            self._night()
        elif chance < 0.07 or not self.box.cards:
            self._again()
        elif chance < 0.10:
            self._instructs()
        elif chance < 0.13:
            self._worries()
        else:
            card = self.dice.choice(self.box.cards)
            self._step(card, self._which(card))
        self.agrees()

    def _which(self, card: Card) -> str:
        if card.babies > 1 and not card.split and self.dice.often(0.5):
            return "split_multiple"
        if card.baby.expected > 1 and card.born is None and self.dice.often(0.25):
            return self.dice.choice(("record_birth", "record_birth", "record_loss_of_one", "record_loss"))
        if card.held and self.dice.often(0.2):
            return "resume"
        if card.state in FORWARD and self.dice.often(0.3):
            return "triage_rate" if card.state == "rmg_review" and card.unrated else FORWARD[card.state]
        known = (*RULES, *OFTEN, *self.often)
        here = [what for what in known if card.state in RULES[what].where]
        what = self.dice.choice(here if self.dice.often(0.75) else known)
        return what if what not in ENDS or self.dice.often(0.25) else self._which(card)

    def _again(self) -> None:
        card = self.dice.choice(self.box.cards) if self.box.cards else None
        baby = card.baby if card else self.box.babies[0]
        if baby.died and not self.dice.often(0.3):
            return
        carer = card.carer_name if card else "Carer 0"
        if card and self.dice.often(0.5):
            self._refers(baby, carer, "re_refer", prior_referral=card.reference, duty_call_on=None)
        else:
            self._refers(baby, carer)

    def _instructs(self) -> None:
        """Do not write to this person in this way; or it is safe again."""
        carer = self.dice.choice(self.box.carers)
        if carer.died:
            return
        channel, safe = self.dice.choice(("post", "email")), self.dice.choice(("allowed", "not_allowed"))
        self.casework.fire(
            carer.reference, "set_safe_contact", self.actor, {"channel": channel, "safe": safe}, seen=LATEST
        )
        (carer.unsafe.discard if safe == "allowed" else carer.unsafe.add)(channel)

    def _worries(self) -> None:
        """Somebody sees something that is about the baby, or the carer; or it is signed off."""
        records: list[Baby | Carer] = [*(baby for baby in self.box.babies if baby.reference), *self.box.carers]
        one = self.dice.choice(records)
        said = {"signed_by": "S. Lead", "safeguarding_outcome": "Clear"} if one.concerned else {"concern": "A worry"}
        trigger = "sign_off_safeguarding" if one.concerned else "raise_safeguarding"
        self._say(f"{trigger} on {one.reference}")
        self.casework.fire(one.reference, trigger, self.actor, said, seen=LATEST)
        one.concerned = not one.concerned

    def _step(self, card: Card, what: str) -> None:
        on = self.clock.today
        said = SAYS[what](self.box, card, self.dice, on)
        trigger = what if what != "accept" else ACCEPTS.get(card.service, "accept_assessment")
        given = {name: value for name, value in said.items() if value is not None}
        data = self._filled(card, trigger, said)
        given = {**data, **given}
        self._say(f"{trigger} on {card.reference}, {card.state}{' held' if card.held else ''}: {said}")
        actor, not_theirs = self._who(card, what)
        expected = against(self.box, card, what, given, on) | not_theirs
        reference = card.reference
        receipt = self._tried(
            lambda: self.casework.fire(reference, trigger, actor, data, seen=LATEST), expected, trigger
        )
        if receipt is not None:
            self._takes(card, what, given, receipt)

    def _who(self, card: Card, what: str) -> tuple[Actor, set[str]]:
        """Mostly somebody who has every role; at times a person with one, who may not do everything."""
        if what not in WHO or card.state not in RULES[what].where or self.dice.often(0.8):
            return self.actor, set()
        role = self.dice.choice(list(Role))
        return Actor(f"the {role.value}", [role]), set() if role.value in WHO[what] else {"not_your_step"}

    def _takes(self, card: Card, what: str, given: Mapping[str, Any], receipt: Receipt) -> None:
        of_twin = [one for one in receipt.also if one.trigger == "split_off"]
        for one in of_twin:
            twin(self.box, card, one.reference, given, self.clock.today).steps += 1
        take(self.box, card, what, given, self.clock.today)
        self._records_opened(card, receipt)

    def _records_opened(self, card: Card, receipt: Receipt) -> None:
        for one in receipt.also:
            if one.kind == "infant" and not any(b.reference == one.reference for b in self.box.babies):
                first = self.casework.case(one.reference).answers["first_referral"]
                baby = next(c.baby for c in self.box.cards if c.reference == first)
                assert not baby.reference, self._story(f"{baby.reference} ought to be the baby's only record")
                state = baby.state
                baby.opened(one.reference)
                if state == "died":
                    baby.stood, baby.state = baby.state, state

    def _filled(self, card: Card, trigger: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """What is said, and whatever else the step asks for, invented."""
        case = self.casework.case(card.reference)
        row = next((m for m in case.chart.moves if (m.source, m.trigger) == (case.state, trigger)), None)
        if row is None:
            return {name: value for name, value in said.items() if value is not None}
        asked = [f for f in asked_of(row) if f.kind is not Kind.RECORD]
        invented = {f.name: SPECIAL.get(f.name, example(f, self.clock.today)) for f in asked}
        takes = {f.name for f in (*row.needs, *row.takes)}
        told = {name: value for name, value in said.items() if name in takes}
        return {name: value for name, value in {**invented, **told}.items() if value is not None}

    def _tried(self, ask: Any, expected: set[str], trigger: str = "open") -> Receipt | None:
        try:
            receipt: Receipt = ask()
        except StepRefused as no:
            codes = {reason.code for reason in no.reasons}
            self.told[-1] += f" -- {sorted(codes)}"
            same = codes == expected or "not_your_step" in codes & expected  # others' records are not looked at then
            assert same, self._story(f"refused: {sorted(codes)}, expected: {sorted(expected)}")
            for code in codes:
                self.refused[code] = self.refused.get(code, 0) + 1
            return None
        assert not expected, self._story(f"taken, expected: {sorted(expected)}")
        self.taken[trigger] = self.taken.get(trigger, 0) + 1
        return receipt

    def _night(self) -> None:
        self.clock.advance(1)
        self._say("a night")
        self.casework.nights.run(self.clock.today)
        own = {card.reference for card in self.box.cards}
        kinds = {"safeguarding_open", "gp_recheck_after_birth", "birth_unrecorded", "hold_review_due"}
        found = {
            (flag.reference, flag.kind)
            for flag in self.casework.flags(Asked(self.clock.today))
            if flag.reference in own and flag.kind in kinds
        }
        ought = {(card.reference, kind) for card in self.box.cards for kind in flags_of(card, self.clock.today)}
        assert found == ought, self._story(f"flags {sorted(found - ought)} too many, {sorted(ought - found)} too few")

    # What stands

    def agrees(self) -> None:
        today = self.clock.today
        for card in self.box.cards:
            seen, ought = seen_in(self.casework.case(card.reference), today), on_the_card(card, today)
            differ = {name: (seen[name], ought[name]) for name in seen if seen[name] != ought[name]}
            assert not differ, self._story(f"{card.reference} (is, ought): {differ}")
        ought_to_be = {baby.reference: baby.state for baby in self.box.babies}
        ought_to_be |= {carer.reference: "died" if carer.died else "known" for carer in self.box.carers}
        for reference, ought_state in ought_to_be.items():
            state = self.casework.case(reference).state if reference else ought_state
            assert state == ought_state, self._story(f"{reference} is {state}, ought to be {ought_state}")

    def _say(self, what: str) -> None:
        self.told.append(f"{self.clock.today} {what}")

    def _story(self, what: str) -> str:
        return "\n".join([*self.told, what])


def _unrecorded(baby: Baby) -> Baby:
    """A referral tells of a baby; that it is the one of a record is said by a link."""
    return Baby(baby.service, baby.name, baby.due, baby.born)


def enter_figures(casework: Casework, today: date) -> None:
    for service in SERVICES:
        for name, days in (("safeguarding_review", 7), ("gp_recheck", 14)):
            casework.nights.enter(service, Figure(name, days, "An invented letter", today), by="the manager")
