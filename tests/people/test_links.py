"""Who holds whom: links that stand on both records, and the one carer whose relationship a referral is about."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from casework import LATEST, Casework, StepRefused
from tests.conftest import Actors, Clock
from tests.people.scene import Scene
from workflows.beside import entries
from workflows.histories import standing

ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
MANY = [10, pytest.param(400, marks=pytest.mark.long)]


def test_a_link_made_on_either_record_stands_on_both(scene: Scene) -> None:
    infant, mother, foster = scene.infant(), scene.carer("A Mother"), scene.carer("A Foster Carer")
    made = scene.links(infant, mother)
    assert [(other.kind, other.reference, other.trigger) for other in made.also] == [("carer", mother, "link_child")]
    scene.does(foster, "link_child", child=infant, relationship="foster_carer", since=scene.days_ago(4))
    carers = standing(scene.of(infant, "carers"), "carer")
    assert {reference: link["relationship"] for reference, link in carers.items()} == {
        mother: "mother",
        foster: "foster_carer",
    }
    assert set(standing(scene.of(mother, "children"), "child")) == {infant}
    scene.does(infant, "end_link", carer=foster, until=scene.today, link_ends="placement_ended")
    assert standing(scene.of(foster, "children"), "child") == {}
    assert scene.refused(foster, "end_link", child=infant, until=scene.today, link_ends="other") == {"not_linked"}


@ON_ONE
def test_a_link_cannot_end_before_it_began_nor_lead_to_nobody(scene: Scene) -> None:
    infant, carer = scene.infant(), scene.carer()
    scene.does(infant, "link_carer", carer=carer, relationship="father", since=scene.days_ago(5))
    early = {"carer": carer, "until": scene.days_ago(6), "link_ends": "moved_away"}
    assert "out_of_order" in scene.refused(infant, "end_link", **early)
    assert scene.refused(infant, "link_carer", carer="P-nobody", relationship="father") == {"unknown_record"}


def test_nobody_is_the_focus_carer_until_somebody_says_who(scene: Scene) -> None:
    referral, infant, carer = scene.referral(), scene.infant(), scene.carer()
    assert scene.refused(referral, "link_records") == {"answer_missing"}
    scene.does(referral, "link_records", infant=infant)
    assert scene.of(referral, "focus_carer") is None
    scene.does(referral, "link_records", focus_carer=carer)
    assert scene.case(referral).links == {"infant": infant, "focus_carer": carer}


@ON_ONE
def test_a_second_focus_carer_is_refused_and_the_step_that_changes_it_is_named(scene: Scene) -> None:
    referral, _, carer = scene.family()
    with pytest.raises(StepRefused) as refused:
        scene.does(referral, "link_records", focus_carer=scene.carer("Another"))
    (reason,) = refused.value.reasons
    assert (reason.code, reason.fields) == ("second_focus_carer", ("focus_carer",))
    assert "change_focus_carer" in reason.sentence
    scene.does(referral, "link_records", focus_carer=carer)


@ON_ONE
def test_a_change_of_carer_to_whom_another_referral_is_open_is_told_why_once(scene: Scene) -> None:
    first, infant, _ = scene.family()
    second, other = scene.referral(), scene.carer("Other Test")
    scene.does(second, "link_records", infant=infant, focus_carer=other)
    new = {
        "carer_name": "Other Test",
        "carer_relationship": "father",
        "primary_carer": "yes",
        "consent_on": scene.today,
    }
    with pytest.raises(StepRefused) as no:
        scene.does(first, "change_focus_carer", reason="x", former_access_reviewed="yes", focus_carer=other, **new)
    assert [reason.code for reason in no.value.reasons].count("already_referred") == 1


@ON_ONE
def test_a_referral_does_not_change_the_baby_that_it_is_about(scene: Scene) -> None:
    referral, _, _ = scene.family()
    assert scene.refused(referral, "link_records", infant=scene.infant()) == {"second_infant"}
    opened = scene.referral()
    own = scene.infant(first_referral=opened)
    assert scene.refused(opened, "link_records", infant=scene.infant()) == {"second_infant"}
    scene.does(opened, "link_records", infant=own)


def test_two_open_referrals_for_one_baby_and_carer_are_refused_through_links_too(scene: Scene) -> None:
    first, infant, carer = scene.family()
    second = scene.referral()
    asked = {"infant": infant, "focus_carer": carer}
    assert scene.refused(second, "link_records", **asked) == {"already_referred"}
    scene.does(second, "link_records", infant=infant)
    assert scene.refused(second, "link_records", focus_carer=carer) == {"already_referred"}
    scene.does(second, "link_records", focus_carer=scene.carer("The Father"))
    scene.does(first, "withdraw_consent", withdrawn_by="the mother")
    scene.does(scene.referral(), "link_records", **asked)


def test_the_baby_that_a_referral_opened_counts_as_linked(scene: Scene) -> None:
    first, carer = scene.referral(), scene.carer()
    infant = scene.infant(first_referral=first)
    scene.does(first, "link_records", focus_carer=carer)
    second = scene.referral()
    assert scene.refused(second, "link_records", infant=infant, focus_carer=carer) == {"already_referred"}


@ON_ONE
def test_a_record_of_somebody_else_is_not_linked(scene: Scene) -> None:
    referral = scene.referral(infant_nhs_number="9990000018", carer_nhs_number="9990000026")
    other = scene.infant(infant_nhs_number="9990000034")
    assert scene.refused(referral, "link_records", infant=other) == {"not_the_same_person"}
    assert scene.refused(referral, "link_records", infant=scene.infant(infant_dob=scene.days_ago(3))) == {
        "not_the_same_person"
    }
    stranger = scene.carer(carer_nhs_number="9990000042")
    assert scene.refused(referral, "link_records", focus_carer=stranger) == {"not_the_same_person"}


PEOPLE = st.integers(0, 2)
ACTS = st.lists(
    st.tuples(st.sampled_from(["link", "link_back", "end", "end_back", "focus", "close", "reopen"]), PEOPLE, PEOPLE),
    min_size=4,
    max_size=14,
)


class Plain:
    """The same in plain sets: who is linked to whom, and whom each referral is about."""

    def __init__(self) -> None:
        self.linked: set[tuple[int, int]] = set()
        self.focus: dict[int, tuple[int, int]] = {}
        self.closed: set[int] = set()

    def may(self, act: str, one: int, other: int) -> bool:
        if act.startswith("link"):
            return True
        if act.startswith("end"):
            return (one, other) in self.linked
        if (one in self.closed) != (act == "reopen"):
            return False
        if act == "close":
            return True
        if act == "reopen":
            return self.focus.get(one) not in self._held_by_others(one)
        taken = self._held_by_others(one)
        return self.focus.get(one, (0, other)) == (0, other) and (0, other) not in taken

    def _held_by_others(self, one: int) -> set[tuple[int, int] | None]:
        return {pair for referral, pair in self.focus.items() if referral not in self.closed and referral != one}

    def take(self, act: str, one: int, other: int) -> None:
        if act.startswith("link"):
            self.linked.add((one, other))
        elif act.startswith("end"):
            self.linked.discard((one, other))
        elif act == "close":
            self.closed.add(one)
        elif act == "reopen":
            self.closed.discard(one)
        else:
            self.focus[one] = (0, other)


class Real:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.infants = [scene.infant() for _ in range(3)]
        self.carers = [scene.carer(f"Carer {n}") for n in range(3)]
        self.referrals = [scene.referral() for _ in range(3)]

    def does(self, act: str, one: int, other: int) -> bool:
        ended = {"until": self.scene.today, "link_ends": "other"}
        infant, carer, referral = self.infants[one], self.carers[other], self.referrals[one]
        steps: dict[str, tuple[str, str, dict[str, Any]]] = {
            "link": (infant, "link_carer", {"carer": carer, "relationship": "father"}),
            "link_back": (carer, "link_child", {"child": infant, "relationship": "father"}),
            "end": (infant, "end_link", {"carer": carer, **ended}),
            "end_back": (carer, "end_link", {"child": infant, **ended}),
            "focus": (referral, "link_records", {"infant": self.infants[0], "focus_carer": carer}),
            "close": (referral, "withdraw_consent", {"withdrawn_by": "a parent"}),
            "reopen": (referral, "reopen", {"reason": "The family agrees again.", "consent_on": self.scene.today}),
        }
        reference, trigger, answers = steps[act]
        try:
            self.scene.casework.fire(reference, trigger, self.scene.actor, answers, seen=LATEST)
        except StepRefused:
            return False
        return True

    def linked(self) -> set[tuple[int, int]]:
        return set(self._pairs(self.infants, "carers", "carer", self.carers))

    def linked_back(self) -> set[tuple[int, int]]:
        return {(one, other) for other, one in self._pairs(self.carers, "children", "child", self.infants)}

    def _pairs(self, these: list[str], name: str, about: str, those: list[str]) -> list[tuple[int, int]]:
        return [
            (n, those.index(other))
            for n, reference in enumerate(these)
            for other in standing(entries(self.scene.case(reference).answers, name), about)
        ]

    def focus(self) -> dict[int, tuple[int, int]]:
        found: dict[int, Any] = {n: self.scene.case(reference).links for n, reference in enumerate(self.referrals)}
        return {
            n: (self.infants.index(links["infant"]), self.carers.index(links["focus_carer"]))
            for n, links in found.items()
            if "focus_carer" in links
        }


def test_of_two_who_link_the_same_baby_and_carer_at_once_one_is_refused(scene: Scene) -> None:
    for _ in range(4):
        infant, carer = scene.infant(), scene.carer()
        referrals, gate = [scene.referral(), scene.referral()], Barrier(2)

        def link(referral: str, infant: str = infant, carer: str = carer, gate: Barrier = gate) -> bool:
            gate.wait()
            try:
                scene.does(referral, "link_records", infant=infant, focus_carer=carer)
            except StepRefused:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(link, referrals)) == [False, True]


@pytest.mark.parametrize("lives", MANY)
def test_whatever_people_do_links_agree_both_ways_and_one_focus_carer_holds(
    casework: Casework, clock: Clock, actors: Actors, lives: int
) -> None:
    """hypothesis prints the acts, and a seed, where the clinic and the plain sets part ways."""

    @settings(max_examples=lives, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(ACTS)
    def live(acts: list[tuple[str, int, int]]) -> None:
        real, plain = Real(Scene(casework, clock, actors.everyone)), Plain()
        for act in acts:
            allowed = plain.may(*act)
            assert real.does(*act) == allowed, act
            if allowed:
                plain.take(*act)
        assert real.linked() == real.linked_back() == plain.linked
        assert real.focus() == plain.focus
        pairs = [pair for referral, pair in real.focus().items() if referral not in plain.closed]
        assert len(pairs) == len(set(pairs))

    live()
