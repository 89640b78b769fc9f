"""A service with a group that meets, people who sit in it, and staff; each thing in one line of a test."""

from datetime import date
from typing import Any

from casework import LATEST, Actor, Casework, Receipt, StepRefused
from tests.casework.families import LEEDS, VOICE, Family, brought_to, referred
from tests.conftest import Clock
from workflows import Figure, Refusal

CHAIR, SECOND, THIRD = ({"who": name} for name in ("Invented Chair", "Invented Clinician", "Invented Lead"))
DECLINED: dict[str, Any] = {
    "closure_reason": "lower_level_of_need",
    "advice": "Try a group.",
    "onward_services": "The children's centre.",
    "may_call_again": "yes",
    **VOICE,
}


class Scene:
    """Everything is done by one person, on the clock's day."""

    def __init__(self, casework: Casework, clock: Clock, actor: Actor) -> None:
        self.casework, self.clock, self.actor = casework, clock, actor

    def enters(self, figure: str, amount: int | None) -> None:
        self.casework.nights.enter(LEEDS, Figure(figure, amount, "the team", self.clock.today), by="the manager")

    def opens(self, kind: str, trigger: str, reference: str | None = None, **data: Any) -> Receipt:
        return self.casework.open_case(LEEDS, trigger, self.actor, data, kind=kind, reference=reference)

    def does(self, ref: str, trigger: str, *, by: Actor | None = None, on: date | None = None, **data: Any) -> Receipt:
        return self.casework.fire(ref, trigger, by or self.actor, data, seen=LATEST, on=on)

    def refused(self, ref: str, trigger: str, *, by: Actor | None = None, **data: Any) -> dict[str, Refusal]:
        """The reasons by their codes; empty where the step was taken."""
        try:
            self.does(ref, trigger, by=by, **data)
        except StepRefused as no:
            return {reason.code: reason for reason in no.reasons}
        return {}

    def before_the_group(self, **other: Any) -> Family:
        return brought_to(referred(self.casework, self.clock, self.actor, **other), "pass_checks")

    def waiting(self, **other: Any) -> Family:
        return brought_to(self.before_the_group(**other), "accept_direct")

    def reference(self, family: Family) -> str:
        return family.case.reference

    def meeting(self, *families: Family, on: date | None = None, kind: str = "group") -> str:
        """A meeting that is planned, with these on its agenda."""
        planned = self.opens("meeting", "plan_meeting", meeting_on=on or self.clock.today, meeting_kind=kind)
        for family in families:
            self.does(planned.reference, "list_referral", referral=self.reference(family))
        return planned.reference

    def begins(self, meeting: str, *people: dict[str, str]) -> str:
        self.does(meeting, "start_meeting", attendees=list(people or (CHAIR, SECOND, THIRD)))
        return meeting

    def staff(self, reference: str, wte_percent: int = 100, **post: Any) -> str:
        who = {"staff_name": f"Invented {reference}", "discipline": "health_visitor", "wte_percent": wte_percent}
        self.opens("staff", "appoint", reference, **who, **post)
        return self.does(reference, "start_in_post").reference
