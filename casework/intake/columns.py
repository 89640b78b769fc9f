"""The columns of a caseload sheet and what each may hold. A column that a step asks for is that step's own question."""

from workflows import Field, Kind
from workflows.fields import referral as fields


def _date(name: str) -> Field:
    return Field(name, Kind.DATE, name)


OUTCOMES = ("accept_direct", "accept_assessment", "offer_consultation", "watch_and_wait", "signpost", "decline")
ENDINGS = ("treatment_completed", "signposted", "declined")

FORM = tuple(f for f in fields.OF_THE_SHEET if f.name not in ("relationship_at_risk", "gp_in_area", "lives_in_area",
             "in_contact", "carer_unavailable", "learning_disability"))  # fmt: skip

SHEET: tuple[Field, ...] = (
    *FORM,
    _date("received_on"),
    _date("acknowledged_on"),
    fields.RMG_ON,
    Field("outcome", Kind.CODE, "Outcome of the meeting", choices=OUTCOMES),
    _date("outcome_told_on"),
    _date("accepted_on"),
    _date("allocated_on"),
    fields.CLINICIAN,
    _date("first_contact_on"),
    _date("assessment_done_on"),
    _date("formulation_on"),
    _date("plan_agreed_on"),
    fields.INTERVENTIONS,
    _date("ended_on"),
    Field("end_reason", Kind.CODE, "Why it ended", choices=ENDINGS),
    _date("hold_from"),
    Field("hold_until", Kind.DATE, "End of the hold", ahead=fields.TWO_YEARS),
    fields.HOLD_REASON,
)

COLUMNS: tuple[str, ...] = ("referral_id", "service", *(f.name for f in SHEET))
CODES = frozenset(f.name for f in SHEET if f.kind in (Kind.CODE, Kind.YES_NO))
LINES = frozenset(f.name for f in SHEET if f.kind is Kind.LINE)
DATES = frozenset(f.name for f in SHEET if f.kind is Kind.DATE)
FORM_NAMES = frozenset(f.name for f in FORM)

CARRIED_BY = {
    "acknowledged_on": "received_on",
    "outcome": "rmg_on",
    "accepted_on": "outcome",
    "outcome_told_on": "outcome",
    "clinician": "allocated_on",
    "interventions": "formulation_on",
    "end_reason": "ended_on",
    "hold_until": "hold_from",
    "hold_reason": "hold_from",
}
"""A cell that only means something beside another: with that one blank, no step would carry it."""
