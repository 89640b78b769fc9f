"""What was merged, and what came under restriction: kept as long as what stands for it, and named nowhere else."""

from casework import LATEST, Asked
from casework.adoption import adopt
from casework.exporting import copy_of
from casework.meetings import read_agenda, read_minutes
from casework.retaining import retention
from tests.casework.families import form
from tests.journeys.clinic import Clinic
from workflows import Role

TWO_AGREE = {"same_because": "One baby, two midwives.", "second_person": "Second Reader"}


def test_a_record_that_was_merged_is_kept_as_long_as_the_one_that_stands_for_it(clinic: Clinic) -> None:
    """The day said of the one that went would be too early while the baby is still seen (R-301)."""
    clinic.enters("retain_from_closing", 8)
    baby, same, first, second = two_records(clinic)
    clinic.does(first, "move_away", transfer_offered="no")
    clinic.does(baby, "merge_into", survivor=same, **TWO_AGREE)
    kept = {ref: retention(clinic.casework, ref) for ref in (baby, same, first, second)}
    assert {ref: found and found.rule for ref, found in kept.items()} == dict.fromkeys(kept, "open")


def test_a_referral_that_was_merged_is_kept_as_long_as_the_one_that_goes_on(clinic: Clinic) -> None:
    clinic.enters("retain_from_closing", 8)
    goes, stays = (clinic.opens("receive_referral", **form(clinic.today)) for _ in range(2))
    clinic.does(goes, "merge_into", survivor=stays, **TWO_AGREE)
    assert [kept and kept.rule for kept in (retention(clinic.casework, ref) for ref in (goes, stays))] == ["open"] * 2
    clinic.does(goes, "raise_safeguarding", concern="A bruise.")
    clinic.does(stays, "move_away", transfer_offered="no")
    assert [kept and kept.rule for kept in (retention(clinic.casework, ref) for ref in (goes, stays))] == [
        "safeguarding_open"
    ] * 2


def two_records(clinic: Clinic) -> tuple[str, str, str, str]:
    """Two babies' records, and a referral of each."""
    referrals = [clinic.opens("receive_referral", **form(clinic.today)) for _ in range(2)]
    babies = [clinic.opens("open_record", "infant", infant_dob=clinic.says(ref, "infant_dob")) for ref in referrals]
    for ref, baby in zip(referrals, babies, strict=True):
        clinic.does(ref, "link_records", infant=baby)
    return babies[0], babies[1], referrals[0], referrals[1]


def test_an_agenda_with_names_has_none_of_a_baby_under_restriction(clinic: Clinic) -> None:
    """The earlier name, and what was said of the family, are for nobody who prints an agenda or minutes (X4.12)."""
    ref = clinic.opens("receive_referral", **form(clinic.today, infant_name="Baby Earlier"))
    for step in ("acknowledge", "pass_checks"):
        clinic.does(ref, step)
    meeting = clinic.opens("plan_meeting", "meeting", meeting_on=clinic.today, meeting_kind="group")
    clinic.does(meeting, "list_referral", referral=ref)
    clinic.does(meeting, "start_meeting", attendees=[{"who": "The chair"}])
    clinic.does(ref, "accept_direct", meeting=meeting, reason="Her sister said so.")
    lead = clinic.actors[Role.LEAD]
    (item,) = read_agenda(clinic.casework, meeting, lead).items
    assert item.name == "Baby Earlier"
    clinic.does(ref, "restrict", reason="An order of the court.")
    ((item, (minute,)),) = read_minutes(clinic.casework, meeting, lead, names=True).by_item
    assert (item.referral, item.name, minute.decision, minute.reasons) == (ref, None, "accept_direct", ())


def test_a_copy_leaves_out_what_a_withheld_rating_says_of_a_carer(clinic: Clinic) -> None:
    carer = clinic.opens("open_record", "carer", carer_name="Father of the baby")
    ref = clinic.opens("receive_referral", **form(clinic.today, motivation="adequate"))
    baby = clinic.opens("open_record", "infant", infant_dob=clinic.says(ref, "infant_dob"))
    clinic.does(ref, "link_records", infant=baby)
    clinic.does(ref, "rate", area="motivation", level="low", account="observer")
    clinic.does(ref, "mark_third_party", marked_event=clinic.case(ref).version, withhold_from=carer)
    copied = copy_of(clinic.casework, baby, clinic.actors[Role.LEAD], asked_by=carer).records
    assert clinic.says(ref, "motivation") == "low"
    assert [record.answers.get("motivation") for record in copied if record.case.reference == ref] == [None]


def test_a_past_list_has_an_adopted_child_once(clinic: Clinic) -> None:
    """What is known now stands under the new identity alone; what was known then, nowhere: both would be compared."""
    ref = clinic.opens("receive_referral", **form(clinic.today))
    baby = clinic.opens("open_record", "infant", infant_dob=clinic.says(ref, "infant_dob"))
    clinic.does(ref, "link_records", infant=baby)
    before = clinic.today
    lead, identity = clinic.actors[Role.SAFEGUARDING], {"infant_name": "Baby Later"}
    clinic.after(10)
    receipt = adopt(clinic.casework, baby, lead, identity, reason="Order of the court", seen=LATEST)
    (new,) = set(clinic.followed(receipt, "referral")) - {ref}
    assert listed(clinic, Asked(before)) == [new]
    assert listed(clinic, Asked(before, as_known_then=True)) == []


def listed(clinic: Clinic, asked: Asked) -> list[str]:
    return [row.reference for row in clinic.casework.worklist(asked)]
