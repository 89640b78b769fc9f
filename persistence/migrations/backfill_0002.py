"""What revision 0002 works out from what is kept: belongs to it, is as frozen as it, and knows no code but its own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

BATCH = 1_000
"""Cases in memory at a time."""

GIVEN = {"rated_on": {"relationship_need", "motivation", "readiness"}, "contact_on": {"participants"}}
MEETINGS = ("first_contact", "record_contact")
"""The answers that a case now keeps, the questions of an event that make them its day, and the steps that do so too."""

STARTED_BY = {
    "request_information": "information_due", "watch_and_wait": "watch", "place_hold": "hold_review",
    "review_hold": "hold_review",
}  # fmt: skip
"""Steps that name a day in `review_on` and start a clock. 0001 has no `review_hold`; who comes back from 0002 has."""

BIRTHDAY_IS_IN = ("together-with-baby",)
"""Services that still see a baby on the day on which it becomes two."""

GROUP = "rmg_review"
CLOSED = {
    "discharged", "advice_given", "signposted", "declined", "rejected_incomplete", "lapsed", "consulted",
    "consent_withdrawn", "moved_away", "void",
}  # fmt: skip

cases = sa.table("cases", sa.column("id", sa.Uuid()), sa.column("service"), sa.column("is_open", sa.Boolean()))
case_records = sa.table("case_records", sa.column("case_id", sa.Uuid()), sa.column("answers", sa.Text()))
case_clocks = sa.table(
    "case_clocks", sa.column("case_id", sa.Uuid()), sa.column("clock"), sa.column("agreed_on", sa.Date()),
    sa.column("since", sa.Date()), sa.column("counts_from", sa.Date()), sa.column("stopped_on", sa.Date()),
    sa.column("stopped_by"), sa.column("held_days"),
)  # fmt: skip
case_days = sa.table("case_days", sa.column("case_id", sa.Uuid()), sa.column("name"), sa.column("day", sa.Date()))
case_events = sa.table(
    "case_events", sa.column("case_id", sa.Uuid()), sa.column("seq"), sa.column("trigger"),
    sa.column("from_state"), sa.column("to_state"), sa.column("effective_on", sa.Date()), sa.column("data", sa.Text()),
)  # fmt: skip
flags = sa.table(
    "flags", sa.column("service"), sa.column("kind"), sa.column("raised_by", sa.Uuid()),
    sa.column("cleared_by", sa.Uuid()), sa.column("cleared_because"),
)  # fmt: skip
night_runs = sa.table(
    "night_runs", sa.column("id", sa.Uuid()), sa.column("service"), sa.column("counts", sa.Text()),
    sa.column("finished_at"),
)  # fmt: skip


def work_out_what_cases_now_keep(connection: sa.Connection) -> None:
    for batch in _batches(connection):
        last, agreed = _read_events(connection, batch[0].id, batch[-1].id)
        rewritten, days = [], []
        for case in batch:
            known = orjson.loads(case.answers)
            if more := last.get(case.id):
                known |= more
                rewritten.append({"id_": case.id, "kept": _canonical(known)})
            if case.is_open:
                days += [{"case_id": case.id, "name": n, "day": day} for n, day in _days(case.service, known)]
        _rewrite(connection, rewritten)
        if days:
            connection.execute(sa.insert(case_days), days)
        if agreed:
            of_the_clock = (case_clocks.c.case_id == sa.bindparam("id_"), case_clocks.c.clock == sa.bindparam("name"))
            connection.execute(
                sa.update(case_clocks).where(*of_the_clock).values(agreed_on=sa.bindparam("day")),
                [{"id_": case_id, "name": clock, "day": day} for (case_id, clock), day in agreed.items()],
            )


def _batches(connection: sa.Connection) -> Iterator[Sequence[Any]]:
    query = sa.select(cases.c.id, cases.c.service, cases.c.is_open, case_records.c.answers)
    query = query.join(case_records, case_records.c.case_id == cases.c.id).order_by(cases.c.id).limit(BATCH)
    found = connection.execute(query).all()
    while found:
        yield found
        found = connection.execute(query.where(cases.c.id > found[-1].id)).all()


def _read_events(
    connection: sa.Connection, first: UUID, last: UUID
) -> tuple[dict[UUID, dict[str, str]], dict[tuple[UUID, str], date | None]]:
    """Per case the answers of `GIVEN` that it has, and per clock the day that was agreed when it was last started."""
    asked = (case_events.c.data.contains(f'"{name}"') for names in GIVEN.values() for name in names)
    events = (
        sa.select(case_events.c.case_id, case_events.c.trigger, case_events.c.effective_on, case_events.c.data)
        .where(
            case_events.c.case_id.between(first, last),
            sa.or_(case_events.c.trigger.in_((*STARTED_BY, *MEETINGS)), *asked),
        )
        .order_by(case_events.c.case_id, case_events.c.seq)
    )
    days: dict[UUID, dict[str, str]] = defaultdict(dict)
    agreed: dict[tuple[UUID, str], date | None] = {}
    for case_id, trigger, effective_on, data in connection.execute(events):
        given = orjson.loads(data)
        known, day = days[case_id], effective_on.isoformat()
        dated = [name for name, asks in GIVEN.items() if asks & given.keys()]
        dated += ["contact_on"] if trigger in MEETINGS else []
        known.update((name, max(day, known.get(name, day))) for name in dated)
        if clock := STARTED_BY.get(trigger):
            agreed[case_id, clock] = _day(given.get("review_on"))
    return days, agreed


def _days(service: str, known: dict[str, Any]) -> Iterator[tuple[str, date]]:
    born = _day(known.get("infant_dob"))
    for name, day in (
        ("due", None if born else _day(known.get("expected_due_date"))),
        ("too_old", _first_day_too_old(service, born) if born else None),
        ("rated", _day(known.get("rated_on"))),
        ("contact", _day(known.get("contact_on"))),
    ):
        if day is not None:
            yield name, day


def _first_day_too_old(service: str, born: date) -> date:
    """Two years on; who is born on 29 February is two on 1 March."""
    leap_day = (born.month, born.day) == (2, 29)
    birthday = date(born.year + 2, 3, 1) if leap_day else born.replace(year=born.year + 2)
    return birthday + timedelta(days=1 if service in BIRTHDAY_IS_IN else 0)


def _day(text: str | None) -> date | None:
    """What is no day counts as none, and does not stand in an error: the audit names a case that cannot be read."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _canonical(value: object) -> str:
    """As both versions write JSON, so that digests over it agree."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _rewrite(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        record = sa.update(case_records).where(case_records.c.case_id == sa.bindparam("id_"))
        connection.execute(record.values(answers=sa.bindparam("kept")), rows)


def forget_what_0001_did_not_keep(connection: sa.Connection) -> None:
    for batch in _batches(connection):
        answers = ((case.id, orjson.loads(case.answers)) for case in batch)
        with_days = [(case_id, known) for case_id, known in answers if GIVEN.keys() & known.keys()]
        kept = [(case_id, {n: v for n, v in known.items() if n not in GIVEN}) for case_id, known in with_days]
        _rewrite(connection, [{"id_": case_id, "kept": _canonical(known)} for case_id, known in kept])


def count_again(connection: sa.Connection, *key: sa.ColumnClause[Any]) -> None:
    """Flags raised, cleared and replaced, by kind, into the runs that ended."""
    nothing: dict[str, dict[str, int]] = {"raised": {}, "cleared": {}, "replaced": {}}
    ended = sa.update(night_runs).where(night_runs.c.finished_at.is_not(None))
    connection.execute(ended.values(counts=_canonical(nothing)))
    replaced = flags.c.cleared_because.like("replaced by %")
    how = sa.case((replaced, "replaced"), else_="cleared")
    raised = sa.select(flags.c.raised_by.label("run"), flags.c.service, sa.literal("raised").label("how"), flags.c.kind)
    cleared = sa.select(flags.c.cleared_by, flags.c.service, how, flags.c.kind).where(flags.c.cleared_by.is_not(None))
    of = sa.union_all(raised, cleared).subquery().c
    columns = (of.run, of.service, of.how, of.kind)
    counted = sa.select(*columns, sa.func.count()).group_by(*columns).order_by(of.run, of.service)
    found = connection.execute(counted, execution_options={"yield_per": BATCH})
    for whose, rows in groupby(found, lambda row: row[: len(key)]):
        counts: dict[str, dict[str, int]] = {name: defaultdict(int) for name in nothing}
        for _, _, what, kind, number in rows:
            counts[what][kind] += number
        same = (column == value for column, value in zip(key, whose, strict=True))
        connection.execute(ended.where(*same).values(counts=_canonical(counts)))


def turn_triage_clocks(connection: sa.Connection, *, again_by_defer: bool) -> None:
    """The clock of the group's table, for cases that the group deferred: since 0002 it begins again with that step."""
    query = sa.select(case_events.c.case_id).where(case_events.c.trigger == "defer").distinct()
    query = query.order_by(case_events.c.case_id).limit(BATCH)
    one = (case_clocks.c.case_id == sa.bindparam("id_"), case_clocks.c.clock == "triage")
    figures: dict[str, Any] = {f.name: sa.bindparam(f"new_{f.name}") for f in fields(Triage) if f.name != "held_since"}
    deferred = connection.scalars(query).all()
    while deferred:
        steps = sa.select(case_events).where(case_events.c.case_id.in_(deferred))
        found = connection.execute(steps.order_by(case_events.c.case_id, case_events.c.seq))
        rows = [
            {"id_": case_id, **{f"new_{name}": getattr(clock, name) for name in figures}}
            for case_id, events in groupby(found, lambda event: event.case_id)
            for clock in [_triage(events, again_by_defer)]
        ]
        connection.execute(sa.update(case_clocks).where(*one).values(**figures), rows)
        deferred = connection.scalars(query.where(case_events.c.case_id > deferred[-1])).all()


@dataclass(slots=True)
class Triage:
    """The clock as its row has it, and the hold that lies over the case."""

    since: date = date.max
    counts_from: date = date.max
    stopped_on: date | None = None
    stopped_by: int | None = None
    held_days: int = 0
    held_since: date | None = None

    def held(self, since: date | None, until: date) -> int:
        return 0 if since is None else max((until - max(since, self.since)).days, 0)


def _triage(events: Iterable[Any], again_by_defer: bool) -> Triage:
    clock = Triage()
    for event in events:
        on, again = event.effective_on, again_by_defer and event.trigger == "defer"
        comes, goes = event.to_state == GROUP, event.from_state == GROUP
        if goes and (again or not comes):
            clock.held_days += clock.held(clock.held_since, on)
            clock.stopped_on, clock.stopped_by = on, event.seq
        if event.trigger == "reopen" and comes:
            clock.counts_from += on - (clock.stopped_on or on)
            clock.since, clock.stopped_on, clock.stopped_by = on, None, None
        elif comes and (again or not goes):
            clock = Triage(on, on)
        _hold(clock, event)
    return clock


def _hold(clock: Triage, event: Any) -> None:
    """A clock that has stopped is left alone: no step lets a hold be dated before it stopped."""
    if event.trigger == "place_hold":
        clock.held_since = event.effective_on
    elif event.trigger == "resume" or event.to_state in CLOSED:
        if clock.stopped_on is None:
            clock.held_days += clock.held(clock.held_since, event.effective_on)
        clock.held_since = None
