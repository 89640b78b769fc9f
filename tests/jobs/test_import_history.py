"""What an imported case has behind it: the steps on their days, marked as imported, with nothing invented."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from casework import Asked, Casework
from persistence import Database
from persistence.tables import import_runs
from tests.caseload.sheets import AS_OF, CLERK, Cells, decided, in_work, received, take_in, write
from tests.conftest import Clock
from tests.persistence.families import EVERYONE

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
MEETING = date(2026, 6, 16)


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.set(AS_OF, 18)
    return clock


def took(clinic: Casework, tmp_path: Path, row: Cells) -> list[tuple[str, str]]:
    """The steps that the one row of a sheet led to, with their days."""
    report = take_in(clinic, write(tmp_path / "sheet.csv", [row]))
    assert report.refused == []
    return [(event.trigger, event.effective_on.isoformat()) for event in clinic.history(str(row["referral_id"]))]


def test_the_whole_way_is_taken_step_by_step_on_the_days_given(casework: Casework, tmp_path: Path) -> None:
    row = in_work(1, ended_on="2026-11-09", end_reason="treatment_completed")
    assert took(casework, tmp_path, row) == [
        ("take_call", "2026-06-01"),
        ("indicate_direct", "2026-06-01"),
        ("receive_referral", "2026-06-08"),
        ("acknowledge", "2026-06-09"),
        ("pass_checks", "2026-06-16"),
        ("accept_direct", "2026-06-16"),
        ("tell_outcome", "2026-06-17"),
        ("allocate", "2026-08-10"),
        ("first_contact", "2026-08-20"),
        ("finish_assessment", "2026-09-21"),
        ("offer_plan", "2026-09-28"),
        ("family_agrees", "2026-10-05"),
        ("begin_ending", "2026-11-09"),
        ("discharge", "2026-11-09"),
    ]
    case = casework.case("R-000001")
    assert (case.state, case.closed_on, case.clocks["wait_to_allocation"].days(AS_OF)) == (
        "discharged",
        date(2026, 11, 9),
        55,
    )


def test_every_step_is_marked_as_imported_by_whom_and_in_which_run(
    casework: Casework, clock: Clock, tmp_path: Path
) -> None:
    report = take_in(casework, write(tmp_path / "sheet.csv", [in_work(1)]))
    for number, event in enumerate(casework.history("R-000001"), 1):
        assert (event.seq, event.imported, event.role) == (number, True, None)
        assert (event.actor, event.via, event.request_id) == (CLERK.name, CLERK.via, str(report.run_id))
        assert (event.effective_at, event.recorded_at) == (None, clock.now)


def test_what_the_sheet_does_not_hold_is_said_and_not_invented(casework: Casework, tmp_path: Path) -> None:
    row = in_work(1, consent_on="", motivation="")
    took(casework, tmp_path, row)
    lacking = {event.trigger: set(event.not_recorded) for event in casework.history("R-000001")}
    assert lacking["take_call"] == lacking["acknowledge"] == lacking["tell_outcome"] == set()
    assert {"consent_on", "motivation"} <= lacking["pass_checks"]
    assert lacking["accept_direct"] == {"reason"}
    assert lacking["allocate"] == set()
    assert lacking["first_contact"] == {"setting", "participants"}
    assert {"disciplines", "hypothesis"} <= lacking["offer_plan"]
    assert "interventions" not in lacking["offer_plan"]
    for event in casework.history("R-000001"):
        assert not set(event.not_recorded) & set(event.data)


def test_a_family_without_recorded_consent_is_on_the_list_and_flagged(casework: Casework, tmp_path: Path) -> None:
    take_in(casework, write(tmp_path / "sheet.csv", [decided(1, consent_on="")]))
    casework.night(AS_OF)
    assert casework.worklist()[0].flags == ("missing_information", "wait_over_12_weeks")
    assert casework.worklist()[0].missing == ("consent_on",)


def test_an_imported_case_is_as_one_that_was_worked_by_hand(casework: Casework, clock: Clock, tmp_path: Path) -> None:
    row = received(1, duty_call_on="", indication="")
    took(casework, tmp_path, row)
    form = {n: c for n, c in received(2, duty_call_on="", indication="").items() if n not in ("referral_id", "service")}
    received_on, told_on = date.fromisoformat(form.pop("received_on")), date.fromisoformat(form.pop("acknowledged_on"))
    by_hand = casework.open_case("leeds-imhs", "receive_referral", EVERYONE, form, reference="by-hand", on=received_on)
    casework.fire(by_hand.case_id, "acknowledge", EVERYONE, seen=1, on=told_on)
    imported, worked = casework.case("R-000001"), casework.case("by-hand")
    assert (imported.state, imported.clocks, imported.gaps) == (worked.state, worked.clocks, worked.gaps)
    names = {"infant_name", "carer_name"}
    assert {n: a for n, a in imported.answers.items() if n not in names} == {
        n: a for n, a in worked.answers.items() if n not in names
    }


@pytest.mark.parametrize(
    ("cells", "steps"),
    [
        (
            {"duty_call_on": "2026-06-10", "indication": ""},
            [("receive_referral", "2026-06-08"), ("take_call", "2026-06-10"), ("acknowledge", "2026-06-09")],
        ),
        (
            {"duty_call_on": "2026-06-08"},
            [
                ("take_call", "2026-06-08"),
                ("indicate_direct", "2026-06-08"),
                ("receive_referral", "2026-06-08"),
                ("acknowledge", "2026-06-09"),
            ],
        ),
        (
            {"received_on": "", "acknowledged_on": "", "referrer_words": ""},
            [("take_call", "2026-06-01"), ("indicate_direct", "2026-06-01")],
        ),
        (
            {"received_on": "", "acknowledged_on": "", "indication": "consultation"},
            [("take_call", "2026-06-01"), ("indicate_consultation", "2026-06-01")],
        ),
    ],
    ids=["called after the form came", "called on the same day", "the form has not come", "a consultation"],
)
def test_the_call_and_the_form_are_taken_in_the_order_of_their_days(
    casework: Casework, tmp_path: Path, cells: dict[str, str], steps: list[tuple[str, str]]
) -> None:
    assert took(casework, tmp_path, received(1, **cells)) == steps


def test_a_referrer_may_have_been_told_late(casework: Casework, tmp_path: Path) -> None:
    assert ("acknowledge", "2026-07-30") in took(casework, tmp_path, decided(1, acknowledged_on="2026-07-30"))
    assert casework.case("R-000001").state == "waiting"
    assert not casework.case("R-000001").clocks["acknowledge"].running


def test_a_hold_that_is_still_on_is_on(casework: Casework, tmp_path: Path) -> None:
    row = decided(1, hold_from="2026-07-01", hold_reason="neonatal_stay")
    assert took(casework, tmp_path, row)[-1] == ("place_hold", "2026-07-01")
    casework.night(AS_OF)
    listed = casework.worklist()[0]
    assert (listed.held, listed.flags) == (True, ("hold_review_due",)), "nobody agreed when to look at it again"
    assert (listed.waiting_days, listed.adjusted_days) == (157, 15)


def test_a_hold_with_a_planned_end_is_on_and_its_end_is_when_it_is_looked_at(
    casework: Casework, tmp_path: Path
) -> None:
    row = decided(1, hold_from="2026-07-01", hold_until="2027-01-04", hold_reason="neonatal_stay")
    took(casework, tmp_path, row)
    assert casework.case("R-000001").held_since == date(2026, 7, 1)
    assert casework.history("R-000001")[-1].data == {"hold_reason": "neonatal_stay", "review_on": date(2027, 1, 4)}


@pytest.mark.parametrize(
    ("hold", "before", "adjusted"),
    [
        (("2026-07-01", "2026-08-01"), "allocate", 55 - 31),
        (("2026-06-16", "2026-06-17"), "allocate", 55 - 1),
        (("2026-08-25", "2026-09-01"), "finish_assessment", 55),
        (("2026-07-01", "2026-08-10"), "allocate", 55 - 40),
    ],
    ids=["while waiting", "on the day of acceptance", "while assessed", "until the day of allocation"],
)
def test_a_hold_that_is_over_is_laid_between_the_steps(
    casework: Casework, tmp_path: Path, hold: tuple[str, str], before: str, adjusted: int
) -> None:
    triggers = [trigger for trigger, _ in took(casework, tmp_path, in_work(1, hold_from=hold[0], hold_until=hold[1]))]
    assert triggers[triggers.index("resume") + 1] == before
    case = casework.case("R-000001")
    wait = case.clocks["wait_to_allocation"]
    assert (case.held_since, wait.days(AS_OF), wait.adjusted(AS_OF, None)) == (None, 55, adjusted)


@pytest.mark.parametrize(
    ("row", "last", "state"),
    [
        (decided(1, outcome="decline", ended_on="2026-06-16", end_reason="declined"), "decline", "declined"),
        (decided(1, outcome="signpost", ended_on="2026-06-16", outcome_told_on=""), "signpost", "signposted"),
        (decided(1, outcome="signpost", outcome_told_on=""), "signpost", "signposted"),
        (decided(1, outcome="offer_consultation", outcome_told_on=""), "offer_consultation", "consultation"),
        (in_work(1, "formulation_on", ended_on="2026-10-05", end_reason="declined"), "family_declines", "discharged"),
        (in_work(1, "assessment_done_on", ended_on="2026-10-05", end_reason="signposted"), "signpost", "signposted"),
        (in_work(1, ended_on="2026-10-05"), "discharge", "discharged"),
        (decided(1, outcome="", outcome_told_on="", accepted_on=""), "pass_checks", "rmg_review"),
    ],
    ids=["declined", "signposted", "signposted on the day of the meeting", "consulted about", "declines the plan",
         "signposted after the assessment", "ends for no reason given", "before the group"],
)  # fmt: skip
def test_a_case_ends_or_stays_where_its_row_ends(
    casework: Casework, tmp_path: Path, row: dict[str, str], last: str, state: str
) -> None:
    steps = [trigger for trigger, _ in took(casework, tmp_path, row) if trigger != "tell_outcome"]
    assert (steps[-1], casework.case("R-000001").state) == (last, state)


def test_a_step_that_the_sheet_does_not_date_is_taken_on_the_day_of_the_one_that_follows(
    casework: Casework, tmp_path: Path
) -> None:
    steps = dict(took(casework, tmp_path, decided(1, accepted_on="")))
    assert steps["pass_checks"] == steps["accept_direct"] == MEETING.isoformat()


def test_the_referrers_words_are_kept_to_the_letter(casework: Casework, tmp_path: Path) -> None:
    words = '  "She cries", he said; naïve – café.\n\n\tShe looks away,   always. '
    took(casework, tmp_path, received(1, referrer_words=words))
    assert casework.case("R-000001").answers["referrer_words"] == words


def test_the_run_is_kept_and_told_and_so_is_each_step_and_each_refusal(
    casework: Casework, database: Database, tmp_path: Path, log_lines: list[Any]
) -> None:
    sheet = write(tmp_path / "sheet.csv", [received(1), decided(2), received(3, received_on="31/02/2026")])
    report = take_in(casework, sheet)
    lines = [(line["event"], line.get("reference")) for line in log_lines]
    assert lines[0] == ("import.started", None)
    assert lines[-1] == ("import.finished", None)
    assert lines.count(("case.opened", "R-000001")) == lines.count(("case.opened", "R-000002")) == 1
    assert lines.count(("import.row_refused", "R-000003")) == 1
    told = [line for line in log_lines if line["event"].startswith("case.")]
    assert len(told) == sum(len(casework.history(reference)) for reference in ("R-000001", "R-000002"))
    assert all(line["imported"] and line["request_id"] == str(report.run_id) for line in told)
    with database.engine.connect() as connection, connection.begin():
        run = connection.execute(sa.select(import_runs)).mappings().one()
    assert (run["id"], run["by"], run["as_of"]) == (report.run_id, CLERK.name, AS_OF)
    assert run["counts"] == report.counts() == {"read": 3, "loaded": 2, "unchanged": 0, "changed": 0, "refused": 1}
    assert run["finished_at"] is not None


def test_a_dry_run_tells_the_log_nothing(casework: Casework, tmp_path: Path, log_lines: list[Any]) -> None:
    take_in(casework, write(tmp_path / "sheet.csv", [received(1), received(2, service="")]), dry_run=True)
    assert log_lines == []


def test_who_came_by_sheet_is_worked_with_like_any_other(casework: Casework, tmp_path: Path) -> None:
    take_in(casework, write(tmp_path / "sheet.csv", [decided(1)]))
    casework.night(AS_OF)
    case = casework.case("R-000001")
    receipt = casework.fire(case.id, "allocate", EVERYONE, {"clinician": "clin-01"}, seen=case.version)
    assert receipt.cleared_flags == ("wait_over_12_weeks",)
    assert casework.flags(Asked(AS_OF)) == []
