"""Caseload sheets as the tests need them: rows that hold, files as spreadsheets write them, and what came of them."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from casework import Casework, with_every_role
from casework.intake.columns import COLUMNS
from casework.intake.importing import ImportReport, import_caseload
from persistence import Database
from persistence.tables import case_clocks, case_days, case_events, case_gaps, case_records, cases

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "casework" / "samples" / "caseload.csv"
EXPECTED_OF_SAMPLE = HERE / "expected.json"
AS_OF = date(2026, 11, 20)
CLERK = with_every_role("Clerk", "command_line")

Cells = Mapping[str, object]


def received(number: int, **otherwise: object) -> dict[str, str]:
    """A complete written referral of Leeds that no group has looked at. The number makes it another family's."""
    row = {
        "referral_id": f"R-{number:06d}",
        "service": "leeds-imhs",
        "infant_name": f"Baby Invented{number}",
        "infant_dob": "2026-03-04",
        "carer_name": f"Carer Invented{number}",
        "carer_relationship": "mother",
        "primary_carer": "yes",
        "gp_practice_code": "B86001",
        "postcode": "LS1 1AB",
        "referrer_name": "Robin Referrer",
        "referrer_role": "health_visitor",
        "referrer_contact": "0113 496 0001",
        "duty_call_on": "2026-06-01",
        "indication": "direct",
        "consent_on": "2026-06-01",
        "received_on": "2026-06-08",
        "acknowledged_on": "2026-06-09",
        "referrer_words": "They have been avoiding each other, since the birth.",
        "relationship_need": "moderate",
        "motivation": "adequate",
        "readiness": "adequate",
        "risk_screen_on": "2026-06-01",
    }
    return {**row, **{name: str(value) for name, value in otherwise.items()}}


def decided(number: int, *, outcome: object = "accept_direct", **otherwise: object) -> dict[str, str]:
    """The same after the meeting of 16 June."""
    told: dict[str, object] = {"rmg_on": "2026-06-16", "outcome": outcome, "outcome_told_on": "2026-06-17"}
    if str(outcome).startswith("accept"):
        told["accepted_on"] = "2026-06-16"
    return received(number, **{**told, **otherwise})


def in_work(number: int, until: str = "plan_agreed_on", **otherwise: object) -> dict[str, str]:
    """The same, worked with until a step."""
    told: dict[str, object] = {}
    for column, cell in (
        ("allocated_on", "2026-08-10"),
        ("first_contact_on", "2026-08-20"),
        ("assessment_done_on", "2026-09-21"),
        ("formulation_on", "2026-09-28"),
        ("plan_agreed_on", "2026-10-05"),
    ):
        told[column] = cell
        if column == until:
            break
    told |= {"clinician": "clin-01"}
    told |= {"interventions": "watch_me_play;nbas_nbo"} if "formulation_on" in told else {}
    return decided(number, **{**told, **otherwise})


def write(
    path: Path,
    rows: Iterable[Cells],
    *,
    columns: Sequence[str] = COLUMNS,
    encoding: str = "utf-8",
    delimiter: str = ",",
    line_end: str = "\n",
) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", delimiter=delimiter, lineterminator=line_end)
        writer.writeheader()
        writer.writerows(rows)
    return path


@dataclass(frozen=True, slots=True)
class Generated:
    """A sheet that `make_caseload.py` wrote, and what it says a correct import finds."""

    sheet: Path
    as_of: date
    rows: list[dict[str, Any]]


def generated(folder: Path, seed: int, rows: int = 400) -> Generated:
    sheet, expected = folder / f"seed{seed}.csv", folder / f"seed{seed}.json"
    options = ["--rows", str(rows), "--seed", str(seed), "--out", str(sheet), "--expect", str(expected)]
    subprocess.run([sys.executable, str(HERE / "make_caseload.py"), *options], check=True)
    return read_expected(sheet, expected)


def read_expected(sheet: Path, expected: Path) -> Generated:
    told = json.loads(expected.read_text(encoding="utf-8"))
    return Generated(sheet, date.fromisoformat(told["as_of"]), told["rows"])


def take_in(clinic: Casework, sheet: Path, *, dry_run: bool = False) -> ImportReport:
    return import_caseload(clinic, sheet, CLERK, as_of=AS_OF, dry_run=dry_run)


OF_THE_WRITING = {
    *("id", "case_id", "recorded_at", "effective_at", "request_id"),
    *("head", "salt", "digest", "mac", "key_id"),
}

Picture = dict[str, tuple[Any, ...]]


def picture(database: Database) -> Picture:
    """All that is kept of each case, by its reference, but for ids, moments of writing, and the seals over them."""
    with database.engine.connect() as connection, connection.begin():
        listed = connection.execute(sa.select(cases.c.id, cases.c.service + "/" + cases.c.reference))
        names: dict[UUID, str] = {row[0]: row[1] for row in listed}
        found: dict[str, list[Any]] = {name: [] for name in names.values()}
        for table in (cases, case_records, case_events, case_clocks, case_gaps, case_days):
            own = table.c.id if table is cases else table.c.case_id
            kept = [c for c in table.c if c.name not in OF_THE_WRITING]
            query = sa.select(own, *kept).order_by(*table.primary_key.columns)
            for case_id, *values in connection.execute(query):
                found[names[case_id]].append((table.name, *values))
    return {name: tuple(rows) for name, rows in found.items()}
