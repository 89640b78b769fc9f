"""An adopted child goes on under a new identity; nothing that people ordinarily read leads from it to the old one."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import LATEST, StepRefused
from casework.adoption import adopt, other_identities
from casework.alike import traits_of
from casework.audit.relay import Relay
from casework.case import Case
from casework.change import Receipt
from casework.contacts import contact_list
from casework.errors import BadRequest
from casework.exporting import copy_of
from casework.family import family_of, records, together
from casework.reports.morning import morning
from casework.store import Asked
from persistence import Database
from persistence.tables import case_links, record_readings
from tests.casework.families import answers_for, asked_of, form
from tests.conftest import Actors
from tests.people.scene import Scene, told
from workflows import Role
from workflows.beside import RecordKind

ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

OLD_NUMBER, NEW_NUMBER = "9990000018", "9990000026"
CANARIES = {
    "infant_name": "Kqoldname",
    "infant_nhs_number": OLD_NUMBER,
    "carer_name": "Kqbirthmother",
    "carer_nhs_number": "9990000034",
    "postcode": "LS99 9KQ",
    "gp_practice_code": "KQ1234",
    "referrer_name": "Kqreferrer",
    "referrer_contact": "kqcontact",
    "referrer_words": "Kqwords about the birth family.",
}
NEW = {"infant_name": "New Name", "infant_nhs_number": NEW_NUMBER}


class Adopted:
    """A baby in the middle of the work, with a past, who is adopted."""

    def __init__(self, scene: Scene, steps: tuple[str, ...] = ()) -> None:
        self.scene = scene
        self.born = scene.days_ago(120)
        self.referral = scene.referral(infant_dob=self.born, **CANARIES)
        self.infant = scene.infant(
            infant_dob=self.born, first_referral=self.referral, infant_name="Kqoldname", infant_nhs_number=OLD_NUMBER
        )
        self.carer = scene.carer("Kqbirthmother", carer_nhs_number="9990000034", postcode="LS99 9KQ")
        scene.links(self.infant, self.carer)
        scene.does(self.referral, "link_records", focus_carer=self.carer)
        self._told_things()
        for step in steps:
            scene.does(self.referral, step, **self._answers(step))
            scene.clock.advance(3)
        self.secrets = [*CANARIES.values(), "Kqsibling", "Kqplace", "Kqconsent", "Kqnetwork", "Kqfamily"]
        self.secrets += [self.referral, self.infant, self.carer]

    def _told_things(self) -> None:
        scene, referral = self.scene, self.referral
        scene.does(self.infant, "record_location", place="foster_care", since=self.born, place_words="Kqplace")
        consent = {"consent_by": "Kqconsent", "consent_standing": "parental_responsibility"}
        said = {"consent_decision": "given", "consent_for": "sharing", "consent_said_on": scene.today}
        scene.does(referral, "record_consent", **said, **consent)
        scene.does(referral, "record_network", network_role="health_visitor", network_name="Kqnetwork")
        scene.does(referral, "prepare_letter", letter_kind="outcome", letter_to="referrer", letter_by="email")

    def _answers(self, step: str) -> dict[str, Any]:
        case = self.scene.case(self.referral)
        row = next(m for m in case.chart.moves if (m.source, m.trigger) == (case.state, step))
        asked = {f.name for f in asked_of(row)}
        return {n: v for n, v in answers_for(row, self.scene.today).items() if n in asked}

    def adopts(self, **identity: Any) -> Receipt:
        return adopt(
            self.scene.casework, self.infant, self.scene.actor, {**NEW, **identity}, reason="The order.", seen=LATEST
        )


@pytest.fixture
def adopted(scene: Scene) -> Adopted:
    return Adopted(scene)


def new_ones(receipt: Receipt) -> tuple[str, str]:
    """The references of the new record of the baby and of the new referral."""
    (infant,) = [other.reference for other in receipt.also if other.trigger == "open_record"]
    (referral,) = [other.reference for other in receipt.also if other.trigger == "link_records"]
    return infant, referral


def ordinary(scene: Scene, database: Database, references: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Everything that is read of records in ordinary work, as text, by what it is."""
    clinic = scene.casework
    for reference in references:
        case = clinic.case(reference)
        yield "the record", repr(case)
        yield "its history", repr(clinic.history(reference))
        yield "its options", repr(clinic.options(reference, scene.actor))
        yield "its family", repr(family_of(clinic, reference))
        yield "its flags", repr(clinic.flag_history(reference))
        with database.engine.connect() as connection, connection.begin():
            links = connection.execute(sa.select(case_links).where(case_links.c.case_id == case.id))
            yield "its links", repr([tuple(row) for row in links])
    yield "the copy", repr(copy_of(clinic, references[0], scene.actor, "asked for"))
    yield "the worklist", repr(clinic.worklist())
    yield "the flags", repr(clinic.flags())
    yield "the contact list", repr(contact_list(clinic))
    yield "what is alike", repr([clinic.duplicates_of(reference) for reference in references])


def walked(scene: Scene, start: str) -> set[str]:
    """Every reference that can be reached from one, by whatever a record or a family names."""
    clinic, reached, left = scene.casework, {start}, [start]
    everything = {case.reference: case for kind in RecordKind for case in _every(scene, kind)}
    while left:
        case = clinic.case(left.pop())
        text = repr(case.answers) + repr(family_of(clinic, case.reference))
        for other in everything:
            if other in text and other not in reached:
                reached.add(other)
                left.append(other)
    return reached


def _every(scene: Scene, kind: RecordKind) -> Iterator[Case]:
    clinic = scene.casework
    for case_id in clinic.case_ids():
        case = clinic.case(case_id)
        if case.chart.kind is kind:
            yield case


STEPS: tuple[tuple[str, ...], ...] = (
    (),
    ("pass_checks", "accept_direct"),
    ("pass_checks", "accept_direct", "allocate", "first_contact"),
)


@pytest.mark.parametrize("steps", STEPS, ids=["received", "waiting", "at work"])
def test_nothing_leads_from_the_new_identity_to_the_old_one(
    scene: Scene, database: Database, steps: tuple[str, ...]
) -> None:
    child = Adopted(scene, steps)
    before = scene.case(child.referral)
    infant, referral = new_ones(child.adopts())
    scene.casework.night()
    for what, text in ordinary(scene, database, (infant, referral)):
        assert [secret for secret in child.secrets if secret in text] == [], what
    assert walked(scene, infant) == {infant, referral}
    after = scene.case(referral)
    assert (after.state, after.opened_on, after.placed_on) == (before.state, before.opened_on, before.placed_on)
    assert after.answers["received_on"] == before.answers["received_on"]
    assert {name: clock.since for name, clock in after.clocks.items()} == {
        name: clock.since for name, clock in before.clocks.items()
    }


def test_nothing_leads_from_the_old_record_to_the_new_identity(
    scene: Scene, adopted: Adopted, database: Database
) -> None:
    infant, referral = new_ones(adopted.adopts())
    fresh = [infant, referral, *NEW.values()]
    clinic = scene.casework
    for reference in (adopted.infant, adopted.referral, adopted.carer):
        text = repr(clinic.case(reference)) + repr(clinic.history(reference))
        assert [new for new in fresh if new in text] == []
    assert adopted.infant not in repr(family_of(clinic, adopted.carer)), (
        "the birth mother's view does not show it either"
    )
    assert told(lambda: family_of(clinic, adopted.infant)) == "restricted"
    assert told(lambda: family_of(clinic, adopted.referral)) == "restricted"
    listed = {case.reference for case in records(clinic, RecordKind.INFANT)}
    assert infant in listed
    assert adopted.infant not in listed


def test_the_family_that_an_adopted_child_has_left_is_still_seen_without_the_child(
    scene: Scene, adopted: Adopted
) -> None:
    sibling = scene.infant(infant_name="Kqsibling")
    scene.links(sibling, adopted.carer)
    together(scene.casework, [adopted.infant, sibling, adopted.carer], scene.actor)
    label = scene.of(sibling, "family")
    infant, _ = new_ones(adopted.adopts())
    for asked in (label, sibling, adopted.carer):
        assert {member.reference for member in family_of(scene.casework, asked).members} == {sibling, adopted.carer}
    assert scene.of(infant, "family") is None


def test_the_old_record_is_kept_whole_under_restriction(scene: Scene, adopted: Adopted) -> None:
    old = scene.case(adopted.infant).answers
    adopted.adopts()
    record, referral = scene.case(adopted.infant), scene.case(adopted.referral)
    assert (record.state, referral.state) == ("restricted", "restricted")
    assert {**record.answers, "closed_from": None, "restricted_on": None} == {
        **old, "closed_from": None, "restricted_on": None,
    }  # fmt: skip
    assert not any(clock.running for clock in referral.clocks.values())
    assert "letters" not in referral.answers


@ON_ONE
def test_consent_people_and_texts_are_asked_for_afresh(scene: Scene, adopted: Adopted) -> None:
    _, referral = new_ones(adopted.adopts())
    case = scene.case(referral)
    assert {"carer_name", "consent_on", "referrer_name", "relationship_need"} <= set(case.gaps)
    assert (case.answers["infant_name"], case.answers["infant_nhs_number"]) == ("New Name", NEW_NUMBER)
    assert case.answers["infant_dob"] == adopted.born
    assert "consents" not in case.answers
    assert scene.refused(referral, "pass_checks") >= {"consent_missing", "information_missing"}


def test_the_earlier_episodes_of_the_child_are_restricted_and_keep_how_they_ended(scene: Scene) -> None:
    earlier = scene.referral()
    scene.does(earlier, "withdraw_consent", withdrawn_by="the mother")
    infant = scene.infant(first_referral=earlier)
    adopt(scene.casework, infant, scene.actor, NEW, reason="The order.", seen=LATEST)
    case = scene.case(earlier)
    assert (case.state, case.answers["restricted_on"]) == ("consent_withdrawn", scene.today)
    assert told(lambda: family_of(scene.casework, earlier)) == "restricted"


@pytest.mark.parametrize("then", [False, True], ids=["as known now", "as known then"])
def test_no_list_of_a_past_day_has_the_referral_that_went_on_under_another_identity(scene: Scene, then: bool) -> None:
    """Beside each other the two would be known by their days, and one child would be counted twice."""
    scene.referral(carer_name="Somebody Else")
    child, clinic = Adopted(scene, ("pass_checks", "accept_direct")), scene.casework
    scene.clock.advance(60)
    clinic.night()
    before = Asked(scene.today, as_known_then=then)
    scene.clock.advance(1)
    _, referral = new_ones(child.adopts())
    scene.clock.advance(1)
    listed = [row.reference for row in clinic.worklist(before)]
    assert (child.referral in listed, referral in listed, len(listed)) == (False, not then, 1 if then else 2)
    flagged = {row.reference for row in (*clinic.flags(before), *clinic.flags_as_known_now(before))}
    assert child.referral not in flagged
    assert referral in flagged


def test_the_morning_page_counts_an_adopted_child_once_and_names_the_earlier_referral_nowhere(scene: Scene) -> None:
    child = Adopted(scene, ("pass_checks", "accept_direct"))
    scene.clock.advance(60)
    scene.casework.night()
    scene.clock.advance(1)
    child.adopts()
    scene.casework.night()
    told = morning(scene.casework, scene.service)
    assert {week.waiting for week in told.weeks} == {0, 1}
    assert child.referral not in repr(told)


def test_a_referral_under_restriction_is_on_no_list_of_a_past_day_until_the_restriction_is_lifted(scene: Scene) -> None:
    referral = scene.referral()
    before = Asked(scene.today)
    scene.clock.advance(1)
    scene.does(referral, "restrict", reason="An order.")
    assert list(scene.casework.worklist(before)) == []
    scene.does(referral, "lift_restriction", reason="The order was for another child.")
    assert [row.reference for row in scene.casework.worklist(before)] == [referral]


def test_only_who_may_know_is_told_which_two_records_are_one_child_and_it_is_kept(
    scene: Scene, adopted: Adopted, actors: Actors, database: Database
) -> None:
    infant, _ = new_ones(adopted.adopts())
    for role in (Role.CLINICIAN, Role.ADMINISTRATOR, Role.MANAGER, Role.DUTY):
        with pytest.raises(StepRefused) as refused:
            other_identities(scene.casework, infant, actors[role], "I wonder")
        assert refused.value.reasons[0].code == "restricted_record"
    with pytest.raises(StepRefused):
        other_identities(scene.casework, infant, actors[Role.SAFEGUARDING], " ")
    assert other_identities(scene.casework, infant, actors[Role.SAFEGUARDING], "A sibling asks") == (adopted.infant,)
    assert other_identities(scene.casework, adopted.infant, actors[Role.LEAD], "A court asks") == (infant,)
    with database.engine.connect() as connection, connection.begin():
        kept = connection.execute(
            sa.select(record_readings.c.what, record_readings.c.actor, record_readings.c.why)
        ).all()
    assert [tuple(row) for row in kept] == [
        ("identities", "the safeguarding lead", "A sibling asks"),
        ("identities", "the clinical lead", "A court asks"),
    ]


@ON_ONE
def test_only_the_safeguarding_lead_or_the_clinical_lead_may_adopt(
    scene: Scene, adopted: Adopted, actors: Actors
) -> None:
    for role in (Role.CLINICIAN, Role.ADMINISTRATOR):
        with pytest.raises(StepRefused) as refused:
            adopt(scene.casework, adopted.infant, actors[role], NEW, reason="The order.", seen=LATEST)
        assert [reason.code for reason in refused.value.reasons] == ["not_your_step"]
    assert scene.case(adopted.infant).state == "born"


def test_the_earlier_number_or_name_is_no_new_identity_and_nothing_is_half_done(scene: Scene, adopted: Adopted) -> None:
    known = len(scene.casework.case_ids())
    for wrong in ({"infant_nhs_number": OLD_NUMBER}, {"infant_name": "Kqoldname"}):
        with pytest.raises(StepRefused) as refused:
            adopted.adopts(**wrong)
        assert [reason.code for reason in refused.value.reasons] == ["earlier_identity"]
    with pytest.raises(StepRefused):
        adopted.adopts(infant_nhs_status="not_present_no_trace")
    assert len(scene.casework.case_ids()) == known
    assert scene.case(adopted.infant).state == "born"
    assert scene.case(adopted.referral).open


def test_a_referral_is_not_adopted_and_stays_where_it_stands(scene: Scene, adopted: Adopted) -> None:
    known = len(scene.casework.case_ids())
    with pytest.raises(BadRequest, match="baby's record that is adopted"):
        adopt(scene.casework, adopted.referral, scene.actor, NEW, reason="The order.", seen=LATEST)
    assert len(scene.casework.case_ids()) == known
    assert scene.case(adopted.referral).open


def test_a_dry_run_of_an_adoption_changes_nothing(scene: Scene, adopted: Adopted) -> None:
    known = len(scene.casework.case_ids())
    clinic = scene.casework
    would = adopt(clinic, adopted.infant, scene.actor, NEW, reason="The order.", seen=LATEST, dry_run=True)
    assert {other.trigger for other in would.also} == {"restrict", "open_record", "link_records"}
    assert len(clinic.case_ids()) == known
    assert scene.case(adopted.referral).open


def test_the_same_request_with_the_same_key_adopts_once(scene: Scene, adopted: Adopted) -> None:
    asked: dict[str, Any] = {"reason": "The order.", "seen": LATEST, "key": "k-1"}
    first = adopt(scene.casework, adopted.infant, scene.actor, NEW, **asked)
    assert adopt(scene.casework, adopted.infant, scene.actor, NEW, **asked) == first
    assert other_identities(scene.casework, adopted.infant, scene.actor, "to see") == (new_ones(first)[0],)


@ON_ONE
def test_a_foster_carer_who_adopts_gets_a_record_that_does_not_name_the_earlier_identity(
    scene: Scene, adopted: Adopted
) -> None:
    infant, _ = new_ones(adopted.adopts())
    known = {"carer": adopted.carer, "relationship": "adoptive_parent"}
    assert scene.refused(infant, "link_carer", **known) == {"needs_a_new_record"}
    back = {"child": infant, "relationship": "adoptive_parent"}
    assert scene.refused(adopted.carer, "link_child", **back) == {"needs_a_new_record"}
    scene.links(infant, scene.carer("The same person"), "adoptive_parent")


def test_a_twice_adopted_child_is_one_child_to_who_may_know(scene: Scene, adopted: Adopted) -> None:
    second, _ = new_ones(adopted.adopts())
    again = adopt(scene.casework, second, scene.actor, {"infant_name": "Third Name"}, reason="Again.", seen=LATEST)
    third, _ = new_ones(again)
    assert set(other_identities(scene.casework, third, scene.actor, "why")) == {adopted.infant, second}


def test_every_record_agrees_with_its_events_after_an_adoption(scene: Scene) -> None:
    child = Adopted(scene, STEPS[-1])
    hold = {"hold_reason": "other", "review_on": scene.today + timedelta(days=30)}
    scene.does(child.referral, "place_hold", **hold)
    scene.clock.advance(5)
    infant, referral = new_ones(child.adopts())
    assert scene.case(referral).held_since == scene.case(referral).placed_on
    for reference in (infant, referral, child.infant, child.referral, child.carer):
        assert scene.casework.replay(reference)[1] == ()


def test_the_log_names_neither_child_of_an_adoption(
    scene: Scene, adopted: Adopted, database: Database, log_lines: list[Any]
) -> None:
    adopted.adopts()
    Relay(database.audit).run()
    heard = json.dumps(log_lines, default=str)
    secrets = [*CANARIES.values(), *NEW.values()]
    assert [text for text in secrets if text in heard] == []


def test_a_restriction_that_was_an_error_is_lifted_by_two_people(scene: Scene, adopted: Adopted) -> None:
    scene.does(adopted.infant, "restrict", reason="An order, it was said.")
    assert scene.case(adopted.referral).state == "restricted"
    asked = {"reason": "It was another baby.", "second_person": "The Lead"}
    scene.does(adopted.infant, "lift_restriction", **asked)
    assert scene.case(adopted.infant).state == "born"
    assert scene.case(adopted.referral).state == "received"
    assert scene.case(adopted.referral).clocks["total_time"].running


def test_a_referral_that_came_back_from_a_restriction_goes_on_after_an_adoption_with_its_days(scene: Scene) -> None:
    child = Adopted(scene, ("pass_checks", "accept_direct"))
    lead = {"reason": "Kqreason", "second_person": "The Lead"}
    scene.does(child.infant, "restrict", reason="Kqreason")
    scene.clock.advance(7)
    scene.does(child.infant, "lift_restriction", **lead)
    scene.clock.advance(2)
    before = scene.case(child.referral)
    _, referral = new_ones(child.adopts())
    after = scene.case(referral)
    assert (after.state, after.placed_on, after.opened_on) == (before.state, before.placed_on, before.opened_on)
    waits = [{n: c.days(scene.today) for n, c in case.clocks.items() if c.running} for case in (after, before)]
    assert waits[0] == waits[1]
    assert "Kqreason" not in repr(scene.casework.history(referral))
    for reference in (referral, child.referral):
        assert scene.casework.replay(reference)[1] == ()


def test_a_referral_that_was_put_under_restriction_by_hand_on_the_day_of_an_adoption_stays_there(scene: Scene) -> None:
    child = Adopted(scene, ("pass_checks",))
    scene.does(child.referral, "restrict", reason="An order about this referral.")
    scene.clock.advance(hours=1)
    receipt = child.adopts()
    assert [other.reference for other in receipt.also if other.trigger == "link_records"] == []
    assert scene.case(child.referral).state == "restricted"


def test_an_adoption_that_was_an_error_is_not_lifted_and_the_child_gets_its_name_back_on_the_new_record(
    scene: Scene, adopted: Adopted
) -> None:
    infant, referral = new_ones(adopted.adopts())
    asked = {"reason": "There was no order.", "second_person": "The Lead"}
    assert scene.refused(adopted.infant, "lift_restriction", **asked) == {"another_identity"}
    own = {"infant_name": "Kqoldname", "infant_nhs_number": OLD_NUMBER}
    scene.does(infant, "update_identity", **own)
    scene.does(referral, "add_information", **own)
    scene.links(infant, scene.carer("Kqbirthmother"))
    assert [scene.case(one).answers["infant_name"] for one in (infant, referral)] == ["Kqoldname"] * 2
    assert scene.case(adopted.infant).state == "restricted"
    assert set(other_identities(scene.casework, infant, scene.actor, "an error")) == {adopted.infant}


@ON_ONE
def test_a_later_form_with_the_birth_family_s_details_suggests_no_duplicate(scene: Scene, adopted: Adopted) -> None:
    receipt = adopted.adopts()
    _, referral = new_ones(receipt)
    same = {name: CANARIES[name] for name in ("carer_name", "postcode")}
    asked = {"infant_name": "New Name", "referrer_words": "New words.", **same}
    known = {n: v for n, v in form(scene.today, **asked).items() if n not in ("infant_dob",)}
    scene.does(referral, "add_information", **known)
    clinic = scene.casework
    assert traits_of(scene.case(referral)), "it could be found to be alike"
    assert [traits_of(scene.case(old)) for old in (adopted.infant, adopted.referral)] == [{}, {}]
    for reference in (*new_ones(receipt), adopted.infant, adopted.referral):
        assert clinic.duplicates_of(reference) == ()
    assert clinic.duplicates() == ()


@pytest.mark.parametrize("sql", ["UPDATE record_identities SET actor = 'nobody'", "DELETE FROM record_identities"])
def test_what_is_kept_of_an_adoption_is_neither_changed_nor_removed(
    adopted: Adopted, database: Database, sql: str
) -> None:
    adopted.adopts()
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        database.engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        connection.execute(sa.text(sql))
