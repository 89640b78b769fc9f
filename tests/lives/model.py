"""A clinic as cards in a box: babies, carers and referrals, and what a person at a desk would write on each.

It shares nothing with casework but the names of steps, states and reasons.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

LEEDS, ESSEX = "leeds-imhs", "together-with-baby"

BEFORE_THE_FORM = ("duty_call", "awaiting_referral")
BEFORE_THE_DECISION = ("received", "rmg_review")
WAITING = ("waiting", "allocated")
AT_WORK = ("assessment", "formulation", "plan_offered", "intervention", "ending")
AFTER_THE_DECISION = ("watchful_waiting", *WAITING, *AT_WORK)
RECEIVED = (*BEFORE_THE_DECISION, *AFTER_THE_DECISION)
OPEN = (*BEFORE_THE_FORM, *RECEIVED)
ENDED = (
    "discharged", "advice_given", "signposted", "declined", "lapsed", "consent_withdrawn", "moved_away",
    "transferred_out", "aged_out", "circumstances_changed", "disengaged",
)  # fmt: skip
PUT_AWAY = ("void", "closed_loss", "merged")
EVERYWHERE = (*OPEN, *ENDED, *PUT_AWAY)

INVITES = ("appointment", "plan")
WAITS = ("total_time", "wait_to_allocation", "wait_to_start")
NEVER_ENDS_BY_CLOSING = "safeguarding"


@dataclass
class Count:
    """The days of one wait: of stretches that are over, and since when it goes on. `ended_by`: number of the step."""

    first: date
    since: date | None
    before: int = 0
    ended_by: int = 0
    ended_on: date | None = None

    def days(self, today: date) -> int | None:
        return None if self.since is None else self.before + (today - self.since).days

    def ends(self, on: date, step: int) -> None:
        self.before, self.since, self.ended_by, self.ended_on = self.days(on) or 0, None, step, on

    def goes_on(self, on: date) -> None:
        self.since, self.ended_by = on, 0

    def from_the_first_day(self) -> None:
        """As if it had never ended."""
        self.since, self.before, self.ended_by = self.first, 0, 0


@dataclass(eq=False)
class Baby:
    """`reference` is empty until there is a record. `stood`: how the record was before the loss; `concerned`: whether a
    concern is open on the record.
    """

    service: str
    name: str
    due: date
    born: date | None = None
    reference: str = ""
    state: str = ""
    stood: str = ""
    concerned: bool = False
    expected: int = 0
    lost_before: int = 0

    @property
    def died(self) -> bool:
        return self.state == "died"

    def opened(self, reference: str) -> None:
        self.reference, self.state = reference, "born" if self.born else "unborn"


@dataclass(eq=False)
class Carer:
    """A carer's record. `unsafe`: the ways in which they must not be written to."""

    service: str
    reference: str
    name: str
    died: bool = False
    concerned: bool = False
    unsafe: set[str] = field(default_factory=set)


@dataclass(eq=False)
class Letter:
    number: int
    kind: str
    to: str
    by: str = "post"
    carer: Carer | None = None


@dataclass(eq=False)
class Card:
    """One referral."""

    reference: str
    service: str
    baby: Baby
    carer_name: str
    state: str
    came_on: date
    steps: int = 1
    linked: bool = False
    carer: Carer | None = None
    born: date | None = None
    name: str | None = None
    babies: int = 0
    expected: int = 0
    lost_before: int = 0
    order: int = 0
    split: bool = False
    twin_of: str = ""
    lost: bool = False
    held: bool = False
    review_on: date | None = None
    closed_from: str = ""
    closed_by: int = 0
    decided: bool = False
    put_on: date | None = None
    rated_on: date | None = None
    consent: bool = True
    told_of_birth: bool = False
    gp_looked_at: bool = False
    carer_since: date | None = None
    offered: bool = False
    letters: list[Letter] = field(default_factory=list)
    sent: int = 0
    appointments: list[int] = field(default_factory=list)
    cowork: list[int] = field(default_factory=list)
    concerns: list[int] = field(default_factory=list)
    ratings: int = 0
    contacts: int = 0
    consents: list[tuple[str, str, str, date]] = field(default_factory=list)
    counts: dict[str, Count] = field(default_factory=dict)
    own: Baby | None = None
    """The baby as it was known here before a referral that was merged into this one brought a record."""
    into: "Card | None" = None
    taken: list[str] = field(default_factory=list)
    stood: tuple[str, bool, str, int] = ("", False, "", 0)

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def rated(self) -> bool:
        """Whether the risks were rated, and the baby thought of, since the referral was put to the group."""
        return bool(self.rated_on and (self.put_on is None or self.rated_on >= self.put_on))

    @property
    def unrated(self) -> bool:
        """Essex rates the risks first, each time that a referral is put to the group."""
        return self.service == ESSEX and not self.rated

    @property
    def stands(self) -> "Card":
        return self if self.into is None else self.into.stands

    @property
    def people(self) -> tuple[tuple[str, ...], str] | None:
        """Who the two are, as far as one can tell: a baby by name and day of birth, before birth by the due day."""
        if self.born and not self.name:
            return None
        return (self.name or "", str(self.born)) if self.born else ("", str(self.baby.due)), self.carer_name

    @property
    def concerned(self) -> bool:
        """Whether a concern is open on the card, or on the record of the baby or the carer whom it is about."""
        about = (self.baby if self.baby.reference else None, self.carer)
        return bool(self.concerns) or any(one.concerned for one in about if one)

    def starts(self, name: str, on: date) -> None:
        count = self.counts.get(name)
        if count is None:
            self.counts[name] = Count(on, on)
        elif count.since is None and name == "total_time":
            count.from_the_first_day()
        elif count.since is None and name in WAITS:
            count.goes_on(on)
        elif count.since is None:
            self.counts[name] = Count(on, on)

    def stops(self, on: date, *names: str) -> None:
        for name in names:
            if name in self.counts and self.counts[name].since is not None:
                self.counts[name].ends(on, self.steps)

    def moves(self, state: str, on: date) -> None:
        """To another state; an ending lifts a hold and ends every wait, but no concern."""
        if state not in OPEN and self.open:
            self.stops(on, *(name for name in self.counts if name != NEVER_ENDS_BY_CLOSING))
            self.closed_from, self.closed_by, self.held = self.state, self.steps, False
            self._nothing_waits_after(state)
        self.put_on = on if state == "rmg_review" else self.put_on
        self.state = state

    def _nothing_waits_after(self, state: str) -> None:
        """What was to come does not come; of the letters go those that may tell of the end."""
        self.appointments, self.offered = [], False
        left = [] if state in PUT_AWAY else [one for one in self.letters if one.kind not in INVITES]
        self.letters = [one for one in left if state != "consent_withdrawn" or one.carer is None]

    def stands_again(self, on: date) -> None:
        """After an ending that was a mistake: what the ending stopped goes on."""
        self.state = self.closed_from
        self.letters = [one for one in self.letters if one.kind != "ending"]
        for name, count in self.counts.items():
            if count.since is None and count.ended_by == self.closed_by and name != "hold_review":
                count.from_the_first_day() if name == "total_time" else count.goes_on(on)

    def holds(self, on: date, review_on: date) -> None:
        self.stops(on, "hold_review")
        self.starts("hold_review", on)
        self.held, self.review_on = True, review_on


class Box:
    """All cards of the families of one life."""

    def __init__(self) -> None:
        self.cards: list[Card] = []
        self.babies: list[Baby] = []
        self.carers: list[Carer] = []

    def about(self, baby: Baby) -> Iterator[Card]:
        """The referrals of a baby, in use or ended; not what is void or was merged."""
        return (card for card in self.cards if card.baby is baby and card.state not in ("void", "merged"))

    def of_the_pregnancy(self, card: Card) -> list[Card]:
        """The referrals that tell of one pregnancy while nobody is born: those of the record, and what was merged."""
        same = [c for c in self.about(card.baby) if card.baby.reference]
        return [c for c in self.cards if c.born is None and (c is card or any(c.stands is s for s in (card, *same)))]

    def said(self, card: Card) -> list[tuple[str, str, str, date]]:
        """On a referral and on those merged into it; of one day, its own come last."""
        others = (other for ref in card.taken for other in self.cards if other.reference == ref)
        return sorted([*(said for o in others for said in self.said(o)), *card.consents], key=lambda said: said[3])

    def consented(self, card: Card, purpose: str, since: date | None = None) -> bool:
        """By the last word of each; what was given before `since` was given for another carer."""
        last = {by: (how, on) for what, by, how, on in self.said(card) if what == purpose}
        return {how for how, on in last.values() if how != "given" or since is None or on >= since} == {"given"}

    def withheld(self, card: Card, purpose: str) -> bool:
        return any(what == purpose for what, _, _, _ in self.said(card)) and not self.consented(card, purpose)

    def same_people(self, card: Card, people: object = None, *, state: str = "") -> bool:
        """Whether another open referral of the service is for the same two."""
        people = people or card.people
        others = [c for c in self.cards if c is not card and c.open and c.service == card.service]
        return any(people is not None and c.people == people for c in others) or self.same_records(
            card, card.baby, card.carer
        )

    def same_records(self, card: Card, baby: Baby, carer: Carer | None) -> bool:
        if carer is None or not baby.reference:
            return False
        others = (c for c in self.cards if c is not card and c.open)
        return any(c.baby is baby and c.carer is carer for c in others)


FLAG_AFTER = {"safeguarding_open": 7, "gp_recheck_after_birth": 14, "birth_unrecorded": 1}
"""Days: the first two are entered by the services of these lives, the third is from their documents."""


def flags_of(card: Card, today: date) -> set[str]:
    """What the night of the day says of a referral, of four kinds."""
    concern, hold = card.counts.get("safeguarding"), card.counts.get("hold_review")
    asked = {
        "safeguarding_open": (concern.days(today) or 0) if concern and concern.since else -1,
        "gp_recheck_after_birth": _days(card.born, today)
        if card.open and card.told_of_birth and not card.gp_looked_at
        else -1,
        "birth_unrecorded": _days(card.baby.due, today) if card.open and not card.born else -1,
    }
    found = {kind for kind, days in asked.items() if days >= FLAG_AFTER[kind]}
    reached = hold is not None and hold.since is not None and card.review_on is not None and card.review_on <= today
    return found | ({"hold_review_due"} if reached and card.open else set())


def _days(since: date | None, today: date) -> int:
    return -1 if since is None else (today - since).days
