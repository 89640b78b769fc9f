"""Eligibility has three results: meets, discuss, excluded. Each service measures by its own criteria."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.workflows.paths import TODAY, before_the_decision, case_at, refused
from tests.workflows.shipped import ESSEX, LEEDS
from workflows import Chart, Facts
from workflows.dates import add_months
from workflows.eligibility import Result, eligibility
from workflows.registry import CHARTS

RECEIVED = date(2026, 3, 2)


def result(chart: Chart, **answers: Any) -> tuple[Result, set[str]]:
    known = {"infant_dob": date(2025, 11, 2), "received_on": RECEIVED, **answers}
    found = eligibility(Facts(chart.rules, "rmg_review", TODAY, recorded=known))
    return found.result, {criterion.code for _, criterion in found.findings}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_a_baby_whose_carer_and_place_fit_meets_the_criteria(chart: Chart) -> None:
    everything_fits = {
        "relationship_at_risk": "yes",
        "gp_in_area": "yes",
        "lives_in_area": "yes",
        "in_contact": "yes",
        "primary_carer": "yes",
        "carer_relationship": "father",
        "carer_unavailable": "no",
        "learning_disability": "no",
    }
    assert result(chart, **everything_fits) == (Result.MEETS, set())


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_what_nobody_has_answered_excludes_nobody(chart: Chart) -> None:
    assert result(chart) == (Result.MEETS, set())


@pytest.mark.parametrize(
    ("answers", "leeds", "essex"),
    [
        ({"relationship_at_risk": "no"}, Result.EXCLUDED, Result.EXCLUDED),
        ({"gp_in_area": "no"}, Result.EXCLUDED, Result.EXCLUDED),
        ({"lives_in_area": "no"}, Result.MEETS, Result.EXCLUDED),
        ({"in_contact": "no"}, Result.MEETS, Result.EXCLUDED),
        ({"primary_carer": "no"}, Result.DISCUSS, Result.DISCUSS),
        ({"carer_relationship": "foster_carer"}, Result.MEETS, Result.DISCUSS),
        ({"carer_relationship": "grandparent"}, Result.MEETS, Result.MEETS),
        ({"carer_unavailable": "in_hospital"}, Result.MEETS, Result.DISCUSS),
        ({"carer_unavailable": "in_prison"}, Result.MEETS, Result.DISCUSS),
        ({"carer_unavailable": "in_rehabilitation"}, Result.MEETS, Result.DISCUSS),
        ({"learning_disability": "yes"}, Result.MEETS, Result.DISCUSS),
        ({"infant_dob": None}, Result.DISCUSS, Result.DISCUSS),
        ({"infant_dob": None, "expected_due_date": date(2026, 6, 1)}, Result.MEETS, Result.MEETS),
        ({"primary_carer": "no", "gp_in_area": "no"}, Result.EXCLUDED, Result.EXCLUDED),
    ],
)
def test_each_answer_meets_needs_discussion_or_excludes_as_the_service_has_it(
    answers: dict[str, Any], leeds: Result, essex: Result
) -> None:
    assert result(LEEDS, **answers)[0] is leeds
    assert result(ESSEX, **answers)[0] is essex


@pytest.mark.parametrize(
    ("born", "received", "leeds", "essex"),
    [
        (date(2024, 3, 3), date(2026, 3, 2), Result.MEETS, Result.MEETS),
        (date(2024, 3, 2), date(2026, 3, 2), Result.EXCLUDED, Result.MEETS),
        (date(2024, 3, 1), date(2026, 3, 2), Result.EXCLUDED, Result.EXCLUDED),
        # Born on a leap day: two years old on 1 March, as in English law.
        (date(2024, 2, 29), date(2026, 2, 28), Result.MEETS, Result.MEETS),
        (date(2024, 2, 29), date(2026, 3, 1), Result.EXCLUDED, Result.MEETS),
        (date(2024, 2, 29), date(2026, 3, 2), Result.EXCLUDED, Result.EXCLUDED),
        # Two years old on a leap day.
        (date(2026, 2, 28), date(2028, 2, 28), Result.EXCLUDED, Result.MEETS),
        (date(2026, 2, 28), date(2028, 2, 29), Result.EXCLUDED, Result.EXCLUDED),
        (date(2026, 3, 1), date(2028, 2, 29), Result.MEETS, Result.MEETS),
    ],
)
def test_leeds_takes_babies_until_the_second_birthday_and_essex_on_it(
    born: date, received: date, leeds: Result, essex: Result
) -> None:
    assert result(LEEDS, infant_dob=born, received_on=received)[0] is leeds
    assert result(ESSEX, infant_dob=born, received_on=received)[0] is essex


def test_age_is_measured_when_the_referral_came_and_growing_older_while_waiting_excludes_nobody() -> None:
    before = case_at(LEEDS, "rmg_review")
    before.answers["infant_dob"] = add_months(before.answers["received_on"], -24) + timedelta(days=1)
    facts = before.facts(TODAY + timedelta(days=300))
    assert eligibility(facts).result is Result.MEETS
    assert refused(before, "accept_direct") == {}


def test_the_worst_finding_is_the_result_and_every_finding_is_kept() -> None:
    assert result(ESSEX, primary_carer="no", learning_disability="yes", in_contact="no") == (
        Result.EXCLUDED,
        {"not_primary_carer", "learning_disability", "no_contact"},
    )


@pytest.mark.parametrize(("chart", "accepts"), [(LEEDS, "accept_direct"), (ESSEX, "accept_assessment")])
def test_excluded_refuses_and_discuss_asks_for_the_decision(chart: Chart, accepts: str) -> None:
    before = before_the_decision(chart)
    before.answers["primary_carer"] = "no"
    reason = refused(before, accepts)["discussion_undecided"]
    assert reason.fields == ("eligibility_decision",)
    assert "primary carer" in reason.sentence
    assert refused(before, accepts, eligibility_decision="She raises him; taken on.") == {}
    before.answers["gp_in_area"] = "no"
    assert refused(before, accepts, eligibility_decision="Taken on.").keys() == {"excluded"}


def test_every_criterion_says_where_it_comes_from() -> None:
    for chart in CHARTS.values():
        for criterion in chart.rules.eligibility:
            assert criterion.sentence.endswith(".")
            assert criterion.source
