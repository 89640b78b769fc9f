"""Two people at one case, the same request twice, two referrals for one family: one effect and a clear answer."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import Actor, Casework, KeyUsedOtherwise, StaleCase, StepRefused
from persistence import Database
from persistence.tables import case_events, cases, idempotency_keys, refused_attempts
from tests.casework.families import ESSEX, LEEDS, brought_to, form, referred
from tests.conftest import Actors, Clock
from workflows import Role

WREN, DOVE = Actor("Robin Wren", Role), Actor("Ada Dove", Role)


def number(database: Database, table: sa.Table) -> int:
    with database.engine.connect() as connection, connection.begin():
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


# The version that the person saw


def test_whoever_saw_an_older_version_hears_who_did_what_since(casework: Casework, clock: Clock) -> None:
    family = referred(casework, clock, WREN)
    clock.advance(1)
    casework.fire(family.id, "acknowledge", DOVE, seen=1)
    clock.advance(1)
    casework.fire(family.id, "pass_checks", WREN, seen=2)
    with pytest.raises(StaleCase) as caught:
        casework.fire(family.id, "pass_checks", DOVE, seen=1)
    stale = caught.value
    assert (stale.code, stale.case_id, stale.version, stale.seen) == ("stale_case", family.id, 3, 1)
    assert [(c.seq, c.trigger, c.actor) for c in stale.changes] == [
        (2, "acknowledge", "Ada Dove"),
        (3, "pass_checks", "Robin Wren"),
    ]
    assert stale.changes[1].recorded_at == clock.now
    assert "Ada Dove: acknowledge at 2026-03-03 09:30Z; Robin Wren: pass_checks at 2026-03-04 09:30Z" in str(stale)
    assert family.case.version == 3


@pytest.mark.parametrize("seen", [0, -1, 2, 7, 2**40, 2**70])
def test_a_version_that_never_was_changes_nothing(casework: Casework, clock: Clock, seen: int) -> None:
    family = referred(casework, clock, WREN)
    with pytest.raises(StaleCase, match="version 1") as caught:
        casework.fire(family.id, "pass_checks", DOVE, seen=seen)
    assert [change.seq for change in caught.value.changes] == ([1] if seen == 0 else [])
    assert family.case.version == 1


def test_a_conflict_is_logged_without_what_was_tried(casework: Casework, clock: Clock, log_lines: list[Any]) -> None:
    family = referred(casework, clock, WREN)
    casework.fire(family.id, "pass_checks", WREN, seen=1)
    for trigger in ("pass_checks", "Robin's sister called"):
        with pytest.raises(StaleCase):
            casework.fire(family.id, trigger, DOVE, {"reason": "x"}, seen=1, request_id="req-1")
    one, other = log_lines[-2:]
    assert one == {
        "event": "case.conflict",
        "log_level": "warning",
        "case_id": str(family.id),
        "trigger": "pass_checks",
        "actor": "Ada Dove",
        "via": "library",
        "version": 2,
        "seen": 1,
        "request_id": "req-1",
        "recorded_at": clock.now.isoformat(),
    }
    assert other == {**one, "trigger": "unknown"}


# The same request twice


def test_a_step_that_is_asked_for_twice_with_one_key_is_taken_once(
    casework: Casework, database: Database, clock: Clock, log_lines: list[Any]
) -> None:
    family = referred(casework, clock, WREN)
    told = len(log_lines)
    first = casework.fire(family.id, "pass_checks", WREN, seen=1, key="k-1")
    clock.advance(3)
    again = casework.fire(family.id, "pass_checks", WREN, seen=1, key="k-1")
    assert again == first
    assert (family.case.version, number(database, case_events)) == (2, 2)
    assert len(log_lines) == told + 1


def test_an_answer_stands_though_the_case_has_moved_on_and_closed(casework: Casework, clock: Clock) -> None:
    family = referred(casework, clock, WREN)
    first = casework.fire(family.id, "pass_checks", WREN, seen=1, key="k-1")
    casework.fire(family.id, "withdraw_consent", WREN, {"withdrawn_by": "The mother."}, seen=2)
    assert casework.fire(family.id, "pass_checks", WREN, seen=1, key="k-1") == first


@pytest.mark.parametrize(
    "other",
    [
        {"data": {"postcode": "LS1 1AA"}},
        {"trigger": "acknowledge"},
        {"on": "yesterday"},
        {"case": "another"},
    ],
)
def test_a_key_that_comes_with_another_request_is_refused(
    casework: Casework, clock: Clock, other: dict[str, Any]
) -> None:
    family, another = referred(casework, clock, WREN), referred(casework, clock, WREN)
    casework.fire(family.id, "pass_checks", WREN, seen=1, key="k-1")
    case = another.id if "case" in other else family.id
    on = clock.today - timedelta(days=1) if "on" in other else None
    trigger = other.get("trigger", "pass_checks")
    with pytest.raises(KeyUsedOtherwise) as caught:
        casework.fire(case, trigger, WREN, other.get("data"), seen=1, on=on, key="k-1")
    assert caught.value.code == "key_used_otherwise"
    assert (family.case.version, another.case.version) == (2, 1)


def test_the_same_request_is_known_by_its_key_whatever_version_the_screen_shows_and_however_the_case_is_named(
    casework: Casework, clock: Clock
) -> None:
    family = referred(casework, clock, WREN)
    first = casework.fire(family.id, "pass_checks", WREN, seen=1, key="k-1")
    for name in (family.id, str(family.id), first.reference, f"{LEEDS}/{first.reference}"):
        assert casework.fire(name, "pass_checks", WREN, seen=2, key="k-1") == first
    assert family.case.version == 2


def test_keys_of_two_people_have_nothing_to_do_with_each_other(casework: Casework, clock: Clock) -> None:
    family = referred(casework, clock, WREN)
    casework.fire(family.id, "acknowledge", WREN, seen=1, key="k-1")
    casework.fire(family.id, "acknowledge", DOVE, seen=2, key="k-1")
    assert family.case.version == 3


def test_a_refused_request_leaves_its_key_free(casework: Casework, database: Database, clock: Clock) -> None:
    family = referred(casework, clock, WREN, consent_on=None)
    with pytest.raises(StepRefused):
        casework.fire(family.id, "pass_checks", WREN, seen=1, key="k-1")
    assert number(database, idempotency_keys) == 0
    taken = casework.fire(family.id, "pass_checks", WREN, {"consent_on": clock.today}, seen=1, key="k-1")
    assert (taken.state, family.case.version) == ("rmg_review", 2)


def test_a_stale_request_leaves_its_key_free(casework: Casework, clock: Clock) -> None:
    family = referred(casework, clock, WREN)
    casework.fire(family.id, "acknowledge", DOVE, seen=1)
    with pytest.raises(StaleCase):
        casework.fire(family.id, "pass_checks", WREN, seen=1, key="k-1")
    assert casework.fire(family.id, "pass_checks", WREN, seen=2, key="k-1").state == "rmg_review"


def test_a_referral_that_is_sent_in_twice_with_one_key_is_opened_once(
    casework: Casework, database: Database, clock: Clock
) -> None:
    sent = form(clock.today)
    first = casework.open_case(LEEDS, "receive_referral", WREN, sent, key="k-1")
    again = casework.open_case(LEEDS, "receive_referral", WREN, sent, key="k-1")
    assert again == first
    assert number(database, cases) == 1
    with pytest.raises(KeyUsedOtherwise):
        casework.open_case(LEEDS, "receive_referral", WREN, form(clock.today), key="k-1")


# Two referrals for one family


@pytest.mark.parametrize("service", [LEEDS, ESSEX])
def test_x4_14_a_second_referral_of_the_same_baby_and_carer_is_pointed_to_the_first(
    casework: Casework, database: Database, clock: Clock, service: str
) -> None:
    sent = form(clock.today)
    first = casework.open_case(service, "receive_referral", WREN, sent)
    for trigger in ("receive_referral", "take_call"):
        with pytest.raises(StepRefused, match=first.reference) as caught:
            casework.open_case(service, trigger, DOVE, sent)
        assert [reason.code for reason in caught.value.reasons] == ["already_referred"]
    assert number(database, cases) == 1


def test_x4_14_the_same_two_people_are_known_however_their_names_are_written(casework: Casework, clock: Clock) -> None:
    sent = form(clock.today, infant_name="Zoë Test", carer_name="Ana  Test")
    casework.open_case(LEEDS, "take_call", WREN, sent)
    decomposed = {**sent, "infant_name": "ZOE\N{COMBINING DIAERESIS} TEST"}
    with pytest.raises(StepRefused, match="is open for this baby and carer"):
        casework.open_case(LEEDS, "take_call", WREN, decomposed)


@pytest.mark.parametrize(
    "change",
    [
        {"service": ESSEX},
        {"infant_name": "The Twin"},
        {"infant_dob": "2025-12-24"},
        {"carer_name": "The Father"},
        {"infant_nhs_number": "999 000 0018"},
        {"carer_nhs_number": "999 000 0018"},
    ],
)
def test_another_service_another_baby_or_another_carer_is_another_referral(
    casework: Casework, clock: Clock, change: dict[str, Any]
) -> None:
    sent = form(clock.today)
    casework.open_case(LEEDS, "take_call", WREN, sent)
    other = {**sent, **change}
    assert casework.open_case(other.pop("service", LEEDS), "take_call", WREN, other).version == 1


def test_x4_14_a_family_may_be_referred_again_once_closed_but_not_both_be_open(
    casework: Casework, clock: Clock
) -> None:
    family = brought_to(referred(casework, clock, WREN), "move_away")
    sent = {name: v for name, v in family.case.answers.items() if name in form(clock.today)}
    again = casework.open_case(LEEDS, "receive_referral", WREN, sent)
    with pytest.raises(StepRefused, match=again.reference):
        casework.fire(family.id, "reopen", WREN, {"reason": "They are back."}, seen=2)
    casework.fire(again.case_id, "void", WREN, {"void_reason": "entered_in_error"}, seen=1)
    assert casework.fire(family.id, "reopen", WREN, {"reason": "They are back."}, seen=2).state == "received"


def test_x4_14_two_referrals_do_not_become_one_family_by_what_is_added(casework: Casework, clock: Clock) -> None:
    family, other = referred(casework, clock, WREN), referred(casework, clock, WREN, postcode=None)
    names = {n: family.case.answers[n] for n in ("infant_name", "infant_dob", "carer_name", "postcode")}
    with pytest.raises(StepRefused, match=family.case.reference):
        casework.fire(other.id, "add_information", WREN, names, seen=1)
    assert other.case.version == 1


# What was refused is kept and told


def test_a_refused_attempt_is_kept_with_its_codes_and_without_its_answers(
    casework: Casework, database: Database, clock: Clock, actors: Actors, log_lines: list[Any]
) -> None:
    family = referred(casework, clock, WREN, consent_on=None, postcode=None)
    clerk = actors[Role.CLINICIAN]
    answers = {"gp_practice_code": "Zebedee Quill", "Zebedee Quill": "x"}
    with pytest.raises(StepRefused) as caught:
        casework.fire(family.id, "pass_checks", clerk, answers, seen=1, request_id="req-7")
    assert caught.value.who == (Role.ADMINISTRATOR, Role.DUTY)
    with database.engine.connect() as connection, connection.begin():
        (row,) = connection.execute(sa.select(refused_attempts)).mappings()
    assert {
        name: row[name] for name in ("case_id", "service", "trigger", "from_state", "actor", "via", "request_id")
    } == {
        "case_id": family.id,
        "service": LEEDS,
        "trigger": "pass_checks",
        "from_state": "received",
        "actor": "the clinician",
        "via": "library",
        "request_id": "req-7",
    }
    assert row["recorded_at"] == clock.now
    assert {reason["code"] for reason in row["reasons"]} == {
        "unknown_field",
        "too_long",
        "not_your_step",
        "information_missing",
        "consent_missing",
    }
    assert "Zebedee" not in repr(dict(row))
    line = log_lines[-1]
    assert (line["event"], line["log_level"], line["case_id"]) == ("case.refused", "warning", str(family.id))
    assert set(line["codes"]) == {reason["code"] for reason in row["reasons"]}
    assert line["fields"] == ["consent_on", "gp_practice_code", "postcode"]
    assert "Zebedee" not in repr(line)


def test_an_attempt_to_open_that_was_refused_is_kept_without_a_case(
    casework: Casework, database: Database, clock: Clock, log_lines: list[Any]
) -> None:
    with pytest.raises(StepRefused):
        casework.open_case(LEEDS, "receive_referral", WREN, form(clock.today, referrer_role="family"))
    with database.engine.connect() as connection, connection.begin():
        (row,) = connection.execute(sa.select(refused_attempts)).mappings()
    assert (row["case_id"], row["service"], row["from_state"]) == (None, LEEDS, "new")
    assert [reason["code"] for reason in row["reasons"]] == ["self_referral_not_taken"]
    assert (log_lines[-1]["event"], log_lines[-1]["case_id"]) == ("case.refused", None)
    assert number(database, cases) == 0


def test_each_refused_attempt_is_kept_for_itself(casework: Casework, database: Database, clock: Clock) -> None:
    family = referred(casework, clock, WREN)
    for _ in range(3):
        with pytest.raises(StepRefused):
            casework.fire(family.id, "allocate", WREN, seen=1)
    assert number(database, refused_attempts) == 3
    assert family.case.version == 1
