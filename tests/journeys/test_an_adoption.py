"""A baby is adopted. The work goes on under the new name, and nothing that people read leads back to the old one."""

import pytest

from casework import BadRequest, StepRefused
from casework.adoption import adopt, other_identities
from casework.exporting import copy_of
from casework.family import family_of, records
from tests.casework.families import form
from tests.journeys.clinic import Clinic
from workflows import Role
from workflows.beside import RecordKind

OLD = ("Baby Birthname", "Beth Birthmother", "9990000018")
NEW = {"infant_name": "Nell Newname", "postcode": "LS6 1AA", "gp_practice_code": "B86047"}


def test_the_new_identity_does_not_lead_to_the_old_and_the_wait_goes_on(clinic: Clinic) -> None:
    ref, infant = waiting(clinic)
    new_ref, new_infant = adopted(clinic, ref, infant)
    goes_on(clinic, ref, new_ref)
    nothing_leads_back(clinic, new_ref, new_infant, ref, infant)
    told_to_few(clinic, infant, new_infant)
    clinic.ends_well()


def waiting(clinic: Clinic) -> tuple[str, str]:
    name, mother, number = OLD
    carer = clinic.opens("open_record", "carer", carer_name=mother)
    own = {"infant_name": name, "carer_name": mother, "infant_nhs_number": number, "postcode": "LS9 7TF"}
    answers = form(clinic.today, **own, referrer_words=f"{mother} cannot hold {name}")
    ref = clinic.opens("receive_referral", **answers)
    identity = {"infant_name": name, "infant_nhs_number": number, "infant_dob": answers["infant_dob"]}
    infant = clinic.opens("open_record", "infant", **identity, infant_nhs_status="present_verified", first_referral=ref)
    clinic.does(infant, "link_carer", carer=carer, relationship="mother", parental_responsibility="yes")
    clinic.does(ref, "link_records", focus_carer=carer)
    for step in ("acknowledge", "pass_checks", "accept_direct", "tell_outcome"):
        clinic.does(ref, step)
    return ref, infant


def adopted(clinic: Clinic, ref: str, infant: str) -> tuple[str, str]:
    """One act, by the lead for safeguarding or the clinic. The earlier name and number are refused as new ones."""
    clinic.after(30)
    seen, lead = clinic.case(infant).version, clinic.actors[Role.SAFEGUARDING]
    before = clinic.kept()
    with pytest.raises(StepRefused) as no:
        adopt(clinic.casework, infant, lead, {**NEW, "infant_name": OLD[0]}, reason="Adoption order", seen=seen)
    assert ([r.code for r in no.value.reasons], clinic.kept()) == (["earlier_identity"], before)
    with pytest.raises(StepRefused) as no:
        adopt(clinic.casework, infant, clinic.actors[Role.CLINICIAN], NEW, reason="Adoption order", seen=seen)
    assert ([r.code for r in no.value.reasons], clinic.kept()) == (["not_your_step"], before)
    receipt = adopt(clinic.casework, infant, lead, NEW, reason="Adoption order", seen=seen)
    (new_infant,) = [known for known in clinic.followed(receipt, "infant") if known != infant]
    (new_ref,) = [known for known in clinic.followed(receipt, "referral") if known != ref]
    assert (clinic.state(ref), clinic.state(infant)) == ("restricted", "restricted")
    return new_ref, new_infant


def goes_on(clinic: Clinic, ref: str, new_ref: str) -> None:
    """The same place in the queue; consent and ratings are asked afresh of those who care for the child now."""
    assert (clinic.state(new_ref), clinic.counts(new_ref, "wait_to_allocation")) == ("waiting", 30)
    assert clinic.worklist() == {new_ref}
    assert "consent_missing" in clinic.refuses(new_ref, "allocate")
    assert clinic.flagged(new_ref) == {"missing_information"}
    clinic.does(new_ref, "add_information", consent_on=clinic.today, carer_name="Ada Adopter", primary_carer="yes")
    clinic.does(new_ref, "allocate")


def nothing_leads_back(clinic: Clinic, new_ref: str, new_infant: str, ref: str, infant: str) -> None:
    lead = clinic.actors[Role.LEAD]
    whole = copy_of(clinic.casework, new_infant, lead, "For the file")
    reached = [
        whole, family_of(clinic.casework, new_ref), clinic.casework.whole(new_infant), clinic.casework.whole(new_ref),
        records(clinic.casework, RecordKind.INFANT), clinic.casework.worklist(), clinic.casework.duplicates(),
        clinic.casework.options(new_ref, lead), clinic.casework.history(new_ref), clinic.casework.readings(new_infant),
    ]  # fmt: skip
    told = "\n".join(map(str, reached))
    assert all(name in told for name in (NEW["infant_name"], "Ada Adopter", new_infant, new_ref))
    for canary in (*OLD, ref, infant, str(clinic.case(ref).id), str(clinic.case(infant).id), "LS9 7TF"):
        assert canary not in told, canary


def told_to_few(clinic: Clinic, infant: str, new_infant: str) -> None:
    clinician, lead = clinic.actors[Role.CLINICIAN], clinic.actors[Role.LEAD]
    for why, codes in ((None, ["restricted_record", "reason_needed"]), ("Curious", ["restricted_record"])):
        with pytest.raises(StepRefused) as no:
            clinic.casework.read(infant, clinician, why)
        assert [reason.code for reason in no.value.reasons] == codes
    with pytest.raises(StepRefused):
        other_identities(clinic.casework, new_infant, clinician, "Curious")
    with pytest.raises(BadRequest):
        family_of(clinic.casework, infant)
    assert other_identities(clinic.casework, new_infant, lead, "A court asks") == (infant,)
    told = clinic.casework.readings(new_infant)[-1]
    assert (told.actor, told.why) == (lead.name, "A court asks")
