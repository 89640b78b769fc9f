"""What does not fit together in a service: gaps between its offers, and settings that contradict each other.

A document that can be read can still say too little or too much. Nothing is refused here: a person looks at it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workflows.chart import Chart
from workflows.dates import add_months, british
from workflows.figures import OFFERS, Figure
from workflows.interventions import CATALOGUE
from workflows.offers import Age, ends, gaps, offered, oldest, overlaps, starts
from workflows.services import at_odds
from workflows.services.looked import Check, Looked
from workflows.settings import Offer


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. The code is stable; the sentence says what it is about, `where` the keys or figures that
    say so, and `do` what to do.
    """

    code: str
    sentence: str
    where: str
    do: str


def findings(
    chart: Chart,
    on: date,
    entered: Iterable[Figure] = (),
    in_post: int | None = None,
    before: Sequence[Chart] = (),
) -> tuple[Finding, ...]:
    """Everything to look at on a day; empty where all fits. What the service has entered, whom it has in post and the
    earlier versions of its document count where they are given.
    """
    looked = Looked(chart, (*chart.rules.figures, *entered), on, in_post, before)
    return tuple(
        Finding(code, sentence, held.where, held.do) for code, held in CHECKS.items() for sentence in held.check(looked)
    )


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
        yield "A duty call is required, and nobody knows when the line is open."


def _call_without_minutes(looked: Looked) -> Iterator[str]:
    if looked.amount("duty_call_required") and not looked.amount("call_minutes"):
        yield "A duty call is required, and it has no length."


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
        yield "Families may not refer themselves, and nobody is named whom they can ask."


def _closed_and_nobody_named(looked: Looked) -> Iterator[str]:
    if looked.amount("closed") and not looked.rules.settings.refer_instead:
        yield "The service is closed, and nobody is named who takes its referrals."


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
            yield f"{name} both stops a referral and is only told."


def _switch_without_step(looked: Looked) -> Iterator[str]:
    for name, trigger in (("priority", "give_priority"), ("joint_visit", "plan_joint_visit")):
        if looked.amount(name) and trigger not in looked.chart.triggers:
            yield f"{name} is switched on, and {looked.chart.id} has no such step."


def _age_never_asked(looked: Looked) -> Iterator[str]:
    if not any(criterion.offers for criterion in looked.rules.eligibility):
        yield "The offers have ages, and no criterion asks for the baby's."


@dataclass(frozen=True, slots=True)
class Held:
    """One check: what holds where it finds nothing; the keys and figures that it is about; and what to do."""

    check: Check
    holds: str
    where: str
    do: str


# fmt: off
CHECKS: dict[str, Held] = {
    "offers_gap":        Held(_gap, "Between the youngest and the oldest, no child falls between the offers.", "offer", "Ask who sees these children; let two windows meet, or leave it and know it."),
    "offers_overlap":    Held(_overlap, "No child fits two offers at once.", "offer", "End one window where the other begins."),
    "intervention_outside_offers": Held(_outside_every_offer, "What is offered is for children of an age that is seen.", "offer.interventions, figures offers.", "Take it off, or give an offer the age."),
    "age_not_asked":     Held(_age_never_asked, "The age is a criterion.", "criterion", "Add one of the rule older_than or in_no_offer."),
    "criterion_below_offer": Held(at_odds.criterion_below_offer, "No criterion of age refuses a child whom an offer of the pathway sees, or lets in one whom none does.", "criterion.offer, offer.to_months", "Name the offer that ends last, or use the rule in_no_offer."),
    "call_without_hours": Held(_call_without_hours, "A call that is required has opening hours.", "contact.opens, referral.duty_call", "Say opens and closes."),
    "call_without_minutes": Held(_call_without_minutes, "A call that is required has a length.", "call_minutes", "Say call_minutes.default."),
    "call_longer_than_day": Held(at_odds.call_longer_than_day, "A call fits into the opening hours.", "call_minutes, contact.opens", "Correct the minutes or the hours."),
    "call_needed_but_offered": Held(at_odds.call_needed_but_offered, "No form lacks a call that nobody has to make.", "referral.needs, referral.duty_call", "Take duty_call_on out of needs, or require the call."),
    "rejects_nothing":   Held(_rejects_what_is_complete, "Where an incomplete form is sent back, something is needed.", "referral.needs", "Name the answers, or say incomplete_form = request."),
    "wait_backwards":    Held(_wait_backwards, "The published wait ends after it begins.", "figures wait_first, wait_over", "Enter the two ends in their order."),
    "cadence_at_odds":   Held(at_odds.cadence_at_odds, "How often the group meets is said once, or twice alike.", "figures forum, meetings_a_week", "Withdraw one of the two."),
    "quorum_beyond_team": Held(at_odds.quorum_beyond_team, "The group can have its quorum.", "figure quorum", "Enter the number of people who really decide."),
    "watched_beyond_age": Held(_watched_beyond_age, "Watching and waiting end before the baby is too old.", "figures watch, wait_over; offer.to_months", "Watch for a shorter time, or ask the lead to look at each."),
    "nobody_to_ask":     Held(_nobody_named, "A family that may not refer itself is told whom to ask.", "referral.ask_instead", "Write the sentence that the family is told."),
    "closed_for_nobody": Held(_closed_and_nobody_named, "A service that is closed names who takes its referrals.", "closing.refer_instead", "Name the service, as a sentence."),
    "consultation_behind_no_call": Held(_consultation_behind_no_call, "What a consultation needs first is there.", "consultation.needs, referral.duty_call", "Require the call, or take it out of needs."),
    "plan_for_nobody":   Held(at_odds.plan_for_nobody, "A plan is asked for where there is work with looked-after babies.", "families.looked_after, families.plan_before_work", "Take plan_before_work out, or say whom the service takes."),
    "before_birth_at_odds": Held(at_odds.before_birth_at_odds, "What is done before the birth is done for pregnancies that are taken.", "referral.antenatal, work.priority, families.parenting_assessment", "Take pregnancies, or take out what is for them."),
    "answer_never_asked": Held(_never_asked, "What is looked for is asked by a step.", "referral.needs, referral.warns", "Name an answer that a step asks."),
    "needed_and_warned": Held(_both_needed_and_warned, "An answer stops a referral or is told, not both.", "referral.needs, referral.warns", "Name it in one of the two."),
    "switch_without_step": Held(_switch_without_step, "What is switched on is a step of the pathway.", "figures priority, joint_visit; work", "Lay a new version of the document beside it that has the step."),
    "version_backwards": Held(at_odds.version_backwards, "A later version holds from a later day.", "service.in_force_from", "Give the new version a day that is still to come."),
}
# fmt: on
"""Every check by the code of its finding."""
