"""The pathways of the records beside a service's referrals: the same tables for every service, under its rules."""

from functools import cache
from typing import NamedTuple

from workflows.beside import RecordKind
from workflows.chart import Chart
from workflows.charts.safeguarding import WATCHED_BY
from workflows.records import activity, carer, consultation, infant, meeting, staff
from workflows.vocabulary import Clock, Move, State


class Table(NamedTuple):
    """What a kind of record can be and what can be done with it."""

    states: tuple[State, ...]
    moves: tuple[Move, ...]
    clocks: tuple[Clock, ...] = ()


TABLES: dict[RecordKind, Table] = {
    RecordKind.INFANT: Table(infant.STATES, infant.MOVES, (WATCHED_BY,)),
    RecordKind.CARER: Table(carer.STATES, carer.MOVES, (WATCHED_BY,)),
    RecordKind.MEETING: Table(meeting.STATES, meeting.MOVES),
    RecordKind.STAFF: Table(staff.STATES, staff.MOVES),
    RecordKind.CONSULTATION: Table(consultation.STATES, consultation.MOVES, consultation.USED),
    RecordKind.ACTIVITY: Table(activity.STATES, activity.MOVES, (WATCHED_BY,)),
}


@cache
def records_of(pathway: Chart) -> dict[RecordKind, Chart]:
    """By kind: their names are the name of the service's pathway with the kind behind it, in the same version."""
    return {kind: _chart(pathway, kind, table) for kind, table in TABLES.items()}


def _chart(pathway: Chart, kind: RecordKind, table: Table) -> Chart:
    return Chart(
        name=f"{pathway.name}.{kind}",
        version=pathway.version,
        rules=pathway.rules,
        states={state.name: state for state in table.states},
        clocks={clock.name: clock for clock in table.clocks},
        moves=table.moves,
        kind=kind,
    )
