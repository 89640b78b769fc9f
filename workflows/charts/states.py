"""The states and the clocks of the pathway, shared by every service."""

from workflows.endings import PUT_AWAY
from workflows.vocabulary import Again, Clock, Stage, State

# fmt: off
_STATES = (
    State("call_back_due",         Stage.DUTY_CALL,        "Caller to be called back"),
    State("call_booked",           Stage.DUTY_CALL,        "Duty call booked"),
    State("duty_call",             Stage.DUTY_CALL,        "Duty call held"),
    State("watch_advised",         Stage.DUTY_CALL,        "Watching advised on the call"),
    State("awaiting_referral",     Stage.DUTY_CALL,        "Waiting for the written referral"),
    State("received",              Stage.WRITTEN_REFERRAL, "Written referral received"),
    State("information_requested", Stage.WRITTEN_REFERRAL, "Information asked of the referrer"),
    State("rmg_review",            Stage.RMG_REVIEW,       "Before the group"),
    State("watchful_waiting",      Stage.WATCHFUL_WAITING, "Watchful waiting"),
    State("consultation",          Stage.CONSULTATION,     "Consultation to the network"),
    State("waiting",               Stage.WAITING,          "Waiting for a clinician"),
    State("allocated",             Stage.ALLOCATED,        "Clinician allocated"),
    State("assessment",            Stage.ASSESSMENT,       "Assessment"),
    State("formulation",           Stage.FORMULATION,      "Team formulation"),
    State("plan_offered",          Stage.PLAN_OFFERED,     "Plan offered to the family"),
    State("intervention",          Stage.INTERVENTION,     "Intervention"),
    State("ending",                Stage.INTERVENTION,     "Ending of the work"),
    State("discharged",            Stage.CLOSED,           "Discharged"),
    State("advice_given",          Stage.CLOSED,           "Closed: advice given on the call"),
    State("signposted",            Stage.CLOSED,           "Closed: signposted"),
    State("declined",              Stage.CLOSED,           "Closed: declined"),
    State("rejected_incomplete",   Stage.CLOSED,           "Closed: form incomplete (no clinical decision)"),
    State("lapsed",                Stage.CLOSED,           "Closed: no form came"),
    State("consulted",             Stage.CLOSED,           "Closed after consultation"),
    State("consent_withdrawn",     Stage.CLOSED,           "Closed: consent withdrawn"),
    State("moved_away",            Stage.CLOSED,           "Closed: family moved away"),
    State("transferred_out",       Stage.CLOSED,           "Closed: taken over by another service"),
    State("aged_out",              Stage.CLOSED,           "Closed: past the ages that the service sees"),
    State("circumstances_changed", Stage.CLOSED,           "Closed: circumstances changed"),
    State("disengaged",            Stage.CLOSED,           "Closed: family not reached, or no longer comes"),
    State("closed_loss",           Stage.CLOSED,           "Closed: loss of this baby"),
    State("restricted",            Stage.CLOSED,           "Closed: kept under restriction"),
    State("void",                  Stage.CLOSED,           "Void: entered in error, in no count"),
    State("merged",                Stage.CLOSED,           "Merged into another entry for the same baby, and counted there"),
)

_CLOCKS = (
    Clock("call_back",          "Message or missed call to call back",   "K1, R-171; Leeds: we return your call in our opening hours", from_opening="left_at"),
    Clock("form_due",           "Call to written referral",               "K3; Leeds: the call, then the form"),
    Clock("acknowledge",        "Receipt to acknowledgement",             "K4; Essex: referrer contacted within 5 days"),
    Clock("information_due",    "Information asked for to supplied",      "K5; Leeds: further information required", agreed="review_on"),
    Clock("triage",             "Ready to decided by the group",          "K6; Leeds: weekly Referral Management Group"),
    Clock("outcome_told",       "Decision to referrer told",              "K7; Leeds: in a timely manner"),
    Clock("wait_to_allocation", "Acceptance to clinician allocated",      "K8; Leeds: 8 to 12 weeks before being allocated", again=Again.GOES_ON),
    Clock("wait_to_start",      "Acceptance to first attended contact",   "K9; Leeds: before we begin working with families", again=Again.GOES_ON),
    Clock("total_time",         "Receipt to first attended contact",      "K10; counts from the first form", again=Again.FROM_THE_FIRST_DAY),
    Clock("watch",              "Watchful waiting to review",             "K11; Leeds: a 3-month period", agreed="review_on"),
    Clock("consultation",       "Consultation agreed to held",            "K12"),
    Clock("summary",            "Consultation held to summary sent",      "K13; Leeds: a summary will be provided"),
    Clock("hold_review",        "Hold placed to ended",                   "K16", agreed="review_on"),
    Clock("safeguarding",       "Concern raised to signed off",           "K17; no hold and no closing stops it", never_paused=True),
    Clock("formulation_due",    "Assessment done to formulation",         "K20; Essex: formulation of need will take place"),
)
# fmt: on

STATES = {s.name: s for s in _STATES}
CLOCKS = {c.name: c for c in _CLOCKS}

OPEN = tuple(s.name for s in _STATES if not s.closed)
CLOSED = tuple(s.name for s in _STATES if s.closed)
STILL_NOTED = tuple(name for name in CLOSED if name not in PUT_AWAY)
"""Closed, and yet something may be owed: a last letter, an outcome to be told. A loss ends that too."""

BEFORE_THE_FORM = ("call_back_due", "call_booked", "duty_call", "watch_advised", "awaiting_referral")
RECEIVED = tuple(name for name in OPEN if name not in BEFORE_THE_FORM)
"""Every open state in which the written referral has come."""

DECIDED = (*RECEIVED[RECEIVED.index("rmg_review") + 1 :], "signposted", "declined")
"""Every state in which the group's outcome can still be told to the referrer."""

BEFORE_START = RECEIVED[: RECEIVED.index("assessment")]
"""Every state from the written referral to the first contact, those beside the way included."""

ON_THE_WAY = tuple(name for name in BEFORE_START if name not in ("watchful_waiting", "consultation"))
"""Of these, those in which the referral is on its way to a start."""

BEFORE_ALLOCATION = tuple(name for name in ON_THE_WAY if name != "allocated")
AT_WORK = RECEIVED[RECEIVED.index("assessment") :]
"""Every state from the first contact to the end of the work."""
