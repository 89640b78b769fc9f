"""Two records that may be one, who has read, and a copy: as people and programs read them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from casework.around import Reading
from casework.duplicates import Side, SideBySide, Taken, Whole
from casework.exporting import CopiedRecord, Copy
from casework.likeness import Alike
from jobs.answered import Questions, beside, in_order, label
from jobs.commands.documents import event
from jobs.show import Column, heading, print_table, say
from workflows.dates import british

PAIRS = (Column("service"), Column("kind"), Column("first"), Column("second"), Column("both have", wraps=True))
ANSWERS = (
    Column("answer", wraps=True),
    Column("", narrow=1),
    Column("first", wraps=True),
    Column("second", wraps=True),
)
STORY = (Column("record"), Column("#", right=True), Column("on"), Column("step"), Column("by", wraps=True))
READINGS = (Column("when"), Column("what"), Column("by", wraps=True), Column("via"), Column("why", wraps=True))


def alike(one: Alike) -> dict[str, Any]:
    return {**asdict(one), "because": list(one.because)}


def show_alike(found: Sequence[Alike]) -> None:
    if not found:
        return say("No two open records look like one baby.")
    return print_table(PAIRS, [(one.service, one.kind, one.first, one.second, _words(one.because)) for one in found])


def _words(because: Sequence[str]) -> str:
    named = {"nhs": "the NHS number"}
    return "; ".join(named.get(what, what.replace("+", ", ")) for what in because)


def side_by_side(compared: SideBySide) -> dict[str, Any]:
    return {
        "first": compared.first.reference,
        "second": compared.second.reference,
        "states": [compared.first.state, compared.second.state],
        "because": [list(one.because) for one in compared.alike],
        "answers": [_side(side) for side in compared.answers],
    }


def _side(one: Side) -> dict[str, Any]:
    return {"name": one.name, "first": one.first, "second": one.second, "agrees": one.agrees}


def show_side_by_side(compared: SideBySide) -> None:
    first, second = compared.first, compared.second
    say(f"{first.reference} ({first.state}) and {second.reference} ({second.state})")
    if compared.alike:
        say(f"Both have: {_words(compared.alike[0].because)}.")
    else:
        say("Nothing suggests that they are one.")
    asked, sides = first.chart.fields, {side.name: side for side in compared.answers}
    print_table(ANSWERS, [_compared(asked, side) for _, side in in_order(asked, sides)])


def _compared(asked: Questions, side: Side) -> tuple[str, ...]:
    told = ("-" if value is None else beside(asked, side.name, value) for value in (side.first, side.second))
    return label(asked, side.name), "=" if side.agrees else "", *told


def whole(found: Whole) -> dict[str, Any]:
    return {
        "reference": found.case.reference,
        "state": found.case.state,
        "opened_on": found.opened_on,
        "received_on": found.received_on,
        "waiting_since": found.waiting_since,
        "referrers": [asdict(one) for one in found.referrers],
        "referrals": list(found.referrals),
        "merged": [_taken(taken) for taken in found.taken],
        "story": [{"record": reference, **event(happened)} for reference, happened in found.story],
    }


def _taken(taken: Taken) -> dict[str, Any]:
    told = {name: getattr(taken, name) for name in ("into", "on", "because", "second_person", "stood")}
    flags = [asdict(flag) for flag in taken.flags]
    answers = {name: value for name, value in taken.case.answers.items() if name != "stood"}
    return {"reference": taken.case.reference, **told, "answers": answers, "flags": flags, "referrals": taken.referrals}


def show_whole(found: Whole) -> None:
    say(f"{found.case.reference} ({found.case.state}), with {len(found.taken)} merged into it.")
    for taken in found.taken:
        say(f"  {taken.case.reference} into {taken.into} on {british(taken.on)}, agreed with {taken.second_person}.")
    if found.received_on:
        say(f"The first written referral came on {british(found.received_on)}.")
    for name, since in found.waiting_since.items():
        say(f"{name} counts from {british(since)} at the earliest.")
    for one in found.referrers:
        say(f"Referred by {one.name} ({one.role}), {one.contact}, with {one.reference}: to be told as well.")
    heading("What happened")
    rows = [(ref, str(e.seq), e.effective_on.isoformat(), e.trigger, e.actor) for ref, e in found.story]
    print_table(STORY, rows)


def show_readings(found: Sequence[Reading]) -> None:
    if not found:
        return say("Nobody has read this record through casework.")
    rows = [(f"{r.read_at:%Y-%m-%d %H:%M}Z", r.what, r.actor, r.via, r.why or "-") for r in found]
    return print_table(READINGS, rows)


def copied(made: Copy) -> dict[str, Any]:
    notices = (
        f"This record was merged: {made.part_of} stands for it. All of both: casework record copy {made.part_of}"
        if made.part_of
        else "",
        "Something is left out: it is marked as another person's." if made.left_out else "",
        "Some answers are restricted: a clinician makes the copy that has them." if made.restricted else "",
    )
    return {
        "for": made.asked_by,
        "part_of": made.part_of,
        "left_out": made.left_out,
        "notice": " ".join(filter(None, notices)),
        "records": [_copied(record) for record in made.records],
    }


def _copied(record: CopiedRecord) -> dict[str, Any]:
    case = record.case
    return {
        "kind": case.chart.kind.value,
        "reference": case.reference,
        "service": case.service,
        "state": case.state,
        "opened_on": case.opened_on,
        "closed_on": case.closed_on,
        "left_out": record.left_out,
        "answers": dict(record.answers),
        "events": [event(happened) for happened in record.events],
        "readings": [asdict(reading) for reading in record.readings],
    }
