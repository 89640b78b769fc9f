"""The table of requirements: every number once, with a place in the code and a test that are there, or why it is left.

The tables at its end are held to the pathways themselves: clocks, flags, steps, refusals and settings.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from casework.explaining import DAYS
from tests.services.documents import chart, tables
from tests.workflows.shipped import ESSEX, LEEDS
from workflows.beside import RecordKind
from workflows.charts.states import CLOCKS
from workflows.fields import calls
from workflows.figures import FIGURES, SETTINGS
from workflows.flags import FLAGS, MARKS
from workflows.records.charts import records_of
from workflows.services.keys import CRITERION, OFFER, TABLES
from workflows.vocabulary import Field

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "casework" / "docs" / "requirements.md"
FEW = 60
"""Of 408. Reports to commissioners are another issue's; what is left for another reason is much less."""

_ROW = re.compile(r"^\| (R-\d{3}) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_NAMED = re.compile(r"`([^`]+)`")


class Row(NamedTuple):
    number: str
    what: str
    place: str
    held_by: str

    @property
    def left(self) -> bool:
        return self.place.strip().startswith("left:")


@cache
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def rows() -> list[Row]:
    return [Row(*found) for found in _ROW.findall(page())]


def test_every_requirement_stands_in_the_table_once_and_in_order() -> None:
    assert [row.number for row in rows()] == [f"R-{number:03}" for number in range(1, 409)]


def test_few_are_left_and_each_says_why() -> None:
    left = [row for row in rows() if row.left]
    assert len(left) <= FEW, [row.number for row in left]
    assert [row.number for row in left if len(row.place.strip()) < len("left: ") + 15] == []


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.number)
def test_a_requirement_names_code_and_a_test_that_are_there(row: Row) -> None:
    places, tests = _NAMED.findall(row.place), _NAMED.findall(row.held_by)
    assert [place for place in places if not _is_there(place)] == []
    if row.left:
        return
    assert places, "no place is named"
    assert tests, "no test is named"
    assert [place for place in places if place.startswith("tests/docs/")] == [], "a page is no place"
    assert [test for test in tests if not _is_a_test(test)] == []


def _is_there(named: str) -> bool:
    """A file, or a name that is defined in one: `path`, `path::name`."""
    path, _, name = named.partition("::")
    return (ROOT / path).exists() and (not name or name in _names(path))


def _is_a_test(named: str) -> bool:
    """A test function of a file of tests: not a helper of it, and not a text that stands in it."""
    path, _, name = named.partition("::")
    return path.startswith("tests/") and (ROOT / path).is_file() and name in _tests(path)


@cache
def _tests(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = (node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(name for name in found if name.startswith("test_"))


@cache
def _names(path: str) -> frozenset[str]:
    source = (ROOT / path).read_text(encoding="utf-8")
    if not path.endswith(".py"):
        return frozenset(re.findall(r"[\w.-]+", source))
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 60:
            found.add(node.value)  # a row, a question or a figure is known by its name in a table
    return frozenset(found)


# The tables of the state chart


def table(heading: str) -> list[tuple[str, ...]]:
    """The cells of the table under a heading, without its head."""
    under = page().split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in under.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]


def test_every_clock_of_the_inventory_is_a_clock_or_a_day_that_is_counted() -> None:
    told = table("X2. Clocks")
    assert [row[0] for row in told] == [f"K{number}" for number in range(1, 21)]
    asked = {field.name for field in vars(calls).values() if isinstance(field, Field)}
    names = {name for row in told for name in _NAMED.findall(row[-1])}
    assert names - {*CLOCKS, *DAYS, *asked} == set()
    assert set(CLOCKS) - names == set(), "every clock stands in the table"


def test_every_flag_of_the_inventory_is_raised_and_every_flag_stands_in_the_table() -> None:
    names = {name for row in table("X2b. Flags") for name in _NAMED.findall(row[-1])}
    assert names == set(FLAGS) - MARKS


def pathway_rows(record: str) -> Iterator[tuple[str, str, str]]:
    for of in (LEEDS, ESSEX, chart(tables())):
        moves = of.moves if record == RecordKind.REFERRAL else records_of(of)[RecordKind(record)].moves
        yield from ((move.source, move.trigger, move.to) for move in moves)


def test_every_step_of_the_inventory_is_a_row_of_a_pathway() -> None:
    told = table("X3. Steps")
    numbers = list(dict.fromkeys(row[0] for row in told))
    assert numbers == [
        f"{part}{n}" for part, first, last in (("E", 1, 12), ("T", 0, 48), ("S", 1, 24)) for n in range(first, last + 1)
    ]
    rows_of = {record: set(pathway_rows(record)) for record in RecordKind}
    lacking = []
    for number, _, record, source, trigger, to in told:
        step = tuple(cell.strip("`") for cell in (source, trigger, to))
        if record == "refusal":
            lacking += [number] if step[1] not in codes_of_refusals() else []
        elif step not in rows_of[RecordKind(record)]:
            lacking.append(f"{number}: {record} {step}")
    assert lacking == []


@cache
def codes_of_refusals() -> frozenset[str]:
    """Every code that a rule, the engine or the library itself can refuse with."""
    found = set()
    for path in (*(ROOT / "workflows").rglob("*.py"), *(ROOT / "casework").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal"
            if called and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_against":
                found |= {str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)}
    return frozenset(found)


def test_every_refusal_of_the_inventory_has_its_code_and_its_test() -> None:
    told = table("X4. Refusals")
    assert [row[0] for row in told] == [str(number) for number in range(1, 15)]
    for number, _, codes, held_by in told:
        assert set(_NAMED.findall(codes)) <= codes_of_refusals(), number
        assert _NAMED.findall(codes), number
        tests = _NAMED.findall(held_by)
        assert tests, number
        assert [test for test in tests if not _is_a_test(test)] == [], number


def test_every_setting_of_the_inventory_is_a_key_of_a_document_or_a_figure() -> None:
    keys = {f"{name}.{key}" for name, of in TABLES.items() for key in of}
    keys |= {f"offer.{key}" for key in OFFER} | {f"criterion.{key}" for key in CRITERION}
    told = table("X5. Settings")
    assert len(told) == 23
    for setting, here in told:
        names = set(_NAMED.findall(here))
        assert names, setting
        assert names - {*keys, *FIGURES, *SETTINGS} == set(), setting
