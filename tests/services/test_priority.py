"""Priority changes the order of waiting until its last day, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from casework import Casework
from casework.store import Asked
from tests.casework.families import Family, brought_to, form
from tests.conftest import Actors, Clock
from tests.services.documents import THIRD, added

SERVICE = "third-service"


@pytest.fixture(autouse=True)
def third_service() -> Iterator[None]:
    """Set up before the database, so that its cases are held to their rules while the service is still there."""
    with added(THIRD):
        yield


def test_a_family_with_priority_goes_first_up_to_its_last_day_and_then_in_its_turn(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    first, second = (_waiting(casework, clock, actors) for _ in range(2))
    until = clock.today + timedelta(days=30)
    before = second.case.clocks
    second.does("give_priority", priority_until=until)
    assert second.case.clocks == before
    for later, order in ((0, [second, first]), (30, [second, first]), (1, [first, second])):
        clock.advance(later)
        expected = [family.case.reference for family in order]
        assert [row.reference for row in casework.worklist(Asked(clock.today, SERVICE))] == expected
    past = Asked(until, SERVICE, as_known_then=True)
    assert [row.reference for row in casework.worklist(past)] == [f.case.reference for f in (second, first)]
    assert casework.replay(second.id)[1] == ()


def _waiting(casework: Casework, clock: Clock, actors: Actors, **other: Any) -> Family:
    """Each is accepted a day later than the one before."""
    clock.advance(1)
    answers = form(clock.today, duty_call_on=None, referrer_role="social_worker", lives_in_area="yes", **other)
    family = Family(casework, clock, actors.everyone).opens(SERVICE, "receive_referral", **answers)
    return brought_to(family, "pass_checks", "accept_assessment")
