"""`casework record` and `casework family`: babies and carers from the command line, and a family as one view."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.jobs.line import DAY, Line

LEEDS = "leeds-imhs"
Opened = Callable[..., str]


@pytest.fixture
def opened(empty: Line) -> Opened:
    def one(kind: str, trigger: str, **answers: Any) -> str:
        data = empty.answers(**answers)
        reference: str = empty.document("record", "open", kind, LEEDS, trigger, "--data", data)["reference"]
        return reference

    return one


def test_a_baby_and_a_carer_are_opened_linked_and_listed(empty: Line, opened: Opened) -> None:
    infant = opened("infant", "open_record", infant_dob="2026-07-01", infant_name="Baby Invented")
    carer = opened("carer", "open_record", carer_name="Carer Invented")
    data = empty.answers(carer=carer, relationship="father", since="2026-07-01")
    said = empty("case", "fire", infant, "link_carer", "--data", data)
    assert said.exit_code == 0
    assert f"With it, carer {carer}: link_child." in said.stdout
    (row,) = empty.document("record", "list", "infant")
    assert (row["reference"], row["state"]) == (infant, "born")
    listed = empty("record", "list", "carer", "--service", LEEDS).stdout
    assert carer in listed
    assert "Carer Invented" not in listed
    assert empty.document("record", "list", "carer", "--service", "together-with-baby") == []
    assert empty("record", "list", "infant", "--service", "nowhere").exit_code == 2


def test_a_family_is_read_in_one_line_for_each(empty: Line, opened: Opened) -> None:
    infant = opened("infant", "open_unborn", expected_due_date="2027-01-15")
    carer = opened("carer", "open_record", carer_name="Carer Invented")
    empty("case", "fire", infant, "link_carer", "--data", empty.answers(carer=carer, relationship="mother"))
    assert empty("record", "group", infant, carer).exit_code == 0
    found = empty.document("family", carer, "--as", "A Reader", "--why", "A review")
    kept = empty.document("readings", infant)
    assert [(one["actor"], one["what"], one["why"]) for one in kept] == [("A Reader", "family", "A review")]
    assert found["label"].startswith("F-")
    text = empty("family", found["label"]).stdout
    assert (
        f"no name yet ({infant}); Before birth; where: not recorded; held by: Carer Invented (mother, {carer})" in text
    )
    assert "due next: birth 15 January 2027" in text
    assert empty("family", "F-nobody").exit_code == 2


def test_a_step_that_is_refused_says_where_the_record_stands(empty: Line, opened: Opened) -> None:
    carer = opened("carer", "open_record", carer_name="Carer Invented")
    said = empty("case", "fire", carer, "set_safe_contact", "--data", empty.answers(channel="post"))
    assert said.exit_code == 1
    assert "the carer's record stands at: Known to the service." in said.stderr


def test_the_contact_list_prints_ways_that_are_allowed(empty: Line, opened: Opened) -> None:
    form = {"infant_dob": "2026-07-01", "referrer_role": "health_visitor", "consent_on": str(DAY)}
    data = empty.answers(**form)
    referral = empty.document("case", "open", LEEDS, "receive_referral", "--data", data)["reference"]
    carer = opened("carer", "open_record", carer_name="Carer Invented")
    empty("case", "fire", referral, "link_records", "--data", empty.answers(focus_carer=carer))
    for detail, safe in (("telephone", "allowed"), ("post", "not_allowed")):
        empty(
            "case", "fire", carer, "add_contact_detail", "--data", empty.answers(channel=detail, detail=f"my {detail}")
        )
        empty("case", "fire", carer, "set_safe_contact", "--data", empty.answers(channel=detail, safe=safe))
    text = empty("record", "contact-list").stdout
    assert "telephone my telephone" in text
    assert "my post" not in text
    (row,) = empty.document("record", "contact-list")
    assert {one["what"] for one in empty.document("readings", carer)} == {"contact"}
    assert [way["channel"] for way in row["safe"]] == ["telephone"]


def test_an_adoption_from_the_line_names_both_records_once(empty: Line, opened: Opened) -> None:
    infant = opened("infant", "open_record", infant_dob="2026-07-01", infant_name="Old Name")
    data = empty.answers(infant_name="New Name")
    done = empty.document("record", "adopt", infant, "--reason", "The order.", "--data", data)
    (new,) = [other["reference"] for other in done["also"] if other["trigger"] == "open_record"]
    assert [row["reference"] for row in empty.document("record", "list", "infant")] == [new]
    assert empty.document("record", "identities", infant, "--why", "A court asks") == [new]
    assert empty("family", infant).exit_code == 2
    assert "Old Name" not in empty("family", new).stdout


def test_no_name_of_a_family_is_logged(empty: Line, opened: Opened) -> None:
    infant = opened("infant", "open_record", infant_dob="2026-07-01", infant_name="Kqinfant", postcode="LS99 9KQ")
    opened("carer", "open_record", carer_name="Kqcarer")
    empty("record", "adopt", infant, "--reason", "Kqreason", "--data", empty.answers(infant_name="Kqnew"))
    empty("family", infant)
    heard = repr(empty.log_lines())
    assert [text for text in ("Kqinfant", "Kqcarer", "Kqreason", "Kqnew", "LS99") if text in heard] == []


def test_a_referral_without_a_record_of_the_baby_is_no_empty_family(empty: Line) -> None:
    form = {"infant_name": "Little Invented", "carer_name": "Ann Invented", "carer_relationship": "mother"}
    ref = empty.document("case", "open", LEEDS, "receive_referral", "--data", empty.answers(**form))["reference"]
    text = empty("family", ref).stdout
    assert (
        f"Little Invented ({ref}); Written referral received; no record of the baby yet; held by: Ann Invented" in text
    )
    assert "Ann Invented (mother), leeds-imhs (written referral, " in text


def test_a_record_beside_the_referrals_is_at_no_stage(empty: Line, opened: Opened) -> None:
    shown = empty("case", "show", opened("carer", "open_record", carer_name="Carer Invented")).stdout
    assert "There since 20 November 2026; version 1; " in shown
    assert "tage" not in shown
