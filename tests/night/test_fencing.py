"""A night that falls asleep: another takes it over, and who wakes afterwards writes nothing more."""

import time
from itertools import count

import pytest

from casework import Casework, NightReport, StorageError
from casework.errors import NightHeld
from casework.ledger import LeaseState
from persistence import Database
from persistence import database as opening
from persistence.night import transactions
from tests.night.conftest import Copies
from tests.night.kept import ledger_faults, opened, story, tables
from tests.night.populations import ONE_DAY, kept_after_a_first_night
from tests.night.shifts import Pace, Shift, asleep_between_batches, asleep_inside_a_batch, rivals, say
from tests.persistence.populations import incomplete, keep
from tests.persistence.processes import NOW, PATIENCE, moments
from tests.promises import Say

DAY = NOW.date()
PACE = Pace(batch=5, lease_ms=150)
TAKEOVERS, MANY = 2, 50
FEW_STARTS, STARTS = 12, 50


def before(database: Database) -> None:
    kept_after_a_first_night(database, DAY, 1, of_each=8)


def long_before(database: Database) -> None:
    first = NOW - STARTS * ONE_DAY
    keep(database, incomplete(1, first.date()))
    Casework(database, lambda: first).night()


def lease_of(database: Database) -> LeaseState:
    return Casework(database).nights.keeper.lease()


def until_the_lease_has_run_out(database: Database) -> int:
    """Its token."""
    until = time.monotonic() + PATIENCE
    while (held := lease_of(database)).alive:
        assert time.monotonic() < until
        time.sleep(0.01)
    return held.token


def taken_over(url: str, batches: int) -> None:
    """A night falls asleep after so many batches, another does it, and it wakes."""
    asleep = Shift(asleep_between_batches, url, DAY, batches, PACE)
    with opened(url) as database:
        try:
            assert asleep.hears() == "asleep"
            token = until_the_lease_has_run_out(database)
            report = Casework(database, lambda: NOW).night(DAY)
            assert (report.resumed, report.clean) == (True, True)
            assert lease_of(database).token == token + 1
            left = tables(database)
            asleep.go_on()
            assert asleep.answer() == "night_lost"
            assert tables(database) == left
        finally:
            asleep.kill()
        assert ledger_faults(database, DAY - ONE_DAY, DAY) == []


def batches_of(url: str) -> int:
    """How many batches the night has, and that it leaves the ledger as it should."""
    asked = count()
    with opened(url) as database:
        Casework(database, lambda: NOW).nights.run(DAY, stop=lambda: next(asked) < 0)
        assert ledger_faults(database, DAY - ONE_DAY, DAY) == []
    return next(asked)


def takeovers(copies: Copies, kind: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "BATCH", PACE.batch)
    undisturbed = copies.of(kind, before)
    batches, chance = batches_of(undisturbed), moments(5, 1)
    with opened(undisturbed) as database:
        expected = story(database)
    for _ in range(number):
        url = copies.of(kind, before)
        after = int(next(chance) * batches)
        say(f"asleep after {after} of {batches} batches")
        taken_over(url, after)
        with opened(url) as database:
            assert story(database) == expected


def test_who_wakes_after_another_has_taken_the_night_over_writes_nothing_more(
    copies: Copies, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    takeovers(copies, database_kind, TAKEOVERS, monkeypatch)


@pytest.mark.long
def test_fifty_takeovers_leave_not_one_stale_write(
    copies: Copies, database_kind: str, monkeypatch: pytest.MonkeyPatch, promise: Say
) -> None:
    takeovers(copies, database_kind, MANY, monkeypatch)
    promise("P12", f"{MANY} takeovers on {database_kind}: 0 stale writes", control="who sleeps in a batch would write")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_night_asleep_inside_a_batch_keeps_the_file_so_others_are_told_that_it_is_busy_and_wrong_is_nothing(
    copies: Copies, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = copies.of(database_kind, before)
    monkeypatch.setattr(opening, "BUSY_TIMEOUT_MS", 50)
    asleep = Shift(asleep_inside_a_batch, url, DAY, PACE)
    with opened(url) as database:
        try:
            assert asleep.hears() == "asleep"
            until_the_lease_has_run_out(database)
            seen = tables(database)
            with pytest.raises(StorageError) as busy:
                Casework(database, lambda: NOW).night(DAY)
            assert (busy.value.code, busy.value.try_again) == ("database_busy", True)
            assert tables(database) == seen, "what is in the batch is seen by nobody, and nothing else was written"
            asleep.go_on()
            assert asleep.answer() == "complete"
        finally:
            asleep.kill()
        assert ledger_faults(database, DAY - ONE_DAY, DAY) == []


def as_soon_as_it_is_let(clinic: Casework) -> NightReport:
    """The lease has run out, and whoever sleeps inside a batch has its row until the server throws it out."""
    held, until = 0, time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            report = clinic.night(DAY)
        except NightHeld:
            held += 1
            time.sleep(0.02)
        else:
            assert held
            return report
    raise AssertionError("nobody is let in")


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_night_asleep_inside_a_batch_is_thrown_out_by_the_server_and_another_does_it(
    copies: Copies, database_kind: str
) -> None:
    undisturbed, url = copies.of(database_kind, before), copies.of(database_kind, before)
    batches_of(undisturbed)
    asleep = Shift(asleep_inside_a_batch, url, DAY, Pace(lease_ms=150, asleep="700ms"))
    with opened(url) as database, opened(undisturbed) as other:
        try:
            assert asleep.hears() == "asleep"
            token = until_the_lease_has_run_out(database)
            report = as_soon_as_it_is_let(Casework(database, lambda: NOW))
            assert (report.resumed, lease_of(database).token) == (True, token + 1)
            left = tables(database)
            asleep.go_on()
            assert asleep.answer() == "night_lost"
            assert tables(database) == left
        finally:
            asleep.kill()
        assert story(database) == story(other)
        assert ledger_faults(database, DAY - ONE_DAY, DAY) == []


@pytest.mark.parametrize("starts", [FEW_STARTS, pytest.param(STARTS, marks=pytest.mark.long)])
def test_of_two_that_start_at_the_same_moment_one_works_and_the_other_is_told(
    copies: Copies, database_kind: str, starts: int
) -> None:
    """One after the other: so many dates, each of them started twice."""
    url = copies.of(database_kind, long_before)
    days = [DAY + (n - STARTS) * ONE_DAY for n in range(1, starts + 1)]
    one, other = rivals(url, days)
    assert [sorted(pair) for pair in zip(one, other, strict=True)] == starts * [["night_held", "worked"]]
    say(f"the first of the two worked {one.count('worked')} times of {starts}")
    with opened(url) as database:
        assert ledger_faults(database, days[0] - ONE_DAY, days[-1]) == []


def test_a_night_that_is_held_is_left_alone_and_says_by_whom(copies: Copies, database_kind: str) -> None:
    url = copies.of(database_kind, before)
    asleep = Shift(asleep_between_batches, url, DAY, 2, Pace(lease_ms=60_000))
    with opened(url) as database:
        try:
            assert asleep.hears() == "asleep"
            left, holder = tables(database), lease_of(database).holder
            with pytest.raises(NightHeld) as held:
                Casework(database, lambda: NOW).night(DAY)
            assert held.value.holder == holder
            assert held.value.holder.endswith(f":{asleep.pid}")
            assert tables(database) == left
            asleep.go_on()
            assert asleep.answer() == "complete"
        finally:
            asleep.kill()
