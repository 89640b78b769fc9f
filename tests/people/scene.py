"""Invented families on a clinic: babies, carers and referrals by their references, and steps on any of them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from casework import LATEST, Casework, CaseworkError, StepRefused
from casework.actor import Actor
from casework.case import Case
from casework.change import Receipt
from tests.casework.families import LEEDS, SPECIAL, asked_of, example, form, numbered, row
from tests.conftest import Clock


class Scene:
    """`does(reference, step, ...)` takes a step, `by` an actor or by everyone; a referral's form is invented."""

    def __init__(self, casework: Casework, clock: Clock, actor: Actor, service: str = LEEDS) -> None:
        self.casework, self.clock, self.actor, self.service = casework, clock, actor, service

    @property
    def today(self) -> date:
        return self.clock.today

    def days_ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def referral(self, **other: Any) -> str:
        return self._opened("receive_referral", "referral", form(self.today, **other))

    def infant(self, **answers: Any) -> str:
        return self._opened("open_record", "infant", {"infant_dob": self.days_ago(120)} | answers)

    def unborn(self, **answers: Any) -> str:
        due = {"expected_due_date": self.today + timedelta(days=60)}
        return self._opened("open_unborn", "infant", due | answers)

    def carer(self, name: str = "Invented Carer", **answers: Any) -> str:
        return self._opened("open_record", "carer", {"carer_name": name} | answers)

    def at_work(self, referral: str, **contact: Any) -> None:
        """A referral that has just come, brought to its first contact."""
        for step in ("pass_checks", "accept_direct", "allocate"):
            self.invents(referral, step)
        self.invents(referral, "first_contact", **contact)

    def invents(self, reference: str, trigger: str, **answers: Any) -> Receipt:
        """A step with all that it needs, invented where nothing is said of it."""
        case = self.case(reference)
        asked = row(case.chart, case.state, trigger)
        invented = {f.name: SPECIAL.get(f.name, example(f, self.today)) for f in asked_of(asked)}
        return self.does(reference, trigger, **{**invented, **numbered(asked, case), **answers})

    def _opened(self, trigger: str, kind: str, answers: dict[str, Any]) -> str:
        return self.casework.open_case(self.service, trigger, self.actor, answers, kind=kind).reference

    def does(self, reference: str, trigger: str, *, by: Any = None, **answers: Any) -> Receipt:
        return self.casework.fire(reference, trigger, by or self.actor, answers, seen=LATEST)

    def refused(self, reference: str, trigger: str, *, by: Any = None, **answers: Any) -> set[str]:
        """The codes of the reasons. Nothing has changed."""
        before = self.case(reference)
        with pytest.raises(StepRefused) as caught:
            self.does(reference, trigger, by=by, **answers)
        assert self.case(reference) == before
        return {reason.code for reason in caught.value.reasons}

    def case(self, reference: str) -> Case:
        return self.casework.case(reference)

    def of(self, reference: str, name: str) -> Any:
        return self.case(reference).answers.get(name)

    def links(self, infant: str, carer: str, relationship: str = "mother") -> Receipt:
        return self.does(infant, "link_carer", carer=carer, relationship=relationship)

    def family(self, **other: Any) -> tuple[str, str, str]:
        """A referral, its baby's record and its focus carer's, linked."""
        referral, infant, carer = self.referral(**other), self.infant(), self.carer()
        self.links(infant, carer)
        self.does(referral, "link_records", infant=infant, focus_carer=carer)
        return referral, infant, carer


def told(ask: Callable[[], object]) -> str:
    """The code of the error with which something is refused."""
    with pytest.raises(CaseworkError) as caught:
        ask()
    return caught.value.code
