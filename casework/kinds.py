"""What each kind of answer must be, and the one form in which it is kept."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Annotated, Any, Literal

import nhs_number.validate
from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, create_model
from pydantic import Field as Described
from pydantic_core import PydanticCustomError

from casework.calendar import EARLIEST, NotADay, parse_day
from casework.identity import REFERENCE, is_reference
from casework.limits import fault_of, one_form
from workflows import Field, Kind

Fields = tuple[Field, ...]

LONGEST_NHS_NUMBER = 100
"""Characters as it is typed: ten digits, and blanks around and between them."""

_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


def is_blank(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and (not value or value.isspace()))


@lru_cache(maxsize=512)
def model_of(fields: Fields) -> tuple[type[BaseModel], dict[str, Field]]:
    known = {f.name: f for f in fields}
    shape: dict[str, Any] = {f.name: (_type(f) | None, None) for f in fields}
    model = create_model("Answers", __config__=ConfigDict(extra="forbid", hide_input_in_errors=True), **shape)
    return model, known


def _type(field: Field) -> Any:
    match field.kind:
        case Kind.DATE:
            return Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
        case Kind.NHS_NUMBER:
            asked = WithJsonSchema({"type": "string", "pattern": r"^\d{3} ?\d{3} ?\d{4}$"})
            return Annotated[str, BeforeValidator(_nhs_number), asked]
        case Kind.CODE | Kind.YES_NO:
            return _one_of(field)
        case Kind.CODES:
            one: Any = _one_of(field)
            return Annotated[list[one], Described(max_length=len(field.choices))]
        case Kind.LINE:
            return _text(_one_line, field)
        case Kind.WORDS:
            return _text(_words, field)
        case Kind.NUMBER:
            asked = WithJsonSchema({"type": "integer", "minimum": field.least, "maximum": field.most})
            return Annotated[int, BeforeValidator(partial(_number, field)), asked]
        case Kind.TIME:
            asked = WithJsonSchema({"type": "string", "pattern": f"^{_TIME.pattern}$"})
            return Annotated[str, BeforeValidator(_time), asked]
        case Kind.RECORD:
            asked = WithJsonSchema({"type": "string", "pattern": f"^{REFERENCE}$", "x-record": f"{field.record}"})
            return Annotated[str, BeforeValidator(_reference), asked]
        case Kind.LIST:
            entry: Any = _entry(field)
            return Annotated[list[entry], Described(max_length=field.most)]


def _one_of(field: Field) -> Any:
    """Looked for as it is: pydantic would write the whole of it out in UTF-8 first, and Python keeps that with it."""
    return Annotated[Literal[field.choices], BeforeValidator(partial(_chosen, field.choices))]


@lru_cache(maxsize=256)
def _entry(field: Field) -> Any:
    """One entry of a list. What is blank in it counts as not given, and what it needs is told once."""
    needed = {f.name: f for f in field.of}
    shape: dict[str, Any] = {
        name: (_type(f) | None, None) if f.optional else (_type(f), ...) for name, f in needed.items()
    }
    model = create_model("Entry", __config__=ConfigDict(extra="forbid", hide_input_in_errors=True), **shape)
    return Annotated[model, BeforeValidator(_without_blanks)]


def _without_blanks(entry: object) -> object:
    if not isinstance(entry, dict):
        raise PydanticCustomError("wrong_type", "answers by name are asked for")
    return {name: value for name, value in entry.items() if not is_blank(value)}


def _number(field: Field, value: object) -> int:
    """As a whole number, or as the digits of one that somebody typed."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
        value = int(value)
    if isinstance(value, float) and value.is_integer():  # JSON has one kind of number
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise PydanticCustomError("wrong_type", "a whole number is asked for")
    if not field.least <= value <= field.most:
        raise PydanticCustomError("out_of_range", "out of range")
    return value


def _time(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "a time is asked for")
    if not _TIME.fullmatch(value):
        raise PydanticCustomError("invalid_time", "no time")
    return value


def _reference(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "a reference is asked for")
    if not is_reference(value):
        raise PydanticCustomError("invalid_reference", "no reference")
    return value


def _text(check: Callable[[int, object], str], field: Field) -> Any:
    """Measured before anything else is asked of it, however long it is."""
    asked = WithJsonSchema({"type": "string", "maxLength": field.longest})
    return Annotated[str, BeforeValidator(partial(check, field.longest)), asked]


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        if value < EARLIEST:
            raise PydanticCustomError("invalid_date", "no date")
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "a date is asked for")
    try:
        return parse_day(value)
    except NotADay:
        raise PydanticCustomError("invalid_date", "no date") from None


def _chosen(choices: tuple[str, ...], value: object) -> object:
    if not isinstance(value, str) or value not in choices:
        raise PydanticCustomError("literal_error", "none to choose from")
    return value


def _nhs_number(value: object) -> str:
    """Modulus 11, and neither all zeros nor all nines, which pass the sum and are never issued: they are dummies."""
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "digits are asked for")
    digits = "".join(value.split()).replace("-", "") if len(value) <= LONGEST_NHS_NUMBER else ""
    plain = len(digits) == 10 and digits.isascii() and digits.isdigit() and digits.strip("0") and digits.strip("9")
    if not plain or not nhs_number.validate.is_valid(digits):
        raise PydanticCustomError("invalid_nhs_number", "no NHS number")
    return digits


def _one_line(longest: int, value: object) -> str:
    """Kept composed (NFC), so that a name is the same name whoever typed it; counted in its letters, never cut."""
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "text is asked for")
    line = one_form(value, longest)
    if line is None:
        raise PydanticCustomError("string_too_long", "too long")
    return _without_faults(line, "")


def _words(longest: int, value: object) -> str:
    """Kept to the letter, blanks and all: they are somebody's own words."""
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "text is asked for")
    if len(value) > longest:
        raise PydanticCustomError("string_too_long", "too long")
    return _without_faults(value, "\n\r\t")


def _without_faults(kept: str, allowed: str) -> str:
    if code := fault_of(kept, allowed):
        raise PydanticCustomError(code, "cannot be kept")
    return kept
