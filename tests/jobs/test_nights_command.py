"""`casework nightly` and `casework nights`: nights done, done before, held, missed, foreseen, and what they found."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from shutil import copyfile

import pytest
import sqlalchemy as sa

from casework import Casework
from persistence import Database
from persistence.night import lease
from persistence.tables import cases
from persistence.transactions import writing
from tests.conftest import Clock
from tests.jobs.days import EIGHT, GAPS, TWELVE, Days, day_by_day, four_families, wait_from
from tests.jobs.line import Line
from tests.jobs.terminal import lines_of, seen
from tests.persistence.families import ACCEPTED, ACCEPTED_IN_ESSEX, ESSEX, LEEDS, RECEIVED_ON, refer, step


@pytest.fixture
def days(empty: Line, casework: Casework, clock: Clock) -> Iterator[Days]:
    with day_by_day(empty, casework, clock) as found:
        yield found


def test_a_night_that_is_done_is_not_done_again_and_it_is_said_by_whom(days: Days) -> None:
    refer(days.casework, "L-1", steps=ACCEPTED)
    first = days.night(60, "--as", "Maria")
    assert (first["raised"], first["clean"], first["held"], first["caught_up"]) == ({EIGHT: 1}, True, None, [])
    days.on(60, 9)
    again = days.line("nightly")
    assert again.exit_code == 0
    assert again.stdout.splitlines() == [
        "The night of 1 May 2026 was done before for leeds-imhs, together-with-baby: by Maria, 1 May 2026 at 03:00.",
        "To run it once more: casework nightly --as-of 2026-05-01 --again",
    ]
    document = days.line.document("nightly")
    assert (document["raised"], document["services"]) == ({}, [])
    assert {entry["run_id"] for entry in document["done_before"]} == {first["run_id"]}


def test_a_night_is_run_again_where_a_person_says_so_and_both_stand_in_the_ledger(days: Days) -> None:
    refer(days.casework, "L-1", steps=ACCEPTED)
    first = days.night(60)
    refer(days.casework, "L-2", steps=ACCEPTED)
    second = days.line.document("nightly", "--again")
    assert second["raised"] == {EIGHT: 1}
    states = {(run["run_id"], run["state"]) for run in days.line.document("nights")["runs"]}
    assert states == {(first["run_id"], "repeated"), (second["run_id"], "complete")}


def test_three_stopped_nights_give_three_dated_entries_and_the_flags_of_running_nightly(
    days: Days, migrated_file: Path, tmp_path: Path
) -> None:
    copyfile(migrated_file, tmp_path / "nightly.db")
    beside = Database(f"sqlite:///{tmp_path / 'nightly.db'}")
    nightly = Casework(beside, days.clock)
    four_families(days, nightly)
    days.night(54)
    nightly.night()
    for day in (55, 56, 57, 58):
        days.on(day, 3)
        nightly.night()
    caught_up = days.line.document("nightly")
    assert [report["as_of"] for report in caught_up["caught_up"]] == ["2026-04-26", "2026-04-27", "2026-04-28"]
    assert caught_up["as_of"] == "2026-04-29"
    assert [run.as_of for run in days.casework.nights.runs(LEEDS)] == [
        RECEIVED_ON + timedelta(d) for d in range(58, 53, -1)
    ]
    assert raised(days.casework) == raised(nightly)
    assert len({raised_on for _, _, raised_on in raised(nightly)}) > 2
    assert days.line.document("nights")["missing"] == []
    beside.close()


def raised(casework: Casework) -> set[tuple[str, str, date]]:
    return {(row.reference, row.kind, row.raised_on) for row in casework.flags()}


def test_a_night_that_another_is_at_is_left_to_them_with_one_line_and_exit_0(days: Days, database: Database) -> None:
    refer(days.casework, "L-1", steps=ACCEPTED)
    days.on(60, 3)
    with writing(database.engine) as connection:
        token = lease.take(connection, "elsewhere:17")
    shown = days.line("nightly")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("The night is being run by elsewhere:17 since ")
    assert shown.stdout.endswith("Nothing was done here.\n")
    assert shown.stdout.count("\n") == 1
    document = days.line.document("nightly")
    assert document["held"]["by"] == "elsewhere:17"
    assert document["held"]["since"] is not None
    assert days.flags() == set()
    with writing(database.engine) as connection:
        lease.give_back(connection, token)
    assert days.line.document("nightly")["raised"] == {EIGHT: 1}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("nightly --service nowhere", "unknown_service"),
        ("nightly --service nowhere --dry-run", "unknown_service"),
        ("nightly --as-of 2027-01-01", "date_in_future"),
        ("nightly --as-of 2026-03-01", "before_first_event"),
        ("nights --service nowhere", "unknown_service"),
    ],
)
def test_a_night_that_cannot_be_is_refused_with_a_code(days: Days, words: str, code: str) -> None:
    refer(days.casework, "L-1", steps=ACCEPTED)
    days.on(60)
    result = days.line(*words.split())
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.endswith(f"({code})\n")
    assert days.casework.nights.runs() == []


def test_a_night_of_one_service_says_that_the_other_is_due(days: Days) -> None:
    refer(days.casework, "L-1", steps=ACCEPTED)
    refer(days.casework, "E-1", service=ESSEX, steps=ACCEPTED_IN_ESSEX)
    days.on(60, 3)
    shown = days.line("nightly", "--service", LEEDS).stdout
    assert "Night of 1 May 2026: 1 open referral looked at" in shown
    assert "Due and not done: 1 night, 1 May 2026." in shown
    assert days.line.document("nights")["missing"] == [
        {"service": ESSEX, "first": "2026-05-01", "last": "2026-05-01", "due": True}
    ]
    assert days.line.document("nightly", "--service", ESSEX)["services"] == [ESSEX]
    assert days.line.document("nightly")["due"] == []


def break_pathway(database: Database) -> None:
    _change(database, pathway="gone@9")


def break_state(database: Database) -> None:
    _change(database, state="discharged")


def _change(database: Database, **values: str) -> None:
    with writing(database.engine) as connection:
        connection.execute(sa.update(cases).where(cases.c.reference == "L-2").values(**values))


@pytest.mark.damages("one row is changed behind our back")
@pytest.mark.parametrize(
    ("damage", "code", "kind"),
    [
        (break_pathway, "unknown_pathway", "could_not_be_evaluated"),
        (break_state, "on_no_worklist", "not_on_one_worklist"),
    ],
)
def test_a_referral_that_is_broken_is_listed_with_exit_1_and_the_others_are_done(
    days: Days, database: Database, damage: Callable[[Database], None], code: str, kind: str
) -> None:
    for name in ("L-1", "L-2", "L-3"):
        refer(days.casework, name, steps=ACCEPTED)
    damage(database)
    days.on(60, 3)
    foreseen = days.line("nightly", "--dry-run")
    shown = days.line("nightly")
    assert foreseen.exit_code == shown.exit_code == 1
    for told in (foreseen.stdout, shown.stdout):
        assert "LOOK: something is wrong with 1 referral. The others are done." in told
        assert f"({code})" in told
        assert "  leeds-imhs/L-2: " in told
    assert ("2 stand on worklists" in shown.stdout) == (code == "on_no_worklist")
    document = days.line.document("nightly", "--again", exit_code=1)
    assert [(q["reference"], q["code"]) for q in document["quarantined"]] == [("L-2", code)]
    assert document["clean"] is False
    assert {("L-1", EIGHT), ("L-3", EIGHT), ("L-2", kind)} <= days.flags()
    explained = days.line("flags", "--explain", "--kind", kind)
    assert explained.exit_code == 0
    assert "L-2  leeds-imhs" in explained.stdout


def test_the_ledger_lists_each_night_and_every_date_that_has_none(days: Days) -> None:
    four_families(days)
    first = days.night(58)
    days.on(61, 3)
    days.line("nightly", "--as-of", "today", "--as", "Maria")
    days.on(63, 3)
    document = days.line.document("nights", "--service", LEEDS)
    newest = document["runs"][0]
    assert (newest["as_of"], newest["by"], newest["state"]) == ("2026-05-02", "Maria", "complete")
    assert {"run_id", "examined", "raised", "cleared", "replaced", "quarantined", "seconds"} <= set(newest)
    assert document["runs"][1]["run_id"] == first["run_id"]
    assert document["missing"] == [
        {"service": LEEDS, "first": "2026-05-03", "last": "2026-05-04", "due": True},
        {"service": LEEDS, "first": "2026-04-30", "last": "2026-05-01", "due": False},
    ]
    shown = days.line("nights").stdout
    rows = [line.split()[:3] for line in shown.splitlines() if line.startswith("2026")]
    assert rows[:3] == [
        ["2026-05-04", LEEDS, "due"], ["2026-05-04", ESSEX, "due"], ["2026-05-02", LEEDS, "complete"],
    ]  # fmt: skip
    assert ["2026-05-01", ESSEX, "missing"] in rows
    assert "LOOK: 2 nights due, and not done yet (casework nightly): 3 to 4 May 2026" in shown
    assert "LOOK: 2 nights never run: 30 April 2026 to 1 May 2026 (leeds-imhs, together-with-baby)." in shown
    assert len(days.line.document("nights", "--most", "1")["runs"]) == 1


def test_an_empty_ledger_says_so(days: Days) -> None:
    days.on(60, 1)
    assert days.line.document("nights")["runs"] == []
    assert "never run" not in days.line("nights").stdout


@pytest.mark.parametrize("width", [40, 80])
def test_the_ledger_fits_a_terminal_and_a_missing_date_is_red(days: Days, width: int) -> None:
    four_families(days)
    days.night(58)
    days.on(61, 3)
    days.line("nightly", "--as-of", "today")
    _, shown = seen(width, "nights", "--database", days.line.url)
    assert max(map(len, lines_of(shown))) <= width
    assert any("missing x2" in line for line in lines_of(shown))
    if width == 80:
        assert "\x1b[31mmissing x2" in shown


def test_after_a_night_the_digest_and_the_figures_for_an_alarm_are_written_where_asked_for(days: Days) -> None:
    refer(days.casework, "L-1", steps=ACCEPTED)
    folder, figures = days.line.folder / "digests", days.line.folder / "night.prom"
    folder.mkdir()
    days.on(60, 3)
    places = ("--digest", folder, "--metrics", figures)
    days.line("nightly", "--dry-run", *places)
    assert (list(folder.iterdir()), figures.exists()) == ([], False)
    assert days.line("nightly", *places).exit_code == 0
    assert f"digest-{LEEDS}-2026-05-01.html" in {path.name for path in folder.iterdir()}
    assert f'casework_open_referrals{{service="{LEEDS}"}} 1.0' in figures.read_text(encoding="utf-8")


@pytest.mark.damages("one row is changed behind our back")
def test_a_later_night_says_what_was_wrong_in_the_one_that_is_done(days: Days, database: Database) -> None:
    for name in ("L-1", "L-2"):
        wait_from(days.casework, name)
    break_pathway(database)
    days.on(60, 3)
    assert days.line("nightly").exit_code == 1
    told = days.line("nightly")
    assert told.exit_code == 0
    assert "LOOK: something is wrong with 1 referral; casework flags shows which." in told.stdout


@pytest.mark.parametrize(
    "command",
    [
        "nightly",
        "nights",
        "night undo",
        "flag seen",
        "flag snooze",
        "flag wake",
        "flag history",
        "figures",
        "figures set",
    ],
)
def test_each_command_of_the_night_has_help_with_the_database_and_the_log(days: Days, command: str) -> None:
    shown = days.line(*command.split(), "--help")
    assert shown.exit_code == 0
    assert "--database URL" in shown.stdout
    assert "--log FILE" in shown.stdout


def test_a_step_between_two_nights_is_seen_by_the_next(days: Days) -> None:
    gaps = refer(days.casework, "L-1", consent_on=None)
    days.night(1)
    assert days.flags() == {("L-1", GAPS)}
    step(days.casework, gaps, "add_information", {"consent_on": "2026-03-02"})
    assert days.flags() == set()
    waiting = refer(days.casework, "L-2", steps=ACCEPTED)
    days.night(90, "--as-of", "today")
    assert days.flags("--kind", TWELVE) == {("L-2", TWELVE)}
    assert days.casework.case(waiting.case_id).state == "waiting"
