"""A canary is planted in every text that a family or a referrer could give, and found in no log line and no error."""

import csv
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from casework import Actor, Case, Casework, StepRefused, StorageError, log
from casework.intake.columns import COLUMNS
from casework.intake.importing import import_caseload
from persistence import Database
from persistence.tables import metadata
from tests.casework.canaries import Canaries, Ear
from tests.casework.families import LEEDS, answers_for, form
from tests.conftest import Actors, Clock
from tests.promises import Say
from tests.workflows.paths import NOW, TODAY, ways, worked_along, worked_to
from workflows import Chart, Kind, Move
from workflows.registry import CHARTS
from workflows.vocabulary import NEW

EVERY_CHART = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
TOLD_BESIDE_THE_CASE = ("refused_attempts", "idempotency_keys", "import_runs", "night_runs", "flags")


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture
def ear(log_lines: list[Any], caplog: pytest.LogCaptureFixture) -> Ear:
    return Ear(log_lines, caplog)


def with_canaries(canaries: Canaries, move: Move, known: dict[str, Any]) -> dict[str, Any]:
    """What a step asks for, a canary in every text. Words that came stand: they are not tried again."""
    stands = {"referrer_words"} if "received_on" in known and "referrer_words" in known else set()
    planted = {f.name: canaries.answer(f) for f in (*move.needs, *move.takes) if f.name not in stands}
    whole = {name: v for name, v in answers_for(move, TODAY).items() if name not in stands}
    return whole | {name: value for name, value in planted.items() if value is not None}


def dump(database: Database, *tables: str) -> str:
    with database.engine.connect() as connection, connection.begin():
        return "\n".join(
            repr(tuple(row)) for name in tables for row in connection.execute(sa.select(metadata.tables[name]))
        )


@EVERY_CHART
def test_no_answer_of_any_step_is_heard(
    casework: Casework,
    database: Database,
    chart: Chart,
    actors: Actors,
    canaries: Canaries,
    ear: Ear,
    clock: Clock,
    promise: Say,
) -> None:
    clock.now = NOW
    rows = [(move, ways(chart)[move.source, move.trigger, move.to][:-1]) for move in one_of_each(chart)]
    worked = [(move, worked_along(chart, way, f"R-{n}")) for n, (move, way) in enumerate(rows) if move.source != NEW]
    with database.writing() as store:
        store.import_cases([(case, events, "") for _, (case, events) in worked])
    for move in (m for m in chart.moves if m.source == NEW):
        answers = with_canaries(canaries, move, {})
        opens = partial(casework.open_case, chart.rules.service, move.trigger, actors.everyone, answers)
        taken_unless_it_names_another(move, partial(opens, key=f"k-{move.trigger}"))
    for move, (case, _) in worked:
        answers = with_canaries(canaries, move, case.answers)
        fires = partial(casework.fire, case.id, move.trigger, actors.everyone, answers, seen=case.version)
        taken_unless_it_names_another(move, partial(fires, key=str(case.id)))
    casework.night()
    assert len(canaries.planted) > 300
    assert canaries.found_in(dump(database, "case_events")), "the canaries are there to be found"
    assert canaries.found_in(ear.heard()) == []
    told = f"{len(canaries.planted)} canaries in the answers of every row of {chart.id}: 0 heard"
    promise("P24", told, control="the ear hears one that is said")
    assert canaries.found_in(dump(database, *TOLD_BESIDE_THE_CASE)) == []


def one_of_each(chart: Chart) -> list[Move]:
    """A row that is written for many states is taken from one of them: it asks the same answers in each."""
    found: dict[Move, Move] = {}
    for move in chart.moves:
        found.setdefault(replace(move, source="", to=move.to if move.moves else "", given=None), move)
    return list(found.values())


NAMING = ("survivor", "merged_into", "other_record", "about")
NAMES_ANOTHER = {"unknown_record", "follows_only", "no_such_entry"}
"""Why a step that names another record, or an entry, may not be taken here, where there is none."""


def taken_unless_it_names_another(move: Move, step: Callable[[], object]) -> None:
    """What is refused is told as well, and is listened to with all the rest."""
    try:
        step()
    except StepRefused as refused:
        asked = (*move.needs, *move.takes)
        named = any(f.kind in (Kind.RECORD, Kind.LIST) or f.name in NAMING for f in asked)
        codes = {reason.code for reason in refused.reasons}
        assert named or codes <= NAMES_ANOTHER, (move.source, move.trigger, codes)


def wrong_answers(canaries: Canaries, move: Move) -> Iterator[dict[Any, Any]]:
    """Every way in which a text can slip into a request that is refused."""
    yield {canaries.text(): "x", canaries.text(): canaries.text()}
    for field in (*move.needs, *move.takes):
        canary = canaries.text()
        yield {field.name: {canary: [canary]}}
        if field.kind in (Kind.LINE, Kind.WORDS):
            yield {field.name: canary * 3000}
            yield {field.name: f"{canary}\x00"}
            yield {field.name: f"{canary}\ud800"}
        elif field.kind is Kind.CODES:
            yield {field.name: [canary]}
        else:
            yield {field.name: canary}


def refused_requests(casework: Casework, case: Case, who: Actor, canaries: Canaries) -> Iterator[Callable[[], object]]:
    """Requests about a case, each with a text where it does not belong."""
    fire, seen = partial(casework.fire, case.id), case.version
    for move in [m for m in case.chart.moves if m.source == case.state][:1]:
        for wrong in wrong_answers(canaries, move):
            yield partial(fire, move.trigger, who, wrong, seen=seen)
    said = {"reason": canaries.text(), "x": canaries.text()}
    yield partial(fire, canaries.text(), who, said, seen=seen)
    yield partial(fire, canaries.text(), who, said, seen=0)
    yield partial(fire, "add_information", who, said, seen=99)
    yield partial(casework.fire, canaries.text(), "add_information", who, said, seen=seen)
    yield partial(casework.case, f"{canaries.text()} {canaries.text()}")


@EVERY_CHART
def test_no_answer_of_a_refused_step_is_heard_whatever_it_was_mistaken_for(
    casework: Casework, database: Database, chart: Chart, actors: Actors, canaries: Canaries, ear: Ear, clock: Clock
) -> None:
    clock.now = NOW
    states = [worked_to(chart, state, f"R-{n}") for n, state in enumerate(chart.states)]
    with database.writing() as store:
        store.import_cases([(case, events, "") for case, events in states])
    for case, _ in states:
        for ask in refused_requests(casework, case, actors.everyone, canaries):
            ear.hears(ask)
    assert len(ear.errors) > 400
    assert canaries.found_in(ear.heard()) == []
    assert canaries.found_in(dump(database, *TOLD_BESIDE_THE_CASE)) == []


def test_no_text_that_is_mistaken_for_something_else_is_heard(
    casework: Casework, database: Database, actors: Actors, canaries: Canaries, ear: Ear, clock: Clock
) -> None:
    everyone, sent = actors.everyone, form(clock.today, infant_name=canaries.text(), carer_name=canaries.text())
    casework.open_case(LEEDS, "receive_referral", everyone, sent, reference="R-1", key="k-1")
    for ask in (
        lambda: casework.open_case(LEEDS, "receive_referral", everyone, sent),
        lambda: casework.open_case(LEEDS, "receive_referral", everyone, form(clock.today), reference="R-1"),
        lambda: casework.open_case(LEEDS, "receive_referral", everyone, form(clock.today), key="k-1"),
        lambda: casework.open_case(canaries.text(), "take_call", everyone, sent),
        lambda: casework.open_case(LEEDS, canaries.text(), everyone, sent),
        lambda: casework.open_case(LEEDS, "take_call", everyone, sent, reference=f"{canaries.text()} x"),
        lambda: casework.open_case(LEEDS, "take_call", everyone, sent, key=f"{canaries.text()} x"),
        lambda: casework.open_case(LEEDS, "take_call", everyone, sent, request_id=f"{canaries.text()} x"),
        lambda: Actor(f"{canaries.text()};", []),
        lambda: Actor("Robin", [canaries.text()]),
    ):
        ear.hears(ask)
    assert canaries.found_in(ear.heard()) == []
    assert canaries.found_in(dump(database, *TOLD_BESIDE_THE_CASE)) == []


SEQUENCE = (
    "duty_call_on", "consent_on", "risk_screen_on", "received_on", "acknowledged_on", "rmg_on", "accepted_on",
    "outcome_told_on", "allocated_on", "first_contact_on", "assessment_done_on", "formulation_on", "plan_agreed_on",
)  # fmt: skip


def sheet_row(canaries: Canaries, number: int, **otherwise: str) -> dict[str, str]:
    """A whole row with a canary in every text, and each date a day after the last."""
    steps = {name: (date(2026, 1, 5) + timedelta(days=n)).isoformat() for n, name in enumerate(SEQUENCE)}
    texts = ("infant_name", "carer_name", "gp_practice_code", "postcode", "referrer_name", "referrer_contact")
    coded = {
        "carer_relationship": "mother",
        "primary_carer": "yes",
        "referrer_role": "gp",
        "indication": "direct",
        "relationship_need": "moderate",
        "motivation": "high",
        "readiness": "high",
        "outcome": "accept_direct",
        "interventions": "nbas_nbo",
    }
    own = {name: canaries.text() for name in (*texts, "referrer_words", "clinician")}
    numbers = {"infant_nhs_number": canaries.nhs_number(), "carer_nhs_number": canaries.nhs_number()}
    row = {"referral_id": f"R-{number}", "service": LEEDS, "infant_dob": canaries.day().isoformat()}
    return {**row, **steps, **coded, **own, **numbers, **otherwise}


def bad_rows(canaries: Canaries) -> Iterator[dict[str, str]]:
    number = count(1000)
    for column in COLUMNS:
        yield sheet_row(canaries, next(number), **{column: f"{canaries.text()} {canaries.text()}\x07"})
        yield sheet_row(canaries, next(number), **{column: canaries.text() * 15_000})
    yield sheet_row(canaries, next(number), referral_id=f"{canaries.text()} x", infant_name="y" * 100_001)
    yield sheet_row(canaries, next(number), acknowledged_on="", rmg_on="2026-01-01")
    yield sheet_row(canaries, next(number), infant_nhs_number=f"{canaries.nhs_number()[:9]}x")


def test_no_cell_of_a_sheet_is_heard_not_even_of_a_row_that_is_refused(
    casework: Casework, database: Database, actors: Actors, canaries: Canaries, ear: Ear, clock: Clock, tmp_path: Path
) -> None:
    path = tmp_path / "caseload.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*COLUMNS, canaries.text()], restval="")
        writer.writeheader()
        writer.writerows(sheet_row(canaries, number) for number in range(3))
        writer.writerows(bad_rows(canaries))
        file.write(f"R-9,{LEEDS},{canaries.text()}\r\n")
        file.write(f'R-10,{LEEDS},"{canaries.text()},{canaries.text()}\r\n')
    report = import_caseload(casework, path, actors.everyone)
    assert report.loaded >= 3
    assert len(report.refused) > len(COLUMNS)
    assert canaries.found_in(dump(database, "case_events")), "the canaries are there to be found"
    assert canaries.found_in(ear.heard()) == []
    assert canaries.found_in(dump(database, *TOLD_BESIDE_THE_CASE)) == []
    assert not [said for row in report.refused for said in (row.message, *row.also) if canaries.found_in(str(said))]


@pytest.mark.damages("the database is made to fail in the middle of a write")
def test_no_answer_is_heard_where_the_database_itself_fails(
    casework: Casework, database: Database, actors: Actors, canaries: Canaries, ear: Ear, clock: Clock
) -> None:
    """PostgreSQL quotes the whole row that failed a check in the text of its error."""
    opened = casework.open_case(LEEDS, "take_call", actors.everyone, {"infant_name": canaries.text()})
    if database.is_sqlite:
        no = "CREATE TRIGGER no BEFORE INSERT ON case_records BEGIN SELECT RAISE(ABORT, 'no'); END"
    else:
        no = "ALTER TABLE case_records ADD CONSTRAINT no CHECK (answers = '') NOT VALID"
    with database.engine.connect() as connection, connection.begin():
        connection.execute(sa.text(no))
    sent = form(clock.today, infant_name=canaries.text(), referrer_words=canaries.text())
    ear.hears(lambda: casework.open_case(LEEDS, "take_call", actors.everyone, sent))
    assert "database_failed" in ear.errors[-1]
    assert canaries.found_in(ear.heard()) == []
    assert casework.case_ids() == (opened.case_id,)


def test_the_ear_hears_what_is_said(ear: Ear, canaries: Canaries) -> None:
    """The control: a canary in a log line, in a library's line or in an error is found."""
    ways_to_say: tuple[Callable[[str], object], ...] = (
        lambda canary: log.run_line(log.LogEvent.IMPORT_STARTED, actor=canary),
        lambda canary: logging.getLogger("somebody.else").warning("about %s", canary),
        lambda canary: ear.hears(lambda: _raise(StorageError("x", f"about {canary}"))),
    )
    for say in ways_to_say:
        canary = canaries.text()
        say(canary)
        assert canaries.found_in(ear.heard())[-1] == canary


def _raise(problem: Exception) -> None:
    raise problem


def test_every_kind_of_text_gets_a_canary(canaries: Canaries) -> None:
    texts = {Kind.LINE, Kind.WORDS, Kind.NHS_NUMBER}
    fields = {f.name: f for chart in CHARTS.values() for f in chart.fields.values()}
    with_one = {name for name, field in fields.items() if canaries.answer(field) is not None}
    assert with_one == {n for n, f in fields.items() if f.kind in texts} | {"infant_dob", "expected_due_date"}
