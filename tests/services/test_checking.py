"""What does not fit together in a service is found: gaps to the day, and settings that contradict each other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.documents import SHIPPED, changed, chart
from tests.workflows.shipped import ESSEX, LEEDS
from workflows.figures import Figure
from workflows.offers import gaps, offered, offers_for, overlaps
from workflows.services.checking import CHECKS, findings
from workflows.settings import Offer

BORN, TODAY = date(2024, 3, 2), date(2026, 3, 2)
LEEDS_1 = SHIPPED / "leeds_v1.toml"


def test_a_child_of_two_and_a_half_in_leeds_fits_neither_offer_and_the_days_are_named() -> None:
    (gap,) = findings(LEEDS, BORN)
    assert gap.code == "offers_gap"
    assert gap.sentence == (
        "A child of 2 years and not yet of 3 years fits no offer. "
        "Born on 2 March 2024, that is from 2 March 2026 to 1 March 2027, 365 days."
    )
    on = {year: offers_for(LEEDS.rules.settings.offers, BORN, date(year, 9, 2)) for year in (2024, 2026, 2027)}
    assert [[offer.code for offer in on[year]] for year in on] == [["0-2"], [], ["3-5"]]


def test_nothing_is_found_in_a_service_that_fits() -> None:
    assert findings(ESSEX, TODAY) == ()
    assert findings(chart(changed()), TODAY) == ()


def window(code: str, start: int, end: int, *, last_day_is_in: bool = False, **other: Any) -> dict[str, Any]:
    return {
        "code": code, "name": code, "source": "a page", "from_months": start, "to_months": end,
        "last_day_is_in": last_day_is_in, **other,
    }  # fmt: skip


OVER_A = {"code": "over", "rule": "older_than", "offer": "a", "sentence": "Too old.", "source": "a page"}
TODDLERS = "understanding_your_toddler"
PLANTED: list[tuple[str, dict[str, Any], str]] = [
    ("offers_gap", {"offer": [window("a", 0, 12), window("b", 13, 24)]}, "of 1 year and not yet of 13 months"),
    ("offers_overlap", {"offer": [window("a", 0, 24, last_day_is_in=True), window("b", 24, 48)]}, "1 day."),
    ("intervention_outside_offers", {"offer": [window("a", 0, 24, interventions=[TODDLERS])]}, "Understanding Your T"),
    ("age_not_asked", {"criterion": None}, "no criterion asks"),
    (
        "criterion_below_offer",
        {"offer": [window("a", 0, 24), window("b", 24, 48)], "criterion": [OVER_A]},
        "refuses a child at 24 months",
    ),
    (
        "criterion_below_offer",
        {"offer": [window("a", 0, 9, this_pathway=False), window("b", 0, 8)], "criterion": [OVER_A]},
        "lets in a child up to 9 months",
    ),
    ("call_longer_than_day", {"contact": {"opens": 9, "closes": 10}, "call_minutes": {"midwife": 90}}, "90 minutes"),
    ("call_needed_but_offered", {"referral__needs": ["duty_call_on"]}, "not required here"),
    ("cadence_at_odds", {"figures__forum": {"days": 7, "source": "x"}}, "2 times a week, and every 7 days"),
    ("plan_for_nobody", {"families": {"looked_after": "no", "plan_before_work": True}}, "are not taken"),
    ("before_birth_at_odds", {"referral__antenatal": False}, "before the birth"),
    ("call_without_hours", {"referral__duty_call": "required"}, "when the line is open"),
    ("call_without_minutes", {"referral__duty_call": "required"}, "has no length"),
    ("rejects_nothing", {"referral__incomplete_form": "reject", "referral__needs": []}, "sent back"),
    (
        "wait_backwards",
        {"figures": {"wait_first": {"days": 85, "source": "x"}, "wait_over": {"days": 56, "source": "x"}}},
        "begins at day 85",
    ),
    (
        "watched_beyond_age",
        {
            "offer": [window("a", 0, 5)],
            "figures": {"watch": {"months": 3, "source": "x"}, "wait_over": {"days": 85, "source": "x"}},
        },
        "3 months of watching and a wait of 85 days",
    ),
    ("nobody_to_ask", {"referral__ask_instead": None}, "nobody is named"),
    ("consultation_behind_no_call", {"consultation": {"needs": ["duty_call"]}}, "duty call"),
    ("needed_and_warned", {"referral__warns": ["consent_on"]}, "consent_on"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change", "words"), PLANTED, ids=[code for code, _, _ in PLANTED])
def test_each_contradiction_is_found_where_it_is_planted(code: str, change: dict[str, Any], words: str) -> None:
    found = [finding for finding in findings(chart(changed(**change)), TODAY) if finding.code == code]
    assert found
    assert words in found[0].sentence
    assert found[0].where
    assert found[0].do.endswith(".")


def test_what_a_service_has_entered_counts_from_its_day() -> None:
    switched = (
        Figure("duty_call_required", 1, "a decision", date(2026, 6, 1)),
        Figure("self_referral", 1, "a decision", date(2026, 6, 1)),
        Figure("priority", 1, "a decision", date(2026, 6, 1)),
        Figure("closed", 1, "a decision", date(2026, 6, 1)),
        Figure("offers.understanding_your_toddler", 1, "a decision", date(2026, 6, 1)),
    )
    essex = [{f.code for f in findings(ESSEX, day, switched)} for day in (date(2026, 5, 31), date(2026, 6, 1))]
    assert essex == [
        set(),
        {
            "call_without_hours",
            "call_without_minutes",
            "switch_without_step",
            "intervention_outside_offers",
            "closed_for_nobody",
        },
    ]
    nobody = chart(changed(referral__ask_instead=None))
    told = [{f.code for f in findings(nobody, day, switched[1:2])} for day in (date(2026, 5, 31), date(2026, 6, 1))]
    assert told == [{"nobody_to_ask"}, set()]


def test_every_check_has_a_planted_contradiction_here() -> None:
    by_the_reader, by_switches = {"answer_never_asked"}, {"switch_without_step", "closed_for_nobody"}
    beside = {"quorum_beyond_team", "version_backwards"}
    assert CHECKS.keys() == {code for code, _, _ in PLANTED} | by_the_reader | by_switches | beside


def test_a_quorum_that_the_team_cannot_reach_is_found_where_no_other_service_sits_in_the_meeting() -> None:
    nine = (Figure("quorum", 9, "a decision", TODAY),)
    assert [f.code for f in findings(ESSEX, TODAY, nine, in_post=8)] == ["quorum_beyond_team"]
    assert findings(ESSEX, TODAY, nine, in_post=9) == findings(ESSEX, TODAY, nine) == ()
    assert findings(chart(changed()), TODAY, nine, in_post=8) == ()


@pytest.mark.parametrize(
    ("day", "codes"), [(date(2026, 6, 1), []), (date(2026, 1, 1), ["version_backwards"]), (None, ["version_backwards"])]
)
def test_a_version_that_would_change_what_was_is_found(day: date | None, codes: list[str]) -> None:
    first = chart(changed(service__in_force_from=date(2026, 1, 1)))
    second = chart(changed(service__version=2, service__in_force_from=day))
    assert [f.code for f in findings(second, TODAY, before=(first,))] == codes


def test_an_answer_that_no_step_asks_is_found_in_a_pathway_that_was_not_read_from_a_document() -> None:
    one = replace(LEEDS.rules, settings=replace(LEEDS.rules.settings, warned=("shoe_size",)))
    found = [f for f in findings(replace(LEEDS, rules=one), BORN) if f.code == "answer_never_asked"]
    assert "shoe_size" in found[0].sentence


# Random windows against a calendar that is walked day by day.

BIRTHDAYS = st.dates(date(2020, 1, 1), date(2024, 12, 31))
WINDOWS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 24), st.booleans()), min_size=1, max_size=4)


def as_offers(windows: list[tuple[int, int, bool]]) -> tuple[Offer, ...]:
    return tuple(
        Offer(f"o{n}", f"o{n}", start, start + length, last_day_is_in=is_in, source="a page")
        for n, (start, length, is_in) in enumerate(windows)
    )


def birthday(born: date, months: int) -> date:
    """By hand: the same day of a later month; where that month has no such day, the first of the next."""
    year, month = born.year + (born.month - 1 + months) // 12, (born.month - 1 + months) % 12 + 1
    try:
        return born.replace(year=year, month=month)
    except ValueError:
        return date(year + month // 12, month % 12 + 1, 1)


def fitting(windows: list[tuple[int, int, bool]], born: date, day: date) -> list[int]:
    def fits(start: int, length: int, is_in: bool) -> bool:
        last = birthday(born, start + length)
        return birthday(born, start) <= day and (day <= last if is_in else day < last)

    return [n for n, one in enumerate(windows) if fits(*one)]


def walked(windows: list[tuple[int, int, bool]], born: date) -> Iterator[tuple[date, list[int]]]:
    first = min(birthday(born, start) for start, _, _ in windows)
    last = max(birthday(born, start + length) for start, length, _ in windows)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = [(day, fitting(windows, born, day)) for day in days]
    while found and not found[-1][1]:  # the last birthday, where it is out
        found.pop()
    yield from found


@given(WINDOWS, BIRTHDAYS)
@settings(max_examples=60)
def test_the_gaps_are_those_that_a_calendar_shows_day_by_day(windows: list[tuple[int, int, bool]], born: date) -> None:
    runs = [(empty, list(days)) for empty, days in groupby(walked(windows, born), key=lambda one: not one[1])]
    expected = [(days[0][0], days[-1][0]) for empty, days in runs if empty]
    assert [gap.days_of(born) for gap in gaps(as_offers(windows))] == expected


@given(WINDOWS, BIRTHDAYS)
@settings(max_examples=60)
def test_the_overlaps_are_those_that_a_calendar_shows_day_by_day(
    windows: list[tuple[int, int, bool]], born: date
) -> None:
    shared: dict[tuple[str, ...], list[date]] = {}
    for day, found in walked(windows, born):
        for a in found:
            for b in (n for n in found if n > a):
                shared.setdefault((f"o{a}", f"o{b}"), []).append(day)
    expected = {pair: (days[0], days[-1]) for pair, days in shared.items()}
    assert {tuple(sorted(both.offers)): both.days_of(born) for both in overlaps(as_offers(windows))} == expected


@given(WINDOWS, BIRTHDAYS, st.integers(-10, 2000))
def test_a_child_fits_the_offers_of_its_age(windows: list[tuple[int, int, bool]], born: date, days: int) -> None:
    day = born + timedelta(days=days)
    assert [o.code for o in offers_for(as_offers(windows), born, day)] == [f"o{n}" for n in fitting(windows, born, day)]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([0, 1, None]), st.integers(0, 5)), max_size=6))
def test_interventions_are_on_offer_as_their_switches_say(entered: list[tuple[str, int | None, int]]) -> None:
    figures = [Figure(f"offers.{code}", amount, "a letter", TODAY + timedelta(days=n)) for code, amount, n in entered]
    for day in range(7):
        said: dict[str, int | None] = {}
        for code, amount, n in sorted(entered, key=lambda one: one[2]):
            if n <= day:
                said[code] = amount
        on = [code for code in "abcd" if said.get(code) == 1]
        expected = on or [code for code in "abcd" if said.get(code) is None]
        assert list(offered(figures, "abcd", TODAY + timedelta(days=day))) == expected
