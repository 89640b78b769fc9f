"""A consultation to professionals: an object of its own, with or without a referral (R-218 to R-222, C-21)."""

from workflows.charts.rows import from_each
from workflows.charts.safeguarding import WATCHED_BY, safeguarding
from workflows.charts.states import CLOCKS
from workflows.fields.activities import ATTENDEES
from workflows.fields.consultations import (
    BOOKED_FOR,
    EFFECT,
    FACILITATOR,
    FAMILY,
    HELD_MINUTES,
    INFANT_VOICE,
    INVITED,
    ORIGIN,
    PARTNER,
    PURPOSE,
    RECIPIENT,
    RECIPIENTS,
    RECOMMENDATIONS,
    REFERRAL,
    RISKS,
    SLOT,
    SUMMARY,
    WORRIES,
)
from workflows.fields.people import INFANT
from workflows.fields.referral import REASON
from workflows.guards.activities import each_is_a_person_or_a_number, nobody_is_told_twice
from workflows.guards.consultations import (
    family_is_named_lawfully,
    has_a_length,
    in_the_order_of_the_service,
    somebody_came,
)
from workflows.guards.safeguarding import no_open_concern_here
from workflows.vocabulary import NEW, STAYS, Move, Role, Stage, State

ADM, CHAIR, CLIN, DUTY, LEAD, REF, TEAM = (
    Role.ADMINISTRATOR,
    Role.CHAIR,
    Role.CLINICIAN,
    Role.DUTY,
    Role.LEAD,
    Role.REFERRER,
    Role.TEAM,
)
IN_USE = ("requested", "booked", "held")
ABOUT = (REFERRAL, INFANT, *FAMILY)
LAWFUL = (family_is_named_lawfully,)
BOTH = ("consultation", "summary")

# fmt: off
STATES = (
    State("requested",    Stage.BESIDE, "Consultation asked for"),
    State("booked",       Stage.BESIDE, "Consultation booked"),
    State("held",         Stage.BESIDE, "Consultation held, summary to be sent"),
    State("summary_sent", Stage.CLOSED, "Completed: summary and recommendations sent"),
    State("to_triage",    Stage.CLOSED, "Completed: direct work is indicated"),
    State("cancelled",    Stage.CLOSED, "Cancelled"),
)
USED = tuple(CLOCKS[name] for name in (*BOTH, WATCHED_BY.name))

MOVES = (
    #    from        trigger                  to              who                            needs
    Move(NEW,        "request_consultation",  "requested",    (DUTY, CHAIR, TEAM, CLIN, ADM, REF), needs=(ORIGIN, PURPOSE, *RECIPIENT[:2]), takes=(*RECIPIENT[2:], WORRIES, EFFECT, *ABOUT, *PARTNER), only_if=(*LAWFUL, in_the_order_of_the_service), starts=("consultation",)),
    *from_each(("requested", "booked"),
    Move("",         "book_consultation",     "booked",       (ADM, CLIN),                   needs=(BOOKED_FOR, FACILITATOR), takes=(*SLOT, INVITED, *ABOUT), only_if=(has_a_length, *LAWFUL), marks="booked_on")),
    *from_each(IN_USE,
    Move("",         "add_to_consultation",   STAYS,          (ADM, CLIN, DUTY),             takes=(*RECIPIENT, WORRIES, EFFECT, *ABOUT, INVITED, *PARTNER), only_if=LAWFUL)),
    *from_each(("requested", "booked"),
    Move("",         "hold_meeting",          "held",         (CLIN,),                       needs=(ATTENDEES, INFANT_VOICE, RISKS, HELD_MINUTES, FACILITATOR), takes=ABOUT, only_if=(each_is_a_person_or_a_number, nobody_is_told_twice, somebody_came, *LAWFUL), stops=("consultation",), starts=("summary",), marks="held_on")),
    Move("held",     "send_summary",          "summary_sent", (CLIN,),                       needs=(SUMMARY, RECOMMENDATIONS, RECIPIENTS), only_if=(no_open_concern_here, *LAWFUL), stops=BOTH, marks="summary_sent_on"),
    *from_each(IN_USE,
    Move("",         "bring_to_triage",       "to_triage",    (CLIN, DUTY, LEAD),            needs=(REASON,), takes=ABOUT, only_if=LAWFUL, stops=BOTH)),
    *from_each(("requested", "booked"),
    Move("",         "cancel_consultation",   "cancelled",    (CLIN, ADM),                   needs=(REASON,), stops=BOTH)),
    *safeguarding((state.name for state in STATES), about=()),
)
# fmt: on
