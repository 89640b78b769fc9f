"""One broken referral among five thousand: 4,999 are done as without it, it is listed, and it is found again mended."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine

from casework import Casework, NightReport, StorageError
from persistence import Database
from persistence.night import sweep, transactions
from persistence.tables import cases
from tests.conftest import Clock
from tests.jobs.line import Line
from tests.night.conftest import Copies
from tests.night.harm import HARMS, UNREAD, Do, Mended, allow, behind_the_back, counted_from, happened, refuse, refused
from tests.night.kept import Story, opened, rows, story
from tests.night.populations import accepted, before_the_group
from tests.persistence.families import EVERYONE, LEEDS
from tests.persistence.populations import incomplete, keep, walked
from workflows.figures import Figure

DAY = date(2026, 11, 20)
NEXT = DAY + timedelta(days=1)
BAD = "EIGHT-1234"
Undamaged = Callable[[str], tuple[Story, Story]]


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def five_thousand(database: Database) -> None:
    keep(database, [walked(LEEDS, f"EIGHT-{n}", accepted(n, ago(60))) for n in range(2_000)])
    keep(database, [walked(LEEDS, f"TWELVE-{n}", accepted(2_000 + n, ago(90))) for n in range(1_000)])
    keep(database, [walked(LEEDS, f"GROUP-{n}", before_the_group(3_000 + n, ago(10))) for n in range(500)])
    keep(database, incomplete(1_500, ago(3)))


def a_few(database: Database) -> None:
    keep(database, [walked(LEEDS, BAD, accepted(0, ago(60)))])
    keep(database, [walked(LEEDS, f"TWELVE-{n}", accepted(1 + n, ago(90))) for n in range(9)])


def night(database: Database, day: date) -> NightReport:
    clock = Clock()
    clock.set(day, 3)
    return Casework(database, clock).night()


def id_of(database: Database, reference: str = BAD) -> UUID:
    ((found,),) = rows(database, sa.select(cases.c.id).where(cases.c.reference == reference))
    return UUID(str(found))


def others(found: Story) -> Story:
    return Counter({flag: number for flag, number in found.items() if flag[0] != BAD})


def of_the_bad_one(found: Story) -> dict[str, date]:
    """Its open flags, and when they were raised."""
    return {kind: raised_on for reference, kind, raised_on, ended, _ in found if reference == BAD and ended is None}


@pytest.fixture(scope="module")
def undamaged(models: Copies) -> Undamaged:
    """The flags after two nights of the five thousand with nothing wrong."""

    @cache
    def stories(kind: str) -> tuple[Story, Story]:
        with opened(models.of(kind, five_thousand)) as database:
            report = night(database, DAY)
            assert (report.examined, report.clean) == (5_000, True)
            first = story(database)
            night(database, NEXT)
            return first, story(database)

    return stories


@pytest.mark.parametrize("what", HARMS)
def test_one_broken_referral_costs_only_itself_and_is_found_until_it_is_mended(
    copies: Copies, undamaged: Undamaged, database_kind: str, what: str
) -> None:
    harm = HARMS[what]
    if harm.only_on not in ("", database_kind):
        return
    after_one, after_two = undamaged(database_kind)
    with opened(copies.of(database_kind, five_thousand)) as database:
        before = Mended(database, id_of(database))
        with behind_the_back(database) as connection:
            harm.do(connection, id_of(database))
        report = night(database, DAY)
        assert others(story(database)) == others(after_one)
        assert [(bad.service, bad.reference, bad.code) for bad in report.quarantined] == [(LEEDS, BAD, harm.code)]
        assert not report.clean
        assert {run.service: run.quarantined for run in Casework(database).nights.runs()}[LEEDS] == 1
        assert of_the_bad_one(story(database)).get(harm.mark or UNREAD) == (DAY if harm.mark else None)
        before.put_back()
        assert night(database, NEXT).clean
        assert others(story(database)) == others(after_two)
        assert of_the_bad_one(story(database)).keys() == of_the_bad_one(after_two).keys() == {"wait_8_weeks"}


def test_a_flag_that_cannot_be_cleared_is_found_every_night_and_the_others_are_cleared(
    copies: Copies, database_kind: str
) -> None:
    """Leeds withdraws its wait: what was flagged by it is over, and the database keeps one flag from being ended."""
    with opened(copies.of(database_kind, five_thousand)) as database:
        night(database, DAY)
        clock = Clock()
        clock.set(DAY)
        for name in ("wait_first", "wait_over"):
            Casework(database, clock).nights.enter(LEEDS, Figure(name, None, "withdrawn", NEXT), by="ada")
        before = Mended(database, id_of(database))
        with behind_the_back(database) as connection:
            refused("UPDATE", "AND NEW.kind = 'wait_8_weeks'")(connection, id_of(database))
        report = night(database, NEXT)
        assert report.cleared == {"wait_8_weeks": 1_999, "wait_over_12_weeks": 1_000}
        assert [(bad.reference, bad.code) for bad in report.quarantined] == [(BAD, "refused_by_database")]
        assert of_the_bad_one(story(database)) == {"wait_8_weeks": DAY, UNREAD: NEXT}
        night(database, NEXT + timedelta(days=1))
        assert of_the_bad_one(story(database)) == {"wait_8_weeks": DAY, UNREAD: NEXT}
        before.put_back()
        assert night(database, NEXT + timedelta(days=2)).clean
        assert of_the_bad_one(story(database)) == {}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("text", ["", "2026-02-31"])
def test_a_batch_may_end_with_a_day_that_is_no_date(
    copies: Copies, database_kind: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "BATCH", 1)
    with opened(copies.of(database_kind, a_few)) as database:
        with behind_the_back(database) as connection:
            counted_from(text)(connection, id_of(database))
        report = night(database, DAY)
        assert [bad.reference for bad in report.quarantined] == [BAD]
        assert report.raised["wait_over_12_weeks"] >= 9


def allocated_since(database: Database) -> None:
    """Two hundred and fifty families, flagged in time; nights were missed, and people went on working."""
    keep(database, [walked(LEEDS, f"EIGHT-{1_200 + n}", accepted(n, ago(59))) for n in range(250)])
    night(database, ago(4))
    clock = Clock()
    clock.set(ago(1))
    clinic = Casework(database, clock)
    for case_id in clinic.case_ids():
        clinic.fire(case_id, "acknowledge", EVERYONE, {}, seen=3)


@pytest.mark.parametrize(
    ("harm", "code", "marked"),
    [
        (happened, "unreadable_history", True),
        (refused(), "refused_by_database", False),
        (refused(only="AND NEW.kind = 'wait_8_weeks'"), "refused_by_database", True),
    ],
    ids=["its history cannot be read", "its flags are refused", "one flag is refused"],
)
def test_one_broken_referral_costs_a_night_that_is_caught_up_only_itself(
    copies: Copies, database_kind: str, harm: Do, code: str, marked: bool
) -> None:
    clock = Clock()
    clock.set(DAY, 3)
    expected = Counter(dict.fromkeys((f"EIGHT-{1_200 + n}" for n in range(250)), 1))
    with opened(copies.of(database_kind, allocated_since)) as database:
        with behind_the_back(database) as connection:
            harm(connection, id_of(database))
        reports = list(Casework(database, clock).nights.catch_up())
        assert [report.as_of for report in reports] == [ago(3), ago(2), ago(1), DAY]
        assert [(bad.reference, bad.code) for bad in reports[0].quarantined] == [(BAD, code)]
        raised = Counter(
            reference
            for reference, kind, raised_on, *_ in story(database).elements()
            if (kind, raised_on) == ("wait_8_weeks", ago(3)) and reference != BAD
        )
        assert raised == expected - Counter([BAD])
        assert reports[0].raised["wait_8_weeks"] - raised.total() in (0, 1)
        marks = [flag[1:3] for flag in story(database) if flag[0] == BAD and flag[1] == UNREAD]
        assert marks == ([(UNREAD, ago(3))] if marked else [])


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_the_command_line_lists_the_one_and_ends_with_1(
    copies: Copies, database_kind: str, tmp_path: Path, as_json: tuple[str, ...]
) -> None:
    url = copies.of(database_kind, a_few)
    line = Line(url, tmp_path)
    with time_machine.travel(datetime.combine(DAY, time(12), UTC), tick=False):
        assert line("nightly", "--again", *as_json).exit_code == 0
        with opened(url) as database, behind_the_back(database) as connection:
            HARMS["its answers are gone"].do(connection, id_of(database))
        told = line("nightly", "--again", *as_json)
    assert told.exit_code == 1
    assert BAD in told.stdout
    assert "no_record" in told.stdout


@pytest.mark.parametrize("too_many", [0, 1])
def test_more_bad_referrals_than_a_night_takes_fail_it_and_a_later_run_takes_it_up(
    copies: Copies, undamaged: Undamaged, database_kind: str, too_many: int
) -> None:
    number = sweep.MOST_REFUSED + too_many
    with opened(copies.of(database_kind, five_thousand)) as database:
        bad = rows(database, sa.select(cases.c.id).where(cases.c.reference.like("TWELVE-%")).limit(number))
        with behind_the_back(database) as connection:
            refuse(connection, [row[0] for row in bad], only="AND NEW.kind = 'wait_over_12_weeks'")
        if too_many:
            with pytest.raises(StorageError) as failed:
                night(database, DAY)
            assert failed.value.code == "database_failed"
            assert {run.state for run in Casework(database).nights.runs()} == {"failed"}
        else:
            assert len(night(database, DAY).quarantined) == number
        first = {run.run_id for run in Casework(database).nights.runs()}
        with behind_the_back(database) as connection:
            allow(connection)
        report = night(database, DAY)
        assert (report.resumed, report.clean) == ((True, True) if too_many else (False, True))
        assert {(run.run_id, run.state) for run in Casework(database).nights.runs()} == {(*first, "complete")}
        if too_many:
            assert story(database) == undamaged(database_kind)[0]
