"""Flags as lists and screens read them, and what people did about them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from casework.calendar import end_of_day
from casework.store import Asked, FlagAct, FlagRow, FlagStretch
from persistence.night_tables import flag_acts, flags
from persistence.reading import NOT_RESTRICTED, in_order, joined_of, narrowed, readable, stage_of
from persistence.tables import case_clocks, case_days, case_gaps, cases
from workflows.flags import FLAGS, AnswersMissing


def flags_on(connection: Connection, asked: Asked) -> Sequence[FlagRow]:
    """The flags that were open at the end of a day, longest wait first.

    By the dates on which they stood open; or, `as_known_then`, as a person could have read them on that day.
    """
    if asked.as_known_then:
        ended = end_of_day(asked.on)
        only = [flags.c.raised_at <= ended, sa.or_(flags.c.cleared_at.is_(None), flags.c.cleared_at > ended)]
    else:
        only = [flags.c.raised_on <= asked.on, sa.or_(flags.c.cleared_on.is_(None), flags.c.cleared_on > asked.on)]
    if asked.kind is not None:
        only.append(flags.c.kind == asked.kind)
    if not asked.quiet:
        only.append(~_quiet_on(asked.on))
    found = _rows(connection, asked.on, [*only, *narrowed(asked)])
    return list({(row.case_id, row.kind): row for row in found}.values())


def _quiet_on(day: date) -> sa.ColumnElement[bool]:
    """Whether a flag was kept quiet on a day: by the last thing that a person had said about it until then."""
    later, act, next_act = flag_acts.alias("later"), flag_acts.alias("act"), flag_acts.alias("next_act")
    speaks = ("snoozed", "woken")
    unsaid = (
        sa.select(sa.literal(1))
        .where(later.c.flag_id == flags.c.id, later.c.act.in_(speaks), later.c.acted_on > day)
        .exists()
    )
    overtaken = sa.select(sa.literal(1)).where(
        next_act.c.flag_id == act.c.flag_id,
        next_act.c.id > act.c.id,
        next_act.c.act.in_(speaks),
        next_act.c.acted_on <= day,
    )
    snoozed = sa.select(sa.literal(1)).where(
        act.c.flag_id == flags.c.id, act.c.act == "snoozed", act.c.acted_on <= day, act.c.until > day
    )
    still = sa.and_(flags.c.quiet_until.is_not(None), flags.c.quiet_until > day, ~unsaid)
    return sa.or_(still, sa.and_(unsaid, snoozed.where(~overtaken.exists()).exists()))


def open_flags(connection: Connection, case_id: UUID, on: date) -> tuple[FlagRow, ...]:
    return tuple(_rows(connection, on, [flags.c.case_id == case_id, flags.c.cleared_on.is_(None)]))


def cleared_between(
    connection: Connection, service: str, since: datetime, until: datetime, on: date
) -> Sequence[FlagRow]:
    """What steps ended between two instants, and what the night of a day ended."""
    by_a_step = sa.and_(flags.c.cleared_by.is_(None), flags.c.cleared_at > since, flags.c.cleared_at <= until)
    by_the_night = sa.and_(flags.c.cleared_by.is_not(None), flags.c.cleared_on == on)
    return _rows(connection, on, [flags.c.service == service, sa.or_(by_a_step, by_the_night)])


_CLOCK_OF = {kind: rule.counted_from[0] for kind, rule in FLAGS.items()}
_DAY_OF = {kind: rule.counted_from[1] for kind, rule in FLAGS.items()}
_ABOUT = {
    kind: condition.lack.value
    for kind, rule in FLAGS.items()
    for condition in rule.when
    if isinstance(condition, AnswersMissing)
}


def _rows(connection: Connection, on: date, only: Sequence[sa.ColumnElement[bool]]) -> list[FlagRow]:
    clock, day = case_clocks.alias("base"), case_days.alias("base_day")
    of_clock = sa.case(_CLOCK_OF, value=flags.c.kind, else_="")
    of_day = sa.case(_DAY_OF, value=flags.c.kind, else_="")
    about = sa.case(_ABOUT, value=flags.c.kind, else_="")
    listed = sa.or_(flags.c.cleared_on.is_(None), NOT_RESTRICTED)
    query = (
        sa.select(flags, cases.c.reference, cases.c.pathway, cases.c.state)
        .add_columns(readable(sa.func.coalesce(clock.c.counts_from, day.c.day)).label("since"))
        .add_columns(joined_of(case_gaps.c.field, case_gaps, case_gaps.c.lack == about).label("missing"))
        .join(cases, cases.c.id == flags.c.case_id)
        .outerjoin(clock, sa.and_(clock.c.case_id == cases.c.id, clock.c.clock == of_clock))
        .outerjoin(day, sa.and_(day.c.case_id == cases.c.id, day.c.name == of_day))
        .where(*only, listed)
    )
    found = [_row(row, on) for row in connection.execute(query).mappings()]
    return sorted(found, key=lambda f: (f.days is None, -(f.days or 0), f.service, f.reference, f.kind))


def _row(row: Any, on: date) -> FlagRow:
    return FlagRow(
        service=row["service"],
        reference=row["reference"],
        case_id=row["case_id"],
        kind=row["kind"],
        state=row["state"],
        stage=stage_of(row["pathway"], row["state"]),
        raised_on=row["raised_on"],
        days=(on - row["since"]).days if row["since"] else None,
        missing=in_order(row["pathway"], row["missing"]),
        cleared_on=row["cleared_on"],
        cleared_because=row["cleared_because"],
        quiet_until=row["quiet_until"],
    )


def history(connection: Connection, case_id: UUID) -> tuple[FlagStretch, ...]:
    """Every flag of a case: each stretch of time in which it was open, oldest first, with what people did in it."""
    acts: dict[int, list[FlagAct]] = {}
    did = sa.select(flag_acts).join(flags, flags.c.id == flag_acts.c.flag_id).where(flags.c.case_id == case_id)
    for row in connection.execute(did.order_by(flag_acts.c.id)):
        act = FlagAct(row.act, row.acted_on, row.acted_at, row.actor, row.reason, row.until)
        acts.setdefault(row.flag_id, []).append(act)
    stood = sa.select(flags).where(flags.c.case_id == case_id).order_by(flags.c.kind, flags.c.id)
    return tuple(_stretch(row, acts.get(row.id, [])) for row in connection.execute(stood))


def _stretch(row: Any, acts: Sequence[FlagAct]) -> FlagStretch:
    return FlagStretch(
        kind=row.kind,
        raised_on=row.raised_on,
        raised_at=row.raised_at,
        raised_by=row.raised_by,
        quiet_until=row.quiet_until,
        cleared_on=row.cleared_on,
        cleared_at=row.cleared_at,
        cleared_because=row.cleared_because,
        acts=tuple(acts),
    )
