"""A concern is raised by anyone from anywhere, is never refused and never paused, and a named person signs it off."""

from typing import Any

import pytest

from casework import LATEST, Actor, Asked, Casework, StepRefused
from tests.casework.families import LEEDS_TO_THE_END, Family, brought_to, referred
from tests.conftest import Actors, Clock
from tests.life.scene import HANDS, LOSS, expected, refused, twins
from tests.workflows.paths import after_steps, new_case
from tests.workflows.paths import refused as refused_at
from workflows import Chart, Figure, Role
from workflows.endings import ENDINGS, ChosenBy
from workflows.registry import CHARTS
from workflows.vocabulary import NEW

EVERY_CHART = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
NEITHER = ("undo_loss", "unmerge", "reopen")
FAMILY_CHOOSES = (
    "withdraw_consent",
    "move_away",
    "family_declines",
    "record_loss",
    "restrict",
)
HANDED_ON = ("transfer_accepted",)


def concerned(casework: Casework, clock: Clock, actors: Actors, *steps: str) -> Family:
    family = brought_to(referred(casework, clock, actors.everyone), *steps)
    family.does("raise_safeguarding", concern="A bruise", concern_about="The baby", immediate_danger="no")
    return family


@EVERY_CHART
@pytest.mark.parametrize("role", list(Role))
def test_everyone_with_a_login_raises_a_concern_from_every_state_with_nothing_or_with_words(
    chart: Chart, role: Role
) -> None:
    for row in (m for m in chart.moves if m.trigger == "raise_safeguarding"):
        assert row.who == tuple(Role)
        assert (row.needs, row.only_if) == ((), ())
        assert row.while_held
        assert not row.moves
    assert {m.source for m in chart.moves if m.trigger == "raise_safeguarding"} == set(chart.states)
    case = after_steps(new_case(chart), "receive_referral", "place_hold")
    assert not refused_at(case, "raise_safeguarding", by=Actor("somebody", [role]))


def test_a_concern_is_not_sent_back_because_somebody_else_was_first(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors.everyone)
    seen = family.version
    family.does("acknowledge")
    casework.fire(family.id, "raise_safeguarding", actors[Role.REFERRER], {"concern": "x"}, seen=seen)
    assert len(family.case.answers["concerns"]) == 1


def test_what_cannot_be_read_is_the_only_thing_that_is_sent_back(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors.everyone)
    with pytest.raises(StepRefused) as no:
        casework.fire(family.id, "raise_safeguarding", actors.everyone, {"concern_at": "soon"}, seen=LATEST)
    assert {reason.code for reason in no.value.reasons} == {"invalid_time"}
    casework.fire(family.id, "raise_safeguarding", actors[Role.FAMILY], {}, seen=LATEST)


def test_neither_a_hold_nor_an_ending_stops_the_clock_and_only_a_sign_off_clears_the_flag(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    casework.nights.enter("leeds-imhs", Figure("safeguarding_review", 7, "a letter", clock.today), by="the manager")
    family = concerned(casework, clock, actors, "pass_checks")
    family.does("place_hold")
    clock.advance(3)
    family.does("withdraw_consent")
    clock.advance(3)
    casework.nights.run(clock.today)
    assert not casework.flags(Asked(clock.today))
    clock.advance(1)
    casework.nights.run(clock.today)
    assert [flag.kind for flag in casework.flags(Asked(clock.today))] == ["safeguarding_open"]
    assert family.case.state == "consent_withdrawn"
    family.does("review_safeguarding", safeguarding_review="Seen at home")
    assert [flag.kind for flag in casework.flags(Asked(clock.today))] == ["safeguarding_open"]
    receipt = family.does("sign_off_safeguarding", by=actors[Role.SAFEGUARDING])
    assert receipt.cleared_flags == ("safeguarding_open",)
    assert family.case.answers["safeguarding_signed_on"] == clock.today


def test_a_concern_after_closing_is_open_and_reopening_leaves_it_so(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors.everyone)
    family.does("pass_checks")
    family.does("decline")
    family.does("raise_safeguarding", concern="x")
    assert family.case.clocks["safeguarding"].running
    clock.advance(2)
    family.does("reopen")
    assert family.case.clocks["safeguarding"].days(clock.today) == 2
    assert "concern_open" in refused(family, "decline")


@EVERY_CHART
def test_an_open_concern_blocks_every_ending_that_the_service_chooses_and_none_that_the_family_chooses(
    chart: Chart,
) -> None:
    closing = [
        m for m in chart.moves if m.source != NEW and chart.states[m.to].closed and not chart.states[m.source].closed
    ]
    assert {m.trigger for m in closing} >= {"decline", "discharge", "close_disengaged", "record_loss"}
    for m in closing:
        guards = {guard.__name__ for guard in m.only_if}
        if m.trigger in FAMILY_CHOOSES:
            assert not {"no_open_concern", "no_open_concern_unless_family_ends", "concern_handed_on"} & guards, (
                m.trigger
            )
        elif m.trigger in HANDED_ON:
            assert "concern_handed_on" in guards
        else:
            blocked_by = {"no_open_concern", "no_open_concern_unless_family_ends", "no_open_concern_here"}
            assert blocked_by & guards, (m.source, m.trigger)


def test_a_discharge_with_an_open_concern_waits_for_the_sign_off_unless_the_family_ends_the_work(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    at_the_end = LEEDS_TO_THE_END[:-1]
    family, other = (concerned(casework, clock, actors, *at_the_end) for _ in range(2))
    told = refused(family, "discharge")
    assert "sign_off_safeguarding" in told["concern_open"]
    family.does("sign_off_safeguarding")
    family.does("discharge")
    other.does("discharge", end_reason="family_ends")
    assert [f.case.state for f in (family, other)] == ["discharged", "discharged"]
    assert other.case.clocks["safeguarding"].running


def test_whose_choice_an_ending_is_stands_in_one_table() -> None:
    by_the_family = {code for (state, code), one in ENDINGS.items() if one.chosen_by is ChosenBy.FAMILY}
    assert {"family_ends", "declined", "consent_withdrawn", "moved_away"} <= by_the_family


@pytest.mark.parametrize(
    ("trigger", "data"),
    [("withdraw_consent", {}), ("move_away", {"transfer_offered": "no"}), ("record_loss", LOSS)],
)
def test_what_the_family_chooses_or_a_life_decides_is_not_refused_and_the_concern_stays_open(
    casework: Casework, clock: Clock, actors: Actors, trigger: str, data: dict[str, Any]
) -> None:
    family = concerned(casework, clock, actors)
    family.does(trigger, **data)
    assert not family.case.open
    assert family.case.clocks["safeguarding"].running
    assert len(family.case.answers["concerns"]) == 1


def test_a_transfer_hands_an_open_concern_on_in_writing(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = concerned(casework, clock, actors)
    family.does("offer_transfer", **HANDS)
    assert refused(family, "transfer_accepted").keys() == {"concern_not_handed_on"}
    family.does("transfer_accepted", handed_on_to="Their safeguarding lead, by letter")
    assert (family.case.state, family.case.clocks["safeguarding"].running) == ("transferred_out", True)


def test_several_concerns_are_closed_one_by_one_and_the_last_is_signed_off(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = concerned(casework, clock, actors)
    first = family.version
    clock.advance(1)
    family.does("raise_safeguarding", concern="Another")
    assert refused(family, "sign_off_safeguarding").keys() == {"several_concerns"}
    assert refused(family, "close_concern", concern_number=99).keys() == {"no_such_entry"}
    family.does("close_concern", concern_number=first)
    assert family.case.clocks["safeguarding"].days(clock.today) == 1
    assert refused(family, "close_concern", concern_number=first + 1).keys() == {"last_concern"}
    family.does("sign_off_safeguarding")
    assert "concerns" not in family.case.answers
    assert not family.case.clocks["safeguarding"].running
    nothing_open = ("sign_off_safeguarding", "close_concern", "review_safeguarding", "escalate_safeguarding")
    for trigger in nothing_open:
        assert "no_concern" in refused(family, trigger, concern_number=first)


def test_a_concern_is_shared_without_the_familys_agreement_only_on_a_basis_that_is_named(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = concerned(casework, clock, actors)
    assert refused(family, "escalate_safeguarding", shared_with_consent="no").keys() == {"basis_missing"}
    family.does("escalate_safeguarding", shared_with_consent="no", sharing_basis="Risk of significant harm")
    assert len(family.case.answers["escalations"]) == 1
    for role in Role:
        may = role in (Role.SAFEGUARDING, Role.LEAD)
        told = refused(family, "sign_off_safeguarding", by=Actor("somebody", [role]), signed_by=None)
        assert ("not_your_step" not in told) is may


def test_a_twin_split_off_from_a_referral_with_an_open_concern_has_it_too(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = expected(casework, clock, actors.everyone)
    family.does("raise_safeguarding", concern="x")
    clock.advance(4)
    second, _ = twins(casework, family, clock.today)
    assert second.clocks["safeguarding"].days(clock.today) == 4
