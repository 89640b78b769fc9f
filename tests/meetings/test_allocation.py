"""Who takes a family on: room, training posts, people who leave, and the last place of a clinician."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import LATEST, Actor, Casework, CaseworkError
from casework.team import team
from tests.casework.families import LEEDS, VOICE, brought_to
from tests.conftest import Actors, Clock
from tests.meetings.scene import DECLINED, Scene
from tests.persistence.processes import Rendezvous, together
from tests.persistence.rivals import clinic_at
from workflows import Figure, Role
from workflows.guards.staff import places

ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@ONE
def test_a_clinician_is_a_name_or_a_staff_record_whose_reference_it_is(scene: Scene) -> None:
    by_name, by_record = scene.waiting(), scene.waiting()
    by_name.does("allocate", clinician="Robin")
    by_record.does("allocate", clinician=scene.staff("clin-01"))
    assert [member.holds for member in team(scene.casework, LEEDS).members] == [1]


@ONE
def test_a_full_clinician_takes_no_more_unless_a_reason_is_given(scene: Scene) -> None:
    first, second, third = scene.waiting(), scene.waiting(), scene.waiting()
    scene.staff("clin-01", wte_percent=60)
    first.does("allocate", clinician="clin-01")
    scene.enters("caseload_per_wte", 3)  # 1.8 of a referral is room for one
    no = scene.refused(scene.reference(second), "allocate", clinician="clin-01")
    assert no.keys() == {"clinician_full"}
    assert "holds 1 referral, and has room for 1" in no["clinician_full"].sentence
    scene.does(scene.reference(second), "allocate", clinician="clin-01", override_reason="She knows the family.")
    scene.does("clin-01", "change_post", wte_percent=100)
    third.does("allocate", clinician="clin-01")


@ONE
def test_where_capacity_counts_hours_have_to_be_known(scene: Scene) -> None:
    family = scene.waiting()
    scene.enters("caseload_per_wte", 10)
    assert scene.refused(scene.reference(family), "allocate", clinician="Robin").keys() == {"capacity_unknown"}
    scene.opens("staff", "appoint", "clin-02", staff_name="Invented Two", discipline="midwife")
    scene.does("clin-02", "start_in_post")
    assert scene.refused(scene.reference(family), "allocate", clinician="clin-02").keys() == {"capacity_unknown"}
    scene.does(scene.reference(family), "allocate", clinician="Robin", override_reason="From the bank.")


@ONE
def test_a_trainee_takes_a_family_on_when_their_own_supervisor_signs_it_off(scene: Scene) -> None:
    family, other = scene.waiting(), scene.staff("clin-03")
    assert "supervisor_missing" in _refused_to_open(scene, trainee="yes")
    assert "unknown_record" in _refused_to_open(scene, trainee="yes", supervisor="S-nobody")
    supervisor = scene.staff("clin-01")
    trainee = scene.staff("clin-02", trainee="yes", supervisor=supervisor)
    ref = scene.reference(family)
    assert scene.refused(ref, "allocate", clinician=trainee).keys() == {"supervisor_missing"}
    wrong = scene.refused(ref, "allocate", clinician=trainee, signed_off_by=other)
    assert wrong.keys() == {"supervisor_missing"}
    assert scene.refused(supervisor, "leave").keys() == {"supervises_trainees"}
    scene.does(ref, "allocate", clinician=trainee, signed_off_by=supervisor)


def _refused_to_open(scene: Scene, **post: Any) -> str:
    with pytest.raises(CaseworkError) as refused:
        scene.staff("clin-99", **post)
    return str([reason.code for reason in getattr(refused.value, "reasons", [])])


def test_what_a_trainee_formulates_and_ends_is_signed_off_by_their_supervisor(scene: Scene) -> None:
    family = scene.waiting()
    ref, supervisor, other = scene.reference(family), scene.staff("clin-01"), scene.staff("clin-03")
    trainee = scene.staff("clin-02", trainee="yes", supervisor=supervisor)
    family.does("allocate", clinician=trainee, signed_off_by=supervisor)
    brought_to(family, "first_contact", "finish_assessment")
    for trigger in ("offer_plan", "signpost", "offer_consultation"):
        assert "supervisor_missing" in scene.refused(ref, trigger, signed_off_by=other)
    family.does("offer_plan", signed_off_by=supervisor)
    brought_to(family, "family_agrees", "begin_ending")
    assert "supervisor_missing" in scene.refused(ref, "discharge")
    family.does("discharge", signed_off_by=supervisor, no_measures_because="The family would rather not.")
    assert scene.casework.replay(family.id)[1] == ()


def test_a_trainee_who_decides_for_the_group_is_signed_off_and_a_supervisor_signs_by_doing_it(scene: Scene) -> None:
    taken, declined = scene.before_the_group(), scene.before_the_group()
    supervisor = scene.staff("clin-01", account="Ada Senior")
    trainee = scene.staff("clin-02", trainee="yes", supervisor=supervisor, account="Bea Junior")
    bea, ada = Actor("bea  junior", Role), Actor("Ada Senior", Role)
    accept: dict[str, Any] = {"rmg_on": scene.clock.today, "reason": "It is clear.", **VOICE}
    decline = {"rmg_on": scene.clock.today, **DECLINED}
    assert scene.refused(scene.reference(taken), "accept_direct", by=bea, **accept).keys() == {"supervisor_missing"}
    assert scene.refused(scene.reference(declined), "decline", by=bea, **decline).keys() == {"supervisor_missing"}
    told = {one.trigger: one for one in scene.casework.options(scene.reference(taken), bea)}
    assert "supervisor_missing" in {reason.code for reason in told["accept_direct"].reasons}
    scene.does(scene.reference(declined), "decline", by=bea, signed_off_by=supervisor, **decline)
    taken.does("accept_direct", by=ada, **accept)
    taken.does("allocate", clinician=trainee, signed_off_by=supervisor)
    brought_to(taken, "first_contact", "finish_assessment")
    taken.does("offer_plan", by=ada)


@ONE
def test_two_people_do_not_sign_in_by_one_name(scene: Scene) -> None:
    scene.staff("clin-01", account="Ada Senior")
    assert "account_taken" in _refused_to_open(scene, account="ada senior")
    scene.does("clin-01", "change_post", account="Ada Senior", band="7")


@ONE
def test_whoever_leaves_hands_every_family_on_first_and_takes_none_afterwards(scene: Scene) -> None:
    family, later = scene.waiting(), scene.waiting()
    ref = scene.reference(family)
    scene.staff("clin-01"), scene.staff("clin-02")
    scene.does(ref, "allocate", clinician="clin-01")
    no = scene.refused("clin-01", "leave")
    assert ref in no["holds_referrals"].sentence
    scene.does(ref, "change_clinician", clinician="clin-02", reason="She moves on.")
    scene.does("clin-01", "leave")
    assert scene.refused(scene.reference(later), "allocate", clinician="clin-01").keys() == {"clinician_left"}
    scene.opens("staff", "appoint", "clin-03", staff_name="Invented Three", discipline="midwife")
    not_yet = scene.refused(scene.reference(later), "allocate", clinician="clin-03")
    assert not_yet.keys() == {"clinician_not_in_post"}
    conflict = scene.refused(scene.reference(later), "allocate", clinician="clin-02", conflicted="yes")
    assert conflict.keys() == {"clinician_conflicted"}


def test_another_clinician_at_work_changes_no_clock(clock: Clock, scene: Scene) -> None:
    family = brought_to(scene.waiting(), "allocate", "first_contact")
    clock.advance(9)
    before, first = family.case.clocks, family.case.answers["allocated_on"]
    family.does("change_clinician", clinician="Wren", reason="Sick leave.")
    assert family.case.clocks == before
    assert (family.case.answers["clinician"], family.case.answers["allocated_on"]) == ("Wren", first)


def test_a_reallocation_goes_on_counting_the_same_wait(clock: Clock, scene: Scene) -> None:
    family = scene.waiting()
    clock.advance(20)
    brought_to(family, "allocate", "unallocate")
    clock.advance(5)
    assert family.case.clocks["wait_to_allocation"].days(clock.today) == 25
    assert "clinician" not in family.case.answers


def allocates(meeting: Rendezvous, url: str, name: str, references: list[str]) -> list[str]:
    """A family to each clinician in turn; a rival gives the same clinician another family at the same moment."""
    clinic, actor = clinic_at(url), Actor(name, Role)
    clinic.case(references[0])
    told = []
    for number, reference in enumerate(references):
        meeting.wait()
        try:
            clinic.fire(reference, "allocate", actor, {"clinician": f"clin-{number:02}"}, seen=LATEST)
            told.append("won")
        except CaseworkError as problem:
            told.append(",".join(reason.code for reason in getattr(problem, "reasons", [])) or problem.code)
    return told


@pytest.mark.parametrize("rounds", [12, pytest.param(200, marks=pytest.mark.long)])
def test_of_two_who_give_away_the_last_place_of_a_clinician_at_once_one_is_refused(
    rounds: int, casework: Casework, database_url: str, scene: Scene
) -> None:
    mine, theirs = ([scene.reference(scene.waiting()) for _ in range(rounds)] for _ in range(2))
    for number in range(rounds):
        scene.staff(f"clin-{number:02}")
    scene.enters("caseload_per_wte", 1)
    told = together(allocates, (database_url, "Ada", mine), (database_url, "Bea", theirs))
    assert {frozenset(outcomes) for outcomes in zip(*told, strict=True)} == {frozenset({"won", "clinician_full"})}
    assert [member.holds for member in team(casework, LEEDS).members] == [1] * rounds


@given(per_wte=st.integers(0, 40), percent=st.integers(1, 100))
def test_room_is_whole_referrals_and_never_more_than_the_hours_allow(per_wte: int, percent: int) -> None:
    found = places(Figure("caseload_per_wte", per_wte, "the team"), {"wte_percent": percent})
    fitting = [n for n in range(per_wte + 1) if Fraction(n, per_wte) <= Fraction(percent, 100)] if per_wte else [0]
    assert found == max(fitting)


@ONE
def test_the_team_is_told_as_at_a_day_with_heads_and_hours_apart(clock: Clock, scene: Scene) -> None:
    first = clock.today
    scene.staff("clin-01", wte_percent=60, band="8a")
    scene.staff("clin-02", wte_percent=100, band="7")
    scene.staff("clin-03", wte_percent=50, trainee="yes", supervisor="clin-01")
    scene.does("clin-01", "record_training", intervention="video_interaction_guidance", trained_on=first)
    clock.advance(30)
    scene.does("clin-01", "change_post", wte_percent=80, band="8b")
    scene.does("clin-02", "leave")
    then, now = (team(scene.casework, LEEDS, on=day) for day in (first, clock.today))
    assert (then.headcount, then.wte_percent, then.by_band) == (2, 160, (("7", 1), ("8a", 1)))
    assert (now.headcount, now.wte_percent, now.at_8a_and_above) == (1, 80, 1)
    assert now.supervises == (("clin-01", 1),)
    assert now.members[0].trained_in == ("video_interaction_guidance",)
    assert team(scene.casework, LEEDS, on=first - timedelta(days=1)).members == ()


@ONE
def test_a_training_that_was_entered_in_error_is_struck_out_and_stays_in_the_history(
    clock: Clock, scene: Scene
) -> None:
    scene.staff("clin-01")
    training: dict[str, Any] = {"intervention": "video_interaction_guidance", "trained_on": clock.today}
    number = scene.does("clin-01", "record_training", **training).version
    scene.does("clin-01", "strike_training", training=number, reason="It was another person.")
    assert "trained_in" not in scene.casework.case("clin-01").answers
    assert "record_training" in [event.trigger for event in scene.casework.history("clin-01")]


@ONE
def test_only_managers_and_leads_decide_about_staff_and_allocation(actors: Actors, scene: Scene) -> None:
    scene.staff("clin-01")
    family = scene.waiting()
    no = scene.refused("clin-01", "change_post", by=actors[Role.CLINICIAN], band="9")
    assert no["not_your_step"].who == (Role.MANAGER, Role.LEAD)
    assert "not_your_step" in scene.refused(
        scene.reference(family), "allocate", by=actors[Role.CLINICIAN], clinician="clin-01"
    )
