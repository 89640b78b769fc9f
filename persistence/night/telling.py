"""The lines of a night. Each names the referral by its service and reference, never by the family."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from casework import log
from persistence.night.transactions import Transactions
from persistence.night_tables import flags
from persistence.tables import cases
from persistence.transactions import reading

AT_ONCE, LOOKED_UP_AT_ONCE = 2_000, 500
Cleared = tuple[UUID, str]
"""A case and the kind of its flag that has ended."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the log, after the commit, what a batch did; and counts it by service and kind on the way."""

    on: Transactions
    run_id: UUID
    as_of: date
    by: str
    now: datetime

    def line(self, name: log.LogEvent, **what: Any) -> None:
        self._lines(name, [what])

    def raised(self, kind: str, after: int, number: int) -> Counter[str]:
        """Read again in pieces: what a night raises need not fit into memory."""
        found: Counter[str] = Counter()
        if not number:
            return found
        query = sa.select(flags.c.service, cases.c.reference, flags.c.case_id, cases.c.pathway)
        query = query.join(cases, cases.c.id == flags.c.case_id).order_by(flags.c.id)
        query = query.where(flags.c.id > after, flags.c.raised_by == self.run_id, flags.c.kind == kind)
        with reading(self.on.engine) as connection:  # few rows of many cases: a loop over them is right here
            rows = connection.execution_options(yield_per=AT_ONCE).execute(query)
            self._lines(log.LogEvent.FLAG_RAISED, ({**_named(row), "kind": kind} for row in _counted(rows, found)))
        return found

    def cleared(self, ended: Sequence[Cleared], because: str) -> Counter[tuple[str, str]]:
        """The services are counted with the kinds: a batch may end several."""
        found: Counter[tuple[str, str]] = Counter()
        for start in range(0, len(ended), LOOKED_UP_AT_ONCE):
            some = ended[start : start + LOOKED_UP_AT_ONCE]
            query = sa.select(cases.c.service, cases.c.reference, cases.c.id, cases.c.pathway)
            with reading(self.on.engine) as connection:
                rows = connection.execute(query.where(cases.c.id.in_([case_id for case_id, _ in some])))
                names = {row[2]: _named(row) for row in rows}
            found.update((names[case_id]["service"], kind) for case_id, kind in some)
            lines = ({**names[case_id], "kind": kind, "because": because} for case_id, kind in some)
            self._lines(log.LogEvent.FLAG_CLEARED, lines)
        return found

    def _lines(self, name: log.LogEvent, lines: Iterable[dict[str, Any]]) -> None:
        ids = {"run_id": str(self.run_id), "as_of": self.as_of.isoformat(), "actor": self.by}
        log.run_lines(name, lines, **ids, recorded_at=self.now.isoformat())


def _counted(rows: Iterable[Any], found: Counter[str]) -> Iterator[Any]:
    for row in rows:
        found[row[0]] += 1
        yield row


def _named(row: Any) -> dict[str, str]:
    service, reference, case_id, pathway = row
    return {"service": service, "reference": reference, "case_id": str(case_id), "pathway": pathway}
