"""One record as people read it. `show_case` and `show_whole_history` alone show what a family has said."""

from collections.abc import Iterator, Sequence
from datetime import date

from casework import Case, CaseEvent, FlagRow, Option
from casework.gaps import lacking
from casework.replay import Difference
from jobs import answered, worked
from jobs.answered import INDENT
from jobs.boards import how_many
from jobs.show import Cell, Column, heading, print_table, say
from workflows.beside import RecordKind
from workflows.dates import british
from workflows.eligibility import eligibility
from workflows.guards.following import FOLLOWS_ONLY
from workflows.retention import Retention
from workflows.settings import Lack

CLOCKS = (
    Column("clock"),
    Column("since"),
    Column("until"),
    Column("days", right=True),
    Column("adj.", right=True),
    Column("what it counts", wraps=True),
)
HISTORY = (
    Column("#", right=True),
    Column("on"),
    Column("step"),
    Column("to"),
    Column("by", wraps=True),
    Column("as", narrow=0),
    Column("how", narrow=0),
)
OPTIONS = (Column("step"), Column("to"), Column("now"), Column("needs, or why not", wraps=True))


def show_case(found: Case, flags: Sequence[FlagRow], today: date, since: date | None) -> None:
    say(*_standing(found, today, since))
    if flags:
        say(f"Flags: {', '.join(f'{row.kind} since {british(row.raised_on)}' for row in flags)}.")
    if found.gaps:
        say(f"Missing: {_labels(found, found.gaps)}.")
    if warned := lacking(found, Lack.WARN):
        say(f"Asked for and not there, which stops nothing: {_labels(found, warned)}.")
    say(*worked.lines(found, today))
    if found.clocks:
        heading("Clocks")
        print_table(CLOCKS, [_clock_row(found, name, today) for name in found.clocks])
    heading("Answers")
    say(*answered.lines(found))


def _labels(found: Case, names: Sequence[str]) -> str:
    return "; ".join(answered.label(found.chart.fields, name) for name in names)


def show_kept(retention: Retention | None) -> None:
    """Until when the record is kept; of a record that is no baby's nothing is said."""
    if retention is not None:
        until = f"Kept until {british(retention.day)}" if retention.day else "Kept, and no day is known until when"
        say("", f"{until}: {retention.why}")


def _standing(found: Case, today: date, came: date | None) -> Iterator[str]:
    yield f"{found.service}/{found.reference}: {found.chart.states[found.state].label} ({found.state})"
    since = f" since {british(came)}" if came else ""
    place = f"Stage {found.stage}" if found.chart.kind is RecordKind.REFERRAL else "There"
    yield f"{place}{since}; version {found.version}; pathway {found.chart.id}; id {found.id}."
    if found.chart.kind is RecordKind.REFERRAL:
        fits = eligibility(found.facts(today))
        yield f"Eligibility: {' '.join([f'{fits.result}.', *(c.sentence for _, c in fits.findings)])}"
    if found.held_since:
        yield f"On hold since {british(found.held_since)}."
    if wait := found.clocks.get("wait_to_allocation"):
        adjusted = wait.adjusted(today, found.held_since)
        waits = "Waiting" if wait.running else "Waited"
        yield f"{waits} for a clinician: {how_many(wait.days(today), 'day', 'days')}, {adjusted} without those on hold."


def _clock_row(found: Case, name: str, today: date) -> list[Cell | str]:
    clock = found.clocks[name]
    return [
        name,
        clock.since.isoformat(),
        clock.stopped_on.isoformat() if clock.stopped_on else Cell("running", "bold"),
        str(clock.days(today)),
        str(clock.adjusted(today, found.held_since)),
        found.chart.clocks[name].label if name in found.chart.clocks else "",
    ]


def show_history(events: Sequence[CaseEvent]) -> None:
    print_table(HISTORY, [_event_row(event) for event in events])


def show_whole_history(found: Case, events: Sequence[CaseEvent]) -> None:
    """Each step with what it brought, to be read from the first day on."""
    for event in events:
        label = found.chart.states[event.to].label
        say(
            f"{event.seq}. {british(event.effective_on)}: {event.trigger}, by {event.actor} ({event.role or 'no role'})"
        )
        say(f"{INDENT}{'Stands' if event.to == event.source else 'Now stands'} at: {label}")
        say(*(INDENT + line for line in answered.brought(found, event)))


REPLAY = (
    Column("#", right=True),
    Column("on"),
    Column("by", wraps=True),
    Column("as", narrow=0),
    Column("step"),
    Column("from", narrow=0),
    Column("to"),
)


def show_replay(events: Sequence[CaseEvent], differences: Sequence[Difference]) -> None:
    print_table(
        REPLAY,
        [(str(e.seq), e.effective_on.isoformat(), e.actor, e.role or "-", e.trigger, e.source, e.to) for e in events],
    )
    say("")
    if not differences:
        return say(f"The fold of {how_many(len(events), 'event', 'events')} and the kept row agree.")
    return say("The fold and the kept row differ:", *(f"  {found.sentence}" for found in differences))


def _event_row(event: CaseEvent) -> list[str]:
    return [
        str(event.seq),
        event.effective_on.isoformat(),
        event.trigger,
        event.to if event.to != event.source else "(stays)",
        event.actor,
        event.role or "-",
        f"{event.via}, imported" if event.imported else event.via,
    ]


def show_options(offered: Sequence[Option]) -> None:
    """Without the steps that nobody takes by themselves: there is nothing to decide about them."""
    by_hand = [option for option in offered if all(reason.code != FOLLOWS_ONLY for reason in option.reasons)]
    if not by_hand:
        return say("Nothing is possible from here.")
    return print_table(OPTIONS, [_option_row(option) for option in by_hand])


def _option_row(option: Option) -> list[Cell | str]:
    if not option.allowed:
        why = " ".join(reason.sentence for reason in option.reasons)
        return [option.trigger, option.to, Cell("if", "yellow") if _can_be_answered(option) else Cell("no", "red"), why]
    needs = ", ".join(option.data.get("required", ())) or "nothing"
    return [option.trigger, option.to, Cell("yes", "green"), needs]


def _can_be_answered(option: Option) -> bool:
    """Whether all that stands against the step is about answers that it takes."""
    asked = option.data.get("properties", {}).keys()
    return all(reason.fields and not reason.who and asked >= set(reason.fields) for reason in option.reasons)
