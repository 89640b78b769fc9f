"""What the morning digest counts, and the document that a program reads."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.reports.digest import (
    WaitingRow,
    beyond,
    by_owner,
    document,
    figure_words,
    longest_wait,
    median_wait,
    urgent_first,
    weeks_or_days,
)
from tests.casework.reports.mornings import BUSY, EMPTY, ESSEX, LACKING, NAMED, WAIT_8, WAIT_12

FLAG_KEYS = {
    "reference", "kind", "sentence", "severity", "owner", "stage", "raised_on", "days", "since", "cleared_because",
    "replaces", "quiet_until",
}  # fmt: skip
KEYS = {
    "format", "service", "service_name", "as_of", "before", "made_at", "run", "figures", "open_cases", "open_flags",
    "quarantined", "notes", "new", "worsened", "cleared", "still_open", "owners", "waiting", "weeks",
}  # fmt: skip


def rows(*days: int) -> tuple[WaitingRow, ...]:
    return tuple(WaitingRow(f"LEE-{n}", waited, waited, held=False) for n, waited in enumerate(days))


def test_what_is_open_is_new_worsened_and_still_open_and_not_what_cleared() -> None:
    assert len(BUSY.open_flags) == 3 + 1 + 20
    assert document(BUSY)["open_flags"] == 24


def test_owners_are_told_how_many_of_each_kind_and_severity_are_theirs() -> None:
    digest = replace(EMPTY, new=(WAIT_8, LACKING), worsened=(WAIT_12,), still_open=(WAIT_8,), cleared=(WAIT_12,))
    held = {owner.owner: [(k.kind, k.severity, k.count) for k in owner.kinds] for owner in by_owner(digest)}
    assert held == {
        "manager": [("wait_8_weeks", "amber", 2)],
        "administrator": [("missing_information", "amber", 1)],
        "clinical_lead": [("wait_over_12_weeks", "red", 1)],
    }
    assert [owner.count for owner in by_owner(digest)] == [2, 1, 1]


def test_an_owner_of_two_kinds_stands_once_with_the_red_one_first() -> None:
    digest = replace(EMPTY, new=(LACKING, LACKING, replace(WAIT_12, owner="administrator")))
    (owner,) = by_owner(digest)
    assert [(k.kind, k.count) for k in owner.kinds] == [("wait_over_12_weeks", 1), ("missing_information", 2)]


def test_flags_come_red_first_then_longest_then_by_reference_whatever_order_they_were_read_in() -> None:
    later, blue = replace(WAIT_8, reference="LEE-0001"), replace(WAIT_8, severity="blue", days=900)
    longer = replace(WAIT_8, reference="LEE-0099", days=60)
    expected = [WAIT_12, longer, later, WAIT_8, LACKING, blue]
    assert urgent_first([blue, LACKING, WAIT_8, longer, later, WAIT_12]) == expected
    assert urgent_first(reversed(expected)) == expected


@pytest.mark.parametrize(("days", "median"), [((5,), 5), ((1, 2, 90), 2), ((10, 40, 41, 90), 40), ((), None)])
def test_the_median_is_a_figure_that_somebody_has_waited(days: tuple[int, ...], median: int | None) -> None:
    assert median_wait(replace(EMPTY, waiting=rows(*days))) == median


def test_the_longest_wait_of_two_equals_is_the_first_by_reference() -> None:
    longest = longest_wait(replace(EMPTY, waiting=rows(7, 90, 90)))
    assert longest is not None
    assert (longest.reference, longest.days) == ("LEE-1", 90)
    assert longest_wait(EMPTY) is None


def test_day_56_is_at_8_weeks_day_84_is_not_over_12_and_day_85_is() -> None:
    assert beyond(replace(EMPTY, waiting=rows(55, 56, 84, 85))) == (3, 1)
    assert beyond(replace(EMPTY, waiting=rows(55, 56, 84, 85), figures=None)) == (0, 0)
    assert figure_words((56, 85)) == ("8 weeks", "12 weeks")


@pytest.mark.parametrize(("days", "words"), [(56, "8 weeks"), (7, "1 week"), (60, "60 days"), (1, "1 day")])
def test_a_figure_that_is_no_whole_week_is_said_in_days(days: int, words: str) -> None:
    assert weeks_or_days(days) == words


@pytest.mark.parametrize("digest", [BUSY, EMPTY, ESSEX], ids=["busy", "empty", "essex"])
def test_the_document_has_the_same_keys_each_day_and_comes_back_from_json_as_it_went(digest: Any) -> None:
    told = document(digest)
    assert set(told) == KEYS
    assert json.loads(json.dumps(told)) == told
    for name in ("new", "worsened", "cleared", "still_open"):
        assert all(set(flag) == FLAG_KEYS for flag in told[name])


def test_dates_are_iso_and_figures_are_days() -> None:
    told = document(BUSY)
    assert (told["as_of"], told["made_at"]) == ("2026-03-03", "2026-03-03T02:31:07+00:00")
    assert told["run"]["finished_at"] == "2026-03-03T02:30:41+00:00"
    assert told["figures"] == {"first": 56, "over": 85, "source": "Leeds guidance for perinatal colleagues"}
    assert told["worsened"][0]["since"] == "2025-12-08"
    assert told["weeks"][-1] == {"on": "2026-03-03", "waiting": 96, "over_first": 32, "over_last": 10}
    assert told["waiting"]["longest_days"] == 133
    assert told["waiting"]["held"] == sum(case["held"] for case in told["waiting"]["cases"]) == 11


def test_a_service_without_figures_says_none_and_not_nought() -> None:
    told = document(ESSEX)
    assert told["figures"] is None
    assert told["weeks"][0]["over_first"] is None


def test_a_name_is_in_the_document_only_where_it_was_asked_for() -> None:
    assert '"name"' not in json.dumps(document(BUSY))
    assert not BUSY.named
    assert document(NAMED)["new"][0]["name"] == "Rosalind Okafor"
    assert document(NAMED)["waiting"]["cases"][0]["name"] == "Family 0001"
    assert "name" not in document(NAMED)["worsened"][0]
    assert NAMED.named


def test_a_flag_s_wait_in_the_document_is_what_was_given() -> None:
    quiet = replace(LACKING, quiet_until=date(2026, 3, 17))
    told = document(replace(EMPTY, still_open=(quiet,)))["still_open"][0]
    assert (told["days"], told["since"], told["quiet_until"]) == (None, None, "2026-03-17")
