"""The risk-factor screen: the service's own items, one answer each, and no total."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.screening import ScreenForm, Seen, form_on, refusals, said, unanswered
from workflows.terms import Term

ITEMS = tuple(Term(f"item_{n}", f"Item {n} of the service's form", "the service's form") for n in range(1, 5))
FORM = ScreenForm("leeds-imhs", "Parent-infant relationship risk factors", ITEMS, "the form of 2025", date(2026, 1, 1))
NEXT = ScreenForm("leeds-imhs", FORM.name, ITEMS[:2], "the form of 2027", date(2027, 1, 1))
DONE: dict[str, str] = {"item_1": "yes", "item_2": "no", "item_3": "not_known", "item_4": "yes"}


def test_a_screen_with_an_answer_to_each_item_is_kept() -> None:
    assert refusals(FORM, DONE) == ()
    assert said(FORM, DONE, Seen.YES) == (ITEMS[0].words, ITEMS[3].words)
    assert said(FORM, DONE, Seen.NOT_KNOWN) == (ITEMS[2].words,)


def test_a_blank_item_is_named_and_not_known_is_no_blank() -> None:
    (refusal,) = refusals(FORM, {**DONE, "item_2": ""})
    assert (refusal.code, refusal.fields) == ("screen_incomplete", ("item_2",))


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({**DONE, "item_1": "Zoe hit him"}, "screen_answer_unknown"),
        ({**DONE, "Zoe": "yes"}, "screen_item_unknown"),
    ],
)
def test_what_does_not_belong_is_refused_and_never_repeated(answers: dict[str, str], code: str) -> None:
    (refusal,) = refusals(FORM, answers)
    assert refusal.code == code
    assert "Zoe" not in repr(refusal)


def test_a_screen_is_read_by_the_edition_of_its_day_and_a_service_without_a_form_has_none() -> None:
    forms = (NEXT, FORM)
    assert form_on(forms, "leeds-imhs", date(2025, 12, 31)) is None
    assert form_on(forms, "leeds-imhs", date(2026, 12, 31)) is FORM
    assert form_on(forms, "leeds-imhs", date(2027, 1, 1)) is NEXT
    assert form_on(forms, "essex", date(2027, 1, 1)) is None
    mended = ScreenForm(FORM.service, FORM.name, ITEMS, "entered again", FORM.in_force_from)
    assert form_on((FORM, mended), "leeds-imhs", FORM.in_force_from) is mended


def test_an_item_cannot_stand_twice_on_a_form() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        unanswered(ScreenForm("leeds-imhs", "form", (ITEMS[0], ITEMS[0]), "page", date(2026, 1, 1)), {})


@given(st.dictionaries(st.sampled_from([item.code for item in ITEMS]), st.sampled_from(["", *Seen])))
def test_a_screen_is_complete_exactly_when_no_item_is_blank(answers: dict[str, str]) -> None:
    blank = tuple(item.code for item in ITEMS if not answers.get(item.code))
    assert unanswered(FORM, answers) == blank
    assert (refusals(FORM, answers) == ()) == (blank == ())
