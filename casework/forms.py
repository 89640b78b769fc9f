"""The answers of one step: checked when they come in, and described as a JSON Schema so that a screen can ask."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError

from casework.kinds import Fields, is_blank, model_of
from workflows import Field, Kind, Move, Part, Refusal

SENTENCES = {
    "unknown_field": "This step has no such answer. It takes: {choices}.",
    "unknown_code": "This is not one of the answers to choose from: {choices}.",
    "invalid_date": "This is no date. Write 2026-11-21 or 21/11/2026.",
    "date_in_future": "This date lies too far in the future.",
    "invalid_nhs_number": "This is no valid NHS number: ten digits, of which the last is a check digit.",
    "control_characters": "This has control characters. Remove them.",
    "invalid_text": "This is no valid text.",
    "too_long": "This is longer than {longest} characters.",
    "too_many": "These are more answers than can be given: at most {longest}.",
    "out_of_range": "This is no whole number from {least} to {most}.",
    "invalid_time": "This is no time of the day. Write 09:30.",
    "invalid_reference": "This is no reference of a record.",
    "entry_incomplete": "Each entry needs: {choices}.",
    "unknown_in_entry": "An entry has no such answer. It takes: {choices}.",
    "wrong_type": "This is not of the right kind: {kind} is asked for.",
}


def checked(move: Move, data: Mapping[str, object], today: date) -> tuple[dict[str, Any], list[Refusal]]:
    """The answers that can be kept, and what is wrong with the others. Blank answers count as not given."""
    return checked_fields((*move.needs, *move.takes), data, today)


def checked_fields(fields: Fields, data: Mapping[str, object], today: date) -> tuple[dict[str, Any], list[Refusal]]:
    """The same for a set of questions that belongs to no step (a row of a sheet)."""
    return _clean(fields, {name: value for name, value in data.items() if not is_blank(value)}, today)


def _clean(fields: Fields, given: Mapping[str, object], today: date) -> tuple[dict[str, Any], list[Refusal]]:
    model, known = model_of(fields)
    try:
        clean = model.__pydantic_validator__.validate_python(dict(given)).__dict__
    except ValidationError as problem:
        bad = [_refusal(error["type"], error["loc"], known) for error in problem.errors(
            include_input=False, include_url=False, include_context=False)]  # fmt: skip
        wrong = {name for refusal in bad for name in refusal.fields}
        left = {name: value for name, value in given.items() if name in known and name not in wrong}
        clean, more = _clean(fields, left, today) if len(left) < len(given) else ({}, [])
        return clean, list(dict.fromkeys([*bad, *more]))
    clean = {name: _as_kept(value) for name, value in clean.items() if value is not None}
    ahead = [n for n, v in clean.items() if _too_far_ahead(known[n], v, today)]
    return {n: v for n, v in clean.items() if n not in ahead}, [_refusal("date_in_future", (n,), known) for n in ahead]


def _as_kept(value: Any) -> Any:
    """The entries of a list as plain answers by name; what an entry is without is left out."""
    if isinstance(value, list) and value and isinstance(value[0], BaseModel):
        return [{n: v for n, v in entry.__dict__.items() if v is not None} for entry in value]
    return value


def _too_far_ahead(field: Field, value: Any, today: date) -> bool:
    if isinstance(value, date):
        return (value - today).days > field.ahead
    if field.kind is not Kind.LIST:
        return False
    return any(_too_far_ahead(f, entry[f.name], today) for entry in value for f in field.of if f.name in entry)


def schema(move: Move, recorded: Mapping[str, object]) -> dict[str, Any]:
    """The answers of a step as a JSON Schema (draft 2020-12). A form answer that is recorded is not required again."""
    described = _schema((*move.needs, *move.takes))
    required = [f.name for f in move.needs if not (f.part is Part.FORM and recorded.get(f.name))]
    return {**described, "title": move.trigger, "required": required}


@lru_cache(maxsize=512)
def _schema(fields: Fields) -> dict[str, Any]:
    model, known = model_of(fields)
    described = model.model_json_schema()
    properties = {name: _plain(prop, known[name]) for name, prop in described.get("properties", {}).items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _entries(field: Field) -> dict[str, Any]:
    """A list as JSON Schema: its entries are described where they stand, and nowhere else."""
    one = {**_schema(field.of), "required": [f.name for f in field.of if not f.optional]}
    return {"type": "array", "items": one, "maxItems": field.most}


def _plain(prop: dict[str, Any], field: Field) -> dict[str, Any]:
    """The schema of an answer that is given: blank is left out rather than sent as null."""
    if field.kind is Kind.LIST:
        return {**_entries(field), "title": field.label}
    kept = next((p for p in prop.get("anyOf", []) if p.get("type") != "null"), prop)
    return {**{k: v for k, v in kept.items() if k not in ("default", "anyOf")}, "title": field.label}


_IN_WORDS = {
    Kind.DATE: "a date",
    Kind.LINE: "a line of text",
    Kind.WORDS: "text",
    Kind.CODE: "one of the answers to choose from",
    Kind.CODES: "a list of answers to choose from",
    Kind.YES_NO: "yes or no",
    Kind.NHS_NUMBER: "an NHS number",
    Kind.NUMBER: "a whole number",
    Kind.TIME: "a time like 09:30",
    Kind.RECORD: "the reference of a record",
    Kind.LIST: "a list of entries",
}

_CODES = {
    "extra_forbidden": "unknown_field",
    "literal_error": "unknown_code",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "string_unicode": "invalid_text",
    "missing": "entry_incomplete",
}


def _refusal(error_type: str, location: tuple[int | str, ...], known: Mapping[str, Field]) -> Refusal:
    """The refusal of one answer. An unknown name is not repeated: it may be a text that slipped."""
    code = _CODES.get(error_type, error_type if error_type in SENTENCES else "wrong_type")
    field = known.get(str(location[0])) if location else None
    if field is None:
        told = {"choices": ", ".join(known) or "none", "longest": 0, "kind": "an answer", "least": 0, "most": 0}
        return Refusal(code, SENTENCES[code].format(**told))
    if error_type == "too_long":
        sentence, longest = SENTENCES["too_many"], field.most if field.kind is Kind.LIST else len(field.choices)
        return Refusal(code, sentence.format(longest=longest), (field.name,))
    asked = field if code == "entry_incomplete" else _asked_at(field, location[1:])
    return Refusal(code, _sentence(code, asked), (field.name,))


def _asked_at(field: Field, inside: tuple[int | str, ...]) -> Field:
    """The question that an error is about: inside a list it may be one of an entry's."""
    named = next((str(part) for part in inside if isinstance(part, str)), "")
    return next((f for f in field.of if f.name == named), field)


def _sentence(code: str, field: Field) -> str:
    if field.kind is Kind.LIST and code == "unknown_field":
        code = "unknown_in_entry"
    choices = field.choices or tuple(f.name for f in field.of if code != "entry_incomplete" or not f.optional)
    told = {"longest": field.longest, "kind": _IN_WORDS[field.kind], "least": field.least, "most": field.most}
    return SENTENCES[code].format(choices=", ".join(choices), **told)
