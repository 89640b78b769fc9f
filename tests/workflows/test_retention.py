"""Until when a record is kept: the longest rule wins, and no day is said while one could come too early."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.figures import Measure, meaning_of
from workflows.retention import RULES, LifeOfRecord, retain_until

BORN, CLOSED = date(2026, 2, 28), date(2027, 6, 1)
RECORD = LifeOfRecord(BORN, CLOSED)
BOTH: dict[str, int | None] = {"retain_from_birth": 25, "retain_from_closing": 20}


def test_the_longer_rule_wins_and_is_named() -> None:
    kept = retain_until(RECORD, BOTH)
    assert (kept.day, kept.rule) == (date(2051, 2, 28), "retain_from_birth")
    assert kept.why == "25 years from the baby's birth."
    later = retain_until(RECORD, {**BOTH, "retain_from_closing": 30})
    assert (later.day, later.rule) == (date(2057, 6, 1), "retain_from_closing")


def test_a_rule_without_a_figure_is_off_and_without_any_there_is_no_day() -> None:
    none = retain_until(RECORD, {})
    assert (none.day, none.rule) == (None, "off")
    assert retain_until(RECORD, {"retain_from_birth": None, "retain_from_closing": None}) == none
    assert retain_until(RECORD, {"retain_from_closing": 1}).why == "1 year from the last closing."


@pytest.mark.parametrize(
    ("record", "rule"),
    [
        (replace(RECORD, closed_on=None), "open"),
        (replace(RECORD, open_concern=True), "safeguarding_open"),
        (replace(RECORD, open_concern=True, closed_on=None), "safeguarding_open"),
        (replace(RECORD, born=None), "birth_unknown"),
    ],
)
def test_an_open_case_an_open_concern_and_a_baby_not_recorded_as_born_have_no_day(
    record: LifeOfRecord, rule: str
) -> None:
    kept = retain_until(record, BOTH)
    assert (kept.day, kept.rule) == (None, rule)


def test_a_baby_lost_before_birth_is_kept_by_the_rules_that_can_be_counted() -> None:
    lost = LifeOfRecord(None, CLOSED, lost_on=date(2027, 5, 20))
    assert retain_until(lost, BOTH).rule == "retain_from_closing"
    assert retain_until(lost, {"retain_from_birth": 25}).rule == "off"


def test_a_baby_who_was_born_and_died_is_still_kept_from_birth() -> None:
    assert retain_until(replace(RECORD, lost_on=date(2026, 3, 1)), BOTH).day == date(2051, 2, 28)


def test_who_is_born_on_29_february_has_the_25th_birthday_on_1_march() -> None:
    born = replace(RECORD, born=date(2028, 2, 29))
    assert retain_until(born, {"retain_from_birth": 25}).day == date(2053, 3, 1)


def test_the_service_can_enter_the_years_of_each_rule() -> None:
    assert {meaning_of(rule.figure).unit for rule in RULES} == {Measure.YEARS}


DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
RECORDS = st.builds(LifeOfRecord, st.none() | DAYS, st.none() | DAYS, st.none() | DAYS, st.booleans())
YEARS = st.dictionaries(st.sampled_from([rule.figure for rule in RULES]), st.none() | st.integers(1, 100))


def anniversary(start: date, years: int) -> date:
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


def model(record: LifeOfRecord, years: dict[str, int | None]) -> tuple[date | None, set[str]]:
    """The day, and the answers that would be right for it: all the rules that reach it where several do."""
    if record.open_concern:
        return None, {"safeguarding_open"}
    if not record.closed_on:
        return None, {"open"}
    if not record.born and not record.lost_on:
        return None, {"birth_unknown"}
    reached = {}
    if record.born and years.get("retain_from_birth"):
        reached["retain_from_birth"] = anniversary(record.born, years["retain_from_birth"] or 0)
    if years.get("retain_from_closing"):
        reached["retain_from_closing"] = anniversary(record.closed_on, years["retain_from_closing"] or 0)
    if not reached:
        return None, {"off"}
    last = max(reached.values())
    return last, {name for name, day in reached.items() if day == last}


@given(RECORDS, YEARS)
def test_retention_agrees_with_a_plain_reading_of_the_rules(record: LifeOfRecord, years: dict[str, int | None]) -> None:
    kept = retain_until(record, years)
    day, right = model(record, years)
    assert kept.day == day
    assert kept.rule in right


@given(RECORDS, YEARS, st.sampled_from([rule.figure for rule in RULES]), st.integers(1, 100))
def test_another_rule_or_a_longer_one_never_makes_a_record_go_earlier(
    record: LifeOfRecord, years: dict[str, int | None], figure: str, more: int
) -> None:
    before = retain_until(record, years).day
    after = retain_until(record, {**years, figure: max(more, years.get(figure) or 0)}).day
    assert before is None or (after is not None and after >= before)
