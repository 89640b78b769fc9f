"""A family at work, in memory and in a clinic, with the records that a step may name."""

from datetime import date
from typing import Any

from casework import LATEST, Actor, Casework
from casework.case import Case
from tests.casework.families import LEEDS_TO_WAITING, Family, brought_to, referred
from tests.conftest import Clock
from tests.workflows.paths import after_step, new_case
from tests.workflows.shipped import LEEDS
from workflows import Chart

BRING_A_FORM = ("receive_referral", "pass_checks")
TO_ALLOCATED = ("receive_referral", *LEEDS_TO_WAITING, "allocate")
TO_ASSESSMENT = (*TO_ALLOCATED, "first_contact")
TO_FORMULATION = (*TO_ASSESSMENT, "finish_assessment")
TO_PLAN = (*TO_FORMULATION, "offer_plan")
TO_INTERVENTION = (*TO_PLAN, "family_agrees")
TO_ENDING = (*TO_INTERVENTION, "begin_ending")

INFANT, CARER = {"who": "infant", "attended": "yes"}, {"who": "focus_carer", "attended": "yes"}
FATHER = {"who": "father", "attended": "yes"}
AT_WORK_HE_WAS = {"who": "father", "attended": "no", "absent_because": "at_work"}


def led_to(steps: tuple[str, ...], chart: Chart = LEEDS, **form: Any) -> Case:
    """A referral in memory, worked to where the steps lead; the form's answers stay as they are given."""
    case = new_case(chart)
    for step in steps:
        case = after_step(case, step, **(form if step in BRING_A_FORM else {}))
    return case


def family_in(casework: Casework, clock: Clock, actor: Actor, steps: tuple[str, ...], **form: Any) -> Family:
    """A family of the clinic, worked to where the steps lead."""
    return brought_to(referred(casework, clock, actor, **form), *steps[1:])


def staff(casework: Casework, actor: Actor, name: str, *trained_in: str, on: date) -> str:
    """The reference of a member of staff in post, with the trainings that the record names."""
    post = {"staff_name": name, "discipline": "child_psychotherapist"}
    who = casework.open_case("leeds-imhs", "appoint", actor, post, kind="staff")
    casework.fire(who.case_id, "start_in_post", actor, seen=LATEST)
    for code in trained_in:
        casework.fire(who.case_id, "record_training", actor, {"intervention": code, "trained_on": on}, seen=LATEST)
    return who.reference
