"""Revision 0002 on a clinic of 0001 that has cases in it: what it works out is what the live code keeps."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DatabaseError

from casework import Case
from persistence import Database
from persistence.migrating import HEAD, MIGRATIONS
from persistence.migrations import backfill_0002
from persistence.night_tables import flag_acts, flags, leases, night_runs, service_figures
from persistence.tables import metadata
from tests.persistence import migrators
from tests.persistence.before_the_night import (
    DAY,
    ONE_DAY,
    crowd,
    deferred,
    edge_cases,
    family,
    flags_of_0001,
    runs_of_0001,
    wanderers,
)
from tests.persistence.families import ESSEX, LEEDS
from tests.persistence.populations import Walked, keep
from tests.persistence.processes import killed, moments, takes

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOTHING: dict[str, dict[str, int]] = {"raised": {}, "cleared": {}, "replaced": {}}

Rows = Mapping[str, Any]
Kept = dict[str, list[tuple[Any, ...]]]


def move_to(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = database.engine
    (command.downgrade if revision == "0001" else command.upgrade)(config, revision)


def write(database: Database, statement: sa.Executable, rows: Sequence[Rows] = ()) -> None:
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(statement, list(rows) or None)


def read(database: Database, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection, connection.begin():
        return sorted((tuple(row) for row in connection.execute(query)), key=repr)


SEALS = {"salt", "data_digest", "digest", "mac", "key_id", "head"}
"""Came with 0003, which seals with a salt of its own each time."""


def kept_in(database: Database) -> Kept:
    """Every row of the tables of 0002 that a case fills, and its flags, as 0002 had them."""
    tables = (t for t in metadata.sorted_tables if t.name.startswith(("case", "flags")))
    return {t.name: read(database, sa.select(*(c for c in t.columns if c.name not in SEALS))) for t in tables}


def answers_in(database: Database) -> list[str]:
    """As they stand in the column, digit for digit."""
    return [
        row[0]
        for row in read(database, sa.select(sa.column("answers", sa.Text())).select_from(sa.table("case_records")))
    ]


@pytest.fixture
def population() -> list[Walked]:
    return [*edge_cases(), *wanderers(60)]


def test_the_population_has_what_the_migration_works_out(population: list[Walked]) -> None:
    """The control: comparing empty with empty would prove nothing."""
    found = [case for case, _ in population]
    open_now, closed = [c for c in found if c.open], [c for c in found if not c.open]
    for name in ("due", "too_old", "rated", "contact"):
        assert any(name in case.days for case in open_now), name
    for clock in ("information_due", "watch", "hold_review"):
        agreed = [case.clocks[clock] for case in found if clock in case.clocks and case.clocks[clock].agreed_on]
        assert any(c.running for c in agreed), clock
    assert any("contact_on" in case.answers for case in closed)
    assert any({"defer", "reopen", "resume"} <= {event.trigger for event in events} for _, events in population)
    assert len({len(events) for _, events in population}) > 8
    assert len(open_now) > 30


def test_cases_that_go_down_and_up_again_are_as_the_live_code_keeps_them(
    database: Database, population: list[Walked], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill_0002, "BATCH", 7)
    keep(database, population)
    write(database, sa.insert(flags), [a_flag(case, service=case.service) for case, _ in population if case.open])
    before, answers = kept_in(database), answers_in(database)
    move_to(database, "0001")
    assert not any('"rated_on"' in known or '"contact_on"' in known for known in answers_in(database))
    move_to(database, "head")
    assert kept_in(database) == before
    assert answers_in(database) == answers


@pytest.mark.parametrize(
    ("service", "born", "too_old"),
    [
        (LEEDS, "2024-02-29", date(2026, 3, 1)),
        (ESSEX, "2024-02-29", date(2026, 3, 2)),
        (LEEDS, "2024-02-28", date(2026, 2, 28)),
        (ESSEX, "2024-12-31", date(2027, 1, 1)),
        (LEEDS, "2022-02-28", date(2024, 2, 28)),
    ],
)
def test_the_first_day_on_which_a_baby_is_too_old_is_kept(
    database: Database, service: str, born: str, too_old: date
) -> None:
    keep(database, [family(1, service=service, infant_dob=born)])
    move_to(database, "0001")
    move_to(database, "head")
    days = metadata.tables["case_days"].c
    assert read(database, sa.select(days.name, days.day).where(days.name != "rated")) == [("too_old", too_old)]


def test_a_case_that_the_group_deferred_waits_for_it_from_that_day_in_0002_and_from_its_first_in_0001(
    database: Database,
) -> None:
    keep(database, [deferred()[-1]])
    clocks = metadata.tables["case_clocks"].c
    triage = sa.select(clocks.since, clocks.counts_from, clocks.held_days).where(clocks.clock == "triage")
    that_day = DAY + 8 * ONE_DAY
    move_to(database, "0001")
    assert read(database, triage) == [(DAY, DAY, 2)]
    move_to(database, "head")
    assert read(database, triage) == [(that_day, that_day, 0)]


def a_flag(case: Case, **otherwise: Any) -> dict[str, Any]:
    raised = {"kind": "missing_information", "raised_on": DAY, "raised_at": NOON, "raised_by": uuid4()}
    ended = {"cleared_on": None, "cleared_at": None, "cleared_because": None}
    return {"case_id": case.id, **raised, **ended, **otherwise}


def a_run(state: str, day: int, hour: int, **otherwise: Any) -> dict[str, Any]:
    """A night of 0001: `day` days after the first, begun at an hour."""
    at = NOON.replace(hour=hour) + day * ONE_DAY
    ended = None if state == "running" else at + timedelta(minutes=3)
    counts = None if state == "running" else NOTHING
    row = {"id": uuid4(), "as_of": DAY + day * ONE_DAY, "by": "cron", "state": state, "started_at": at}
    return {**row, "finished_at": ended, "examined": 2, "counts": counts, **otherwise}


def states_after(database: Database, runs: Sequence[Rows]) -> dict[UUID, str]:
    """Of each run, its state in 0002, the same for every service."""
    move_to(database, "0001")
    write(database, sa.insert(runs_of_0001), runs)
    move_to(database, "head")
    found = read(database, sa.select(night_runs.c.id, night_runs.c.service, night_runs.c.state))
    assert {(run_id, service) for run_id, service, _ in found} == {(r["id"], s) for r in runs for s in (LEEDS, ESSEX)}
    assert len({(run_id, state) for run_id, _, state in found}) == len(runs)
    return {run_id: state for run_id, _, state in found}


def test_of_the_runs_of_a_date_one_stands_and_the_others_are_repeats(database: Database) -> None:
    keep(database, [family(1), family(2, service=ESSEX)])
    expected = [
        (a_run("complete", 0, 2), "repeated"),
        (a_run("complete", 0, 4), "complete"),
        (a_run("failed", 0, 6), "repeated"),
        (a_run("running", 0, 8), "repeated"),
        (a_run("running", 1, 2), "failed"),
        (a_run("failed", 2, 2), "repeated"),
        (a_run("running", 2, 4), "failed"),
        (a_run("failed", 3, 2), "failed"),
        (a_run("complete", 4, 2), "complete"),
    ]
    assert states_after(database, [run for run, _ in expected]) == {run["id"]: state for run, state in expected}


def test_each_service_gets_the_counts_of_its_own_flags_and_each_flag_the_night_that_cleared_it(
    database: Database,
) -> None:
    (leeds, _), (essex, _) = families = [family(1), family(2, service=ESSEX)]
    keep(database, families)
    first, second = a_run("complete", 0, 2), a_run("complete", 1, 2)
    by_the_second = {"cleared_on": second["as_of"], "cleared_at": second["started_at"]}
    by_a_step = {**by_the_second, "cleared_because": "allocate#4"}
    planted = [
        a_flag(leeds, kind="wait_8_weeks", raised_by=first["id"], **by_the_second, cleared_because="replaced by x"),
        a_flag(leeds, raised_by=first["id"], **by_the_second, cleared_because="no longer due"),
        a_flag(leeds, kind="wait_over_12_weeks", raised_by=second["id"]),
        a_flag(essex, raised_by=first["id"], **by_a_step),
        a_flag(essex, raised_by=second["id"]),
    ]
    move_to(database, "0001")
    write(database, sa.insert(runs_of_0001), [first, second])
    write(database, sa.insert(flags_of_0001), planted)
    move_to(database, "head")
    r, f = night_runs.c, flags.c
    one_of = {name: {name: 1} for name in ("wait_8_weeks", "wait_over_12_weeks", "missing_information")}
    found = read(database, sa.select(r.id, r.service, r.counts))
    assert {(run, service): counts for run, service, counts in found} == {
        (first["id"], LEEDS): {**NOTHING, "raised": {**one_of["wait_8_weeks"], **one_of["missing_information"]}},
        (first["id"], ESSEX): {**NOTHING, "raised": one_of["missing_information"]},
        (second["id"], LEEDS): {
            "raised": one_of["wait_over_12_weeks"],
            "cleared": one_of["missing_information"],
            "replaced": one_of["wait_8_weeks"],
        },
        (second["id"], ESSEX): {**NOTHING, "raised": one_of["missing_information"]},
    }
    cleared = sa.select(f.service, f.kind, f.cleared_by).where(f.cleared_on.is_not(None))
    assert {row[:2]: row[2] for row in read(database, cleared)} == {
        (LEEDS, "wait_8_weeks"): second["id"],
        (LEEDS, "missing_information"): second["id"],
        (ESSEX, "missing_information"): None,
    }
    assert {row[0] for row in read(database, sa.select(r.examined))} == {None}, "whose cases they were is not known"


def test_nights_over_one_service_come_back_as_they_were(database: Database) -> None:
    (case, _) = only = family(1)
    keep(database, [only])
    runs = [a_run("failed", 0, 2), a_run("complete", 1, 2, examined=7)]
    runs[1]["counts"] = {**NOTHING, "raised": {"missing_information": 1}}
    move_to(database, "0001")
    write(database, sa.insert(runs_of_0001), runs)
    write(database, sa.insert(flags_of_0001), [a_flag(case, raised_by=runs[1]["id"])])
    before = read(database, sa.select(*runs_of_0001.columns))
    move_to(database, "head")
    assert read(database, sa.select(night_runs.c.examined, night_runs.c.state)) == [(2, "failed"), (7, "complete")]
    move_to(database, "0001")
    assert read(database, sa.select(*runs_of_0001.columns)) == before
    move_to(database, "head")


def test_the_lease_of_the_night_lies_ready_and_nobody_has_it(database: Database) -> None:
    assert read(database, sa.select(*leases.columns)) == [("night", None, 0, 0, 0)]


REWRITING = (
    "UPDATE {} SET id = id + 1",
    "DELETE FROM {}",
    "DELETE FROM {} WHERE id = 1",
)
ONLY_ON = {
    "sqlite": ("INSERT OR REPLACE INTO {0} SELECT * FROM {0}", "REPLACE INTO {0} SELECT * FROM {0} WHERE id = 2"),
    "postgresql": ("TRUNCATE {}", "TRUNCATE {} CASCADE"),
}


@pytest.mark.parametrize("table", [flag_acts.name, service_figures.name])
def test_acts_and_figures_are_added_and_never_changed(database: Database, database_kind: str, table: str) -> None:
    (case, _) = only = family(1)
    keep(database, [only])
    write(database, sa.insert(flags), [a_flag(case, service=LEEDS)])
    act = {"flag_id": 1, "act": "seen", "acted_on": DAY, "acted_at": NOON, "actor": "somebody"}
    figure = {"service": LEEDS, "name": "forum", "amount": 7, "source": "The team", "in_force_from": DAY}
    entered = {flag_acts: act, service_figures: {**figure, "entered_by": "somebody", "entered_at": NOON}}
    for target, row in entered.items():
        write(database, sa.insert(target), [row])
        write(database, sa.insert(target), [row, row])
    kept = metadata.tables[table]
    before = read(database, sa.select(*kept.columns))
    assert [row[0] for row in before] == [1, 2, 3]
    for statement in (*REWRITING, *ONLY_ON[database_kind]):
        with pytest.raises(DatabaseError, match="append-only"):
            write(database, sa.text(statement.format(table)))
    assert read(database, sa.select(*kept.columns)) == before


def test_an_upgrade_that_is_killed_among_its_cases_leaves_the_old_clinic_or_the_new_one(
    database: Database, database_url: str, population: list[Walked]
) -> None:
    keep(database, [*population, *crowd(400)])
    after = kept_in(database)
    move_to(database, "0001")
    before, left = answers_in(database), set()
    for moment in islice(moments(7, takes(migrators.upgrade_until_killed, database_url)), 6):
        move_to(database, "0001")
        killed(migrators.upgrade_until_killed, database_url, after=moment)
        left.add(database.revision()[0])
        if database.revision() == ("0001", HEAD):
            assert answers_in(database) == before
        database.upgrade()
        assert kept_in(database) == after
    assert "0001" in left, "not one kill hit the middle"
