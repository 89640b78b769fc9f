"""`casework import`, `nightly`, `flags` and `worklist`: a caseload taken in, and what a team then sees of it."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.line import DAY, SAMPLE, Line

IMPORT = ("import", SAMPLE, "--as-of", DAY)


KNOWN = {"wait_8_weeks", "wait_over_12_weeks", "missing_information"}
"""The kinds of flag that whoever wrote the sample knew of."""

RAISED = {
    "wait_8_weeks": 10, "wait_over_12_weeks": 5, "missing_information": 37, "allocated_not_started": 10,
    "watch_review_due": 4, "ages_out_before_start": 3, "birth_before_start": 5, "birth_unrecorded": 29,
}  # fmt: skip
EXPECTED = SAMPLE.parents[2] / "tests" / "caseload" / "expected.json"


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """What whoever wrote the sample says that a correct import finds in it."""
    found: dict[str, Any] = json.loads(EXPECTED.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def loaded(empty: Line) -> Line:
    """Loaded and swept through the command line itself, on each database."""
    assert empty(*IMPORT).exit_code == 1
    assert empty("nightly").exit_code == 0
    return empty


def written(line: Line, rows: list[dict[str, str]], name: str = "sheet.csv") -> Path:
    with (line.folder / name).open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, list(rows[0]))
        sheet.writeheader()
        sheet.writerows(rows)
    return line.folder / name


def sample_rows() -> list[dict[str, str]]:
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_an_import_refuses_the_rows_that_it_should_and_no_others(empty: Line, expected: dict[str, Any]) -> None:
    refused = empty.document(*IMPORT, exit_code=1)["refused"]
    wanted = {(row["row"], row["referral_id"], row["refused"]) for row in expected["rows"] if "refused" in row}
    assert {(row["row"], row["reference"], row["code"]) for row in refused} == wanted


def test_an_import_counts_its_rows_lists_those_it_refused_and_ends_with_1(empty: Line) -> None:
    report = empty.document(*IMPORT, exit_code=1)
    assert (report["read"], report["loaded"], report["unchanged"], report["changed"]) == (400, 389, 0, [])
    assert len(report["refused"]) == 11
    assert sum(report["stages"].values()) == 389
    assert set(report) == {
        "run_id", "dry_run", "read", "loaded", "unchanged", "changed", "refused", "stages", "encoding", "notices",
        "extra_columns", "absent_columns", "seconds", "alike",
    }  # fmt: skip
    first = report["refused"][0]
    assert {k: first[k] for k in ("row", "reference", "column", "code", "also")} == {
        "row": 19, "reference": "R-000019", "column": "carer_nhs_number", "code": "invalid_nhs_number", "also": [],
    }  # fmt: skip
    assert first["message"].startswith("This is no valid NHS number")


def test_people_read_each_refused_row_with_its_column_code_and_reason(empty: Line) -> None:
    result = empty(*IMPORT)
    assert result.exit_code == 1
    assert result.stdout.startswith("caseload.csv: 400 rows read, 389 loaded, 0 unchanged, 11 refused")
    assert "375  R-000375   received_on       invalid_date        This is no date." in result.stdout
    assert result.stderr == ""


def test_every_problem_of_a_row_is_listed(empty: Line) -> None:
    row = {**sample_rows()[0], "infant_nhs_number": "9990000000", "received_on": "soon"}
    (refused,) = empty.document("import", written(empty, [row]), exit_code=1)["refused"]
    assert {(p["column"], p["code"]) for p in [refused, *refused["also"]]} == {
        ("infant_nhs_number", "invalid_nhs_number"), ("received_on", "invalid_date"),
    }  # fmt: skip
    shown = empty("import", written(empty, [row])).stdout.splitlines()
    assert [line.split()[-10:] for line in shown if "invalid_" in line]


def test_the_same_file_again_changes_nothing_and_says_so(empty: Line) -> None:
    rows = sample_rows()[:3]
    assert empty("import", written(empty, rows)).exit_code == 0
    again = empty.document("import", written(empty, rows))
    assert (again["read"], again["loaded"], again["unchanged"], again["refused"]) == (3, 0, 3, [])


def test_a_row_that_reads_otherwise_now_is_named_left_alone_and_ends_with_1(empty: Line) -> None:
    rows = sample_rows()[:3]
    empty("import", written(empty, rows))
    rows[0]["referrer_words"] = "Something else."
    assert empty.document("import", written(empty, rows), exit_code=1)["changed"] == ["R-000001"]
    shown = empty("import", written(empty, rows))
    assert shown.exit_code == 1
    assert "left as they are:\n  R-000001\n" in shown.stdout
    words = empty.document("case", "show", "R-000001")["answers"]["referrer_words"]
    assert words != "Something else."


def test_a_dry_run_of_an_import_says_what_it_would_do_and_leaves_nothing(empty: Line) -> None:
    shown = empty(*IMPORT, "--dry-run")
    assert shown.exit_code == 1
    assert "389 would be loaded" in shown.stdout
    assert "nothing was written" in shown.stdout
    assert empty.document("worklist") == []
    assert empty.log_lines() == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_caseload"),
        (b"name,phone\nMina Smith,0113\n", "not_a_caseload"),
        (b"PK\x03\x04\x00", "not_a_caseload"),
    ],
)
def test_a_file_that_is_no_caseload_is_refused_whole_with_2(empty: Line, content: bytes, code: str) -> None:
    path = empty.folder / "sheet.csv"
    path.write_bytes(content)
    result = empty("import", path, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.endswith(f"({code})\n")
    assert "Mina" not in result.stderr


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_folder_is_no_caseload_and_a_day_to_come_is_none_to_import_for(empty: Line) -> None:
    assert empty("import", empty.folder).stderr.endswith("(file_not_readable)\n")
    assert empty("import", SAMPLE, "--as-of", "2026-11-21").stderr.endswith("(date_in_future)\n")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_notices_about_the_file_are_passed_on(empty: Line) -> None:
    rows = [{**row, "shoe size": "38"} for row in sample_rows()[:2]]
    path = written(empty, rows)
    path.write_bytes(path.read_text(encoding="utf-8").replace("Mum", "Mamã").encode("cp1252"))
    report = empty.document("import", path)
    assert report["encoding"] == "cp1252"
    assert report["extra_columns"] == ["shoe size"]
    again = empty("import", path).stdout
    assert all(notice in again for notice in report["notices"])


def test_flags_and_worklist_are_those_that_the_caseload_should_have(loaded: Line, expected: dict[str, Any]) -> None:
    flags = loaded.document("flags")
    good = [row for row in expected["rows"] if "refused" not in row]
    wanted = {(row["referral_id"], kind) for row in good for kind in row["flags"]}
    assert {(flag["reference"], flag["kind"]) for flag in flags if flag["kind"] in KNOWN} == wanted
    missing = {row["referral_id"]: set(row["missing"]) for row in good}
    about_answers = [flag for flag in flags if flag["kind"] == "missing_information"]
    assert all(set(flag["missing"]) == missing[flag["reference"]] for flag in about_answers)
    listed = {row["reference"]: row for row in loaded.document("worklist")}
    still_open = {row["referral_id"]: row for row in good if row["stage"] != "closed"}
    assert {r: (row["stage"], row["waiting_days"]) for r, row in listed.items()} == {
        r: (row["stage"], row["waiting_days"]) for r, row in still_open.items()
    }
    assert all(set(row["flags"]) & KNOWN == set(still_open[r]["flags"]) for r, row in listed.items())


def test_the_keys_of_the_lists_are_those_that_scripts_rely_on(clinic: Line) -> None:
    keys = {"service", "reference", "case_id", "kind", "state", "stage", "raised_on", "days", "missing"}
    assert all(keys | {"severity", "owner", "sentence"} <= set(flag) for flag in clinic.document("flags"))
    keys = {"service", "reference", "case_id", "state", "stage", "waiting_days", "adjusted_days", "held", "flags"}
    assert all(keys | {"missing", "clinician", "opened_on"} <= set(row) for row in clinic.document("worklist"))


def test_both_lists_begin_with_the_longest_wait_and_are_narrowed_as_asked(either_clinic: Line) -> None:
    waits = [row["waiting_days"] for row in either_clinic.document("worklist", "--stage", "waiting")]
    assert waits == sorted(waits, reverse=True)
    days = [flag["days"] for flag in either_clinic.document("flags")]
    counted = [number for number in days if number is not None]
    assert counted == sorted(counted, reverse=True)
    assert days[: len(counted)] == counted, "what has no wait comes last"
    narrowed = either_clinic.document("worklist", "--service", "leeds-imhs", "--kind", "wait_over_12_weeks")
    assert len(narrowed) == 5
    assert all(row["waiting_days"] >= 85 and row["service"] == "leeds-imhs" for row in narrowed)
    assert {f["kind"] for f in either_clinic.document("flags", "--kind", "wait_8_weeks")} == {"wait_8_weeks"}


def test_a_list_reads_as_of_another_day_with_those_who_waited_on_that_day(clinic: Line) -> None:
    asked = ("worklist", "--stage", "waiting")
    today = {row["reference"]: row["waiting_days"] for row in clinic.document(*asked)}
    earlier = {row["reference"]: row["waiting_days"] for row in clinic.document(*asked, "--as-of", "2026-11-19")}
    assert {r: days + 1 for r, days in earlier.items() if r in today} == {r: d for r, d in today.items() if d > 0}
    moved_on = earlier.keys() - today.keys()
    assert moved_on == {"R-000271", "R-000368"}
    for reference in moved_on:
        last = clinic.document("case", "history", reference)[-1]
        assert (last["trigger"], last["effective_on"]) == ("allocate", "2026-11-20")
    assert clinic("worklist", "--as-of", "2026-11-27").exit_code == 2
    assert clinic.document("flags", "--as-of", "2026-11-19") == []


def test_a_list_without_rows_says_so_in_a_sentence(clinic: Line) -> None:
    asked = ("--service", "together-with-baby", "--kind", "wait_8_weeks")
    assert clinic("flags", *asked).stdout == "No flag that was asked for is open on 20 November 2026.\n"
    assert clinic("worklist", *asked).stdout == "No open referral on 20 November 2026 is what was asked for.\n"
    assert clinic.document("flags", *asked) == []


def test_a_night_counts_what_it_raised_and_finds_nothing_more_the_second_time(empty: Line) -> None:
    empty(*IMPORT)
    first = empty.document("nightly", "--as", "Ada Night")
    assert first["raised"] == RAISED
    assert first["open"] == first["raised"]
    assert (first["examined"], first["as_of"], first["by"], first["dry_run"]) == (325, "2026-11-20", "Ada Night", False)
    assert {"run_id", "cleared", "replaced", "seconds"} <= set(first)
    second = empty.document("nightly", "--again")
    assert (second["raised"], second["cleared"], second["open"]) == ({}, {}, first["open"])
    shown = empty("nightly", "--again").stdout
    assert "Raised: none. Cleared: none." in shown
    assert "10 wait_8_weeks" in shown


def test_a_dry_night_raises_nothing(empty: Line) -> None:
    empty(*IMPORT)
    foreseen = empty.document("nightly", "--dry-run")
    assert foreseen["raised"] == RAISED
    assert "nothing was written" in empty("nightly", "--dry-run").stdout
    assert empty.document("flags") == []


def test_lists_screens_and_log_say_nothing_of_a_family(empty: Line, private_words: set[str]) -> None:
    shown = "".join(
        empty(*command).output
        for command in (IMPORT, ["nightly"], ["flags"], ["worklist"], ["flags", "--json"], ["worklist", "--json"],
                        ["case", "history", "R-000239"], ["audit", "replay", "R-000239"])
    )  # fmt: skip
    shown += empty.log.read_text(encoding="utf-8")
    assert len(private_words) > 1_000
    assert [word for word in private_words if word in shown] == []


def test_the_log_has_a_line_for_every_step_that_was_loaded_and_every_row_that_was_not(empty: Line) -> None:
    empty(*IMPORT)
    events = Counter(line["event"] for line in empty.log_lines())
    assert events["case.opened"] == 389
    assert events["import.row_refused"] == 11
    assert events["import.started"] == events["import.finished"] == 1
