"""Bad input gets a clear error with a stable code, and nothing is lost or half done."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from casework import (
    Actor,
    AmbiguousReference,
    Asked,
    BadRequest,
    Casework,
    CaseworkError,
    NoSuchCase,
    ReferenceTaken,
    StepRefused,
    with_every_role,
)
from persistence import Database
from persistence.tables import case_events, cases, refused_attempts
from tests.casework.families import ESSEX, LEEDS, brought_to, form, referred
from tests.conftest import Actors, Clock
from workflows import Role

NOBODY = UUID(int=5)


def refusal(casework: Casework, case: UUID, trigger: str, actor: Actor, **how: Any) -> StepRefused:
    with pytest.raises(StepRefused) as caught:
        casework.fire(case, trigger, actor, how.pop("data", None), **how)
    return caught.value


def codes(refused: StepRefused) -> list[str]:
    return [reason.code for reason in refused.reasons]


def kept(database: Database, *columns: sa.Column[Any]) -> list[Any]:
    with database.engine.connect() as connection, connection.begin():
        return list(connection.execute(sa.select(*columns)))


# Who, what and where


@pytest.mark.parametrize(
    "name", ["", " ", "a" * 101, "Robin\nWren", "Robin\x00", "-robin", "robin;", "\ud800", "<b>", "robin/wren"]
)
def test_a_name_that_is_no_name_of_an_actor_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(BadRequest) as caught:
        Actor(name, [Role.LEAD])
    assert caught.value.code == "unknown_actor"
    assert caught.value.field == "actor"


@pytest.mark.parametrize("name", ["robin", "Robin Wren", "r.wren@clinic.example", "Zoë O'Dea", "ward-3 + 4", "a" * 100])
def test_staff_have_the_names_that_staff_have(name: str) -> None:
    assert Actor(name, ["clinician"]).roles == {Role.CLINICIAN}


def test_a_role_that_no_pathway_knows_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadRequest, match="clinical_lead") as caught:
        Actor("Robin", ["clinician", "nightly_job"])
    assert caught.value.code == "unknown_role"
    assert "nightly_job" not in str(caught.value)


def test_the_local_command_line_has_every_role_and_the_audit_says_the_way_in() -> None:
    robin = with_every_role("Robin", "command_line")
    assert (robin.roles, robin.via) == (frozenset(Role), "command_line")


@pytest.mark.parametrize("service", ["", "leeds", "leeds-imhs@1", "Robin Wren"])
def test_an_unknown_service_is_refused_with_those_that_there_are(
    casework: Casework, actors: Actors, service: str
) -> None:
    for ask in (
        lambda: casework.open_case(service, "take_call", actors.everyone),
        lambda: casework.opening_options(service, actors.everyone),
        lambda: casework.worklist(Asked(casework.today(), service=service)),
        lambda: casework.flags(Asked(casework.today(), service=service)),
    ):
        with pytest.raises(BadRequest, match="leeds-imhs, together-with-baby") as caught:
            ask()
        assert caught.value.code == "unknown_service"
        assert "Robin Wren" not in str(caught.value)
    assert casework.case_ids() == ()


@pytest.mark.parametrize(("asked", "code"), [({"stage": "limbo"}, "unknown_stage"), ({"kind": "x"}, "unknown_kind")])
def test_a_list_is_asked_for_by_stages_and_kinds_that_there_are(
    casework: Casework, asked: dict[str, Any], code: str
) -> None:
    with pytest.raises(BadRequest, match="Choose from") as caught:
        casework.worklist(Asked(casework.today(), **asked))
    assert caught.value.code == code


UNKNOWN_CASES: tuple[str | UUID, ...] = (
    "R-404", "leeds-imhs/R-404", str(NOBODY), NOBODY, "", "/", "a/b/c", "Robin Wren", "R\x00", "\ud800", "x" * 70,
    "leeds-imhs/" + "x" * 65, "x" * 64 + "/y", "' OR 1=1 --",
)  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN_CASES, ids=[repr(name)[:20] for name in UNKNOWN_CASES])
def test_an_unknown_case_is_unknown_whatever_is_asked_of_it(
    casework: Casework, actors: Actors, clock: Clock, name: str | UUID
) -> None:
    casework.open_case(LEEDS, "take_call", actors.everyone, reference="x" * 64)
    for ask in (
        lambda: casework.case(name),
        lambda: casework.history(name),
        lambda: casework.case_flags(name),
        lambda: casework.options(name, actors.everyone),
        lambda: casework.eligibility(name),
        lambda: casework.replay(name),
        lambda: casework.fire(name, "give_advice", actors.everyone, {"advice": "x"}, seen=1),
    ):
        with pytest.raises(NoSuchCase) as caught:
            ask()
        assert caught.value.code == "unknown_case"


def test_a_case_is_found_by_id_by_reference_and_by_service_and_reference(casework: Casework, actors: Actors) -> None:
    opened = casework.open_case(LEEDS, "take_call", actors.everyone, reference="R-1")
    for name in (opened.case_id, str(opened.case_id), "R-1", "leeds-imhs/R-1"):
        assert casework.case(name).id == opened.case_id
    with pytest.raises(NoSuchCase):
        casework.case("together-with-baby/R-1")


def test_a_reference_that_two_services_have_is_asked_for_with_its_service(casework: Casework, actors: Actors) -> None:
    leeds = casework.open_case(LEEDS, "take_call", actors.everyone, reference="R-1")
    casework.open_case(ESSEX, "take_call", actors.everyone, reference="R-1")
    with pytest.raises(AmbiguousReference, match="SERVICE/REFERENCE") as caught:
        casework.case("R-1")
    assert set(caught.value.services) == {LEEDS, ESSEX}
    assert casework.case("leeds-imhs/R-1").id == leeds.case_id


@pytest.mark.parametrize("reference", ["Robin Wren", "", "-1", "/a", "R\n1", "x" * 65, "Ä1"])
def test_a_reference_that_cannot_be_one_is_refused(casework: Casework, actors: Actors, reference: str) -> None:
    with pytest.raises(BadRequest) as caught:
        casework.open_case(LEEDS, "take_call", actors.everyone, reference=reference)
    assert caught.value.code == "bad_reference"
    assert casework.case_ids() == ()


def test_a_reference_is_given_once_in_a_service(casework: Casework, actors: Actors, log_lines: list[Any]) -> None:
    casework.open_case(LEEDS, "take_call", actors.everyone, reference="R-1")
    with pytest.raises(ReferenceTaken):
        casework.open_case(LEEDS, "take_call", actors.everyone, reference="R-1")
    assert len(casework.case_ids()) == 1
    assert [line["event"] for line in log_lines] == ["case.opened"]


def test_a_case_without_a_reference_is_given_one(casework: Casework, actors: Actors) -> None:
    opened = [casework.open_case(LEEDS, "take_call", actors.everyone) for _ in range(3)]
    assert len({receipt.reference for receipt in opened}) == 3
    assert casework.case(opened[0].reference).id == opened[0].case_id


BAD_REQUESTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"key": ""}, "bad_key"),
    ({"key": "two words"}, "bad_key"),
    ({"key": "k" * 201}, "bad_key"),
    ({"key": "k\x00"}, "bad_key"),
    ({"request_id": "r" * 65}, "bad_request_id"),
    ({"request_id": "Robin Wren"}, "bad_request_id"),
    ({"request_id": "r\x00"}, "bad_request_id"),
    ({"data": ["Robin"]}, "bad_data"),
    ({"data": "Robin"}, "bad_data"),
    ({"data": {1: "x", "advice": "x"}}, "bad_data"),
    ({"on": "yesterday"}, "wrong_type"),
    ({"on": datetime(2026, 3, 2, tzinfo=UTC)}, "wrong_type"),
)


@pytest.mark.parametrize(("how", "code"), BAD_REQUESTS, ids=[f"{code}-{n}" for n, (_, code) in enumerate(BAD_REQUESTS)])
def test_a_request_that_makes_no_sense_tries_nothing(
    casework: Casework, database: Database, actors: Actors, how: dict[str, Any], code: str
) -> None:
    opened = casework.open_case(LEEDS, "take_call", actors.everyone)
    asks: tuple[Callable[[], object], ...] = (
        lambda: casework.fire(opened.case_id, "give_advice", actors.everyone, seen=1, **how),
        lambda: casework.open_case(LEEDS, "take_call", actors.everyone, **how),
    )
    for ask in asks:
        with pytest.raises(BadRequest) as caught:
            ask()
        assert caught.value.code == code
        assert "Robin" not in str(caught.value)
    assert len(kept(database, case_events.c.id)) == 1
    assert kept(database, refused_attempts.c.id) == []


# Steps


def test_a_step_that_there_is_not_is_refused_and_its_name_is_kept_nowhere(
    casework: Casework, database: Database, actors: Actors, log_lines: list[Any]
) -> None:
    opened = casework.open_case(LEEDS, "take_call", actors.everyone)
    refused = refusal(casework, opened.case_id, "Robin Wren\x00", actors.everyone, seen=1)
    assert codes(refused) == ["unknown_trigger"]
    assert "give_advice" in refused.possible_now
    assert "Robin" not in str(refused)
    assert [tuple(row) for row in kept(database, refused_attempts.c.trigger)] == [("unknown",)]
    assert log_lines[-1]["trigger"] == "unknown"


def test_a_step_on_a_closed_case_is_impossible_and_says_what_is_possible(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = brought_to(referred(casework, clock, actors.everyone), "withdraw_consent")
    refused = refusal(casework, family.id, "pass_checks", actors.everyone, seen=2)
    assert codes(refused) == ["impossible_step"]
    assert refused.state == "consent_withdrawn"
    assert {"reopen", "raise_safeguarding"} <= set(refused.possible_now)
    assert "consent withdrawn" in str(refused)


@pytest.mark.parametrize(
    ("days", "codes_then"),
    [(1, {"date_in_future"}), (0, set()), (-3, set()), (-4, {"out_of_order"}), (-4000, {"out_of_order"})],
)
def test_a_step_is_dated_between_what_it_follows_and_today(
    casework: Casework, clock: Clock, actors: Actors, days: int, codes_then: set[str]
) -> None:
    family = referred(casework, clock, actors.everyone)
    clock.advance(3)
    on = clock.today + timedelta(days=days)
    if codes_then:
        refused = refusal(casework, family.id, "pass_checks", actors.everyone, seen=1, on=on)
        assert set(codes(refused)) == codes_then
        assert family.case.version == 1
    else:
        receipt = casework.fire(family.id, "pass_checks", actors.everyone, seen=1, on=on)
        assert receipt.effective_on == on
        event = casework.history(family.id)[-1]
        assert (event.effective_on, event.effective_at, event.recorded_at) == (on, None, clock.now)


def test_what_is_done_now_has_its_instant_and_its_day_in_london(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    clock.now = clock.now.replace(month=7, day=1, hour=23, minute=30)
    opened = casework.open_case(LEEDS, "take_call", actors.everyone)
    (event,) = casework.history(opened.case_id)
    assert (event.effective_at, event.recorded_at) == (clock.now, clock.now)
    assert str(event.effective_on) == "2026-07-02"


def test_no_night_is_run_for_a_day_that_has_not_come(casework: Casework, clock: Clock) -> None:
    with pytest.raises(BadRequest) as caught:
        casework.night(clock.today + timedelta(days=1))
    assert caught.value.code == "date_in_future"


def test_a_dry_run_answers_and_keeps_nothing(
    casework: Casework, database: Database, clock: Clock, actors: Actors, log_lines: list[Any]
) -> None:
    family = referred(casework, clock, actors.everyone)
    before = list(log_lines)
    receipt = casework.fire(family.id, "pass_checks", actors.everyone, seen=1, dry_run=True)
    assert (receipt.state, receipt.version) == ("rmg_review", 2)
    with pytest.raises(StepRefused):
        casework.fire(family.id, "allocate", actors.everyone, seen=1, dry_run=True)
    assert casework.open_case(LEEDS, "take_call", actors.everyone, dry_run=True).state == "duty_call"
    assert (family.case.version, len(kept(database, cases.c.id))) == (1, 1)
    assert kept(database, refused_attempts.c.id) == []
    assert log_lines == before


def test_every_error_of_casework_has_a_code_and_a_sentence(casework: Casework, actors: Actors) -> None:
    caught: list[CaseworkError] = []
    for ask in (
        lambda: casework.case(uuid4()),
        lambda: casework.open_case("x", "y", actors.everyone),
        lambda: casework.open_case(LEEDS, "y", actors.everyone),
        lambda: casework.open_case(LEEDS, "receive_referral", actors.everyone, form(casework.today(), consent_on="x")),
    ):
        with pytest.raises(CaseworkError) as error:
            ask()
        caught.append(error.value)
    assert [error.code for error in caught] == ["unknown_case", "unknown_service", "step_refused", "step_refused"]
    assert all(str(error).endswith((".", "/REFERENCE.")) for error in caught)
