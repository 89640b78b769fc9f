"""The duty line: a message, a slot, the call, and what becomes of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import LATEST, Actor, Casework, StepRefused
from casework.case import Attempt, Case
from casework.figures import figures_with
from casework.flagging import due
from casework.replay import compare
from casework.spans import opening_on
from tests.casework.families import ESSEX as ESSEX_KEY
from tests.casework.families import LEEDS as LEEDS_KEY
from tests.casework.families import answers_for, form, row
from tests.conftest import Actors, Clock
from tests.time.almanac import BANK_HOLIDAYS
from tests.workflows.paths import EVERYONE, TODAY, after_step, after_steps, new_case, refused
from tests.workflows.shipped import ESSEX, LEEDS
from workflows import Figure, Role

LONDON = ZoneInfo("Europe/London")
MESSAGE = {"left_at": "10:15", "call_back_number": "0113 496 0000", "urgent": "no"}
SATURDAY, MONDAY, TUESDAY = date(2026, 3, 7), date(2026, 3, 9), date(2026, 3, 10)
MAUNDY_THURSDAY, AFTER_EASTER = date(2026, 4, 2), date(2026, 4, 7)


def codes(refusal: StepRefused) -> set[str]:
    return {reason.code for reason in refusal.reasons}


# The message, and the clock that waits for the door to open


@pytest.mark.parametrize(
    ("day", "left_at", "counts_from"),
    [
        (MONDAY, "08:59", MONDAY),
        (MONDAY, "09:00", MONDAY),
        (MONDAY, "16:59", MONDAY),
        (MONDAY, "17:00", TUESDAY),
        (SATURDAY, "22:10", MONDAY),
        (MAUNDY_THURSDAY, "17:30", AFTER_EASTER),
    ],
)
def test_a_message_left_while_the_line_is_closed_counts_from_the_next_opening(
    casework: Casework, clock: Clock, actors: Actors, day: date, left_at: str, counts_from: date
) -> None:
    clock.set(day, 23)
    opened = casework.open_case(LEEDS_KEY, "log_voicemail", actors[Role.ADMINISTRATOR], MESSAGE | {"left_at": left_at})
    assert (opened.state, casework.case(opened.case_id).clocks["call_back"].counts_from) == (
        "call_back_due",
        counts_from,
    )
    assert casework.replay(opened.case_id)[1] == ()


def test_a_service_that_publishes_no_hours_counts_from_the_next_working_day() -> None:
    heard = in_essex(SATURDAY, "22:10")
    assert heard.clocks["call_back"].counts_from == MONDAY
    assert in_essex(MONDAY, "22:10").clocks["call_back"].counts_from == MONDAY


def in_essex(day: date, left_at: str) -> Case:
    case = Case(new_case(ESSEX).id, ESSEX, "R-1")
    case.apply(case.fire(attempt("log_voicemail", day, MESSAGE | {"left_at": left_at})))
    return case


def attempt(trigger: str, day: date, data: dict[str, Any]) -> Attempt:
    return Attempt(trigger, EVERYONE, datetime.combine(day, time(23, 30), LONDON).astimezone(UTC), data, day)


DAYS = st.dates(date(2024, 1, 1), date(2028, 11, 30))
HOURS = st.one_of(st.none(), st.tuples(st.integers(0, 12), st.integers(13, 24)))


def slow_opening(day: date, at: time, hours: tuple[int, int] | None) -> date:
    """Minute by minute, by a list of holidays of its own, until somebody would pick up."""
    opens, closes = hours or (0, 24)
    moment = datetime.combine(day, at)
    while moment.date() in BANK_HOLIDAYS or moment.isoweekday() > 5 or not opens <= moment.hour < closes:
        moment += timedelta(minutes=1)
    return moment.date()


@given(day=DAYS, at=st.times(), hours=HOURS)
def test_the_next_opening_is_the_one_that_a_person_would_find_who_waits_at_the_door(
    day: date, at: time, hours: tuple[int, int] | None
) -> None:
    at = at.replace(second=0, microsecond=0)
    assert opening_on(day, f"{at:%H:%M}", hours) == slow_opening(day, at, hours)


OPEN_AT = {
    hours: LEEDS if hours == (9, 17) else replace(LEEDS, rules=replace(LEEDS.rules, opening_hours=hours))
    for hours in (None, (9, 17), (0, 13), (8, 24))
}


@given(day=DAYS, at=st.times(), later=st.integers(0, 9), hours=st.sampled_from(list(OPEN_AT)))
def test_live_and_replay_agree_on_the_count_of_a_call_back(
    day: date, at: time, later: int, hours: tuple[int, int] | None
) -> None:
    case, events = Case(new_case(LEEDS).id, OPEN_AT[hours], "R-1"), []
    for trigger, on, data in (
        ("log_voicemail", day, MESSAGE | {"left_at": f"{at:%H:%M}"}),
        ("not_reached", day, {}),
        ("take_call", day + timedelta(days=later), {}),
    ):
        events.append(case.fire(attempt(trigger, on, data)))
        case.apply(events[-1])
    if hours == LEEDS.rules.opening_hours:  # the replay reads the chart that is registered under the name
        assert compare(case, events) == ()
    state = case.clocks["call_back"]
    assert state.counts_from == slow_opening(day, at, hours)
    assert state.days(day + timedelta(days=30)) == max((day + timedelta(days=later) - state.counts_from).days, 0)


def test_a_caller_who_waits_too_long_is_flagged_once_the_service_has_said_how_long(
    casework: Casework, clock: Clock, actors: Actors
) -> None:
    clock.set(SATURDAY, 20)
    heard = casework.open_case(LEEDS_KEY, "log_voicemail", actors[Role.DUTY], MESSAGE | {"left_at": "19:00"})
    clock.set(MONDAY + timedelta(days=5))
    casework.night()
    assert casework.flags() == []
    case = casework.case(heard.case_id)
    one_day = figures_with({LEEDS_KEY: (Figure("call_back", 1, "the duty rota"),)})
    assert [day for day in (MONDAY, TUESDAY) if "callback_due" in due(case, day, one_day)] == [TUESDAY]
    casework.nights.enter(LEEDS_KEY, Figure("call_back", 1, "the duty rota", clock.today), by="the lead")
    clock.advance(1)
    casework.night()
    assert [flag.kind for flag in casework.flags()] == ["callback_due"]
    receipt = casework.fire(heard.case_id, "take_call", actors[Role.DUTY], seen=LATEST)
    assert (receipt.state, receipt.cleared_flags) == ("duty_call", ("callback_due",))


def test_a_caller_who_was_rung_and_not_reached_waits_on_and_each_attempt_is_kept() -> None:
    heard = after_steps(new_case(LEEDS), "log_missed_call", "not_reached", "not_reached")
    assert [entry["number"] for entry in heard.answers["call_attempts"]] == [2, 3]
    assert heard.clocks["call_back"].running
    assert after_step(heard, "lapse").state == "lapsed"


def test_a_caller_who_misses_the_slot_is_to_be_called_back_again() -> None:
    booked = after_steps(new_case(LEEDS), "log_voicemail", "book_call")
    assert (booked.state, booked.clocks["call_back"].running) == ("call_booked", False)
    missed = after_step(booked, "caller_missed", why_not_reached="Her clinic ran over.")
    assert (missed.state, missed.clocks["call_back"].running) == ("call_back_due", True)
    (attempt,) = missed.answers["call_attempts"]
    assert attempt["why_not_reached"] == "Her clinic ran over."


def test_the_form_may_come_before_the_call_and_nobody_is_called_back_then() -> None:
    for before in (("log_voicemail",), ("log_voicemail", "book_call")):
        came = after_steps(new_case(LEEDS), *before, "receive_referral")
        assert (came.state, came.clocks["call_back"].running) == ("received", False)


# The slot


@pytest.mark.parametrize(
    ("role", "minutes", "stands"),
    [
        ("health_visitor", 45, True),
        ("health_visitor", 44, False),
        ("perinatal_mental_health", 30, True),
        ("perinatal_mental_health", 29, False),
        ("midwife", 60, True),
    ],
)
def test_a_slot_is_as_long_as_the_group_of_referrers_is_given(role: str, minutes: int, stands: bool) -> None:
    reasons = refused(new_case(LEEDS), "book_call", referrer_role=role, call_minutes_booked=minutes)
    assert set(reasons) == (set() if stands else {"slot_too_short"})
    assert refused(new_case(ESSEX), "book_call", referrer_role=role, call_minutes_booked=minutes) == {}


@pytest.mark.parametrize(("at", "open_then"), [("08:59", False), ("09:00", True), ("16:59", True), ("17:00", False)])
def test_a_call_is_booked_within_the_opening_hours(at: str, open_then: bool) -> None:
    assert ("outside_opening_hours" in refused(new_case(LEEDS), "book_call", call_at=at)) is not open_then
    assert refused(new_case(ESSEX), "book_call", call_at=at) == {}


def test_minutes_booked_and_minutes_used_are_both_kept() -> None:
    called = after_steps(new_case(LEEDS), "book_call", "take_call")
    indicated = after_step(called, "indicate_direct", call_minutes_used=38)
    assert (indicated.answers["call_minutes_booked"], indicated.answers["call_minutes_used"]) == (45, 38)


# The call


CALL = after_step(new_case(LEEDS), "take_call")
KEY_POINTS = tuple(
    f"call_{point}"
    for point in ("concerns", "availability", "context", "other_services", "universal_services", "strengths")
)


@pytest.mark.parametrize("point", KEY_POINTS)
@pytest.mark.parametrize("indication", ["indicate_direct", "indicate_consultation"])
def test_no_indication_before_every_key_point_and_the_strengths_are_told(point: str, indication: str) -> None:
    left_out: dict[str, Any] = {point: None}
    reasons = refused(CALL, indication, **left_out)
    assert reasons["answer_missing"].fields == (point,)
    told_before = after_step(new_case(LEEDS), "take_call", **{point: "Told at once."})
    assert refused(told_before, indication, **left_out) == {}


def test_no_indication_before_the_infant_was_thought_of() -> None:
    assert set(refused(CALL, "indicate_direct", infant_voice=None)) == {"infant_voice_missing"}
    assert refused(CALL, "indicate_direct", infant_voice=None, call_infant_telling="He turns to the light.") == {}
    unseen: dict[str, Any] = {"infant_voice": None, "infant_observed": "no"}
    assert set(refused(CALL, "indicate_direct", **unseen)) == {"reason_missing"}
    assert refused(CALL, "indicate_direct", **unseen, not_observed_because="Not born yet.") == {}


def test_three_texts_of_one_call_stay_three() -> None:
    words = {
        "summary": "What the practitioner made of it.",
        "referrer_words": "She looks away when he cries.",
        "carer_account": "I do not know what he wants.",
    }
    event = CALL.fire(attempt("indicate_direct", TODAY, told(CALL, "indicate_direct") | words))
    after = CALL.copy()
    after.apply(event)
    assert {name: event.data[name] for name in words} == words
    assert after.answers["referrer_words"] == words["referrer_words"]
    assert after.answers["carer_account"] == words["carer_account"]


def told(case: Case, trigger: str) -> dict[str, Any]:
    return answers_for(row(case.chart, case.state, trigger), TODAY)


HOUSING = (("housing", "The home is not safe"), ("isolation", "The carer is alone"))


def with_screen(*items: tuple[str, str]) -> Case:
    """A call of a service that has entered its own form."""
    settings = replace(LEEDS.rules.settings, screen=items)
    chart = replace(LEEDS, rules=replace(LEEDS.rules, settings=settings))
    return after_step(new_case(chart), "take_call")


@pytest.mark.parametrize(
    ("screen", "code"),
    [
        (None, "screen_incomplete"),
        ([{"item": "housing", "answer": "yes"}], "screen_incomplete"),
        ([{"item": "housing", "answer": "yes"}, {"item": "isolation", "answer": "not_known"}], None),
        ([{"item": "housing", "answer": "yes"}, {"item": "weather", "answer": "no"}], "screen_item_unknown"),
    ],
)
def test_the_screen_is_answered_item_by_item_and_has_no_total(screen: Any, code: str | None) -> None:
    reasons = refused(with_screen(*HOUSING), "indicate_direct", risk_screen=screen)
    assert set(reasons) == ({code} if code else set())


def test_a_service_without_a_form_of_its_own_has_no_items_to_answer() -> None:
    assert refused(CALL, "indicate_direct") == {}
    invented = [{"item": "weather", "answer": "yes"}]
    assert set(refused(CALL, "indicate_direct", risk_screen=invented)) == {"screen_item_unknown"}


def test_what_is_called_other_is_said_in_words() -> None:
    for name, other, words in (
        ("urgency_source", "urgency_other", "urgency_words"),
        ("contributing_factors", "contributing_other", "contributing_words"),
    ):
        chosen: dict[str, Any] = {name: [other]}
        assert refused(CALL, "indicate_direct", **chosen)["words_missing"].fields == (words,)
        assert refused(CALL, "indicate_direct", **chosen | {words: "The flat is damp."}) == {}


def test_not_eligible_is_an_indication_too() -> None:
    assert after_step(CALL, "signpost").answers["indication"] == "not_eligible"


# Advice, and watching


def test_advice_about_a_family_that_is_named_needs_its_consent_or_another_basis() -> None:
    named = after_step(new_case(LEEDS), "take_call", consent_on=None)
    assert set(refused(named, "give_advice")) == {"family_named_without_consent"}
    assert refused(named, "give_advice", lawful_basis="A risk to the child.") == {}
    assert refused(CALL, "give_advice") == {}
    nobody: dict[str, Any] = dict.fromkeys(form(TODAY))
    assert refused(after_step(new_case(LEEDS), "take_call", **nobody), "give_advice") == {}


def test_watching_advised_on_the_call_is_reviewed_and_not_for_high_need() -> None:
    assert set(refused(CALL, "advise_watching", relationship_need="high")) == {"need_too_high"}
    watched = after_step(CALL, "advise_watching", review_on=TODAY + timedelta(days=30))
    assert watched.state == "watch_advised"
    kinds = [due(watched, TODAY + timedelta(days=n), figures_with({})) for n in (29, 30)]
    assert [("watch_review_due" in kind) for kind in kinds] == [False, True]
    for way in (("receive_referral",), ("take_call", "indicate_direct"), ("give_advice",), ("advise_watching",)):
        later = after_steps(watched, *way)
        assert later.clocks["watch"].running is (way == ("advise_watching",))


# On both databases


def test_a_message_becomes_a_call_and_the_call_a_referral(casework: Casework, clock: Clock, actors: Actors) -> None:
    duty, office = actors[Role.DUTY], actors[Role.ADMINISTRATOR]
    heard = casework.open_case(LEEDS_KEY, "log_voicemail", office, MESSAGE | {"referrer_role": "midwife"})
    slot = {"call_on": TUESDAY, "call_at": "11:00", "call_minutes_booked": 30, "caller_prepared": "yes"}
    with pytest.raises(StepRefused) as no:
        casework.fire(heard.case_id, "book_call", office, slot, seen=LATEST)
    assert codes(no.value) == {"slot_too_short"}
    casework.fire(heard.case_id, "book_call", office, slot | {"call_minutes_booked": 45}, seen=LATEST)
    known = form(clock.today, duty_call_on=None, consent_on=None)
    casework.fire(heard.case_id, "take_call", duty, known, seen=LATEST)
    said = {"summary": "Talked over.", "call_infant_telling": "He turns away.", **dict.fromkeys(KEY_POINTS, "Told.")}
    receipt = casework.fire(heard.case_id, "indicate_direct", duty, said, seen=LATEST)
    assert receipt.state == "awaiting_referral"
    casework.fire(heard.case_id, "receive_referral", office, {"consent_on": clock.today}, seen=LATEST)
    case = casework.case(heard.case_id)
    assert (case.state, case.answers["call_strengths"], case.clocks["form_due"].running) == ("received", "Told.", False)
    assert case.gaps == ()
    assert casework.replay(heard.case_id)[1] == ()


def test_whoever_is_not_of_the_duty_line_logs_no_message(casework: Casework) -> None:
    with pytest.raises(StepRefused) as no:
        casework.open_case(ESSEX_KEY, "log_voicemail", Actor("a referrer", [Role.REFERRER]), MESSAGE)
    assert codes(no.value) == {"not_your_step"}
