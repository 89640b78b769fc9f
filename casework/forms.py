"""The answers of one step: checked when they come in, and described as a JSON Schema so that a screen can ask."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Annotated, Any, Literal

import nhs_number.validate
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    WithJsonSchema,
    create_model,
)
from pydantic import Field as Described
from pydantic_core import PydanticCustomError

from casework.calendar import EARLIEST, NotADay, parse_day
from casework.limits import fault_of, one_form
from workflows import Field, Kind, Move, Part, Refusal

Fields = tuple[Field, ...]

LONGEST_NHS_NUMBER = 100
"""Characters as it is typed: ten digits, and blanks around and between them."""

SENTENCES = {
    "unknown_field": "This step has no such answer. It takes: {choices}.",
    "unknown_code": "This is not one of the answers to choose from: {choices}.",
    "invalid_date": "This is no date. Write 2026-11-21 or 21/11/2026.",
    "date_in_future": "This date lies too far in the future.",
    "invalid_nhs_number": "This is no valid NHS number: ten digits, of which the last is a check digit.",
    "control_characters": "This has control characters. Remove them.",
    "invalid_text": "This is no valid text.",
    "too_long": "This is longer than {longest} characters.",
    "too_many": "These are more answers than there are to choose from.",
    "wrong_type": "This is not of the right kind: {kind} is asked for.",
}


def checked(move: Move, data: Mapping[str, object], today: date) -> tuple[dict[str, Any], list[Refusal]]:
    """The answers that can be kept, and what is wrong with the others. Blank answers count as not given."""
    return checked_fields((*move.needs, *move.takes), data, today)


def checked_fields(fields: Fields, data: Mapping[str, object], today: date) -> tuple[dict[str, Any], list[Refusal]]:
    """The same for a set of questions that belongs to no step (a row of a sheet)."""
    return _clean(fields, {name: value for name, value in data.items() if not _is_blank(value)}, today)


def _is_blank(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and (not value or value.isspace()))


def _clean(fields: Fields, given: Mapping[str, object], today: date) -> tuple[dict[str, Any], list[Refusal]]:
    model, known = _model(fields)
    try:
        clean = model.__pydantic_validator__.validate_python(dict(given)).__dict__
    except ValidationError as problem:
        bad = [_refusal(error["type"], error["loc"], known) for error in problem.errors(
            include_input=False, include_url=False, include_context=False)]  # fmt: skip
        wrong = {name for refusal in bad for name in refusal.fields}
        left = {name: value for name, value in given.items() if name in known and name not in wrong}
        clean, more = _clean(fields, left, today) if len(left) < len(given) else ({}, [])
        return clean, list(dict.fromkeys([*bad, *more]))
    clean = {name: value for name, value in clean.items() if value is not None}
    ahead = [n for n, v in clean.items() if isinstance(v, date) and (v - today).days > known[n].ahead]
    return {n: v for n, v in clean.items() if n not in ahead}, [_refusal("date_in_future", (n,), known) for n in ahead]


def schema(move: Move, recorded: Mapping[str, object]) -> dict[str, Any]:
    """The answers of a step as a JSON Schema (draft 2020-12). A form answer that is recorded is not required again."""
    described = _schema((*move.needs, *move.takes))
    required = [f.name for f in move.needs if not (f.part is Part.FORM and recorded.get(f.name))]
    return {**described, "title": move.trigger, "required": required}


@lru_cache(maxsize=512)
def _schema(fields: Fields) -> dict[str, Any]:
    model, known = _model(fields)
    described = model.model_json_schema()
    properties = {name: _plain(prop, known[name]) for name, prop in described.get("properties", {}).items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _plain(prop: dict[str, Any], field: Field) -> dict[str, Any]:
    """The schema of an answer that is given: blank is left out rather than sent as null."""
    kept = next((p for p in prop.get("anyOf", []) if p.get("type") != "null"), prop)
    return {**{k: v for k, v in kept.items() if k not in ("default", "anyOf")}, "title": field.label}


@lru_cache(maxsize=512)
def _model(fields: Fields) -> tuple[type[BaseModel], dict[str, Field]]:
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


def _one_of(field: Field) -> Any:
    """Looked for as it is: pydantic would write the whole of it out in UTF-8 first, and Python keeps that with it."""
    return Annotated[Literal[field.choices], BeforeValidator(partial(_chosen, field.choices))]


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
    """Modulus 11, and not all zeros, which passes the sum but is never issued."""
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "digits are asked for")
    digits = "".join(value.split()).replace("-", "") if len(value) <= LONGEST_NHS_NUMBER else ""
    plain = len(digits) == 10 and digits.isascii() and digits.isdigit() and digits.strip("0")
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


_IN_WORDS = {
    Kind.DATE: "a date",
    Kind.LINE: "a line of text",
    Kind.WORDS: "text",
    Kind.CODE: "one of the answers to choose from",
    Kind.CODES: "a list of answers to choose from",
    Kind.YES_NO: "yes or no",
    Kind.NHS_NUMBER: "an NHS number",
}

_CODES = {
    "extra_forbidden": "unknown_field",
    "literal_error": "unknown_code",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "string_unicode": "invalid_text",
}


def _refusal(error_type: str, location: tuple[int | str, ...], known: Mapping[str, Field]) -> Refusal:
    """The refusal of one answer. An unknown name is not repeated: it may be a text that slipped."""
    code = _CODES.get(error_type, error_type if error_type in SENTENCES else "wrong_type")
    field = known.get(str(location[0])) if location else None
    sentence = SENTENCES["too_many" if error_type == "too_long" else code]
    if field is None:
        return Refusal(code, sentence.format(choices=", ".join(known) or "none", longest=0, kind="an answer"))
    told = {"choices": ", ".join(field.choices), "longest": field.longest, "kind": _IN_WORDS[field.kind]}
    return Refusal(code, sentence.format(**told), (field.name,))
