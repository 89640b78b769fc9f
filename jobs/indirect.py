"""Help given without a case, as people and programs read it."""

from collections.abc import Iterable, Sequence
from typing import Any

from casework import Case
from casework.indirect import Counts, DutyCalls, IndirectWork, day_of, length_of
from jobs.show import Column, print_table, say
from workflows.dates import british

ENTRIES = (Column("reference"), Column("on"), Column("kind"), Column("where it stands", wraps=True))
WORK = (
    Column("kind", wraps=True),
    Column("offered"),
    Column("sessions", right=True),
    Column("hours", right=True),
    Column("people", right=True),
    Column("attendances", right=True),
    Column("heads", right=True),
    Column("families", right=True),
)
SAID = {True: "yes", False: "no", None: "not said"}


def entry(case: Case) -> dict[str, Any]:
    """Without anybody's name: who reads the record itself is given those."""
    known = case.answers
    return {
        "reference": case.reference,
        "case_id": case.id,
        "kind": known.get("activity", case.chart.kind.value),
        "on": day_of(case),
        "state": case.state,
        "minutes": known.get("minutes") or length_of(case),
    }


def show_entries(found: Sequence[Case]) -> None:
    if not found:
        return say("There are none in this period.")
    rows = [(case, entry(case)) for case in found]
    return print_table(
        ENTRIES,
        [(e["reference"], e["on"].isoformat(), e["kind"], case.chart.states[case.state].label) for case, e in rows],
    )


def counts(found: Counts) -> dict[str, Any]:
    """How many people, and not who."""
    return {
        "sessions": found.sessions,
        "minutes": found.minutes,
        "people": len(found.people),
        "attendances": found.attendances,
        "heads_without_names": found.heads,
        "families": found.families,
        "by_type": found.by_type,
        "estimated": {"children": found.children_estimated, "assumptions": found.assumptions},
        "references": found.references,
    }


def work(found: IndirectWork) -> dict[str, Any]:
    return {
        "service": found.service,
        "from": found.since,
        "to": found.until,
        "by_kind": {kind: {"offered": found.offered[kind], **counts(of)} for kind, of in found.by_kind.items()},
        "all": counts(found.whole),
    }


def show_work(found: IndirectWork) -> None:
    say(f"{found.service}, {british(found.since)} to {british(found.until)}, both days included.")
    kinds = [k for k, of in found.by_kind.items() if of.sessions or found.offered[k]]
    print_table(WORK, [*(_row(kind, SAID[found.offered[kind]], found.by_kind[kind]) for kind in kinds), _all(found)])
    say("People are counted once a kind, and once in all. Heads had no names, so nobody can say who came twice.")
    whole = found.whole
    if whole.children_estimated:
        say(f"Estimated, not counted: {whole.children_estimated} children may be reached. It is assumed that:")
        say(*(f"  {assumption}" for assumption in whole.assumptions))


def _all(found: IndirectWork) -> tuple[str, ...]:
    return _row("all", "", found.whole)


def _row(kind: str, offered: str, of: Counts) -> tuple[str, ...]:
    figures = (of.sessions, round(of.minutes / 60, 1), len(of.people), of.attendances, of.heads, of.families)
    return kind.replace("_", " "), offered, *(str(figure) for figure in figures)


def show_calls(found: DutyCalls) -> None:
    for what, references in (
        ("Advice only, no family named", found.advice_only),
        ("Advice to a professional about an open referral", found.about_a_case),
        ("Calls with a family on their own referral", found.care_contacts),
        ("Referrals with a duty call in the period", found.referrals),
    ):
        say(f"{what}: {len(references)}{_of(references)}")


def _of(references: Iterable[str]) -> str:
    named = ", ".join(references)
    return f" ({named})" if named else ""
