"""A mother has fled; her old address is not safe. No letter goes there, no copy goes to him, and she is reached."""

from casework.contacts import contact_list
from casework.exporting import copy_of
from casework.family import records
from tests.casework.families import form
from tests.journeys.clinic import Clinic
from workflows import Role
from workflows.beside import RecordKind

TO_HER = {"letter_kind": "appointment", "letter_to": "carer"}


def test_no_letter_goes_to_an_unsafe_address_and_the_safe_way_is_used(clinic: Clinic) -> None:
    ref, her, him = referred(clinic)
    refused_at_preparing(clinic, ref, her, him)
    refused_at_sending(clinic, ref, her)
    reached(clinic, ref, her)
    withheld_from_him(clinic, ref, him)
    clinic.ends_well()


def referred(clinic: Clinic) -> tuple[str, str, str]:
    her = clinic.opens("open_record", "carer", carer_name="Hanna Hidden")
    him = clinic.opens("open_record", "carer", carer_name="Henry Harmful")
    clinic.does(her, "set_safe_contact", channel="post", safe="not_allowed", safe_words="He opens her letters")
    clinic.does(her, "set_safe_contact", channel="text", safe="allowed", safe_words="Only before noon")
    clinic.does(her, "set_safe_contact", channel="email", safe="ask_first")
    clinic.does(her, "add_contact_detail", channel="telephone", detail="07700 900123")
    clinic.does(her, "forbid_copies", not_to=him, safe_words="There is a court order")
    ref = clinic.opens("receive_referral", **form(clinic.today, carer_name="Hanna Hidden"))
    clinic.does(ref, "link_records", focus_carer=her)
    infant = clinic.opens("open_record", "infant", infant_dob=clinic.says(ref, "infant_dob"), first_referral=ref)
    clinic.does(infant, "link_carer", carer=him, relationship="father")
    for step in ("acknowledge", "pass_checks", "accept_direct"):
        clinic.does(ref, step)
    return ref, her, him


def refused_at_preparing(clinic: Clinic, ref: str, her: str, him: str) -> None:
    by_post = clinic.refuses(ref, "prepare_letter", **TO_HER, letter_by="post", to_carer=her)
    assert by_post == {
        "unsafe_contact": "This person must not be reached in this way. Choose another, or speak with them."
    }
    assert clinic.refuses(ref, "prepare_letter", **TO_HER, letter_by="email", to_carer=her).keys() == {"ask_first"}
    copied = clinic.refuses(ref, "prepare_letter", **TO_HER, letter_by="text", to_carer=her, copy_to=him)
    assert copied.keys() == {"not_to_be_copied"}
    assert clinic.refuses(ref, "prepare_letter", **TO_HER, letter_by="post").keys() == {"addressee_missing"}
    assert "letters" not in clinic.case(ref).answers


def refused_at_sending(clinic: Clinic, ref: str, her: str) -> None:
    """An instruction that came in between counts: it is looked at again when the letter goes."""
    clinic.does(ref, "prepare_letter", **TO_HER, letter_by="text", to_carer=her)
    (letter,) = clinic.says(ref, "letters")
    clinic.after(1).does(her, "set_safe_contact", channel="text", safe="not_allowed", safe_words="He has her phone")
    sent = clinic.refuses(ref, "send_letter", letter=letter["number"], reviewed_by="D. Duty")
    assert sent.keys() == {"unsafe_contact"}
    clinic.does(ref, "cancel_letter", letter=letter["number"], reason="Her phone is not safe any more")
    assert clinic.says(ref, "letters") in (None, [])


def reached(clinic: Clinic, ref: str, her: str) -> None:
    (row,) = contact_list(clinic.casework)
    assert (row.safe, row.ask_first) == ((), ("email",))
    clinic.does(
        her, "set_safe_contact", channel="in_person", safe="allowed", safe_words="At the refuge, with her worker"
    )
    (row,) = contact_list(clinic.casework)
    assert [(one.channel, one.heed) for one in row.safe] == [("in_person", "At the refuge, with her worker")]
    clinic.does(ref, "prepare_letter", **TO_HER, letter_by="in_person", to_carer=her)
    (letter,) = clinic.says(ref, "letters")
    clinic.does(ref, "send_letter", letter=letter["number"], reviewed_by="D. Duty")
    assert [one["letter"] for one in clinic.says(ref, "letters_sent")] == [letter["number"]]


def withheld_from_him(clinic: Clinic, ref: str, him: str) -> None:
    """What she told about him is marked; the copy that he may ask for leaves it out, and says that something is."""
    clinic.does(ref, "raise_safeguarding", concern="He found out where the refuge is")
    told = clinic.case(ref).version
    clinic.does(ref, "mark_third_party", marked_event=told, withhold_from=him, about_whom="The mother")
    infant = next(case.reference for case in records(clinic.casework, RecordKind.INFANT, clinic.service))
    lead = clinic.actors[Role.LEAD]
    his = copy_of(clinic.casework, infant, lead, "A request under the law", asked_by=him)
    assert "refuge" not in str(
        [(record.answers, record.events) for record in his.records if record.case.reference == ref]
    )
    assert his.left_out == 1
    assert [reading.actor for reading in clinic.casework.readings(infant)] == [lead.name]
    hers = copy_of(clinic.casework, infant, lead, "A request under the law", asked_by="P-0")
    assert hers.left_out == 0
