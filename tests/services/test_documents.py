"""A service is a document. It is read whole, each key does something, and what is wrong with it is told at once."""

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.documents import SHIPPED, THIRD, Tables, changed, chart, tables, written
from tests.workflows.shipped import ESSEX, LEEDS
from workflows import Role
from workflows.comparing import altered
from workflows.services.building import chart_from, chart_of
from workflows.services.keys import TABLES, Form, Key
from workflows.services.page import SAYS, said
from workflows.services.reading import Fault, UnreadableService

MAY = date(2026, 5, 1)
ENDS_FIRST = {"name": "A", "source": "x", "since": MAY, "until": date(2026, 4, 1)}


def faults(document: Tables | str) -> tuple[Fault, ...]:
    text = document if isinstance(document, str) else written(document)
    with pytest.raises(UnreadableService) as unreadable:
        chart_of(text, "a.toml")
    return unreadable.value.faults


@pytest.mark.parametrize("name", ["leeds_v1.toml", "essex_v1.toml"])
def test_a_document_written_anew_by_a_machine_says_the_same(name: str) -> None:
    assert altered(chart_from(SHIPPED / name), chart(tables(SHIPPED / name))) == ()


def test_what_the_two_services_have_always_said_stands_in_their_documents() -> None:
    assert (LEEDS.rules.call_minutes, LEEDS.rules.opening_hours) == (
        {"default": 45, "perinatal_mental_health": 30}, (9, 17),
    )  # fmt: skip
    assert [LEEDS.rules.duty_call_required, LEEDS.rules.self_referral] == [True, False]
    assert [ESSEX.rules.duty_call_required, ESSEX.rules.self_referral] == [False, True]
    assert {"request_information", "accept_direct"} <= set(LEEDS.triggers)
    assert {"reject_incomplete", "accept_assessment"} <= set(ESSEX.triggers)
    assert "reject_incomplete" not in LEEDS.triggers
    assert not [m for m in ESSEX.moves if (m.source, m.trigger) == ("received", "request_information")]
    assert not {"give_priority", "plan_joint_visit", "invite_referrer"} & {*LEEDS.triggers, *ESSEX.triggers}


def test_neither_service_has_a_figure_that_its_documents_do_not_give() -> None:
    assert [f.name for f in LEEDS.rules.figures] == ["wait_first", "wait_over", "forum", "watch", "birth_unrecorded"]
    assert [f.name for f in ESSEX.rules.figures] == ["acknowledge", "triage_first", "birth_unrecorded"]
    assert [ESSEX.rules.opening_hours, ESSEX.rules.consultation_minutes, ESSEX.rules.call_minutes] == [None, None, {}]
    assert LEEDS.rules.settings.address == ""


OTHER: dict[str, Any] = {
    "service.key": "another-service", "service.version": 2, "service.in_force_from": date(2027, 1, 1),
    "screen.items": ["housing: The home is not safe"],
    "referral.needs": ["consent_on"], "referral.warns": ["gp_practice_code"], "contact.opens": 8, "contact.closes": 18,
}  # fmt: skip
"""Another value, where any other would not do."""


def another(path: str, key: Key, now: Any) -> Any:
    match key.form:
        case Form.YES_NO:
            return now is not True
        case Form.ONE_OF:
            return next(code for code in key.choices if code != now)
        case Form.SOME_OF:
            return [code for code in key.choices if code not in now][:1] or list(key.choices)[:1]
    return OTHER.get(path) or {Form.NUMBER: key.least + 7, Form.TEXTS: ["other"], Form.TEXT: "Other."}[key.form]


@pytest.mark.parametrize("path", [f"{table}.{name}" for table, keys in TABLES.items() for name in keys])
def test_no_key_is_read_and_forgotten(path: str) -> None:
    table, _, name = path.partition(".")
    document = changed(contact__opens=9, contact__closes=17)
    before = chart(document)
    now = document.get(table, {}).get(name, TABLES[table][name].unset)
    document.setdefault(table, {})[name] = another(path, TABLES[table][name], now)
    after = chart(document)
    assert (before.id, said(before.rules)[path] if path in SAYS else "") != (
        after.id, said(after.rules)[path] if path in SAYS else "",
    )  # fmt: skip
    assert path == "service.version" or altered(before, after), "and comparing two versions tells of it"


def test_every_key_of_a_document_is_told_by_service_show() -> None:
    every = {f"{table}.{name}" for table, keys in TABLES.items() for name in keys}
    assert every - set(SAYS) == {"service.version"}, "which stands in the name of the pathway"


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        ({"service__key": "Third Service"}, "service.key", "no key"),
        ({"service__key": None}, "service.key", "not there"),
        ({"service__version": 0}, "service.version", "out of range"),
        ({"service__version": "1"}, "service.version", "not a whole number"),
        ({"service__sources": "a page"}, "service.sources", "not a list of texts"),
        ({"service__name": "two\nlines"}, "service.name", "not a text"),
        ({"service__in_force_from": "2027-01-01"}, "service.in_force_from", "not a date"),
        ({"meeting__label": ""}, "meeting.label", "not a text"),
        ({"meeting__lable": "x"}, "meeting.lable", "Did you mean label?"),
        ({"meetings": {"label": "x"}}, "meetings", "Did you mean meeting?"),
        ({"service": "third"}, "service", "no table"),
        ({"referral__duty_call": "sometimes"}, "referral.duty_call", "Choose from: required, offered"),
        ({"referral__self_referral": 1}, "referral.self_referral", "not true or false"),
        ({"referral__needs": ["shoe_size"]}, "referral.needs", "no such answer that a step asks: shoe_size"),
        ({"referral__needs": ["consent_no"]}, "referral.needs", "Did you mean consent_on?"),
        ({"referral__warns": ["postcode", "postcode"]}, "referral.warns", "twice"),
        ({"contact__opens": 9}, "contact.opens", "before they close"),
        ({"contact": {"opens": 17, "closes": 9}}, "contact.opens", "before they close"),
        ({"call_minutes__health_visiter": 45}, "call_minutes.health_visiter", "Did you mean health_visitor?"),
        ({"call_minutes__default": 0}, "call_minutes.default", "out of range"),
        ({"also_may__forum_chair": ["caretaker"]}, "also_may.forum_chair", "no such role: caretaker"),
        ({"work__priority": ["friends"]}, "work.priority", "no such word: friends"),
        ({"funder": [ENDS_FIRST]}, "funder 1.until", "begins"),
        ({"commissioner": [{"name": "A"}]}, "commissioner 1.source", "not there"),
        ({"work__priority": []}, "work.priority", "names nothing"),
        ({"consultation": {"first_for": []}}, "consultation.first_for", "names nothing"),
        ({"service__sources": []}, "service.sources", "names nothing"),
        ({"also_may__forum_chair": []}, "also_may.forum_chair", "names nothing"),
        ({"also_may__forum_chair": ["forum_chair"]}, "also_may.forum_chair", "names itself"),
        ({"offer": None}, "offer", "no offer says"),
        ({"offer": {"code": "0-2"}}, "offer", "single table"),
        ({"figures__forum": {"weeks": 1, "source": "x"}}, "figures.forum", "Write days ="),
        ({"figures__forum": {"days": 7}}, "figures.forum.source", "not there"),
        ({"figures__forum": {"days": -1, "source": "x"}}, "figures.forum.days", "out of range"),
        ({"figures__forum": {"days": 7, "working_days": 7, "source": "x"}}, "figures.forum", "nothing else"),
        ({"figures__forum": 7}, "figures.forum", "no figure"),
        ({"figures__forum": [{"days": 7, "source": "x"}, {"days": 9, "source": "y"}]}, "figures.forum", "twice"),
        ({"figures__triage_first": {"switch": 7, "source": "x"}}, "figures.triage_first.switch", "from 0 to 1"),
        ({"figures__quorum": {"people": 51, "source": "x"}}, "figures.quorum.people", "from 1 to 50"),
        ({"figures": {"offers.juggling": {"switch": 1, "source": "x"}}}, "figures.offers.juggling", "no such figure"),
        ({"figures__patience": {"days": 7, "source": "x"}}, "figures.patience", "no such figure"),
        ({"figures__self_referral": {"switch": 1, "source": "x"}}, "figures.self_referral", "no such figure"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_file_its_key_and_what_to_do(change: dict[str, Any], key: str, words: str) -> None:
    found = [fault for fault in faults(changed(**change)) if fault.key == key]
    assert found, faults(changed(**change))
    assert words in str(found[0])
    assert str(found[0]).startswith(f"a.toml, {key}: ")
    assert found[0].do.endswith((".", "?"))


@pytest.mark.parametrize(
    ("entry", "key", "words"),
    [
        ({"rule": "younger_than"}, "criterion 1.rule", "no such rule"),
        ({"rule": "answer_is", "answer": "referrer_words"}, "criterion 1.answer", "no such answer to choose"),
        ({"rule": "answer_is", "answer": "primary_carer"}, "criterion 1", "no answer speaks against"),
        ({"rule": "answer_is", "answer": "primary_carer", "discuss": ["maybe"]}, "criterion 1", "Choose from: yes, no"),
        ({"rule": "answer_is", "answer": "in_contact", "discuss": ["no"], "excluded": ["no"]}, "criterion 1", "twice"),
        ({"rule": "answer_is"}, "criterion 1.answer", "needs it"),
        ({"rule": "older_than"}, "criterion 1.offer", "needs it"),
        ({"rule": "older_than", "offer": "3-5"}, "criterion 1.offer", "no such offer"),
        ({"rule": "age_unknown", "sentence": 7}, "criterion 1.sentence", "not a text"),
    ],
)
def test_a_criterion_that_cannot_be_asked_is_told(entry: Tables, key: str, words: str) -> None:
    document = changed(criterion=[{"code": "one", "sentence": "So it is.", "source": "a page", **entry}])
    assert any(fault.key == key and words in str(fault) for fault in faults(document)), faults(document)


def test_all_faults_are_told_at_once_and_nothing_follows_from_another() -> None:
    document = changed(
        service__key="No Key",
        referral__duty_call="maybe",
        referral__needs=["shoe_size"],
        figures__forum={"weeks": 1, "source": "x"},
    )
    document["offer"][0].pop("source")
    assert {fault.key for fault in faults(document)} == {
        "service.key", "referral.duty_call", "referral.needs", "figures.forum", "offer 1.source",
    }  # fmt: skip


def test_a_file_that_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    (fault,) = faults('[service]\nkey = "a\n')
    assert "line 2" in fault.wrong
    latin = tmp_path / "latin.toml"
    latin.write_bytes('name = "Zoë"'.encode("latin-1"))
    for place, words in ((latin, "UTF-8"), (tmp_path / "gone.toml", "cannot be read"), (tmp_path, "cannot be read")):
        with pytest.raises(UnreadableService, match=words):
            chart_from(place)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, one in inner for p in places(one, (*path, key)))]


WHOLE = tables(SHIPPED / "leeds_v1.toml") | {"work": tables(THIRD)["work"], "also_may": tables(THIRD)["also_may"]}
PLACES = [path for path in places(WHOLE) if path]
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.integers(-10, 10**6) | st.text(max_size=8) | st.dates() | st.floats(-9, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(st.tuples(st.sampled_from(PLACES), ANYTHING), min_size=1, max_size=3))
@settings(max_examples=60)
def test_whatever_stands_in_a_document_it_is_a_service_or_its_faults_are_told(harm: list[tuple[Any, Any]]) -> None:
    document = copy.deepcopy(WHOLE)
    for (*way, last), value in harm:
        place: Any = document
        for key in way:
            place = place[key] if isinstance(place, dict | list) and _has(place, key) else {}
        if _has(place, last):
            place[last] = value
    assert outcome(document)


def outcome(document: Tables) -> bool:
    """Whether the document is a service, or each of its faults says what is wrong and what to do."""
    try:
        return bool(chart_of(written(document), "a.toml").rules.service)
    except UnreadableService as unreadable:
        return all(fault.wrong and fault.do for fault in unreadable.faults) and bool(unreadable.faults)


def _has(place: Any, key: Any) -> bool:
    return (
        key in place
        if isinstance(place, dict)
        else isinstance(place, list) and isinstance(key, int) and key < len(place)
    )


def test_who_also_may_is_added_to_every_step_of_the_role_and_to_no_other() -> None:
    before, after = chart(changed(also_may=None)), chart(tables())
    for was, now in zip(before.moves, after.moves, strict=True):
        chair = Role.CHAIR in was.who
        assert set(now.who) == {*was.who, *([Role.LEAD] if chair else [])}, now.trigger
        assert now.who[: len(was.who)] == was.who


def test_a_service_is_funded_by_one_or_by_several_on_a_day_and_its_commissioners_are_another_list() -> None:
    council = {"name": "The council", "source": "a letter", "until": date(2026, 12, 31)}
    board = {"name": "The board", "source": "a letter", "since": MAY}
    rules = chart(changed(funder=[council, board], commissioner=[board])).rules
    on = [date(2026, 4, 30), MAY, date(2027, 1, 1)]
    assert [rules.settings.funding(day) for day in on] == ["sole", "joint", "sole"]
    assert LEEDS.rules.settings.funding(MAY) is None
    assert said(rules)["funder"] == "The council (until 31 December 2026), The board (from 1 May 2026)"
    assert [str(one) for one in rules.settings.commissioners] == ["The board (from 1 May 2026)"]
