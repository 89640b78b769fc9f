"""A baby in foster care in Essex: contact ends, the placement changes, and the baby's record goes on."""

from casework.family import family_of
from tests.casework.families import ESSEX, form
from tests.journeys.clinic import Clinic

HELD = [{"who": "infant", "attended": "yes"}, {"who": "foster_carer", "attended": "yes"}]


def test_a_placement_changes_and_the_baby_keeps_one_record_one_place_in_the_queue_and_one_history(
    clinic: Clinic,
) -> None:
    clinic.service = ESSEX
    mother, first_foster, second_foster = carers(clinic)
    ref, infant = removed_from_home(clinic, mother, first_foster)
    waited = clinic.counts(ref, "wait_to_start")
    placed_again(clinic, ref, first_foster, second_foster)
    decided_again(clinic, ref)
    assert clinic.counts(ref, "total_time") > waited
    kept_apart(clinic, ref, infant, mother, second_foster)
    clinic.ends_well()


def carers(clinic: Clinic) -> list[str]:
    names = ("Mara Birthmother", "Fay Fosterone", "Fern Fostertwo")
    return [clinic.opens("open_record", "carer", carer_name=name) for name in names]


def removed_from_home(clinic: Clinic, mother: str, foster: str) -> tuple[str, str]:
    """Referred with the mother; an interim order; contact pauses with a return planned, and then none is."""
    answers = form(clinic.today, carer_name="Mara Birthmother", lives_in_area="yes", in_contact="yes")
    ref = clinic.opens("receive_referral", **answers)
    infant = clinic.opens("open_record", "infant", infant_dob=answers["infant_dob"], first_referral=ref)
    clinic.does(ref, "link_records", focus_carer=mother)
    clinic.does(infant, "link_carer", carer=mother, relationship="mother", parental_responsibility="yes")
    for step in ("acknowledge", "pass_checks", "triage_rate", "accept_assessment", "allocate"):
        clinic.does(ref, step)
    clinic.after(5)
    order = {"legal_status": "interim_care_order", "care_plan": "Return home is planned for June"}
    none = clinic.refuses(ref, "contact_ended", **order, return_planned="no", review_on=clinic.ahead(28))
    assert none.keys() == {"no_return_planned"}
    clinic.does(ref, "contact_ended", **order, return_planned="yes", review_on=clinic.ahead(28))
    assert (clinic.case(ref).held_since, clinic.state(ref)) == (clinic.today, "allocated")
    assert clinic.says(infant, "legal_statuses")[-1]["legal_status"] == "interim_care_order"
    clinic.does(infant, "record_location", place="foster_care", since=clinic.today, with_carer=foster)
    clinic.does(infant, "link_carer", carer=foster, relationship="foster_carer", parental_responsibility="no")
    clinic.does(infant, "start_protection_plan", since=clinic.today)
    assert clinic.refuses(ref, "first_contact", participants=HELD).keys() == {"on_hold"}
    assert clinic.after(28).flagged(ref) == {"hold_review_due"}
    return ref, infant


def placed_again(clinic: Clinic, ref: str, first: str, second: str) -> None:
    """No return is planned any more: the foster carer becomes the focus, and the group hears of it first."""
    clinic.does(ref, "resume")
    second_focus = clinic.refuses(ref, "link_records", focus_carer=first)
    assert second_focus.keys() == {"second_focus_carer"}
    new = {
        "carer_name": "Fay Fosterone", "carer_relationship": "foster_carer", "primary_carer": "yes",
        "consent_on": clinic.today, "focus_carer": first,
    }  # fmt: skip
    unreviewed = clinic.refuses(ref, "change_focus_carer", **new, former_access_reviewed="no")
    assert {"access_not_reviewed", "carer_rule_to_recheck"} <= unreviewed.keys()
    clinic.does(ref, "new_carer_to_group", **new)
    assert (clinic.state(ref), clinic.says(ref, "focus_carer")) == ("rmg_review", first)
    assert "relationship_need" not in clinic.case(ref).answers  # said of the mother, and not of the next
    clinic.after(9)
    moved = {**new, "carer_name": "Fern Fostertwo", "focus_carer": second, "consent_on": clinic.today}
    clinic.does(ref, "change_focus_carer", **moved, place="foster_care", place_words="The second placement")


def decided_again(clinic: Clinic, ref: str) -> None:
    clinic.after(2)
    assert clinic.casework.eligibility(ref).result == "discuss"
    clinic.does(ref, "triage_rate")
    undecided = clinic.refuses(ref, "accept_assessment", rmg_on=clinic.today)
    assert undecided.keys() == {"discussion_undecided"}
    clinic.does(ref, "accept_assessment", rmg_on=clinic.today, eligibility_decision="A long-term match is planned")
    clinic.does(ref, "allocate", clinician="C. Clinician")
    clinic.after(4).does(ref, "first_contact", setting="home", participants=HELD)
    assert clinic.state(ref) == "assessment"


def kept_apart(clinic: Clinic, ref: str, infant: str, mother: str, second: str) -> None:
    """Where the baby was, and with whom, stands with its days; the mother is still the mother."""
    places = [(entry["place"], entry.get("with_carer")) for entry in clinic.says(infant, "locations")]
    assert places[-1] == ("foster_care", second)
    assert len(places) == 2
    clinic.does(infant, "end_link", carer=clinic.says(infant, "locations")[0]["with_carer"], until=clinic.today,
                link_ends="placement_ended")  # fmt: skip
    (child,) = (member for member in family_of(clinic.casework, infant).members if member.reference == infant)
    assert {held.reference for held in child.held_by} == {mother, ref}
    assert child.where == "foster_care"
    assert len(clinic.says(infant, "protection_plans")) == 1
    assert clinic.steps(ref).count("new_carer_to_group") == 1
    assert clinic.worklist() == {ref}
