"""What cannot be asked of a night: a stable code, a sentence, and not one row of any table changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from casework import BadRequest, Casework, CaseworkError, NightReport
from casework.errors import NightHeld, NightStopped
from persistence import Database
from persistence.night import lease
from persistence.transactions import writing
from tests.conftest import Clock
from tests.night.kept import ledger_faults, tables
from tests.persistence.families import ACCEPTED, LEEDS, RECEIVED_ON, refer
from workflows.figures import Figure

EIGHT = "wait_8_weeks"


def on(days: int) -> date:
    return RECEIVED_ON + timedelta(days=days)


@pytest.fixture
def nights(casework: Casework, clock: Clock) -> list[UUID]:
    """The runs of three nights: the second raises a flag, the third finds nothing to do."""
    refer(casework, "L-1", steps=ACCEPTED)
    runs = []
    for day in (55, 56, 57):
        clock.set(on(day), 3)
        (report,) = casework.nights.catch_up()
        runs.append(report.run_id)
    return runs


@contextmanager
def refused(database: Database, code: str, kind: type[CaseworkError] = BadRequest) -> Iterator[None]:
    """It is refused with a code and a sentence, and every row of every table is as it was."""
    before = tables(database)
    with pytest.raises(kind) as problem:
        yield
    assert problem.value.code == code
    assert str(problem.value).endswith(".")
    assert tables(database) == before


ORDERS: dict[str, tuple[str, Callable[[Casework, list[UUID]], object]]] = {
    "a day that has not come": ("date_in_future", lambda c, _: c.nights.run(on(58))),
    "a dry run of a day that has not come": ("date_in_future", lambda c, _: c.nights.run(on(58), dry_run=True)),
    "a day before the first event": ("before_first_event", lambda c, _: c.nights.run(on(-1))),
    "an unknown service": ("unknown_service", lambda c, _: c.nights.run(service="leeds")),
    "the ledger of an unknown service": ("unknown_service", lambda c, _: c.nights.runs("leeds")),
    "a day before a complete night": ("night_has_passed", lambda c, _: c.nights.run(on(30))),
    "that day for one service": ("night_has_passed", lambda c, _: c.nights.run(on(30), service=LEEDS)),
    "an earlier night again": ("night_has_passed", lambda c, _: c.nights.run(on(55), again=True)),
    "to undo no run": ("unknown_run", lambda c, _: c.nights.undo("the last one", by="ada", reason="Wrong.")),
    "to undo a run that is not there": ("unknown_run", lambda c, _: c.nights.undo(uuid4(), by="ada", reason="Wrong.")),
    "to undo for no reason": ("reason_needed", lambda c, runs: c.nights.undo(runs[2], by="ada", reason=" ")),
    "to undo for too long a reason": (
        "reason_needed",
        lambda c, runs: c.nights.undo(runs[2], by="ada", reason=2_001 * "x"),
    ),
    "to undo what a later night was built on": (
        "run_built_on",
        lambda c, runs: c.nights.undo(runs[1], by="ada", reason="Wrong."),
    ),
    "to undo it for one service": (
        "run_built_on",
        lambda c, runs: c.nights.undo(runs[1], by="ada", reason="Wrong.", service=LEEDS),
    ),
    "to undo in an unknown service": (
        "unknown_service",
        lambda c, runs: c.nights.undo(runs[2], by="ada", reason="Wrong.", service="leeds"),
    ),
    "a figure that no flag reads": (
        "unknown_figure",
        lambda c, _: c.nights.enter(LEEDS, Figure("waiting", 3, "a page", on(60)), by="ada"),
    ),
    "a figure from no source": (
        "source_needed",
        lambda c, _: c.nights.enter(LEEDS, Figure("outcome", 3, " ", on(60)), by="ada"),
    ),
    "a figure from a day that has passed": (
        "date_in_past",
        lambda c, _: c.nights.enter(LEEDS, Figure("outcome", 3, "a page", on(56)), by="ada"),
    ),
    "a figure of nothing": (
        "bad_amount",
        lambda c, _: c.nights.enter(LEEDS, Figure("outcome", 0, "a page", on(60)), by="ada"),
    ),
}


@pytest.mark.parametrize("what", ORDERS)
def test_what_cannot_be_asked_is_refused_and_changes_nothing(
    casework: Casework, database: Database, nights: list[UUID], what: str
) -> None:
    code, order = ORDERS[what]
    with refused(database, code):
        order(casework, nights)


def test_a_clinic_without_a_referral_has_no_past(casework: Casework, clock: Clock, database: Database) -> None:
    with refused(database, "before_first_event"):
        casework.nights.run(clock.today - timedelta(days=1))
    assert casework.nights.run().clean


def test_a_date_that_is_done_is_left_alone_and_said_to_be_done(
    casework: Casework, database: Database, nights: list[UUID]
) -> None:
    before = tables(database)
    for day, run in ((on(57), nights[2]), (on(56), nights[1])):
        report = casework.nights.run(day)
        assert {entry.run_id for entry in report.done_before} == {run}
        assert (report.services, report.raised, report.clean) == ((), {}, True)
    assert tables(database) == before


@pytest.mark.parametrize("order", ["run", "undo"])
def test_while_another_is_at_work_nothing_is_done_and_it_says_who_it_is(
    casework: Casework, database: Database, nights: list[UUID], clock: Clock, order: str
) -> None:
    clock.set(on(58))
    with writing(database.engine) as connection:
        lease.take(connection, "the other machine:17")
    with refused(database, "night_held", NightHeld):
        if order == "run":
            casework.nights.run()
        else:
            casework.nights.undo(nights[2], by="ada", reason="Wrong.")
    assert casework.nights.keeper.lease().holder == "the other machine:17"


def test_a_date_that_is_done_is_said_to_be_done_while_another_is_at_work(
    casework: Casework, database: Database, nights: list[UUID]
) -> None:
    with writing(database.engine) as connection:
        lease.take(connection, "the other machine:17")
    assert {entry.run_id for entry in casework.nights.run().done_before} == {nights[2]}


def test_a_night_is_undone_once(casework: Casework, database: Database, nights: list[UUID]) -> None:
    casework.nights.undo(nights[2], by="ada", reason="Wrong.")
    with refused(database, "run_not_complete"):
        casework.nights.undo(nights[2], by="ada", reason="Wrong.")
    undone = casework.nights.undo(nights[1], by="ada", reason="Wrong, too.")
    assert undone.withdrawn == {EIGHT: 1}
    assert casework.case_flags("L-1") == ()
    assert casework.nights.due() == []


def test_a_night_that_was_stopped_cannot_be_undone_and_is_taken_up(
    casework: Casework, database: Database, nights: list[UUID], clock: Clock
) -> None:
    clock.set(on(90))
    asked = iter([False, False])
    with pytest.raises(NightStopped):
        casework.nights.run(stop=lambda: next(asked, True))
    (running,) = {run.run_id for run in casework.nights.runs() if run.state == "running"}
    with refused(database, "run_not_complete"):
        casework.nights.undo(running, by="ada", reason="Wrong.")
    report = casework.nights.run()
    assert (report.run_id, report.resumed) == (running, True)


def test_the_first_night_of_all_that_was_stopped_is_taken_up_days_later(casework: Casework, clock: Clock) -> None:
    refer(casework, "L-1", steps=ACCEPTED)
    clock.set(on(55), 3)
    with pytest.raises(NightStopped):
        casework.nights.run(stop=lambda: True)
    clock.set(on(57), 3)
    assert [day for day, _ in casework.nights.due()] == [on(55), on(56), on(57)]
    reports = list(casework.nights.catch_up())
    assert [(report.as_of, report.resumed) for report in reports] == [(on(55), True), (on(56), False), (on(57), False)]
    assert {run.state for run in casework.nights.runs()} == {"complete"}


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_who_comes_late_to_a_date_that_has_been_done_meanwhile_is_told_so(
    casework: Casework, database: Database, database_url: str, nights: list[UUID], clock: Clock, looks: int
) -> None:
    """It has looked so many times and found the date not done; then another does that night and the next."""
    clock.set(on(59), 3)
    other, done, left = Database(database_url), list[NightReport](), iter(range(looks))

    def meanwhile(_connection: sa.Connection) -> None:
        if next(left, None) == looks - 1:
            done.extend(Casework(other, clock).nights.catch_up())

    sa.event.listen(database.engine, "commit", meanwhile)
    first, second = casework.nights.catch_up()
    other.close()
    for report, before in zip((first, second), done, strict=True):
        assert (report.as_of, report.services, report.raised) == (before.as_of, (), {})
        assert {entry.run_id for entry in report.done_before} == {before.run_id}
    assert ledger_faults(database, on(55), on(59)) == []
