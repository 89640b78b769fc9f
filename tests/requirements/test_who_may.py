"""Who decides what: on every pathway, by every row."""

import pytest

from workflows import Chart, Role
from workflows.beside import RecordKind
from workflows.records.charts import records_of
from workflows.registry import CHARTS
from workflows.vocabulary import NEW

EVERY_CHART = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())


def who(chart: Chart, *triggers: str) -> set[Role]:
    """Everybody who may take one of these steps, from whatever state."""
    found = {
        trigger: {role for row in chart.moves if row.trigger == trigger for role in row.who} for trigger in triggers
    }
    assert all(found.values()), found
    return set().union(*found.values())


@EVERY_CHART
def test_the_duty_clinician_and_nobody_else_gives_an_indication(chart: Chart) -> None:
    assert who(chart, "indicate_direct", "indicate_consultation", "advise_watching") == {Role.DUTY}
    calls = [row for row in chart.moves if row.trigger == "take_call"]
    assert {NEW, "call_booked", "call_back_due", "received", "information_requested"} <= {row.source for row in calls}
    assert {row.who for row in calls} == {(Role.DUTY,)}, "an administrator books a call and does not hold it"


@EVERY_CHART
def test_an_administrator_takes_in_forms_and_decides_nothing(chart: Chart) -> None:
    assert Role.ADMINISTRATOR in who(chart, "receive_referral") & who(chart, "acknowledge") & who(chart, "pass_checks")
    decided = [row for row in chart.moves if row.source == "rmg_review" and ("outcome" in dict(row.records))]
    assert decided
    assert [row.trigger for row in decided if Role.ADMINISTRATOR in row.who] == []


@EVERY_CHART
def test_eligibility_is_decided_by_the_chair_or_the_lead_alone(chart: Chart) -> None:
    accepting = [row for row in chart.moves if "accepted_for" in dict(row.records)]
    assert accepting
    assert {role for row in accepting for role in row.who} == {Role.CHAIR, Role.LEAD}
    assert who(chart, "decline") == {Role.CHAIR}


@EVERY_CHART
def test_staff_records_are_the_managers_and_the_leads(chart: Chart) -> None:
    staff = records_of(chart)[RecordKind.STAFF]
    assert {role for row in staff.moves for role in row.who} == {Role.MANAGER, Role.LEAD}
    assert who(chart, "allocate") == {Role.MANAGER, Role.LEAD}


@EVERY_CHART
def test_the_assessing_clinician_finishes_the_assessment_and_the_team_formulates(chart: Chart) -> None:
    assert who(chart, "finish_assessment") == {Role.CLINICIAN}
    assert Role.TEAM in who(chart, "offer_plan")
    assert {row.to for row in chart.moves if row.trigger == "finish_assessment"} == {"formulation"}
