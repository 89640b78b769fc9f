"""One audited step through `Casework.fire` against the same rows written by hand, on both engines.

Ours is told the version that the person saw and an idempotency key, judges the step, seals and keeps it under a key,
and owes its line. What is owed is put in order, signed for and written to a log file after each slice, within its
time. By hand, the rows are written and that is all: no seal, no outbox, no line.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from casework import Casework
from casework.calendar import london_day, utc_now
from jobs import logs
from jobs.relaying import relay
from persistence import Database
from persistence.rows import event_row, sealed_row
from persistence.tables import case_clocks, case_events, case_records, cases, idempotency_keys
from persistence.types import canonical
from tests.audit.clinics import keys, one_story
from tests.benchmarks.by_hand import PostgresByHand, SqliteByHand, Written
from tests.benchmarks.databases import Engine
from tests.benchmarks.measure import Figure, Slice, duel
from tests.benchmarks.people import ADA, FORM
from tests.benchmarks.population import analyse, fill
from tests.casework.families import VOICE

PART = "transition"
AIMS = {"SQLite": 2.5, "PostgreSQL": 1.5}
EACH = 60
"""Steps in one slice."""
WARM_UP = 4

CLINICIAN = "clin-01"
KEYS = keys()


@dataclass(frozen=True, slots=True)
class Standing:
    """A case that is ready for the measured step, and what is known of it."""

    id: UUID
    reference: str
    version: int
    answers: dict[str, Any]


class Way(Protocol):
    def take(
        self, step: Written, case: UUID, reference: str, seen: int, actor: str, key: str, today: date
    ) -> object: ...

    def end_slice(self) -> object: ...


class Library:
    def __init__(self, url: str, *, tells: bool = True) -> None:
        self.database = Database(url, KEYS.macs)
        self.casework = Casework(self.database)
        self._relay = relay(self.database, KEYS)
        self._tells = tells

    def end_slice(self) -> object:
        return self._relay.run() if self._tells else None

    def take(self, step: Written, case: UUID, reference: str, seen: int, actor: str, key: str, today: date) -> object:
        return self.casework.fire(case, step.trigger, ADA, step.asked, seen=seen, key=key)


def measure(engines: Sequence[Engine], folder: Path, *, quick: bool) -> Iterator[Figure]:
    slices = 8 if quick else 40
    for engine in engines:
        url = engine.fresh()
        fill(url, 5_000 if quick else 50_000)
        logs.send_to(folder / "setting-up.log")
        received, waiting = _made_ready(url, (slices + WARM_UP) * EACH)
        analyse(url)
        _told_so_far(url)
        logs.send_to(folder / "transition.log")
        with engine.copied(url) as ours, engine.copied(url) as theirs:
            _owes_nothing(theirs)
            library, hand = Library(ours), _by_hand(engine, theirs)
            for name, ways in (
                ("acknowledge", (_acknowledging(library, received), _acknowledging(hand, received))),
                ("allocate and unallocate", (_allocating(library, waiting), _allocating(hand, waiting))),
            ):
                found = duel(*ways, slices, WARM_UP)
                what = f"{name} on {engine.name}{' FULL' if engine.name == 'SQLite' else ''}"
                beside = found.beside(EACH)
                yield Figure(PART, what, round(found.ratio, 2), "x", at_most=AIMS[engine.name], beside=beside)
            hand.close()
            _close(library.casework)
            _check_same_rows(ours, theirs)
        yield from _cost_of_the_audit(engine, url, received, slices)


def _cost_of_the_audit(engine: Engine, url: str, cases: Sequence[Standing], slices: int) -> Iterator[Figure]:
    """The same step of ours twice: with its outbox and with the lines told, and without either. And the seal alone."""
    with engine.copied(url) as told, engine.copied(url) as silent:
        _owes_nothing(silent)
        ours, less = Library(told), Library(silent, tells=False)
        found = duel(_acknowledging(ours, cases), _acknowledging(less, cases), slices, WARM_UP)
        what = f"outbox, order and line of acknowledge on {engine.name}, against none"
        yield Figure(PART, what, round(found.ratio, 2), "x", beside=found.beside(EACH))
        ours.database.close()
        less.database.close()
    yield Figure(PART, "the seal of one event (digest and MAC)", round(_seal_microseconds(), 2), "us")


def _seal_microseconds() -> float:
    _, events = one_story()
    number = 5_000
    seconds = min(_timed(lambda: [sealed_row(events[1], b"", KEYS.macs) for _ in range(number)]) for _ in range(3))
    plain = min(_timed(lambda: [event_row(events[1]) for _ in range(number)]) for _ in range(3))
    return (seconds - plain) / number * 1e6


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _owes_nothing(url: str) -> None:
    """Without the trigger that puts events into the outbox."""
    database = Database(url)
    on = "" if database.is_sqlite else " ON case_events"
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text(f"DROP TRIGGER case_events_owed{on}"))
    database.close()


def _told_so_far(url: str) -> None:
    """What the filling owes is no part of a step."""
    library = Library(url)
    library.end_slice()
    library.database.close()


def _by_hand(engine: Engine, url: str) -> SqliteByHand | PostgresByHand:
    return SqliteByHand(url) if engine.name == "SQLite" else PostgresByHand(url)


def _made_ready(url: str, number: int) -> tuple[list[Standing], list[Standing]]:
    """Cases whose form has just come, one a measured step; and one slice of cases that wait for a clinician."""
    clinic, numbers = Casework(Database(url, KEYS.macs)), _nhs_numbers()
    received = [_received(clinic, f"R-{i}", numbers) for i in range(number)]
    waiting = [_waiting(clinic, _received(clinic, f"W-{i}", numbers)) for i in range(EACH)]
    _close(clinic)
    return received, waiting


def ready_to_allocate(clinic: Casework, number: int) -> list[Standing]:
    """Cases that wait for a clinician."""
    numbers = _nhs_numbers()
    return [_waiting(clinic, _received(clinic, f"W-{i}", numbers)) for i in range(number)]


def _received(clinic: Casework, reference: str, numbers: Iterator[str]) -> Standing:
    form = {**FORM, "infant_nhs_number": next(numbers), "carer_nhs_number": next(numbers)}
    return _standing(clinic, clinic.open_case("leeds-imhs", "receive_referral", ADA, form, reference=reference).case_id)


def _waiting(clinic: Casework, case: Standing) -> Standing:
    clinic.fire(case.id, "pass_checks", ADA, seen=1)
    agreed = {"rmg_on": clinic.today().isoformat(), "reason": "Direct work is indicated.", **VOICE}
    clinic.fire(case.id, "accept_direct", ADA, agreed, seen=2)
    return _standing(clinic, case.id)


def _standing(clinic: Casework, case_id: UUID) -> Standing:
    case = clinic.case(case_id)
    return Standing(case.id, case.reference, case.version, case.answers)


def _close(clinic: Casework) -> None:
    if isinstance(clinic.database, Database):
        clinic.database.close()


def _nhs_numbers() -> Iterator[str]:
    """Of the range that is never issued, each with its check digit (modulus 11)."""
    for body in range(999_000_000, 1_000_000_000):
        check = -sum(int(digit) * (10 - place) for place, digit in enumerate(str(body))) % 11
        if check != 10:
            yield f"{body}{check}"


def _acknowledging(way: Way, cases: Sequence[Standing]) -> Slice:
    """A note that stops a clock on a case that stays where it is: each case once."""
    today = london_day(utc_now())
    note = Written("acknowledge", "received", "received", "administrator", {"how_told": "email"}, "acknowledge", True)
    note = replace(note, data=canonical(note.asked))
    told = [replace(note, answers=canonical({**case.answers, "acknowledged_on": today})) for case in cases]

    def acknowledge(number: int) -> None:
        for at in range(number * EACH, (number + 1) * EACH):
            case = cases[at]
            way.take(told[at], case.id, case.reference, case.version, ADA.name, f"a-{at}", today)
        way.end_slice()

    return acknowledge


def _allocating(way: Way, cases: Sequence[Standing]) -> Slice:
    """A move there and back, of the same cases in turn: one slice allocates them, the next gives them back."""
    today, clock = london_day(utc_now()), "wait_to_allocation"
    who, why = {"clinician": CLINICIAN}, {"reason": "The clinician has left."}
    there = Written("allocate", "waiting", "allocated", "manager", who, clock, True, CLINICIAN, data=canonical(who))
    back = Written("unallocate", "allocated", "waiting", "manager", why, clock, False, data=canonical(why))
    allocated = [replace(there, answers=canonical({**c.answers, "allocated_on": today, **who})) for c in cases]
    given_back = [replace(back, answers=canonical(c.answers)) for c in cases]

    def move(number: int) -> None:
        for at, (step, case) in enumerate(zip(given_back if number % 2 else allocated, cases, strict=True)):
            way.take(step, case.id, case.reference, case.version + number, ADA.name, f"m-{number}-{at}", today)
        way.end_slice()

    return move


def _check_same_rows(ours: str, theirs: str) -> None:
    """A comparison with less than the same rows would be none."""
    for row, by_hand in zip(_kept(ours), _kept(theirs), strict=True):
        if row != by_hand:
            raise AssertionError(f"Not the same rows: {row} {by_hand}")


def _kept(url: str) -> Iterator[tuple[Any, ...]]:
    """What both must have written, without the instants and the ids of events, which differ by nature."""
    database = Database(url)
    own = {"id", "effective_at", "recorded_at", "request_digest", "salt", "digest", "mac", "key_id", "head"}
    with database.engine.connect() as connection:
        for table in (cases, case_records, case_clocks, case_events, idempotency_keys):
            columns = [c for c in table.c if c.name not in own or (table is cases and c.name == "id")]
            yield from connection.execute(sa.select(*columns).order_by(*columns[:2])).tuples()
    database.close()
