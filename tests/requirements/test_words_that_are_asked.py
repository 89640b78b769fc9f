"""Where the documents name what there is to choose from, it can be chosen, and it points where they say."""

from collections.abc import Collection, Mapping

import pytest

from tests.workflows.shipped import ESSEX, LEEDS
from workflows.beside import RecordKind
from workflows.factors import ANTENATAL, CONTRIBUTING, OBSERVATION_TOOLS, OBSERVED_BY, PRESENTATIONS
from workflows.fields.activities import ACTIVITIES, SECTOR, WHERE
from workflows.fields.calls import CONTRIBUTING_FACTORS
from workflows.fields.consultations import WORRIES
from workflows.fields.endings import PLACEMENT_OUTCOME
from workflows.fields.people import ETHNICITY, FAMILY_TYPE, NETWORK_ROLE, PERINATAL_CARE, PLACE
from workflows.fields.ratings import INDICATORS_SEEN, NEXT_STEPS_ADVISED
from workflows.fields.referral import CARER_RELATIONSHIP, INFANT_VOICE, REFERRER_ROLE, SETTING
from workflows.fields.staff import AIMH_LEVEL, BAND, DISCIPLINE
from workflows.fields.work import OBSERVATIONS, PRESENTS
from workflows.indicators import INDICATORS, Area, Points
from workflows.nextsteps import NEXT_STEPS, Doer
from workflows.records.charts import records_of
from workflows.vocabulary import Part

DIRECT, LOWER, CONSULT, NEITHER = Points.DIRECT_WORK, Points.LOWER_LEVEL, Points.CONSULTATION, Points.NEITHER


def lacking(named: Collection[str], there: Collection[str]) -> list[str]:
    return [name for name in named if name not in there]


def test_a_referrer_is_of_a_profession_that_the_documents_name() -> None:
    essex = ("gp", "health_visitor", "midwife", "paediatrician", "early_years", "perinatal_mental_health")
    others = ("third_sector", "other_professional", "family", "social_worker", "cypmhs_practitioner")
    assert lacking((*essex, *others), REFERRER_ROLE.choices) == []


def test_the_network_has_a_place_for_each_professional_that_the_documents_name() -> None:
    named = ("health_visitor", "midwife", "social_worker", "gp", "care_coordinator", "perinatal_clinician")
    assert lacking((*named, "referrer", "trusted_professional"), NETWORK_ROLE.choices) == []


def test_no_carer_is_the_default() -> None:
    assert (
        lacking(("mother", "father", "foster_carer", "step_parent", "adoptive_parent"), CARER_RELATIONSHIP.choices)
        == []
    )
    for chart in (LEEDS, ESSEX):
        rows = [row for of in (chart, *records_of(chart).values()) for row in of.moves]
        assert [
            row.trigger for row in rows if {"carer_relationship", "relationship"} & {n for n, _ in row.records}
        ] == []


def test_no_service_asks_for_the_shape_of_a_family_or_a_diagnosis() -> None:
    assert "same_sex_couple" in FAMILY_TYPE.choices
    for chart in (LEEDS, ESSEX):
        asked = {f.name for row in chart.moves for f in (*row.needs, *row.takes)}
        assert [name for name in asked if "diagnos" in name] == []
        assert not {"family_type", "adjustments", "ethnicity"} & {*chart.rules.required, *asked}


def test_the_form_asks_whatever_decides_whom_a_service_sees() -> None:
    named = {
        "relationship_at_risk", "primary_carer", "carer_relationship", "gp_in_area", "infant_gp_in_area",
        "lives_in_area", "infant_lives_in_area", "in_contact", "carer_unavailable", "learning_disability",
        "child_protection", "looked_after", "own_mental_health", "parenting_assessment", "infant_dob",
        "expected_due_date",
    }  # fmt: skip
    for chart in (LEEDS, ESSEX):
        for row in chart.moves:
            if row.trigger == "receive_referral":
                assert named <= {f.name for f in row.takes}


@pytest.mark.parametrize(
    ("area", "points"),
    [
        (
            Area.RELATIONSHIP_NEED,
            {
                "specific_concern": DIRECT, "misattunement": DIRECT, "cues_misread": DIRECT, "cues_dismissed": DIRECT,
                "negative_interaction": DIRECT, "lack_of_sensitivity": DIRECT, "observer_discomfort": DIRECT,
                "low_confidence": DIRECT, "unusual_anxiety": DIRECT, "disappointment": DIRECT,
                "unrealistic_expectations": DIRECT, "persistent_negative_thoughts": DIRECT, "avoids_baby": DIRECT,
                "no_wish_to_interact": DIRECT, "baby_seeks_others": DIRECT, "general_concern": LOWER,
                "low_confidence_only": LOWER, "typical_ambivalence": LOWER, "fleeting_disaffection": LOWER,
            },
        ),
        (
            Area.MOTIVATION,
            {
                "sees_difficulty": DIRECT, "willing": DIRECT, "stuck_but_intends": DIRECT,
                "asked_by_professionals": CONSULT, "thinking_not_aligned": CONSULT, "need_for_change_not_seen": CONSULT,
            },
        ),
        (
            Area.READINESS,
            {
                "capacity": DIRECT, "enough_stability": DIRECT, "distress_stabilised": DIRECT, "outer_support": DIRECT,
                "inner_support": DIRECT, "often_hyperaroused": CONSULT, "often_hypoaroused": CONSULT,
                "no_support_system": CONSULT, "infant_may_be_overlooked": CONSULT, "stability_oscillates": NEITHER,
            },
        ),
        (
            Area.ANTENATAL,
            {
                "strong_negative_feelings": DIRECT, "strong_physical_responses": DIRECT, "avoids_connecting": DIRECT,
                "little_thought_for_needs": DIRECT, "fears_losing_relationship": LOWER, "anxious_after_loss": LOWER,
                "fears_the_birth": LOWER,
            },
        ),
    ],
)  # fmt: skip
def test_an_indicator_points_where_the_guidance_says(area: Area, points: Mapping[str, Points]) -> None:
    assert {code: INDICATORS[code].points for code in points} == points
    assert {INDICATORS[code].area for code in points} == {area}
    assert lacking(points, INDICATORS_SEEN.choices) == []


def test_what_may_lie_behind_a_difficulty_is_what_the_documents_name() -> None:
    leeds = ("difficult_pregnancy", "traumatic_birth", "own_childhood", "earlier_loss", "carer_mental_health")
    essex = (
        "unsafe_relationship",
        "drug_or_alcohol_misuse",
        "premature_birth",
        "birth_complications",
        "neonatal_admission",
    )
    report = ("domestic_abuse", "poverty")
    pregnancy = (
        "unplanned_pregnancy", "conceived_through_trauma", "earlier_baby_loss", "foetal_development_at_risk",
        "earlier_birth_trauma", "fear_of_birth",
    )  # fmt: skip
    assert lacking((*leeds, *essex, *report), CONTRIBUTING) == []
    assert lacking(pregnancy, ANTENATAL) == []
    assert lacking((*CONTRIBUTING, *ANTENATAL), CONTRIBUTING_FACTORS.choices) == []


def test_how_it_shows_in_the_baby_is_what_the_report_names() -> None:
    named = ("withdrawal", "separation_anxiety", "feeding_difficulties", "sleeping_difficulties")
    assert lacking(named, PRESENTATIONS) == lacking(named, PRESENTS.choices) == []


def test_observation_tools_are_those_that_the_documents_name() -> None:
    named = (
        "early_attachment_observation", "leeds_early_attachment_observation", "lanarkshire_indicator_set",
        "voice_of_the_infant",
    )  # fmt: skip
    (tool,) = (f for f in OBSERVATIONS.of if f.name == "tool")
    (day,) = (f for f in OBSERVATIONS.of if f.name == "seen_on")
    assert lacking(named, OBSERVATION_TOOLS) == lacking(named, tool.choices) == []
    assert not day.optional, "an observation has its date"
    assert "early_attachment_observation" in OBSERVED_BY


def test_what_can_be_done_meanwhile_is_what_the_guidance_names() -> None:
    by_them = ("motivational_interviewing", "other_relationships", "stay_alongside", "link_with_universal_services")
    by_us = (
        "training", "need_consultation", "motivation_consultation", "readiness_consultation",
        "reflective_case_discussion",
    )  # fmt: skip
    assert {NEXT_STEPS[code].doer for code in by_them} == {Doer.PROFESSIONAL}
    assert {NEXT_STEPS[code].doer for code in by_us} == {Doer.SERVICE}
    assert "where possible and helpful" in NEXT_STEPS["reflective_case_discussion"].words
    assert lacking((*by_them, *by_us), NEXT_STEPS_ADVISED.choices) == []


def test_disciplines_bands_and_levels_of_staff_are_those_of_the_report() -> None:
    named = (
        "clinical_psychologist", "child_psychotherapist", "health_visitor", "social_worker", "midwife",
        "peer_supporter", "family_support_worker",
    )  # fmt: skip
    assert lacking(named, DISCIPLINE.choices) == []
    assert BAND.choices == ("1", "2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d", "9")
    assert AIMH_LEVEL.choices == ("2", "3")


def test_a_contact_takes_place_at_home_in_a_clinic_or_in_the_community() -> None:
    assert lacking(("home", "clinic", "community", "video", "ward"), SETTING.choices) == []


def test_the_question_on_the_infants_voice_asks_for_the_baby() -> None:
    assert INFANT_VOICE.label == "What the baby is telling us"
    assert INFANT_VOICE.part is Part.STEP, "it is asked afresh at each stage"


def test_indirect_work_is_of_the_kinds_that_the_documents_name() -> None:
    leeds = ("training", "reflective_case_discussion", "interface_meeting")
    report = (
        "reflective_supervision", "clinical_supervision", "whole_team_reflective_practice", "thinking_together",
        "joint_work", "pre_birth_panel", "core_group", "legal_gateway", "multi_agency_meeting", "steering_or_network",
        "strategic_advice", "outreach", "co_production", "light_touch_group", "light_touch_appointment", "peer_support",
    )  # fmt: skip
    assert lacking((*leeds, *report, "advice_call"), ACTIVITIES) == []
    assert lacking(("neonatal_unit", "family_hub", "community_group"), WHERE.choices) == []
    assert "voluntary_and_community" in SECTOR.choices
    assert lacking(("caregiver_infant_relationship", "infant_needs_not_met"), WORRIES.choices) == []


def asked_on(kind: RecordKind, *triggers: str) -> set[str]:
    return {
        f.name for row in records_of(LEEDS)[kind].moves if row.trigger in triggers for f in (*row.needs, *row.takes)
    }


def test_of_a_carer_is_asked_what_the_documents_name() -> None:
    named = {
        "family_type", "adjustments", "care_leaver", "open_to_social_work", "contact_through", "perinatal_care",
        "perinatal_pathways", "interpreter_needed",
    }  # fmt: skip
    assert asked_on(RecordKind.CARER, "record_circumstances") >= named
    assert {"with_it", "eligible_not_engaged", "not_eligible"} == set(PERINATAL_CARE.choices)
    held = {"relationship", "parental_responsibility", "lives_with", "contact_arrangements"}
    assert asked_on(RecordKind.INFANT, "link_carer") >= held
    assert {"ethnicity", "ethnicity_basis"} <= asked_on(RecordKind.CARER, "record_ethnicity")
    assert {"ethnicity", "ethnicity_basis"} <= asked_on(RecordKind.INFANT, "record_ethnicity")


def test_ethnic_categories_are_those_of_the_national_list() -> None:
    assert len(ETHNICITY.choices) == 17, "A to S of the NHS Data Dictionary, and Z: not stated"
    assert (
        lacking(
            ("white_british", "mixed_white_and_asian", "bangladeshi", "black_caribbean", "not_stated"),
            ETHNICITY.choices,
        )
        == []
    )


def test_of_a_post_is_asked_what_the_report_counts() -> None:
    named = {
        "band", "wte_percent", "aimh_level", "trainee", "supervisor", "placed_until", "sites", "also_works_for",
        "discipline",
    }  # fmt: skip
    assert asked_on(RecordKind.STAFF, "appoint") >= named
    assert asked_on(RecordKind.STAFF, "change_post") >= named


def test_where_a_baby_is_and_what_became_of_a_placement() -> None:
    assert lacking(("home", "neonatal_unit", "foster_care", "relatives", "adoptive_home"), PLACE.choices) == []
    assert lacking(("stayed_together", "reunited", "care_entry_averted", "separated"), PLACEMENT_OUTCOME.choices) == []
