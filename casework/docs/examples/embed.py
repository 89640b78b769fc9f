"""A clinic's own program with casework inside it: refer, ask what may happen, and see who waits."""

from casework import Actor, Casework, StepRefused
from persistence import Database

database = Database("sqlite:///clinic.db")
database.upgrade()
clinic = Casework(database)
duty = Actor("dr.example", ["duty_clinician", "administrator"])
form = {"referrer_role": "midwife", "expected_due_date": "2027-03-01", "consent_on": "2026-11-02"}
receipt = clinic.open_case("leeds-imhs", "receive_referral", duty, form)
try:
    clinic.fire(receipt.reference, "pass_checks", duty, seen=receipt.version)
except StepRefused as refused:
    print(*(reason.sentence for reason in refused.reasons), sep="\n")
print([row.reference for row in clinic.worklist()])
