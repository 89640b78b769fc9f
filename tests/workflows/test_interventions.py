"""The catalogue of interventions, held to the printed table and to what the report says of three of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.fields.referral import INTERVENTIONS
from workflows.interventions import (
    ANNEX_4_TEAMS,
    CATALOGUE,
    FIGURE_6_TEAMS,
    AgeWindow,
    Class,
    Delivery,
    Intervention,
    Training,
    With,
    attended_words,
    find,
    fits_age,
    may_deliver,
    percent,
)

# As printed: the name in Annex 4, the teams there, the per cent there, the teams of Figure 6.
PRINTED = (
    ("Video Interaction Guidance (VIG)", 36, 90, 38),
    ("Parent-Infant Psychotherapy", 29, 73, 31),
    ("Circle Of Security Parenting", 26, 65, 29),
    ("Watch Me Play", 20, 50, 22),
    ("Neonatal Behavioural Assessment Scale (NBAS) and Newborn Behavioural Observation (NBO)", 20, 50, 20),
    ("Watch, Wait and Wonder", 19, 48, 19),
    ("Other specialist formulation-led psychological interventions", 17, 43, 18),
    ("Child-Parent Psychotherapy", 13, 33, 13),
    ("Solihull Approach", 9, 23, 8),
    ("Incredible Years Baby & Toddler", 7, 18, 6),
    ("Video Interaction Positive Parenting – Sensitive Discipline (VIPP-SD)", 7, 18, 7),
    ("Therapeutic Baby Massage and Baby Yoga", 6, 15, 4),
    ("Compassion focused therapy", 4, 10, None),
    ("Mellow Babies", 4, 10, None),
    ("Five to Thrive", 3, 8, None),
    ("Infant-Parent Psychotherapy (IPP)", 2, 5, None),
    ("Dyadic Developmental Psychotherapy", 2, 5, None),
    ("EMDR", 2, 5, None),
    ("SUSI (Social-emotional Under 5s Screening & Intervention)", 2, 5, None),
    ("Systemic psychotherapy", 2, 5, None),
    ("Theraplay", 2, 5, None),
    ("Attachment Bio-behavioural Catch-Up (ABC)", 1, 3, None),
    ("Babies in Our Minds from Early Years", 1, 3, None),
    ("Baby Bonding", 1, 3, None),
    ("Child-Parent Relationship Therapy (CPRT)", 1, 3, None),
    ("CRM (Comprehensive Resource Model)", 1, 3, None),
    ("Dyadic Art Psychotherapy", 1, 3, None),
    ("Family-based therapy", 1, 3, None),
    ("GroBrain Baby", 1, 3, None),
    ("Individual Child Psychotherapy for Older Infants", 1, 3, None),
    ("Mellow Bumps", 1, 3, None),
    ("Parent-Infant Psycho-Education", 1, 3, None),
    ("PEEP Antenatal and Learning Together Programmes", 1, 3, None),
    ("Psychoanalytic Infant and Young Child Observation", 1, 3, None),
    ("Specialist OT interventions, e.g. BUSS (informed)", 1, 3, None),
    ("Systemic Thinking and Practice, CAT-informed, Parent-led CBT", 1, 3, None),
    ("Family Therapy", 1, 3, None),
)

COS_P, UYT = CATALOGUE["circle_of_security_parenting"], CATALOGUE["understanding_your_toddler"]
VIG, PSYCHOTHERAPY = CATALOGUE["video_interaction_guidance"], CATALOGUE["parent_infant_psychotherapy"]
TODAY = date(2026, 3, 2)
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def test_all_37_interventions_of_the_annex_are_found_by_their_printed_name_and_five_stand_beside_them() -> None:
    found = [find(name) for name, *_ in PRINTED]
    codes = [one.code for one in found if one]
    assert len(set(codes)) == len(PRINTED) == 37
    assert set(CATALOGUE) - set(codes) == {
        "understanding_your_toddler",
        "cognitive_analytic_therapy",
        "art_from_the_start",
        "peer_support_for_fathers",
        "local_addition",
    }


@pytest.mark.parametrize(("name", "annex", "per_cent", "figure"), PRINTED, ids=lambda cell: str(cell)[:30])
def test_both_published_counts_stand_and_give_the_printed_per_cent(
    name: str, annex: int, per_cent: int, figure: int | None
) -> None:
    entry = find(name)
    assert entry is not None
    assert (entry.annex_4, entry.figure_6) == (annex, figure)
    assert percent(annex, ANNEX_4_TEAMS) == per_cent


def test_the_report_rounds_a_half_up_where_the_built_in_rounding_would_print_20_rows_wrongly() -> None:
    exact = [(annex, per_cent) for _, annex, per_cent, _ in PRINTED if annex * 1000 / ANNEX_4_TEAMS % 10 == 5]
    assert len(exact) == 24
    assert sum(round(annex * 100 / ANNEX_4_TEAMS) != per_cent for annex, per_cent in exact) == 20
    assert percent(38, FIGURE_6_TEAMS) == 88


def test_the_codes_of_the_caseload_sheet_keep_their_spelling() -> None:
    assert set(INTERVENTIONS.choices) <= set(CATALOGUE)
    assert all(code == entry.code for code, entry in CATALOGUE.items())


@pytest.mark.parametrize(
    ("spelt", "code"),
    [
        ("VIG", "video_interaction_guidance"),
        ("video interaction guidance", "video_interaction_guidance"),
        ("cos-p", "circle_of_security_parenting"),
        ("COSP", "circle_of_security_parenting"),
        ("Circle of Security", "circle_of_security_parenting"),
        ("WWW", "watch_wait_and_wonder"),
        ("watch wait & wonder", "watch_wait_and_wonder"),
        ("NBO", "nbas_nbo"),
        ("NBAS / NBO", "nbas_nbo"),
        ("PIP", "parent_infant_psychotherapy"),
        ("UYT", "understanding_your_toddler"),
        (" E.M.D.R. ", "emdr"),
    ],
)
def test_an_intervention_is_found_as_clinicians_write_it(spelt: str, code: str) -> None:
    assert find(spelt) is CATALOGUE[code]


def test_what_is_in_no_catalogue_is_not_found_and_neither_is_a_blank() -> None:
    assert [find(text) for text in ("", " - ", "hypnosis", "Mellow")] == [None] * 4
    assert find("CPP") is None, "in this clinic that is a Child Protection Plan"


def test_no_name_or_alias_means_two_interventions() -> None:
    for entry in CATALOGUE.values():
        assert [find(text) for text in (entry.code, entry.name, *entry.aliases)] == [entry] * (2 + len(entry.aliases))


def test_classes_are_the_proposals_of_the_table_with_their_question_marks() -> None:
    assert COS_P.classes == (Class.MANUALISED, Class.GROUP)
    assert COS_P.unsure == ()
    mellow = CATALOGUE["mellow_babies"]
    assert mellow.unsure == (Class.GROUP,)
    assert mellow.class_words == "manualised, group (unconfirmed)"
    assert CATALOGUE["theraplay"].class_words == "unknown (unconfirmed)"
    assert CATALOGUE["peer_support_for_fathers"].classes == (Class.NOT_THERAPY,)


def test_screening_and_observation_count_as_assessments_as_well() -> None:
    assert [code for code, one in CATALOGUE.items() if one.is_assessment_too] == [
        "nbas_nbo",
        "susi",
        "infant_observation",
    ]


def test_what_the_report_says_of_three_interventions_is_kept() -> None:
    assert (COS_P.delivery, COS_P.planned_sessions, COS_P.participants) == (Delivery.GROUP, 8, (With.PARENT,))
    assert (VIG.filming, VIG.training, VIG.participants) == (True, Training.ANY_PROFESSION, (With.DYADIC,))
    assert (PSYCHOTHERAPY.training, PSYCHOTHERAPY.antenatal) == (Training.SPECIALIST, True)
    assert UYT.planned_sessions == 3


def test_only_what_a_document_says_is_said() -> None:
    assert {code for code, one in CATALOGUE.items() if one.age} == {COS_P.code, UYT.code, "susi"}
    assert {code for code, one in CATALOGUE.items() if one.planned_sessions} == {COS_P.code, UYT.code}
    assert {code for code, one in CATALOGUE.items() if one.antenatal} == {PSYCHOTHERAPY.code, "mellow_bumps", "peep"}
    assert {code for code, one in CATALOGUE.items() if one.filming} == {VIG.code, "vipp_sd"}
    assert all(one.source for one in CATALOGUE.values())


BORN = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("entry", "on", "fits"),
    [
        (COS_P, date(2026, 5, 30), False),
        (COS_P, date(2026, 5, 31), True),
        (COS_P, date(2032, 1, 31), True),
        (COS_P, date(2032, 2, 1), False),
        (UYT, date(2029, 1, 30), False),
        (UYT, date(2029, 1, 31), True),
        (UYT, date(2032, 1, 30), True),
        (UYT, date(2032, 1, 31), False),
        (CATALOGUE["susi"], BORN, True),
        (CATALOGUE["susi"], date(2031, 1, 31), False),
        (VIG, BORN, None),
    ],
)
def test_an_age_window_opens_and_closes_on_its_day(entry: Intervention, on: date, fits: bool | None) -> None:
    assert fits_age(entry, BORN, None, on) is fits


def test_a_baby_of_three_months_is_too_young_for_circle_of_security() -> None:
    assert fits_age(COS_P, date(2026, 1, 1), None, date(2026, 4, 1)) is False


def test_before_birth_the_catalogue_says_yes_no_or_nothing() -> None:
    due = TODAY + timedelta(days=60)
    assert fits_age(PSYCHOTHERAPY, None, due, TODAY) is True
    assert fits_age(COS_P, None, due, TODAY) is False
    assert fits_age(VIG, None, due, TODAY) is None
    assert fits_age(PSYCHOTHERAPY, due, None, TODAY) is True, "born later: still awaited on that day"
    assert fits_age(PSYCHOTHERAPY, None, None, TODAY) is None, "neither birth nor due date is known"


def birthday_model(born: date, months: int) -> date:
    """Walks month by month; on a day that the month does not have, the day after its last (29 February: 1 March)."""
    year, month = born.year, born.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    try:
        return date(year, month, born.day)
    except ValueError:
        return date(year, month + 1, 1)


@given(DAYS, DAYS, st.integers(0, 60), st.integers(1, 60), st.booleans())
def test_a_window_holds_exactly_from_its_first_to_its_last_day(
    born: date, on: date, lower: int, length: int, inside: bool
) -> None:
    window = AgeWindow(lower, lower + length, inside)
    first, limit = birthday_model(born, lower), birthday_model(born, lower + length)
    assert window.fits(born, on) == (first <= on and (on < limit or (inside and on == limit)))


def test_psychotherapy_needs_its_training_and_the_rest_needs_a_record_where_the_service_keeps_them() -> None:
    assert not may_deliver(PSYCHOTHERAPY, None)
    assert not may_deliver(PSYCHOTHERAPY, {VIG.code})
    assert may_deliver(PSYCHOTHERAPY, {PSYCHOTHERAPY.code})
    assert may_deliver(COS_P, None)
    assert not may_deliver(COS_P, set())
    assert may_deliver(COS_P, {COS_P.code})


def test_sessions_attended_are_read_out_of_those_planned() -> None:
    assert attended_words(COS_P, 5) == "5 of 8 sessions"
    assert attended_words(UYT, 1) == "1 of 3 sessions"
    assert (attended_words(VIG, 1), attended_words(VIG, 12)) == ("1 session", "12 sessions")


@given(st.integers(0, 200), st.integers(1, 200))
def test_a_percentage_is_the_nearest_whole_one_and_never_below_half(part: int, whole: int) -> None:
    shown = percent(part, whole)
    assert (2 * shown - 1) * whole <= 200 * part < (2 * shown + 1) * whole
