"""Eligibility has three results: meets, discuss, excluded. A service lists its own criteria.

A criterion of a document names one of the rules in `RULES` and gives what that rule needs to know. What a setting of
the document says already is a criterion by itself: `workflows.stances`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from workflows.dates import older_on
from workflows.offers import offers_for, oldest
from workflows.settings import Offer
from workflows.vocabulary import AgeLimit, Criterion, Facts


class Result(StrEnum):
    """ "Discuss" needs a recorded decision by a clinician and never refuses by itself (requirements C-18)."""

    MEETS = "meets"
    DISCUSS = "discuss"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Eligibility:
    result: Result
    findings: tuple[tuple[Result, Criterion], ...]

    def found(self, result: Result) -> tuple[Criterion, ...]:
        return tuple(criterion for verdict, criterion in self.findings if verdict is result)


def eligibility(facts: Facts) -> Eligibility:
    """Every criterion of the service, asked of what is known. The worst finding is the result."""
    findings = tuple(
        (Result(verdict), criterion)
        for criterion in facts.rules.eligibility
        if (verdict := criterion.asks(facts)) is not None
    )
    verdicts = {verdict for verdict, _ in findings}
    worst = next((r for r in (Result.EXCLUDED, Result.DISCUSS) if r in verdicts), Result.MEETS)
    return Eligibility(worst, findings)


def when(field: str, **verdicts: str) -> Callable[[Facts], str | None]:
    """A criterion on one answer: which answers need discussion or exclude. No answer speaks for nothing."""

    def asks(facts: Facts) -> str | None:
        return verdicts.get(str(facts.answer(field) or ""))

    return asks


def older_than(limit: AgeLimit) -> Callable[[Facts], str | None]:
    """Excluded from the first day on which the baby is too old.

    Age is measured on the day that the service says. Reaching the age while waiting excludes nobody.
    """

    def asks(facts: Facts) -> str | None:
        born, received = facts.answer("infant_dob"), _measured_on(facts)
        if not isinstance(born, date) or not isinstance(received, date):
            return None
        return "excluded" if received >= first_day_too_old(limit, born) else None

    return asks


def first_day_too_old(limit: AgeLimit, born: date) -> date:
    """The first day on which a service sees the baby no longer: the birthday, or the day after where that is in.

    Who is born on 29 February is a year older on 1 March, as in English law.
    """
    return older_on(born, limit.months) + timedelta(days=1 if limit.limit_day_is_in else 0)


def _measured_on(facts: Facts) -> object:
    """The day on which the service measures age. Unless it says otherwise: when the complete referral came (C-08)."""
    first, again = facts.answer("received_on"), facts.answer("received_again_on")
    days = {"complete_referral": again or first, "first_referral": first, "decision": None}
    return days[facts.rules.settings.age_measured_on] or facts.on


def age_unknown(facts: Facts) -> str | None:
    """Neither a date of birth nor an expected date of birth."""
    return None if facts.answer("infant_dob") or facts.answer("expected_due_date") else "discuss"


def in_no_offer(offers: tuple[Offer, ...]) -> Callable[[Facts], str | None]:
    """Excluded where the baby, when the complete referral came, was in none of the windows of ages."""

    def asks(facts: Facts) -> str | None:
        born, received = facts.answer("infant_dob"), _measured_on(facts)
        if not isinstance(born, date) or not isinstance(received, date) or received < born:
            return None
        return None if offers_for(offers, born, received) else "excluded"

    return asks


@dataclass(frozen=True, slots=True)
class Given:
    """What a criterion of a document says beside its code, sentence and source."""

    answer: str
    excluded: tuple[str, ...]
    discuss: tuple[str, ...]
    offers: tuple[Offer, ...]
    """The offer that it names; none named: every one to which the pathway leads."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of criterion: the keys that it needs, and how the question is made from them."""

    keys: tuple[str, ...]
    words: str
    asks: Callable[[Given], Callable[[Facts], str | None]]


def _older_than(given: Given) -> Callable[[Facts], str | None]:
    last = oldest(given.offers) or given.offers[-1]
    return older_than(AgeLimit(last.to_months, last.last_day_is_in))


def _when(given: Given) -> Callable[[Facts], str | None]:
    said = (("excluded", given.excluded), ("discuss", given.discuss))
    return when(given.answer, **{answer: verdict for verdict, answers in said for answer in answers})


RULES: dict[str, Rule] = {
    "older_than": Rule(("offer",), "The baby was too old for the offer when the complete referral came.", _older_than),
    "in_no_offer": Rule((), "The baby's age then is in no offer of this pathway.", lambda g: in_no_offer(g.offers)),
    "age_unknown": Rule((), "Neither a date of birth nor a due date is known: to discuss.", lambda g: age_unknown),
    "answer_is": Rule(("answer",), "An answer is one of those `excluded`, or of those to `discuss`.", _when),
}
"""The rules of eligibility that a document can name."""
