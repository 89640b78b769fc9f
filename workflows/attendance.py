"""Who was in the room at a moment of a meeting, by the order in which it was recorded."""

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.beside import entries

Person = Mapping[str, Any]


def people_at(meeting: Mapping[str, Any], number: int | None = None) -> Sequence[Person]:
    """Those who were there when the entry of a number was made, in the order in which they came; None: by now.

    A person is known by the name under which they are listed.
    """
    there = {str(person["who"]): person for person in entries(meeting, "attendees")}
    came, went = entries(meeting, "arrivals"), entries(meeting, "departures")
    for entry in sorted((*came, *went), key=lambda entry: int(entry["number"])):
        if number is not None and entry["number"] > number:
            break
        if entry in went:
            there.pop(str(entry["who"]), None)
        else:
            there[str(entry["who"])] = entry
    return tuple(there.values())


def quorum_at(meeting: Mapping[str, Any], number: int | None = None) -> int:
    """How many of them decide: whoever came as the referrer hears and is heard, and does not (R-203)."""
    return sum(person.get("is_referrer") != "yes" for person in people_at(meeting, number))
