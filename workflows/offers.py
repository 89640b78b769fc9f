"""Which child fits which offer on which day, where the offers leave a gap, and which interventions are offered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from workflows.dates import older_on
from workflows.fields.activities import WITHOUT_A_CASE
from workflows.figures import OFFERS, Figure, in_force, known_figure
from workflows.interventions import CATALOGUE
from workflows.settings import Offer

Age = tuple[int, int]
"""An age as birthdays in months, and days after that birthday."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Ages from `start` on and before `end`, which fit no offer, or `offers` at once."""

    start: Age
    end: Age
    offers: tuple[str, ...] = ()

    def days_of(self, born: date) -> tuple[date, date]:
        """Its first and its last day for a child born on a day."""
        return on_the_day(self.start, born), on_the_day(self.end, born) - timedelta(days=1)


def starts(offer: Offer) -> Age:
    return offer.from_months, 0


def ends(offer: Offer) -> Age:
    """The first age that is too old for it."""
    return offer.to_months, int(offer.last_day_is_in)


def on_the_day(age: Age, born: date) -> date:
    """The day on which a child born on a day reaches an age. Born on 29 February: a year older on 1 March."""
    months, days = age
    return older_on(born, months) + timedelta(days=days)


def fits(offer: Offer, born: date, on: date) -> bool:
    return on_the_day(starts(offer), born) <= on < on_the_day(ends(offer), born)


def offers_for(offers: Iterable[Offer], born: date, on: date) -> tuple[Offer, ...]:
    """Every offer that a child fits on a day. Before the birth it fits none: whether that is taken is a setting."""
    return tuple(offer for offer in offers if fits(offer, born, on))


def gaps(offers: Iterable[Offer]) -> tuple[Stretch, ...]:
    """The ages between the youngest and the oldest that fit no offer, the youngest first."""
    found: list[Stretch] = []
    reached: Age | None = None
    for offer in sorted(_windows(offers), key=starts):
        if reached is not None and starts(offer) > reached:
            found.append(Stretch(reached, starts(offer)))
        reached = max(reached or ends(offer), ends(offer))
    return tuple(found)


def overlaps(offers: Iterable[Offer]) -> tuple[Stretch, ...]:
    """The ages that fit two offers at once, a pair each."""
    pairs = combinations(sorted(_windows(offers), key=starts), 2)
    both = ((max(starts(a), starts(b)), min(ends(a), ends(b)), (a.code, b.code)) for a, b in pairs)
    return tuple(Stretch(start, end, codes) for start, end, codes in both if start < end)


def _windows(offers: Iterable[Offer]) -> list[Offer]:
    """Those that any child fits at all."""
    return [offer for offer in offers if starts(offer) < ends(offer)]


def oldest(offers: Iterable[Offer]) -> Offer | None:
    """Of the offers to which the pathway leads, the one that ends last."""
    return max((o for o in offers if o.this_pathway), key=ends, default=None)


def can_be_given(name: str) -> bool:
    """Whether a figure of this name is read: the switch of an offer is for an intervention of the catalogue, or for a
    kind of help that is given without a case.
    """
    offer = name.removeprefix(OFFERS)
    return known_figure(name) and (not name.startswith(OFFERS) or offer in CATALOGUE or offer in WITHOUT_A_CASE)


def offered(figures: Sequence[Figure], catalogue: Iterable[str], on: date) -> tuple[str, ...]:
    """The interventions that a service offers on a day, in the order of the catalogue.

    It says so by switches, `offers.` and the code. Where none is on, it offers the whole catalogue but what is switched
    off; where one is on, those that are.
    """
    known = {code: in_force(figures, OFFERS + code, on) for code in catalogue}
    on_now = tuple(code for code, switch in known.items() if switch is not None and switch.amount)
    return on_now or tuple(code for code, switch in known.items() if switch is None)
