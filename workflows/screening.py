"""The risk-factor screen of the duty call, item by item. There is no total, and no item weighs more than another.

The documents name the form ("parent-infant relationship risk factors") and do not print it. So the items are the
service's own, entered by it with a date of force, and a service without a form has no screen to fill in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.terms import Term, by_code
from workflows.vocabulary import Refusal


class Seen(StrEnum):
    """The answer to one item. Not known is an answer; a blank is none."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class ScreenForm:
    """One edition of a service's form. A screen is read by the edition that held on its day."""

    service: str
    name: str
    items: tuple[Term, ...]
    source: str
    in_force_from: date

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(by_code(self.items))


def form_on(forms: Iterable[ScreenForm], service: str, on: date) -> ScreenForm | None:
    """The edition of a service that holds on a day; None: it has none. Of two from one day the later entered."""
    known = [form for form in forms if form.service == service and form.in_force_from <= on]
    return max(reversed(known), key=lambda form: form.in_force_from, default=None)


def unanswered(form: ScreenForm, answers: Mapping[str, str]) -> tuple[str, ...]:
    """The items that still have no answer, in the order of the form."""
    return tuple(code for code in form.codes if not answers.get(code))


def said(form: ScreenForm, answers: Mapping[str, str], answer: Seen) -> tuple[str, ...]:
    """The words of the items that were answered so, as a screen or a letter lists them."""
    return tuple(item.words for item in form.items if answers.get(item.code) == answer)


def refusals(form: ScreenForm, answers: Mapping[str, str]) -> tuple[Refusal, ...]:
    """Why a screen cannot be kept as it is. Nothing that was typed is repeated, for it may name somebody."""
    found = []
    if set(answers) - set(form.codes):
        found.append(Refusal("screen_item_unknown", "The form of this service has no such item."))
    strange = tuple(code for code in form.codes if answers.get(code) and answers[code] not in set(Seen))
    if strange:
        found.append(Refusal("screen_answer_unknown", "Answer each item with yes, no or not known.", strange))
    blank = unanswered(form, answers)
    if blank:
        words = "Answer every item of the screen; where it is not known, say so."
        found.append(Refusal("screen_incomplete", words, blank))
    return tuple(found)
