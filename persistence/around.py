"""What a transaction keeps and finds around cases: days, links, traits; who has read; what stands for what."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from casework.alike import same_traits, traits_of
from casework.around import Reading
from casework.case import Case
from persistence.prepared import Prepared
from persistence.rows import case_from, day_row, link_row, reading_row, trait_row
from persistence.statements import CASE_COLUMNS, CLOCK_COLUMNS
from persistence.tables import case_clocks, case_records, case_traits, cases
from workflows.beside import RecordKind

SURVIVOR, MERGED = "survivor", "merged"
_ROWS = {"day": day_row, "link": link_row, "trait": trait_row}
_AT_ONCE = 400


class Around:
    """A part of `SqlStore`: on the cursor of its transaction."""

    _cursor: Any
    _prepared: Mapping[str, Prepared]
    _connection: Connection | None

    def change_around(self, before: Case, after: Case) -> None:
        """What is kept beside a case by name, where a step changed it."""
        changed: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]]
        changed = [("day", before.days, after.days), ("link", before.links, after.links)]
        if not same_traits(before, after):
            changed.append(("trait", traits_of(before), traits_of(after)))
        for what, were, are in changed:
            for name in (n for n, value in were.items() if are.get(n) != value):
                self._prepared[f"drop_{what}"].run(self._cursor, {"case_id": after.id, f"{what}_name": name})
            for name in (n for n, value in are.items() if were.get(n) != value):
                self._prepared[f"new_{what}"].run(self._cursor, _ROWS[what](after, name))

    def linked(self, service: str, kind: RecordKind, name: str, reference: str) -> Sequence[Case]:
        asked = {"service": service, "kind": kind.value, "name": name, "reference": reference}
        found = [self.held(row[0]) for row in self._prepared["linked"].all(self._cursor, asked)]
        if name != SURVIVOR:
            found = [self.standing(case) for case in found]
        return list({case.id: case for case in found}.values())

    def standing(self, case: Case) -> Case:
        """The record itself, or the one that stands for it since it was merged."""
        while case.state == MERGED:
            survivor = self.record(case.service, case.chart.kind, str(case.answers[SURVIVOR]))
            if survivor is None:
                return case
            case = survivor
        return case

    def record(self, service: str, kind: RecordKind, reference: str) -> Case | None:
        asked = {"service": service, "kind": kind.value, "reference": reference}
        row = self._prepared["record"].one(self._cursor, asked)
        return None if row is None else self.held(row[0])

    def held(self, case_id: UUID) -> Case:
        """What a step looks at stays as it is until the step is kept; a reader holds nothing up."""
        row = self._prepared["lock_case" if self._connection is None else "case"].one(self._cursor, {"id": case_id})
        if row is None:
            raise LookupError("A link leads to no case.")
        return case_from(row, self._prepared["clocks"].all(self._cursor, {"id": case_id}))

    def alike(self, case: Case) -> Sequence[UUID]:
        """The other cases that share a trait with one."""
        found: dict[UUID, None] = {}
        for digest in traits_of(case).values():
            found.update((row[0], None) for row in self._prepared["alike"].all(self._cursor, {"digest": digest}))
        return [case_id for case_id in found if case_id != case.id]

    def alike_pairs(self, service: str | None, among: Sequence[UUID] | None = None) -> Iterable[tuple[UUID, UUID]]:
        return alike_pairs(self._reading(), service, among)

    def records(self, service: str, kind: RecordKind) -> Iterable[Case]:
        return records(self._reading(), service, kind)

    def _reading(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("Lists are read in a reading transaction.")
        return self._connection

    def keep_reading(self, reading: Reading) -> None:
        self._prepared["new_reading"].run(self._cursor, reading_row(reading))

    def readings(self, case_id: UUID) -> Sequence[Reading]:
        found = self._prepared["readings"].all(self._cursor, {"id": case_id})
        return tuple(Reading(*row) for row in found)


def records(connection: Connection, service: str, kind: RecordKind) -> Iterable[Case]:
    """Every record of a kind, in the order in which they were opened."""
    wanted = (cases.c.service == service, cases.c.kind == kind.value)
    clocks: dict[UUID, list[Any]] = {}
    query = sa.select(case_clocks.c.case_id, *CLOCK_COLUMNS).join(cases, cases.c.id == case_clocks.c.case_id)
    for case_id, *clock in connection.execute(query.where(*wanted)):
        clocks.setdefault(case_id, []).append(clock)
    query = sa.select(*CASE_COLUMNS, case_records.c.answers).join(case_records, case_records.c.case_id == cases.c.id)
    for row in connection.execute(query.where(*wanted).order_by(cases.c.id)):
        yield case_from(row, clocks.get(row[0], ()))


def kept_traits(connection: Connection, case_id: UUID) -> dict[str, int]:
    query = sa.select(case_traits.c.name, case_traits.c.digest).where(case_traits.c.case_id == case_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def alike_pairs(connection: Connection, service: str | None, among: Sequence[UUID] | None) -> set[tuple[UUID, UUID]]:
    """Pairs of cases of one kind that share a trait: of a service, or with one of some cases in them."""
    one, other = case_traits.alias("one"), case_traits.alias("other")
    a, b = cases.alias("a"), cases.alias("b")
    query = sa.select(one.c.case_id, other.c.case_id)
    query = query.join(other, sa.and_(other.c.digest == one.c.digest, other.c.case_id != one.c.case_id))
    query = query.join(a, a.c.id == one.c.case_id).join(b, b.c.id == other.c.case_id).where(a.c.kind == b.c.kind)
    if service is not None:
        query = query.where(a.c.service == service)
    if among is None:
        return _in_order(connection.execute(query.where(one.c.case_id < other.c.case_id)))
    found: set[tuple[UUID, UUID]] = set()
    for start in range(0, len(among), _AT_ONCE):
        found |= _in_order(connection.execute(query.where(one.c.case_id.in_(among[start : start + _AT_ONCE]))))
    return found


def _in_order(rows: Iterable[Any]) -> set[tuple[UUID, UUID]]:
    return {(min(pair), max(pair)) for pair in (tuple(row) for row in rows)}
