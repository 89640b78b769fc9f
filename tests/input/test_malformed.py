"""Bad input at every entry of the library: refused with a code and a sentence, never repeated, never a crash."""

import random
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from casework import BadRequest, Casework
from persistence import Database
from persistence.tables import metadata
from tests.conftest import Actors, Clock
from tests.input.entries import ENTRIES, TOLD, Desk, wrong
from tests.input.hearing import TOO_LONG, TOO_LONG_AMONG_OTHERS, Heard, Memory
from tests.input.malformed import MARK, NUMBER, Malformed, heavy_texts
from tests.input.naive import Naive
from tests.persistence.families import ACCEPTED, refer
from tests.promises import Say

SIZES = [(1_900, TOO_LONG_AMONG_OTHERS), pytest.param(95_000, TOO_LONG, marks=pytest.mark.long)]
MOST_GROWTH_MIB = 50
CONTROLS = 200
WARM = 500
"""Requests after which every module is loaded; statements compiled later count as growth: about 7 MiB in 20,000."""

TOLD_BESIDE_THE_CASE = ("refused_attempts", "idempotency_keys", "import_runs")


@pytest.fixture
def desk(casework: Casework, clock: Clock, actors: Actors, tmp_path: Path) -> Desk:
    """Three referrals that wait; one has a flag of eight weeks."""
    cases = [refer(casework, f"L-{n}", steps=ACCEPTED).case_id for n in range(3)]
    clock.advance(58)
    (report,) = casework.nights.catch_up()
    return Desk(casework, cases, report.run_id, tmp_path, actors.everyone)


def seed_of(what: str) -> int:
    seed = random.SystemRandom().randrange(2**32)
    sys.stdout.write(f"{what}: seed {seed}\n")
    return seed


def asked_wrongly(desk: Desk, number: int, log_lines: list[Any]) -> tuple[Heard, float]:
    """So many malformed requests, and by how many MiB the process has grown since it was warm."""
    made, heard, memory = Malformed(seed_of("malformed requests")), Heard(), Memory()
    heavy_texts()
    shares = [entry.share for entry in ENTRIES]
    for n in range(number):
        if n == min(WARM, number // 2):
            memory = Memory()
        (entry,) = made.dice.choices(ENTRIES, shares)
        given, chosen = wrong(entry, desk, made)
        heard.hears(entry.name, partial(entry.ask, desk, **given))
        if not chosen & TOLD:
            heard.listens(f"log of {entry.name}", log_lines)
        log_lines.clear()
    given.clear()
    return heard, memory.growth


@pytest.mark.parametrize(("number", "within"), SIZES)
def test_whatever_is_asked_of_the_library_is_refused_in_a_sentence_and_never_repeated(
    desk: Desk, database: Database, database_kind: str, number: int, within: float, log_lines: list[Any], promise: Say
) -> None:
    heard, growth = asked_wrongly(desk, number, log_lines)
    assert heard.unhandled == []
    assert heard.echoes == []
    assert heard.badly_told == []
    assert heard.slowest < within, heard.slow
    assert growth < MOST_GROWTH_MIB
    assert kept_of(database) == []
    assert heard.codes.total() > 0.9 * number, "most of them are refused: the others are odd and right"
    crashed = crashes_of_a_naive_entry(desk, database)
    assert crashed > 0
    figures = f"0 unhandled, 0 repeated, slowest {heard.slowest:.2f} s, {growth:+.0f} MiB"
    promise(
        "P16",
        f"library on {database_kind}, {heard.inputs:,} malformed requests, {len(heard.codes)} codes: {figures}",
        control=f"a naive entry: {crashed} of {CONTROLS} unhandled",
    )


def crashes_of_a_naive_entry(desk: Desk, database: Database) -> int:
    """How many of the same requests one brings down that trusts what it is given."""
    naive, made, heard = Naive(database), Malformed(seed_of("the control")), Heard()
    (firing,) = (entry for entry in ENTRIES if entry.name == "fire")
    for _ in range(CONTROLS):
        given, _ = wrong(firing, desk, made)
        heard.hears("naive", partial(naive.fire, **given))
    return len(heard.unhandled)


def test_a_request_that_is_repeated_crashes_or_speaks_badly_would_be_found() -> None:
    """The control of the ear."""
    heard = Heard()
    heard.hears("echo", partial(_raise, BadRequest("wrong_type", f"{MARK} is none.")))
    heard.hears("crash", partial(_raise, KeyError("x")))
    heard.hears("no sentence", partial(_raise, BadRequest("Wrong!", "no")))
    heard.listens("log", [{"actor": NUMBER}])
    assert heard.echoes == ["echo", "log"]
    assert len(heard.unhandled) == 1
    assert heard.badly_told == ["no sentence: Wrong!"]


def _raise(problem: Exception) -> None:
    raise problem


def kept_of(database: Database) -> list[str]:
    """The tables beside the cases in which something of a malformed request stands."""
    with database.engine.connect() as connection, connection.begin():
        return [
            name
            for name in TOLD_BESIDE_THE_CASE
            for row in connection.execute(sa.select(metadata.tables[name]))
            if MARK in repr(tuple(row)) or NUMBER in repr(tuple(row))
        ]
