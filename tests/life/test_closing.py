"""A service that closes offers a transfer for every open referral, those with an open safeguarding concern first."""

from pathlib import Path
from typing import Any

import pytest

from casework import Asked, Casework
from casework.life.closing import offer_every_transfer
from tests.casework.families import ESSEX, LEEDS, referred
from tests.conftest import Actors, Clock
from tests.jobs.line import Line
from tests.life.scene import HANDS

PLAN: dict[str, Any] = {name: value for name, value in HANDS.items() if name != "transfer_reason"}


def test_every_open_referral_is_offered_once_and_stays_until_the_other_side_has_accepted(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    first, second, third = (referred(casework, clock, actors.everyone) for _ in range(3))
    elsewhere = referred(casework, clock, actors.everyone, ESSEX)
    born = {"infant_dob": third.case.answers["infant_dob"], "first_referral": third.case.reference}
    baby = casework.open_case(LEEDS, "open_record", actors.everyone, born, kind="infant")
    casework.fire(baby.case_id, "raise_safeguarding", actors.everyone, {"concern": "x"}, seen=1)
    each = {second.case.reference: {"receiving_service": "Next town's team"}}

    planned = offer_every_transfer(casework, LEEDS, actors.everyone, PLAN, each, dry_run=True)
    assert not any(f.case.answers.get("transfer_offered_on") for f in (first, second, third))
    found = offer_every_transfer(casework, LEEDS, actors.everyone, PLAN, each)
    assert found == planned
    assert [one.reference for one in found] == [f.case.reference for f in (third, first, second)]
    assert [one.concern for one in found] == [True, False, False]
    assert second.case.answers["receiving_service"] == "Next town's team"
    assert {f.case.answers["transfer_reason"] for f in (first, second, third)} == {"service_closes"}
    assert "transfer_offered_on" not in elsewhere.case.answers
    assert len(casework.worklist(Asked(clock.today, service=LEEDS))) == 3

    again = offer_every_transfer(casework, LEEDS, actors.everyone, PLAN, each)
    assert {one.refused for one in again} == {("transfer_pending",)}


def test_what_cannot_be_offered_costs_only_itself(casework: Casework, clock: Clock, actors: Actors) -> None:
    first, second = (referred(casework, clock, actors.everyone) for _ in range(2))
    each = {first.case.reference: {"shared_with_consent": "no"}}
    found = offer_every_transfer(casework, LEEDS, actors.everyone, PLAN, each)
    assert [one.refused for one in found] == [("basis_missing",), ()]
    assert "transfer_offered_on" in second.case.answers


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_command_line_plans_first_and_says_what_was_refused(
    casework: Casework, database_url: str, clock: Clock, actors: Actors, tmp_path: Path
) -> None:
    family = referred(casework, clock, actors.everyone)
    line = Line(database_url, tmp_path)
    ask = ("service", "hand-on", LEEDS, "--data", line.answers(**PLAN))
    assert line.document(*ask, "--dry-run")["dry_run"]
    assert "transfer_offered_on" not in family.case.answers
    (one,) = line.document(*ask)["referrals"]
    assert (one["reference"], one["refused"]) == (family.case.reference, [])
    assert line.document(*ask, exit_code=1)["referrals"][0]["refused"] == ["transfer_pending"]
