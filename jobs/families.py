"""Families, records and contact lists as people read them on the command line."""

from collections.abc import Sequence
from typing import Any

from casework import Case
from casework.contacts import ContactRow, Reach
from casework.family import Family, Held, Member
from jobs.show import Column, print_table, say
from workflows.beside import RecordKind
from workflows.dates import british

RECORDS = (
    Column("reference"),
    Column("service", narrow=0),
    Column("stands at"),
    Column("opened"),
)
CONTACTS = (Column("referral"), Column("carer"), Column("name", wraps=True), Column("may be reached by", wraps=True))


def listed(case: Case) -> dict[str, Any]:
    """Without a name: to see that is to read the record, and that is kept."""
    return {
        "service": case.service,
        "reference": case.reference,
        "case_id": case.id,
        "kind": case.chart.kind.value,
        "state": case.state,
        "label": case.chart.states[case.state].label,
        "open": case.open,
        "opened_on": case.opened_on,
        "closed_on": case.closed_on,
    }


def show_records(found: Sequence[Case]) -> None:
    if not found:
        return say("There are none.")
    rows = [listed(case) for case in found]
    cells = [[r["reference"], r["service"], r["label"], r["opened_on"].isoformat()] for r in rows]
    return print_table(RECORDS, cells)


def show_family(found: Family) -> None:
    say(f"Family {found.label or '(no label yet)'}")
    say(*(_line(member) for member in found.members))


def _line(member: Member) -> str:
    """One line for each: where this baby is, who holds them, what is due next."""
    told = [f"{member.name or 'no name yet'} ({member.reference})", member.label]
    if member.kind == RecordKind.CARER:
        told += [f"children: {', '.join(member.children)}"] if member.children else []
    else:
        told += [_where(member), f"held by: {', '.join(map(_held, member.held_by)) or 'nobody recorded'}"]
        due = f"{(member.next_what or '').replace('_', ' ')} {british(member.next_on)}" if member.next_on else "nothing"
        told.append(f"due next: {due}")
    return "  " + "; ".join(told) + "."


def _where(member: Member) -> str:
    if member.kind == RecordKind.REFERRAL:
        return "no record of the baby yet"
    since = f" since {british(member.where_since)}" if member.where_since else ""
    return f"is at: {member.where.replace('_', ' ')}{since}" if member.where else "where: not recorded"


def _held(one: Held) -> str:
    return f"{one.who} ({', '.join(filter(None, [one.as_what.replace('_', ' '), one.reference]))})"


def show_contacts(rows: Sequence[ContactRow]) -> None:
    if not rows:
        return say("Nobody is on the list: a referral is on it once its focus carer is linked.")
    return print_table(CONTACTS, [[row.referral, row.carer, row.name, _ways(row)] for row in rows])


def _way(one: Reach) -> str:
    heed = f" ({one.heed})" if one.heed else ""
    return f"{one.channel} {' / '.join(one.details)}".strip() + heed


def _ways(row: ContactRow) -> str:
    safe = [
        f"{one.channel} {' / '.join(one.details)}{f' ({one.heed})' if one.heed else ''}".strip() for one in row.safe
    ]
    told = ["; ".join(safe) or "no way that they have allowed"]
    if row.ask_first:
        told.append(f"ask first: {', '.join(row.ask_first)}")
    if row.interpreter:
        told.append(f"interpreter: {row.interpreter}")
    if row.through:
        told.append(f"through: {row.through}")
    return ". ".join(told)
