"""What a screen needs to draw the next step: each trigger with its reasons and the answers it asks for."""

from casework import Actor, Casework, Option
from persistence import Database


def form_for(clinic: Casework, reference: str, person: Actor) -> dict[str, list[str]]:
    """For each step that this person may take now: the questions that must be answered."""
    options: tuple[Option, ...] = clinic.options(reference, person)
    return {option.trigger: option.data["required"] for option in options if option.allowed}


database = Database("sqlite:///clinic.db")
database.upgrade()
clinic = Casework(database)
lead = Actor("lead.example", ["clinical_lead", "clinician"])
receipt = clinic.open_case("together-with-baby", "receive_referral", Actor("admin.example", ["administrator"]))
print(form_for(clinic, receipt.reference, lead)["place_hold"])
