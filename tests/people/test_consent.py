"""Consent as dated events, and the professionals round a family."""

from datetime import date, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.people.scene import Scene
from workflows.histories import consented, consents

ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
DAY = date(2026, 3, 2)


def said(decision: str, what: str, by: str, on: date, standing: str = "parental_responsibility") -> dict[str, Any]:
    return {
        "consent_decision": decision,
        "consent_for": what,
        "consent_by": by,
        "consent_standing": standing,
        "consent_said_on": on,
    }


def test_each_consent_is_kept_with_its_day_its_purpose_and_the_standing_of_who_gave_it(scene: Scene) -> None:
    referral = scene.referral()
    scene.does(referral, "record_consent", **said("given", "filming", "A Mother", scene.days_ago(3)))
    withdrawn = said("withdrawn", "filming", "A Mother", scene.today)
    scene.does(referral, "record_consent", **withdrawn)
    la = said("given", "sharing", "Children's services", scene.today, "local_authority")
    scene.does(referral, "record_consent", **la)
    kept = scene.of(referral, "consents")
    assert [(e["consent_decision"], e["consent_for"], e["consent_standing"]) for e in kept] == [
        ("given", "filming", "parental_responsibility"),
        ("withdrawn", "filming", "parental_responsibility"),
        ("given", "sharing", "local_authority"),
    ]
    assert not consented(kept, "filming")
    assert consented(kept, "sharing")
    assert scene.of(referral, "consent_on") == scene.today, "the form's own answer stays as it is"


@ON_ONE
def test_what_nobody_gave_cannot_be_withdrawn(scene: Scene) -> None:
    referral = scene.referral()
    assert scene.refused(referral, "record_consent", **said("withdrawn", "filming", "A Father", scene.today)) == {
        "nothing_to_withdraw"
    }
    scene.does(referral, "record_consent", **said("refused", "filming", "A Father", scene.today))
    scene.does(referral, "record_consent", **said("withdrawn", "referral", "A Father", scene.today))


@ON_ONE
def test_consent_is_recorded_in_every_open_state_and_on_hold(scene: Scene) -> None:
    referral = scene.referral()
    hold = {"hold_reason": "neonatal_stay", "review_on": scene.today + timedelta(days=30)}
    scene.does(referral, "place_hold", **hold)
    scene.does(referral, "record_consent", **said("given", "assessment", "A Carer", scene.today))
    assert consented(scene.of(referral, "consents"), "assessment")


@ON_ONE
def test_nobody_consents_ahead_of_the_day(scene: Scene) -> None:
    referral = scene.referral()
    tomorrow = said("given", "filming", "A Mother", scene.today + timedelta(days=1))
    assert scene.refused(referral, "record_consent", **tomorrow) >= {"date_in_future"}


ENTRIES = st.lists(
    st.tuples(st.sampled_from(["given", "refused", "withdrawn"]), st.sampled_from("AB"), st.integers(0, 4)), max_size=8
)


@given(ENTRIES)
def test_the_last_word_of_each_person_by_day_is_what_counts(words: list[tuple[str, str, int]]) -> None:
    kept = [
        {**said(decision, "filming", by, DAY + timedelta(days=day)), "number": number}
        for number, (decision, by, day) in enumerate(words, 1)
    ]
    plain: dict[str, tuple[int, int, str]] = {}
    for number, (decision, by, day) in enumerate(words, 1):
        plain[by] = max(plain.get(by, (-1, 0, "")), (day, number, decision))
    now = {by.upper(): entry["consent_decision"] for by, entry in consents(kept, "filming").items()}
    assert now == {by: decision for by, (_, _, decision) in plain.items()}
    assert consented(kept, "filming") == (bool(now) and set(now.values()) == {"given"})
    assert not consented(kept, "sharing")


def test_the_network_of_a_family_is_kept_person_by_person_and_ends_person_by_person(scene: Scene) -> None:
    referral = scene.referral()
    scene.does(referral, "record_network", network_role="health_visitor", network_name="H. Visitor", trusted="yes")
    scene.does(referral, "record_network", network_role="social_worker", network_name="S. Worker", kept_informed="yes")
    visitor, _ = scene.of(referral, "network")
    scene.does(referral, "end_network", network_entry=visitor["number"])
    assert [entry["network_role"] for entry in scene.of(referral, "network")] == ["social_worker"]
    assert scene.refused(referral, "end_network", network_entry=visitor["number"]) == {"no_such_entry"}
    assert scene.casework.replay(referral)[1] == ()
