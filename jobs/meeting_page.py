"""A meeting as plain pages that print anywhere, as tables on a screen, and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from textwrap import wrap
from typing import Any

from casework.cadence import Due
from casework.calendar import LONDON
from casework.meetings import Agenda, Item, MeetingRow, Minute, Minutes, Person
from jobs.boards import how_many
from jobs.show import Column, one_line, print_table, say
from workflows.dates import british

WIDTH = 96
"""Characters of a printed line."""

MEETINGS = (
    Column("reference"),
    Column("service", narrow=0),
    Column("on"),
    Column("at"),
    Column("kind"),
    Column("state"),
    Column("items", right=True),
    Column("decided", right=True),
)
HANDLE_WITH_CARE = "With names of babies: keep this page as you keep a record."


def spoken(code: str) -> str:
    return code.replace("_", " ")


def show_list(rows: Sequence[MeetingRow]) -> None:
    if not rows:
        return say("No meeting is planned, and none was held.")
    return print_table(
        MEETINGS,
        [
            (r.reference, r.service, r.on.isoformat(), r.at or "-", spoken(r.kind), spoken(r.state), str(r.items),
             str(r.decided))
            for r in rows
        ],
    )  # fmt: skip


def show_due(found: Sequence[Due]) -> None:
    for one in found:
        told = "no meeting is planned, and no day is known"
        if one.next:
            told = f"the next meeting is {'planned for' if one.planned else 'due on'} {british(one.next)}"
        say(f"{one.service}: {told}{f' ({one.planned})' if one.planned else ''}.")
        say(*(f"  {british(day)}: the group was due, and did not meet." for day in one.missed))
        say(*(f"  {reference}: planned for a day that is past, and never begun." for reference in one.not_begun))


def rows(found: Sequence[MeetingRow]) -> list[dict[str, Any]]:
    return [asdict(row) for row in found]


def agenda_document(agenda: Agenda) -> dict[str, Any]:
    """The one key that comes and goes is `name`, so that a document without names cannot be taken for one with."""
    return {**asdict(agenda), "items": [_item_document(item) for item in agenda.items]}


def minutes_document(minutes: Minutes) -> dict[str, Any]:
    items = [
        {**_item_document(item), "minutes": [asdict(one) | {"reasons": dict(one.reasons)} for one in told]}
        for item, told in minutes.by_item
    ]
    people = [asdict(person) for person in minutes.people]
    said = {"quorum": minutes.quorum, "people": people, "absent": list(minutes.absent), "items": items}
    return {**agenda_document(minutes.agenda), **said}


def _item_document(item: Item) -> dict[str, Any]:
    told = asdict(item)
    return told if item.name is not None else {name: value for name, value in told.items() if name != "name"}


def agenda_page(agenda: Agenda) -> str:
    return "\n".join([*_heading("Agenda", agenda), *(line for i in agenda.items for line in _item(i)), ""])


def minutes_page(minutes: Minutes) -> str:
    lines = [*_heading("Minutes", minutes.agenda), "Present"]
    lines += [f"  {_person(person)}" for person in minutes.people] or ["  nobody is recorded"]
    if minutes.absent:
        lines.append(f"  Nobody is recorded from: {', '.join(map(one_line, minutes.absent))}.")
    if minutes.quorum is not None:
        lines.append(f"  The group decides with at least {how_many(minutes.quorum, 'person', 'people')}.")
    lines.append("")
    for item, told in minutes.by_item:
        lines += [_title(item), *(line for one in told for line in _minute(one))]
        lines += [] if told else ["   Nothing was decided."]
    return "\n".join([*lines, ""])


def _heading(what: str, agenda: Agenda) -> Iterator[str]:
    yield f"{what}: {spoken(agenda.kind)}, {british(agenda.on)}{f' at {agenda.at}' if agenda.at else ''}"
    yield f"{agenda.service_name} · {agenda.reference} · {spoken(agenda.state)}"
    if agenda.meets_with:
        yield f"With: {', '.join(one_line(name) for name in agenda.meets_with)}"
    if agenda.frozen_on:
        yield f"Agenda closed on {british(agenda.frozen_on)} by {one_line(agenda.frozen_by or '')}"
    if any(item.name for item in agenda.items):
        yield HANDLE_WITH_CARE
    yield ""
    if not agenda.items:
        yield "No referral is listed."


def _title(item: Item) -> str:
    name = f" · {one_line(item.name)}" if item.name else ""
    return f"{item.position}. {item.referral}{name} · item {item.number}{' · LATE' if item.late else ''}"


def _item(item: Item) -> Iterator[str]:
    yield _title(item)
    yield f"   {item.label}{'' if item.to_decide else ': no longer before this meeting'}"
    if item.days is not None:
        deferred = how_many(item.deferrals, "time", "times")
        yield f"   Put to the group {how_many(item.days, 'day', 'days')} ago; deferred {deferred}"
    if item.risks:
        yield f"   Risk in the relationship: {item.risks[0]}; safeguarding risk: {item.risks[1]}"
    if item.missing:
        yield from _wrapped(f"Missing: {', '.join(map(spoken, item.missing))}")
    if item.comes_first and item.due:
        yield f"   Due {british(item.due)}: the baby comes before the end of the published wait"
    if item.late:
        yield from _wrapped(f"Late because: {item.late}")


def _minute(minute: Minute) -> Iterator[str]:
    yield f"   {spoken(minute.decision).capitalize()} · {how_many(minute.there, 'person', 'people')} deciding"
    for name, text in minute.reasons:
        yield from _wrapped(f"{spoken(name).capitalize()}: {spoken(text) if name == 'closure_reason' else text}")
    recorded = minute.recorded_at.astimezone(LONDON)
    role = f", {spoken(minute.role)}" if minute.role else ""
    yield f"   Recorded by {one_line(minute.author)}{role}, {british(recorded.date())} at {recorded:%H:%M}"


def _wrapped(text: str) -> list[str]:
    return wrap(one_line(text), WIDTH, initial_indent="   ", subsequent_indent="   ")


def _person(person: Person) -> str:
    said = [person.role, person.service, "as the referrer" if person.is_referrer else None]
    said += ["came later" if person.came_late else None, "left before the end" if person.left_early else None]
    return one_line(", ".join([person.who, *(one for one in said if one)]))
