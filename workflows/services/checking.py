"""What does not fit together in a service: gaps between its offers, and settings that contradict each other.

A document that can be read can still say too little or too much. Nothing is refused here: a person looks at it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workflows.chart import Chart
from workflows.dates import add_months, british
from workflows.figures import OFFERS, Figure, in_force
from workflows.interventions import CATALOGUE
from workflows.offers import Age, ends, gaps, offered, oldest, overlaps, starts
from workflows.settings import BY_DOCUMENT, Offer
from workflows.vocabulary import ServiceRules


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. The code is stable; the sentence says what it is about."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at: a pathway, every figure of the service, and the day for which it is asked."""

    chart: Chart
    figures: Sequence[Figure]
    on: date

    @property
    def rules(self) -> ServiceRules:
        return self.chart.rules

    @property
    def offers(self) -> tuple[Offer, ...]:
        return self.rules.settings.offers

    def amount(self, name: str) -> int | None:
        """A figure as it holds on the day: entered, else as the document says."""
        figure = in_force(self.figures, name, self.on)
        if figure is not None:
            return figure.amount
        return BY_DOCUMENT[name](self.rules) if name in BY_DOCUMENT else None


def findings(chart: Chart, on: date, entered: Iterable[Figure] = ()) -> tuple[Finding, ...]:
    """Everything to look at on a day, with the figures that the service has entered; empty where all fits."""
    looked = Looked(chart, (*chart.rules.figures, *entered), on)
    return tuple(Finding(code, sentence) for code, (check, _) in CHECKS.items() for sentence in check(looked))


def _gap(looked: Looked) -> Iterator[str]:
    for gap in gaps(looked.offers):
        first, last = gap.days_of(looked.on)
        yield (
            f"A child {_age(gap.start)} and not yet {_age(gap.end)} fits no offer. Born on {british(looked.on)}, that is "
            f"from {british(first)} to {british(last)}, {_many((last - first).days + 1, 'day')}."
        )


def _overlap(looked: Looked) -> Iterator[str]:
    for both in overlaps(looked.offers):
        first, last = both.days_of(looked.on)
        yield (
            f"A child {_age(both.start)} and not yet {_age(both.end)} fits two offers, {' and '.join(both.offers)}. Born "
            f"on {british(looked.on)}, that is from {british(first)} to {british(last)}, {_many((last - first).days + 1, 'day')}."
        )


def _age(age: Age) -> str:
    months, days = age
    old = _many(months // 12, "year") if months % 12 == 0 else _many(months, "month")
    return f"of {old}{' and a day' if days else ''}"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _outside_every_offer(looked: Looked) -> Iterator[str]:
    """By the ages that the catalogue knows. An intervention without any fits everywhere."""
    on_offer = offered(looked.figures, CATALOGUE, looked.on)
    named = {code for offer in looked.offers for code in offer.interventions}
    for code in on_offer:
        if (code in named or looked.amount(OFFERS + code)) and not any(
            _meets(offer, code) for offer in _giving(looked.offers, code)
        ):
            age = CATALOGUE[code].age
            yield f"{CATALOGUE[code].name} is offered, {age.words if age else ''}, and no offer has children of that age."


def _giving(offers: Iterable[Offer], code: str) -> list[Offer]:
    """The offers in which an intervention is given: those that name it, and those that name none."""
    return [offer for offer in offers if not offer.interventions or code in offer.interventions]


def _meets(offer: Offer, code: str) -> bool:
    """Whether there is an age in the window for which the catalogue has the intervention."""
    age = CATALOGUE[code].age
    if age is None:
        return True
    lower = (age.lower or 0, 0)
    upper = ends(offer) if age.upper is None else (age.upper, int(age.limit_day_is_in))
    return max(starts(offer), lower) < min(ends(offer), upper)


def _call_without_hours(looked: Looked) -> Iterator[str]:
    if looked.amount("duty_call_required") and looked.rules.opening_hours is None:
        yield "A duty call is required, and nobody knows when the line is open: say opens and closes."


def _call_without_minutes(looked: Looked) -> Iterator[str]:
    if looked.amount("duty_call_required") and not looked.amount("call_minutes"):
        yield "A duty call is required, and it has no length: say call_minutes.default."


def _rejects_what_is_complete(looked: Looked) -> Iterator[str]:
    if looked.rules.settings.incomplete_form == "reject" and not looked.rules.required:
        yield "An incomplete form is sent back, and no answer is needed: no form is ever incomplete."


def _wait_backwards(looked: Looked) -> Iterator[str]:
    first, over = looked.amount("wait_first"), looked.amount("wait_over")
    if first is not None and over is not None and first >= over:
        yield f"The published wait begins at day {first} and is over at day {over}."


def _watched_beyond_age(looked: Looked) -> Iterator[str]:
    """Source: requirements C-23. The ages of the pathway's last offer, of which watching and waiting take a part."""
    months, over, last = looked.amount("watch"), looked.amount("wait_over"), oldest(looked.offers)
    if months is None or over is None or last is None:
        return
    end = add_months(looked.on, months) + timedelta(days=over)
    if end >= add_months(looked.on, last.to_months - last.from_months):
        yield (
            f"{months} months of watching and a wait of {over} days are longer than the offer {last.code}: a baby who is "
            "watched from the first day on is too old before the work starts."
        )


def _nobody_named(looked: Looked) -> Iterator[str]:
    if not looked.amount("self_referral") and not looked.rules.settings.ask_instead:
        yield "Families may not refer themselves, and nobody is named whom they can ask: say referral.ask_instead."


def _closed_and_nobody_named(looked: Looked) -> Iterator[str]:
    if looked.amount("closed") and not looked.rules.settings.refer_instead:
        yield "The service is closed, and nobody is named who takes its referrals: say closing.refer_instead."


def _consultation_behind_no_call(looked: Looked) -> Iterator[str]:
    if "duty_call" in looked.rules.settings.consultation_needs and not looked.amount("duty_call_required"):
        yield "A consultation needs a duty call first, and duty calls are not required here."


def _never_asked(looked: Looked) -> Iterator[str]:
    asked = {*looked.chart.fields, *(move.marks for move in looked.chart.moves)}
    for name in (*looked.rules.required, *looked.rules.settings.warned):
        if name not in asked:
            yield f"{name} is looked for, and no step asks for it."


def _both_needed_and_warned(looked: Looked) -> Iterator[str]:
    for name in looked.rules.settings.warned:
        if name in looked.rules.required:
            yield f"{name} both stops a referral and is only told: name it once."


def _switch_without_step(looked: Looked) -> Iterator[str]:
    for name, trigger in (("priority", "give_priority"), ("joint_visit", "plan_joint_visit")):
        if looked.amount(name) and trigger not in looked.chart.triggers:
            yield f"{name} is switched on, and {looked.chart.id} has no such step: lay a new version of the document beside it."


def _age_never_asked(looked: Looked) -> Iterator[str]:
    asking = {"older_than", "in_no_offer"}
    if not any(c.asks.__qualname__.partition(".")[0] in asking for c in looked.rules.eligibility):
        yield "The offers have ages, and no criterion asks for the baby's: add one of the rule older_than."


Check = Callable[[Looked], Iterator[str]]

CHECKS: dict[str, tuple[Check, str]] = {
    "offers_gap": (_gap, "Between the youngest and the oldest, no child falls between the offers."),
    "offers_overlap": (_overlap, "No child fits two offers at once."),
    "intervention_outside_offers": (_outside_every_offer, "What is offered is for children of an age that is seen."),
    "age_not_asked": (_age_never_asked, "The age is a criterion."),
    "call_without_hours": (_call_without_hours, "A call that is required has opening hours."),
    "call_without_minutes": (_call_without_minutes, "A call that is required has a length."),
    "rejects_nothing": (_rejects_what_is_complete, "Where an incomplete form is sent back, something is needed."),
    "wait_backwards": (_wait_backwards, "The published wait ends after it begins."),
    "watched_beyond_age": (_watched_beyond_age, "Watching and waiting end before the baby is too old."),
    "nobody_to_ask": (_nobody_named, "A family that may not refer itself is told whom to ask."),
    "closed_for_nobody": (_closed_and_nobody_named, "A service that is closed names who takes its referrals."),
    "consultation_behind_no_call": (_consultation_behind_no_call, "What a consultation needs first is there."),
    "answer_never_asked": (_never_asked, "What is looked for is asked by a step."),
    "needed_and_warned": (_both_needed_and_warned, "An answer stops a referral or is told, not both."),
    "switch_without_step": (_switch_without_step, "What is switched on is a step of the pathway."),
}
"""Every check by the code of its finding, with what holds where it finds nothing."""
