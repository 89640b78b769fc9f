"""The record of a baby, from pregnancy on, and the record of whoever holds the baby."""

from datetime import timedelta

import pytest

from casework import StepRefused
from tests.conftest import Actors
from tests.people.scene import Scene
from workflows import Role
from workflows.histories import last

ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_a_baby_has_a_record_before_birth_and_keeps_it_when_born(scene: Scene) -> None:
    infant = scene.unborn(infant_nhs_status="not_present_no_trace")
    born = scene.days_ago(0)
    scene.does(infant, "record_gp", gp_practice_code="B86038")
    scene.does(infant, "record_birth", infant_dob=born, infant_sex="female", gestation_weeks=34)
    record = scene.case(infant)
    assert (record.state, record.open) == ("born", True)
    assert record.answers["infant_dob"] == born
    assert "gp_checked_on" not in record.answers, "the GP is asked again after the birth"
    scene.does(infant, "record_gp", gp_practice_code="B86038")
    assert scene.of(infant, "gp_checked_on") == born


@ON_ONE
def test_a_record_needs_no_nhs_number_and_takes_no_dummy(scene: Scene) -> None:
    infant = scene.infant(infant_nhs_status="trace_required")
    assert scene.of(infant, "infant_nhs_number") is None
    for dummy in ("0000000000", "1234567890", "999 999 9999"):
        assert scene.refused(infant, "update_identity", infant_nhs_number=dummy) == {"invalid_nhs_number"}
    scene.does(infant, "update_identity", infant_nhs_number="9990000018", infant_nhs_status="present_verified")
    assert scene.of(infant, "infant_nhs_number") == "9990000018"


@ON_ONE
@pytest.mark.parametrize(
    ("number", "status", "fits"),
    [
        ("9990000018", "present_verified", True),
        ("9990000018", "trace_in_progress", True),
        ("9990000018", "not_present_no_trace", False),
        ("9990000018", "trace_postponed", False),
        (None, "present_verified", False),
        (None, "present_not_traced", False),
        (None, "trace_no_match", True),
        (None, "not_present_no_trace", True),
        (None, None, True),
    ],
)
def test_a_number_and_what_is_said_of_it_agree(
    scene: Scene, number: str | None, status: str | None, fits: bool
) -> None:
    given = {"infant_nhs_number": number, "infant_nhs_status": status}
    answers = {name: value for name, value in given.items() if value}
    born = {"infant_dob": scene.days_ago(7)}
    if fits:
        assert scene.infant(**born, **answers)
    else:
        with pytest.raises(StepRefused) as refused:
            scene.infant(**born, **answers)
        assert [reason.code for reason in refused.value.reasons] == ["number_status_disagrees"]


@ON_ONE
@pytest.mark.parametrize(("days", "fits"), [(0, True), (41, True), (42, False)])
def test_the_trace_of_a_number_is_postponed_in_the_first_six_weeks_only(scene: Scene, days: int, fits: bool) -> None:
    infant = scene.infant(infant_dob=scene.days_ago(days))
    if fits:
        scene.does(infant, "update_identity", infant_nhs_status="trace_postponed")
    else:
        assert scene.refused(infant, "update_identity", infant_nhs_status="trace_postponed") == {
            "number_status_disagrees"
        }


def test_the_record_that_a_referral_opened_is_the_only_one_it_opens(scene: Scene) -> None:
    referral = scene.referral()
    infant = scene.infant(first_referral=referral)
    with pytest.raises(StepRefused) as refused:
        scene.infant(first_referral=referral)
    assert [reason.code for reason in refused.value.reasons] == ["record_is_there"]
    assert scene.of(infant, "first_referral") == referral
    with pytest.raises(StepRefused) as unknown:
        scene.infant(first_referral="C-nothing")
    assert [reason.code for reason in unknown.value.reasons] == ["unknown_record"]


@ON_ONE
def test_the_second_of_one_baby_cannot_be(scene: Scene) -> None:
    assert scene.infant(babies_born=3, birth_order=3)
    with pytest.raises(StepRefused) as refused:
        scene.infant(babies_born=1, birth_order=2)
    assert [reason.code for reason in refused.value.reasons] == ["bad_birth_order"]


def test_a_child_protection_plan_has_a_start_and_an_end_and_may_begin_before_birth(scene: Scene) -> None:
    infant = scene.unborn()
    scene.clock.advance(10)
    assert scene.refused(infant, "end_protection_plan", until=scene.today) == {"not_on_a_plan"}
    scene.does(infant, "start_protection_plan", since=scene.days_ago(30))
    assert scene.refused(infant, "start_protection_plan", since=scene.today) == {"already_on_a_plan"}
    scene.does(infant, "record_birth", infant_dob=scene.today)
    assert scene.refused(infant, "end_protection_plan", until=scene.days_ago(31)) == {"out_of_order"}
    scene.does(infant, "end_protection_plan", until=scene.today)
    plans = scene.of(infant, "protection_plans")
    assert [(plan.get("since"), plan.get("until")) for plan in plans] == [
        (scene.days_ago(30), None),
        (None, scene.today),
    ]
    assert last(plans) is None


@ON_ONE
def test_where_a_baby_was_is_kept_place_by_place(scene: Scene) -> None:
    infant, foster = scene.infant(), scene.carer("Foster Carer")
    scene.does(infant, "record_location", place="neonatal_unit", since=scene.days_ago(100))
    scene.does(infant, "record_location", place="foster_care", since=scene.days_ago(20), with_carer=foster)
    assert scene.refused(infant, "record_location", place="home", since=scene.today, with_carer="P-nobody") == {
        "unknown_record"
    }
    places = scene.of(infant, "locations")
    assert [(entry["place"], entry["since"]) for entry in places] == [
        ("neonatal_unit", scene.days_ago(100)),
        ("foster_care", scene.days_ago(20)),
    ]
    assert places[-1]["with_carer"] == foster


@ON_ONE
def test_ethnicity_is_never_kept_without_saying_whether_it_was_estimated(scene: Scene) -> None:
    for record in (scene.infant(), scene.carer()):
        assert scene.refused(record, "record_ethnicity", ethnicity="pakistani") == {"answer_missing"}
        scene.does(record, "record_ethnicity", ethnicity="pakistani", ethnicity_basis="estimated")
        assert scene.of(record, "ethnicity_basis") == "estimated"


@ON_ONE
def test_what_a_carer_declines_to_say_is_not_what_nobody_asked(scene: Scene) -> None:
    carer = scene.carer()
    assert "family_type" not in scene.case(carer).answers
    declined = [{"name": "family_type", "shape": "declined"}, {"name": "care_leaver", "shape": "awaited"}]
    scene.does(carer, "record_circumstances", unanswered=declined)
    assert {entry["name"]: entry["shape"] for entry in scene.of(carer, "unanswered")} == {
        "family_type": "declined",
        "care_leaver": "awaited",
    }
    scene.does(carer, "record_circumstances", care_leaver="yes")
    assert [entry["name"] for entry in scene.of(carer, "unanswered")] == ["family_type"]


@ON_ONE
def test_where_the_entry_outside_stands_is_kept_with_whose_record_holds_it(scene: Scene) -> None:
    infant = scene.unborn()
    outside = {"record_system": "SystmOne", "written_there": "yes"}
    scene.does(infant, "record_outside_record", record_holder="mother", **outside)
    scene.does(infant, "record_birth", infant_dob=scene.today)
    scene.does(infant, "record_outside_record", record_holder="infant", **outside)
    assert [entry["record_holder"] for entry in scene.of(infant, "outside_records")] == ["mother", "infant"]


@ON_ONE
def test_an_entry_that_stands_elsewhere_than_the_service_writes_says_why(scene: Scene) -> None:
    """Leeds writes on the infant's record, or on the mother's before the birth."""
    infant = scene.infant()
    outside = {"record_system": "SystmOne", "written_there": "yes", "record_holder": "mother"}
    assert scene.refused(infant, "record_outside_record", **outside) == {"other_record_holder"}
    scene.does(infant, "record_outside_record", **outside, remark="Written before the birth, to be moved.")


@ON_ONE
def test_an_administrator_says_nothing_of_a_family_s_circumstances(scene: Scene, actors: Actors) -> None:
    infant = scene.infant()
    told = {"legal_status": "care_order", "since": scene.today}
    assert scene.refused(infant, "record_legal_status", by=actors[Role.ADMINISTRATOR], **told) == {"not_your_step"}
    scene.does(infant, "record_legal_status", by=actors[Role.CLINICIAN], **told)


def test_the_records_agree_with_their_events(scene: Scene) -> None:
    referral, infant, carer = scene.family()
    scene.does(infant, "start_protection_plan", since=scene.today - timedelta(days=3))
    scene.does(carer, "set_safe_contact", channel="post", safe="not_allowed")
    scene.does(carer, "add_contact_detail", channel="email", detail="somebody@example.org")
    scene.does(carer, "end_contact_detail", detail_entry=scene.of(carer, "contact_details")[0]["number"])
    for reference in (referral, infant, carer):
        assert scene.casework.replay(reference)[1] == ()
