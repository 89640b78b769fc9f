"""A night that is only foreseen: a dry run lists exactly what the run then does."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework import Casework
from persistence import Database
from tests.conftest import Clock
from tests.jobs.days import Days, day_by_day, four_families, wait_from
from tests.jobs.line import SAMPLE, Line
from tests.jobs.terminal import lines_of, seen
from tests.persistence.families import ACCEPTED, ESSEX, LEEDS, RECEIVED_ON, refer
from workflows.figures import Figure


@pytest.fixture
def days(empty: Line, casework: Casework, clock: Clock) -> Iterator[Days]:
    with day_by_day(empty, casework, clock) as found:
        yield found


def test_a_dry_run_says_which_nights_are_run_before_it(days: Days) -> None:
    four_families(days)
    days.night(54)
    days.on(58, 3)
    foreseen = days.line("nightly", "--dry-run").stdout
    assert "Not done yet and run first, each under its own date: 26 to 28 April 2026." in foreseen
    assert len(days.casework.nights.runs(LEEDS)) == 1
    told = days.line("nightly").stdout.splitlines()
    assert told[:3] == [
        "Night of 26 April 2026, caught up: 0 raised, 0 cleared, 0 replaced.",
        "Night of 27 April 2026, caught up: 1 raised, 0 cleared, 0 replaced.",
        "Night of 28 April 2026, caught up: 1 raised, 0 cleared, 0 replaced.",
    ]
    assert told[3].startswith("Night of 29 April 2026: 4 open referrals looked at")


def test_a_dry_run_of_a_night_that_is_done_plans_nothing_as_the_run_then_does_nothing(days: Days) -> None:
    refer(days.casework, "L-1", steps=ACCEPTED)
    days.night(60, "--service", LEEDS)
    refer(days.casework, "L-2", steps=ACCEPTED)
    refer(days.casework, "E-1", service=ESSEX, on=days.clock.today, consent_on=None)
    foreseen = days.line.document("nightly", "--dry-run")
    assert {plan["service"] for plan in foreseen["planned"]} == {ESSEX}
    assert foreseen["services"] == [ESSEX]
    done = days.line.document("nightly")
    assert (foreseen["raised"], foreseen["examined"]) == (done["raised"], done["examined"])
    nothing = days.line.document("nightly", "--dry-run")
    assert (nothing["planned"], nothing["services"], len(nothing["done_before"])) == ([], [], 2)
    assert len(days.line.document("nightly", "--dry-run", "--again")["planned"]) == 1


def planned_and_done(casework: Casework, clock: Clock) -> tuple[set[Any], set[Any]]:
    """What a dry run lists, and what the run then does to the open flags."""
    planned = {(p.change, p.reference, p.kind) for p in casework.nights.run(dry_run=True).planned}
    before = {(f.reference, f.kind) for f in casework.flags()}
    casework.nights.run()
    after = {(f.reference, f.kind) for f in casework.flags()}
    ended = {(name, kind): because(casework, name, kind) for name, kind in before - after}
    done = {("raise", *flag) for flag in after - before}
    done |= {("replace" if "replaced" in why else "clear", *flag) for flag, why in ended.items()}
    return planned, done


def because(casework: Casework, reference: str, kind: str) -> str:
    return [s.cleared_because or "" for s in casework.flag_history(reference) if s.kind == kind][-1]


def test_a_dry_run_lists_exactly_what_the_run_then_does_also_with_a_lowered_figure(days: Days) -> None:
    four_families(days)
    days.night(58)
    days.on(72, 3)
    lowered = Figure("wait_over", 71, "Twelve weeks became ten.", days.clock.today)
    days.casework.nights.enter(LEEDS, lowered, by="Maria")
    planned, done = planned_and_done(days.casework, days.clock)
    assert planned == done
    assert {change for change, _, _ in planned} == {"raise", "replace"}


@settings(max_examples=15)
@given(
    waits=st.lists(st.integers(0, 99), min_size=1, max_size=6, unique=True),
    nights=st.lists(st.integers(100, 190), min_size=1, max_size=4, unique=True).map(sorted),
    first=st.integers(20, 60),
    width=st.integers(1, 40),
)
def test_whatever_the_waits_and_the_figures_a_dry_run_foresees_the_night(
    waits: list[int], nights: list[int], first: int, width: int, migrated_file: Path, tmp_path_factory: Any
) -> None:
    path = tmp_path_factory.mktemp("foreseen") / "clinic.db"
    copyfile(migrated_file, path)
    database, clock = Database(f"sqlite:///{path}"), Clock()
    casework = Casework(database, clock)
    clock.set(RECEIVED_ON + timedelta(days=99))
    for number, wait in enumerate(waits):
        wait_from(casework, f"L-{number}", wait)
    for place, night in enumerate(nights):
        clock.set(RECEIVED_ON + timedelta(days=night))
        planned, done = planned_and_done(casework, clock)
        assert planned == done
        if place == 0:
            for name, amount in (("wait_first", first), ("wait_over", first + width)):
                casework.nights.enter(LEEDS, Figure(name, amount, "A trial.", clock.today), by="Maria")
    database.close()


def test_a_terminal_shows_the_first_fifty_planned_changes_and_json_all(empty: Line) -> None:
    empty("import", SAMPLE, "--as-of", "2026-11-20")
    command = ("nightly", "--as-of", "2026-11-20", "--dry-run")
    planned = empty.document(*command)["planned"]
    _, shown = seen(80, *command, "--database", empty.url)
    lines = lines_of(shown)
    assert len([line for line in lines if line.startswith("raise  ")]) == 50
    assert f"The first 50 of {len(planned)} changes are shown; --json lists all." in lines
    assert max(map(len, lines)) <= 80
    piped = empty(*command).stdout.splitlines()
    assert len([line for line in piped if line.startswith("raise  ")]) == len(planned)
