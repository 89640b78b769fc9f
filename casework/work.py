"""The work with a family, counted from what its contacts say: sessions, who came, what was missed, silence, goals.

A contact is what was attended; what was cancelled, or to which the baby was not brought, stands in the same list and
says so. Nothing is counted that does not name who was there (requirements X4.13).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.case import CaseEvent
from workflows.beside import entries
from workflows.interventions import CATALOGUE, attended_words

Entry = Mapping[str, Any]
Answers = Mapping[str, object]

MISSED = "contact_outcome"
FATHERS = ("father",)


def attended(answers: Answers, intervention: str | None = None) -> tuple[Entry, ...]:
    """Every contact at which somebody was there, oldest first; or the sessions of one intervention."""
    kept = (entry for entry in entries(answers, "contacts") if MISSED not in entry and _came(entry))
    return tuple(sorted((e for e in kept if intervention in (None, e.get("intervention"))), key=_when))


def missed(answers: Answers) -> Counter[str]:
    """How often a contact did not take place, by what happened instead: not brought is not the same as not come."""
    return Counter(entry[MISSED] for entry in entries(answers, "contacts") if MISSED in entry)


def missed_in_a_row(answers: Answers) -> int:
    """How many were missed since the latest contact, those that the service cancelled left out: a signal of risk and
    no reason to close by rule (requirements W8).
    """
    row = 0
    for entry in sorted(entries(answers, "contacts"), key=_when, reverse=True):
        if MISSED not in entry:
            return row
        row += entry[MISSED] != "cancelled_by_service"
    return row


def by_person(answers: Answers) -> Counter[str]:
    """At how many contacts each kind of person was there. Two siblings at one contact are two."""
    return Counter(
        one["who"] for entry in attended(answers) for one in entry["participants"] if one["attended"] == "yes"
    )


def fathers_came(answers: Answers) -> int:
    """At how many contacts a father was there, as himself or as the carer of focus (R-319)."""
    focus = answers.get("carer_relationship") in FATHERS
    wanted = {*FATHERS, *(("focus_carer",) if focus else ())}
    return sum(
        any(one["who"] in wanted and one["attended"] == "yes" for one in e["participants"]) for e in attended(answers)
    )


def why_absent(answers: Answers, who: str) -> Counter[str]:
    """Why somebody who was expected was not there; those of whom nobody said why as not_said (R-325)."""
    people = (one for entry in attended(answers) for one in entry["participants"])
    return Counter(
        one.get("absent_because", "not_said") for one in people if one["who"] == who and one["attended"] == "no"
    )


def sessions(answers: Answers) -> dict[str, str]:
    """By intervention of the plan or of a session: "5 of 8 sessions"."""
    plan = answers.get("interventions")
    held = [str(entry["intervention"]) for entry in attended(answers) if "intervention" in entry]
    known = dict.fromkeys([*(plan if isinstance(plan, list) else []), *held])
    return {code: attended_words(CATALOGUE[code], held.count(code)) for code in known if code in CATALOGUE}


def film_cycles(answers: Answers) -> int:
    """At how many sessions clips were watched with the parent (R-275)."""
    return sum(entry.get("clips_watched") == "yes" for entry in attended(answers))


def band(answers: Answers) -> str:
    """The band of the yearly return (R-284, R-285): 3 to 10 contacts, more than 10; fewer are neither."""
    number = len(attended(answers))
    return "more than 10" if number > 10 else "3 to 10" if number >= 3 else "fewer than 3"


def silence(answers: Answers, on: date) -> int | None:
    """Whole days since the latest contact with the family; None where there was none."""
    latest = answers.get("contact_on")
    return (on - latest).days if isinstance(latest, date) else None


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal and how near it was, each time that somebody asked."""

    entry: Entry
    ratings: tuple[Entry, ...]


def goals(answers: Answers) -> tuple[Goal, ...]:
    rated = sorted(entries(answers, "goal_ratings"), key=_when)
    return tuple(
        Goal(goal, tuple(one for one in rated if one.get("goal_number") == goal["number"]))
        for goal in entries(answers, "goals")
    )


def measured(answers: Answers) -> dict[tuple[str, str], tuple[Entry, ...]]:
    """The outcome measures by domain and time point."""
    found: dict[tuple[str, str], tuple[Entry, ...]] = {}
    for entry in entries(answers, "measures"):
        key = entry["domain"], entry["time_point"]
        found[key] = (*found.get(key, ()), entry)
    return found


def not_observed(events: Iterable[CaseEvent]) -> tuple[CaseEvent, ...]:
    """The steps at which the baby was not observed, and the reason stands: a list for whoever looks at quality."""
    return tuple(event for event in events if event.data.get("not_observed_because"))


def _people(entry: Entry) -> Sequence[Entry]:
    """Who was there or was expected; nobody where that stands in words, as it did at first."""
    told = entry.get("participants")
    return told if isinstance(told, list) else ()


def _came(entry: Entry) -> bool:
    return any(one["attended"] == "yes" for one in _people(entry))


def _when(entry: Entry) -> tuple[date, int]:
    return entry["on"], entry["number"]
