"""A clinic in which the story of a family is told: each step by somebody whose role it is, who sees what stands."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from casework import Actor, Asked, Casework, Receipt, StepRefused
from casework.case import Case
from persistence import Database
from persistence.tables import metadata, refused_attempts
from tests.casework.families import LEEDS, SPECIAL, asked_of, example, numbered
from tests.conftest import Actors, Clock
from workflows import Chart, Figure, Kind, Move, Role
from workflows.beside import RecordKind
from workflows.registry import chart_for
from workflows.vocabulary import NEW

A_REFERENCE = re.compile(r"[A-Z]-[A-Za-z0-9-]+")
OF_THE_AUDIT = ("refused_attempts", "audit_outbox", "audit_leaves", "audit_checkpoints", "audit_state")
"""What a refusal adds to: it is kept and told."""


@dataclass
class Clinic:
    """`service` is whose clinic it is. What was typed about families is kept, to be looked for in the log."""

    casework: Casework
    database: Database
    clock: Clock
    actors: Actors
    lines: list[Any]
    service: str = LEEDS
    typed: set[str] = field(default_factory=set)
    nights: set[date] = field(default_factory=set)

    @property
    def today(self) -> date:
        return self.clock.today

    def ahead(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def after(self, days: int) -> "Clinic":
        """So many days on."""
        self.clock.advance(days)
        return self

    def enters(self, name: str, amount: int) -> None:
        """A figure of the service holds from today."""
        figure = Figure(name, amount, "Minutes of a team meeting", self.today)
        self.casework.nights.enter(self.service, figure, by=self.actors[Role.MANAGER].name)

    def opens(self, trigger: str, kind: str = "referral", /, **data: Any) -> str:
        """Open a record; nothing is invented. Gives its reference."""
        chart = chart_for(self.service, RecordKind(kind), self.today)
        answers, who = self._types(chart, data), self._whose(chart, NEW, trigger)
        return self.casework.open_case(self.service, trigger, who, answers, kind=kind).reference

    def does(self, ref: str, trigger: str, by: Role | None = None, /, **data: Any) -> Receipt:
        """Take a step as the person whose it is first; what it needs and the story does not say is invented."""
        case = self.case(ref)
        row = _row(case, trigger)
        answers = self._types(case.chart, {**(self._invented(row, case) if row else {}), **data}, data)
        who = self.actors[by] if by else self._whose(case.chart, case.state, trigger)
        return self.casework.fire(ref, trigger, who, answers, seen=case.version)

    def refuses(self, ref: str, trigger: str, by: Role | None = None, /, **data: Any) -> dict[str, str]:
        """A step that may not be taken: sentences by code. It is kept and told as refused, and nothing else changed."""
        return self._refused(lambda: self.does(ref, trigger, by, **data))

    def refuses_to_open(self, trigger: str, kind: str = "referral", /, **data: Any) -> dict[str, str]:
        """As `refuses`, of a record that is not there yet."""
        return self._refused(lambda: self.opens(trigger, kind, **data))

    def _refused(self, tried: Callable[[], object]) -> dict[str, str]:
        before, told = self.kept(), self._refusals()
        try:
            tried()
        except StepRefused as no:
            assert self.kept() == before, "a refused step left something behind"
            self._is_audited(told + 1, no.trigger, [reason.code for reason in no.reasons])
            return {reason.code: reason.sentence for reason in no.reasons}
        raise AssertionError("this was taken, and ought to be refused")

    def _refusals(self) -> int:
        with self.database.engine.connect() as connection, connection.begin():
            return connection.execute(sa.select(sa.func.count()).select_from(refused_attempts)).scalar_one()

    def _is_audited(self, number: int, trigger: str, codes: list[str]) -> None:
        assert self._refusals() == number
        query = sa.select(refused_attempts.c.reasons).order_by(refused_attempts.c.id.desc()).limit(1)
        with self.database.engine.connect() as connection, connection.begin():
            (reasons,) = connection.execute(query).one()
        assert [reason["code"] for reason in reasons] == codes
        line = next(line for line in reversed(self.lines) if line["event"] == "case.refused")
        assert line["trigger"] == trigger
        assert list(line["codes"]) == codes

    def kept(self) -> dict[str, list[Any]]:
        """Every row of every table but those of the audit."""
        tables = [table for table in metadata.sorted_tables if table.name not in OF_THE_AUDIT]
        with self.database.engine.connect() as connection, connection.begin():
            return {t.name: sorted(map(repr, connection.execute(sa.select(t)))) for t in tables}

    def case(self, ref: str) -> Case:
        return self.casework.case(ref)

    def says(self, ref: str, name: str) -> Any:
        return self.case(ref).answers.get(name)

    def state(self, ref: str) -> str:
        return self.case(ref).state

    def counts(self, ref: str, clock: str) -> int:
        """The figure of a clock, in days."""
        return self.case(ref).clocks[clock].days(self.today)

    def running(self, ref: str) -> set[str]:
        return {name for name, clock in self.case(ref).clocks.items() if clock.running}

    def night(self) -> set[tuple[str, str]]:
        """The night of the day: what is flagged afterwards, by reference and kind."""
        assert self.today not in self.nights, "there is one night in a day"
        self.nights.add(self.today)
        self.casework.nights.run(self.today)
        return self.flags()

    def flags(self) -> set[tuple[str, str]]:
        return {(flag.reference, flag.kind) for flag in self.casework.flags(Asked(self.today))}

    def flagged(self, ref: str) -> set[str]:
        """What the night of the day says of one referral."""
        return {kind for reference, kind in self.night() if reference == ref}

    def worklist(self) -> set[str]:
        return {row.reference for row in self.casework.worklist(Asked(self.today, self.service))}

    def followed(self, receipt: Receipt, kind: str) -> list[str]:
        """The references of the records of a kind on which something followed from a step."""
        return [one.reference for one in receipt.also if one.kind == kind]

    def steps(self, ref: str) -> list[str]:
        return [event.trigger for event in self.casework.history(ref)]

    def ends_well(self) -> None:
        """Every record replays, and nothing that was typed about a family stands in a line of the log."""
        assert list(self.casework.differing()) == []
        told = "\n".join(map(str, self.lines))
        leaked = [text for text in self.typed - self._names() if text in told]
        assert not leaked, leaked
        assert {line["actor"] for line in self.lines if "actor" in line} <= {*self._names(), "night"}

    def _names(self) -> set[str]:
        return {actor.name for actor in self.actors.by_role.values()}

    def _whose(self, chart: Chart, state: str, trigger: str) -> Actor:
        rows = [m for m in chart.moves if m.trigger == trigger]
        row = next((m for m in rows if m.source == state), next(iter(rows), None))
        return self.actors[row.who[0] if row else Role.LEAD]

    def _invented(self, row: Move, case: Case) -> dict[str, Any]:
        """No record of another: the story says which."""
        asked = (f for f in asked_of(row) if f.kind is not Kind.RECORD)
        known = {f.name: SPECIAL.get(f.name, example(f, self.today)) for f in asked}
        return {**known, **numbered(row, case)}

    def _types(self, chart: Chart, data: Mapping[str, Any], said: Mapping[str, Any] | None = None) -> dict[str, Any]:
        free = (Kind.LINE, Kind.WORDS, Kind.NHS_NUMBER)
        for name, value in (data if said is None else said).items():
            asked = chart.fields.get(name)
            if asked and asked.kind in free and value and len(value) > 5 and not A_REFERENCE.fullmatch(value):
                self.typed.add(value)
        return {name: value for name, value in data.items() if value is not None}


def _row(case: Case, trigger: str) -> Move | None:
    """The row that answers, where several do by what an earlier step recorded."""
    rows = [m for m in case.chart.moves if (m.source, m.trigger) == (case.state, trigger)]
    met = [m for m in rows if m.given is None or case.answers.get(m.given[0]) == m.given[1]]
    return next(iter(met or rows), None)
