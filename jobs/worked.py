"""The three areas and the work of one referral, for people and for programs; nothing where nothing is recorded."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from casework import Case
from casework.ratings import SideBySide, age_of_ratings, side_by_side
from casework.work import attended, band, by_person, fathers_came, missed, missed_in_a_row, sessions, silence
from jobs.boards import how_many


def lines(found: Case, today: date) -> Iterator[str]:
    """Sentences. Of a person only who he is to the baby is said, never a name."""
    for one in side_by_side(found.answers):
        if one.observed or one.told:
            yield _rated(one, today)
    if not found.answers.get("contacts"):
        return
    came = ", ".join(f"{who.replace('_', ' ')} {number}" for who, number in by_person(found.answers).most_common())
    number, fathers = len(attended(found.answers)), fathers_came(found.answers)
    yield f"Contacts attended: {number} ({came or 'nobody recorded by himself'}); with a father: {fathers}."
    if times := missed(found.answers):
        told = ", ".join(f"{what.replace('_', ' ')} {number}" for what, number in times.items())
        yield f"Missed: {told}; {missed_in_a_row(found.answers)} since the latest contact."
    for code, held in sessions(found.answers).items():
        yield f"{code.replace('_', ' ').capitalize()}: {held}."


def _rated(one: SideBySide, today: date) -> str:
    parts = []
    if one.observed:
        parts.append(f"{one.observed['level']} as observed, {how_many(one.age(today) or 0, 'day', 'days')} old")
    if one.told:
        parts.append(f"{one.told['level']} as the carer tells it")
    differ = " They differ." if one.differ else ""
    return f"{one.area.replace('_', ' ').capitalize()}: {'; '.join(parts)}.{differ}"


def document(found: Case, today: date) -> dict[str, Any]:
    """`areas`: the latest of each account; `work`: counts of what the contacts say. Ages and silence are whole days."""
    areas = {
        one.area: {"observed": one.observed, "told": one.told, "differ": one.differ, "age_days": one.age(today)}
        for one in side_by_side(found.answers)
        if one.observed or one.told
    }
    told = {"areas": areas, "ratings_age_days": age_of_ratings(found.answers, today)} if areas else {}
    return {**told, **({"work": _work(found, today)} if found.answers.get("contacts") else {})}


def _work(found: Case, today: date) -> dict[str, Any]:
    return {
        "attended": len(attended(found.answers)),
        "band": band(found.answers),
        "by_person": dict(by_person(found.answers)),
        "fathers": fathers_came(found.answers),
        "missed": dict(missed(found.answers)),
        "missed_in_a_row": missed_in_a_row(found.answers),
        "sessions": sessions(found.answers),
        "silence_days": silence(found.answers, today),
    }
