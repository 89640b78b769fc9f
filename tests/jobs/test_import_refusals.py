"""A row that breaks a rule is refused alone, by its row number, column and code, without repeating what it says."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from casework import Casework
from casework.intake.columns import COLUMNS
from casework.intake.importing import RefusedRow
from persistence import Database
from tests.caseload.sheets import AS_OF, Cells, decided, in_work, picture, received, take_in, write
from tests.conftest import Clock

TOMORROW = AS_OF + timedelta(days=1)
ESSEX = {"service": "together-with-baby"}
CLOSED = {"outcome": "decline", "ended_on": "2026-06-16"}

Refused = tuple[Cells, str | None, str]

CELLS: dict[str, Refused] = {
    "an NHS number with a wrong check digit": ({"carer_nhs_number": "9990000019"}, "carer_nhs_number", "invalid_nhs_number"),
    "an NHS number of nine digits": ({"infant_nhs_number": "999000001"}, "infant_nhs_number", "invalid_nhs_number"),
    "an NHS number of zeros": ({"infant_nhs_number": "0000000000"}, "infant_nhs_number", "invalid_nhs_number"),
    "a day that no month has": ({"received_on": "31/02/2026"}, "received_on", "invalid_date"),
    "a month that no year has": ({"consent_on": "2026-13-01"}, "consent_on", "invalid_date"),
    "a leap day of another year": ({"infant_dob": "29/02/2025"}, "infant_dob", "invalid_date"),
    "a year of two digits": ({"received_on": "8/6/26"}, "received_on", "invalid_date"),
    "an American date": ({"received_on": "6/28/2026"}, "received_on", "invalid_date"),
    "a word for a date": ({"received_on": "yesterday"}, "received_on", "invalid_date"),
    "a date to come": ({"acknowledged_on": TOMORROW}, "acknowledged_on", "date_in_future"),
    "a birth to come": ({"infant_dob": TOMORROW}, "infant_dob", "date_in_future"),
    "a service that is not here": ({"service": "atlantis-imhs"}, "service", "unknown_service"),
    "no service": ({"service": ""}, "service", "unknown_service"),
    "no reference": ({"referral_id": ""}, "referral_id", "bad_reference"),
    "a reference with a blank": ({"referral_id": "R 1"}, "referral_id", "bad_reference"),
    "a reference that is too long": ({"referral_id": "R" * 65}, "referral_id", "bad_reference"),
    "a role that nobody has": ({"referrer_role": "wizard"}, "referrer_role", "unknown_code"),
    "neither yes nor no": ({"primary_carer": "perhaps"}, "primary_carer", "unknown_code"),
    "an outcome that no group gives": ({"rmg_on": "2026-06-16", "outcome": "adjourned"}, "outcome", "unknown_code"),
    "a name that is too long": ({"carer_name": "n" * 201}, "carer_name", "too_long"),
    "words that are too long": ({"referrer_words": "w" * 20_001}, "referrer_words", "too_long"),
    "a bell in a name": ({"carer_name": "Rob\x07in"}, "carer_name", "control_characters"),
    "a tab in a name": ({"carer_name": "Ro\tbin"}, "carer_name", "control_characters"),
    "neither a call nor a referral": ({"duty_call_on": "", "received_on": "", "acknowledged_on": ""}, "received_on", "impossible_step"),
    "a professional's service asked by a family": ({"referrer_role": "family"}, "received_on", "self_referral_not_taken"),
    "acknowledged before it came": ({"acknowledged_on": "2026-06-07"}, "acknowledged_on", "out_of_order"),
    "acknowledged and never came": ({"received_on": ""}, "acknowledged_on", "impossible_step"),
    "an outcome of no meeting": ({"outcome": "decline"}, "outcome", "impossible_step"),
    "a hold that ends and never began": ({"hold_until": "2026-07-01"}, "hold_until", "impossible_step"),
    "a reason for no hold": ({"hold_reason": "other"}, "hold_reason", "impossible_step"),
    "a hold before the referral": ({"hold_from": "2026-05-01"}, "hold_from", "out_of_order"),
    "a hold that ends before it begins": ({"hold_from": "2026-07-02", "hold_until": "2026-07-01"}, "hold_until", "out_of_order"),
}  # fmt: skip

DECISIONS: dict[str, Refused] = {
    "a meeting before the referral": ({"rmg_on": "2026-06-01"}, "rmg_on", "out_of_order"),
    "accepted before the meeting": ({"accepted_on": "2026-06-15"}, "accepted_on", "out_of_order"),
    "told before it was decided": ({"outcome_told_on": "2026-06-15"}, "outcome_told_on", "out_of_order"),
    "accepted although declined": ({**CLOSED, "accepted_on": "2026-06-16"}, "accepted_on", "impossible_step"),
    "accepted although watched": ({"outcome": "watch_and_wait", "accepted_on": "2026-06-16"}, "accepted_on", "impossible_step"),
    "the outcome of the other service": ({"outcome": "accept_assessment"}, "accepted_on", "impossible_step"),
    "a child of three in Leeds": ({"infant_dob": "2023-06-01"}, "accepted_on", "excluded"),
    "a second birthday in Leeds": ({"infant_dob": "2024-06-08"}, "accepted_on", "excluded"),
    "watching while the need is high": ({"outcome": "watch_and_wait", "accepted_on": "", "relationship_need": "high"}, "outcome", "need_too_high"),
    "work after it was declined": ({**CLOSED, "accepted_on": "", "allocated_on": "2026-08-10"}, "allocated_on", "impossible_step"),
    "a clinician who was not allocated": ({"clinician": "clin-01"}, "clinician", "impossible_step"),
    "interventions of no plan": ({"interventions": "watch_me_play"}, "interventions", "impossible_step"),
    "a reason for no ending": ({"end_reason": "declined"}, "end_reason", "impossible_step"),
    "a formulation of no assessment": ({"formulation_on": "2026-06-16"}, "formulation_on", "impossible_step"),
    "allocated while on hold": ({"hold_from": "2026-07-01", "allocated_on": "2026-08-10"}, "allocated_on", "on_hold"),
    "an ending of no work": ({"ended_on": "2026-08-10", "end_reason": "treatment_completed"}, "ended_on", "impossible_step"),
}  # fmt: skip

WORK: dict[str, Refused] = {
    "allocated before it was accepted": ({"allocated_on": "2026-06-15"}, "allocated_on", "out_of_order"),
    "seen before anybody was allocated": ({"first_contact_on": "2026-08-09"}, "first_contact_on", "out_of_order"),
    "assessed before the first contact": ({"assessment_done_on": "2026-08-19"}, "assessment_done_on", "out_of_order"),
    "formulated before it was assessed": ({"formulation_on": "2026-09-20"}, "formulation_on", "out_of_order"),
    "agreed to before it was formulated": ({"plan_agreed_on": "2026-09-27"}, "plan_agreed_on", "out_of_order"),
    "ended before the plan was agreed": ({"ended_on": "2026-10-04", "end_reason": "treatment_completed"}, "ended_on", "out_of_order"),
    "an intervention that nobody offers": ({"interventions": "watch_me_play;magic"}, "interventions", "unknown_code"),
    "assessed and never seen": ({"first_contact_on": ""}, "assessment_done_on", "impossible_step"),
    "declined after the plan was agreed": ({"ended_on": "2026-11-01", "end_reason": "declined"}, "ended_on", "impossible_step"),
    "on hold after it ended": ({"ended_on": "2026-11-01", "end_reason": "treatment_completed", "hold_from": "2026-11-02"}, "hold_from", "impossible_step"),
}  # fmt: skip

ALL: list[tuple[str, dict[str, str], str | None, str]] = [
    (what, {**row(number), **{name: str(cell) for name, cell in cells.items()}}, column, code)
    for row, table in ((received, CELLS), (decided, DECISIONS), (in_work, WORK))
    for number, (what, (cells, column, code)) in enumerate(table.items(), 100)
]


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.set(AS_OF, 18)
    return clock


def test_each_row_that_breaks_a_rule_is_refused_by_its_column_and_code_and_the_others_are_loaded(
    casework: Casework, database: Database, tmp_path: Path
) -> None:
    rows: list[dict[str, Any]] = []
    for number, (_, row, _, _) in enumerate(ALL):
        rows += [row, received(1000 + number)]
    report = take_in(casework, write(tmp_path / "sheet.csv", rows))
    found = {row.row: (row.column, row.code) for row in report.refused}
    expected = {1 + 2 * place: (column, code) for place, (_, _, column, code) in enumerate(ALL)}
    names = {1 + 2 * place: what for place, (what, _, _, _) in enumerate(ALL)}
    wrong = {names.get(row, row): (expected.get(row), found.get(row)) for row in expected.keys() ^ found.keys()}
    wrong |= {
        names[row]: (expected[row], found[row]) for row in expected.keys() & found.keys() if expected[row] != found[row]
    }
    assert not wrong, "expected, found"
    assert report.loaded == len(ALL) == len(picture(database))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_refusal_repeats_nothing_that_was_typed(casework: Casework, tmp_path: Path, log_lines: list[Any]) -> None:
    report = take_in(casework, write(tmp_path / "sheet.csv", [row for _, row, _, _ in ALL]))
    told = " ".join([*(f"{row.message} {row.also}" for row in report.refused), *map(str, log_lines)])
    for typed in (
        "Invented",
        "LS1 1AB",
        "wizard",
        "31/02",
        "9990000019",
        "perhaps",
        "adjourned",
        "magic",
        "nnn",
        "2023",
    ):
        assert typed not in told


def refusals_of(clinic: Casework, sheet: Path) -> list[RefusedRow]:
    return take_in(clinic, sheet).refused


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_everything_that_is_wrong_with_the_cells_of_a_row_is_said_at_once(casework: Casework, tmp_path: Path) -> None:
    wrong = received(1, service="atlantis", referrer_role="wizard", received_on="soon", clinician="clin-01")
    (refused,) = refusals_of(casework, write(tmp_path / "sheet.csv", [wrong]))
    told = {refused.code, *(code for code, _, _ in refused.also)}
    assert told == {"unknown_service", "unknown_code", "invalid_date", "impossible_step"}
    assert {column for _, column, _ in refused.also} <= set(COLUMNS)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_lines_that_are_no_rows_are_refused_alone(casework: Casework, tmp_path: Path) -> None:
    sheet = write(tmp_path / "sheet.csv", [received(1), received(2), received(3)])
    lines = sheet.read_text(encoding="utf-8").splitlines()
    lines[2] += ",one,cell,more"
    lines.insert(3, 'R-000009,leeds-imhs,"a quotation mark that nobody closes')
    torn = (
        "\n".join(lines).encode()
        + b"\n"
        + lines[1].encode().replace(b"R-000001", b"R-000004").replace(b"Robin", b"R\xf3bin")
    )
    sheet.write_bytes(torn + "\né é é é é é é é".encode() + b"\n")
    report = take_in(casework, sheet)
    assert [(row.row, row.code) for row in report.refused] == [
        (2, "wrong_number_of_columns"),
        (3, "broken_quotes"),
        (5, "unreadable_text"),
        (6, "wrong_number_of_columns"),
    ]
    assert (report.read, report.loaded) == (6, 2)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("cells", "stage"),
    [
        ({**ESSEX, "referrer_role": "family"}, "written_referral"),
        ({**ESSEX, "infant_dob": "2024-06-08", "outcome": "accept_assessment", "rmg_on": "2026-06-16"}, "waiting"),
        ({"primary_carer": "no", "outcome": "accept_direct", "rmg_on": "2026-06-16"}, "waiting"),
        ({"motivation": "low", "readiness": "low", "outcome": "accept_direct", "rmg_on": "2026-06-16"}, "waiting"),
        ({"infant_dob": "", "infant_name": "", "expected_due_date": date(2027, 1, 4)}, "written_referral"),
        ({"carer_nhs_number": "999 000 0018"}, "written_referral"),
        ({"hold_from": "2026-07-01", "hold_until": TOMORROW}, "written_referral"),
    ],
    ids=["a family refers itself to Essex", "a second birthday in Essex", "discussed by the group", "decided although both are low",
         "before birth", "an NHS number with blanks", "a hold with a planned end"],
)  # fmt: skip
def test_what_looks_like_a_fault_and_is_none_is_loaded(
    casework: Casework, tmp_path: Path, cells: dict[str, object], stage: str
) -> None:
    report = take_in(casework, write(tmp_path / "sheet.csv", [received(1, **cells)]))
    assert report.refused == []
    assert report.stages == {stage: 1}
