"""What waits to happen ends with the referral, is not brought back by a reopening, and stays in the history."""

from datetime import timedelta
from typing import Any

import pytest

from casework import Casework
from casework.case import Case
from tests.casework.families import Family
from tests.conftest import Clock
from tests.life.scene import HANDS, LOSS
from tests.meetings.scene import DECLINED, Scene
from workflows import Chart
from workflows.charts.states import CLOSED
from workflows.fields.letters import INVITES, LETTER_KIND
from workflows.registry import CHARTS
from workflows.vocabulary import NEW

ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
OF_AN_OFFER = {"receiving_service", "receiving_contact", "transfer_reason", "transfer_offered_on"}
ENDS: dict[str, dict[str, Any]] = {
    "withdraw_consent": {"withdrawn_by": "The mother"},
    "move_away": {"transfer_offered": "no", "receiving_service": None},
    "void": {"void_reason": "duplicate", "surviving_reference": "R-1"},
    "restrict": {},
    "transfer_accepted": {},
    "record_loss": LOSS,
}
TELLS: dict[str, Any] = {"letter_kind": "ending", "letter_by": "post"}


def with_plans(scene: Scene, clock: Clock, family: Family) -> Family:
    """Something of each kind waits to happen."""
    family.does("book_appointment", appointment_on=clock.today + timedelta(days=7))
    family.does("offer_transfer", **HANDS)
    for kind in ("appointment", "plan", "outcome", "ending"):
        family.does("prepare_letter", letter_kind=kind, letter_to="referrer", letter_by="post")
    return family


def waits(case: Case) -> set[str]:
    letters = {entry["letter_kind"] for entry in case.answers.get("letters", ())}
    return letters | ({"appointments", *OF_AN_OFFER} & case.answers.keys())


@pytest.mark.parametrize("trigger", ENDS)
def test_no_ending_leaves_an_appointment_an_offer_or_an_invitation_behind(
    casework: Casework, clock: Clock, scene: Scene, trigger: str
) -> None:
    family = with_plans(scene, clock, scene.waiting())
    family.does(trigger, **ENDS[trigger])
    put_away = {"void", "restricted", "closed_loss"}
    letters = set() if family.case.state in put_away else {"outcome", "ending"}
    about = OF_AN_OFFER - {"transfer_offered_on"} if trigger == "transfer_accepted" else set()
    assert waits(family.case) == letters | about
    steps = [event.trigger for event in casework.history(family.id)]
    assert {"book_appointment", "offer_transfer"} < set(steps), "what was planned stays in the history"
    assert casework.replay(family.id)[1] == ()


@ONE
def test_a_reopening_does_not_bring_back_what_ended(casework: Casework, clock: Clock, scene: Scene) -> None:
    family = with_plans(scene, clock, scene.waiting())
    family.does("move_away", **ENDS["move_away"])
    family.does("reopen", consent_on=None)
    assert (family.case.state, waits(family.case)) == ("waiting", {"outcome"}), "nor does it tell of the ending"
    family.does("offer_transfer", **HANDS)
    family.does("record_loss", **LOSS)
    family.does("undo_loss", second_person="B. Second")
    assert (family.case.state, waits(family.case)) == ("waiting", set())
    assert casework.replay(family.id)[1] == ()


@ONE
def test_a_decline_and_a_discharge_end_what_waits_as_well(clock: Clock, scene: Scene) -> None:
    family = scene.before_the_group()
    family.does("offer_transfer", **HANDS)
    family.does("prepare_letter", letter_kind="information_request", letter_to="referrer", letter_by="post")
    family.does("decline", **DECLINED)
    assert waits(family.case) == set()


@ONE
def test_after_an_ending_goes_what_tells_of_it_and_nothing_that_invites(scene: Scene) -> None:
    family = scene.before_the_group()
    family.does("decline", **DECLINED)
    for kind in LETTER_KIND.choices:
        told = scene.refused(
            family.case.reference, "prepare_letter", **{**TELLS, "letter_kind": kind}, letter_to="referrer"
        )
        assert told.keys() == ({"after_the_ending"} if kind in INVITES else set()), kind


def test_to_a_family_that_withdrew_goes_only_the_letter_that_tells_of_the_ending(
    casework: Casework, scene: Scene
) -> None:
    family = scene.before_the_group()
    carer = scene.opens("carer", "open_record", carer_name="A Mother").reference
    family.does("link_records", infant=None, focus_carer=carer)
    to_her: dict[str, Any] = {"letter_to": "carer", "to_carer": carer, "letter_by": "post"}
    for kind in ("outcome", "ending"):
        family.does("prepare_letter", letter_kind=kind, **to_her)
    family.does("prepare_letter", letter_kind="outcome", letter_to="referrer", letter_by="post", copy_to=carer)
    family.does("prepare_letter", letter_kind="outcome", letter_to="referrer", letter_by="post")
    last = family.version
    family.does("withdraw_consent", withdrawn_by="The mother")
    assert [entry["number"] for entry in family.case.answers["letters"]] == [last]
    ref = family.case.reference
    for told in (
        {**to_her, "letter_kind": "other"},
        {**TELLS, "letter_kind": "other", "letter_to": "referrer", "copy_to": carer},
    ):
        assert scene.refused(ref, "prepare_letter", **told).keys() == {"after_the_ending"}
    scene.does(ref, "prepare_letter", **{**to_her, "letter_kind": "ending"})
    scene.does(ref, "send_letter", letter=family.case.answers["letters"][-1]["number"], reviewed_by="The Lead")
    assert casework.replay(family.id)[1] == ()


@ONE
def test_a_family_that_referred_itself_and_withdrew_is_the_family(casework: Casework, scene: Scene) -> None:
    family = scene.before_the_group()
    carer = scene.opens("carer", "open_record", carer_name="A Mother").reference
    family.does("link_records", infant=None, focus_carer=carer)
    scene.enters("self_referral", 1)
    family.does("add_information", referrer_role="family", infant_dob=None)
    ref = family.case.reference
    scene.does(ref, "withdraw_consent", withdrawn_by="The mother")
    told: dict[str, Any] = {"letter_kind": "outcome", "letter_to": "referrer", "letter_by": "post"}
    assert scene.refused(ref, "prepare_letter", **told).keys() == {"after_the_ending"}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_every_row_that_closes_ends_what_waits_and_what_is_put_aside_for_another_keeps_it(chart: Chart) -> None:
    for row in (m for m in chart.moves if m.source not in (NEW, *CLOSED) and m.to in CLOSED):
        ends = {"appointments", "transfer_offered_on"} <= set(row.forgets)
        assert ends is (row.trigger != "merge_into"), (row.source, row.trigger)
