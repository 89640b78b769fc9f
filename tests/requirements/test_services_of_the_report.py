"""Services that the report describes can be written as documents: their ages, carers and referrers need no code."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.services.documents import Tables, added, changed, chart, written
from workflows import Facts
from workflows.eligibility import Result, eligibility
from workflows.figures import FIGURES, SETTINGS
from workflows.guards.referral import missing_answers
from workflows.registry import CURRENT

TODAY = date(2026, 3, 2)
IN_NO_OFFER = {"code": "outside_ages", "rule": "in_no_offer", "sentence": "Outside the ages.", "source": "the report"}


def result(document: Tables, **answers: Any) -> Result:
    of = chart(document)
    known = {"infant_dob": date(2025, 11, 2), "received_on": TODAY, **answers}
    return eligibility(Facts(of.rules, "rmg_review", TODAY, recorded=known)).result


def ages(*windows: tuple[int, int]) -> Tables:
    offers = [
        {
            "code": f"{start}-{end}",
            "name": "x",
            "from_months": start,
            "to_months": end,
            "last_day_is_in": False,
            "source": "x",
        }
        for start, end in windows
    ]
    return changed(offer=offers, criterion=[IN_NO_OFFER])


def only(answer: str, *excluded: str) -> Tables:
    criterion = {
        "code": "one",
        "rule": "answer_is",
        "answer": answer,
        "excluded": list(excluded),
        "sentence": "No.",
        "source": "x",
    }
    return changed(criterion=[criterion])


def born(months: int) -> date:
    return date(TODAY.year - months // 12, TODAY.month, TODAY.day)


def test_a_service_sets_the_ages_that_it_sees() -> None:
    """One year (R-057), two, four (R-058), over two (R-056), from birth or later (R-055)."""
    for limit in (12, 24, 48, 60):
        assert result(ages((0, limit)), infant_dob=born(limit)) is Result.EXCLUDED
        assert result(ages((0, limit)), infant_dob=born(limit - 12)) is Result.MEETS
    two_offers = ages((0, 24), (36, 72))
    assert [result(two_offers, infant_dob=born(months)) for months in (0, 24, 36, 60, 72)] == [
        Result.MEETS, Result.EXCLUDED, Result.MEETS, Result.MEETS, Result.EXCLUDED,
    ]  # fmt: skip


def test_a_service_funded_for_mothers_says_so_by_a_criterion() -> None:
    document = only("carer_relationship", "father", "step_parent", "grandparent", "foster_carer", "other_carer")
    assert result(document, carer_relationship="father") is Result.EXCLUDED
    assert result(document, carer_relationship="mother") is Result.MEETS


def test_an_offer_may_take_referrals_of_social_workers_alone() -> None:
    others = ("gp", "health_visitor", "midwife", "third_sector", "other_professional", "family")
    document = only("referrer_role", *others)
    document["meeting"]["with"] = ["the baby team of the council"]
    assert chart(document).rules.settings.meets_with == ("the baby team of the council",)
    assert result(document, referrer_role="social_worker") is Result.MEETS
    assert result(document, referrer_role="health_visitor") is Result.EXCLUDED


def test_a_service_enters_by_day_what_services_differ_in() -> None:
    amounts = {"call_minutes", "call_minutes_perinatal", "quorum", "meetings_a_week", "caseload_per_wte", "reopen"}
    switches = {"self_referral", "duty_call_required", "antenatal", "priority", "joint_visit", "reason_to_read"}
    waits = {"acknowledge", "forum", "outcome", "wait_first", "wait_over", "watch", "call_back", "summary"}
    assert amounts | switches <= set(SETTINGS)
    assert waits <= set(FIGURES)


def test_what_a_form_must_have_is_the_services_own() -> None:
    of = chart(changed(referral__needs=["postcode"]))
    assert missing_answers(Facts(of.rules, "received", TODAY, recorded={})) == ("postcode",)


@pytest.mark.parametrize("number", [20, pytest.param(400, marks=pytest.mark.long)])
def test_there_are_as_many_services_as_there_are_documents(number: int, tmp_path: Path) -> None:
    """Up to 400 in a national deployment (R-380)."""
    for n in range(number):
        (tmp_path / f"{n:03}.toml").write_text(written(changed(service__key=f"team-{n:03}")), encoding="utf-8")
    with added(tmp_path):
        assert len([key for key in CURRENT if key.startswith("team-")]) == number
        assert CURRENT[f"team-{number - 1:03}"].rules.name == "A third parent-infant relationship service"
    assert "team-000" not in CURRENT
