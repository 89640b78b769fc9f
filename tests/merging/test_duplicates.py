"""What looks like one baby is suggested to a person, whichever way it came in; twins never, and nobody is joined."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import Actor, Casework, Receipt
from casework.alike import traits
from casework.change import LATEST
from casework.intake.importing import import_caseload
from tests.casework.families import LEEDS, form
from tests.conftest import Actors, Clock
from tests.merging.test_merging import infant, merge
from workflows.names import words

BABY = {"infant_name": "Aoife Test", "carer_name": "Mary Test", "postcode": "LS3 7AB", "infant_dob": date(2026, 1, 5)}
NUMBER = "9990000018"


def enter(casework: Casework, clock: Clock, actor: Actor, **other: Any) -> Receipt:
    return casework.open_case(LEEDS, "receive_referral", actor, form(clock.today, **{**BABY, **other}))


@pytest.mark.parametrize(
    "otherwise",
    [
        {"infant_name": "Baby Test"},
        {"carer_name": "M. Testing"},
        {"postcode": "LS9 9AA"},
        {"infant_dob": None, "expected_due_date": date(2026, 3, 30)},
    ],
)
def test_three_of_name_day_postcode_and_carer_are_enough_and_two_are_not(
    casework: Casework, clock: Clock, actors: Actors, otherwise: dict[str, Any]
) -> None:
    """The baby known to the midwife and to the perinatal team is told apart by one slip of the pen."""
    first = enter(casework, clock, actors.everyone)
    second = enter(casework, clock, actors.everyone, **otherwise)
    assert first.alike == ()
    assert second.alike == (first.reference,)
    (found,) = casework.duplicates(LEEDS)
    assert {found.first, found.second} == {first.reference, second.reference}
    far = {"infant_name": "X Test", "carer_name": "Y Test", "postcode": "LS1 1AA"}
    assert enter(casework, clock, actors.everyone, **far).alike == ()
    near = {"infant_name": "V Test", "carer_name": "W Test"}
    assert enter(casework, clock, actors.everyone, **near).alike == ()
    assert all(casework.case(one.reference).open for one in (first, second))


def test_an_nhs_number_that_came_later_brings_the_two_together(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    """One form has the number and the other does not: no key tells it, and three answers do."""
    first = enter(casework, clock, actors.everyone, infant_nhs_number=NUMBER)
    second = enter(casework, clock, actors.everyone)
    assert second.alike == (first.reference,)
    unlike = {"infant_name": "Z", "carer_name": "Q", "postcode": "LS1 1AA", "infant_dob": clock.today}
    third = enter(casework, clock, actors.everyone, **unlike)
    assert third.alike == ()
    casework.fire(third.reference, "add_information", actors.everyone, {"infant_nhs_number": NUMBER}, seen=LATEST)
    because = {(one.first, one.second): one.because for one in casework.duplicates(LEEDS)}
    assert because[first.reference, third.reference] == ("nhs",)


def test_two_numbers_are_two_babies_however_alike_the_rest_is(casework: Casework, clock: Clock, actors: Actors) -> None:
    enter(casework, clock, actors.everyone, infant_nhs_number=NUMBER)
    other = enter(casework, clock, actors.everyone, infant_name="Aoibh Test", infant_nhs_number="9990000026")
    assert other.alike == ()


def test_twins_are_never_suggested_and_the_same_twin_twice_is(casework: Casework, clock: Clock, actors: Actors) -> None:
    shared = {"postcode": "LS3 7AB", "infant_dob": "2026-01-05", "babies_born": 2}
    infant(casework, clock, actors.everyone, infant_name="Ann Test", birth_order=1, **shared)
    infant(casework, clock, actors.everyone, infant_name="Ann Test", birth_order=2, **shared)
    assert casework.duplicates() == ()
    infant(casework, clock, actors.everyone, infant_name="Test Ann", birth_order=1, **shared)
    assert len(casework.duplicates()) == 1


def test_what_a_person_found_to_be_two_is_suggested_no_more(casework: Casework, clock: Clock, actors: Actors) -> None:
    first, second = enter(casework, clock, actors.everyone), enter(casework, clock, actors.everyone, infant_name="B")
    said = {"other_record": first.reference, "not_same_because": "Cousins in one house."}
    casework.fire(second.reference, "say_not_the_same", actors.everyone, said, seen=LATEST)
    assert casework.duplicates() == ()
    assert casework.duplicates_of(first.reference) == ()


def test_one_that_is_like_a_merged_record_is_suggested_with_the_one_that_stays(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    gone, stays = enter(casework, clock, actors.everyone), enter(casework, clock, actors.everyone, infant_name="B")
    merge(casework, actors.everyone, gone.reference, stays.reference)
    assert casework.duplicates() == ()
    fresh = enter(casework, clock, actors.everyone, carer_name="Another Name")
    assert fresh.alike == (stays.reference,)


def test_two_records_are_shown_side_by_side_with_what_agrees(casework: Casework, clock: Clock, actors: Actors) -> None:
    first, second = enter(casework, clock, actors.everyone), enter(casework, clock, actors.everyone, postcode="LS9 9AA")
    compared = casework.side_by_side(first.reference, second.reference)
    agrees = {side.name: side.agrees for side in compared.answers}
    assert (agrees["infant_name"], agrees["postcode"]) == (True, False)
    assert compared.alike[0].because == ("born+name+carer",)


def test_an_import_lists_what_may_be_one_baby_and_loads_both(
    casework: Casework, clock: Clock, actors: Actors, tmp_path: Path
) -> None:
    enter(casework, clock, actors.everyone)
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "referral_id,service,received_on,infant_name,infant_dob,carer_name,postcode,referrer_role\n"
        f"R-1,{LEEDS},2026-02-20,Aoife Test,2026-01-05,Mary Test,LS9 9AA,midwife\n"
        f"R-2,{LEEDS},2026-02-20,Another Test,2026-01-06,Jane Test,LS9 9AA,midwife\n",
        "utf-8",
    )
    report = import_caseload(casework, sheet, actors.everyone)
    assert (report.loaded, report.refused) == (2, [])
    (found,) = report.alike
    assert "R-1" in (found.first, found.second)
    assert found.because == ("born+name+carer",)


names = st.sampled_from(["Ann Test", "Bo Test", "Zoë Test", None])
days = st.sampled_from([date(2026, 1, 5), date(2026, 1, 6), None])
people = st.fixed_dictionaries(
    {
        "infant_name": names,
        "infant_dob": days,
        "expected_due_date": days,
        "postcode": st.sampled_from(["LS3 7AB", "ls37ab", "LS9 9AA", None]),
        "carer_name": st.sampled_from(["Mary Test", "TEST, Mary", "Jo Test", None]),
        "infant_nhs_number": st.sampled_from([NUMBER, "9990000026", None]),
    }
)


@given(people, people)
def test_two_share_a_trait_where_the_number_or_three_others_agree_and_never_otherwise(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    def days_of(known: dict[str, Any]) -> set[date]:
        return {known[name] for name in ("infant_dob", "expected_due_date") if known[name]}

    def same(name: str) -> bool:
        plain = [str(known[name] or "").upper().replace(" ", "") for known in (one, other)]
        return bool(plain[0]) and plain[0] == plain[1]

    carer = bool(one["carer_name"] and other["carer_name"]) and words(one["carer_name"]) == words(other["carer_name"])
    agree = [same("infant_name"), bool(days_of(one) & days_of(other)), same("postcode"), carer]
    number = bool(one["infant_nhs_number"]) and one["infant_nhs_number"] == other["infant_nhs_number"]
    shared = set(traits("a", one).values()) & set(traits("a", other).values())
    assert bool(shared) == (number or sum(agree) >= 3)
    assert not set(traits("a", one).values()) & set(traits("b", other).values())
