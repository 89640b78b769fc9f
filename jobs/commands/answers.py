"""The answers of a step as a file brings them: one JSON object. Nothing of what stands in it is repeated."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from casework.errors import BadRequest

LARGEST = 2_000_000
"""Bytes. Every answer of a referral form at its longest stays well below."""

DEEPEST = 20
"""An answer is a text or a list of codes, so a file that goes deeper holds something else."""


def read_answers(place: str | None) -> dict[str, Any]:
    """The object in a file, or on stdin for `-`; none given: no answers. Raises `BadRequest`."""
    if place is None:
        return {}
    answers = _parsed(_bytes_of(place))
    if not isinstance(answers, dict):
        raise _bad("not_an_object", 'The answers are one JSON object, like {"clinician": "clin-04"}.')
    if _deeper_than(answers, DEEPEST):
        raise _bad("too_deep", "The JSON goes deeper than any answer does.")
    return answers


def _bytes_of(place: str) -> bytes:
    try:
        if place == "-":
            found = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(place).open("rb") as file:
                found = file.read(LARGEST + 1)
    except (OSError, ValueError) as problem:  # ValueError: a name with a NUL in it
        why = getattr(problem, "strerror", None) or "its name is none"
        raise _bad("data_not_readable", f"The file of --data cannot be read ({why}).") from None
    if len(found) > LARGEST:
        raise _bad("too_large", f"The answers are longer than {LARGEST:,} bytes.")
    return found


def _parsed(found: bytes) -> object:
    try:
        text = found.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise _bad("not_json", f"This is no JSON ({problem.msg}; {where}).") from None
    except UnicodeDecodeError:
        raise _bad("not_json", "This is no JSON: it is not UTF-8.") from None
    except RecursionError:
        raise _bad("too_deep", "The JSON goes deeper than any answer does.") from None
    except ValueError:  # a number longer than Python reads
        raise _bad("not_json", "This is no JSON that can be read: a number in it is too long.") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _bad("answered_twice", "One answer stands twice in the object. Leave one of them out.")
    return found


def _no_number(_name: str) -> NoReturn:
    raise _bad("not_json", "This is no JSON: NaN and Infinity are no numbers there.")


def _deeper_than(value: object, levels: int) -> bool:
    level = [value]
    for _ in range(levels):
        level = [inner for outer in level for inner in _inside(outer)]
    return bool(level)


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _bad(code: str, sentence: str) -> BadRequest:
    return BadRequest(code, sentence, "data")
