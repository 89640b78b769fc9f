"""A midwife and the perinatal team refer the same baby in one week: suggested, merged by two people, and undone."""

from typing import Any

from tests.casework.families import form
from tests.journeys.clinic import Clinic
from workflows import Role

WHO = {"infant_name": "Dora Double", "postcode": "LS7 3AB"}
SAME = {"same_because": "One mother, one due date, one midwife", "second_person": "A. Second, administrator"}


def test_two_referrals_of_one_baby_become_one_and_after_undo_are_what_they_were_with_the_work_since(
    clinic: Clinic,
) -> None:
    first, second = twice(clinic)
    suggested(clinic, first, second)
    before = {ref: standing(clinic, ref) for ref in (first, second)}
    merged(clinic, first, second)
    went_on(clinic, first, second)
    undone(clinic, first, second, before)
    clinic.ends_well()


def twice(clinic: Clinic) -> tuple[str, str]:
    """Another spelling of the mother's name, and no NHS number on either: no rule can say that they are one."""
    midwife = form(clinic.today, **WHO, carer_name="Delia Double", referrer_role="midwife", referrer_name="M. Midwife")
    first = clinic.opens("receive_referral", **midwife)
    clinic.does(first, "acknowledge")
    clinic.after(4)
    perinatal = form(clinic.today, **WHO, carer_name="Delia Double-Smith", referrer_role="perinatal_mental_health")
    perinatal |= {"infant_dob": midwife["infant_dob"], "referrer_name": "P. Perinatal"}
    second = clinic.opens("receive_referral", **perinatal)
    clinic.does(second, "pass_checks")
    return first, second


def suggested(clinic: Clinic, first: str, second: str) -> None:
    """Said to a person, and nothing is joined by it. A third family with the same postcode is not named."""
    clinic.opens("receive_referral", **form(clinic.today, postcode=WHO["postcode"]))
    (pair,) = clinic.casework.duplicates("leeds-imhs")
    assert {pair.first, pair.second} == {first, second}
    assert len(clinic.worklist()) == 3
    sides = {side.name: side for side in clinic.casework.side_by_side(first, second).answers}
    assert (sides["postcode"].agrees, sides["carer_name"].agrees) == (True, False)


def standing(clinic: Clinic, ref: str) -> dict[str, Any]:
    case = clinic.case(ref)
    return {"state": case.state, "answers": case.answers, "clocks": case.clocks, "gaps": case.gaps, "days": case.days}


def merged(clinic: Clinic, first: str, second: str) -> None:
    lead = clinic.actors[Role.LEAD]
    alone = clinic.refuses(second, "merge_into", survivor=first, **{**SAME, "second_person": lead.name})
    assert alone.keys() == {"second_person_needed"}
    assert clinic.refuses(second, "merge_into", survivor=second, **SAME).keys() == {"merged_with_itself"}
    clinic.does(second, "merge_into", survivor=first, **SAME)
    assert first in clinic.worklist()
    assert second not in clinic.worklist()
    whole = clinic.casework.whole(first)
    assert {referrer.name for referrer in whole.referrers} == {"M. Midwife", "P. Perinatal"}
    assert whole.received_on == clinic.says(first, "received_on")
    assert clinic.casework.duplicates("leeds-imhs") == ()
    assert clinic.refuses(second, "accept_direct").keys() == {"impossible_step"}


def went_on(clinic: Clinic, first: str, second: str) -> None:
    for step in ("pass_checks", "accept_direct", "tell_outcome"):
        clinic.after(2).does(first, step)
    clinic.does(first, "add_note_about", about=second, note="Perinatal wants to be told of the outcome")
    assert clinic.refuses(first, "add_note_about", about="C-0", note="x").keys() == {"not_taken_in"}


def undone(clinic: Clinic, first: str, second: str, before: dict[str, dict[str, Any]]) -> None:
    """They were two babies after all: each stands where it stood, and each has the work that was its own."""
    clinic.after(10)
    wrong = clinic.refuses(second, "unmerge", merged_into="C-0", apart_because="Two babies")
    assert wrong.keys() == {"other_survivor"}
    clinic.does(second, "unmerge", merged_into=first, apart_because="Cousins of one name")
    notes = clinic.says(second, "notes")
    assert [note["note"] for note in notes] == ["Perinatal wants to be told of the outcome"]
    after = standing(clinic, second)
    assert {**after, "answers": {n: v for n, v in after["answers"].items() if n != "notes"}} == before[second]
    assert (clinic.state(first), "taken_in" in clinic.case(first).answers) == ("waiting", False)
    assert {first, second} <= clinic.worklist()
    clinic.does(second, "say_not_the_same", other_record=first, not_same_because="Two birth certificates")
    assert clinic.casework.duplicates("leeds-imhs") == ()
    assert clinic.counts(second, "triage") == 16
