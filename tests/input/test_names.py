"""Names keep every letter: in through a screen or a sheet, out through the library and the command line."""

import csv
import random
import sys
import unicodedata
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from casework import Actor, BadRequest, Casework, StepRefused
from casework.intake.columns import FORM
from casework.intake.importing import import_caseload
from tests.conftest import Actors
from tests.input.names import LONGEST, kept, names
from tests.jobs.line import Line
from tests.persistence.families import LEEDS
from tests.promises import Say
from workflows import Kind, Role

NAMED = tuple(f.name for f in FORM if f.kind is Kind.LINE and f.longest == LONGEST)
"""The answers of a form in which a name may stand."""

SIZES = [1_500, pytest.param(50_000, marks=pytest.mark.long)]
SHOWN = 40
"""Cases of which the command line is asked, too."""


def families(number: int) -> Iterator[dict[str, str]]:
    """So many names, a form's worth at a time."""
    seed = random.SystemRandom().randrange(2**32)
    sys.stdout.write(f"names of seed {seed}\n")
    some = names(seed)
    for _ in range(0, number, len(NAMED)):
        yield dict(zip(NAMED, islice(some, len(NAMED)), strict=True))


def as_kept(answers: dict[str, str]) -> dict[str, str]:
    return {name: kept(value) for name, value in answers.items()}


def named(answers: dict[str, Any]) -> dict[str, str]:
    return {name: answers[name] for name in NAMED if name in answers}


@pytest.mark.parametrize("number", SIZES)
def test_names_come_back_to_the_letter_from_where_they_were_typed(
    casework: Casework, actors: Actors, number: int, log_lines: list[Any], promise: Say
) -> None:
    changed = 0
    for answers in families(number):
        opened = casework.open_case(LEEDS, "take_call", actors.everyone, answers)
        case = casework.case(opened.case_id)
        (event,) = casework.history(opened.case_id)
        changed += not (named(case.answers) == as_kept(answers) == dict(event.data))
        log_lines.clear()
    assert changed == 0
    promise("P16", f"{number:,} names through the library: 0 changed", control="a name cut to 100 letters is told")


@pytest.mark.parametrize("number", SIZES)
def test_names_of_a_sheet_come_back_to_the_letter_on_every_way_out(
    casework: Casework, database_url: str, actors: Actors, tmp_path: Path, number: int, log_lines: list[Any],
    promise: Say,
) -> None:  # fmt: skip
    sheet, rows = tmp_path / "caseload.csv", list(families(number))
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, ["referral_id", "service", "received_on", *NAMED])
        writer.writeheader()
        for n, answers in enumerate(rows):
            writer.writerow({"referral_id": f"R-{n}", "service": LEEDS, "received_on": "2026-03-02", **answers})
    report = import_caseload(casework, sheet, actors.everyone)
    log_lines.clear()
    assert (report.loaded, report.refused) == (len(rows), [])
    changed = [n for n, row in enumerate(rows) if named(casework.case(f"R-{n}").answers) != as_kept(row)]
    assert changed == []
    line = Line(database_url, tmp_path)
    for n in range(0, len(rows), max(1, len(rows) // SHOWN)):
        assert named(line.document("case", "show", f"R-{n}")["answers"]) == as_kept(rows[n])
    promise("P16", f"{number:,} names through a sheet: 0 changed", control="a name cut to 100 letters is told")


def test_a_name_that_lost_a_letter_would_be_told(casework: Casework, actors: Actors) -> None:
    """The control: what cuts names to a hundred letters, or drops what is no Latin letter, is found out."""
    answers = dict.fromkeys(NAMED, "Ọláṣubọ̀mí " * 12)
    cut = {name: value[:100] for name, value in answers.items()}
    opened = casework.open_case(LEEDS, "take_call", actors.everyone, cut)
    assert named(casework.case(opened.case_id).answers) != as_kept(answers)
    latin = {name: value.encode("latin-1", "ignore").decode("latin-1") for name, value in answers.items()}
    assert as_kept(latin) != as_kept(answers)


@pytest.mark.parametrize("letter", ["x", "é", "e\u0301", "ệ", "e\u0323\u0302", "각", "\u1100\u1161\u11a8", "👶"])
def test_a_name_of_two_hundred_letters_is_kept_and_one_more_is_refused_and_not_cut(
    casework: Casework, actors: Actors, letter: str
) -> None:
    """Letters are counted as they are kept: é is one, whether the keyboard wrote one character or two."""
    longest = letter * LONGEST
    opened = casework.open_case(LEEDS, "take_call", actors.everyone, {"infant_name": f"  {longest}  "})
    assert casework.case(opened.case_id).answers["infant_name"] == unicodedata.normalize("NFC", longest)
    with pytest.raises(StepRefused) as refused:
        casework.open_case(LEEDS, "take_call", actors.everyone, {"infant_name": longest + letter})
    assert [(r.code, r.fields) for r in refused.value.reasons] == [("too_long", ("infant_name",))]


STAFF = (
    "Robin Wren", "Zoë O'Dea", "Zoe\u0308 O\N{RIGHT SINGLE QUOTATION MARK}Dea", "Nguyễn Thị Phượng",
    "प्रिया मेनन", "שרה לוי", "محمد علي", "Ọláṣubọ̀mí", "Siân Llŷr", "李雷", "Smith-Jones",
    "r.wren@clinic.example", "ward_3 + 4",
)  # fmt: skip


@pytest.mark.parametrize("name", STAFF)
def test_a_member_of_staff_is_named_in_the_audit_to_the_letter(casework: Casework, name: str) -> None:
    opened = casework.open_case(LEEDS, "take_call", Actor(name, Role))
    (event,) = casework.history(opened.case_id)
    assert event.actor == unicodedata.normalize("NFC", name)


def test_one_person_is_one_person_whichever_way_the_keyboard_writes_the_name(casework: Casework) -> None:
    composed, decomposed = Actor("Zoë", Role), Actor("Zoe\u0308", Role)
    assert composed == decomposed
    first = casework.open_case(LEEDS, "take_call", composed, key="k-1")
    assert casework.open_case(LEEDS, "take_call", decomposed, key="k-1") == first


@pytest.mark.parametrize("name", ["\u202eRobin", "Robin\u200b", "Robin\u2028", "\u0301", "👶", "Robin" * 21, "Robin|x"])
def test_what_would_hide_or_break_a_line_of_the_audit_is_no_name_of_staff(name: str) -> None:
    with pytest.raises(BadRequest) as refused:
        Actor(name, Role)
    assert refused.value.code == "unknown_actor"
