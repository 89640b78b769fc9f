"""Families to whom something happens, and what else of them is kept beside their referral."""

from datetime import date, timedelta
from typing import Any

from casework import Actor, Casework, Receipt, StepRefused
from casework.case import Case
from tests.casework.families import LEEDS, Family, referred
from tests.conftest import Clock
from workflows.beside import RecordKind

BEFORE_BIRTH: dict[str, Any] = {"infant_dob": None, "infant_name": None}
LOSS: dict[str, Any] = {
    "confirmed_by": "A. Midwife, community midwife",
    "confirmed_from": "Maternity ward",
    "family_told": "All of it.",
}
HANDS: dict[str, Any] = {
    "receiving_service": "Perinatal team",
    "receiving_contact": "Their duty desk",
    "package": "Referral, call, plan",
    "transfer_reason": "other_team_fits",
    "shared_with_consent": "yes",
}


def expected(casework: Casework, clock: Clock, actor: Actor, service: str = LEEDS, **other: Any) -> Family:
    """A family referred in pregnancy, eight weeks before the baby is due."""
    due = {"expected_due_date": clock.today + timedelta(weeks=8)}
    return referred(casework, clock, actor, service, **{**BEFORE_BIRTH, **due, **other})


def considered(*in_scope: bool) -> list[dict[str, Any]]:
    """Babies of one birth in their order, and which of them the service sees."""
    return [
        {"birth_order": n, "under_stress": "yes" if seen else "no", "in_scope": "yes" if seen else "no"}
        for n, seen in enumerate(in_scope, start=1)
    ]


def followed(casework: Casework, receipt: Receipt, kind: RecordKind) -> list[Case]:
    """The records of a kind on which a step followed, as they stand now."""
    return [casework.case(one.reference) for one in receipt.also if one.kind == kind]


def twins(casework: Casework, family: Family, born_on: date) -> tuple[Case, Case]:
    """Two babies are born and the service sees both: the second one's referral, and the record of that baby."""
    family.does("record_birth", infant_dob=born_on, babies_born=2, infant_name="Ada Test")
    entries = considered(True, True)
    entries[1]["name_of_this_baby"] = "Ben Test"
    receipt = family.does("split_multiple", birth_order=1, babies_considered=entries)
    (second,) = followed(casework, receipt, RecordKind.REFERRAL)
    return second, followed(casework, receipt, RecordKind.INFANT)[-1]


def refused(family: Family, trigger: str, **data: Any) -> dict[str, str]:
    """The reasons why a step may not be taken: sentences by code; empty where it was taken."""
    try:
        family.does(trigger, **data)
    except StepRefused as no:
        return {reason.code: reason.sentence for reason in no.reasons}
    return {}
