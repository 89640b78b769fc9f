"""The safety file names tests that are there, and hides no hazard that has none."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = (ROOT / "casework" / "docs" / "safety.md").read_text(encoding="utf-8")
HAZARDS = [f"H{number}" for number in range(1, 29)]

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
HEADING = re.compile(r"^### (H\d+) (.+)$", re.MULTILINE)


def functions_of(path: Path) -> set[str]:
    """The test functions of a file, by what they are called."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {function.name for function in functions if function.name.startswith("test_")}


def hazards(text: str) -> dict[str, str]:
    """What is said of each hazard, by its id."""
    pieces = HEADING.split(text.split("\n## What this file lacks", maxsplit=1)[0])
    return {pieces[n]: pieces[n + 2] for n in range(1, len(pieces), 3)}


def controls(said: str) -> list[str]:
    """The rows of the table of a hazard."""
    rows = [line for line in said.splitlines() if line.startswith("| ")]
    return [row for row in rows if not row.startswith("| control that exists ")]


def not_yet(said: str) -> str:
    found = re.search(r"^Not yet: (.+?)(?:\n\n|\Z)", said, re.MULTILINE | re.DOTALL)
    return found.group(1).strip() if found else ""


def complaints(text: str) -> Iterator[str]:
    for hazard, said in hazards(text).items():
        for part in ("- Cause: ", "- Effect: ", "- Proposed: severity "):
            if part not in said:
                yield f"{hazard} does not say its {part.strip('- :')}"
        for row in controls(said):
            if not NAMED.search(row):
                yield f"{hazard} has a control without a test: {row}"
        for path, name in NAMED.findall(said):
            if not (ROOT / path).is_file() or name not in functions_of(ROOT / path):
                yield f"{hazard} names {path}::{name}, which is not there"
        if len(not_yet(said)) < 20:
            yield f"{hazard} does not say what it lacks"
        if not controls(said) and not not_yet(said).startswith("everything. "):
            yield f"{hazard} has no control and does not say so plainly"


def test_every_control_names_a_test_that_is_there_and_no_hazard_is_passed_over() -> None:
    assert list(complaints(FILE)) == []


def test_every_hazard_of_the_log_is_in_the_file_once_and_in_its_order() -> None:
    assert [name for name, _ in HEADING.findall(FILE)] == HAZARDS


def test_it_says_at_the_top_that_nobody_has_signed_it() -> None:
    top = FILE[:1_500]
    assert "**Nobody has signed this file.** A Clinical Safety Officer must read, change and sign it" in top
    assert "**proposals**" in top
    assert "| Signed on | not signed |" in top


SAMPLE = """
### H1 A referral is lost

- Cause: somebody.
- Effect: harm.
- Proposed: severity 5, likelihood 3; residual low.

| control that exists | test |
|---|---|
| It is counted twice | `tests/docs/test_safety.py::test_it_says_at_the_top_that_nobody_has_signed_it` |

Not yet: a transfer between two services.

### H2 Another

- Cause: somebody.
- Effect: harm.
- Proposed: severity 5, likelihood 3; residual low.

Not yet: everything. There is nothing of the kind.
"""


def test_a_sample_without_a_fault_is_left_alone() -> None:
    assert list(complaints(SAMPLE)) == []


@pytest.mark.parametrize(
    ("text", "instead", "complaint"),
    [
        ("_signed_it`", "_signed_that`", "H1 names tests/docs/test_safety.py::test_it_says"),
        ("tests/docs/test_safety.py", "tests/docs/test_gone.py", "H1 names tests/docs/test_gone.py::"),
        ("::test_it_says_at_the_top_that_nobody_has_signed_it", "::complaints", "H1 names"),
        (" | `tests/docs/test_safety.py::test_it_says_at_the_top_that_nobody_has_signed_it` |", " | by hand |",
         "H1 has a control without a test"),
        ("Not yet: a transfer between two services.\n", "", "H1 does not say what it lacks"),
        ("Not yet: everything. There is nothing of the kind.", "", "H2 does not say what it lacks"),
        ("Not yet: everything. There", "Not yet: a few things. There", "H2 has no control and does not say so"),
        ("- Effect: harm.\n", "", "H1 does not say its Effect"),
    ],
)  # fmt: skip
def test_a_file_with_a_fault_is_caught(text: str, instead: str, complaint: str) -> None:
    assert text in SAMPLE
    assert any(found.startswith(complaint) for found in complaints(SAMPLE.replace(text, instead)))
