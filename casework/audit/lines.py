"""What the line of an event says, key by key: one table for whoever tells it and for whoever holds a log to its rows.

A log of a million lines is not kept in memory: of each line there is a fingerprint, and of each row the same.
"""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import orjson

from casework.audit.evidence import Entry
from casework.case import CaseEvent

OPENED, MOVED, NOTED = "case.opened", "case.moved", "case.noted"
OF_EVENTS = frozenset({OPENED, MOVED, NOTED})

HALF_BYTES = 12
FINGERPRINT_BYTES = 2 * HALF_BYTES
"""Two halves: over the names of the answers, and over all else. Answers can be erased lawfully after the line was told;
then only the second half can be held to the row."""

Facts = dict[str, Any]


def _name_of(event: CaseEvent) -> str:
    if event.source == "new":
        return OPENED
    return NOTED if event.source == event.to else MOVED


FACTS: dict[str, Callable[[Entry, CaseEvent], Any]] = {
    "event": lambda entry, event: _name_of(event),
    "leaf": lambda entry, event: entry.leaf,
    "digest": lambda entry, event: entry.row.digest.hex() if entry.row.digest else None,
    "mac_key": lambda entry, event: entry.row.key_id,
    "service": lambda entry, event: entry.service,
    "reference": lambda entry, event: entry.reference,
    "case_id": lambda entry, event: str(event.case_id),
    "event_id": lambda entry, event: str(event.id),
    "seq": lambda entry, event: event.seq,
    "trigger": lambda entry, event: event.trigger,
    "from_state": lambda entry, event: event.source,
    "to_state": lambda entry, event: event.to,
    "actor": lambda entry, event: event.actor,
    "role": lambda entry, event: event.role,
    "via": lambda entry, event: event.via,
    "effective_on": lambda entry, event: event.effective_on.isoformat(),
    "recorded_at": lambda entry, event: event.recorded_at.isoformat(),
    "pathway": lambda entry, event: event.pathway,
    "imported": lambda entry, event: event.imported,
    "answered": lambda entry, event: sorted(event.data),
    "not_recorded": lambda entry, event: list(event.not_recorded),
    "request_id": lambda entry, event: event.request_id,
}
"""Everything that a line says of its event, as JSON has it. A key that comes later is one that older lines lack."""

ANSWERED = "answered"
_ALL_ELSE = tuple(key for key in FACTS if key != ANSWERED)
_ODD: dict[str, object] = {}
"""What stands for a value that no line of ours has: it is of a kind that none of them is."""


def facts_of(entry: Entry, event: CaseEvent) -> Facts:
    return {key: of(entry, event) for key, of in FACTS.items()}


def fingerprint(said: Mapping[str, Any]) -> bytes:
    """Of what a line says under the keys of `FACTS`. What else is in it, a host may have added."""
    return _half([said.get(ANSWERED, _ODD)]) + _half([said.get(key, _ODD) for key in _ALL_ELSE])


def without_answers(whole: bytes) -> bytes:
    return whole[HALF_BYTES:]


def _half(values: list[Any]) -> bytes:
    try:
        text = orjson.dumps(values)
    except orjson.JSONEncodeError:  # half a letter, a number beyond 64 bits: our lines have no such thing
        return bytes(HALF_BYTES)
    return sha256(text).digest()[:HALF_BYTES]


def _once(pairs: list[tuple[str, Any]]) -> Facts:
    """A key that is there twice says both: readers differ on which of the two counts."""
    said = dict(pairs)
    if len(said) < len(pairs):
        names = [name for name, _ in pairs]
        said |= {name: [value for key, value in pairs if key == name] for name in names if names.count(name) > 1}
    return said


def _no_number(text: str) -> Facts:
    return _ODD


_read = json.JSONDecoder(object_pairs_hook=_once, parse_float=_no_number, parse_constant=_no_number).decode


def parsed(line: bytes | str) -> Facts | None:
    """A line of a log; None where it is torn. Fractions, of which no line of an event has any, are not read."""
    try:
        said = _read(line.decode("utf-8-sig") if isinstance(line, bytes) else line)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
