"""The three areas: dated, in words, as observed and as told, and never a score."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import LATEST, Casework
from casework.case import Attempt
from casework.ratings import age_of_ratings, side_by_side
from casework.replay import compare
from tests.casework.families import LEEDS as LEEDS_KEY
from tests.casework.families import form, referred
from tests.conftest import Actors, Clock
from tests.work.scene import led_to
from tests.workflows.paths import EVERYONE, TODAY, after_step, after_steps, new_case, refused
from tests.workflows.shipped import LEEDS
from workflows import Figure
from workflows.charts.states import OPEN
from workflows.fields.ratings import LEVELS
from workflows.indicators import INDICATORS, Area
from workflows.registry import CHARTS

FIRST = date(2026, 1, 5)
WAITING = ("receive_referral", "pass_checks", "accept_direct")


def rated(area: str, level: str, account: str = "observer", **more: Any) -> dict[str, Any]:
    return {"area": area, "level": level, "account": account, **more}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_an_area_can_be_rated_again_in_every_open_state_also_on_hold(chart: Any) -> None:
    rows = [move for move in chart.moves if move.trigger == "rate"]
    assert {move.source for move in rows} == set(OPEN)
    assert all(move.while_held and move.to == move.source for move in rows)
    held = after_steps(led_to(WAITING), "place_hold")
    assert refused(held, "rate") == {}


def test_what_was_observed_becomes_the_answer_and_what_the_carer_told_stands_beside_it() -> None:
    case = after_step(led_to(WAITING), "rate", **rated("motivation", "high"))
    case = after_step(case, "rate", **rated("motivation", "low", "carer", rating_words="I am so tired."))
    assert case.answers["motivation"] == "high"
    need, motivation, readiness = side_by_side(case.answers)
    assert motivation.observed is not None
    assert motivation.told is not None
    assert (motivation.observed["level"], motivation.told["level"], motivation.differ) == ("high", "low", True)
    assert not need.differ
    assert (readiness.observed, readiness.told, readiness.age(TODAY)) == (None, None, None)
    assert motivation.age(TODAY + timedelta(days=40)) == 40
    assert age_of_ratings(case.answers, TODAY + timedelta(days=40)) == 40


def test_the_carers_own_account_alone_makes_no_rating_young_again(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    family = referred(casework, clock, actors.everyone)
    came = clock.today
    clock.advance(30)
    family.does("rate", **rated("readiness", "high", "carer"))
    assert family.case.answers["rated_on"] == came
    assert family.case.answers["readiness"] == "adequate"
    family.does("rate", **rated("readiness", "low"))
    assert (family.case.answers["rated_on"], family.case.answers["readiness"]) == (clock.today, "low")


@pytest.mark.parametrize("area", LEVELS)
@pytest.mark.parametrize("level", ["low", "moderate", "adequate", "high"])
def test_an_area_is_rated_in_its_own_words(area: str, level: str) -> None:
    reasons = refused(led_to(WAITING), "rate", **rated(area, level))
    assert set(reasons) == (set() if level in LEVELS[area] else {"level_of_another_area"})


def test_indicators_are_those_of_the_area_or_of_a_pregnancy_and_other_needs_words() -> None:
    case = led_to(WAITING)
    for one in INDICATORS.values():
        for area in LEVELS:
            given_with = rated(area, "low", indicators=[one.code], rating_words="In words.")
            fits = one.area in (area, Area.ANTENATAL)
            assert set(refused(case, "rate", **given_with)) == (set() if fits else {"indicator_of_another_area"})
    wordless = rated("motivation", "low", indicators=["motivation_other"])
    assert refused(case, "rate", **wordless)["words_missing"].fields == ("rating_words",)


def test_nothing_in_a_rating_is_a_number() -> None:
    (row,) = (move for move in LEEDS.moves if (move.source, move.trigger) == ("waiting", "rate"))
    asked = [f for one in (*row.needs, *row.takes) for f in (one, *one.of)]
    assert {f.kind.value for f in asked} <= {"code", "codes", "words", "line", "list"}


# Ratings that age


@pytest.mark.parametrize(("days", "stale"), [(55, False), (56, True), (90, True)])
def test_a_clinician_is_not_allocated_on_ratings_older_than_the_service_allows(
    casework: Casework, clock: Clock, actors: Actors, days: int, stale: bool
) -> None:
    family = referred(casework, clock, actors.everyone)
    casework.nights.enter(LEEDS_KEY, Figure("rating_stale", 56, "the lead's letter", clock.today), by="the lead")
    for step in ("pass_checks", "accept_direct"):
        family.does(step)
    clock.advance(days)
    options = {o.trigger: o for o in casework.options(family.id, actors.everyone)}
    assert options["allocate"].allowed is not stale
    if stale:
        reasons = options["allocate"].reasons
        assert [reason.code for reason in reasons] == ["rating_stale"]
        accepted = {"staleness_accepted": "yes", "staleness_reason": "Seen last week by her health visitor."}
        tried = {"clinician": "A. Clinician"} | accepted
        assert (
            casework.fire(family.id, "allocate", actors.everyone, tried, seen=LATEST, dry_run=True).state == "allocated"
        )
        family.does("rate", **rated("readiness", "adequate"))
    assert family.does("allocate").state == "allocated"


def test_ratings_do_not_age_where_no_service_has_said_so() -> None:
    case = led_to(WAITING)
    late = datetime.combine(TODAY + timedelta(days=900), time(12), UTC)
    assert case.fire(Attempt("allocate", EVERYONE, late, {"clinician": "A. Clinician"})).to == "allocated"


# Any order, any day


RATED = st.tuples(
    st.sampled_from(list(LEVELS)), st.sampled_from(("observer", "carer")), st.integers(0, 2), st.integers(0, 30)
)


@given(st.lists(RATED, max_size=12))
def test_the_latest_observation_stands_however_late_another_is_recorded(
    ratings: list[tuple[str, str, int, int]],
) -> None:
    blank: dict[str, Any] = dict.fromkeys(LEVELS)
    case, events = new_case(LEEDS), []
    now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    plain: dict[str, tuple[int, int, str]] = {}
    first = {name: value for name, value in (form(FIRST) | blank).items() if value is not None}
    steps: list[tuple[str, int, dict[str, Any]]] = [("receive_referral", 0, first)]
    steps += [("rate", day, rated(area, LEVELS[area][n], account)) for area, account, n, day in ratings]
    for number, (trigger, day, data) in enumerate(steps):
        events.append(case.fire(Attempt(trigger, EVERYONE, now, data, FIRST + timedelta(days=day))))
        case.apply(events[-1])
        if data.get("account") == "observer":
            plain[data["area"]] = max(plain.get(data["area"], (-1, -1, "")), (day, number, data["level"]))
    assert {name: case.answers[name] for name in LEVELS if name in case.answers} == {a: p[2] for a, p in plain.items()}
    latest = max((p[0] for p in plain.values()), default=None)
    assert case.answers.get("rated_on") == (None if latest is None else FIRST + timedelta(days=latest))
    assert [e["level"] for e in case.answers.get("ratings", [])] == [LEVELS[a][n] for a, _, n, _ in ratings]
    assert compare(case, events) == ()
