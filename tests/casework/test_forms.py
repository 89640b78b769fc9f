"""Answers are checked as they come in: wrong ones are named all at once, right ones are kept to the letter."""

import json
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from casework import Casework
from casework.forms import SENTENCES, checked, schema
from tests.casework.families import LEEDS, answers_for, example
from tests.conftest import Actors
from workflows import Chart, Field, Kind, Move, Role
from workflows.beside import RecordKind
from workflows.registry import CHARTS

TODAY = date(2026, 3, 2)
EVERY_MOVE = tuple(dict.fromkeys(m for chart in CHARTS.values() for m in chart.moves))

DAY = Field("day", Kind.DATE, "Day")
AHEAD = Field("ahead", Kind.DATE, "Day ahead", ahead=30)
LINE = Field("line", Kind.LINE, "Line", longest=10)
WORDS = Field("words", Kind.WORDS, "Words", longest=20)
CODE = Field("code", Kind.CODE, "Code", choices=("low", "high"))
CODES = Field("codes", Kind.CODES, "Codes", choices=("one", "two"))
ASKED = Field("asked", Kind.YES_NO, "Asked?", choices=("yes", "no"))
NUMBER = Field("number", Kind.NHS_NUMBER, "NHS number")
COUNT = Field("count", Kind.NUMBER, "How many", least=1, most=5)
CLOCK = Field("clock", Kind.TIME, "At what time")
BABY = Field("baby", Kind.RECORD, "The baby's record", record=RecordKind.INFANT)
WHO = Field("who", Kind.CODE, "Who", choices=("baby", "mother"))
SINCE = Field("since", Kind.DATE, "Since when", optional=True)
THERE = Field("there", Kind.LIST, "Who was there", of=(WHO, SINCE), most=3)
STEP = Move(
    "a",
    "step",
    "a",
    (Role.LEAD,),
    takes=(DAY, AHEAD, LINE, WORDS, CODE, CODES, ASKED, NUMBER, COUNT, CLOCK, BABY, THERE),
)


def answer(name: str, value: object) -> tuple[Any, list[str]]:
    """What is kept of one answer, and the codes of what is wrong with it."""
    kept, refusals = checked(STEP, {name: value}, TODAY)
    assert all(refusal.sentence.endswith(".") and "{" not in refusal.sentence for refusal in refusals)
    return kept.get(name), [refusal.code for refusal in refusals]


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("day", "2026-03-02", TODAY),
        ("day", "02/03/2026", TODAY),
        ("day", TODAY, TODAY),
        ("ahead", "2026-04-01", date(2026, 4, 1)),
        ("line", " O'Testa ", "O'Testa"),
        ("line", "Zoë Ångström"[:10], "Zoë Ångstr"),
        ("line", "李雷", "李雷"),
        ("words", "  kept\r\n\tas is ", "  kept\r\n\tas is "),
        ("code", "low", "low"),
        ("codes", ["two", "one"], ["two", "one"]),
        ("asked", "yes", "yes"),
        ("number", "9990000018", "9990000018"),
        ("number", "999 000 0018", "9990000018"),
        ("number", "999-000-0018", "9990000018"),
        ("count", 5, 5),
        ("count", "3", 3),
        ("count", 2.0, 2),
        ("clock", "09:30", "09:30"),
        ("baby", "B-12", "B-12"),
        ("there", [{"who": "baby"}], [{"who": "baby"}]),
        ("there", [{"who": "baby", "since": "02/03/2026"}], [{"who": "baby", "since": TODAY}]),
        ("there", [{"who": "baby", "since": " "}, {"who": "mother"}], [{"who": "baby"}, {"who": "mother"}]),
    ],
)
def test_a_right_answer_is_kept(name: str, value: object, kept: object) -> None:
    assert answer(name, value) == (kept, [])


@pytest.mark.parametrize("name", [f.name for f in STEP.takes])
@pytest.mark.parametrize("blank", [None, "", "   ", "\n\t", "\N{NO-BREAK SPACE}", []])
def test_a_blank_answer_counts_as_not_given(name: str, blank: object) -> None:
    assert answer(name, blank) == (None, [])


WRONG: tuple[tuple[str, object, str], ...] = (
    ("other", "x", "unknown_field"),
    ("code", "LOW", "unknown_code"),
    ("code", 1, "unknown_code"),
    ("asked", True, "unknown_code"),
    ("codes", ["three"], "unknown_code"),
    ("codes", "one", "wrong_type"),
    ("codes", ["one", "two", "one"], "too_long"),
    ("day", "2026-02-30", "invalid_date"),
    ("day", "soon", "invalid_date"),
    ("day", 20260302, "wrong_type"),
    ("day", datetime(2026, 3, 2, tzinfo=UTC), "wrong_type"),
    ("day", "2026-03-03", "date_in_future"),
    ("ahead", "2026-04-02", "date_in_future"),
    ("number", "9990000019", "invalid_nhs_number"),
    ("number", "0000000000", "invalid_nhs_number"),
    ("number", "٩٩٩٠٠٠٠٠١٨", "invalid_nhs_number"),
    ("number", 9990000018, "wrong_type"),
    ("line", "a\nb", "control_characters"),
    ("line", "a\x00b", "control_characters"),
    ("line", "a\x85b", "control_characters"),
    ("words", "a\x00b", "control_characters"),
    ("words", "a\x1bb", "control_characters"),
    ("line", "a\ud800b", "invalid_text"),
    ("words", "a\udfffb", "invalid_text"),
    ("line", "12345678901", "too_long"),
    ("words", "a" * 21, "too_long"),
    ("line", 5, "wrong_type"),
    ("line", b"bytes", "wrong_type"),
    ("words", ["a"], "wrong_type"),
    ("words", {"a": "b"}, "wrong_type"),
    ("words", float("nan"), "wrong_type"),
    ("count", 0, "out_of_range"),
    ("count", 6, "out_of_range"),
    ("count", 2.5, "wrong_type"),
    ("count", True, "wrong_type"),
    ("count", "many", "wrong_type"),
    ("clock", "9:30", "invalid_time"),
    ("clock", "24:00", "invalid_time"),
    ("clock", 930, "wrong_type"),
    ("baby", "B 12", "invalid_reference"),
    ("baby", 12, "wrong_type"),
    ("there", [{"since": "2026-03-02"}], "entry_incomplete"),
    ("there", [{"who": "baby", "seen": "x"}], "unknown_field"),
    ("there", [{"who": "aunt"}], "unknown_code"),
    ("there", [{"who": "baby", "since": "soon"}], "invalid_date"),
    ("there", [{"who": "baby", "since": "2026-03-03"}], "date_in_future"),
    ("there", [{"who": "baby"}] * 4, "too_long"),
    ("there", ["baby"], "wrong_type"),
    ("there", "baby", "wrong_type"),
)


@pytest.mark.parametrize(("name", "value", "code"), WRONG)
def test_a_wrong_answer_is_named_by_code_and_not_kept(name: str, value: object, code: str) -> None:
    assert answer(name, value) == (None, [code])


def test_every_code_has_a_wrong_answer_here() -> None:
    assert {code for _, _, code in WRONG} == SENTENCES.keys() - {"too_many", "unknown_in_entry"}


def test_of_an_answer_that_an_entry_does_not_have_it_is_said_which_it_has() -> None:
    (refusal,) = checked(STEP, {"there": [{"who": "baby", "aunt": "x"}]}, TODAY)[1]
    assert refusal.sentence == "An entry has no such answer. It takes: who, since."
    (refusal,) = checked(STEP, {"there": [{}]}, TODAY)[1]
    assert refusal.sentence == "Each entry needs: who."


def test_too_many_codes_are_not_called_too_long_a_text() -> None:
    (refusal,) = checked(STEP, {"codes": ["one", "two", "one"]}, TODAY)[1]
    assert "more answers" in refusal.sentence


def test_what_is_wrong_is_said_of_all_answers_at_once_and_the_right_ones_are_read() -> None:
    given = {"day": "soon", "line": 5, "number": "1", "code": "low", "ahead": "x", "no_such": 1, "asked": "yes"}
    kept, refusals = checked(STEP, given, TODAY)
    assert kept == {"code": "low", "asked": "yes"}
    assert sorted((r.code, r.fields) for r in refusals) == [
        ("invalid_date", ("ahead",)),
        ("invalid_date", ("day",)),
        ("invalid_nhs_number", ("number",)),
        ("unknown_field", ()),
        ("wrong_type", ("line",)),
    ]


def test_a_refusal_repeats_neither_the_answer_nor_a_name_that_is_none() -> None:
    somebody = "Zebedee Quill"
    given = dict.fromkeys([f.name for f in STEP.takes], f"{somebody}\x00") | {somebody: "x"}
    for refusal in checked(STEP, given, TODAY)[1]:
        assert somebody not in repr(refusal)


# JSON Schema


def as_json(data: dict[str, Any]) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(json.dumps(data, default=date.isoformat))
    return sent


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_the_answers_of_every_step_are_described_by_a_valid_schema(chart: Chart) -> None:
    for move in chart.moves:
        described = schema(move, {})
        Draft202012Validator.check_schema(described)
        assert json.loads(json.dumps(described)) == described
        assert described["additionalProperties"] is False
        assert described["properties"].keys() == {f.name for f in (*move.needs, *move.takes)}
        assert described["required"] == [f.name for f in move.needs]
        for field in (*move.needs, *move.takes):
            assert described["properties"][field.name]["title"] == field.label


def test_what_is_accepted_agrees_with_the_schema_and_the_other_way_round() -> None:
    for move in EVERY_MOVE:
        data = answers_for(move, TODAY) | {f.name: example(f, TODAY) for f in move.takes}
        sees = Draft202012Validator(schema(move, {}), format_checker=Draft202012Validator.FORMAT_CHECKER)
        assert not list(sees.iter_errors(as_json(data))), move.trigger
        kept, refusals = checked(move, as_json(data), TODAY)
        assert not refusals
        assert kept == data


def test_what_a_schema_refuses_is_refused() -> None:
    sees = Draft202012Validator(schema(STEP, {}), format_checker=Draft202012Validator.FORMAT_CHECKER)
    beyond_a_schema = {"date_in_future", "control_characters", "invalid_text", "invalid_nhs_number"}
    for name, value, code in WRONG:
        if isinstance(value, datetime | bytes):
            continue  # no JSON
        seen = list(sees.iter_errors({name: value}))
        assert seen or code in beyond_a_schema, (name, value)


def test_an_answer_of_the_form_that_is_recorded_is_not_required_again() -> None:
    indicate = next(m for m in EVERY_MOVE if m.trigger == "indicate_direct")
    points = ("concerns", "availability", "context", "other_services", "universal_services", "strengths")
    told = [f"call_{point}" for point in points]
    assert schema(indicate, {})["required"] == ["relationship_need", "motivation", "readiness", "summary", *told]
    assert schema(indicate, {"motivation": "low", "summary": "x", "call_context": "y"})["required"] == [
        "relationship_need",
        "readiness",
        "summary",
        *(name for name in told if name != "call_context"),
    ]


def test_the_schema_is_a_description_of_ones_own_and_may_be_changed() -> None:
    schema(STEP, {})["required"].append("x")
    assert schema(STEP, {})["required"] == []


TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=60)
FREE_TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\n\r\t \"'%:{}[]<>&;,\\"),
    min_size=1,
    max_size=400,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=TEXT.filter(str.strip), words=FREE_TEXT.filter(str.strip))
def test_names_and_words_come_back_from_the_database_to_the_letter(
    casework: Casework, actors: Actors, name: str, words: str
) -> None:
    opened = casework.open_case(
        LEEDS, "take_call", actors.everyone, {"infant_name": name, "carer_name": name, "referrer_words": words}
    )
    kept = casework.case(opened.case_id).answers
    assert kept["infant_name"] == kept["carer_name"] == unicodedata.normalize("NFC", name.strip())
    assert kept["referrer_words"] == words
    (event,) = casework.history(opened.case_id)
    assert event.data["referrer_words"] == words


def test_the_longest_answers_that_are_allowed_fit_the_database(casework: Casework, actors: Actors) -> None:
    form = next(m for m in CHARTS["leeds-imhs@1"].moves if m.trigger == "take_call").takes
    longest = {f.name: "Ä" * f.longest for f in form if f.kind in (Kind.LINE, Kind.WORDS)}
    opened = casework.open_case(LEEDS, "take_call", actors.everyone, longest)
    kept = casework.case(opened.case_id).answers
    assert {name: kept[name] for name in longest} == longest
