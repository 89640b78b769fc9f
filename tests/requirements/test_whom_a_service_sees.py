"""What a service says of the families that it sees is what it does: by its document, and no code."""

from datetime import date
from typing import Any

import pytest

from tests.services.documents import changed, chart
from tests.workflows.shipped import ESSEX, LEEDS
from workflows import Chart, Facts
from workflows.eligibility import Result, eligibility

TODAY = date(2026, 3, 2)
UNBORN = {"infant_dob": None, "expected_due_date": date(2026, 6, 1)}
MEETS, DISCUSS, EXCLUDED = Result.MEETS, Result.DISCUSS, Result.EXCLUDED


def result(of: Chart, **answers: Any) -> Result:
    known = {"infant_dob": date(2025, 11, 2), "received_on": TODAY, **answers}
    return eligibility(Facts(of.rules, "rmg_review", TODAY, recorded=known)).result


def service(**other: Any) -> Chart:
    return chart(changed(criterion=None, **other))


@pytest.mark.parametrize("name", ["child_protection", "looked_after", "own_mental_health"])
@pytest.mark.parametrize(
    ("stance", "found"), [("yes", MEETS), ("case_by_case", DISCUSS), ("no", EXCLUDED), ("unstated", MEETS)]
)
def test_a_service_takes_some_families_talks_each_over_or_takes_none(name: str, stance: str, found: Result) -> None:
    of = service(**{f"families__{name}": stance})
    assert result(of, **{name: "yes"}) is found
    assert result(of, **{name: "no"}) is MEETS
    assert result(of) is MEETS, "what nobody has answered excludes nobody"


def test_a_baby_with_a_foster_carer_is_looked_after_without_being_asked() -> None:
    assert result(service(families__looked_after="no"), carer_relationship="foster_carer") is EXCLUDED
    assert result(ESSEX, carer_relationship="foster_carer") is DISCUSS


@pytest.mark.parametrize(
    ("stance", "born", "unborn"),
    [("refused", EXCLUDED, EXCLUDED), ("pre_birth_with_social_care", EXCLUDED, MEETS), ("taken", MEETS, MEETS)],
)
def test_x4_10_no_assessment_of_parenting_where_none_is_made(stance: str, born: Result, unborn: Result) -> None:
    of = service(families__parenting_assessment=stance)
    assert result(of, parenting_assessment="yes") is born
    assert result(of, **UNBORN, parenting_assessment="yes") is unborn
    assert result(ESSEX, parenting_assessment="yes") is EXCLUDED


@pytest.mark.parametrize(
    ("answers", "leeds", "essex"),
    [
        ({"gp_in_area": "no"}, EXCLUDED, EXCLUDED),
        ({"infant_gp_in_area": "no"}, MEETS, EXCLUDED),
        ({"lives_in_area": "no"}, MEETS, EXCLUDED),
        ({"infant_lives_in_area": "no"}, MEETS, EXCLUDED),
        ({**UNBORN, "infant_gp_in_area": "no"}, MEETS, MEETS),
        ({**UNBORN, "gp_in_area": "no"}, EXCLUDED, EXCLUDED),
    ],
)
def test_in_essex_both_have_their_gp_and_their_home_in_the_area(
    answers: dict[str, Any], leeds: Result, essex: Result
) -> None:
    """An unborn baby has no GP yet: the carer stands for it (C-19)."""
    assert result(LEEDS, **answers) is leeds
    assert result(ESSEX, **answers) is essex


@pytest.mark.parametrize(
    ("focus", "second", "father"),
    [
        ("primary", EXCLUDED, MEETS),
        ("primary_or_raising", DISCUSS, MEETS),
        ("primary_or_significant", DISCUSS, MEETS),
        ("mother", MEETS, EXCLUDED),
        ("anyone", MEETS, MEETS),
    ],
)
def test_whose_relationship_is_worked_on_is_the_services_own(focus: str, second: Result, father: Result) -> None:
    of = service(carers__focus=focus)
    assert result(of, primary_carer="no") is second
    assert result(of, primary_carer="yes", carer_relationship="father") is father
    assert result(of, primary_carer="yes", carer_relationship="mother") is MEETS
