"""The lists that people choose from: words of the documents, open at their end, restricted where they must be."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date

import pytest

from workflows.factors import ANTENATAL, CONTRIBUTING, OBSERVATION_TOOLS, OBSERVED_BY, PRESENTATIONS, URGENCY
from workflows.indicators import ASKED_BY, INDICATORS, RISK_TAKING, Area, Indicator, Points, ToldBy, of_area
from workflows.interventions import CATALOGUE
from workflows.keypoints import KEY_POINTS, PROFORMA, unanswered
from workflows.nextsteps import NEXT_STEPS, Doer, steps
from workflows.signposting import DIRECTORY, RESOURCES, WHO_CAN_REFER, For, Life, Signpost, directory, resources
from workflows.staffing import AIMH_LEVELS, BANDS, DISCIPLINES, at_or_above
from workflows.terms import Coded, Term, by_code, lacking_words

TODAY = date(2026, 3, 2)
TERMS: dict[str, Mapping[str, Term]] = {
    "contributing factors": CONTRIBUTING,
    "antenatal factors": ANTENATAL,
    "presentations of the baby": PRESENTATIONS,
    "sources of urgency": URGENCY,
    "observation tools": OBSERVATION_TOOLS,
    "risk-taking": RISK_TAKING,
    "disciplines": DISCIPLINES,
}
EVERY_LIST: tuple[Mapping[str, Coded], ...] = (
    *TERMS.values(), INDICATORS, ASKED_BY, OBSERVED_BY, KEY_POINTS, NEXT_STEPS, DIRECTORY, RESOURCES, WHO_CAN_REFER,
    AIMH_LEVELS,
)  # fmt: skip


@pytest.mark.parametrize("listed", EVERY_LIST, ids=lambda listed: next(iter(listed)))
def test_every_entry_has_a_source_and_is_kept_under_its_own_code(listed: Mapping[str, Coded]) -> None:
    assert listed
    assert all(entry.code == code for code, entry in listed.items())
    assert all(getattr(entry, "source", "") for entry in listed.values())


@pytest.mark.parametrize("name", TERMS)
def test_an_open_list_ends_in_an_entry_for_words_of_ones_own(name: str) -> None:
    *named, last = TERMS[name].values()
    assert last.own_words
    assert not any(term.own_words for term in named)
    assert lacking_words(TERMS[name], [last.code, named[0].code], "  ") == (last.code,)
    assert lacking_words(TERMS[name], [last.code], "in our words") == ()


def test_a_code_that_stands_twice_in_one_list_is_an_error() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        by_code((Term("a", "one", "page"), Term("a", "two", "page")))


@pytest.mark.parametrize("area", Area)
def test_each_focus_area_points_two_ways_at_least_and_is_open_at_its_end(area: Area) -> None:
    listed = of_area(area)
    away = Points.LOWER_LEVEL if area in (Area.RELATIONSHIP_NEED, Area.ANTENATAL) else Points.CONSULTATION
    assert of_area(area, Points.DIRECT_WORK)
    assert of_area(area, away)
    assert [one for one in listed if one.own_words] == [listed[-1]]
    assert listed[-1].points is Points.NEITHER


def test_no_indicator_carries_a_score() -> None:
    cells = [getattr(one, cell.name) for one in INDICATORS.values() for cell in fields(Indicator)]
    assert [cell for cell in cells if isinstance(cell, int | float) and not isinstance(cell, bool)] == []


def test_low_motivation_and_low_readiness_point_to_a_consultation_and_never_to_a_decline() -> None:
    assert {one.points for area in (Area.MOTIVATION, Area.READINESS) for one in of_area(area)} == {
        Points.DIRECT_WORK,
        Points.CONSULTATION,
        Points.NEITHER,
    }


def test_ambivalence_is_no_refusal_and_fear_of_loss_is_not_difficulty() -> None:
    assert INDICATORS["ambivalence_or_resistance"].points is Points.NEITHER
    assert INDICATORS["fears_losing_relationship"].points is Points.LOWER_LEVEL
    assert INDICATORS["observer_and_carer_differ"].points is Points.LOWER_LEVEL


def test_risk_is_managed_for_carer_and_baby_as_two_answers() -> None:
    assert {"risk_managed_for_carer", "risk_managed_for_infant"} <= {one.code for one in of_area(Area.READINESS)}


def test_the_carers_own_account_is_kept_apart_and_is_restricted() -> None:
    account = [INDICATORS[code] for code in ("not_bonded", "confusing_feelings", "worrying_thoughts")]
    assert all(one.restricted and one.told_by is ToldBy.CARER for one in account)
    assert INDICATORS["observer_discomfort"].told_by is ToldBy.PROFESSIONAL


def test_every_area_says_what_the_professional_can_do_and_what_the_service_offers_instead() -> None:
    assert all(steps(area, doer) for area in Area for doer in Doer)
    assert sum(len(steps(area, doer)) for area in Area for doer in Doer) == len(NEXT_STEPS)


def test_an_unsafe_relationship_drugs_and_how_a_pregnancy_began_are_restricted() -> None:
    restricted = {code for code, term in CONTRIBUTING.items() if term.restricted}
    assert restricted == {"unsafe_relationship", "drug_or_alcohol_misuse", "domestic_abuse"}
    assert all(term.restricted for term in ANTENATAL.values())


def test_the_loss_of_this_baby_is_no_factor() -> None:
    assert [code for code in (*CONTRIBUTING, *ANTENATAL) if "loss" in code] == ["earlier_loss", "earlier_baby_loss"]


def test_observations_of_the_catalogue_are_observation_tools_under_the_same_code() -> None:
    assert {code for code, one in CATALOGUE.items() if one.is_assessment_too} <= set(OBSERVATION_TOOLS)


def test_the_call_has_six_key_points_with_strengths_and_support_beside_them() -> None:
    assert len(KEY_POINTS) == 6
    assert list(PROFORMA)[6:] == ["strengths", "support_systems"]
    assert unanswered(dict.fromkeys(PROFORMA, "said")) == ()
    assert unanswered({"concerns": "said", "strengths": " "}) == tuple(PROFORMA)[1:]


def test_bands_rise_from_1_to_9_with_four_parts_of_band_8() -> None:
    assert [band for band in BANDS if at_or_above(band, "8a")] == ["8a", "8b", "8c", "8d", "9"]
    assert not at_or_above("7", "8a")
    with pytest.raises(ValueError, match="no such NHS band: 8e"):
        at_or_above("8e", "7")


def test_a_service_sees_the_common_directory_and_its_own_entries_in_their_place_on_their_days() -> None:
    visitor = replace(DIRECTORY["health_visitor"], service="essex", contact="a number", since=TODAY)
    named = {one.code: one.contact for one in directory(For.LOWER_NEED, "essex", TODAY, [visitor])}
    assert named["health_visitor"] == "a number"
    assert {"childrens_centre", "baby_groups", "parenting_course", "perinatal_pathway"} < set(named)
    for service, day in (("essex", date(2026, 3, 1)), ("leeds-imhs", TODAY)):
        found = {one.code: one.contact for one in directory(For.LOWER_NEED, service, day, [visitor])}
        assert found["health_visitor"] == ""


def test_an_entry_of_a_service_is_named_up_to_its_last_day() -> None:
    group = Signpost("tuesday_group", For.OTHER, "The Tuesday group", "the service", until=TODAY)
    assert directory(For.OTHER, "essex", TODAY, [group]) == (group,)
    assert directory(For.OTHER, "essex", date(2026, 3, 3), [group]) == ()


def test_urgent_help_of_leeds_is_named_in_leeds_only() -> None:
    assert {one.code for one in directory(For.URGENT_HELP, "leeds-imhs", TODAY)} == {
        "nhs_111", "mindmate", "mindwell_leeds"
    }  # fmt: skip
    assert [one.code for one in directory(For.URGENT_HELP, "essex", TODAY)] == ["nhs_111"]


def test_after_a_loss_only_what_the_service_entered_is_named() -> None:
    assert directory(For.BEREAVEMENT, "leeds-imhs", TODAY) == ()
    own = Signpost("midwife", For.BEREAVEMENT, "The bereavement midwife", "the service", service="leeds-imhs")
    assert directory(For.BEREAVEMENT, "leeds-imhs", TODAY, [own]) == (own,)
    assert directory(For.BEREAVEMENT, "essex", TODAY, [own]) == ()


def test_resources_are_listed_by_stage_and_those_for_any_stage_come_last() -> None:
    toddler = [one.code for one in resources(Life.TODDLER, "leeds-imhs")]
    assert toddler[0] == "my_toddler_and_me"
    assert toddler[1:] == [one.code for one in resources(Life.ANY, "leeds-imhs")]
    assert "my_toddler_and_me" not in [one.code for one in resources(Life.TODDLER, "essex")]


def test_a_family_is_told_which_three_professionals_can_refer_them() -> None:
    assert list(WHO_CAN_REFER) == ["midwife", "health_visitor", "cypmhs_practitioner"]
