"""Whom a service sees is said by the settings of its document, once; each answer meets, is talked over or excludes."""

from datetime import date
from typing import Any

import pytest

from tests.services.documents import changed, chart, written
from workflows import Chart, Facts
from workflows.beside import Alone
from workflows.eligibility import Result, eligibility
from workflows.fields.circumstances import CIRCUMSTANCES
from workflows.fields.referral import REFERRAL_FORM
from workflows.figures import Figure
from workflows.registry import CHARTS
from workflows.services.building import chart_of
from workflows.services.reading import UnreadableService
from workflows.stances import MADE, criteria_of, spoken_of

TODAY = date(2026, 3, 2)
BORN: dict[str, Any] = {"infant_dob": date(2025, 11, 2), "received_on": TODAY}
UNBORN: dict[str, Any] = {"expected_due_date": date(2026, 6, 1), "received_on": TODAY}
MEETS, DISCUSS, EXCLUDED = Result.MEETS, Result.DISCUSS, Result.EXCLUDED


def result(of: Chart, **answers: Any) -> Result:
    return eligibility(Facts(of.rules, "rmg_review", TODAY, recorded=answers)).result


@pytest.mark.parametrize("said", ["yes", "case_by_case", "no", "unstated"])
@pytest.mark.parametrize(
    ("key", "answers"),
    [
        ("child_protection", {"child_protection": "yes"}),
        ("looked_after", {"looked_after": "yes"}),
        ("looked_after", {"carer_relationship": "foster_carer"}),
        ("own_mental_health", {"own_mental_health": "yes"}),
    ],
)
def test_a_stance_takes_a_family_talks_it_over_or_excludes_it(key: str, answers: dict[str, Any], said: str) -> None:
    one = chart(changed(families={key: said}))
    expected = {"yes": MEETS, "case_by_case": DISCUSS, "no": EXCLUDED, "unstated": MEETS}[said]
    assert result(one, **BORN, **answers) is expected
    assert result(one, **BORN, **dict.fromkeys(answers, "no")) is MEETS
    assert result(one, **BORN) is MEETS, "what nobody has answered speaks for nothing"


@pytest.mark.parametrize(
    ("said", "born", "unborn"),
    [
        ("refused", EXCLUDED, EXCLUDED),
        ("pre_birth_with_social_care", EXCLUDED, MEETS),
        ("taken", MEETS, MEETS),
        ("unstated", MEETS, MEETS),
    ],
)
def test_an_assessment_of_parenting_is_made_never_before_the_birth_or_always(
    said: str, born: Result, unborn: Result
) -> None:
    one = chart(changed(families__parenting_assessment=said))
    assert result(one, **BORN, parenting_assessment="yes") is born
    assert result(one, **UNBORN, parenting_assessment="yes") is unborn
    assert result(one, **BORN, parenting_assessment="no") is MEETS


@pytest.mark.parametrize(
    ("said", "second", "father"),
    [
        ("primary", EXCLUDED, MEETS),
        ("primary_or_raising", DISCUSS, MEETS),
        ("primary_or_significant", DISCUSS, MEETS),
        ("mother", MEETS, EXCLUDED),
        ("anyone", MEETS, MEETS),
        ("unstated", MEETS, MEETS),
    ],
)
def test_who_may_be_the_focus_carer_is_as_the_service_has_it(said: str, second: Result, father: Result) -> None:
    one = chart(changed(carers={"focus": said}))
    assert result(one, **BORN, primary_carer="no") is second
    assert result(one, **BORN, carer_relationship="father") is father
    assert result(one, **BORN, carer_relationship="mother", primary_carer="yes") is MEETS


@pytest.mark.parametrize(
    ("key", "carers", "infants"),
    [("gp_of", "gp_in_area", "infant_gp_in_area"), ("address_of", "lives_in_area", "infant_lives_in_area")],
)
@pytest.mark.parametrize(
    ("people", "carer_out", "infant_out", "carer_out_before_birth"),
    [
        ([], MEETS, MEETS, MEETS),
        (["carer"], EXCLUDED, MEETS, EXCLUDED),
        (["infant"], MEETS, EXCLUDED, EXCLUDED),
        (["carer", "infant"], EXCLUDED, EXCLUDED, EXCLUDED),
    ],
)
def test_a_place_is_asked_of_the_people_whom_the_service_names_and_of_the_carer_before_the_birth(
    key: str, carers: str, infants: str, people: list[str],
    carer_out: Result, infant_out: Result, carer_out_before_birth: Result,
) -> None:  # fmt: skip
    one = chart(changed(geography={key: people} if people else {}))
    assert result(one, **BORN, **{carers: "no", infants: "yes"}) is carer_out
    assert result(one, **BORN, **{carers: "yes", infants: "no"}) is infant_out
    assert result(one, **UNBORN, **{carers: "no"}) is carer_out_before_birth
    assert result(one, **UNBORN, **{carers: "yes", infants: "no"}) is MEETS


def test_pregnancies_that_are_not_taken_are_excluded_until_the_birth() -> None:
    one = chart(changed(referral__antenatal=False))
    assert result(one, **UNBORN) is EXCLUDED
    assert result(one, **UNBORN, infant_dob=date(2026, 2, 20)) is MEETS
    assert result(chart(changed(referral__antenatal=None)), **UNBORN) is MEETS


def test_a_service_ends_referrals_in_pregnancy_by_a_switch_from_its_day_on() -> None:
    switched = Figure("antenatal", 0, "a decision", TODAY)

    class Entered(Alone):
        def entered(self) -> tuple[Figure, ...]:
            return (switched,)

    for one in CHARTS.values():
        day_before = Facts(one.rules, "rmg_review", date(2026, 3, 1), recorded=UNBORN, beside=Entered())
        on_the_day = Facts(one.rules, "rmg_review", TODAY, recorded=UNBORN, beside=Entered())
        assert [eligibility(facts).result for facts in (day_before, on_the_day)] == [MEETS, EXCLUDED]


def test_each_setting_says_its_answers_alone_and_a_criterion_that_says_it_again_is_a_fault() -> None:
    judged = [(made.key, answer) for made in MADE for answer in made.judges]
    assert len({answer for _, answer in judged}) == len(judged)
    again = {"code": "again", "rule": "answer_is", "answer": "primary_carer", "excluded": ["no"]}
    entry = again | {"sentence": "Not the primary carer.", "source": "a page"}
    with pytest.raises(UnreadableService, match=r"carers\.focus says already what primary_carer means"):
        chart_of(written(changed(carers={"focus": "primary"}, criterion=[entry])), "a.toml")
    by_a_criterion = chart(changed(criterion=[entry]))
    assert result(by_a_criterion, **BORN, primary_carer="no") is EXCLUDED, "where no setting says it, a criterion may"


@pytest.mark.parametrize("one", CHARTS.values(), ids=CHARTS.keys())
def test_no_shipped_document_says_the_same_thing_twice(one: Chart) -> None:
    codes = [criterion.code for criterion in one.rules.eligibility]
    assert len(set(codes)) == len(codes)
    assert {c.code for c in criteria_of(one.rules.settings)} <= set(codes)


def test_what_a_setting_judges_is_asked_on_the_form_of_every_service() -> None:
    asked = {f.name for f in REFERRAL_FORM}
    assert {answer for made in MADE for answer in made.judges} | {f.name for f in CIRCUMSTANCES} <= asked
    for one in CHARTS.values():
        assert set(spoken_of(one.rules.settings)) <= set(one.fields)
