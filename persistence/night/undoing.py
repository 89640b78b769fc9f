"""A night taken back: its flags stand as before it, by adding history. What people did since is left alone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from casework.calendar import london_day
from casework.errors import BadRequest
from casework.identity import new_id
from casework.ledger import Counts, PlannedChange, Undone
from persistence.due import Scope, sources
from persistence.night_tables import flag_acts, flags, night_runs
from persistence.tables import case_events, cases
from workflows.dates import british
from workflows.figures import Lookup
from workflows.flags import FLAGS

Where = sa.ColumnElement[bool]
Flag = tuple[UUID, str]
"""A case and the kind of its flag."""

NAMED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Taken:
    """What is taken back: a night with what it repeated, for which services and which day."""

    runs: tuple[UUID, ...]
    services: tuple[str, ...]
    as_of: date

    @property
    def flags(self) -> Where:
        return flags.c.service.in_(self.services)


def undo(
    connection: sa.Connection, run_id: UUID, service: str | None, by: str, reason: str, now: datetime, figure: Lookup
) -> Undone:
    """Raises `BadRequest` for a run that is not there, is not complete, or on which a later one was built."""
    taken, today, undoing = _taken(connection, run_id, service), london_day(now), new_id()
    raised = (taken.flags, flags.c.raised_by.in_(taken.runs), flags.c.cleared_on.is_(None))
    touched = _acted_on()
    left = _count(connection, *raised, touched)
    because = {"cleared_on": today, "cleared_at": now, "cleared_because": "night undone", "cleared_by": undoing}
    ended = sa.update(flags).where(*raised, ~touched).values(**because).returning(flags.c.case_id, flags.c.kind)
    withdrawn = [(row[0], row[1]) for row in connection.execute(ended)]
    restored = _restore(connection, taken, Scope(today, taken.services, False, figure, undoing), now)
    kept = {"by": by, "at": now, "reason": reason, "id": undoing}
    entry = sa.update(night_runs).where(night_runs.c.id.in_(taken.runs), night_runs.c.service.in_(taken.services))
    connection.execute(entry.values(state="undone", undone=kept))
    changes = [*_named(connection, withdrawn, "withdraw"), *_named(connection, restored, "restore")]
    return Undone(run_id, taken.as_of, taken.services, _by_kind(withdrawn), _by_kind(restored), left, changes)


def _taken(connection: sa.Connection, run_id: UUID, service: str | None) -> _Taken:
    r = night_runs.c
    mine = (r.id == run_id,) if service is None else (r.id == run_id, r.service == service)
    entries = connection.execute(sa.select(r.service, r.as_of, r.state, r.token, r.started_at).where(*mine)).all()
    if not entries:
        raise BadRequest("unknown_run", "There is no such night in the ledger: casework nights lists them.", "run")
    if any(entry.state != "complete" for entry in entries):
        raise BadRequest("run_not_complete", "Only a complete night can be undone, and only once.", "run")
    services, as_of = tuple(entry.service for entry in entries), entries[0].as_of
    of_them = r.service.in_(services)
    after = sa.or_(r.as_of > as_of, sa.tuple_(r.token, r.started_at) > (entries[0].token, entries[0].started_at))
    later = sa.select(r.as_of).where(of_them, r.id != run_id, r.state != "undone", after).order_by(r.as_of).limit(1)
    if (built_on := connection.scalar(later)) is not None:
        sentence = f"The night of {british(built_on)} was built on this one. Undo that one first."
        raise BadRequest("run_built_on", sentence, "run")
    repeated = connection.scalars(sa.select(r.id).where(of_them, r.as_of == as_of, r.state == "repeated").distinct())
    return _Taken((run_id, *repeated), services, as_of)


def _acted_on() -> Where:
    """Whether a person has marked or snoozed a flag. A snooze goes with a flag that ends and is put back."""
    acts = sa.select(sa.literal(1)).where(flag_acts.c.flag_id == flags.c.id)
    return sa.or_(flags.c.quiet_until.is_not(None), acts.exists())


def _restore(connection: sa.Connection, taken: _Taken, scope: Scope, now: datetime) -> list[Flag]:
    """What the night ended goes on, from its own first day and as quiet as it was, where nothing took its place. It
    belongs to the night that raised it, so that this one can be undone in its turn.

    What a graver flag replaced comes back where the cause of one of the two still stands. What the night found no
    longer due comes back unless a step came since: that would have ended it.
    """
    after, there = case_events.alias("after"), flags.alias("there")
    later = (after.c.case_id == flags.c.case_id, after.c.recorded_at > flags.c.cleared_at)
    stepped = sa.select(sa.literal(1)).where(*later).exists()
    same = (there.c.case_id == flags.c.case_id, there.c.cleared_on.is_(None))
    is_open = sa.select(sa.literal(1)).where(*same, there.c.kind == flags.c.kind).exists()
    graver = sa.literal("replaced by ") + there.c.kind == flags.c.cleared_because
    stands = sa.select(sa.literal(1)).where(*same, graver).exists()
    replaced = flags.c.cleared_because.like("replaced by %")
    comes_back = sa.or_(sa.and_(replaced, _either_stands(scope)), sa.and_(~replaced, ~stepped))
    ended = (taken.flags, flags.c.cleared_by.in_(taken.runs), flags.c.raised_by.not_in(taken.runs))
    names = ("service", "case_id", "kind", "raised_on", "quiet_until", "raised_by")
    again = sa.select(*(flags.c[name] for name in names), sa.literal(now, flags.c.raised_at.type))
    again = again.where(*ended, comes_back, ~is_open, ~stands)
    inserted = sa.insert(flags).from_select((*names, "raised_at"), again).returning(flags.c.case_id, flags.c.kind)
    return [(row[0], row[1]) for row in connection.execute(inserted)]


def _either_stands(scope: Scope) -> Where:
    """Of a lesser flag: whether its own cause stands, or that of the flag which replaced it."""
    holds = [
        sa.and_(flags.c.kind == greater.replaces, source.holds_for(flags.c.case_id))
        for greater in FLAGS.values()
        if greater.replaces
        for rule in (greater, FLAGS[greater.replaces])
        for source in sources(rule, scope)
    ]
    return sa.or_(sa.false(), *holds)


def _named(connection: sa.Connection, changed: Sequence[Flag], change: str) -> Iterator[PlannedChange]:
    for start in range(0, len(changed), NAMED_AT_ONCE):
        some = changed[start : start + NAMED_AT_ONCE]
        query = sa.select(cases.c.id, cases.c.service, cases.c.reference)
        rows = connection.execute(query.where(cases.c.id.in_({case_id for case_id, _ in some})))
        names = {row[0]: (row[1], row[2]) for row in rows}
        yield from (PlannedChange(*names[case_id], case_id, kind, change) for case_id, kind in some)


def _by_kind(changed: Sequence[Flag]) -> Counts:
    return dict(Counter(kind for _, kind in changed))


def _count(connection: sa.Connection, *only: Where) -> Counts:
    query = sa.select(flags.c.kind, sa.func.count()).where(*only).group_by(flags.c.kind)
    return {row[0]: row[1] for row in connection.execute(query)}
