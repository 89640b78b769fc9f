"""The night written by hand as SQL on the bare driver: one transaction, one statement that raises, one that clears.

It keeps the same record: flags, what was found wrong, an entry of the ledger for each service, and for each flag a line
with the keys that ours has. `place` is where the lines go; without it nobody is told and no flag is read back.
"""

import json
import os
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import make_url

from tests.benchmarks.population import plain
from tests.benchmarks.rules_by_hand import Rule, listed, rules
from tests.benchmarks.services import SERVICES
from workflows.charts.states import OPEN
from workflows.registry import CHARTS

MARKED = "SELECT service, count(*) FROM cases WHERE is_open GROUP BY service"
LISTED = f"SELECT service, count(*) FROM cases WHERE state IN {listed(OPEN)} GROUP BY service"
ALWAYS = {
    "form_due": ("awaiting_referral",),
    "information_due": ("information_requested",),
    "triage": ("rmg_review",),
    "watch": ("watchful_waiting",),
    "wait_to_allocation": ("waiting",),
    "wait_to_start": ("waiting", "allocated"),
    "formulation_due": ("formulation",),
}
"""The clocks that always run in a state. (Essex has one more: from the receipt.)"""

DAYS = {
    "counts_from": "case_clocks WHERE stopped_on IS NULL AND",
    "agreed_on": "case_clocks WHERE stopped_on IS NULL AND agreed_on IS NOT NULL AND",
    "day": "case_days WHERE",
    "since": "case_gaps WHERE",
}
NO_DAY = " UNION ALL ".join(
    f"SELECT case_id FROM {where} (length({day}) <> 10 OR date({day}) IS NULL)" for day, where in DAYS.items()
)
UNREADABLE = f"SELECT c.id, 'unreadable_day' FROM cases c WHERE c.is_open AND c.id IN ({NO_DAY})"

RAISE = (
    "INSERT INTO flags (case_id, service, kind, raised_on, raised_at, raised_by)"
    " SELECT due.case_id, due.service, due.kind, '{on}', '{now}', '{run}' FROM ({due}) due WHERE NOT EXISTS"
    " (SELECT 1 FROM flags f WHERE f.case_id = due.case_id AND f.kind = due.kind AND f.cleared_on IS NULL)"
)
ENDED = "UPDATE flags SET cleared_on = '{on}', cleared_at = '{now}', cleared_by = '{run}', cleared_because = "
REPLACE = (
    f"{ENDED}'replaced by {{greater}}' WHERE kind = '{{lesser}}' AND cleared_on IS NULL AND case_id IN"
    " (SELECT n.case_id FROM flags n WHERE n.id > {newest} AND n.kind = '{greater}') RETURNING service, kind, case_id"
)
CLEAR = (
    f"{ENDED}'no longer due' WHERE cleared_on IS NULL AND raised_by <> '{{run}}' AND NOT ({{still_due}})"
    " RETURNING service, kind, case_id"
)
REPLACED_BY = {"wait_over_12_weeks": "wait_8_weeks", "ack_late": "ack_due"}
BY_SERVICE = "SELECT service, kind, count(*) FROM flags WHERE {} GROUP BY service, kind"
RAISED = (
    "SELECT f.service, c.reference, f.case_id, c.pathway, f.kind FROM flags f JOIN cases c ON c.id = f.case_id"
    " WHERE f.id > {newest}"
)
ENTRY = (
    'INSERT INTO night_runs (id, service, as_of, "by", state, token, started_at, finished_at, seconds, examined,'
    " listed, quarantined, counts, open) VALUES (?, ?, ?, 'night', 'complete', 0, ?, ?, ?, ?, ?, 0, ?, ?)"
)

Counted = dict[str, dict[str, int]]
"""By service and kind."""


class Night:
    """One night: everything from BEGIN to COMMIT."""

    def __init__(self, url: str, as_of: date) -> None:
        self.as_of, self.run, self.now = as_of, uuid4(), datetime.now(UTC)
        self.connection = _opened(url)
        self.sqlite = isinstance(self.connection, sqlite3.Connection)
        self.cursor = self.connection.cursor()

    def take(self, place: Path | None) -> None:
        began = time.perf_counter()
        self._begin()
        marked, on_lists = (dict(self._all(query)) for query in (MARKED, LISTED))
        self._look()
        newest = self._all("SELECT coalesce(max(id), 0) FROM flags")[0][0]
        written = list(rules(self.as_of, self.run.hex, sqlite=self.sqlite))
        self._do(RAISE, due=" UNION ALL ".join(rule.due() for rule in written))
        replaced = [row for pair in REPLACED_BY.items() for row in self._replace(*pair, newest)]
        cleared = self._do(CLEAR, still_due=_either(written)).fetchall()
        raised = self._all(RAISED.format(newest=newest)) if place else []
        counts = {
            "raised": _counted(self._all(BY_SERVICE.format(f"id > {newest}"))),
            "replaced": _counted(replaced),
            "cleared": _counted(cleared),
            "open": _counted(self._all(BY_SERVICE.format("cleared_on IS NULL"))),
        }
        entries = list(self._entries(counts, marked, on_lists, round(time.perf_counter() - began, 3)))
        self._enter(entries)
        named = self._named(row[2] for row in (*replaced, *cleared)) if place else {}
        self.cursor.execute("COMMIT")
        self.connection.close()
        if place:
            ended = [(*named[row[2]], row[1], f"replaced by {_greater(row[1])}") for row in replaced]
            ended += [(*named[row[2]], row[1], "no longer due") for row in cleared]
            _write(place, self._lines(raised, ended, entries))

    def _begin(self) -> None:
        self.cursor.execute("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
        if not self.sqlite:
            self.cursor.execute("SET LOCAL jit = off")
            self.cursor.execute("SET LOCAL enable_nestloop = off")  # else statistics of empty flags cost a night dear

    def _look(self) -> None:
        """Each open case once; and, of the closed ones, whether one still stands in an open state."""
        without = " OR ".join(
            f"c.state IN {listed(states)} AND NOT EXISTS (SELECT 1 FROM case_clocks k WHERE k.case_id = c.id"
            f" AND k.clock = '{clock}' AND k.stopped_on IS NULL)"
            for clock, states in ALWAYS.items()
        )
        wrong = {
            "unknown_service": f"c.service NOT IN {listed(SERVICES)}",
            "on_no_worklist": f"c.state NOT IN {listed(OPEN)}",
            "unknown_pathway": f"c.pathway NOT IN {listed(CHARTS)}",
            "no_record": "NOT EXISTS (SELECT 1 FROM case_records r WHERE r.case_id = c.id)",
            "clock_missing": f"({without})",
        }
        code = " ".join(f"WHEN {what} THEN '{name}'" for name, what in wrong.items())
        queries = [f"SELECT c.id, CASE {code} END FROM cases c WHERE c.is_open AND ({' OR '.join(wrong.values())})"]
        queries.append(
            f"SELECT c.id, 'off_its_worklist' FROM cases c WHERE NOT c.is_open AND c.state IN {listed(OPEN)}"
        )
        if self.sqlite:
            queries.append(UNREADABLE)
        found = " UNION ALL ".join(queries)
        self._do(f"INSERT INTO night_quarantine (run_id, case_id, code) SELECT '{{run}}', w.* FROM ({found}) w")

    def _replace(self, greater: str, lesser: str, newest: int) -> list[Any]:
        return list(self._do(REPLACE, greater=greater, lesser=lesser, newest=newest).fetchall())

    def _entries(
        self, counts: dict[str, Counted], marked: dict[str, int], on_lists: dict[str, int], seconds: float
    ) -> Iterator[tuple[Any, ...]]:
        """Of each service: seconds, the two counts, what was done, what is open."""
        for service in SERVICES:
            done = {name: counts[name].get(service, {}) for name in ("raised", "cleared", "replaced")}
            is_open = counts["open"].get(service, {})
            yield service, seconds, marked.get(service, 0), on_lists.get(service, 0), _json(done), _json(is_open)

    def _enter(self, entries: Iterable[tuple[Any, ...]]) -> None:
        """A date that was run before is repeated: its former entries say so."""
        self._do("UPDATE night_runs SET state = 'repeated' WHERE as_of = '{on}' AND state = 'complete'")
        run = self.run.hex if self.sqlite else self.run
        day, now = (str(self.as_of), _instant(self.now)) if self.sqlite else (self.as_of, self.now)
        rows = [(run, entry[0], day, now, now, *entry[1:]) for entry in entries]
        self.cursor.executemany(ENTRY if self.sqlite else ENTRY.replace("?", "%s"), rows)

    def _named(self, ids: Iterable[Any]) -> dict[Any, tuple[Any, ...]]:
        """By the id as the driver gives it."""
        wanted, named = list(ids), {}
        for start in range(0, len(wanted), 500):
            some = ", ".join(f"'{case_id}'" for case_id in wanted[start : start + 500])
            query = f"SELECT c.service, c.reference, c.id, c.pathway FROM cases c WHERE c.id IN ({some})"
            named.update({row[2]: tuple(row) for row in self._all(query)})
        return named

    def _lines(self, raised: list[Any], ended: list[Any], entries: list[Any]) -> Iterator[str]:
        at = datetime.now(UTC).isoformat()
        who = f'"run_id":"{self.run}","as_of":"{self.as_of}","actor":"night","recorded_at":"{self.now.isoformat()}"}}\n'
        head = f'{{"timestamp":"{at}","level":"info","event":'
        uuid = UUID if self.sqlite else str
        yield f'{head}"night.started","services":{len(SERVICES)},"examined":{sum(e[2] for e in entries)},{who}'
        for service, reference, case_id, pathway, kind in raised:
            yield (
                f'{head}"flag.raised","service":"{service}","reference":"{reference}","case_id":"{uuid(case_id)}",'
                f'"pathway":"{pathway}","kind":"{kind}",{who}'
            )
        for service, reference, case_id, pathway, kind, because in ended:
            yield (
                f'{head}"flag.cleared","service":"{service}","reference":"{reference}","case_id":"{uuid(case_id)}",'
                f'"pathway":"{pathway}","kind":"{kind}","because":"{because}",{who}'
            )
        for service, seconds, examined, on_lists, done, is_open in entries:
            yield (
                f'{head}"night.finished","service":"{service}","state":"complete",{done[1:-1]},"open":{is_open},'
                f'"examined":{examined},"listed":{on_lists},"quarantined":0,"seconds":{seconds},{who}'
            )

    def _do(self, statement: str, **what: Any) -> Any:
        now = _instant(self.now) if self.sqlite else self.now.isoformat()
        text = statement.format(on=self.as_of, now=now, run=self.run.hex, **what)
        # PostgreSQL has to be told that the days of a CASE are days
        return self.cursor.execute(text if self.sqlite else re.sub(r"(THEN|ELSE) ('\d{4}-)", r"\1 date \2", text))

    def _all(self, query: str) -> list[Any]:
        return list(self.cursor.execute(query).fetchall())


def _opened(url: str) -> Any:
    if make_url(url).get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
    return psycopg.connect(plain(url), autocommit=True)


def _either(written: list[Rule]) -> str:
    return " OR ".join(rule.holds() for rule in written)


def _counted(rows: Iterable[Any]) -> Counted:
    """Rows of service, kind and a number; or of service, kind and a case, which counts as one."""
    found: Counted = {}
    for service, kind, number in rows:
        kinds = found.setdefault(service, {})
        kinds[kind] = kinds.get(kind, 0) + (number if isinstance(number, int) else 1)
    return found


def _greater(lesser: str) -> str:
    return next(greater for greater, less in REPLACED_BY.items() if less == lesser)


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _write(place: Path, lines: Iterable[str]) -> None:
    """Put together by hand and written in one piece."""
    file = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, "".join(lines).encode())
    os.close(file)
