"""What an entry takes from outside: plain values of a known kind and size, read without running a line of theirs.

A host hands over what a form, a message or a slip of the keyboard gave it. A value may be a kind of its own that
answers to nothing, so what it is goes by its type alone, and it is copied into the plain kind before it is looked at.
"""

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from itertools import islice
from typing import Any, cast
from uuid import UUID

from casework.calendar import EARLIEST
from casework.errors import BadRequest

MOST_ANSWERS = 200
"""More than any step or form asks. The same bound holds for the codes in one answer."""

LARGEST_NUMBER = 2**31 - 1
"""What both databases keep as a whole number."""

MOST_STEPS = 1_000_000
LONGEST_NAME, LONGEST_PATH = 100, 500
_STAFF_SIGNS = frozenset("_ .'\N{RIGHT SINGLE QUOTATION MARK}@+-")
_NAME_OF_ANSWER = re.compile(r"[a-z0-9_]{1,64}")
_WAY_IN = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Unfit:
    """Stands for a value that is no answer to anything: no text, number, day or list."""

    def __repr__(self) -> str:
        return "unfit"


UNFIT = Unfit()


def text(value: object) -> str | None:
    """A text as a plain one; None for whatever is no text."""
    kind = type(value)
    if kind is str:
        return cast(str, value)
    return str.__str__(cast(str, value)) if issubclass(kind, str) else None


def fault_of(kept: str, allowed: str = "") -> str | None:
    """The code of what no text may hold: control characters beyond those allowed, and halves of letters."""
    if kept.isprintable():
        return None
    kinds = {(unicodedata.category(c), c in allowed) for c in kept}
    if ("Cc", False) in kinds:
        return "control_characters"
    return "invalid_text" if ("Cs", False) in kinds else None


def one_form(written: str, longest: int) -> str | None:
    """A line without the blanks around it, in Unicode's composed form (NFC): so é is one letter whoever typed it.

    None where that has more characters than `longest`. It is never cut.
    """
    line = written.strip()
    if len(line) > 4 * longest:  # composing makes at most four characters one
        return None
    composed = unicodedata.normalize("NFC", line)
    return composed if len(composed) <= longest else None


def path(written: str) -> str:
    """A path as it may be repeated. What is no path that one types is not: it may be a text that slipped."""
    return repr(written) if len(written) <= LONGEST_PATH and written.isprintable() else "that name"


def words(
    value: object, field: str, sentence: str, longest: int, *, needed: bool = True, too_long: str = "reason_too_long"
) -> str:
    """A reason or a source in a person's words, as they are kept. Raises `BadRequest`."""
    written = text(value)
    if written is None:
        raise BadRequest("wrong_type", f"{sentence} It is a text.", field)
    if needed and (not written or written.isspace()):
        raise BadRequest(f"{field}_needed", f"{sentence} Up to {longest} characters.", field)
    if len(written) > longest:
        raise BadRequest(too_long, f"{sentence} At most {longest} characters.", field)
    if code := fault_of(written, "\n\r\t"):
        raise BadRequest(code, f"{sentence} Without control characters or broken letters.", field)
    return written


def who(value: object) -> str:
    """The name of a member of staff, composed (NFC): letters and marks of any script. Raises `BadRequest`."""
    name = text(value) or ""
    if len(name) <= 4 * LONGEST_NAME:
        name = unicodedata.normalize("NFC", name)
        kinds = [unicodedata.category(c)[0] for c in name]
        allowed = all(kind in "LMN" or c in _STAFF_SIGNS for kind, c in zip(kinds, name, strict=True))
        if name and len(name) <= LONGEST_NAME and allowed and (kinds[0] in "LN" or name[0] == "_"):
            return name
    raise BadRequest("unknown_actor", "Say who acts: a name of letters, digits and . ' @ + - (up to 100).", "actor")


def way_in(value: object) -> str:
    via = text(value)
    if via is None or not _WAY_IN.fullmatch(via):
        raise BadRequest("bad_way_in", "The way in is a word like library, command_line or api.", "via")
    return via


def day(value: object, field: str) -> date:
    """A day of the calendar, 1900 or later. An instant is none. Raises `BadRequest`."""
    kind = type(value)
    if not issubclass(kind, date) or issubclass(kind, datetime):
        raise BadRequest("wrong_type", "A day is asked for, as a date.", field)
    plain = date.fromordinal(date.toordinal(cast(date, value)))
    if plain < EARLIEST:
        raise BadRequest("invalid_date", f"This day lies before {EARLIEST.year}: look at the year again.", field)
    return plain


def optional_day(value: object, field: str) -> date | None:
    return None if value is None else day(value, field)


def switch(value: object, field: str) -> bool:
    if value is True or value is False:
        return value
    raise BadRequest("wrong_type", f"{field} is True or False.", field)


def number(value: object, field: str, code: str, sentence: str) -> int:
    """A whole number from 0 that a database can keep; True is none. Raises `BadRequest`."""
    kind = type(value)
    plain = int.__int__(cast(int, value)) if issubclass(kind, int) and kind is not bool else -1
    if not 0 <= plain <= LARGEST_NUMBER:
        raise BadRequest(code, sentence, field)
    return plain


def version(value: object) -> int:
    """The version that a screen showed. One that no referral reaches is not repeated: it may be an NHS number."""
    kind = type(value)
    if not issubclass(kind, int) or kind is bool:
        raise BadRequest("bad_version", "Say which version the screen showed: a whole number.", "seen")
    return max(-1, min(int.__int__(cast(int, value)), MOST_STEPS))


def identifier(value: object) -> UUID | None:
    """An id as a plain UUID; None for whatever is none, or was never finished."""
    if not issubclass(type(value), UUID):
        return None
    try:
        return UUID(int=object.__getattribute__(value, "int"))
    except (AttributeError, TypeError, ValueError):
        return None


def answers(data: object) -> dict[str, Any]:
    """The answers of a request as plain values. None are none. Raises `BadRequest` for what gives no answers by name.

    A name that no answer can have is not carried on: it may be a text that slipped.
    """
    if data is None:
        return {}
    given: dict[str, Any] = {}
    for name, value in _pairs(data):
        if (plain := text(name)) is None:
            raise _no_answers()
        given[plain if _NAME_OF_ANSWER.fullmatch(plain) else "?"] = _plain(value)
    return given


def _pairs(data: object) -> list[tuple[object, object]]:
    """Of a dict by the hand of dict itself; of another mapping by its own, whatever that raises."""
    if issubclass(type(data), dict):
        found = list(islice(dict.items(cast(dict[object, object], data)), MOST_ANSWERS + 1))
    elif issubclass(type(data), Mapping):
        found = _read(cast(Mapping[object, object], data))
    else:
        raise _no_answers()
    if len(found) > MOST_ANSWERS:
        raise BadRequest("bad_data", f"These are more than {MOST_ANSWERS} answers. No step takes as many.", "data")
    return found


def _read(data: Mapping[object, object]) -> list[tuple[object, object]]:
    with suppress(Exception):
        return [(name, data[name]) for name in islice(iter(data), MOST_ANSWERS + 1)]
    raise _no_answers()


def _no_answers() -> BadRequest:
    return BadRequest("bad_data", "The answers are given by name, like clinician: clin-04.", "data")


def _plain(value: object) -> object:
    kind = type(value)
    if kind is str or value is None or kind in (bool, float, int):
        return value
    if issubclass(kind, str):
        return text(value)
    if issubclass(kind, date):
        return UNFIT if issubclass(kind, datetime) else date.fromordinal(date.toordinal(cast(date, value)))
    if issubclass(kind, list):
        some = list.__getitem__(cast(list[object], value), slice(0, MOST_ANSWERS + 1))
        return [_element(one) for one in some]
    if issubclass(kind, tuple):
        return [_element(one) for one in tuple.__getitem__(cast(tuple[object, ...], value), slice(0, MOST_ANSWERS + 1))]
    return UNFIT


def _element(value: object) -> object:
    """One of several: a text, or an entry with answers of its own. Nothing lies deeper than that."""
    kind = type(value)
    if issubclass(kind, dict):
        some = islice(dict.items(cast(dict[object, object], value)), MOST_ANSWERS + 1)
        return {_name(name): _single(one) for name, one in some}
    found = text(value)
    return UNFIT if found is None else found


def _name(name: object) -> str:
    plain = text(name)
    return plain if plain is not None and _NAME_OF_ANSWER.fullmatch(plain) else "?"


def _single(value: object) -> object:
    """An answer inside an entry: codes at most, and no entries in their turn."""
    if issubclass(type(value), list):
        some = list.__getitem__(cast(list[object], value), slice(0, MOST_ANSWERS + 1))
        return [UNFIT if text(one) is None else text(one) for one in some]
    return UNFIT if issubclass(type(value), dict) else _plain(value)
