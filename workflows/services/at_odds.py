"""Settings of a service that contradict each other: checks of `workflows.services.checking`."""

from collections.abc import Iterator
from itertools import pairwise

from workflows.dates import british
from workflows.figures import WEEKDAYS
from workflows.offers import ends
from workflows.services.looked import Looked
from workflows.settings import Stance


def criterion_below_offer(looked: Looked) -> Iterator[str]:
    """A document may judge by the age of one offer and see the children of another."""
    by_code = {offer.code: offer for offer in looked.offers}
    seen = [offer for offer in looked.offers if offer.this_pathway]
    for criterion in (c for c in looked.rules.eligibility if c.offers):
        limit = max(ends(by_code[code]) for code in criterion.offers)
        for offer in (o for o in seen if ends(o) > limit):
            yield f"{criterion.code} refuses a child at {limit[0]} months, and the offer {offer.code} ends at {offer.to_months}."
        if seen and limit > max(map(ends, seen)):
            last = max(seen, key=ends)
            yield f"{criterion.code} lets in a child up to {limit[0]} months, and the offer {last.code} ends at {last.to_months}."


def call_longer_than_day(looked: Looked) -> Iterator[str]:
    hours = looked.rules.opening_hours
    named = {**looked.rules.call_minutes, "default": looked.amount("call_minutes")}
    for group, minutes in named.items():
        if hours and minutes and minutes > (hours[1] - hours[0]) * 60:
            opens, closes = hours
            yield f"A call ({group}) is given {minutes} minutes, and the line is open from {opens}:00 to {closes}:00."


def call_needed_but_offered(looked: Looked) -> Iterator[str]:
    if "duty_call_on" in looked.rules.required and not looked.amount("duty_call_required"):
        yield "Every complete form has the day of a duty call, and duty calls are not required here."


def cadence_at_odds(looked: Looked) -> Iterator[str]:
    times, days = looked.amount("meetings_a_week"), looked.amount("forum")
    if times and days and days > WEEKDAYS + 1 - times:
        yield f"The group meets {times} times a week, and every {days} days: both cannot be."


def quorum_beyond_team(looked: Looked) -> Iterator[str]:
    """Not asked where other services sit in the meeting: their people count, and are not in the staff records."""
    quorum, people = looked.amount("quorum"), looked.in_post
    if quorum and people and quorum > people and not looked.settings.meets_with:
        yield f"The group decides with at least {quorum} people, and {people} are in post: no referral can be decided."


def plan_for_nobody(looked: Looked) -> Iterator[str]:
    if looked.settings.plan_before_work and looked.settings.looked_after is Stance.NO:
        yield "Work with a looked-after baby waits for a plan, and looked-after babies are not taken."


def before_birth_at_odds(looked: Looked) -> Iterator[str]:
    if looked.amount("antenatal") != 0:
        return
    if "pre_birth_assessment" in looked.settings.priority and looked.amount("priority"):
        yield "Priority is given for an assessment before the birth, and referrals in pregnancy are not taken."
    if looked.settings.parenting_assessment == "pre_birth_with_social_care":
        yield "Parenting is assessed before the birth, and referrals in pregnancy are not taken."


def version_backwards(looked: Looked) -> Iterator[str]:
    for older, newer in pairwise((*looked.before, looked.chart)):
        was, now = (chart.rules.settings.in_force_from for chart in (older, newer))
        if newer is looked.chart and now <= was:
            since = "from the first day" if was.year == 1 else f"from {british(was)}"
            yield f"{newer.id} holds no later than {older.id}, which holds {since}: it would change what was."
