"""What a plan and a session may not be: outside an age window, not offered, by somebody untrained, filmed unasked."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import Casework, StepRefused
from casework.case import Attempt, Case
from tests.casework.families import LEEDS as LEEDS_KEY
from tests.casework.families import answers_for, row
from tests.conftest import Actors, Clock
from tests.work.scene import TO_FORMULATION, TO_INTERVENTION, family_in, led_to, staff
from tests.workflows.paths import EVERYONE, TODAY, after_step, refused
from workflows import Facts, Figure
from workflows.beside import Alone, Known, RecordKind
from workflows.guards.work import deliverer_trained, plan_fits_age, session_fits_age
from workflows.interventions import CATALOGUE

COS_P, VIG, PIP = "circle_of_security_parenting", "video_interaction_guidance", "parent_infant_psychotherapy"
CODES = sorted(CATALOGUE)
RULES = led_to(("receive_referral",)).chart.rules


def months_later(born: date, months: int) -> date:
    """The birthday so many months on; where a month has no such day, its last."""
    year, month = divmod(born.year * 12 + born.month - 1 + months, 12)
    for day in range(born.day, 0, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError


def in_window(code: str, born: date | None, due: date | None, on: date) -> bool:
    """By the words of the catalogue: outside only where a document says an age, or that it is not for a pregnancy."""
    one = CATALOGUE[code]
    if born is None or born > on:
        return not (one.antenatal is False and (born or due))
    if one.age is None:
        return True
    if one.age.lower is not None and on < months_later(born, one.age.lower):
        return False
    if one.age.upper is None:
        return True
    last = months_later(born, one.age.upper)
    return on <= last if one.age.limit_day_is_in else on < last


BORN = st.one_of(st.none(), st.dates(date(2019, 1, 1), date(2027, 3, 31)))
EDGES = st.sampled_from([(m, d) for m in (0, 4, 36, 60, 72) for d in (-1, 0, 1)])


@given(
    code=st.sampled_from(CODES),
    born=BORN,
    due=BORN,
    edge=st.one_of(st.none(), EDGES),
    anywhere=st.dates(date(2020, 1, 1), date(2034, 1, 1)),
)
def test_the_age_window_of_a_plan_and_of_a_session_is_that_of_the_catalogue(
    code: str, born: date | None, due: date | None, edge: tuple[int, int] | None, anywhere: date
) -> None:
    on = months_later(born, edge[0]) + timedelta(days=edge[1]) if born and edge else anywhere
    known = {"infant_dob": born, "expected_due_date": due}
    recorded = {name: day for name, day in known.items() if day}
    planned = plan_fits_age(Facts(RULES, "formulation", on, recorded, {"interventions": [code]}))
    held = session_fits_age(Facts(RULES, "intervention", on, recorded, {"intervention": code}))
    fits = in_window(code, born, due, on)
    assert ((planned is None), (held is None)) == (fits, fits)
    if planned and held:
        assert (planned.code, planned.fields, held.fields) == (
            "outside_age_window", ("interventions",), ("intervention",),
        )  # fmt: skip
        paper = Facts(RULES, "intervention", on, recorded, {"intervention": code}, from_paper=True)
        assert session_fits_age(paper) is None


class OneColleague(Alone):
    def __init__(self, trained_in: list[str] | None) -> None:
        entries = [{"intervention": code, "trained_on": TODAY} for code in trained_in or ()]
        self._answers: dict[str, object] = {} if trained_in is None else {"trained_in": entries}

    def record(self, kind: RecordKind, reference: str) -> Known | None:
        there = kind is RecordKind.STAFF and reference == "S-1"
        return Known(kind, reference, "in_post", open=True, answers=self._answers) if there else None


@given(
    code=st.sampled_from(CODES),
    trained_in=st.one_of(st.none(), st.lists(st.sampled_from(CODES), max_size=5)),
    named=st.sampled_from(["S-1", "A. Clinician", None]),
    allocated=st.sampled_from(["S-1", "A. Clinician"]),
)
def test_who_is_trained_may_deliver_and_where_nothing_is_known_only_psychotherapy_is_refused(
    code: str, trained_in: list[str] | None, named: str | None, allocated: str
) -> None:
    data = {"intervention": code} | ({"delivered_by": named} if named else {})
    facts = Facts(RULES, "intervention", TODAY, {"clinician": allocated}, data, beside=OneColleague(trained_in))
    specialist = {
        PIP, "child_parent_psychotherapy", "infant_parent_psychotherapy", "dyadic_developmental_psychotherapy",
        "systemic_psychotherapy", "dyadic_art_psychotherapy", "individual_child_psychotherapy",
    }  # fmt: skip
    trained = trained_in if (named or allocated) == "S-1" else None
    may = code not in specialist if trained is None else code in trained
    refusal = deliverer_trained(facts)
    assert (refusal is None) is may
    assert refusal is None or (refusal.code, refusal.fields) == ("not_trained", ("delivered_by",))


# In words, and on both databases


def aged(months: int, days: int = 0) -> dict[str, Any]:
    born = TODAY - timedelta(days=1)
    while months_later(born, months) + timedelta(days=days) > TODAY:
        born -= timedelta(days=1)
    return {"infant_dob": born}


@pytest.mark.parametrize(("months", "days", "stands"), [(3, 0, False), (4, 0, True)])
def test_x4_7_circle_of_security_is_not_planned_at_three_months(months: int, days: int, stands: bool) -> None:
    case = led_to(TO_FORMULATION, **aged(months, days))
    reasons = refused(case, "offer_plan", interventions=[VIG, COS_P])
    assert set(reasons) == (set() if stands else {"outside_age_window"})
    if not stands:
        assert "from 4 months" in reasons["outside_age_window"].sentence
        assert "2026" in reasons["outside_age_window"].sentence


def test_the_refusal_of_a_plan_in_pregnancy_says_so() -> None:
    case = led_to(TO_FORMULATION, infant_dob=None, expected_due_date=TODAY + timedelta(days=60))
    sentence = refused(case, "offer_plan", interventions=[COS_P])["outside_age_window"].sentence
    assert "not for a pregnancy" in sentence
    assert refused(case, "offer_plan", interventions=[PIP]) == {}


def test_a_session_is_of_an_intervention_on_the_plan_and_within_its_planned_number() -> None:
    case = led_to(TO_INTERVENTION, **aged(10))
    assert set(refused(case, "record_session", intervention="theraplay")) == {"not_on_the_plan"}
    case.answers["interventions"] = [COS_P]
    for number, reasons in ((1, set()), (8, set()), (9, {"beyond_planned_sessions"})):
        assert set(refused(case, "record_session", intervention=COS_P, session_number=number)) == reasons


def test_an_intervention_of_the_services_own_is_planned_and_given_under_its_name() -> None:
    formulated = led_to(TO_INTERVENTION[:-2])
    own: dict[str, Any] = {"interventions": ["local_addition"]}
    assert refused(formulated, "offer_plan", **own)["words_missing"].fields == ("own_intervention",)
    agreed = after_step(
        after_step(formulated, "offer_plan", **own, own_intervention="Sing and Settle"), "family_agrees"
    )
    session: dict[str, Any] = {"intervention": "local_addition"}
    assert refused(agreed, "record_session", **session)["words_missing"].fields == ("own_intervention",)
    held = after_step(agreed, "record_session", **session, own_intervention="Sing and Settle")
    assert held.answers["contacts"][-1]["own_intervention"] == "Sing and Settle"


@pytest.mark.parametrize("name", ["VIG", "video interaction guidance (vig)", "Parent Infant Psychotherapy"])
def test_what_is_in_the_catalogue_is_not_planned_or_given_as_the_services_own_under_another_name(name: str) -> None:
    """It would be given by anybody, at any age, and be counted as something else."""
    formulated = led_to(TO_INTERVENTION[:-2])
    own: dict[str, Any] = {"interventions": ["local_addition"]}
    reason = refused(formulated, "offer_plan", **own, own_intervention=name)["in_the_catalogue"]
    assert reason.fields == ("own_intervention",)
    assert any(
        f"Choose {code} instead" in reason.sentence
        for code in ("video_interaction_guidance", "parent_infant_psychotherapy")
    )
    agreed = after_step(
        after_step(formulated, "offer_plan", **own, own_intervention="Sing and Settle"), "family_agrees"
    )
    again = refused(agreed, "record_session", intervention="local_addition", own_intervention=name)
    assert "in_the_catalogue" in again


def test_video_work_waits_for_consent_to_filming_and_ends_with_it() -> None:
    case = led_to(TO_INTERVENTION)
    assert refused(case, "record_session") == {}
    assert set(refused(case, "record_session", filmed="yes")) == {"filming_not_agreed"}
    assert set(refused(case, "record_session", intervention=VIG)) == {"filming_not_agreed"}
    case = said(case, "given")
    assert refused(case, "record_session", intervention=VIG) == {}
    assert set(refused(said(case, "withdrawn"), "record_session", intervention=VIG)) == {"filming_not_agreed"}


def said(case: Case, decision: str) -> Case:
    asked = {"consent_for": "filming", "consent_by": "The mother", "consent_standing": "parental_responsibility"}
    return after_step(case, "record_consent", consent_decision=decision, consent_said_on=TODAY, **asked)


def test_a_plan_holds_what_the_service_offers_on_that_day(casework: Casework, clock: Clock, actors: Actors) -> None:
    family = family_in(casework, clock, actors.everyone, TO_FORMULATION)
    for code, amount in ((VIG, 1), ("theraplay", 0)):
        casework.nights.enter(LEEDS_KEY, Figure(f"offers.{code}", amount, "the team", clock.today), by="the lead")
    with pytest.raises(StepRefused) as no:
        family.does("offer_plan", interventions=[VIG, "watch_me_play", "theraplay"])
    (reason,) = no.value.reasons
    assert (reason.code, "Watch Me Play, Theraplay" in reason.sentence) == ("not_offered", True)
    assert family.does("offer_plan", interventions=[VIG]).state == "plan_offered"


def test_psychotherapy_is_delivered_by_somebody_trained_in_it(casework: Casework, clock: Clock, actors: Actors) -> None:
    lead, on = actors.everyone, clock.today
    trained, other = staff(casework, lead, "T. Rained", PIP, on=on), staff(casework, lead, "O. Ther", VIG, on=on)
    family = family_in(casework, clock, lead, TO_FORMULATION)
    family.does("offer_plan", interventions=[PIP])
    family.does("family_agrees")
    session: dict[str, Any] = {"intervention": PIP, "session_number": 1}
    with pytest.raises(StepRefused) as no:
        family.does("record_session", **session, delivered_by=other)
    assert [reason.code for reason in no.value.reasons] == ["not_trained"]
    with pytest.raises(StepRefused) as nobody:
        family.does("record_session", **session)
    assert [reason.code for reason in nobody.value.reasons] == ["not_trained"], "of whom nothing is known"
    family.does("record_session", **session, delivered_by=trained)
    family.does("change_clinician", clinician=other)
    with pytest.raises(StepRefused) as no:
        family.does("record_session", **session)
    assert [reason.code for reason in no.value.reasons] == ["not_trained"]
    assert [e["delivered_by"] for e in family.case.answers["contacts"] if "delivered_by" in e] == [trained]
    assert casework.replay(family.id)[1] == ()


def test_what_paper_does_not_hold_stops_no_step_that_is_read_from_it() -> None:
    case = led_to(TO_FORMULATION)
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for trigger in ("offer_plan", "family_agrees", "record_session", "begin_ending"):
        whole = answers_for(row(case.chart, case.state, trigger), TODAY)
        given_on_paper = {name: whole[name] for name in ("intervention",) if name in whole}
        event = case.fire(Attempt(trigger, EVERYONE, now, given_on_paper, TODAY, imported=True))
        case.apply(event)
    assert case.state == "ending"
