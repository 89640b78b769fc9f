"""Eligibility has three results: meets, discuss, excluded. A service lists its own criteria."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from workflows.dates import add_months
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

    Age is measured on the date on which the complete referral was received (requirements C-08): the last time that
    it came. Reaching the age while waiting excludes nobody.
    """

    def asks(facts: Facts) -> str | None:
        born, received = facts.answer("infant_dob"), _complete_on(facts)
        if not isinstance(born, date) or not isinstance(received, date):
            return None
        return "excluded" if received >= first_day_too_old(limit, born) else None

    return asks


def first_day_too_old(limit: AgeLimit, born: date) -> date:
    """The first day on which a service sees the baby no longer: the birthday, or the day after where that is in.

    Who is born on 29 February is a year older on 1 March, as in English law.
    """
    birthday = add_months(born, limit.months)
    birthday += timedelta(days=1 if birthday.day < born.day else 0)
    return birthday + timedelta(days=1 if limit.limit_day_is_in else 0)


def _complete_on(facts: Facts) -> object:
    return facts.answer("received_again_on") or facts.answer("received_on") or facts.on


def age_unknown(facts: Facts) -> str | None:
    """Neither a date of birth nor an expected date of birth."""
    return None if facts.answer("infant_dob") or facts.answer("expected_due_date") else "discuss"
