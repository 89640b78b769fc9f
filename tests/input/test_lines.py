"""Bad input at the command line: exit code 2 and a sentence on stderr, never a traceback, never what was typed."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from click.testing import Result

from casework import Casework
from tests.conftest import Clock
from tests.input.hearing import TOO_LONG, TOO_LONG_AMONG_OTHERS, Memory
from tests.input.lines import DATA, line, put
from tests.input.malformed import MARK, NUMBER, Malformed, heavy_texts
from tests.jobs.line import Line
from tests.persistence.families import ACCEPTED, refer
from tests.promises import Say

ROOT = Path(__file__).parents[2]
SIZES = [(120, TOO_LONG_AMONG_OTHERS), pytest.param(5_000, TOO_LONG, marks=pytest.mark.long)]
PROCESSES = [3, pytest.param(50, marks=pytest.mark.long)]
WARM = 50
MOST_GROWTH_MIB = 50


@pytest.fixture
def clinic(casework: Casework, clock: Clock, database_url: str, tmp_path: Path) -> Line:
    for n in range(3):
        refer(casework, f"L-{n}", steps=ACCEPTED)
    clock.advance(58)
    list(casework.nights.catch_up())
    return Line(database_url, tmp_path)


@pytest.fixture
def evening(clock: Clock, clinic: Line, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Of the day on which the clinic stands, in its own folder."""
    monkeypatch.chdir(clinic.folder)
    with time_machine.travel(clock.now, tick=False):
        yield


def faults(words: list[str], code: int, stdout: str, stderr: str) -> Iterator[str]:
    """What is wrong with how a malformed line was answered."""
    said = stdout + stderr
    if "Traceback" in said or "(unexpected)" in said:
        yield "crashed"
    if code not in (0, 1, 2):
        yield f"ended with {code}"
    if code and (MARK in said or NUMBER in said):
        yield "repeated what was typed"
    if code == 2 and not stderr and "--json" not in words:
        yield "says nothing"
    if code == 2 and stdout and "--json" not in words:
        yield "speaks on stdout"
    if len(stderr) > 5_000:
        yield "says too much"


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize(("number", "within"), SIZES)
def test_whatever_is_typed_is_refused_in_a_sentence_and_never_repeated(
    clinic: Line, database_kind: str, number: int, within: float, promise: Say
) -> None:
    heavy_texts()
    made, found, codes, slowest, memory = Malformed(a_seed()), Counter[str](), Counter[int](), 0.0, Memory()
    for n in range(number):
        memory = Memory() if n == WARM else memory
        words, files = line(made)
        put(files, clinic.folder)
        answered, seconds = timed(clinic, words, files[DATA])
        slowest = max(slowest, seconds)
        codes[answered.exit_code] += 1
        told = faults(words, answered.exit_code, answered.stdout, answered.stderr)
        found.update(f"{' '.join(words)[:80]!r}: {fault}" for fault in told)
    log = clinic.log.read_text(encoding="utf-8") if clinic.log.exists() else ""
    assert found == {}
    assert MARK not in log
    assert slowest < within
    assert memory.growth < MOST_GROWTH_MIB
    assert codes[2] > 0.9 * number
    figures = f"0 tracebacks, 0 repeated, slowest {slowest:.2f} s"
    promise(
        "P16",
        f"command line on {database_kind}, {number:,} malformed lines: {figures}",
        control="what faults() must find is found",
    )


def a_seed() -> int:
    seed = random.SystemRandom().randrange(2**32)
    sys.stdout.write(f"malformed command lines: seed {seed}\n")
    return seed


def timed(clinic: Line, words: list[str], stdin: bytes) -> tuple[Result, float]:
    """Once more where it took long: another program may have had the machine."""
    for _ in range(2):
        began = time.perf_counter()
        answered = clinic(*words, stdin=stdin)
        seconds = time.perf_counter() - began
        if seconds < TOO_LONG:
            break
    return answered, seconds


def test_what_is_repeated_or_crashes_on_the_command_line_would_be_found() -> None:
    """The control of the test above."""
    assert list(faults(["x"], 2, "", f"Error: no such command {MARK}.")) == ["repeated what was typed"]
    assert list(faults(["x"], 2, "", "casework: Something went wrong. (unexpected)")) == ["crashed"]
    assert list(faults(["x"], 1, "", "Traceback (most recent call last):")) == ["crashed"]
    assert list(faults(["x"], 2, "Error", "")) == ["says nothing", "speaks on stdout"]
    assert list(faults(["x"], 139, "", "x")) == ["ended with 139"]


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize("number", PROCESSES)
def test_a_program_of_its_own_ends_with_two_and_a_sentence(clinic: Line, number: int) -> None:
    """As a shell runs it: bytes for words, a real stdin, an encoding of its own."""
    made, found = Malformed(a_seed()), []
    for _ in range(number):
        words, files = line(made)
        put(files, clinic.folder)
        code, stdout, stderr = ran(clinic, [word.replace("\0", "") for word in words], files[DATA])
        found += [(words[:3], fault) for fault in faults(words, code, stdout, stderr)]
    assert found == []


def ran(clinic: Line, words: list[str], stdin: bytes) -> tuple[int, str, str]:
    given = [word.encode("utf-8", "surrogatepass") for word in words]
    before = ["--database", clinic.url, "--log", str(clinic.log)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command: list[str | bytes] = [sys.executable, "-m", "jobs", *before, *given]
    done = subprocess.run(command, check=False, input=stdin, capture_output=True, env=environment, timeout=60)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


UNREADABLE: tuple[tuple[str, bytes, str], ...] = (
    ("one answer twice", f'{{"infant_name": "{MARK}", "infant_name": "x"}}'.encode(), "answered_twice"),
    ("one answer twice inside another", f'{{"infant_name": {{"a": "{MARK}", "a": 1}}}}'.encode(), "answered_twice"),
    ("no UTF-8", b'{"infant_name": "\xe9"}', "not_json"),
    ("UTF-16", '{"infant_name": "x"}'.encode("utf-16"), "not_json"),
    ("NaN", b'{"infant_name": NaN}', "not_json"),
    ("Infinity", b'{"infant_name": -Infinity}', "not_json"),
    ("a number of 100,000 digits", b'{"infant_name": ' + b"7" * 100_000 + b"}", "not_json"),
    ("10,000 lists in each other", b'{"infant_name": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "too_deep"),
    ("21 objects in each other", b'{"infant_name": ' * 21 + b"1" + b"}" * 21, "too_deep"),
    ("10 MB", b'{"infant_name": "' + b"x" * 10_000_000 + b'"}', "too_large"),
    ("a list", b'["x"]', "not_an_object"),
    ("nothing", b"", "not_json"),
    ("half of it", b'{"infant_name": "x', "not_json"),
)


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("held", "code"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_a_file_of_answers_that_cannot_be_read_is_told_by_its_code(clinic: Line, held: bytes, code: str) -> None:
    put({DATA: held}, clinic.folder)
    answered = clinic("case", "fire", "L-0", "add_information", "--data", DATA, "--as", "Ada")
    assert answered.exit_code == 2
    assert answered.stdout == ""
    assert answered.stderr.endswith(f"({code})\n")
    assert answered.stderr.count("\n") == 1
    assert MARK not in answered.stderr


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_byte_order_mark_before_the_answers_is_no_fault(clinic: Line) -> None:
    put({DATA: b'\xef\xbb\xbf{"infant_name": "Zo\xc3\xab"}'}, clinic.folder)
    assert clinic("case", "fire", "L-0", "add_information", "--data", DATA, "--as", "Ada").exit_code == 0
    assert clinic.document("case", "show", "L-0")["answers"]["infant_name"] == "Zoë"


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "words",
    [
        (MARK,),
        ("case", MARK),
        ("case", "show", f"--{MARK}"),
        ("worklist", "--known", MARK),
        ("nights", "--most", MARK),
        ("case", "show", "L-0", MARK),
        ("case", "fire", "L-0", MARK),
        ("case", "fire", "L-0", MARK, "--json"),
        ("case", "fire", "L-0", MARK, "--dry-run", "--json"),
        ("case", "fire", "L-0", MARK, "--seen", "1", "--json"),
        ("case", "fire", "L-0", "allocate", "--seen", NUMBER),
    ],
    ids=" ".join,
)
def test_a_name_that_slipped_into_a_command_is_not_repeated(clinic: Line, words: tuple[str, ...]) -> None:
    answered = clinic(*words)
    assert answered.exit_code in (1, 2)
    assert MARK not in answered.output
    assert NUMBER not in answered.output


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_word_that_is_nearly_one_of_ours_is_still_put_right(clinic: Line) -> None:
    assert "Did you mean 'worklist'?" in clinic("worklst").stderr
    assert "--service" in clinic("worklist", "--servce", "x").stderr
