"""Lists that are only added to, read as what holds now: the latest word about the same thing, unless it was ended.

An entry with `until` says that what it is about has ended. Entries are in the order in which they were recorded.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from workflows.names import one_name

Entry = Mapping[str, Any]


def standing(entries: Iterable[Entry], about: str) -> dict[Any, Entry]:
    """The latest entry about each thing that has not ended, by what it is about."""
    latest = {entry[about]: entry for entry in entries if about in entry}
    return {thing: entry for thing, entry in latest.items() if "until" not in entry}


def last(entries: Sequence[Entry]) -> Entry | None:
    """The latest entry of a list about one thing; None where there is none, or it was ended."""
    return entries[-1] if entries and "until" not in entries[-1] else None


def said_by(entries: Iterable[Entry], on: date) -> list[Entry]:
    """Of consents, those that had been said by a day: a step that is recorded late is judged as its day knew it."""
    return [entry for entry in entries if entry["consent_said_on"] <= on]


def consents(entries: Iterable[Entry], purpose: str) -> dict[str, Entry]:
    """What each person said last about one purpose, by person: the latest day counts, then the latest entry."""
    said = [entry for entry in entries if entry["consent_for"] == purpose]
    said.sort(key=lambda entry: (entry["consent_said_on"], entry["number"]))
    return {one_name(entry["consent_by"]): entry for entry in said}


def withheld(entries: Sequence[Entry], purpose: str) -> bool:
    """Whether somebody's last word is against it. Where nobody was asked, nobody is."""
    return bool(consents(entries, purpose)) and not consented(entries, purpose)


def consented(entries: Iterable[Entry], purpose: str, since: object = None) -> bool:
    """Whether somebody gave consent and nobody's last word is against it (requirements W34, R-175).

    What was given before `since`, the day on which another became the focus carer, was given for another relationship.
    """
    last_words = consents(entries, purpose).values()
    before = [e for e in last_words if isinstance(since, date) and e["consent_said_on"] < since]
    counted = {e["consent_decision"] for e in last_words if e not in before or e["consent_decision"] != "given"}
    return counted == {"given"}
