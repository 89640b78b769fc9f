"""What follows from a birth: the baby's record, the baby's other referrals, and a referral of its own for each twin."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from casework.case import Case, CaseEvent, new_case
from casework.errors import StepRefused
from casework.following import Following
from casework.identity import new_family, new_id
from casework.life.concerns import along_with
from casework.life.records import infant_of, is_one_baby, is_restricted, opened_for, referrals_of, step_of_infant
from casework.store import Store
from workflows import Chart, Refusal
from workflows.beside import RecordKind

REFERRAL = RecordKind.REFERRAL

OF_THE_BIRTH = ("infant_dob", "infant_name", "infant_nhs_number", "infant_sex", "babies_born", "gestation_weeks")
OF_ONE_BABY = frozenset(
    {
        "infant", "infant_name", "infant_nhs_number", "infant_nhs_status", "infant_sex", "birth_order", "neonatal_stay",
        "infant_gp_in_area", "infant_lives_in_area", "own_mental_health", "others_baby",
    }
)  # fmt: skip
"""What was said of one of the babies and is not said of the other: the rest of the way they have in common."""

OF_THE_OTHERS = {"name_of_this_baby": "infant_name", "infant_sex": "infant_sex", "advice_on_this_baby": "advice"}
SPLIT = "split"
"""The way in of the events that a twin's referral has behind it."""


def birth_of_the_baby(store: Store, referral: Case, event: CaseEvent) -> Iterator[Following]:
    """Asked of a referral: the baby's record goes from unborn to born, or is opened as born."""
    found = infant_of(store, referral)
    if found is None:
        yield opened_for(store, referral)
    elif found.state == "unborn":
        yield Following(found, "record_birth", _of_the_birth(event.data))


def birth_on_its_referrals(store: Store, infant: Case, event: CaseEvent) -> Iterator[Following]:
    """Asked of a baby's record: every open referral of this baby learns of the birth."""
    for referral in referrals_of(store, infant):
        if referral.open and not referral.answers.get("infant_dob"):
            yield Following(referral, "record_birth", _of_the_birth(event.data))


def _of_the_birth(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in OF_THE_BIRTH if name in data}


def a_referral_each(store: Store, referral: Case, event: CaseEvent) -> Iterator[Following]:
    """Of several babies born, each other one whom the service sees gets a referral with the same way behind it.

    Its days are those of the first referral, so nobody waits longer for having been born second.
    """
    behind = [kept for kept in store.events(referral.id) if kept.seq < event.seq]
    infant = infant_of(store, referral)
    family = _family(referral, infant)
    if infant is None or (infant.open and not infant.answers.get("family")):
        yield step_of_infant(store, referral, event, "join_family", {"family": family})
    for entry in event.data["babies_considered"]:
        if entry["in_scope"] == "yes" and entry["birth_order"] != event.data["birth_order"]:
            case, history = _same_way(referral.chart, behind, event)
            data = {there: entry[here] for here, there in OF_THE_OTHERS.items() if here in entry}
            data |= {"birth_order": entry["birth_order"], "split_from": referral.reference, "family": family}
            record = _known_twin(store, infant, event, entry["birth_order"])
            yield Following(case, "split_off", data | ({"infant": record.reference} if record else {}), history)


def _known_twin(store: Store, infant: Case | None, event: CaseEvent, order: int) -> Case | None:
    """The record that another baby of this birth has, where another referral of the pregnancy was split before."""
    known = referrals_of(store, infant) if infant else ()
    split = (twin for one in known for twin in store.linked(one.service, REFERRAL, "split_from", one.reference))
    same = (twin for twin in split if order in {one.answers.get("birth_order") for one in is_one_baby(store, twin)})
    found = next((record for twin in same if (record := infant_of(store, twin))), None)
    if found is not None and found.state == "died":
        sentence = f"Baby {order} of this birth was lost. Say that the service does not see this one."
        raise StepRefused(event.trigger, event.source, [Refusal("after_a_loss", sentence, ("babies_considered",))])
    return None if found is None or is_restricted(found) else found


def _family(referral: Case, infant: Case | None) -> str:
    """The label by which those born together belong to each other: the one they have, or a new one."""
    known = referral.answers.get("family") or (infant.answers.get("family") if infant else None)
    return str(known or new_family())


def _same_way(chart: Chart, behind: list[CaseEvent], cause: CaseEvent) -> tuple[Case, tuple[CaseEvent, ...]]:
    case = new_case(chart)
    history = tuple(_copied(event, case, cause) for event in behind)
    for event in history:
        case.apply(event)
    return case, history


def _copied(event: CaseEvent, case: Case, cause: CaseEvent) -> CaseEvent:
    return replace(
        event,
        id=new_id(),
        case_id=case.id,
        data={name: value for name, value in event.data.items() if name not in OF_ONE_BABY},
        via=SPLIT,
        recorded_at=cause.recorded_at,
        request_id=cause.request_id,
    )


def a_record_each(store: Store, referral: Case, event: CaseEvent) -> Iterator[Following]:
    """Asked of a referral that was split off: the baby has a record of its own, with the concerns of the pregnancy."""
    if infant_of(store, referral) is not None:
        return
    opening = opened_for(store, referral)
    yield opening
    first = store.record(referral.service, RecordKind.REFERRAL, str(referral.answers["split_from"]))
    together = infant_of(store, first) if first else None
    yield from along_with(together, opening.case) if together else ()


def gp_on_the_babys_record(store: Store, referral: Case, event: CaseEvent) -> Iterator[Following]:
    found = infant_of(store, referral)
    if found is not None and found.open:
        yield Following(found, "record_gp", {"gp_practice_code": referral.answers["gp_practice_code"]})


def gp_on_its_referrals(store: Store, infant: Case, event: CaseEvent) -> Iterator[Following]:
    for referral in referrals_of(store, infant):
        if referral.open and referral.answers.get("infant_dob"):
            yield Following(referral, "recheck_gp", {"gp_practice_code": infant.answers["gp_practice_code"]})


def entry_moved(store: Store, infant: Case, event: CaseEvent) -> Iterator[Following]:
    """The entry of the call has moved from the mother's record outside to the infant's (R-155, R-306)."""
    if event.data.get("record_holder") != "infant" or event.data.get("written_there") != "yes":
        return
    for referral in referrals_of(store, infant):
        if referral.open and referral.answers.get("call_recorded_in") == "mothers_record":
            yield Following(referral, "move_record_entry", {"call_recorded_in": "infants_record"})
