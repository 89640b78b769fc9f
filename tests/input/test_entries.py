"""What each entry says to what it cannot take: one code a fault, and right values of an unusual kind are taken."""

import tracemalloc
from collections import ChainMap
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID

import pytest

from casework import Actor, Asked, BadRequest, Casework, CaseworkError, StaleCase
from casework.intake.importing import import_caseload
from tests.conftest import Actors, Clock
from tests.input.malformed import HEAVY, MARK, NUMBER, TEN_MEGABYTES, TEXTS, NastyText, huge, without_end
from tests.persistence.families import ACCEPTED, LEEDS, refer
from workflows import Role
from workflows.figures import Figure

KIND = "wait_8_weeks"
Ask = Callable[[Casework, Any], object]
"""Asked of a clinic as somebody, with the malformed value."""

EVERYONE = Actor("everyone", Role)
ON_ONE_ENGINE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
"""For what is refused before a database is asked."""


@pytest.fixture
def clinic(casework: Casework, clock: Clock) -> Casework:
    """One referral with a flag of eight weeks."""
    refer(casework, "L-0", steps=ACCEPTED)
    clock.advance(58)
    list(casework.nights.catch_up())
    return casework


def snooze(c: Casework, reason: Any) -> None:
    c.snooze_flag("L-0", KIND, EVERYONE, until=c.today() + timedelta(days=3), reason=reason)


def undo(c: Casework, reason: Any) -> object:
    return c.nights.undo(c.nights.runs()[0].run_id, by="ada", reason=reason, dry_run=True)


def enter(c: Casework, **told: Any) -> None:
    figure = {"name": "outcome", "amount": 3, "source": "a page", "in_force_from": c.today()}
    c.nights.enter(LEEDS, Figure(**{**figure, **told}), by="ada")


def fire(c: Casework, data: Any = None, **how: Any) -> object:
    return c.fire("L-0", "add_information", EVERYONE, data, **{"seen": 3, "dry_run": True, **how})


WORDS: dict[str, Ask] = {
    "the reason of a person who has seen a flag": lambda c, v: c.see_flag("L-0", KIND, EVERYONE, v),
    "the reason to keep a flag quiet": snooze,
    "the reason to undo a night": undo,
    "the source of a figure": lambda c, v: enter(c, source=v),
}


@ON_ONE_ENGINE
@pytest.mark.parametrize("what", WORDS)
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (f"{MARK}\x00", "control_characters"),
        (f"{MARK}\x1b[2J", "control_characters"),
        (f"{MARK}\x85", "control_characters"),
        (f"{MARK}\ud800", "invalid_text"),
        (MARK.encode(), "wrong_type"),
        (7, "wrong_type"),
    ],
    ids=repr,
)
def test_words_that_no_database_or_log_can_hold_are_refused(clinic: Casework, what: str, value: Any, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        WORDS[what](clinic, value)
    assert refused.value.code == code
    assert MARK not in str(refused.value)


@pytest.mark.parametrize("what", WORDS)
def test_words_over_several_lines_in_any_script_are_taken(clinic: Casework, what: str) -> None:
    WORDS[what](clinic, "Seen on Monday.\r\n\tרחל, علی\u200cرضا, Ọláṣubọ̀mí 👶")


BAD: tuple[tuple[str, Ask, Any, str], ...] = (
    ("a version as text", lambda c, v: fire(c, seen=v), "3", "bad_version"),
    ("a version that is true", lambda c, v: fire(c, seen=v), True, "bad_version"),
    ("a version that is no number", lambda c, v: fire(c, seen=v), float("nan"), "bad_version"),
    ("no version", lambda c, v: fire(c, seen=v), None, "bad_version"),
    ("a day of 1899", lambda c, v: fire(c, on=v), date(1899, 12, 31), "invalid_date"),
    ("an instant for a day", lambda c, v: fire(c, on=v), datetime(2026, 3, 2, tzinfo=UTC), "wrong_type"),
    ("more answers than there are", fire, {f"answer_{n}": "x" for n in range(201)}, "bad_data"),
    ("a list for answers", fire, [("infant_name", "x")], "bad_data"),
    ("answers named by numbers", fire, {1: "x"}, "bad_data"),
    ("a dry run that may be", lambda c, v: fire(c, dry_run=v), "no", "wrong_type"),
    ("a step by number", lambda c, v: c.fire("L-0", v, EVERYONE, seen=3), 5, "wrong_type"),
    ("a name for an actor", lambda c, v: c.fire("L-0", "acknowledge", v, seen=3), "everyone", "unknown_actor"),
    ("an actor of no kind", lambda c, v: c.options("L-0", v), object(), "unknown_actor"),
    ("a name by number", lambda _, v: Actor(v, Role), 5, "unknown_actor"),
    ("roles without end", lambda _, v: Actor("ada", v()), without_end, "unknown_role"),
    ("no list of roles", lambda _, v: Actor("ada", v), 5, "unknown_role"),
    ("a way in that is a sentence", lambda _, v: Actor("ada", Role, v), "the back door", "bad_way_in"),
    ("a referral by number", lambda c, v: c.case(v), 5, "unknown_case"),
    ("an id that was never finished", lambda c, v: c.history(v), UUID.__new__(UUID), "unknown_case"),
    ("a kind of its own", lambda c, v: c.explain("L-0", v), NastyText(MARK), "unknown_kind"),
    ("no kind", lambda c, v: c.wake_flag("L-0", v, EVERYONE), None, "unknown_kind"),
    ("a list asked for by nothing", lambda c, v: c.worklist(v), {"on": "today"}, "wrong_type"),
    ("a list of an instant", lambda c, v: c.flags(Asked(v)), datetime(2026, 3, 2, tzinfo=UTC), "wrong_type"),
    ("a list of several services", lambda c, v: c.worklist(Asked(c.today(), service=v)), [LEEDS], "unknown_service"),
    ("a night by nobody", lambda c, v: c.night(by=v), f"{MARK}\n", "unknown_actor"),
    ("a night of a text", lambda c, v: c.nights.run(v), "today", "wrong_type"),
    ("fewer entries than none", lambda c, v: c.nights.runs(most=v), -1, "bad_count"),
    ("entries without end", lambda c, v: c.nights.runs(most=v), 2**63, "bad_count"),
    ("a run by number", lambda c, v: c.nights.undo(v, by="ada", reason="x"), 5, "unknown_run"),
    ("figures of no service", lambda c, v: c.nights.figures(v), None, "unknown_service"),
    ("a figure of no name", lambda c, v: c.nights.figure(LEEDS, v, c.today()), [], "unknown_figure"),
    ("an amount of 400 digits", lambda c, v: enter(c, amount=v), 10**400, "bad_amount"),
    ("a figure from the year 9999", lambda c, v: enter(c, in_force_from=v), date.max, "date_in_future"),
    ("a sheet by number", lambda c, v: import_caseload(c, v, EVERYONE), 5, "wrong_type"),
    ("a sheet whose name has a NUL", lambda c, v: import_caseload(c, Path(v), EVERYONE), f"{MARK}\0", "file_not_found"),
    ("a sheet for a path", lambda c, v: import_caseload(c, Path(v), EVERYONE), f"{MARK}\n", "file_not_found"),
    ("a sheet of an instant", lambda c, v: import_caseload(c, Path("x"), EVERYONE, as_of=v), "today", "wrong_type"),
)


@ON_ONE_ENGINE
@pytest.mark.parametrize(("ask", "value", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_an_entry_cannot_take_is_refused_by_its_code(clinic: Casework, ask: Ask, value: Any, code: str) -> None:
    with pytest.raises(CaseworkError) as refused:
        ask(clinic, value)
    assert refused.value.code == code
    assert MARK not in str(refused.value)


def test_an_nhs_number_typed_for_a_version_is_not_repeated(clinic: Casework, log_lines: list[Any]) -> None:
    with pytest.raises(StaleCase) as stale:
        fire(clinic, seen=int(NUMBER))
    assert NUMBER not in f"{stale.value} {vars(stale.value)} {log_lines}"
    assert log_lines[-1]["event"] == "case.conflict"


@ON_ONE_ENGINE
@pytest.mark.parametrize("answer", ["motivation", "referrer_words", "infant_nhs_number", "infant_name", "infant_dob"])
def test_a_text_of_ten_million_characters_is_refused_without_more_than_one_copy(clinic: Casework, answer: str) -> None:
    """To look among the choices pydantic wrote it out in UTF-8: 48 MiB, of which Python kept 19 with the text."""
    with pytest.raises(CaseworkError):
        fire(clinic, {answer: "x" * 30_000})
    for name in sorted(HEAVY & TEXTS.keys()):
        huge.cache_clear()
        most, kept = bytes_of(clinic, {answer: TEXTS[name](MARK)})
        assert most < 1.2 * TEN_MEGABYTES, name
        assert kept < 0.1 * TEN_MEGABYTES, name


def bytes_of(clinic: Casework, refused: dict[str, str]) -> tuple[int, int]:
    """What a refusal took at its most, and what is held of it afterwards."""
    tracemalloc.start()
    try:
        with pytest.raises(CaseworkError):
            clinic.open_case(LEEDS, "take_call", EVERYONE, refused)
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return most, kept


class Text(str):
    """As some libraries have them: a text, and nothing said against it."""

    __slots__ = ()


@pytest.mark.parametrize("kind", [dict, MappingProxyType, lambda answers: ChainMap({}, answers)])
def test_answers_may_come_in_any_mapping_and_are_kept_as_plain_values(
    clinic: Casework, actors: Actors, kind: Callable[[dict[str, Any]], Any]
) -> None:
    day = cast(Any, type("Day", (date,), {}))(2026, 1, 5)
    given = kind({"infant_name": Text("Zoe\u0308"), "infant_dob": day, "referrer_words": Text("Zoe\u0308 ")})
    opened = clinic.open_case(Text(LEEDS), Text("take_call"), actors.everyone, given)
    kept = clinic.case(opened.case_id).answers
    assert {name: kept[name] for name in given} == {
        "infant_name": "Zoë",
        "infant_dob": date(2026, 1, 5),
        "referrer_words": "Zoe\u0308 ",
    }
